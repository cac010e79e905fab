"""`rfm rollup`, and every other command on what it made: the same bytes as from the orders, or a word of what to do."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rfm_cli.model import TablePaths
from rfm_cli.rollup import parquet
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

Here = Callable[..., Any]
BERLIN = ["--timezone", "Europe/Berlin"]
SAME = """
score
score --vip --with tenure_days,aov
score --as-of 2024-09
score --as-of 2025-02-01 --explain
score --window 90d
score --scheme rfm11 --nested
score --one-order-per day
score --history
score --customers customers.csv --events events.csv --with city,engagement --new-subscriber 90d
score --customers customers.csv --as-of 2022-06
segments
segments --against 2024-06-15 --next-steps
segments --by city --customers customers.csv
grid --by r,m
matrix --by recency,monetary
matrix --by frequency,tenure --as-of 2024-06
vip
vip --list
vip --revenue 66%
vip --watch --since 2024-06
migrate --from 2024-06 --to 2024-12
migrate --from 2024-06 --to 2024-12 --rescore
migrate --from 2024-06 --to 2024-12 --every month
migrate --from 2024-06 --to 2024-12 --flows
migrate --from 2024-06 --to 2024-12 --moves
migrate --from 2024-06 --to 2024-12 --paths
migrate --from 2024-06 --to 2024-12 --speed
migrate --from 2024-06 --to 2024-12 --window 3mo
migrate --from 2024-06 --to 2024-12 --list "Champions>Loyal"
migrate --from 2022-06 --to 2024-06 --customers customers.csv --events events.csv
reach --customers customers.csv --events events.csv
""".strip().splitlines()
SAME_AT_EDGES = """
score
score --as-of 2024-09
score --window 3mo
segments --against 2024-06
grid
matrix --by recency,frequency
vip --as-of 2025
migrate --from 2024-06 --to 2024-12
migrate --from 2024-06 --to 2024-12 --every quarter --rescore
migrate --from 2024-06 --to 2024-12 --moves
""".strip().splitlines()
EDGES = Periods("edges", tuple(pl.Series(["2024-06-30", "2024-09-30"]).str.to_date()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample shop rolled up by days, by months and by given dates."""
    sample, folder = Path(__file__).parents[3] / "sample_data", tmp_path_factory.mktemp("made")
    for name, periods in {"day": Periods(), "month": Periods("month"), "edges": EDGES}.items():
        options = ReadOptions(timezone="Europe/Berlin", reject_status=ReadOptions().reject_status)
        orders = open_shop(TablePaths((str(sample / "orders.csv"),)), options).orders
        assert orders is not None
        rolled, _ = roll_up(orders, periods, Purchases())
        write_rollup(rolled, folder / name)
    return folder


