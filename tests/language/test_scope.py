"""Rows with the columns that expressions need."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.language.names import People
from rfm_cli.language.run import Run
from rfm_cli.language.scope import Scope
from tests.language.asking import ORDERS, who, world_of
from tests.language.shops import texts

LINES = texts("order_id,product_id,quantity,unit_price", "o1,p1,1,1.00", "o1,p9,1,1.00", "o2,p2,1,1.00")
PRODUCTS = texts("product_id,category,color", "p1,Tea,red", "p2,Coffee,")


def lines_scope() -> Scope:
    world = world_of(orders=ORDERS, lines=LINES, products=PRODUCTS)
    return Scope(Run(world, People(world)), world.linked["lines"])


def test_only_rows_of_products_that_meet_all_conditions_matter() -> None:
    scope = lines_scope()
    category, color = scope.find(("category",)), scope.find(("color",))
    assert category is not None and color is not None
    tea, red = category.expr == "Tea", color.expr == "red"

    assert {key: list(one) for key, one in scope.keys_of_parents([tea, red]).items()} == {"product_id": ["p1"]}
    assert list(scope.keys_of_parents([tea, pl.col("quantity") == "1"])["product_id"]) == ["p1"]
    # A row without a product meets this one, so that no row can be left out.
    assert scope.keys_of_parents([color.expr.is_null()]) == {}
    assert scope.keys_of_parents([category.expr == pl.col("order_id")]) == {}


def test_rows_have_the_columns_of_parents_and_customers_that_are_needed() -> None:
    scope = lines_scope()
    category, frequency = scope.find(("category",)), scope.find(("frequency",))
    assert category is not None and frequency is not None
    rows = scope.rows([category.expr, frequency.expr], ["order_id"]).select("order_id", category.expr, frequency.expr)

    assert sorted(rows.collect().rows(), key=str) == [("o1", "Tea", 1), ("o1", None, 1), ("o2", "Coffee", 1)]


def test_names_of_a_row_are_its_own_then_those_of_its_order_product_and_customer() -> None:
    names = lines_scope().names()

    assert [names.index(one) for one in ("quantity", "number", "category", "frequency")] == sorted(
        names.index(one) for one in ("quantity", "number", "category", "frequency")
    )
    assert lines_scope().find(("orders", "quantity")) is None
    assert lines_scope().find(("nothing",)) is None


@pytest.mark.parametrize("apart", [False, True], ids=["order rows", "a file of lines"])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("any orders(any lines(order_id = '2'))", "a"),
        ("any orders(any lines(city = 'moscow'))", "a"),
        ("any orders(any lines(category = 'Tea' and city = 'lyon'))", "b"),
        ("any orders(any lines(at on 2024-02-01))", "a"),
        ("any orders(count distinct lines.order_id = 1 and amount = 7)", "b"),
    ],
)
def test_lines_that_orders_ask_have_what_belongs_to_their_orders(apart: bool, expression: str, expected: str) -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount,product_id,category",
        "a,1,2024-01-01,5,p1,Tea",
        "a,2,2024-02-01,6,p2,Coffee",
        "b,3,2024-02-03,7,p1,Tea",
    )
    people = texts("customer_id,city", "a,Moscow", "b,Lyon")
    products = texts("product_id,category", "p1,Tea", "p2,Coffee")
    tables = {"orders": orders, "customers": people, "products": products}
    if apart:
        sold = orders.select("order_id", "product_id", quantity=pl.lit("1"), unit_price="amount")
        tables |= {"orders": orders.drop("product_id", "category"), "lines": sold}
    assert who(world_of(**tables), expression) == (expected, "")
    numbers = {
        name: table.with_columns(pl.col(column).cast(pl.Int64) for column in ("order_id",) if column in table.columns)
        for name, table in tables.items()
    }
    assert who(world_of(**numbers), expression) == (expected, "")
