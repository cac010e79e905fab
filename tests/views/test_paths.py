"""Paths over a chain of dates: a stay is named once, and states are whole whatever they are called."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from rfm_cli.history.requests import past_at
from rfm_cli.history.states import NOT_YET, moves_between, states_at
from rfm_cli.views.paths import paths_along
from tests.shops import Row, asked, day, shop_of


def test_paths_name_a_stay_once() -> None:
    rows = [Row("a", "", 0, 100), Row("b", "", 0, 100), Row("b", "", 25, 100), Row("late", "", 15, 100)]
    dates = [day(number) for number in (0, 10, 20, 30)]
    past = past_at(shop_of(rows), asked(), dates)
    links = [moves_between(*pair) for pair in pairwise(states_at(past, dates, "f"))]
    assert paths_along(links).rows.rows() == [
        ("1", 1, 1 / 3),
        ("1 > 2", 1, 1 / 3),
        ("Not yet a customer > 1", 1, 1 / 3),
    ]


OWN_SCHEME = """
name = "own"
bins = [2, 2, 2]
by = ["r", "f"]
cuts = { r = [1000], f = [2] }
segments = [
  { name = "A > B", rank = 1, cells = ["22"] },
  { name = "A", rank = 2, cells = ["21"] },
  { name = "B", rank = 3, cells = ["12", "11"] },
]
"""


def test_the_states_of_a_path_are_whole_where_a_name_has_the_mark_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN_SCHEME)
    rows = [Row("a", "", 0, 100), *(Row("b", "", number, 100) for number in (0, 5)), Row("late", "", 15, 100)]
    dates = [day(number) for number in (0, 10, 20)]
    past = past_at(shop_of(rows), asked(str(tmp_path / "own.toml")), dates)
    paths = paths_along(moves_between(*pair) for pair in pairwise(states_at(past, dates, "segment")))
    assert paths.rows.select("path", "customers").rows() == [("A", 1), ("A > A > B", 1), (f"{NOT_YET} > A", 1)]
    assert paths.states.to_list() == [["A"], ["A", "A > B"], [NOT_YET, "A"]]


def test_two_paths_of_one_text_are_one_row(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN_SCHEME.replace("r = [1000]", "r = [8]"))
    # The first two are "A > B" at both dates, the last goes from A to B.
    rows = [Row(name, "", number, 100) for name in ("a", "b") for number in (0, 5, 9)] + [Row("c", "", 0, 100)]
    dates = [day(number) for number in (5, 10)]
    past = past_at(shop_of(rows), asked(str(tmp_path / "own.toml")), dates)
    paths = paths_along(moves_between(*pair) for pair in pairwise(states_at(past, dates, "segment")))
    assert paths.rows.rows() == [("A > B", 3, 1.0)]
    assert paths.states.to_list() == [["A > B"]]
