"""The screens of `rfm select`: figures above the answer, lists as texts, names in both languages."""

from __future__ import annotations

import polars as pl

from rfm_cli.messages import words
from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.select import changes_screen, clauses_screen, count_screen, select_screen
from rfm_cli.views.select import Chosen, Headline, against_view, count_view
from tests.language.worked_shop import worked_shop

WIDE, RUSSIAN = Look(width=200), Look(width=200, words=words("ru"))
FOUND = Headline(customers=2, undecided=1, of=10, reachable=None, revenue=None)
TRUE = Chosen("vip", pl.Series([True] * 2 + [None] + [False] * 7))


def drawn(parts: list[object], look: Look = WIDE) -> list[str]:
    return [line.rstrip() for line in render(parts, look).splitlines()]


def test_what_is_not_known_is_left_out_above_the_customers() -> None:
    rows = pl.DataFrame({"customer_id": ["a", "b"], "items": [["x", "y"], None]})
    lines = drawn(select_screen(worked_shop()[1], rows, "vip", FOUND, look=WIDE, limit=1))
    assert lines[:6] == [
        "as of 2024-03-31 · scheme rf12 · where vip · customers 2 of 10 · share 20.0 % · undecided 1",
        "",
        "customer  items",
        "───────────────",
        "a         x | y",
        "… 1 more customers: use --limit or -o FILE",
    ]


def test_counts_and_clauses_have_headings_in_russian() -> None:
    scored = worked_shop()[1]
    heads = drawn(count_screen(scored, count_view(scored, TRUE, FOUND).rows, "vip", look=RUSSIAN), RUSSIAN)[2].split()
    assert heads == ["клиенты", "не", "определены", "из", "доля", "доступны", "выручка"]
    rows = pl.DataFrame({"line": [1], "depth": [0], "clause": ["vip"], "customers": [2], "undecided": [1], "kept": [2]})
    heads = drawn(clauses_screen(scored, rows, FOUND, look=RUSSIAN), RUSSIAN)[2].split()
    assert heads == ["строка", "уровень", "условие", "клиенты", "не", "определены", "осталось"]


def test_changes_are_words_of_the_tool() -> None:
    scored = worked_shop()[1]
    view = against_view((scored, TRUE, None), (scored, TRUE, None))
    lines = drawn(changes_screen(scored, view, scored.as_of, look=RUSSIAN, limit=5), RUSSIAN)
    assert "пришли 0 · остались 2 · ушли 0" in lines[0]
    assert [line.split()[-1] for line in lines[4:6]] == ["остались", "остались"]
