"""The proof of a scheme: each cell is in exactly one segment, and each segment is within reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise, product

from rfm_cli.errors import UsageError
from rfm_cli.schemes.model import AXES, NEW_SUBSCRIBER, NO_PURCHASES, Axis, Scheme, all_codes, code

RESERVED = (NO_PURCHASES, NEW_SUBSCRIBER, "Not yet a customer", "(all)")
LISTED = 12


def prove(scheme: Scheme, where: str = "") -> None:
    """Raise one `UsageError` that lists all that is wrong with the scheme, if anything is.

    The error names `where`, a file; without it, it names the scheme.

    >>> from rfm_cli.schemes.load import load_scheme
    >>> prove(load_scheme("rf12"))
    """
    problems = [*_rule_problems(scheme), *_name_problems(scheme), *_map_problems(scheme)]
    if problems:
        axes = " x ".join(axis.upper() for axis in scheme.axes)
        raise UsageError(
            f"{where or 'scheme ' + scheme.name}: " + "; ".join(problems),
            f"every cell of {axes} (bins {scheme.bins}) must be in exactly one segment, "
            "and every segment needs a name and a rank of its own",
        )


def _rule_problems(scheme: Scheme) -> Iterator[str]:
    """Yield what is wrong with the rules and cutoffs of the axes."""
    for axis in AXES:
        if axis in scheme.cuts:
            yield from _cut_problems(axis, scheme.cuts[axis], scheme.bins.k(axis))
        elif scheme.rules.get(axis) == "fixed":
            yield from _fixed_problems(axis, scheme.bins.k(axis))


def _cut_problems(axis: Axis, cuts: tuple[Decimal, ...], k: int) -> Iterator[str]:
    """Yield what is wrong with the scheme's own cutoffs of an axis."""
    if len(cuts) != k - 1:
        yield f"{axis} has {k} bins and so needs {k - 1} cutoffs, not {len(cuts)}"
    if any(low > high for low, high in pairwise(cuts)):
        yield f"the cutoffs of {axis} must ascend: {', '.join(str(cut) for cut in cuts)}"


def _fixed_problems(axis: Axis, k: int) -> Iterator[str]:
    """Yield why an axis cannot have the rule `fixed`."""
    if axis == "m":
        yield "m cannot be fixed: money has no cutoffs that suit every shop; give [cuts] m"
    elif axis == "r" and k != 5:
        yield f"r can be fixed with 5 bins only, not {k}; give [cuts] r"


def _name_problems(scheme: Scheme) -> Iterator[str]:
    """Yield what is wrong with the names and ranks of the segments."""
    names = scheme.names()
    # Names are compared as people type them, so that `--segment "at risk"` can never mean two segments.
    times = Counter(_folded(name) for name in names)
    ranks = Counter(segment.rank for segment in scheme.segments)
    reserved = {_folded(name) for name in RESERVED}
    if "" in times:
        yield "a segment has an empty name"
    yield from _listed("segment names given twice", (n for n in names if _folded(n) and times[_folded(n)] > 1))
    yield from _listed("reserved segment names", (n for n in names if _folded(n) in reserved))
    yield from _listed("ranks given twice", (str(rank) for rank in ranks if ranks[rank] > 1))
    yield from _listed("ranks below 1", (str(rank) for rank in ranks if rank < 1))


def _folded(name: str) -> str:
    """Return a name as it is compared: without case and spaces around it."""
    return name.strip().casefold()


def _map_problems(scheme: Scheme) -> Iterator[str]:
    """Yield what is wrong with the cells of the map."""
    owners: dict[str, list[str]] = {}
    for segment in scheme.segments:
        for cell in segment.cells:
            owners.setdefault(cell, []).append(segment.name)
    # A dict in place of a set keeps the order of the codes, so that errors list them ascending.
    cells = dict.fromkeys(all_codes(scheme.axes, scheme.bins))
    in_reach = _cells_in_reach(scheme)
    yield from _listed("uncovered cells", (cell for cell in cells if cell not in owners))
    yield from _listed(
        "cells given twice",
        (f"{cell} ({', '.join(names)})" for cell, names in owners.items() if len(names) > 1),
    )
    yield from _listed("impossible cells", (cell for cell in owners if cell not in cells))
    yield from _listed("segments out of reach", (s.name for s in scheme.segments if in_reach.isdisjoint(s.cells)))


def _cells_in_reach(scheme: Scheme) -> set[str]:
    """Return the cells that a customer could be in: a repeated cutoff leaves the score between unused."""
    sizes = [scheme.bins.k(axis) for axis in scheme.axes]
    live = [
        [score for score in range(1, k + 1) if score not in _skipped(axis, scheme.cuts.get(axis, ()))]
        for axis, k in zip(scheme.axes, sizes, strict=True)
    ]
    return {code(scores, sizes) for scores in product(*live)}


def _skipped(axis: Axis, cuts: tuple[Decimal, ...]) -> set[int]:
    """Return the scores between two equal cutoffs.

    >>> _skipped("f", (Decimal(2), Decimal(2), Decimal(4), Decimal(7)))
    {2}
    >>> _skipped("r", (Decimal(30), Decimal(30), Decimal(90), Decimal(180)))
    {4}
    """
    equal = [number for number, (low, high) in enumerate(pairwise(cuts), start=1) if low == high]
    return {len(cuts) + 1 - number if axis == "r" else number + 1 for number in equal}


def _listed(what: str, values: Iterable[str]) -> Iterator[str]:
    """Yield one phrase that lists the first dozen values and counts the others, or no phrase without values.

    >>> list(_listed("impossible cells", ["61", "62"])), list(_listed("impossible cells", []))
    (['impossible cells: 61, 62'], [])
    """
    found = list(values)
    if found:
        more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
        yield f"{what}: {', '.join(found[:LISTED])}{more}"
