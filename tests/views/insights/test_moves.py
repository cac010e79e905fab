"""The most of something among moves: one rule for the terminal, for files and for the report."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.messages import words
from rfm_cli.views.insights.moves import (
    FEWEST,
    Way,
    in_english,
    is_down,
    is_up,
    matrix_insights,
    most,
    on_moves,
    on_speed,
)
from rfm_cli.views.migrate import Directions

NAMES = ("Champions", "Loyal", "Lost")


def way(first: int, last: int, count: int, part: float = 0.0, days: int = 0) -> Way:
    return Way(first, last, NAMES[first], NAMES[last], count, part, days)


def matrix(*ways: tuple[str, str, int, float]) -> pl.DataFrame:
    schema = {"from_segment": pl.String, "to_segment": pl.String, "customers": pl.Int32, "share_of_from": pl.Float64}
    return pl.DataFrame(ways, schema=schema, orient="row")


def speeds(*ways: tuple[str, str, int, int | None]) -> pl.DataFrame:
    schema = {"from_segment": pl.String, "to_segment": pl.String, "moves": pl.Int32, "median_days": pl.Int32}
    return pl.DataFrame(ways, schema=schema, orient="row")


def test_thin_ways_count_only_where_all_wanted_ways_are_thin() -> None:
    thick_down, thin_down, thin_up = way(0, 1, FEWEST, 0.1), way(0, 2, FEWEST - 1, 0.9), way(1, 0, 1, 0.2)
    ways = [thick_down, thin_down, thin_up]
    assert most(ways, is_down, lambda one: one.part) is thick_down
    assert most(ways, is_up, lambda one: one.part) is thin_up
    assert most([thin_down, thin_up], is_down, lambda one: one.part) is thin_down


def test_among_equals_the_better_segment_comes_first() -> None:
    ways = [way(1, 2, 20, 0.5), way(0, 2, 20, 0.5), way(0, 1, 20, 0.5)]
    assert most(ways, is_down, lambda one: one.part) == way(0, 1, 20, 0.5)
    assert most([], is_down, lambda one: one.part) is None
    assert most(ways, is_up, lambda one: one.part) is None


def test_the_terminal_and_the_report_name_the_same_ways() -> None:
    rows = matrix(
        ("Champions", "Champions", 50, 0.5),
        ("Champions", "Lost", 50, 0.5),
        ("Loyal", "Champions", 40, 0.4),
        ("Loyal", "Lost", 60, 0.6),
        ("Lost", "Loyal", 9, 0.9),
        ("Not yet a customer", "Champions", 700, 1.0),
    )
    assert in_english(matrix_insights(rows, NAMES, 1_000)) == {
        "fastest way up": "Loyal > Champions, 40.0 % in 1,000 days",
        "biggest leak": "Loyal > Lost, 60 customers",
        "most stay in": "Champions, 50.0 %",
    }
    directions = Directions(up=1, same=2, down=3, new=4)
    lines = on_moves(rows, NAMES, directions, (date(2024, 1, 1), date(2024, 4, 1)), None)
    assert list(map(words().for_page(), lines)) == [
        "From 1 January 2024 to 1 April 2024, 1 customer rose, 2 stayed and 3 fell; new: 4.",
        "The way up that most of a segment went is from Loyal to Champions: 40.0\u00a0% of those in it.",
        "The biggest leak is from Loyal to Lost: 60 customers.",
    ]


def test_speeds_of_a_page() -> None:
    rows = speeds(
        ("Lost", "Loyal", 30, 5), ("Loyal", "Champions", 30, 4), ("Loyal", "Lost", 90, 1), ("Champions", "Lost", 9, 2)
    )
    falls = pl.DataFrame({"from_segment": ["Loyal"], "to_segment": ["Lost"], "days": [1]})
    assert list(map(str, on_speed(rows, falls, NAMES, date(2024, 4, 1)))) == [
        "The quickest way up is from Loyal to Champions: half of those who go it do so within 4 days.",
        "The way down that is gone most is from Loyal to Lost: it comes after 1 day without a purchase.",
        "Only waiting makes these moves: Loyal > Lost falls after 1 day without a purchase.",
        "Shares are of stays, and not of customers; days are of those who moved by 2024-04-01.",
    ]
    assert list(map(str, on_speed(rows.clear(), falls.clear(), NAMES, date(2024, 4, 1)))) == [
        "No customer who entered a segment in this time has left it."
    ]
