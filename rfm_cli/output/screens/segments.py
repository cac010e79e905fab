"""The segments as a terminal shows them: a table with totals, and what to do next with each segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from rfm_cli.messages import SchemeText, Value, message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look, plain, shown_value
from rfm_cli.output.screens.parts import Fact, Footer, below, facts
from rfm_cli.output.table import line, message_line, table
from rfm_cli.output.wrapping import wide, wrapped

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

SEGMENTS = Layout(
    heads={
        "customers_share": message("share"),
        "revenue_share": message("share"),
        "median_recency_days": message("median\nrecency"),
        "median_frequency": message("median\nfrequency"),
        "median_monetary": message("median\nmonetary"),
        "customers_against": message("customers\nagainst"),
        "customers_change": message("customers\nchange"),
        "revenue_against": message("revenue\nagainst"),
        "revenue_change": message("revenue\nchange"),
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
    more=message("{n} more segments"),
)


def segments_screen(
    segments: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[Fact] = (),
    footer: Footer = (),
    colors: Mapping[str, str] | None = None,
    steps: Sequence[tuple[str, str]] = (),
    by: str = "",
    values: Mapping[str, Value] = {},
) -> list[RenderableType]:
    """Draw the segments with totals between a line of facts and the footer.

    `by` is the column whose values group the rows; `values` has how those are shown that are words of the tool. `steps`
    are what to do next, by segment.
    """
    shown = segments
    if by:
        shown = segments.rename({segments.columns[0]: by})
        worded = {value: look.words(text) for value, text in values.items()}
        shown = shown.with_columns(shown_value(shown[by].replace(worded), look.words))
    layout = replace(SEGMENTS, group=by)
    return [
        facts(header, look),
        "",
        table(shown, look=look, totals=segment_totals(segments), layout=layout, colors=colors),
        *drawn_steps(steps, look),
        *below(footer, look),
    ]


def drawn_steps(steps: Sequence[tuple[str, str]], look: Look) -> list[RenderableType]:
    """Draw what to do next with each segment, the texts aligned below each other."""
    if not steps:
        return []
    texts = [tuple(plain(look.words(SchemeText(text))) for text in pair) for pair in steps]
    width = max(wide(name) for name, _ in texts)
    lines: list[RenderableType] = ["", message_line("bold", message("What to do next"), look)]
    for name, step in texts:
        first, *rest = wrapped(step, max(look.width - width - 2, 20))
        lines.append(line("", f"{name}{' ' * (width - wide(name))}  {first}"))
        lines += [line("", " " * (width + 2) + text) for text in rest]
    return lines


SUMS = ("customers", "customers_share", "orders", "revenue", "revenue_share")


def segment_totals(segments: pl.DataFrame) -> dict[str, object]:
    """Return the totals of a segments table by column: sums, and all money over all orders for aov; no medians."""
    totals: dict[str, object] = {"segment": message("Total")}
    for name in (*SUMS, *(f"{name}_{kind}" for name in ("customers", "revenue") for kind in ("against", "change"))):
        # A column without any value has no total either.
        if name in segments.columns and segments[name].count():
            totals[name] = segments[name].sum()
    if "aov" in segments.columns and {"orders", "revenue"} <= totals.keys():
        totals["aov"] = _aov(totals["revenue"], totals["orders"], segments.schema["aov"])
    return totals


def _aov(revenue: object, orders: object, dtype: pl.DataType) -> Decimal | None:
    """Return money over orders at the scale of the column, half-even; None without orders."""
    if not (isinstance(revenue, Decimal) and isinstance(orders, int) and orders):
        return None
    # The same rounding as in the rows, from the sums: an average of averages would be wrong.
    unit = Decimal(1).scaleb(-getattr(dtype, "scale", 2))
    return (revenue / orders).quantize(unit, ROUND_HALF_EVEN)
