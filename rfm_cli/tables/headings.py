"""Which line of a CSV file has the headings: the first, or a later one below a title, a period, `sep=;` or blank lines.

The first line counts as the headings unless a later line has headings of some table by name, alias or vendor, and the
row below it has as many fields. `--header-row` names the line outright.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

from rfm_cli.errors import UsageError
from rfm_cli.tables import vendors
from rfm_cli.tables.fields import ALIASES, aliases, email_aliases, fold, further_aliases, parts_of
from rfm_cli.tables.file_kinds import Layout, csv_layout
from rfm_cli.tables.options import ReadOptions

MOST_ABOVE = 100
"""Headings are looked for below at most this many lines."""
NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("orders", ("customer_id", "ordered_at")),
    ("orders", ("ordered_at", "order_id", "amount")),
    ("orders", ("ordered_at", "order_id", "unit_price")),
    ("events", ("customer_id", "event", "at")),
    ("one_row", ("customer_id", "frequency", "recency_days")),
    ("one_row", ("customer_id", "frequency", "last_order")),
    ("lines", ("order_id", "quantity", "unit_price")),
    ("lines", ("order_id", "product_id", "amount")),
    ("customers", ("customer_id", "email", "phone")),
    ("customers", ("customer_id", "registered_at")),
    ("products", ("product_id", "category", "name")),
)
"""Table and fields: a line that has all of them is one of headings."""
LEAST: dict[str, tuple[str, ...]] = {
    "customers": ("customer_id",),
    "lines": ("order_id",),
    "products": ("product_id",),
    "rates": ("currency", "rate"),
}
"""The fields without which a table is none."""
STATED = re.compile(r'"?sep=(.|\\t)"?[,;\t]*\s*', re.IGNORECASE)
"""The line by which spreadsheets state the separator."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
NUMBER = re.compile(r"[-+(]?\W{0,2}\d[\d\s.,]*\)?")


def layout_of(start: str, options: ReadOptions, where: str) -> Layout:
    """Return separator and headings of a file that begins with `start`, and the number of lines above them.

    Raises `InputError` where the file is empty, `UsageError` where it has no line `--header-row`.
    """
    text = start.lstrip("\ufeff")
    first = LINE.match(text)
    stated = STATED.fullmatch(first[0]) if first else None
    separator = stated[1].replace("\\t", "\t") if stated else options.separator
    if options.header_row:
        return _below(text, options.header_row - 1, separator, where)
    found = _below(text, 1 if stated else 0, separator, where)
    if has_headings(found.header, options.maps):
        return found
    return _later(text, found, separator, options.maps, where) or found


def _below(text: str, above: int, separator: str | None, where: str) -> Layout:
    """Return the layout of a file without its first lines."""
    skipped = "".join(match[0] for match in islice(LINE.finditer(text), above))
    rest = text[len(skipped) :]
    if above and not rest.strip():
        raise UsageError(f"--header-row {above + 1}: {where} has no such line", "lines are counted from 1")
    layout = csv_layout(rest, separator, where)
    # Polars counts line feeds alone, a user every end of a line.
    return replace(layout, above=above, skip=skipped.count("\n"))


def _later(
    text: str, first: Layout, separator: str | None, maps: Mapping[str, Mapping[str, str]], where: str
) -> Layout | None:
    """Return the layout that begins with the first later line of headings, None where no line has any."""
    for above, match in enumerate(islice(LINE.finditer(text), MOST_ABOVE)):
        if above <= first.above or not match[0].strip():
            continue
        found = csv_layout(match[0], separator, where)
        if has_headings(found.header, maps) and _fits(text[match.start() :], found):
            return replace(found, above=above, skip=text[: match.start()].count("\n"))
    return None


def _fits(text: str, layout: Layout) -> bool:
    """Return whether no heading is a number, and whether the first row has as many fields as the headings."""
    if any(NUMBER.fullmatch(heading) for heading in layout.header):
        return False
    records = csv.reader(io.StringIO(text, newline=""), delimiter=layout.separator)
    rows = (record for record in islice(records, 1, MOST_ABOVE) if any(field.strip() for field in record))
    row = next(rows, None)
    return row is None or len(row) == len(layout.header)


def has_headings(header: Sequence[str], maps: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether a line has the headings that some table needs, or those of a vendor's export."""
    if len(header) < 2:
        return False
    folded = {fold(heading) for heading in header}
    return any(_has(folded, table, fields, maps) for table, fields in NEEDED) or vendors.recognize(header) is not None


def tables_of(header: Sequence[str], maps: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the tables that a line has the headings of; files of one row per customer take the place of orders."""
    folded = {fold(heading) for heading in header}
    found = {table for table, fields in NEEDED if _has(folded, table, fields, maps)}
    if "one_row" in found or vendors.recognize(header) is not None:
        found.add("orders")
    return found - {"one_row"}


def has_least(table: str, header: Sequence[str], maps: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether a line has the fields without which a table is none."""
    return table in LEAST and _has({fold(heading) for heading in header}, table, LEAST[table], maps)


def _has(folded: set[str], table: str, fields: Sequence[str], maps: Mapping[str, Mapping[str, str]]) -> bool:
    given = maps.get(table, {})
    return all(folded & (_names(table, field) | set(map(fold, parts_of(given.get(field, field))))) for field in fields)


@cache
def _names(table: str, field: str) -> frozenset[str]:
    """Return the folded headings that may hold a field."""
    assert field in ALIASES[table]
    further = (*further_aliases(table, field), *email_aliases(table, field))
    return frozenset({fold(field), *aliases(table, field), *further})
