"""Hostile inputs of every kind, each made of its number: no crash, no half-written file, no row lost.

`python -m tests.fuzz.test_fuzz 123` shows what the input of that number is and how it ends.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.fuzz.cases import Case, case
from tests.fuzz.checks import files_in, problems
from tests.runs import Ended, run_all

PLAIN, SLOW, EACH = 100, 1000, 25
ALONE = 20
"""One in so many inputs is met by a process of its own, as users start one."""


def met(seeds: Sequence[int], folder: Path) -> list[str]:
    """What does not hold of the inputs of these numbers."""
    cases = [case(seed, folder) for seed in seeds]
    before = [files_in(folder / str(seed)) for seed in seeds]
    ended = run_all([one.wish for one in cases], {"HOME": str(folder)})
    told = zip(seeds, cases, ended, before, strict=True)
    return [f"{seed} {text}" for seed, one, end, had in told for text in judged(one, end, had, folder / str(seed))]


def judged(one: Case, ended: Ended, before: set[str], root: Path) -> list[str]:
    """What does not hold of one input, with its kind and words."""
    words = " ".join(word if len(word) < 40 else f"{word[:37]}..." for word in one.wish.args)
    return [f"({one.kind}: {words!a}): {text}" for text in problems(one, ended, before, root)]


def batches(first: int, count: int) -> list[range]:
    """The numbers from the first one on in batches, each for one process."""
    return [range(begin, begin + EACH) for begin in range(first, first + count, EACH)]


@pytest.mark.parametrize("seeds", batches(0, PLAIN), ids=str)
def test_a_hundred_inputs(seeds: range, tmp_path: Path) -> None:
    assert met(seeds, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("seeds", batches(PLAIN, SLOW - PLAIN), ids=str)
def test_a_thousand_inputs(seeds: range, tmp_path: Path) -> None:
    assert met(seeds, tmp_path) == []


@pytest.mark.parametrize("seed", range(0, PLAIN, ALONE))
def test_inputs_met_by_a_process_of_their_own(seed: int, tmp_path: Path, rfm: Run) -> None:
    one = case(seed + seed // ALONE, tmp_path)  # each of another kind
    root = Path(one.wish.folder).parents[1]
    before, stdin = files_in(root), (one.wish.stdin or "").encode()
    done = rfm(
        *one.wish.args, cwd=Path(one.wish.folder), env={**(one.wish.env or {}), "HOME": str(tmp_path)}, stdin=stdin
    )
    ended = Ended(done.returncode, done.stdout, done.stderr.decode("utf-8", "backslashreplace"))
    assert judged(one, ended, before, root) == []


def test_all_kinds_are_met(tmp_path: Path) -> None:
    met = {case(seed, tmp_path / str(seed)).kind for seed in range(PLAIN)}
    assert met == {"csv", "ndjson", "parquet", "arrow", "rfm.toml", "scheme", "cutoffs", "options"}


if __name__ == "__main__":
    for number in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as place:
            shown = case(number, Path(place))
            (how,) = run_all([shown.wish], {"HOME": place})
            sys.stdout.write(f"{shown}\n{how.code}\n{how.out[:2000]!a}\n{how.err[:2000]}\n{how.died[-2000:]}\n")
