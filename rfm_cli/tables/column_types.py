"""Parquet and Arrow files, whose columns have types: scanned, and brought to those that the rules of reading know."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from rfm_cli.tables.spool import Spool

ANY_ZONE = "POLARS_IGNORE_TIMEZONE_PARSE_ERROR"
"""With this Polars takes a column of any time zone, +05:30 among them, for the instants that it holds."""
MOST_DIGITS = 38
"""Decimals of more digits are of 256 bits, which Polars does not read."""
DAYS = (-719_162, 2_932_896)
"""The days of the years 1 to 9999, counted from 1970."""
A_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}


def scan_typed(path: str, kind: str, where: str, *, local: bool) -> tuple[pl.LazyFrame, Spool | None]:
    """The columns of a Parquet or Arrow file under plain types; and a copy, where Polars cannot read the file itself.

    Extension types are what they are stored as, UUIDs texts with dashes. Raises `InputError` for a type that nothing
    can be made of.
    """
    os.environ.setdefault(ANY_ZONE, "1")
    scan = pl.scan_parquet if kind == "parquet" else pl.scan_ipc
    frame = scan(path, glob=not local)
    if not local:
        return plain(frame), None
    schema = _schema_of(frame)
    is_beyond = schema is None or any(_is_wide(dtype) for dtype in schema.values())
    if schema is not None and not is_beyond and not _is_unclear(schema, kind):
        return plain(frame), None
    from rfm_cli.tables import arrow_types  # with pyarrow, which few files need

    own = arrow_types.types_of(path, kind) or {}
    laid = arrow_types.copied(path, kind, where) if is_beyond or arrow_types.odd_ones(own) else None
    return plain(pl.scan_ipc(str(laid.path), glob=False) if laid else frame, arrow_types.uuids(own)), laid


def _is_unclear(schema: pl.Schema, kind: str) -> bool:
    """Whether Polars does not tell what a file holds: UUIDs or bytes; in Arrow, milliseconds or seconds."""
    types = list(schema.values())
    return pl.Binary in types or (kind == "arrow" and any(getattr(one, "time_unit", "") == "ms" for one in types))


def _schema_of(frame: pl.LazyFrame) -> pl.Schema | None:
    """The columns, None where Polars gives up on a type: it panics, and says so on stderr, where users would see it."""
    with _silent_stderr():
        try:
            return frame.collect_schema()
        except pl.exceptions.PanicException:
            return None


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Inside, what native code writes to stderr is lost."""
    try:
        kept = os.dup(2)
    except OSError:  # it is closed
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _is_wide(dtype: pl.DataType) -> bool:
    """Whether decimals of more than 128 bits are in a type."""
    if isinstance(dtype, pl.Decimal):
        return (dtype.precision or 0) > MOST_DIGITS
    return any(_is_wide(inner) for inner in _inner(dtype))


def _inner(dtype: pl.DataType) -> list[pl.DataType]:
    """The types that a nested or an extension type is made of."""
    if isinstance(dtype, pl.Struct):
        return [as_dtype(field.dtype) for field in dtype.fields]
    if isinstance(dtype, pl.BaseExtension):
        return [as_dtype(dtype.ext_storage())]
    return [as_dtype(dtype.inner)] if isinstance(dtype, pl.List | pl.Array) else []


def as_dtype(dtype: object) -> pl.DataType:
    """A type that may be given as its class as the type itself."""
    made = dtype() if isinstance(dtype, type) else dtype
    assert isinstance(made, pl.DataType)
    return made


def plain(frame: pl.LazyFrame, uuids: Sequence[str] = ()) -> pl.LazyFrame:
    """A frame under plain names; its categories as texts, nested values as JSON, bytes as hexadecimal digits."""
    frame = frame.rename({name: plain_name(name) for name in frame.collect_schema().names()})
    dashed = {plain_name(name) for name in uuids}
    made = {
        name: with_dashes(pl.col(name)) if name in dashed else _as_field(name, dtype)
        for name, dtype in frame.collect_schema().items()
        if name in dashed or not _is_field(dtype)
    }
    return frame.with_columns(**made)


def _is_field(dtype: pl.DataType) -> bool:
    """Whether a type is one that fields have."""
    return _is_stored(dtype) and not dtype.is_nested() and dtype not in (pl.Categorical, pl.Enum)


def _as_field(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column of another type as one that fields have."""
    stored, kind = stored_as(pl.col(name), dtype), dtype
    while isinstance(kind, pl.BaseExtension):
        kind = as_dtype(kind.ext_storage())
    if kind.is_nested():
        return pl.struct(stored.alias(name)).struct.json_encode()
    return stored.cast(pl.String) if kind in (pl.Categorical, pl.Enum) else stored


def _is_stored(dtype: pl.DataType) -> bool:
    """Whether neither extension types nor bytes nor dates, which may lie beyond all calendars, are in a type."""
    if isinstance(dtype, pl.BaseExtension) or dtype in (pl.Binary, pl.Date, pl.Datetime):
        return False
    return all(_is_stored(inner) for inner in _inner(dtype))


def stored_as(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column, or what is nested in it: extension types as they are stored, bytes as digits, dates of the years 1 to
    9999, those of unknown zones in UTC."""
    if _is_stored(dtype):
        return column
    if isinstance(dtype, pl.BaseExtension):
        return stored_as(column.ext.storage(), as_dtype(dtype.ext_storage()))
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    if isinstance(dtype, pl.Date | pl.Datetime):
        return _dated(column, dtype)
    if isinstance(dtype, pl.Struct):
        fields = {field.name: as_dtype(field.dtype) for field in dtype.fields}
        made = [stored_as(column.struct.field(name), kind).alias(name) for name, kind in fields.items()]
        return pl.when(column.is_not_null()).then(pl.struct(made))
    listed = column.arr.to_list() if isinstance(dtype, pl.Array) else column
    return listed.list.eval(stored_as(pl.element(), _inner(dtype)[0]))


def _dated(column: pl.Expr, dtype: pl.Date | pl.Datetime) -> pl.Expr:
    """Dates of the years 1 to 9999, null for all others and for the infinities of Postgres, the ends of 64 bits."""
    number, (first, last) = column.to_physical(), DAYS
    if isinstance(dtype, pl.Datetime):
        day = 86_400 * A_SECOND[dtype.time_unit]
        first, last = max(first * day, 2 - 2**63), min((last + 1) * day - 1, 2**63 - 2)
        if dtype.time_zone and not _is_known(dtype.time_zone):
            column = number.cast(pl.Datetime(dtype.time_unit, "UTC"))
    return pl.when(number.is_between(first, last)).then(column)


def _is_known(zone: str) -> bool:
    """Whether a time zone has a name that Polars knows; a name is asked for, an offset is none."""
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        ZoneInfo(zone)
        return True
    return False


def with_dashes(uuid: pl.Expr) -> pl.Expr:
    """A UUID of 16 bytes as it is written, lower case: 3f2504e0-4f89-11d3-9a0c-0305e82c3301."""
    digits = uuid.bin.encode("hex")
    parts = [digits.str.slice(start, count) for start, count in ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))]
    return pl.concat_str(parts, separator="-").alias(uuid.meta.output_name())


def plain_name(heading: str) -> str:
    """A heading as a column can be called: one that Polars would take for a pattern gets a blank behind it.

    >>> plain_name("amount"), plain_name("*"), plain_name("^a.*$")
    ('amount', '* ', '^a.*$ ')
    """
    return f"{heading} " if heading == "*" or (heading.startswith("^") and heading.endswith("$")) else heading
