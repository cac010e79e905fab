from __future__ import annotations

import pytest

from rfm_cli.tables.fields import ALIASES, FURTHER, PROOFS, TABLES, aliases, fold, further_aliases


@pytest.mark.parametrize(
    "heading", ["Invoice No", "invoice_no", "INVOICE-NO", "InvoiceNo", "invoice\u00a0no", "\ufeffInvoiceNo"]
)
def test_fold(heading: str) -> None:
    assert fold(heading) == "invoiceno"


def test_fold_keeps_what_tells_apart() -> None:
    assert fold("Дата заказа") == "датазаказа"
    assert fold("id2") != fold("id")


@pytest.mark.parametrize("table", ALIASES)
def test_no_alias_means_two_fields_of_a_table(table: str) -> None:
    names = [
        name
        for field in ALIASES[table]
        for name in {fold(field), *aliases(table, field), *further_aliases(table, field)}
    ]
    assert sorted(names) == sorted(set(names))


def test_further_aliases_are_of_fields_and_no_aliases_already() -> None:
    for table, fields in FURTHER.items():
        assert set(fields) <= set(ALIASES[table])
        for field in fields:
            assert not set(aliases(table, field)) & set(further_aliases(table, field))
    assert set(PROOFS) <= set(ALIASES["orders"])


def test_the_tables_of_the_contract() -> None:
    assert TABLES == ("orders", "lines", "events", "customers", "products", "rates")
    assert list(ALIASES["rates"]) == ["currency", "rate", "date"]
    assert {"customer_id", "ordered_at", "amount", "quantity", "unit_price", "order_id", "status", "currency"} < set(
        ALIASES["orders"]
    )


def test_what_is_reduced_and_what_can_be_bought_are_two_columns() -> None:
    assert (aliases("products", "on_sale"), aliases("products", "available")) == ((), ("active",))
    for name in ("on_sale", "available", "guide", "until_months"):
        assert name in ALIASES["products"]
    for name in ("preferred_channel", "frequency_pref", "child_birth_date"):
        assert ALIASES["customers"][name] == ""
