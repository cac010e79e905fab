"""Remarks on tables as they are opened: their columns, dates and files, and rows that were left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.remarks.ids import on_folded, on_guards
from rfm_cli.rollup.store import is_rollup
from rfm_cli.safe_text import printable
from rfm_cli.tables.days import sentences
from rfm_cli.tables.fields import PROOFS
from rfm_cli.tables.paths import is_folder, taken_and_left

if TYPE_CHECKING:
    from rfm_cli.model import Shop, TablePaths
    from rfm_cli.tables.events import Events
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Orders
    from rfm_cli.tables.sources import InputFile

SLASHED = ("%d/", "%m/", "%d-", "%m-")
"""How patterns of dates begin that leave open which number is the day."""


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
        yield from on_folded(shop.events.name, shop.events.written_ids())
        yield from _on_names(shop.events)


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
            from rfm_cli.tables.lines import rejected_in_words

            yield note(rejected_in_words(sums.name, sums.rejected) or "")
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
        yield from on_guards(opened)


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
