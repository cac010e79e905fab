"""`rfm rollup`: orders reduced once, to one row a customer and period, to be read in their place."""

from __future__ import annotations

from typing import Annotated

import click

from rfm_cli import options as opt
from rfm_cli.commands.declare import command


@command
def rollup(
    ctx: click.Context,
    *,
    orders: opt.Orders = None,
    out: Annotated[str, opt.Argument("OUT", "The folder of the roll-up, named last; a cluster takes a URL.")],
    add: Annotated[
        opt.Texts,
        opt.keep("--add", help="Fold new orders into OUT; ORDERS are read only where there is none.", metavar="NEW"),
    ] = None,
    grain: Annotated[opt.Text, opt.keep("--grain", help="Periods: day or month. [day]", metavar="WHAT")] = None,
    ends: Annotated[
        opt.Texts,
        opt.keep("--as-of", help="Periods that end at these dates: 2024-06,2024-12; much smaller.", metavar="WHEN"),
    ] = None,
    engine: Annotated[
        opt.Text,
        opt.keep(
            "--engine",
            help="What makes it: polars, duckdb, or sc://HOST:PORT, a Spark Connect server. [polars]",
            metavar="NAME|URL",
        ),
    ] = None,
    lines: opt.Lines = None,
    events: opt.Events = None,
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
    rejects: opt.Rejects = None,
    timezone: opt.Timezone = None,
    free_orders: opt.FreeOrders = None,
    one_order_per: opt.OneOrderPer = None,
    memory: opt.Memory = None,
    quiet: opt.Quiet = None,
    verbose: opt.Verbose = None,
    strict: opt.Strict = None,
    known: opt.Known = None,
    config: opt.Config = None,
) -> None:
    """Reduce orders to one row a customer and period.

    Other commands take the roll-up in place of orders. By days any date can be asked for, and each night's orders can
    be folded in without reading the rest again.

    \b
    rfm rollup orders.parquet shop.rollup
    rfm rollup shop.rollup --add 2024-12-31.csv
    rfm score shop.rollup
    rfm rollup orders.parquet years.rollup --as-of 2023,2024
    rfm rollup s3://shop/orders/ years.rollup --as-of 2023,2024 --engine sc://spark:15002
    """
    from rfm_cli.commands import rolling

    rolling.rollup(ctx, out)
