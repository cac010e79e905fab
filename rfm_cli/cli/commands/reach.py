"""`rfm reach`: which customers a message can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import (
    EngagementOptions,
    ListOptions,
    PeopleOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
)
from rfm_cli.cli.where import query_where, scored_where

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored
    from rfm_cli.views.reach import Reach

Channel = Annotated[
    opt.Texts,
    opt.keep("--channel", help="Only these channels: email,phone.", metavar="NAMES", values=values.CHANNELS),
]
Listed = Annotated[
    opt.Text, opt.keep("--list", help='The customers of one branch: "Reachable > VIP".', metavar="BRANCH")
]


@command
def reach(
    ctx: typer.Context,
    *,
    tables: PeopleOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    listing: ListOptions,
    channel: Channel = None,
    list_: Listed = None,
    where: opt.Where = None,
) -> Pausing:
    """Show which customers a message can reach, by channel too.

    A reachable customer has an address, has given consent if there is a column for it, and has not unsubscribed or
    bounced since.

    \b
    rfm reach orders.csv customers.csv events.csv
    rfm reach --channel email --list "Reachable > No purchase" --with email -o welcome.csv
    """
    from rfm_cli.cli.customer_list import deliver_list
    from rfm_cli.cli.session import open_session
    from rfm_cli.notes import note
    from rfm_cli.plausibility.events import on_unknown_objections
    from rfm_cli.views.branches import in_branch
    from rfm_cli.views.insights.reach import refusals_in_words, remarks_on, used_lines
    from rfm_cli.views.reach import reach_of, refused_addresses, without_addresses

    session = open_session(ctx, running, tables, scoring, answer, engagement)
    _check(session, list_, listing)
    scored = yield from scored_where(session, query_where(session, where))
    found = reach_of(scored, channel or [])
    if list_ or session.format != "table":  # the screen has it below the tree
        session.narrator.say(note(text) for text in used_lines(found))
    session.narrator.say(remarks_on(found))
    if scored.shop.events:
        session.narrator.say(on_unknown_objections(scored.shop.events))
    session.narrator.check_strict()
    if list_:
        chosen = in_branch(found, list_)
        refused = refused_addresses(found, chosen, listing.with_ or ())
        session.narrator.say(refusals_in_words(refused))
        deliver_list(session, chosen, scored, listing, more=without_addresses(refused), by_consent=True)
    else:
        _deliver_branches(session, scored, found)


def _deliver_branches(session: Session, scored: Scored, found: Reach) -> None:
    """Write all branches, with why customers of each channel can be reached or not."""
    from rfm_cli.output.screens.parts import footer, header
    from rfm_cli.output.screens.reach import reach_screen
    from rfm_cli.output.workbook import Sheet
    from rfm_cli.views.insights.reach import used_lines
    from rfm_cli.views.reach import reach_view, standings

    view, why = reach_view(found), standings(found)
    session.deliver(
        view,
        lambda look: reach_screen(
            view.rows, why, used_lines(found), look=look, header=header(scored), footer=footer(scored)
        ),
        scored,
        sheets=lambda: [Sheet("channels", why)],
    )


def _check(session: Session, branch: str | None, listing: ListOptions) -> None:
    """Raise `UsageError`, before a file is read, for options that make no sense, and if there are no customers."""
    from pathlib import Path

    from rfm_cli.cli.settings import table_paths
    from rfm_cli.errors import UsageError
    from rfm_cli.views.branches import check_branch

    if listing.with_ and branch is None:
        raise UsageError("--with is for --list")
    if branch is not None:
        check_branch(branch)
    paths = table_paths(session.settings, Path())
    if (paths.orders or paths.events) and not paths.customers:
        raise UsageError("reach needs customers with addresses", "give --customers FILE")
