"""Consents that could be overlooked: columns that no channel uses, that cannot be read, and addresses without any.

Every command that makes a list of addresses shows these warnings.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.notes import Note, note, warning
from rfm_cli.tables.channels import Channel, channels_of, has_addresses, idle_consents
from rfm_cli.tables.consents import ConsentColumn, Consents, consents_in, consents_of, words_in
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.fields import CONSENTS
from rfm_cli.tables.ids import ADDRESS
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.read_errors import input_errors

MOST_WORDS = 3
"""The most words of a column that a warning lists."""
NEARLY_ALL = 0.9
"""A column of addresses may have a few values that are none."""


def on_consents(
    customers: Customers, consents: Consents, known: Sequence[Channel], channels: Sequence[Channel]
) -> Iterator[Note]:
    """Warn of consents that are not used, or not understood. `channels` are those of `known` that count.

    A channel without any column of consents is no warning where no customer has an address of it.
    """
    name = customers.name
    for heading in unused_addresses(customers, known):
        option = f"--map customers.email={heading if heading.isidentifier() else shlex.quote(heading)}"
        yield warning("unused-address", f"{name}: column {heading!r} has e-mail addresses and is not used ({option})")
    if consents.withheld:
        fields = ", ".join(f"--map customers.{field}=-" for field in sorted(customers.withheld & set(CONSENTS)))
        headings = ", ".join(map(repr, consents.withheld))
        yield note(f"{name}: left out as consents ({fields}): {headings}")
    for one in idle_consents(consents, known):
        yield warning("unused-consent", f"{name}: column {one.heading!r} tells of consents and is used for no channel")
    for one in consents.unclear:
        yield warning("unclear-consent", f"{name}: {_unclear(customers, one)}")
    for one in consents.doubtful:
        yield warning("unclear-consent", f"{name}: {_two_ways(one)}")
    bare = [one.name for one in channels if not (one.consents or one.given) and has_addresses(customers, one)]
    if bare:
        given = f"--consent-given {','.join(bare)} if all have agreed"
        text = f"{name}: no column tells who agrees to messages by {', '.join(bare)}: all with an address count"
        yield warning("no-consent", f"{text} ({given})")


def unused_addresses(customers: Customers, known: Sequence[Channel]) -> list[str]:
    """List the columns whose values are nearly all e-mail addresses, where no channel has these."""
    if any(channel.name == "email" for channel in known):
        return []
    texts = [name for name, kind in customers.table.schema.items() if kind == pl.String and name != "customer_id"]
    value = pl.all().str.strip_chars().replace("", None)
    counts = customers.table.select(texts).select(value)
    found = []
    for name in texts:
        there = counts[name].drop_nulls()
        if len(there) and int(there.str.contains(ADDRESS).sum()) >= NEARLY_ALL * len(there):
            found.append(name)
    return found


def on_customers(customers: Customers) -> Iterator[Note]:
    """Yield the same for all channels of a table, whose consents have not been looked for yet."""
    consents = consents_of(customers)
    channels = channels_of(customers, consents)
    yield from on_consents(customers, consents, channels, channels)


def on_consents_in_orders(orders: Orders | None) -> Iterator[Note]:
    """Warn of consents in the columns of orders, which decide nothing: those of the customers table do."""
    for file in orders.files if orders else ():
        used = set(file.columns.headings.values())
        free = [name for name in file.source.header if name not in used and name in file.source.schema]
        with input_errors(file.source.name):
            found = consents_in(file.raw(), free)
        for heading in found:
            text = f"{file.source.name}: column {heading!r} tells of consents, which count in the customers table alone"
            yield warning("unused-consent", text)


def refuse_doubtful(customers: Customers, consents: Consents) -> None:
    """Raise `InputError` where the heading of a column of consents can be read in two ways."""
    for one in consents.doubtful:
        raise InputError(
            f"{customers.name}: {_two_ways(one)}", f"{_map('consent', one)} or {_map('unsubscribed', one)}"
        )


def _two_ways(one: ConsentColumn) -> str:
    return f"column {one.heading!r}: is yes consent, or is no?"


def _unclear(customers: Customers, one: ConsentColumn) -> str:
    """Return, in words, which values of a column tell nothing, and the option that makes it count as a whole."""
    strange = [word for word in words_in(customers.table, one) if word.agrees is None]
    shown = ", ".join(f"{word.word!r} ({word.customers:,})" for word in strange[:MOST_WORDS])
    more = f" and {len(strange) - MOST_WORDS:,} more" if len(strange) > MOST_WORDS else ""
    field = "unsubscribed" if one.against else "consent"
    if not strange:
        return f"column {one.heading!r} may tell of consents, and is empty ({_map(field, one)}: no customer agrees)"
    doubt = f"may tell of consents, and only clear words count, not {shown}{more}"
    return f"column {one.heading!r} {doubt} ({_map(field, one)})"


def _map(field: str, one: ConsentColumn) -> str:
    heading = one.heading.strip()
    return f"--map customers.{field}={heading if heading.isidentifier() else shlex.quote(heading)}"
