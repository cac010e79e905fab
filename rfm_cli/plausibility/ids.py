"""Ids that are no customers: placeholders, one id with too many rows, and an id for each order."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, warning
from rfm_cli.tables.ids import UPPER, by_case
from rfm_cli.tables.money import money_text
from rfm_cli.tables.order_model import HEAVY_PART, heavy_customer, stacked
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.rules import ACCEPTED

if TYPE_CHECKING:
    from rfm_cli.model import Shop
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Facts

PLACEHOLDERS = tuple("0 -1 na n/a null none nan guest anonymous unknown test гость нет".split())
"""Lower-cased ids that mean no customer in particular."""
LONGEST_PLACEHOLDER = max(len(name.encode()) for name in PLACEHOLDERS)
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


def on_ids(shop: Shop, facts: Facts, measured: pl.DataFrame, as_of: date | None) -> Iterator[Note]:
    """Warn of ids that are placeholders and of one that has too many rows for one customer, with rows and money."""
    scale, placeholders = shop.scale, placeholders_in(measured["customer"])
    heavy = facts.heavy[0] if facts.heavy else _heavy_of_rows(shop, measured["frequency"], as_of)
    found = _rows_of(shop, [*placeholders, *([heavy] if heavy else [])], as_of)
    for name in placeholders:
        rows, minor = found.get(name, (0, 0))
        if rows > 1:
            equals = "=" if name.startswith("-") else " "  # -1 would be taken for an option
            hint = "" if shop.orders is None else f" (if not: --no-customer{equals}{shlex.quote(name)})"
            yield warning("placeholder-id", f"{_share_of(name, rows, minor, scale)}: is that one customer?{hint}")
    if heavy in found and heavy not in placeholders:
        rows, minor = found[heavy]
        most = f"{_share_of(heavy, rows, minor, scale)}, ten times the next id"
        yield warning("heavy-id", f"{most}: is that one customer?")
    if facts.proof.get(UPPER) != 0:
        yield from on_case(measured["customer"])


def on_case(customers: pl.Series) -> Iterator[Note]:
    """Warn of ids that differ from another one in case alone, with the first two; they stay two customers."""
    count, pair = by_case(customers)
    if pair:
        text = f"{count:,} ids differ from another one in case alone, for example {pair[0]!r} and {pair[1]!r}"
        yield warning("ids-by-case", f"{text}: are they one customer? Each counts as its own")


def on_case_beside(name: str, others: pl.Series, buyers: pl.Series) -> Iterator[Note]:
    """Warn of ids of a table, other than those of buyers, that differ from one of these in case alone."""
    if others.is_empty():
        return
    lower = pl.DataFrame({"buyer": buyers, "folded": buyers.str.to_lowercase()})
    pairs = (
        pl.DataFrame({"id": others, "folded": others.str.to_lowercase()}).join(lower, on="folded").sort("id", "buyer")
    )
    if not pairs.is_empty():
        one, buyer = pairs.select("id", "buyer").row(0)
        text = f"{name}: {pairs['id'].n_unique():,} ids differ from those of buyers in case alone, for example {one!r}"
        yield warning("ids-by-case", f"{text} and {buyer!r}: are they one customer? Each counts as its own")


def _share_of(name: str, rows: int, minor: int, scale: int | None) -> str:
    money = "" if scale is None else f" with {money_text(minor, scale, grouped=True)}"
    return f"the id {name!r} has {counted(rows, 'row')}{money}"


def placeholders_in(customers: pl.Series) -> list[str]:
    """Return the ids, as text, that mean no customer in particular, in the order of their text."""
    if customers.dtype != pl.String:
        found = customers.filter(customers.is_in([0, -1]))
    else:
        # Long texts cannot match, so that they are not folded.
        short = customers.filter(customers.str.len_bytes() <= LONGEST_PLACEHOLDER)
        found = short.filter(short.str.to_lowercase().is_in(PLACEHOLDERS))
    return sorted(found.cast(pl.String).unique())


def _rows_of(shop: Shop, ids: Sequence[str], as_of: date | None) -> dict[str, tuple[int, int]]:
    """Return the accepted rows of some customers up to `as_of`, and their money in minor units (0 without money)."""
    rows = shop.source.rows
    if not ids or rows is None:
        return {}
    found = rows.of_customers(ids, as_of)
    with input_errors(shop.source.name()):
        return {name: (rows, money) for name, rows, money in found.collect(engine="streaming").iter_rows()}


def _heavy_of_rows(shop: Shop, frequency: pl.Series, as_of: date | None) -> str | None:
    """Return the heavy id of a source whose facts do not name it, None where there is none.

    Rows are counted only where one customer has a remarkable part of the purchases: the nightly run reads the
    state of a day of a roll-up, which does not hold them.
    """
    rows = shop.source.rows
    if rows is None or frequency.is_empty() or not _is_remarkable(frequency):
        return None
    plan = rows.by_customer(as_of)
    if plan is None:
        return None
    with input_errors(shop.source.name()):
        heavy = heavy_customer(plan.collect(engine="streaming"))
    return heavy[0] if heavy else None


def _is_remarkable(frequency: pl.Series) -> bool:
    """Return whether one customer has over 2.5 % of the purchases, half of what makes an id heavy."""
    most = frequency.max()
    return isinstance(most, int) and 2 * HEAVY_PART * most > int(frequency.cast(pl.Int64).sum())


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
                found_there = f"{heading} of {shop.customers.name} has {values} for {own.len():,} of them"
                yield f"{found_there}: --map customer_id={_quoted(f'customers.{heading}')}"


def _folded(heading: str) -> pl.Expr:
    """Return the values of a column as they are compared: text without case and blanks around, empty as null."""
    text = pl.col(heading).cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(text != "").then(text)


def _quoted(heading: str) -> str:
    return heading if heading.replace(".", "").isidentifier() else shlex.quote(heading)


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
    # Every word must fit: "email_campaign" has one that does not.
    if words & PERSON and words <= PERSON | BESIDE:
        return True
    given = values.head(FIRST_VALUES).drop_nulls()
    if values.dtype != pl.String or given.is_empty():
        return False
    person = given.str.contains(E_MAIL) | given.str.contains(PHONE)
    return int(person.sum()) >= NEARLY_ALL * given.len()
