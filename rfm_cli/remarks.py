"""Remarks of a run on stderr: what was detected, what was left out, what to look at."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.errors import RfmError
from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.plausibility.ids import on_case_beside, on_ids, on_one_order
from rfm_cli.plausibility.overlap import on_overlap
from rfm_cli.plausibility.refunds import on_refunds
from rfm_cli.plausibility.rows import MOST_ROWS, on_same_day, on_stray_end, on_time_zone
from rfm_cli.plausibility.statuses import on_statuses, on_totals
from rfm_cli.rollup.store import is_rollup
from rfm_cli.safe_text import printable
from rfm_cli.tables import ids, rules
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.days import sentences
from rfm_cli.tables.fields import PROOFS
from rfm_cli.tables.order_model import typed_orders
from rfm_cli.tables.paths import is_folder, taken_and_left

if TYPE_CHECKING:
    from rfm_cli.model import Question, Shop, TablePaths
    from rfm_cli.tables.customers import Customers
    from rfm_cli.tables.events import Events
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Facts, Orders
    from rfm_cli.tables.sources import InputFile

SLASHED = ("%d/", "%m/", "%d-", "%m-")
"""How patterns of dates begin that leave open which number is the day."""
MOST_REJECTED = 0.05
FEWEST_KNOWN = 0.9


def on_tables(shop: Shop, paths: TablePaths, options: ReadOptions) -> Iterator[Note]:
    """Remark on the columns of each table, on rows that were left out of it, and on files of folders."""
    yield from _on_folders(paths)
    if description := shop.source.description():
        yield note(f"{shop.source.name()}: {description}")
    if shop.orders:
        yield from _on_columns(shop.orders, bool(paths.lines))
        yield from _on_time(shop.orders, options)
    if shop.customers:
        yield from _on_lines_above(shop.customers.files)
        yield note(f"{shop.customers.name}: {shop.customers.columns.in_words()}")
        if shop.customers.columns.reasons.get("customer_id") == "email":
            yield note(f"{shop.customers.name}: no column of ids: the e-mail is the id")
        yield from (note(f"{shop.customers.name}: {sentence}") for sentence in shop.customers.dates)
        if shop.customers.persons:
            yield note(f"{shop.customers.name}: {shop.customers.persons.in_words()}")
        if shop.customers.repeated:
            repeat = "rows repeat" if shop.customers.repeated > 1 else "row repeats"
            yield note(f"{shop.customers.name}: {shop.customers.repeated:,} {repeat} another one exactly")
        if shop.customers.without_id:
            yield note(f"{shop.customers.name}: {counted(shop.customers.without_id, 'row')} without an id left out")
        if shop.customers.folded:
            yield note(f"{shop.customers.name}: {shop.customers.folded}")
        if shop.customers.undated:
            undated = counted(shop.customers.undated, "date")
            yield warning("undated-customers", f"{shop.customers.name}: {undated} of registered_at cannot be read")
        yield from _on_surplus(shop.customers.name, shop.customers.left_out)
    if shop.products:
        yield from _on_lines_above(shop.products.files)
        yield note(f"{shop.products.name}: {shop.products.columns.in_words()}")
    if shop.events:
        yield from _on_lines_above(shop.events.files)
        yield note(f"{shop.events.name}: {shop.events.columns.in_words()}")
        yield from (note(f"{shop.events.name}: {sentence}") for sentence in shop.events.dates)
        yield from _on_surplus(shop.events.name, sum(source.left_out for source in shop.events.files))
        if lost := shop.events.unusable():
            without = "without a customer, event or readable time"
            yield warning("unusable-events", f"{shop.events.name}: {counted(lost, 'row')} {without} left out")
        yield from _on_folded(shop.events.name, shop.events.written_ids())
        yield from _on_names(shop.events)


def _on_folded(name: str, written: pl.Series) -> Iterator[Note]:
    """Remark on the distinct ids of a table, as written, that became others."""
    if words := ids.in_words(written):
        yield note(f"{name}: {words}")


def _on_names(events: Events) -> Iterator[Note]:
    """Warn of names in the options that no event has, and of purchases that have two."""
    if events.kinds or events.purchases:
        from rfm_cli.plausibility.events import on_own_names, on_purchases  # options that few runs have

        yield from on_own_names(events)
        yield from on_purchases(events)


def _on_folders(paths: TablePaths) -> Iterator[Note]:
    """Remark on which files of a folder were taken as which table, and on those that were left."""
    tables: dict[str, list[str]] = {}
    for table, given in vars(paths).items():
        for path in given:
            if isinstance(path, str) and is_folder(path) and not is_rollup(path):
                tables.setdefault(path, []).append(table)
    for folder, own in tables.items():
        if text := taken_and_left(folder, own):
            yield note(f"{printable(folder)}: {text}")


def _on_surplus(name: str, count: int) -> Iterator[Note]:
    if count:
        yield note(f"{name}: {counted(count, 'row')} with more fields than the header left out")


def _on_columns(orders: Orders, has_lines: bool) -> Iterator[Note]:
    if names := orders.options.no_customer:
        case = "as written" if orders.options.ids == "exact" else "whatever their case"
        yield note(f"ids that are no customer, {case}: {', '.join(names)} (--no-customer)")
    yield from _on_lines_above([file.source for file in orders.files], " (--header-row)")
    yield from _on_exports(orders)
    for columns, files in _by_mapping(orders).items():
        yield note(f"{files[0] if len(files) == 1 else f'{len(files)} order files'}: {columns}")
    for file in orders.files:
        yield from (note(f"{file.source.name}: {text}") for text in file.columns.settled)
    first = orders.files[0].columns
    if "amount" in first and {"quantity", "unit_price"} <= set(first.headings):
        yield note("amount is taken, and quantity x unit_price is not")
    if "amount" in first and has_lines:
        yield note("money is taken from the orders, not from the lines")
    if orders.sums:
        sums = orders.sums
        yield note(f"{sums.name}: money from {sums.accepted:,} lines: {sums.columns_in_words}")
        if sums.rejected:
            from rfm_cli.tables.lines import LINE_RULES

            why = "; ".join(f"{count:,} {LINE_RULES[name]}" for name, count in sums.rejected.items())
            yield note(f"{sums.name}: {sum(sums.rejected.values()):,} lines rejected: {why}")
    if orders.rates:
        yield from (note(f"{orders.rates.name}: {sentence}") for sentence in orders.rates.dates)
    if not orders.has_order_id:
        yield note("no order id: every row is an order of its own")
    if not orders.has_money:
        from rfm_cli.plausibility.amounts import on_no_amount

        yield from on_no_amount(orders)


def _on_exports(orders: Orders) -> Iterator[Note]:
    """Remark on the vendors' exports that files were recognized as."""
    found: dict[str, list[str]] = {}
    for file in orders.files:
        if file.columns.export:
            found.setdefault(file.columns.export.in_words(), []).append(file.source.name)
    for export, files in found.items():
        yield note(f"{files[0] if len(files) == 1 else f'{len(files)} order files'}: recognized as {export}")


