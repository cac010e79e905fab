"""Open the tables of a shop, and choose the source that its customers are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.model import Shop, Source, TablePaths
from rfm_cli.remarks.tables import on_tables
from rfm_cli.rollup.manifest import COLUMNS
from rfm_cli.source.orders import OneRowSource, OrderSource
from rfm_cli.tables import one_row, sources
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.fields import ALIASES, STEP
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import is_folder
from rfm_cli.tables.persons import Persons, with_persons
from rfm_cli.tables.sources import InputFile

if TYPE_CHECKING:  # what few shops have is loaded where there is one
    from rfm_cli.source.rollup import RollupSource
    from rfm_cli.tables.precedents import Precedents
    from rfm_cli.tables.rates import Rates


def open_shop(paths: TablePaths, options: ReadOptions, precedents: Precedents | None = None) -> Shop:
    """Open the tables at `paths` and detect their columns; the shop has remarks on what was detected.

    Raises `InputError` if there are no orders. Orders that leave a doubt are read as the `precedents` show.
    """
    if not paths.orders and not (options.purchase_events and paths.events):
        hint = "give a file, name one orders.csv here, or write it in rfm.toml"
        if paths.events:
            hint = "give a file of orders; or take them from the events: --purchase-events purchase"
        raise InputError("no orders to read", hint)
    shop = open_tables(paths, options, precedents)
    if shop.events and shop.events.purchases:
        from rfm_cli.plausibility.events import require_purchases

        require_purchases(shop.events)
    return shop


def open_tables(paths: TablePaths, options: ReadOptions, precedents: Precedents | None = None) -> Shop:
    """Open the tables at `paths` as `open_shop` does, also without orders.

    A limit on memory is set here, for all that follows.
    """
    if options.memory:
        from rfm_cli.limits import limit_memory

        limit_memory(options.memory)
    rollup = _rollup(paths, options)
    if rollup and options.timezone is None:  # orders and the tables beside them count the days of one calendar
        options = replace(options, timezone=rollup.timezone)
    if rollup and (paths.customers or paths.events):
        rollup.require_ids(options.ids)
        options = replace(options, no_customer=rollup.no_customer)
    if options.purchase_events:  # the orders live in an event log, which is the events table as well
        paths = replace(paths, orders=(), events=paths.events or paths.orders)
        options = replace(options, maps={**options.maps, "events": _maps_of_events(options)})
    opened = sources.open_all(paths.orders, options) if paths.orders and not rollup else ()
    behind = _people_behind(paths, options, opened)
    shop = _beside_orders(paths, options, behind)
    if rollup and shop.customers:
        rollup.require_people(next(iter(behind.values()), None), shop.customers)
    if options.purchase_events and shop.events:
        orders = order_tables.purchase_events_in(shop.events.files, options, _rates(paths, options), precedents)
        shop = replace(shop, source=OrderSource(orders))
    elif rollup:
        shop = replace(shop, source=rollup)
    elif paths.orders:
        if "orders" in behind:
            opened = with_persons(opened, "orders", options, _persons(shop), behind["orders"])
        shop = replace(shop, source=_orders(opened, paths, options, precedents))
    read = shop.orders
    # Lines that no money is taken from are looked at all the same, so that a wrong file is an error at once.
    if paths.lines:
        from rfm_cli.tables.lines import line_files

        lines = read.sums if read else None
        shop = replace(shop, lines=lines.read if lines else line_files(paths.lines, replace(options, header_row=None)))
    return replace(shop, linked=paths.linked, options=options, notes=tuple(on_tables(shop, paths, options)))


def _maps_of_events(options: ReadOptions) -> dict[str, str]:
    """Return the user's headings of events that are orders: those of orders too, under the names that events have.

    Raises `UsageError` for a field of orders that events do not have.
    """
    found = {}
    for name, heading in options.map_of("orders").items():
        field = {"amount": "value", "ordered_at": "at"}.get(name, name)
        if field not in ALIASES["events"]:
            raise UsageError(
                f"--map {name}={heading}: the orders are events (--purchase-events), which have no such field",
                did_you_mean(name, ALIASES["events"]),
            )
        found[field] = heading
    return {**found, **options.map_of("events")}


def _people_behind(paths: TablePaths, options: ReadOptions, opened: Sequence[InputFile]) -> dict[str, str]:
    """Return, for orders and events, the right side of the map that names the persons behind their ids, if it does."""
    mapped = {table for table in ("orders", "events") if any(STEP in text for text in options.map_of(table).values())}
    if not mapped:
        return {}
    from rfm_cli.tables.persons import text_of

    found = {"orders": text_of("orders", options, opened) if paths.orders else None}
    found["events"] = text_of("events", options, sources.open_all(paths.events, options)) if paths.events else None
    named = {table: text for table, text in found.items() if text}
    if len(set(named.values())) > 1:
        raise UsageError(f"--map: two columns of persons, {' and '.join(named.values())}", "name one and the same")
    return named


def _persons(shop: Shop) -> Persons | None:
    """Return the persons behind the keys of the customers table, None where the map names none."""
    return shop.customers.persons if shop.customers else None


def _beside_orders(paths: TablePaths, options: ReadOptions, behind: Mapping[str, str]) -> Shop:
    """Open the tables beside the orders. `--header-row` is about the orders, which may be among the events."""
    options = options if options.purchase_events else replace(options, header_row=None)
    shop = Shop()
    if paths.customers:
        from rfm_cli.tables.customers import open_customers

        person = next(iter(behind.values()), None)
        shop = replace(shop, customers=open_customers(paths.customers, options, person))
    if paths.events:
        from rfm_cli.tables.events import open_events, with_names

        opened = open_events(paths.events, options, behind.get("events"), _persons(shop))
        shop = replace(shop, events=with_names(opened))
    if paths.products:
        from rfm_cli.tables.products import open_products

        shop = replace(shop, products=open_products(paths.products, options))
    return shop


def _rollup(paths: TablePaths, options: ReadOptions) -> RollupSource | None:
    """Open the roll-up among the paths of orders, None where there is none; a roll-up is a folder."""
    if not any(isinstance(path, str) and is_folder(path) for path in paths.orders):
        return None
    from rfm_cli.rollup.read import rollup_among
    from rfm_cli.source.rollup import RollupSource

    found = rollup_among(paths.orders, options, lines=bool(paths.lines), rates=bool(paths.rates))
    return RollupSource(found) if found else None


def _rates(paths: TablePaths, options: ReadOptions) -> Rates | None:
    """Open the exchange rates, None if none were given."""
    if not paths.rates:
        return None
    from rfm_cli.tables.rates import open_rates

    return open_rates(paths.rates, replace(options, header_row=None))


def _orders(
    opened: Sequence[InputFile], paths: TablePaths, options: ReadOptions, precedents: Precedents | None
) -> Source:
    """Return the orders, or a file of one row per customer in their place; lines are read only for money."""
    if opened[0].header == COLUMNS:
        raise InputError(f"{opened[0].name}: the rows of a roll-up", "give the folder that they are in")
    # A mapped order date means orders, whatever the other headings look like.
    named = "ordered_at" in options.map_of("orders")
    if options.one_row_per_customer or (not named and one_row.looks_like(opened[0].header)):
        return OneRowSource(one_row.one_row_in(opened, options))
    rates = _rates(paths, options)
    orders = order_tables.orders_in(opened, options, known_rates=rates, precedents=precedents)
    # Amounts of the orders themselves come before those of their lines.
    if not orders.has_money and paths.lines:
        from rfm_cli.tables.lines import open_lines

        lines = open_lines(paths.lines, replace(options, header_row=None))
        orders = order_tables.orders_in(opened, options, lines, rates, precedents)
    return OrderSource(orders)
