"""Widths of texts in terminal cells, and lines that fit a width."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.output.wrapping import wide, wrapped
from tests.examples import examples


def test_characters_take_one_cell_or_two() -> None:
    assert [wide(text) for text in ("", "abc", "Москва", "客户", "e\u0301")] == [0, 3, 6, 4, 1]


def test_lines_break_between_words_and_in_long_ones() -> None:
    assert wrapped("call in person today", 9) == ["call in", "person", "today"]
    assert wrapped("客户客户", 4) == ["客户", "客户"]


@settings(max_examples=examples(50, 300))
@given(st.text("ab客 ", max_size=30), st.integers(2, 12))
def test_no_line_is_wider_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(wide(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
