"""The time zone that a roll-up was made with is that of the tables beside it, of jobs, snapshots and reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.snapshots.store import read
from rfm_cli.tables.options import ReadOptions

Here = Callable[..., Any]
ZONE = "America/New_York"
# Three in the morning in UTC is the evening before in New York.
ORDERS = """\
order_id,customer_id,ordered_at,amount
1,a,2024-01-02T03:00:00Z,10.00
2,b,2024-01-15T12:00:00Z,20.00
3,a,2024-02-01T03:00:00Z,30.00
4,c,2024-02-10T18:00:00Z,40.00
5,b,2024-03-01T03:00:00Z,50.00
"""
EVENTS = """\
customer_id,event,at
a,click,2024-02-15T03:00:00Z
d,open,2024-02-01T03:00:00Z
e,open,2024-03-01T03:00:00Z
f,open,2024-03-02T03:00:00Z
"""
CUSTOMERS = """\
customer_id,email,registered_at
a,a@x.y,2023-12-01T03:00:00Z
d,d@x.y,2024-02-03T03:00:00Z
g,g@x.y,2024-02-01T04:59:00Z
h,h@x.y,2024-03-02T03:00:00Z
"""
BESIDE = ("--customers", "customers.csv", "--events", "events.csv")
COMMANDS = [
    "score --with email",
    "score --new-subscriber 29d",
    "score --history",
    "segments",
    "matrix --by last_event,engagement",
    "matrix --by tenure,segment",
    "migrate --from 2024-01",
    "migrate --from 2024-01 --speed",
    "migrate --from 2024-01 --moves",
    "vip --watch --since 2024-01",
    "reach",
]


@pytest.fixture
def made(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tables and a roll-up of the orders in New York's days."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("o", ORDERS), ("events", EVENTS), ("customers", CUSTOMERS)):
        (tmp_path / f"{name}.csv").write_text(text)
    assert here("rollup", "o.csv", "shop.rollup", "--timezone", ZONE, "-q").code == 0
    return tmp_path


@pytest.mark.parametrize("line", COMMANDS)
def test_all_tables_count_the_days_of_the_roll_up(here: Here, made: Path, line: str) -> None:
    command, *words = line.split()
    asked = (*BESIDE, *words, "--as-of", "2024-02-29", "--format", "json", "-q")
    rolled = here(command, "shop.rollup", *asked)
    ordered = here(command, "o.csv", *asked, "--timezone", ZONE)
    assert (rolled.code, rolled.out) == (0, ordered.out), rolled.err
    assert here(command, "o.csv", *asked).out != ordered.out  # the zone matters to all of them


def test_the_days_of_new_york_by_hand(here: Here, made: Path) -> None:
    asked = ("--as-of", "2024-02-29", "-q", "--format", "csv")
    rows = here("score", "shop.rollup", *BESIDE, "--history", *asked).out.decode().splitlines()[1:]
    since = {row.split(",")[0]: row.split(",")[1:5] for row in rows}
    # e is known from the evening of February 29 in New York; f and h from March 1 on, and not yet.
    assert sorted(since) == ["a", "b", "c", "d", "e", "g"]
    assert since["a"][:2] == ["2024-01-01", "2024-01-31"]
    assert since["b"][:2] == ["2024-01-15", "2024-02-29"]
    begun = {row.split(",")[0]: row.split(",")[-2] for row in rows}
    assert {name: begun[name] for name in "deg"} == {"d": "2024-01-31", "e": "2024-02-29", "g": "2024-01-31"}
    engaged = here("matrix", "shop.rollup", *BESIDE, "--by", "last_event,segment", *asked).out.decode()
    assert "0-14," in engaged  # the click of the evening of February 14 is 15 days old, that of e is of today
    assert [line for line in engaged.splitlines() if line.startswith("15-30,")]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Almaty"])
@pytest.mark.parametrize("way", ["flag", "variable", "file"])
def test_another_zone_is_an_error(here: Here, made: Path, monkeypatch: pytest.MonkeyPatch, zone: str, way: str) -> None:
    words: tuple[str, ...] = ()
    if way == "flag":
        words = ("--timezone", zone)
    elif way == "variable":
        monkeypatch.setenv("RFM_TIMEZONE", zone)
    else:
        (made / "rfm.toml").write_text(f'[clock]\ntimezone = "{zone}"\n')
    ended = here("score", "shop.rollup", *BESIDE, *words, "-q")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"rfm: error: --timezone {zone}: the days of shop.rollup are those of {ZONE}\n")
    assert here("score", "shop.rollup", *BESIDE, "--timezone", ZONE, "-q").code == 0


def test_another_zone_is_an_error_in_python(made: Path) -> None:
    paths = TablePaths("shop.rollup", events=("events.csv",))
    with pytest.raises(UsageError, match=f"--timezone UTC: the days of shop.rollup are those of {ZONE}"):
        open_shop(paths, ReadOptions(timezone="UTC"))
    events = open_shop(paths, ReadOptions()).events
    assert events is not None
    days = events.frame.collect().sort("customer_id")["day"].to_list()
    assert days == [date(2024, 2, 14), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 1)]


def test_a_roll_up_without_times_leaves_the_zone_to_the_user(here: Here, made: Path) -> None:
    (made / "days.csv").write_text("customer_id,ordered_at,amount\na,2024-01-01,1.00\nb,2024-02-29,2.00\n")
    assert here("rollup", "days.csv", "days.rollup", "--timezone", ZONE, "-q").code == 0

    def known(*words: str) -> list[str]:
        out = here("score", "days.rollup", *BESIDE, "--as-of", "2024-02-29", "-q", *words).out
        return [line.split(",")[0] for line in out.decode().splitlines()[1:]]

    assert known() == ["a", "b", "d", "e", "g"]
    assert known("--timezone", "UTC") == ["a", "b", "d", "g"]


def test_snapshots_and_a_report_of_a_roll_up(here: Here, made: Path) -> None:
    asked = (*BESIDE, "--as-of", "2024-02-29", "-q")
    for store, source, words in (("one", "shop.rollup", ()), ("two", "o.csv", ("--timezone", ZONE))):
        assert here("snapshot", source, *asked, "--store", store, *words).code == 0
        assert here("report", source, *asked, "-o", f"{store}.html", *words).code == 0
    one, two = (read(Path(store), date(2024, 2, 29)) for store in ("one", "two"))
    assert one.rows().equals(two.rows())
    assert one.metadata.counting == two.metadata.counting
    assert one.metadata.counting.timezone == ZONE
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


JOB = """
[tables]
orders = "shop.rollup"
events = "events.csv"
customers = "customers.csv"
[clock]
as_of = "2024-02-29"
[jobs.nightly]
outputs = ["score -o scores.csv --with email", "matrix --by last_event,segment -o matrix.csv"]
"""


def test_a_job_on_a_roll_up(here: Here, made: Path) -> None:
    (made / "rfm.toml").write_text(JOB)
    assert here("run", "nightly", "-q").code == 0
    rolled = {name: (made / "out/nightly/current" / name).read_bytes() for name in ("scores.csv", "matrix.csv")}
    zoned = JOB.replace("shop.rollup", "o.csv").replace("[clock]", f'[clock]\ntimezone = "{ZONE}"')
    (made / "rfm.toml").write_text(zoned)
    assert here("run", "nightly", "-q").code == 0
    assert {name: (made / "out/nightly/current" / name).read_bytes() for name in rolled} == rolled


def far() -> str:
    """A zone in which it is now another day than in UTC, and stays so for the next hours."""
    return "Etc/GMT+12" if datetime.now(UTC).hour < 11 else "Pacific/Kiritimati"


def today(zone: str) -> set[str]:
    """Today in a zone, and what it was five minutes ago."""
    return {str((datetime.now(ZoneInfo(zone)) - timedelta(minutes=ago)).date()) for ago in (0, 5)}


def test_today_of_a_job_is_that_of_its_roll_up(here: Here, made: Path) -> None:
    assert here("rollup", "o.csv", "far.rollup", "--timezone", far(), "-q").code == 0
    job = '[tables]\norders = "far.rollup"\n[clock]\nas_of = "today"\n[jobs.nightly]\noutputs = ["score -o s.json"]\n'
    (made / "rfm.toml").write_text(job)
    assert here("run", "nightly", "-q").code == 0
    shown = json.loads((made / "out/nightly/current/s.json").read_text())["meta"]["as_of"]
    assert shown in today(far())


def test_today_of_snapshots_is_that_of_their_shop(here: Here, made: Path) -> None:
    for day in ("2024-02-29", "today"):
        assert here("snapshot", "o.csv", "--timezone", far(), "--as-of", day, "-q").code == 0
    ended = here("diff", "2024-02-29", "today", "--rescore", "--format", "json", "-q")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["meta"]["to"] in today(far())


def test_today_of_what_is_added_is_that_of_the_roll_up(here: Here, made: Path) -> None:
    zone = far()
    assert here("rollup", "o.csv", "out", "--timezone", zone, "--as-of", "today", "-q").code == 0
    (made / "more.csv").write_text("order_id,customer_id,ordered_at,amount\n9,z,2024-03-01T12:00:00Z,1.00\n")
    ended = here("rollup", "out", "--add", "more.csv", "--as-of", "today", "-q")
    assert ended.code == 0, ended.err
    edges = json.loads((made / "out/manifest.json").read_text())["periods"]["edges"]
    assert len(edges) == 1
    assert edges[0] in today(zone)
    assert pl.read_parquet("out/rollup.parquet").height > 0
