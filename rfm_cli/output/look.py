"""What the terminal can show, and the text that rich makes for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from rfm_cli.messages import Words, words

if TYPE_CHECKING:
    from rich.console import RenderableType

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