@pytest.fixture
def inside(sample: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Here:
    """Run in the sample shop."""
    monkeypatch.chdir(sample)
    return here


def both(inside: Here, line: str, rollup: Path, *options: str) -> None:
    """The orders and the roll-up give the same bytes, and the same is said of them."""
    command, *words = shlex.split(line)
    one, other = (inside(command, source, *words, *BERLIN, *options) for source in ("orders.csv", rollup))
    assert (one.code, one.out) == (other.code, other.out)
    assert one.code == 0
    assert one.out
    assert one.err.splitlines()[-1:] == other.err.splitlines()[-1:]


@pytest.mark.parametrize("line", SAME)
def test_by_days_all_is_the_same(inside: Here, made: Path, line: str) -> None:
    both(inside, line, made / "day", "--format", "json")


@pytest.mark.parametrize("line", SAME_AT_EDGES)
@pytest.mark.parametrize("name", ["month", "edges"])
def test_at_the_end_of_periods_all_is_the_same(inside: Here, made: Path, line: str, name: str) -> None:
    if "3mo" in line:
        line += " --as-of 2024-12"
    both(inside, line, made / name, "--format", "csv")


@pytest.mark.parametrize("command", ["score", "segments", "migrate --from 2024-06 --to 2024-12"])
@pytest.mark.parametrize("fmt", ["table", "csv", "ndjson", "md"])
def test_in_every_format_it_is_the_same(inside: Here, made: Path, command: str, fmt: str) -> None:
    both(inside, command, made / "day", "--format", fmt)


@pytest.mark.parametrize("suffix", ["parquet", "xlsx", "json"])
def test_files_and_saved_cutoffs_are_the_same(inside: Here, made: Path, tmp_path: Path, suffix: str) -> None:
    for number, source in enumerate(["orders.csv", made / "day"]):
        out, cuts = tmp_path / f"{number}.{suffix}", tmp_path / f"{number}.toml"
        assert inside("score", source, *BERLIN, "-q", "-o", out, "--save-cuts", cuts).code == 0
    assert (tmp_path / f"0.{suffix}").read_bytes() == (tmp_path / f"1.{suffix}").read_bytes()
    assert (tmp_path / "0.toml").read_bytes() == (tmp_path / "1.toml").read_bytes()


@pytest.mark.parametrize("line", ["score", "score --as-of 2023-05-05 --window 60d", "migrate --from 2024-06 --to 2025"])
def test_a_roll_up_in_parts_gives_the_same(
    inside: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(parquet, "MOST_IN_ONE", 1000)
    assert inside("rollup", "orders.csv", tmp_path / "out", "-q", *BERLIN).code == 0
    assert len(list((tmp_path / "out" / "rollup.parquet").iterdir())) > 60
    assert inside(*line.split(), tmp_path / "out", "-q", "-o", tmp_path / "1.csv").code == 0
    assert inside(*line.split(), "orders.csv", *BERLIN, "-q", "-o", tmp_path / "2.csv").code == 0
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert inside("check", tmp_path / "out", "-q").code == 0


def test_nothing_is_written_into_a_roll_up(inside: Here, made: Path) -> None:
    for name in ("rollup.parquet", "new.csv"):
        ended = inside("score", made / "day", "-q", "-o", made / "day" / name)
        assert (ended.code, "is in a roll-up that this run reads" in ended.err) == (2, True)


def test_a_story_tells_days_in_place_of_orders(inside: Here, made: Path) -> None:
    stories = [
        inside("explain", "00009", source, *BERLIN, "-q").out.decode().splitlines()
        for source in ("orders.csv", made / "day")
    ]
    rest = [[line for line in story if not line.startswith("orders,")] for story in stories]
    assert rest[0] == rest[1]
    assert [line for line in stories[1] if line.startswith("orders,")] == [
        "orders,2022-01-11,20.52,1 purchase",
        "orders,2022-09-29,41.90,1 purchase",
        "orders,2023-11-28,15.19,1 purchase",
    ]


@pytest.mark.parametrize(
    ("line", "name", "code", "said"),
    [
        (
            "score --as-of 2024-08-15",
            "edges",
            3,
            "it can answer for 2024-06-30, 2024-09-30 and any date from 2024-12-31 on",
        ),
        ("score --as-of 2024-08-15", "month", 3, "cannot answer for 2024-08-15"),
        ("score --window 90d", "month", 3, "2024-10-02, after which the window begins"),
        ("migrate --from 2024-06 --to 2024-12 --every month", "edges", 3, "2024-07-31"),
        ("migrate --from 2024-06 --to 2024-12 --speed", "edges", 3, "edges: --speed needs single days"),
        ("score --history", "month", 3, "month: --history needs single days"),
        ("vip --watch --since 2024-06", "month", 3, "month: --watch needs single days"),
        ("score --new-subscriber 90d", "edges", 3, "--new-subscriber needs single days"),
        ("score --one-order-per day", "edges", 2, "--one-order-per day needs single days"),
        ("score --free-orders ignore", "day", 2, "rfm rollup ORDERS OUT --free-orders ignore"),
        ("score --scheme klaviyo6", "day", 2, "the scheme leaves out purchases of zero value"),
        ("score --reject-status paid", "day", 2, "--reject-status"),
        ("score --drop-duplicates", "day", 2, "--drop-duplicates"),
        ("score --currency USD", "day", 2, "--currency USD"),
        ("score --lines lines.csv", "day", 2, "--lines does not go with"),
        ("score --purchase-events purchase", "day", 2, "--purchase-events does not go with"),
        ("score --one-row-per customer", "day", 2, "--one-row-per customer does not go with"),
        ("score --rejects r.csv", "day", 2, "a roll-up has no order rows"),
        ("score --with channel", "day", 2, "a roll-up has no attributes of order rows"),
        ("segments --by channel", "day", 2, "a roll-up has no attributes of order rows"),
        ("score --as-of 2021", "edges", 3, "the orders cover 2022-01-01 to 2024-12-31"),
        ("score orders.csv", "day", 2, "it takes no other orders beside it"),
    ],
)
def test_what_a_roll_up_cannot_tell(inside: Here, made: Path, line: str, name: str, code: int, said: str) -> None:
    command, *words = shlex.split(line)
    ended = inside(command, made / name, *words, "-q")
    assert (ended.code, ended.out) == (code, b"")
    assert said in ended.err
    assert len(ended.err.splitlines()) <= 2


@pytest.mark.parametrize("option", [["--timezone", "Asia/Almaty"], ["--free-orders", "count"], ["--keep-duplicates"]])
def test_what_cannot_matter_may_be_said(inside: Here, made: Path, option: list[str]) -> None:
    assert inside("score", made / "day", "-q", *option).code == 0  # no time of these orders had a zone


def test_check_tells_what_it_is(inside: Here, made: Path) -> None:
    report = inside("check", made / "edges", "--format", "json", "-q")
    found = {(row["topic"], row["item"]): row for row in json.loads(report.out)["rows"]}
    assert found["roll-up", "edges"]["found"].startswith("a roll-up by given dates, of 19,613 rows")
    assert found["rows", "accepted"]["rows"] == 19613
    assert found["days", "can be asked for"]["found"] == "2024-06-30, 2024-09-30 and any date from 2024-12-31 on"
    assert found["rejected", "status"]["rows"] == 487


def test_the_rows_alone_are_told_from_the_roll_up(inside: Here, made: Path) -> None:
    ended = inside("score", made / "day" / "rollup.parquet", "-q")
    assert (ended.code, "give the folder that they are in" in ended.err) == (3, True)


HEADER = "customer_id,order_id,ordered_at,amount,status"


def day_file(folder: Path, name: str, *rows: str) -> str:
    (folder / name).write_text("\n".join([HEADER, *rows, ""]))
    return name


@pytest.fixture
def days(shop: Path) -> dict[str, str]:
    """Orders of a quarter, and files of the days after it."""
    return {
        "all": day_file(shop, "all.csv", "a,1,2024-01-02,10,paid", "b,2,2024-03-30,7.5,paid", "b,3,2024-03-31,0,paid"),
        "one": day_file(shop, "one.csv", "a,4,2024-04-01,3,paid", "b,2,2024-04-01,-7.5,refunded", ",5,2024-04-01,1,"),
        "fine": day_file(shop, "fine.csv", "c,6,2024-04-02,1.125,paid", "c,7,2024-04-02,9,cancelled"),
        "late": day_file(shop, "late.csv", "c,8,2024-02-27,1,paid", "c,9,2024-04-02,1,paid", "c,10,2024-01-01,1,"),
        "none": day_file(shop, "none.csv"),
    }


def rows_of(out: str) -> list[tuple[object, ...]]:
    return [tuple(map(str, row)) for row in pl.read_parquet(f"{out}/rollup.parquet").rows()]


def test_a_roll_up_is_rows_and_a_manifest(here: Here, days: dict[str, str], shop: Path) -> None:
    ended = here("rollup", days["all"], "out")
    assert (ended.code, ended.out) == (0, b"")
    assert "out: a roll-up by days, of 3 rows from 2024-01-02 to 2024-03-31: 3 rows" in ended.err
    assert "rows from 2024-02-29 on can be added" in ended.err
    assert rows_of("out") == [
        ("a", "2024-01-02", "2024-01-02", "2024-01-02", "1", "100", "1"),
        ("b", "2024-03-30", "2024-03-30", "2024-03-30", "1", "75", "1"),
        ("b", "2024-03-31", "2024-03-31", "2024-03-31", "1", "0", "1"),
    ]
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["rows"] == {"read": 3, "accepted": 3, "rejected": {}}
    assert manifest["money"] == {"scale": 1, "currency": None, "largest": 100}
    assert manifest["inputs"][0]["name"] == "all.csv"
    assert str(shop) not in Path("out/manifest.json").read_text()


def test_new_days_are_folded_in(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], "out", "-q").code == 0
    assert here("rollup", "out", "--add", days["one"], "-q").code == 0
    ended = here("rollup", "never.csv", "out", "--add", days["fine"])  # ORDERS are not read where OUT is there
    assert (ended.code, "a status that is no order" in ended.err) == (0, True)
    assert here("rollup", days["all"], days["one"], days["fine"], "whole", "-q").code == 0
    assert rows_of("out") == rows_of("whole")
    assert ("b", "2024-04-01", "None", "None", "0", "-7500", "1") in rows_of("out")
    assert Path("out/rollup.parquet").read_bytes() == Path("whole/rollup.parquet").read_bytes()
    assert Path("out/manifest.json").read_text() == Path("whole/manifest.json").read_text()
    both_ways = [here("score", source, "-q").out for source in ("out", "whole")]
    assert both_ways[0] == both_ways[1] == here("score", days["all"], days["one"], days["fine"], "-q").out


def test_what_is_not_there_is_made_first(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], "out", "--add", days["one"], "--add", days["fine"], "-q").code == 0
    assert here("rollup", days["all"], days["one"], days["fine"], "whole", "-q").code == 0
    assert Path("out/rollup.parquet").read_bytes() == Path("whole/rollup.parquet").read_bytes()


