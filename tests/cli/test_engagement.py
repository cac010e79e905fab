"""Engagement of the command line: names, kinds, and the warnings wherever it is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
ORDERS = "customer_id,ordered_at,amount\na,2024-01-05,5.00\nb,2024-03-01,7.50\n"
READ = "customer_id,event,at\na,Letter read,2024-02-20\na,Letter read,2024-02-25\nb,Letter sent,2024-02-20\n"
QUIET = (
    "rfm: warning no-engagement: log.csv: no event counts as engagement (open, click, visit, view); "
    "there are 'Letter read' (2), 'Letter sent' (1); --event-kind 'Letter read=open', or =click, =visit, =view, "
    "makes one count\n"
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders.csv and log.csv, made the working directory."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "log.csv").write_text(READ)
    (tmp_path / "customers.csv").write_text("customer_id,email\na,a@x.y\nb,b@x.y\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def columns(out: bytes) -> list[list[str]]:
    return [line.split(",")[-2:] for line in out.decode().splitlines()]


@pytest.mark.parametrize(
    "command",
    [
        ["score", "--with", "email,engagement"],
        ["score", "--with", "last_event"],
        ["matrix"],
        ["matrix", "--by", "last_event,monetary"],
        ["segments", "--by", "engagement"],
        ["reach", "--list", "Reachable", "--with", "engagement"],
        ["vip", "--list", "--with", "engagement"],
        ["report", "-o", "page.html"],
        ["score", "-o", "scores.xlsx"],
        ["check"],
    ],
    ids=" ".join,
)
def test_a_log_of_which_no_event_engages_is_a_warning(shop: Path, here: Here, command: list[str]) -> None:
    done = here(*command, "--events", "log.csv", "--customers", "customers.csv", "orders.csv")
    assert done.code == 0, done.err
    assert QUIET in done.err
    strict = here(*command, "--events", "log.csv", "--customers", "customers.csv", "orders.csv", "--strict")
    assert strict.code == 1


@pytest.mark.parametrize("command", [["score", "--with", "email"], ["matrix", "--by", "recency,monetary"], ["reach"]])
def test_without_engagement_there_is_no_warning(shop: Path, here: Here, command: list[str]) -> None:
    done = here(*command, "--events", "log.csv", "--customers", "customers.csv", "orders.csv")
    assert (done.code, "no-engagement" in done.err) == (0, False)


@pytest.mark.parametrize(
    "given",
    [
        ["--event-kind", "letter_read=open"],
        ["--engagement-events", "LETTER READ"],
        ["--engagement-events", "survey", "--event-kind", "Letter read=survey"],
    ],
    ids=" ".join,
)
def test_an_own_kind_or_name_counts(shop: Path, here: Here, given: list[str]) -> None:
    done = here("score", "orders.csv", "--events", "log.csv", "--with", "engagement,last_event", *given)
    assert columns(done.out) == [["engagement", "last_event"], ["2", "5"], ["0", ""]]
    assert "no-engagement" not in done.err
    assert "no-such-event" not in done.err


def test_kinds_and_events_of_rfm_toml(shop: Path, here: Here) -> None:
    (shop / "rfm.toml").write_text(
        '[tables]\norders = "orders.csv"\nevents = "log.csv"\n[events]\n"Letter read" = "view"\n"Gone" = "view"\n'
        '[engagement]\nevents = ["view", "Letter sent"]\n'
    )
    done = here("score", "--with", "engagement,last_event")
    assert columns(done.out) == [["engagement", "last_event"], ["2", "5"], ["1", "10"]]
    assert (
        "rfm: warning no-such-event: log.csv: no event is called 'gone' (--event-kind, [events]); "
        "there are 'Letter read' (2), 'Letter sent' (1)\n"
    ) in done.err


def test_a_name_that_occurs_nowhere(shop: Path, here: Here) -> None:
    done = here("matrix", "orders.csv", "--events", "log.csv", "--engagement-events", "letter read,opened")
    assert (
        "rfm: warning no-such-event: log.csv: no event is called 'opened' (--engagement-events); "
        "there are 'Letter read' (2), 'Letter sent' (1)\n"
    ) in done.err
    assert "no-engagement" not in done.err


def test_the_warning_stands_in_json(shop: Path, here: Here) -> None:
    done = here("score", "orders.csv", "--events", "log.csv", "--with", "engagement", "--format", "json")
    assert b'"no-engagement"' in done.out
    known = here("score", "orders.csv", "--events", "log.csv", "--with", "engagement", "--known", "no-engagement")
    assert "rfm: log.csv: no event counts as engagement" in known.err
