"""Tables that rfm.toml links: their keys, times, rows without a key, and what they belong to."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from rfm_cli.errors import InputError
from rfm_cli.language.linked_files import open_linked
from rfm_cli.model import LinkedPath
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import frame_rows, linked, rows_of, texts

ORDERS = texts(
    "customer_id,order_id,ordered_at,amount,product_id",
    "a,1,2024-01-01,10,P1",
    "b,2,2024-01-05,10,P2",
    "c,2,2024-01-04,10,P2",
    "b,3,2024-01-06,-5,P1",
)


def test_rows_of_customers_are_linked_by_their_folded_ids() -> None:
    interests = texts("Клиент,interest,code", "A@X.de,tea,X", "17850.0,coffee,y", ",home,z", "b,tea,")
    linked_to = LinkedPath("interests", (interests,), "customer_id")
    tables, _ = linked({"orders": ORDERS, "linked": (linked_to,)})
    table = tables["Interests"]
    assert rows_of(tables, "interests", "customer_id", "interest", "code") == [
        ("17850", "coffee", "y"),
        ("a@x.de", "tea", "X"),
        ("b", "tea", None),
    ]
    assert (table.at, table.links, table.parents) == (None, ("customer_id",), ())
    assert {key: column.kind for key, column in table.columns.items()} == {"interest": "text", "code": "exact"}
    assert open_linked(linked_to, ReadOptions()).rows() == (4, 1)


def test_rows_with_times_are_those_up_to_the_day() -> None:
    calls = texts(
        "customer_id,Called At,length",
        "a,2024-01-01 10:00,5",
        "a,2024-01-04 10:00,7",
        "a,never,1",
        "b,2024-01-03 23:59,2",
    )
    tables, _ = linked(
        {"orders": ORDERS, "linked": (LinkedPath("calls", (calls,), "customer_id", "called_at"),)}, date(2024, 1, 3)
    )
    assert tables["calls"].at == "moment"
    assert rows_of(tables, "calls", "customer_id", "at", "length") == [
        ("a", datetime(2024, 1, 1, 10), "5"),
        ("a", None, "1"),
        ("b", datetime(2024, 1, 3, 23, 59), "2"),
    ]
    assert set(tables["calls"].columns) == {"at", "calledat", "length"}


def test_rows_of_orders_have_their_customer_and_belong_to_the_earlier_purchase() -> None:
    parcels = texts(
        "order_id,carrier,sent", "1,DHL,2024-01-02", "2,UPS,2024-01-05", "3,DHL,2024-01-05", "9,DHL,2024-01-02"
    )
    tables, _ = linked({"orders": ORDERS, "linked": (LinkedPath("parcels", (parcels,), "order_id", "sent"),)})
    table = tables["parcels"]
    assert table.at == "day"
    assert rows_of(tables, "parcels", "customer_id", "order_id", "at", "carrier") == [
        ("a", "1", date(2024, 1, 2), "DHL"),
        ("c", "2", date(2024, 1, 5), "UPS"),
    ]
    assert table.links == ("order_id", "customer_id")
    (order,) = table.parents
    joined = table.frame.join(order.frame, on=order.key, suffix=" of the order")
    assert frame_rows(joined, ["carrier", "number", "amount"]) == [("DHL", 1, 10), ("UPS", 1, 10)]


def test_rows_of_products_are_reached_by_rows_that_have_one() -> None:
    ratings = texts("sku,stars", "P1,5", " P2 ,1")
    products = texts("product_id,category", "P1,Tea")
    given = {"orders": ORDERS, "products": products, "linked": (LinkedPath("ratings", (ratings,), "product_id"),)}
    tables, _ = linked(given)
    assert tables["ratings"].links == ("product_id",)
    assert rows_of(tables, "ratings", "product_id", "stars") == [("P1", "5"), ("P2", "1")]
    assert [parent.name for parent in tables["ratings"].parents] == ["products"]
    lines = tables["lines"].frame.join(tables["ratings"].frame, on="product_id")
    assert frame_rows(lines, ["customer_id", "stars"]) == [("a", "5"), ("b", "1"), ("c", "1")]


def test_a_column_that_is_missing_is_an_error_with_the_nearest() -> None:
    calls = texts("customer,when", "a,2024-01-01")
    with pytest.raises(InputError, match="no column for order_id"):
        open_linked(LinkedPath("calls", (calls,), "order_id"), ReadOptions())
    with pytest.raises(InputError, match="no column 'wen', which was given for at") as found:
        open_linked(LinkedPath("calls", (calls,), "customer_id", "wen"), ReadOptions())
    assert found.value.hint == "did you mean when? Valid: customer, when"


def test_a_linked_table_is_not_read_beside_orders_of_the_command_line() -> None:
    tables, _ = linked({"orders": ORDERS, "linked": (LinkedPath("interests", (), "customer_id"),)})
    missing = tables.missing("interests")
    assert missing is not None
    assert missing.problem == "[linked.interests] is not read where the command line names the orders"
    assert "interests" not in list(tables)
