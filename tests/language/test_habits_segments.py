"""Names of segments with blanks, written alone as conditions."""

from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("At risk", "At risk", "write in 'At risk'"),
        ("at  RISK", "at  RISK", "write in 'At risk'"),
        ("vip and not about to sleep or has phone", "about to sleep", "write in 'About to sleep'"),
        ("(vip or Needs attention) minus Lost", "Needs attention", "write in 'Needs attention'"),
        ("Can't lose", "Can't lose", "write in 'Can''t lose'"),
        ("Can't lose or vip", "Can't lose", "write in 'Can''t lose'"),
        ("Loyal Customers", "Loyal Customers", "write in 'Loyal Customers'"),
        ("В зоне риска", "В зоне риска", "write in 'At risk'"),
        ("segment = At risk", "At risk", "write a text in straight quotes: 'At risk'"),
        ("segment in (At risk)", "At risk", "write a text in straight quotes: 'At risk'"),
        ("At home", "home", "write and, or or minus"),
    ],
)
def test_a_segment_alone_is_asked_as_a_set(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
