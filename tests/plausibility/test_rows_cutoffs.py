"""Cutoffs that mean something else than readers expect, and rules that differ."""

from __future__ import annotations

import pytest

from rfm_cli.plausibility.rows import on_best_recency, on_rules
from rfm_cli.schemes import Bins
from rfm_cli.scores.cutoffs import Bounds, Cutoffs, Vip


def cutoffs(days: int, k: int = 5) -> Cutoffs:
    at = tuple((k - place, days + place) for place in range(k - 1))
    return Cutoffs(Bins(k, 5, 5), {"r": {(): Bounds(k, at, "quantile")}}, Vip(None, None, 2), None)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (13, ["R5 goes up to 13 days since the last purchase: Champions are those of a few days ago"]),
        (1, ["R5 goes up to 1 day since the last purchase: Champions are those of a few days ago"]),
        (14, []),
        (90, []),
        (91, ["R5 goes up to 91 days since the last purchase: Champions are those of long ago"]),
    ],
)
def test_an_odd_r5_is_said_with_its_days(days: int, told: list[str]) -> None:
    assert [one.text for one in on_best_recency(cutoffs(days))] == told


def test_schemes_of_other_scores_have_no_r5() -> None:
    assert list(on_best_recency(cutoffs(180, 3))) == []


def test_each_axis_whose_rule_changes_is_one_warning_with_all_dates() -> None:
    told = list(
        on_rules(
            {
                "2024-01-31": {"r": "quantile", "f": "fixed"},
                "2024-02-29": {"r": "fixed", "f": "fixed"},
                "2024-03-31": {"r": "quantile", "f": "fixed", "m": "quantile"},
            }
        )
    )
    assert [(one.level, one.name) for one in told] == [("warning", "rules-differ")]
    assert told[0].text == (
        "r was scored by different rules: quantile on 2024-01-31, 2024-03-31; fixed on 2024-02-29; "
        "one ruler for all: --cuts FILE of saved cutoffs, or --rule r=..."
    )


def test_one_rule_for_all_dates_is_nothing_to_say() -> None:
    assert list(on_rules({"2024-01-31": {"r": "fixed"}, "2024-02-29": {"r": "fixed"}})) == []
