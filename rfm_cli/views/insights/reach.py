"""Reach in words: the headline of `rfm reach`, what was used, and remarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from rfm_cli.messages import Message, Share, message
from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.plausibility.consents import on_consents, on_consents_in_orders
from rfm_cli.tables import channels as channel_tables
from rfm_cli.tables.channels import NO_ADDRESS, Channel
from rfm_cli.tables.consents import ConsentColumn, words_in
from rfm_cli.views.reach import REACHABLE, Reach, standing_of

MOST_WORDS = 6
"""The most words of a column of consents that are listed; the others are counted."""


def reach_message(rows: pl.DataFrame) -> Message:
    """Return the part of customers that can be reached, and of the revenue that they bring where there is money."""
    parts = rows.filter(rows["branch"] == REACHABLE).select("customers_share", "revenue_share")
    part, money = parts.row(0)
    if part is None:
        return message("no customers")
    if money is None:
        return message("{part} of customers can be reached", part=Share(part))
    return message(
        "{part} of customers can be reached; they bring {money} of revenue", part=Share(part), money=Share(money)
    )


def used_lines(reach: Reach) -> list[str]:
    """Return what was used, one sentence per channel: its column, words of consent, events for and against it."""
    lines = [
        f"{one.name}: {_address(reach, one)}, {_consent(reach, one)}{_events(reach, one)}" for one in reach.channels
    ]
    return lines if reach.words is not None else [*lines, "no events were given: no customer counts as unsubscribed"]


def _address(reach: Reach, channel: Channel) -> str:
    wrong = channel_tables.not_addresses(reach.people, channel)
    heading = reach.people.columns.get(channel.address) or channel.address
    return f"column {heading!r}" + (f" ({wrong:,} {_WRONG.get(channel.name, 'no address')})" if wrong else "")


WHY = {"words": " by its words", "values": " by its values"}
"""How a column of consents was found, where its name alone does not tell."""
_WRONG = {"email": "without @", "phone": "of under 5 digits"}


def _consent(reach: Reach, channel: Channel) -> str:
    if not channel.consents:
        return "consent by --consent-given" if channel.given else "no column of consent"
    return ", ".join(_column(reach, one) for one in channel.consents)


def _column(reach: Reach, one: ConsentColumn) -> str:
    words = words_in(reach.people.table, one)
    shown = [f"{one.customers:,} {one.word or 'empty'}" for one in words[:MOST_WORDS]]
    rest = len(words) - MOST_WORDS
    shown += [f"{rest:,} other words"] if rest > 0 else []
    kind = "objection" if one.against else "consent"
    return f"{kind} {one.heading!r}{WHY.get(one.why, '')} ({', '.join(shown)})"


def _events(reach: Reach, channel: Channel) -> str:
    """Return the events on a channel behind a comma; empty without any events."""
    if reach.words is None:
        return ""
    counts = channel_tables.word_counts(channel_tables.words_on(reach.words, channel).with_columns(channel=None))
    by_side = {
        side: ", ".join(
            f"{count:,} {event}" for event, _, is_against, count in counts.iter_rows() if is_against is against
        )
        for side, against in (("against it", True), ("for it", False))
    }
    sides = [f"{side} {events}" for side, events in by_side.items() if events]
    return f", {'; '.join(sides) or 'no event against it'}"


def refusals_in_words(refused: Mapping[str, pl.Series]) -> list[Note]:
    """Return, for each column of addresses of a list, how many customers of the list refuse messages to them."""
    return [
        note(f"{name} is empty for {counted(len(ids), 'customer')} of the list: no consent, unsubscribed or bounced")
        for name, ids in refused.items()
        if len(ids)
    ]


def remarks_on(reach: Reach) -> list[Note]:
    """Return remarks on columns, consents and events that were not used, or not understood."""
    name = reach.people.name
    notes = list(on_consents(reach.people, reach.consents, reach.known, reach.channels))
    notes += on_consents_in_orders(reach.scored.shop.orders)
    for column in dict.fromkeys(one for channel in reach.channels for one in channel.consents if not one.partly):
        # A word that is neither yes nor no counts as no consent, which a shop must know.
        strange = [one for one in words_in(reach.people.table, column) if one.agrees is None]
        if strange:
            shown = ", ".join(f"{one.word!r} ({one.customers:,})" for one in strange[:MOST_WORDS])
            notes.append(note(f"{name}: in column {column.heading!r} these count as no consent: {shown}"))
    for channel in reach.channels:
        wrong = channel_tables.not_addresses(reach.people, channel)
        # Some wrong addresses are usual; a column without any right one is the wrong column.
        if wrong and not (reach.customers[standing_of(channel)] != NO_ADDRESS).any():
            why = _WRONG.get(channel.name, "no address")
            notes.append(
                warning("not-addresses", f"{name}: no addresses in column {channel.address!r}: {wrong:,} {why}")
            )
    notes += [*_elsewhere(reach), *_overlooked(reach)]
    if reach.scored.windowed:
        notes.append(note("purchases are those in --window; customers who bought before it are under One purchase"))
    return notes


def _elsewhere(reach: Reach) -> list[Note]:
    """Return a remark on events against channels that the customers table has no address for."""
    if reach.words is None:
        return []
    ours = [name for channel in reach.known for name in channel.names_in_events()]
    others = reach.words.filter("against", ~pl.col("channel").is_in(ours))
    events = [
        f"{count:,} {event} of {channel}" for event, channel, _, count in channel_tables.word_counts(others).iter_rows()
    ]
    return [note(f"events of channels without addresses, not used: {', '.join(events)}")] if events else []


def _overlooked(reach: Reach) -> Iterator[Note]:
    """Warn of objections that close no channel: later ones, and those of ids that the customers do not have."""
    later, foreign, name = reach.later, reach.foreign, reach.people.name
    if later is not None and not later.is_empty():
        who = counted(later["customer_id"].n_unique(), "customer")
        text = f"{who} unsubscribed or bounced after {reach.scored.as_of}, which is not seen"
        yield warning("later-objections", f"{text} (--as-of {later['day'].sort()[-1]} sees it)")
    if foreign is not None and not foreign.is_empty():
        ids = foreign["customer_id"].unique().sort()
        text = f"{name}: {counted(foreign.height, 'event')} against messages of {counted(len(ids), 'id')} that it lacks"
        lower = reach.people.table["customer_id"].str.to_lowercase()
        alike = ids.filter(ids.str.to_lowercase().is_in(lower.implode()))
        cased = f", {len(alike):,} of them different in case alone" if len(alike) else ""
        first = (alike if len(alike) else ids)[0]
        yield warning("foreign-objections", f"{text}{cased}, for example {first!r}: no channel is closed by them")
