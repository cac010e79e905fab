"""Precedents as the manifest of a roll-up has them: JSON, in which only what was counted is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from rfm_cli.tables.amount_per import AmountCounts
from rfm_cli.tables.amounts import Evidence
from rfm_cli.tables.precedents import Marks, Precedents, Row, Shapes, Value, table_of
from rfm_cli.toml_tables import Table


def as_data(found: Precedents) -> dict[str, object]:
    """Return precedents as JSON has them; an empty table if there are none."""
    dates = {name: {"all": list(shapes.all), "open": list(shapes.open)} for name, shapes in sorted(found.dates.items())}
    amounts = {
        name: {"all": _written(marks.all), "open": _written(marks.open)}
        for name, marks in sorted(found.amounts.items())
    }
    orders, headings = _written(found.orders), dict(found.headings)
    parts = {"dates": dates, "amounts": amounts, "amount_per": orders, "headings": headings}
    return {name: part for name, part in parts.items() if part}


def from_data(table: Table) -> Precedents:
    """Read precedents from their JSON; raises UsageError where it is damaged."""
    table.check_keys(("dates", "amounts", "amount_per", "headings"))
    dates, amounts, headings = _tables(table, "dates"), _tables(table, "amounts"), table.table("headings")
    return Precedents(
        {name: Shapes(*[_rows(own, part) for part in ("all", "open")]) for name, own in dates.items()},
        {name: Marks(*[_evidence(own.table(part)) for part in ("all", "open")]) for name, own in amounts.items()},
        _counts(table.table("amount_per")),
        {heading: headings.text(heading) for heading in headings.values},
    )


def _tables(table: Table, key: str) -> dict[str, Table]:
    """Return the tables under a key by their names."""
    inside = table.table(key)
    return {name: inside.table(name) for name in inside.values}


def _rows(table: Table, part: str) -> tuple[Row, ...]:
    """Return rows of shapes, each value of the type of its column."""
    schema = table_of(()).schema
    return tuple(_row(one, schema) for one in table.tables(part, part))


def _row(table: Table, schema: Mapping[str, pl.DataType]) -> Row:
    row: dict[str, Value] = {}
    table.check_keys(schema.keys(), ("shape", "rows", "example"))
    for name in table.values:
        kind = schema[name]
        if kind == pl.String:
            row[name] = table.text(name)
        elif isinstance(kind, pl.List):
            row[name] = table.wholes(name)
        elif kind == pl.Boolean:
            row[name] = table.switch(name)
        else:
            row[name] = float(table.number(name)) if kind.is_float() else table.whole(name, least=0)
    return row


def _written(counts: Evidence | AmountCounts) -> Row:
    return {one.name: value for one in fields(counts) if (value := getattr(counts, one.name))}


def _evidence(table: Table) -> Evidence:
    texts = [one.name for one in fields(Evidence) if not isinstance(getattr(Evidence(), one.name), int)]
    return Evidence(**_read(table, [one.name for one in fields(Evidence)], texts))


def _counts(table: Table) -> AmountCounts:
    return AmountCounts(**_read(table, [one.name for one in fields(AmountCounts)]))


def _read(table: Table, names: Collection[str], texts: Collection[str] = ()) -> dict[str, Any]:
    """Return the values of a table, which are counts but for `texts`."""
    table.check_keys(names)
    return {name: table.text(name) if name in texts else table.whole(name, least=0) for name in table.values}
