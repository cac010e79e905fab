"""The answers of `rfm vip`, one function each: scored customers -> rows -> out."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.clock import shifted
from rfm_cli.commands.ask import is_given, share_of
from rfm_cli.commands.lists import deliver_list, limit_of
from rfm_cli.commands.looking_back import watch_of
from rfm_cli.commands.past import asked_shop, day_of, last_day, say_of
from rfm_cli.commands.run import Run, aside, deliver, scored
from rfm_cli.commands.summary import colours, footer, header
from rfm_cli.errors import UsageError
from rfm_cli.out.screen import rows_screen
from rfm_cli.out.vip_screen import WATCHED, vip_screen
from rfm_cli.pipeline import Scored
from rfm_cli.views.cutoffs import told
from rfm_cli.views.view import View, meta_of
from rfm_cli.views.vip import at_revenue, curve, ladder_of, vip_view

WATCH_DAYS = 90


def check(run: Run) -> None:
    """Nothing, or `UsageError` for options that do not go together, before a file is read."""
    flags = run.flags
    if flags.get("watch") and flags.get("list_"):
        raise UsageError("--watch and --list are two answers", "ask for one of them at a time")
    if flags.get("since") and not flags.get("watch"):
        raise UsageError("--since is for --watch")
    if (flags.get("snapshots_in") or flags.get("rescore")) and not flags.get("watch"):
        raise UsageError(f"--{'store' if flags.get('snapshots_in') else 'rescore'} is for --watch")
    if flags.get("rescore") and not flags.get("snapshots_in"):
        raise UsageError("--rescore is for --store", "orders are always measured by the ruler of --since")
    if flags.get("with_") and not flags.get("list_"):
        raise UsageError("--with is for --list")
    if not run.text("revenue"):
        return
    share_of(run.text("revenue"))
    if flags.get("watch"):
        raise UsageError("--revenue does not go with --watch")
    if "share" in run.settings.given:
        raise UsageError("--share and --revenue both set who is a VIP", "give one of them")
    if not all(map(is_given, run.settings.texts("cuts"))):
        raise UsageError("--revenue does not go with a file of cutoffs", "the file says who is a VIP")


def _asked(run: Run) -> Scored:
    """The scored customers, with the VIP floor of `--revenue` where it was given, which `--explain` tells then."""
    wanted = share_of(run.text("revenue"))
    if not wanted:
        return scored(run)
    # The floor of --share is not that of the answer, so `scored` is not to tell it.
    silent = replace(run, flags={**run.flags, "explain": None})
    result = at_revenue(scored(silent), wanted)
    if run.flags.get("explain"):
        run.narrator.say(told(result))
    return result


def tops(run: Run) -> None:
    """The headline, the tops and the Lorenz curve."""
    result = _asked(run)
    view = vip_view(result)
    points = curve(ladder_of(result.frame))
    deliver(
        run,
        view,
        lambda look: vip_screen(view.rows, view.meta, points, look=look, header=header(result), footer=footer(result)),
    )
    aside(run, result)


def listed(run: Run) -> None:
    """The VIPs as rows of `rfm score`."""
    result = _asked(run)
    vip_view(result)  # for its errors: without money there are no VIPs to list
    deliver_list(run, replace(result, frame=result.frame.filter(pl.col("vip"))), result)


def watch(run: Run) -> None:
    """VIPs and customers of the best segment at a date who are below their own rank of then."""
    shop, question = asked_shop(run)
    last = day_of(run, shop, "--as-of", run.settings.text("as_of")) or last_day(shop)
    since = day_of(run, shop, "--since", run.text("since")) or shifted(last, -WATCH_DAYS)
    if since >= last:
        raise UsageError(f"--since {since} is not before {last}", "give an earlier --since")
    found = watch_of(run.reading, shop, question, since, last)
    result, rows = say_of(run, found.past, found.ruler, found.ruler), found.rows
    deliver(
        run,
        View("watch", rows, meta_of(result, since=since, watched=rows.height)),
        lambda look: rows_screen(
            rows,
            look=look,
            header=[("since", str(since)), *header(result)],
            footer=footer(result),
            layout=WATCHED,
            limit=limit_of(run),
            colours=colours(result),
        ),
    )
    aside(run, result, since)
