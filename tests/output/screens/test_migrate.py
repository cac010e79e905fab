"""The screens of moves: paths."""

from __future__ import annotations

import polars as pl

from rfm_cli.messages import words
from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.migrate import paths_screen
from rfm_cli.views.paths import Paths


def test_each_state_of_a_path_is_translated_whole() -> None:
    texts = ["Champions > Champions > Lost", "Lost"]
    rows = pl.DataFrame({"path": texts, "customers": [2, 1], "customers_share": [2 / 3, 1 / 3]})
    paths = Paths(rows, pl.Series([["Champions", "Champions > Lost"], ["Lost"]]))
    look = Look(200, words=words("ru"))
    screen = render(paths_screen(paths, look=look, header=(), footer=(), limit=5), look).splitlines()
    # A name of one's own scheme is not translated, whatever it is made of.
    assert [line.split("  ")[0] for line in screen[-2:]] == ["Чемпионы → Champions > Lost", "Потерянные"]
    hidden = render(paths_screen(paths, look=look, header=(), footer=(), limit=1), look)
    assert "Чемпионы → Champions > Lost" in hidden and "Потерянные" not in hidden
