"""One file of orders: its columns, how its texts are read, and its rows with typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import days, ids, money, rules
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.days import DayReading
from rfm_cli.tables.money import AmountReading
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import SURPLUS, InputFile

REPEATED = "(repeated)"
MONEY = ("amount", "quantity", "unit_price")


@dataclass(frozen=True)
class OrderFile:
    """A source with its column map and readings.

    `events` keeps only rows with one of these event names. `digits` are the id fields whose texts are believed to be
    integers' own digits, which group twice as fast as texts.
    """

    source: InputFile
    columns: ColumnMap
    day: DayReading = field(default_factory=DayReading)
    amounts: Mapping[str, AmountReading] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    digits: frozenset[str] = frozenset()

    def raw(self) -> pl.LazyFrame:
        """The rows of the file that can be orders, in its own columns."""
        if not self.events:
            return self.source.frame
        return self.source.frame.filter(is_event(pl.col(self.columns["event"]), self.events))

    def dtype(self, name: str) -> pl.DataType:
        """The type of a field's column in the file."""
        return self.source.schema[self.columns[name]]

    def where(self, name: str) -> str:
        """File and column, for messages."""
        return f"{self.source.name}: column {self.columns[name]!r}"

    def money_fields(self) -> tuple[str, ...]:
        """The fields that make an order's money: amount, or quantity and unit price; none where there is none."""
        if "amount" in self.columns:
            return ("amount",)
        return ("quantity", "unit_price") if {"quantity", "unit_price"} <= set(self.columns.headings) else ()

    def value(self) -> pl.Expr:
        """Money of a row as Float64, before minor units; null where it is unreadable."""
        found = [self.number(name) for name in self.money_fields()]
        return found[0] if len(found) == 1 else found[0] * found[1]

    def number(self, name: str) -> pl.Expr:
        """One field as Float64."""
        column, dtype = pl.col(self.columns[name]), self.dtype(name)
        if dtype == pl.String:
            return money.numbers(column, self.amounts.get(name, AmountReading()))
        if not dtype.is_numeric() and dtype not in (pl.Categorical, pl.Enum, pl.Null):
            raise InputError(f"{self.where(name)} is {dtype}, which is no {name}", f"map another: --map {name}=HEADING")
        value = column.cast(pl.Float64, strict=False)
        return pl.when(value.is_finite()).then(value) if dtype.is_float() else value

    def moment(self, timezone: str) -> pl.Expr:
        """When a row happened, in the wall clock of `timezone`."""
        column, dtype = pl.col(self.columns["ordered_at"]), self.dtype("ordered_at")
        typed = days.typed_moments(column, dtype, timezone)
        return days.moments(days.as_text(column, dtype), self.day, timezone) if typed is None else typed

    def id(self, name: str) -> pl.Expr:
        """An id field: Int64 or trimmed text."""
        if name in self.digits:
            return ids.integer_of(pl.col(self.columns[name]))
        return ids.id_of(self.columns[name], self.dtype(name), self.source.name)

    def typed_day(self) -> bool:
        """Whether the date column needs no reading of texts."""
        dtype = self.dtype("ordered_at")
        return dtype == pl.Date or isinstance(dtype, pl.Datetime)


def is_event(column: pl.Expr, names: tuple[str, ...]) -> pl.Expr:
    """Whether an event has one of these names, case and blanks around ignored."""
    folded = [name.strip().lower() for name in names]
    return column.cast(pl.String).str.strip_chars().str.to_lowercase().is_in(folded)


def typed_rows(file: OrderFile, options: ReadOptions, extra: Mapping[str, pl.Expr] | None = None) -> pl.LazyFrame:
    """The rows of one file: customer, order?, day, value?, currency?, and `rule`, the verdict on each.

    Also `had_day` and `had_amount`: whether a text stood there, so that one not understood shows; and the
    `extra` expressions over the file's own columns.
    """
    raw, columns = file.raw(), file.columns
    made = {
        "customer": file.id("customer_id"),
        "day": file.moment(options.zone).dt.date(),
    }
    if "order_id" in columns:
        made["order"] = file.id("order_id")
    if file.money_fields():
        made["value"] = file.value()
    if "currency" in columns:
        made["currency"] = currency_of(pl.col(columns["currency"]))
    apart = broken_apart(file, options)
    made |= {f"broken_{name}": broken for name, broken in apart.items()}
    made |= _proof_columns(file)
    made |= extra or {}
    typed = raw.select(**made)
    broken = {name: pl.col(f"broken_{name}") for name in apart}
    broken |= {"customer": pl.col("customer").is_null(), "date": pl.col("day").is_null()}
    if "value" in made:
        broken["amount"] = pl.col("value").is_null()
    return typed.with_columns(rule=rules.verdict(broken)).drop([f"broken_{name}" for name in apart])


def broken_apart(file: OrderFile, options: ReadOptions) -> dict[str, pl.Expr]:
    """By rule, whether a row breaks it: the rules that look at other columns than the values themselves."""
    made: dict[str, pl.Expr] = {}
    if "status" in file.columns and options.reject_status:
        folded = [status.strip().lower() for status in options.reject_status]
        made["status"] = rules.fold_status(pl.col(file.columns["status"])).is_in(folded).fill_null(value=False)
    if SURPLUS in file.source.schema:
        made["fields"] = pl.col(SURPLUS).is_not_null() & (pl.col(SURPLUS) != "")
    if REPEATED in file.source.schema:
        made["repeated"] = pl.col(REPEATED)
    return made


def _proof_columns(file: OrderFile) -> dict[str, pl.Expr]:
    """What the proof needs beside the values themselves: whether a text stood where none was understood."""
    made: dict[str, pl.Expr] = {}
    if not file.typed_day():
        made["had_day"] = _is_said(pl.col(file.columns["ordered_at"]))
    if file.digits:
        made["had_ids"] = pl.all_horizontal(
            [_is_said(pl.col(file.columns[name])) == file.id(name).is_not_null() for name in sorted(file.digits)]
        )
    texts = [name for name in file.money_fields() if file.dtype(name) == pl.String]
    if texts:
        made["had_amount"] = pl.all_horizontal([_is_said(pl.col(file.columns[name])) for name in texts])
    return made


def _is_said(column: pl.Expr) -> pl.Expr:
    return column.is_not_null() & (column.cast(pl.String) != "")


def currency_of(column: pl.Expr) -> pl.Expr:
    """A currency code as it is compared: trimmed, upper case, empty as null."""
    code = column.cast(pl.String).str.strip_chars().str.to_uppercase()
    return pl.when(code != "").then(code)
