"""Orders: any number of files as one frame of typed rows, read in one pass that checks its own assumptions.

The first rows of each file suggest how dates, amounts and the scale of money are to be read. The pass that computes the
answer also counts what would refute that; where something does, all rows are looked at and the pass is made again. So a
clean file is read once, and no file is read wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.notes import counted
from rfm_cli.progress import step
from rfm_cli.tables import column_types, columns, currencies, ids, money, refunds, rules, sources, whole_orders
from rfm_cli.tables.assumptions import assume_from_first_rows, assumptions_of, corrected
from rfm_cli.tables.columns import in_doubt
from rfm_cli.tables.date_zones import zone_of_heading
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_model import ROWS, Extra, Facts, Orders, as_facts, facts_row, heavy_customer, typed_orders
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.read_errors import RaggedRowsError, input_errors

if TYPE_CHECKING:
    from rfm_cli.tables.lines import OrderSums
    from rfm_cli.tables.precedents import Precedents
    from rfm_cli.tables.rates import Rates

Reduce = Callable[[pl.LazyFrame], pl.LazyFrame]


def orders_in(
    opened: Sequence[sources.InputFile],
    options: ReadOptions,
    sums: OrderSums | None = None,
    known_rates: Rates | None = None,
    precedents: Precedents | None = None,
) -> Orders:
    """Return the orders in opened files, with columns detected and assumptions from the first rows.

    Where the files leave a doubt, they are read as the `precedents` show.
    """
    files = tuple(_order_file(source, options, sums) for source in with_mapped(opened, "orders", options))
    orders = Orders(files, options, sums=sums, rates=known_rates, precedents=precedents)
    if any(in_doubt(file.columns) for file in files):
        from rfm_cli.tables.doubts import settle

        orders = _retrying(settle, orders)
    return _retrying(assume_from_first_rows, orders)


def purchase_events_in(
    opened: Sequence[sources.InputFile],
    options: ReadOptions,
    known_rates: Rates | None = None,
    precedents: Precedents | None = None,
) -> Orders:
    """Return the events called `--purchase-events` as orders: amount = value, with order ids if events have them."""
    files = tuple(_event_file(source, options) for source in opened)
    return _retrying(assume_from_first_rows, Orders(files, options, rates=known_rates, precedents=precedents))


def _event_file(source: sources.InputFile, options: ReadOptions) -> OrderFile:
    found = columns.detect("events", source.header, options.map_of("events"), source.name)
    columns.require(found, ("customer_id", "event", "at"), source.header, source.name, source.head())
    # From here on an event is an order row like any other.
    renamed = {"at": "ordered_at", "value": "amount"}
    headings = {renamed.get(name, name): heading for name, heading in found.headings.items()}
    mapped = columns.ColumnMap("orders", headings, dict.fromkeys(headings, "event"))
    wanted, zones = options.purchase_events, _zones(source, mapped, options)
    made = OrderFile(source, mapped, events=wanted, event_kinds=options.event_kinds, times_in=zones)
    return _with_ids(made, options)


def _with_ids(file: OrderFile, options: ReadOptions) -> OrderFile:
    return replace(file, no_customer=ids.no_customers(options), id_rule=options.ids)


def _order_file(source: sources.InputFile, options: ReadOptions, sums: OrderSums | None) -> OrderFile:
    found = columns.detect("orders", source.header, options.map_of("orders"), source.name)
    needed = ("customer_id", "ordered_at", "order_id") if sums else ("customer_id", "ordered_at")
    columns.require(found, needed, source.header, source.name, source.head())
    found = currencies.with_column(found, source.header)
    return _with_ids(OrderFile(source, found, times_in=_zones(source, found, options)), options)


def _zones(source: sources.InputFile, found: columns.ColumnMap, options: ReadOptions) -> dict[str, str]:
    """Return, by field, the zone of times without an offset, where a heading or the user names one."""
    headings = {name: found[name] for name in ("ordered_at", "refunded_at") if name in found}
    zones = {
        name: zone_of_heading(heading, options.times_in, f"{source.name}: column {heading!r}")
        for name, heading in headings.items()
    }
    return {name: zone for name, zone in zones.items() if zone is not None}


def rows(orders: Orders, extra: Extra | None = None) -> pl.LazyFrame:
    """Return all rows, typed and judged: customer, order?, day, minor?, currency?, rule, and what the checks need.

    `extra` returns further columns of a file, which the refunds that a column names have as well.
    """
    typed = typed_orders(orders, extra)
    if orders.scale is None:
        return typed
    if orders.sums:
        # Money that is to be converted has two decimals at least, which may be more than its lines have.
        minor = pl.col("minor") * 10 ** (orders.scale - orders.sums.scale)
        typed = orders.sums.attach(typed).with_columns(minor=minor)
        if "refund" in typed.collect_schema():  # the lines of a refund have prices as those of a purchase do
            lowered = pl.col("refund").fill_null(value=False)
            typed = typed.with_columns(minor=pl.when(lowered).then(-pl.col("minor").abs()).otherwise("minor"))
    else:
        typed = typed.with_columns(minor=money.minor_units(pl.col("value"), orders.scale))
    if "refunded" in typed.collect_schema():
        more = dict.fromkeys(name for file in orders.files for name in (extra(file) if extra else ()))
        typed = refunds.with_refunds(typed, orders.scale, more)
    return orders.rates.convert(typed, orders.options.currency) if orders.rates else typed


def accepted(typed: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows that broke no rule, only the columns that count: customer, order?, day, minor?.

    With refunds also `refund` (the row is money alone, and no purchase); where a column names them, `refunds.LINES` and
    `refunds.GIVEN_BACK`.
    """
    schema = typed.collect_schema()
    taken = typed.filter(pl.col("rule") == rules.ACCEPTED)
    if refunds.BESIDE in schema:
        taken = taken.with_columns(pl.when(refunds.BESIDE).then(0).otherwise(1).alias(refunds.LINES))
    wanted = ("customer", "order", "day", "minor", "refund", refunds.LINES, refunds.GIVEN_BACK)
    there = taken.collect_schema()
    return taken.select(name for name in wanted if name in there)


