"""The columns of a table that a roll-up needs, and the first of two passes over the rows that an engine makes of them.

Columns are found by the usual names and aliases. Engines read typed columns only: dates and amounts that are texts need
the parsing rules of `rfm_cli.tables`, which are proved on every row and run on Polars.

The first pass finds rows by rule, first and last day, the scale of the money, and errors. Its rows have `customer`,
`order`?, `day`, `value`? (money as a double), `status`?, `currency`?, and flags for broken ids. All engines share this
code, and it uses only arithmetic on which they agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw

from rfm_cli.errors import InputError, UsageError
from rfm_cli.rollup.kernel import BLANKS, Rows, judge
from rfm_cli.tables import columns, currencies, money, rules
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.date_zones import said_in_heading, zone_of_heading
from rfm_cli.tables.fields import fold
from rfm_cli.tables.mapped import wanted_in
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts
from rfm_cli.tables.persons import CUSTOMERS

Kind = Literal["text", "integer", "wide", "decimal", "float32", "float64", "date", "naive", "instant", "empty", "other"]
"""What a column holds, under one name for all engines.

`wide` are integers of more than 64 bits, or of 64 without a sign; `naive` and `instant` are timestamps without and with
a zone; `empty` is a column of nulls without a type.
"""

IDS: tuple[Kind, ...] = ("text", "integer", "wide", "decimal", "float32", "float64", "empty")
NUMBERS: tuple[Kind, ...] = ("integer", "wide", "decimal", "float32", "float64", "empty")
MOMENTS: tuple[Kind, ...] = ("date", "naive", "instant", "empty")
EXACT = {"float32": 2**24, "float64": 2**53}
"""Below these sizes, floats represent every whole number exactly."""
TYPED = "write it typed (a date or a timestamp, a number), or leave out --engine: Polars reads texts"


@dataclass(frozen=True)
class Column:
    """A column of a table: its place, its heading, what it holds, and its type as the engine calls it."""

    place: int
    heading: str
    kind: Kind
    type: str

    @property
    def name(self) -> str:
        """Return the name of the column inside an engine; a heading could be mistaken for a pattern or a path."""
        return f"c{self.place}"


@dataclass(frozen=True)
class Fields:
    """The columns of a table by field, and the column map that found them."""

    mapped: ColumnMap
    columns: Mapping[str, Column]

    @property
    def money(self) -> tuple[Column, ...]:
        """Return the columns of the money: amount, or quantity and unit price; empty without money."""
        if "amount" in self.columns:
            return (self.columns["amount"],)
        parts = [self.columns[name] for name in ("quantity", "unit_price") if name in self.columns]
        return tuple(parts) if len(parts) == 2 else ()

    @property
    def ids(self) -> tuple[Column, ...]:
        """Return the columns that hold ids."""
        return tuple(self.columns[name] for name in ("customer_id", "order_id") if name in self.columns)


def fields_of(table: Sequence[Column], options: ReadOptions, where: str) -> Fields:
    """Return the columns that a roll-up needs; raises InputError if one is missing or has an unusable type."""
    headings = [column.heading for column in table]
    _refuse_mapped(headings, options, where)
    mapped = columns.detect("orders", headings, options.map_of("orders"), where)
    columns.require(mapped, ("customer_id", "ordered_at"), headings, where)
    mapped = currencies.with_column(mapped, headings)
    if options.header_row:
        raise UsageError("--header-row: an engine reads tables, which have no lines", "leave the option out")
    _refuse_doubts(mapped, where)
    by_heading = {column.heading: column for column in table}
    found = Fields(mapped, {name: by_heading[heading] for name, heading in mapped.headings.items()})
    for column in found.ids:
        _check(column, IDS, "which cannot be an id", "use --map to name another", where)
    _check(found.columns["ordered_at"], MOMENTS, "and an engine takes days from dates and timestamps", TYPED, where)
    _refuse_times_in(found.columns["ordered_at"], options, where)
    for column in found.money:
        _check(column, NUMBERS, "and an engine takes money from numbers", TYPED, where)
    return found


def _refuse_mapped(headings: Sequence[str], options: ReadOptions, where: str) -> None:
    """Raise InputError for the right side of a map that is a path, several columns, or a column of another table."""
    for name, text in options.map_of("orders").items():
        is_of_another = text.startswith(CUSTOMERS) and fold(text) not in map(fold, headings)
        if is_of_another or wanted_in(headings, name, text):
            raise InputError(
                f"{where}: --map {name}={text} is no heading, and an engine takes whole columns",
                "leave out --engine: Polars reads it",
            )


def _refuse_times_in(column: Column, options: ReadOptions, where: str) -> None:
    """Raise InputError if timestamps without a zone are those of one by `--times-in` or their heading."""
    zone = zone_of_heading(column.heading, options.times_in, f"{where}: column {column.heading!r}")
    if column.kind == "naive" and zone is not None:
        by = "as its heading says" if said_in_heading(column.heading) else "by --times-in"
        raise InputError(
            f"{where}: column {column.heading!r} has times of a zone, {by}, but no zone in its type",
            "write it as timestamps with a zone, or leave out --engine: Polars converts them",
        )


def _refuse_doubts(mapped: ColumnMap, where: str) -> None:
    for name in columns.in_doubt(mapped):
        # Beside an amount no money is made of a price.
        if name == "status" or "amount" not in mapped:
            raise InputError(
                f"{where}: column {mapped[name]!r} may not be {name}, and an engine does not look at its values",
                f"say that it is: --map {name}={mapped[name]}; or rename it",
            )


def _check(column: Column, kinds: Sequence[Kind], why: str, hint: str, where: str) -> None:
    if column.kind not in kinds:
        raise InputError(f"{where}: column {column.heading!r} is {column.type}, {why}", hint)


BROKEN = ("broken_customer_id", "broken_order_id")
FREE = 1e-6
"""An order of zero value needs an amount below this: one that rounds to 0, or a negative one."""
WHOLE = 2.0**62
"""Values from this size on are not cast to integers; amounts so large are refused anyway."""


@dataclass(frozen=True)
class FoundFacts:
    """The result of the first pass.

    `facts` are those of all rows. `scale` is the number of decimals of the money and `largest` the largest amount of an
    accepted row in minor units; both are None without money. `may_be_free` means that some amount is so small that an
    order may have zero value.
    """

    facts: Facts
    scale: int | None
    largest: int | None
    may_be_free: bool


def find_facts(rows: Rows, options: ReadOptions, where: str) -> FoundFacts:
    """Find the facts of all rows in one pass; raises InputError or UsageError if they cannot make a roll-up."""
    names = rows.collect_schema().names()
    row = _one_row(_with_rule(rows, options), names)
    _refuse_broken_ids(row, where)
    counts = {name: int(row.get(f"rows_{name}") or 0) for name in rules.NAMES}
    facts = Facts(counts, row["first_day"], row["last_day"], row.get("low_currency"), row.get("high_currency"))
    if not facts.accepted:
        raise InputError(f"{where}: no order accepted of {facts.read:,} rows{_why(facts)}", "see what the table holds")
    if "value" not in names:  # without sums, several currencies are no error
        return FoundFacts(facts, None, None, may_be_free=False)
    _refuse_currencies(facts, options, where)
    # The fewest decimals that hold every value; if none do, money is rounded at the most decimals.
    scale = next((decimals for decimals in range(money.MOST_DECIMALS) if not row[f"misses_{decimals}"]), None)
    scale = money.MOST_DECIMALS if scale is None else scale
    unit = 10.0**scale
    money.check_size(row["largest"] * unit, row["total"] * unit, where)
    return FoundFacts(facts, scale, round(row["largest"] * unit), may_be_free=row["smallest"] < FREE)


def with_minor(rows: Rows, scale: int | None) -> Rows:
    """Return the kernel's rows: customer, order?, day, status?, and minor units of `scale` in place of the value."""
    names = rows.collect_schema().names()
    kept = [name for name in ("customer", "order", "day", "status") if name in names]
    if scale is None:
        return rows.select(kept)
    return rows.select(*kept, minor=minor_units(nw.col("value"), scale))


