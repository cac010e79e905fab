"""Which customers can be reached by which channel: an address, consent where there is a column of it, no objection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.tables import event_kinds
from rfm_cli.tables.consent_words import word_of
from rfm_cli.tables.consents import CONSENT, ConsentColumn, Consents, consents_of, counting
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.events import Events
from rfm_cli.tables.fields import CONTACTS, fold
from rfm_cli.tables.read_errors import input_errors

NOTHING = tuple("false 0 no none null nan -".split())
"""Texts that mean no address, where any other text is one."""

SAME: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "mail", "почта"),
    "phone": ("phone", "sms", "call", "calls", "mobile", "text", "смс", "звонок"),
    "telegram": ("telegram", "tg", "телеграм"),
}
"""Names of a channel in events, folded; other channels are called by their own name."""
ELSEWHERE = tuple("web site website app inapp push webpush mobilepush whatsapp viber vk messenger post store".split())
"""Channels of events that have no address here; a name in neither list may be any channel."""

PLACES = ("web", "website", "site")
"""Channels that an unsubscribe may come through, and that it is not about."""

OPEN, NO_ADDRESS, NO_CONSENT, STOPPED = "reachable", "no address", "no consent", "unsubscribed or bounced"
REASONS = (NO_ADDRESS, NO_CONSENT, STOPPED)


@dataclass(frozen=True)
class Channel:
    """A way to reach customers: its name, its column of addresses, and the columns of consents that count for it.

    `given` says that all customers have agreed, at the user's word; a column that tells otherwise counts all the same.
    """

    name: str
    address: str
    consents: tuple[ConsentColumn, ...] = ()
    given: bool = False

    def names_in_events(self) -> tuple[str, ...]:
        """Return the names of the channel in events, folded."""
        return SAME.get(self.name, (fold(self.name),))


def channels_of(customers: Customers, consents: Consents | None = None) -> list[Channel]:
    """List the channels whose addresses the customers table has: email, phone, telegram, then those with
    NAME_consent, each with what `consents` (by default those of the table) has for it.

    Raises `UsageError` where the user gives consent to a channel that the customers lack.
    """
    columns = (consents or consents_of(customers)).columns
    by_fold = _columns(customers)
    # The known channels come first and in a fixed order, whatever the order of the columns.
    named = {name: by_fold[name] for name in CONTACTS if name in by_fold}
    own = [folded.removesuffix(fold(CONSENT)) for folded in by_fold if folded.endswith(fold(CONSENT))]
    named |= {by_fold[name]: by_fold[name] for name in own if name in by_fold and name not in CONTACTS}
    given = {name.casefold() for name in customers.consent_given}
    for name in customers.consent_given:
        if name.casefold() not in {one.casefold() for one in named}:
            raise UsageError(
                f"--consent-given {name}: the customers have no such address", did_you_mean(name, list(named))
            )
    return [
        Channel(name, address, counting(columns, name), given=name.casefold() in given)
        for name, address in named.items()
    ]


def _columns(customers: Customers) -> dict[str, str]:
    """Return the columns beside the id, by their folded names."""
    own = [column for column in customers.table.columns if column not in ("customer_id", "known_from")]
    return {fold(column): column for column in own}


def idle_consents(consents: Consents, channels: Sequence[Channel]) -> list[ConsentColumn]:
    """List columns of consents that are for no channel of these: there is no address that they are about."""
    return [one for one in consents.columns if not any(one.is_for(channel.name) for channel in channels)]


def not_addresses(customers: Customers, channel: Channel) -> int:
    """Count customers whose address of the channel is none, such as a phone of three digits."""
    text = pl.col(channel.address).cast(pl.String).str.strip_chars()
    return int(customers.table.select(((text != "") & ~is_address(channel)).sum()).item())


def has_addresses(customers: Customers, channel: Channel) -> bool:
    """Return whether any customer has an address of the channel."""
    return bool(customers.table.select(is_address(channel).any()).item())


def reachability(customers: Customers, words: pl.DataFrame | None, channels: Sequence[Channel]) -> pl.DataFrame:
    """Return for each customer of the table whether each channel can be used: customer_id, one text column per channel.

    The texts: reachable, no address, no consent (only where the channel has a column of it; an empty cell is none),
    unsubscribed or bounced (by events, or by a column of objections); the first that holds. `words` are those of
    `words_about`, None without events.
    """
    columns = [
        pl.when(~is_address(channel))
        .then(pl.lit(NO_ADDRESS))
        .when(~_permit(channel, against=False))
        .then(pl.lit(NO_CONSENT))
        .when(~_permit(channel, against=True) | pl.col("customer_id").is_in(_stopped(words, channel).implode()))
        .then(pl.lit(STOPPED))
        .otherwise(pl.lit(OPEN))
        .alias(channel.name)
        for channel in channels
    ]
    return customers.table.select("customer_id", *columns)


def is_open(channel: Channel, words: pl.DataFrame | None) -> pl.Expr:
    """Return whether a channel can be used for a customer of the table: what `reachability` calls reachable."""
    stopped = pl.col("customer_id").is_in(_stopped(words, channel).implode())
    return is_address(channel) & _permit(channel, against=False) & _permit(channel, against=True) & ~stopped


def is_address(channel: Channel) -> pl.Expr:
    """Return whether there is an address: e-mail needs an @, a phone five digits or more, other channels any text."""
    text = pl.col(channel.address).cast(pl.String).str.strip_chars()
    # Only what cannot be an address is left out; whether it exists is for the mail service to say.
    if channel.name == "email":
        there = text.str.contains(r"\S@\S")
    elif channel.name == "phone":
        there = text.str.contains("(?:[0-9][^0-9]*){5}")
    else:
        there = (text != "") & ~text.str.to_lowercase().is_in(NOTHING)
    return there.fill_null(value=False)


def _permit(channel: Channel, *, against: bool) -> pl.Expr:
    """Return whether all columns of one direction let a message be sent."""
    own = [one.permits() for one in channel.consents if one.against is against]
    return pl.all_horizontal(own) if own else pl.lit(value=True)


def words_about(events: Events, as_of: date | None, channels: Sequence[Channel] = ()) -> pl.DataFrame:
    """Return the events for or against a channel on or before `as_of` (None: all), in no order.

    Columns: customer_id, event (as written), day, channel (folded: the one that the wording names, else the event's
    own), against. A channel that is neither one of messages nor one of `ELSEWHERE`, such as the source of a visit, is
    null, and the event then concerns all channels.
    """
    rows = _with_a_side(events)
    rows = rows if as_of is None else rows.filter(pl.col("day") <= as_of)
    own = pl.col("channel") if "channel" in rows.collect_schema() else pl.lit(None, pl.String)
    side = event_kinds.judged(pl.col("event"), lambda name: event_kinds.side(name, events.kinds))
    # The wording may name the channel ("unsubscribed_from_sms_marketing"); then the event's own channel is ignored.
    named, written = event_kinds.judged(pl.col("event"), event_kinds.channel_named), word_of(own)
    # The web is where one unsubscribes, from whatever it is; an address of it is what bounces.
    is_place = written.is_in(PLACES) & (event_kinds.kind_of(pl.col("event"), events.kinds) == "unsubscribe")
    channel = pl.coalesce(named, pl.when(written.is_in(_names(channels)) & ~is_place).then(written))
    with input_errors(events.name):
        return (
            rows.with_columns(side=side)
            .filter(pl.col("side").is_not_null())
            .select("customer_id", "event", "day", channel=channel, against=pl.col("side") == "against")
            .collect(engine="streaming")
        )


def _with_a_side(events: Events) -> pl.LazyFrame:
    """Return the events that may have a side: where their names are counted, those of other names are left out."""
    if events.names is None:
        return events.frame
    names = events.names.filter(pl.col("rows") > 0)["event"].unique()
    sides = [name for name in names if event_kinds.side(name, events.kinds)]
    # Most events have none, and are dropped before anything else is made of them.
    return events.frame.filter(pl.col("event").is_in(sides)) if sides else events.frame.clear()


def _names(channels: Sequence[Channel]) -> list[str]:
    """List the names of channels in events, with those of these customers."""
    own = [name for channel in channels for name in channel.names_in_events()]
    return [*own, *(name for names in SAME.values() for name in names), *ELSEWHERE]


def words_on(words: pl.DataFrame, channel: Channel) -> pl.DataFrame:
    """Return the words about one channel, with those about all channels."""
    return words.filter(pl.col("channel").is_null() | pl.col("channel").is_in(channel.names_in_events()))


def _stopped(words: pl.DataFrame | None, channel: Channel) -> pl.Series:
    """Return customers whose last word on a channel is against it; of several words on one day, the one against
    wins."""
    if words is None:
        return pl.Series(dtype=pl.String)
    day, about = pl.col("day"), words_on(words, channel)
    if about["against"].all():  # an objection that none could take back
        return about["customer_id"].unique()
    last = about.group_by("customer_id").agg(
        against=day.filter("against").max(), pro=day.filter(~pl.col("against")).max()
    )
    # <= and not <: on a day with both, the objection wins.
    gone = pl.col("against").is_not_null() & (pl.col("pro").is_null() | (pl.col("pro") <= pl.col("against")))
    return last.filter(gone)["customer_id"].sort()


def word_counts(words: pl.DataFrame) -> pl.DataFrame:
    """Count each word: event (as written), channel, against, events.

    Words against a channel come first, then by number and text.
    """
    return (
        words.group_by("event", "channel", "against")
        .agg(events=pl.len().cast(pl.Int32))
        .sort("against", "events", "event", "channel", descending=[True, True, False, False])
    )
