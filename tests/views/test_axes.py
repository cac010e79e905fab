"""Axes and matrices: each customer in one bin, edges as asked for, margins that do not depend on the other axis."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.model import Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.axes import AxisSettings, axis_of
from rfm_cli.views.bins import DAYS, EVENTS, Bins, by_quantiles, parse_edges
from rfm_cli.views.matrix import in_cell, matrix_view
from rfm_cli.views.segments import against_view, segments_view
from tests.shops import PEOPLE, ROWS, Person, Row, asked, day, shop_of

checked = settings(max_examples=40)
ASK = AxisSettings()
NAMES = ["recency", "frequency", "monetary", "tenure", "r", "f", "m", "segment", "vip"]
CUSTOMERS = pl.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d", "only known"],
        "city": ["Köln", "Bonn", None, "Köln", "Bonn"],
        "score": ["10", "9", "10", "1", ""],
        "age": [20, 30, 40, 50, 60],
        "member": [True, False, True, None, False],
    }
)
ORDERS = pl.DataFrame(
    {
        "customer_id": ["a", "a", "b", "c", "d"],
        "ordered_at": [day(0), day(40), day(20), day(30), day(1)],
        "amount": [10.0, 20.0, 5.0, 7.5, 100.0],
    }
)
EVENTS_TABLE = pl.DataFrame(
    {
        "customer_id": ["a"] * 4 + ["b", "only known"],
        "event": ["open"] * 6,
        "at": [day(number) for number in (1, 2, 3, 40, 0, 39)],
    }
)


def shop(**more: pl.DataFrame) -> Scored:
    tables = {name: (table,) for name, table in {"customers": CUSTOMERS, **more}.items()}
    return score(open_shop(TablePaths(orders=(ORDERS,), **tables), ReadOptions()), asked())


def told(scored: Scored, name: str, asking: AxisSettings = ASK) -> dict[str, str | None]:
    axis = axis_of(scored, name, asking)
    assert set(axis.labels) <= set(axis.order)
    return dict(zip(scored.frame["customer"], axis.labels, strict=True))


@pytest.mark.parametrize(
    ("bins", "labels"), [(Bins(DAYS), "0-14 15-30 31-90 91-180 181-365 366+"), (Bins(EVENTS), "0 1-2 3-5 6-9 10+")]
)
def test_the_labels_of_the_fixed_bins(bins: Bins, labels: str) -> None:
    assert bins.labels() == labels.split()


@checked
@given(st.lists(st.integers(0, 400), min_size=1, max_size=50), st.lists(st.integers(1, 400), min_size=1, unique=True))
def test_a_value_is_in_the_bin_whose_label_says_so(values: list[int], firsts: list[int]) -> None:
    for bins in (Bins(tuple(sorted(firsts))), by_quantiles(pl.Series(values), 0)):
        labels = bins.labels()
        places = pl.DataFrame({"v": values}).select(bins.place(pl.col("v"))).to_series().to_list()
        for value, place in zip(values, places, strict=True):
            low, _, high = labels[place].removesuffix("+").partition("-")
            assert int(low) <= value
            assert labels[place].endswith("+") or value <= int(high or low)


def test_quantile_bins_leave_out_what_ties_make_empty() -> None:
    assert by_quantiles(pl.Series([1] * 8 + [5, 9]), 1).labels() == ["1-4", "5+"]
    assert by_quantiles(pl.Series([3, 3, 3]), 1).labels() == ["1+"]
    assert by_quantiles(pl.Series([], dtype=pl.Int64), None).labels() == ["all"]


def test_measures_of_buyers_and_a_row_of_their_own_for_others() -> None:
    scored = shop()
    assert told(scored, "recency") == {
        "a": "0-14",
        "b": "15-30",
        "c": "0-14",
        "d": "31-90",
        "only known": "No purchases",
    }
    assert told(scored, "vip")["only known"] == "No purchases"
    assert told(scored, "segment")["only known"] == "No purchases"
    assert told(scored, "tenure")["a"] != "No purchases"
    assert axis_of(scored, "f", ASK).order == ("5", "4", "3", "2", "1", "No purchases")


def test_edges_of_days_are_last_days_and_of_others_first_values() -> None:
    scored = shop()
    asking = AxisSettings({"recency": parse_edges("recency", "10,20"), "monetary": parse_edges("monetary", "7.5,30")})
    assert told(scored, "recency", asking)["b"] == "11-20"
    money = axis_of(scored, "monetary", asking)
    assert money.order == ("under 7.5", "7.5-29.9", "30.0+", "No purchases")
    assert told(scored, "monetary", asking)["b"] == "under 7.5"
    assert told(scored, "monetary", asking)["c"] == "7.5-29.9"
    assert told(scored, "monetary", asking)["a"] == "30.0+"


@pytest.mark.parametrize("text", ["30,10", "x", "", "10,10", "inf"])
def test_edges_must_be_numbers_that_rise(text: str) -> None:
    with pytest.raises(UsageError, match="--edges recency="):
        parse_edges("recency", text)


def test_edges_that_cannot_be_used() -> None:
    for name, edges, why in [
        ("city", "1,2", "no numbers"),
        ("frequency", "1,2", "the first bin would be empty"),
        ("monetary", "0.123", "at most 1 decimals"),
    ]:
        with pytest.raises(UsageError, match=why):
            axis_of(shop(), name, AxisSettings({name: parse_edges(name, edges)}))


def test_engagement_and_the_last_event() -> None:
    scored = shop(events=EVENTS_TABLE)
    assert told(scored, "engagement") == {"a": "3-5", "b": "1-2", "c": "0", "d": "0", "only known": "1-2"}
    assert told(scored, "engagement", AxisSettings(engagement_days=5))["a"] == "1-2"
    assert told(scored, "last_event") == {"a": "0-14", "b": "31-90", "c": "never", "d": "never", "only known": "0-14"}
    with pytest.raises(UsageError, match="engagement needs events"):
        axis_of(shop(), "engagement", ASK)


def test_attributes_stand_as_they_are_and_many_numbers_in_bins() -> None:
    scored = shop()
    assert told(scored, "city") == {"a": "Köln", "b": "Bonn", "c": None, "d": "Köln", "only known": "Bonn"}
    assert axis_of(scored, "CITY", ASK).order == ("Bonn", "Köln", None)
    assert axis_of(scored, "score", ASK).order == ("1", "10", "9", None)
    assert axis_of(scored, "age", ASK).order == ("20", "30", "40", "50", "60")
    assert axis_of(scored, "age", AxisSettings({"age": parse_edges("age", "30")})).order == ("under 30", "30+")
    assert axis_of(scored, "member", ASK).order == ("false", "true", None)
    many = CUSTOMERS.clear().vstack(
        pl.DataFrame([{**CUSTOMERS.row(0, named=True), "customer_id": f"n{n}", "age": n} for n in range(20)])
    )
    assert axis_of(shop(customers=many), "age", ASK).order[0] == "under 4"


def test_an_unknown_axis_names_its_neighbours() -> None:
    with pytest.raises(UsageError) as error:
        axis_of(shop(), "citty", ASK)
    assert "did you mean city?" in error.value.hint


@checked
@given(ROWS, PEOPLE, st.permutations(NAMES))
def test_margins_do_not_depend_on_the_other_axis(rows: list[Row], people: list[Person], names: list[str]) -> None:
    scored = score(shop_of(rows, people), asked())
    one, two, three = (axis_of(scored, name, ASK) for name in names[:3])
    table, other = matrix_view(scored, [one, two]).rows, matrix_view(scored, [one, three]).rows
    assert table.height == len(one.order) * len(two.order)
    assert table["customers"].sum() == scored.frame.height
    assert table["revenue"].sum() * 100 == sum(row.cents for row in rows)
    sums = [
        view.group_by(view.columns[0]).agg(pl.col("customers", "revenue").sum()).sort(view.columns[0])
        for view in (table, other)
    ]
    assert sums[0].equals(sums[1])
    cell = table.filter(pl.col("customers") > 0).row(0)
    assert in_cell(scored, [one, two], f"{cell[0]},{cell[1]}").frame.height == cell[2]


def test_small_cells_and_lists() -> None:
    scored = shop()
    axes = [axis_of(scored, "city", ASK), axis_of(scored, "recency", ASK)]
    table = matrix_view(scored, axes, least=2).rows
    assert table.filter("small").select("city", "recency", "customers").rows() == [
        ("Bonn", "15-30", 1),
        ("Bonn", "No purchases", 1),
        ("Köln", "0-14", 1),
        ("Köln", "31-90", 1),
        (None, "0-14", 1),
    ]
    assert in_cell(scored, axes, "köln, 0-14").frame["customer"].to_list() == ["a"]
    assert in_cell(scored, axes, ",0-14").frame["customer"].to_list() == ["c"]
    with pytest.raises(UsageError, match="no such cell"):
        in_cell(scored, axes, "Köln,0-15")
    commas = CUSTOMERS.with_columns(pl.lit("x, y").alias("city"))
    scored = shop(customers=commas)
    axes = [axis_of(scored, "city", ASK), axis_of(scored, "recency", ASK)]
    assert in_cell(scored, axes, "x, y,31-90").frame["customer"].to_list() == ["d"]


def test_an_attribute_called_like_a_column_is_refused() -> None:
    scored = shop(customers=CUSTOMERS.rename({"city": "revenue_share"}))
    axes = [axis_of(scored, "revenue_share", ASK), axis_of(scored, "r", ASK)]
    with pytest.raises(UsageError, match="has a column of that name already"):
        matrix_view(scored, axes)
    with pytest.raises(UsageError, match="has a column of that name already"):
        segments_view(scored, axes[0])


@checked
@given(ROWS, PEOPLE, st.sampled_from(["recency", "vip", "monetary"]))
def test_segments_by_an_axis_add_up_to_segments(rows: list[Row], people: list[Person], name: str) -> None:
    scored = score(shop_of(rows, people), asked())
    columns = ["customers", "orders", "revenue"]
    parts = segments_view(scored, axis_of(scored, name, ASK)).rows.group_by("segment").agg(pl.col(columns).sum())
    whole = segments_view(scored).rows.select("segment", *columns)
    assert parts.sort("segment").equals(whole.sort("segment"))


@checked
@given(ROWS, PEOPLE, st.integers(0, 59))
def test_changes_are_the_difference_of_two_runs_under_one_ruler(
    rows: list[Row], people: list[Person], earlier: int
) -> None:
    shop = shop_of(rows, people)
    now = score(shop, replace(asked(), as_of=day(60)))
    then = score(shop, replace(asked(), as_of=day(earlier), cutoffs=now.cutoffs))
    table = against_view(now, then).rows
    for name in ("customers", "revenue"):
        assert (table[name] - table[f"{name}_against"]).to_list() == table[f"{name}_change"].to_list()
    assert table["customers_against"].sum() == then.frame.height
    assert table["revenue_against"].sum() * 100 == sum(row.cents for row in rows if row.day <= earlier)
    assert against_view(now, then, next_steps=True).rows.columns[-1] == "next_step"


def test_next_steps_are_those_of_the_scheme() -> None:
    table = segments_view(shop(), next_steps=True).rows
    steps = dict(table.select("segment", "next_step").iter_rows())
    assert steps["Lost"].startswith("Let go")
    assert steps["No purchases"].startswith("Give a reason")
    assert "next_step" not in segments_view(shop()).rows.columns


@pytest.mark.realdata
def test_attributes_of_adventureworks(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "adventureworks"
    sales = sorted(folder.glob("*ales*.csv"))
    if not sales:
        pytest.fail("the sales of adventureworks are not there")
    customers = folder / "customers.csv"
    shop = open_shop(TablePaths(tuple(map(str, sales)), customers=(str(customers),)), ReadOptions())
    scored = score(shop, asked())
    table = matrix_view(scored, [axis_of(scored, "Occupation", ASK), axis_of(scored, "segment", ASK)]).rows
    assert table["customers"].sum() == scored.frame.height
    assert table["Occupation"].n_unique() >= 5
    assert Decimal(table["revenue"].sum()) == segments_view(scored).rows["revenue"].sum()


def test_labels_that_the_case_alone_tells_apart_are_told_apart() -> None:
    scored = shop(customers=CUSTOMERS.with_columns(city=pl.Series(["Bonn", "bonn", "x", "x", "x"])))
    axes = [axis_of(scored, "city", ASK), axis_of(scored, "vip", ASK)]
    assert in_cell(scored, axes, "Bonn,Not VIP").frame["customer"].to_list() == ["a"]
    assert in_cell(scored, axes, "bonn,not vip").frame["customer"].to_list() == ["b"]
    with pytest.raises(UsageError, match="no such cell"):
        in_cell(scored, axes, "BONN,Not VIP")


def test_axes_without_bins_take_no_edges() -> None:
    for name in ("segment", "vip", "r"):
        with pytest.raises(UsageError, match="has no bins"):
            axis_of(shop(), name, AxisSettings({name: parse_edges(name, "1,2")}))
    asking = AxisSettings({"recency": parse_edges("recency", "10")})
    assert axis_of(shop(), "Recency_Days", asking).order[:2] == ("0-10", "11+")


def test_shares_are_the_nearest_floats() -> None:
    rows = [Row(name, "", 0, 100) for name in "abcde"]
    scored = score(shop_of(rows), replace(asked(), as_of=day(0)))
    table = matrix_view(scored, [axis_of(scored, "vip", ASK), axis_of(scored, "recency", ASK)]).rows
    assert set(table["customers_share"]) == {0.0, 1.0}
    people = [Row("a", "", 0, 1), Row("b", "", 0, 1), Row("c", "", 0, 1), Row("d", "", 40, 1), Row("e", "", 40, 1)]
    scored = score(shop_of(people), asked())
    table = matrix_view(scored, [axis_of(scored, "vip", ASK), axis_of(scored, "recency", ASK)]).rows
    assert sorted(table["customers_share"], reverse=True)[:2] == [0.6, 0.4]
