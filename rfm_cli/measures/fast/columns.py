"""Order files as columns of numbers: what Polars makes of each row while it decodes, and what must be checked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.measures.fast import dates
from rfm_cli.measures.fast.dates import DayPlan
from rfm_cli.measures.fast.ids import Digits, IdPlan, Texts, WholeNumbers, plan_of
from rfm_cli.tables import ids, money, sources
from rfm_cli.tables.amounts import AmountFormat
from rfm_cli.tables.order_file import OVERLAID, OrderFile
from rfm_cli.tables.order_model import Orders, typed_orders
from rfm_cli.tables.order_rows import lacks_fields, rules_on_other_columns

FINE = 1e-9
"""An amount this near to one of the scale is exactly that amount; others are put to the exact test."""
PROOFS = {"alike": pl.lit(value=True), "day_understood": pl.lit(value=True), "currency": pl.lit(None, pl.String)}
PROOFS |= {"width": pl.lit(value=True), "lacks": pl.lit(value=False)}
"""What only some files have, and its value for the rows of the others."""
WIDE = (pl.UInt64, pl.Int128, pl.UInt128)
"""Integers that may not fit 64 bits with a sign."""


@dataclass(frozen=True)
class Columns:
    """Orders as numbers, and the plans of their ids.

    `frame` has, in the order of the rows: what the plans make under `customer`, `order`? and `day`; `minor`? (Int64)
    with `value` and `near` (whether the amount is clearly of the scale); `alike`? (whether texts of amounts have the
    assumed form); `currency`?; `lacks`? (whether an order field is blank); and a boolean `broken_{rule}` for each rule
    in `broken`. `id_type` is the type of customers' ids in the plain way. `texts` are the ids that must not be a word
    for a total. With `text` files are text, where an empty line looks like a row of nulls. With `loose` two order ids
    may share a number.
    """

    frame: pl.LazyFrame
    customer: IdPlan
    order: IdPlan | None
    day: DayPlan
    scale: int | None
    broken: tuple[str, ...]
    id_type: pl.DataType
    text: bool
    loose: bool = False
    texts: tuple[str, ...] = ()


def columns_of(orders: Orders, *, loose: bool = False) -> Columns | None:
    """Return the orders as columns of numbers, None where no shortcut covers them.

    `loose` reads the order ids of CSV files as numbers at once, which cannot tell 007 from 7.
    """
    if orders.sums or orders.rates or orders.options.drop_duplicates or not all(map(_is_plain, orders.files)):
        return None
    # A pass makes orders in one way, for all files.
    named = ["order_id" in file.columns for file in orders.files]
    if any(named) != all(named):
        return None
    customer, order = _plan(orders, "customer_id"), _plan(orders, "order_id") if all(named) else None
    if customer is None or (order is None and all(named)):
        return None
    # Reading a number at once saves the text, but cannot show how it was written: rising numbers prove that no two
    # share one.
    loose = loose and isinstance(order, Digits) and all(_reads_numbers(file) for file in orders.files)
    files = [_as_numbers(file, loose=loose) for file in orders.files]
    days = dates.plans_of(files, orders.options.zone)
    plans = (customer, WholeNumbers() if loose else order)
    rules = tuple(sorted({rule for file in files for rule in rules_on_other_columns(file, orders.options)}))
    made = [_made(file, orders, plans, day, rules) for file, day in zip(files, days, strict=True)]
    # All files get all checks, with a harmless value where a file needs none.
    optional = [name for name in PROOFS if any(name in columns for columns in made)]
    frames = [
        file.raw().select(**columns, **{name: PROOFS[name] for name in optional if name not in columns})
        for file, columns in zip(files, made, strict=True)
    ]
    frame = pl.concat([one.select(frames[0].collect_schema().names()) for one in frames])
    id_type = typed_orders(orders).collect_schema()["customer"]
    if isinstance(customer, Texts) and id_type != pl.String:
        return None
    text = any(file.source.is_text for file in files)
    # Numbers are no word for a total; once all rows were looked at, a rule judges texts.
    plans_of_texts = [name for name, plan in (("customer", customer), ("order", order)) if isinstance(plan, Texts)]
    texts = tuple(plans_of_texts) if any(file.totals is None for file in files) else ()
    return Columns(frame, *plans, days[0], orders.scale, rules, id_type, text, loose, texts)


def _is_plain(file: OrderFile) -> bool:
    """Return whether the rows of a file are what its columns hold, without refunds beside them and rows left out."""
    # A refund by its type is no purchase even at 0.00, which sums cannot show. Marks of rows that do not count are lost
    # where a file is read anew as numbers. Rows of two currencies are counted by the plain way alone.
    is_alone = not file.has_refunds and file.is_refund() is None and OVERLAID not in file.source.schema
    return is_alone and file.contradicts() is None


def _plan(orders: Orders, field: str) -> IdPlan | None:
    """Choose the plan for an id field by the first rows of all files.

    Returns None where some files hold texts and others numbers, or where numbers may not fit.
    """
    types = [file.dtype(field) for file in orders.files]
    if all(kind == pl.String for kind in types):
        if field == "customer_id" and any(file.folds for file in orders.files):
            return Texts()
        heads = [replace(file, source=replace(file.source, frame=file.source.head())) for file in orders.files]
        texts = [head.raw().select(id=pl.col(head.columns[field])) for head in heads]
        return plan_of(pl.concat(pl.collect_all(texts))["id"]) or Texts()
    fits = all((kind.is_integer() and kind not in WIDE) or kind.is_float() for kind in types)
    return WholeNumbers() if fits else None


def _reads_numbers(file: OrderFile) -> bool:
    """Return whether columns of a file may be read as numbers at once.

    That is not so for event logs, where rows that are no orders would have to hold numbers, too.
    """
    source = file.source
    return source.kind == "csv" and source.local is not None and not source.guarded and not file.events


def _as_numbers(file: OrderFile, *, loose: bool) -> OrderFile:
    """Return a CSV file with its plain amounts (and `loose` order ids) read as numbers; any other file as it is."""
    if not _reads_numbers(file):
        return file
    plain = [name for name in file.money_fields() if file.amounts.get(name, AmountFormat()).mark == "plain"]
    types: dict[str, pl.DataType] = {file.columns[name]: pl.Float64() for name in plain}
    if loose:
        types[file.columns["order_id"]] = pl.Int64()
    texts = frozenset(name for name in file.digits if file.columns[name] not in types)
    return replace(file, source=sources.as_types(file.source, types), digits=texts)


def _made(
    file: OrderFile, orders: Orders, plans: tuple[IdPlan, IdPlan | None], day: DayPlan, rules: tuple[str, ...]
) -> dict[str, pl.Expr]:
    """Return the columns that are made of one file's rows."""
    customer, order = plans
    made = customer.columns("customer", _id(file, "customer_id", customer))
    if order is not None:
        made |= order.columns("order", _id(file, "order_id", order))
    made |= day.columns(pl.col(file.columns["ordered_at"]))
    if orders.scale is not None:
        made |= _money(file, orders.scale)
    if (code := file.currency()) is not None:
        made["currency"] = code
    lacks = lacks_fields(file)
    if lacks is not None:
        made["lacks"] = lacks
    apart = rules_on_other_columns(file, orders.options)
    made |= {f"broken_{rule}": apart.get(rule, pl.lit(value=False)) for rule in rules}
    if file.source.kind == "csv":  # Polars sees a row of too many fields only where it reads the whole width
        made["width"] = pl.any_horizontal([pl.col(name).is_null() for name in file.source.schema])
    return made


