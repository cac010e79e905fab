from __future__ import annotations

import pytest

from rfm_cli.errors import InputError
from rfm_cli.language.faults import fault, input_fault, pointed, repeated, shown
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.spans import Span
from rfm_cli.language.written import Definition, Formula
from tests.language.refusals import refusal


def lines(text: str, start: int, end: int) -> list[str]:
    return pointed(text, Span(start, end)).split("\n")


def test_carets_are_under_the_letters() -> None:
    assert lines("has phone and x = 1", 14, 15) == ["  has phone and x = 1", "                ^"]
    assert lines("a or\nb or c", 5, 6) == ["  b or c", "  ^"]
    assert lines("a or\r\nbc\r\nd", 6, 8) == ["  bc", "  ^^"]
    assert lines("abc", 3, 3) == ["  abc", "     ^"]
    assert lines("", 0, 0) == ["  ", "  ^"]


def test_letters_of_several_lines_are_marked_in_the_first() -> None:
    assert lines("a (b\nc)", 2, 7) == ["  a (b", "    ^^"]


def test_long_lines_are_cut_around_the_letters() -> None:
    line, carets = lines("a" * 100 + "b" + "c" * 100, 100, 101)
    assert line == "  …" + "a" * 36 + "b" + "c" * 35 + "…"
    assert line[len(carets) - 1] == "b"
    line, carets = lines("x" * 500, 0, 500)
    assert (line, carets) == ("  " + "x" * 72 + "…", "  " + "^" * 72)


def test_carets_are_under_wide_letters_and_those_with_marks() -> None:
    assert lines("名前 = cafe\u0301 x", 5, 10) == ["  名前 = cafe\u0301 x", "         ^^^^"]
    assert lines("é = 名", 4, 5) == ["  é = 名", "      ^^"]


def test_control_characters_are_not_echoed() -> None:
    assert lines("a\x1b[31m\u202e = 1", 0, 1) == ["  a?[31m? = 1", "  ^"]
    assert lines("a\tb", 2, 3) == ["  a b", "    ^"]
    error = refusal("city = 'a\x1b]0;x\x07' and \x1b[2J")
    assert all(line.isprintable() for line in error.message.split("\n"))


def test_secrets_are_masked_and_carets_stay_under_their_letters() -> None:
    text = "in file 'https://h/a.csv?token=abcdefgh' or x"
    start = text.index(" x") + 1
    line, carets = lines(text, start, start + 1)
    assert line == "  in file 'https://h/a.csv?token=***' or x"
    assert line[len(carets) - 1] == "x"


def test_errors_name_the_segment_or_the_column() -> None:
    whole = Definition("x = 1", parse_expression("x = 1").expr, "autumn")
    error = fault(whole, Span(0, 1), "wrong", "right")
    assert (error.message, error.hint, error.exit_code) == ("segment autumn: wrong\n  x = 1\n  ^", "right", 2)
    assert error.has_lines
    formula = Formula("x", whole.expr, "lists.welcome.from")  # type: ignore[arg-type]
    assert fault(formula, Span(0, 1), "wrong").message.startswith("lists.welcome.from: wrong\n")
    found = input_fault(whole, whole.expr, "no date")
    assert isinstance(found, InputError)
    assert (found.message, found.exit_code) == ("segment autumn: no date\n  x = 1\n  ^^^^^", 3)


def test_a_name_of_a_segment_is_no_order_for_a_terminal() -> None:
    assert fault(Definition("x", parse_expression("x").expr, "a\x1b\nb"), Span(0, 1), "wrong").message.startswith(
        "segment a??b: wrong\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a  b\n", "a b"), ("x" * 41, "x" * 39 + "…"), ("a\x00", "a?"), ("password=abcdef", "password=***")],
)
def test_messages_repeat_texts_on_one_line(text: str, expected: str) -> None:
    assert repeated(text) == expected


def test_joiners_of_words_are_shown() -> None:
    assert shown("می\u200cخواهم") == "می\u200cخواهم"
