"""Order rows on DuckDB: turn Parquet files into the rows that the kernel takes, in DuckDB's expressions."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from datetime import date

import duckdb
from duckdb import (
    CaseExpression,
    ColumnExpression,
    ConstantExpression,
    DuckDBPyConnection,
    DuckDBPyRelation,
    Expression,
    FunctionExpression,
)
from duckdb.sqltypes import BIGINT, DATE, DOUBLE, HUGEINT, TIMESTAMP_TZ, VARCHAR

from rfm_cli.rollup.engines.facts import EXACT, Column, Fields, Kind
from rfm_cli.rollup.kernel import BLANKS

KINDS: dict[str, Kind] = {
    "VARCHAR": "text",
    "UUID": "text",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "instant",
    "TIMESTAMPTZ_NS": "instant",
    '"NULL"': "empty",
}
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT")
# DuckDB's days reach far beyond these, and Python and Polars have none there.
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
NAIVE = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")


def read(connection: DuckDBPyConnection, files: Sequence[str]) -> DuckDBPyRelation:
    """Read Parquet files of one schema; no character in a file's name is a wildcard."""
    return connection.read_parquet([glob.escape(file) for file in files])


def columns_of(relation: DuckDBPyRelation) -> list[Column]:
    """Return the columns of a relation and their kinds."""
    types = [str(dtype) for dtype in relation.types]
    return [
        Column(place, heading, _kind(dtype), dtype)
        for place, (heading, dtype) in enumerate(zip(relation.columns, types, strict=True))
    ]


def _kind(dtype: str) -> Kind:
    if dtype.startswith("ENUM"):
        return "text"
    if dtype.startswith("DECIMAL"):
        return "decimal"
    if dtype in INTEGERS or dtype in WIDE:
        return "integer" if dtype in INTEGERS else "wide"
    return "naive" if dtype in NAIVE else KINDS.get(dtype, "other")


def typed(relation: DuckDBPyRelation, fields: Fields, timezone: str) -> DuckDBPyRelation:
    """Select the columns of `fields` as `rfm_cli.rollup.engines.facts` takes them.

    Returns customer, order?, day, value? (money as a double), status?, currency?, type?, quantity? (beside an amount),
    and the flags broken_customer_id and broken_order_id for ids that are decimals or floats.
    """
    named = relation.select(
        *[ColumnExpression(heading).alias(f"c{place}") for place, heading in enumerate(relation.columns)]
    )
    made = {"customer": _id(fields.columns["customer_id"]), "day": _day(fields.columns["ordered_at"], timezone)}
    if "order_id" in fields.columns:
        made["order"] = _id(fields.columns["order_id"])
    if fields.money:
        made["value"] = _value(fields.money)
    if len(fields.money) == 1 and "quantity" in fields.columns:
        made["quantity"] = _number(fields.columns["quantity"])
    for name in ("status", "currency", "type"):
        if name in fields.columns:
            made[name] = _column(fields.columns[name]).cast(VARCHAR)
    for name in ("customer_id", "order_id"):
        if name in fields.columns and fields.columns[name].kind in ("decimal", *EXACT):
            made[f"broken_{name}"] = _is_broken(fields.columns[name])
    return named.select(*[expression.alias(name) for name, expression in made.items()])


def _column(column: Column) -> Expression:
    return ColumnExpression(column.name)


def _where(condition: Expression, value: Expression) -> Expression:
    """Return the value if the condition holds, else null."""
    return CaseExpression(condition, value)


def _id(column: Column) -> Expression:
    """Return an id as an integer of 64 bits, else as trimmed text; null for empty ids and numbers with a fraction."""
    value = _column(column)
    if column.kind == "text":
        # Enumerations and UUIDs are texts here, and trim takes texts alone.
        text = FunctionExpression("trim", value.cast(VARCHAR), ConstantExpression(BLANKS))
        return _where(text != ConstantExpression(""), text)
    if column.kind == "decimal":
        # A decimal may have 38 digits, more than 64 bits hold; by way of an integer it has no zeros behind a point.
        return _where(_is_whole(column), value).cast(HUGEINT).cast(VARCHAR)
    if column.kind in EXACT:
        return _where(_is_whole(column), value).cast(BIGINT)
    return value.cast(BIGINT if column.kind == "integer" else VARCHAR)


def _is_whole(column: Column) -> Expression:
    """Return whether a number is whole and, if it is a float, small enough to be exact."""
    value = _column(column)
    whole = value == FunctionExpression("floor", value)
    if column.kind not in EXACT:
        return whole
    size = FunctionExpression("abs", value)
    # Infinity equals its own floor.
    return FunctionExpression("isfinite", value) & whole & (size < ConstantExpression(EXACT[column.kind]))


def _is_broken(column: Column) -> Expression:
    """Return whether a number cannot be an id; missing values, NaN included, are not broken."""
    value = _column(column)
    if column.kind not in EXACT:
        return value.isnotnull() & ~_is_whole(column)
    # Not isnan: DuckDB takes it for false if the statistics of a Parquet file leave NaN out, which is the usual way.
    there = FunctionExpression("isfinite", value) | FunctionExpression("isinf", value)
    return value.isnotnull() & there & ~_is_whole(column)


def _day(column: Column, timezone: str) -> Expression:
    """Return the calendar day of a date, of a naive timestamp, or of an instant in `timezone`.

    Days outside the years 1 to 9999 and infinite ones become null.
    """
    value = _column(column)
    if column.kind == "instant":
        value = _where(FunctionExpression("isfinite", value.cast(TIMESTAMP_TZ)), value.cast(TIMESTAMP_TZ))
        value = FunctionExpression("timezone", ConstantExpression(timezone), value)
    day = value.cast(DATE)
    return _where((day >= ConstantExpression(FIRST)) & (day <= ConstantExpression(LAST)), day)


def _value(money: Sequence[Column]) -> Expression:
    """Return the money of a row as a double, before minor units: the amount, or quantity times unit price."""
    numbers = [_number(column) for column in money]
    return numbers[0] if len(numbers) == 1 else numbers[0] * numbers[1]


def _number(column: Column) -> Expression:
    value = _column(column).cast(DOUBLE)
    return _where(FunctionExpression("isfinite", value), value) if column.kind in EXACT else value


def connect(spill: str, memory: int | None = None) -> DuckDBPyConnection:
    """Open a new DuckDB with at most `memory` bytes, if given; data that does not fit goes to the folder `spill`."""
    # DuckDB needs less memory if it may return rows in any order; the roll-up sorts them itself.
    limit = {"memory_limit": f"{memory}B"} if memory else {}
    return duckdb.connect(config={"preserve_insertion_order": False, "temp_directory": spill, **limit})
