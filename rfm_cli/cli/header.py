"""What stands above and below the tables on a terminal: date, scheme, size, cutoffs, what was left out."""

from __future__ import annotations

from rfm_cli import pipeline
from rfm_cli.model import Scored
from rfm_cli.output.look import segment_colors
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, in_rank_order, next_step
from rfm_cli.tables import rules
from rfm_cli.tables.money import money_text
from rfm_cli.views import cutoffs


def header(scored: Scored) -> list[tuple[str, str]]:
    """Label and value of each headline fact."""
    counts = pipeline.counts(scored)
    facts = [("as of", str(scored.as_of or "unknown"))]
    facts += [
        ("scheme", scored.scheme.name),
        ("customers", f"{counts['customers']:,}"),
        ("buyers", f"{counts['buyers']:,}"),
    ]
    if scored.scale is not None:
        total = int(scored.frame["monetary"].sum())
        facts += [("revenue", money_text(total, scored.scale, grouped=True)), ("VIPs", f"{counts['vips']:,}")]
    return facts


def footer(scored: Scored) -> list[str]:
    """The cutoffs, and the rows that were left out by rule."""
    lines = [cutoffs.line(scored)]
    rejected = scored.facts.rejected
    if rejected:
        why = ", ".join(f"{count:,} {rules.RULES[name]}" for name, count in rejected.items())
        lines.append(f"left out: {sum(rejected.values()):,} of {scored.facts.read:,} rows: {why}")
    return lines


def colors(scored: Scored) -> dict[str, str]:
    """A color for each segment, by rank."""
    names = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    return segment_colors(names, apart=[NO_PURCHASES, NEW_SUBSCRIBER])


def steps(scored: Scored) -> list[tuple[str, str]]:
    """Each segment that has customers, and what the scheme suggests to do next with them."""
    there = set(scored.frame["segment"])
    names = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    told = [(name, next_step(scored.scheme, name)) for name in names if name in there]
    return [(name, step) for name, step in told if step]
