"""`rfm vip`: the few who bring most of the money, and those of them who are slipping."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import (
    EngagementOptions,
    ListOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
)
from rfm_cli.cli.where import query_where, scored_where
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from rich.console import RenderableType

    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored
    from rfm_cli.output.look import Look
    from rfm_cli.views.view import View

WATCH_DAYS = 90
"""How many days before the date of the answer `--watch` begins, without `--since`."""

Revenue = Annotated[
    opt.Text,
    opt.keep("--revenue", help="The other way: as many VIPs as bring this part of the revenue.", metavar="SHARE"),
]
Listed = Annotated[opt.Switch, opt.keep("--list", help="The VIPs, one row per customer.")]
Watch = Annotated[opt.Switch, opt.keep("--watch", help="VIPs and the best segment who have slipped since --since.")]
Since = Annotated[
    opt.Text,
    opt.keep(
        "--since", help="The date that --watch compares with. [90 days before]", metavar="WHEN", values=values.DATES
    ),
]
Rescore = Annotated[
    opt.Switch, opt.keep("--rescore", help="With --store: compare snapshots even if their cutoffs differ.")
]


@command
def vip(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    listing: ListOptions,
    revenue: Revenue = None,
    list_: Listed = None,
    watch: Watch = None,
    since: Since = None,
    snapshots_in: opt.Store = None,
    rescore: Rescore = None,
    where: opt.Where = None,
) -> Pausing:
    """Show the few customers who bring most of the money.

    A VIP is a buyer with money at or over that of the buyer at --share from the top, and at least --min-orders
    purchases.

    \b
    rfm vip orders.csv
    rfm vip --revenue 66% --list -o vips.csv
    rfm vip --watch --since 2024-09
    """
    from rfm_cli.cli.session import Store, open_session

    snapshots = Store(Path(snapshots_in), rescore=bool(rescore)) if snapshots_in else None
    session = open_session(ctx, running, tables, scoring, answer, engagement, snapshots=snapshots)
    _check(session, revenue, since, listing, listed=bool(list_), watched=bool(watch), rescore=bool(rescore))
    if watch:
        yield from _watch(session, since, listing.limit, where)
        return
    scored = yield from _scored(session, revenue, where)
    if list_:
        _deliver_vips(session, scored, listing)
    else:
        _deliver_tops(session, scored)


def _check(
    session: Session,
    revenue: str | None,
    since: str | None,
    listing: ListOptions,
    *,
    listed: bool,
    watched: bool,
    rescore: bool,
) -> None:
    """Raise `UsageError`, before a file is read, for options that do not go together."""
    if watched and listed:
        raise UsageError("--watch and --list are two answers", "ask for one of them at a time")
    if since and not watched:
        raise UsageError("--since is for --watch")
    if (session.snapshots or rescore) and not watched:
        raise UsageError(f"--{'store' if session.snapshots else 'rescore'} is for --watch")
    if rescore and not session.snapshots:
        raise UsageError("--rescore is for --store", "orders are always measured by the ruler of --since")
    if listing.with_ and not listed:
        raise UsageError("--with is for --list")
    if revenue:
        _check_revenue(session, revenue, watched=watched)


def _check_revenue(session: Session, revenue: str, *, watched: bool) -> None:
    """Raise `UsageError` for options that set who is a VIP in another way than `--revenue`."""
    from rfm_cli.cli.question import is_axis_cutoffs, parse_share

    parse_share(revenue)
    if watched:
        raise UsageError("--revenue does not go with --watch")
    if "share" in session.settings.given:
        raise UsageError("--share and --revenue both set who is a VIP", "give one of them")
    if not all(map(is_axis_cutoffs, session.settings.texts("cuts"))):
        raise UsageError("--revenue does not go with a file of cutoffs", "the file says who is a VIP")


def _scored(session: Session, revenue: str | None, where: str | None) -> Generator[None, None, Scored]:
    """Score the customers, with the VIP floor of `--revenue` if it is given."""
    from dataclasses import replace

    from rfm_cli.cli.question import parse_share
    from rfm_cli.views.cutoffs import explained
    from rfm_cli.views.vip import at_revenue

    share, query = parse_share(revenue), query_where(session, where)
    if not share:
        return (yield from scored_where(session, query))

    def marked(scored: Scored) -> Scored:
        found = at_revenue(scored, share)
        if session.explain:
            session.narrator.say(explained(found))
        return found

    # The floor of --share is not that of the answer, so --explain has to wait for the other one.
    return (yield from scored_where(replace(session, explain=False), query, marked))


def _deliver_tops(session: Session, scored: Scored) -> None:
    """Write the headline, the tops and the Lorenz curve."""
    from rfm_cli.output.screens.parts import footer, header
    from rfm_cli.output.screens.vip import vip_screen
    from rfm_cli.views.vip import on_vips, vip_view

    view = vip_view(scored)
    session.narrator.say(on_vips(view))
    session.deliver(
        view, lambda look: vip_screen(view, look=look, header=header(scored), footer=footer(scored)), scored
    )


def _deliver_vips(session: Session, scored: Scored, listing: ListOptions) -> None:
    """Write the VIPs as rows of `rfm score`."""
    from dataclasses import replace

    from rfm_cli.cli.customer_list import deliver_list
    from rfm_cli.views.vip import vip_view

    vip_view(scored)  # for its errors: without money there are no VIPs to list
    deliver_list(session, replace(scored, frame=scored.frame.filter(scored.frame["vip"])), scored, listing)


def _watch(session: Session, since_text: str | None, limit: int | None, where: str | None) -> Pausing:
    """Write the VIPs and customers of the best segment at `--since` who are below their own rank of then."""
    from dataclasses import replace

    from rfm_cli.cli.dates import day_of, last_day, remark_on_past
    from rfm_cli.clock import Window, stepped
    from rfm_cli.views.view import View, meta_between
    from rfm_cli.views.watch import watch_list, watch_request

    query = query_where(session, where)
    shop, question = session.history_shop()
    query.check(shop)
    last = day_of(session, shop, "--as-of", session.settings.text("as_of")) or last_day(session, shop)
    since = day_of(session, shop, "--since", since_text) or stepped(last, Window(days=WATCH_DAYS), -1)
    if since >= last:
        raise UsageError(f"--since {since} is not before {last}", "give an earlier --since")
    request = watch_request(shop, question, since, last)
    session.expect(request, query.past(shop, replace(question, as_of=last)))
    yield
    past = session.past(request)
    shown = query.only_at(past, [since, last])
    found = watch_list(past, since, None if shown is None else shown.frame.select("customer"))
    scored = remark_on_past(session, past, [found.then])
    scored = scored if shown is None else replace(scored, where=shown.where)
    meta = meta_between(scored, last, since=since, ruler=str(since), watched=found.rows.height)
    view = View("watch", found.rows, meta)
    session.deliver(
        view, lambda look: _watch_screen(scored, view, (since, last), look, limit), scored, cutoffs_from=since
    )


def _watch_screen(
    scored: Scored, view: View, between: tuple[date, date], look: Look, limit: int | None
) -> Sequence[RenderableType]:
    """Draw the watch-list between two dates."""
    from rfm_cli.cli.customer_list import SHOWN
    from rfm_cli.messages import message
    from rfm_cli.output.screens.parts import Fact, colors, footer, rows_screen, shown_where
    from rfm_cli.output.screens.vip import WATCHED

    since, last = between
    facts: list[Fact] = [
        (message("since"), since),
        (message("as of"), last),
        (message("scheme"), scored.scheme.name),
        (message("cutoffs"), message("of {day}", day=since)),
        (message("slipped"), view.rows.height),
        *shown_where(scored),
    ]
    return rows_screen(
        view.rows,
        look=look,
        header=facts,
        footer=footer(scored),
        layout=WATCHED,
        limit=limit or SHOWN,
        colors=colors(scored),
    )
