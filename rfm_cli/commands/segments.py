"""`rfm segments`: how full each segment is and what it is worth."""

from __future__ import annotations

import typer

from rfm_cli import options as opt


def segments(
    ctx: typer.Context,
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
    for_excel: opt.ForExcel = None,
    explain: opt.Explain = None,
    save_cuts: opt.SaveCuts = None,
    quiet: opt.Quiet = None,
    strict: opt.Strict = None,
    config: opt.Config = None,
) -> None:
    """Show how full each segment is, and what it is worth.

    A row a segment, by rank.

    \b
    rfm segments orders.csv
    rfm segments orders.csv --as-of 2024-Q1 -o segments.csv
    """
    from rfm_cli.commands.run import aside, begin, deliver, scored
    from rfm_cli.commands.summary import colours, footer, header
    from rfm_cli.out.screen import segments_screen
    from rfm_cli.views.segments import segments_view

    run = begin(ctx)
    result = scored(run)
    view = segments_view(result)
    deliver(
        run,
        view,
        lambda look: segments_screen(
            view.rows, look=look, header=header(result), footer=footer(result), colours=colours(result)
        ),
    )
    aside(run, result)
