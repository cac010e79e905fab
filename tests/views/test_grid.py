"""The grid of two scores: every cell once, nothing lost, the segment where all codes agree; and R's own grid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.clock import parse_as_of
from rfm_cli.errors import UsageError
from rfm_cli.model import TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import Bins, load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.grid import grid_view, parse_pair, segment_of
from tests.shops import PEOPLE, ROWS, Person, Row, asked, day, shop_of

checked = settings(max_examples=40)


@checked
@given(ROWS, PEOPLE, st.sampled_from(["r,f", "f,r", "r,m", "m,f"]), st.sampled_from([None, 7]))
def test_cells_add_up_to_all_customers_and_all_money(
    rows: list[Row], people: list[Person], by: str, new: int | None
) -> None:
    scored = score(shop_of(rows, people), replace(asked("rfm11"), new_subscriber=new))
    table = grid_view(scored, parse_pair(by)).rows
    assert table["customers"].sum() == scored.frame.height
    assert table["revenue"].sum() * 100 == sum(row.cents for row in rows)
    assert table.drop_nulls(by.split(",")).height == 25
    assert table.columns[:3] == [*by.split(","), "segment"]
    assert table["customers_share"].sum() == pytest.approx(1)


def test_cells_are_those_of_the_customers() -> None:
    scored = score(shop_of([Row("a", "", 0, 100), Row("b", "", 9, 300), Row("b", "", 9, 100)]), asked())
    found = grid_view(scored).rows.filter(pl.col("customers") > 0)
    own = scored.frame.sort("r", "f").select("r", "f", "segment")
    assert found.select("r", "f", "segment").rows() == own.rows()
    assert [str(aov) for aov in found["aov"]] == ["1.00", "2.00"]


def test_a_cell_has_a_segment_where_all_its_codes_agree() -> None:
    rf12, rfm11 = load_scheme("rf12"), load_scheme("rfm11")
    assert segment_of(rf12, {"r": 5, "f": 5}) == "Champions"
    assert segment_of(rf12, {"r": 5, "m": 5}) is None
    assert segment_of(rfm11, {"r": 1, "f": 1}) is None
    assert segment_of(load_scheme("none", Bins.parse("3")), {"r": 1, "f": 1}) is None


def test_a_scheme_without_a_map_has_a_grid_of_its_own_size() -> None:
    question = replace(asked(), fitting=Fitting(load_scheme("none", Bins.parse("3,4,5"))))
    table = grid_view(score(shop_of([Row("a", "", 0, 100)]), question)).rows
    assert table.height == 12
    assert table["segment"].null_count() == 12


@pytest.mark.parametrize("text", ["r", "r,r", "r,x", "r,f,m", ""])
def test_two_different_scores_are_needed(text: str) -> None:
    with pytest.raises(UsageError, match="not two scores"):
        parse_pair(text)


def test_m_needs_money() -> None:
    orders = pl.DataFrame({"customer_id": ["a"], "ordered_at": [day(0)]})
    scored = score(open_shop(TablePaths(orders=(orders,)), ReadOptions()), asked())
    assert grid_view(scored).rows["revenue"].null_count() == 25
    with pytest.raises(UsageError, match="needs amounts"):
        grid_view(scored, ("r", "m"))


@pytest.mark.realdata
def test_the_grid_of_the_r_package(shared_dir: Path) -> None:
    orders = shared_dir / "data" / "rfm_orders" / "rfm_orders.csv"
    expected = pl.read_csv(shared_dir / "oracles" / "r-rfm-orders" / "expected_grid.csv")
    question = replace(asked("r-rfm"), as_of=parse_as_of("2006-12-31"))
    table = grid_view(score(open_shop(TablePaths((str(orders),)), ReadOptions()), question)).rows
    full = table.filter(pl.col("customers") > 0)
    assert full.height == expected.height
    found = {(f, r): (n, float(money)) for r, f, n, money in full.select("r", "f", "customers", "revenue").iter_rows()}
    for f, r, mean, count in expected.iter_rows():
        customers, money = found[f, r]
        assert customers == count
        assert money / customers == pytest.approx(mean, rel=1e-9)
