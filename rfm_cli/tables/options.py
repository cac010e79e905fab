"""What a user can say about reading: plain settings, the same for the command line, `rfm.toml` and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

REJECTED_STATUSES = (
    "cancelled canceled refused declined failed voided test draft expired отменён отменен отказ тест".split()
)
"""Statuses of orders that never became one; compared without case."""

ENGAGING = tuple("open opened click clicked visit view viewed page_view product_view".split())
"""Events that show interest; compared after folding the names."""
DEFAULT_ZONE = "UTC"
"""The calendar of days where neither the user nor a roll-up names one."""
ENGAGEMENT_DAYS = 90
"""Over so many days interest is counted."""


@dataclass(frozen=True)
class ReadOptions:
    """How files are read where they do not speak for themselves.

    `maps` is table -> field -> heading; `timezone` is the calendar in which days are counted, None where the user names
    none: it is that of a roll-up in place of orders, else UTC. `decimal` is the decimal mark of amounts in texts;
    `date_format` is a strptime format; `purchase_events` names the events that are orders; `one_row_per_customer` says
    that the orders file is already one row a customer. `memory` is the number of bytes to stay under, None for no
    limit.
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

    @property
    def zone(self) -> str:
        """The name of the time zone whose calendar counts."""
        return self.timezone or DEFAULT_ZONE

    def map_of(self, table: str) -> Mapping[str, str]:
        """What the user said of one table's headings."""
        return self.maps.get(table, {})
