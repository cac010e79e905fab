"""Types of Parquet and Arrow files that Polars does not know or does not show: found, and copied to types that it
reads.

Only files with such types come here, because pyarrow takes a while to load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from rfm_cli.errors import InputError
from rfm_cli.tables.spool import Spool

Types = Mapping[str, Any]
"""The Arrow type of each column."""
ROWS = 1 << 16
FIRST, LAST = -62_135_596_800, 253_402_300_799
"""The seconds of the years 1 to 9999, counted from 1970."""
UUID = "extension<arrow.uuid>"


def types_of(path: str, kind: str) -> Types | None:
    """Return the types of a file's columns, including UUIDs of other programs; None where pyarrow cannot read them."""
    try:
        return _types(path, kind)
    except pa.ArrowException:
        return None


def _types(path: str, kind: str) -> Types:
    if kind == "arrow":
        with pa.memory_map(path) as file:
            schema = pa.ipc.open_file(file).schema
        return dict(zip(schema.names, schema.types, strict=True))
    with pq.ParquetFile(path) as file:
        # Arrow shows a UUID of Parquet as 16 plain bytes; only Parquet's own schema says what they are.
        schema, own = file.schema_arrow, file.schema
        types = dict(zip(schema.names, map(_as_stored, schema.types), strict=True))
        for place in range(len(own.names)):
            column = own.column(place)
            if column.logical_type.type == "UUID" and pa.types.is_fixed_size_binary(types.get(column.path)):
                types[column.path] = pa.uuid()
    return types


def _as_stored(kind: Any) -> Any:
    """Return a type as Parquet stores it, which has no whole seconds."""
    return pa.timestamp("ms", kind.tz) if pa.types.is_timestamp(kind) and kind.unit == "s" else kind


def uuids(types: Types) -> list[str]:
    """List the columns that are UUIDs, in a dictionary or not."""
    return [name for name, kind in types.items() if str(_value_type(kind)) == UUID]


def _value_type(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def odd_ones(types: Types) -> list[str]:
    """List the columns that Polars fails on."""
    return [name for name, kind in types.items() if _is_odd(kind)]


def _is_odd(kind: Any) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        return _is_odd(kind.storage_type)
    # Polars multiplies seconds to milliseconds without a look at the calendar, so that far ones wrap around.
    if pa.types.is_timestamp(kind):
        return bool(kind.unit == "s")
    if pa.types.is_dictionary(kind):
        value = _value_type(kind)
        return isinstance(value, pa.BaseExtensionType) or pa.types.is_fixed_size_binary(value) or _is_odd(value)
    named = (pa.types.is_decimal256, pa.types.is_run_end_encoded, pa.types.is_union, pa.types.is_interval)
    views = (pa.types.is_list_view, pa.types.is_large_list_view)
    if any(test(kind) for test in (*named, *views)):
        return True
    return any(_is_odd(kind.field(place).type) for place in range(kind.num_fields))


def copied(path: str, kind: str, where: str) -> Spool:
    """Copy a file to Arrow, with other types for the columns that Polars fails on.

    Decimals of 256 bits become texts, whole ones without their zeros. Raises `InputError` for types that cannot be
    turned into any other.
    """
    spool = Spool("copy.arrow")
    try:
        parts = (_recast(batch, where) for batch in _batches(path, kind))
        first = next(parts)
        with pa.ipc.new_file(str(spool.path), first.schema) as writer:
            for part in parts:
                writer.write_batch(part)
    except pa.ArrowException as error:
        problem = str(error).splitlines()[0]
        raise InputError(
            f"{where}: a type of it cannot be read: {problem}", "leave the column out of the file"
        ) from error
    return spool


def _recast(batch: Any, where: str) -> Any:
    names = batch.schema.names
    columns = [_readable(column, name, where) for name, column in zip(names, batch.columns, strict=True)]
    return pa.record_batch(columns, names=names)


def _batches(path: str, kind: str) -> Iterator[Any]:
    """Read the rows of a file in parts. The first part is empty, so that the columns are known even without rows."""
    if kind == "parquet":
        with pq.ParquetFile(path) as file:
            yield _empty(file.schema_arrow)
            yield from file.iter_batches(ROWS)
        return
    with pa.memory_map(path) as mapped:
        reader = pa.ipc.open_file(mapped)
        yield _empty(reader.schema)
        yield from (reader.get_batch(place) for place in range(reader.num_record_batches))


def _empty(schema: Any) -> Any:
    return pa.record_batch([column.combine_chunks() for column in schema.empty_table().columns], schema=schema)


def _readable(column: Any, name: str, where: str) -> Any:
    """Return a column in a type that Polars reads."""
    if isinstance(column, pa.ExtensionArray) and _is_odd(column.type.storage_type):
        column = column.storage
    if pa.types.is_dictionary(column.type):  # dictionaries may differ from batch to batch
        return _readable(column.dictionary_decode(), name, where)
    if not _is_odd(column.type):
        return column
    if pa.types.is_run_end_encoded(column.type):
        return _readable(pc.run_end_decode(column), name, where)
    if pa.types.is_timestamp(column.type):  # Polars makes milliseconds of seconds, and those far off wrap around
        seconds = column.cast(pa.int64())
        known = pc.and_(pc.greater_equal(seconds, FIRST), pc.less_equal(seconds, LAST))
        return pc.if_else(known, column, pa.scalar(None, column.type)).cast(pa.timestamp("ms", column.type.tz))
    if pa.types.is_decimal256(column.type):
        return pc.replace_substring_regex(pc.cast(column, pa.string()), r"^(-?\d+)\.0*$", r"\1")
    view = pa.types.is_list_view(column.type) or pa.types.is_large_list_view(column.type)
    if view and not _is_odd(column.type.value_type):
        return column.cast(pa.large_list(column.type.value_type))
    raise InputError(
        f"{where}: column {name!r} is {column.type}, which cannot be read", "leave it out, or write it as text"
    )
