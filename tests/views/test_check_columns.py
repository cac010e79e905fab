"""The roles of columns, of every input."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from rfm_cli.model import Role, Shop, TablePaths
from rfm_cli.shop import open_shop, open_tables
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.check import findings_on

OPTIONS = ReadOptions(maps={"orders": {"amount": "Paid"}})


def roles(paths: TablePaths, options: ReadOptions = OPTIONS) -> list[Role]:
    shop = open_shop(paths, options) if paths.orders else open_tables(paths, options)
    source, facts = shop.source.read() if shop.orders else (shop.source, None)
    found = findings_on(Shop(source, customers=shop.customers, events=shop.events), facts, options=options)
    return [one.role for one in found if one.role]


def test_roles_of_orders(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(
        'Клиент,Order date,Paid,Price,Qty,Ship to\n7,05.01.2024,"1 234,50",5,1,Ulm\n8,06.01.2024,"7,00",6,2,\n',
        encoding="utf-8",
    )
    assert [
        (one.heading, one.field, one.by, one.type, one.examples, one.used_for)
        for one in roles(TablePaths(orders=(str(path),)))
    ] == [
        ("Клиент", "customer_id", "alias", "ids (whole numbers)", ("7", "8"), "who bought"),
        (
            "Order date",
            "ordered_at",
            "alias",
            "dates, %d.%m.%Y",
            ("05.01.2024", "06.01.2024"),
            "the day of the purchase",
        ),
        ("Paid", "amount", "map", "numbers, decimal comma", ("1 234,50", "7,00"), "money of the order"),
        ("Qty", "quantity", "alias", "whole numbers", ("1", "2"), "not the money: amount is taken"),
        ("Price", "unit_price", "alias", "whole numbers", ("5", "6"), "not the money: amount is taken"),
        ("Ship to", "", "", "text", ("Ulm",), "for expressions and --with Ship to"),
    ]


def test_files_of_other_headings_have_roles_of_their_own(tmp_path: Path) -> None:
    for name, heading in (("a", "user_id"), ("b", "user_id"), ("c", "client")):
        (tmp_path / f"{name}.csv").write_text(f"{heading},action,at\n{name}1,open,2024-01-01\n", encoding="utf-8")
    paths = TablePaths(events=tuple(str(tmp_path / f"{name}.csv") for name in "abc"))
    found = [(one.file, one.heading, one.by, one.examples) for one in roles(paths) if one.field == "customer_id"]
    assert found == [("a.csv", "user_id", "alias", ("a1", "b1")), ("c.csv", "client", "alias", ("c1",))]


def test_consents_are_used_and_frames_have_roles(tmp_path: Path) -> None:
    people = pl.DataFrame(
        {"id": [1, 2], "E-mail": ["a@b.org", None], "accepts_marketing": ["yes", "no"], "age": [5, 6]}
    )
    found = {one.heading: (one.field, one.type, one.used_for) for one in roles(TablePaths(customers=(people,)))}
    assert found["id"] == ("customer_id", "ids (whole numbers)", "who it is, as in the orders")
    assert found["age"] == ("", "whole numbers", "for expressions and --with age")
    assert found["accepts_marketing"][2] == "consent for email: only a yes may be written to"


def test_customers_who_come_measured_have_roles(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("customer_id,recency,orders,total_spent,shade\na,5,2,10.50,red\nb,9,1,7,blue\n", encoding="utf-8")
    found = roles(TablePaths(orders=(str(path),)), ReadOptions(one_row_per_customer=True))
    assert [(one.heading, one.field, one.by, one.type, one.used_for) for one in found] == [
        ("customer_id", "customer_id", "name", "ids (text)", "who bought"),
        ("recency", "recency_days", "alias", "whole numbers", "days since the last purchase"),
        ("orders", "frequency", "alias", "whole numbers", "purchases"),
        ("total_spent", "monetary", "alias", "numbers, decimal point", "money of the customer"),
        ("shade", "", "", "text", "for expressions and --with shade"),
    ]
