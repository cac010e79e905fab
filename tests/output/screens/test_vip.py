"""The Lorenz curve in a few lines of text."""

from __future__ import annotations

import pytest

from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.vip import lorenz
from rfm_cli.output.wrapping import wide

EQUAL = [(0.0, 0.0), (1.0, 1.0)]
FEW = [(0.0, 0.0), (0.1, 0.9), (1.0, 1.0)]


def drawn(points: list[tuple[float, float]], look: Look, mark: tuple[float, float] | None = None) -> list[str]:
    return render(lorenz(points, look=look, mark=mark), look).splitlines()


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_it_fits_the_width(width: int, unicode: bool) -> None:
    look = Look(width, color=False, unicode=unicode)
    assert all(wide(line) <= width for line in drawn(FEW, look, (0.1, 0.9)))


def test_plain_characters() -> None:
    lines = drawn(FEW, Look(40, color=False, unicode=False), (0.1, 0.9))
    assert lines[0] == "share of revenue"
    assert lines[1].startswith(" 100 %|")
    assert "".join(lines).isascii()
    assert "".join(lines).count("O") == 1
    assert "*" in lines[1]


def test_the_line_of_equal_shares_is_the_curve_where_all_brought_the_same() -> None:
    lines = drawn(EQUAL, Look(40, color=False, unicode=False))
    assert "." not in "".join(lines[1:12])


def test_money_below_zero_stays_on_the_paper() -> None:
    points = [(0.0, 0.0), (0.5, 1.4), (1.0, 1.0)]
    assert len(drawn(points, Look(60, color=False))) == len(drawn(EQUAL, Look(60, color=False)))


def test_color_and_no_points() -> None:
    look = Look(60, color=True)
    assert "\x1b[" in "".join(drawn(FEW, look, (0.1, 0.9)))
    assert lorenz([], look=look) == []
