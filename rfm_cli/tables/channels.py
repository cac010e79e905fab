"""Which customers can be reached by which channel: an address, consent where there is a column of it, no objection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.tables import event_kinds
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.events import Events
from rfm_cli.tables.fields import fold
from rfm_cli.tables.read_errors import input_errors

ADDRESSES = ("email", "phone", "telegram")
CONSENT = "_consent"
CONSENTS: Mapping[str, Sequence[str]] = {
    "email": (
        "email_consent email_marketing_consent_state email_marketing_consent accepts_email_marketing accepts_marketing"
    ).split(),
    "phone": (
        "phone_consent sms_consent call_consent sms_marketing_consent_state sms_marketing_consent accepts_sms_marketing"
    ).split(),
}
"""Columns that hold the consent of a channel, the first that exists; for other channels it is NAME_consent."""
ANY_CONSENT = ("marketing_consent", "consent")
"""Columns that hold the consent of every channel that has none of its own."""
VENDOR_PREFIX = "custom"
"""Klaviyo's word before a shop's own columns: CUSTOM_ACCEPTS_MARKETING."""

YES = tuple("true 1 yes y t subscribed optedin optin granted confirmed да".split())
NO = tuple(
    "false 0 no n f unsubscribed notsubscribed neversubscribed optedout optout denied declined revoked withdrawn "
    "pending invalid redacted нет".split()
)
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

OPEN, NO_ADDRESS, NO_CONSENT, STOPPED = "reachable", "no address", "no consent", "unsubscribed or bounced"
REASONS = (NO_ADDRESS, NO_CONSENT, STOPPED)


@dataclass(frozen=True)
class Channel:
    """A way to reach customers: its name, its column of addresses, and its column of consents, if it has one."""

    name: str
    address: str
    consent: str | None = None

    def names_in_events(self) -> tuple[str, ...]:
        """Return the names of the channel in events, folded."""
        return SAME.get(self.name, (fold(self.name),))


@dataclass(frozen=True)
class Consent:
    """A word in a column of consents: how many customers have it, and whether it is yes, no or neither (None)."""

    word: str
    customers: int
    agrees: bool | None


def channels_of(customers: Customers) -> list[Channel]:
    """List the channels whose addresses the customers table has: email, phone, telegram, then those with
    NAME_consent."""
    by_fold = _columns(customers)
    # The known channels come first and in a fixed order, whatever the order of the columns.
    found = [Channel(name, by_fold[name], _consent_of(name, by_fold)) for name in ADDRESSES if name in by_fold]
    mark = fold(CONSENT)
    for folded, column in by_fold.items():
        name = folded.removesuffix(mark)
        if folded.endswith(mark) and name in by_fold and name not in ADDRESSES:
            found.append(Channel(by_fold[name], by_fold[name], column))
    return found


def _columns(customers: Customers) -> dict[str, str]:
    """Return the columns beside the id, by their folded names."""
    own = [column for column in customers.table.columns if column not in ("customer_id", "known_from")]
    return {fold(column): column for column in own}


def _consent_of(name: str, by_fold: Mapping[str, str]) -> str | None:
    # A consent of the channel's own counts before one for all channels.
    wanted = [fold(column) for column in (*CONSENTS.get(name, [f"{name}{CONSENT}"]), *ANY_CONSENT)]
    called = [spelling for column in wanted for spelling in (column, VENDOR_PREFIX + column)]
    return next((by_fold[column] for column in called if column in by_fold), None)


def idle_consents(customers: Customers, channels: Sequence[Channel]) -> list[str]:
    """List columns of consents that no channel uses: they have no address, or another column is used."""
    used = {channel.consent for channel in channels}
    known = {fold(name) for names in CONSENTS.values() for name in names}
    return [
        column
        for folded, column in _columns(customers).items()
        if column not in used and (folded.removeprefix(VENDOR_PREFIX) in known or folded.endswith(fold(CONSENT)))
    ]


def consents(customers: Customers, channel: Channel) -> list[Consent]:
    """Count the words in the channel's column of consents, as written; most frequent first, ties by text."""
    if channel.consent is None:
        return []
    # An empty cell is a word too: customers who were never asked are counted as such.
    text = pl.col(channel.consent).cast(pl.String).str.strip_chars().fill_null("")
    word, yes, no = _word(pl.col("word")), pl.lit(value=True), pl.lit(value=False)
    agrees = pl.when(word.is_in(YES)).then(yes).when(word.is_in((*NO, ""))).then(no)
    counted = customers.table.group_by(word=text).len().with_columns(agrees=agrees)
    return [Consent(*row) for row in counted.sort("len", "word", descending=[True, False]).iter_rows()]


