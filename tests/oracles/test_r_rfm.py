"""The published answers of the R package rfm 0.3.0 on its own orders; the rule is in the oracle's README."""

import math
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.clock import parse_as_of
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.cutfile import parse_given
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.segments import segments_view

pytestmark = pytest.mark.realdata
SCHEME = load_scheme("r-rfm")


def answered(shared_dir: Path, fitting: Fitting) -> Scored:
    shop = open_shop(TablePaths((str(shared_dir / "data/rfm_orders/rfm_orders.csv"),)), ReadOptions())
    return score(shop, Question(fitting, as_of=parse_as_of("2006-12-31")))


@pytest.fixture(scope="module")
def scored(shared_dir: Path) -> Scored:
    return answered(shared_dir, Fitting(SCHEME))


@pytest.fixture(scope="module")
def segments(scored: Scored) -> pl.DataFrame:
    rows = segments_view(scored).rows
    return rows.filter(pl.col("customers") > 0).cast({pl.Decimal: pl.Float64}).sort("segment")


def oracle(shared_dir: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(shared_dir / "oracles/r-rfm-orders" / f"expected_{name}.csv")


def plain(scored: Scored) -> pl.DataFrame:
    return scored.frame.select(
        pl.col("customer").alias("customer_id"),
        "recency_days",
        "frequency",
        "monetary",
        pl.col("r", "f", "m").cast(pl.Int64),
        pl.col("rfm").cast(pl.Int64),
        "segment",
    ).sort("customer_id")


def published(table: pl.DataFrame) -> pl.DataFrame:
    names = {
        "transaction_count": "frequency",
        "amount": "monetary",
        "recency_score": "r",
        "frequency_score": "f",
        "monetary_score": "m",
        "rfm_score": "rfm",
    }
    return table.rename(names).sort("customer_id")


COMPARED = ["customer_id", "recency_days", "frequency", "monetary", "r", "f", "m", "rfm"]


def test_every_measure_score_and_segment_of_all_995_customers_is_rs(scored: Scored, shared_dir: Path) -> None:
    ours, theirs = plain(scored), published(oracle(shared_dir, "customers"))
    assert ours.height == theirs.height == 995
    assert scored.scale == 0
    for name in COMPARED:
        assert ours[name].to_list() == theirs[name].to_list(), name
    assert ours["segment"].to_list() == theirs["segment_readme_table"].to_list()


def test_with_rs_own_thresholds_as_cuts_the_scores_are_rs(shared_dir: Path) -> None:
    # R's upper bounds of recency are exclusive (115, 181, 297, 482), ours are not.
    cuts = ["r=114,180,296,481", "f=4,5,6,8", "m=256,382,506,666"]
    ours = plain(answered(shared_dir, Fitting(SCHEME, given=dict(map(parse_given, cuts)))))
    theirs = published(oracle(shared_dir, "customers_custom_thresholds"))
    for name in COMPARED:
        assert ours[name].to_list() == theirs[name].to_list(), name


def test_the_cutoffs_are_rs_thresholds(scored: Scored, shared_dir: Path) -> None:
    theirs = oracle(shared_dir, "thresholds").sort("bin")
    r, f, m = (dict(scored.cutoffs.axes[axis][()].at) for axis in ("r", "f", "m"))
    uppers = theirs["recency_upper"].to_list()[:4]
    assert [r[score] for score in (5, 4, 3, 2)] == [math.ceil(upper) - 1 for upper in uppers]
    assert [f[score] for score in (2, 3, 4, 5)] == theirs["frequency_lower"].to_list()[1:]
    lowers = theirs["monetary_lower"].to_list()[1:]
    assert [m[score] for score in (2, 3, 4, 5)] == [math.ceil(lower) for lower in lowers]


def test_the_summary_of_segments_is_rs(segments: pl.DataFrame, shared_dir: Path) -> None:
    theirs = oracle(shared_dir, "segment_summary_readme").sort("segment")
    for name in ("segment", "customers", "orders", "revenue"):
        assert segments[name].to_list() == theirs[name].to_list(), name
    assert segments["aov"].to_list() == pytest.approx(theirs["aov"].to_list(), abs=0.005 + 1e-9)


def test_the_shares_of_segments_are_rs(segments: pl.DataFrame, shared_dir: Path) -> None:
    theirs = oracle(shared_dir, "revenue_share_readme").sort("segment")
    assert segments["customers_share"].to_list() == pytest.approx(theirs["customer_share"].to_list(), rel=1e-9)
    assert segments["revenue_share"].to_list() == pytest.approx(theirs["revenue_share"].to_list(), rel=1e-9)


def test_the_medians_of_segments_are_rs(segments: pl.DataFrame, shared_dir: Path) -> None:
    theirs = oracle(shared_dir, "segment_medians_readme").sort("segment")
    for ours, name in (
        ("median_recency_days", "median_recency"),
        ("median_frequency", "median_frequency"),
        ("median_monetary", "median_monetary"),
    ):
        assert segments[ours].to_list() == theirs[name].to_list(), name


def test_champions_of_the_packages_own_tests_are_158_customers_with_1234_orders(
    scored: Scored, shared_dir: Path
) -> None:
    champions = scored.frame.filter(pl.col("r") >= 4, pl.col("f") >= 4, pl.col("m") >= 4)
    assert (champions.height, champions["frequency"].sum(), champions["monetary"].sum()) == (158, 1234, 120178)
    theirs = oracle(shared_dir, "customers").filter(pl.col("segment_test_table") == "Champions")
    assert set(champions["customer"]) == set(theirs["customer_id"])


def test_the_cells_of_r_and_f_hold_as_many_customers_with_rs_mean_amounts(scored: Scored, shared_dir: Path) -> None:
    theirs = oracle(shared_dir, "grid").sort("frequency_score", "recency_score")
    cells = scored.frame.group_by("f", "r").agg(pl.len(), pl.col("monetary").mean()).sort("f", "r")
    assert cells["len"].to_list() == theirs["customers"].to_list()
    assert cells["monetary"].to_list() == pytest.approx(theirs["monetary"].to_list(), rel=1e-9)
