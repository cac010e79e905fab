"""Which column holds which field: the rows of `rfm check` on the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator

from rfm_cli.model import Finding
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.order_file import OrderFile

WHY = {
    "given": "as given",
    "vendor": "of this export",
    "data": "by its values",
    "name": "by its name",
    "alias": "by an alias",
    "event": "of the events",
    "email": "an e-mail, since no other column has ids",
}
OPTIONS = {"ordered_at": ("--date-format", "--timezone"), "amount": ("--decimal",), "status": ("--reject-status",)}


def on_columns(table: str, columns: ColumnMap, file: OrderFile | None = None) -> Iterator[Finding]:
    """Yield the heading of each field of a table, and why it was chosen; of orders also how it is read."""
    prefix = "" if table == "orders" else f"{table}."
    for name, heading in columns.headings.items():
        why = WHY[columns.reasons.get(name, "name")]
        found = f"{heading!r} {why}" + (_how_read(file, name) if file else "")
        yield Finding(table, "column", name, found, None, (f"--map {prefix}{name}=HEADING", *OPTIONS.get(name, ())))


def _how_read(file: OrderFile, name: str) -> str:
    if name == "ordered_at":
        return f", read as {file.day.in_words()}" if not file.typed_day() else f", {file.dtype(name)}"
    if name in file.amounts:
        mark = file.amounts[name].mark
        return ", plain numbers" if mark == "plain" else f", decimal mark {mark}"
    if name in ("amount", "quantity", "unit_price") and name not in file.money_fields():
        return ", not used: amount is taken"
    return ""
