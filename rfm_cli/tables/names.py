"""The one rule by which the name of a file, a folder or a sheet says which table it is.

The name, whatever its case and up to its first dot, is that of the table, alone or followed by numbers: `orders.csv`,
`Customers.CSV`, `orders-2024.csv`, `orders_2024-Q1.parquet`, `lines part 2.xlsx`. Places of one table that differ in
their numbers alone are parts of it; other places of one table exclude each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from rfm_cli.errors import InputError
from rfm_cli.safe_text import printable
from rfm_cli.tables.fields import TABLES
from rfm_cli.tables.file_kinds import is_data

NUMBERED = re.compile(rf"({'|'.join(TABLES)})([-_ ]*(part|no|q|w|h)?[-_ ]*\d+)*", re.IGNORECASE)
DIGITS = re.compile(r"\d+")
LISTED = 6
"""The most names that a message lists."""
PACKED = re.compile(r"\.(gz|zst|zip)$")


def table_named(name: str) -> str | None:
    """Return the table that a name says, None where it says none.

    >>> table_named("Orders-2024.csv.gz"), table_named("customers"), table_named("orders_old.csv")
    ('orders', 'customers', None)
    """
    found = NUMBERED.fullmatch(name.split(".", maxsplit=1)[0].strip())
    return found[1].lower() if found else None


def are_parts(places: Sequence[str]) -> bool:
    """Return whether places are the parts of one table: as deep in folders, and called alike but for their numbers.

    >>> are_parts(["orders-2023.csv", "orders-2024.csv.gz"]), are_parts(["orders.csv", "orders-2024.csv"])
    (True, False)
    """
    plain = [PurePath(PACKED.sub("", place.lower())) for place in places]
    return len({(len(one.parts), DIGITS.sub("#", one.name)) for one in plain}) == 1 and len(set(plain)) == len(plain)


@dataclass(frozen=True)
class Found:
    """The places in a folder by the table that their names say, the files of each place, and the files of no table."""

    places: Mapping[str, tuple[str, ...]]
    files: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]

    def of(self, table: str) -> tuple[str, ...]:
        """Return the files of a table: those that are called so, else those that are called like no table."""
        return self.files.get(table, self.others)


def sorted_out(files: Sequence[str]) -> Found:
    """Return files of a folder, as paths within it, by table: by their own names, else by a folder that they are in.

    Raises `InputError` for places of one table that exclude each other.
    """
    places: dict[str, dict[str, list[str]]] = {}
    others = []
    for file in sorted(files):
        place = _place(PurePath(file))
        table = table_named(place.name) if place else None
        if place and table:
            places.setdefault(table, {}).setdefault(str(place), []).append(file)
        else:
            others.append(file)
    for table, found in places.items():
        refuse_several(table, list(found))
    return Found(
        {table: tuple(found) for table, found in places.items()},
        {table: tuple(file for own in found.values() for file in own) for table, found in places.items()},
        tuple(others),
    )


def _place(file: PurePath) -> PurePath | None:
    """Return the file, else the nearest folder above it, that is called like a table."""
    return next((one for one in (file, *file.parents) if table_named(one.name)), None)


def refuse_several(table: str, places: Sequence[str]) -> None:
    """Raise `InputError` for several places of one table that are no parts of it."""
    if len(places) > 1 and not are_parts(places):
        raise InputError(f"{len(places)} places could be the {table}: {listed(places)}", "name the one that is meant")


def listed(names: Sequence[str]) -> str:
    """Return names in one line, the first of many."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(printable(name) for name in names[:LISTED]) + more


def discover(folder: Path) -> dict[str, tuple[str, ...]]:
    """Find the files or folders of each table by their names: `orders.csv`, `Customers.parquet`, `orders/`. Returns
    table -> paths, which are several where they are parts.

    Raises `InputError` that lists the places of a table that exclude each other. Rates are never found by name, because
    money is converted only on request.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(path.name for path in folder.glob("*") if _is_place(path)):
        table = table_named(name)
        if table and table != "rates":
            found.setdefault(table, []).append(name)
    for table, names in found.items():
        refuse_several(table, names)
    return {
        table: tuple(name if folder == Path() else str(folder / name) for name in found[table])
        for table in TABLES
        if table in found
    }


def left_beside(folder: Path, found: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the data files of a folder that begin like a table's name and were not found by it."""
    taken = {Path(path).name for paths in found.values() for path in paths}
    begun = tuple(table for table in TABLES if table != "rates")
    return sorted(
        path.name
        for path in folder.glob("*")
        if path.name.lower().startswith(begun) and path.is_file() and is_data(path.name) and path.name not in taken
    )


def _is_place(path: Path) -> bool:
    """Return whether a file or folder may be a table; engines write folders that are called `orders.csv`."""
    return is_data(path.name) or (path.is_dir() and not path.suffix)
