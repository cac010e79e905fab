"""The first views as a terminal shows them: segments, and segments with the customers behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from rfm_cli.output.columns import Layout, wide, wrapped
from rfm_cli.output.look import Look
from rfm_cli.output.table import line, said, table
from rfm_cli.output.text import plain, shown_value

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType
    from rich.text import Text

SEGMENTS = Layout(
    heads={
        "customers_share": "share",
        "revenue_share": "share",
        "median_recency_days": "median\nrecency",
        "median_frequency": "median\nfrequency",
        "median_monetary": "median\nmonetary",
        "customers_against": "customers\nagainst",
        "customers_change": "customers\nchange",
        "revenue_against": "revenue\nagainst",
        "revenue_change": "revenue\nchange",
    },
    bars=("customers_share", "revenue_share"),
    drop=(
        "orders",
        "median_frequency",
        "median_monetary",
        "median_recency_days",
        "revenue_share bar",
        "aov",
        "customers_share bar",
        "revenue_share",
        "customers_share",
        "revenue_against",
        "customers_against",
        "revenue",
    ),
    decimals={"aov": 2, "median_monetary": 2, "median_recency_days": 1, "median_frequency": 1},
    noun="segments",
)
CUSTOMERS = Layout(
    heads={
        "customer_id": "customer",
        "recency_days": "recency",
        "first_order": "first order",
        "last_order": "last order",
    },
    drop=("first_order", "r f m", "last_order", "vip", "recency_days", "frequency", "rfm"),
    noun="customers",
    told=("direction",),
)
CHECK = Layout(
    heads={"topic": "", "item": "", "found": ""},
    drop=("rows", "item"),
    wrap=("item", "found"),
    group="table",
    once=("topic",),
    noun="findings",
    told=("table", "topic"),
)
STORY = Layout(
    heads={"item": "", "value": "", "meaning": ""},
    wrap=("meaning",),
    group="topic",
    noun="lines",
    told=("topic", "item", "value", "meaning"),
)
SNAPSHOTS = Layout(heads={"as_of": "as of"}, drop=("version", "inputs", "vips", "buyers"), noun="snapshots")
DIFF = Layout(
    heads={
        "customer_id": "customer",
        "from_segment": "from",
        "to_segment": "to",
        "vip_from": "VIP then",
        "vip_to": "VIP now",
        "monetary_change": "monetary\nchange",
    },
    drop=("monetary_change", "direction", "vip_from", "vip_to"),
    noun="customers",
    told=("change", "direction"),
)
SCHEMES = Layout(wrap=("title",), noun="schemes", told=("title",))


def segments_screen(
    segments: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[tuple[str, str]] = (),
    footer: Sequence[str] = (),
    colors: Mapping[str, str] | None = None,
    steps: Sequence[tuple[str, str]] = (),
    by: str = "",
) -> list[RenderableType]:
    """The segments table under a line of facts (label, value), with totals, and the footer's lines below.

    `by` is the column whose values group the rows. `steps` are what to do next, by segment.
    """
    shown = segments
    if by:
        shown = segments.rename({segments.columns[0]: by})
        shown = shown.with_columns(shown_value(shown[by]))
    layout = replace(SEGMENTS, group=by, decimals={**SEGMENTS.decimals})
    return [
        facts(header, look),
        "",
        table(shown, look=look, totals=segment_totals(segments), layout=layout, colors=colors),
        *_steps(steps, look),
        *below(footer, look),
    ]


def _steps(steps: Sequence[tuple[str, str]], look: Look) -> list[RenderableType]:
    """What to do next with each segment, the texts set under each other."""
    if not steps:
        return []
    w = look.words
    steps = [(w.segment(name), w(step)) for name, step in steps]
    width = max(wide(plain(name)) for name, _ in steps)
    lines: list[RenderableType] = ["", said("bold", "What to do next", look)]
    for name, step in steps:
        first, *rest = wrapped(plain(step), max(look.width - width - 2, 20))
        label = plain(name)
        lines.append(line("", f"{label}{' ' * (width - wide(label))}  {first}"))
        lines += [line("", " " * (width + 2) + text) for text in rest]
    return lines


def scored_screen(
    segments: pl.DataFrame,
    customers: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[tuple[str, str]] = (),
    footer: Sequence[str] = (),
    limit: int | None = 10,
    colors: Mapping[str, str] | None = None,
) -> list[RenderableType]:
    """The segments, then the first customers, then the footer: the cutoffs, what was left out."""
    return [
        *segments_screen(segments, look=look, header=header, colors=colors),
        "",
        table(customers, look=look, limit=limit, layout=CUSTOMERS, colors=colors),
        *below(footer, look),
    ]


def facts(pairs: Sequence[tuple[str, str]], look: Look) -> Text:
    """The facts in a line, such as `as of 2024-12-31 · customers 2,357`, the values bold.

    Where they are too many for the width, the line breaks between two facts and never within one.
    """
    from rich.text import Text

    told, used = Text(), 0
    mark = " · " if look.unicode else " | "
    for place, (label, value) in enumerate((_label(label, look), _fact(label, value, look)) for label, value in pairs):
        width = wide(f"{label} {value}")
        fits = place > 0 and used + len(mark) + width <= look.width
        told.append(mark if fits else "\n" if place else "", style="dim")
        told.append(f"{label} ")
        told.append(value, style="bold")
        used = used + len(mark) + width if fits else width
    return told


def _label(text: str, look: Look) -> str:
    """A label in the reader's language; one that is said in another way before a fact has a colon in the catalogue."""
    w = look.words
    return plain(w.phrases.get(f"{text}:") or w.said(text))


