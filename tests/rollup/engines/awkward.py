"""Order tables that hold every awkward thing in every type, and what the plain way through Polars makes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from rfm_cli.rollup import kernel
from rfm_cli.rollup.engines.facts import find_facts, with_minor
from rfm_cli.rollup.engines.refusals import refuse_rows
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.engines.sources import open_orders
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts

NAN = float("nan")
ZONE = "Europe/Berlin"


class Row(NamedTuple):
    """An order row before it has types: numbers as ids, a naive moment, money in cents (NAN: a float that is none)."""

    customer: int | None
    order: int | None
    at: datetime | None
    cents: float | None
    status: str | None


@dataclass(frozen=True)
class Types:
    """How each column is typed: ids text, integer, unsigned, float64, float32 or decimal (order none: no such column);
    `at` naive, naive_ms, instant, berlin or date; `money` float64, float32, integer, decimal, product or none."""

    customer: str = "text"
    order: str = "text"
    at: str = "naive"
    money: str = "float64"
    status: bool = True


ROWS = [
    Row(17850, 1, datetime(2024, 1, 1, 8, 26), 1530, "paid"),
    Row(17850, 1, datetime(2024, 1, 1, 23, 59, 59, 999_999), 1, "Paid"),
    Row(17850, 1, datetime(2024, 1, 2), -5000, "paid"),  # a refund on another day
    Row(17850, 2, datetime(2024, 2, 29, 23, 59, 59, 999_999), 999, " Cancelled "),
    Row(17850, None, datetime(2024, 3, 1), 250, "CANCELED\u00a0"),
    Row(17850, None, datetime(2024, 3, 31, 0, 30), 250, ""),
    Row(17850, None, datetime(2024, 3, 31, 1, 30), 250, ""),
    Row(7, 3, datetime(2024, 3, 30, 23, 30), 12345, "ОТМЕНЁН"),
    Row(7, 3, datetime(2024, 3, 30, 22, 59, 59, 999_999), 12345, "paid"),
    Row(7, 4, datetime(2024, 10, 27, 0, 59, 59, 999_999), 0, "paid"),
    Row(7, 4, datetime(2024, 10, 27, 23, 0), 100, "paid"),
    Row(7, 4, datetime(2024, 10, 28), 100, "paid"),
    Row(8, 5, datetime(2024, 5, 5, 12), -700, None),  # nothing but a refund
    Row(8, 6, datetime(2024, 5, 6, 12), None, "paid"),
    Row(8, 7, datetime(2024, 5, 6, 12), NAN, "paid"),
    Row(8, 8, None, 100, "paid"),
    Row(8, 14, None, None, "test"),
    Row(None, 9, datetime(2024, 6, 1), 100, "paid"),
    Row(None, None, None, NAN, "draft"),
    Row(9, 10, datetime(1969, 12, 31, 23, 59, 59, 999_999), 100, "paid"),
    Row(9, 10, datetime(1970, 1, 1), 25, "paid"),
    Row(9, 11, datetime(2024, 12, 31, 23, 59, 59, 999_999), 10, "отказ"),
    Row(9, 11, datetime(2024, 12, 31, 23, 59, 59, 999_999), 10, "unknown"),
    Row(10, 12, datetime(2024, 1, 31, 23, 59, 59, 999_999), 4_503_599_627, "paid"),
]

FIXED = [
    Types(),
    Types(customer="integer", order="integer"),
    Types(customer="unsigned", order="float64", at="naive_ms"),
    Types(customer="float64", order="decimal", at="instant"),
    Types(customer="float32", order="float32", at="berlin", money="product"),
    Types(customer="decimal", order="none", at="date", money="decimal"),
    Types(order="integer", at="instant", money="integer"),
    Types(at="date", money="float32"),
    Types(customer="integer", order="none", at="berlin", money="none"),
    Types(money="product", status=False),
]
"""A case for every type of every column."""


def table(rows: Sequence[Row], types: Types) -> pl.DataFrame:
    """The rows as a table of these types; what a type cannot hold is null (NaN is for floats alone)."""
    made = [_ids("customer_id", [row.customer for row in rows], types.customer), _moments(rows, types.at)]
    if types.order != "none":
        made.append(_ids("order_id", [row.order for row in rows], types.order))
    made += _money(rows, types.money)
    if types.status:
        made.append(pl.Series("status", [row.status for row in rows], dtype=pl.String))
    return pl.DataFrame(made)


def _ids(name: str, numbers: Sequence[int | None], kind: str) -> pl.Series:
    if kind == "text":
        texts = {None: None, 7: "  007\u3000", 8: "NA", 9: "О'Хара", 3: "", 4: " \t"}  # noqa: RUF001
        return pl.Series(name, [texts.get(number, f"c{number}\u00a0") for number in numbers], dtype=pl.String)
    floats = [NAN if number is None and place % 2 else number for place, number in enumerate(numbers)]
    if kind in ("float64", "float32"):
        return pl.Series(name, floats, dtype=pl.Float64, strict=False).cast(_DTYPES[kind])
    if kind == "decimal":
        return pl.Series(name, [None if n is None else Decimal(n) for n in numbers], dtype=pl.Decimal(20, 2))
    top = 2**64 - 17850 if kind == "unsigned" else -17850
    values = [top if number == 17850 else number for number in numbers]
    return pl.Series(name, values, dtype=pl.UInt64 if kind == "unsigned" else pl.Int64)


_DTYPES: dict[str, Any] = {"float64": pl.Float64, "float32": pl.Float32}


def _moments(rows: Sequence[Row], kind: str) -> pl.Series:
    moments = [row.at for row in rows]
    if kind == "date":
        return pl.Series("ordered_at", [at and at.date() for at in moments], dtype=pl.Date)
    if kind == "naive_ms":
        return pl.Series("ordered_at", moments, dtype=pl.Datetime("ms"))
    series = pl.Series("ordered_at", moments, dtype=pl.Datetime("us"))
    if kind == "naive":
        return series
    instants = series.dt.replace_time_zone("UTC")
    return instants.dt.convert_time_zone(ZONE) if kind == "berlin" else instants


def _money(rows: Sequence[Row], kind: str) -> list[pl.Series]:
    cents = [row.cents for row in rows]
    missing = [value is None or math.isnan(value) for value in cents]
    if kind == "none":
        return []
    if kind == "integer":
        return [
            pl.Series("amount", [None if m else int(c) for c, m in zip(cents, missing, strict=True)], dtype=pl.Int64)
        ]
    if kind == "decimal":
        exact = [None if m else Decimal(int(c)).scaleb(-2) for c, m in zip(cents, missing, strict=True)]
        return [pl.Series("amount", exact, dtype=pl.Decimal(18, 4))]
    amounts = [None if c is None else c / 100 for c in cents]
    if kind == "product":
        quantities = [None if m else (-3 if c < 0 else 3) for c, m in zip(cents, missing, strict=True)]
        prices = [None if a is None else abs(a) for a in amounts]
        return [
            pl.Series("quantity", quantities, dtype=pl.Int32),
            pl.Series("unit_price", prices, dtype=pl.Float64),
        ]
    return [pl.Series("amount", amounts, dtype=pl.Float64).cast(_DTYPES[kind])]


@dataclass(frozen=True)
class Plain:
    """What a way makes of tables: accepted rows in a fixed order, the facts of all, and the money's scale."""

    rows: pl.DataFrame
    counts: dict[str, int]
    days: tuple[date | None, date | None]
    scale: int | None


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows with ids as text, in a fixed order of rows and columns; without order ids all are null."""
    if "order" not in rows.columns:
        rows = rows.with_columns(order=pl.lit(None, pl.String))
    names = [name for name in ("customer", "order", "day", "minor") if name in rows.columns]
    texts = rows.select(pl.col(name).cast(pl.String) if name in ("customer", "order") else name for name in names)
    return texts.sort(names)


def plainly(paths: Sequence[Path], options: ReadOptions) -> Plain:
    """The tables by `rfm_cli.tables`."""
    opened_files = sources.open_all([str(path) for path in paths], options)
    given = order_tables.orders_in(opened_files, options)
    found, facts, orders = order_tables.collect(given, lambda _: lambda rows: rows)
    order_tables.refuse(orders, facts)
    return Plain(in_order(found), _counts(facts), (facts.first_day, facts.last_day), orders.scale)


def by_engine(engine: Engine, paths: Sequence[Path], options: ReadOptions) -> Plain:
    """The tables by an engine."""
    with open_orders(engine, [str(path) for path in paths], options) as orders:
        refuse_rows(orders.rows, options, orders.where, has_amounts=orders.has_amounts)
        found = find_facts(orders.rows, options, orders.where)
        judged = kernel.judge(with_minor(orders.rows, found.scale), options.reject_status)
        rows = kernel.keep_accepted(judged).collect("polars").to_native()
    return Plain(in_order(rows), _counts(found.facts), (found.facts.first_day, found.facts.last_day), found.scale)


def _counts(facts: Facts) -> dict[str, int]:
    return {name: count for name, count in facts.rows.items() if count}


def assert_same(found: Plain, wanted: Plain) -> None:
    """The two ways agree, row for row."""
    assert found.counts == wanted.counts
    assert (found.scale, found.days) == (wanted.scale, wanted.days)
    assert found.rows.schema == wanted.rows.schema
    assert found.rows.equals(wanted.rows)


def written(folder: Path, rows: Sequence[Row], types: Types, name: str = "orders") -> Path:
    """The rows as a Parquet file."""
    path = folder / f"{name}.parquet"
    table(rows, types).write_parquet(path)
    return path


def blank_texts() -> pl.DataFrame:
    """Orders with every kind of blank, and some that are none, around their customers and statuses."""
    numbers = [*range(1, 33), 0x85, 0xA0, 0x180E, *range(0x2000, 0x2030), 0x205F, 0x3000, 0xFEFF]
    blanks = [chr(number) for number in numbers]
    rows = {
        "customer_id": [text for blank in blanks for text in (f"{blank}a{blank}b{blank}", blank)],
        "status": [text for blank in blanks for text in (f"{blank}TEST{blank}", None)],
    }
    return pl.DataFrame(rows).with_columns(ordered_at=datetime(2024, 1, 1))
