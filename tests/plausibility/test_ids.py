"""Ids that are no customers."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli import pipeline
from rfm_cli.measures.fast import steps_of
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, steps
from rfm_cli.model import TablePaths
from rfm_cli.plausibility.ids import PLACEHOLDERS
from rfm_cli.shop import open_shop
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.options import ReadOptions
from tests.plausibility.conftest import Notes, called
from tests.shops import asked

HEAD = "customer_id,ordered_at,amount"


def rows(customer: str, count: int, amount: str = "2.25") -> list[str]:
    return [f"{customer},2024-01-{1 + place % 28:02},{amount}" for place in range(count)]


def many(count: int) -> list[str]:
    """So many rows of as many customers."""
    return [f"c{place},2024-01-{1 + place % 28:02},1.00" for place in range(count)]


def option(name: str) -> str:
    return f"--no-customer={name}" if name.startswith("-") else f"--no-customer {shlex.quote(name)}"


@pytest.mark.parametrize("name", [*PLACEHOLDERS, "GUEST", "Guest", "NaN", "Нет"])
def test_a_placeholder_with_two_rows_is_named_with_its_money(notes_of: Callable[..., Notes], name: str) -> None:
    told = called(notes_of([HEAD, *rows(name, 2), "x,2024-01-02,1"]), "placeholder-id")
    assert told == [f"the id {name!r} has 2 rows with 4.50: is that one customer? (if not: {option(name)})"]


def test_a_placeholder_with_one_row_and_ordinary_names_are_nothing_special(notes_of: Callable[..., Notes]) -> None:
    told = notes_of([HEAD, *rows("guest", 1), *rows("guests", 2), *rows("tester", 3), *rows("00", 2)])
    assert called(told, "placeholder-id") == []


def test_several_placeholders_are_named_each(notes_of: Callable[..., Notes]) -> None:
    told = called(notes_of([HEAD, *rows("unknown", 2), *rows("test", 3)]), "placeholder-id")
    assert told == [
        "the id 'test' has 3 rows with 6.75: is that one customer? (if not: --no-customer test)",
        "the id 'unknown' has 2 rows with 4.50: is that one customer? (if not: --no-customer unknown)",
    ]


def test_ids_that_differ_in_case_alone_are_counted_and_named(notes_of: Callable[..., Notes]) -> None:
    told = notes_of([HEAD, *(row for name in ("b-1", "ABC-1", "abc-1", "Abc-1", "B-1", "X") for row in rows(name, 2))])
    assert called(told, "ids-by-case") == [
        "5 ids differ from another one in case alone, for example 'ABC-1' and 'Abc-1': are they one customer? Each "
        "counts as its own"
    ]


def test_ids_of_one_case_are_no_warning(notes_of: Callable[..., Notes]) -> None:
    assert called(notes_of([HEAD, *rows("ABC-1", 2), *rows("abc-2", 1)]), "ids-by-case") == []
    assert called(notes_of([HEAD, *rows("1", 2), *rows("2", 1)]), "ids-by-case") == []


def test_whole_number_ids_are_looked_at_too(tmp_path: Path) -> None:
    orders = pl.DataFrame({"customer_id": [0, 0, 7], "ordered_at": [date(2024, 1, 1)] * 3, "amount": [1.0, 2.0, 3.0]})
    shop = open_shop(TablePaths((orders,)), ReadOptions())
    told = [one.text for one in pipeline.score(shop, asked()).notes if one.name == "placeholder-id"]
    assert told == ["the id '0' has 2 rows with 3: is that one customer? (if not: --no-customer 0)"]


@pytest.mark.parametrize(
    ("heavy", "others", "warned"),
    [(60, 940, True), (50, 950, False), (51, 949, True), (60, 939, False)],
)
def test_a_heavy_id_has_over_a_twentieth_of_a_thousand_rows(
    notes_of: Callable[..., Notes], heavy: int, others: int, warned: bool
) -> None:
    told = called(notes_of([HEAD, *rows("till", heavy), *many(others)]), "heavy-id")
    amount = f"{heavy * 2.25:.2f}"
    expected = [f"the id 'till' has {heavy} rows with {amount}, ten times the next id: is that one customer?"]
    assert told == (expected if warned else [])


def test_an_id_beside_a_large_one_is_not_heavy(notes_of: Callable[..., Notes]) -> None:
    lines = [HEAD, *rows("till", 100), *rows("next", 11), *many(1000)]
    assert called(notes_of(lines), "heavy-id") == []
    lines = [HEAD, *rows("till", 110), *rows("next", 11), *many(1000)]
    assert len(called(notes_of(lines), "heavy-id")) == 1


def test_rows_after_the_date_do_not_count(notes_of: Callable[..., Notes]) -> None:
    late = [f"till,2024-06-01,{1}" for _ in range(500)]
    told = notes_of([HEAD, *many(1000), *late], question={"as_of": date(2024, 2, 1)})
    assert called(told, "heavy-id") == []


def test_the_shortcut_finds_the_same_id(tmp_path: Path) -> None:
    names = ["till"] * 60 + [f"c{place}" for place in range(940)]
    frame = pl.DataFrame({"customer_id": names, "ordered_at": [date(2024, 1, 5)] * 1000, "amount": [1.0] * 1000})
    for table in (frame, frame.with_columns(customer_id=pl.Series([3] * 60 + list(range(100, 1040))))):
        place = tmp_path / "o.parquet"
        table.write_parquet(place)
        shop = open_shop(TablePaths((str(place),)), ReadOptions())
        assert shop.orders is not None
        found = steps_of(shop.orders, Counting(as_of=date(2024, 1, 5)), Stretches((date(2024, 1, 5),)))
        assert found is not None
        _, plain, _ = order_tables.collect(
            shop.orders, lambda _: lambda rows: steps(rows, Counting(), Stretches(()), count_rows=True)
        )
        assert found[1].heavy == plain.heavy == (str(table["customer_id"][0]), 60)
