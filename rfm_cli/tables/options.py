"""The user's settings for reading files, the same for the command line, `rfm.toml` and Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

REJECTED_STATUSES = (
    "cancelled canceled refused declined failed voided test draft expired отменён отменен отказ тест".split()
)
"""Statuses of orders that were never completed; compared without case."""

EVENT_KINDS = tuple(
    "send open click visit view cart remove checkout purchase unsubscribe bounce feedback survey stay offer form_shown "
    "form_step form_submit".split()
)
"""What an event can be, whatever a shop or its tools call it."""
ENGAGING = tuple("open click visit view".split())
"""The kinds of events that show interest."""
AmountPer = Literal["order", "row"]
Overlap = Literal["add", "once", "last"]
AMOUNT_PER: tuple[AmountPer, ...] = ("order", "row")
Ids = Literal["folded", "exact"]
IDS: tuple[Ids, ...] = ("folded", "exact")
OVERLAPS: tuple[Overlap, ...] = ("add", "once", "last")
DEFAULT_ZONE = "UTC"
"""The calendar of days where neither the user nor a roll-up names one."""
ENGAGEMENT_DAYS = 90
"""Interest is counted over this many days."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read files where they leave a choice.

    `maps` is table -> field -> heading. `timezone` is the calendar in which days are counted; None means that of a
    roll-up in place of orders, else UTC. `decimal` is the decimal mark of amounts in texts; `date_format` is a strptime
    format; `purchase_events` has the names or kinds of the events that are orders. With `one_row_per_customer` the
    orders file has one row per customer already. `memory` is the number of bytes to stay under, None for no limit.

    `amount_per` says whose an amount is: the order's, on each of its rows, or the row's. `overlap` says how an order
    counts that is in several files. `times_in` is the time zone of times that name none, or only an unclear one.
    `header_row` is the line of a CSV file that has the headings, from 1. None leaves each to what the rows prove.
    `ids` says whether ids are folded value by value (x@y.z to lower case, 17850.0 to 17850) or kept as written;
    `no_customer` are ids that are no customer. `event_kinds` has the kinds of the user's own events, by folded name.
    `consent_given` are channels to which all customers have agreed although no column says so.
    `decided` has the fields of headings, folded, that earlier rows have settled; an empty one is no field.
    """

    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    encoding: str = "utf-8"
    separator: str | None = None
    decimal: Literal[".", ","] | None = None
    date_format: str | None = None
    timezone: str | None = None
    reject_status: tuple[str, ...] = tuple(REJECTED_STATUSES)
    drop_duplicates: bool = False
    currency: str | None = None
    purchase_events: tuple[str, ...] = ()
    one_row_per_customer: bool = False
    memory: int | None = None
    amount_per: AmountPer | None = None
    overlap: Overlap | None = None
    times_in: str | None = None
    header_row: int | None = None
    decided: Mapping[str, str] = field(default_factory=dict, hash=False)
    ids: Ids = "folded"
    no_customer: tuple[str, ...] = ()
    event_kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    consent_given: tuple[str, ...] = ()

    @property
    def zone(self) -> str:
        """The name of the time zone whose calendar counts."""
        return self.timezone or DEFAULT_ZONE

    @property
    def rules_asked(self) -> Mapping[str, str]:
        """The rules by which rows are rejected at the user's word, and the option of each."""
        asked = {
            "overlap": ("--overlap", self.overlap is not None),
            "customer": ("--no-customer", bool(self.no_customer)),
            "status": ("--reject-status", self.reject_status != tuple(REJECTED_STATUSES)),
            "repeated": ("--drop-duplicates", self.drop_duplicates),
        }
        return {rule: option for rule, (option, is_given) in asked.items() if is_given}

    def map_of(self, table: str) -> Mapping[str, str]:
        """Return the user's headings for one table."""
        return self.maps.get(table, {})
