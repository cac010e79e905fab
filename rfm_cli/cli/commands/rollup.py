"""`rfm rollup`: orders reduced once, to one row per customer and period, to be read in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import PurchaseOptions, RollupOptions, RunOptions

Out = Annotated[str, opt.argument("OUT", "The folder of the roll-up, named last; a cluster takes a URL.")]
Add = Annotated[
    opt.Texts,
    opt.keep("--add", help="Add new orders to OUT; ORDERS are read only if OUT does not exist.", metavar="NEW"),
]
Grain = Annotated[
    opt.Text, opt.keep("--grain", help="Periods: day or month. [day]", metavar="WHAT", values=values.GRAINS)
]
Ends = Annotated[
    opt.Texts,
    opt.keep(
        "--as-of",
        help="Periods that end at these dates: 2024-06,2024-12; much smaller.",
        metavar="WHEN",
        values=values.DATES,
    ),
]
EngineName = Annotated[
    opt.Text,
    opt.keep(
        "--engine",
        help="The engine that makes it: polars, duckdb, or sc://HOST:PORT, a Spark Connect server. [polars]",
        metavar="NAME|URL",
        values=values.ENGINES,
    ),
]


@command
def rollup(
    ctx: typer.Context,
    *,
    tables: RollupOptions,
    out: Out,
    purchases: PurchaseOptions,
    running: RunOptions,
    add: Add = None,
    grain: Grain = None,
    ends: Ends = None,
    engine: EngineName = None,
) -> None:
    """Reduce orders to one row per customer and period.

    Other commands take the roll-up in place of orders. A roll-up by days answers for any date, and new orders can be
    added without reading the old ones again.

    \b
    rfm rollup orders.parquet shop.rollup
    rfm rollup shop.rollup --add 2024-12-31.csv
    rfm score shop.rollup
    rfm rollup orders.parquet years.rollup --as-of 2023,2024
    rfm rollup s3://shop/orders/ years.rollup --as-of 2023,2024 --engine sc://spark:15002
    """
    from rfm_cli.cli.rollup_request import rollup_request
    from rfm_cli.cli.rollup_writing import make_by_engine, make_or_add, of_orders_alone
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import read_options, table_paths
    from rfm_cli.rollup.engines.session import parse_engine

    session = open_session(ctx, running, tables, purchases, engine=engine)
    request = rollup_request(session, out, tuple(add or ()), grain, tuple(ends or ()))
    maker = parse_engine(session.settings.text("engine"))
    options = read_options(session.settings)
    paths = of_orders_alone(table_paths(session.settings, Path()), options)
    if maker.name != "polars":
        make_by_engine(session, request, maker, paths, options)
    else:
        make_or_add(session, request, paths, options)
