# ruff: noqa: RUF001 - words and signs of other scripts are what is looked for
"""What the values of columns read as: dates, amounts, ids and the like, and a few of them as examples.

What all values of a column read as is its kind, so that the order of the rows plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Kind = Literal["none", "yes/no", "e-mails", "dates", "whole numbers", "decimal point", "decimal comma", "money", "text"]
DAY, MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
AFTER = r"(?:[T ,;].*)?$"
PATTERNS: Mapping[Kind, str] = {
    "yes/no": r"^(?i:true|false|yes|no|y|n|t|f|да|нет)$",
    "e-mails": r"^[^\s@]+@[^\s@]+\.[^\s@]+$",
    "dates": "|".join(
        (
            rf"^\d{{4}}([-/.]){MONTH}[-/.]{DAY}{AFTER}",
            rf"^{DAY}[-/.]{DAY}[-/.](?:\d{{4}}|\d\d){AFTER}",
            rf"^{DAY}[ .-]*\p{{L}}{{3,9}}[ .,-]+\d{{2,4}}{AFTER}",
            rf"^(?:\p{{L}}{{3}}, )?\p{{L}}{{3,9}}\.? {DAY},? \d{{4}}{AFTER}",
            rf"^\p{{L}}{{3}}, {DAY} \p{{L}}{{3}} \d{{4}} .*$",
        )
    ),
    "whole numbers": r"^[-+]?(?:0|[1-9]\d*)$",
    "decimal point": r"^[-+]?\d+(?:\.\d+)?$",
    "decimal comma": r"^[-+]?\d+(?:,\d{1,2})?$",
    "money": (
        r"^\(?[-+−]?\s*(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|Rs\.?|kr\.?)?\s*[-+−]?\d[\d\s.,'’]*"
        r"(?:\p{Sc}|[A-Z]{3}|руб\.?|р\.|kr\.?|zł)?\s*-?\)?$"
    ),
}
"""The kinds of texts in the order in which they are tried, the narrowest first."""
DATE_NUMBER = (
    r"^(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|1\d{9}(?:\d{3}|\d{6})?(?:\.\d+)?|[34]\d{4}(?:[.,]\d+)?)$"
)
"""A number that may be a date: 20240131, seconds since 1970, a serial number of a spreadsheet."""
WORDS, FRACTION = r"^\p{L}[\p{L}\s_.-]*$", r"^[-+]?\d+[.,]\d+$"
IN_WORDS: Mapping[Kind, str] = {
    "none": "no values",
    "yes/no": "yes/no",
    "e-mails": "e-mail addresses",
    "dates": "dates",
    "whole numbers": "whole numbers",
    "decimal point": "numbers, decimal point",
    "decimal comma": "numbers, decimal comma",
    "money": "amounts",
    "text": "text",
}
LONGEST, FEW = 24, 100_000
"""The characters of an example, and the rows among which a third one is looked for."""


@dataclass(frozen=True)
class Values:
    """The values of a column: their kind, and up to three of them, cut where they are long."""

    kind: Kind
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """A column in some rows: its values that are not blank, how many differ, and how many are of each kind.

    `numbered` counts numbers that may be dates, `worded` values of letters alone, `fractions` numbers with a fraction.
    """

    heading: str
    rows: int
    different: int
    kinds: Mapping[Kind, int]
    numbered: int
    worded: int
    fractions: int

    def are(self, kind: Kind) -> bool:
        """Return whether nine of ten values are of a kind at least."""
        return self.rows > 0 and self.kinds.get(kind, 0) * 10 >= self.rows * 9

    @property
    def differ(self) -> bool:
        """Whether no value repeats."""
        return self.rows > 1 and self.different == self.rows


def text_of(heading: str) -> pl.Expr:
    """Return the values of a column as trimmed texts, blanks as null."""
    text = pl.col(heading).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def counts_of(rows: pl.DataFrame, headings: Sequence[str]) -> list[Counts]:
    """Count the kinds of the values in columns of some rows, each value for every kind that it fits."""
    found = []
    for heading in headings:
        text = rows.select(text_of(heading)).to_series()
        there = text.drop_nulls()
        fits = {kind: int(there.str.contains(pattern).sum()) for kind, pattern in PATTERNS.items()}
        if isinstance(rows.schema[heading], pl.Datetime | pl.Date):
            fits["dates"] = len(there)
        numbered, worded, fractions = (int(there.str.contains(one).sum()) for one in (DATE_NUMBER, WORDS, FRACTION))
        found.append(Counts(heading, len(there), there.n_unique(), fits, numbered, worded, fractions))
    return found


def values_of(frame: pl.LazyFrame, schema: Mapping[str, pl.DataType]) -> dict[str, Values]:
    """Return the kind and examples of the values of each column, by all rows."""
    typed = {heading: kind for heading, dtype in schema.items() if (kind := _kind_of(dtype))}
    tried = {heading: list(PATTERNS) for heading in schema if heading not in typed}
    # The first rows refute most kinds, so that one pass over all rows tries few.
    head = frame.head(1_000)
    _drop(_odd(head.select(_checks(tried)), tried), tried)
    first = {heading: kinds[:1] for heading, kinds in tried.items()}
    row = frame.select(pl.len().alias("rows"), *_checks(first), *_ends(schema)).collect(engine="streaming")
    is_odd = bool(_drop(_odd(row.lazy(), first), tried))
    while is_odd:
        first = {heading: kinds[:1] for heading, kinds in tried.items()}
        is_odd = bool(_drop(_odd(frame.select(_checks(first)), first), tried))
    examples = _examples(frame, list(schema), row)
    kinds = {**typed, **{heading: (kinds[0] if kinds else "text") for heading, kinds in tried.items()}}
    return {one: Values(kinds[one] if examples[one] else "none", examples[one]) for one in schema}


def _checks(asked: Mapping[str, Sequence[Kind]]) -> list[pl.Expr]:
    """Return for each column and each of its kinds whether a value is of another."""
    return [
        (~text_of(heading).str.contains(PATTERNS[kind])).any().alias(f"{heading} {kind}")
        for heading, kinds in asked.items()
        for kind in kinds
    ]


def _odd(row: pl.LazyFrame, asked: Mapping[str, Sequence[Kind]]) -> list[tuple[str, Kind]]:
    """Return the columns with the kinds that a value of theirs is not of."""
    pairs = [(heading, kind) for heading, kinds in asked.items() for kind in kinds]
    if not pairs:
        return []
    seen = row.select(f"{heading} {kind}" for heading, kind in pairs).collect(engine="streaming").row(0)
    return [pair for pair, is_odd in zip(pairs, seen, strict=True) if is_odd]


def _drop(odd: Sequence[tuple[str, Kind]], tried: Mapping[str, list[Kind]]) -> int:
    """Take kinds from the lists of their columns; return how many there were."""
    for heading, kind in odd:
        tried[heading].remove(kind)
    return len(odd)


def _kind_of(dtype: pl.DataType) -> Kind | None:
    """Return the kind of a column with a type, None for texts."""
    if isinstance(dtype, pl.Date | pl.Datetime):
        return "dates"
    if dtype == pl.Boolean:
        return "yes/no"
    if dtype.is_integer():
        return "whole numbers"
    return "decimal point" if dtype.is_numeric() else None


def _ends(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Return the first and the last value of each column by text."""
    firsts = [text_of(heading).min().alias(f"{heading} first") for heading in schema]
    return firsts + [text_of(heading).max().alias(f"{heading} last") for heading in schema]


def _examples(frame: pl.LazyFrame, headings: Sequence[str], row: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the first and the last value of each column by text, whatever the order of rows; where there are few rows
    also one between them."""
    between = row.clear()
    if headings and row["rows"].item() <= FEW:
        # The first by its text from behind: as good as any, and always the same.
        behind = [text_of(heading).str.reverse().min().str.reverse().alias(heading) for heading in headings]
        between = frame.select(behind).collect(engine="streaming")
    found = {}
    for heading in headings:
        middle = between[heading].to_list() if heading in between.columns else []
        values = [row[f"{heading} first"].item(), *middle, row[f"{heading} last"].item()]
        found[heading] = tuple(dict.fromkeys(_short(value) for value in values if value is not None))
    return found


def _short(value: str) -> str:
    """Return a value without characters that move a cursor, cut where it is long."""
    text = "".join(mark for mark in " ".join(value.split()) if mark.isprintable())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
