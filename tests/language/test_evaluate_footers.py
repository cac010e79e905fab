"""What footers prove, and ids that are whole numbers, are shortcuts: answers are those of plain frames of texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables import footers
from tests.examples import examples
from tests.language.asking import asked, world_of

EXPRESSIONS = [
    "any events(event = 'view') within 4 weeks and none orders within 4 weeks",
    "has phone and last_order older than 1 month or any events(event = 'view') within 4 weeks without orders later"
    " minus city = 'Moscow'",
    "any orders(channel = 'web' and any lines(category = 'Tea')) within 3 months and none lines(category = 'Coffee')",
    "count events(event = 'open') >= 1 and count events >= 2",
    "count distinct events.product_id(event = 'view') >= 1 or sum events.value(event = 'view') > 5",
    "any orders(number = 2) or last events.at(event = 'open') within 60 days",
    "any lines(product_id in ('p1', 'p3')) or any lines(orders.number = 1 and category = 'Tea')",
    "any events(event = 'view') with orders(any lines(product_id = 'p2')) later",
    "none events(product_id = 'p1') and known_from before 2024-03",
    "any events with lines by product_id",
    "any orders(any lines(city = 'moscow' and category = 'Tea')) or any orders(any lines(vip))",
    "any orders(any lines(order_id = '1001')) or any orders(count distinct lines.order_id = 1)",
]
START = datetime(2024, 1, 1)
AS_OF = date(2024, 3, 31)
MOMENTS = st.integers(0, 100 * 24).map(lambda hours: START + timedelta(hours=hours))
EVENT = {
    "customer_id": pl.Int64,
    "event": pl.String,
    "at": pl.Datetime("us"),
    "product_id": pl.String,
    "value": pl.Float64,
}
PRODUCTS = pl.DataFrame({"product_id": ["p1", "p2", "p3"], "category": ["Tea", "Coffee", "Tea"]})


@st.composite
def shops(draw: st.DrawFn) -> dict[str, pl.DataFrame]:
    """The tables of a shop with types, whose orders rise."""
    who, product = st.integers(1, 6), st.sampled_from(["p1", "p2", " p3", "p9"])
    bought = draw(
        st.lists(
            st.tuples(who, MOMENTS.filter(lambda at: at.date() <= AS_OF), st.sampled_from(["web", "app"])),
            min_size=1,
            max_size=8,
        )
    )
    orders = pl.DataFrame(
        [(1000 + place, *one, 10.0) for place, one in enumerate(bought)],
        schema=["order_id", "customer_id", "ordered_at", "channel", "amount"],
        orient="row",
    )
    sold = draw(st.lists(st.tuples(st.integers(1000, 1007), product), max_size=8))
    lines = pl.DataFrame(sold, schema={"order_id": pl.Int64, "product_id": pl.String}, orient="row")
    maybe = (lambda values: st.none() | values) if draw(st.booleans()) else (lambda values: values)
    names = st.sampled_from(["view", "open", "unsubscribe"])
    happened = st.tuples(maybe(st.integers(1, 9)), maybe(names), maybe(MOMENTS), st.none() | product, st.floats(0, 9))
    known = draw(
        st.dictionaries(who | st.integers(7, 8), st.tuples(MOMENTS, st.none() | st.just("+33111111")), min_size=1)
    )
    return {
        "orders": orders,
        "lines": lines.with_columns(quantity=1, unit_price=1.0),
        "events": pl.DataFrame(draw(st.lists(happened, min_size=1, max_size=12)), schema=EVENT, orient="row"),
        "customers": pl.DataFrame(
            [(name, at.date(), phone, ["Moscow", "Lyon"][name % 2]) for name, (at, phone) in known.items()],
            schema={"customer_id": pl.Int64, "registered_at": pl.Date, "phone": pl.String, "city": pl.String},
            orient="row",
        ),
        "products": PRODUCTS,
    }


def answers(tables: Mapping[str, object]) -> dict[str, dict[str, bool | None]]:
    """What each expression is for each customer, by the digits of the id."""
    world = world_of(AS_OF, **tables)
    found = {text: asked(world, text).frame for text in EXPRESSIONS}
    return {text: {name.removeprefix("c"): truth for name, truth in one.iter_rows()} for text, one in found.items()}


def lettered(table: pl.DataFrame) -> pl.DataFrame:
    """The table with ids of customers that are no numbers."""
    ids = pl.format("c{}", "customer_id") if "customer_id" in table.columns else None
    return table if ids is None else table.with_columns(customer_id=ids)


@settings(max_examples=examples(15, 150))
@given(shops())
def test_footers_and_whole_numbers_change_no_answer(
    tmp_path_factory: pytest.TempPathFactory, shop: dict[str, pl.DataFrame]
) -> None:
    plain = answers({name: lettered(table) for name, table in shop.items()})
    assert answers(shop) == plain
    folder = tmp_path_factory.mktemp("shop")
    paths = {name: str(folder / f"{name}.parquet") for name in shop}
    for name, table in shop.items():
        table.write_parquet(paths[name], row_group_size=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(footers, "LARGE", 0)
        assert answers(paths) == plain
        assert Path(paths["orders"]).exists()
