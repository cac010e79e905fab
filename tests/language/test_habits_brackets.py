from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("(has phone", "(", "write ) where it ends"),
        ("has phone)", ")", "take it away, or open one before it"),
        ("any orders(amount > 100", "(", "write ) where it ends"),
        ("((vip)", "(", "write ) where it ends"),
        ("(vip))", ")", "take it away, or open one before it"),
        ("x in (1, 2", "(", "write ) where it ends"),
        ("()", "()", "write one, or take the brackets away"),
        ("any orders()", "()", "write one, or take the brackets away"),
        ("vip and ()", "()", "write one, or take the brackets away"),
    ],
)
def test_brackets_that_are_odd(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
