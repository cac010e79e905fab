"""Who can be reached by which channel: an address, consent where it is asked for, and nothing that came against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.tables.fields import fold
from rfm_cli.tables.people import Customers, Events
from rfm_cli.tables.trouble import reading

ADDRESSES = ("email", "phone", "telegram")
CONSENT = "_consent"
CONSENTS: Mapping[str, tuple[str, ...]] = {
    "email": ("email_consent", "email_marketing_consent_state", "accepts_email_marketing", "accepts_marketing"),
    "phone": ("phone_consent", "sms_consent", "call_consent", "sms_marketing_consent_state"),
}
"""Columns that hold the consent of a channel, the first that is there; for others it is NAME_consent."""
YES = tuple("true 1 yes y t subscribed optedin optin granted confirmed да".split())
NO = tuple(
    "false 0 no n f unsubscribed notsubscribed neversubscribed optedout optout denied revoked pending нет".split()
)
AGAINST = tuple(
    fold(name)
    for name in (
        "unsubscribe unsubscribed bounce bounced hard_bounce hard_bounced bounced_email spam spam_report "
        "marked_email_as_spam complaint opt_out opted_out отписка"
    ).split()
)
"""Events after which a channel is not used, compared after folding; a soft bounce is none."""
FOR = tuple(fold(name) for name in "subscribe subscribed resubscribe resubscribed opt_in opted_in подписка".split())
"""Events of a later day that set aside those against."""
SAME = {"sms": "phone", "call": "phone", "mail": "email", "tg": "telegram"}

OPEN, NO_ADDRESS, NO_CONSENT, STOPPED = "reachable", "no address", "no consent", "unsubscribed or bounced"
REASONS = (NO_ADDRESS, NO_CONSENT, STOPPED)


@dataclass(frozen=True)
class Channel:
    """A way to reach customers: its name, the column of addresses and that of consents, None where nobody asks."""

    name: str
    address: str
    consent: str | None


def channels_of(customers: Customers) -> list[Channel]:
    """The channels whose addresses the customers table has: email, phone, telegram, then others with NAME_consent."""
    by_fold = {
        fold(column): column for column in customers.table.columns if column not in ("customer_id", "known_from")
    }
    found = [Channel(name, by_fold[name], _consent_of(name, by_fold)) for name in ADDRESSES if name in by_fold]
    mark = fold(CONSENT)
    for folded, column in by_fold.items():
        name = folded.removesuffix(mark)
        if folded.endswith(mark) and name in by_fold and name not in ADDRESSES:
            found.append(Channel(by_fold[name], by_fold[name], column))
    return found


def _consent_of(name: str, by_fold: Mapping[str, str]) -> str | None:
    wanted = CONSENTS.get(name, (f"{name}{CONSENT}",))
    return next((by_fold[fold(column)] for column in wanted if fold(column) in by_fold), None)


def idle_consents(customers: Customers, channels: Sequence[Channel]) -> list[str]:
    """Columns of consents that no channel uses: there is no address for them, or another column speaks."""
    used = {channel.consent for channel in channels}
    known = {fold(name) for names in CONSENTS.values() for name in names}
    return [
        column
        for column in customers.table.columns
        if column not in used and (fold(column) in known or fold(column).endswith(fold(CONSENT)))
    ]


def strange_consents(customers: Customers, channels: Sequence[Channel]) -> dict[str, list[str]]:
    """By column of consents the words that are neither yes nor no as we know them; they count as no."""
    found: dict[str, list[str]] = {}
    for channel in channels:
        if channel.consent is not None:
            words = customers.table[channel.consent].cast(pl.String).drop_nulls().unique().sort()
            strange = [word for word in words if _folded(word) not in (*YES, *NO, "")]
            found |= {channel.consent: strange} if strange else {}
    return found


def _folded(word: str) -> str:
    return fold(word.strip())


def standing(
    customers: Customers, events: Events | None, channels: Sequence[Channel], as_of: date | None
) -> pl.DataFrame:
    """Of each customer of the table, by channel, whether it can be used on `as_of`: customer_id, one column a channel.

    The values: reachable, no address, no consent (where there is a column of it; an empty one is none), unsubscribed
    or bounced: such an event on or before `as_of` of that channel, or of no channel at all, unless on a later day the
    customer subscribed again.
    """
    stopped = stops(events, as_of) if events is not None else None
    result = customers.table.select("customer_id")
    for channel in channels:
        own = customers.table.select("customer_id", has=_there(channel.address), agrees=_agrees(channel.consent))
        if stopped is None:
            own = own.with_columns(stop=pl.lit(value=False))
        else:
            ids = _stopped_on(stopped, channel.name)
            own = own.with_columns(stop=pl.col("customer_id").is_in(ids.implode()))
        told = (
            pl.when(~pl.col("has"))
            .then(pl.lit(NO_ADDRESS))
            .when(~pl.col("agrees"))
            .then(pl.lit(NO_CONSENT))
            .when("stop")
            .then(pl.lit(STOPPED))
            .otherwise(pl.lit(OPEN))
        )
        result = result.with_columns(own.select(told.alias(channel.name)))
    return result


def _there(column: str) -> pl.Expr:
    return (pl.col(column).cast(pl.String).str.strip_chars() != "").fill_null(value=False)


def _agrees(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(value=True)
    word = pl.col(column).cast(pl.String).str.to_lowercase().str.replace_all(r"[\s_\-]", "")
    return word.is_in(YES).fill_null(value=False)


def stops(events: Events, as_of: date | None) -> pl.DataFrame:
    """The last days of events for and against a channel: customer_id, channel (null: all), against, pro."""
    folded = pl.col("event").str.to_lowercase().str.replace_all(r"[ _\-]", "")
    rows = events.frame if as_of is None else events.frame.filter(pl.col("day") <= as_of)
    schema = rows.collect_schema()
    channel = pl.col("channel") if "channel" in schema else pl.lit(None, pl.String)
    named = channel.str.to_lowercase().str.replace_all(r"[\s_\-]", "").replace(SAME).replace("", None)
    against, pro = folded.is_in(AGAINST), folded.is_in(FOR)
    with reading(events.name):
        return (
            rows.filter(against | pro)
            .select("customer_id", "day", channel=named, against=against)
            .group_by("customer_id", "channel")
            .agg(
                against=pl.col("day").filter(pl.col("against")).max(),
                pro=pl.col("day").filter(~pl.col("against")).max(),
            )
            .collect(engine="streaming")
            .sort("customer_id", "channel")
        )


def _stopped_on(stopped: pl.DataFrame, channel: str) -> pl.Series:
    """The customers whose last word on a channel is against it; words on no channel are words on each."""
    own = stopped.filter(pl.col("channel").is_null() | (pl.col("channel") == fold(channel)))
    last = own.group_by("customer_id").agg(pl.col("against", "pro").max())
    gone = pl.col("against").is_not_null() & (pl.col("pro").is_null() | (pl.col("pro") <= pl.col("against")))
    return last.filter(gone)["customer_id"].sort()


def events_used(events: Events | None, as_of: date | None) -> dict[str, int]:
    """How often each event for or against a channel is there, by its name as written."""
    if events is None:
        return {}
    folded = pl.col("event").str.to_lowercase().str.replace_all(r"[ _\-]", "")
    rows = events.frame if as_of is None else events.frame.filter(pl.col("day") <= as_of)
    counted = rows.filter(folded.is_in((*AGAINST, *FOR))).group_by("event").len().collect(engine="streaming")
    return dict(counted.sort("event").iter_rows())
