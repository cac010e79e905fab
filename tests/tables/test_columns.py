from __future__ import annotations

from typing import Any

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.columns import ColumnMap, detect, in_doubt, require


def found(table: str, *header: str, **given: str) -> dict[str, str]:
    return dict(detect(table, header, given, "o.csv").headings)


@pytest.mark.parametrize(
    "header",
    [
        ("customer_id", "ordered_at", "amount"),
        ("Customer ID", "Ordered-At", "AMOUNT"),
        ("customerid", "OrderedAt", "A_m-o u\u00a0nt"),
        ("CUSTOMER-ID", "ordered at", "Amount "),
    ],
)
def test_case_space_underscore_and_dash_do_not_count(header: tuple[str, ...]) -> None:
    assert found("orders", *header) == dict(zip(("customer_id", "ordered_at", "amount"), header, strict=True))


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("client_id", "customer_id"),
        ("Клиент", "customer_id"),
        ("КЛИЕНТ", "customer_id"),
        ("InvoiceDate", "ordered_at"),
        ("order_date", "ordered_at"),
        ("Дата заказа", "ordered_at"),
        ("revenue", "amount"),
        ("total_price", "amount"),
        ("Сумма", "amount"),
        ("InvoiceNo", "order_id"),
        ("Номер заказа", "order_id"),
        ("Статус", "status"),
    ],
)
def test_aliases(header: str, field: str) -> None:
    assert found("orders", header) == {field: header}


def test_a_name_beats_an_alias_and_this_is_said() -> None:
    columns = detect("orders", ["total", "amount", "client_id", "customer_id", "date"], {}, "o.csv")
    assert columns.headings == {"customer_id": "customer_id", "ordered_at": "date", "amount": "amount"}
    assert columns.in_words() == "customer_id (not client_id), ordered_at = date, amount (not total)"


def test_what_the_user_says_beats_the_name() -> None:
    assert found("orders", "amount", "total", amount="total") == {"amount": "total"}
    assert found("orders", "amount", "Order Total", amount="order_total") == {"amount": "Order Total"}


def test_a_given_heading_is_no_alias_of_another_field() -> None:
    header = ("customer_id", "date", "total", "revenue")
    assert found("orders", *header, unit_price="revenue")["amount"] == "total"
    assert "unit_price" not in found("orders", "price", amount="price")


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (("Amount", "amount"), ("'Amount'", "'amount'")),
        (("customer id", "CustomerID"), ("'customer id'", "'CustomerID'")),
        (("total", "revenue"), ("'total'", "'revenue'")),
        (("Дата", "order_date"), ("'Дата'", "'order_date'")),
    ],
)
def test_two_columns_for_one_field_are_an_error_that_lists_both(
    header: tuple[str, ...], named: tuple[str, str]
) -> None:
    with pytest.raises(InputError) as error:
        detect("orders", header, {}, "o.csv")
    assert all(name in error.value.message for name in named)
    assert "--map " in error.value.hint


def test_the_user_settles_two_columns_for_one_field() -> None:
    assert found("orders", "total", "revenue", amount="revenue") == {"amount": "revenue"}
    assert found("orders", "Amount", "amount", amount="Amount") == {"amount": "Amount"}


def test_the_same_heading_twice_cannot_be_mapped() -> None:
    with pytest.raises(InputError, match="2 columns are called 'total'"):
        detect("orders", ["id", "total", "total"], {"amount": "total"}, "o.csv")
    with pytest.raises(InputError) as error:
        detect("orders", ["id", "total", "total"], {}, "o.csv")
    assert "--map" not in error.value.hint


def test_a_given_heading_that_does_not_exist() -> None:
    with pytest.raises(InputError) as error:
        detect("orders", ["customer_id", "totl"], {"amount": "total"}, "o.csv")
    assert error.value.message == "o.csv: no column 'total', which was given for amount"
    assert error.value.hint.startswith("did you mean totl?")


