"""Which columns of the customers table tell of consents, for which channels, and how each is read.

A column is a field that the user or its name gives, an alias of one, found by the words of its heading, or by values
that are all statuses of a list. All columns of a channel must agree, so that one more can only take customers away.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from rfm_cli.tables import consent_words
from rfm_cli.tables.consent_headings import AGAINST, CHANNELS, DATED, HeadingSense, field_of, sense_of_heading
from rfm_cli.tables.consent_words import OF_LISTS, WORDS
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.fields import ALIASES, CONSENTS, fold

Why = Literal["given", "name", "alias", "words", "values"]
CONSENT = "_consent"
STATUS = r"(?i)subscribed|cleaned|opted|suppressed|bounced|undeliverable|подписан|отписа"
"""What every text has in it that is a status of a list; most columns have none."""


@dataclass(frozen=True)
class ConsentColumn:
    """A column of consents: its name in the table and its heading in the file, and why it is one.

    Without `channels` it is for all. With `against` yes means no. `shapes` are the shapes of its dates; a column is
    `dated` that has nothing else. `partly` marks a column with values that tell nothing: only clear words in it count.
    `stems` are the words that two columns of one consent have in common. A `coded` one has the numbers of statuses.
    """

    column: str
    heading: str
    why: Why
    channels: tuple[str, ...] = ()
    against: bool = False
    shapes: tuple[str, ...] = ()
    dated: bool = False
    partly: bool = False
    stems: frozenset[frozenset[str]] = field(default_factory=frozenset)
    coded: bool = False

    def sense(self) -> pl.Expr:
        """Return what each value says, a `Sense`."""
        return consent_words.sense_of(consent_words.text_of(self.column), self.shapes, coded=self.coded)

    def permits(self) -> pl.Expr:
        """Return for each customer whether the column lets a message be sent."""
        if self.partly:
            text = consent_words.text_of(self.column)
            return ~consent_words.clearly_against(text, self.sense(), against=self.against, coded=self.coded)
        return consent_words.permits(self.sense(), against=self.against)

    def is_for(self, channel: str) -> bool:
        """Return whether the column counts for a channel."""
        return not self.channels or fold(channel) in self.channels

    def is_date_of(self, other: ConsentColumn) -> bool:
        """Return whether this is the date of what another column tells by yes, no or a status.

        The date of an objection is one of its own, whatever is beside it, unless it is that of a change: a customer
        who has refused at some time is on no list.
        """
        if self.against and not sense_of_heading(self.heading).renewed:
            return False
        same = self.against == other.against and self.channels in ((), other.channels)
        return self.dated and not other.dated and same and bool(self.stems & other.stems)


@dataclass(frozen=True)
class Consents:
    """The columns of consents, and those that may be: `unclear` have values that tell nothing beside their heading,
    `doubtful` headings that can be read in two ways. `withheld` are the headings of those that the user has left out,
    for all channels or for some. Each in the order of their headings."""

    columns: tuple[ConsentColumn, ...]
    unclear: tuple[ConsentColumn, ...] = ()
    doubtful: tuple[ConsentColumn, ...] = ()
    withheld: tuple[str, ...] = ()


def consents_of(customers: Customers) -> Consents:
    """Find the columns of consents, judged by all rows of the table."""
    there = sorted(_found(customers), key=lambda one: (fold(one.heading), one.heading))
    left = {one.column: _not_withheld(one, customers.withheld) for one in there}
    withheld = tuple(one.heading for one in there if left[one.column] != one)
    found = [one for one in left.values() if one]
    doubtful = [one for one in found if one.why == "words" and sense_of_heading(one.heading).doubtful]
    kept = [one for one in found if one not in doubtful]
    taken = [one for one in kept if not one.partly or _takes_away(customers.table, one)]
    # The reason beside an unsubscribe tells no more than the unsubscribe.
    alone = [
        one for one in kept if one.partly and not any(other.stems & one.stems for other in taken if not other.partly)
    ]
    return Consents(tuple(taken), tuple(alone), tuple(doubtful), withheld)


def consents_in(table: pl.LazyFrame, headings: Sequence[str]) -> list[str]:
    """Return the headings, among some columns of a table, under which consents are kept; all rows are looked at."""
    speaking = [heading for heading in headings if field_of(heading) or sense_of_heading(heading).stems]
    found = []
    for heading in speaking:
        texts = table.select(pl.col(heading).cast(pl.String).unique()).collect(engine="streaming")
        one = None if field_of(heading) else _by_words(texts, heading)
        if field_of(heading) or (one is not None and not one.partly):
            found.append(heading)
    return found


def _found(customers: Customers) -> Iterator[ConsentColumn]:
    beside = {fold(column) for column in customers.table.columns}
    others = {*ALIASES["customers"], "customer_id", "known_from"} - set(CONSENTS)
    for column in customers.table.columns:
        one = None if column in others else _one(customers, column, beside)
        if one:
            yield one


def _one(customers: Customers, column: str, beside: Container[str]) -> ConsentColumn | None:
    """Return the column if it is one of consents, None otherwise."""
    heading = customers.columns.get(column) or column
    known = column if column in CONSENTS else field_of(column)
    # A channel of the shop's own: a column of addresses NAME beside NAME_consent.
    own = fold(column).removesuffix(fold(CONSENT))
    has_own = fold(column).endswith(fold(CONSENT)) and own in beside and own not in CHANNELS
    if known is not None:
        one = _of_field(customers, column, heading, known)
        return replace(one, channels=(*one.channels, own)) if has_own else one
    if has_own:
        own_one = ConsentColumn(column, heading, "name", (own,))
        return _judged(_distinct(customers.table, column), own_one, sense_of_heading(heading))
    return _by_words(customers.table, column)


def _of_field(customers: Customers, column: str, heading: str, known: str) -> ConsentColumn:
    """Return a column that is a field of consents or an alias of one, whatever its values are."""
    plain, said = known.removesuffix(DATED), sense_of_heading(heading)
    named = plain.removesuffix(CONSENT)
    why: Why = "alias"
    if column in CONSENTS:
        why = "given" if customers.columns.reasons.get(column) == "given" else "name"
    channels = (named,) if named in CHANNELS else said.channels if plain in AGAINST else ()
    stems = frozenset({frozenset({plain}), said.stems} - {frozenset()})
    one = ConsentColumn(column, heading, why, channels, plain in AGAINST, stems=stems)
    return _judged(_distinct(customers.table, column), one, said)


def _distinct(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the texts of one column, each once: a million customers have a few words."""
    return table.select(consent_words.text_of(column).alias(column).unique())


