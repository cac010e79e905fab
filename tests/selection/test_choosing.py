"""Expressions asked of scored customers: chains in three values, remarks on the undecided, spellings, limits."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.named import Named
from rfm_cli.language.nodes import Name
from rfm_cli.language.parse import parse_expression
from rfm_cli.notes import Note, note
from rfm_cli.selection.choosing import Beside, asker, checked, joined, on_text, on_undecided, spelled
from rfm_cli.views.select import Chosen, only
from tests.language.shops import QUESTION, linked, texts
from tests.language.worked_shop import worked_shop

VALUES = (True, False, None)


def truth(values: Sequence[bool | None]) -> pl.Series:
    return pl.Series(values, dtype=pl.Boolean)


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ("and", [True, False, None, False, False, False, None, False, None]),
        ("or", [True, True, True, True, False, None, True, None, None]),
        ("minus", [False, True, True, False, False, False, False, None, None]),
    ],
)
def test_members_of_a_chain_join_in_three_values(chain: str, expected: list[bool | None]) -> None:
    left, right = truth([one for one in VALUES for _ in VALUES]), truth(VALUES * 3)
    assert joined(chain, left, right).to_list() == expected


def test_the_undecided_are_said_with_what_they_lack() -> None:
    chosen = Chosen("x", truth([None, None, True]), (("last_order", 2), ("city", 1)))
    text = "2 undecided, not selected: last_order is missing for 2, city is missing for 1; --undecided lists them"
    assert list(on_undecided(chosen, "selected", "--undecided lists them")) == [note(text)]
    assert list(on_undecided(Chosen("x", truth([True])), "selected", "")) == []


def test_a_text_is_said_as_it_is_read() -> None:
    said = [one.text for one in on_text(parse_expression("vip or city = 'a' and city = 'b'"), Named())]
    assert said[0] == "read as vip or (city = 'a' and city = 'b')"
    assert "never true" in said[1]
    assert list(on_text(parse_expression("vip or (city = 'a' and vip)"), Named())) == []


def test_names_are_spelled_part_by_part() -> None:
    assert spelled({"city": "City", "customers": "customers"}, Name(("Customers", "CITY"))) == ("customers", "City")
    assert spelled({}, Name(("x y",))) == ("x y",)


def test_too_many_conditions_are_refused() -> None:
    checked([parse_expression("vip or " * 1999 + "vip").expr], Named())
    with pytest.raises(UsageError, match="2,000 conditions"):
        checked([parse_expression("vip or " * 1999 + "vip").expr, parse_expression("vip").expr], Named())


def test_those_that_a_condition_hides_are_asked_as_well() -> None:
    scored = worked_shop()[1]
    kept = Chosen("x", scored.frame.select(pl.col("customer") == "ann").to_series())
    found = asker(only(scored, kept), Beside(QUESTION)).chosen({"a": parse_expression("has phone")})["a"]
    assert (len(found.truth), found.truth.sum(), found.text) == (10, 4, "has phone")


def test_history_is_read_where_it_is_asked() -> None:
    found = asker(worked_shop()[1], Beside(QUESTION)).chosen(
        {"a": parse_expression("segment_since within 30 days"), "b": parse_expression("no previous_segment")}
    )
    assert found["a"].kept.sum() > 0
    assert found["b"].undecided == 0


def test_doubtful_consents_stop_no_answer() -> None:
    customers = texts("customer_id,email,Not unsubscribed", "a,a@x.org,yes", "b,b@x.org,no")
    orders = texts("customer_id,ordered_at,amount", "a,2024-01-01,1", "b,2024-01-01,2")
    _, scored = linked({"orders": orders, "customers": customers})
    said: list[Note] = []
    assert asker(scored, Beside(QUESTION, say=said.extend)).reached() is None
    assert [one.text for one in said] == [
        "reachable is not known: a frame: column 'Not unsubscribed': is yes consent, or is no?"
    ]
