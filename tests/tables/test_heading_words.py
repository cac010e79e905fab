# ruff: noqa: RUF001 - words of other scripts are what is looked for
"""Words in headings."""

from __future__ import annotations

from rfm_cli.tables.heading_words import MONEY, PEOPLE, words_of


def test_words_of_headings() -> None:
    assert words_of("TotalPrice (EUR)") == {"total", "price", "eur"}
    assert words_of("Сумма_заказа") == {"сумма", "заказа"}
    assert words_of("123 -") == set()
    assert words_of("buyerEmail") & PEOPLE == {"buyer", "email"}
    assert words_of("Итого, руб") & MONEY == {"итого"}
