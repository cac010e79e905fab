"""All tables of a run looked through, with the remarks on them: for `rfm check` and `rfm init`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rfm_cli.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.cli.session import Session
    from rfm_cli.model import Finding, Shop, TablePaths
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.tables.order_model import Facts


def look_through_tables(session: Session, paths: TablePaths, options: ReadOptions) -> tuple[list[Finding], Shop]:
    """Read all tables, print the remarks, and return the findings with the shop as its rows prove it."""
    from rfm_cli.cli.question import engagement_settings
    from rfm_cli.pipeline import look_through
    from rfm_cli.shop import open_tables
    from rfm_cli.tables.lines import open_lines
    from rfm_cli.tables.rates import open_rates
    from rfm_cli.views.check import findings_on

    shop, facts, measured = look_through(open_tables(paths, options))
    # Lines that the orders take their amounts from were read with them.
    needed = shop.orders is not None and shop.orders.sums is not None
    sums = open_lines(paths.lines, options) if paths.lines and not needed else None
    rates = open_rates(paths.rates, options) if paths.rates else None
    engaging = engagement_settings(session.settings, None)[1]
    findings = findings_on(shop, facts, sums, rates, engaging, options)
    _remark_on(session, shop, facts, measured)
    return findings, shop


@dataclass(frozen=True)
class Readable:
    """What was found in the tables that can be read, and why each other one cannot: table -> the error."""

    findings: list[Finding]
    shop: Shop
    unread: Mapping[str, InputError]


def look_through_readable(session: Session, paths: TablePaths, options: ReadOptions) -> Readable:
    """Look through the tables that can be read, and warn of those that cannot. Raises the error where none can."""
    from rfm_cli.notes import warning
    from rfm_cli.shop import open_tables

    unread: dict[str, InputError] = {}
    try:
        return Readable(*look_through_tables(session, paths, options), unread)
    except InputError as error:
        given = {table: files for table, files in vars(paths).items() if files}
        for table, files in given.items():
            try:
                open_tables(replace(type(paths)(), **{table: files}), options)
            except InputError as own:
                unread[table] = own
        # The tables may be at fault together, and then there is nothing to keep.
        if not unread or len(unread) == len(given):
            raise error
    session.narrator.say(
        [warning("unread-table", f"{own.message}; {own.hint}" if own.hint else own.message) for own in unread.values()]
    )
    rest = replace(paths, **dict.fromkeys(unread, ()))
    return Readable(*look_through_tables(session, rest, options), unread)


def _remark_on(session: Session, shop: Shop, facts: Facts | None, measured: pl.DataFrame | None) -> None:
    """Print what was detected and left out, and the warnings with the line of rfm.toml that makes them known."""
    from rfm_cli.notes import note
    from rfm_cli.remarks.orders import on_orders, on_rejects, on_trouble

    say, settings = session.narrator.say, session.settings
    say(shop.notes)
    if shop.customers:
        from rfm_cli.plausibility.consents import on_consents_in_orders, on_customers

        say([*on_customers(shop.customers), *on_consents_in_orders(shop.orders)])
    if shop.events:
        from rfm_cli.cli.question import engagement_settings
        from rfm_cli.plausibility.events import on_engagement, on_unknown_objections

        say(on_engagement(shop.events, engagement_settings(settings, None)[1], shop.events.purchases))
        say(on_unknown_objections(shop.events))
    if facts and measured is not None:
        say([*on_rejects(facts, shop.source.rules_asked), *(on_trouble(shop.orders, facts) if shop.orders else ())])
        once = settings.text("one_order_per") == "day"
        dated = settings.text("as_of") not in (None, "last")
        say(on_orders(shop, facts, measured, None, one_a_day=once, dated=dated, every_size=True))
    names = ", ".join(dict.fromkeys(f'"{one.name}"' for one in session.narrator.warnings))
    if names:
        say([note(f"looked at, and as it should be? In rfm.toml, at the top: known = [{names}]")])
    session.narrator.check_strict()
