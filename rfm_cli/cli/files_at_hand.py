"""The columns of the files that a run would read, by their headings alone: what completion offers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rfm_cli.cli.found_tables import found_by_name
from rfm_cli.config import TABLE_NAMES, LinkedSetting, Settings
from rfm_cli.config_sources import resolve
from rfm_cli.errors import RfmError
from rfm_cli.tables.columns import detect
from rfm_cli.tables.fields import fold
from rfm_cli.tables.first_headings import first_headings
from rfm_cli.tables.map_option import parse_maps
from rfm_cli.tables.names import table_named
from rfm_cli.tables.options import ReadOptions

COMPUTED: Mapping[str, Sequence[str]] = {
    "orders": "order_id at day amount number".split(),
    "refunds": "order_id at amount".split(),
    "lines": "order_id at amount".split(),
    "events": "event kind at".split(),
}
"""Columns of tables that are made by rfm."""
PARENTS: Mapping[str, Sequence[str]] = {"lines": ("orders", "products"), "events": ("products",)}
"""The tables that the rows of a table belong to."""
OF_KEY: Mapping[str, Sequence[str]] = {"customer_id": (), "order_id": ("orders",), "product_id": ("products",)}
"""The same for linked tables, by their key."""
ONLY_IN_LINES = ("product_id", "category", "quantity", "unit_price")
CUSTOMERS, CUSTOMER = "customers", "customer_id"
NAMED = (*COMPUTED, CUSTOMERS, "products")
"""Tables that a name with a dot may begin with."""
READ = ("map", "separator", "encoding", "header_row", "config")
"""Options that decide how files are read, and which settings hold."""
FILES = 4
"""The most files of one table that are looked at."""


@dataclass(frozen=True)
class FilesAtHand:
    """The files that a run would read, by table, and the headings of those that were looked at."""

    settings: Settings
    paths: Mapping[str, Sequence[str]]
    options: ReadOptions
    headings: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def linked(self) -> dict[str, LinkedSetting]:
        """The linked tables of rfm.toml by folded name."""
        return {fold(one.name): one for one in self.settings.linked if not one.is_left}

    def header(self, table: str) -> tuple[str, ...]:
        """Return the headings of a table's files, each once."""
        if table not in self.headings:
            paths = self.linked[table].paths if table in self.linked else self.paths.get(table, ())
            found = [heading for path in paths[:FILES] for heading in self._read(path)]
            self.headings[table] = tuple(dict.fromkeys(found))
        return self.headings[table]

    def _read(self, path: str) -> tuple[str, ...]:
        """Return the headings of a file; none of one that cannot be read, whatever the reason."""
        with contextlib.suppress(Exception):  # a shell has no place for an error, and other files are asked as well
            return first_headings(path, self.options)
        return ()

    def own(self, table: str) -> list[str]:
        """List the columns of a table: those that are made by rfm, fields, and headings."""
        # The rows of orders are refunds too, and lines where no file has these.
        source = "orders" if table == "refunds" or (table == "lines" and not self.paths.get(table)) else table
        if not (header := self.header(source)):
            return []
        if one := self.linked.get(table):
            return [*(["at"] if one.at else ()), *(name for name in header if fold(name) != fold(CUSTOMER))]
        fields = self._fields(source)
        without = (CUSTOMER, *(ONLY_IN_LINES if table == "orders" else ()))
        hidden = {*without, *(fields[name] for name in without if name in fields)}
        return [*COMPUTED.get(table, ()), *(name for name in (*fields, *header) if name not in hidden)]

    def columns(self, table: str) -> list[str]:
        """List the columns of a table, then those of the order and the product that its rows belong to."""
        one = self.linked.get(table)
        parents = OF_KEY[one.by] if one else PARENTS.get(table, ())
        return [name for each in (table, *parents) for name in self.own(each)]

    def of_customers(self) -> list[str]:
        """List the attributes of customers: columns of their table, then headings of orders."""
        return [*self.own(CUSTOMERS), *self.header("orders")]

    def _fields(self, table: str) -> Mapping[str, str]:
        """Return the heading of each field of a table; none where they are in doubt."""
        try:
            return detect(table, self.header(table), self.options.map_of(table), table).headings
        except RfmError:  # the run itself will say what is wrong
            return {}


NO_FILES = FilesAtHand(Settings({}), {}, ReadOptions())


def files_at_hand(options: Mapping[str, object]) -> FilesAtHand:
    """Return the files that a run with these options would read: the given ones, else as settings or names have it."""
    paths = {table: _listed(options.get(table)) for table in TABLE_NAMES if table != "orders"}
    for path in _listed(options.get("orders")):
        paths.setdefault(table_named(Path(path).name) or "orders", []).append(path)
    given = {table: own for table, own in paths.items() if own}
    how = {name: options.get(name) for name in READ}
    settings = resolve({**how, **given}, os.environ, Path())
    named = {name: value for name in TABLE_NAMES if isinstance(value := settings.values.get(name), tuple)}
    row = settings.text("header_row")
    reading = ReadOptions(
        maps=parse_maps(settings.texts("map")),
        encoding=settings.text("encoding") or "utf-8",
        separator=settings.text("separator"),
        header_row=int(row) if row else None,
    )
    return FilesAtHand(settings, {**found_by_name(settings, Path()), **named}, reading)


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