def minor_units(value: nw.Expr, scale: int) -> nw.Expr:
    """Return integers of 10^-scale, rounded half-even as in `rfm_cli.tables.money.minor_units`."""
    # Built from floor and exact differences, since each engine's own rounding treats halves differently.
    return _half_even(_bounded(value * 10.0**scale)).cast(nw.Int64)


def _half_even(value: nw.Expr) -> nw.Expr:
    low = value.floor().cast(nw.Float64)  # Spark returns an integer, and halves integers differently
    rest = value - low
    is_odd = low - (low * 0.5).floor() * 2.0 == 1.0
    return nw.when((rest > 0.5) | ((rest == 0.5) & is_odd)).then(low + 1.0).otherwise(low)


def _with_rule(rows: Rows, options: ReadOptions) -> Rows:
    """Judge the rows; the scale is not known yet, so the value serves as minor units."""
    if "value" in rows.collect_schema().names():
        rows = rows.with_columns(minor=nw.col("value"))
    return judge(rows, options.reject_status)


def _one_row(rows: Rows, names: list[str]) -> Mapping[str, Any]:
    """Compute all counts and extremes in one row, so that an engine reads the table once."""
    # Rejected rows count, but their days and money must not decide on the scale or on the last day.
    taken = nw.col("rule") == rules.ACCEPTED
    aggregates = {f"rows_{name}": _ones(nw.col("rule") == name).sum() for name in ("accepted", *_rules(names))}
    day = nw.when(taken).then(nw.col("day"))
    aggregates |= {"first_day": day.min(), "last_day": day.max()}
    aggregates |= {name: _ones(nw.col(name)).sum() for name in BROKEN if name in names}
    if "currency" in names:
        code = nw.when(taken).then(_code(nw.col("currency")))
        aggregates |= {"low_currency": code.min(), "high_currency": code.max()}
    if "value" in names:
        value = nw.when(taken).then(nw.col("value"))
        aggregates |= {"largest": value.abs().max(), "total": value.abs().sum(), "smallest": value.min()}
        aggregates |= {f"misses_{scale}": _ones(_misses(value, scale)).sum() for scale in range(money.MOST_DECIMALS)}
    answer: Mapping[str, Any] = rows.select(**aggregates).collect("pyarrow").rows(named=True)[0]
    return answer


