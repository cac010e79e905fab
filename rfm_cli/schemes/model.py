"""What a scheme is: bins, rules, own cutoffs, a map from score codes to ranked segments, and the proof that it fits.

The proof: each cell is in exactly one segment, and each segment is within reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise, product
from typing import Literal

from rfm_cli.errors import UsageError

Axis = Literal["r", "f", "m"]
Rule = Literal["auto", "quantile", "fixed", "type7"]
FreeOrders = Literal["count", "ignore"]

AXES: tuple[Axis, ...] = ("r", "f", "m")
RULES: tuple[Rule, ...] = ("auto", "quantile", "fixed", "type7")
FREE_ORDERS: tuple[FreeOrders, ...] = ("count", "ignore")
DEFAULT_RULES: Mapping[Axis, Rule] = {"r": "auto", "f": "auto", "m": "quantile"}
MOST_BINS = 100
NO_PURCHASES = "No purchases"
NEW_SUBSCRIBER = "New subscriber"
"""Segments of customers without a purchase, whatever the scheme; the second only where the user sets its days."""


@dataclass(frozen=True)
class Bins:
    """How many scores each axis has, each from 2 to 100."""

    r: int
    f: int
    m: int

    def __post_init__(self) -> None:
        """Raise `UsageError` where an axis has too few or too many scores."""
        if not all(1 < k <= MOST_BINS for k in (self.r, self.f, self.m)):
            raise _bad_bins(str(self))

    @classmethod
    def parse(cls, text: str) -> Bins:
        """Return the bins in a text such as `5` (all three axes) or `5,3,4` (R, F, M).

        >>> Bins.parse("4"), Bins.parse("5, 3, 4")
        (Bins(r=4, f=4, m=4), Bins(r=5, f=3, m=4))
        """
        parts = [part.strip() for part in text.split(",")]
        # isdigit alone lets superscripts through, and int() alone lets 1_0 and +5 through.
        if len(parts) not in (1, 3) or not all(p.isascii() and p.isdigit() and len(p) < 9 for p in parts):
            raise _bad_bins(text)
        numbers = [int(part) for part in parts]
        return cls(*(numbers if len(numbers) == 3 else numbers * 3))

    def __str__(self) -> str:
        """Return the bins as `--bins` takes them.

        >>> str(Bins(5, 3, 4))
        '5,3,4'
        """
        return f"{self.r},{self.f},{self.m}"

    def k(self, axis: Axis) -> int:
        """Return the number of scores of one axis."""
        return {"r": self.r, "f": self.f, "m": self.m}[axis]


def _bad_bins(text: str) -> UsageError:
    """Return the error of bins that cannot be used."""
    return UsageError(
        f"bins {text!r} cannot be used",
        f"give one or three whole numbers from 2 to {MOST_BINS}, such as 5 or 5,3,4 (R, F, M)",
    )


@dataclass(frozen=True)
class Segment:
    """A named set of cells, its rank (1 is the highest) and what to do with its customers."""

    name: str
    rank: int
    next_step: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """How customers are scored and which segment each score code belongs to.

    `axes` are the axes of the map. `rules` and `bins` cover all three, since M is scored even where the map
    does not use it. `cuts` has an axis only where the scheme brings cutoffs of its own, which then replace its
    rule: for F and M the lower bounds of scores 2..k, for R the upper bounds of scores k..2, both ascending.
    `segments` are in rank order; without any, customers are scored without a map.
    """

    name: str
    title: str
    bins: Bins
    axes: tuple[Axis, ...]
    # Mappings have no hash; a scheme has one by its other fields.
    rules: Mapping[Axis, Rule] = field(hash=False)
    cuts: Mapping[Axis, tuple[Decimal, ...]] = field(hash=False)
    free_orders: FreeOrders
    segments: tuple[Segment, ...]
    no_purchases_next_step: str = ""
    new_subscriber_next_step: str = ""
    description: str = ""
    source: str = ""

    @property
    def needs_money(self) -> bool:
        """Whether the map needs a score of M; false without a map."""
        return bool(self.segments) and "m" in self.axes

    def names(self) -> tuple[str, ...]:
        """Return the names of the segments, the highest rank first."""
        return tuple(segment.name for segment in self.segments)

    def cell_of(self, r: int, f: int, m: int) -> str:
        """Return the code of the map's cell with these scores: `54` for a map of R and F, else `545`."""
        scores: Mapping[Axis, int] = {"r": r, "f": f, "m": m}
        return code([scores[axis] for axis in self.axes], [self.bins.k(axis) for axis in self.axes])

    def segment_by_cell(self) -> dict[str, str]:
        """Return the name of the segment of every cell of the map."""
        return {cell: segment.name for segment in self.segments for cell in segment.cells}


def code(scores: Sequence[int], bins: Sequence[int]) -> str:
    """Return the scores as text, joined by `-` where any of their axes has more than 9 bins.

    >>> code((5, 4, 5), (5, 5, 5)), code((5, 10, 4), (5, 12, 5)), code((5, 4), (5, 5))
    ('545', '5-10-4', '54')
    """
    return ("-" if max(bins) > 9 else "").join(str(score) for score in scores)


def all_codes(scheme_axes: Sequence[Axis], bins: Bins) -> Iterator[str]:
    """Return every code that these axes can give, in ascending order of the scores.

    >>> list(all_codes(("r", "f"), Bins(2, 3, 5)))
    ['11', '12', '13', '21', '22', '23']
    """
    sizes = [bins.k(axis) for axis in scheme_axes]
    return (code(scores, sizes) for scores in product(*(range(1, k + 1) for k in sizes)))


def in_rank_order(scheme: Scheme, *, new_subscribers: bool) -> list[str]:
    """Return all segments that a customer can be in, the highest rank first, those without a purchase last."""
    outside = [NEW_SUBSCRIBER, NO_PURCHASES] if new_subscribers else [NO_PURCHASES]
    return [*scheme.names(), *outside]


def next_step(scheme: Scheme, segment: str | None) -> str:
    """Return what the scheme suggests to do with a segment's customers; empty where it suggests no step."""
    # No segment of a scheme can have the name of one of the two outside it (`prove`).
    steps = {known.name: known.next_step for known in scheme.segments}
    outside = {NO_PURCHASES: scheme.no_purchases_next_step, NEW_SUBSCRIBER: scheme.new_subscriber_next_step}
    return (steps | outside).get(segment or "", "")


# States and rows beside the segments of a scheme, which a segment of the same name could not be distinguished from.
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
