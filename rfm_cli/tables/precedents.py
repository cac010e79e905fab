"""Precedents: what the texts of orders have shown about how they are to be read, for orders that are read later.

In one run the files settle each other's doubts: 13/04/2024 in one shows how 03/04/2024 in another is to be read. Orders
that are added to a roll-up later have to be read as if all had been there at once. So a roll-up keeps these counts of
all rows: new files follow them, and new counts must not change what was decided by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from typing import Any

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.notes import counted
from rfm_cli.tables import days, money
from rfm_cli.tables.money import Evidence
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import OrderFile, by_columns
from rfm_cli.toml_tables import Table

Value = str | int | float | bool | list[int] | list[str]
Row = Mapping[str, Value]
"""One row of a table, or the fields of an evidence, as JSON has it; what is null, 0 or empty is left out."""


@dataclass(frozen=True)
class Precedents:
    """What all rows have shown: shapes of dates that ask which number is the day, and evidence on decimal marks.

    `open_shapes` are those of the files that prove no order by themselves, and `open_amounts` the evidence of columns
    that are in doubt by themselves: these were read as the others show. Amounts are by field.
    """

    shapes: tuple[Row, ...] = ()
    open_shapes: tuple[Row, ...] = ()
    amounts: Mapping[str, Evidence] = field(default_factory=dict)
    open_amounts: Mapping[str, Evidence] = field(default_factory=dict)

    def with_other(self, other: Precedents) -> Precedents:
        """Return the precedents of two sets of files as those of one."""
        return Precedents(
            _combined([*self.shapes, *other.shapes]),
            _combined([*self.open_shapes, *other.open_shapes]),
            _sums([self.amounts, other.amounts]),
            _sums([self.open_amounts, other.open_amounts]),
        )

    def beside(self, options: ReadOptions) -> Precedents:
        """Return what is left to be shown where an option decides on dates or on decimal marks."""
        found = replace(self, shapes=(), open_shapes=()) if options.date_format else self
        return replace(found, amounts={}, open_amounts={}) if options.decimal else found

    def shape_table(self) -> pl.DataFrame:
        """Return the shapes of all files as `days.shape_table` does."""
        return _table(self.shapes)


def shown_by(files: Sequence[OrderFile], options: ReadOptions) -> Precedents:
    """Return what the texts of all rows show; columns without texts, and what an option decides, are not looked at."""
    return reduce(Precedents.with_other, [_of_file(file, options) for file in files], Precedents())


def _of_file(file: OrderFile, options: ReadOptions) -> Precedents:
    frame = by_columns(file).raw()
    shapes: tuple[Row, ...] = ()
    is_open = False
    if options.date_format is None and not file.typed_day() and days.may_ask(file.day):
        text = days.as_text(pl.col(file.columns["ordered_at"]), file.dtype("ordered_at"))
        table = days.shape_table(frame, text)
        asking = table.filter(pl.Series([days.asks(shape) for shape in table["shape"]], dtype=pl.Boolean))
        shapes, is_open = _rows(days.combined_shapes([asking])), days.is_open(asking, file.where("ordered_at"))
    texts = [name for name in file.money_fields() if file.dtype(name) == pl.String and options.decimal is None]
    found = {name: money.evidence_in(frame, pl.col(file.columns[name])) for name in texts}
    amounts = {name: seen for name, seen in found.items() if seen != Evidence()}
    doubts = {name: seen for name, seen in amounts.items() if seen.is_doubtful}
    return Precedents(shapes, shapes if is_open else (), amounts, doubts)


def refuse_change(old: Precedents, new: Precedents, where: str, added: str) -> None:
    """Raise InputError where the texts of the orders `added` would have those of `where` read otherwise."""
    together = old.with_other(new)
    if old.open_shapes:
        _refuse_days(old, together, where, added)
    for name, seen in old.open_amounts.items():
        _refuse_amounts(name, seen, (old.amounts[name], together.amounts[name]), where, added)


def _refuse_days(old: Precedents, together: Precedents, where: str, added: str) -> None:
    table = _table(old.open_shapes)
    before = days.date_formats(table, _table(old.shapes), where, None)
    try:
        days.date_formats(table, _table(together.shapes), where, None)
    except InputError as error:  # the same error as of all files at once, with what it means for those read before
        raise InputError(
            f"{where} has read {counted(int(table['rows'].sum()), 'date')} such as {table['example'].min()!r} by "
            f"{before.in_words()}, as others there show, and {added} shows another order",
            f"roll all orders up anew, and {error.hint}",
        ) from error


def _refuse_amounts(name: str, seen: Evidence, evidence: tuple[Evidence, Evidence], where: str, added: str) -> None:
    before, after = evidence
    is_comma = bool(before.comma)
    if bool(after.comma) == is_comma and not (after.point and is_comma):
        return
    own, other = ("comma", "point") if is_comma else ("point", "comma")
    count = after.comma - before.comma if other == "comma" else after.point - before.point
    raise InputError(
        f"{where}: {counted(seen.doubt + seen.dots, 'value')} of {name} could be read in two ways, and a decimal {own} "
        f"was assumed; {added} has {counted(count, 'value')} with a decimal {other}",
        "roll all orders up anew, and say which: --decimal , or --decimal .",
    )


def as_data(found: Precedents) -> dict[str, object]:
    """Return precedents as JSON has them; an empty table if there are none."""
    data: dict[str, object] = {}
    if found.shapes:
        data["dates"] = {"all": list(found.shapes), "open": list(found.open_shapes)}
    if found.amounts:
        data["amounts"] = {
            name: {"all": _fields(found.amounts[name]), "open": _fields(found.open_amounts.get(name, Evidence()))}
            for name in sorted(found.amounts)
        }
    return data


def from_data(table: Table) -> Precedents:
    """Read precedents from their JSON; raises UsageError, ValueError or TypeError where it is damaged."""
    dates, amounts = table.table("dates"), table.table("amounts")
    shapes, opened = (tuple(_row(one) for one in dates.tables(part, part)) for part in ("all", "open"))
    found = {name: amounts.table(name) for name in amounts.values}
    sums = {part: {name: _evidence(own.table(part)) for name, own in found.items()} for part in ("all", "open")}
    doubts = {name: seen for name, seen in sums["open"].items() if seen != Evidence()}
    return Precedents(shapes, opened, sums["all"], doubts)


def _schema() -> pl.Schema:
    """Return the columns of a table of shapes, which `days` decides."""
    return days.shape_table(pl.LazyFrame(schema={"text": pl.String}), pl.col("text")).schema


def _table(rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=_schema())


def _rows(table: pl.DataFrame) -> tuple[Row, ...]:
    """Return the rows of a table, without nulls; lists are sorted, since their order is that of the rows read."""
    return tuple(
        {name: sorted(value) if isinstance(value, list) else value for name, value in row.items() if value is not None}
        for row in table.iter_rows(named=True)
    )


def _combined(rows: Sequence[Row]) -> tuple[Row, ...]:
    return _rows(days.combined_shapes([_table(rows)])) if rows else ()


def _row(table: Table) -> Row:
    """Return one row of shapes from its JSON, each value of the type of its column."""
    schema = _schema()
    row: dict[str, Value] = {}
    table.check_keys(schema.names(), ("shape", "rows", "example"))
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


def _fields(seen: Evidence) -> Row:
    return {one.name: value for one in fields(seen) if (value := getattr(seen, one.name))}


def _evidence(table: Table) -> Evidence:
    """Return evidence from its JSON, each value of the type of its field."""
    kinds = {one.name: type(getattr(Evidence(), one.name)) for one in fields(Evidence)}
    table.check_keys(kinds)
    found: dict[str, Any] = {
        name: table.whole(name, least=0) if kinds[name] is int else table.text(name) for name in table.values
    }
    return Evidence(**found)


def _sums(parts: Sequence[Mapping[str, Evidence]]) -> dict[str, Evidence]:
    names = sorted({name for part in parts for name in part})
    return {name: reduce(Evidence.with_other, [part[name] for part in parts if name in part]) for name in names}