def _on_lines_above(opened: Sequence[InputFile], option: str = "") -> Iterator[Note]:
    """Remark on the sheet that was taken, and on lines above the headings, with the option that decides about them."""
    for source in opened:
        if source.taken:
            yield note(f"{source.name}: {source.taken}")
        if source.above:
            lines = f"{counted(source.above, 'line')} above the headings {'are' if source.above > 1 else 'is'} skipped"
            yield note(f"{source.name}: {lines}{option}")
        if source.guarded:
            yield note(f'{source.name}: {counted(source.guarded, "cell")} written as ="00123" read as 00123')
    if not option:
        yield from _on_guards(opened)


def _on_guards(opened: Sequence[InputFile]) -> Iterator[Note]:
    """Remark on columns with cells written ="00123" in files that are no CSV, which are found as rows are read."""
    for source in opened:
        if source.guarded_columns:
            names = ", ".join(map(repr, sorted(source.guarded_columns)))
            columns = "columns" if len(source.guarded_columns) > 1 else "column"
            yield note(f'{source.name}: cells written as ="00123" read as 00123, in {columns} {names}')


def _by_mapping(orders: Orders) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for file in orders.files:
        groups.setdefault(_mapping(file), []).append(file.source.name)
    return groups


def _mapping(file: OrderFile) -> str:
    """Return the columns in use, without those that are attributes alone."""
    skip = ["channel", "promo_code", "product_id", "category", *PROOFS]
    money = file.money_fields()
    skip += [name for name in ("quantity", "unit_price", "amount") if name not in money]
    columns = file.columns.in_words(skip)
    return columns + (", amount = quantity x unit_price" if len(money) == 2 else "")