def test_an_older_roll_up_is_made_anew(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], days["one"], "out", "-q").code == 0
    assert here("rollup", days["all"], "out", "--grain", "month", "-q").code == 0
    assert [row[1] for row in rows_of("out")] == ["2024-01-31", "2024-03-31"]


def test_orders_are_found_by_name(here: Here, shop: Path) -> None:
    assert here("rollup", "out", "-q").code == 0
    assert here("score", "out", "-q").out == here("score", "orders.csv", "-q").out


def test_periods_end_at_the_dates_asked_for(here: Here, days: dict[str, str]) -> None:
    words = ["--as-of", "2024-01,2024-02-15", "--as-of", "last"]
    assert here("rollup", days["all"], "out", *words, "-q").code == 0
    assert [row[1] for row in rows_of("out")] == ["2024-01-31", "2024-03-31"]
    assert json.loads(Path("out/manifest.json").read_text())["periods"]["edges"] == ["2024-01-31", "2024-02-15"]


def test_rows_that_come_too_late_are_listed(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], "out", "-q").code == 0
    before = Path("out/manifest.json").read_text()
    ended = here("rollup", "out", "--add", days["late"], "--rejects", "rejects.csv", "-q")
    assert ended.code == 3
    assert "late.csv: 2 rows of 2024-01-01 to 2024-02-27, and out takes none before 2024-02-29" in ended.err
    rejects = pl.read_csv("rejects.csv", infer_schema=False)
    assert rejects["(rule)"].to_list() == ["late", "late"]
    assert rejects["order_id"].to_list() == ["8", "10"]
    assert Path("out/manifest.json").read_text() == before