def not_addresses(customers: Customers, channel: Channel) -> int:
    """Count customers whose address of the channel is none, such as a phone of three digits."""
    text = pl.col(channel.address).cast(pl.String).str.strip_chars()
    return int(customers.table.select(((text != "") & ~_has_address(channel)).sum()).item())


def reachability(customers: Customers, words: pl.DataFrame | None, channels: Sequence[Channel]) -> pl.DataFrame:
    """Return for each customer of the table whether each channel can be used: customer_id, one text column per channel.

    The texts: reachable, no address, no consent (only where the channel has a column of it; an empty cell is none),
    unsubscribed or bounced; the first that holds. `words` are those of `words_about`, None without events.
    """
    columns = [
        pl.when(~_has_address(channel))
        .then(pl.lit(NO_ADDRESS))
        .when(~_agrees(channel.consent))
        .then(pl.lit(NO_CONSENT))
        .when(pl.col("customer_id").is_in(_stopped(words, channel).implode()))
        .then(pl.lit(STOPPED))
        .otherwise(pl.lit(OPEN))
        .alias(channel.name)
        for channel in channels
    ]
    return customers.table.select("customer_id", *columns)


def _has_address(channel: Channel) -> pl.Expr:
    """Return whether there is an address: e-mail needs an @, a phone five digits or more, other channels any text."""
    text = pl.col(channel.address).cast(pl.String).str.strip_chars()
    # Only what cannot be an address is left out; whether it exists is for the mail service to say.
    if channel.name == "email":
        there = text.str.contains(r"\S@\S")
    elif channel.name == "phone":
        there = text.str.count_matches("[0-9]") >= 5
    else:
        there = (text != "") & ~text.str.to_lowercase().is_in(NOTHING)
    return there.fill_null(value=False)


def _agrees(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(value=True)
    return _word(pl.col(column).cast(pl.String)).is_in(YES).fill_null(value=False)


def _word(text: pl.Expr) -> pl.Expr:
    """Return texts without case, space, _ and -; a whole number that was read as a float loses its zero."""
    return text.str.to_lowercase().str.replace_all(r"[\s_\-\u{a0}\u{feff}]", "").str.replace(r"^([01])\.0$", "${1}")


def words_about(events: Events, as_of: date | None, channels: Sequence[Channel] = ()) -> pl.DataFrame:
    """Return the events for or against a channel on or before `as_of` (None: all), in no order.

    Columns: customer_id, event (as written), day, channel (folded: the one that the wording names, else the event's
    own), against. A channel that is neither one of messages nor one of `ELSEWHERE`, such as the source of a visit, is
    null, and the event then concerns all channels.
    """
    rows = events.frame if as_of is None else events.frame.filter(pl.col("day") <= as_of)
    own = pl.col("channel") if "channel" in rows.collect_schema() else pl.lit(None, pl.String)
    side = event_kinds.judged(pl.col("event"), lambda name: event_kinds.side(name, events.kinds))
    # The wording may name the channel ("unsubscribed_from_sms_marketing"); then the event's own channel is ignored.
    named, written = event_kinds.judged(pl.col("event"), event_kinds.channel_named), _word(own)
    channel = pl.coalesce(named, pl.when(written.is_in(_names(channels))).then(written))
    with input_errors(events.name):
        return (
            rows.with_columns(side=side)
            .filter(pl.col("side").is_not_null())
            .select("customer_id", "event", "day", channel=channel, against=pl.col("side") == "against")
            .collect(engine="streaming")
        )


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
    day = pl.col("day")
    last = (
        words_on(words, channel)
        .group_by("customer_id")
        .agg(against=day.filter("against").max(), pro=day.filter(~pl.col("against")).max())
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
