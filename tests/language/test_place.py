from __future__ import annotations

from rfm_cli.language.faults import Source
from rfm_cli.language.lexing import END, pieces
from rfm_cli.language.place import Place
from rfm_cli.language.spans import Span

FIXED = {"(": "LPAR", ")": "RPAR", "and": "AND", "not": "NOT", "or": "OR", "=": "EQUAL"}


def place(text: str, at: int) -> Place:
    return Place(Source(text), "segment", pieces(text, FIXED), at, frozenset())


def test_pieces_are_found_by_their_distance() -> None:
    here = place("a = 'B' and c", 2)
    assert [here.piece(offset).text for offset in (-2, 0, 2)] == ["a", "'B'", "c"]
    assert (here.piece(-3).kind, here.piece(3).kind) == (END, END)
    assert here.kinds(-1, 1) == ["EQUAL", "TEXT", "AND"]
    assert here.word(1) == "and"
    assert (here.span(-2, 0), here.text(-2, 0)) == (Span(0, 7), "a = 'B'")


def test_a_condition_ends_at_what_joins_it() -> None:
    here = place("x or not (a = (b and c) d = 5) and e", 11)
    assert here.text(here.begin_of_condition(), here.end_of_condition()) == "a = (b and c) d = 5"


def test_brackets_belong_together() -> None:
    here = place("(a (b) (c", 5)
    assert [here.text(offset) for offset in here.open_brackets()] == ["("]
    assert here.opening(-1) == -3
    assert place("a)", 1).opening(0) is None


def test_pieces_may_touch() -> None:
    assert [place("a 'b'c", at).is_joined() for at in (1, 2)] == [False, True]
