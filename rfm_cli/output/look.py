"""What the terminal can show, its colors, and values as the text that it shows."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from rfm_cli.messages import Words, words

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.messages import Words


# A file or a pipe has no edge: nothing is hidden there for want of room.
_NO_EDGE = 1000
# Blue, green, gold, vermilion, purple after Okabe and Ito, at lightnesses that read on black and on white,
# all among the 256 colors of xterm.
_BANDS = ("#0087d7", "#00875f", "#af8700", "#d75f00", "#af5f87")
GRAY = "#8a8a8a"
ACCENT = _BANDS[0]


@dataclass(frozen=True)
class Look:
    """What a terminal can show: its width, colors or none, block characters or plain ones, and the language."""

    width: int = 80
    color: bool = False
    unicode: bool = True
    words: Words = field(default_factory=words)


def look(stream: TextIO | None, env: Mapping[str, str], lang: str = "en") -> Look:
    """Return what the stream can show: NO_COLOR beats FORCE_COLOR beats TERM=dumb, and COLUMNS beats the terminal.

    A file or a pipe is never too narrow, so that all columns are shown.
    """
    tty = _is_tty(stream)
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    return Look(_width(stream, env, tty=tty), _color(env, tty=tty), encoding in ("utf8", "utf8sig"), words(lang))


def render(renderables: Iterable[RenderableType], look: Look) -> str:
    """Return the renderables one below another as text that ends with a line break.

    The environment is not read again, so that the same look gives the same text.
    """
    import io

    from rich.console import Console

    page = io.StringIO()
    # Neither markup nor emoji codes are read: texts of the data could hold them.
    console = Console(
        file=page,
        width=look.width,
        force_terminal=look.color,
        color_system="256" if look.color else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    for one in renderables:
        console.print(one, crop=False)
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def _is_tty(stream: TextIO | None) -> bool:
    """Return whether the stream is an open terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _color(env: Mapping[str, str], *, tty: bool) -> bool:
    """Return whether to color: see no-color.org and force-color.org."""
    if env.get("NO_COLOR"):
        return False
    if forced := env.get("FORCE_COLOR"):
        return forced != "0"
    return tty and env.get("TERM", "dumb") != "dumb"


def _width(stream: TextIO | None, env: Mapping[str, str], *, tty: bool) -> int:
    """Return how many columns there are to write in."""
    given = env.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    if stream is None or not tty:
        return _NO_EDGE
    try:
        # A pseudo-terminal that was never given a size reports 0 columns.
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def segment_colors(segments: Sequence[str], apart: Sequence[str] = ()) -> dict[str, str]:
    """Return a color for each segment of a scheme, given in the order of rank; those `apart` are gray.

    >>> segment_colors(["Champions", "Lost"], ["No purchases"])
    {'Champions': '#0087d7', 'Lost': '#af8700', 'No purchases': '#8a8a8a'}
    """
    # Neighbors in rank share a color: there are more segments than colors that eyes tell apart.
    ranked = [name for name in segments if name not in apart]
    colors = {name: _BANDS[place * len(_BANDS) // len(ranked)] for place, name in enumerate(ranked)}
    return colors | dict.fromkeys(apart, GRAY)


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
