from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.schemes import Bins, load_scheme
from rfm_cli.scores.cutfile import load, parse_given, to_text
from rfm_cli.scores.cutoffs import Bounds, Cutoffs, Vip, with_scores
from rfm_cli.scores.fit import Fitting, fit

FIVE = Bins(5, 5, 5)
CUTOFFS = Cutoffs(
    FIVE,
    {
        "r": {(): Bounds(5, ((5, 30), (4, 90), (3, 180), (2, 365)), "fixed")},
        "f": {(): Bounds(5, ((5, 4), (3, 2)), "quantile")},
        "m": {(): Bounds(5, ((5, 100050), (4, 20000), (3, 20000), (2, -5)), "quantile")},
    },
    Vip(123456, Decimal("0.15"), 2),
    2,
)


def saved(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_file_is_readable_toml_with_money_in_its_own_unit() -> None:
    assert to_text(CUTOFFS, "rf12", "2024-12-31") == (
        'scheme = "rf12"\nas_of = "2024-12-31"\nbins = [5, 5, 5]\n\n'
        '[r]\nrule = "fixed"\nupto = { "5" = 30, "4" = 90, "3" = 180, "2" = 365 }\n\n'
        '[f]\nrule = "quantile"\nfrom = { "5" = 4, "3" = 2 }\n\n'
        '[m]\nrule = "quantile"\nfrom = { "5" = "1000.50", "4" = "200.00", "3" = "200.00", "2" = "-0.05" }\n\n'
        '[vip]\nfloor = "1234.56"\nmin_orders = 2\nshare = "0.15"\n'
    )


def test_what_was_saved_is_loaded_with_its_vip_floor(tmp_path: Path) -> None:
    assert load(saved(tmp_path / "cuts.toml", to_text(CUTOFFS, "rf12", "")), 2) == CUTOFFS


def test_money_is_scored_the_same_where_the_data_has_more_decimals(tmp_path: Path) -> None:
    path = saved(tmp_path / "cuts.toml", to_text(CUTOFFS, "rf12", ""))
    finer = load(path, 4)
    assert finer.axes["m"][()].at == ((5, 10005000), (4, 2000000), (3, 2000000), (2, -500))
    assert finer.vip.floor == 12345600


def test_money_of_fewer_decimals_is_rounded_up_to_the_least_value_that_reaches_the_cutoff(tmp_path: Path) -> None:
    coarser = load(saved(tmp_path / "cuts.toml", to_text(CUTOFFS, "rf12", "")), 0)
    assert coarser.axes["m"][()].at == ((5, 1001), (4, 200), (3, 200), (2, 0))
    assert coarser.vip.floor == 1235


def test_data_without_money_takes_the_cutoffs_of_r_and_f(tmp_path: Path) -> None:
    loaded = load(saved(tmp_path / "cuts.toml", to_text(CUTOFFS, "rf12", "")), None)
    assert set(loaded.axes) == {"r", "f"}
    assert (loaded.vip.floor, loaded.scale) == (None, None)


def test_values_beyond_the_cutoffs_take_the_end_scores_and_unused_scores_go_to_nobody() -> None:
    frame = pl.DataFrame(
        {"recency_days": [0, 30, 366, 99999], "frequency": [0, 2, 3, 900], "monetary": [-9999, -5, 20000, 10**15]}
    )
    scored = with_scores(frame, CUTOFFS)
    assert scored["r"].to_list() == [5, 5, 1, 1]
    assert scored["f"].to_list() == [1, 3, 3, 5]
    assert scored["m"].to_list() == [1, 2, 4, 5]


BUYERS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 9), st.integers(-300, 3000)), min_size=1, max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BUYERS, st.booleans(), st.sampled_from(["2", "3,4,5", "10,2,11"]), st.integers(0, 3))
def test_saved_cutoffs_load_as_they_were(tmp_path: Path, rows: list, nested: bool, bins: str, scale: int) -> None:
    frame = pl.DataFrame(rows, schema=["recency_days", "frequency", "monetary"], orient="row")
    cutoffs, _ = fit(frame, Fitting(load_scheme("none", Bins.parse(bins)), nested=nested), scale)
    path = saved(tmp_path / "cuts.toml", to_text(cutoffs, "none", "2024-01-01"))
    assert load(path, scale) == cutoffs
    assert load(path, 6).at_scale(scale) == cutoffs
    assert with_scores(frame, load(path, scale)).equals(with_scores(frame, cutoffs))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bins = [5, 5", "not TOML"),
        ("bin = [5, 5, 5]", "unknown key 'bin'"),
        ("bins = [5, 5]", "bins must be three whole numbers"),
        ("bins = 5", "bins must be a list of whole numbers, not 5"),
        ("bins = [5,5,5]\n[r]\nupto = 3", r"\[r\] upto must be a table, .*, not 3 \(line 3\)"),
        ("bins = [5,5,5]\n[r]\nfrom = {}", r"\[r\] missing: upto"),
        ("bins = [5,5,5]\nr = 3", r"r must be a table, written as \[r\], not 3 \(line 2\)"),
        ("bins = [5,5,5]\n[f]\nfrom = { '6' = 1 }", "outside 2..5"),
        ("bins = [5,5,5]\n[f]\nfrom = { '1' = 1 }", "outside 2..5"),
        ("bins = [5,5,5]\n[f]\nfrom = { 'x' = 1 }", "has the score 'x', which is outside 2..5"),
        ("bins = [5,5,5]\n[f]\nfrom = { '5' = 'many' }", r"\[f.from\] 5 must be a number, not 'many'"),
        ("bins = [5,5,5]\n[f]\nfrom = { '5' = 2, '4' = 3 }", "cutoffs that do not rise"),
        ("bins = [5,5,5]\n[r]\nupto = { '5' = 90, '4' = 30 }", "cutoffs that do not rise"),
        ("bins = [5,5,5]\n[m]\nfrom = { '5' = '1e30' }", "too large"),
        ("bins = [5,5,5]\n[m]\nfrom = { '5' = 'nan' }", "must be a number, not 'nan'"),
        ("bins = [5,5,5]\n[vip]\nshare = '0.1'", r"\[vip\] missing: floor, min_orders"),
    ],
)
def test_a_file_that_holds_no_cutoffs_is_a_usage_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        load(saved(tmp_path / "cuts.toml", text), 2)
    assert "cuts.toml" in str(caught.value) or "--cuts" in str(caught.value)


