"""Precedents: what the rows of orders have shown about how they are to be read, for orders that are read later.

In one run the files settle each other's doubts: 13/04/2024 in one shows how 03/04/2024 in another is to be read. Orders
that are added to a roll-up later have to be read as if all had been there at once. So a roll-up keeps these counts of
all rows: new files follow them, and new counts must not change what was decided by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.notes import counted
from rfm_cli.tables import date_formats
from rfm_cli.tables.amount_per import AmountCounts
from rfm_cli.tables.amounts import Evidence, evidence_in
from rfm_cli.tables.date_parsing import as_text
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import OrderFile, by_columns

Value = str | int | float | bool | list[int] | list[str]
Row = Mapping[str, Value]
"""One row of a table as JSON has it: what is null is left out."""
DATES = ("ordered_at", "refunded_at")
ANY_ZONE = "UTC"
"""The zone plays no part where the order of day and month is looked at."""


@dataclass(frozen=True)
class Shapes:
    """Dates that ask which number is the day, by shape, with what `date_formats.shape_table` counts.

    `open` are those of the files that prove no order by themselves, and were read as the others show.
    """

    all: tuple[Row, ...] = ()
    open: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Marks:
    """Evidence on the decimal mark of a field; `open` is that of columns in doubt, which were read as others show."""

    all: Evidence = field(default_factory=Evidence)
    open: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True)
class Precedents:
    """What all rows have shown: dates and amounts by field, and whose the amounts of orders with several rows are.

    `headings` has the field of each folded heading that could mean two things, an empty one for no field.
    """

    dates: Mapping[str, Shapes] = field(default_factory=dict)
    amounts: Mapping[str, Marks] = field(default_factory=dict)
    orders: AmountCounts = field(default_factory=AmountCounts)
    headings: Mapping[str, str] = field(default_factory=dict)

    def with_other(self, other: Precedents) -> Precedents:
        """Return the precedents of two sets of files as those of one."""
        dates, amounts = dict(self.dates), dict(self.amounts)
        for name, shapes in other.dates.items():
            own = dates.get(name, Shapes())
            dates[name] = Shapes(_combined([*own.all, *shapes.all]), _combined([*own.open, *shapes.open]))
        for name, marks in other.amounts.items():
            had = amounts.get(name, Marks())
            amounts[name] = Marks(had.all.with_other(marks.all), had.open.with_other(marks.open))
        orders, headings = self.orders.with_others(other.orders).as_precedent(), {**self.headings, **other.headings}
        return Precedents(dates, amounts, orders, dict(sorted(headings.items())))

    def beside(self, options: ReadOptions) -> Precedents:
        """Return what is left to be shown where options decide."""
        return Precedents(
            {} if options.date_format else self.dates,
            {} if options.decimal else self.amounts,
            AmountCounts() if options.amount_per else self.orders,
            self.headings,
        )

    def shape_table(self, name: str) -> pl.DataFrame:
        """Return the shapes of a field in all files as `date_formats.shape_table` does."""
        return table_of(self.dates.get(name, Shapes()).all)

    def evidence(self, name: str) -> Evidence:
        """Return the evidence on the decimal mark of a field in all files."""
        return self.amounts.get(name, Marks()).all


def shown_by(files: Sequence[OrderFile], options: ReadOptions, counts: AmountCounts) -> Precedents:
    """Return what all rows show; columns without texts, and what an option decides, are not looked at.

    `counts` are those of the orders with several rows, of these files alone.
    """
    found = reduce(Precedents.with_other, [_of_file(file, options) for file in files], Precedents())
    return found if options.amount_per else replace(found, orders=counts.as_precedent())


def _of_file(file: OrderFile, options: ReadOptions) -> Precedents:
    # As the file was opened: its rows may have taken values from each other since.
    opened = replace(file, source=file.original, given=None)
    frame = by_columns(opened).raw()
    dates = {} if options.date_format else {name: _shapes(opened, frame, name) for name in DATES}
    texts = [name for name in opened.number_fields() if opened.dtype(name) == pl.String and options.decimal is None]
    amounts = {name: _marks(evidence_in(frame, pl.col(opened.columns[name]))) for name in texts}
    return Precedents(
        {name: shapes for name, shapes in dates.items() if shapes.all},
        {name: marks for name, marks in amounts.items() if marks.all != Evidence()},
        headings=dict(file.columns.decided),
    )


def _shapes(file: OrderFile, frame: pl.LazyFrame, name: str) -> Shapes:
    form = file.day if name == "ordered_at" else file.refund_day
    # A format that leaves a choice shows in any rows: without one, no row has to be looked at again.
    if name not in file.columns or file.typed_day(name) or not form.evidence.rows:
        return Shapes()
    table = date_formats.shape_table(frame, as_text(pl.col(file.columns[name]), file.dtype(name)))
    asking = table.filter(pl.Series([date_formats.asks(shape) for shape in table["shape"]], dtype=pl.Boolean))
    rows = _rows(date_formats.combined_shapes([asking]))
    return Shapes(rows, rows if date_formats.is_open(asking, file.where(name)) else ())


def _marks(found: Evidence) -> Marks:
    # Texts that are no plain numbers prove no mark; signs of currencies are decided by the currency of the roll-up.
    seen = replace(found, other=0, signed=0, signs=())
    return Marks(seen, seen if seen.is_doubtful else Evidence())


def refuse_change(old: Precedents, new: Precedents, where: str, added: str) -> None:
    """Raise InputError where the rows of the orders `added` would have those of `where` read otherwise."""
    together = old.with_other(new)
    for name, shapes in old.dates.items():
        if shapes.open:
            _refuse_days(shapes, together.shape_table(name), where, added)
    for name, marks in old.amounts.items():
        if marks.open != Evidence():
            _refuse_amounts(name, marks, together.evidence(name), where, added)
    _refuse_orders(old.orders, together.orders, where, added)


def _refuse_days(shapes: Shapes, together: pl.DataFrame, where: str, added: str) -> None:
    table = table_of(shapes.open)
    before = date_formats.date_formats(table, table_of(shapes.all), where, None, ANY_ZONE)
    try:
        date_formats.date_formats(table, together, where, None, ANY_ZONE)
    except InputError as error:  # the same error as of all files at once, with what it means for those read before
        raise InputError(
            f"{where} has read {counted(int(table['rows'].sum()), 'date')} such as {table['example'].min()!r} by "
            f"{before.in_words()}, as others there show, and {added} shows another order",
            f"roll all orders up anew, and {error.hint}",
        ) from error


def _refuse_amounts(name: str, marks: Marks, together: Evidence, where: str, added: str) -> None:
    before, seen = marks.all, marks.open
    is_comma = bool(before.comma)
    if bool(together.comma) == is_comma and not (together.point and is_comma):
        return
    own, other = ("comma", "point") if is_comma else ("point", "comma")
    count = together.point - before.point if is_comma else together.comma - before.comma
    raise InputError(
        f"{where}: {counted(seen.doubt + seen.dots, 'value')} of {name} could be read in two ways, and a decimal {own} "
        f"was assumed; {added} has {counted(count, 'value')} with a decimal {other}",
        "roll all orders up anew, and say which: --decimal , or --decimal .",
    )


def _refuse_orders(old: AmountCounts, together: AmountCounts, where: str, added: str) -> None:
    if not old.several or (old.answer == together.answer and not together.is_open):
        return
    read = "once an order" if old.answer == "order" else "row by row"
    raise InputError(
        f"{where} has counted the amounts of {counted(old.several, 'order')} with several rows {read}, as their lines "
        f"prove it; with {added} they prove it no longer",
        "roll all orders up anew, and say which: --amount-per order, or --amount-per row",
    )


def _schema() -> pl.Schema:
    """Return the columns of a table of shapes, which `days` decides."""
    return date_formats.shape_table(pl.LazyFrame(schema={"text": pl.String}), pl.col("text")).schema


def table_of(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows of shapes as a table."""
    return pl.DataFrame(list(rows), schema=_schema())


def _rows(table: pl.DataFrame) -> tuple[Row, ...]:
    """Return the rows of a table, without nulls; lists are sorted, since their order is that of the rows read."""
    return tuple(
        {name: sorted(value) if isinstance(value, list) else value for name, value in row.items() if value is not None}
        for row in table.iter_rows(named=True)
    )


def _combined(rows: Sequence[Row]) -> tuple[Row, ...]:
    return _rows(date_formats.combined_shapes([table_of(rows)])) if rows else ()
