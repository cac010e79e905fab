"""Advice about signs, quotes, numbers and dates that the language does not have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from rfm_cli.language import calendar
from rfm_cli.language.faults import repeated, shown
from rfm_cli.language.lexing import BAD, MOST_DIGITS
from rfm_cli.language.place import COMPARISONS, Advice, Place
from rfm_cli.language.spans import Span

OPENING, CLOSING = "“”„‟«»‘’‚‛‹›`´", "“”‟«»‘’‛‹›`´"
CURRENCIES = "€$£¥₽₴₸₺₹₩₪₫฿"
SIGNS = {
    "==": "=",
    "===": "=",
    "!==": "!=",
    "=!": "!=",
    "=>": ">=",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "*",
    "{": "(",
    "}": ")",
    ":": "=",
    "::": "=",
}
"""The sign or word of the language for one of other languages."""


def curly_quotes(place: Place) -> Advice | None:
    """Advise on quotes of print, which word processors put in place of straight ones."""
    piece = place.piece()
    if piece.kind != BAD or piece.text not in OPENING:
        return None
    text = place.source.text
    end = next((at for at in range(piece.end, len(text)) if text[at] in CLOSING), None)
    word = re.match(r"\s*([^\s)]+)", text[piece.end :])
    inside = repeated(text[piece.end : end] if end is not None else word[1] if word else "")
    span = Span(piece.start, piece.end if end is None else end + 1)
    return Advice(
        span, f"{piece.text} is no quote", f"write a text in straight quotes: {in_quotes(inside or 'Moscow')}"
    )


def in_quotes(text: str) -> str:
    """Return a text in quotes, in double ones where it has an apostrophe."""
    return f'"{text}"' if "'" in text and '"' not in text else "'" + text.replace("'", "''") + "'"


def apostrophes(place: Place) -> Advice | None:
    """Advise on a text in single quotes that has an apostrophe."""
    piece, before, text = place.piece(), place.piece(-1), place.source.text
    if before.kind != "TEXT" or not place.is_joined() or not (piece.text[0:1].isalpha()):
        return None
    quote = before.text[0]
    end = text.find(quote, piece.end)
    if end < 0:
        return None
    whole = text[before.start + 1 : end].replace(quote * 2, quote)
    other = '"' if quote == "'" else "'"
    written = f"{other}{whole}{other}" if other not in whole else quote + whole.replace(quote, quote * 2) + quote
    return place.advice(f"the text ends before {repeated(piece.text)}", f"write {repeated(written)}")


def open_quotes(place: Place) -> Advice | None:
    """Advise on a quote without another."""
    piece, text = place.piece(), place.source.text
    if piece.kind != BAD or piece.text not in ("'", '"'):
        return None
    before = place.piece(-1)
    if place.is_joined() and before.kind in ("TEXT", "NUMBER", "DATE"):
        return place.advice("a quote too many", f"take it away: {place.text(-1)}")
    if place.is_joined() and before.kind not in (*COMPARISONS, "LPAR", "COMMA"):
        begin = next((at for at in range(place.at - 1, -1, -1) if place.pieces[at].kind in COMPARISONS), None)
        start = place.pieces[begin + 1].start if begin is not None else before.start
        end = text.find(piece.text, piece.end)
        rest = re.match(r"['\"]\w*(?:\s+\w+)?", text[piece.start :])
        has_more = end < 0 and rest is not None and len(rest[0]) > 1
        whole = text[start : piece.start + len(rest[0])] if has_more and rest else text[start : piece.start]
        return place.advice("a quote too many, or one too few before it", f"write {in_quotes(repeated(whole))}")
    inside = text[piece.end :].strip()
    word = re.match(r"[^\s)]+", inside)
    hint = (
        f"write one more {piece.text} where the text ends, such as {piece.text}{repeated(word[0])}{piece.text}"
        if word
        else ""
    )
    return place.advice(
        "this quote is not closed", hint or f"take it away, or write a text: {piece.text}Moscow{piece.text}"
    )


def odd_signs(place: Place) -> Advice | None:
    """Advise on signs of other languages."""
    piece = place.piece()
    if piece.kind != BAD:
        return None
    own = SIGNS.get(piece.text)
    if own:
        return place.advice(f"{piece.text} is no sign of the language", f"write {own}")
    if piece.text in CURRENCIES:
        number = place.piece(1) if place.piece(1).kind == "NUMBER" else place.piece(-1)
        hint = number.text if number.kind == "NUMBER" else "100"
        return place.advice("amounts have no sign of a currency", f"write the number alone: {hint}")
    if piece.text in ("[", "]") or piece.text.startswith("["):
        return _square_brackets(place)
    if piece.text in "/^%\\" and piece.text:
        return _arithmetic(place)
    return None


def _square_brackets(place: Place) -> Advice:
    """Advise on a square bracket that is alone, or empty."""
    if place.piece().text == "[":
        return place.advice("this square bracket is not closed", "a column with blanks is written as [Total Spent]")
    if place.piece().text == "]":
        return place.advice("a square bracket too many", "a column with blanks is written as [Total Spent]")
    return place.advice("no name is in these square brackets", "a column with blanks is written as [Total Spent]")


def _arithmetic(place: Place) -> Advice:
    """Advise on divisions and powers."""
    before, after = place.piece(-1), place.piece(1)
    if place.piece().text != "/":
        return place.advice(
            f"{place.piece().text} cannot be here", "numbers are added, taken away, or multiplied: 2 * aov"
        )
    example = "write a > 2 * b for a / b > 2"
    if before.kind == "WORD" and after.kind in ("WORD", "NUMBER") and place.piece(2).kind in (*COMPARISONS,):
        sign, number = place.piece(2).text, place.piece(3)
        product = f"{number.text} * {after.text}"
        if number.kind == "NUMBER" and after.kind == "WORD":
            example = f"write the product on the other side: {place.text(-1)} {sign} {repeated(product)}"
        elif number.kind == "NUMBER":
            example = (
                f"write the product on the other side: {place.text(-1)} {sign} {repeated(number.text)} * {after.text}"
            )
    return place.advice("the language has no division", example)


def odd_dates(place: Place) -> Advice | None:
    """Advise on dates in other forms, and on days that there are not."""
    piece = place.piece()
    if piece.kind != BAD or not re.match(r"\d{4}([-./])\d+\1\d+$|\d+([-./])\d+\2\d\d(\d\d)?$|\d{4}-|\d+:", piece.text):
        return None
    if ":" in piece.text:
        return place.advice("times of a day are not compared", "write a day such as 2024-12-31, or within 36 hours")
    days = _as_days(piece.text)
    if not days:
        return place.advice(
            f"there is no date {repeated(piece.text)}", "write a date as 2024-12-31, 2024-12, 2024-Q4 or 2024-W52"
        )
    return place.advice(f"{piece.text} is not read as a date", f"write a date as 2024-12-31: here {' or '.join(days)}")


def _as_days(text: str) -> list[str]:
    """Return the days that a date in another form may be."""
    numbers = [int(part) for part in re.split("[-./]", text) if part.isdigit()]
    if len(numbers) == 2:
        return [f"{numbers[0]:04}-{numbers[1]:02}"] if 0 < numbers[1] < 13 else []
    if len(numbers) != 3:
        return []
    first, second, third = numbers
    orders = [(first, second, third)] if first > 31 else [(_full(third), second, first), (_full(third), first, second)]
    written = [f"{year:04}-{month:02}-{day:02}" for year, month, day in orders]
    return [one for one in dict.fromkeys(written) if calendar.period(one)]


def _full(year: int) -> int:
    """Return a year that may be written with two digits."""
    return year + 2000 if year < 100 else year


def odd_numbers(place: Place) -> Advice | None:
    """Advise on numbers and lengths of time in other forms."""
    piece = place.piece()
    if piece.kind != BAD or not piece.text[0:1].isdigit():
        return None
    digits = re.match(r"[\d_]+(?:\.\d+)?", piece.text)
    number = digits[0].replace("_", "").strip(".") if digits else "1"
    rest = piece.text.removeprefix(digits[0] if digits else "")
    plain = number.lstrip("0") or "0"
    if len(re.sub(r"\D", "", number)) > MOST_DIGITS:
        return place.advice(f"a number has at most {MOST_DIGITS} digits", "write a shorter number")
    if re.fullmatch(r"0+\s*[a-z]+", piece.text, re.IGNORECASE):
        return place.advice("a length of time is 1 or more", "write a time such as 1 day")
    if rest.lower() in (*MINUTES, *MONTHS, *RUSSIAN_UNITS):
        return unit_advice(place, plain, rest.lower(), 0, 0)
    if not rest and plain != number:
        hint = f"write {plain}, or in quotes '{number}' where a column holds texts"
        return place.advice("a number does not begin with 0", hint)
    if rest.lower() in THOUSANDS:
        plain = f"{Decimal(number) * 1000:f}"
    if power := re.fullmatch(r"e(\d{1,2})", rest.lower()):
        plain = f"{Decimal(number).scaleb(int(power[1])):f}"
    return place.advice(f"{repeated(piece.text)} is no number", f"write {plain}")


THOUSANDS = ("k", "к", "тыс")
MINUTES = ("min", "mins", "minute", "minutes", "s", "sec", "secs", "second", "seconds")
MONTHS = ("m", "mon", "mth", "mths")
RUSSIAN_UNITS = {
    **dict.fromkeys(("д", "день", "дня", "дней"), "days"),
    **dict.fromkeys(("нед", "неделя", "недели", "недель", "неделю"), "weeks"),
    **dict.fromkeys(("мес", "месяц", "месяца", "месяцев"), "months"),
    **dict.fromkeys(("квартал", "квартала", "кварталов"), "quarters"),
    **dict.fromkeys(("год", "года", "лет"), "years"),
    **dict.fromkeys(("ч", "час", "часа", "часов"), "hours"),
}


def unit_advice(place: Place, number: str, word: str, first: int, last: int) -> Advice:
    """Advise on units that the language does not have: minutes, a letter that may mean months, Russian words."""
    if word in MINUTES:
        return place.advice("the hour is the shortest length of time", "write 1 hour, or 1h", first, last)
    if word in MONTHS:
        return place.advice(f"{word} is no length of time", f"write mo for months: {number}mo", first, last)
    hint = f"write {number} {RUSSIAN_UNITS[word]}"
    return place.advice(f"{word} is no unit of the language", hint, first, last)


def unseen(place: Place) -> Advice | None:
    """Advise on characters that cannot be seen, or that no expression has."""
    piece = place.piece()
    if piece.kind != BAD:
        return None
    letter = piece.text[0]
    if not letter.isprintable():
        name = f"U+{ord(letter):04X}"
        return place.advice(f"a character that cannot be seen: {name}", "delete it")
    if unicodedata.category(letter)[0] in "SPCZ" and letter not in ";,.~?*":
        return place.advice(f"{shown(letter)} cannot be here", "a column with such a sign is written as [Total Spent]")
    return None


def far_dates(place: Place) -> Advice | None:
    """Advise on dates of years that the calendar does not have: `10000-01-01`, `before 10000`, `0000-01`."""
    dated = next((at for at in (-1, 0) if FAR.match(place.source.text, place.piece(at).start)), None)
    is_year = place.piece(-1).kind == "WHEN" and re.fullmatch(r"\d{5,}|0+", place.text(0))
    if dated is None and not is_year:
        return None
    found = FAR.match(place.source.text, place.piece(dated or 0).start)
    start = place.piece(dated or 0).start
    span = Span(start, found.end() if found else place.piece().end)
    return Advice(span, "dates stop at the years 1 and 9999", "write a date from 0001-01-01 to 9999-12-31")


FAR = re.compile(r"(?:\d{5,}|0000)-\d\d(?:-\d\d)?(?!\w)")


HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    far_dates,
    curly_quotes,
    apostrophes,
    open_quotes,
    odd_signs,
    odd_dates,
    odd_numbers,
    unseen,
)
