"""Advice about times in the words of other languages: `7 days ago`, `in last 30 days`, `older 1 month`."""

from __future__ import annotations

from collections.abc import Callable

from rfm_cli.language import calendar
from rfm_cli.language.place import COMPARISONS, Advice, Place

TODAY = {
    "today": "as_of",
    "now": "as_of",
    "current_date": "as_of",
    "yesterday": "as_of - 1 day",
    "tomorrow": "as_of + 1 day",
    "сегодня": "as_of",
    "вчера": "as_of - 1 day",
    "завтра": "as_of + 1 day",
}
"""Words for days, and how the language writes them."""
BACK = ("in", "last", "the", "past", "previous", "during", "for", "over", "recent", "not")
NEWER = ("newer", "younger", "less", "fresher")
OLDER = ("more", "longer", "earlier", "over")
UNITS = ("day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years", "hour", "hours")
AGO = ("ago", "назад", "back")
WITHIN = "for the days up to the as-of day write within {0}, for the time before them older than {0}"


def days_by_name(place: Place) -> Advice | None:
    """Advise on today and yesterday where a date could be."""
    own = TODAY.get(place.word())
    if own and "AS_OF" in place.accepted:
        return place.advice(f"{place.text(0)} is no date of the language", f"write {own}")
    return None


def ago(place: Place) -> Advice | None:
    """Advise on `7 days ago` and `-7d`."""
    if place.word() in AGO and place.piece(-1).kind == "DURATION":
        return place.advice(f"{place.text(0)} cannot be here", WITHIN.format(place.text(-1)), -1, 0)
    if place.word(1) in AGO and place.piece().kind == "DURATION" and place.piece(-1).kind != "WHEN":
        return place.advice(f"{place.text(1)} cannot be here", WITHIN.format(place.text(0)), 0, 1)
    if (
        place.piece().kind == "DURATION"
        and place.word(-1) == "-"
        and place.piece(-2).kind in (*COMPARISONS, "WHEN", "IN")
    ):
        return place.advice("a time has no sign before it", WITHIN.format(place.text(0)), -1, 0)
    return None


def last_days(place: Place) -> Advice | None:
    """Advise on `in last 30 days`, `last 30 days`, `in the past 2 weeks`."""
    end = next((offset for offset in range(4) if place.piece(offset).kind == "DURATION"), None)
    if end is None:
        return None
    begin = end
    while place.word(begin - 1) in BACK:
        begin -= 1
    words = [place.word(offset) for offset in range(begin, end)]
    if not words or not set(words) & {"in", "last", "past", "previous", "during", "recent", "over"}:
        return None
    span_from = begin + 1 if words[0] == "not" else begin
    window = f"within next {place.text(end)}" if _is_ahead(place, begin - 1) else f"within {place.text(end)}"
    return place.advice(f"{place.text(span_from, end)} is no time of the language", f"write {window}", span_from, end)


def _is_ahead(place: Place, offset: int) -> bool:
    """Return whether a value that ends at an offset is a date ahead: birthday, or an anniversary."""
    if place.word(offset) == "within":
        offset -= 1
    return place.word(offset) == "birthday" or place.kinds(offset - 2, offset - 1) == ["ANNIVERSARY", "OF"]


def older(place: Place) -> Advice | None:
    """Advise on `older 1 month`, `older then 1 month`, `newer than 1 month`."""
    time = next((place.text(offset) for offset in range(3) if place.piece(offset).kind == "DURATION"), "")
    if place.piece(-1).kind == "OLDER":
        return place.advice("than is missing behind older", f"write older than {time or '1 month'}", -1, 0)
    if not time:
        return None
    if place.word() in NEWER:
        return place.advice(f"{place.text(0)} cannot be here", f"write within {time}")
    if place.word() in OLDER or (place.word(-1) in OLDER and place.word() == "than"):
        return place.advice(f"{place.text(0)} cannot be here", f"write older than {time}")
    return None


