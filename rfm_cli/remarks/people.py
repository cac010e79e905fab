"""Remarks on customers that tables beside the orders know, or do not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, note, warning
from rfm_cli.plausibility.ids import on_case_beside

if TYPE_CHECKING:
    from rfm_cli.model import Shop
    from rfm_cli.tables.customers import Customers

FEWEST_KNOWN = 0.9


def on_not_yet(count: int, as_of: date | None) -> Iterator[Note]:
    """Remark on customers of other tables who are left out since they became known after the date."""
    if count:
        who = f"{count:,} customer{'s are' if count > 1 else ' is'}"
        yield note(f"{who} not counted: they became known after {as_of}")


def on_people(roster: pl.DataFrame | None, measured: pl.DataFrame, shop: Shop) -> Iterator[Note]:
    """Warn of tables that know too few of the buyers; the roster was made with the ids of the measured customers."""
    if roster is None:
        return
    has_bought = measured["recency_days"].is_not_null()
    bought = roster["place"].is_not_null() & has_bought.gather(roster["place"]).fill_null(value=False)
    buyers = roster.filter(bought)["customer"]
    has_case = measured.schema["customer"] == pl.String  # whole numbers have none
    for table, flag in ((shop.customers, "in_customers"), (shop.events, "in_events")):
        if table is None:
            continue
        known = int((bought & roster[flag]).sum())
        if has_case:
            yield from on_case_beside(table.name, roster.filter(~bought & roster[flag])["customer"], buyers)
        if known < FEWEST_KNOWN * len(buyers):
            text = f"{table.name} knows {known:,} of {len(buyers):,} buyers ({known / len(buyers):.1%})"
            if shop.customers is not None and flag == "in_customers":
                text += _by_email(shop.customers, buyers, known)
            yield warning("few-buyers-known", text)


def _by_email(customers: Customers, buyers: pl.Series, known: int) -> str:
    """Return, in words, that the e-mails of customers are the ids of the orders; empty where they are not."""
    heading = customers.columns.get("email")
    if heading is None or heading == customers.columns["customer_id"]:
        return ""
    emails = customers.table.select(customer_id=pl.col("email").cast(pl.String).str.strip_chars().str.to_lowercase())
    lower = pl.DataFrame({"customer_id": buyers.str.to_lowercase()})
    same = lower.join(emails, on="customer_id", how="semi").height
    return f"; its {heading} knows {same:,}: --map customers.customer_id={shlex.quote(heading)}" if same > known else ""
