from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfm_cli.model import Question, Scored, Shop, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.cutoffs import Cutoffs, Vip
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts
from rfm_cli.views.segments import segments_view

RF12 = load_scheme("rf12")
COLUMNS = [
    "segment",
    "customers",
    "customers_share",
    "orders",
    "revenue",
    "revenue_share",
    "aov",
    "median_recency_days",
    "median_frequency",
    "median_monetary",
]


def scored(*rows: tuple, scale: int | None = 2, scheme: str = "rf12", new: bool = False) -> Scored:
    """Scored customers as (segment, recency, frequency, money)."""
    schema = {"segment": pl.String, "recency_days": pl.Int32, "frequency": pl.Int32, "monetary": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(vip=pl.lit(value=False))
    frame = frame if scale is not None else frame.drop("monetary")
    cutoffs = Cutoffs(RF12.bins, {}, Vip(None, None, 2), scale)
    facts = Facts({"accepted": len(rows)}, None, None)
    return Scored(frame, date(2024, 1, 1), scale, load_scheme(scheme), cutoffs, facts, Shop(), (), new)


def row(result: Scored, segment: str | None) -> dict:
    table = segments_view(result).rows
    return table.row(by_predicate=pl.col("segment").eq_missing(pl.lit(segment)), named=True)


def test_every_segment_stands_in_its_rank_even_an_empty_one() -> None:
    table = segments_view(scored(("Lost", 9, 1, 100))).rows
    assert table.columns == COLUMNS
    assert table["segment"].to_list() == [*RF12.names(), "No purchases"]
    assert table["customers"].sum() == 1


def test_figures_of_a_segment() -> None:
    result = scored(
        ("Loyal", 10, 3, 1000),
        ("Loyal", 13, 4, 2001),
        ("Lost", 400, 1, 999),
        ("No purchases", None, 0, -200),
    )
    assert row(result, "Loyal") == {
        "segment": "Loyal",
        "customers": 2,
        "customers_share": 0.5,
        "orders": 7,
        "revenue": Decimal("30.01"),
        "revenue_share": 3001 / 3800,
        "aov": Decimal("4.2871"),
        "median_recency_days": Decimal("11.5000"),
        "median_frequency": Decimal("3.5000"),
        "median_monetary": Decimal("15.0050"),
    }
    assert row(result, "No purchases") == {
        "segment": "No purchases",
        "customers": 1,
        "customers_share": 0.25,
        "orders": 0,
        "revenue": Decimal("-2.00"),
        "revenue_share": -200 / 3800,
        "aov": None,
        "median_recency_days": None,
        "median_frequency": Decimal(0),
        "median_monetary": Decimal("-2.0000"),
    }


def test_an_empty_segment_has_counts_of_0_and_neither_means_nor_medians() -> None:
    empty = row(scored(("Lost", 9, 1, 100)), "New")
    assert (empty["customers"], empty["customers_share"], empty["orders"]) == (0, 0.0, 0)
    assert (empty["revenue"], empty["revenue_share"]) == (Decimal(0), 0.0)
    assert [empty[name] for name in COLUMNS[6:]] == [None] * 4


def test_a_share_of_nothing_is_empty() -> None:
    table = segments_view(scored(("Lost", 9, 1, 0), ("New", 1, 1, 0))).rows
    assert table["revenue_share"].null_count() == table.height
    assert table["customers_share"].sum() == 1


@pytest.mark.parametrize(
    ("orders", "money", "aov"),
    [(3, 100, "0.3333"), (3, 200, "0.6667"), (8, 1, "0.0012"), (8, 3, "0.0038"), (8, -1, "-0.0012"), (16, 1, "0.0006")],
)
def test_aov_carries_two_decimals_more_and_is_rounded_half_even(orders: int, money: int, aov: str) -> None:
    assert row(scored(("Loyal", 1, orders, money)), "Loyal")["aov"] == Decimal(aov)


def test_medians_of_whole_money_carry_two_decimals() -> None:
    found = row(scored(("New", 1, 1, 10), ("New", 2, 1, 15), scale=0), "New")
    assert str(found["median_monetary"]) == "12.50"
    assert str(found["aov"]) == "12.50"
    assert str(found["revenue"]) == "25"


def test_an_old_buyer_without_orders_in_the_window_has_no_aov() -> None:
    assert row(scored(("Lost", 900, 0, 0)), "Lost")["aov"] is None


def test_without_amounts_money_columns_are_empty() -> None:
    found = row(scored(("Loyal", 10, 3, None), ("Loyal", 20, 4, None), scale=None), "Loyal")
    assert (found["customers"], found["orders"], found["median_recency_days"]) == (2, 7, 15)
    assert [found[name] for name in ("revenue", "revenue_share", "aov", "median_monetary")] == [None] * 4


def test_new_subscribers_have_a_row_where_they_are_asked_for() -> None:
    names = segments_view(scored(("New subscriber", None, 0, 0), new=True)).rows["segment"].to_list()
    assert names[-2:] == ["New subscriber", "No purchases"]


def test_a_scheme_without_a_map_shows_the_buyers_as_one_row_without_a_name() -> None:
    result = scored((None, 1, 2, 300), (None, 5, 1, 100), ("No purchases", None, 0, 0), scheme="none")
    table = segments_view(result).rows
    assert table.select("segment", "customers", "revenue").rows() == [
        (None, 2, Decimal("4.00")),
        ("No purchases", 1, Decimal("0.00")),
    ]


def test_purchases_of_all_customers_are_added_up_in_64_bits() -> None:
    found = row(scored(*[("Champions", 1, 2**31 - 1, 10)] * 3), "Champions")
    assert (found["orders"], found["aov"]) == (6_442_450_941, Decimal("0.0000"))


def test_types_are_those_of_files() -> None:
    schema = segments_view(scored(("New", 1, 1, 10))).rows.schema
    assert [schema[name] for name in COLUMNS] == [
        pl.String,
        pl.Int32,
        pl.Float64,
        pl.Int32,
        pl.Decimal(18, 2),
        pl.Float64,
        pl.Decimal(18, 4),
        pl.Decimal(18, 4),
        pl.Decimal(18, 4),
        pl.Decimal(18, 4),
    ]


MONEY = st.integers(-999, 9999) | st.integers(2**52 - 2, 2**52 + 2) | st.integers(2**53 - 2, 2**53 + 2)
"""Few cents, and what is near the largest integers that floats hold exactly."""
MOST = 10**16
"""From so many minor units on an average of two more decimals may not fit into 18 digits, which is an error."""


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(st.sampled_from(RF12.names()[:3]), st.integers(0, 900), st.integers(0, 9), MONEY),
        min_size=1,
        max_size=30,
    )
)
def test_sums_and_medians_equal_plain_python(rows: list[tuple[str, int, int, int]]) -> None:
    assume(sum(max(one[3], 0) for one in rows) < MOST)
    for name in {one[0] for one in rows}:
        found, own = row(scored(*rows), name), [one for one in rows if one[0] == name]
        assert found["revenue"] == Decimal(sum(one[3] for one in own)).scaleb(-2)
        for column, place, unit in (
            ("median_recency_days", 1, 1),
            ("median_frequency", 2, 1),
            ("median_monetary", 3, 100),
        ):
            ranked = sorted(one[place] for one in own)
            middle = Decimal(ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
            assert found[column] == middle / unit


def test_meta_says_the_date_the_scheme_the_cutoffs_and_the_revenue(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "customer_id,ordered_at,amount\na,2024-01-01,1.25\na,2024-01-31,2\nb,2024-01-02,4\n", encoding="utf-8"
    )
    result = score(open_shop(TablePaths((str(file),)), ReadOptions()), Question(Fitting(RF12)))
    assert dict(segments_view(result).meta) == {
        "as_of": date(2024, 1, 31),
        "scheme": "rf12",
        "cutoffs": {
            "r": {"5": 30, "4": 90, "3": 180, "2": 365},
            "f": {"5": 7, "4": 4, "3": 3, "2": 2},
            "m": {"3": Decimal("4.00")},
            "vip_floor": Decimal("4.00"),
        },
        "rules": {"r": "fixed", "f": "fixed", "m": "quantile"},
        "counts": {"rows_read": 3, "rows_accepted": 3, "customers": 2, "buyers": 2, "vips": 0},
        "revenue": Decimal("7.25"),
    }


def test_purchases_past_32_bits_are_told_in_64() -> None:
    most = scored(*[(f"Lost{place}"[:4], 1, 2**31 - 1, 10) for place in range(2)])
    orders = segments_view(most).rows["orders"]
    assert (orders.dtype, orders.sum()) == (pl.Int64, 2**32 - 2)
