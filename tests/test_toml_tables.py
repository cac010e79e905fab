"""TOML from outside, with limits."""

from __future__ import annotations

import pytest

from rfm_cli.toml_tables import NotTomlError, parse


def test_a_text_with_a_mark_and_dotted_keys() -> None:
    assert parse('\ufeffa.b."c.d" = 1\n'.encode()) == {"a": {"b": {"c.d": 1}}}
    assert parse("x = '" + "a." * 1000 + "'") == {"x": "a." * 1000}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a." * 20_000 + "b = 1", "a key of more than 64 parts"),
        ("[" + "a." * 20_000 + "b]", "a key of more than 64 parts"),
        ('"a" . ' * 20_000 + "b = 1", "a key of more than 64 parts"),
        ("a = " + "[" * 3000 + "]" * 3000, "brackets are nested too deeply"),
        ("a = " + "9" * 5000, "a number has too many digits"),
        ("a = 1\n" * 2, "Cannot overwrite a value"),
        ("#" * 4_000_001, "4,000,001 bytes, and 4,000,000 are the most that is read"),
        (b"a = '\xff'", "it is not UTF-8 text"),
    ],
)
def test_what_is_not_read(text: str | bytes, told: str) -> None:
    with pytest.raises(NotTomlError) as raised:
        parse(text if isinstance(text, bytes) else text.encode())
    assert str(raised.value).startswith(told)


def test_dotted_numbers_in_a_comment_are_no_key() -> None:
    dotted = ".".join(map(str, range(70)))
    assert parse(f"# see {dotted}\na = 1\nb = '{dotted}'\n") == {"a": 1, "b": dotted}
