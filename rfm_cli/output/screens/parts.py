"""Parts that screens share: the line of facts above a table, the footer below it, and a plain table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli import pipeline
from rfm_cli.messages import Listed, Message, Value, message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look, plain, segment_colors
from rfm_cli.output.table import line, table
from rfm_cli.output.wrapping import wide, wrapped
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, in_rank_order, next_step
from rfm_cli.tables.money import decimal_of
from rfm_cli.tables.rules import RULES
from rfm_cli.views.cutoffs import DOT, cutoffs_line

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType
    from rich.text import Text

    from rfm_cli.model import Scored


Fact = tuple[Value, Value]
"""A label and its value."""
Footer = Sequence[Message | Listed]
"""The lines below a table; where one of several parts is too long, it breaks between two of them."""


def facts(pairs: Sequence[Fact], look: Look) -> Text:
    """Draw facts in a line, such as `as of 2024-12-31 · customers 2,357`, with bold values.

    A line that is too long breaks between two facts, and within one only where that is longer than a line.
    """
    from rich.text import Text

    drawn, used = Text(), 0
    mark = _dot(look)
    for place, pair in enumerate(pairs):
        label, value = (plain(look.words(one)) for one in pair)
        width = wide(f"{label} {value}")
        fits = place > 0 and used + len(mark) + width <= look.width
        # A fact that starts a line has no mark before it.
        drawn.append(mark if fits else "\n" if place else "", style="dim")
        # Rich would break within a number, at the hard space between its thousands.
        text = "\n".join(wrapped(f"{label} {value}", look.width))
        drawn.append(text[: len(label) + 1])
        drawn.append(text[len(label) + 1 :], style="bold")
        used = used + len(mark) + width if fits else width
    return drawn


def below(footer: Footer, look: Look) -> list[RenderableType]:
    """Draw the lines of the footer, set apart from the table above."""
    lines = [line("dim", text) for one in footer for text in _broken(one, look)]
    return ["", *lines] if lines else []


def _broken(one: Message | Listed, look: Look) -> list[str]:
    """Return the parts of a line of the footer, as many on a line as fit."""
    mark = _dot(look)
    # The parts are of equal rank, so that a reader expects a break between them.
    first, *rest = [plain(look.words(part)) for part in (one.parts if isinstance(one, Listed) else (one,))]
    lines = [first]
    for part in rest:
        if wide(lines[-1] + mark + part) <= look.width:
            lines[-1] += mark + part
        else:
            lines.append(part)
    return lines


def _dot(look: Look) -> str:
    return DOT if look.unicode else " | "


def rows_screen(
    rows: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[Fact] = (),
    footer: Footer = (),
    layout: Layout = Layout(),  # noqa: B008 - frozen
    limit: int | None = None,
    colors: Mapping[str, str] | None = None,
) -> list[RenderableType]:
    """Draw rows as a plain table, the first `limit` of them, under a line of facts if there are any."""
    top: list[RenderableType] = [facts(header, look), ""] if header else []
    body = table(rows, look=look, layout=layout, limit=limit, colors=colors)
    return [*top, body, *below(footer, look)]


def header(scored: Scored) -> list[Fact]:
    """Return the headline facts: labels and values."""
    counts = pipeline.counts(scored)
    facts: list[Fact] = [
        (message("as of"), scored.as_of or message("unknown")),
        (message("scheme"), scored.scheme.name),
        (message("customers"), counts["customers"]),
        (message("buyers"), counts["buyers"]),
    ]
    if scored.scale is not None:
        total = int(scored.frame["monetary"].sum())
        facts += [(message("revenue"), decimal_of(total, scored.scale)), (message("VIPs"), counts["vips"])]
    return [*facts, *shown_where(scored)]


def shown_where(scored: Scored) -> list[Fact]:
    """Return the condition of the customers that are shown, none where everybody is."""
    if (where := scored.where) is None:
        return []
    counts = where.counts
    some = message("{text}: {n} of {of} customers", text=where.text, n=counts["customers"], of=counts["of"])
    if not where.undecided:
        return [(message("where"), some)]
    return [(message("where"), Listed((some, message("{n} undecided", n=where.undecided))))]


def footer(scored: Scored) -> list[Message | Listed]:
    """Return the cutoffs, and the rows that were left out by rule."""
    lines: list[Message | Listed] = [cutoffs_line(scored)]
    facts = scored.facts
    if facts.rejected:
        why = [message("{n} {rule}", n=count, rule=message(RULES[name])) for name, count in facts.rejected.items()]
        rows = sum(facts.rejected.values())
        lines.append(message("left out: {n} of {read} rows: {why}", n=rows, read=facts.read, why=Listed(tuple(why))))
    return lines


def colors(scored: Scored) -> dict[str, str]:
    """Return a color for each segment, by rank."""
    names = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    return segment_colors(names, apart=[NO_PURCHASES, NEW_SUBSCRIBER])


def steps_of_segments(scored: Scored) -> list[tuple[str, str]]:
    """Return each segment that has customers, and what the scheme suggests to do next with them."""
    there = set(scored.frame["segment"])
    names = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    known = [(name, next_step(scored.scheme, name)) for name in names if name in there]
    return [(name, step) for name, step in known if step]
