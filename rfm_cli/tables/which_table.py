"""Which table a file is, by its name and its headings, where it is not called as a table is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rfm_cli.errors import InputError, RfmError
from rfm_cli.tables import vendors
from rfm_cli.tables.fields import ALIASES, aliases, fold, further_aliases
from rfm_cli.tables.file_kinds import is_data
from rfm_cli.tables.heading_words import words_of
from rfm_cli.tables.hints import quoted
from rfm_cli.tables.names import listed
from rfm_cli.tables.one_row import looks_like
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import open_source

PEOPLE = ("email", "phone", "birth_date", "registered_at", "city", "telegram")
"""Fields that customers have and orders do not need."""
NAMES = {
    "lines": {"line", "lines", "item", "items", "строки", "позиции"},
    "events": {"event", "events", "log", "clicks", "события"},
    "customers": {"customer", "customers", "client", "clients", "users", "contacts", "клиенты", "покупатели"},
    "products": {"product", "products", "catalog", "goods", "товары"},
    "orders": {"order", "orders", "sales", "transactions", "invoices", "заказы", "продажи"},
}
"""Words in the names of files, by table; a file of order items is one of lines."""


def sorted_files(
    folder: Path, options: ReadOptions, named: Mapping[str, Sequence[str]] = {}
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the data files of a folder by table, and why each other one is left: file -> reason.

    `named` are the tables that are called by their names, which take no further files. Raises `InputError` where files
    with different headings could be one table.
    """
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    left: dict[str, str] = {}
    taken = {name for names in named.values() for name in names}
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        name = path.name if folder == Path() else str(path)
        if not path.is_file() or not _is_data(path) or name in taken:
            continue
        try:
            header = open_source(name, options).header
        except RfmError as error:
            left[name] = error.message
            continue
        table = table_of(path.name, header, options)
        if table is None:
            left[name] = "its headings are those of no table"
        elif table in named:
            left[name] = f"{listed(named[table])} has the {table}"
        else:
            found.setdefault(table, []).append((name, header))
    for table, files in found.items():
        _refuse_unlike(table, files)
    return {table: [name for name, _header in files] for table, files in found.items()}, left


def _is_data(path: Path) -> bool:
    return not path.name.startswith(".") and is_data(path.name)


def _refuse_unlike(table: str, files: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Raise `InputError` where files that could be one table have different headings."""
    if len({frozenset(map(fold, header)) for _name, header in files}) > 1:
        names = ", ".join(name for name, _header in files)
        raise InputError(
            f"{len(files)} files with different headings could be the {table}: {names}",
            f"name those that are meant: {_option(table)}{quoted(files[0][0])}",
        )


def _option(table: str) -> str:
    return "rfm init " if table == "orders" else f"--{table} "


def table_of(name: str, header: Sequence[str], options: ReadOptions) -> str | None:
    """Return the table that a file with these headings is; its name decides where the headings fit several."""
    fits = [table for table in NAMES if _fits(table, header, options)]
    words = words_of(name)
    called = [table for table in fits if words & NAMES[table]]
    if called:
        return called[0]
    if "orders" in fits and vendors.recognize(header):
        return "orders"
    return fits[0] if fits else None


def _fits(table: str, header: Sequence[str], options: ReadOptions) -> bool:
    """Return whether headings are those that a table needs, and those that tell it from the others."""
    folded = {fold(heading) for heading in header}
    given = options.map_of(table)

    def has(*fields: str, of: str = table) -> bool:
        names = ({fold(one), *aliases(of, one), *further_aliases(of, one), fold(given.get(one, one))} for one in fields)
        return all(folded & own for own in names)

    is_order = any(has(one, of="orders") for one in ("amount", "order_id", "unit_price"))
    dated = has("customer_id", "ordered_at", of="orders")
    if table == "orders":
        return dated or looks_like(header) or vendors.recognize(header) is not None
    if table == "events":
        return has("customer_id", "event", "at") and not (is_order and dated)
    if table == "customers":
        is_person = any(has(one) for one in PEOPLE if one in ALIASES["customers"])
        return has("customer_id") and is_person and not is_order
    if table == "lines":
        return has("order_id") and (has("quantity", "unit_price") or has("amount", "product_id")) and not dated
    return has("product_id") and any(has(one) for one in ("category", "name")) and not dated and not has_order(folded)


def has_order(folded: set[str]) -> bool:
    """Return whether a folded heading is an order id."""
    return bool(folded & {fold("order_id"), *aliases("orders", "order_id")})