def _by_words(table: pl.DataFrame, column: str) -> ConsentColumn | None:
    """Return a column that its heading, or else its values, show to be one of consents; None where neither does."""
    said = sense_of_heading(column)
    if not said.stems:
        return _by_values(table, column, said)
    table = _distinct(table, column)
    one = ConsentColumn(column, column, "words", said.channels, said.against, stems=frozenset({said.stems}))
    one = _judged(table, one, said)
    senses = _senses(table, one)
    partly = replace(one, partly=True, dated=False)
    if not senses - {"blank"}:  # a heading alone takes no customer away, but a warning names it
        return None if said.against else partly
    # The reason of an unsubscribe is no yes or no, and only clear words in it count.
    if said.describes or "unknown" not in senses:
        return partly if said.describes else one
    # Text below such a heading is no sign of an opt-out unless the heading tells of one, or a clear no is beside it.
    if said.objects or _takes_away(table, partly):
        return partly
    # A few words below a heading that is about little else may well be consents, in words that are not known.
    return _by_values(table, column, said) or (partly if said.certain and _has_few_words(table) else None)


def _has_few_words(table: pl.DataFrame) -> bool:
    """Return whether a column of distinct texts has a few words as yes and no are: no codes and no numbers."""
    words = table.to_series().filter(table.to_series() != "")
    return 0 < len(words) <= FEW_WORDS and not words.str.contains(r"\d").any()


