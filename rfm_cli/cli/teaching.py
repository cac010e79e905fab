"""What `rfm select` prints without an expression: where it goes, and three examples from the columns at hand."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.errors import RfmError, UsageError
from rfm_cli.files import is_file
from rfm_cli.language.canonical import canonical, word
from rfm_cli.language.nodes import Text
from rfm_cli.model import Shop
from rfm_cli.safe_text import printable
from rfm_cli.tables.fields import CONTACTS, fold
from rfm_cli.tables.paths import tables_at

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.model import TablePaths
    from rfm_cli.tables.customers import Customers
    from rfm_cli.tables.options import ReadOptions

SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx", ".ndjson", ".jsonl", ".arrow", ".gz", ".zst", ".zip")
EXAMPLES = 3
FEW = 50
"""The most different values of an attribute that makes an example."""


def required(session: Session, text: str | None) -> str:
    """Return the expression; `UsageError` with examples where there is none, or where a file is in its place."""
    if text is not None and not _is_file(text):
        return text
    file = text or "orders.csv"
    shop = _shop(session, text)
    examples = list(dict.fromkeys(_examples(shop)))[:EXAMPLES]
    what = "no expression is given" if text is None else f"{text} is a file, and no expression"
    shown = "\n".join(f"  rfm select {_quoted(one)}" for one in examples)
    hint = f"the expression comes first: rfm select {_quoted(examples[0])} {file}"
    raise UsageError(f"{what}; for example\n{shown}", hint, has_lines=True)


def _quoted(text: str) -> str:
    """Return an expression as a shell takes it."""
    return f'"{text}"' if not set(text) & set('"$`\\!') else shlex.quote(text)


def _is_file(text: str) -> bool:
    """Return whether a text is the path of a file, or looks like one."""
    lower = text.casefold()
    is_condition = any(mark in lower for mark in ("'", '"', "=", "in file "))
    return is_file(text) or (lower.endswith(SUFFIXES) and not is_condition)


def _shop(session: Session, file: str | None) -> Shop:
    """Return the tables at hand, an empty shop where they cannot be opened."""
    from rfm_cli.cli.settings import read_options, table_paths

    values = dict(session.settings.values)
    given = session.settings.given
    if file is not None:
        for table in tables_at(file):
            before = values.get(table)
            values[table] = (file, *(before if isinstance(before, tuple) else ()))
        given = given | {"orders"}
    settings = replace(session.settings, values=values, given=given)
    paths: TablePaths = table_paths(settings, Path())
    opened = _opened(session, paths, read_options(settings))
    # The error of a file comes once there is an expression.
    return Shop() if isinstance(opened, RfmError) else opened


def _opened(session: Session, paths: TablePaths, options: ReadOptions) -> Shop | RfmError:
    """Return the shop of some tables, or what is wrong with them."""
    try:
        return session.reader.open(paths, options)
    except RfmError as error:
        return error


def _examples(shop: Shop) -> Iterator[str]:
    """Yield expressions that the tables of a shop can answer."""
    customers = shop.customers
    if customers and (address := next((one for one in CONTACTS if fold(one) in customers.attributes), None)):
        yield f"has {address} and last_order older than 1 month"
    if customers and (common := _common(customers)):
        yield common
    if shop.events and shop.orders:
        yield "any events(kind = 'view') within 4 weeks without orders later"
    yield "last_order within 90 days and frequency >= 2"
    yield "vip and recency_days > 60"
    yield "in 'At risk' or in 'Lost'"


def _common(customers: Customers) -> str | None:
    """Return an example of an attribute with few values: city first, else the first of the table."""
    names = sorted(dict.fromkeys(customers.attributes.values()), key=lambda name: fold(name) != "city")
    for name in names:
        values = customers.table[name] if fold(name) not in map(fold, CONTACTS) else None
        if values is None or str(values.dtype) != "String":
            continue
        counts = values.str.strip_chars().replace("", None).drop_nulls().value_counts(sort=True)
        found = counts.to_series().to_list()
        if 1 < len(found) <= FEW and counts["count"][0] > 1:
            most = min(value for value, count in counts.iter_rows() if count == counts["count"][0])
            if most == printable(most) and len(most) < FEW:
                return f"{word(name)} = {canonical(Text(most))}"
    return None