def _fact(label: str, text: str, look: Look) -> str:
    return plain(text if label in OF_THE_DATA else look.words.said(text))


OF_THE_DATA = ("customer", "scheme")
"""Facts that are names of the user's own, which no language changes."""
SUMS = ("customers", "customers_share", "orders", "revenue", "revenue_share")


def segment_totals(segments: pl.DataFrame) -> dict[str, object]:
    """The totals of a segments table by column: sums, and all money over all orders for aov; no medians."""
    totals: dict[str, object] = {"segment": "Total"}
    for name in (*SUMS, *(f"{name}_{kind}" for name in ("customers", "revenue") for kind in ("against", "change"))):
        if name in segments.columns and segments[name].count():
            totals[name] = segments[name].sum()
    if "aov" in segments.columns and {"orders", "revenue"} <= totals.keys():
        totals["aov"] = _aov(totals["revenue"], totals["orders"], segments.schema["aov"])
    return totals


def _aov(revenue: object, orders: object, dtype: pl.DataType) -> Decimal | None:
    """Money over orders at the scale of the column, half-even; None without orders."""
    if not (isinstance(revenue, Decimal) and isinstance(orders, int) and orders):
        return None
    unit = Decimal(1).scaleb(-getattr(dtype, "scale", 2))
    return (revenue / orders).quantize(unit, ROUND_HALF_EVEN)


def below(footer: Sequence[str], look: Look) -> list[RenderableType]:
    """The footer's lines, set apart from the table above; one that is too long breaks at its dots."""
    told = [line("dim", part) for one in footer for part in _broken(plain(look.words.said(one)), look)]
    return ["", *told] if told else []


def _broken(text: str, look: Look) -> list[str]:
    """The parts of a text between its dots, as many on a line as find room."""
    mark = " · " if look.unicode else " | "
    first, *rest = text.split(" · ")
    lines = [first]
    for part in rest:
        if wide(lines[-1] + mark + part) <= look.width:
            lines[-1] += mark + part
        else:
            lines.append(part)
    return lines


def rows_screen(
    rows: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[tuple[str, str]] = (),
    footer: Sequence[str] = (),
    layout: Layout = Layout(),  # noqa: B008 - frozen
    limit: int | None = None,
    colors: Mapping[str, str] | None = None,
) -> list[RenderableType]:
    """Any rows as a plain table, the first `limit` of them, under a line of facts where there are some."""
    top: list[RenderableType] = [facts(header, look), ""] if header else []
    body = table(rows, look=look, layout=layout, limit=limit, colors=colors)
    return [*top, body, *below(footer, look)]


def lines_screen(lines: Sequence[str]) -> list[RenderableType]:
    """Lines of text as they are."""
    return [line("", plain(one)) for one in lines]
