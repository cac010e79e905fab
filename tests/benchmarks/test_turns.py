"""Two builds in turns: the commands of the goals, their files, and what a completion asks."""

from __future__ import annotations

from pathlib import Path

import pytest
import turns

GOALS = {
    "--help": 1.1,
    "score --help": 1.5,
    "completion in bash": 1.4,
    "score of 10,000 orders": 1.12,
    "score of 1 M orders, CSV": 1.05,
    "score of 1 M orders, Parquet": 1.05,
    "score of 10 M orders": 1.02,
}


def test_every_goal_is_measured() -> None:
    assert {turn.name: turn.goal for turn in turns.TURNS} == GOALS
    assert [turn.is_large for turn in turns.TURNS] == [False] * 4 + [True] * 3


def test_a_file_is_made_once(tmp_path: Path) -> None:
    turn = turns.Turn("small", 1.0, rows=100)
    turns.make_file(turn, tmp_path)
    made = (tmp_path / turn.file()).stat()
    turns.make_file(turn, tmp_path)
    assert (tmp_path / turn.file()).stat() == made
    assert [path.name for path in tmp_path.iterdir()] == [turn.file()]


def test_builds_take_turns_and_the_first_run_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def cost(build: Path, words: tuple[str, ...], _: str) -> float:
        ran.append(build.name)
        return 100.0 if len(ran) <= 2 else 1.0 if build.name == "one" else 2.0

    monkeypatch.setattr(turns, "cost", cost)
    took = turns.compare(turns.TURNS[0], (Path("one"), Path("two")), 3, tmp_path)
    assert (took, ran) == ((1.0, 2.0), ["one", "two"] * 4)


def test_completion_is_asked_in_the_words_of_the_build(tmp_path: Path) -> None:
    assert turns.completion_of(turns.HERE) == "complete_bash"
    assert turns.completion_of(tmp_path) == "bash_complete"
    assert turns.cost(turns.HERE, (), str(tmp_path)) > 0
