"""Rows of totals among orders: a row that has the word in place of an id or a date, and a second sign of it.

The word alone is no proof: a customer may be called so. A pass only notices the word, which costs little. Where it
does, all rows of the file are looked at for the sums that a row of totals may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rfm_cli.tables import money

WORD = r"(?i)^[\s:]*(?:(?:(?:grand|sub)[\s:-]*)?total|sum|итого|всего)[\s:]*$"
LONGEST = 16
"""No trimmed text of more bytes is the word."""
TEXTS = (pl.String, pl.Categorical, pl.Enum)
FIELDS = ("customer_id", "order_id", "ordered_at")
"""The fields that have the word, or are empty, in a row of totals."""


@dataclass(frozen=True)
class Totals:
    """The traces of rows of totals in all rows of a file.

    `words` counts the rows with the word. Where there are some, `wholes` are the sums of all amounts of the file, as
    written and with the signs that types and quantities give them, and `rests` those of the rows without the word, at
    `scale` decimals; both are empty without amounts.
    """

    words: int = 0
    scale: int = 0
    wholes: tuple[int, ...] = ()
    rests: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fields:
    """The columns of a file by field, with their types."""

    headings: Mapping[str, str]
    schema: Mapping[str, pl.DataType]

    def words(self) -> dict[str, pl.Expr]:
        """Return, by field that holds texts, whether a row has the word there."""
        texts = [name for name in FIELDS if name in self.headings and self._is_text(name)]
        return {name: has_word(pl.col(self.headings[name]).cast(pl.String).str.strip_chars()) for name in texts}

    def blanks(self) -> dict[str, pl.Expr]:
        """Return, by field that the file has, whether a row is empty there."""
        return {name: self._is_blank(name) for name in FIELDS if name in self.headings}

    def _is_text(self, name: str) -> bool:
        return self.schema[self.headings[name]] in TEXTS

    def _is_blank(self, name: str) -> pl.Expr:
        column = pl.col(self.headings[name])
        if not self._is_text(name):
            return column.is_null()
        return column.is_null() | (column.cast(pl.String).str.strip_chars() == "")


def is_word(texts: pl.Series) -> pl.Series:
    """Return whether each text is a word for a total: case, blanks and colons do not count."""
    # Most ids are longer, so that the pattern is tried on few. Taking these out pays only where they are few.
    short = texts.str.len_bytes() <= LONGEST
    count = int(short.sum())
    tried = texts if count > len(texts) // 4 else texts.filter(short)
    if count and (found := tried.str.contains(WORD)).any():
        return (found if tried is texts else texts.str.contains(WORD)).fill_null(value=False)
    return pl.repeat(value=False, n=len(texts), eager=True, dtype=pl.Boolean).rename(texts.name)


def has_word(column: pl.Expr) -> pl.Expr:
    """Return whether a column of trimmed texts has a word for a total."""
    return column.map_batches(is_word, return_dtype=pl.Boolean, is_elementwise=True)


def any_word(fields: Fields) -> pl.Expr:
    """Return whether a row has the word in any field that may have it."""
    return pl.any_horizontal([pl.lit(value=False), *fields.words().values()]).fill_null(value=False)


def totals_in(rows: pl.LazyFrame, fields: Fields, amounts: tuple[pl.Expr, ...]) -> Totals:
    """Return the traces of totals in all rows of a file; `amounts` are its amounts as written and with their signs."""
    if not fields.words():
        return Totals()
    made = rows.select(word=any_word(fields), **{f"amount_{place}": one for place, one in enumerate(amounts)})
    words = int(made.select(pl.col("word").sum()).collect(engine="streaming").item())
    if not words or not amounts:
        return Totals(words)
    values = [pl.col(f"amount_{place}") for place in range(len(amounts))]
    scale = int(made.select(money.smallest_scale(values[0])).collect(engine="streaming").item())
    minor = [money.minor_units(value, scale).cast(pl.Int128) for value in values]
    wholes = made.select([one.sum().alias(str(place)) for place, one in enumerate(minor)])
    rests = made.filter(~pl.col("word")).select([one.sum().alias(str(place)) for place, one in enumerate(minor)])
    whole, rest = pl.collect_all([wholes, rests], engine="streaming")
    return Totals(words, scale, whole.row(0), rest.row(0))


def is_total(found: Totals, fields: Fields, written: pl.Expr | None) -> pl.Expr:
    """Return whether a row is one of totals: it has the word, and a second sign.

    That is an empty field of the others that may have the word, or the sum of the other amounts as its amount.
    """
    named, blank = fields.words(), fields.blanks()
    signs = [
        word & pl.any_horizontal([pl.lit(value=False), *(one for name, one in blank.items() if name != own)])
        for own, word in named.items()
    ]
    if written is not None and found.wholes:
        minor = money.minor_units(written, found.scale).cast(pl.Int128)
        # The sum of the others is half of all, or the sum of the rows without the word.
        is_sum = [minor * 2 == whole for whole in found.wholes] + [minor == rest for rest in found.rests]
        signs += [word & pl.any_horizontal(is_sum) for word in named.values()]
    return pl.any_horizontal(signs).fill_null(value=False)
