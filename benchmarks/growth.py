"""How time and memory grow with rows: the exponent b of a fit of a * rows ** b, and those between neighbors.

The fit is by least squares on the logarithms of what was measured, with nothing taken off: the start of a
process is in it and makes small files look dearer than they are, so the exponents between neighboring sizes
are shown beside it. One well above the others would be a cliff.
"""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import dataclass

from figures import Figures

Point = tuple[float, float]


@dataclass(frozen=True)
class Growth:
    """One program on one kind of file: its exponent, and the exponent from each size to the next."""

    family: str
    program: str
    measure: str
    exponent: float
    steps: tuple[tuple[int, int, float], ...]


def exponent(points: list[Point]) -> float:
    """Return the slope of the least-squares line through (log rows, log value); at least two sizes."""
    return statistics.linear_regression([math.log(x) for x, _ in points], [math.log(y) for _, y in points]).slope


def growth(family: str, program: str, measure: str, points: list[Point]) -> Growth:
    """Return the growth over points in ascending order of rows."""
    steps = tuple((int(one[0]), int(two[0]), exponent([one, two])) for one, two in itertools.pairwise(points))
    return Growth(family, program, measure, exponent(points), steps)


def growths(kept: list[Figures]) -> list[Growth]:
    """Return the growth of programs measured on two or more sizes of a kind of file; the last counts of equal sizes."""
    found: dict[tuple[str, str, str], dict[float, float]] = {}
    for figures in sorted((one for one in kept if one.family), key=lambda one: one.rows):
        for row in figures.summaries:
            if row.program != "import":
                found.setdefault((figures.family, row.program, "time"), {})[figures.rows] = row.median_s
                found.setdefault((figures.family, row.program, "memory"), {})[figures.rows] = row.peak_mb
    return [growth(*key, list(points.items())) for key, points in found.items() if len(points) > 1]
