"""One customer's story: what is counted, scored and named must be what `score` says, and the days exact."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.clock import parse_window
from rfm_cli.errors import InputError
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.explain import explain_view

ORDERS = (
    "customer_id,order_id,ordered_at,amount\na,1,2024-01-10,10.25\na,2,2024-03-01,5.50\nb,3,2024-02-01,7\n"
    "b,4,2024-02-09,-2\n,5,2024-02-01,1\nr,6,2024-01-05,-1\n"
)
CUTS = {
    "r": tuple(map(Decimal, (30, 90, 180, 365))),
    "f": tuple(map(Decimal, (2, 3, 4, 7))),
    "m": tuple(map(Decimal, ("5", "5", "10", "15.75"))),
}
ASK = Question(Fitting(load_scheme("rf12"), given=CUTS))


def answer(tmp_path: Path, question: Question = ASK) -> Scored:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    return score(open_shop(TablePaths((str(file),)), ReadOptions()), question)


def told(scored: Scored, customer: str, topic: str) -> list[tuple[str, str]]:
    rows = explain_view(scored, customer).rows
    return rows.filter(pl.col("topic") == topic).select("item", pl.col("value").fill_null("")).rows()


def test_orders_measures_scores_and_segment_are_those_of_score(tmp_path: Path) -> None:
    scored = answer(tmp_path)
    assert told(scored, " a ", "orders") == [("2024-01-10", "10.25"), ("2024-03-01", "5.50")]
    assert dict(told(scored, "a", "measures")) == {
        "first_order": "2024-01-10",
        "last_order": "2024-03-01",
        "recency_days": "0",
        "frequency": "2",
        "monetary": "15.75",
    }
    assert dict(told(scored, "a", "scores")) == {"r": "5", "f": "2", "m": "5", "rfm": "525"}
    assert dict(told(scored, "a", "segment")) == {"segment": "Potential loyalist", "vip": "yes"}


def test_the_way_up_is_the_fewest_purchases_that_reach_a_higher_segment(tmp_path: Path) -> None:
    scored = answer(tmp_path)
    assert told(scored, "a", "next")[0] == ("up", "Champions")
    up = explain_view(scored, "a").rows.filter(pl.col("item") == "up")["meaning"].item()
    assert up.startswith("2 more purchases today")


def test_each_change_without_a_purchase_has_the_day_on_which_score_says_the_same(tmp_path: Path) -> None:
    scored = answer(tmp_path)
    rows = explain_view(scored, "a").rows.filter(pl.col("topic") == "next", pl.col("item") != "up")
    said = [(segment, meaning.split()[-1]) for segment, meaning in rows.select("value", "meaning").rows()]
    assert said == [("About to sleep", "2024-05-31"), ("Hibernating", "2024-08-29"), ("Lost", "2025-03-02")]
    for segment, text in said:
        day = date.fromisoformat(text)
        for shift, same in ((0, True), (-1, False)):
            question = replace(ASK, as_of=day + timedelta(days=shift), cutoffs=scored.cutoffs)
            there = answer(tmp_path, question).frame.filter(pl.col("customer") == "a")["segment"].item()
            assert (there == segment) is same


def test_a_customer_without_a_purchase_has_no_scores_and_no_ways(tmp_path: Path) -> None:
    scored = answer(tmp_path)
    assert told(scored, "r", "orders") == [("2024-01-05", "-1.00")]
    assert dict(told(scored, "r", "scores")) == {"rfm": ""}
    assert dict(told(scored, "r", "segment"))["segment"] == "No purchases"
    assert told(scored, "r", "next") == []


def test_rows_after_the_date_are_not_told(tmp_path: Path) -> None:
    early = answer(tmp_path, replace(ASK, as_of=date(2024, 2, 1)))
    assert told(early, "a", "orders") == [("2024-01-10", "10.25")]


def test_an_unknown_customer_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'aa'"):
        explain_view(answer(tmp_path), "aa")


def test_a_scheme_without_a_map_has_no_way_up(tmp_path: Path) -> None:
    nobody = answer(tmp_path, Question(Fitting(load_scheme("none"))))
    assert told(nobody, "a", "next")[0] == ("up", "")


def test_under_a_window_no_day_is_told_for_a_change_without_a_purchase(tmp_path: Path) -> None:
    windowed = answer(tmp_path, replace(ASK, window=parse_window("60d")))
    rows = explain_view(windowed, "a").rows.filter(pl.col("item") == "later")
    assert rows.select("value", "meaning").rows() == [
        (None, "unknown under a window: F and M fall as purchases leave it")
    ]


def test_a_usual_value_of_nothing_is_not_told(tmp_path: Path) -> None:
    empty = answer(tmp_path, replace(ASK, window=parse_window("1d"), as_of=date(2024, 3, 9)))
    up = explain_view(empty, "a").rows.filter(pl.col("item") == "up")
    assert up.select("value", "meaning").rows() == [("Potential loyalist", "2 more purchases today")]


def test_a_negative_row_of_a_purchase_is_no_refund(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    rows = "a,1,2024-01-10,10\na,1,2024-01-10,-4\na,1,2024-01-12,-6\n"
    file.write_text("customer_id,order_id,ordered_at,amount\n" + rows, encoding="utf-8")
    scored = score(open_shop(TablePaths((str(file),)), ReadOptions()), ASK)
    story = explain_view(scored, "a").rows.filter(pl.col("topic") == "orders")
    assert story.select("value", "meaning").rows() == [("6", "order 1"), ("-6", "order 1: refund, money only")]


def test_beyond_all_bounds_of_r_nothing_changes_any_more(tmp_path: Path) -> None:
    far = {**CUTS, "r": tuple(map(Decimal, ("30", "90", "180", "1e17")))}
    later = answer(tmp_path, Question(Fitting(load_scheme("rf12"), given=far), as_of=date(2025, 3, 1)))
    assert told(later, "a", "next")[-1] == ("later", "Hibernating")
    gone = answer(tmp_path, replace(ASK, as_of=date(2026, 3, 1)))
    assert told(gone, "a", "next")[-1] == ("later", "Lost")
