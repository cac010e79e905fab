"""`rfm reach`: whom a message can reach."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli import options as opt


def reach(
    ctx: typer.Context,
    channel: Annotated[
        opt.Texts, opt.keep("--channel", help="Only these channels: email,phone.", metavar="NAMES")
    ] = None,
    list_: Annotated[
        opt.Text, opt.keep("--list", help='The customers of one branch: "Reachable > VIP".', metavar="BRANCH")
    ] = None,
    with_: Annotated[opt.Texts, opt.keep("--with", help="Columns for --list: email,city.", metavar="NAMES")] = None,
    engagement_window: opt.EngagementWindow = None,
    engagement_events: opt.EngagementEvents = None,
    limit: opt.Limit = None,
) -> None:
    """Show whom a message can reach, by channel too.

    Reachable is who has an address, has consented where there is a column of consents, and has not unsubscribed or
    bounced since.

    \b
    rfm reach orders.csv customers.csv events.csv
    rfm reach --channel email --list "Reachable > No purchase" --with email -o welcome.csv
    """
    from rfm_cli.commands.lists import deliver_list
    from rfm_cli.commands.run import aside, begin, deliver, scored
    from rfm_cli.commands.summary import footer, header
    from rfm_cli.errors import UsageError
    from rfm_cli.out.reach_screen import reach_screen
    from rfm_cli.views.reach import in_branch, reach_of, reach_view, remarks_on, used_lines

    run = begin(ctx)
    if with_ and not list_:
        raise UsageError("--with is for --list")
    result = scored(run)
    found = reach_of(result, channel or [])
    run.narrator.say(remarks_on(found))
    if list_:
        deliver_list(run, in_branch(found, list_), result)
        return
    view = reach_view(found)
    deliver(
        run,
        view,
        lambda look: reach_screen(
            view.rows, used_lines(found), look=look, header=header(result), footer=footer(result)
        ),
    )
    aside(run, result)
