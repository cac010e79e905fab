"""The answers of `rfm vip`, one function each: scored customers -> rows -> out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.cli.customer_list import SHOWN, deliver_list
from rfm_cli.cli.dates import asked_shop, day_of, last_day, say_of
from rfm_cli.cli.header import colors, footer, header
from rfm_cli.cli.looking_back import watch_of
from rfm_cli.cli.option_groups import ListOptions
from rfm_cli.cli.session import Run, aside, deliver, scored
from rfm_cli.cli.settings import is_given, share_of
from rfm_cli.clock import Window, stepped
from rfm_cli.errors import UsageError
from rfm_cli.model import Scored
from rfm_cli.output.screens.customers import rows_screen
from rfm_cli.output.screens.vip import WATCHED, vip_screen
from rfm_cli.views.cutoffs import told
from rfm_cli.views.view import View, meta_between
from rfm_cli.views.vip import at_revenue, curve, ladder_of, on_vips, vip_view

WATCH_DAYS = 90


@dataclass(frozen=True)
class Asked:
    """What a run of `rfm vip` asks for: the tops, the list, or the watch-list `since` a date."""

    revenue: str | None
    since: str | None
    listing: ListOptions
    listed: bool
    watched: bool


def check(run: Run, asked: Asked, *, rescore: bool) -> None:
    """Nothing, or `UsageError` for options that do not go together, before a file is read."""
    if asked.watched and asked.listed:
        raise UsageError("--watch and --list are two answers", "ask for one of them at a time")
    if asked.since and not asked.watched:
        raise UsageError("--since is for --watch")
    if (run.snapshots or rescore) and not asked.watched:
        raise UsageError(f"--{'store' if run.snapshots else 'rescore'} is for --watch")
    if rescore and not run.snapshots:
        raise UsageError("--rescore is for --store", "orders are always measured by the ruler of --since")
    if asked.listing.with_ and not asked.listed:
        raise UsageError("--with is for --list")
    if not asked.revenue:
        return
    share_of(asked.revenue)
    if asked.watched:
        raise UsageError("--revenue does not go with --watch")
    if "share" in run.settings.given:
        raise UsageError("--share and --revenue both set who is a VIP", "give one of them")
    if not all(map(is_given, run.settings.texts("cuts"))):
        raise UsageError("--revenue does not go with a file of cutoffs", "the file says who is a VIP")


def _scored(run: Run, revenue: str | None) -> Scored:
    """The scored customers, with the VIP floor of `--revenue` where it was given, which `--explain` tells then."""
    wanted = share_of(revenue)
    if not wanted:
        return scored(run)
    # The floor of --share is not that of the answer, so `scored` is not to tell it.
    silent = replace(run, answer=replace(run.answer, explain=None))
    result = at_revenue(scored(silent), wanted)
    if run.answer.explain:
        run.narrator.say(told(result))
    return result


def tops(run: Run, asked: Asked) -> None:
    """The headline, the tops and the Lorenz curve."""
    result = _scored(run, asked.revenue)
    view = vip_view(result)
    ladder = ladder_of(result.frame)
    points = curve(ladder)
    run.narrator.say(on_vips(view.meta, ladder.count))
    deliver(
        run,
        view,
        lambda look: vip_screen(view.rows, view.meta, points, look=look, header=header(result), footer=footer(result)),
    )
    aside(run, result)


def listed(run: Run, asked: Asked) -> None:
    """The VIPs as rows of `rfm score`."""
    result = _scored(run, asked.revenue)
    vip_view(result)  # for its errors: without money there are no VIPs to list
    deliver_list(run, replace(result, frame=result.frame.filter(pl.col("vip"))), result, asked.listing)


def watch(run: Run, asked: Asked) -> None:
    """VIPs and customers of the best segment at a date who are below their own rank of then."""
    shop, question = asked_shop(run)
    last = day_of(run, shop, "--as-of", run.settings.text("as_of")) or last_day(run, shop)
    since = day_of(run, shop, "--since", asked.since) or stepped(last, Window(days=WATCH_DAYS), -1)
    if since >= last:
        raise UsageError(f"--since {since} is not before {last}", "give an earlier --since")
    found = watch_of(run.reading, shop, question, since, last)
    result, rows = say_of(run, found.past, [found.ruler]), found.rows
    deliver(
        run,
        View("watch", rows, meta_between(result, last, since=since, ruler=str(since), watched=rows.height)),
        lambda look: rows_screen(
            rows,
            look=look,
            header=[
                ("since", str(since)),
                ("as of", str(last)),
                ("scheme", result.scheme.name),
                ("cutoffs", f"of {since}"),
                ("slipped", f"{rows.height:,}"),
            ],
            footer=footer(result),
            layout=WATCHED,
            limit=asked.listing.limit or SHOWN,
            colors=colors(result),
        ),
    )
    aside(run, result, since)
