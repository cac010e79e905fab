"""Values as people read them: numbers, shares, days, and text from data made safe to show."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.messages import Words

# Regular expressions for Python and for Polars.
# C0, DEL and C1 drive terminals; bidi controls reorder what the eye sees; the rest take no room at all.
# ZWJ and ZWNJ stay: emoji families and Persian words need them.
UNSEEN = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
BREAKS = "[\t\n\v\f\r\x85\u2028\u2029]+"
SIGNED = ("net",)
"""Columns of differences, besides those called `..._change`: values above zero have a sign too."""


def plain(text: str) -> str:
    """Return the text on one line: breaks and tabs as one space, without control and bidi characters.

    >>> plain("a\\x1b[31mb\\u202ec\\nd")
    'a[31mbc d'
    """
    return re.sub(UNSEEN, "", re.sub(BREAKS, " ", text))


def is_share(name: str) -> bool:
    """Return whether the column holds shares, by its name.

    >>> [is_share(name) for name in ("revenue_share", "share_30d", "share", "shareholder")]
    [True, True, True, False]
    """
    return name == "share" or name.endswith("_share") or name.startswith("share_")


def shown_value(values: pl.Series, w: Words) -> pl.Series:
    """Return texts with a word in place of the missing ones, which no other value is equal to."""
    from rfm_cli.messages import message

    word = w(message("(none)"))
    # The word must not look like a value of the data.
    while word in set(values.drop_nulls()):
        word = f"({word})"
    return values.fill_null(word)


def formatter(
    name: str, dtype: pl.DataType, w: Words, *, unicode: bool = True, decimals: int | None = None
) -> Callable[[object], str]:
    """Return the function that shows a value of a column in a language; a null is blank.

    Thousands are set apart. Money keeps its decimals unless fewer are asked for (half-even); floats have two.
    Differences above zero have a sign.
    """
    # Messages are imported here, since every start loads this module for its texts on stderr.
    from rfm_cli.messages import message

    if dtype.is_numeric():
        number = _number(name, dtype, decimals)
        is_signed = name in SIGNED or name.endswith("_change")
        return lambda value: (
            w.marked(_signed(value, number) if is_signed else number(value)) if value is not None else ""
        )
    # A check mark is no ASCII character.
    other = _other("✓" if unicode else w(message("yes")), w)
    return lambda value: "" if value is None else other(value)


def _signed(value: Any, number: Callable[[Any], str]) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def _number(name: str, dtype: pl.DataType, decimals: int | None) -> Callable[[Any], str]:
    """Return the function that writes a number as English does."""
    from decimal import Decimal

    from rfm_cli.messages import percent

    if dtype.is_float():
        return percent if is_share(name) else lambda value: _float(value, 2 if decimals is None else decimals)
    if dtype.is_decimal() and decimals is not None:
        places = min(decimals, getattr(dtype, "scale", decimals))
        return lambda value: f"{value:,.{places}f}"
    return lambda value: f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def _float(value: float, decimals: int) -> str:
    """Write a float with that number of decimals; NaN is blank."""
    return "" if math.isnan(value) else f"{value:,.{decimals}f}"


def _other(yes: str, w: Words) -> Callable[[Any], str]:
    """Return the function that shows a value that is no number: yes or blank, days in figures, text as it is."""

    from datetime import date, datetime

    def show(value: object) -> str:
        if isinstance(value, bool):
            return yes if value else ""
        # A datetime is a date as well, and a day alone would lose its time.
        if isinstance(value, datetime):
            return value.isoformat()
        return w.short(value) if isinstance(value, date) else plain(str(value))

    return show
