"""VIPs: tops with their ties, Gini, and the floor that a share of the revenue asks for."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import CheckFailed, UsageError
from rfm_cli.model import Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.scores.cutoffs import Vip
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.axes import AxisSettings, axis_of
from rfm_cli.views.grid import grid_view
from rfm_cli.views.matrix import matrix_view
from rfm_cli.views.segments import segments_view
from rfm_cli.views.vip import TOP_SHARES, at_revenue, curve, gini, ladder_of, on_vips, vip_view
from tests.shops import ROWS, Row, asked, day, shop_of

checked = settings(max_examples=60)


def of_money(*cents: int, orders: int = 2) -> Scored:
    """A customer an amount, each with so many purchases."""
    rows = []
    for number, amount in enumerate(cents):
        rows += [Row(f"c{number:03}", "", 0, 0)] * (orders - 1)
        rows += [
            Row(f"c{number:03}", f"o{number}", 1, max(amount, 0)),
            *([Row(f"c{number:03}", "", 2, amount)] * (amount < 0)),
        ]
    return score(shop_of(rows), asked())


def test_tops_take_whole_ties() -> None:
    view = vip_view(of_money(*[500] * 3, *[100] * 17))
    rows = {row["top_share"]: row for row in view.rows.iter_rows(named=True)}
    assert list(rows) == [float(share) for share in TOP_SHARES]
    assert [rows[share]["customers"] for share in (0.01, 0.1, 0.15, 0.2, 1.0)] == [3, 3, 3, 20, 20]
    assert rows[0.01]["revenue"] == Decimal("15")
    assert rows[0.01]["revenue_share"] == 1500 / 3200
    assert rows[0.2]["smallest_monetary"] == Decimal("1")


def test_the_share_of_the_run_has_a_row_of_its_own() -> None:
    scored = of_money(*range(100, 120))
    other = replace(scored, cutoffs=replace(scored.cutoffs, vip=Vip(100, Decimal("0.12"), 2)))
    assert 0.12 in vip_view(other).rows["top_share"].to_list()
    assert vip_view(scored).rows.height == 7


def test_vips_own_shares_and_gini_stand_in_meta() -> None:
    meta = vip_view(of_money(*[900] * 3, *[100] * 17)).meta
    assert meta["vip_customers"] == 3
    assert meta["vip_customers_share"] == 0.15
    assert meta["vip_revenue_share"] == 2700 / 4400
    assert meta["vip_revenue"] == Decimal("27")


@checked
@given(st.lists(st.integers(-500, 5000), min_size=1, max_size=40))
def test_gini_is_half_the_relative_mean_difference(cents: list[int]) -> None:
    frame = pl.DataFrame({"recency_days": [1] * len(cents), "monetary": cents})
    found, total, n = gini(ladder_of(frame)), sum(cents), len(cents)
    if total <= 0:
        assert found is None
        return
    assert found == Fraction(sum(abs(a - b) for a in cents for b in cents), 2 * n * total)
    if min(cents) >= 0:
        assert 0 <= found < 1


@checked
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40))
def test_tops_only_grow(cents: list[int]) -> None:
    rows = vip_view(of_money(*cents)).rows
    for name in ("customers", "revenue"):
        assert rows[name].to_list() == sorted(rows[name])
    last = rows.row(-1, named=True)
    assert (last["customers"], last["revenue"] * 100) == (len(cents), sum(cents))
    for row in rows.iter_rows(named=True):
        floor = sorted(cents, reverse=True)[math.ceil(len(cents) * Fraction(str(row["top_share"]))) - 1]
        assert row["smallest_monetary"] * 100 == floor
        assert row["customers"] == sum(amount >= floor for amount in cents)
    points = curve(ladder_of(of_money(*cents).frame))
    assert points == sorted(points)


@checked
@given(st.lists(st.integers(0, 9), min_size=1, max_size=15), st.integers(1, 100))
def test_the_floor_of_a_share_of_revenue_is_the_highest_that_reaches_it(cents: list[int], percent: int) -> None:
    scored = of_money(*cents)
    wanted = Decimal(percent) / 100
    reaching = [
        floor for floor in cents if sum(amount for amount in cents if amount >= floor) >= Fraction(wanted) * sum(cents)
    ]
    if not sum(cents):
        with pytest.raises(CheckFailed, match="the buyers brought nothing"):
            at_revenue(scored, wanted)
        return
    found = at_revenue(scored, wanted)
    assert found.cutoffs.vip == Vip(max(reaching) * 10 ** (scored.scale or 0) // 100, None, 2)
    assert found.frame["vip"].sum() == sum(amount >= max(reaching) for amount in cents)


def test_those_with_too_few_purchases_are_no_vips_and_do_not_count() -> None:
    rows = [Row("rich", "", 0, 900), Row("a", "", 0, 50), Row("a", "", 1, 50)]
    scored = score(shop_of(rows), asked())
    assert at_revenue(scored, Decimal("0.1")).frame.filter(pl.col("vip"))["customer"].to_list() == ["a"]
    with pytest.raises(CheckFailed, match=r"they bring at most 10\.0 %"):
        at_revenue(scored, Decimal("0.5"))


@checked
@given(ROWS, st.integers(1, 3), st.integers(1, 100))
def test_refunds_and_few_purchases_do_not_mislead_the_floor(rows: list[Row], least: int, percent: int) -> None:
    question = asked()
    scored = score(shop_of(rows), replace(question, fitting=replace(question.fitting, min_orders=least)))
    bought = scored.frame.filter(pl.col("recency_days").is_not_null())
    total, wanted = bought["monetary"].sum(), Decimal(percent) / 100
    able = bought.filter(pl.col("frequency") >= least)["monetary"].to_list()
    reaching = [floor for floor in able if sum(one for one in able if one >= floor) >= Fraction(wanted) * total]
    if total <= 0 or not reaching:
        with pytest.raises(CheckFailed):
            at_revenue(scored, wanted)
    else:
        assert at_revenue(scored, wanted).cutoffs.vip == Vip(max(reaching), None, least)


@pytest.mark.parametrize(
    ("cents", "percent", "most"),
    [([3298, 3298, 3404], "66.001", "65.9"), ([1000, 3000], "100", "25.0"), ([-500, 9000], "1", "0.0")],
)
def test_the_most_there_is_can_be_asked_for(cents: list[int], percent: str, most: str) -> None:
    """Of the customers all but the last bought twice; the most is told a tenth down, never up."""
    rows = [Row(f"c{place}", f"o{place}", 1, max(amount, 0)) for place, amount in enumerate(cents)]
    rows += [Row(f"c{place}", f"p{place}", 2, 0) for place in range(len(cents) - 1)]
    rows += [Row(f"c{place}", f"o{place}", 3, amount) for place, amount in enumerate(cents) if amount < 0]
    scored = score(shop_of(rows), asked())
    with pytest.raises(CheckFailed, match=rf"bring {percent} % of the revenue: they bring at most {most} %"):
        at_revenue(scored, Decimal(percent) / 100)
    if most != "0.0":
        assert at_revenue(scored, Decimal(most) / 100).frame["vip"].any()


def test_one_buyer_is_every_top_and_equal_buyers_are_equal() -> None:
    one, alike = vip_view(of_money(700)), vip_view(of_money(*[300] * 4))
    assert one.rows["customers"].to_list() == [1] * 7
    assert alike.rows["customers"].to_list() == [4] * 7
    assert one.meta["gini"] == alike.meta["gini"] == 0.0
    assert one.meta["vip_revenue_share"] == 1.0


@pytest.mark.parametrize("cents", [[0, 0], [100, -100], [100, -900]])
def test_a_share_of_nothing_is_null(cents: list[int]) -> None:
    view = vip_view(of_money(*cents))
    assert view.rows["revenue_share"].null_count() == 7
    assert (view.meta["gini"], view.meta["vip_revenue_share"]) == (None, None)
    assert view.rows["revenue"][-1] * 100 == sum(cents)


def test_refunds_can_lift_a_share_over_the_whole() -> None:
    view = vip_view(of_money(1000, -400))
    assert view.rows["revenue_share"].to_list() == [1000 / 600] * 6 + [1.0]
    assert view.rows["smallest_monetary"][-1] == Decimal(-4)


@checked
@given(st.lists(st.integers(-500, 5000), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(cents: list[int], random: random.Random) -> None:
    frame = pl.DataFrame({"recency_days": [1] * len(cents), "monetary": cents})
    random.shuffle(cents)
    again = pl.DataFrame({"recency_days": [1] * len(cents), "monetary": cents})
    assert ladder_of(frame) == ladder_of(again)
    assert curve(ladder_of(frame)) == curve(ladder_of(again))


def test_no_money_no_vips() -> None:
    orders = pl.DataFrame({"customer_id": ["a"], "ordered_at": [day(0)]})
    scored = score(open_shop(TablePaths(orders=(orders,)), ReadOptions()), asked())
    with pytest.raises(UsageError, match="no amounts"):
        vip_view(scored)
    with pytest.raises(UsageError, match="needs amounts"):
        at_revenue(scored, Decimal("0.5"))


@pytest.mark.realdata
def test_vips_of_online_retail(shared_dir: Path) -> None:
    path = shared_dir / "data" / "online_retail" / "online_retail.parquet"
    meta = vip_view(score(open_shop(TablePaths((str(path),)), ReadOptions()), asked())).meta
    assert meta["vip_customers"] == 642
    assert f"{meta['vip_customers_share']:.1%} {meta['vip_revenue_share']:.1%}" == "14.8% 67.2%"


def refunded(*cents: int) -> Scored:
    """A buyer an amount, all of it brought (or lost by refunds) after two free orders."""
    rows = [Row(f"c{number:03}", f"{number}-{one}", one, 0) for number in range(len(cents)) for one in range(2)]
    rows += [Row(f"c{number:03}", f"{number}-0", 5, amount) for number, amount in enumerate(cents)]
    return score(shop_of(rows), asked())


def test_money_below_zero_is_counted_and_said() -> None:
    scored = refunded(-500, -225, 10_000, 0)
    meta = vip_view(scored).meta
    assert (meta["buyers_below_zero"], meta["below_zero_revenue"]) == (2, Decimal("-7.25"))
    assert [one.text for one in on_vips(vip_view(scored))] == [
        "2 buyers have money below 0 (-7.25 together): shares can pass 100 %, and Gini 1"
    ]
    assert [one.text for one in on_vips(vip_view(refunded(-500, 900)))] == [
        "1 buyer has money below 0 (-5 together): shares can pass 100 %, and Gini 1"
    ]


def test_the_money_of_others_is_named_beside_that_of_the_buyers() -> None:
    rows = [Row("a", "1", 0, 1000), Row("b", "2", 1, -300), Row("c", "3", 1, -100)]
    meta = vip_view(score(shop_of(rows), asked())).meta
    assert (meta["buyers_revenue"], meta["others"], meta["others_revenue"]) == (Decimal(10), 2, Decimal(-4))


@pytest.mark.parametrize(("second", "buyers", "told"), [(4, 100, True), (5, 100, False), (0, 100, True)])
def test_too_few_buyers_with_a_second_order_are_said(second: int, buyers: int, told: bool) -> None:
    rows = [Row(f"c{number}", f"{number}", number % 50, 100) for number in range(buyers)]
    rows += [Row(f"c{number}", f"again {number}", 55, 100) for number in range(second)]
    notes = [one.text for one in on_vips(vip_view(score(shop_of(rows), asked())))]
    text = (
        f"{second} of 100 buyers ({second}.0%) have 2 purchases or more, and only they can be VIPs; "
        "--min-orders 1 asks for no second order"
    )
    assert notes == ([text] if told else [])


@pytest.mark.parametrize("cents", [(-500, -250), (-500, 500)])
def test_shares_of_what_is_not_above_zero_are_empty_in_every_view(cents: tuple[int, ...]) -> None:
    scored = refunded(*cents)
    views = [segments_view(scored), grid_view(scored), vip_view(scored)]
    axes = [axis_of(scored, name, AxisSettings()) for name in ("recency", "frequency")]
    views.append(matrix_view(scored, axes))
    for view in views:
        assert view.rows["revenue_share"].null_count() == view.rows.height > 0, view.name
    assert vip_view(scored).meta["vip_revenue_share"] is None


def test_a_shop_that_lost_money_has_no_shares_to_speak_of() -> None:
    assert [one.text for one in on_vips(vip_view(refunded(-500, -225)))] == [
        "2 buyers have money below 0 (-7.25 together)"
    ]
