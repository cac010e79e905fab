"""What `rfm rollup` is asked for: where the roll-up goes, its periods, which orders are purchases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rfm_cli.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.session import Session
    from rfm_cli.rollup.manifest import Periods, Purchases


@dataclass(frozen=True)
class RollupRequest:
    """The roll-up to make in the folder `out`, and the `new` orders to fold in.

    `periods` and `free` are None if they are not given; `option` is the one that periods come from.
    """

    out: str
    new: tuple[str, ...]
    periods: Periods | None
    free: str | None
    one_a_day: bool
    option: str

    def purchases(self) -> Purchases:
        """Return which orders are purchases."""
        from rfm_cli.rollup.manifest import Purchases

        return Purchases("ignore" if self.free == "ignore" else "count", self.one_a_day)


def rollup_request(
    session: Session, out: str, new: tuple[str, ...], grain: str | None, ends: Sequence[str]
) -> RollupRequest:
    """Return the request; `UsageError`, before a file is read, for values that make no sense."""
    from rfm_cli.rollup.manifest import parse_periods

    free = session.settings.text("free_orders")
    if free not in (None, "count", "ignore"):
        raise UsageError(f"--free-orders {free}: not known", did_you_mean(str(free), ("count", "ignore")))
    if session.settings.text("returned_orders") == "ignore":
        why = "--returned-orders ignore: a roll-up does not know orders by their ids"
        raise UsageError(why, "leave it out, and give it to the command that reads the orders")
    one = session.settings.text("one_order_per")
    if one not in (None, "day"):
        raise UsageError(f"--one-order-per {one}: not known", "write day")
    periods = parse_periods(grain, ends, lambda text: _day(session, text, out if new else None))
    return RollupRequest(out, new, periods, free, one is not None, "--grain" if grain else "--as-of")


def _day(session: Session, text: str, added_to: str | None) -> date | None:
    """Return the day that a date means, by the calendar of the roll-up that is added to.

    None for the last day of the orders, where a period ends in any case.
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from rfm_cli.cli.settings import time_zone
    from rfm_cli.clock import parse_as_of
    from rfm_cli.model import Shop
    from rfm_cli.rollup.read import read_rollup
    from rfm_cli.rollup.store import is_rollup
    from rfm_cli.source.rollup import RollupSource

    if text.strip().casefold() not in ("today", "yesterday"):
        return parse_as_of(text, None)
    shop = Shop(RollupSource(read_rollup(added_to))) if added_to and is_rollup(added_to) else None
    return parse_as_of(text, datetime.now(ZoneInfo(time_zone(session.settings, shop))).date())