def _on_time(orders: Orders, options: ReadOptions) -> Iterator[Note]:
    zoned = any(file.day.has_instants or getattr(file.dtype("ordered_at"), "time_zone", None) for file in orders.files)
    # One sentence for each heading: monthly files are all written alike.
    found: dict[tuple[str, str], str] = {}
    for file in orders.files:
        heading, zone = file.columns["ordered_at"], file.times_in.get("ordered_at") if file.has_zoned_times() else None
        for kind, sentence in sentences(file.day, zone, heading, options.zone).items():
            found.setdefault((kind, heading), f"{file.source.name}: {sentence}")
    yield from map(note, found.values())
    orders_of = {form.pattern[:2] for file in orders.files for form in file.day.formats if form.pattern[:3] in SLASHED}
    if len(orders_of) > 1:
        yield note("some files have dates with the day first, some with the month first: each proves its own order")
    epochs = sorted({form.pattern for file in orders.files for form in file.day.formats if "epoch" in form.pattern})
    if epochs:
        yield note(f"dates are numbers, read as {', '.join(epochs)}")
    if zoned:
        yield note(f"times with an offset are counted in days of {options.zone} (--timezone)")


def on_orders(
    shop: Shop,
    facts: Facts,
    measured: pl.DataFrame,
    as_of: date | None,
    *,
    one_a_day: bool = False,
    dated: bool = True,
    every_size: bool = False,
) -> Iterator[Note]:
    """Yield the remarks that every command makes which counts customers from order rows.

    `measured` are the customers up to `as_of`: customer, first_order, last_order and frequency. `one_a_day` says that
    the purchases of one day are one already, and `dated` that the user gave an as-of date. Remarks that need another
    pass over more than 200,000 rows are made only with `every_size`.
    """
    if shop.orders:
        yield from on_rows(shop.orders, facts, every_size=every_size)
        yield from on_overlap(shop.orders)
    # A date that the user has given is not the day of a stray row.
    if not dated:
        yield from on_stray_end(shop, facts.last_day, measured["last_order"])
    yield from on_currencies(shop.orders, facts)
    yield from on_ids(shop, facts, measured, as_of)
    yield from on_one_order(shop, measured)
    if not one_a_day and (every_size or facts.accepted <= MOST_ROWS):
        yield from on_same_day(shop, measured, as_of)
    yield from on_time_zone(shop, facts, every_size=every_size)


def on_scoring(
    measured: pl.DataFrame, facts: Facts, question: Question, as_of: date | None, asked: Mapping[str, str]
) -> Iterator[Note]:
    """Remark on the rows and the date: rejected rows (`asked`: see `on_rejects`), free orders, an as-of date after the
    data."""
    yield from on_rejects(facts, asked)
    last = facts.last_day
    if as_of and last and as_of > last:
        gap = (as_of - last).days
        days = f"{gap:,} day{'s' if gap > 1 else ''}"
        yield warning("as-of-after-data", f"the as-of date {as_of} is {days} after the last order row ({last})")
    if question.as_of is None and as_of:
        yield note(f"as of {as_of}, the day of the last order row")
    free = _free_orders(measured, facts, as_of)
    if free and (question.free_orders or question.scheme.free_orders) == "ignore":
        yield note(f"purchases of zero value are left out: {free:,} (--free-orders count takes them in)")
    elif free:
        yield note(f"purchases of zero value are counted as well: {free:,} (--free-orders ignore leaves them out)")


def _free_orders(measured: pl.DataFrame, facts: Facts, as_of: date | None) -> int:
    """Return the number of orders of zero value up to the date; a roll-up has them by period."""
    if facts.free_orders is not None and facts.last_day is not None:
        # The last period of a roll-up may end after the last order, whose day its counts are known from.
        ends = {period: min(period, facts.last_day) for period in facts.free_orders}
        return sum(count for period, count in facts.free_orders.items() if as_of is None or ends[period] <= as_of)
    return int(measured["free_orders"].cast(pl.Int64).sum()) if "free_orders" in measured.columns else 0


def on_rejects(facts: Facts, asked: Mapping[str, str]) -> Iterator[Note]:
    """Remark on rejected rows by rule; warn where they are many without those of the rules that were `asked` for, by
    the option of each."""
    count = sum(facts.rejected.values())
    if not count:
        return
    why = "; ".join(f"{rows:,} {rules.RULES[name]}" for name, rows in facts.rejected.items())
    # What is rejected at the user's word says little of the export.
    own = {option: facts.rejected[rule] for rule, option in asked.items() if facts.rejected.get(rule)}
    others = count - sum(own.values())
    share = f"{others / facts.read:.1%}" + (f" without {', '.join(own)}" if own else "")
    text = f"{count:,} of {facts.read:,} rows rejected ({share}): {why}"
    yield warning("many-rejects", text) if others > MOST_REJECTED * facts.read else note(text)


