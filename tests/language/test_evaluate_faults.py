"""Faults planted in a copy of the compiler: the random expressions find each of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rfm_cli

ROOM = "language"
FAULTS = (
    ("logic.py", "& ~known(any_of(conditions[1:]))", "& ~any_of(conditions[1:])"),
    ("logic.py", "_balanced(conditions, or_)", "_balanced([known(one) for one in conditions], or_)"),
    (
        "windows.py",
        "span(shifted(as_of, window.duration, -1) + A_DAY, as_of, value)",
        "span(shifted(as_of, window.duration, -1), as_of, value)",
    ),
    ("windows.py", "return at <= edge_of_hours", "return at < edge_of_hours"),
    ("windows.py", "pl.when(is_last).then(there.dt.month_end()).otherwise(there)", "there"),
    (
        "windows.py",
        'case "<=":\n            return ~_after(value, last)',
        'case "<=":\n            return ~_after(value, first)',
    ),
    (
        "texts.py",
        'return " ".join(unicodedata.normalize("NFC", text).lower().split())',
        'return " ".join(text.split())',
    ),
    ("texts.py", "None if text is None else fold(text) or None", "None if text is None else fold(text)"),
    (
        "typed.py",
        "return value.expr.cast(pl.Int128) * 2, literal(wanted)",
        "return value.expr, literal(wanted // 2)",
    ),
    (
        "compare.py",
        "(left.expr, right.expr) if left.kind == right.kind else (as_day(left), as_day(right))",
        "(left.expr, right.expr)",
    ),
    ("compare.py", "return value.numbers() if other.is_number and value.numbers else value", "return value"),
    ("compare.py", "return value.dates() if value.dates else value", "return value"),
    ("conditions.py", "pl.when(low.is_not_null() & high.is_not_null()).then(low & high)", "low & high"),
    ("aggregates.py", "every = (*conditions, *([present(value)] if value else []))", "every = tuple(conditions)"),
    ("aggregates.py", "own.filter(when == edge)", "own"),
    ("pairs.py", "(pl.col(at) >= pl.col(own))", "(pl.col(at) > pl.col(own))"),
    ("pairs.py", "by = [customer] if pair.mine is None else [customer, key]", "by = [customer]"),
    ("pairs.py", "(found.expr.cast(pl.Date) < end.expr)", "(found.expr.cast(pl.Date) <= end.expr)"),
    ("questions.py", "return found if pairing.wanted else ~found", "return found"),
    ("sets.py", "return logic.known(_in_segment(place, node))", "return _in_segment(place, node)"),
)

SCRIPT = """
import random, sys
from rfm_cli.errors import RfmError
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.parse import parse_expression
from tests.language.random_shops import expression, worlds

rng = random.Random(11)
for _ in range(40):
    try:
        world, slow = worlds(rng)
        asked = {str(i): parse_expression(expression(rng, "customers", 2, list(world.segments))) for i in range(60)}
        found = evaluate(asked, world).frame
    except RfmError:
        sys.exit("refused")
    for key, one in asked.items():
        frame = evaluate({key: one}, world).frame if int(key) % 3 == 0 else found
        if dict(zip(frame["customer_id"], frame[key])) != slow.answer(one.expr):
            sys.exit("found: " + one.text)
"""


def outcome(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the random expressions with the package in a folder."""
    root = Path(rfm_cli.__file__).parents[1]
    paths = os.pathsep.join([str(folder), str(root)])
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def planted(folder: Path, file: str, right: str, wrong: str) -> None:
    """Copy the package to a folder, with a fault in one of its files."""
    shutil.copytree(Path(rfm_cli.__file__).parent, folder / "rfm_cli", ignore=shutil.ignore_patterns("__pycache__"))
    source = folder / "rfm_cli" / ROOM / file
    text = source.read_text()
    assert text.count(right) == 1, f"{file} has {right!r} {text.count(right)} times"
    source.write_text(text.replace(right, wrong))


def test_every_fault_has_its_place_in_the_compiler() -> None:
    room = Path(rfm_cli.__file__).parent / ROOM
    places = [(file, (room / file).read_text().count(right)) for file, right, _ in FAULTS]

    assert places == [(file, 1) for file, _, _ in FAULTS]
    assert len(FAULTS) >= 16


@pytest.mark.slow
@pytest.mark.parametrize(("file", "right", "wrong"), FAULTS)
def test_random_expressions_find_a_planted_fault(tmp_path: Path, file: str, right: str, wrong: str) -> None:
    planted(tmp_path, file, right, wrong)

    run = outcome(tmp_path)

    assert run.returncode != 0
    assert run.stderr.strip()


@pytest.mark.slow
def test_without_a_fault_nothing_is_found(tmp_path: Path) -> None:
    run = outcome(tmp_path)

    assert (run.returncode, run.stderr) == (0, "")
