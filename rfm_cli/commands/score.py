"""`rfm score`: every customer with measures, scores, segment and VIP mark."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli import options as opt


def score(
    ctx: typer.Context,
    orders: opt.Orders = None,
    segment: Annotated[
        opt.Texts,
        opt.keep("--segment", help='Only these segments: "At risk", or several parted by commas.', metavar="NAME"),
    ] = None,
    vip: Annotated[opt.Switch, opt.keep("--vip", help="Only VIPs.")] = None,
    with_: Annotated[
        opt.Texts, opt.keep("--with", help="Add attributes or measures: email,city,aov.", metavar="NAMES")
    ] = None,
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
    engagement_window: opt.EngagementWindow = None,
    engagement_events: opt.EngagementEvents = None,
    output: opt.Output = None,
    format: opt.Format = None,
    limit: opt.Limit = None,
    for_excel: opt.ForExcel = None,
    explain: opt.Explain = None,
    save_cuts: opt.SaveCuts = None,
    quiet: opt.Quiet = None,
    strict: opt.Strict = None,
    config: opt.Config = None,
) -> None:
    """Score every customer, and name the segment: a row a customer.

    On a terminal: the segments, then the first customers. In a pipe or a file: all customers, by id.

    \b
    rfm score orders.csv
    rfm score orders.csv -o scores.parquet
    rfm score --segment "At risk" --with email,city -o at_risk.csv
    """
    from rfm_cli.commands.ask import engagement_of
    from rfm_cli.commands.run import aside, begin, deliver, scored
    from rfm_cli.commands.summary import colours, footer, header
    from rfm_cli.out.screen import scored_screen
    from rfm_cli.views.extras import extras, told
    from rfm_cli.views.score import score_view
    from rfm_cli.views.segments import segments_view

    run = begin(ctx)
    result = scored(run)
    days, engaging = engagement_of(run.settings, result.as_of)
    extra = extras(result, with_ or [], engagement_days=days, engagement_events=engaging)
    run.narrator.say(told(result, extra))
    view = score_view(result, only_segments=segment or (), only_vip=bool(vip), extra=extra)
    groups = segments_view(result)
    deliver(
        run,
        view,
        lambda look: scored_screen(
            groups.rows,
            view.rows,
            look=look,
            header=header(result),
            footer=footer(result),
            limit=limit or 10,
            colours=colours(result),
        ),
        sheets=[("segments", groups.rows)],
    )
    aside(run, result)
