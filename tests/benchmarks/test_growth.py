"""The fit of growth gets exponents that are known, and shows a cliff."""

from __future__ import annotations

import pytest
from growth import exponent, growth

SIZES = [1e6, 3e6, 1e7, 3e7, 1e8]


@pytest.mark.parametrize("known", [0.0, 0.8, 1.0, 1.7])
def test_the_fit_gets_a_known_exponent(known: float) -> None:
    points = [(rows, 3e-7 * rows**known) for rows in SIZES]
    assert exponent(points) == pytest.approx(known)
    assert [slope for _, _, slope in growth("dense", "rfm", "time", points).steps] == pytest.approx([known] * 4)


def test_noise_up_and_down_evens_out() -> None:
    points = [(rows, rows * factor) for rows, factor in zip(SIZES, [1, 1.1, 0.9, 1.1, 1], strict=True)]
    assert exponent(points) == pytest.approx(1.0, abs=0.01)


def test_a_cliff_shows_between_neighbours() -> None:
    points = [(rows, rows if rows < 1e8 else 4 * rows) for rows in SIZES]
    low, high, steepest = max(growth("dense", "rfm", "memory", points).steps, key=lambda step: step[2])
    assert (low, high) == (30_000_000, 100_000_000)
    assert steepest > 2
