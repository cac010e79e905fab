"""Columns with types, of Parquet and Arrow files, turned into the types that our rules read; and ids of any type.

Ids are text in every answer, and integers inside where the file holds integers, because these group twice as fast.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables.fields import plain_name
from rfm_cli.tables.footers import DAY, Bounds
from rfm_cli.tables.spool import Spool

ANY_ZONE = "POLARS_IGNORE_TIMEZONE_PARSE_ERROR"
"""With this, Polars reads a column of any time zone, +05:30 among them, as the instants that it holds."""
MOST_DIGITS = 38
"""Decimals of more digits have 256 bits, which Polars does not read."""
DAYS = (-719_162, 2_932_896)
"""The days of the years 1 to 9999, counted from 1970."""
A_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}


def scan_typed(
    path: str, kind: str, where: str, *, local: bool, bounds: Mapping[str, Bounds] | None = None
) -> tuple[pl.LazyFrame, Spool | None]:
    """Scan a Parquet or Arrow file under plain types. Returns also a copy, where Polars cannot read the file itself.

    `bounds` are those of its columns, as far as they are known. Extension types become what they are stored as, UUIDs
    become texts with dashes. Raises `InputError` for a type that
    cannot be turned into any other.
    """
    os.environ.setdefault(ANY_ZONE, "1")
    scan = pl.scan_parquet if kind == "parquet" else pl.scan_ipc
    frame = scan(path, glob=not local)
    if not local:
        return plain(frame), None
    schema = _schema_of(frame)
    is_beyond = schema is None or any(_is_wide(dtype) for dtype in schema.values())
    # The common case needs neither pyarrow nor a copy.
    if schema is not None and not is_beyond and not _is_unclear(schema, kind):
        return plain(frame, bounds=bounds), None
    from rfm_cli.tables import arrow_types  # with pyarrow, which few files need

    own = arrow_types.types_of(path, kind) or {}
    copy = arrow_types.copied(path, kind, where) if is_beyond or arrow_types.odd_ones(own) else None
    return plain(pl.scan_ipc(str(copy.path), glob=False) if copy else frame, arrow_types.uuids(own)), copy


def _is_unclear(schema: pl.Schema, kind: str) -> bool:
    """Return whether Polars hides what a file holds: UUIDs or bytes; in Arrow, milliseconds or seconds."""
    types = list(schema.values())
    return pl.Binary in types or (kind == "arrow" and any(getattr(one, "time_unit", "") == "ms" for one in types))


def _schema_of(frame: pl.LazyFrame) -> pl.Schema | None:
    """Return the columns, None where Polars gives up on a type: it panics and prints that to stderr, where users would
    see it."""
    with _silent_stderr():
        try:
            return frame.collect_schema()
        except pl.exceptions.PanicException:
            return None


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what native code writes to stderr inside."""
    try:
        kept = os.dup(2)
    except OSError:  # it is closed
        yield
        return
    # Rust writes to the descriptor, past sys.stderr, so that the descriptor itself is replaced.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _is_wide(dtype: pl.DataType) -> bool:
    """Return whether a type holds decimals of more than 128 bits."""
    if isinstance(dtype, pl.Decimal):
        return (dtype.precision or 0) > MOST_DIGITS
    return any(_is_wide(inner) for inner in _inner(dtype))


def _inner(dtype: pl.DataType) -> list[pl.DataType]:
    """List the types that a nested or an extension type is made of."""
    if isinstance(dtype, pl.Struct):
        return [as_dtype(field.dtype) for field in dtype.fields]
    if isinstance(dtype, pl.BaseExtension):
        return [as_dtype(dtype.ext_storage())]
    return [as_dtype(dtype.inner)] if isinstance(dtype, pl.List | pl.Array) else []


def as_dtype(dtype: object) -> pl.DataType:
    """Return a type, also where it is given as its class."""
    made = dtype() if isinstance(dtype, type) else dtype
    assert isinstance(made, pl.DataType)
    return made


