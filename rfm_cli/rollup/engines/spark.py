"""Order rows on a Spark Connect server: turn Parquet files into the rows that the kernel takes, in Spark's expressions.

Only functions on which Apache Spark and Sail agree are used here; they differ on `rint`, for example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as fn

from rfm_cli.rollup.engines.facts import EXACT, Column, Fields, Kind
from rfm_cli.rollup.kernel import BLANKS

if TYPE_CHECKING:
    from pyspark.sql import Column as Value
    from pyspark.sql import DataFrame, SparkSession

KINDS: dict[str, Kind] = {
    "string": "text",
    "tinyint": "integer",
    "smallint": "integer",
    "int": "integer",
    "bigint": "integer",
    "float": "float32",
    "double": "float64",
    "date": "date",
    "timestamp_ntz": "naive",
    "timestamp": "instant",
    "void": "empty",
}


def read(session: SparkSession, uri: str) -> DataFrame:
    """Read the Parquet files at a path on the server, including those in subfolders.

    The schemas of all files are merged, so that a column that only later files have is not missed.
    """
    return session.read.option("mergeSchema", "true").option("recursiveFileLookup", "true").parquet(uri)


def columns_of(frame: DataFrame) -> list[Column]:
    """Return the columns of a frame and their kinds; some servers give none for a path that does not exist."""
    types = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
    return [Column(place, heading, _kind(dtype), dtype) for place, (heading, dtype) in enumerate(types)]


def _kind(dtype: str) -> Kind:
    if dtype.startswith(("char(", "varchar(")):
        return "text"
    return "decimal" if dtype.startswith("decimal") else KINDS.get(dtype, "other")


def typed(frame: DataFrame, fields: Fields, timezone: str) -> DataFrame:
    """Select the columns of `fields` as `rfm_cli.rollup.engines.facts` takes them.

    Returns customer, order?, day, value? (money as a double), status?, currency?, type?, quantity? (beside an amount),
    and the flags broken_customer_id and broken_order_id for ids that are decimals or floats.
    """
    named = frame.toDF(*[f"c{place}" for place in range(len(frame.schema.fields))])
    made = {"customer": _id(fields.columns["customer_id"]), "day": _day(fields.columns["ordered_at"], timezone)}
    if "order_id" in fields.columns:
        made["order"] = _id(fields.columns["order_id"])
    if fields.money:
        made["value"] = _value(fields.money)
    if len(fields.money) == 1 and "quantity" in fields.columns:
        made["quantity"] = _number(fields.columns["quantity"])
    for name in ("status", "currency", "type"):
        if name in fields.columns:
            made[name] = fn.col(fields.columns[name].name).cast("string")
    for name in ("customer_id", "order_id"):
        if name in fields.columns and fields.columns[name].kind in ("decimal", *EXACT):
            made[f"broken_{name}"] = _is_broken(fields.columns[name])
    return named.select(*[expression.alias(name) for name, expression in made.items()])


def _id(column: Column) -> Value:
    """Return an id as an integer of 64 bits, else as trimmed text; null for empty ids and numbers with a fraction."""
    value = fn.col(column.name)
    if column.kind == "text":
        text = fn.btrim(value, fn.lit(BLANKS))
        return fn.when(text != "", text)
    if column.kind == "decimal":
        # By way of whole decimals, so that the text has no zeros behind a point.
        return fn.when(_is_whole(column), value).cast("decimal(38,0)").cast("string")
    if column.kind in EXACT:
        return fn.when(_is_whole(column), value).cast("bigint")
    return value.cast("bigint" if column.kind == "integer" else "string")


def _is_whole(column: Column) -> Value:
    """Return whether a number is whole and, if it is a float, small enough to be exact."""
    value = fn.col(column.name)
    if column.kind not in EXACT:
        return value == fn.floor(value)
    # In Spark NaN equals itself and is above every number, so it has to be named.
    small = fn.abs(value) < EXACT[column.kind]
    return ~fn.isnan(value) & small & (value == fn.floor(value))


def _is_broken(column: Column) -> Value:
    """Return whether a number cannot be an id; missing values, NaN included, are not broken."""
    value = fn.col(column.name)
    there = value.isNotNull()
    if column.kind in EXACT:
        there = there & ~fn.isnan(value)
    return there & ~_is_whole(column)


def _day(column: Column, timezone: str) -> Value:
    """Return the calendar day of a date, of a naive timestamp, or of an instant in `timezone`.

    The zone of the session is UTC. Days outside the years 1 to 9999 become null.
    """
    value = fn.col(column.name)
    if column.kind == "instant":
        value = fn.from_utc_timestamp(value, timezone)
    day = value.cast("date")
    return fn.when(day.between(fn.lit("0001-01-01").cast("date"), fn.lit("9999-12-31").cast("date")), day)


def _value(money: Sequence[Column]) -> Value:
    """Return the money of a row as a double, before minor units: the amount, or quantity times unit price."""
    numbers = [_number(column) for column in money]
    return numbers[0] if len(numbers) == 1 else numbers[0] * numbers[1]


def _number(column: Column) -> Value:
    value = fn.col(column.name).cast("double")
    if column.kind not in EXACT:
        return value
    finite = ~fn.isnan(value) & (fn.abs(value) != float("inf"))
    return fn.when(finite, value)


def write_sorted(rows: DataFrame, place: str) -> None:
    """Let the server write the rows of a roll-up to `place`, a new folder of Parquet files.

    The rows are sorted by customer and period within and across files. Fails if `place` exists.
    """
    ordered = rows.sort("customer_id", "period")
    ordered.write.option("compression", "zstd").parquet(place)


def write_line(session: SparkSession, line: str, place: str) -> None:
    """Let the server write a line of text to `place`, a new folder with one file."""
    # Not from local rows: the client would ask the server for settings that Sail does not have.
    text = session.range(1).select(fn.lit(line).alias("value")).coalesce(1)
    text.write.text(place)
