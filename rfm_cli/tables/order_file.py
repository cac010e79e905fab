"""One file of orders: its columns, how to read its texts, and its rows with typed values and the rule they break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, days, money, rules, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.days import DateFormats
from rfm_cli.tables.money import AmountFormat
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import SURPLUS, InputFile

REPEATED = "(repeated)"
OVERLAID = "(overlap)"
"""The columns that mark rows which do not count: repeats of earlier rows, and orders that another file has."""
MONEY = ("amount", "quantity", "unit_price")


@dataclass(frozen=True)
class OrderFile:
    """A file with its column map and the formats of its texts.

    `events` keeps only rows with one of these event names. `digits` are the id fields whose texts are assumed to be the
    digits of integers, which group twice as fast as texts.
    """

    source: InputFile
    columns: ColumnMap
    day: DateFormats = field(default_factory=DateFormats)
    amounts: Mapping[str, AmountFormat] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    digits: frozenset[str] = frozenset()

    def raw(self) -> pl.LazyFrame:
        """Return the rows of the file that can be orders, in its own columns."""
        if not self.events:
            return self.source.frame
        return self.source.frame.filter(is_event(pl.col(self.columns["event"]), self.events))

    def dtype(self, name: str) -> pl.DataType:
        """Return the type of a field's column in the file."""
        return self.source.schema[self.columns[name]]

    def where(self, name: str) -> str:
        """Return file and column, for messages."""
        return f"{self.source.name}: column {self.columns[name]!r}"

    def money_fields(self) -> tuple[str, ...]:
        """Return the fields that make an order's money: amount, or quantity and unit price; none without money."""
        if "amount" in self.columns:
            return ("amount",)
        return ("quantity", "unit_price") if {"quantity", "unit_price"} <= set(self.columns.headings) else ()

    def value(self) -> pl.Expr:
        """Return the money of a row as Float64, before minor units; null where it cannot be read."""
        found = [self.number(name) for name in self.money_fields()]
        return found[0] if len(found) == 1 else found[0] * found[1]

    def number(self, name: str) -> pl.Expr:
        """Return one field as Float64."""
        column, dtype = pl.col(self.columns[name]), self.dtype(name)
        if dtype == pl.String:
            return money.parse_amounts(column, self.amounts.get(name, AmountFormat()))
        if not dtype.is_numeric() and dtype not in (pl.Categorical, pl.Enum, pl.Null):
            raise InputError(f"{self.where(name)} is {dtype}, which is no {name}", f"map another: --map {name}=HEADING")
        value = column.cast(pl.Float64, strict=False)
        return pl.when(value.is_finite()).then(value) if dtype.is_float() else value

    def moment(self, timezone: str) -> pl.Expr:
        """Return when a row happened, in the wall clock of `timezone`."""
        column, dtype = pl.col(self.columns["ordered_at"]), self.dtype("ordered_at")
        typed = days.typed_moments(column, dtype, timezone)
        return days.parse_moments(days.as_text(column, dtype), self.day, timezone) if typed is None else typed

    def id(self, name: str) -> pl.Expr:
        """Return an id field: Int64 or trimmed text."""
        # Null for any other text; `had_ids` shows that, and the pass is made again with texts.
        if name in self.digits:
            return column_types.integer_of(pl.col(self.columns[name]))
        return column_types.id_of(self.columns[name], self.dtype(name), self.source.name)

    def typed_day(self) -> bool:
        """Return whether the date column is a date, and no text."""
        dtype = self.dtype("ordered_at")
        return dtype == pl.Date or isinstance(dtype, pl.Datetime)


def by_columns(file: OrderFile) -> OrderFile:
    """Return a CSV file so that few columns can be read without the others; an empty line is then a row of nulls.

    A row of too many fields is an error only where all columns are read, so a pass over all rows has to come as well.
    """
    source = file.source
    is_plain = not any(name in source.schema for name in (SURPLUS, REPEATED, OVERLAID))
    if source.kind != "csv" or source.local is None or not is_plain:
        return file
    return replace(file, source=sources.as_types(source, {}))


def is_event(column: pl.Expr, names: tuple[str, ...]) -> pl.Expr:
    """Return whether an event has one of these names, ignoring case and blanks around it."""
    folded = [name.strip().lower() for name in names]
    return column.cast(pl.String).str.strip_chars().str.to_lowercase().is_in(folded)


def typed_rows(file: OrderFile, options: ReadOptions, extra: Mapping[str, pl.Expr] | None = None) -> pl.LazyFrame:
    """Return the rows of one file: customer, order?, day, value?, currency?, and `rule`, the first rule that each
    breaks.

    Also `had_day` and `had_amount`, whether there was a text, so that one not understood shows; and the `extra`
    expressions over the file's own columns.
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
    apart = rules_on_other_columns(file, options)
    made |= {f"broken_{name}": broken for name, broken in apart.items()}
    made |= _proof_columns(file)
    made |= extra or {}
    # Conditions on raw columns are computed before the select, which leaves only typed columns.
    typed = raw.select(**made)
    broken = {name: pl.col(f"broken_{name}") for name in apart}
    broken |= {"customer": pl.col("customer").is_null(), "date": pl.col("day").is_null()}
    if "value" in made:
        broken["amount"] = pl.col("value").is_null()
    return typed.with_columns(rule=rules.first_broken(broken)).drop([f"broken_{name}" for name in apart])


def rules_on_other_columns(file: OrderFile, options: ReadOptions) -> dict[str, pl.Expr]:
    """Return, by rule, whether a row breaks it: the rules on other columns than customer, date and amount."""
    made: dict[str, pl.Expr] = {}
    if "status" in file.columns and options.reject_status:
        made["status"] = rules.is_rejected_status(pl.col(file.columns["status"]), options.reject_status)
    # Only repaired files have this column.
    if SURPLUS in file.source.schema:
        made["fields"] = pl.col(SURPLUS).is_not_null() & (pl.col(SURPLUS) != "")
    if REPEATED in file.source.schema:
        made["repeated"] = pl.col(REPEATED)
    if OVERLAID in file.source.schema:
        made["overlap"] = pl.col(OVERLAID)
    return made


def _proof_columns(file: OrderFile) -> dict[str, pl.Expr]:
    """Return what the check of assumptions needs besides the values: whether there was a text to be understood."""
    made: dict[str, pl.Expr] = {}
    # A date of the file's own type is never misread, and needs no check.
    if not file.typed_day():
        made["had_day"] = _has_text(pl.col(file.columns["ordered_at"]))
    if file.digits:
        made["had_ids"] = pl.all_horizontal(
            [_has_text(pl.col(file.columns[name])) == file.id(name).is_not_null() for name in sorted(file.digits)]
        )
    texts = [name for name in file.money_fields() if file.dtype(name) == pl.String]
    if texts:
        made["had_amount"] = pl.all_horizontal([_has_text(pl.col(file.columns[name])) for name in texts])
    return made


def _has_text(column: pl.Expr) -> pl.Expr:
    return column.is_not_null() & (column.cast(pl.String) != "")


def currency_of(column: pl.Expr) -> pl.Expr:
    """Return a currency code in the form that is compared: trimmed, upper case, empty as null."""
    code = column.cast(pl.String).str.strip_chars().str.to_uppercase()
    return pl.when(code != "").then(code)
