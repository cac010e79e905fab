"""`rfm migrate`: how its screens look, what its answers hold of each other, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Screen, rows_of

Here = Callable[..., Any]

SCREENS = {
    "migrate": "migrate --from 2024-06 --to 2024-12",
    "migrate_rf": "migrate --from 2024-06 --to 2024-12 --by rf",
    "migrate_flows": "migrate --from 2024-06 --to 2024-12 --flows",
    "migrate_every": "migrate --from 2024-06 --to 2024-12 --every quarter",
    "migrate_paths": "migrate --from 2024-06 --to 2024-12 --paths",
    "migrate_speed": "migrate --from 2024-06 --to 2024-12 --speed",
    "migrate_moves": "migrate --from 2024-06 --to 2024-12 --moves",
}
MISUSE = {
    "migrate --list=": "no such move",
    "migrate --from 2024-12 --to 2024-06": "is not before",
    "migrate --from 2024-13": "--from 2024-13: no such day",
    "migrate --by city": "--by city: not known",
    "migrate --every soon": "no such step",
    "migrate --speed --moves": "two answers",
    "migrate --speed --every month": "--every does not go with --speed",
    "migrate --speed --rescore": "--speed does not go with --rescore",
    "migrate --speed --window 12mo": "--speed does not go with --window",
    "migrate --speed --horizons 0": "not days",
    "migrate --horizons 30": "--horizons is for --speed",
    "migrate --with email": "--with is for --list",
    "migrate --list Champions": "no such move",
    "migrate --list Nobody>Lost": "no such move",
    "migrate --by segment --scheme none --bins 4": "has no segments",
}


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens(screen: Screen, name: str, width: int) -> None:
    screen(name, SCREENS[name], width)


def test_screen_with_colors(screen: Screen) -> None:
    screen("migrate", SCREENS["migrate"], 80, colors=True)


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)


def test_moves_say_as_much_as_the_matrix(inside: Here) -> None:
    moves = rows_of(inside("migrate", "--moves", "-q"))
    cells = {
        (row["from_segment"], row["to_segment"]): int(row["customers"]) for row in rows_of(inside("migrate", "-q"))
    }
    for (before, after), count in cells.items():
        assert count == sum((row["from_segment"], row["to_segment"]) == (before, after) for row in moves)
    assert {row["direction"] for row in moves} == {"up", "same", "down", "new"}


def test_saved_cutoffs_say_which_date_they_come_from(inside: Here, tmp_path: Path) -> None:
    cuts = tmp_path / "cuts.toml"
    dates = ["--from", "2024-06", "--to", "2024-12"]
    for more, day in (([], "2024-06-30"), (["--rescore"], "2024-12-31"), (["--speed"], "2024-06-30")):
        assert inside("migrate", *dates, *more, "-q", "--save-cuts", cuts).code == 0
        assert f'as_of = "{day}"' in cuts.read_text()
    plain = inside("migrate", *dates, "-q").out
    assert inside("migrate", *dates, "-q", "--save-cuts", cuts).out == plain
    assert inside("migrate", *dates, "-q", "--cuts", cuts).out == plain


def test_new_subscribers_have_a_road_of_their_own(inside: Here) -> None:
    found = rows_of(inside("migrate", "--speed", "--new-subscriber", "90d", "-q"))
    assert ("New subscriber", "New") in {(row["from_segment"], row["to_segment"]) for row in found}
    assert ("New subscriber", "No purchases") in {(row["from_segment"], row["to_segment"]) for row in found}


def test_the_dates_and_what_was_left_out_are_said(inside: Here) -> None:
    said = inside("migrate").err
    assert "rfm: from 2024-09-30 to 2024-12-31 (--from, --to)" in said
    assert "rows rejected" in said
    assert "after the last order row" in inside("migrate", "--to", "2025-02").err
    assert inside("migrate", "--to", "2025-02", "--strict").code == 1
