"""The tables of snapshots: what a store has, and how two snapshots differ."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.model import Question, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.snapshots.metadata import CountingOptions, metadata_of
from rfm_cli.snapshots.store import Snapshot, read, rows_of, write
from rfm_cli.snapshots.tables import diff_view, snapshots_view
from rfm_cli.tables.options import ReadOptions

FIRST, LAST = date(2024, 2, 15), date(2024, 3, 15)
EARLIER = "a,2024-01-01,5\nb,2024-02-01,5\nc,2024-02-02,5\n"
LATER = "a,2024-01-01,5\na,2024-03-01,5\nb,2024-02-01,5\nd,2024-03-02,7\n"


def taken(folder: Path, rows: str, day: date, *, money: bool) -> Snapshot:
    """Take a snapshot of orders."""
    lines = [",".join(row.split(",")[: 3 if money else 2]) for row in rows.splitlines()]
    path = folder / f"{day}.csv"
    path.write_text("\n".join(["customer_id,ordered_at" + (",amount" if money else ""), *lines]) + "\n")
    shop = open_shop(TablePaths(orders=(str(path),)), ReadOptions())
    scored = score(shop, Question(Fitting(load_scheme("rf12")), as_of=day))
    write(folder, rows_of(scored, None), metadata_of(scored, CountingOptions(), []))
    return read(folder, day)


@pytest.mark.parametrize("money", [True, False])
def test_customers_that_differ(tmp_path: Path, money: bool) -> None:
    """Without money there are no VIP marks, which must not be taken for missing customers."""
    first, last = (taken(tmp_path, rows, day, money=money) for rows, day in ((EARLIER, FIRST), (LATER, LAST)))
    view = diff_view(first, last)
    rows = view.rows.select("customer_id", "change", "direction").rows()
    assert rows == [("a", "moved", "up"), ("b", "moved", "down"), ("c", "left", None), ("d", "entered", "new")]
    changes = [None] * 4 if not money else ["5", "0", "-5", "7"]
    assert view.rows["monetary_change"].cast(pl.String).to_list() == changes
    assert {name: view.meta[name] for name in ("entered", "left", "moved", "vip", "up", "down")} == {
        "entered": 1,
        "left": 1,
        "moved": 2,
        "vip": 0,
        "up": 1,
        "down": 1,
    }


def test_one_row_per_snapshot(tmp_path: Path) -> None:
    found = [taken(tmp_path, rows, day, money=True).metadata for rows, day in ((EARLIER, FIRST), (LATER, LAST))]
    rows = snapshots_view(found).rows
    assert rows.select("as_of", "customers", "buyers", "scheme").rows() == [
        (FIRST, 3, 3, "rf12"),
        (LAST, 3, 3, "rf12"),
    ]
    assert rows["revenue"].cast(pl.String).to_list() == ["15", "22"]
    assert rows["cutoffs"].n_unique() == 2
