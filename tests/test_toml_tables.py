"""TOML that users write: limits, kinds of values, and the lines of errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.toml_tables import Table, parse_toml, read_toml


def parsed(text: str) -> Table:
    return parse_toml(text.encode(), "a.toml")


def test_a_text_with_a_mark_and_dotted_keys() -> None:
    assert parsed('\ufeffa.b."c.d" = 1\n').values == {"a": {"b": {"c.d": 1}}}
    assert parsed("x = '" + "a." * 1000 + "'").text("x") == "a." * 1000


@pytest.mark.parametrize(
    ("text", "why"),
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
def test_what_is_not_read(text: str | bytes, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_toml(text if isinstance(text, bytes) else text.encode(), "a.toml", "look at it")
    assert raised.value.message.startswith(f"a.toml: not TOML: {why}")
    assert raised.value.hint == "look at it"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[s]\nключи = 1", "ключи"),
        ("[s]\n  new customers = 1", "new customers"),
        ("a = 1\ns.ключ = 2", "ключ"),
        ("[s.ключи]\nof = 1", "ключи"),
        ("[s]\nnew-буквы = 2", "new-буквы"),
    ],
)
def test_a_name_that_needs_quotes_is_named(text: str, name: str) -> None:
    with pytest.raises(UsageError, match="not TOML") as raised:
        parsed(text)
    assert raised.value.hint == f'write names of other letters in quotes: "{name}"'


def test_other_errors_of_toml_have_no_such_hint() -> None:
    for text in ("x = b", "[s]\nx = ключи", "x"):
        with pytest.raises(UsageError) as raised:
            parsed(text)
        assert raised.value.hint == ""


def test_dotted_numbers_in_a_comment_are_no_key() -> None:
    dotted = ".".join(map(str, range(70)))
    assert parsed(f"# see {dotted}\na = 1\nb = '{dotted}'\n").values == {"a": 1, "b": dotted}


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml: No such file or directory"):
        read_toml(tmp_path / "none.toml")


WRITTEN = """# a comment
bins = 5
text = '''
[rules]
m = 1
'''
[rules]  # the rules
m = 2
[[segments]]
name = "a"
rank = 1
[[segments]]
"name" = "b"
rank = true
[jobs.nightly]
keep = 0
"""


def test_errors_have_lines() -> None:
    top = parsed(WRITTEN)
    tables = top.tables("segments", "segment")
    found = [
        top.wrong("bins", "x"),
        top.table("rules").wrong("m", "x"),
        tables[0].wrong("name", "x"),
        tables[1].wrong("name", "x"),
        tables[1].unknown("rank", ""),
        top.table("jobs").table("nightly").wrong("keep", "x"),
        top.unknown("rules", ""),
    ]
    assert [one.message for one in found] == [
        "a.toml: bins must be x, not 5 (line 2)",
        "a.toml: [rules] m must be x, not 2 (line 8)",
        "a.toml: segment 1, name must be x, not 'a' (line 10)",
        "a.toml: segment 2, name must be x, not 'b' (line 13)",
        "a.toml: unknown key 'rank' in segment 2 (line 14)",
        "a.toml: [jobs.nightly] keep must be x, not 0 (line 16)",
        "a.toml: unknown table 'rules' at the top (line 7)",
    ]


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("text", "1", "text in quotes"),
        ("texts", "['a', 1]", "a list of texts in quotes"),
        ("switch", "1", "true or false"),
        ("whole", "true", "a whole number"),
        ("whole", "1.0", "a whole number"),
        ("wholes", "[true]", "a list of whole numbers"),
        ("number", "'nan'", "a number"),
        ("number", "true", "a number"),
        ("numbers", "['1']", "a list of numbers"),
        ("numbers", "[inf]", "a list of numbers"),
        ("table", "1", "a table, written as [x]"),
    ],
)
def test_a_value_of_another_kind(kind: str, text: str, wanted: str) -> None:
    with pytest.raises(UsageError) as raised:
        getattr(parsed(f"x = {text}"), kind)("x")
    assert raised.value.message.startswith(f"a.toml: x must be {wanted}")
    assert raised.value.message.endswith(" (line 1)")


def test_a_wrong_value_is_shown_as_toml_writes_it() -> None:
    wanted = "a.toml: x must be a list of whole numbers, not "
    for text, shown in [
        ("[5.5, 5, 5]", "[5.5, 5, 5]"),
        ("[true, ['a']]", "[true, ['a']]"),
        ("{ a = 2024-12-31, b = inf }", "{a = 2024-12-31, b = inf}"),
        ("07:30:00", "07:30:00"),
        ("'5'", "'5'"),
    ]:
        with pytest.raises(UsageError) as raised:
            parsed(f"x = {text}").wholes("x")
        assert raised.value.message == f"{wanted}{shown} (line 1)"


def test_a_line_that_cannot_be_found_is_left_out() -> None:
    assert parsed("x.y = 1").table("x").wrong("y", "z").message == "a.toml: [x] y must be z, not 1"
