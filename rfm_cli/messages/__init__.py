"""Messages: what the tool says to people, as a key with typed values, and the languages that they are shown in.

A key is the English template of a message, such as `{n|column|columns} hidden`. The catalog of another language is
one TOML file beside this module with one entry per key. A test holds every catalog to have each key of the code, with
the same places. Files with data (CSV, Parquet, JSON) stay in English, since programs read their headings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from rfm_cli.errors import UsageError, did_you_mean

LANGUAGES = ("en", "ru")
"""The languages that have a catalog."""


@dataclass(frozen=True)
class SchemeText:
    """A text of a scheme, such as the name of a segment; catalogs translate those of the shipped schemes."""

    text: str


@dataclass(frozen=True)
class Share:
    """A part of a whole, shown as percent."""

    part: float


@dataclass(frozen=True)
class Figure:
    """A number as English writes it, such as `1234.50` or `+1,200`; only its marks differ by language.

    `count` is the number itself, for a place that has the form of a noun.
    """

    text: str
    count: int = 0


@dataclass(frozen=True)
class Span:
    """The first and the last number of a bin, as English writes them."""

    low: str
    high: str


@dataclass(frozen=True)
class Listed:
    """Several values in a row, with a mark between them."""

    parts: tuple[Value, ...]
    mark: str = ", "


@dataclass(frozen=True)
class Message:
    """A key of the catalogs and the values of its places; as text it is English. Made by `message`."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return words()(self)

    def filled(self, **values: Value) -> Message:
        """Return the same message with these values."""
        return message(self.key, **values)


Value: TypeAlias = str | int | Decimal | date | SchemeText | Share | Figure | Span | Listed | Message
"""What a place of a message can hold. A `str` is a text of the user's data and is shown as it is."""


def message(key: str, /, **values: Value) -> Message:
    """Return a message. The key is a literal wherever possible, since a test collects the keys of the code.

    A place is `{name}`, or `{name|form|form}` for a whole number followed by the form of a noun that goes with it.
    What follows a `#` in a key tells two messages of one English text apart, and is not shown.

    >>> str(message("{n|column|columns} hidden", n=1)), str(message("from#date"))
    ('1 column hidden', 'from')
    """
    return Message(key, tuple(values.items()))


@dataclass(frozen=True)
class Words:
    """A language: the templates by their keys, texts of shipped schemes, and how numbers and days are written.

    `is_page` is for texts between others, as on the page of a report: days are written with the name of the month,
    and no line breaks before a percent sign.
    """

    lang: str
    templates: Mapping[str, str]
    scheme_texts: Mapping[str, str]
    months: Sequence[str]
    group_mark: str
    decimal_mark: str
    long_day: str
    short_day: str
    is_page: bool = False

    def __call__(self, value: Value) -> str:  # noqa: PLR0911 - one return per type
        """Return a message, or a value of one, in this language.

        >>> words("ru")(message("{n|column|columns} hidden", n=3))
        '3 столбца скрыты'
        """
        match value:
            case Message():
                return self._filled(value)
            case SchemeText(text):
                return self.segment(text)
            case Share(part):
                return self.share(part)
            case Figure():
                return self.marked(value.text)
            case Span(low, high):
                return self.marked(f"{low}{RANGE if self.is_page else '-'}{high}")
            case Listed(parts, mark):
                return mark.join(map(self, parts))
            case date():
                return self.day(value) if self.is_page else self.short(value)
            case int() | Decimal():
                return self.number(value)
            case _:
                return value

    def _filled(self, one: Message) -> str:
        """Fill the places of a message; a key that the catalog lacks is its own English template."""
        values = dict(one.values)

        def place(found: re.Match[str]) -> str:
            name, *forms = found[1].split("|")
            shown = self(values[name])
            return f"{shown} {self._form(values[name], forms)}" if forms else shown

        # A missing key shows in English, so that a new message never stops a run.
        return PLACE.sub(place, self.templates.get(one.key) or one.key.partition("#")[0])

    def _form(self, count: Value, forms: Sequence[str]) -> str:
        """Return the form of a noun that goes with a count."""
        # A figure has lost its number to the text, and carries it along.
        number = count.count if isinstance(count, Figure) else count
        assert isinstance(number, int)
        return forms[min(FORMS[self.lang](number), len(forms) - 1)]

    def for_page(self) -> Words:
        """Return the same language for the texts of a page."""
        return replace(self, is_page=True)

    def segment(self, name: str | None) -> str:
        """Return the name of a segment; a name of the user's own scheme stays as it is."""
        return "" if name is None else self.scheme_texts.get(name, name)

    def number(self, value: int | Decimal, decimals: int | None = None) -> str:
        """Return a number with its thousands set apart, with all of its decimals or rounded half-even to some.

        >>> words("en").number(Decimal("-1234.50")), words("ru").number(Decimal("-1234.50"), 1)
        ('-1,234.50', '-1\\xa0234,5')
        """
        if isinstance(value, Decimal):
            return self.marked(f"{value:,f}" if decimals is None else f"{value:,.{decimals}f}")
        return self.marked(f"{value:,}")

    def share(self, part: float) -> str:
        """Return a share as percent."""
        shown = self.marked(percent(part))
        return shown.replace(" %", f"{HARD_SPACE}%") if self.is_page else shown

    def marked(self, text: str) -> str:
        """Return the text of a number as English writes it (1,234.5) with the marks of this language.

        >>> words("ru").marked("1,234.5 %")
        '1\\xa0234,5 %'
        """
        return text.translate({ord(","): self.group_mark, ord("."): self.decimal_mark})

    def day(self, day: date) -> str:
        """Return the day with the name of its month.

        >>> words("en").day(date(2024, 3, 1)), words("ru").day(date(2024, 3, 1))
        ('1 March 2024', '1 марта 2024 г.')
        """
        return self.long_day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def short(self, day: date) -> str:
        """Return the day in figures.

        >>> words("en").short(date(2024, 3, 1)), words("ru").short(date(2024, 3, 1))
        ('2024-03-01', '01.03.2024')
        """
        return day.strftime(self.short_day.replace("%Y", f"{day.year:04}"))  # strftime drops zeros before a year


