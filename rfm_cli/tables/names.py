"""The one rule by which the name of a file, a folder or a sheet says which table it is.

The name, whatever its case and up to its first dot, is that of the table, alone or followed by numbers: `orders.csv`,
`Customers.CSV`, `orders-2024.csv`, `orders_2024-Q1.parquet`, `lines part 2.xlsx`. Places of one table that differ in
their numbers alone are parts of it; other places of one table exclude each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rfm_cli.tables.fields import TABLES

NUMBERED = re.compile(rf"({'|'.join(TABLES)})([-_ ]*(part|no|q|w|h)?[-_ ]*\d+)*", re.IGNORECASE)
DIGITS = re.compile(r"\d+")
PACKED = re.compile(r"\.(gz|zst|zip)$")


def table_named(name: str) -> str | None:
    """Return the table that a name says, None where it says none.

    >>> table_named("Orders-2024.csv.gz"), table_named("customers"), table_named("orders_old.csv")
    ('orders', 'customers', None)
    """
    found = NUMBERED.fullmatch(name.split(".", maxsplit=1)[0].strip())
    return found[1].lower() if found else None


def are_parts(names: Sequence[str]) -> bool:
    """Return whether names differ in their numbers alone, as those of the parts of one table do.

    >>> are_parts(["orders-2023.csv", "orders-2024.csv.gz"]), are_parts(["orders.csv", "orders-2024.csv"])
    (True, False)
    """
    plain = [PACKED.sub("", name.lower()) for name in names]
    return len({DIGITS.sub("#", name) for name in plain}) == 1 and len(set(plain)) == len(plain)


def by_table(names: Sequence[str]) -> Mapping[str | None, list[str]]:
    """Return names by the table that they say, sorted; None has those that say none."""
    found: dict[str | None, list[str]] = {}
    for name in sorted(names):
        found.setdefault(table_named(name), []).append(name)
    return found
