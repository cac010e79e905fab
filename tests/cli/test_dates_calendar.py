"""The first and the last days of the calendar: dates that are computed there, at the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Ended
from tests.cli.test_dates import CUTS, rows

Here = Callable[..., Ended]
EARLY = [("a", date(1, 1, 1), 10), ("a", date(1, 1, 3), 5), ("b", date(1, 1, 1), 7), ("c", date(1, 3, 1), 9)]
LATE = [("a", date(9999, 12, 30), 10), ("a", date(9999, 12, 31), 5), ("b", date(9999, 1, 1), 7)]
TODAY = [("a", date(2024, 1, 1), 10), ("a", date(2024, 3, 1), 5), ("b", date(2024, 1, 1), 7)]
SHOPS = {"early": EARLY, "late": LATE, "today": TODAY}
ENDS = {
    "early: score --history": 0,
    "early: score --window 12mo": 2,
    "early: vip --watch": 0,
    "early: vip --watch --since 0001-01-01": 0,
    "early: migrate": 0,
    "early: migrate --from 0001-01-01 --to 9999-12-31 --speed": 0,
    "early: migrate --from 0001-01-31 --to 0001-03-31 --every month": 0,
    "early: matrix --by recency,engagement": 0,
    "early: report -o r.html": 0,
    "early: report --against 0001-01-01 -o r.html --lang ru": 0,
    "early: snapshot --as-of 0001-01-03": 0,
    "early: rollup orders.parquet r.rollup --grain month": 0,
    "late: score --history": 0,
    "late: explain a": 0,
    "late: explain b": 0,
    "late: vip --watch": 0,
    "late: migrate --from 9999-12-30 --to 9999-12-31 --speed": 0,
    "late: migrate --from 9999-10-31 --to 9999-12-31 --every month --paths": 0,
    "late: report -o r.html": 0,
    "late: rollup orders.parquet r.rollup --grain month": 0,
    "today: score --as-of 9999-12-31 --history": 0,
    "today: score --as-of 9999-W52": 2,
    "today: explain a --as-of 9999-12-31": 0,
    "today: vip --watch --since 0001-01-01": 3,
    "today: vip --watch --as-of 9999-12-31": 0,
    "today: migrate --from 0001-01-01 --to 9999-12-31 --speed": 3,
    "today: migrate --from 2024-01-01 --to 9999-12-31 --every 1d": 2,
    "today: segments --against 0001-01-01": 3,
    "today: report --against 0001-01-01 -o r.html": 0,
    "today: report --against 0001-01-02 -o r.html": 0,
    "today: report --as-of 9999-12-31 --against 0001-01-01 -o r.html": 0,
}


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the tables of a shop into an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def write(name: str) -> None:
        heads = ["customer_id", "ordered_at", "amount"]
        pl.DataFrame(SHOPS[name], schema=heads, orient="row").write_parquet("orders.parquet")
        events = [("a", "open", SHOPS[name][0][1]), ("z", "open", date.min), ("y", "open", date.max)]
        pl.DataFrame(events, schema=["customer_id", "event", "at"], orient="row").write_parquet("events.parquet")

    return write


@pytest.mark.parametrize("command", ENDS)
def test_no_date_is_computed_past_the_calendar(command: str, tables: Callable[[str], None], here: Here) -> None:
    name, _, words = command.partition(": ")
    tables(name)
    ended = here(*words.split(), "-q")
    assert (ended.code, "bug" in ended.err) == (ENDS[command], False), ended.err


def test_a_cutoff_of_more_days_than_there_are_is_never_passed(tables: Callable[[str], None], here: Here) -> None:
    tables("today")
    cuts = ["--cuts", "r=30,90,9999999999,99999999999", "--cuts", "f=2,3,4,7"]
    found = rows(here("score", "--history", "--as-of", "9999-12-31", *cuts, "-q"))
    assert [(row["customer_id"], row["r"], row["segment_since"]) for row in found if row["recency_days"]] == [
        ("a", "3", "2024-05-31"),
        ("b", "3", "2024-04-01"),
    ]


def test_stays_and_slips_on_the_first_days(tables: Callable[[str], None], here: Here) -> None:
    tables("early")
    asked = ["migrate", "--speed", "--from", "0001-01-01", "--to", "0001-02-10", *CUTS, "-q"]
    assert [(row["from_segment"], row["to_segment"], row["moves"], row["p75_days"]) for row in rows(here(*asked))] == [
        ("New", "Potential loyalist", "1", "2"),
        ("New", "Promising", "1", "31"),
    ]
    watch = ["vip", "--watch", "--since", "0001-01-03", "--as-of", "0001-12-31", *CUTS, "-q"]
    (slipped,) = rows(here(*watch))
    assert (slipped["customer_id"], slipped["slipped_on"], slipped["at_stake"]) == ("a", "0001-04-04", "15")


def test_what_comes_after_the_last_day_has_no_date(tables: Callable[[str], None], here: Here) -> None:
    tables("late")
    told = here("explain", "b", *CUTS, "-q", "--format", "csv").out.decode().splitlines()
    assert told[-1] == 'next,later,Lost,"without a purchase, in 2 days"'
