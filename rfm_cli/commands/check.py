"""`rfm check`: what the tables are like, and what was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rfm_cli import options as opt
from rfm_cli.commands.declare import command
from rfm_cli.tables.fields import TABLES

if TYPE_CHECKING:
    from rfm_cli.shop import TablePaths


@command
def check(
    ctx: click.Context,
    orders: opt.Orders = None,
    lines: opt.Lines = None,
    events: opt.Events = None,
    customers: opt.Customers = None,
    products: opt.Products = None,
    rates: opt.Rates = None,
    currency: opt.Currency = None,
    map: opt.Map = None,
    encoding: opt.Encoding = None,
    separator: opt.Separator = None,
    decimal: opt.Decimal = None,
    date_format: opt.DateFormat = None,
    reject_status: opt.RejectStatus = None,
    drop_duplicates: opt.DropDuplicates = None,
    purchase_events: opt.PurchaseEvents = None,
    one_row_per: opt.OneRowPer = None,
    rejects: opt.Rejects = None,
    timezone: opt.Timezone = None,
    output: opt.Output = None,
    format: opt.Format = None,
    lang: opt.Lang = None,
    memory: opt.Memory = None,
    quiet: opt.Quiet = None,
    verbose: opt.Verbose = None,
    strict: opt.Strict = None,
    config: opt.Config = None,
) -> None:
    """Tell what was found in the files, and which rows are left out.

    Also why, and what to pass where a guess is wrong. It writes nothing but its report and `--rejects`.

    \b
    rfm check orders.csv customers.csv
    rfm check orders.csv --rejects rejected.csv
    """
    from dataclasses import astuple
    from pathlib import Path

    from rfm_cli.commands import ask
    from rfm_cli.commands.run import begin, deliver, spare_inputs, write_rejects
    from rfm_cli.errors import InputError
    from rfm_cli.out.screen import CHECK, rows_screen
    from rfm_cli.remarks import on_lines, on_rejects, on_trouble
    from rfm_cli.shop import open_tables, read_through
    from rfm_cli.tables.lines import open_lines
    from rfm_cli.tables.rates import open_rates
    from rfm_cli.views.check import check_view, ways_to_change

    run = begin(ctx)
    paths, options = ask.paths_of(run.settings, Path()), ask.options_of(run.settings)
    spare_inputs(run, paths)
    if not any(astuple(paths)):
        raise InputError("no tables to look at", "give files, name one orders.csv here, or write them in rfm.toml")
    given = run.settings.given & frozenset(TABLES)
    paths = _only(paths, given) if given and orders else paths
    shop, facts = read_through(open_tables(paths, options))
    needed = shop.orders is not None and shop.orders.sums is not None
    sums = open_lines(paths.lines, options) if paths.lines and not needed else None
    view = check_view(shop, facts, sums, open_rates(paths.rates, options) if paths.rates else None)
    run.narrator.say(shop.notes)
    if shop.orders and facts:
        run.narrator.say([*on_rejects(facts), *on_lines(shop.orders), *on_trouble(shop.orders, facts)])
    if shop.rollup and facts:
        run.narrator.say(on_rejects(facts))
    run.narrator.check_strict()
    shown = view.rows.select("table", "topic", "item", "rows", "found")
    deliver(run, view, lambda look: rows_screen(shown, look=look, layout=CHECK, footer=ways_to_change(view.rows)))
    if rejects:
        write_rejects(rejects, shop, run.out)


def _only(paths: TablePaths, named: frozenset[str]) -> TablePaths:
    """Only the tables that the user named: whoever asks about one file wants to hear of that."""
    from dataclasses import replace

    return replace(paths, **{name: () for name in TABLES if name not in named})
