"""Dates in words: month names, weekdays, zones and comments are brought into one form that a strptime pattern reads.

Each rule replaces a part of a text without looking at the values of its digits, so that a shape (a text with every
digit as 9) shows which rules a column needs. A date with a month name becomes `§2024-01-25;`, which no other text is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

MONTHS = (
    "january jan января январь янв",
    "february feb февраля февраль февр фев",
    "march mar марта март мар",
    "april apr апреля апрель апр",
    "may мая май",
    "june jun июня июнь июн",
    "july jul июля июль июл",
    "august aug августа август авг",
    "september sept sep сентября сентябрь сент сен",
    "october oct октября октябрь окт",
    "november nov ноября ноябрь нояб ноя",
    "december dec декабря декабрь дек",
)
"""The names of each month, in English and Russian."""
CODES = {name: f"§{number:02}" for number, names in enumerate(MONTHS, 1) for name in names.split()}
# The longest first: "sep" is the beginning of "september".
NAMES = sorted(CODES, key=lambda name: (-len(name), name))
ANY_NAME = re.compile("|".join(NAMES))
WEEKDAY = (
    "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    "|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
)
CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?"
TIME_END = r":\d\d(?:\.\d+)?(?: [ap]m)?"
LONGEST = 80
"""No date is longer; a column of notes has many shapes, which need not be tried."""
NAMES_OF_MONTHS = "month names"
"""The rule that is no pattern."""
RULES: tuple[tuple[str, str], ...] = (
    (r"[\s\u00a0\u2007\u2009\u202f]+", " "),
    # CST is US Central Time in a date of RFC 2822 alone; China and Cuba have one too.
    (r"^((?:mon|tue|wed|thu|fri|sat|sun), \d{1,2} [a-z]{3} \d{4} [\d:]+) cst(?: ?\([^()]*\))?$", "${1} -0600"),
    (rf"^(?:{WEEKDAY})(?:[.,]+ ?| )", ""),
    (r"(\d) ?([ap])\.? ?m\b\.?", "${1} ${2}m"),
    (r"(:\d\d),(\d)", "${1}.${2}"),
    # What follows an offset only names it: (Moscow Standard Time), [Europe/Moscow].
    (r"([+-]\d\d:?\d\d|[+-]\d\d|\dz| z|:\d\d [a-zа-я]{3,5}|utc|gmt)(?: ?\([^()]*\)|\[[^\[\]]*\])$", "${1}"),
    (r" ?\(([a-zа-я]{1,5})\)$", " ${1}"),
    (r" ?(?:gmt|utc) ?([+-]\d\d(?::?\d\d)?)$", " ${1}"),
    (r" ?(?:gmt|utc) ?([+-])(\d(?::\d\d)?)$", " ${1}0${2}"),
    (rf"({TIME_END}) ?(?:z|utc|gmt)$", "${1} +0000"),
    (rf"({TIME_END}) ?([+-]\d\d)(?::?(\d\d))?$", "${1} ${2}${3}"),
    (NAMES_OF_MONTHS, ""),
    (r"[ ,./-]*§(\d\d)\.?[ ,./-]*", " §${1} "),
    (r"^ +", ""),
    (r"(\d) ?(?:года|г)\b\.?", "${1}"),
    (r"(\d)(?:st|nd|rd|th)\b", "${1}"),
    (r",? (?:at|в) ", " "),
    # The form of C and Java has the year last: Thu Jan 25 15:45:00 MSK 2024.
    (rf"^§(\d\d) (\d{{1,2}}) ({CLOCK})( [a-zа-я]{{1,5}}| [+-]\d\d:?\d\d)? (\d{{4}})$", "§${5}-${1}-${2}; ${3}${4}"),
    (r"^(\d{1,2}) §(\d\d) (\d{4})", "§${3}-${2}-${1};"),
    (r"^§(\d\d) (\d{1,2})(?:, ?| )(\d{4})", "§${3}-${1}-${2};"),
    (r"^(\d{4}) §(\d\d) (\d{1,2})", "§${1}-${2}-${3};"),
    (r"^(\d{1,2}) §(\d\d) (\d\d)($|[ ,])", "§${3}-${2}-${1};${4}"),
    (r"^§(\d\d) (\d{1,2})(?:, ?| )(\d\d)($|[ ,])", "§${3}-${1}-${2};${4}"),
    (r"(; ?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: [ap]m)?) (?:z|utc|gmt)$", "${1} +0000"),
    (r";[ ,:t]*(\d{1,2}:\d\d)", "; ${1}"),
    (r"^(\d+[./-]\d+[./-]\d+)(?:,? |,|t)(\d{1,2}:\d\d)", "${1} ${2}"),
)
"""Patterns and what takes the place of the first match in a text of small letters, one after the other."""


@lru_cache(maxsize=1 << 14)
def tidied(shape: str) -> tuple[str, tuple[int, ...]]:
    """Return a shape in the form that patterns read, and the places of the rules that change it.

    >>> tidied("THU, 99 JAN 9999 99:99:99 +9999")[0]
    '§9999-99-99; 99:99:99 +9999'
    >>> tidied("99 ЯНВ. 9999 Г., 99:99")[0]
    '§9999-99-99; 99:99'
    """
    text = shape.lower()
    used: list[int] = []
    if len(text) > LONGEST or "9" not in text:
        return text, ()
    for place, (pattern, instead) in enumerate(RULES):
        if pattern == NAMES_OF_MONTHS:
            changed = ANY_NAME.sub(lambda found: CODES[found.group()], text)
        else:
            count = 1 if place else 0  # all blanks become alike
            changed = re.sub(pattern, instead.replace("${", r"\g<").replace("}", ">"), text, count=count)
        if changed != text:
            text, used = changed, [*used, place]
    return re.sub(r"\d", "9", text), tuple(used)


def tidy(text: pl.Expr, rules: Sequence[int]) -> pl.Expr:
    """Return texts in the form that patterns read; `rules` are the places of those that the column needs."""
    text = text.str.to_lowercase()
    for place in sorted(rules):
        pattern, instead = RULES[place]
        if pattern == NAMES_OF_MONTHS:
            text = text.str.replace_many(NAMES, [CODES[name] for name in NAMES], leftmost=True)
        elif place == 0:
            text = text.str.replace_all(pattern, instead)
        else:
            text = text.str.replace(pattern, instead)
    return text
