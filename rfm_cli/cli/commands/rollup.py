"""`rfm rollup`: orders reduced once, to one row per customer and period, to be read in their place."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import OrderOptions, PurchaseOptions, RunOptions


@command
def rollup(
    ctx: typer.Context,
    *,
    tables: OrderOptions,
    out: Annotated[str, opt.argument("OUT", "The folder of the roll-up, named last; a cluster takes a URL.")],
    purchases: PurchaseOptions,
    running: RunOptions,
    add: Annotated[
        opt.Texts,
        opt.keep("--add", help="Fold new orders into OUT; ORDERS are read only where there is none.", metavar="NEW"),
    ] = None,
    grain: Annotated[
        opt.Text, opt.keep("--grain", help="Periods: day or month. [day]", metavar="WHAT", values=values.GRAINS)
    ] = None,
    ends: Annotated[
        opt.Texts,
        opt.keep(
            "--as-of",
            help="Periods that end at these dates: 2024-06,2024-12; much smaller.",
            metavar="WHEN",
            values=values.DATES,
        ),
    ] = None,
    engine: Annotated[
        opt.Text,
        opt.keep(
            "--engine",
            help="What makes it: polars, duckdb, or sc://HOST:PORT, a Spark Connect server. [polars]",
            metavar="NAME|URL",
            values=values.ENGINES,
        ),
    ] = None,
) -> None:
    """Reduce orders to one row per customer and period.

    Other commands take the roll-up in place of orders. By days any date can be asked for, and each night's orders can
    be folded in without reading the rest again.

    \b
    rfm rollup orders.parquet shop.rollup
    rfm rollup shop.rollup --add 2024-12-31.csv
    rfm score shop.rollup
    rfm rollup orders.parquet years.rollup --as-of 2023,2024
    rfm rollup s3://shop/orders/ years.rollup --as-of 2023,2024 --engine sc://spark:15002
    """
    from rfm_cli.cli import rolling
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin

    run = begin(ctx, Given(running, tables, purchases, settings={"engine": engine}))
    rolling.rollup(run, rolling.asked_of(run, out, tuple(add or ()), grain, tuple(ends or ())))
