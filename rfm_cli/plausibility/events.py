"""Events that count for less than they seem to: names that no table knows, or that occur nowhere, or that repeat."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.tables import event_kinds
from rfm_cli.tables.events import Events, name_counts
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ENGAGING
from rfm_cli.tables.read_errors import input_errors

MOST_NAMED = 5
MOST_FILES = 3
OBJECTIONS = "unsub optout optedout bounce spam complain отпис жалоб спам".split()
"""Parts of folded names that read like an objection."""
SOFT = ("soft", "мягк")
"""Parts of folded names of bounces that close no channel."""


def in_words(names: pl.DataFrame) -> str:
    """Return which events there are, the most frequent first."""
    if names.is_empty():
        return "there are no events"
    return f"there {'is' if names['event'].n_unique() == 1 else 'are'} {_listed(names)}"


def _listed(names: pl.DataFrame) -> str:
    """Return the names of events with their numbers, the most frequent first, the same name of several files once."""
    totals = names.group_by("event").agg(pl.col("rows").sum()).sort("rows", "event", descending=[True, False])
    shown = ", ".join(f"{event!r} ({rows:,})" for event, rows in totals.head(MOST_NAMED).iter_rows())
    more = f" and {totals.height - MOST_NAMED:,} more" if totals.height > MOST_NAMED else ""
    return f"{shown}{more}"


def on_engagement(events: Events, names: Sequence[str], orders: Sequence[str] = ()) -> Iterator[Note]:
    """Warn of files without an event that engages, by its name or kind, and of `names` that occur nowhere.

    Files whose events are all among the `orders`, by names or kinds, need none that engages.
    """
    table = name_counts(events)
    missing = _missing(events, table, names) if tuple(names) != ENGAGING else []
    if missing:
        yield _no_such_event(events, table, "--engagement-events", missing)
    if len(missing) == len(names):
        return
    lively = set(table.filter(_is_one_of(table, names, events.kinds))["file"])
    quiet = [place for place in range(len(events.files)) if place not in lively]
    if quiet and orders:
        others = set(table.filter(~_is_one_of(table, orders, events.kinds))["file"])
        quiet = [place for place in quiet if place in others]
    if not quiet:
        return
    where = ", ".join(events.files[place].name for place in quiet[:MOST_FILES])
    more = f" and {counted(len(quiet) - MOST_FILES, 'more file')}" if len(quiet) > MOST_FILES else ""
    there = table.filter(pl.col("file").is_in(quiet))
    text = f"{where}{more}: no event counts as engagement ({', '.join(names)}); {in_words(there)}"
    yield warning("no-engagement", f"{text}{_way_out(there, events.kinds)}")


def _way_out(names: pl.DataFrame, kinds: Mapping[str, str]) -> str:
    """Return the option that gives the most frequent unknown event a kind; empty where all are known."""
    unknown = next((event for event in names["event"] if not event_kinds.is_known(event, kinds)), None)
    if unknown is None:
        return ""
    return f"; --event-kind {shlex.quote(f'{unknown}=open')}, or =click, =visit, =view, makes one count"


def on_own_names(events: Events) -> Iterator[Note]:
    """Warn of events that the user gave a kind and that occur nowhere."""
    table = name_counts(events)
    missing = [name for name in events.kinds if name not in {fold(event) for event in table["event"]}]
    if missing:
        yield _no_such_event(events, table, "--event-kind, [events]", missing)


def on_purchases(events: Events) -> Iterator[Note]:
    """Remark on events that are orders by their kind; warn of those that occur nowhere, and of two for one purchase."""
    table, wanted = name_counts(events), events.purchases
    if missing := _missing(events, table, wanted):
        yield _no_such_event(events, table, "--purchase-events", missing)
    taken = table.filter(_is_one_of(table, wanted, events.kinds))
    named = {fold(name) for name in wanted}
    found = {fold(event) for event in taken["event"]}
    if found <= named:
        return
    yield note(f"{events.name}: orders by their kind are {_listed(taken.filter(pl.col('rows') > 0))}")
    if len(found) > 1:
        yield from _on_repeated(events, taken)


def require_purchases(events: Events) -> None:
    """Raise `InputError` where no event is one of those that are orders."""
    table = name_counts(events)
    if _is_one_of(table, events.purchases, events.kinds).any():
        return
    named = ", ".join(map(repr, events.purchases))
    orders = [name for name in table["event"] if event_kinds.kind(name, events.kinds) == "purchase"]
    likeliest = next(iter([*orders, *table["event"]]), None)
    hint = f"name the one that is an order: --purchase-events {shlex.quote(likeliest)}" if likeliest else ""
    raise InputError(f"{events.name}: no event is called {named}, or is of this kind; {in_words(table)}", hint)


def _on_repeated(events: Events, taken: pl.DataFrame) -> Iterator[Note]:
    """Warn where purchases of two names share an order, or a customer and a day where there is no order id."""
    rows = events.frame.filter(event_kinds.is_one_of(pl.col("event"), events.purchases, events.kinds))
    name = event_kinds.judged(pl.col("event"), fold)
    has_orders = "order_id" in rows.collect_schema()
    keys = ["customer_id", "order_id"] if has_orders else ["customer_id", "day"]
    shared = rows.drop_nulls(keys).group_by(keys).agg(names=name.n_unique()).select((pl.col("names") > 1).sum())
    with input_errors(events.name):
        count = int(shared.collect(engine="streaming").item())
    if not count:
        return
    what = counted(count, "order" if has_orders else "day") + ("" if has_orders else " of a customer")
    both = f"{what} {'has' if count == 1 else 'have'} two of them, so that money may count twice"
    only = f"--purchase-events {shlex.quote(str(taken['event'][0]))} takes one name"
    text = f"{events.name}: events of several names are orders, and {both}; {in_words(taken)}; {only}"
    yield warning("repeated-purchases", text)


def on_unknown_objections(events: Events) -> Iterator[Note]:
    """Warn of events that read like an unsubscribe or a bounce and close no channel, since no table has their name."""
    table = name_counts(events)
    odd = [event for event in table["event"].unique() if _is_objection(event, events.kinds)]
    if odd:
        there = table.filter(pl.col("event").is_in(odd))
        option = "--event-kind " + shlex.quote(f"{there['event'][0]}=unsubscribe")
        text = f"{events.name}: events that read like an objection close no channel; {in_words(there)}; {option}"
        yield warning("unknown-objections", text)


def _is_objection(event: str, kinds: Mapping[str, str]) -> bool:
    folded = fold(event)
    if event_kinds.is_known(event, kinds) or any(part in folded for part in SOFT):
        return False
    return any(part in folded for part in OBJECTIONS)


def _missing(events: Events, table: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the names, or kinds, that no event has."""
    return [name for name in names if not _is_one_of(table, [name], events.kinds).any()]


def _is_one_of(table: pl.DataFrame, names: Sequence[str], kinds: Mapping[str, str]) -> pl.Series:
    return table.select(found=event_kinds.is_one_of(pl.col("event"), names, kinds))["found"]


def _no_such_event(events: Events, table: pl.DataFrame, option: str, missing: Sequence[str]) -> Note:
    named = ", ".join(map(repr, missing))
    return warning("no-such-event", f"{events.name}: no event is called {named} ({option}); {in_words(table)}")
