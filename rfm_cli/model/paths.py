"""What each table is read from, as the user wrote it."""

from __future__ import annotations

from dataclasses import dataclass

from rfm_cli.config import Key
from rfm_cli.tables.paths import Given


@dataclass(frozen=True)
class LinkedPath:
    """What a linked table is read from, as `[linked.NAME]` of rfm.toml has it.

    `by` is what its rows belong to: customer_id, order_id or product_id; `at` is the column of their times. Without
    `paths` it is not read, because the command line names the orders.
    """

    name: str
    paths: tuple[Given, ...]
    by: Key
    at: str | None = None

    def __post_init__(self) -> None:
        """Make a table of one file or frame of a value that is not in a tuple."""
        if isinstance(self.paths, Given):
            object.__setattr__(self, "paths", (self.paths,))


@dataclass(frozen=True)
class TablePaths:
    """What each table is read from, as the user wrote it: paths, in Python also frames. Orders may come from events."""

    orders: tuple[Given, ...] = ()
    lines: tuple[Given, ...] = ()
    events: tuple[Given, ...] = ()
    customers: tuple[Given, ...] = ()
    products: tuple[Given, ...] = ()
    rates: tuple[Given, ...] = ()
    linked: tuple[LinkedPath, ...] = ()

    def files(self) -> list[list[str]]:
        """Return the paths of each table that every run reads, without frames."""
        own = (self.orders, self.lines, self.events, self.customers, self.products, self.rates)
        return [[path for path in paths if isinstance(path, str)] for paths in own]

    def linked_files(self) -> list[list[str]]:
        """Return the paths of each linked table, without frames; few runs read them, and they may be missing."""
        return [[path for path in table.paths if isinstance(path, str)] for table in self.linked]

    def __post_init__(self) -> None:
        """Make a table of one file or frame of each value that is not in a tuple."""
        for table, given in vars(self).items():
            if isinstance(given, Given):
                # The only way to set a field of a frozen dataclass.
                object.__setattr__(self, table, (given,))
