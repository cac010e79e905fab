"""Bins of a number: edges, the labels between them, and the bin of each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.messages import Figure, Span, Value, message, words
from rfm_cli.scores.cutoffs import quantile, value_counts
from rfm_cli.tables.money import money_text

DAYS = (15, 31, 91, 181, 366)
"""First days of the later bins of recency and of the last event: 0-14, 15-30, 31-90, 91-180, 181-365, 366+."""
EVENTS = (1, 3, 6, 10)
"""The same for engagement: 0, 1-2, 3-5, 6-9, 10+."""
QUANTILES = 5


@dataclass(frozen=True)
class Bins:
    """Bins of whole numbers.

    `firsts` are the first values of the second and later bins, ascending. The first bin begins at `lowest` (None: it
    has no lower end). `decimals` is the number of decimals in the texts of the numbers.
    """

    firsts: tuple[int, ...]
    lowest: int | None = 0
    decimals: int = 0

    def labels(self) -> list[str]:
        """Return the label of every bin, ascending.

        >>> Bins((1, 3, 6, 10)).labels()
        ['0', '1-2', '3-5', '6-9', '10+']
        >>> Bins((2000, 5000), None, 2).labels()
        ['under 20.00', '20.00-49.99', '50.00+']
        """
        english = words()
        return [english(one) for one in self.shown()]

    def shown(self) -> list[Value]:
        """Return the labels as they are shown in any language."""
        if not self.firsts:
            return [message("all") if self.lowest is None else self._from(self.lowest)]
        under = message("under {high}", high=self._figure(self.firsts[0]))
        first = under if self.lowest is None else self._range(self.lowest, self.firsts[0])
        between = [self._range(low, high) for low, high in pairwise(self.firsts)]
        return [first, *between, self._from(self.firsts[-1])]

    def _from(self, low: int) -> Value:
        return message("{low}+", low=self._figure(low))

    def _range(self, low: int, above: int) -> Value:
        if above - 1 == low:
            return self._figure(low)
        return Span(money_text(low, self.decimals), money_text(above - 1, self.decimals))

    def _figure(self, number: int) -> Figure:
        return Figure(money_text(number, self.decimals))

    def place(self, value: pl.Expr) -> pl.Expr:
        """Return the number of the bin of each value, from 0; null stays null."""
        place: pl.Expr = pl.when(value.is_not_null()).then(pl.lit(0, pl.Int32))
        for first in self.firsts:
            place += (value >= first).cast(pl.Int32)
        return place


def by_quantiles(values: pl.Series, lowest: int | None, decimals: int = 0) -> Bins:
    """Return five bins by the quantile rule of scores, or fewer where values tie. Nulls have no bin."""
    known = values.drop_nulls()
    if known.is_empty():
        return Bins((), lowest, decimals)
    bounds = quantile(value_counts(known.cast(pl.Int64)), QUANTILES, low_is_best=False)
    # Ties can put two bounds on one value, and the first bin begins at the lowest value anyway.
    firsts = sorted({bound for _, bound in bounds.at} - ({lowest} if lowest is not None else set()))
    return Bins(tuple(first for first in firsts if lowest is None or first > lowest), lowest, decimals)


def parse_edges(name: str, text: str) -> tuple[Decimal, ...]:
    """Return the numbers of `--edges NAME=1,2,3`, which must rise; raise `UsageError` for anything else."""
    try:
        numbers = tuple(Decimal(part.strip()) for part in text.split(","))
    except ArithmeticError as error:
        raise UsageError(f"--edges {name}={text}: not numbers", f"write them as {name}=30,90") from error
    if not all(number.is_finite() and abs(number) < 10**12 for number in numbers) or any(
        low >= high for low, high in pairwise(numbers)
    ):
        raise UsageError(f"--edges {name}={text}: edges must rise", f"write them as {name}=30,90")
    return numbers


def in_units(edges: Sequence[Decimal], decimals: int, *, last_days: bool, name: str) -> tuple[int, ...]:
    """Return edges as first values of bins, in units of the last decimal.

    With `last_days` an edge is the last day of its bin, and the next bin begins on the day after.
    """
    scaled = [edge.scaleb(decimals) for edge in edges]
    if any(number != number.to_integral_value() for number in scaled):
        raise UsageError(f"--edges {name}: edges have at most {decimals} decimals")
    # `last_days` is 1 or 0: the next bin begins on the day after the edge.
    return tuple(int(number) + last_days for number in scaled)
