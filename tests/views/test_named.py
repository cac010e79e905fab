"""Named segments as rows and as axes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl

from rfm_cli.views import named
from rfm_cli.views.named import Member
from tests.language.worked_shop import worked_shop


def member(name: str, kept: str, of: str = "", unknown: str = "") -> Member:
    ids = worked_shop()[1].frame["customer"]
    truth = [None if one in unknown.split() else one in kept.split() for one in ids]
    return Member(name, pl.Series(truth, dtype=pl.Boolean), of)


def test_parts_stand_below_their_segment() -> None:
    found = named.parents_first([member("c", "", "a"), member("a", ""), member("b", ""), member("d", "", "c")])
    assert [one.name for one in found] == ["a", "c", "d", "b"]


def test_the_rows_of_segments_that_overlap() -> None:
    scored = worked_shop()[1]
    members = [member("a", "ann cat dan"), member("b", "cat", "a", "bob"), member("none", "", unknown="ann bob")]
    rows = named.named_view(scored, members).rows
    assert rows["segment"].to_list() == ["a", "b", "none"]
    assert rows["of"].to_list() == [None, "a", None]
    assert rows["customers"].to_list() == [3, 1, 0]
    assert rows["undecided"].to_list() == [0, 1, 2]
    assert rows["customers_share"].to_list() == [3 / 10, 1 / 10, 0.0]
    assert rows["share_of_parent"].to_list() == [None, 1 / 3, None]
    assert rows["orders"].to_list() == [5, 4, 0]
    assert rows["revenue"].cast(pl.Float64).to_list() == [50.0, 40.0, 0.0]
    assert rows["revenue_per_customer"].cast(pl.Float64).to_list() == [16.67, 40.0, None]
    assert rows["median_frequency"].cast(pl.Float64).to_list() == [1.0, 4.0, None]
    assert rows.schema["customers"] == rows.schema["orders"] == pl.Int32


def test_no_segment_is_an_empty_table_of_the_same_columns() -> None:
    scored = worked_shop()[1]
    assert named.named_view(scored, []).rows.schema == named.named_view(scored, [member("a", "ann")]).rows.schema


def test_without_money_its_columns_are_empty() -> None:
    scored = worked_shop()[1]
    poor = replace(scored, scale=None, frame=scored.frame.drop("monetary"))
    row = named.named_view(poor, [member("a", "cat")]).rows.to_dicts()[0]
    assert (row["customers"], row["orders"], row["median_frequency"]) == (1, 4, Decimal("4.00"))
    assert [row[name] for name in ("revenue", "revenue_share", "aov", "median_monetary", "revenue_per_customer")] == [
        None
    ] * 5


def test_an_axis_has_the_first_segment_that_is_known_to_be_true() -> None:
    axis = named.axis_of_segments("plan", [member("a", "ann", unknown="bob"), member("b", "ann bob cat")])
    assert axis.order == ("a", "b", "Other")
    counts = dict(axis.labels.value_counts().iter_rows())
    assert counts == {"a": 1, "b": 2, "Other": 7}


def test_the_axis_of_one_segment() -> None:
    axis = named.axis_of_segment(member("a", "ann", unknown="bob cat"))
    assert axis.order == ("in a", "not in a", "undecided") == named.values_of_segment("a")
    assert dict(axis.labels.value_counts().iter_rows()) == {"in a": 1, "not in a": 7, "undecided": 2}
    few = axis.only(axis.labels == "undecided")
    assert (few.order, few.labels.to_list()) == (axis.order, ["undecided"] * 2)
