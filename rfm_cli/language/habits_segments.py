"""Advice about segments of the shipped schemes whose names have blanks: `At risk`, `Can't lose`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rfm_cli.language.canonical import canonical
from rfm_cli.language.nodes import Text
from rfm_cli.language.place import Advice, Place
from rfm_cli.messages import SchemeText, called
from rfm_cli.schemes import in_rank_order, load_scheme, shipped
from rfm_cli.tables.fields import fold

MOST_PIECES = 5
"""The most pieces of the name of a segment: `Can't lose them` has five."""


def segments_alone(place: Place) -> Advice | None:
    """Advise on the name of a segment alone, as a condition: `At risk`, `About to sleep or Lost`."""
    begin, end = place.begin_of_condition(), place.end_of_condition()
    is_list = place.piece(begin - 2).kind == "IN"
    if is_list or not 1 < end - begin + 1 <= MOST_PIECES:
        return None
    text = place.text(begin, end)
    name = _segment(text)
    return (
        place.advice(f"{text} is a segment, and no condition alone", f"write in {name}", begin, end) if name else None
    )


def _segment(text: str) -> str:
    """Return the segment that a text is the name of, as the language writes it; empty where it is none."""
    names = _with_blanks()
    if fold(text) in names:
        return canonical(Text(names[fold(text)]))
    several = [name for name in in_rank_order(load_scheme(shipped()[0], None), new_subscribers=True) if " " in name]
    # A name that a screen shows in another language is that of the scheme.
    shown = called(text, [SchemeText(name) for name in several])
    return canonical(Text(several[shown[0]])) if shown else ""


@cache
def _with_blanks() -> dict[str, str]:
    """Return the names of segments that have blanks, by folded name; those of the first scheme win."""
    schemes = [load_scheme(name, None) for name in shipped()]
    names = [name for scheme in schemes for name in in_rank_order(scheme, new_subscribers=True) if " " in name]
    return {fold(name): name for name in reversed(names)}


HABITS: tuple[Callable[[Place], Advice | None], ...] = (segments_alone,)
