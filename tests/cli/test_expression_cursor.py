"""The word at the end of a begun expression, and the table that it is asked of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.cli.expression_cursor import Cursor, cursor_in
from tests.examples import examples

TABLES = ("orders", "lines", "events", "customers", "mybids")


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        ("", Cursor("", "")),
        ("ci", Cursor("", "ci")),
        ("vip ", Cursor("vip ", "", behind="vip")),
        ("has ph", Cursor("has ", "ph", behind="has")),
        ("vip and(ci", Cursor("vip and(", "ci", behind="(")),
        ("aov>fre", Cursor("aov>", "fre", behind=">")),
        ("any events(ki", Cursor("any events(", "ki", "events", behind="(")),
        ("any Events (\n", Cursor("any Events (\n", "", "events", behind="(")),
        ("any my-bids(x", Cursor("any my-bids(", "x", "mybids", behind="(")),
        ("count distinct lines.product_id(ca", Cursor("count distinct lines.product_id(", "ca", "lines", behind="(")),
        ("any orders(any lines(a) and b", Cursor("any orders(any lines(a) and ", "b", "orders", behind="and")),
        ("any orders(not (b", Cursor("any orders(not (", "b", "orders", behind="(")),
        ("any orders(a) and b", Cursor("any orders(a) and ", "b", behind="and")),
        ("sum lines.am", Cursor("sum lines.", "am", of="lines", behind="sum")),
        ("sum lines.[Total Sp", Cursor("sum lines.", "[Total Sp", of="lines", behind="sum")),
        ("[a.b (c", Cursor("", "[a.b (c")),
        ("city = 'any events(' and ci", Cursor("city = 'any events(' and ", "ci", behind="and")),
        ("city = 'it''s' or Го", Cursor("city = 'it''s' or ", "Го", behind="or")),
        ("vip # any events(\nand ci", Cursor("vip # any events(\nand ", "ci", behind="and")),
        (")))ci", Cursor(")))", "ci", behind=")")),
    ],
)
def test_cursor(text: str, cursor: Cursor) -> None:
    assert cursor_in(text, TABLES) == cursor


@pytest.mark.parametrize("text", ["city = 'Mo", 'city = "Mo', "city = '", "vip # and ci"])
def test_texts_and_comments_are_not_completed(text: str) -> None:
    assert cursor_in(text, TABLES) is None


@given(st.text(st.sampled_from("ab1_-.'\"[]()# \n=Й"), max_size=30))
@settings(max_examples=examples(100, 2_000))
def test_the_word_is_the_end_of_any_text(text: str) -> None:
    cursor = cursor_in(text, TABLES)
    assert cursor is None or cursor.before + cursor.begun == text


def test_a_long_text() -> None:
    assert cursor_in("(" * 100_000 + "ci", TABLES) == Cursor("(" * 100_000, "ci", behind="(")