def plain(frame: pl.LazyFrame, uuids: Sequence[str] = (), bounds: Mapping[str, Bounds] | None = None) -> pl.LazyFrame:
    """Return a frame under plain names; categories become texts, nested values JSON, bytes hexadecimal digits.

    A column of dates whose `bounds` lie in the calendar stays as it is, so that a filter can pass over parts of a file.
    """
    frame = frame.rename({name: plain_name(name) for name in frame.collect_schema().names()})
    dashed = {plain_name(name) for name in uuids}
    made = {
        name: with_dashes(pl.col(name)) if name in dashed else _as_field(name, dtype)
        for name, dtype in frame.collect_schema().items()
        if name in dashed or not (_is_field(dtype) or lies_in_calendar(dtype, (bounds or {}).get(name)))
    }
    return frame.with_columns(**made)


def lies_in_calendar(dtype: pl.DataType, bounds: Bounds | None) -> bool:
    """Return whether all values of a column are known to be dates of the years 1 to 9999, in a zone that is known."""
    if not isinstance(dtype, pl.Date | pl.Datetime) or bounds is None or _is_foreign(dtype):
        return False
    (first, last), least, greatest = _calendar(dtype), bounds.least, bounds.greatest
    is_alike = bounds.unit == (dtype.time_unit if isinstance(dtype, pl.Datetime) else DAY)
    return is_alike and isinstance(least, int) and isinstance(greatest, int) and first <= least and greatest <= last


def _is_field(dtype: pl.DataType) -> bool:
    """Return whether a type is one that fields have."""
    return _is_stored(dtype) and not dtype.is_nested() and dtype not in (pl.Categorical, pl.Enum)


def _as_field(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column of another type in a type that fields have."""
    stored, kind = stored_as(pl.col(name), dtype), dtype
    while isinstance(kind, pl.BaseExtension):
        kind = as_dtype(kind.ext_storage())
    if kind.is_nested():
        # Polars writes structs as JSON, so that any other nested value is wrapped in one.
        wrapped = pl.struct(stored.alias("x")).struct.json_encode()
        return pl.when(stored.is_not_null()).then(wrapped.str.strip_prefix('{"x":').str.strip_suffix("}")).alias(name)
    return stored.cast(pl.String) if kind in (pl.Categorical, pl.Enum) else stored


def _is_stored(dtype: pl.DataType) -> bool:
    """Return whether a type is free of extension types, bytes and dates, which may lie beyond all calendars."""
    if isinstance(dtype, pl.BaseExtension) or dtype in (pl.Binary, pl.Date, pl.Datetime):
        return False
    return all(_is_stored(inner) for inner in _inner(dtype))


def stored_as(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column, and what is nested in it, in stored types.

    Extension types become what they are stored as, bytes become digits, dates beyond the years 1 to 9999 null, and
    dates of unknown zones are read in UTC.
    """
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
    """Return dates of the years 1 to 9999, null for others and for Postgres' infinities, the ends of 64 bits."""
    # Compared as integers, which works for the infinities of Postgres too.
    number, (first, last) = column.to_physical(), _calendar(dtype)
    if isinstance(dtype, pl.Datetime) and _is_foreign(dtype):
        column = number.cast(pl.Datetime(dtype.time_unit, "UTC"))
    return pl.when(number.is_between(first, last)).then(column)


def _calendar(dtype: pl.Date | pl.Datetime) -> tuple[int, int]:
    """Return the first and the last value of the years 1 to 9999, as a type stores it."""
    first, last = DAYS
    if isinstance(dtype, pl.Date):
        return first, last
    day = 86_400 * A_SECOND[dtype.time_unit]
    return max(first * day, 2 - 2**63), min((last + 1) * day - 1, 2**63 - 2)


def _is_foreign(dtype: pl.Date | pl.Datetime) -> bool:
    """Return whether a type has a time zone that Polars does not know by name."""
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    return bool(zone) and not _is_known(str(zone))


def _is_known(zone: str) -> bool:
    """Return whether Polars knows a time zone by name; an offset is no name."""
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        ZoneInfo(zone)
        return True
    return False


def with_dashes(uuid: pl.Expr) -> pl.Expr:
    """Return a UUID of 16 bytes as text, lower case: 3f2504e0-4f89-11d3-9a0c-0305e82c3301."""
    digits = uuid.bin.encode("hex")
    parts = [digits.str.slice(start, count) for start, count in ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))]
    return pl.concat_str(parts, separator="-").alias(uuid.meta.output_name())


