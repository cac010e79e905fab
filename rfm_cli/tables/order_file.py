"""One file of orders: its columns, how to read its texts, and its rows with typed values and the rule they break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, currencies, date_parsing, event_kinds, ids, sources
from rfm_cli.tables.amounts import AmountFormat, parse_amounts, without_blanks
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.currencies import CurrencySigns
from rfm_cli.tables.date_parsing import DateFormats
from rfm_cli.tables.options import Ids
from rfm_cli.tables.sources import SURPLUS, InputFile
from rfm_cli.tables.totals import Fields, Totals

REPEATED = "(repeated)"
OVERLAID = "(overlap)"
"""The columns that mark rows which do not count: repeats of earlier rows, and orders that another file has."""
BELOW_ZERO = r"^\s*[-\u2212(]\s*[\d.,]*[1-9]|^\s*[\d.,]*[1-9][\d.,]*-\s*$"
"""A quantity below 0, as texts have it."""
TAKEN = "(from its order)"
"""A column of filled files: whether the row took a field from other rows of its order."""
NO_CURRENCY = "(no currency)"
"""A column of filled files: whether the row has no currency, and its order several."""
MARKS = (REPEATED, OVERLAID, TAKEN, NO_CURRENCY)
"""Columns beside those of the file."""
MONEY = ("amount", "quantity", "unit_price", "refunded")


@dataclass(frozen=True)
class OrderFile:
    """A file with its column map and the formats of its texts.

    `events` keeps only rows whose event has one of these names or kinds; `event_kinds` are those of the user's own
    events. `digits` are the id fields whose texts are assumed to be the digits of integers, which group twice as fast
    as texts. `given` is the file as it was opened, where rows took values from each other since. `signs` says how
    currencies are written. `times_in` has, by field, the zone of times without an offset, where the heading or the user
    names one.

    `type_heading` is the heading of the types of rows, which is a field in use only where some of them mean a refund:
    `refund_types` are these, as written. `totals` is what the rows show of rows of totals, None where no pass has met
    the word. `met` collects the accepted statuses of passes that a user should hear of.

    With `folds` each customer id is folded as it is read (`ids.folded`). `no_customer` are ids that are no customer,
    compared by `id_rule`.
    """

    source: InputFile
    columns: ColumnMap
    day: DateFormats = field(default_factory=DateFormats)
    refund_day: DateFormats = field(default_factory=DateFormats)
    amounts: Mapping[str, AmountFormat] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    event_kinds: Mapping[str, str] = field(default_factory=dict)
    digits: frozenset[str] = frozenset()
    given: InputFile | None = None
    type_heading: str | None = None
    refund_types: frozenset[str] = frozenset()
    totals: Totals | None = None
    met: set[str] = field(default_factory=set, compare=False, repr=False)
    signs: CurrencySigns = field(default_factory=CurrencySigns)
    times_in: Mapping[str, str] = field(default_factory=dict)
    folds: bool = False
    no_customer: tuple[str, ...] = ()
    id_rule: Ids = "folded"

    @property
    def original(self) -> InputFile:
        """The file as it was opened, before its rows took anything from each other."""
        return self.given or self.source

    def with_frame(self, frame: pl.LazyFrame, schema: Mapping[str, pl.DataType]) -> OrderFile:
        """Return the file with other values in its rows, which are the same rows in the same order."""
        # Without a local file, so that no shortcut reads the values of the file again.
        source = replace(self.source, frame=frame, schema=schema, local=None, start=None)
        return replace(self, source=source, given=self.original)

    def folding(self) -> OrderFile:
        """Return the file with each customer id folded as it is read."""
        # Folded ids are texts: one that is 17850.0 here may be 17850 in another file.
        return replace(self, folds=True, digits=self.digits - {"customer_id"})

    def raw(self) -> pl.LazyFrame:
        """Return the rows of the file that can be orders, in its own columns."""
        if not self.events:
            return self.source.frame
        names = pl.col(self.columns["event"]).cast(pl.String)
        return self.source.frame.filter(event_kinds.is_one_of(names, self.events, self.event_kinds))

    def dtype(self, name: str) -> pl.DataType:
        """Return the type of a field's column in the file."""
        return self.source.schema[self.columns[name]]

    def where(self, name: str) -> str:
        """Return file and column, for messages."""
        return self.where_is(self.columns[name])

    def where_is(self, heading: str) -> str:
        """Return file and column of a heading, for messages."""
        return f"{self.source.name}: column {heading!r}"

    def money_fields(self) -> tuple[str, ...]:
        """Return the fields that make an order's money: amount, or quantity and unit price; none without money."""
        if "amount" in self.columns:
            return ("amount",)
        return ("quantity", "unit_price") if {"quantity", "unit_price"} <= set(self.columns.headings) else ()

    def number_fields(self) -> tuple[str, ...]:
        """Return the fields that are read as numbers: those of the money, and `refunded` beside them."""
        money_fields = self.money_fields()
        return (*money_fields, "refunded") if money_fields and self.has_refunds else money_fields

    @property
    def has_refunds(self) -> bool:
        """Whether a column names the refund of each row."""
        return "refunded" in self.columns and bool(self.money_fields())

    def refunded(self) -> pl.Expr:
        """Return the size of the refund that a column names, 0 where it is blank, null where it cannot be read."""
        column = pl.col(self.columns["refunded"])
        return pl.when(has_text(column)).then(self.number("refunded").abs()).otherwise(0.0)

    def written(self) -> pl.Expr:
        """Return the money of a row as Float64 as the file has it; null where it cannot be read."""
        found = [self.number(name) for name in self.money_fields()]
        return found[0] if len(found) == 1 else found[0] * found[1]

    def value(self) -> pl.Expr:
        """Return the money of a row as Float64, before minor units; null where it cannot be read.

        It is below 0 where the type of the row means a refund, or the quantity beside an amount is below 0.
        """
        written, signs = self.written(), [sign for sign in (self.is_refund(), self.is_given_back()) if sign is not None]
        return pl.when(pl.any_horizontal(signs)).then(-written.abs()).otherwise(written) if signs else written

    def is_refund(self) -> pl.Expr | None:
        """Return whether the type of a row means a refund; None where no row of the file has such a type."""
        if not self.refund_types or "type" not in self.columns:
            return None
        types = pl.col(self.columns["type"]).cast(pl.String)
        return types.is_in(sorted(self.refund_types)).fill_null(value=False)

    def is_given_back(self) -> pl.Expr | None:
        """Return whether the quantity beside an amount is below 0; None where no quantity plays that part."""
        if self.money_fields() != ("amount",) or "quantity" not in self.columns:
            return None
        quantity, dtype = pl.col(self.columns["quantity"]), self.dtype("quantity")
        if dtype == pl.String:
            return quantity.str.contains(BELOW_ZERO).fill_null(value=False)
        return (quantity < 0).fill_null(value=False) if dtype.is_signed_integer() or dtype.is_float() else None

    def is_never_bought(self) -> pl.Expr | None:
        """Return whether a row is money alone, and no part of an order: a refund by its type, or 0.00 beside a quantity
        below 0; None where no row of the file can be."""
        refund, given_back = self.is_refund(), self.is_given_back()
        if given_back is None:
            return refund
        free = given_back & (self.written() == 0).fill_null(value=False)
        return free if refund is None else refund | free

    def number(self, name: str) -> pl.Expr:
        """Return one field as Float64."""
        column, dtype = pl.col(self.columns[name]), self.dtype(name)
        if dtype == pl.String:
            return parse_amounts(column, self.amounts.get(name, AmountFormat()))
        if not dtype.is_numeric() and dtype not in (pl.Categorical, pl.Enum, pl.Null):
            raise InputError(f"{self.where(name)} is {dtype}, which is no {name}", f"map another: --map {name}=HEADING")
        value = column.cast(pl.Float64, strict=False)
        return pl.when(value.is_finite()).then(value) if dtype.is_float() else value

    def currency(self) -> pl.Expr | None:
        """Return the currency of a row: that of its column, else that of its amount; None where the file has none."""
        found = []
        if "currency" in self.columns:
            found.append(currencies.as_codes(pl.col(self.columns["currency"]).cast(pl.String), self.signs.names))
        if self.signs.inside:
            texts = [without_blanks(pl.col(self.columns[name])) for name in self.priced_fields()]
            found += [currencies.as_codes(currencies.sign_in(text), self.signs.names) for text in texts]
        if self.signs.only:
            found.append(pl.lit(self.signs.only))
        return pl.coalesce(found) if found else None

    def contradicts(self) -> pl.Expr | None:
        """Return whether a sign inside an amount or a refund is of another currency than its row; None where no row of
        the file can show that."""
        fields = [*self.priced_fields()] if self.signs.inside and "currency" in self.columns else []
        if self.has_refunds and self.dtype("refunded") == pl.String and self.signs.names:
            fields.append("refunded")
        if not fields or (code := self.currency()) is None:
            return None
        inside = [currencies.sign_in(without_blanks(pl.col(self.columns[name]))) for name in fields]
        codes = [currencies.as_codes(sign, self.signs.names) for sign in inside]
        # A sign that several currencies share, such as $ beside several dollars, contradicts none of them.
        return pl.any_horizontal([one.str.contains(currencies.CODE) & (one != code) for one in codes])

    def priced_fields(self) -> tuple[str, ...]:
        """Return the fields of money whose texts may have the sign of a currency."""
        return tuple(name for name in self.money_fields() if name != "quantity" and self.dtype(name) == pl.String)

    def moment(self, timezone: str, name: str = "ordered_at") -> pl.Expr:
        """Return when a row happened (or was refunded: `refunded_at`), in the wall clock of `timezone`."""
        column, dtype, zone = pl.col(self.columns[name]), self.dtype(name), self.times_in.get(name)
        typed = date_parsing.typed_moments(column, dtype, timezone, zone)
        if typed is not None:
            return typed
        form = self.day if name == "ordered_at" else self.refund_day
        return date_parsing.parse_moments(date_parsing.as_text(column, dtype), form, timezone, zone)

    def id(self, name: str) -> pl.Expr:
        """Return an id field: Int64 or trimmed text; null for ids that are no customer."""
        found = self.written_id(name)
        if name != "customer_id":
            return found
        kind = pl.Int64() if name in self.digits else column_types.id_type(self.dtype(name))
        person = ids.folded(found) if self.folds and kind == pl.String else found
        return ids.without(person, kind, self.no_customer, self.id_rule)

    def written_id(self, name: str) -> pl.Expr:
        """Return an id field as it is written, but trimmed: Int64 or text."""
        # Null for any other text; `had_ids` shows that, and the pass is made again with texts.
        if name in self.digits:
            return column_types.integer_of(pl.col(self.columns[name]))
        return column_types.id_of(self.columns[name], self.dtype(name), self.source.name)

    def fields(self) -> Fields:
        """Return the columns by field, as the search for totals takes them."""
        return Fields(self.columns.headings, self.source.schema)

    def typed_day(self, name: str = "ordered_at") -> bool:
        """Return whether a date column is a date, and no text."""
        dtype = self.dtype(name)
        return dtype == pl.Date or isinstance(dtype, pl.Datetime)

    @property
    def days_alone(self) -> bool:
        """Whether no order has a time of the day."""
        return self.dtype("ordered_at") == pl.Date or (not self.typed_day() and self.day.days_alone)

    def has_zoned_times(self) -> bool:
        """Return whether the days depend on the time zone: times have an offset, or are those of a known zone."""
        return self._is_zoned("ordered_at", self.day) or (
            "refunded_at" in self.columns and self._is_zoned("refunded_at", self.refund_day)
        )

    def _is_zoned(self, name: str, formats: DateFormats) -> bool:
        dtype = self.dtype(name)
        if isinstance(dtype, pl.Datetime):
            return dtype.time_zone is not None or name in self.times_in
        return formats.has_instants or (name in self.times_in and formats.has_times)


def by_columns(file: OrderFile) -> OrderFile:
    """Return a CSV file so that few columns can be read without the others; an empty line is then a row of nulls.

    A row of too many fields is an error only where all columns are read, so a pass over all rows has to come as well.
    """
    source = file.source
    is_plain = not any(name in source.schema for name in (SURPLUS, REPEATED, OVERLAID))
    if source.kind != "csv" or source.local is None or source.guarded or not is_plain:
        return file
    return replace(file, source=sources.as_types(source, {}))


def has_text(column: pl.Expr) -> pl.Expr:
    """Return whether a cell has a value and no empty text."""
    return column.is_not_null() & (column.cast(pl.String) != "")


def is_blank(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return whether a cell has no value: null, not a number, or a text of blanks alone."""
    if dtype.is_float():
        return column.is_null() | column.is_nan()
    if dtype == pl.String:
        return column.is_null() | (column.str.strip_chars() == "")
    return column.is_null()


def currency_of(column: pl.Expr) -> pl.Expr:
    """Return a currency code in the form that is compared: trimmed, upper case, empty as null."""
    return currencies.as_codes(column.cast(pl.String), {})