def marks_refunds(orders: Orders) -> bool:
    """Return whether the files say by a column which rows or amounts are refunds."""
    return any(file.has_refunds or file.is_refund() is not None for file in orders.files)


def buyers_after(orders: Orders, day: date) -> pl.LazyFrame:
    """Return the customers with an accepted row after a day, each once: customer."""
    found = accepted(rows(orders)).filter(pl.col("day") > day)
    own = found.filter(pl.col(refunds.LINES) > 0) if refunds.LINES in found.collect_schema() else found
    once = own.select("customer").unique()
    # The pass up to the day has not seen these ids, and cannot have found that one has to be folded.
    is_text = once.collect_schema()["customer"] == pl.String
    return once.select(ids.folded(pl.col("customer"))).unique() if is_text and orders.may_fold else once


def collect(orders: Orders, reduce: Callable[[Orders], Reduce]) -> tuple[pl.DataFrame, Facts, Orders]:
    """Reduce the accepted rows in one pass. Returns the answer, the facts of the pass, and the orders as all rows show
    them.

    `reduce` is called with the orders, because an assumption about them may save work. Where its result has the column
    `ROWS`, the rows of each customer, the facts name the id that has too many, and the answer comes without that
    column.
    """

    answer, facts = pl.DataFrame(), Facts({}, None, None)

    def one_pass(given: Orders) -> Orders:
        nonlocal answer, facts
        typed = rows(given)
        wanted = reduce(given)(accepted(typed))
        with step("reading orders"):
            # One read of the files for all: Polars shares the scan of the plans.
            plans = [wanted, facts_row(given, typed), *whole_orders.hint_rows(given)]
            answer, *found = pl.collect_all(plans, engine="streaming")
        if given.may_fold and ids.must_fold(_customers_in(answer), given.options):
            return given.folding()
        heavy = heavy_customer(answer) if ROWS in answer.columns else None
        facts, answer = as_facts(pl.concat(found, how="horizontal"), heavy), answer.drop(ROWS, strict=False)
        now = corrected(given, facts)
        # What was read under a wrong assumption shows nothing about whole orders.
        return whole_orders.decided(now, facts) if assumptions_of(now) == assumptions_of(given) else now

    # Each round changes an assumption, and none comes back, so that this ends after a few rounds at most.
    believed = None
    while believed != assumptions_of(orders):
        believed = assumptions_of(orders)
        orders = _retrying(one_pass, orders)
    return answer, facts, orders


