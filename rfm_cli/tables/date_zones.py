"""Time zones that times, headings and options name, and what a wall clock of one zone is in another."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import available_timezones

import polars as pl

from rfm_cli.errors import InputError

EARLIEST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)
"""The first and the last moment that a column of dates can hold."""
MOSCOW = "Europe/Moscow"
WORDS = {
    **dict.fromkeys(("z", "utc", "gmt"), "+00:00"),
    # Moscow's time was four hours ahead from 2011 to 2014, and had the same name.
    **dict.fromkeys(("msk", "мск"), MOSCOW),
    **{"cet": "+01:00", "cest": "+02:00", "eet": "+02:00", "eest": "+03:00"},
    **{"est": "-05:00", "edt": "-04:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00"},
    **{"pst": "-08:00", "pdt": "-07:00"},
}
"""The zone words that are read, in small letters: those of Europe, and of RFC 2822 except CST."""
UNCLEAR = frozenset(
    "ist bst cst ast adt akst akdt hst nst jst kst hkt sgt pkt wib wita wit ict pht aest aedt acst acdt awst nzst nzdt "
    "brt art clt clst cot pet vet sast wat cat eat wet west trt gst irst uzt almt yekt omst krat irkt yakt vlat".split()
)
"""Zone words that several zones share or that few programs know: `--times-in` has to say what they mean."""
OFFSET = re.compile(r"^([+-])(\d\d):(\d\d)$")
IN_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
AT_THE_END = re.compile(r"(?:^|[\s_-])(utc|gmt)$|[a-z](Utc|UTC|Gmt|GMT)$")
WRITTEN_OFFSET = re.compile(r"^(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d\d))?$")


def as_instant(wall: pl.Expr, zone: str) -> pl.Expr:
    """Return the instants at which the clocks of `zone` show these times; null outside the years 1 to 9999.

    Of two such instants the first counts. A time that the clocks skip is as long after the last one before it as they
    were set forward.
    """
    wall = pl.when(wall.is_between(EARLIEST, LAST)).then(wall)
    if found := OFFSET.match(zone):
        minutes = (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1)
        return (wall - pl.duration(minutes=minutes)).dt.replace_time_zone("UTC")
    there = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    day = pl.duration(days=1)
    # The day before, at the same time, no clock was set forward.
    skipped = (wall - day).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null") + day
    return pl.coalesce(there, skipped)


def in_zone(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Return the wall clock of `timezone` at an instant."""
    return instant.dt.convert_time_zone(timezone).dt.replace_time_zone(None)


@lru_cache(maxsize=1)
def _by_small_letters() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def named(name: str) -> str | None:
    """Return the time zone of a name such as Europe/Moscow in any case, None where there is none of that name.

    >>> named("europe/moscow"), named("Europe/Atlantis")
    ('Europe/Moscow', None)
    """
    return _by_small_letters().get(name.lower())


def zone_of_heading(heading: str, times_in: str | None, where: str) -> str | None:
    """Return the time zone of a column's times without an offset: that of its heading, else `times_in`.

    Raises `InputError` where the heading has a word such as IST, which several zones share, and `times_in` is missing.

    >>> zone_of_heading("Date / Time (UTC)", None, "o.csv"), zone_of_heading("created [UTC+3]", None, "o.csv")
    ('+00:00', '+03:00')
    """
    name = said_in_heading(heading)
    if name is None:
        return times_in
    if name.lower() in UNCLEAR:
        return times_in or _refuse(name.upper(), where)
    return _zone(name)


def said_in_heading(heading: str) -> str | None:
    """Return the zone that a heading names, as it is written there; None without one."""
    inside, end = IN_BRACKETS.search(heading), AT_THE_END.search(heading.strip())
    if inside and (_zone(inside[1]) or inside[1].lower() in UNCLEAR):
        return inside[1]
    return (end[1] or end[2]) if end else None


def _zone(name: str) -> str | None:
    """Return the zone of a word, an offset or a name."""
    if found := WRITTEN_OFFSET.match(name.lower()):
        hours, minutes = int(found[2]), int(found[3] or 0)
        return f"{found[1]}{hours:02}:{minutes:02}" if hours <= 14 and minutes < 60 else None
    return WORDS.get(name.lower()) or (named(name) if "/" in name else None)


def _refuse(word: str, where: str) -> str:
    raise unclear(word, where)


def unclear(word: str, where: str, example: str | None = None) -> InputError:
    """Return the error about a zone word that says too little."""
    shown = f", for example {example!r}" if example else ""
    return InputError(
        f"{where}: times of {word}, which does not say the zone{shown}",
        f"say which one {word} is: --times-in ZONE, for example {EXAMPLES.get(word.lower(), 'Asia/Tokyo')}",
    )


EXAMPLES = {
    "ist": "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin",
    "bst": "Europe/London or Asia/Dhaka",
    "cst": "America/Chicago, Asia/Shanghai or America/Havana",
}
