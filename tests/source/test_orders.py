"""Order files as a source: the orders of one customer."""

from __future__ import annotations

from tests.shops import Row, day, shop_of


def test_orders_are_listed_with_the_lines_of_one_order_as_one() -> None:
    rows = [Row("a", "x2", 3, 100), Row("a", "x2", 3, 50), Row("a", "", 3, 7), Row("a", "1", 9, 5), Row("b", "3", 1, 1)]
    source = shop_of(rows).source
    found = source.orders_of("a", day(5))
    assert found is not None
    assert found.rows.rows() == [(day(3), None, 7), (day(3), "x2", 150)]
    assert [*source.findings()] == []