FEW_WORDS = 3
"""A column of yes and no has no more words than these."""


def _by_values(table: pl.DataFrame, column: str, said: HeadingSense) -> ConsentColumn | None:
    """Return a column with statuses that only a list of messages has; those of others are read where they are clear."""
    if table.schema[column] != pl.String or not table[column].str.contains(STATUS).any():
        return None
    table = _distinct(table, column)
    one = _judged(table, ConsentColumn(column, column, "values", said.channels), said)
    words = table.select(consent_words.word_of(consent_words.text_of(column))).to_series()
    if not words.is_in(list(OF_LISTS)).any():
        return None
    statuses = [word for sense in ("subscribed", "agreed", "refused", "blank") for word in WORDS[sense]]
    whole = words.is_in(["", *statuses]).all()
    partly = replace(one, partly=not whole, dated=False)
    return partly if whole or _takes_away(table, partly) else None


def _judged(table: pl.DataFrame, one: ConsentColumn, said: HeadingSense) -> ConsentColumn:
    """Return the column with the shapes of its dates."""
    texts = table.select(consent_words.text_of(one.column)).to_series()
    shapes = consent_words.date_shapes(texts, timed=said.timed or one.column.endswith(DATED))
    read = replace(one, shapes=shapes, coded=said.coded)
    senses = _senses(table, read)
    return replace(read, dated=senses <= {"blank", "date"} and ("date" in senses or one.column.endswith(DATED)))


def _senses(table: pl.DataFrame, one: ConsentColumn) -> set[str]:
    """Return what the values of a column say, each once."""
    return set(table.select(one.sense().alias("sense"))["sense"])


def _takes_away(table: pl.DataFrame, one: ConsentColumn) -> bool:
    """Return whether a column forbids messages to some customer."""
    return bool(table.select((~one.permits()).any()).item())


def _not_withheld(one: ConsentColumn, withheld: frozenset[str]) -> ConsentColumn | None:
    """Return the column without the fields that the user has taken from no column, None where none is left."""
    if one.why in ("given", "name") or not withheld:
        return one
    if one.against:
        return None if withheld & set(AGAINST) else one
    if not one.channels:
        return None if "consent" in withheld else one
    left = tuple(name for name in one.channels if f"{name}{CONSENT}" not in withheld)
    return replace(one, channels=left) if left else None


@dataclass(frozen=True)
class Consent:
    """A word in a column of consents: how many customers have it, and whether it is yes, no or neither (None)."""

    word: str
    customers: int
    agrees: bool | None


def words_in(table: pl.DataFrame, one: ConsentColumn) -> list[Consent]:
    """Count the words in a column of consents, as written; most frequent first, ties by text. Dates are one word."""
    texts = table.group_by(consent_words.text_of(one.column).alias(one.column)).agg(rows=pl.len())
    text, sense = pl.col(one.column), one.sense()
    # An empty cell is a word too: customers who were never asked are counted as such.
    word = pl.when(sense == "date").then(pl.lit("a date")).otherwise(text)
    agrees = pl.when((sense != "unknown") | (pl.lit(one.partly) & ~one.permits())).then(one.permits())
    counted = texts.group_by(word=word, agrees=agrees).agg(pl.col("rows").sum())
    ordered = counted.sort("rows", "word", descending=[True, False]).select("word", "rows", "agrees")
    return [Consent(*row) for row in ordered.iter_rows()]


def counting(columns: Sequence[ConsentColumn], channel: str) -> tuple[ConsentColumn, ...]:
    """Return the columns that count for a channel: not the date of another column of the same words."""
    own = [one for one in columns if one.is_for(channel)]
    return tuple(one for one in own if not any(one.is_date_of(other) for other in own))
