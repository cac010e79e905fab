"""The grammar of dates: which shapes of texts are dates, and the pattern that reads each.

A shape is a text with every digit written as 9, so a column of a million timestamps shows one or two shapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rfm_cli.tables import date_zones
from rfm_cli.tables.date_words import tidied

DIGITS = {8: "%Y%m%d", 10: "epoch s", 13: "epoch ms", 16: "epoch us"}
"""What a number of this many digits is: a compact date, or seconds, milliseconds or microseconds since 1970."""
SHORT = {9: "epoch s", 12: "epoch ms"}
"""The same for instants before 2001-09-09, only where the column holds no other kind of date."""
FRACTION = ", with a fraction"
SERIAL = "Excel's serial numbers"
"""The pattern of days since 1899-12-30, with or without a fraction of the day."""
DATE = re.compile(r"^(?P<a>9{1,4})(?P<mark>[-/.])(?P<b>9{1,2})(?P=mark)(?P<c>9{1,4})")
IN_WORDS = re.compile(r"^§(?P<year>99(?:99)?)-99-9{1,2};")
TIME = re.compile(
    r"^(?P<gap>[T ]|, )9{1,2}:99(?P<seconds>:99)?(?P<fraction>\.9+)?"
    r"(?P<half> ?[AP]M)?(?P<zone> ?Z| ?UTC| ?[+-]99:?(?:99)?)?$"
)
TIDY_TIME = re.compile(
    r"^(?P<gap> )9{1,2}:99(?P<seconds>:99)?(?P<fraction>\.9+)?"
    r"(?P<half> [ap]m)?(?P<zone> [+-]99:?(?:99)?| [a-zа-я]{2,5}|\[[a-z0-9_/+-]+\])?$"
)
EPOCH = re.compile(r"^(9+)\.9+$")
SERIAL_SHAPE = re.compile(r"^9{5}(?:[.,]9+)?$")
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day", "month", "year"
LONG = {DAY_FIRST: "%d{0}%m{0}%Y", MONTH_FIRST: "%m{0}%d{0}%Y"}
BRIEF = {DAY_FIRST: "%d{0}%m{0}%y", MONTH_FIRST: "%m{0}%d{0}%y", YEAR_FIRST: "%y{0}%m{0}%d"}
"""The patterns of each order, with years of four and of two digits."""


@dataclass(frozen=True, order=True)
class Format:
    """One way to read a date: a strptime pattern, `epoch s|ms|us`, or `SERIAL`; `instant` if it names a point of UTC.

    `lone` marks 12 digits in a column without other dates: 202401151230 is then more likely a day and a time, and no
    date. With `tidy` the pattern is for texts that `date_words` has brought into its form. `zone` is the time zone that
    the texts name by a word. `unclear` is a word for which `--times-in` has to say the zone.
    """

    pattern: str
    instant: bool = False
    lone: bool = field(default=False, repr=False)
    tidy: bool = field(default=False, repr=False)
    zone: str | None = field(default=None, repr=False)
    unclear: str | None = field(default=None, repr=False)

    @property
    def timed(self) -> bool:
        """Whether it has a time of the day that `--times-in` concerns."""
        return not self.instant and any(
            part in self.pattern for part in ("%H", "%I", "%T", "%R", "%s", SERIAL + FRACTION)
        )

    @property
    def fraction(self) -> bool:
        """Whether it is a number with digits behind a point."""
        return self.pattern.endswith(FRACTION)

    @property
    def brief(self) -> bool:
        """Whether its years have two digits."""
        return "%y" in self.pattern

    def in_words(self) -> str:
        """Return the format as a user writes it."""
        if not self.tidy or not self.pattern.startswith("§"):
            return self.pattern
        date, rest = self.pattern.split(";", 1)
        return f"%d %b {'%y' if '%y' in date else '%Y'}{rest} (month names)"


SERIAL_DAYS, SERIAL_TIMES = Format(SERIAL), Format(SERIAL + FRACTION)


def is_two_way(shape: str) -> bool:
    """Return whether a shape such as 99/99/9999 leaves open which number is the day."""
    date = DATE.match(shape)
    return bool(date) and date is not None and date["mark"] in "-/" and len(date["a"]) < 3 and len(date["c"]) == 4


def is_brief(shape: str) -> bool:
    """Return whether a shape such as 99/99/99 has a year of two digits."""
    date = DATE.match(shape)
    return bool(date) and date is not None and _may_be_brief(date)


def _may_be_brief(date: re.Match[str]) -> bool:
    return len(date["a"]) <= 2 and len(date["c"]) <= 2 and 2 in (len(date["a"]), len(date["c"]))


def form_of(shape: str) -> str:
    """Return the shape itself where it begins as a date does, else the form into which `date_words` brings it."""
    known = DATE.match(shape)
    return shape if known and (known.end() == len(shape) or TIME.match(shape[known.end() :])) else tidied(shape)[0]


def format_of(shape: str, order: str | None, brief: str | None = None) -> Format | None:
    """Return the format of one shape, None where it is no date that we know.

    `order` says which number is first where the year has four digits, `brief` where it has two.

    >>> format_of("9999-99-99 99:99:99", None)
    Format(pattern='%Y-%m-%d %H:%M:%S', instant=False)
    >>> format_of("99/99/9999", "day")
    Format(pattern='%d/%m/%Y', instant=False)
    >>> format_of("9999999999", None)
    Format(pattern='epoch s', instant=True)
    """
    if re.fullmatch(r"9+", shape):
        pattern = DIGITS.get(len(shape))
        return Format(pattern, pattern.startswith("epoch")) if pattern else None
    if found := EPOCH.match(shape):
        pattern = DIGITS.get(len(found[1]), "")
        return Format(pattern + FRACTION, instant=True) if pattern.startswith("epoch") else None
    return _as_it_is(shape, order, brief) or _in_words(shape, order, brief)


def _as_it_is(shape: str, order: str | None, brief: str | None) -> Format | None:
    date = DATE.match(shape)
    day = _date_pattern(date, order, brief) if date else None
    if date is None or day is None:
        return None
    rest = shape[date.end() :]
    if not rest:
        return Format(day)
    time = TIME.match(rest)
    return _with_time(day, time) if time else None


def _in_words(shape: str, order: str | None, brief: str | None) -> Format | None:
    """Return the format of a shape after `date_words` has brought it into its form."""
    form, _rules = tidied(shape)
    if words := IN_WORDS.match(form):
        day: str | None = f"§%{'Y' if len(words['year']) == 4 else 'y'}-%m-%d;"
        rest = form[words.end() :]
    elif date := DATE.match(form):
        day, rest = _date_pattern(date, order, brief), form[date.end() :]
    else:
        return None
    if day is None or not rest:
        return Format(day, tidy=True) if day else None
    time = TIDY_TIME.match(rest)
    return _with_tidy_time(day, time) if time else None


def _date_pattern(date: re.Match[str], order: str | None, brief: str | None) -> str | None:
    mark = date["mark"]
    if len(date["a"]) == 4 and len(date["c"]) <= 2:
        return f"%Y{mark}%m{mark}%d"
    if _may_be_brief(date):
        # Dates with dots are day first everywhere.
        first = DAY_FIRST if mark == "." else brief
        year = date["a"] if first == YEAR_FIRST else date["c"]
        return BRIEF[first].format(mark) if first and len(year) == 2 else None
    if len(date["a"]) > 2 or len(date["c"]) != 4:
        return None
    return LONG[DAY_FIRST if mark == "." or order == DAY_FIRST else MONTH_FIRST].format(mark)


def _with_time(day: str, time: re.Match[str]) -> Format:
    half = time["half"] or ""
    clock = _clock(time) + ((" %p" if half.startswith(" ") else "%p") if half else "")
    zone = time["zone"] or ""
    gap = " " if zone.startswith(" ") else ""
    name = "" if not zone else f"{gap}UTC" if "UTC" in zone else f"{gap}%#z"
    return Format(f"{day}{time['gap']}{clock}{name}", bool(zone))


def _with_tidy_time(day: str, time: re.Match[str]) -> Format | None:
    pattern = f"{day} {_clock(time)}{' %p' if time['half'] else ''}"
    zone = time["zone"] or ""
    if not zone:
        return Format(pattern, tidy=True)
    if "9" in zone and not zone.startswith("["):
        return Format(f"{pattern} %#z", instant=True, tidy=True)
    word = zone.strip(" []")
    if word in date_zones.UNCLEAR:
        return Format(pattern + zone, tidy=True, unclear=word.upper())
    known = date_zones.WORDS.get(word) or date_zones.named(word)
    return Format(pattern + zone, instant=True, tidy=True, zone=known) if known else None


def _clock(time: re.Match[str]) -> str:
    clock = "%I:%M" if time["half"] else "%H:%M"
    return clock + (":%S" if time["seconds"] else "") + ("%.f" if time["fraction"] else "")
