"""Settings: all that a user can set, under one name each.

The flag `--as-of`, the variable `RFM_AS_OF` and the key `as_of` of `[clock]` are one setting of `SETTINGS`. Values are
texts, lists of texts or switches here; the code that uses a value interprets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rfm_cli.errors import UsageError

FILE = "rfm.toml"
Value = str | bool | tuple[str, ...]
Kind = Literal["text", "switch", "list", "paths", "pairs"]


@dataclass(frozen=True)
class Setting:
    """The table and the key of a setting in `rfm.toml`, and the kind of value that it takes.

    `pairs` are texts NAME=VALUE, a table in the file; `paths` are relative to the file there.
    """

    section: str
    key: str
    kind: Kind = "text"


SETTINGS: dict[str, Setting] = {
    "orders": Setting("tables", "orders", "paths"),
    "lines": Setting("tables", "lines", "paths"),
    "events": Setting("tables", "events", "paths"),
    "customers": Setting("tables", "customers", "paths"),
    "products": Setting("tables", "products", "paths"),
    "rates": Setting("tables", "rates", "paths"),
    "map": Setting("columns", "", "pairs"),
    "encoding": Setting("reading", "encoding"),
    "separator": Setting("reading", "separator"),
    "decimal": Setting("reading", "decimal"),
    "date_format": Setting("reading", "date_format"),
    "reject_status": Setting("reading", "reject_status", "list"),
    "drop_duplicates": Setting("reading", "drop_duplicates", "switch"),
    "amount_per": Setting("reading", "amount_per"),
    "overlap": Setting("reading", "overlap"),
    "times_in": Setting("reading", "times_in"),
    "header_row": Setting("reading", "header_row"),
    "returned_orders": Setting("reading", "returned_orders"),
    "ids": Setting("reading", "ids"),
    "no_customer": Setting("reading", "no_customer", "list"),
    "currency": Setting("reading", "currency"),
    "purchase_events": Setting("reading", "purchase_events", "list"),
    "one_row_per": Setting("reading", "one_row_per"),
    "free_orders": Setting("reading", "free_orders"),
    "one_order_per": Setting("reading", "one_order_per"),
    "engine": Setting("rollup", "engine"),
    "as_of": Setting("clock", "as_of"),
    "timezone": Setting("clock", "timezone"),
    "window": Setting("clock", "window"),
    "scheme": Setting("scheme", "name"),
    "bins": Setting("scheme", "bins"),
    "rule": Setting("scheme", "rules", "pairs"),
    "cuts": Setting("scheme", "cuts", "pairs"),
    "nested": Setting("scheme", "nested", "switch"),
    "new_subscriber": Setting("segments", "new_subscriber"),
    "share": Setting("vip", "share"),
    "min_orders": Setting("vip", "min_orders"),
    "engagement_window": Setting("engagement", "window"),
    "engagement_events": Setting("engagement", "events", "list"),
    "event_kind": Setting("events", "", "pairs"),
    "consent_given": Setting("consent", "given", "list"),
    "memory": Setting("run", "memory"),
    "lang": Setting("run", "lang"),
    "known": Setting("run", "known", "list"),
    "store": Setting("snapshots", "store", "paths"),
}
# fmt: off
TextName = Literal[
    "encoding", "separator", "decimal", "date_format", "amount_per", "overlap", "times_in", "header_row",
    "returned_orders", "ids", "currency", "one_row_per", "free_orders", "one_order_per",
    "engine", "as_of", "timezone", "window", "scheme", "bins", "new_subscriber", "share", "min_orders",
    "engagement_window", "memory", "lang", "store",
]
ListName = Literal[
    "orders", "lines", "events", "customers", "products", "rates", "map", "reject_status", "no_customer",
    "purchase_events", "rule", "cuts", "engagement_events", "event_kind", "consent_given", "known", "store",
]
# fmt: on
SwitchName = Literal["drop_duplicates", "nested"]
"""The settings by kind, so that a type checker knows the names; a store is one text on the command line."""

Key = Literal["customer_id", "order_id", "product_id"]
"""What rows of a linked table may belong to."""

TABLE_NAMES = tuple(name for name, setting in SETTINGS.items() if setting.section == "tables")


@dataclass(frozen=True)
class LinkedSetting:
    """A linked table of the file: its name, its paths, what its rows belong to, and the column of their times.

    `is_left` says that it is not read, because the command line names the orders.
    """

    name: str
    paths: tuple[str, ...]
    by: Key
    at: str | None = None
    is_left: bool = False


@dataclass(frozen=True)
class Settings:
    """The values of all settings that have one, by name; `given` are the names that came from the command line."""

    values: Mapping[str, Value]
    given: frozenset[str] = frozenset()
    file: Path | None = None
    linked: tuple[LinkedSetting, ...] = ()

    def text(self, name: TextName) -> str | None:
        """Return a text, None where the setting has no value."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: ListName) -> tuple[str, ...]:
        """Return a list of texts, empty where the setting has no value."""
        return as_texts(self.values.get(name))

    def switch(self, name: SwitchName) -> bool:
        """Return whether a switch is on."""
        return self.values.get(name) is True


def as_texts(value: Value | None) -> tuple[str, ...]:
    """Return a list of texts as it is, and an empty one for every other value."""
    return value if isinstance(value, tuple) else ()


def pairs_of(texts: Sequence[str], option: str) -> dict[str, str]:
    """Return NAME=VALUE texts as a mapping, later ones winning.

    >>> pairs_of(["f=quantile"], "--rule")
    {'f': 'quantile'}
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise UsageError(f"{option} {text}: write it as NAME=VALUE")
        found[name.strip()] = value.strip()
    return found