def test_rejected_rows_of_an_add_are_listed(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], "out", "-q").code == 0
    assert here("rollup", "out", "--add", days["one"], "--rejects", "rejects.csv", "-q").code == 0
    assert pl.read_csv("rejects.csv", infer_schema=False)["(rule)"].to_list() == ["customer"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["out", "--add", "all.csv"], 3, "all.csv: this file is in the roll-up already, as all.csv"),
        (["out", "--add", "copy.csv"], 3, "copy.csv: this file is in the roll-up already, as all.csv"),
        (["out", "--add", "one.csv", "--add", "one.csv"], 2, "one.csv is given twice"),
        (["out", "--add", "one.csv", "--add", "same.csv"], 3, "one.csv and same.csv are the same file"),
        (["out", "--add", "none.csv"], 3, "none.csv: no rows below the header"),
        (["out", "--add", "never.csv"], 3, "never.csv: no such file"),
        (["out", "--add", "out"], 3, "out: a roll-up already"),
        (["out", "--add", "one.csv", "--grain", "month"], 2, "--grain: out was made with other periods"),
        (["out", "--add", "one.csv", "--as-of", "2024"], 2, "--as-of: out was made with other periods"),
        (["out", "--add", "one.csv", "--timezone", "Asia/Almaty"], 2, "--timezone Asia/Almaty"),
        (["out", "--add", "one.csv", "--free-orders", "ignore"], 2, "--free-orders ignore: out was made with count"),
        (["out", "--add", "one.csv", "--one-order-per", "day"], 2, "--one-order-per day: out was made without it"),
        (["out", "--add", "one.csv", "--reject-status", "paid"], 2, "--reject-status"),
        (["out", "--add", "one.csv", "--drop-duplicates"], 2, "--drop-duplicates"),
        (["out", "--add", "nomoney.csv"], 3, "nomoney.csv: no amount, while out has one"),
        (["out", "--add", "euros.csv", "--currency", "USD"], 2, "--currency USD: the orders are in EUR"),
        (["all.csv"], 4, "all.csv: a file, and a roll-up is a folder"),
        (["all.csv", "copy.csv", "new"], 3, "are the same file"),
        (["all.csv", "none.csv/new"], 4, "no such folder"),
        (["all.csv", "new", "--grain", "week"], 2, "--grain week"),
        (["all.csv", "new", "--grain", "day", "--as-of", "2024"], 2, "--grain and --as-of"),
        (["all.csv", "new", "--as-of", "soon"], 2, "--as-of soon: no such day"),
        (["all.csv", "new", "--free-orders", "some"], 2, "--free-orders some"),
        (["all.csv", "new", "--one-order-per", "week"], 2, "--one-order-per week"),
        (["measures.csv", "new"], 3, "a file of one row per customer already"),
        (["out", "new"], 3, "out: a roll-up already"),
        (["all.csv", "plain"], 4, "a folder with other things in it"),
        ([], 2, "OUT"),
    ],
)
def test_what_cannot_be_rolled_up(here: Here, days: dict[str, str], words: list[str], code: int, said: str) -> None:
    assert here("rollup", days["all"], "out", "-q").code == 0
    for name, source in {"copy.csv": "all.csv", "same.csv": "one.csv"}.items():
        Path(name).write_text(Path(source).read_text())
    Path("nomoney.csv").write_text("customer_id,ordered_at\na,2024-04-01\n")
    Path("euros.csv").write_text("customer_id,ordered_at,amount,currency\na,2024-04-01,1,EUR\n")
    Path("measures.csv").write_text("customer_id,recency,frequency,monetary\na,1,2,3\n")
    Path("plain").mkdir()
    Path("plain/mine.txt").write_text("mine")
    before = rows_of("out")
    ended = here("rollup", *words, "-q")
    assert (ended.code, ended.out) == (code, b"")
    assert said in ended.err
    assert len(ended.err.splitlines()) <= 2
    assert rows_of("out") == before
    assert not Path("new").exists()


