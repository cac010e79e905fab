"""`rfm explain CUSTOMER`: one customer's story."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli import options as opt


def explain(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help="The customer's id, as text.", metavar="CUSTOMER")],
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
    as_of: opt.AsOf = None,
    timezone: opt.Timezone = None,
    window: opt.Window = None,
    free_orders: opt.FreeOrders = None,
    one_order_per: opt.OneOrderPer = None,
    scheme: opt.Scheme = None,
    bins: opt.Bins = None,
    rule: opt.Rule = None,
    cuts: opt.Cuts = None,
    nested: opt.Nested = None,
    new_subscriber: opt.NewSubscriber = None,
    share: opt.Share = None,
    min_orders: opt.MinOrders = None,
    output: opt.Output = None,
    format: opt.Format = None,
    quiet: opt.Quiet = None,
    strict: opt.Strict = None,
    config: opt.Config = None,
) -> None:
    """Tell one customer's story: orders, scores, and what comes next.

    Orders, measures, scores with the cutoffs that gave them, segment, and the next one up and down.

    \b
    rfm explain 00042 orders.csv
    """
    from rfm_cli.commands.run import begin, deliver, scored
    from rfm_cli.out.screen import STORY, rows_screen
    from rfm_cli.views.explain import explain_view, headline

    run = begin(ctx)
    result = scored(run)
    view = explain_view(result, customer)
    deliver(run, view, lambda look: rows_screen(view.rows, look=look, header=headline(view), layout=STORY))
