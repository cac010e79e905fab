"""Tables are found by the names of files only where no setting names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.cli.found_tables import found_by_name
from rfm_cli.config import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("orders.csv", "events.csv"):
        (tmp_path / name).touch()
    return tmp_path


def test_found(folder: Path) -> None:
    assert found_by_name(Settings({}), folder) == {
        "orders": (str(folder / "orders.csv"),),
        "events": (str(folder / "events.csv"),),
    }
    given = Settings({"events": ("e.csv",)}, frozenset({"events"}))
    assert list(found_by_name(given, folder)) == ["orders", "events"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings({"orders": ("o.csv",)}, frozenset({"orders"})),
        Settings({"customers": ("c.csv",)}),  # of a variable, or of rfm.toml
        Settings({"events": ("e.csv",), "purchase_events": ("order",)}, frozenset({"events"})),
    ],
)
def test_not_found(folder: Path, settings: Settings) -> None:
    assert found_by_name(settings, folder) == {}
