"""The figures of the house are counted as their docstrings say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import house

MODULE = '''"""A module."""

# Why it is here.
ONE = 1  # not a line of its own


def public() -> int:
    """Return one."""
    return ONE


class Box:
    def open(self) -> None:
        def inner() -> None:
            """Do it."""

        return inner()

    def _own(self) -> None: ...
'''


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "module.py"
    path.write_text(MODULE)
    return path


def test_sizes_are_median_p90_and_largest(module: Path) -> None:
    assert str(house.Sizes((1, 2, 3, 4, 100))) == "3 / 4 / 100"
    assert house.module_sizes([module]).lines == (19,)
    assert sorted(house.function_sizes([module]).lines) == [1, 2, 3, 5]


def test_what_is_documented_and_commented(module: Path) -> None:
    assert house.documented([module]) == 3 / 5  # the class and `open` are not; `_own` does not count
    assert house.commented([module]) == 1 / 19


def test_a_call_climbs_where_the_called_file_is_in_a_higher_layer() -> None:
    low, high, none = (str(house.PACKAGE / name) for name in ("tables/days.py", "cli/app.py", "version.py"))
    layers = [["rfm_cli.cli", "rfm_cli.report"], ["rfm_cli.tables"]]
    route = house.Route(frozenset({(low, high), (high, low), (low, none), (low, low)}))
    assert route.climbs(layers) == {(low, high)}
    assert route.files() == {low, high, none}


def test_every_figure_is_there(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    house.main()
    out, err = capfdbinary.readouterr()
    lines = out.decode().splitlines()
    assert [len(line.split("  ")) > 1 for line in lines] == [True] * 10
    assert (lines[0].split()[0], err) == ("modules", b"")
    assert int(lines[-3].split()[-1]) > int(lines[-2].split()[-1]) > 5  # a score does pass through the house


def test_the_files_that_a_score_passes_are_handed_the_score_itself() -> None:
    route = house.route_of("score", str(house.SAMPLE), "--format", "table")
    names = {str(Path(file).relative_to(house.PACKAGE)) for file in route.carriers}
    assert {"cli/session.py", "cli/commands/score.py", "cli/deliver.py", "views/score.py"} <= names
    assert not names & {"tables/money.py", "messages/__init__.py", "files.py"}
