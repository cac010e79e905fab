"""Notes and warnings of the steps about their work: plain data, which commands write to stderr and to `meta`."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Literal

WARNINGS = {
    "as-of-after-data": "the as-of date lies after the last order row",
    "few-buyers-known": "a customers or events table knows less than 90 % of the buyers",
    "foreign-objections": "events against messages are of ids that the customers table does not have",
    "heavy-id": "one id has over 5 % of the rows and ten times those of the next",
    "ids-by-case": "ids of customers differ from others in case alone",
    "later-events": "an expression asks events, and these go on after the last order",
    "later-objections": "customers unsubscribed or bounced after the as-of date",
    "many-rejects": "over 5 % of the rows are rejected, by rules that no option asks for",
    "mixed-status": "accepted statuses have a rejected word beside one that says otherwise",
    "no-amount": "no amount was found, and columns look like money",
    "no-engagement": "no event of a file counts as engagement",
    "no-such-event": "events that an option names occur nowhere",
    "no-consent": "addresses without any column of consents",
    "not-addresses": "values in a column of addresses that are no addresses",
    "one-order": "every buyer has exactly one order: the id may not be the person",
    "partly-rejected": "orders have accepted and rejected rows",
    "orders-in-several-files": "order ids in several files: their money may count twice",
    "placeholder-id": "an id such as guest, unknown or 0 has several rows",
    "refund-above-order": "a column of refunds gives back more than the order was",
    "repeated-purchases": "events of two names are orders, and some orders have both",
    "repeated-amounts": "most orders have one amount on all of their rows: it may be the order's",
    "returned-status": "accepted statuses mean returned or refunded",
    "rules-differ": "dates that are compared were scored by different rules",
    "same-day-rows": "rows without an order id often share customer and day: they may be lines of one order",
    "shared-order-ids": "order ids of the lines belong to several customers",
    "snapshot-kept": "the store has another snapshot of the date",
    "stray-date": "a few rows lie long after all others, and the default as-of date with them",
    "total-row": "rows are named as a total, and nothing else shows that they are one",
    "unclear-consent": "a column may tell of consents, and not all of it can be read",
    "undated-customers": "dates of registered_at that cannot be read",
    "unknown-objections": "events that read like an unsubscribe or a bounce, and close no channel",
    "unread-table": "a table of the folder cannot be read as it is; rfm init writes the file for the others",
    "unscorable": "the orders as they are cannot be scored",
    "unusable-events": "events without a customer, a name or a readable time",
    "unused-address": "a column has e-mail addresses, and is not used",
    "unused-consent": "a column of consents is used for no channel",
    "unused-refunds": "a column looks like refunds, and is not used",
    "unused-score": "no buyer gets some score of M",
}
"""The name of every warning, as `known` and `fail_on` use it, and its meaning."""


@dataclass(frozen=True)
class Note:
    """One sentence about a run. A warning has a `name` and makes a run fail under `--strict`; a note never does."""

    level: Literal["note", "warning"]
    text: str
    name: str = ""

    def as_data(self) -> dict[str, str]:
        """Return a warning as JSON meta and manifests have it."""
        return {"name": self.name, "text": self.text}

    def line(self) -> str:
        """Return the sentence as stderr shows it, a warning behind its name."""
        return f"warning {self.name}: {self.text}" if self.level == "warning" else self.text


def counted(count: int, what: str) -> str:
    """Return a number and the noun of what is counted, which takes an s in the plural.

    >>> counted(1, "row"), counted(1234, "row")
    ('1 row', '1,234 rows')
    """
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def note(text: str) -> Note:
    """Return a plain remark: what was guessed, what was left out, how much."""
    return Note("note", text)


def warning(name: str, text: str) -> Note:
    """Return a remark that the user should act on, under one of the names in `WARNINGS`."""
    assert name in WARNINGS, name
    return Note("warning", text, name)


def as_known(one: Note, known: Container[str]) -> Note:
    """Return a warning as a plain remark where the user knows it, and every other note as it is."""
    return replace(one, level="note") if one.level == "warning" and one.name in known else one
