"""The parts of a rule: words, signs, texts, lengths of time, and the letters from the first to the last."""

from __future__ import annotations

from lark import Token

from rfm_cli.language.nodes import Name
from rfm_cli.language.parts import duration_of, has_word, is_piece, sign_of, span_of, text_of, unbracketed
from rfm_cli.language.spans import Span


def piece(kind: str, text: str, start: int = 0) -> Token:
    return Token(kind, text, start_pos=start, end_pos=start + len(text))


def test_keywords_are_found_in_any_case_and_names_are_none() -> None:
    parts = [piece("WORD", "NOT"), Name(("in",))]
    assert has_word(parts, "not")
    assert not has_word(parts, "in")
    assert is_piece(parts[0], "WORD")
    assert not is_piece(parts[1], "WORD")


def test_the_letters_of_parts_begin_at_the_first_and_end_behind_the_last() -> None:
    assert span_of([piece("WORD", "has", 4), Name(("phone",), span=Span(8, 13))]) == Span(4, 13)


def test_quotes_and_brackets_are_taken_away() -> None:
    assert text_of(piece("TEXT", "'it''s'")).value == "it's"
    assert text_of(piece("TEXT", '"a ""b"""')).value == 'a "b"'
    assert [unbracketed(text) for text in ("[ product id ]", "city")] == ["product id", "city"]


def test_a_length_of_time_has_a_number_and_a_unit() -> None:
    lengths = [duration_of(piece("DURATION", text)) for text in ("90 days", "12mo", "1 hour")]
    assert [(one.count, one.unit) for one in lengths] == [(90, "d"), (12, "mo"), (1, "h")]
    assert [sign_of(piece("SIGN", text)) for text in "+-"] == [1, -1]
