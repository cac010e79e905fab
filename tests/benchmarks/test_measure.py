"""Programs are run, warmed up and compared as the benchmark says."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest
from measure import BenchmarkError, Program, agreements, measured, rounds, warmed
from run import alone

NOTHING = (sys.executable, "-S", "-c", "pass")


def shell(text: str) -> tuple[str, ...]:
    return ("sh", "-c", text)


def test_a_run_tells_the_memory_that_it_held() -> None:
    assert measured((sys.executable, "-S", "-c", "held = bytearray(90_000_000)")).peak_mb > 90


def test_a_failing_program_is_an_error_with_its_last_words() -> None:
    with pytest.raises(BenchmarkError, match=r"(?s)exit code 3 from: sh -c .*no such thing"):
        measured(shell("echo no such thing >&2; exit 3"))


def test_rounds_interleave_and_the_first_command_runs_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    programs = [
        Program("a", shell(f"echo a >> {log}"), first=shell(f"echo first >> {log}")),
        Program("b", shell(f"echo $NAME >> {log}"), environment=(("NAME", "b"),)),
    ]
    warmed(programs)
    runs = rounds(programs, 2)
    assert log.read_text().split() == ["first", "a", "b", "a", "b", "a", "b"]
    assert {name: len(taken) for name, taken in runs.items()} == {"a": 2, "b": 2}


def test_a_folder_is_fresh_in_every_run(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    work = tmp_path / "work"
    once = shell(f"test ! -e {work}/dirty && touch {work}/dirty")
    rounds([Program("once", once, fresh=(tmp_path / "kept", work))], 2)
    assert (work / "dirty").exists()


def test_answers_are_held_against_the_first_one(tmp_path: Path) -> None:
    right = pl.DataFrame({"customer_id": ["1", "2"], "frequency": [1, 2]})
    answers = {
        "right": right,
        "same": right,
        "wrong": right.with_columns(frequency=pl.Series([1, 3])),
        "some": right.select("customer_id").reverse(),
    }
    for name, answer in answers.items():
        answer.write_parquet(tmp_path / name)
    programs = [Program(name, NOTHING, tmp_path / name, part=name == "some") for name in answers]
    said = agreements([*programs, Program("floor", NOTHING)], {"some": "customer_id"})
    assert said == {
        "right": "the judge",
        "same": "agrees",
        "wrong": "differs from right: row 1, frequency: 3, expected 2 (rows that differ: frequency 1)",
        "some": "agrees on customer_id",
        "floor": "-",
    }


def test_an_answer_of_an_earlier_run_does_not_stand(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    answer.write_text("old")
    warmed([Program("mute", NOTHING, answer)])
    assert not answer.exists()


def test_two_runs_do_not_write_to_the_same_answers(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(BenchmarkError, match="another run measures in"), alone(tmp_path):
        pytest.fail("the folder is taken")
    with alone(tmp_path):
        pass
