"""Which column holds which field, and what each is used for: the rows of `rfm check` on the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

import polars as pl

from rfm_cli.model import Finding, Role
from rfm_cli.tables.columns import ColumnMap, detect
from rfm_cli.tables.hints import option_of, quoted
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import MARKS, OrderFile
from rfm_cli.tables.persons import KEY
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.sources import InputFile
from rfm_cli.tables.uses import ASKED, Use, use_of
from rfm_cli.tables.value_kinds import IN_WORDS, Kind, Values, values_of

WHY = {
    "given": "as given",
    "vendor": "of this export",
    "data": "by its values",
    "words": "by its words",
    "name": "by its name",
    "alias": "by an alias",
    "event": "of the events",
    "email": "an e-mail, since no other column has ids",
}
BY = {"given": "map", "event": "name", "email": "alias"}
"""By what a field was found, where it is called otherwise than the reason of the map."""
OPTIONS = {"ordered_at": ("--date-format", "--timezone"), "amount": ("--decimal",), "status": ("--reject-status",)}
IDS = ("customer_id", "order_id", "product_id", "campaign_id", "session_id")
NUMBERS: tuple[Kind, ...] = ("whole numbers", "decimal point", "decimal comma")
OURS = (*MARKS, KEY)
"""Columns that are not those of a file."""
NO_VALUES = Values("none", ())


def on_order_columns(file: OrderFile) -> Iterator[Finding]:
    """Yield the role of each column of a file of orders, and how dates and amounts are read."""
    seen = _seen([file.raw()], file.source.schema)
    yield from _on_fields("orders", file.source, file.columns, seen, {}, file)
    yield from _on_rest("orders", file.source, file.columns, seen, {})


def on_columns(
    table: str,
    files: Sequence[InputFile],
    columns: ColumnMap,
    options: ReadOptions,
    uses: Mapping[str, Use] | None = None,
) -> Iterator[Finding]:
    """Yield the role of each column of a table beside the orders: of the first file, and of files with other headings.

    `columns` are those of the first file. `uses` has the use of columns by heading, where the table itself knows it.
    """
    groups: dict[tuple[str, ...], list[InputFile]] = {}
    for one in files:
        groups.setdefault(one.header, []).append(one)
    for header, alike in groups.items():
        first = alike[0]
        own = columns if first is files[0] else detect(table, header, options.map_of(table), first.name)
        with input_errors(first.name):
            seen = _seen([one.frame for one in alike], first.schema)
        yield from _on_fields(table, first, own, seen, uses or {}, None)
        yield from _on_rest(table, first, own, seen, uses or {})


def _seen(frames: Sequence[pl.LazyFrame], schema: Mapping[str, pl.DataType]) -> dict[str, Values]:
    """Return what the values of each column read as, over files with the same headings."""
    if len(frames) == 1:
        return values_of(frames[0], schema)
    texts = [frame.select(pl.all().cast(pl.String)) for frame in frames]
    return values_of(pl.concat(texts, how="diagonal"), dict.fromkeys(schema, pl.String()))


def _on_fields(
    table: str,
    source: InputFile,
    columns: ColumnMap,
    seen: Mapping[str, Values],
    uses: Mapping[str, Use],
    file: OrderFile | None,
) -> Iterator[Finding]:
    """Yield the columns that hold a field."""
    money = file.money_fields() if file else None
    for name, heading in columns.headings.items():
        reason = columns.reasons.get(name, "name")
        values = seen.get(heading, NO_VALUES)
        role = Role(
            PurePath(source.name).name,
            heading,
            name,
            BY.get(reason, reason),
            _type(name, values, file),
            values.examples,
            use_of(table, name, heading, uses, money),
        )
        found = f"{heading!r} {WHY[reason]}" + (_how_read(file, name) if file else "")
        options = (f"--map {option_of(table, name)}=HEADING", *OPTIONS.get(name, ()))
        yield Finding(_shown(table), "column", name, found, None, options, role)


def _on_rest(
    table: str, source: InputFile, columns: ColumnMap, seen: Mapping[str, Values], uses: Mapping[str, Use]
) -> Iterator[Finding]:
    """Yield the columns that no field uses; those of orders and customers can still be asked for as attributes."""
    used = set(columns.headings.values())
    for heading, values in seen.items():
        if heading in used or heading in OURS:
            continue
        use = use_of(table, "", heading, uses)
        by = uses[heading].by if heading in uses else ""
        role = Role(PurePath(source.name).name, heading, "", by, IN_WORDS[values.kind], values.examples, use)
        found = "an attribute" if use.startswith(ASKED) else use
        field = option_of(table, "FIELD")
        yield Finding(_shown(table), "column", heading, found, None, (f"--map {field}={quoted(heading)}",), role)


def _shown(table: str) -> str:
    """Return the table as findings call it: customers who come measured already are in the place of orders."""
    return "orders" if table == "one_row" else table


def _type(name: str, values: Values, file: OrderFile | None) -> str:
    """Return what the values of a field read as, in words."""
    if file and name == "ordered_at" and not file.typed_day():
        return f"dates, {file.day.in_words()}"
    if file and name in file.amounts:
        mark = file.amounts[name].mark
        return "plain numbers" if mark == "plain" else f"numbers, decimal {'comma' if mark == ',' else 'point'}"
    if name == "phone" and values.kind in NUMBERS:
        return "phone numbers"
    if name not in IDS or values.kind == "none":
        return IN_WORDS[values.kind]
    kind = "text" if values.kind in NUMBERS[1:] else values.kind
    return f"ids ({IN_WORDS[kind]})"


def _how_read(file: OrderFile, name: str) -> str:
    if name == "ordered_at":
        return f", read as {file.day.in_words()}" if not file.typed_day() else f", {file.dtype(name)}"
    if name in file.amounts:
        mark = file.amounts[name].mark
        return ", plain numbers" if mark == "plain" else f", decimal mark {mark}"
    if name in ("amount", "quantity", "unit_price") and name not in file.money_fields():
        return ", not used: amount is taken"
    return ""
