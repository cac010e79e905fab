"""Make the five tables of a shop to ask segments of: the same size and seed, the same rows.

python benchmarks/make_tables.py --orders 4_000_000 -o FOLDER

For each order there are 2.5 lines, 5 events and an eighth of a customer: 4 M orders of three years have 10 M lines,
20 M events of the last of these years, and 0.5 M customers, a hundredth of whom are in no table of customers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from cases import positive
from make_orders import CHUNK_ROWS, DAY, FIRST_ORDER_ID, SPAN_SECONDS, START, draw_cents, write

Ints = npt.NDArray[np.int32]

EVENTS_PER_ORDER = 5
ORDERS_PER_CUSTOMER = 8
PRODUCTS = 2_000
ACTIVITY_SHAPE = 0.7
CATEGORIES = tuple("Tea Coffee Care Kitchen Candles Gifts Garden Toys Books Paper Pets Sport".split())
CITIES = ("Moscow", "Lyon", "Turin", "Ghent", "Porto", "Basel", "Graz", "Bergen", "")
ORDER_CHANNELS = (("web", 0.6), ("app", 0.25), ("offline", 0.15))
EVENTS = (
    *(("send", 0.3), ("open", 0.14), ("click", 0.04), ("visit", 0.2), ("view", 0.24), ("cart", 0.07)),
    ("unsubscribe", 0.01),
)
WITH_PRODUCT = ("view", "cart")


@dataclass(frozen=True)
class Shop:
    """How many rows each table has, and what draws them."""

    orders: int
    seed: int = 7

    @property
    def customers(self) -> int:
        return max(100, self.orders // ORDERS_PER_CUSTOMER)

    def rng(self, table: str) -> np.random.Generator:
        """Return a stream for one table."""
        return np.random.default_rng([self.seed, *table.encode()])

    def draw_customers(self, table: str, rows: int) -> Ints:
        """Return the customer of each row, from 0 on: a few have very many."""
        rng = self.rng(f"customers of {table}")
        edges = np.cumsum(rng.gamma(ACTIVITY_SHAPE, size=self.customers))
        found = np.searchsorted(edges / edges[-1], rng.random(rows))
        return np.minimum(found, self.customers - 1).astype(np.int32)


def picked(rng: np.random.Generator, choices: tuple[tuple[str, float], ...], rows: int) -> pl.Series:
    """Return texts, each as often as its share says."""
    edges = np.cumsum([share for _, share in choices])
    places = np.searchsorted(edges / edges[-1], rng.random(rows)).astype(np.uint32)
    return pl.Series([name for name, _ in choices]).gather(np.minimum(places, len(choices) - 1))


def times(second: Ints) -> npt.NDArray[np.datetime64]:
    """Return the times of seconds from the start on."""
    return START + second.astype(np.int64) * np.timedelta64(1_000_000, "us")


def product_ids(numbers: npt.NDArray[np.int64]) -> pl.Series:
    """Return the ids of products, which are text."""
    names = pl.Series([f"P{number:04}" for number in range(1, PRODUCTS + 1)])
    return names.gather(numbers)


def customers(shop: Shop) -> Iterator[pl.DataFrame]:
    """Yield the table of customers; one in a hundred buys without being in it."""
    rng = shop.rng("customers")
    number = np.arange(1, shop.customers + 1, dtype=np.int64)[rng.random(shop.customers) >= 0.01]
    rows = len(number)
    frame = pl.DataFrame({"customer_id": number}).with_columns(
        registered_at=pl.Series(times(rng.integers(0, SPAN_SECONDS, rows, dtype=np.int32))).dt.date(),
        email=pl.format("customer.{}@example.com", "customer_id"),
        phone=pl.when(pl.Series(rng.random(rows) < 0.6)).then(pl.format("+7000{}", "customer_id")),
        city=pl.Series(CITIES).gather(rng.integers(0, len(CITIES), rows)).replace("", None),
    )
    yield from frame.iter_slices(CHUNK_ROWS)


def products(shop: Shop) -> Iterator[pl.DataFrame]:
    """Yield the table of products."""
    rng = shop.rng("products")
    numbers = np.arange(PRODUCTS)
    category = pl.Series(CATEGORIES).gather(rng.integers(0, len(CATEGORIES), PRODUCTS))
    yield pl.DataFrame({"product_id": product_ids(numbers), "category": category})


def orders(shop: Shop) -> Iterator[pl.DataFrame]:
    """Yield the orders by time."""
    rng = shop.rng("orders")
    second = np.sort(rng.integers(0, SPAN_SECONDS, shop.orders, dtype=np.int32))
    second[-1] = SPAN_SECONDS - 1  # the last day has an order
    frame = pl.DataFrame(
        {
            "customer_id": shop.draw_customers("orders", shop.orders).astype(np.int64) + 1,
            "ordered_at": times(second),
            "amount": draw_cents(rng, shop.orders) / 100,
            "order_id": np.arange(FIRST_ORDER_ID, FIRST_ORDER_ID + shop.orders, dtype=np.int64),
            "channel": picked(rng, ORDER_CHANNELS, shop.orders),
        }
    )
    yield from frame.iter_slices(CHUNK_ROWS)


def lines(shop: Shop) -> Iterator[pl.DataFrame]:
    """Yield the lines of orders, in their order: one to four each."""
    rng = shop.rng("lines")
    order = np.repeat(np.arange(shop.orders, dtype=np.int64), rng.integers(1, 5, shop.orders))
    rows = len(order)
    # Popular products are many times as frequent as the others.
    product = (rng.random(rows) ** 2 * PRODUCTS).astype(np.int64)
    frame = pl.DataFrame(
        {
            "order_id": order + FIRST_ORDER_ID,
            "product_id": product_ids(product),
            "quantity": rng.integers(1, 4, rows, dtype=np.int64),
            "unit_price": draw_cents(rng, rows) / 100,
        }
    )
    yield from frame.iter_slices(CHUNK_ROWS)


def events(shop: Shop) -> Iterator[pl.DataFrame]:
    """Yield the events of the last year, by time; views and carts have a product and its price."""
    rng = shop.rng("events")
    rows = shop.orders * EVENTS_PER_ORDER
    second = np.sort(rng.integers(SPAN_SECONDS - 365 * DAY, SPAN_SECONDS, rows, dtype=np.int32))
    customer = shop.draw_customers("events", rows)
    for at in range(0, rows, CHUNK_ROWS):
        part = slice(at, min(at + CHUNK_ROWS, rows))
        size = part.stop - at
        name = picked(rng, EVENTS, size)
        seen = name.is_in(WITH_PRODUCT)
        frame = pl.DataFrame(
            {
                "customer_id": customer[part].astype(np.int64) + 1,
                "event": name,
                "at": times(second[part]),
                "product_id": product_ids((rng.random(size) ** 2 * PRODUCTS).astype(np.int64)),
                "value": draw_cents(rng, size) / 100,
            }
        )
        yield frame.with_columns(
            pl.when(seen).then("product_id").alias("product_id"), pl.when(seen).then("value").alias("value")
        )


TABLES: dict[str, Callable[[Shop], Iterator[pl.DataFrame]]] = {
    "products": products,
    "customers": customers,
    "orders": orders,
    "lines": lines,
    "events": events,
}


def make(shop: Shop, folder: Path) -> None:
    """Write all tables as Parquet; the folder has its last file when it is whole."""
    for name, rows in TABLES.items():
        write(rows(shop), folder / f"{name}.parquet", "parquet")


def main() -> None:
    """Make the shop that the command line asks for."""
    parser = argparse.ArgumentParser(description="Make the tables of a shop to ask segments of.")
    parser.add_argument("--orders", type=positive, default=4_000_000, help="as 4_000_000")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args()
    make(Shop(given.orders, given.seed), given.output)


if __name__ == "__main__":
    main()