def id_of(column: str, dtype: pl.DataType, where: str) -> pl.Expr:
    """Return the id in `column`: Int64 for integers and whole floats, trimmed text otherwise; empty is null.

    Whole floats (a pandas export of integers with gaps) keep their digits: 17850.0 is 17850. Other floats are null here
    and counted by `broken_ids`. Raises `InputError` for types that cannot be ids.
    """
    value = pl.col(column)
    # These may not fit Int64; as texts they keep all digits.
    if dtype in (pl.UInt64, pl.Int128, pl.UInt128):
        return value.cast(pl.String)
    if isinstance(dtype, pl.Decimal):
        return pl.when(is_whole(value, dtype)).then(value.cast(pl.Int128, strict=False)).cast(pl.String)
    if dtype.is_integer():
        return value.cast(pl.Int64)
    if dtype.is_float():
        return pl.when(is_whole(value, dtype)).then(value).cast(pl.Int64, strict=False)
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        text = value.cast(pl.String).str.strip_chars()
        return pl.when(text != "").then(text)
    raise InputError(f"{where}: column {column!r} is {dtype}, which cannot be an id", "use --map to name another")


def id_type(dtype: pl.DataType) -> pl.DataType:
    """Return the type of the ids that `id_of` makes of a column of this type."""
    wide = dtype in (pl.UInt64, pl.Int128, pl.UInt128) or isinstance(dtype, pl.Decimal)
    return pl.Int64() if dtype.is_numeric() and not wide else pl.String()


def integer_of(text: pl.Expr) -> pl.Expr:
    """Return the integer in a text that has just its digits; null for all others: 007, +7, 7.0 and blanks around.

    >>> pl.select(integer_of(pl.Series(["42", "0", "007", "+7", " 7"]))).to_series().to_list()
    [42, 0, None, None, None]
    """
    # Of texts that can be read as integers, only those with a sign or a zero in front sort before "1".
    return pl.when((text >= "1") | (text == "0")).then(text.cast(pl.Int64, strict=False))


def is_whole(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return whether a decimal or float is a whole number that its type can tell from the next."""
    if isinstance(dtype, pl.Decimal):
        return value == value.floor()
    # Above this, neighboring integers are one float: two customers would become one.
    exact = 2**24 if dtype == pl.Float32 else 2**53
    return value.is_finite() & (value == value.floor()) & (value.abs() < exact)


def broken_ids(column: str, dtype: pl.DataType) -> pl.Expr:
    """Count values of `column` that no id can be: floats or decimals with a fraction, infinite or too large."""
    value = pl.col(column)
    if dtype.is_float():
        return (value.is_not_null() & value.is_not_nan() & ~is_whole(value, dtype)).sum()
    return (~is_whole(value, dtype)).sum() if isinstance(dtype, pl.Decimal) else pl.lit(0, pl.UInt32)


def refuse_broken(frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str) -> None:
    """Raise `InputError` where ids are numbers with a fraction, or floats too large to be exact."""
    if not (dtype.is_float() or isinstance(dtype, pl.Decimal)):
        return
    count = frame.select(broken_ids(column, dtype)).collect(engine="streaming").item()
    if count:
        raise InputError(
            f"{where}: column {column!r}: {count:,} values have a fraction, or are too large for a float to tell apart",
            "an id has to be an integer or a text",
        )


def same_type(dtypes: list[pl.DataType]) -> pl.DataType:
    """Return the type in which ids of several tables are compared: Int64 if all are integers, else text."""
    return pl.Int64() if all(dtype == pl.Int64 for dtype in dtypes) else pl.String()
