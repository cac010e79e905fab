"""The branches of the tree of reach, by the names that a user gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rfm_cli.errors import UsageError, nearest
from rfm_cli.model import Scored
from rfm_cli.views.reach import (
    ALL,
    BY,
    BY_CHANNEL,
    LEAVES,
    NOT_REACHABLE,
    REACHABLE,
    STEP,
    Reach,
    leaves_of,
    tops_of,
)


def in_branch(reach: Reach, text: str) -> Scored:
    """Return the scored customers of one branch, by its name (case and blanks aside, or its beginning).

    Raises `UsageError` for a name that no branch has, or several begin with.
    """
    leaves, tops = leaves_of(reach.scored), dict(tops_of(reach))
    top, leaf = _parts(text)
    name = _named(text, top, list(tops), leaves)
    inside = tops[name]
    if leaf is not None:
        inside = inside & (pl.col("leaf") == _named(text, leaf, leaves, leaves))
    return replace(reach.scored, frame=reach.scored.frame.filter(reach.customers.select(kept=inside)["kept"]))


def check_branch(text: str) -> None:
    """Raise `UsageError` for the name of a branch that no tree has; called before a file is read."""
    top, leaf = _parts(text)
    if not top.casefold().startswith(BY.casefold()):
        _named(text, top, [ALL, REACHABLE, NOT_REACHABLE, BY_CHANNEL], LEAVES)
    if leaf is not None:
        _named(text, leaf, LEAVES, LEAVES)


def _parts(text: str) -> tuple[str, str | None]:
    """Return the two parts of the name of a branch; the second is None where there is one part.

    >>> _parts("Reachable>one  purchase"), _parts("all")
    (('Reachable', 'one purchase'), ('all', None))
    """
    top, step, leaf = (" ".join(part.split()) for part in text.partition(STEP.strip()))
    return top, leaf if step else None


def _named(text: str, part: str, names: Sequence[str], leaves: Sequence[str]) -> str:
    """Return the name that the part of a text is, or is the beginning of."""
    folded = part.casefold()
    same = [name for name in names if name.casefold() == folded]
    # A whole name wins over the beginning of a longer one.
    found = same or [name for name in names if part and name.casefold().startswith(folded)]
    if len(found) == 1:
        return found[0]
    close = nearest(part, names)
    hint = f"did you mean {close}? " if close else ""
    tops = ", ".join(names if names is not leaves else [ALL, REACHABLE, NOT_REACHABLE, BY_CHANNEL])
    raise UsageError(f"--list {text}: no such branch", f"{hint}Valid: {tops}, each alone or with > {', '.join(leaves)}")
