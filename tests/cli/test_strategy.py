"""The strategist's commands on the sample shop: every screen as it looks, every format of files, every misuse."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Here = Callable[..., Any]
Golden = Callable[[str, bytes], None]

SCREENS = {
    "grid": ["grid"],
    "grid_rm_aov": ["grid", "--by", "r,m", "--metric", "aov"],
    "matrix": ["matrix"],
    "matrix_city_segment": ["matrix", "--by", "city,segment", "--metric", "revenue"],
    "vip": ["vip"],
    "vip_watch": ["vip", "--watch", "--since", "2024-06"],
    "vip_list": ["vip", "--list"],
    "migrate": ["migrate", "--from", "2024-06", "--to", "2024-12"],
    "migrate_rf": ["migrate", "--from", "2024-06", "--to", "2024-12", "--by", "rf"],
    "migrate_flows": ["migrate", "--from", "2024-06", "--to", "2024-12", "--flows"],
    "migrate_every": ["migrate", "--from", "2024-06", "--to", "2024-12", "--every", "quarter"],
    "migrate_paths": ["migrate", "--from", "2024-06", "--to", "2024-12", "--paths"],
    "migrate_speed": ["migrate", "--from", "2024-06", "--to", "2024-12", "--speed"],
    "migrate_moves": ["migrate", "--from", "2024-06", "--to", "2024-12", "--moves"],
    "reach": ["reach"],
    "segments_city": ["segments", "--by", "city", "--no-next-steps"],
    "segments_against": ["segments", "--against", "2024-09"],
}


@pytest.fixture
def inside(sample: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Here:
    """Run in the sample shop, where no path is needed."""
    monkeypatch.chdir(sample)
    return here


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens_without_color(
    inside: Here, golden: Golden, monkeypatch: pytest.MonkeyPatch, name: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ended = inside(*SCREENS[name], "-q", "--format", "table")
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.out.decode().splitlines())) <= width
    golden(f"{name}_{width}.txt", ended.out)


@pytest.mark.parametrize("name", ["grid", "matrix", "vip", "migrate", "reach"])
def test_screens_with_color(inside: Here, golden: Golden, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")
    golden(f"{name}_80_color.txt", inside(*SCREENS[name], "-q", "--format", "table").out)


def rows(ended: Any) -> list[dict[str, str]]:
    assert (ended.code, ended.err) == (0, "")
    return list(csv.DictReader(io.StringIO(ended.out.decode())))


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
    assert list(rows(inside(*command.split(), "-q"))[0]) == COLUMNS[command].split()


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


def test_history_of_each_customer(inside: Here) -> None:
    found = {row["customer_id"]: row for row in rows(inside("score", "--history", "--as-of", "2024-06", "-q"))}
    plain = rows(inside("score", "--as-of", "2024-06", "-q"))
    assert [
        {k: v for k, v in row.items() if k not in ("segment_since", "previous_segment")} for row in found.values()
    ] == plain
    for row in found.values():
        assert row["segment_since"] <= "2024-06-30"
        assert row["previous_segment"] != row["segment"]
        if row["frequency"] == "1" and row["segment"] == "New":
            assert row["segment_since"] == row["last_order"]
    with_more = rows(inside("score", "--history", "--with", "city", "--as-of", "2024-06", "-q"))
    assert list(with_more[0])[-3:] == ["city", "segment_since", "previous_segment"]


def test_lists_are_rows_of_score_for_the_next_campaign(inside: Here) -> None:
    cells = {(row["from_segment"], row["to_segment"]): int(row["customers"]) for row in rows(inside("migrate", "-q"))}
    found = rows(inside("migrate", "--list", "loyal > champions", "--with", "email", "-q"))
    assert len(found) == cells["Loyal", "Champions"]
    assert {(row["from_segment"], row["segment"]) for row in found} == {("Loyal", "Champions")}
    newcomers = rows(inside("migrate", "--list", "Not yet a customer>New", "-q"))
    assert len(newcomers) == cells["Not yet a customer", "New"]
    cell = next(row for row in rows(inside("matrix", "-q")) if row["recency"] == "31-90" and row["engagement"] == "6-9")
    assert len(rows(inside("matrix", "--list", "31-90,6-9", "-q"))) == int(cell["customers"])
    assert {row["vip"] for row in rows(inside("vip", "--list", "--revenue", "50%", "-q"))} == {"true"}
    branch = next(row for row in rows(inside("reach", "-q")) if row["branch"] == "Reachable > VIP")
    assert len(rows(inside("reach", "--list", "reachable>vip", "-q"))) == int(branch["customers"])


def test_lists_tell_the_counts_of_everybody(inside: Here) -> None:
    whole = json.loads(inside("score", "-q", "--format", "json").out)["meta"]["counts"]
    for command in (["vip", "--list"], ["matrix", "--list", "31-90,6-9"], ["reach", "--list", "Reachable > VIP"]):
        meta = json.loads(inside(*command, "-q", "--format", "json").out)["meta"]
        assert meta["counts"] == whole
        assert meta["rows"] < whole["customers"]


def test_moves_say_as_much_as_the_matrix(inside: Here) -> None:
    moves = rows(inside("migrate", "--moves", "-q"))
    cells = {(row["from_segment"], row["to_segment"]): int(row["customers"]) for row in rows(inside("migrate", "-q"))}
    for (before, after), count in cells.items():
        assert count == sum((row["from_segment"], row["to_segment"]) == (before, after) for row in moves)
    assert {row["direction"] for row in moves} == {"up", "same", "down", "new"}


def test_a_floor_by_revenue_is_saved_with_the_cutoffs(inside: Here, tmp_path: Path) -> None:
    cuts = tmp_path / "cuts.toml"
    assert inside("vip", "--revenue", "50%", "-q", "--save-cuts", cuts).code == 0
    listed = rows(inside("vip", "--revenue", "50%", "--list", "-q"))
    again = rows(inside("score", "--vip", "--cuts", cuts, "-q"))
    assert [row["customer_id"] for row in listed] == [row["customer_id"] for row in again]


def test_a_file_of_cutoffs_sets_the_floor_whatever_its_name(inside: Here, tmp_path: Path) -> None:
    cuts = tmp_path / "a=b.toml"
    assert inside("vip", "-q", "--save-cuts", cuts).code == 0
    for name in (cuts, tmp_path / "a.toml"):
        cuts = cuts.rename(name)
        assert inside("vip", "-q", "--revenue", "66%", "--cuts", name).code == 2


def test_saved_cutoffs_say_which_date_they_come_from(inside: Here, tmp_path: Path) -> None:
    cuts = tmp_path / "cuts.toml"
    dates = ["--from", "2024-06", "--to", "2024-12"]
    for more, day in (([], "2024-06-30"), (["--rescore"], "2024-12-31"), (["--speed"], "2024-06-30")):
        assert inside("migrate", *dates, *more, "-q", "--save-cuts", cuts).code == 0
        assert f'as_of = "{day}"' in cuts.read_text()
    plain = inside("migrate", *dates, "-q").out
    assert inside("migrate", *dates, "-q", "--save-cuts", cuts).out == plain
    assert inside("migrate", *dates, "-q", "--cuts", cuts).out == plain


def test_new_subscribers_have_a_road_of_their_own(inside: Here) -> None:
    found = rows(inside("migrate", "--speed", "--new-subscriber", "90d", "-q"))
    assert ("New subscriber", "New") in {(row["from_segment"], row["to_segment"]) for row in found}
    assert ("New subscriber", "No purchases") in {(row["from_segment"], row["to_segment"]) for row in found}


def test_a_workbook_has_a_sheet_for_each_view(inside: Here, tmp_path: Path) -> None:
    for command in ("grid", "matrix", "vip", "migrate", "reach"):
        assert inside(command, "-q", "-o", tmp_path / f"{command}.xlsx").code == 0


MISUSE = {
    "grid --by r,r": "not two scores",
    "grid --metric money": "--metric money: not known",
    "matrix --by recency": "not two axes",
    "matrix --by recency,Recency": "not two axes",
    "matrix --by recency,nothing": "no axis or attribute is called 'nothing'",
    "matrix --edges tenure=1 --by r,f": "that is no axis of this matrix",
    "matrix --edges recency=90,30": "edges must rise",
    "matrix --min-cell 0": "whole number of 1 or more",
    "matrix --list nowhere": "no such cell",
    "matrix --list=": "no such cell",
    "matrix --by recency,recency_days": "not two axes",
    "matrix --by segment,r --edges r=1,2": "has no bins",
    "matrix --edges recency=30 --edges Recency=40": "given twice",
    "migrate --list=": "no such move",
    "reach --list=": "no such branch",
    "matrix --with email": "--with is for --list",
    "vip --revenue 66": "66 is no share",
    "vip --revenue 50% --share 10%": "both set who is a VIP",
    "vip --revenue 50% --watch": "does not go with --watch",
    "vip --watch --list": "two answers",
    "vip --since 2024-01": "--since is for --watch",
    "vip --with email": "--with is for --list",
    "vip --watch --since 2025": "is not before",
    "vip --watch --window 12mo": "spells are of all of history",
    "migrate --from 2024-12 --to 2024-06": "is not before",
    "migrate --from 2024-13": "--from 2024-13: no such day",
    "migrate --by city": "--by city: not known",
    "migrate --every soon": "no such step",
    "migrate --speed --moves": "two answers",
    "migrate --speed --every month": "--every does not go with --speed",
    "migrate --speed --rescore": "--speed does not go with --rescore",
    "migrate --speed --window 12mo": "--speed does not go with --window",
    "migrate --speed --horizons 0": "not days",
    "migrate --horizons 30": "--horizons is for --speed",
    "migrate --with email": "--with is for --list",
    "migrate --list Champions": "no such move",
    "migrate --list Nobody>Lost": "no such move",
    "migrate --by segment --scheme none --bins 4": "has no segments",
    "reach --channel pigeon": "no such address",
    "reach --list Nowhere": "no such branch",
    "reach --with email": "--with is for --list",
    "segments --by city --against 2024-09": "do not go together",
    "segments --as-of 2024-09 --against 2024-09": "that is the date of the answer",
    "score --history --window 12mo": "spells are of all of history",
}


@pytest.mark.parametrize("command", MISUSE)
def test_misuse_is_told_and_exits_with_2(inside: Here, command: str) -> None:
    ended = inside(*command.split(), "-q")
    assert (ended.code, ended.out) == (2, b"")
    assert MISUSE[command] in ended.err
    assert len(ended.err.splitlines()) <= 2


def test_a_share_that_vips_cannot_reach_fails_the_check(inside: Here, tmp_path: Path) -> None:
    ended = inside("vip", "--revenue", "99%", "-q", "-o", tmp_path / "v.csv")
    assert ended.code == 1
    assert "they bring at most" in ended.err
    assert not (tmp_path / "v.csv").exists()


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


def test_the_dates_and_what_was_left_out_are_said(inside: Here) -> None:
    said = inside("migrate").err
    assert "rfm: from 2024-09-30 to 2024-12-31 (--from, --to)" in said
    assert "rows rejected" in said
    assert "after the last order row" in inside("migrate", "--to", "2025-02").err
    assert inside("migrate", "--to", "2025-02", "--strict").code == 1
