"""`rfm diff`: who entered, left and moved between two snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import QuietOptions, RowsOptions
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.session import Session
    from rfm_cli.model import Shop

First = Annotated[str, opt.argument("A", "The date of the earlier snapshot.")]
Last = Annotated[str, opt.argument("B", "The date of the later one; last is the newest.", values.LAST)]
Rescore = Annotated[opt.Switch, opt.keep("--rescore", help="Compare snapshots even if their cutoffs differ.")]


@command
def diff(
    ctx: typer.Context,
    *,
    first: First,
    last: Last,
    answer: RowsOptions,
    running: QuietOptions,
    store: opt.StoreFolder = None,
    rescore: Rescore = None,
    limit: opt.Limit = None,
) -> None:
    """List who entered, left and moved between two snapshots.

    One row per customer whose segment or VIP mark is another, or who is in one of them only.

    \b
    rfm diff 2024-09 2024-12
    rfm diff 2024-09 last -o changed.csv
    """
    from rfm_cli.cli.customer_list import SHOWN
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import store_folder
    from rfm_cli.output.screens.snapshots import diff_screen
    from rfm_cli.snapshots.source import open_store, require_alike
    from rfm_cli.snapshots.store import read
    from rfm_cli.snapshots.tables import diff_view

    session = open_session(ctx, running, answer=answer, store=store)
    folder = store_folder(session.settings)
    shop = open_store(folder)
    earlier, later = (_day(session, shop, text) for text in (first, last))
    if earlier >= later:
        raise UsageError(f"{earlier} is not before {later}", "give the earlier date first")
    one, other = read(folder, earlier), read(folder, later)
    require_alike(one, other, one.metadata.scheme.axes, rescore=bool(rescore), vip=True)
    view = diff_view(one, other)
    session.deliver(view, lambda look: diff_screen(view, look=look, limit=limit or SHOWN))


def _day(session: Session, shop: Shop, text: str) -> date:
    """Return the day that a text means; `last` is the newest snapshot of the store."""
    from rfm_cli.cli.dates import day_of, last_day

    return day_of(session, shop, "rfm diff", text) or last_day(session, shop)
