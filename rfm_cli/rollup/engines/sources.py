"""Open order tables on an engine: find the files, check their columns, concatenate them as rows of one shape."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from rfm_cli import files
from rfm_cli.errors import InputError, UsageError
from rfm_cli.rollup.engines.facts import Column, Fields, fields_of
from rfm_cli.rollup.engines.refusals import refuse_fields
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.kernel import Rows
from rfm_cli.tables.lakes import refuse_within
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import find, is_url, parted
from rfm_cli.tables.read_errors import input_errors


@dataclass(frozen=True)
class EngineOrders:
    """Order rows on an engine, in the columns that `facts` takes, and properties of their tables.

    `where` names them in messages. `maps` describe the column maps. `converted` means that days depend on the time
    zone, `has_status` that there is a status to reject by, `has_amounts` that some money is an amount and no product.
    """

    rows: Rows
    where: str
    maps: tuple[str, ...]
    converted: bool
    has_status: bool
    has_amounts: bool = True


@contextmanager
def open_orders(engine: Engine, paths: Sequence[str], options: ReadOptions) -> Iterator[EngineOrders]:
    """Open the orders at these paths for the time of the block.

    DuckDB gets the files that Polars would read; a Spark Connect server gets each path as it is. Raises InputError if
    there are no files, or if a column is missing or has a wrong type.
    """
    with _on_duckdb(paths, options) if engine.name == "duckdb" else _on_spark(engine, paths, options) as tables:
        yield _concat_tables(tables)


@dataclass(frozen=True)
class _Table:
    """One table: its rows, its fields, and its name."""

    rows: Rows
    fields: Fields
    name: str


@contextmanager
def _on_duckdb(paths: Sequence[str], options: ReadOptions) -> Iterator[list[_Table]]:
    try:
        import duckdb

        from rfm_cli.rollup.engines import duck
    except ImportError as error:
        raise UsageError("--engine duckdb: DuckDB is not installed", "pip install duckdb") from error
    files = [_local(str(file)) for file in find(paths, "orders")]
    place = os.environ.get("TMPDIR") or "/var/tmp"  # /tmp is often memory
    with (
        _spill(place) as spill,
        duck.connect(spill, options.memory) as connection,
    ):
        try:
            # Files of one schema are read together, which lets DuckDB spread them over its threads.
            alike: dict[tuple[Column, ...], list[str]] = {}
            for file in files:
                alike.setdefault(tuple(duck.columns_of(duck.read(connection, [file]))), []).append(file)
            tables = []
            for columns, group in alike.items():
                fields = fields_of(columns, options, group[0])
                refuse_fields(fields, group[0])
                rows = duck.typed(duck.read(connection, group), fields, options.zone)
                tables.append(_Table(nw.from_native(rows), fields, group[0]))
            yield tables
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise InputError(f"DuckDB: {first}", "see whether rfm check reads it") from error


@contextmanager
def _spill(place: str) -> Iterator[str]:
    """Make a folder for data that does not fit into memory; it is removed at the end of the block."""
    folder = files.temporary_folder("rfm-spill-", place)
    try:
        yield str(folder)
    finally:
        files.remove_folder(folder)


def _local(file: str) -> str:
    if is_url(file):
        raise UsageError(f"--engine duckdb: {file} is a URL", "leave out --engine, or name a Spark Connect server")
    if any("=" in part for part in Path(file).parent.parts):
        raise UsageError(
            f"--engine duckdb: {file} is in a folder key=value, whose columns it does not read", "leave out --engine"
        )
    with input_errors(file), Path(parted(file)[0]).open("rb") as start:
        if start.read(4) != b"PAR1":
            raise InputError(f"{file}: not a Parquet file", "leave out --engine: Polars reads every kind of file")
    return file


@contextmanager
def _on_spark(engine: Engine, paths: Sequence[str], options: ReadOptions) -> Iterator[list[_Table]]:
    for path in paths:
        _check_seen(engine, path)
    from rfm_cli.rollup.engines import session

    with session.connected(engine) as spark_session:
        from rfm_cli.rollup.engines import spark

        tables = []
        for path in paths:
            with session.translated_errors(engine, path):
                frame = spark.read(spark_session, path)
                columns = spark.columns_of(frame)
            if not columns:  # how Sail sees a path that is not there
                raise InputError(
                    f"{path} on {engine.place()}: no Parquet file there",
                    "check the path; the server looks for it, not this machine",
                )
            fields = fields_of(columns, options, path)
            refuse_fields(fields, path)
            tables.append(_Table(nw.from_native(spark.typed(frame, fields, options.zone)), fields, path))
        yield tables


def _check_seen(engine: Engine, path: str) -> None:
    """Raise UsageError for a path that has a meaning on this machine only."""
    if not (is_url(path) or re.match(r"^[a-z][a-z0-9]*:/", path) or path.startswith("/")):
        raise UsageError(
            f"{path}: --engine {engine.place()} needs a path that its workers see",
            "write it from the root on, /shared/orders/, or as a URL, s3://bucket/orders/",
        )
    if Path(path).is_dir():  # the workers may share the folder with this machine
        refuse_within(Path(path), Path(path).rglob("*"))


def _concat_tables(tables: Sequence[_Table]) -> EngineOrders:
    """Concatenate the rows of all tables; a column that a table lacks is null there."""
    with_money = [table for table in tables if table.fields.money]
    # A missing amount is no amount of 0: the sums would mix two kinds of order.
    if without := [table.name for table in tables if not table.fields.money and with_money]:
        raise InputError(f"{without[0]}: no amount, while other order files have one", "map it: --map amount=HEADING")
    return EngineOrders(
        rows=_concat_rows([table.rows for table in tables]),
        where=tables[0].name if len(tables) == 1 else f"{len(tables)} order tables",
        maps=tuple(dict.fromkeys(table.fields.mapped.in_words() for table in tables)),
        converted=any(table.fields.columns["ordered_at"].kind == "instant" for table in tables),
        has_status=any("status" in table.fields.columns for table in tables),
        has_amounts=any(len(table.fields.money) == 1 for table in tables),
    )


def _concat_rows(rows: Sequence[Rows]) -> Rows:
    """Concatenate rows: missing columns become null, missing flags of broken ids false; ids are integers if all are."""
    if len(rows) == 1:
        return rows[0]
    schemas = [one.collect_schema() for one in rows]
    types: dict[str, Any] = {}
    for schema in schemas:
        for name, dtype in schema.items():
            # Columns of two types meet as texts, the only type that holds the values of both.
            types[name] = dtype if types.get(name, dtype) == dtype else nw.String
    parts = []
    for one, schema in zip(rows, schemas, strict=True):
        missing = {name: nw.lit(value=False if name.startswith("broken_") else None) for name in types}
        parts.append(
            one.select(
                *[(nw.col(name) if name in schema else missing[name]).cast(types[name]).alias(name) for name in types]
            )
        )
    return nw.concat(parts)
