"""Colours that eyes of every kind tell apart, on dark and on light; nothing is said by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

# Blue, green, gold, vermilion, purple after Okabe and Ito, at lightnesses that read on black and on white,
# all among the 256 colours of xterm.
_BANDS = ("#0087d7", "#00875f", "#af8700", "#d75f00", "#af5f87")
GREY = "#8a8a8a"
ACCENT = _BANDS[0]


def segment_colours(segments: Sequence[str], apart: Sequence[str] = ()) -> dict[str, str]:
    """A colour for each segment of a scheme, given in the order of rank; those that stand `apart` are grey.

    >>> segment_colours(["Champions", "Lost"], ["No purchases"])
    {'Champions': '#0087d7', 'Lost': '#af8700', 'No purchases': '#8a8a8a'}
    """
    ranked = [name for name in segments if name not in apart]
    colours = {name: _BANDS[place * len(_BANDS) // len(ranked)] for place, name in enumerate(ranked)}
    return colours | dict.fromkeys(apart, GREY)
