"""`rfm diff`: who entered, left and moved between two snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.commands.conftest import RULER

Here = Callable[..., Any]


def test_who_entered_left_and_moved(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cuts = [word for cut in ("r=30,60", "f=2,3", "m=10,20") for word in ("--cuts", cut)]
    rest = ("--scheme", "none", "--bins", "3", *cuts, "--share", "50%")
    orders = "customer_id,ordered_at,amount\nstays,2024-01-01,5\ngone,2024-01-02,7\nup,2024-01-03,9\nup,2024-01-04,1\n"
    (tmp_path / "orders.csv").write_text(orders)
    assert here("snapshot", "-q", "--as-of", "2024-01-10", *rest).code == 0
    later = orders.replace("gone,2024-01-02,7\n", "") + "up,2024-01-11,1\nnew,2024-01-12,2\n"
    (tmp_path / "orders.csv").write_text(later)
    assert here("snapshot", "-q", "--as-of", "2024-01-20", *rest).code == 0
    assert here("diff", "2024-01-10", "2024-01-20", "-q").code == 2  # the floor of the VIPs is another
    told = here("diff", "2024-01-10", "last", "--rescore", "-q", "--format", "csv")
    assert told.out.decode().splitlines() == [
        "customer_id,change,from_segment,to_segment,direction,vip_from,vip_to,monetary_change",
        "gone,left,,,,false,,-7",
        "new,entered,,,new,,false,2",
    ]


def test_moves_stand_in_the_order_of_ids_with_their_direction(here: Here, kept: Path) -> None:
    rows = pl.read_csv(here("diff", "2024-09", "last", "-q", "--format", "csv").out, infer_schema=False)
    moves = pl.read_csv(
        here("migrate", "-q", "--from", "2024-09", "--to", "2024-12", "--moves", *RULER, "--format", "csv").out,
        infer_schema=False,
    )
    moved = moves.filter(pl.col("direction") != "same", pl.col("from_segment") != "Not yet a customer")
    own = rows.filter(pl.col("change") == "moved").select(moved.columns)
    assert own.equals(moved)
    entered = moves.filter(pl.col("from_segment") == "Not yet a customer")["customer_id"]
    assert rows.filter(pl.col("change") == "entered")["customer_id"].equals(entered)
    shown = here("diff", "2024-09", "2024-12", "-q", "--format", "table").out.decode().splitlines()
    assert shown[0].endswith("entered 676 · left 0 · up 474 · down 1,052 · vip 63")
