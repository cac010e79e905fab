"""A column of a CSV file and the same column with a type, beside values that have types, answer alike."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.language.asking import ORDERS, notes, refusal, who, world_of
from tests.language.shops import texts

WHO = ["a", "b", "c", "d"]
EVENTS = texts("customer_id,event,at", "a,view,2024-03-29 10:00", "b,view,2024-03-30", "c,open,2024-02-29 00:00")
TEMPLATES = [
    "{number} {op} frequency",
    "monetary {op} {number}",
    "{number} {op} recency_days",
    "{number} between 1 and frequency",
    "{date} {op} last_order",
    "first_order {op} {date}",
    "{date} {op} registered_at",
    "{date} between first_order and last_order",
    "{number} + 1 {op} frequency",
    "any orders(amount {op} customers.{number})",
    "any events(at {op} {date})",
    "max orders.amount {op} {number}",
    "last events.at {op} {date}",
    "{equal} {same} frequency",
    "last_order {same} {equal}",
    "{word} {same} segment",
    "flag {same} vip",
    "registered_at {same} frequency",
    "{number} {op} 10",
    "{date} {op} 2024-03",
]


def as_csv(table: pl.DataFrame) -> pl.DataFrame:
    """The table as its CSV file is read: all columns are texts."""
    return pl.read_csv(io.StringIO(table.write_csv()), infer_schema=False)


NUMBERS, DAYS = ["whole", "ratio"], ["day", "moment"]
START = datetime(2024, 2, 27, 10)


@st.composite
def typed_customers(draw: st.DrawFn) -> pl.DataFrame:
    """Customers whose columns have types, values near those of their orders, and missing ones."""

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(st.none() | values, min_size=4, max_size=4))

    halves = st.sampled_from([0.5, 1.0, 2.0, 10.0, 20.0, 20.5, 1e6])
    days = st.integers(0, 40).map(lambda days: date(2024, 2, 27) + timedelta(days))
    return pl.DataFrame(
        {
            "customer_id": WHO,
            "whole": column(st.sampled_from([0, 1, 2, 10, 20, 31, 76])),
            "ratio": column(halves),
            "day": column(days | st.sampled_from([date(2024, 3, 30), date(2024, 1, 15)])),
            "moment": column(st.integers(0, 40).map(lambda days: START + timedelta(days, hours=days))),
            "registered_at": column(days),
            "word": column(st.sampled_from(["Lost", "10.0", "10", " new", "champions"])),
            "flag": column(st.booleans()),
            "ref_id": column(st.sampled_from([1, 2, 10])),
        },
        schema_overrides={
            "whole": pl.Int64,
            "ratio": pl.Float64,
            "day": pl.Date,
            "moment": pl.Datetime("us"),
            "registered_at": pl.Date,
            "word": pl.String,
            "flag": pl.Boolean,
            "ref_id": pl.Int64,
        },
    )


@given(customers=typed_customers(), template=st.sampled_from(TEMPLATES), data=st.data())
@settings(max_examples=examples(60, 600), deadline=None)
def test_csv_and_a_file_with_types_answer_alike(customers: pl.DataFrame, template: str, data: st.DataObject) -> None:
    text = template.format(
        number=data.draw(st.sampled_from(NUMBERS)),
        date=data.draw(st.sampled_from(DAYS)),
        equal=data.draw(st.sampled_from(["ref_id"])),
        word="word",
        op=data.draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="])),
        same=data.draw(st.sampled_from(["=", "!="])),
    )

    with_types = world_of(customers=customers, events=EVENTS)
    with_texts = world_of(customers=as_csv(customers), events=EVENTS)
    assert who(with_texts, text) == who(with_types, text), text


SPENT = texts(
    "customer_id,spent,level,began,phone_id",
    "a,10.0,1.0,30.03.2024,1",
    "b,020.00,2,15.01.2024,01",
    "c,x,1,soon,1",
)


@pytest.mark.parametrize(
    ("text", "selected", "undecided"),
    [
        ("spent = monetary", "a b", "c"),
        ("monetary != spent", "", "c"),
        ("level = frequency", "a", ""),
        ("began = last_order", "a b", "c"),
        ("last_order != began", "", "c"),
        ("any orders(amount = customers.spent)", "a b", ""),
        ("max orders.amount = spent", "a b", "c"),
        ("spent - 10 = frequency - 1", "a", "c"),
        # Two columns of texts stay texts, and so does an id.
        ("spent = level", "", ""),
        ("phone_id = frequency", "a", ""),
    ],
)
def test_a_text_beside_a_typed_value_is_read_as_that(text: str, selected: str, undecided: str) -> None:
    assert who(world_of(customers=SPENT, orders=ORDERS), text) == (selected, undecided)


def test_what_cannot_be_read_beside_a_column_is_counted_aloud() -> None:
    world = world_of(customers=SPENT)

    assert notes(world, "spent = monetary") == ["spent: 1 value that is no number counts as missing"]
    assert notes(world, "began != last_order") == ["began: 1 value that is no date counts as missing"]


def test_a_column_without_a_single_number_beside_one_is_an_error_of_input() -> None:
    world = world_of(customers=texts("customer_id,city", "a,Berlin", "b,Rome"))

    problem = "a frame: column 'city': no value is a number, for example 'Berlin'"
    assert refusal(world, "city = frequency") == (3, problem, "compare it with a text in quotes")