def test_all_missing_columns_are_told_at_once_with_the_nearest_name() -> None:
    header = ["cust_id", "orderd_at", "amount"]
    with pytest.raises(InputError) as error:
        require(detect("orders", header, {}, "o.csv"), ("customer_id", "ordered_at"), header, "o.csv")
    assert error.value.message == "o.csv: no column for customer_id, ordered_at among 'cust_id', 'orderd_at', 'amount'"
    assert error.value.hint == "say which column it is: --map customer_id='cust_id' --map ordered_at='orderd_at'"


def test_a_missing_column_that_resembles_an_alias() -> None:
    with pytest.raises(InputError, match="no column for customer_id") as error:
        require(detect("orders", ["xx", "clent_id"], {}, "o.csv"), ("customer_id",), ["xx", "clent_id"], "o.csv")
    assert error.value.hint.endswith("--map customer_id='clent_id' --map amount=HEADING (where there is money)")


def test_a_long_header_is_cut() -> None:
    header = [f"column_{place}" for place in range(30)]
    with pytest.raises(InputError) as error:
        require(ColumnMap("events", {}), ("at",), header, "e.csv")
    assert error.value.message.endswith("'column_19' and 10 more")
    assert "--map events.at=" in error.value.hint


def test_tables_name_their_fields_apart() -> None:
    header = ["user", "event_type", "time", "amount"]
    assert found("events", *header) == {"customer_id": "user", "event": "event_type", "at": "time", "value": "amount"}
    assert found("customers", "id", "Город", "Телефон") == {"customer_id": "id", "city": "Город", "phone": "Телефон"}


def test_orders_on_the_way(write: Any, read: Any) -> None:
    path = write("o.csv", "Клиент;Дата заказа;Сумма;Номер заказа\n7;31.12.2024;1 234,50;A1\n")
    assert [(str(c), str(d), m) for c, d, m in read(path).rows()] == [("7", "2024-12-31", 12345)]


def test_missing_columns_of_a_file(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="no column for customer_id, ordered_at among 'a', 'b'") as error:
        read(write("o.csv", "a,b\n1,2\n"))
    assert error.value.exit_code == 3


def test_doubled_headings_of_a_file(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="2 columns could be amount: 'Amount' and 'amount'"):
        read(write("o.csv", "id,customer_id,date,Amount,amount\n1,a,2024-01-01,1,2\n"))


def test_doubled_headings_that_mean_nothing_do_no_harm(write: Any, read: Any) -> None:
    path = write("o.csv", "note,customer_id,date,amount,note,\n1,a,2024-01-01,3,2,\n")
    assert read(path).minor() == [3]


def test_amount_beats_quantity_times_price(write: Any, read: Any) -> None:
    text = "customer_id,date,quantity,unit_price,amount\na,2024-01-01,2,10,15\n"
    assert read(write("o.csv", text)).minor() == [15]
    assert read(write("p.csv", text.replace("amount", "paid"))).minor() == [20]
    assert read(write("q.csv", text), maps={"orders": {"amount": "unit_price"}}).minor() == [10]


def test_orders_without_money(write: Any, read: Any) -> None:
    seen = read(write("o.csv", "customer_id,date,quantity\na,2024-01-01,2\n"))
    assert not seen.orders.has_money
    assert "minor" not in seen.table.columns
    assert seen.facts.accepted == 1


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Date Created", "ordered_at"),
        ("Контрагент", "customer_id"),
        ("Сумма документа", "amount"),
        ("Total Paid", "amount"),
        ("Lineitem quantity", "quantity"),
        ("Item Cost", "unit_price"),
        ("Цена за единицу", "unit_price"),
        ("id_order", "order_id"),
        ("Order #", "order_id"),
        ("State", "status"),
        ("Отменён", "cancelled"),
        ("Refunded Total", "refunded"),
        ("Line Total", "line_total"),
        ("Shipping Cost", "shipping"),
    ],
)
def test_further_aliases(header: str, field: str) -> None:
    assert found("orders", header) == {field: header}


def test_a_further_alias_is_no_second_one() -> None:
    header = ("date", "date_created", "sku", "price", "product_price", "qty", "product_quantity", "total", "total_paid")
    names = {"ordered_at": "date", "amount": "total", "quantity": "qty", "unit_price": "price", "product_id": "sku"}
    assert found("orders", *header) == names


