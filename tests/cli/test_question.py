"""Settings that make a question: shares, cutoffs and rules of axes, the days of engagement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rfm_cli.cli.question import axis_rules, build_question, engagement_settings, is_axis_cutoffs, parse_share
from rfm_cli.config import Settings
from rfm_cli.errors import UsageError
from rfm_cli.model import Shop


@pytest.mark.parametrize(
    ("text", "share"), [("15%", "0.15"), (" 0.15 ", "0.15"), ("100%", "1"), ("1", "1"), ("0.5%", "0.005")]
)
def test_a_share_is_a_part_or_a_percentage(text: str, share: str) -> None:
    assert parse_share(text) == Decimal(share)


@pytest.mark.parametrize(
    ("text", "example"), [("15", "15% or 0.15"), ("0", "15% or 0.15"), ("nan", "15% or 0.15"), ("101%", "15% or 0.15")]
)
def test_other_shares_are_refused(text: str, example: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_share(text)
    assert (error.value.message, error.value.hint) == (
        f"{text} is no share",
        f"write a part of the whole, such as {example}",
    )


def test_cutoffs_of_an_axis_are_told_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_axis_cutoffs("r=30,90")
    assert not is_axis_cutoffs("cutoffs.toml")
    (tmp_path / "r=1").touch()
    assert not is_axis_cutoffs("r=1")


def test_rules_have_an_axis_each() -> None:
    assert axis_rules(Settings({"rule": ("F=quantile", "m=fixed")})) == {"f": "quantile", "m": "fixed"}
    with pytest.raises(UsageError, match="--rule x=fixed: no such axis"):
        axis_rules(Settings({"rule": ("x=fixed",)}))
    with pytest.raises(UsageError, match="--rule r=fix: no such rule"):
        axis_rules(Settings({"rule": ("r=fix",)}))


def test_engagement_is_counted_over_days_that_the_date_decides() -> None:
    assert engagement_settings(Settings({"engagement_window": "30d"}), date(2024, 3, 31)) == (
        30,
        ("open", "click", "visit", "view"),
    )
    months = Settings({"engagement_window": "1mo", "engagement_events": ("click, cart",)})
    assert engagement_settings(months, date(2024, 3, 31)) == (31, ("click", "cart"))
    assert engagement_settings(months, None) == (0, ("click", "cart"))


def test_a_question_has_the_defaults_where_nothing_is_set() -> None:
    question = build_question(Settings({}), Shop())
    assert (question.as_of, question.window, question.scheme.name) == (None, None, "rf12")
    asked = build_question(Settings({"as_of": "2024-03", "new_subscriber": "2w", "min_orders": "3"}), Shop())
    assert (asked.as_of, asked.new_subscriber, asked.fitting.min_orders) == (date(2024, 3, 31), 14, 3)
