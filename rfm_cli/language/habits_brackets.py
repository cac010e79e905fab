"""Advice about brackets that are one too many or one too few."""

from __future__ import annotations

from collections.abc import Callable

from rfm_cli.language.lexing import END
from rfm_cli.language.place import Advice, Place


def empty(place: Place) -> Advice | None:
    """Advise on brackets with no condition in them."""
    if place.kinds(-1, 0) != ["LPAR", "RPAR"]:
        return None
    return place.advice("no condition is in these brackets", "write one, or take the brackets away", -1, 0)


def too_many(place: Place) -> Advice | None:
    """Advise on a closing bracket that none opens."""
    if place.piece().kind != "RPAR" or place.open_brackets():
        return None
    return place.advice("a closing bracket too many", "take it away, or open one before it")


def too_few(place: Place) -> Advice | None:
    """Advise on an opening bracket that none closes."""
    opened = place.open_brackets()
    if place.piece().kind != END or not opened or not place.accepted & {"RPAR", "COMMA"}:
        return None
    return place.advice("this bracket is not closed", "write ) where it ends", opened[-1])


HABITS: tuple[Callable[[Place], Advice | None], ...] = (empty, too_many, too_few)