def test_of_several_further_aliases_none_is_taken() -> None:
    assert found("orders", "total_paid", "amount_paid") == {}
    assert found("orders", "total_paid", "amount_paid", amount="amount_paid") == {"amount": "amount_paid"}


@pytest.mark.parametrize(
    "header", [("Shipping", "Shipping Cost"), ("shipping", "Shipping"), ("delivery", "shipping_cost")]
)
def test_what_only_proves_is_never_an_error(header: tuple[str, ...]) -> None:
    assert found("orders", *header).get("shipping") in (None, "Shipping")


def test_headings_in_doubt() -> None:
    def doubts(*header: str, **given: str) -> list[str]:
        return in_doubt(detect("orders", header, given, "o.csv"))

    assert doubts("customer", "date", "State") == ["status"]
    assert doubts("customer", "date", "State", "Status") == []
    assert doubts("customer", "date", "State", status="State") == []
    assert doubts("customer", "date", "item price", "qty") == ["unit_price"]
    assert doubts("customer", "date", "item price") == []
    assert doubts("customer", "date", "item price", "qty", "total") == []
    assert doubts("customer", "date", "order", "item price", "qty", "total") == ["unit_price"]
    assert doubts("amazon-order-id", "purchase-date", "item-price", "quantity", "buyer-email") == []


def test_a_heading_given_to_what_values_show() -> None:
    columns = detect("orders", ["customer", "qty", "item_price"], {}, "o.csv")
    moved = columns.proved("unit_price", "amount", "as the values say")
    assert dict(moved.headings) == {"customer_id": "customer", "amount": "item_price", "quantity": "qty"}
    assert (moved.reasons["amount"], moved.settled) == ("data", ("as the values say",))
    assert dict(columns.proved("unit_price", None).headings) == {"customer_id": "customer", "quantity": "qty"}


@pytest.mark.parametrize("heading", ["Order date (UTC)", "ordered_at (UTC)", "date (GMT)", "created_at_utc"])
def test_a_zone_behind_a_heading_of_times_is_no_part_of_its_name(heading: str) -> None:
    assert detect("orders", ["customer_id", heading, "amount"], {}, "o.csv")["ordered_at"] == heading


def test_a_field_can_be_taken_from_no_column() -> None:
    found = detect("orders", ["customer_id", "date", "amount", "refunded"], {"refunded": "-"}, "o.csv")
    assert "refunded" not in found


@pytest.mark.parametrize(
    ("header", "given", "expected"),
    [
        (("Email", "City"), {}, ("Email", "Email")),
        (("ID", "Email"), {}, ("ID", "Email")),
        (("Customer Email", "City"), {}, ("Customer Email", "Customer Email")),
        (("ID", "Email"), {"customer_id": "Email"}, ("Email", "Email")),
        (("Email", "Person"), {"customer_id": "Person"}, ("Person", "Email")),
        (("Email", "Backup"), {"email": "Backup"}, ("Email", "Backup")),
        (("Email", "City"), {"customer_id": "Email", "email": "-"}, ("Email", None)),
        (("Email", "City"), {"customer_id": "-"}, (None, "Email")),
    ],
)
def test_an_e_mail_of_customers_is_id_and_address(
    header: tuple[str, ...], given: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    mapped = found("customers", *header, **given)
    assert (mapped.get("customer_id"), mapped.get("email")) == expected


def test_an_e_mail_is_the_id_of_orders_without_another() -> None:
    assert found("orders", "Buyer Email", "order_date")["customer_id"] == "Buyer Email"
    assert detect("orders", ("email", "order_date"), {}, "o.csv").reasons["customer_id"] == "email"
    assert found("orders", "email", "Контрагент", "order_date")["customer_id"] == "Контрагент"
    assert "customer_id" not in found("orders", "email", "billing_email", "order_date")
    assert found("events", "email", "event", "at")["customer_id"] == "email"
    assert "customer_id" not in found("products", "email", "sku")
