from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, Bins, all_codes, code, in_rank_order, load_scheme


@pytest.mark.parametrize(
    ("text", "bins"),
    [
        ("5", Bins(5, 5, 5)),
        ("5,3,4", Bins(5, 3, 4)),
        (" 5 , 3 , 4 ", Bins(5, 3, 4)),
        ("2", Bins(2, 2, 2)),
        ("100", Bins(100, 100, 100)),
    ],
)
def test_bins_are_one_or_three_numbers(text: str, bins: Bins) -> None:
    assert Bins.parse(text) == bins
    assert Bins.parse(str(bins)) == bins


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "101",
        "0",
        "-5",
        "+5",
        "5,5",
        "5,5,5,5",
        "5,,5",
        "5.0",
        "five",
        "5;5;5",
        "1_0",
        "5²",
        "\u0665",
        "9" * 5000,
    ],
)
def test_other_bins_are_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError) as error:
        Bins.parse(text)
    assert error.value.exit_code == 2
    assert "5,3,4" in error.value.hint


def test_codes_with_more_than_nine_bins_are_joined_by_dashes() -> None:
    assert code((5, 4, 5), (5, 5, 5)) == "545"
    assert code((9, 9), (9, 9)) == "99"
    assert code((1, 10, 3), (5, 10, 5)) == "1-10-3"
    assert code((1, 1), (5, 10)) == "1-1"


def test_no_two_cells_share_a_code() -> None:
    for bins in (Bins(5, 5, 5), Bins(12, 11, 3), Bins(2, 10, 2)):
        codes = list(all_codes(("r", "f", "m"), bins))
        assert len(codes) == len(set(codes)) == bins.r * bins.f * bins.m


def test_a_map_of_two_axes_looks_at_their_bins_alone() -> None:
    scheme = load_scheme("rf12", Bins(5, 5, 12))
    assert scheme.cell_of(5, 4, 11) == "54"
    assert not scheme.needs_money


def test_a_map_of_three_axes_needs_money() -> None:
    scheme = load_scheme("rfm11")
    assert scheme.needs_money
    assert scheme.cell_of(5, 4, 5) == "545"
    assert scheme.segment_by_cell()["545"] == "Champions"


def test_a_scheme_without_a_map_needs_no_money() -> None:
    assert not load_scheme("none").needs_money


def test_names_stand_in_rank_order() -> None:
    scheme = load_scheme("klaviyo6")
    assert [segment.rank for segment in scheme.segments] == [1, 2, 3, 4, 5, 6]
    assert scheme.names() == ("Champions", "Loyal", "Recent", "Needs attention", "At risk", "Inactive")


def test_the_rank_goes_from_champions_to_lost_with_those_without_a_purchase_apart() -> None:
    ranked = (
        "Champions, Loyal, Potential loyalist, New, Promising, Needs attention, Can't lose, At risk, About to sleep, "
        "Hibernating, Lost, No purchases"
    ).split(", ")
    scheme = load_scheme("rf12")
    assert in_rank_order(scheme, new_subscribers=False) == ranked
    assert in_rank_order(scheme, new_subscribers=True) == [*ranked[:-1], NEW_SUBSCRIBER, NO_PURCHASES]
