"""Values as people read them: numbers, shares, days, and text from data made safe to show."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

# Regular expressions for Python and for Polars.
# C0, DEL and C1 drive terminals; bidi controls reorder what the eye sees; the rest take no room at all.
# ZWJ and ZWNJ stay: emoji families and Persian words need them.
UNSEEN = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
BREAKS = "[\t\n\v\f\r\x85\u2028\u2029]+"
SIGNED = ("net",)
"""Columns of differences, as are those called `..._change`: what is above zero has a sign too."""


def plain(text: str) -> str:
    """The text on one line: breaks and tabs as one space, control and bidi characters gone.

    >>> plain("a\\x1b[31mb\\u202ec\\nd")
    'a[31mbc d'
    """
    return re.sub(UNSEEN, "", re.sub(BREAKS, " ", text))


def is_share(name: str) -> bool:
    """Whether the column holds shares, by its name.

    >>> [is_share(name) for name in ("revenue_share", "share_30d", "share", "shareholder")]
    [True, True, True, False]
    """
    return name == "share" or name.endswith("_share") or name.startswith("share_")


def shown_value(values: pl.Series) -> pl.Series:
    """Values with a word for the missing ones that none of the others is."""
    word = "(none)"
    while word in set(values.drop_nulls()):
        word = f"({word})"
    return values.fill_null(word)


def percent(share: float) -> str:
    """A share as percent with one decimal; what is there but too small to show, or not quite all, says so.

    >>> [percent(share) for share in (0.5, 0.0004, 0.0, 0.99999, 1.0, -0.0001)]
    ['50.0 %', '<0.1 %', '0.0 %', '>99.9 %', '100.0 %', '>-0.1 %']
    """
    if math.isnan(share):
        return ""
    told = f"{100 * share:.1f}"
    if told in ("0.0", "-0.0"):
        return "0.0 %" if share == 0 else "<0.1 %" if share > 0 else ">-0.1 %"
    # A sum of shares may miss 1 by its last binary digit, and is all the same.
    return ">99.9 %" if told == "100.0" and share < 1 - 1e-9 else f"{told} %"


def formatter(name: str, dtype: pl.DataType, *, unicode: bool, decimals: int | None = None) -> Callable[[object], str]:
    """The function that shows a value of such a column; a null is blank.

    Thousands are parted by commas. Money keeps its decimals unless fewer are asked for (half-even);
    floats have two.
    """
    one = _number(name, dtype, decimals) if dtype.is_numeric() else _other("✓" if unicode else "yes")
    if name in SIGNED or name.endswith("_change"):
        return lambda value: (
            "" if value is None else f"+{one(value)}" if isinstance(value, (int, Decimal)) and value > 0 else one(value)
        )
    return lambda value: "" if value is None else one(value)


def _number(name: str, dtype: pl.DataType, decimals: int | None) -> Callable[[Any], str]:
    """The function that shows a number."""
    if dtype.is_float():
        return percent if is_share(name) else lambda value: _float(value, 2 if decimals is None else decimals)
    if dtype.is_decimal() and decimals is not None:
        places = min(decimals, getattr(dtype, "scale", decimals))
        return lambda value: f"{value:,.{places}f}"
    return lambda value: f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def _float(value: float, decimals: int) -> str:
    """A float with so many decimals; NaN is blank."""
    return "" if math.isnan(value) else f"{value:,.{decimals}f}"


def _other(yes: str) -> Callable[[Any], str]:
    """The function that shows what is no number: yes or blank, days in ISO form, text as text."""

    def show(value: object) -> str:
        if isinstance(value, bool):
            return yes if value else ""
        return value.isoformat() if isinstance(value, date) else plain(str(value))

    return show