def test_a_cron_line_may_say_everything_every_night(here: Here, days: dict[str, str]) -> None:
    words = ["--grain", "month", "--timezone", "Asia/Almaty", "--free-orders", "ignore", "--one-order-per", "day"]
    for name in ("one", "fine"):
        assert here("rollup", days["all"], "out", *words, "--add", days[name], "-q").code == 0
    assert here("rollup", days["all"], days["one"], days["fine"], "whole", *words, "-q").code == 0
    assert Path("out/rollup.parquet").read_bytes() == Path("whole/rollup.parquet").read_bytes()


def test_the_rules_of_before_hold_for_what_is_added(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], "out", "--reject-status", "+refunded", "-q").code == 0
    ended = here("rollup", "out", "--add", days["one"])
    assert "1 a status that is no order" in ended.err


def test_warnings_fail_before_anything_is_written(here: Here, days: dict[str, str]) -> None:
    assert here("rollup", days["all"], "out", "-q").code == 0
    before = Path("out/manifest.json").read_text()
    assert here("rollup", "out", "--add", days["one"], "--strict", "-q").code == 1  # a third of its rows is rejected
    assert Path("out/manifest.json").read_text() == before
    assert here("rollup", days["one"], "new", "--strict", "-q").code == 1
    assert not Path("new").exists()


