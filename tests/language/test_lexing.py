from __future__ import annotations

import pytest

from rfm_cli.language.lexing import is_word, pieces

FIXED = {"and": "AND", "=": "EQUAL", "-": "SIGN", ".": "DOT", ">=": "COMPARE", ">": "COMPARE", "min": "PICK"}


def kinds(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in pieces(text, FIXED)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a AND b", [("WORD", "a"), ("AND", "AND"), ("WORD", "b")]),
        ("a>=1", [("WORD", "a"), ("COMPARE", ">="), ("NUMBER", "1")]),
        ("first-name - 2", [("WORD", "first-name"), ("SIGN", "-"), ("NUMBER", "2")]),
        ("a-1", [("WORD", "a"), ("SIGN", "-"), ("NUMBER", "1")]),
        ("a - b", [("WORD", "a"), ("SIGN", "-"), ("WORD", "b")]),
        ("a.b", [("WORD", "a"), ("DOT", "."), ("WORD", "b")]),
        ("[a b]x", [("WORD", "[a b]"), ("WORD", "x")]),
        ("Город_2", [("WORD", "Город_2")]),
        ("cafe\u0301s", [("WORD", "cafe\u0301s")]),
        ("नमस्ते", [("WORD", "नमस्ते")]),
        ("می\u200cخواهم", [("WORD", "می\u200cخواهم")]),
        ("'a''b'", [("TEXT", "'a''b'")]),
        ('"a""b" \'\'', [("TEXT", '"a""b"'), ("TEXT", "''")]),
        ("'a\nb'", [("TEXT", "'a\nb'")]),
        ("a # 'b\n b", [("WORD", "a"), ("WORD", "b")]),
        ("a\u00a0=\u30001", [("WORD", "a"), ("EQUAL", "="), ("NUMBER", "1")]),
        (
            "2024-03-31 2024-03 2024-q1 2024-W05 2024",
            [("DATE", one) for one in ("2024-03-31", "2024-03", "2024-q1", "2024-W05")] + [("NUMBER", "2024")],
        ),
        ("90d 4 weeks 12MO 1hour 2\nq", [("DURATION", one) for one in ("90d", "4 weeks", "12MO", "1hour", "2\nq")]),
        ("0 12 0.5 50 % 5%", [("NUMBER", one) for one in ("0", "12", "0.5", "50 %", "5%")]),
        ("2024 - 3", [("NUMBER", "2024"), ("SIGN", "-"), ("NUMBER", "3")]),
        ("5 min", [("NUMBER", "5"), ("PICK", "min")]),
    ],
)
def test_texts_are_in_pieces(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "odd",
    [
        *("2024-02-30", "2024-3", "2024-3-1", "31.12.2024", "2024-13", "12:30", "2024-W60"),
        *("5x", "1.2.3", "007", "00", "0d", "0 weeks", "1m", "1e5", "9" * 39, "0." + "1" * 38),
        *("==", "&&", "||", "!", "=>", "[]", "[ ]", "[", "]", "'", '"', "“", "@", ";", "\x00", "\u200b", "€"),
    ],
)
def test_what_the_language_does_not_have_is_one_bad_piece(odd: str) -> None:
    assert kinds(f"a {odd} b") == [("WORD", "a"), ("BAD", odd), ("WORD", "b")]


def test_pieces_know_their_letters() -> None:
    text = "a  >= 'b' # c"
    assert [text[piece.start : piece.end] for piece in pieces(text, FIXED)] == ["a", ">=", "'b'"]


def test_words_need_no_brackets() -> None:
    assert [text for text in ("a", "a-b", "Город", "a b", "2a", "[a]", "a.b", "", "a-1", "'a'") if is_word(text)] == [
        "a",
        "a-b",
        "Город",
    ]
