"""Rows with the columns that expressions need."""

from __future__ import annotations

import polars as pl

from rfm_cli.language.names import People
from rfm_cli.language.run import Run
from rfm_cli.language.scope import Scope
from tests.language.asking import ORDERS, world_of
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
