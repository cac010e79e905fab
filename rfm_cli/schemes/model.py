"""What a scheme is: bins, rules, own cutoffs, and a map from score codes to ranked segments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
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
