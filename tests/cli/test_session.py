"""Sessions of every command: what holds of the answers of all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.conftest import rows_of

Here = Callable[..., Any]

COLUMNS = {
    "grid": "r f segment customers customers_share revenue revenue_share aov",
    "matrix": "recency engagement customers customers_share revenue revenue_share aov",
    "vip": "top_share customers revenue revenue_share smallest_monetary",
    "migrate": "from_segment to_segment customers share_of_from revenue_from revenue_to",
    "migrate --every month": (
        "from_date to_date from_segment to_segment customers share_of_from revenue_from revenue_to"
    ),
    "migrate --moves": "customer_id from_segment to_segment direction",
    "migrate --speed": "from_segment to_segment moves share_30d share_60d share_90d p25_days median_days p75_days",
    "migrate --paths": "path customers customers_share",
    "migrate --flows": "segment customers_from in out net customers_to revenue_from revenue_to",
    "vip --watch": "customer_id from_segment to_segment vip slipped_on days_below at_stake",
    "reach": "branch customers customers_share revenue revenue_share",
}


@pytest.mark.parametrize("command", COLUMNS)
def test_columns_of_files(inside: Here, command: str) -> None:
    assert list(rows_of(inside(*command.split(), "-q"))[0]) == COLUMNS[command].split()


@pytest.mark.parametrize("command", COLUMNS)
def test_types_of_parquet_are_those_of_every_answer(inside: Here, tmp_path: Path, command: str) -> None:
    path = tmp_path / "answer.parquet"
    assert inside(*command.split(), "-q", "-o", path).code == 0
    for name, dtype in pl.read_parquet_schema(path).items():
        if name.endswith("share") or name.startswith("share_"):
            assert dtype == pl.Float64
        elif name in ("r", "f", "m"):
            assert dtype == pl.Int8
        elif "revenue" in name or name in ("aov", "at_stake", "smallest_monetary"):
            assert dtype.is_decimal()
        elif name in ("customers", "moves", "in", "out", "net", "days_below") or name.endswith("_days"):
            assert dtype == pl.Int32
        else:
            assert dtype in (pl.String, pl.Date, pl.Boolean, pl.Int32)


@pytest.mark.parametrize("command", COLUMNS)
def test_json_says_what_it_is(inside: Here, command: str) -> None:
    meta = json.loads(inside(*command.split(), "-q", "--format", "json").out)["meta"]
    assert {"as_of", "scheme", "cutoffs", "counts"} <= set(meta)


def test_the_same_answer_with_paths_and_with_tables_by_hand(inside: Here, sample: Path, tmp_path: Path) -> None:
    given = [sample / "orders.csv", "--customers", sample / "customers.csv", "--events", sample / "events.csv"]
    given += ["--timezone", "Europe/Berlin"]
    for command in ("grid", "matrix", "vip", "migrate", "migrate --speed", "reach", "segments --by city"):
        assert inside(*command.split(), *given, "-q").out == inside(*command.split(), "-q").out


def test_a_workbook_has_a_sheet_for_each_view(inside: Here, tmp_path: Path) -> None:
    for command in ("grid", "matrix", "vip", "migrate", "reach"):
        assert inside(command, "-q", "-o", tmp_path / f"{command}.xlsx").code == 0


def test_a_date_before_the_first_purchase_is_an_input_error(inside: Here) -> None:
    for command in (
        "migrate --from 2021-01 --to 2023-01",
        "vip --watch --since 2021-01",
        "migrate --speed --from 2021",
    ):
        ended = inside(*command.split(), "-q")
        assert ended.code == 3
        assert "no purchase on or before 2021-" in ended.err


def test_one_row_a_customer_has_no_history(shop: Path, here: Here) -> None:
    (shop / "rows.csv").write_text("customer_id,recency_days,frequency,monetary\na,3,2,10\nb,40,1,5\n")
    for command in ("migrate", "vip --watch", "segments --against 2024-01", "score --history"):
        ended = here(*command.split(), "rows.csv", "-q")
        assert ended.code == 2
        assert "no history" in ended.err
    assert here("grid", "rows.csv", "-q").code == 0
    assert here("vip", "rows.csv", "-q").code == 0
    assert here("matrix", "rows.csv", "--by", "recency,monetary", "-q").code == 0


def test_small_shops_and_hostile_values(shop: Path, here: Here) -> None:
    commands = ["grid", "matrix --by city,segment", "vip", "vip --watch --since 2024-02", "reach", "segments --by city"]
    commands += [f"migrate --from 2024-02 {more}".strip() for more in ("", "--speed", "--paths", "--every month")]
    for command in commands:
        ended = here(*command.split(), "orders.csv", "customers.csv", "-q", "--format", "table")
        assert (ended.code, ended.err) == (0, ""), command
        assert b"\x1b" not in ended.out


def test_orders_without_money(shop: Path, here: Here) -> None:
    (shop / "plain.csv").write_text("customer_id,ordered_at\na,2024-01-01\na,2024-02-01\nb,2024-01-15\nc,2024-03-01\n")
    for command in ("grid", "matrix", "migrate --from 2024-02", "migrate --from 2024-02 --speed",
                    "migrate --from 2024-02 --flows", "segments --against 2024-02", "score --history"):  # fmt: skip
        for form in ("csv", "table", "json"):
            ended = here(*command.split(), "plain.csv", "-q", "--format", form)
            assert (ended.code, ended.err) == (0, ""), command
    for command, why in (
        ("vip", "no amounts"),
        ("grid --by r,m", "needs amounts"),
        ("grid --metric revenue", "--metric revenue needs amounts"),
        ("matrix --metric aov", "--metric aov needs amounts"),
        ("migrate --by m --from 2024-02", "needs amounts"),
    ):
        ended = here(*command.split(), "plain.csv", "-q")
        assert ended.code == 2
        assert why in ended.err
