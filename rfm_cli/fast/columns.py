"""Order files as columns of numbers: what Polars makes of each row while it decodes, and what is proved of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.fast import dates
from rfm_cli.fast.dates import DayPlan
from rfm_cli.fast.ids import Digits, IdPlan, WholeNumbers, plan_of
from rfm_cli.fast.texts import Texts
from rfm_cli.tables import money, sources
from rfm_cli.tables.amounts import AmountReading
from rfm_cli.tables.order_file import OrderFile, broken_apart, currency_of
from rfm_cli.tables.order_model import Orders

FINE = 1e-7
"""Minor units this near to a whole number are whole at any size; what is farther off is put to the exact test."""


@dataclass(frozen=True)
class Columns:
    """Orders as numbers, and the plans of their ids.

    `frame`, in the order of the rows: what the plans make under `customer`, `order`? and `day`, `minor`? (Int64) with
    `value` and `near` (whether the amount is plainly of the scale), `alike`? (whether texts of amounts are of the form
    that was believed), `currency`?, and a boolean `broken_{rule}` for each rule in `broken`. `text` says that the
    files are text, where an empty line looks like a row of nulls.
    """

    frame: pl.LazyFrame
    customer: IdPlan
    order: IdPlan | None
    day: DayPlan
    scale: int | None
    broken: tuple[str, ...]
    text: bool


def columns_of(orders: Orders, *, loose: bool = False) -> Columns | None:
    """The orders as columns of numbers, None where they are of a kind that no shortcut covers.

    `loose` reads the order ids of CSV files as numbers at once, which cannot tell 007 from 7.
    """
    if orders.sums or orders.rates or orders.options.drop_duplicates:
        return None
    named = ["order_id" in file.columns for file in orders.files]
    if any(named) != all(named):
        return None
    customer, order = _plan(orders, "customer_id"), _plan(orders, "order_id") if all(named) else None
    if customer is None or (order is None and all(named)):
        return None
    loose = loose and isinstance(order, Digits) and all(file.source.kind == "csv" for file in orders.files)
    if loose:
        order = WholeNumbers()
    files = [_as_numbers(file, loose=loose) for file in orders.files]
    rules = sorted({rule for file in files for rule in broken_apart(file, orders.options)})
    days = [dates.plan_of(file, orders.options.timezone) for file in files]
    if len({type(day) for day in days}) > 1:
        return None
    frames = [_selected(file, orders, customer, order, day, rules) for file, day in zip(files, days, strict=True)]
    text = any(file.source.is_text for file in files)
    return Columns(pl.concat(frames), customer, order, days[0], orders.scale, tuple(rules), text)


def _plan(orders: Orders, field: str) -> IdPlan | None:
    """The plan for an id field by the first rows of all files; None where some hold texts and some numbers."""
    if all(file.dtype(field) == pl.String for file in orders.files):
        columns = [(file, pl.col(file.columns[field])) for file in orders.files]
        texts = pl.concat([file.source.head().select(text.alias("id")).collect() for file, text in columns])
        return plan_of(texts["id"]) or Texts()
    return None if any(file.dtype(field) == pl.String for file in orders.files) else WholeNumbers()


def _as_numbers(file: OrderFile, *, loose: bool) -> OrderFile:
    """A CSV file with its plain amounts (and `loose` order ids) read as numbers at once; any other file as it is."""
    if file.source.kind != "csv" or file.source.local is None:
        return file
    plain = [name for name in file.money_fields() if file.amounts.get(name, AmountReading()).mark == "plain"]
    types: dict[str, pl.DataType] = {file.columns[name]: pl.Float64() for name in plain}
    if loose:
        types[file.columns["order_id"]] = pl.Int64()
    texts = frozenset(name for name in file.digits if file.columns[name] not in types)
    return replace(file, source=sources.as_types(file.source, types), digits=texts)


def _selected(
    file: OrderFile, orders: Orders, customer: IdPlan, order: IdPlan | None, day: DayPlan, rules: list[str]
) -> pl.LazyFrame:
    """One file's rows as numbers."""
    made = _ids(file, "customer", "customer_id", customer)
    if order is not None:
        made |= _ids(file, "order", "order_id", order)
    made |= day.columns(pl.col(file.columns["ordered_at"]))
    proofs = []
    if orders.scale is not None:
        value = file.value()
        scaled = value * 10.0**orders.scale
        made |= {
            "value": value,
            "minor": money.minor_units(value, orders.scale),
            "near": (scaled - scaled.round(mode="half_to_even")).abs() <= FINE,
        }
        proofs += [_is_number(file, name) for name in file.money_fields() if file.source.is_text]
    if proofs:
        made["alike"] = pl.all_horizontal(proofs)
    if "currency" in file.columns:
        made["currency"] = currency_of(pl.col(file.columns["currency"]))
    apart = broken_apart(file, orders.options)
    made |= {f"broken_{rule}": apart.get(rule, pl.lit(value=False)) for rule in rules}
    if file.source.kind == "csv":
        made["width"] = _all_asked(file)
    return file.raw().select(**made)


def _all_asked(file: OrderFile) -> pl.Expr:
    """Something of every column: Polars sees a row of too many fields only where it reads the whole width."""
    return pl.any_horizontal([pl.col(name).is_null() for name in file.source.schema])


def _ids(file: OrderFile, name: str, field: str, plan: IdPlan) -> dict[str, pl.Expr]:
    whole = isinstance(plan, WholeNumbers | Texts)
    return plan.columns(name, file.id(field) if whole else pl.col(file.columns[field]))


def _is_number(file: OrderFile, name: str) -> pl.Expr:
    """Whether a money field of a text file is understood where something stands; null counts as true."""
    column = pl.col(file.columns[name])
    if file.dtype(name).is_float():
        return column.is_finite()
    return column.is_null() | (column == "") | file.number(name).is_not_null()
