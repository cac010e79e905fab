"""Values of columns of consents: yes, no, statuses of mailing tools, dates, and what each means for a message.

A value is compared without case, blanks, `_` and `-`. A heading such as Unsubscribed turns plain words and dates round,
never a status: a customer who is unsubscribed is so in any column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl

from rfm_cli.tables.date_shapes import format_of

Sense = Literal["yes", "no", "subscribed", "agreed", "refused", "blank", "date", "unknown"]
"""What a value says. `subscribed` is the status of a list, `agreed` any other word of consent."""

WORDS: Mapping[Sense, Sequence[str]] = {
    "yes": "true 1 yes y t on checked yesplease ja oui si sí + да д истина есть вкл включено".split(),
    "no": "false 0 no n f off unchecked nothanks nein non нет н ложь отсутствует выкл выключено".split(),
    "subscribed": "subscribed resubscribed optedin optin подписан подписана подписано подписаны".split(),
    "agreed": (
        "granted confirmed agreed accepted consented active enabled allowed valid deliverable "
        "согласен согласна согласие подтвержден подтверждена активен активна"
    ).split(),
    "refused": (
        "unsubscribed notsubscribed nonsubscribed neversubscribed cleaned pending optedout optout suppressed bounced "
        "hardbounced hardbounce usersuppressed invalidemail new complained complaint spam markedasspam blocked "
        "blacklisted inactive unconfirmed archived transactional deleted denied declined rejected refused disagreed "
        "revoked withdrawn disabled invalid undeliverable notdeliverable softbounced softbounce spamtrap abuse "
        "disposable donotmail redacted never unknown отписан отписана отписано отписаны отписался "
        "отписалась неподписан неподписана неподписано несогласен несогласна отказ отказался отказалась отказано "
        "неактивен неактивна заблокирован заблокирована ожидает ожидаетподтверждения"
    ).split(),
    "blank": "none null nan na n/a nil <na> [] {}".split(),
}
"""Words by what they say, folded. An empty cell is blank too."""
OF_LISTS = frozenset(
    "subscribed resubscribed unsubscribed notsubscribed nonsubscribed neversubscribed cleaned optedin optedout "
    "suppressed bounced hardbounced softbounced undeliverable подписан подписана отписан отписана отписался "
    "отписалась неподписан неподписана".split()
)
"""Statuses that only a list of messages has. A column of statuses has at least one of them."""
CLEAR = tuple(
    word for sense in ("yes", "no", "subscribed", "agreed", "refused") for word in WORDS[sense] if len(word) > 1
)
"""Words that say the same wherever they are, as 1, 0, y and n do not."""
AGREES: tuple[Sense, ...] = ("yes", "subscribed", "agreed", "date")
"""What means consent in a column of consents."""
SPARED: tuple[Sense, ...] = ("no", "subscribed", "blank")
"""What means that a customer has not objected, in a column of objections."""
CODES: Mapping[str, Sense] = {"1": "yes", "2": "refused", "3": "refused", "4": "refused"}
"""Magento's statuses of a subscriber: subscribed, not active, unsubscribed, unconfirmed. They count below a
heading of that alone."""
MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\p{L}{0,6}"
)
SINCE = (
    r"^(\p{L}[^\d(]*?)(?:[\s:,;\x{2013}-]*\((?:[\d\s.,:/+\x{2013}tz-]|" + MONTH + r")*\)"
    r"|(?:[\s:,;\x{2013}-]+(?:on|at|since|с|от))?[\s:,;\x{2013}-]*\d{1,4}[-./]\d{1,2}[-./]\d{1,4}[\d\s:.tz+-]*)$"
)
"""A word in lower case with the date since when it holds: unsubscribed (2024-01-02)."""
NUMBER = re.compile(r"9+(?:\.9+)?")
NO_DATE = r"^(?:0000[-/.]?00[-/.]?00|00[-/.]00[-/.]0000)(?:[ T][0:.Z+]*)?$"
"""A date of zeros, which databases write where there is none."""
SENSE_OF = {"": "blank"} | {word: sense for sense, words in WORDS.items() for word in words}


def text_of(column: str) -> pl.Expr:
    """Return the values of a column of any type as trimmed texts, null as an empty one."""
    return pl.col(column).cast(pl.String).str.strip_chars().fill_null("")


def word_of(text: pl.Expr) -> pl.Expr:
    """Return texts without case, space, _ and -, and without a date behind a word; a whole number that was read as a
    float loses its zero."""
    bare = text.str.to_lowercase().str.replace(SINCE, "${1}")
    folded = bare.str.replace_all(r"[\s_\-\u{a0}\u{feff}]", "").str.replace_all("ё", "е")
    return folded.str.replace(r"^([0-9])\.0+$", "${1}")


def date_shapes(texts: pl.Series, *, timed: bool) -> tuple[str, ...]:
    """Return the shapes of the texts that are dates, digits as 9.

    A number of 8, 10 or 13 digits is a date only with `timed`, where the heading names a time.

    >>> date_shapes(pl.Series(["2024-05-01", "5 May 2024", "yes", "1714521600"]), timed=False)
    ('9 MAY 9999', '9999-99-99')
    """
    shapes = texts.str.replace_all(r"\d", "9").str.to_uppercase().unique().sort().to_list()
    return tuple(one for one in shapes if _is_date(one, timed))


def _is_date(shape: str, timed: bool) -> bool:
    if "9" not in shape or (not timed and NUMBER.fullmatch(shape)):
        return False
    return format_of(shape, "day", "day") is not None


def sense_of(text: pl.Expr, dates: Sequence[str], *, coded: bool = False) -> pl.Expr:
    """Return what each text says, a `Sense`; `dates` are the shapes of dates, `coded` columns have `CODES`."""
    known = {**SENSE_OF, **CODES} if coded else SENSE_OF
    # Each text is folded once: a million of them are read for each column.
    word = word_of(text).replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
    is_date = text.str.replace_all(r"\d", "9").str.to_uppercase().is_in(list(dates)) if dates else pl.lit(value=False)
    dated = pl.when(text.str.contains(NO_DATE)).then(pl.lit("blank")).when(is_date).then(pl.lit("date"))
    return pl.coalesce(word, dated, pl.lit("unknown"))


def permits(sense: pl.Expr, *, against: bool) -> pl.Expr:
    """Return whether a value lets a message be sent; `against` is a column of objections, such as Unsubscribed."""
    return sense.is_in(SPARED if against else AGREES)


def clearly_against(text: pl.Expr, sense: pl.Expr, *, against: bool, coded: bool = False) -> pl.Expr:
    """Return whether a value forbids messages beyond doubt, also in a column that has other values too."""
    clear = word_of(text).is_in([*CLEAR, *CODES] if coded else CLEAR) | (sense == "date")
    refusing = ("yes", "refused", "date") if against else ("no", "refused")
    return clear & sense.is_in(refusing)