def test_another_run_holds_the_lock(here: Here, days: dict[str, str]) -> None:
    from rfm_cli.rollup.store import locked

    assert here("rollup", days["all"], "out", "-q").code == 0
    with locked(Path("out")):
        ended = here("rollup", "out", "--add", days["one"], "-q")
    assert (ended.code, "another run is changing this roll-up" in ended.err) == (75, True)


def test_orders_from_a_pipe_and_from_events(rfm: Callable[..., Any], days: dict[str, str], shop: Path) -> None:
    done = rfm("rollup", "-", "out", "-q", cwd=shop, stdin=Path(days["all"]).read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(Path("out/manifest.json").read_text())["inputs"][0]["name"] == "standard input"
    log = "customer_id,event,at,value\na,purchase,2024-01-02,10\na,visit,2024-01-03,\n"
    Path("log.csv").write_text(log)
    Path("next.csv").write_text(log.replace("2024-01-0", "2024-01-1"))
    words = ["--purchase-events", "purchase", "-q"]
    assert rfm("rollup", "log.csv", "bought", *words, cwd=shop).returncode == 0
    assert rfm("rollup", "bought", "--add", "next.csv", *words, cwd=shop).returncode == 0
    assert [row[:2] for row in rows_of("bought")] == [("a", "2024-01-02"), ("a", "2024-01-12")]


DYING = """
import os, signal, sys
from pathlib import Path
from rfm_cli.cli.main import main
from rfm_cli.rollup import store

left = int(sys.argv.pop(1))

def dying(step):
    def wrapped(*args, **more):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return step(*args, **more)
    return wrapped

Path.write_bytes, Path.replace, os.link = dying(Path.write_bytes), dying(Path.replace), dying(os.link)
sys.argv[0] = "rfm"
main()
"""


@pytest.mark.parametrize("after", range(5))
def test_a_killed_add_can_be_made_again(here: Here, days: dict[str, str], after: int) -> None:
    assert here("rollup", days["all"], "out", "-q").code == 0
    before = rows_of("out")
    command = [sys.executable, "-c", DYING, str(after), "rollup", "out", "--add", days["one"], "-q"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in (-signal.SIGKILL, 0), done.stderr
    seen = rows_of("out")
    again = here("rollup", "out", "--add", days["one"], "-q").code
    assert (seen == before, again) in ((True, 0), (False, 3))  # 3: the file had been added
    assert here("rollup", days["all"], days["one"], "whole", "-q").code == 0
    assert Path("out/manifest.json").read_text() == Path("whole/manifest.json").read_text()
    assert rows_of("out") == rows_of("whole")


def test_today_is_that_of_the_zone_of_the_roll_up(tmp_path: Path, here: Here) -> None:
    hour = datetime.now(UTC).hour
    zone = "Etc/GMT+12" if hour < 12 else "Pacific/Kiritimati"  # where it is another day than in UTC
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at,amount\na,2024-01-01,1\nb,2024-01-02,2\n")
    assert here("rollup", tmp_path / "orders.csv", tmp_path / "out", "--timezone", zone, "-q").code == 0
    ended = here("score", tmp_path / "out", "--as-of", "today", "--format", "json", "-q")
    shown = json.loads(ended.out)["meta"]["as_of"]
    assert shown in {str((datetime.now(ZoneInfo(zone)) - timedelta(minutes=ago)).date()) for ago in (0, 5)}
    assert shown != str(datetime.now(UTC).date()) or datetime.now(UTC).hour != hour


def test_currencies_of_orders_without_amounts_play_no_part(here: Here, tmp_path: Path) -> None:
    head = "customer_id,ordered_at,currency\n"
    (tmp_path / "o.csv").write_text(head + "a,2024-01-01,EUR\nb,2024-01-02,USD\n")
    (tmp_path / "n.csv").write_text(head + "a,2024-01-03,GBP\n")
    assert here("rollup", tmp_path / "o.csv", tmp_path / "out", "-q") == (0, b"", "")
    assert here("rollup", tmp_path / "out", "--add", tmp_path / "n.csv", "-q") == (0, b"", "")
    of_rollup = here("score", tmp_path / "out", "--format", "json", "-q")
    assert of_rollup == here("score", tmp_path / "o.csv", tmp_path / "n.csv", "--format", "json", "-q")
