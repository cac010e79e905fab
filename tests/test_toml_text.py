"""Lines of TOML are read back as they were written."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.toml_text import assignment, comment
from tests.examples import examples

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def test_lines() -> None:
    assert assignment("a b", ["x", 'y"z']) == '"a b" = ["x", "y\\"z"]'
    assert assignment("on", value=True) == "on = true"
    assert assignment("keep", 30) == "keep = 30"
    assert assignment("share", Decimal("0.5")) == "share = 0.5"
    assert assignment("since", date(2024, 2, 29)) == "since = 2024-02-29"
    assert assignment("edges", [1, 2.5, ["x"], {"a": False}]) == 'edges = [1, 2.5, ["x"], { a = false }]'
    assert assignment("rules", {"f": "quantile", "a.b": "c"}) == 'rules = { f = "quantile", "a.b" = "c" }'
    assert comment("two\nlines ") == "# two lines"


@given(TEXTS, st.one_of(TEXTS, st.lists(TEXTS), st.dictionaries(TEXTS, TEXTS), st.booleans()), TEXTS)
@settings(max_examples=examples(50, 500), deadline=None)
def test_what_is_written_is_read(name: str, value: object, remark: str) -> None:
    text = f"{comment(remark)}\n{assignment(name, value)}\n"  # type: ignore[arg-type]
    assert tomllib.loads(text) == {name: value}
