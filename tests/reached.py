"""Scored shops of people with addresses and events, for tests of who is reached."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.model import Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from tests.shops import Row, asked, day, shop_of

Person = tuple[str, str, str]
"""E-mail, whether that is agreed to, phone."""
Log = list[tuple[str, str, int, str | None]]
"""Customer, event, numbered day, channel."""
ADDRESS = {
    "customer_id": pl.String,
    "email": pl.String,
    "email_consent": pl.String,
    "phone": pl.String,
    "registered_at": pl.Date,
}


def reached(rows: list[Row], people: dict[str, Person], log: Log, as_of: date | None = None) -> Scored:
    orders = shop_of(rows).orders
    assert orders is not None
    known = pl.DataFrame([(name, *told, day(0)) for name, told in people.items()], schema=ADDRESS, orient="row")
    events = pl.DataFrame(
        [(name, event, str(day(when)), channel) for name, event, when, channel in log],
        schema=dict.fromkeys(["customer_id", "event", "at", "channel"], pl.String),
        orient="row",
    )
    frame = orders.files[0].source.frame.collect()
    paths = TablePaths(orders=(frame,), customers=(known,), events=(events,))
    return score(open_shop(paths, ReadOptions(amount_per="row")), asked(as_of=as_of))
