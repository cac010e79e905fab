"""Sets of customers: files, snapshots, who is reachable, segments of the scheme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.columns import Column, LinkedTable
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import Sets, World
from tests.language.asking import asked, notes, refusal, who, world_of
from tests.language.shops import texts

CUSTOMERS = texts("customer_id,email,code", "a,Ann@X.org,A1", "b, bob@x.org,a1", "c,,")
EVENTS = texts("customer_id,event,at", "a,view,2024-03-30", "c,view,2024-03-29")
FILES = {
    ("ids.csv", "", None): ["a", " b ", "zz", "", None],
    ("mails.csv", "seg", "email"): ["ann@x.org", "BOB@x.org", "no@x.org"],
    ("codes.csv", "", "code"): ["A1"],
}


def snapshot(day: date) -> LinkedTable:
    frame = pl.DataFrame(
        {"customer_id": ["a", "b", "x"], "segment": ["Champions", None, "Lost"], "frequency": [5, 1, 1]}
    )
    columns = {
        "customerid": Column("customer_id", "exact", pl.String()),
        "segment": Column("segment", "text", pl.String()),
        "frequency": Column("frequency", "number", pl.Int64()),
    }
    if day != date(2024, 2, 29):
        raise UsageError(f"no snapshot of {day}", "the nearest: 2024-02-29")
    return LinkedTable(f"snapshot {day}", frame.lazy(), columns, None, ("customer_id",))


def reachable(channel: str | None) -> pl.Series:
    if channel == "sms":
        raise UsageError("no such channel: sms", "did you mean email?")
    return pl.Series(["b", "c"] if channel else ["a", "b", "c"])


@pytest.fixture(scope="module")
def world() -> World:
    files = lambda path, folder, by: pl.Series(FILES[path, folder, by], dtype=pl.String)  # noqa: E731
    made = world_of(customers=CUSTOMERS, events=EVENTS)
    own = {"mailed": parse_expression("in file 'mails.csv' by email", "mailed", "seg")}
    return replace(made, sets=Sets(reachable, files, snapshot), segments=own)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("in file 'ids.csv'", "a b"),
        ("not in file 'ids.csv'", "c"),
        ("mailed", "a b"),
        ("in file 'codes.csv' by code", "a"),
        ("any events(in file 'ids.csv')", "a"),
        ("any events(not in file 'ids.csv')", "c"),
        ("reachable", "a b c"),
        ("reachable by email", "b c"),
        ("any events(reachable by email)", "c"),
        ("in snapshot 2024-02", "a b"),
        ("in snapshot 2024-02-29(segment = 'champions')", "a"),
        ("in snapshot 2024-02(not segment = 'lost')", "a"),
        ("not in snapshot 2024-02(frequency > 1)", "b c"),
        ("any events(in snapshot 2024-02)", "a"),
        ("in snapshot as_of - 1 month(frequency = 1 or segment = 'Lost')", "b"),
    ],
)
def test_sets_are_never_unknown(world: World, text: str, selected: str) -> None:
    assert who(world, text) == (selected, "")


def test_values_that_no_customer_has_are_counted_aloud(world: World) -> None:
    assert notes(world, "in file 'ids.csv'") == ["in file 'ids.csv': 1 value that no customer has"]
    assert notes(world, "in file 'codes.csv' by code") == []
    assert notes(world, "mailed and mailed") == ["in file 'mails.csv': 1 value that no customer has"]


def test_what_the_command_refuses_is_pointed_at(world: World) -> None:
    assert refusal(world, "in snapshot 2024-03")[:2] == (2, "no snapshot of 2024-03-31")
    with pytest.raises(UsageError) as refused:
        asked(world, "has email and reachable by sms")
    assert (
        refused.value.message
        == "no such channel: sms\n  has email and reachable by sms\n                ^^^^^^^^^^^^^^^^"
    )
    assert refused.value.hint == "did you mean email?"
    assert refusal(world, "in file 'ids.csv' by frequency")[1] == "frequency is no text of customers"


def test_a_snapshot_has_its_own_columns_alone(world: World) -> None:
    assert refusal(world, "in snapshot 2024-02(email = 'x')")[1] == "no column of snapshot 2024-02-29 is called email"


def test_without_the_command_no_file_is_read(world: World) -> None:
    bare = replace(world, sets=Sets())

    assert refusal(bare, "in file 'x.csv'")[1] == "in file 'x.csv': no files can be read here"
    assert refusal(bare, "reachable")[1] == "reachable needs customers with addresses"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("in snapshot 2024-02-29(city = 'Lyon')", "there are customer_id, segment, frequency"),
        ("in snapshot 2024-02-29(birthday = 2024)", "there are customer_id, segment, frequency"),
        ("in snapshot 2024-02-29(frequenzy > 1)", "did you mean frequency?"),
        ("in snapshot 2024-02-29(At_risk)", "write segment = 'At risk'"),
    ],
)
def test_a_name_that_a_snapshot_lacks_has_a_hint_of_its_columns(world: World, text: str, hint: str) -> None:
    code, problem, found = refusal(world, text)
    assert (code, found) == (2, hint)
    assert problem.startswith("no column of snapshot 2024-02-29 is called ")
