"""The linked tables of a shop: which there are, and why others are missing."""

from __future__ import annotations

import pytest

from rfm_cli.tables.options import ReadOptions
from tests.language.shops import linked, texts

ORDERS = texts("customer_id,order_id,ordered_at,amount", "a,1,2024-01-01,10")
EVENTS = texts("customer_id,event,at", "a,view,2024-01-01")


def test_tables_are_found_as_headings_are_and_opened_once() -> None:
    tables, _ = linked({"orders": ORDERS, "events": EVENTS})
    assert [name for name in tables if name in ("orders", "refunds", "events")] == ["orders", "refunds", "events"]
    assert tables["Orders"] is tables["orders"]
    with pytest.raises(KeyError):
        tables["shipments"]


def test_a_missing_table_is_named_with_what_to_do() -> None:
    tables, _ = linked({"orders": ORDERS})
    events, lines = tables.missing("Events"), tables.missing("lines")
    assert events is not None and lines is not None
    assert events.problem == "there is no table events"
    assert events.hint == "give it: --events FILE, or a file called events.csv here"
    assert lines.problem.startswith("there is no table lines: neither a file of lines")
    assert tables.missing("orders") is None and tables.missing("shipments") is None


def test_customers_who_come_counted_have_no_orders() -> None:
    counted = texts("customer_id,recency,frequency,monetary", "a,3,2,10")
    tables, _ = linked({"orders": counted, "events": EVENTS}, options=ReadOptions(one_row_per_customer=True))
    assert list(tables) == ["events"]
    for name in ("orders", "refunds", "lines"):
        missing = tables.missing(name)
        assert missing is not None
        assert missing.problem == f"there is no table {name}: a file of one row per customer has no single orders"
