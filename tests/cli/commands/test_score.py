"""`rfm score`: bytes of every format, what is kept, what is added, and where it goes."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.conftest import rows_of

Here = Callable[..., Any]
HEAD = b"customer_id,first_order,last_order,recency_days,frequency,monetary,r,f,m,rfm,segment,vip"
ROWS = [
    b"007,2024-01-01,2024-03-31,0,3,35.50,5,3,2,532,Potential loyalist,false",
    b"=cmd(),2024-02-01,2024-02-01,59,1,40.00,4,1,4,414,Promising,false",
    b"[/x] shop,2024-03-30,2024-03-30,1,1,0.00,5,1,1,511,New,false",
    b"ghost,,,,0,-3.00,,,,,No purchases,false",
]

MISUSE = {
    "score --history --window 12mo": "spells are of all of history",
}


def csv(*rows: bytes, head: bytes = HEAD) -> bytes:
    return b"".join(row + b"\n" for row in (head, *rows))


def test_csv_and_what_is_said(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv") == (
        0,
        csv(*ROWS),
        "rfm: orders.csv: customer_id, ordered_at, amount, order_id, status\n"
        "rfm: warning many-rejects: 1 of 8 rows rejected (12.5%): 1 a status that is no order (--reject-status)\n"
        "rfm: as of 2024-03-31, the day of the last order row\n"
        "rfm: r: too few different values for 5 quantiles (score 3, 5 would stay unused), so it is scored "
        "30 / 90 / 180 / 365 days; --rule r=quantile keeps the quantiles, --cuts r=... sets your own\n"
        "rfm: f: too few different values for 5 quantiles (score 2, 3, 5 would stay unused), so it is scored "
        "1 / 2 / 3 / 4-6 / 7+ purchases; --rule f=quantile keeps the quantiles, --cuts f=... sets your own\n"
        "rfm: warning unused-score: m: too few different values for 5 quantiles (score 3, 5 would stay unused); "
        "give --cuts m=... to use them\n",
    )


def test_quiet_is_silent(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "-q", "-o", "s.csv") == (0, b"", "")
    assert (shop / "s.csv").read_bytes() == csv(*ROWS)


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "md"])
@pytest.mark.parametrize("command", ["score", "segments"])
def test_text_formats(shop: Path, here: Here, golden: Callable[[str, bytes], None], command: str, fmt: str) -> None:
    written = here(command, "orders.csv", "--customers", "customers.csv", "-q", "--format", fmt)
    assert (written.code, written.err) == (0, "")
    golden(f"{command}_shop.{fmt}", written.out)
    assert here(command, "orders.csv", "--customers", "customers.csv", "-q", "-o", f"x.{fmt}").code == 0
    assert (shop / f"x.{fmt}").read_bytes() == written.out


def test_json_meta(shop: Path, here: Here) -> None:
    meta = json.loads(here("score", "orders.csv", "-q", "--format", "json").out)["meta"]
    assert meta["as_of"] == "2024-03-31"
    assert meta["scheme"] == "rf12"
    assert meta["cutoffs"]["r"] == {"5": 30, "4": 90, "3": 180, "2": 365}
    assert meta["cutoffs"]["vip_floor"] == 40.0
    assert meta["counts"] == {
        "rows_read": 8,
        "rows_accepted": 7,
        "rejected_status": 1,
        "customers": 4,
        "buyers": 3,
        "vips": 0,
    }


def test_parquet_types(shop: Path, here: Here) -> None:
    data = here("score", "orders.csv", "-q", "--format", "parquet").out
    assert pl.read_parquet_schema(io.BytesIO(data)) == {
        "customer_id": pl.String,
        "first_order": pl.Date,
        "last_order": pl.Date,
        "recency_days": pl.Int32,
        "frequency": pl.Int32,
        "monetary": pl.Decimal(18, 2),
        "r": pl.Int8,
        "f": pl.Int8,
        "m": pl.Int8,
        "rfm": pl.String,
        "segment": pl.String,
        "vip": pl.Boolean,
    }
    frame = pl.read_parquet(io.BytesIO(data))
    assert frame["customer_id"].to_list() == ["007", "=cmd()", "[/x] shop", "ghost"]


def test_workbook_holds_the_segments_and_the_customers(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "-q", "-o", "x.xlsx").code == 0
    first = (shop / "x.xlsx").read_bytes()
    assert here("score", "orders.csv", "-q", "-o", "x.xlsx").code == 0
    assert (shop / "x.xlsx").read_bytes() == first
    with zipfile.ZipFile("x.xlsx") as book:
        assert b'name="segments"' in book.read("xl/workbook.xml")
        assert b'name="score"' in book.read("xl/workbook.xml")
        assert b"=cmd()" in book.read("xl/sharedStrings.xml")
        assert not any(b"<f>" in book.read(name) for name in book.namelist() if "sheet" in name)


def test_parquet_and_xlsx_are_not_for_a_terminal(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for fmt in ("parquet", "xlsx"):
        assert here("score", "no.csv", "--format", fmt) == (
            2,
            b"",
            f"rfm: error: {fmt} is not for a terminal\nrfm: hint: write it to a file: -o FILE.{fmt}\n",
        )


def test_the_file_that_a_marketer_acts_on(shop: Path, here: Here) -> None:
    ended = here("score", "--segment", "potential LOYALIST", "--with", "email,city", "-q", "-o", "f.csv")
    assert (ended.code, ended.out, ended.err) == (0, b"", "")
    assert (shop / "f.csv").read_text() == csv(ROWS[0] + ",a@x.y,Köln".encode(), head=HEAD + b",email,city").decode()


def test_measures_can_be_added(shop: Path, here: Here) -> None:
    lines = here("score", "orders.csv", "--with", "aov", "--with", "tenure_days", "-q").out.splitlines()
    assert [line.split(b",", 12)[12] for line in lines] == [
        b"aov,tenure_days",
        b"11.8333,90",
        b"40.0000,59",
        b"0.0000,1",
        b",",
    ]


def test_unknown_segment_and_attribute(shop: Path, here: Here) -> None:
    ended = here("score", "orders.csv", "--segment", "At rsk", "-q", "-o", "f.csv")
    assert (ended.code, ended.err.splitlines()[0]) == (2, "rfm: error: no segment is called 'At rsk'")
    assert ended.err.splitlines()[1].startswith("rfm: hint: did you mean At risk? Valid: Champions, Loyal, ")
    ended = here("score", "orders.csv", "--with", "stats", "-q", "-o", "f.csv")
    assert (ended.code, ended.err.splitlines()[0]) == (2, "rfm: error: no attribute is called 'stats'")
    assert ended.err.splitlines()[1].startswith("rfm: hint: did you mean status? ")
    assert not (shop / "f.csv").exists()


def test_vip(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "--vip", "-q").out == csv()
    assert here("score", "orders.csv", "--vip", "--share", "34%", "-q").out == csv(ROWS[0].replace(b"false", b"true"))
    assert here("score", "orders.csv", "--vip", "--share", "0.34", "--min-orders", "4", "-q").out == csv()


def test_explain_tells_the_cutoffs(shop: Path, here: Here) -> None:
    told = here("score", "orders.csv", "--explain").err
    assert "rfm: r 5: up to 30 days, 2 customers (fixed)\n" in told
    assert "rfm: r 4: 31 to 90 days, 1 customers (fixed)\n" in told
    assert "rfm: f 1: up to 1 purchase, 2 customers (fixed)\n" in told
    assert "rfm: m 3: no buyer can get it money, 0 customers (quantile)\n" not in told
    assert "rfm: m 3: no buyer can get it, 0 customers (quantile)\n" in told
    assert told.endswith("rfm: vip: 40.00 and more with at least 2 purchases\n")


def test_saved_cutoffs_give_the_same_scores(shop: Path, here: Here, golden: Callable[[str, bytes], None]) -> None:
    assert here("score", "orders.csv", "-q", "--save-cuts", "cuts.toml").out == csv(*ROWS)
    golden("shop_cuts.toml", (shop / "cuts.toml").read_bytes())
    assert here("score", "orders.csv", "-q", "--cuts", "cuts.toml").out == csv(*ROWS)


def test_rejects(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "-q", "--rejects", "r.csv").code == 0
    assert (shop / "r.csv").read_text() == (
        "(file),(row),(rule),(why),order_id,customer_id,ordered_at,amount,status\n"
        "orders.csv,8,status,a status that is no order (--reject-status),7,007,2024-03-31,99.00,cancelled\n"
    )


def test_for_excel_guards_ids_and_attributes(shop: Path, here: Here) -> None:
    lines = here("score", "--with", "email", "--for-excel", "-q").out.splitlines()
    assert lines[2].startswith(b"'=cmd(),2024-02-01,")
    assert lines[2].endswith(b",'=1+1")
    assert here("score", "--for-excel", "--format", "json", "nowhere.csv") == (
        2,
        b"",
        "rfm: error: --for-excel is for CSV\nrfm: hint: use -o FILE.csv or --format csv\n",
    )


def test_strict_writes_nothing_and_keeps_the_old_file(shop: Path, here: Here) -> None:
    (shop / "s.csv").write_text("old\n")
    ended = here("score", "orders.csv", "--strict", "-o", "s.csv", "--save-cuts", "c.toml", "--rejects", "r.csv")
    assert (ended.code, ended.out) == (1, b"")
    assert ended.err.splitlines()[-2] == "rfm: error: 2 warnings under --strict: nothing was written"
    assert (shop / "s.csv").read_text() == "old\n"
    assert sorted(path.name for path in shop.iterdir()) == ["customers.csv", "orders.csv", "s.csv"]


def test_strict_and_quiet_tells_the_warnings(shop: Path, here: Here) -> None:
    ended = here("score", "orders.csv", "--strict", "-q")
    assert ended.code == 1
    assert ended.err.splitlines()[1].startswith("rfm: hint: warning many-rejects: 1 of 8 rows rejected (12.5%): ")


def test_an_unknown_suffix_is_told_before_anything_is_read(here: Here) -> None:
    assert here("score", "nowhere.csv", "-o", "x.zip") == (
        2,
        b"",
        "rfm: error: cannot tell the format of x.zip from its suffix .zip\n"
        "rfm: hint: valid: .csv, .json, .ndjson, .jsonl, .parquet, .xlsx, .md, .txt; or give --format\n",
    )


@pytest.mark.parametrize("option", ["-o", "--save-cuts", "--rejects"])
def test_a_missing_folder_is_told_before_anything_is_read(here: Here, option: str) -> None:
    assert here("score", "nowhere.csv", option, "no/x.csv") == (
        4,
        b"",
        "rfm: error: cannot write no/x.csv: No such file or directory\nrfm: hint: create the folder first\n",
    )


def test_an_input_is_not_written_over(shop: Path, here: Here) -> None:
    before = (shop / "orders.csv").read_bytes()
    for option in ("-o", "--rejects"):
        assert here("score", "orders.csv", option, "./orders.csv") == (
            2,
            b"",
            "rfm: error: ./orders.csv is read by this run and would be written over\nrfm: hint: choose another file\n",
        )
    assert (shop / "orders.csv").read_bytes() == before


def test_a_dash_is_stdout_and_no_suffix_is_csv(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "-q", "-o", "-").out == csv(*ROWS)
    assert here("score", "orders.csv", "-q", "-o", "plain").code == 0
    assert (shop / "plain").read_bytes() == csv(*ROWS)


def test_a_link_stays_and_its_target_keeps_its_mode(shop: Path, here: Here) -> None:
    (shop / "real.csv").write_text("old\n")
    (shop / "real.csv").chmod(0o640)
    (shop / "link.csv").symlink_to("real.csv")
    assert here("score", "orders.csv", "-q", "-o", "link.csv").code == 0
    assert (shop / "link.csv").is_symlink()
    assert (shop / "real.csv").read_bytes() == csv(*ROWS)
    assert stat.S_IMODE((shop / "real.csv").stat().st_mode) == 0o640


def test_limit_is_for_the_terminal_only(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "-q", "--limit", "1").out == csv(*ROWS)
    shown = here("score", "orders.csv", "-q", "--limit", "1", "--format", "table").out.decode()
    assert "… 3 more customers: use --limit or -o FILE\n" in shown
    assert "[/x] shop" not in shown


def test_tables_are_discovered_by_name(shop: Path, here: Here) -> None:
    ended = here("score")
    assert ended.out == csv(*ROWS, b"new,,,,0,0.00,,,,,No purchases,false")
    assert ended.err.splitlines()[1] == "rfm: customers.csv: customer_id, email, city"


def test_a_date_before_the_last_row(shop: Path, here: Here) -> None:
    ended = here("score", "orders.csv", "-q", "--as-of", "2024-02")
    assert ended.out == csv(
        b"007,2024-01-01,2024-01-01,59,1,10.50,4,1,1,411,Promising,false",
        b"=cmd(),2024-02-01,2024-02-01,28,1,40.00,5,1,3,513,New,false",
    )


def test_a_date_after_the_last_row_is_a_warning(shop: Path, here: Here) -> None:
    told = here("score", "orders.csv", "--as-of", "2024-04-10").err
    late = "the as-of date 2024-04-10 is 10 days after the last order row (2024-03-31)"
    assert f"rfm: warning as-of-after-data: {late}\n" in told
    assert "the day of the last order row" not in told.replace("after the last order row", "")


def test_standard_input_and_stdout_as_files(shop: Path, rfm: Callable[..., Any]) -> None:
    piped = rfm("score", "-", "-q", cwd=shop, stdin=(shop / "orders.csv").read_bytes())
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, csv(*ROWS), b"")


def test_output_by_dash_and_by_redirection_are_the_same_bytes(shop: Path) -> None:
    command = f"{sys.executable} -m rfm_cli score orders.csv -q"
    script = f"{command} > a.csv && {command} -o b.csv && {command} -o - > c.csv && {command} -o /dev/stdout >> d.csv"
    (shop / "d.csv").write_text("kept\n")
    assert subprocess.run(["sh", "-c", script], cwd=shop, capture_output=True, check=False).returncode == 0
    written = csv(*ROWS)
    assert [(shop / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv")] == [written] * 3
    assert (shop / "d.csv").read_bytes() == b"kept\n" + written


def test_one_row_per_customer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.csv").write_text("customer_id,recency_days,frequency,monetary\na,10,5,100.5\nb,100,1,20\nc,,0,0\n")
    ended = here("score", "one.csv")
    assert ended.out == csv(
        b"a,,,10,5,100.5,5,4,3,543,Champions,true",
        b"b,,,100,1,20.0,3,1,1,311,About to sleep,false",
        b"c,,,,0,0.0,,,,,No purchases,false",
    )
    assert ended.err.startswith("rfm: one.csv: one row per customer: customer_id, recency_days, frequency, monetary\n")


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)


def test_history_of_each_customer(inside: Here) -> None:
    found = {row["customer_id"]: row for row in rows_of(inside("score", "--history", "--as-of", "2024-06", "-q"))}
    plain = rows_of(inside("score", "--as-of", "2024-06", "-q"))
    assert [
        {k: v for k, v in row.items() if k not in ("segment_since", "previous_segment")} for row in found.values()
    ] == plain
    for row in found.values():
        assert row["segment_since"] <= "2024-06-30"
        assert row["previous_segment"] != row["segment"]
        if row["frequency"] == "1" and row["segment"] == "New":
            assert row["segment_since"] == row["last_order"]
    with_more = rows_of(inside("score", "--history", "--with", "city", "--as-of", "2024-06", "-q"))
    assert list(with_more[0])[-3:] == ["city", "segment_since", "previous_segment"]


def test_no_map_needs_no_money(shop: Path, here: Here) -> None:
    Path("days.csv").write_text("customer_id,ordered_at\na,2024-01-01\n")
    ended = here("score", "days.csv", "--scheme", "none", "-q")
    assert (ended.code, ended.out) == (0, csv(b"a,2024-01-01,2024-01-01,0,1,,5,1,,51,,"))


def test_engagement_options(shop: Path, here: Here) -> None:
    Path("events.csv").write_text(
        "customer_id,event,at\n007,buzz,2024-03-30\n007,ring,2024-03-01\n007,open,2024-03-31\n"
    )
    asked = ("score", "orders.csv", "--events", "events.csv", "--with", "engagement", "--segment", "Potential loyalist")
    assert here(*asked, "-q", "--engagement-events", "Buzz,ring").out.endswith(b",false,2\n")
    assert here(*asked, "-q", "--engagement-events", "buzz,ring", "--engagement-window", "7d").out.endswith(
        b",false,1\n"
    )
    wrong = here(*asked, "--engagement-window", "soon")
    assert (wrong.code, wrong.err.splitlines()[0]) == (2, "rfm: error: 'soon' is no length of time")


def test_cutoffs_of_an_axis_that_there_is_not(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "--cuts", "x=1") == (
        2,
        b"",
        "rfm: error: --cuts x=1: no such axis 'x'\n"
        "rfm: hint: the axes are r, f, m: write r=30,90,180,365, or name a saved file\n",
    )
    assert here("score", "orders.csv", "--cuts", "x=" + "1," * 300).code == 2
    fitted = here("score", "orders.csv", "-q", "--save-cuts", "x=1").out
    assert here("score", "orders.csv", "-q", "--cuts", "x=1").out == fitted
