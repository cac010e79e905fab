"""Lists of customers that several commands give."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.cli.conftest import rows_of

Here = Callable[..., Any]


def test_lists_are_rows_of_score_for_the_next_campaign(inside: Here) -> None:
    cells = {
        (row["from_segment"], row["to_segment"]): int(row["customers"]) for row in rows_of(inside("migrate", "-q"))
    }
    found = rows_of(inside("migrate", "--list", "loyal > champions", "--with", "email", "-q"))
    assert len(found) == cells["Loyal", "Champions"]
    assert {(row["from_segment"], row["segment"]) for row in found} == {("Loyal", "Champions")}
    newcomers = rows_of(inside("migrate", "--list", "Not yet a customer>New", "-q"))
    assert len(newcomers) == cells["Not yet a customer", "New"]
    cell = next(
        row for row in rows_of(inside("matrix", "-q")) if row["recency"] == "31-90" and row["engagement"] == "6-9"
    )
    assert len(rows_of(inside("matrix", "--list", "31-90,6-9", "-q"))) == int(cell["customers"])
    assert {row["vip"] for row in rows_of(inside("vip", "--list", "--revenue", "50%", "-q"))} == {"true"}
    branch = next(row for row in rows_of(inside("reach", "-q")) if row["branch"] == "Reachable > VIP")
    assert len(rows_of(inside("reach", "--list", "reachable>vip", "-q"))) == int(branch["customers"])


def test_lists_tell_the_counts_of_everybody(inside: Here) -> None:
    whole = json.loads(inside("score", "-q", "--format", "json").out)["meta"]["counts"]
    for command in (["vip", "--list"], ["matrix", "--list", "31-90,6-9"], ["reach", "--list", "Reachable > VIP"]):
        meta = json.loads(inside(*command, "-q", "--format", "json").out)["meta"]
        assert meta["counts"] == whole
        assert meta["rows"] < whole["customers"]
