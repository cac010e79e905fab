from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("monetary > 1,000", "1,000", "write 1000"),
        ("monetary > 1,000,000", "1,000,000", "write 1000000"),
        ("monetary > .5", ".5", "write 0.5"),
        ("monetary > 0,5", "0,5", "write 0.5"),
        ("monetary > 12,50", "12,50", "write 12.50"),
        ("x in (1,000, 2)", "1,000", "write 1000"),
        ("monetary > 1 000", "1 000", "write 1000"),
        ("monetary > 1 000 000.50", "1 000 000.50", "write 1000000.50"),
        ("frequency > 2 times", "times", "write the number alone: 2"),
        ("frequency >= 2 times within 30 days", "times", "write the number alone: 2"),
        ("count orders = 1 и has phone", "и", "write and"),
        ("count orders = 1 или vip", "или", "write or"),
        ("count orders = 1 adn has phone", "adn", "did you mean and?"),
        ("frequency > 2 раза", "раза", "write the number alone: 2"),
        ("monetary > 100 EUR", "EUR", "write the number alone: 100"),
        ("x in (2 times)", "times", "write the number alone: 2"),
        ("x within 1 m", "1 m", "write mo for months: 1mo"),
        ("x within 5 min", "5 min", "write 1 hour, or 1h"),
        ("x within 30 дней", "30 дней", "write 30 days"),
        ("x within 3 fortnights", "fortnights", "write 3 days"),
        ("2 < frequency < 5", "2 < frequency < 5", "write frequency between 2 and 5"),
        ("a < b < c", "<", "join them with and: a < b and b < c"),
        ("frequency > 2 and < 5", "<", "write it again: frequency < 5"),
        ("age 18-25", "18-25", "write age between 18 and 25"),
        ("frequency between 2, 5", ",", "write between 2 and 5"),
        ("frequency between 2 to 5", "to", "write between 2 and 5"),
        ("frequency between 2 - 5", "-", "write between 2 and 5"),
        ("frequency between 2", "", "write between 2 and 5"),
        ("frequency at least 3", "at least", "write >= 3"),
        ("frequency at most 3", "at most", "write <= 3"),
        ("frequency more than 3", "more than", "write > 3"),
        ("frequency greater than 3", "greater than", "write > 3"),
        ("city equals 'A'", "equals", "write = 'A'"),
        ("frequency gt 3", "gt", "write > 3"),
        ("monetary * 2 > 5", "monetary * 2", "write 2 * monetary"),
        (
            "(a + b) * 2 > 5",
            "(a + b)",
            "write the product on the other side, without brackets: 2 * a + 2 * b for (a + b) * 2",
        ),
        (
            "2 * (a + b) > 5",
            "(",
            "write the product on the other side, without brackets: 2 * a + 2 * b for (a + b) * 2",
        ),
        (
            "(a + b) > 5",
            "(a + b)",
            "write the product on the other side, without brackets: 2 * a + 2 * b for (a + b) * 2",
        ),
        ("(frequency) > 3", "(frequency)", "write frequency > 3"),
        ("5 + (a) > 3", "(", "write the product on the other side, without brackets: 2 * a + 2 * b for (a + b) * 2"),
    ],
)
def test_numbers_and_comparisons_of_elsewhere(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