PLACE = re.compile(r"\{([^{}]+)\}")
"""A place in a template: a name, and the forms of a noun where it counts something."""
RANGE = "\u2013"
"""Between the ends of a bin on a page."""
HARD_SPACE = "\u00a0"


def percent(share: float) -> str:
    """Return a share as percent with one decimal; one that is too small to show, or just under all, shows a bound.

    >>> [percent(share) for share in (0.5, 0.0004, 0.0, 0.99999, 1.0, -0.0001)]
    ['50.0 %', '<0.1 %', '0.0 %', '>99.9 %', '100.0 %', '>-0.1 %']
    """
    if math.isnan(share):
        return ""
    shown = f"{100 * share:.1f}"
    if shown in ("0.0", "-0.0"):
        return "0.0 %" if share == 0 else "<0.1 %" if share > 0 else ">-0.1 %"
    # A sum of shares may miss 1 by its last binary digit, and is all the same.
    return ">99.9 %" if shown == "100.0" and share < 1 - 1e-9 else f"{shown} %"


def _one_or_more(count: int) -> int:
    return 0 if count == 1 else 1


def _one_few_many(count: int) -> int:
    last, lasts = count % 10, count % 100
    if last == 1 and lasts != 11:
        return 0
    return 1 if last in (2, 3, 4) and lasts not in (12, 13, 14) else 2


FORMS: Mapping[str, Callable[[int], int]] = {"en": _one_or_more, "ru": _one_few_many}
"""The number of the form that goes with a count, by language: the rules of Unicode's CLDR for whole numbers."""


def checked_language(lang: str) -> str:
    """Return the language; raise `UsageError` for one that has no catalog."""
    if lang not in LANGUAGES:
        raise UsageError(f"--lang {lang}: no such language here", did_you_mean(lang, LANGUAGES))
    return lang


@cache
def words(lang: str = "en") -> Words:
    """Return the words of a language; raise `UsageError` for one that has no catalog."""
    checked_language(lang)
    # Imported here: messages are made at every start, and only some are shown.
    import tomllib
    from importlib.resources import files

    catalog = tomllib.loads(files(__name__).joinpath(f"{lang}.toml").read_text(encoding="utf-8"))
    return Words(
        lang, catalog.get("messages", {}), catalog.get("scheme_texts", {}), catalog["months"], **catalog["marks"]
    )


def called(text: str, shown: Sequence[Value]) -> list[int]:
    """Return the places of the values that a text names, case ignored: in English, else in any other language.

    >>> called("lost", [SchemeText("New"), SchemeText("Lost")]), called("потерянные", [SchemeText("Lost")])
    ([1], [0])
    """
    folded = text.strip().casefold()
    for lang in LANGUAGES:
        say = words(lang)
        if found := [place for place, value in enumerate(shown) if say(value).casefold() == folded]:
            return found
    return []