def test_a_missing_file_is_an_input_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml") as caught:
        load(str(tmp_path / "none.toml"), 2)
    assert "--save-cuts" in str(caught.value.hint)


def test_cutoffs_on_the_command_line_name_their_axis() -> None:
    assert parse_given(" R = 30, 90 ,180,365") == ("r", (Decimal(30), Decimal(90), Decimal(180), Decimal(365)))
    assert parse_given("m=0.5,1,2,3")[1][0] == Decimal("0.5")


def test_an_axis_that_there_is_not_is_a_usage_error_that_names_those_that_are() -> None:
    with pytest.raises(UsageError, match="no such axis 'x'") as caught:
        parse_given("x=1,2")
    assert "r, f, m" in caught.value.hint


@pytest.mark.parametrize("text", ["r", "r=", "r=1,,2", "r=a", "m=nan,1", "m=1,inf"])
def test_what_is_no_cutoffs_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="not cutoffs"):
        parse_given(text)


@pytest.mark.parametrize("line", ["x = " + "[" * 3000 + "]" * 3000, "x = " + "9" * 5000, "x = \x00", "x = ]"])
def test_a_document_that_toml_cannot_hold(tmp_path: Path, line: str) -> None:
    path = saved(tmp_path / "cuts.toml", line + "\n" + to_text(CUTOFFS, "rf12", ""))
    with pytest.raises(UsageError, match=r"cuts\.toml: not TOML: "):
        load(path, 2)


def test_the_mark_that_editors_put_before_a_text(tmp_path: Path) -> None:
    assert load(saved(tmp_path / "cuts.toml", "\ufeff" + to_text(CUTOFFS, "rf12", "")), 2) == CUTOFFS