def _money(file: OrderFile, scale: int) -> dict[str, pl.Expr]:
    value = file.value()
    scaled = value * 10.0**scale
    near = (scaled - scaled.round(mode="half_to_even")).abs() <= FINE * 10**scale
    made = {"value": value, "minor": money.minor_units(value, scale), "near": near}
    proofs = [_is_number(file, name) for name in file.money_fields() if _was_text(file, name)]
    if (alone := file.is_never_bought()) is not None:  # sums cannot show that a row of 0.00 is no purchase
        proofs.append(~alone)
    return made | ({"alike": pl.all_horizontal(proofs)} if proofs else {})


def _was_text(file: OrderFile, name: str) -> bool:
    return file.source.is_text or file.dtype(name) == pl.String


def _id(file: OrderFile, field: str, plan: IdPlan) -> pl.Expr:
    """Return the column of an id as its plan takes it: the raw text, or a trimmed one if the whole text counts."""
    if isinstance(plan, WholeNumbers | Texts):
        return replace(file, digits=frozenset()).id(field)
    column = pl.col(file.columns[field])
    # A blank before such an id refutes the plan, which leaves the rows to the plain way.
    return ids.without(column, pl.String(), file.no_customer, file.id_rule) if field == "customer_id" else column


def _is_number(file: OrderFile, name: str) -> pl.Expr:
    """Return whether a money field of text is understood wherever it has text; null counts as true."""
    column = pl.col(file.columns[name])
    if file.dtype(name).is_float():
        return column.is_finite()
    return column.is_null() | (column == "") | file.number(name).is_not_null()