def on_rows(orders: Orders, facts: Facts, *, every_size: bool = False) -> Iterator[Note]:
    """Remark on how the rows of orders were read: their lines, orders of several rows, and the words in them."""
    yield from on_lines(orders)
    yield from _on_guards([file.original for file in orders.files])
    if any(file.folds for file in orders.files):
        yield from _on_folded(orders.name(), order_tables.written_ids(orders))
    if orders.has_order_id or any(file.has_refunds for file in orders.files):
        from rfm_cli.plausibility.whole_orders import on_whole_orders  # rows of one order, which many files have not

        yield from on_whole_orders(orders, facts)
    yield from on_totals(orders, facts)
    yield from on_statuses(orders)
    yield from on_refunds(orders, facts, every_size=every_size)


def on_currencies(orders: Orders | None, facts: Facts) -> Iterator[Note]:
    """Remark on several currencies in orders without amounts: nothing is added up, so they may differ."""
    if orders and not orders.has_money and facts.currency != facts.last_currency:
        several = f"{facts.currency}, {facts.last_currency}, ..."
        yield note(f"{orders.name()}: several currencies ({several}) play no part, since there are no amounts")


def on_lines(orders: Orders | None) -> Iterator[Note]:
    """Remark on lines without an order, and warn of order ids of several customers; reads all rows."""
    if orders is None or orders.sums is None:
        return
    sums, order = orders.sums, pl.col("order").cast(pl.String)
    rows = typed_orders(orders).select("customer", "rule", order=order).drop_nulls("order")
    taken = rows.filter(pl.col("rule") == rules.ACCEPTED).join(sums.table.lazy(), on="order", how="semi")
    owners = taken.group_by("order").agg(pl.col("customer").n_unique())
    unnamed, shared = pl.collect_all(
        [
            sums.table.lazy().join(rows, on="order", how="anti").select(pl.len()),
            owners.select((pl.col("customer") > 1).sum()),
        ],
        engine="streaming",
    )
    if count := unnamed.item():
        what, whose = ("orders with lines are", "their") if count > 1 else ("order with lines is", "its")
        yield note(f"{sums.name}: {count:,} {what} in no orders file, and {whose} money is left out")
    if count := shared.item():
        what = "order ids belong" if count > 1 else "order id belongs"
        first = "the first one got the money of the lines"
        yield warning("shared-order-ids", f"{count:,} {what} to several customers: {first}")


def on_trouble(orders: Orders, facts: Facts) -> Iterator[Note]:
    """Warn of all that would keep these orders from being scored."""
    try:
        order_tables.refuse(orders, facts)
    except RfmError as error:
        yield warning("unscorable", f"{error.message}; {error.hint}" if error.hint else error.message)


def on_not_yet(count: int, as_of: date | None) -> Iterator[Note]:
    """Remark on customers of other tables who are left out since they became known after the date."""
    if count:
        who = f"{count:,} customer{'s are' if count > 1 else ' is'}"
        yield note(f"{who} not counted: they became known after {as_of}")


def on_people(roster: pl.DataFrame | None, measured: pl.DataFrame, shop: Shop) -> Iterator[Note]:
    """Warn of tables that know too few of the buyers; the roster was made with the ids of the measured customers."""
    if roster is None:
        return
    has_bought = measured["recency_days"].is_not_null()
    bought = roster["place"].is_not_null() & has_bought.gather(roster["place"]).fill_null(value=False)
    buyers = roster.filter(bought)["customer"]
    has_case = measured.schema["customer"] == pl.String  # whole numbers have none
    for table, flag in ((shop.customers, "in_customers"), (shop.events, "in_events")):
        if table is None:
            continue
        known = int((bought & roster[flag]).sum())
        if has_case:
            yield from on_case_beside(table.name, roster.filter(~bought & roster[flag])["customer"], buyers)
        if known < FEWEST_KNOWN * len(buyers):
            text = f"{table.name} knows {known:,} of {len(buyers):,} buyers ({known / len(buyers):.1%})"
            if shop.customers is not None and flag == "in_customers":
                text += _by_email(shop.customers, buyers, known)
            yield warning("few-buyers-known", text)


def _by_email(customers: Customers, buyers: pl.Series, known: int) -> str:
    """Return, in words, that the e-mails of customers are the ids of the orders; empty where they are not."""
    heading = customers.columns.get("email")
    if heading is None or heading == customers.columns["customer_id"]:
        return ""
    emails = customers.table.select(customer_id=pl.col("email").cast(pl.String).str.strip_chars().str.to_lowercase())
    lower = pl.DataFrame({"customer_id": buyers.str.to_lowercase()})
    same = lower.join(emails, on="customer_id", how="semi").height
    return f"; its {heading} knows {same:,}: --map customers.customer_id={shlex.quote(heading)}" if same > known else ""
