"""Tests mirror the package: a test file has the name of its module, or that and an aspect, as test_days_far.py has."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "rfm_cli"
NO_MIRROR = ("benchmarks", "determinism", "fuzz", "oracles", "simulation", "tools")
"""Folders of tests of more than one module, or of what is not in the package."""
OF_THE_WHOLE = {
    "messages/test_screens.py",
    "test_api.py",
    "test_docs.py",
    "test_examples.py",
    "test_forks.py",
    "test_properties.py",
    "test_properties_exports.py",
    "test_prose.py",
    "test_realdata.py",
    "test_realdata_views.py",
    "test_sample_data.py",
    "test_schedule.py",
    "test_tests.py",
}
"""Files that test the whole package, the docs, the sample shop or the tests themselves."""


def modules_of(room: Path) -> list[str]:
    """Return the names that a test file of the room may begin with."""
    return [file.stem for file in room.glob("*.py") if file.stem != "__init__"]


def has_module(test: Path) -> bool:
    """Return whether the package has the module that a test file is named after, or whose aspect it tests."""
    room, name = PACKAGE / test.parent, test.stem.removeprefix("test_")
    # What is in a folder's `__init__` is tested under the name of the folder.
    return name == room.name or any(name == one or name.startswith(f"{one}_") for one in modules_of(room))


def mirrored() -> list[Path]:
    found = sorted(file.relative_to(TESTS) for file in TESTS.rglob("test_*.py"))
    return [file for file in found if file.parts[0] not in NO_MIRROR and file.as_posix() not in OF_THE_WHOLE]


@pytest.mark.parametrize("test", mirrored(), ids=Path.as_posix)
def test_a_test_file_is_named_after_its_module(test: Path) -> None:
    assert has_module(test)


def test_files_of_the_whole_exist() -> None:
    assert [name for name in OF_THE_WHOLE if not (TESTS / name).is_file()] == []
    assert [name for name in NO_MIRROR if not (TESTS / name).is_dir()] == []


@pytest.mark.parametrize(
    ("test", "is_right"),
    [
        ("scores/test_fit.py", True),
        ("scores/test_fit_ties.py", True),
        ("scores/test_scores_fit.py", False),
        ("scores/test_fitting.py", False),
        ("test_fit.py", False),
        ("messages/test_messages.py", True),
    ],
)
def test_names_are_judged(test: str, is_right: bool) -> None:
    assert has_module(Path(test)) == is_right
