"""The words of the tool in the language of its reader: headings, segments, numbers and days.

English is what the code is written in, and the key of every other catalogue: `words("ru")("revenue")` is «выручка».
A catalogue is one TOML file beside this module; what it lacks is shown in English, and a test holds the shipped ones
to lacking nothing. Files with data (CSV, Parquet, JSON) stay in English: programs read their headings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from rfm_cli.errors import UsageError, did_you_mean

LANGUAGES = ("en", "ru")
"""The languages that have a catalogue."""


@dataclass(frozen=True)
class Words:
    """One language: `phrases` by their English, nouns by form, months, and how numbers and days are written."""

    lang: str
    phrases: Mapping[str, str]
    plurals: Mapping[str, Sequence[str]]
    months: Sequence[str]
    group_mark: str
    decimal_mark: str
    long_day: str
    short_day: str
    patterns: Sequence[tuple[re.Pattern[str], str]] = ()

    def __call__(self, phrase: str, /, **values: object) -> str:
        """The phrase in this language, with its `{name}`s filled in."""
        told = self.phrases.get(phrase, phrase)
        return told.format(**values) if values else told

    def plural(self, count: int, noun: str) -> str:
        """The count with the form of the noun that goes with it; the noun is given in the singular.

        >>> words("en").plural(1, "customer"), words("en").plural(1200, "customer")
        ('1 customer', '1,200 customers')
        >>> [words("ru").plural(count, "customer") for count in (1, 2, 5, 11, 21)]
        ['1 клиент', '2 клиента', '5 клиентов', '11 клиентов', '21 клиент']
        """
        forms = self.plurals.get(noun) or (noun, noun + "s")
        return f"{self.number(count)} {forms[min(FORMS[self.lang](count), len(forms) - 1)]}"

    def said(self, text: str) -> str:
        """What the tool has said in English, in this language: a phrase, a number, a day, or a sentence made of them.

        Sentences are known by the patterns of the catalogue, `{n} more customers`, whose parts are said in turn, and so
        are the parts of a list. What no pattern knows stays as it is. This is for texts of the tool alone: a name in
        the data could look like a phrase.

        >>> words("ru").said("shade: customers, the darkest is 1,539")
        'цвет: клиенты, самый тёмный — 1\xa0539'
        """
        if self.lang == "en":
            return text
        known = self.phrases.get(text)
        if known is not None:
            return known
        if NUMBER.fullmatch(text):
            return self.marked(text)
        if (day := _day_in(text)) is not None:
            return self.short(day)
        for pattern, told in self.patterns:
            if found := pattern.fullmatch(text):
                return self._filled(told, found.groupdict())
        parts = text.split(", ")
        return ", ".join(map(self.said, parts)) if len(parts) > 1 else text

    def _filled(self, told: str, parts: Mapping[str, str]) -> str:
        """A pattern in this language with its parts said; `{n|день|дня|дней}` has the form that goes with the count."""

        def part(found: re.Match[str]) -> str:
            name, *forms = found[1].split("|")
            said = parts[name] if name in NAMES else self.said(parts[name])
            if not forms:
                return said
            count = int(parts[name].replace(",", "") or 0)
            return f"{said} {forms[min(FORMS[self.lang](count), len(forms) - 1)]}"

        return PLACE.sub(part, told)

    def segment(self, name: str | None) -> str:
        """The name of a segment; one that the catalogue does not know (of a scheme of one's own) as it is."""
        return "" if name is None else self.phrases.get(name, name)

    def number(self, value: int | Decimal, decimals: int | None = None) -> str:
        """A number with its thousands set apart; with all of its decimals, or so many (half-even).

        >>> words("en").number(Decimal("-1234.50")), words("ru").number(Decimal("-1234.50"), 1)
        ('-1,234.50', '-1\\xa0234,5')
        """
        if isinstance(value, Decimal):
            return self.marked(f"{value:,f}" if decimals is None else f"{value:,.{decimals}f}")
        return self.marked(f"{value:,}")

    def marked(self, text: str) -> str:
        """The text of a number as English writes it (1,234.5) with the marks of this language.

        >>> words("ru").marked("1,234.5 %")
        '1\\xa0234,5 %'
        """
        return text.translate({ord(","): self.group_mark, ord("."): self.decimal_mark})

    def day(self, day: date) -> str:
        """The day with the name of its month.

        >>> words("en").day(date(2024, 3, 1)), words("ru").day(date(2024, 3, 1))
        ('1 March 2024', '1 марта 2024 г.')
        """
        return self.long_day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def short(self, day: date) -> str:
        """The day in figures.

        >>> words("en").short(date(2024, 3, 1)), words("ru").short(date(2024, 3, 1))
        ('2024-03-01', '01.03.2024')
        """
        return day.strftime(self.short_day.replace("%Y", f"{day.year:04}"))  # strftime drops zeros before a year


NUMBER = re.compile(r"[+-]?[<>]?[+-]?[\d,]+(\.\d+)?( %)?!?")
"""A number as English writes it, a sign, a bound or a flag about it."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NAMES = ("id", "channel")
"""Parts of patterns that are names in the data, which stay as they are."""
PLACE = re.compile(r"\{([^{}]+)\}")
PARTS = {
    "n": r"[\d,]+",
    "share": r"[<>]?-?[\d.]+ %",
    "money": r"-?[\d,]+(?:\.\d+)?",
    "day": r"\d{4}-\d{2}-\d{2}",
    "mark": r"…|\.\.\.",
}
"""What may stand in for a part of a pattern, by its name without a figure at the end; for any other, any text."""


def _day_in(text: str) -> date | None:
    """The day that a text is in ISO form, None for any other text."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def _one_or_more(count: int) -> int:
    return 0 if count == 1 else 1


def _one_few_many(count: int) -> int:
    last, lasts = count % 10, count % 100
    if last == 1 and lasts != 11:
        return 0
    return 1 if last in (2, 3, 4) and lasts not in (12, 13, 14) else 2


FORMS: Mapping[str, Callable[[int], int]] = {"en": _one_or_more, "ru": _one_few_many}
"""Which form of a noun goes with a count, by language: the rules of Unicode's CLDR for whole numbers."""


@cache
def words(lang: str = "en") -> Words:
    """The words of a language; `UsageError` for one that has no catalogue."""
    if lang not in LANGUAGES:
        raise UsageError(f"--lang {lang}: no such language here", did_you_mean(lang, LANGUAGES))
    told: dict[str, Any] = tomllib.loads(files(__name__).joinpath(f"{lang}.toml").read_text(encoding="utf-8"))
    sections = ("phrases", "headings", "segments", "next_steps")
    phrases = {key: text for section in sections for key, text in told.get(section, {}).items()}
    patterns = [(_pattern(key), text) for key, text in told.get("patterns", {}).items()]
    return Words(lang, phrases, told["plurals"], told["months"], **told["marks"], patterns=patterns)


def _pattern(text: str) -> re.Pattern[str]:
    """The texts that a pattern knows: what may stand in for `{n}`, `{share}` and so on is said by `PARTS`."""
    literal = PLACE.split(text)
    parts = [
        f"(?P<{part}>{PARTS.get(part.rstrip('12'), '.+?')})" if place % 2 else re.escape(part)
        for place, part in enumerate(literal)
    ]
    return re.compile("".join(parts))
