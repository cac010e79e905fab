"""Which columns tell of consents, and what their values count as: rows of `rfm check` on customers."""

from __future__ import annotations

from collections.abc import Iterator

from rfm_cli.model import Finding
from rfm_cli.tables.channels import Channel, channels_of
from rfm_cli.tables.consents import Consent, ConsentColumn, Consents, consents_of, words_in
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.uses import UNUSED, Use

WHY = {
    "given": "as given",
    "name": "by its name",
    "alias": "by an alias",
    "words": "by the words of its heading",
    "values": "by its values",
}
BY = {"given": "map", "name": "name", "alias": "alias", "words": "words", "values": "data"}
MOST_WORDS = 10
"""The most values of a column that are listed."""


def on_consents(customers: Customers) -> Iterator[Finding]:
    """Yield each column of consents with its channels, then its values with what each counts as."""
    consents = consents_of(customers)
    channels = channels_of(customers, consents)
    for one in (*consents.columns, *(one for one in consents.unclear if one not in consents.columns)):
        found = f"{_use(one, consents, channels)}, {WHY[one.why]}{', yes means no' if one.against else ''}"
        field = "unsubscribed" if one.against else "consent"
        yield Finding("customers", "consent", one.heading, found, None, (f"--map customers.{field}=HEADING",))
        words = words_in(customers.table, one)
        for word in words[:MOST_WORDS]:
            yield Finding("customers", "consent value", word.word or "(empty)", _meaning(one, word), word.customers)
        if len(words) > MOST_WORDS:
            rest = sum(word.customers for word in words[MOST_WORDS:])
            yield Finding("customers", "consent value", f"({len(words) - MOST_WORDS:,} more)", "", rest)


def uses_of(customers: Customers) -> dict[str, Use]:
    """Return what each column of consents is used for, by its heading."""
    consents = consents_of(customers)
    channels = channels_of(customers, consents)
    clear = {one.heading: Use(_in_words(one, _use(one, consents, channels)), BY[one.why]) for one in consents.columns}
    unsure = {one.heading: Use(f"{UNUSED}: a consent, by its heading alone", "words") for one in consents.unclear}
    doubtful = {one.heading: Use(f"{UNUSED}: a consent or an objection", "words") for one in consents.doubtful}
    return doubtful | unsure | clear


def _in_words(one: ConsentColumn, use: str) -> str:
    """Return the use of a column as a sentence on the people in it."""
    if not use.startswith("for "):
        return use if use.startswith("the date") else f"{UNUSED}: a consent {use}"
    if one.against:
        return f"objections {use}: takes people off the list"
    return f"consent {use}: only a yes may be written to"


def _use(one: ConsentColumn, consents: Consents, channels: list[Channel]) -> str:
    """Return, in words, the channels that a column counts for."""
    used = [channel.name for channel in channels if one in channel.consents]
    if used:
        return f"for {', '.join(used)}"
    return "the date of another column" if any(map(one.is_date_of, consents.columns)) else "used for no channel"


def _meaning(one: ConsentColumn, word: Consent) -> str:
    if one.partly and word.agrees is not False:
        return "takes no customer away"
    if word.agrees is None:
        return "unknown: no consent"
    if one.against:
        return "no objection" if word.agrees else "an objection"
    return "consent" if word.agrees else "no consent"
