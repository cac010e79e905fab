"""The figure that maps are shaded by."""

from __future__ import annotations

import pytest

from rfm_cli.cli.metric import parse_metric, require_money
from rfm_cli.errors import UsageError


def test_a_metric_is_customers_unless_another_is_named() -> None:
    assert [parse_metric(text) for text in (None, " Revenue ", "aov", "share")] == [
        "customers",
        "revenue",
        "aov",
        "share",
    ]
    with pytest.raises(UsageError, match="--metric revenu: not known"):
        parse_metric("revenu")


def test_money_is_needed_for_revenue_and_aov_alone() -> None:
    require_money("customers", None)
    require_money("share", None)
    require_money("aov", 2)
    with pytest.raises(UsageError, match="--metric aov needs amounts, and these orders have none"):
        require_money("aov", None)
