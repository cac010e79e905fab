"""Facts above and lines below the tables on a terminal: date, scheme, size, cutoffs, rows left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfm_cli import pipeline
from rfm_cli.messages import Listed, Message, message
from rfm_cli.output.look import segment_colors
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, in_rank_order, next_step
from rfm_cli.tables.money import decimal_of
from rfm_cli.tables.rules import RULES
from rfm_cli.views.cutoffs import cutoffs_line

if TYPE_CHECKING:
    from rfm_cli.model import Scored
    from rfm_cli.output.screens.parts import Fact


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
    return facts


def footer(scored: Scored) -> list[Message]:
    """Return the cutoffs, and the rows that were left out by rule."""
    lines, facts = [cutoffs_line(scored)], scored.facts
    if facts.rejected:
        why = [message("{n} {rule}", n=count, rule=message(RULES[name])) for name, count in facts.rejected.items()]
        rows = sum(facts.rejected.values())
        lines.append(message("left out: {n} of {read} rows: {why}", n=rows, read=facts.read, why=Listed(tuple(why))))
    return lines


def colors(scored: Scored) -> dict[str, str]:
    """Return a color for each segment, by rank."""
    names = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    return segment_colors(names, apart=[NO_PURCHASES, NEW_SUBSCRIBER])


def steps(scored: Scored) -> list[tuple[str, str]]:
    """Return each segment that has customers, and what the scheme suggests to do next with them."""
    there = set(scored.frame["segment"])
    names = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    known = [(name, next_step(scored.scheme, name)) for name in names if name in there]
    return [(name, step) for name, step in known if step]
