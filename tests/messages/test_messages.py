"""Messages and their catalogs: every key of the code has a translation with the same places, and no other key."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

import rfm_cli
from rfm_cli.errors import UsageError
from rfm_cli.history.states import NOT_VIP, NOT_YET, VIP
from rfm_cli.messages import FORMS, LANGUAGES, PLACE, Figure, Listed, SchemeText, Share, Span, message, words
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, load_scheme
from rfm_cli.tables.rules import RULES

PACKAGE = Path(rfm_cli.__file__).parent
SCHEMES = ("rf12", "rfm11", "klaviyo6", "r-rfm", "none")
OTHERS = [lang for lang in LANGUAGES if lang != "en"]
COMPUTED = {
    "messages/__init__.py": "fills a message again",
    "output/screens/parts.py": "rules of tables.rules",
    "report/cells.py": "rules of tables.rules",
    "report/page.py": "keys of the template",
}
"""The files that make a message of a key that is no literal, and where the key comes from."""


def calls() -> Iterator[tuple[Path, ast.expr]]:
    """Yield the key of each call of `message` in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "message":
                yield path, node.args[0]


@cache
def keys() -> frozenset[str]:
    """Return every key of the code and of the template of the page."""
    found = {key.value for _, key in calls() if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    page = (PACKAGE / "report/templates/page.html.j2").read_text(encoding="utf-8")
    found |= {one or other for one, other in re.findall(r"""\bsay\((?:"([^"]+)"|'([^']+)')""", page)}
    return frozenset(found | set(RULES.values())) - {""}


def places(template: str) -> set[str]:
    return {place.split("|")[0] for place in PLACE.findall(template)}


def test_keys_are_literals() -> None:
    computed = {path.relative_to(PACKAGE).as_posix() for path, key in calls() if not isinstance(key, ast.Constant)}
    assert computed == set(COMPUTED)


@pytest.mark.parametrize("lang", OTHERS)
def test_a_catalog_has_every_key_and_no_other(lang: str) -> None:
    known = words(lang).templates
    assert keys() - known.keys() == set()
    assert known.keys() - keys() == set()


@pytest.mark.parametrize("lang", OTHERS)
def test_translations_have_the_same_places(lang: str) -> None:
    known = words(lang).templates
    assert {key: places(text) for key, text in known.items()} == {key: places(key) for key in known}


@pytest.mark.parametrize("lang", OTHERS)
def test_counts_have_every_form(lang: str) -> None:
    own = max(map(FORMS[lang], range(200))) + 1
    for key, text in words(lang).templates.items():
        for template, forms in ((key, 2), (text, own)):
            assert {len(place.split("|")) - 1 for place in PLACE.findall(template)} <= {0, forms}, template


@pytest.mark.parametrize("lang", OTHERS)
def test_texts_of_shipped_schemes_are_translated(lang: str) -> None:
    texts = {NOT_YET, NO_PURCHASES, NEW_SUBSCRIBER, VIP, NOT_VIP}
    for scheme in map(load_scheme, SCHEMES):
        texts |= {scheme.title, scheme.description, scheme.source}
        texts |= {scheme.no_purchases_next_step, scheme.new_subscriber_next_step}
        texts |= {text for one in scheme.segments for text in (one.name, one.next_step)}
    assert texts - {""} == words(lang).scheme_texts.keys()


def test_catalogs_have_two_tables() -> None:
    for lang in OTHERS:
        catalog = tomllib.loads((PACKAGE / f"messages/{lang}.toml").read_text(encoding="utf-8"))
        assert set(catalog) == {"months", "marks", "messages", "scheme_texts"}


def test_values_are_shown_by_their_type() -> None:
    ru, en = words("ru"), words("en")
    told = message("{a} > {b}", a=SchemeText("Lost"), b=SchemeText("My own"))
    assert (str(told), ru(told)) == ("Lost > My own", "Потерянные → My own")
    assert [ru(value) for value in (1234, Decimal("1234.50"), Figure("1234.50"), Share(0.5), Span("1.5", "2"))] == [
        "1\u00a0234",
        "1\u00a0234,50",
        "1234,50",
        "50,0 %",
        "1,5-2",
    ]
    assert ru(Listed((date(2024, 3, 1), "2024-03-01"), " · ")) == "01.03.2024 · 2024-03-01"
    assert (en.for_page()(Share(0.5)), en.for_page()(date(2024, 3, 1))) == ("50.0\u00a0%", "1 March 2024")
    assert en.for_page()(Span("1", "2")) == "1\u20132"


def test_texts_of_the_user_are_no_templates() -> None:
    ru = words("ru")
    assert ru(message("order {id}", id="{n|row|rows} revenue, 1,5")) == "заказ {n|row|rows} revenue, 1,5"
    assert ru("revenue") == "revenue"
    assert ru.segment("My {own} segment") == "My {own} segment"


def test_a_key_that_a_catalog_lacks_is_english() -> None:
    assert words("ru")(message("{n|cat|cats}#of mine", n=2)) == "2 cats"


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    ru, en = words("ru"), words("en")
    assert (en.number(1234567), ru.number(1234567)) == ("1,234,567", "1\u00a0234\u00a0567")
    assert (en.number(Decimal("-0.50")), ru.number(Decimal("-0.50"))) == ("-0.50", "-0,50")
    assert ru.number(Decimal("1234.555"), 2) == "1\u00a0234,56"
    assert (en.day(date(2024, 5, 9)), ru.day(date(2024, 5, 9))) == ("9 May 2024", "9 мая 2024 г.")
    assert (en.short(date(2024, 5, 9)), ru.short(date(2024, 5, 9))) == ("2024-05-09", "09.05.2024")
    assert ru(message("{n|customer|customers}", n=1_000_021)) == "1\u00a0000\u00a0021 клиент"


def test_an_unknown_language_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="--lang rv"):
        words("rv")
