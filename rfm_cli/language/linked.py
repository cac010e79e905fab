"""The tables that an expression may ask beside the customers: opened only where one is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rfm_cli.language.columns import LinkedTable, MissingTable, Parent
from rfm_cli.tables.fields import fold


@dataclass(frozen=True)
class LinkedTables(Mapping[str, LinkedTable]):
    """The linked tables of a shop by name, each opened when it is asked for the first time.

    `customers` has the columns of the customers table, None without one. `missing` says of a table that the language
    knows, and the shop does not have, why it is missing. A name is found as headings are.
    """

    openers: Mapping[str, Callable[[], LinkedTable]]
    customers: Parent | None = None
    lacking: Mapping[str, MissingTable] = field(default_factory=dict)
    opened: dict[str, LinkedTable] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, name: str) -> LinkedTable:
        """Return a table; `KeyError` for a name that none has."""
        key = fold(name)
        if key not in self.opened:
            self.opened[key] = self.openers[key]()
        return self.opened[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the folded names of the tables."""
        return iter(self.openers)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self.openers)

    def missing(self, name: str) -> MissingTable | None:
        """Return why a table of the language is missing; None for a table that is there, and for any other name."""
        return self.lacking.get(fold(name))
