"""The columns of `--with` and `--items`: which texts are names and which values, and the newest items."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.named import Named, NamedAxis
from rfm_cli.selection.columns import further, newest_items, with_named


def test_a_text_is_a_list_of_names_or_one_value() -> None:
    found = further(["email, city", "tea = last lines.product_id(category in ('a', 'b'))", "age,email"])
    assert [one.name for one in found.columns] == ["email", "city", "tea", "age"]
    assert [*found.values()] == ["tea", "age"]
    assert len(found.trees()) == 2
    assert further(["x"], "events", 3).most == 3
    assert further([], None, None).most == 5
    assert len(further([], "events(event = 'a')").trees()) == 1


@pytest.mark.parametrize(
    "texts", [["a = 1", "A=2"], ["email", "e_mail = 1"], ["change"], ["Items"], ["Customer_ID = 1"]]
)
def test_a_name_that_is_taken_is_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError, match="the answer has a column of that name already"):
        further(texts)


def test_axes_are_values_that_are_asked() -> None:
    named = Named(axes={"myplan": NamedAxis("My-plan", ("a",))})
    found = with_named(further(["my_plan,email", "p = city"]), named)
    assert [(one.name, one.value is not None) for one in found.columns] == [
        ("my_plan", True),
        ("email", False),
        ("p", True),
    ]


def items(*rows: tuple[str, str | None, int | None]) -> pl.DataFrame:
    at = [None if day is None else datetime(2024, 1, day) for _, _, day in rows]
    return pl.DataFrame({"customer_id": [row[0] for row in rows], "item": [row[1] for row in rows], "at": at})


def test_items_are_different_newest_first_and_by_text_at_one_time() -> None:
    rows = items(
        ("a", "x", 1), ("a", "y", 3), ("a", "x", 5), ("a", "c", 3), ("a", None, 9), ("b", "z", None), ("b", "q", 1)
    )
    found = newest_items(rows, 5)
    assert dict(found.iter_rows()) == {"a": ["x", "c", "y"], "b": ["q", "z"]}
    assert dict(newest_items(rows.reverse(), 2).iter_rows()) == {"a": ["x", "c"], "b": ["q", "z"]}


def test_items_of_rows_without_a_time_are_by_text() -> None:
    rows = items(("a", "y", 1), ("a", "x", 2)).drop("at")
    assert dict(newest_items(rows, 5).iter_rows()) == {"a": ["x", "y"]}
