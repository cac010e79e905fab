"""Texts as expressions compare them: folded once per distinct text, and fitted to patterns of `*` and `?`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

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
    length of the text; and only once a text has got there, since a pattern may have more parts than any text.

    >>> [fits("*a*b")("xaxb"), fits("a?c")("abc"), fits("a?c")("ac"), fits("")("")]
    [True, True, False, True]
    """
    first, *rest = re.sub(r"\*+", "*", pattern).split("*")
    if not rest:
        return lambda text: len(text) == len(first) and _is_at(first, text, 0)
    *middle, last = rest
    least = sum(map(len, (first, *rest)))

    def matches(text: str) -> bool:
        if len(text) < least or not _is_at(first, text, 0) or not _is_at(last, text, len(text) - len(last)):
            return False
        place, end = len(first), len(text) - len(last)
        for part in middle:
            place = _place(part, text, place)
            if place < 0 or place + len(part) > end:
                return False
            place += len(part)
        return True

    return matches


def _is_at(part: str, text: str, place: int) -> bool:
    """Return whether a part of a pattern without `*` fits a text at a place."""
    if "?" not in part:
        return text.startswith(part, place)
    return all(mark in ("?", letter) for mark, letter in zip(part, text[place:], strict=False))


def _place(part: str, text: str, start: int) -> int:
    """Return the first place at or after `start` where a part without `*` fits a text; -1 where it does not."""
    if "?" not in part:
        return text.find(part, start)
    found = _compiled(part).search(text, start)
    return found.start() if found else -1


@cache
def _compiled(part: str) -> re.Pattern[str]:
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