def _customers_in(answer: pl.DataFrame) -> pl.Series:
    """Return the ids of customers in an answer, under either of their names; empty where it has none."""
    names = [name for name in ("customer", "customer_id") if name in answer.columns]
    return answer[names[0]] if names else pl.Series([], dtype=pl.String)


def customers_of(orders: Orders) -> Reduce:
    """Return the reduction to the customers, each once, where their ids may have to be folded; else to a count."""

    def reduced(taken: pl.LazyFrame) -> pl.LazyFrame:
        is_text = taken.collect_schema()["customer"] == pl.String
        return taken.select("customer").unique() if is_text and orders.may_fold else taken.select(pl.len())

    return reduced


def written_ids(orders: Orders) -> pl.Series:
    """Return the distinct ids of customers with an accepted row, as they are written but for blanks around them."""
    files = [typed_rows(file, orders.options, {"written": file.written_id("customer_id")}) for file in orders.files]
    texts = [rows.with_columns(pl.col("written").cast(pl.String)) for rows in files]
    taken = pl.concat(texts, how="diagonal_relaxed").filter(pl.col("rule") == rules.ACCEPTED)
    with input_errors(orders.name()):
        return taken.select(pl.col("written").unique()).collect(engine="streaming").to_series()


def _retrying(step: Callable[[Orders], Orders], orders: Orders) -> Orders:
    """Run `step`, and run it again on a repaired copy where a CSV file turns out to be ragged."""
    try:
        with input_errors(orders.name(), orders.texts()):
            return step(orders)
    except RaggedRowsError:
        with input_errors(orders.name(), orders.texts()):
            return step(_repaired(orders))


def _repaired(orders: Orders) -> Orders:
    return replace(orders, files=tuple(replace(file, source=sources.repaired(file.source)) for file in orders.files))


def refuse(orders: Orders, facts: Facts) -> None:
    """Raise for what only all rows can show: broken ids, sums too large, currencies that cannot be added."""
    where = orders.name()
    for file in orders.files:
        for name in ("customer_id", "order_id"):
            if name in file.columns:
                column_types.refuse_broken(file.raw(), file.columns[name], file.dtype(name), file.source.name)
    money.check_size(facts.proof.get("largest"), facts.proof.get("total"), where)
    if orders.has_money and (count := int(facts.proof.get("contradictions") or 0)):
        raise InputError(
            f"{where}: {counted(count, 'row')} with two currencies, by the sign of an amount or a refund",
            "correct them in the export; or leave a column out: --map currency=-, --map refunded=-",
        )
    # Without rates all money must be of one currency, and of the one that was asked for.
    low, high = facts.currency, facts.last_currency
    if orders.sums and orders.rates is None and len(orders.sums.currencies) > 1:
        raise several_currencies(orders.sums.name, orders.sums.currencies)
    if orders.has_money and orders.rates is None and low != high:
        raise several_currencies(where, (str(low), str(high)))
    wanted = orders.options.currency
    if orders.has_money and orders.rates is None and wanted and low is not None and low != wanted.upper():
        raise UsageError(f"--currency {wanted}: the orders are in {low}", "give the rates: --rates FILE")


def several_currencies(where: str, codes: Sequence[str]) -> InputError:
    """Return the error about money of several currencies: `codes` are the first and the last of them, or all."""
    return InputError(
        f"{where}: more than one currency ({codes[0]}, {codes[-1]}, ...), which cannot be added",
        "give the rates: --rates FILE --currency CODE; or keep one currency of the file",
    )


class Named(Protocol):
    """What has a name for messages: orders, or what takes their place."""

    def name(self) -> str:
        """Return the name."""
        ...


def require_rows(facts: Facts, orders: Named) -> None:
    """Raise `InputError` where no row was accepted, with the reasons."""
    if not facts.read:
        raise InputError(f"{orders.name()}: no rows below the header", "export it again")
    if not facts.accepted:
        why = ", ".join(f"{count:,} with {rules.RULES[name]}" for name, count in facts.rejected.items())
        raise InputError(
            f"{orders.name()}: no order accepted of {facts.read:,} rows" + (f" ({why})" if why else ""),
            "see what is wrong with rfm check",
        )
