"""Answers that look back, at the command line: what history knows, and from which day to which."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Ended

Here = Callable[..., Ended]
CUTS = "--cuts r=30,90,180,365 --cuts f=2,3,4,7 --cuts m=1,2,3,4".split()


def rows(ended: Ended) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    assert ended.code == 0, ended.err
    head, *lines = ended.out.decode().splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def write(folder: Path, **tables: str) -> None:
    """Tables of the folder, each a text whose words are lines."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(text.split()) + "\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_windows_of_quarters_count_a_purchase_once(folder: Path, here: Here) -> None:
    write(folder, orders="customer_id,ordered_at,amount a,2024-03-31,10 a,2023-12-31,5 a,2024-06-30,7 a,2024-12-31,1")
    counted = {}
    for period in ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2024"):
        (row,) = rows(here("score", "--as-of", period, "--window", "12mo" if period == "2024" else "3mo", "-q"))
        counted[period] = row["frequency"], row["monetary"]
    assert counted == {
        "2024-Q1": ("1", "10"),
        "2024-Q2": ("1", "7"),
        "2024-Q3": ("0", "0"),
        "2024-Q4": ("1", "1"),
        "2024": ("3", "18"),
    }


@pytest.mark.parametrize(
    "later",
    [
        {"events": "customer_id,event,at a,open,2024-12-01"},
        {"customers": "customer_id,registered_at a,2024-12-01 b,2023-01-01"},
    ],
)
def test_what_becomes_known_later_is_no_history_yet(folder: Path, here: Here, later: dict[str, str]) -> None:
    write(folder, orders="customer_id,ordered_at,amount a,2024-01-01,10 b,2024-01-01,10 b,2024-01-10,10", **later)
    first, second = rows(here("score", "--as-of", "2024-01-20", "--history", *CUTS, "-q"))
    assert (first["segment"], first["segment_since"], first["previous_segment"]) == ("New", "2024-01-01", "")
    assert (second["segment"], second["segment_since"]) == ("Potential loyalist", "2024-01-10")
    moves = rows(here("migrate", "--speed", "--from", "2024-01-01", "--to", "2024-01-20", *CUTS, "-q"))
    assert [(row["from_segment"], row["to_segment"], row["moves"], row["p75_days"]) for row in moves] == [
        ("New", "Potential loyalist", "1", "9")
    ]


def test_who_is_known_from_ever_was_never_new(folder: Path, here: Here) -> None:
    write(folder, orders="customer_id,ordered_at,amount a,2024-01-01,10",
          customers="customer_id,registered_at ever, long,2023-10-01 new,2023-12-30")  # fmt: skip
    asked = ["score", "--as-of", "2024-01-20", "--history", *CUTS, "-q"]
    split = {row["customer_id"]: row for row in rows(here(*asked, "--new-subscriber", "45d"))}
    history = {name: (row["segment"], row["segment_since"], row["previous_segment"]) for name, row in split.items()}
    assert history == {
        "a": ("New", "2024-01-01", ""),
        "ever": ("No purchases", "", ""),
        "long": ("No purchases", "2023-11-15", "New subscriber"),
        "new": ("New subscriber", "2023-12-30", ""),
    }
    (ever,) = (row for row in rows(here(*asked)) if row["customer_id"] == "ever")
    assert (ever["segment"], ever["segment_since"], ever["previous_segment"]) == ("No purchases", "", "")


def test_nor_in_the_first_days_of_the_calendar(folder: Path, here: Here) -> None:
    write(folder, customers="customer_id,registered_at ever,")
    orders = {"customer_id": ["a"], "ordered_at": [date(1, 1, 2)], "amount": [10]}  # no text has so early a day
    pl.DataFrame(orders).write_parquet("orders.parquet")
    asked = ["--as-of", "0001-01-20", "--new-subscriber", "45d", *CUTS, "-q"]
    scored, ever = rows(here("score", "--history", *asked))
    assert (scored["segment"], scored["segment_since"], scored["previous_segment"]) == ("New", "0001-01-02", "")
    assert (ever["segment"], ever["segment_since"], ever["previous_segment"]) == ("No purchases", "", "")
    move = "migrate --moves --from 0001-01-10 --to 0001-01-20 --new-subscriber 45d -q".split()
    assert rows(here(*move, *CUTS))[1]["to_segment"] == "No purchases"


