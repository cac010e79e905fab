"""Whether the customer id is the person: an id for each order is not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, warning
from rfm_cli.tables.order_file import typed_rows
from rfm_cli.tables.order_model import stacked
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.rules import ACCEPTED

if TYPE_CHECKING:
    from rfm_cli.model import Shop
    from rfm_cli.tables.order_file import OrderFile

FEWEST_BUYERS = 100
"""Fewer buyers may well have one order each."""
PERSON = frozenset("email mail phone tel mobile telefon person unique почта телефон клиент".split())
"""Words of a heading that name a person, or an address of one."""
BESIDE = frozenset(
    "e customer client user buyer shopper billing contact primary main work home number no nr address id uid hash "
    "hashed sha256 md5 адрес номер эл электронная".split()
)
"""Words that may come beside them: an email_campaign is no person."""
WORD = re.compile(r"[^\W_]+")
E_MAIL = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"
PHONE = r"^\s*\+\d[\d ()-]{8,}\s*$"
NEARLY_ALL = 0.9
FIRST_VALUES = 100


def on_one_order(shop: Shop, measured: pl.DataFrame) -> Iterator[Note]:
    """Warn where every buyer has exactly one order, with a column that may hold the person behind several ids.

    From 100 buyers on always; of fewer only where such a column has one value for several of the ids.
    """
    buyers = measured.drop_nulls("last_order")
    single = (pl.col("frequency") <= 1) & (pl.col("first_order") == pl.col("last_order"))
    if buyers.is_empty() or not buyers.select(single.all()).item():
        return
    people = next(chain(_in_orders(shop), _in_customers(shop, buyers["customer"])), None)
    if people or buyers.height >= FEWEST_BUYERS:
        text = f"every one of {buyers.height:,} buyers has exactly one order: is this id the person?"
        yield warning("one-order", f"{text} {people}" if people else text)


def _in_orders(shop: Shop) -> Iterator[str]:
    """Yield, in words, the columns of persons in the orders that have fewer values than the buyers with a value."""
    if shop.orders is None:
        return
    files = shop.orders.files
    for heading in _person_headings(files[0]):
        if all(heading in file.source.header for file in files):
            extra = {"person": _folded(heading)}
            rows = stacked([typed_rows(file, shop.orders.options, extra) for file in files])
            own = rows.filter(pl.col("rule") == ACCEPTED, pl.col("person").is_not_null())
            with input_errors(shop.orders.name()):
                found = own.select(pl.col("person", "customer").n_unique()).collect(engine="streaming")
            values, ids = found.row(0)
            if values < ids:
                found_there = f"{heading} has {counted(values, 'value')} for {ids:,} of them"
                yield f"{found_there}: --map customer_id={_quoted(heading)}"


def _in_customers(shop: Shop, buyers: pl.Series) -> Iterator[str]:
    """Yield the same of the customers table, whose columns the orders do not have."""
    if shop.customers is None:
        return
    table = shop.customers.table.filter(pl.col("customer_id").is_in(buyers.cast(pl.String).implode()))
    for heading in table.columns:
        if heading != "customer_id" and tells_person(heading, table[heading]):
            own = table.select(_folded(heading)).to_series().drop_nulls()
            if own.n_unique() < own.len():
                values = counted(own.n_unique(), "value")
                yield f"{heading} of {shop.customers.name} has {values} for {own.len():,} of them"


def _folded(heading: str) -> pl.Expr:
    """Return the values of a column as they are compared: text without case and blanks around, empty as null."""
    text = pl.col(heading).cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(text != "").then(text)


def _quoted(heading: str) -> str:
    return heading if heading.isidentifier() else shlex.quote(heading)


def _person_headings(file: OrderFile) -> list[str]:
    """Return the unused columns of a file whose heading or first values tell of a person."""
    used, schema = set(file.columns.headings.values()), file.source.schema
    names = [name for name in file.source.header if name not in used and name in schema]
    names = [name for name in names if schema[name] == pl.String or schema[name].is_integer()]
    # The first rows are enough to know an e-mail from a city.
    head = file.source.head().select(names).collect() if names else pl.DataFrame()
    return [name for name in names if tells_person(name, head[name])]


def tells_person(heading: str, values: pl.Series) -> bool:
    """Return whether a heading names an e-mail, a phone or a person, or nearly all values are e-mails or phones.

    >>> tells_person("E-Mail", pl.Series(["a"])), tells_person("x", pl.Series(["a@b.de"]))
    (True, True)
    >>> tells_person("city", pl.Series(["Bonn"]))
    False
    """
    # `CustomerEmail` is two words.
    apart = "".join(
        f" {mark}" if mark.isupper() and before.islower() else mark for before, mark in pairwise(f" {heading}")
    )
    words = {word.lower() for word in WORD.findall(apart)}
    # Every word must fit: `email_campaign` has one that does not.
    if words & PERSON and words <= PERSON | BESIDE:
        return True
    given = values.head(FIRST_VALUES).drop_nulls()
    if values.dtype != pl.String or given.is_empty():
        return False
    person = given.str.contains(E_MAIL) | given.str.contains(PHONE)
    return int(person.sum()) >= NEARLY_ALL * given.len()
