"""The tables of `rfm select`: who is kept, figures of a headline, changes between two dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl

from rfm_cli.views import select
from rfm_cli.views.select import Chosen, Line
from tests.language.worked_shop import worked_shop


def chosen(marks: str) -> Chosen:
    """An expression that is true (1), false (0) or unknown (?) of the customers."""
    return Chosen("x", pl.Series([{"1": True, "0": False}.get(mark) for mark in marks], dtype=pl.Boolean))


def scored_of_ten():
    return replace(scored := worked_shop()[1], frame=scored.frame.sort("customer"))


def test_the_kept_are_those_known_to_meet_it() -> None:
    one = chosen("10?")
    assert (one.kept.to_list(), one.undecided) == ([True, False, False], 1)


def test_a_view_shows_some_and_remembers_everybody() -> None:
    scored = scored_of_ten()
    shown = select.only(scored, chosen("1??1000000"))
    assert shown.frame["customer"].to_list() == ["ann", "dan"]
    assert shown.where is not None
    assert shown.where.everybody is scored
    assert shown.where.counts == {"customers": 2, "undecided": 2, "of": 10}
    assert shown.cutoffs is scored.cutoffs


def test_the_same_customers_at_another_date() -> None:
    scored = scored_of_ten()
    shown = select.only(scored, chosen("1??1000000"))
    other = replace(scored, frame=scored.frame.tail(8), as_of=date(2023, 12, 31))
    found = select.among(other, shown)
    assert found.frame["customer"].to_list() == ["dan"]
    assert found.where is not None
    assert (found.where.text, found.where.counts) == ("x", {"customers": 1, "undecided": 2, "of": 8})
    assert select.among(other, scored) is other


def test_the_figures_of_a_headline() -> None:
    scored = scored_of_ten()
    one = chosen("1?10000000")
    reached = pl.Series([True] * 2 + [False] * 8)
    found = select.headline_of(scored, one, reached)
    assert (found.customers, found.undecided, found.of, found.share) == (2, 1, 10, 0.2)
    assert (found.reachable, found.revenue) == (1, 4000 if scored.scale == 2 else 40)
    assert select.in_words(scored, one, found) == f"x: 2 of 10 customers (20.0%), 1 reachable, revenue {money(scored)}"
    assert select.headline_of(replace(scored, scale=None), one, None).revenue is None


def money(scored) -> str:
    return f"{Decimal(40).scaleb(0):.{scored.scale}f}"


def test_a_count_is_one_row_with_types() -> None:
    scored = scored_of_ten()
    one = chosen("1?00000000")
    view = select.count_view(scored, one, select.headline_of(scored, one, None))
    assert view.rows.schema == {
        "customers": pl.Int32, "undecided": pl.Int32, "of": pl.Int32, "share": pl.Float64, "reachable": pl.Int32,
        "revenue": pl.Decimal(18, scored.scale),
    }  # fmt: skip
    assert view.rows.row(0)[:5] == (1, 1, 10, 0.1, None)
    assert view.meta["expression"] == "x"


def test_clauses_are_rows_in_their_order() -> None:
    scored = scored_of_ten()
    lines = [Line(1, 0, "a or b", 3, 1, 3), Line(2, 1, "a", 2, 0, 2)]
    view = select.clauses_view(scored, chosen("0000000000"), None, lines)
    assert view.rows.rows() == [(1, 0, "a or b", 3, 1, 3), (2, 1, "a", 2, 0, 2)]
    assert view.rows.columns == ["line", "depth", "clause", "customers", "undecided", "kept"]


def test_changes_have_the_columns_of_their_own_date() -> None:
    scored = scored_of_ten()
    now = (scored, chosen("101?000000"), extra(scored, "now"))
    earlier = replace(scored, as_of=date(2023, 12, 31))
    then = (earlier, chosen("1101000000"), extra(scored, "then"))
    view = select.against_view(now, then)
    assert view.rows.rows() == [
        ("ann", "stayed", "now"), ("bob", "left", "then"), ("cat", "entered", "now"), ("dan", "left", "then")
    ]  # fmt: skip
    figures = {
        name: view.meta[name] for name in ("entered", "stayed", "left", "undecided", "undecided_then", "against")
    }
    assert figures == {
        "entered": 1, "stayed": 1, "left": 2, "undecided": 1, "undecided_then": 0, "against": date(2023, 12, 31)
    }  # fmt: skip


def extra(scored, text: str) -> pl.DataFrame:
    return scored.frame.select(customer_id="customer", when=pl.lit(text))