def test_the_watch_list_has_no_slip_after_its_date(folder: Path, here: Here) -> None:
    orders = " ".join(f"a,2024-01-0{day},10" for day in range(1, 8))
    write(
        folder,
        orders=f"customer_id,ordered_at,amount {orders} b,2024-01-01,10",
        events="customer_id,event,at a,open,2024-12-01 b,open,2023-12-01",
    )
    asked = ["vip", "--watch", "--since", "2024-01-10", *CUTS, "-q"]
    assert rows(here(*asked, "--as-of", "2024-02-05")) == []
    (slipped,) = rows(here(*asked, "--as-of", "2024-02-10"))
    assert (slipped["slipped_on"], slipped["days_below"]) == ("2024-02-07", "4")


def test_moves_of_the_sample_are_the_same_whatever_became_known_later(sample: Path, folder: Path, here: Here) -> None:
    asked = ["migrate", str(sample / "orders.csv"), "--speed", "--from", "2024-06-30", "--to", "2024-09-30", "-q"]
    with_events = rows(here(*asked, "--events", str(sample / "events.csv")))
    assert max(int(row["p75_days"]) for row in with_events) <= 92
    assert sum(int(row["moves"]) for row in with_events if row["from_segment"] != "No purchases") == sum(
        int(row["moves"]) for row in rows(here(*asked))
    )


TWO_DATES = "customer_id,ordered_at,amount " + " ".join(
    f"{name},2024-01-{day:02},10"
    for name, days in {"a": range(1, 8), "b": (1, 20), "late": (25,)}.items()
    for day in days
)


@pytest.mark.parametrize(
    ("command", "head"),
    [
        (
            "vip --watch --since 2024-01-10 --as-of 2024-02-10",
            "since 2024-01-10 · as of 2024-02-10 · scheme rf12 · cutoffs of 2024-01-10 · slipped 1",
        ),
        (
            "migrate --speed --from 2024-01-10 --to 2024-02-10",
            "from 2024-01-10 · to 2024-02-10 · scheme rf12 · cutoffs of 2024-01-10 · stays 3",
        ),
    ],
)
def test_no_figure_of_one_date_stands_under_the_other(
    folder: Path, here: Here, monkeypatch: pytest.MonkeyPatch, command: str, head: str
) -> None:
    write(folder, orders=TWO_DATES)
    monkeypatch.setenv("COLUMNS", "200")
    asked = [*command.split(), *CUTS, "-q"]
    assert here(*asked, "--format", "table").out.decode().splitlines()[0] == head
    meta = json.loads(here(*asked, "--format", "json").out)["meta"]
    assert (meta["as_of"], meta["counts"]) == ("2024-02-10", {"rows_read": 10, "rows_accepted": 10})
    assert meta["ruler"] == "2024-01-10"


def test_remarks_are_of_the_whole_past(folder: Path, here: Here) -> None:
    write(folder, orders=f"{TWO_DATES} late,2024-01-26,0", events="customer_id,event,at a,open,2024-01-01")
    for command in ("vip --watch --since 2024-01-10 --as-of 2024-02-10", "migrate --from 2024-01-10 --to 2024-02-10"):
        said = here(*command.split(), *CUTS).err
        assert "events.csv knows 1 of 3 buyers (33.3%)" in said
        assert "purchases of zero value are counted as well: 1 " in said


def test_what_speeds_are_of_is_said_and_a_fall_by_waiting_is_told_as_such(
    folder: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, orders="customer_id,ordered_at,amount a,2024-01-01,10 b,2024-01-03,10 c,2024-01-05,10")
    monkeypatch.setenv("COLUMNS", "100")
    asked = ["migrate", "--speed", "--from", "2024-01-01", "--to", "2024-06-15", *CUTS, "-q"]
    found = rows(here(*asked))
    assert [(row["to_segment"], row["p25_days"], row["median_days"], row["p75_days"]) for row in found] == [
        ("Promising", "31", "31", "31"),
        ("About to sleep", "60", "60", "60"),
    ]
    shown = here(*asked, "--format", "table").out.decode().splitlines()
    assert shown[1] == "shares are of stays, not of customers; days are of those who moved by --to"
    assert shown[6].split() == ["New", "Promising", "3", "0.0", "%", "100.0", "%", "100.0", "%"]
    assert shown[9:12] == [
        "New > Promising             falls after 31 days without a purchase",
        "Promising > About to sleep  falls after 60 days without a purchase",
        "",
    ]
    assert "biggest leak New > Promising, 3 moves, falls after 31 days without a purchase" in shown[12]
    russian = here(*asked, "--format", "table", "--lang", "ru").out.decode()
    assert "кто перешёл до --to" in russian
    assert "Новые → Перспективные       опускаются через 31 день без покупки" in russian
    assert "Новые → Перспективные, 3 перехода; опускаются через 31 день без покупки" in russian
