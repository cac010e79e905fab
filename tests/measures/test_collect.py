"""Which orders are counted by a shortcut, and that it changes no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.measures import collect
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions


@pytest.mark.parametrize(
    ("columns", "amount", "expected"),
    [
        ("customer_id,ordered_at,amount,order_id", "-1.00", True),
        ("customer_id,ordered_at,amount,order_id", "1.00", False),
        ("customer_id,ordered_at,amount,note", "-1.00", False),
    ],
    ids=["refunds", "no refunds", "no order_id"],
)
def test_a_shortcut_pays_sooner_where_orders_are_refunded(
    columns: str, amount: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(f"{columns}\na,2024-01-01,2.00,1\na,2024-01-02,{amount},2\n", encoding="utf-8")
    orders = open_shop(TablePaths((str(file),)), ReadOptions()).orders
    assert orders is not None
    assert not collect.is_large(orders)
    monkeypatch.setattr(collect, "LARGE_REFUNDED", 1)
    assert collect.is_large(orders) is expected