def _rules(names: list[str]) -> list[str]:
    needs = {"customer": "customer", "date": "day", "amount": "value", "status": "status"}
    return [rule for rule, column in needs.items() if column in names]


def _ones(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _code(currency: nw.Expr) -> nw.Expr:
    """Return a currency code trimmed and in upper case; empty codes become null."""
    code = currency.str.strip_chars(BLANKS).str.to_uppercase()
    return nw.when(code != "").then(code)


def _misses(value: nw.Expr, scale: int) -> nw.Expr:
    """Return whether a value needs more decimals than `scale`: the rule of `rfm_cli.tables.money.misses`."""
    # The distance to the nearest integer does not depend on how halves are rounded.
    exact = _bounded(value * 10.0**scale)
    size = value.abs()
    room = nw.when(size > 1.0).then(size).otherwise(nw.lit(1.0)) * (1e-9 * 10.0**scale)
    return (exact - (exact + 0.5).floor()).abs() > room


def _bounded(exact: nw.Expr) -> nw.Expr:
    """Return the value if it fits into an integer, else null; amounts of such a size are refused."""
    return nw.when(exact.abs() < WHOLE).then(exact)


def _refuse_broken_ids(row: Mapping[str, Any], where: str) -> None:
    for name in BROKEN:
        if row.get(name):
            raise InputError(
                f"{where}: {name.removeprefix('broken_')}: {row[name]:,} values have a fraction, "
                "or are too large for a float to tell apart",
                "an id has to be an integer or a text",
            )


def _refuse_currencies(facts: Facts, options: ReadOptions, where: str) -> None:
    low, high = facts.currency, facts.last_currency
    if low != high:
        raise InputError(
            f"{where}: more than one currency ({low}, {high}, ...), which cannot be added",
            "keep one currency of the table, or convert it first",
        )
    wanted = options.currency
    if wanted and low is not None and low != wanted.upper():
        raise UsageError(f"--currency {wanted}: the orders are in {low}", "convert them first")


def _why(facts: Facts) -> str:
    why = ", ".join(f"{count:,} with {rules.RULES[name]}" for name, count in facts.rejected.items())
    return f" ({why})" if why else ""
