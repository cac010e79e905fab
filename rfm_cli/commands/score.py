"""`rfm score`: every customer with measures, scores, segment and VIP mark."""

from __future__ import annotations

from typing import Annotated

import click

from rfm_cli import options as opt
from rfm_cli.commands.shop import shop_command


@shop_command
def score(
    ctx: click.Context,
    segment: Annotated[
        opt.Texts,
        opt.keep("--segment", help='Only these segments: "At risk", or several parted by commas.', metavar="NAME"),
    ] = None,
    vip: Annotated[opt.Switch, opt.keep("--vip", help="Only VIPs.")] = None,
    with_: Annotated[
        opt.Texts, opt.keep("--with", help="Add attributes or measures: email,city,aov.", metavar="NAMES")
    ] = None,
    history: Annotated[
        opt.Switch,
        opt.keep("--history", help="Add since when the segment holds, and the one before."),
    ] = None,
    engagement_window: opt.EngagementWindow = None,
    engagement_events: opt.EngagementEvents = None,
    limit: opt.Limit = None,
) -> None:
    """Score every customer, and name the segment: a row a customer.

    On a terminal: the segments, then the first customers. In a pipe or a file: all customers, by id.

    \b
    rfm score orders.csv
    rfm score orders.csv -o scores.parquet
    rfm score --segment "At risk" --with email,city -o at_risk.csv
    """
    from rfm_cli.commands.ask import engagement_of
    from rfm_cli.commands.past import history_of
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
    if history:
        past = history_of(run, result)
        extra = past if extra is None else extra.join(past, on="customer_id", how="left")
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
