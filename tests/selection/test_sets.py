"""Sets outside of the language: reachable customers, files, snapshots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.notes import Note
from rfm_cli.scores.fit import Fitting
from rfm_cli.selection.choosing import Beside, asker
from rfm_cli.selection.sets import SetsOf
from rfm_cli.snapshots.metadata import CountingOptions
from rfm_cli.snapshots.store import keep
from tests.language.asking import who
from tests.language.shops import QUESTION
from tests.language.worked_shop import worked_shop

COUNTED = CountingOptions("UTC", None, "count", None, None, None, "folded")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one snapshot of the worked shop."""
    assert isinstance(QUESTION.fitting, Fitting)
    kept, _ = keep(tmp_path / "snapshots", worked_shop()[1], COUNTED, None, [], [])
    assert kept
    return tmp_path / "snapshots"


def test_reachable_is_found_once_a_channel_with_its_remarks() -> None:
    said: list[Note] = []
    found = SetsOf(worked_shop()[1], say=said.extend)
    assert sorted(found.reachable("phone")) == ["bob", "cat", "eva", "ira"]
    assert len(found.reachable(None)) == 10
    assert found.reach("phone") is found.reach("phone")
    assert "no-consent" in {one.name for one in said}


def test_a_snapshot_is_a_table_of_its_columns(store: Path) -> None:
    table = SetsOf(worked_shop()[1], store).snapshot(date(2024, 3, 31))
    kinds = {column.name: column.kind for column in table.columns.values()}
    assert kinds["customer_id"] == kinds["rfm"] == "exact"
    assert (kinds["segment"], kinds["monetary"], kinds["vip"]) == ("text", "money", "truth")
    assert (kinds["last_order"], kinds["r"], kinds["frequency"]) == ("day", "number", "number")
    frame = table.frame.collect()
    cat = frame.filter(pl.col("customer_id") == "cat")
    assert cat["monetary"].item() == 40 * 10 ** table.columns["monetary"].scale
    assert frame.schema["monetary"] == pl.Int64
    assert table.links == ("customer_id",)


def test_a_day_that_is_not_stored_names_the_nearest(store: Path) -> None:
    with pytest.raises(InputError, match="no snapshot of 2024-02-01") as error:
        SetsOf(worked_shop()[1], store).snapshot(date(2024, 2, 1))
    assert error.value.hint == "the nearest: 2024-03-31"
    with pytest.raises(UsageError, match="no store of snapshots is given"):
        SetsOf(worked_shop()[1]).snapshot(date(2024, 2, 1))


def test_snapshots_of_two_days_are_two_tables(tmp_path: Path) -> None:
    _, scored = worked_shop()
    everybody = scored.frame.select("customer").to_series()
    for day, ids in (("2024-03-01", ["ann", "cat"]), ("2024-03-02", ["cat", "dan"])):
        frame = scored.frame.filter(everybody.is_in(ids)).with_columns(segment=pl.lit(f"Segment of {day}"))
        keep(tmp_path, replace(scored, frame=frame, as_of=date.fromisoformat(day)), COUNTED, None, [], [])
    world = asker(scored, Beside(QUESTION, store=tmp_path)).world

    assert who(world, "in snapshot 2024-03-01 minus in snapshot 2024-03-02") == ("ann", "")
    assert who(world, "in snapshot 2024-03-02 minus in snapshot 2024-03-01") == ("dan", "")
    # Each day has texts of its own.
    first, second = (f"in snapshot {day}(segment = 'segment of {day}')" for day in ("2024-03-01", "2024-03-02"))
    assert who(world, f"{first} and {second}") == ("cat", "")
    assert who(world, f"{second} or {first}") == ("ann cat dan", "")
