"""Lists of customers that several commands give: rows of `rfm score`, a part of them, with further columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.cli.engagement import engagement_of
from rfm_cli.cli.option_groups import ListOptions
from rfm_cli.cli.session import Session
from rfm_cli.notes import note
from rfm_cli.pipeline import counts
from rfm_cli.tables.fields import CONTACTS, fold
from rfm_cli.views.score import extras, notes_on, score_view
from rfm_cli.views.view import View

if TYPE_CHECKING:
    from datetime import date

    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.model import Scored
    from rfm_cli.output.look import Look
    from rfm_cli.output.screens.parts import Fact
    from rfm_cli.tables.customers import Customers

SHOWN = 10
"""The rows of a list that a terminal shows without `--limit`."""


def further_columns(
    session: Session, scored: Scored, names: Sequence[str], *, more_on_consent: bool = True
) -> pl.DataFrame | None:
    """Return the columns of `--with` by customer_id, None without any; what was read from orders is printed.

    Addresses come without a look at consents: a note says so, with what could be overlooked of them, unless
    `more_on_consent` is off.
    """
    asked = [name.strip() for text in names for name in text.split(",")]
    days, events = engagement_of(session, scored, asked)
    extra = extras(scored, names, engagement_days=days, engagement_events=events)
    session.narrator.say(notes_on(scored, extra))
    if more_on_consent:
        say_addresses(session, scored, asked)
    return extra


def say_addresses(session: Session, scored: Scored, asked: Sequence[str]) -> None:
    """Print that addresses among the columns come without a look at consents, and what could be overlooked of them."""
    customers = scored.shop.customers
    if customers and (addresses := _addresses_in(customers, asked)):
        from rfm_cli.plausibility.consents import on_consents_in_orders, on_customers

        session.narrator.say([*on_customers(customers), *on_consents_in_orders(scored.shop.orders)])
        asks = f"{' and '.join(addresses)}: shown whatever customers have agreed to"
        session.narrator.say([note(f"{asks}; rfm reach --list Reachable has those who may be written to")])


def _addresses_in(customers: Customers, asked: Sequence[str]) -> list[str]:
    """Return the names that are columns of addresses of the customers table."""
    return [name for name in asked if customers.attributes.get(fold(name)) in CONTACTS]


def deliver_list(
    session: Session,
    chosen: Scored,
    scored: Scored,
    listing: ListOptions,
    more: Sequence[pl.Expr] = (),
    facts: Sequence[Fact] = (),
    cutoffs_from: date | None = None,
    *,
    by_consent: bool = False,
) -> None:
    """Write the `chosen` of the scored customers, with `more` columns behind.

    With `by_consent` the list has no address that its customer refuses, and needs no note on that. The facts above the
    list, its counts and the files beside it are of all scored customers.
    """
    extra = further_columns(session, chosen, listing.with_ or (), more_on_consent=not by_consent)
    view = score_view(chosen, extra=extra)
    # A list of a few customers still belongs to a shop: its counts are those of the whole.
    view = View(view.name, view.rows.with_columns(more), {**view.meta, "counts": dict(counts(scored))})

    def screen(look: Look) -> Sequence[RenderableType]:
        from rfm_cli.output.screens.parts import colors, footer, header, rows_screen
        from rfm_cli.output.screens.score import CUSTOMERS

        return rows_screen(
            view.rows,
            look=look,
            header=facts or header(scored),
            footer=footer(scored),
            layout=CUSTOMERS,
            limit=listing.limit or SHOWN,
            colors=colors(scored),
        )

    session.deliver(view, screen, scored, cutoffs_from=cutoffs_from)