def windows(place: Place) -> Advice | None:
    """Advise on a date where a length of time is meant, and on a length of time where a date is."""
    piece, before = place.piece(), place.piece(-1)
    if before.kind in ("WITHIN", "THAN", "NEXT") and piece.kind == "DATE":
        return place.advice(
            f"a time such as 4 weeks is missing: {piece.text} is a date",
            f"write on {piece.text}, or since {piece.text}",
        )
    if before.kind in ("WITHIN", "THAN", "NEXT") and calendar.period(piece.text) and piece.text.isdigit():
        hint = f"write on {piece.text}, or since {piece.text}"
        return place.advice(f"a time such as 4 weeks is missing: {piece.text} is a year", hint)
    lead = "older than" if before.kind == "THAN" else "within"
    if before.kind in ("WITHIN", "THAN", "NEXT") and piece.kind == "NUMBER":
        return place.advice("the unit of the time is missing", f"write {lead} {piece.text} days")
    if before.kind in ("WITHIN", "THAN") and (unit := _unit(place)):
        return place.advice(f"a number is missing before {unit}", f"write {lead} 1 {unit}")
    if before.kind == "WHEN" and piece.kind == "DURATION":
        return place.advice(
            f"{before.text.lower()} takes a date, such as 2024-03-31", WITHIN.format(place.text(0)), -1, 0
        )
    return None


def _unit(place: Place) -> str:
    """Return the unit of time that a word or the next is."""
    return next((place.word(offset).removesuffix("s") for offset in range(2) if place.word(offset) in UNITS), "")


def late_windows(place: Place) -> Advice | None:
    """Advise on a window behind `with` and `without`."""
    if place.piece().kind not in ("WITHIN", "OLDER", "WHEN", "BETWEEN"):
        return None
    begin = place.begin_of_condition()
    pair = next((offset for offset in range(-1, begin, -1) if place.piece(offset).kind == "PAIR"), None)
    if pair is None:
        return None
    word = place.word(pair)
    hint = f"write the window before {word}, or in its brackets; {word} ... later within 4 weeks counts from the row"
    return place.advice(f"a window cannot be behind {word}", hint)


def windows_of_picks(place: Place) -> Advice | None:
    """Advise on a number behind the window of a value: `last events.value within 90 days <= 2`."""
    begin = place.begin_of_condition()
    if place.piece().kind not in COMPARISONS or place.piece(begin).kind != "PICK":
        return None
    first = next((at for at in range(begin, 0) if place.piece(at).kind in WINDOWS and not _is_inside(place, at)), None)
    if first is None:
        return None
    window, compared = place.text(first, -1), place.text(0, place.end_of_condition())
    opened = place.opening(first - 1) if place.piece(first - 1).kind == "RPAR" else None
    if opened is None:
        hint = f"{place.text(begin, first - 1)}({window}) {compared}"
    else:
        inside = place.text(opened + 1, first - 2)
        hint = f"{place.text(begin, opened - 1)}({inside} and {window}) {compared}"
    return place.advice("rows are picked inside the brackets of their table", f"write {hint}", first, -1)


WINDOWS = ("WITHIN", "OLDER", "WHEN")


def _is_inside(place: Place, offset: int) -> bool:
    """Return whether a piece is in brackets that are closed before the wrong piece."""
    depth = 0
    for at in range(offset, 0):
        depth += (place.piece(at).kind == "RPAR") - (place.piece(at).kind == "LPAR")
    return depth > 0


def in_periods(place: Place) -> Advice | None:
    """Advise on a period behind in, where rows are picked by their time: `any orders in 2024`."""
    offset = -1 if place.piece(-1).kind == "IN" else 0
    if place.piece(offset).kind != "IN" or not calendar.period(place.piece(offset + 1).text):
        return None
    if place.piece(place.begin_of_condition()).kind not in ("SOME", "TOTAL", "PICK"):
        return None
    hint = f"write on {place.text(offset + 1)}"
    return place.advice("in goes with a list of values", hint, offset, offset + 1)


HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    days_by_name,
    ago,
    last_days,
    older,
    windows,
    late_windows,
    windows_of_picks,
    in_periods,
)
