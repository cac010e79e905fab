"""Texts as expressions compare them: folded once per distinct text, and fitted to patterns of `*` and `?`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import polars as pl

WITHOUT = str.maketrans("", "", " _-")
Fold = Callable[[str], str]


def folded(text: str) -> str:
    """Return a text trimmed, runs of blanks as one, in NFC and lower case.

    >>> folded("  New   York "), folded("ÖLE")
    ('new york', 'öle')
    """
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def name_folded(text: str) -> str:
    """Return a text of a channel, an event or a status moreover without blanks, `_` and `-`.

    >>> name_folded("Add to-Cart")
    'addtocart'
    """
    return folded(text).translate(WITHOUT)


FOLDS: dict[str, Fold] = {"text": folded, "name": name_folded, "exact": str.strip}
"""How texts of a kind are folded. An empty one is missing."""


def fits(pattern: str) -> Callable[[str], bool]:
    """Return whether a text fits a pattern of `*` (any text) and `?` (one character), as a whole.

    Each part between two `*` is looked for once, from the end of the one before it, so that the time grows with the
    length of the text.

    >>> [fits("*a*b")("xaxb"), fits("a?c")("abc"), fits("a?c")("ac"), fits("")("")]
    [True, True, False, True]
    """
    first, *rest = re.sub(r"\*+", "*", pattern).split("*")
    if not rest:
        whole = _part(first)
        return lambda text: whole.fullmatch(text) is not None
    *middle, last = (_part(part) for part in rest)
    begin, length = _part(first), len(rest[-1])

    def matches(text: str) -> bool:
        found = begin.match(text)
        place = len(first)
        for part in middle:
            found = found and part.search(text, place)
            place = found.end() if found else place
        end = len(text) - length
        return found is not None and place <= end and last.match(text, end) is not None

    return matches


def _part(part: str) -> re.Pattern[str]:
    """Return the pattern of a part without `*`."""
    return re.compile("".join("." if mark == "?" else re.escape(mark) for mark in part), re.DOTALL)


def fold_column(column: pl.Expr, kind: str) -> pl.Expr:
    """Return the folded texts of a column, empty ones as null."""
    if kind == "exact":
        trimmed = column.str.strip_chars()
        return pl.when(trimmed != "").then(trimmed)
    fold = FOLDS[kind]

    def each(texts: pl.Series) -> pl.Series:
        distinct = texts.unique()
        made = pl.Series([None if text is None else fold(text) or None for text in distinct], dtype=pl.String)
        return texts.replace_strict(distinct, made, return_dtype=pl.String)

    return column.map_batches(each, return_dtype=pl.String, is_elementwise=True)


def verdicts(column: pl.Expr, distinct: Sequence[str], fold: Fold, wanted: Callable[[str], bool]) -> pl.Expr:
    """Return whether the text of a column, all of whose texts are `distinct`, is wanted when folded; null if empty."""
    judged = [(text, fold(text)) for text in distinct]
    yes = [text for text, made in judged if made and wanted(made)]
    empty = [text for text, made in judged if not made]
    is_wanted = column == yes[0] if len(yes) == 1 else column.is_in(yes)
    known = column.is_not_null() & ~column.is_in(empty) if empty else column.is_not_null()
    # Most columns have no empty text, and a plain comparison can be pushed into the scan.
    if not empty:
        return is_wanted if yes else pl.when(known).then(pl.lit(value=False))
    return pl.when(known).then(is_wanted)


def each_verdict(column: pl.Expr, fold: Fold, wanted: Callable[[str], bool]) -> pl.Expr:
    """Return whether the text of a column of many texts is wanted when folded; null if empty."""

    def judge(text: str | None) -> bool | None:
        made = fold(text) if text is not None else ""
        return wanted(made) if made else None

    def each(texts: pl.Series) -> pl.Series:
        if texts.is_empty():  # Polars would leave them texts
            return pl.Series(texts.name, [], dtype=pl.Boolean)
        distinct = texts.unique()
        made = pl.Series([judge(text) for text in distinct], dtype=pl.Boolean)
        return texts.replace_strict(distinct, made, return_dtype=pl.Boolean)

    return column.map_batches(each, return_dtype=pl.Boolean, is_elementwise=True)
