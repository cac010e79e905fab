"""Cutoffs that mean something else than readers expect, and dates that were scored by different rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.scores.cutoffs import Cutoffs

BEST_RECENCY = (14, 90)
"""The last day of R5 lies between these, where its name means what readers expect."""


def on_best_recency(cutoffs: Cutoffs) -> Iterator[Note]:
    """Remark on an R5 that ends earlier or later than readers of "Champions" expect."""
    bounds = cutoffs.axes.get("r", {}).get(())
    if bounds is None or bounds.k != 5 or not bounds.at or bounds.at[0][0] != bounds.k:
        return
    days, (low, high) = bounds.at[0][1], BEST_RECENCY
    if not low <= days <= high:
        word = "a few days" if days < low else "long"
        yield note(f"R5 goes up to {counted(days, 'day')} since the last purchase: Champions are those of {word} ago")


def on_rules(rules: Mapping[str, Mapping[str, str]]) -> Iterator[Note]:
    """Warn, for each axis, where dates were scored by different rules; `rules` has axis -> rule by date, ascending.

    Where only the rule changes, customers change segment who did nothing.
    """
    for axis in dict.fromkeys(name for own in rules.values() for name in own):
        days: dict[str, list[str]] = {}
        for day, own in rules.items():
            if axis in own:
                days.setdefault(own[axis], []).append(day)
        if len(days) > 1:
            by = "; ".join(f"{rule} on {', '.join(own)}" for rule, own in days.items())
            hint = f"one ruler for all: --cuts FILE of saved cutoffs, or --rule {axis}=..."
            yield warning("rules-differ", f"{axis} was scored by different rules: {by}; {hint}")
