"""The catalogues: nothing that the code says to people is missing, and every phrase takes the same values."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import rfm_cli
from rfm_cli.errors import UsageError
from rfm_cli.history.states import NOT_YET
from rfm_cli.messages import FORMS, LANGUAGES, words
from rfm_cli.report.cells import HEADINGS
from rfm_cli.report.cutoffs import RANGES
from rfm_cli.report.figures import HEADS
from rfm_cli.report.page import TITLE
from rfm_cli.report.sheets import MORE_HEADS
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, load_scheme
from rfm_cli.tables.rules import RULES

PACKAGE = Path(rfm_cli.__file__).parent
SAYING = ("w", "Why", "_brought", "_counted")
"""Functions that are given a phrase: as their first text."""
SCHEMES = ("rf12", "rfm11", "klaviyo6", "r-rfm", "none")
OTHERS = [path.stem for path in (PACKAGE / "words").glob("*.toml") if path.stem != "en"]


def calls() -> Iterator[ast.Call]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def texts(node: ast.AST) -> list[str]:
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def phrases() -> set[str]:
    """All that is said through a catalogue: in the code, in the page, in tables of the code, in shipped schemes."""
    found: set[str] = set()
    for call in calls():
        if isinstance(call.func, ast.Name) and call.func.id in SAYING:
            plain = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            found |= set(plain[:1])
    page = (PACKAGE / "report/templates/page.html.j2").read_text(encoding="utf-8")
    found |= {one or other for one, other in re.findall(r"""\bw\((?:"([^"]+)"|'([^']+)')""", page)}
    found |= {*HEADINGS.values(), *HEADS.values(), *MORE_HEADS.values(), *RANGES.values(), TITLE}
    found |= {"read", "accepted", *(f"rejected: {rule}" for rule in RULES.values())}
    found |= {NOT_YET, NO_PURCHASES, NEW_SUBSCRIBER, "under", "never", "all"}
    for scheme in map(load_scheme, SCHEMES):
        found |= {scheme.title, scheme.no_purchases_next_step, scheme.new_subscriber_next_step}
        found |= {text for one in scheme.segments for text in (one.name, one.next_step)}
    return found - {""}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lang", OTHERS)
def test_nothing_is_missing(lang: str) -> None:
    known = words(lang).phrases
    assert phrases() - known.keys() == set()
    readings = (PACKAGE / "report/readings.py").read_text(encoding="utf-8")
    told = {text for text in texts(ast.parse(readings)) if "{" in text}
    assert told - known.keys() == set()


@pytest.mark.parametrize("lang", OTHERS)
def test_phrases_take_the_same_values(lang: str) -> None:
    assert {key: fields(text) for key, text in words(lang).phrases.items()} == {
        key: fields(key) for key in words(lang).phrases
    }


def test_every_noun_has_its_forms() -> None:
    nouns = {
        text
        for call in calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "plural"
        for text in texts(call.args[1])
    }
    for lang in LANGUAGES:
        known = words(lang).plurals
        assert nouns - known.keys() == set()
        forms = max(map(FORMS[lang], range(200))) + 1
        assert {len(own) for own in known.values()} == {forms}


def test_a_key_stands_in_one_place() -> None:
    for lang in LANGUAGES:
        told = tomllib.loads((PACKAGE / f"messages/{lang}.toml").read_text(encoding="utf-8"))
        keys = [key for section in ("phrases", "headings", "segments", "next_steps") for key in told.get(section, {})]
        assert len(keys) == len(set(keys))


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    ru, en = words("ru"), words("en")
    assert (en.number(1234567), ru.number(1234567)) == ("1,234,567", "1\u00a0234\u00a0567")
    assert (en.number(Decimal("-0.50")), ru.number(Decimal("-0.50"))) == ("-0.50", "-0,50")
    assert ru.number(Decimal("1234.555"), 2) == "1\u00a0234,56"
    assert (en.day(date(2024, 5, 9)), ru.day(date(2024, 5, 9))) == ("9 May 2024", "9 мая 2024 г.")
    assert (en.short(date(2024, 5, 9)), ru.short(date(2024, 5, 9))) == ("2024-05-09", "09.05.2024")
    assert ru.plural(1_000_021, "customer") == "1\u00a0000\u00a0021 клиент"


def test_names_that_nobody_knows_stay_as_they_are() -> None:
    assert words("ru").segment("My {own} segment") == "My {own} segment"
    assert words("ru")("{not} a phrase") == "{not} a phrase"


def test_an_unknown_language_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="--lang rv"):
        words("rv")
