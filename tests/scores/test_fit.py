from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.schemes import Bins, load_scheme
from rfm_cli.scores.cutoffs import Bounds, Cutoffs, with_scores
from rfm_cli.scores.fit import Fitting, bounds_from, fit, whole_units

RF12 = load_scheme("rf12")
Buyer = tuple[int, int, int]


def buyers(*rows: Buyer) -> pl.DataFrame:
    schema = {"recency_days": pl.Int32, "frequency": pl.Int32, "monetary": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def said(notes: tuple) -> str:
    return "\n".join(str(note.text) for note in notes)


NESTED = Fitting(RF12, rules={"r": "fixed"}, nested=True)
TEN = buyers(*((i, i + 1, i * 100) for i in range(10)))
ONE_TIMERS = buyers(*((i, 1 + (i == 9), i * 100) for i in range(10)))


def test_scores_without_ties_are_quantiles() -> None:
    cutoffs, notes = fit(TEN, Fitting(RF12), 2)
    assert notes == ()
    scored = with_scores(TEN, cutoffs)
    assert scored["r"].to_list() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scored["f"].to_list() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scored["m"].to_list() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scored.schema["r"] == scored.schema["f"] == scored.schema["m"] == pl.Int8


def test_auto_turns_to_fixed_where_ties_leave_a_score_unused_and_says_so() -> None:
    cutoffs, notes = fit(ONE_TIMERS, Fitting(RF12), 2)
    assert cutoffs.axes["f"][()] == Bounds(5, ((5, 7), (4, 4), (3, 3), (2, 2)), "fixed")
    assert "f: too few different values for 5 quantiles (score 2, 3, 4 would stay unused)" in said(notes)
    assert "1 / 2 / 3 / 4-6 / 7+" in said(notes)
    same_days = ONE_TIMERS.with_columns(recency_days=pl.lit(400, pl.Int32))
    assert fit(same_days, Fitting(RF12), 2)[0].axes["r"][()].at == ((5, 30), (4, 90), (3, 180), (2, 365))


def test_auto_of_other_bins_is_1_to_k_for_f_and_as_it_is_for_r() -> None:
    none4 = load_scheme("none", Bins.parse("4"))
    same = ONE_TIMERS.with_columns(recency_days=pl.lit(400, pl.Int32))
    cutoffs, notes = fit(same, Fitting(none4), 2)
    assert cutoffs.axes["f"][()].at == ((4, 4), (3, 3), (2, 2))
    assert cutoffs.axes["r"][()] == Bounds(4, (), "quantile")
    assert "1, 2, ..., 4 and more" in said(notes)
    assert "r: too few different values" in said(notes)


def test_an_unused_m_score_is_a_warning_and_stays_on_quantiles() -> None:
    flat = TEN.with_columns(monetary=pl.lit(5, pl.Int64))
    cutoffs, notes = fit(flat, Fitting(RF12), 2)
    assert cutoffs.axes["m"][()] == Bounds(5, (), "quantile")
    assert [note.level for note in notes] == ["warning"]


def test_an_unused_m_score_of_any_rule_is_a_warning() -> None:
    two = buyers(*((i, 1 + i, 10 if i < 90 else 20) for i in range(100)))
    warned = [str(note.text) for note in fit(two, Fitting(load_scheme("r-rfm")), 0)[1] if note.level == "warning"]
    assert warned == ["m: no buyer gets score 2, 3, 4; other cutoffs may use them: --cuts m=..."]


def test_m_scores_that_nested_groups_use_between_them_are_used() -> None:
    assert fit(buyers(*((i % 2, 1, i) for i in range(20))), NESTED, 0)[1] == ()
    flat = fit(buyers(*((i, i, 5) for i in range(10))), NESTED, 0)[1]
    assert said(flat) == "m: no buyer gets score 2, 3, 4, 5; other cutoffs may use them: --cuts m=..."


def test_cutoffs_that_fall_are_shown_in_order() -> None:
    with pytest.raises(UsageError) as caught:
        bounds_from(tuple(map(Decimal, (4, 3, 2, 1))), "f", 5, 0)
    assert caught.value.hint == "write them in ascending order: f=1,2,3,4"


def test_a_rule_of_the_user_stands_before_the_schemes() -> None:
    cutoffs, notes = fit(ONE_TIMERS, Fitting(RF12, rules={"f": "quantile", "r": "fixed"}), 2)
    assert cutoffs.axes["f"][()] == Bounds(5, ((5, 2),), "quantile")
    assert cutoffs.axes["r"][()].rule == "fixed"
    assert "f: too few different values" in said(notes)
    assert "--rule" not in said(notes)


def test_fixed_money_is_an_error_that_asks_for_cuts() -> None:
    with pytest.raises(UsageError, match="no fixed cutoffs for m"):
        fit(TEN, Fitting(RF12, rules={"m": "fixed"}), 2)


def test_own_cutoffs_are_lower_bounds_for_f_and_m_and_upper_ones_for_r() -> None:
    given_cuts = {
        "r": tuple(map(Decimal, (30, 90, 180, 365))),
        "f": tuple(map(Decimal, (2, 3, 4, 7))),
        "m": tuple(map(Decimal, ("0.50", "1", "2", "2.505"))),
    }
    cutoffs, notes = fit(TEN, Fitting(RF12, given=given_cuts), 2)
    assert [str(note.text) for note in notes] == ["m: no buyer gets score 2; other cutoffs may use them: --cuts m=..."]
    assert cutoffs.axes["r"][()].at == ((5, 30), (4, 90), (3, 180), (2, 365))
    assert cutoffs.axes["f"][()].at == ((5, 7), (4, 4), (3, 3), (2, 2))
    assert cutoffs.axes["m"][()].at == ((5, 251), (4, 200), (3, 100), (2, 50))


def test_repeated_cutoffs_leave_the_lower_score_unused() -> None:
    cutoffs, _ = fit(TEN, Fitting(RF12, given={"f": tuple(map(Decimal, (2, 2, 5, 5)))}), 2)
    assert with_scores(TEN, cutoffs)["f"].to_list() == [1, 3, 3, 3, 5, 5, 5, 5, 5, 5]


@pytest.mark.parametrize(
    ("cuts", "message"), [((1, 2, 3), "3 cutoffs given, and 5 scores take 4"), ((1, 3, 2, 4), "must not fall")]
)
def test_cutoffs_that_do_not_fit_are_usage_errors(cuts: tuple[int, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bounds_from(tuple(map(Decimal, cuts)), "f", 5, 0)


def test_fractions_in_cutoffs_are_rounded_to_the_value_that_reaches_them() -> None:
    assert whole_units(Decimal("29.9"), "r", 0) == 29
    assert whole_units(Decimal("2.1"), "f", 0) == 3
    assert whole_units(Decimal("1.001"), "m", 2) == 101
    assert whole_units(Decimal("-1.009"), "m", 2) == -100


@pytest.mark.parametrize(("axis", "cut"), [("m", "1e30"), ("m", "1e3000"), ("f", "1e18"), ("r", "-1e40")])
def test_a_cutoff_beyond_64_bits_is_a_usage_error(axis: str, cut: str) -> None:
    with pytest.raises(UsageError, match="too large"):
        whole_units(Decimal(cut), axis, 2)


def test_without_money_m_and_vip_stay_empty() -> None:
    frame = TEN.drop("monetary")
    cutoffs, _ = fit(frame, Fitting(RF12), None)
    assert set(cutoffs.axes) == {"r", "f"}
    scored = with_scores(frame, cutoffs)
    assert scored["m"].null_count() == scored["vip"].null_count() == 10


def test_customers_without_a_purchase_have_no_scores_and_are_no_vips() -> None:
    cutoffs, _ = fit(TEN, Fitting(RF12), 2)
    nobody = pl.DataFrame({"recency_days": [None], "frequency": [0], "monetary": [9_999]}, schema=TEN.schema)
    row = with_scores(nobody, cutoffs).row(0, named=True)
    assert (row["r"], row["f"], row["m"], row["vip"]) == (None, None, None, False)


def test_an_old_buyer_outside_the_window_is_scored_with_f_and_m_of_0() -> None:
    cutoffs, _ = fit(buyers((500, 0, 0), (3, 2, 500)), Fitting(RF12), 2)
    assert with_scores(buyers((500, 0, 0)), cutoffs).select("f", "m").row(0) == (1, 1)


@pytest.mark.parametrize(
    ("share", "vips"),
    [
        ("0.10", [900]),
        ("0.11", [900, 800]),
        ("0.15", [900, 800]),
        ("0.2", [900, 800]),
        ("1", list(range(900, -1, -100))),
    ],
)
def test_the_vip_floor_is_the_money_of_the_buyer_at_the_rounded_up_place(share: str, vips: list[int]) -> None:
    cutoffs, _ = fit(TEN, Fitting(RF12, share=Decimal(share), min_orders=1), 2)
    scored = with_scores(TEN, cutoffs)
    assert scored.filter("vip")["monetary"].sort(descending=True).to_list() == vips


MONEY = st.lists(st.integers(-20, 60), min_size=1, max_size=40)


@settings(max_examples=80)
@given(MONEY, st.integers(1, 100))
def test_the_vip_floor_is_the_money_of_a_buyer_that_can_be_counted_off(money: list[int], percent: int) -> None:
    cutoffs, _ = fit(buyers(*((1, 1, one) for one in money)), Fitting(RF12, share=Decimal(percent) / 100), 2)
    assert cutoffs.vip.floor == sorted(money, reverse=True)[-(-len(money) * percent // 100) - 1]


@settings(max_examples=80)
@given(MONEY, st.lists(st.integers(-25, 65), min_size=4, max_size=4).map(sorted))
def test_scores_of_money_that_nobody_gets_are_named(money: list[int], cuts: list[int]) -> None:
    given = {"m": tuple(Decimal(cut).scaleb(-2) for cut in cuts)}
    frame = buyers(*((1, 1, one) for one in money))
    cutoffs, notes = fit(frame, Fitting(RF12, given=given), 2)
    got = set(with_scores(frame, cutoffs)["m"])
    unused = [str(score) for score in range(1, 6) if score not in got]
    words = f"m: no buyer gets score {', '.join(unused)}; other cutoffs may use them: --cuts m=..."
    assert [text for text in said(notes).splitlines() if text.startswith("m:")] == ([words] if unused else [])


def test_ties_at_the_vip_floor_are_all_in_and_a_vip_needs_two_purchases() -> None:
    tied = buyers((1, 2, 500), (1, 2, 500), (1, 1, 500), (1, 1, 900), *((9, 3, 1) for _ in range(6)))
    cutoffs, _ = fit(tied, Fitting(RF12, share=Decimal("0.15")), 2)
    assert cutoffs.vip.floor == 500
    assert with_scores(tied, cutoffs)["vip"].to_list() == [True, True, *[False] * 8]


def test_vips_of_a_tenth_of_ten_million_are_counted_without_floats() -> None:
    fitting = Fitting(RF12, share=Decimal("0.07"), min_orders=1)
    many = buyers(*((1, 1, i) for i in range(100)))
    assert fit(many, fitting, 0)[0].vip.floor == 93


BUYERS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9), st.integers(-500, 3000)), min_size=1, max_size=40)


def nested_by_hand(rows: list[Buyer], k: int) -> list[tuple[int, int, int]]:
    def scored(value: int, others: list[int], *, low_is_best: bool = False) -> int:
        worse = sum(other > value if low_is_best else other < value for other in others)
        return 1 + k * worse // len(others)

    r = [scored(row[0], [other[0] for other in rows], low_is_best=True) for row in rows]
    f = [
        scored(row[1], [other[1] for other, group in zip(rows, r, strict=True) if group == r[i]])
        for i, row in enumerate(rows)
    ]
    groups = list(zip(r, f, strict=True))
    m = [
        scored(row[2], [other[2] for other, group in zip(rows, groups, strict=True) if group == groups[i]])
        for i, row in enumerate(rows)
    ]
    return list(zip(r, f, m, strict=True))


@settings(max_examples=60)
@given(BUYERS, st.sampled_from([2, 3, 5]))
def test_nested_scores_rank_f_within_r_and_m_within_both(rows: list[Buyer], k: int) -> None:
    scheme = load_scheme("none", Bins.parse(str(k)))
    fitting = Fitting(scheme, rules={"r": "quantile"}, nested=True)
    frame = buyers(*rows)
    cutoffs, _ = fit(frame, fitting, 2)
    assert with_scores(frame, cutoffs).select("r", "f", "m").rows() == nested_by_hand(rows, k)


@settings(max_examples=60)
@given(BUYERS, st.randoms(use_true_random=False))
def test_equal_values_get_equal_scores_better_ones_never_lower_and_row_order_never_matters(
    rows: list[Buyer], chance: object
) -> None:
    cutoffs, _ = fit(buyers(*rows), Fitting(RF12), 2)
    mixed = list(rows)
    chance.shuffle(mixed)
    assert fit(buyers(*mixed), Fitting(RF12), 2)[0] == cutoffs
    scored = with_scores(buyers(*rows), cutoffs)
    for measure, axis, falling in (("recency_days", "r", True), ("frequency", "f", False), ("monetary", "m", False)):
        by_value = scored.group_by(measure).agg(pl.col(axis).unique()).sort(measure, descending=falling)
        assert by_value[axis].list.len().max() == 1
        assert by_value[axis].list.first().is_sorted()


def test_cutoffs_move_to_another_scale_exactly() -> None:
    cutoffs, _ = fit(TEN, Fitting(RF12), 2)
    finer = cutoffs.at_scale(3)
    assert finer.axes["m"][()].at == ((5, 8000), (4, 6000), (3, 4000), (2, 2000))
    assert finer.vip.floor == cutoffs.vip.floor * 10
    assert finer.at_scale(2) == cutoffs
    assert replace(cutoffs, scale=3).at_scale(2).axes["m"][()].at == ((5, 80), (4, 60), (3, 40), (2, 20))
    assert cutoffs.at_scale(None) is cutoffs


def test_a_coarser_scale_rounds_a_bound_up_to_the_least_value_that_reaches_it() -> None:
    cutoffs = Cutoffs(
        RF12.bins, {"m": {(): Bounds(5, ((2, 1001), (1, -1009)), "given")}}, fit(TEN, Fitting(RF12), 3)[0].vip, 3
    )
    assert cutoffs.at_scale(2).axes["m"][()].at == ((2, 101), (1, -100))
