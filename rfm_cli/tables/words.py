"""Words in statuses, types of rows and flags: what a shop's own texts say of an order.

A text is folded and parted into words. A status is rejected by a word on the list, in any of its forms. A type of row
is a refund by a word that means one. A judgement is made per distinct text, not per row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

StatusVerdict = Literal["accepted", "rejected", "returned", "mixed"]
"""`returned` and `mixed` are accepted: the order came back, or a rejected word is beside one of completion."""
TypeVerdict = Literal["refund", "purchase", "unknown"]

PREFIX = re.compile(r"(?:wc|order[ _-]?(?:status|state)|status|state)[-_:. ]+(?=\w)", re.IGNORECASE)
"""What plugins and vendors write before a status: wc-cancelled, ORDER_STATUS_CANCELLED."""
TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|\s[-\u2013\u2014]+\s|[^\w\s'\u2019_-]")
CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
BREAK = ","
"""The token of any mark that ends a clause, beyond which no negation reaches."""

NEGATIONS = frozenset("not no non un never without isnt wasnt cannot не нет без".split())
PARTS = frozenset(
    "partially partly partial частично частичный частичная частичное частичные частичного частичной".split()
)
FILLERS = frozenset("a an the yet been be being fully был была было были еще".split())
"""Words that may come between a negation and its word: not yet cancelled."""

REQUESTS = re.compile(r"requests?|requested|pending|awaiting|запрос\w*|запрошен\w*|ожида\w*")
WISHES = re.compile(r"cancel|cancell?ations?|отмен[аыуе]")
"""Words that beside a request say what is wished for, and not yet done."""

CANCEL = r"cancel(?:s|l?ed|l?ing|l?ations?)?"
REFUND, RETURN = r"refund(?:s|ed|ing)?", r"return(?:s|ed)?"
CHARGEBACK, CAME_BACK = r"charged?backs?", r"возвра\w*"
ENDINGS = (
    r"(?:н{0,2}(?:[аяоеыиую]|ой|ей|ом|ем|ов|ев|ам|ям|ами|ями|ах|ях|ый|ий|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|"
    r"ых|их|ыми|ими|ую|юю))?"
)
FORMS = {
    "cancelled": CANCEL,
    "canceled": CANCEL,
    "refused": r"refus(?:es?|ed|ing|als?)",
    "declined": r"declin(?:es?|ed|ing)",
    "failed": r"fail(?:s|ed|ing|ures?)?",
    "voided": r"void(?:s|ed|ing)?",
    "test": r"tests?",
    "draft": r"drafts?",
    "expired": r"expir(?:es?|ed)",
    "отменен": r"отмен\w*",
    "отказ": r"отказ\w*",
    "тест": r"тест(?:ов)?" + ENDINGS,
    "refunded": REFUND,
    "refund": REFUND,
    "returned": RETURN,
    "return": RETURN,
    "chargeback": CHARGEBACK,
    "возврат": CAME_BACK,
    "возвращен": CAME_BACK,
}
"""The forms of a listed word that `_forms` would not make of it, as a pattern."""
COMPLETED = re.compile(
    r"completed?|paid|prepaid|shipped|dispatched|delivered|fulfilled|"
    r"(?:доставлен|оплачен|выполнен|отгружен|завершен|вручен|исполнен)\w*"
)
"""Words of an order that went through. A shipment is none: "cancelled before shipment"."""
REFUNDING = re.compile(rf"{REFUND}|{RETURN}|{CHARGEBACK}|{CAME_BACK}|creditnotes?|creditmemos?")
TWO_WORDS = {
    ("charge", "back"), ("charge", "backs"), ("charged", "back"),
    ("credit", "note"), ("credit", "notes"), ("credit", "memo"), ("credit", "memos"),
}  # fmt: skip
UNDOING = re.compile(
    rf"revers(?:als?|ed)|{CANCEL}|отмен\w*|сторно\w*|won|rejected|"
    + "|".join(FORMS[word] for word in ("failed", "declined", "refused", "voided"))
)
"""Words by which a refund did not come about, or was taken back."""
BUYING = re.compile(
    r"sales?|payments?|charges?|invoices?|orders?|purchases?|продаж\w*|реализаци\w*|оплат\w*|покупк\w*|заказ\w*"
)
STEMS = ("ref", "ret", "cha", "cre", "воз")
"""How the words of money that came back begin. Most texts have none of these letters, and are judged at once."""
NOT_CANCELLED = tuple("0 n no f false нет н null none nil - \u2013 \u2014 nan nat na n/a <na>".split())
"""Flags, folded, that say that an order was not cancelled; beside them any way of writing zero or a zero date."""
NEGATED_FLAG = r"^(?:not|non|un|never|не)[\s_-]*(?:cancel|отмен)"
"""The beginning of a text that says so: not cancelled."""


MOST_JUDGED = 1 << 16
"""The most judgements that are kept."""


@dataclass(frozen=True)
class Listed:
    """A list of rejected statuses: the pattern of its single words, its phrases, and what any of them has in it."""

    word: re.Pattern[str]
    phrases: frozenset[tuple[str, ...]]
    hint: re.Pattern[str]


def fold(text: str) -> str:
    """Return a text in the form that is compared: trimmed, without case, ё as е, wide letters as plain ones.

    >>> fold(" ОТМЕНЁН ")
    'отменен'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold().replace("ё", "е")


def parted(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, without a vendor's prefix.

    >>> parted("wc-checkout-draft"), parted("PAYMENT_FAILED")
    (('checkout', 'draft'), ('payment', 'failed'))
    """
    return tuple(token for token in _tokens(_without_prefix(text)) if token != BREAK)


def _without_prefix(text: str) -> str:
    """Return the text without a prefix; a text that is all prefix stays."""
    return PREFIX.sub("", text.strip(), count=1) if PREFIX.match(text.strip()) else text


def _tokens(text: str) -> tuple[str, ...]:
    """Return the folded words, and `BREAK` where a clause ends."""
    whole = fold(text).replace("'", "").replace("\u2019", "")
    found = (match.group() for match in TOKEN.finditer(whole))
    return tuple(token if token[0].isalnum() else BREAK for token in found)


def _ways(text: str) -> list[tuple[str, ...]]:
    """Return the tokens as written, and as camel case parts them: OrderCancelled."""
    plain = _without_prefix(text)
    ways = [_tokens(plain)]
    if CAMEL.search(plain):
        ways.append(_tokens(CAMEL.sub(" ", plain)))
    return ways


@lru_cache(maxsize=MOST_JUDGED)
def status_verdict(text: str, rejected: tuple[str, ...]) -> StatusVerdict:
    """Return whether a status is rejected under a list, as `--reject-status` gives it, and else what it says.

    A phrase of the list has to be the whole status. Its single words count anywhere, in any form, unless a negation or
    "partially" comes before them. A word of completion beside them makes the status `mixed`.

    >>> status_verdict("wc-cancelled", ("cancelled",)), status_verdict("not cancelled", ("cancelled",))
    ('rejected', 'accepted')
    """
    listed = _listed(rejected)
    if not listed.hint.search(fold(text)):
        return "accepted"
    ways = _ways(text)
    if any(_words(way) in listed.phrases for way in ways):
        return "rejected"
    verdicts = [_status_of(way, listed) for way in ways]
    return next((verdict for verdict in verdicts if verdict != "accepted"), "accepted")


def _words(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token for token in tokens if token != BREAK)


def _status_of(tokens: tuple[str, ...], listed: Listed) -> StatusVerdict:
    standing = [
        place
        for place, token in enumerate(tokens)
        if listed.word.fullmatch(token) and not _is_after(tokens, place, NEGATIONS | PARTS)
    ]
    if standing:
        return "mixed" if _says_otherwise(tokens, standing, listed) else "rejected"
    return "returned" if _refunds(tokens) else "accepted"


def _says_otherwise(tokens: tuple[str, ...], standing: list[int], listed: Listed) -> bool:
    """Return whether a word of completion, or of a mere request, is beside the rejected words."""
    wished = all(WISHES.fullmatch(tokens[place]) for place in standing)
    return any(
        (COMPLETED.fullmatch(token) or (wished and REQUESTS.fullmatch(token)))
        and not listed.word.fullmatch(token)
        and not _is_after(tokens, place, NEGATIONS)
        for place, token in enumerate(tokens)
    )


def _refunds(tokens: tuple[str, ...]) -> bool:
    """Return whether some word means a refund or return, and no negation comes before it."""
    return any(
        (REFUNDING.fullmatch(token) or tokens[place : place + 2] in TWO_WORDS)
        and not _is_after(tokens, place, NEGATIONS)
        for place, token in enumerate(tokens)
    )


def _is_after(tokens: tuple[str, ...], place: int, before: frozenset[str]) -> bool:
    """Return whether one of the words `before` comes right before a place; fillers do not count."""
    while place and tokens[place - 1] in FILLERS:
        place -= 1
    return place > 0 and tokens[place - 1] in before


@lru_cache(maxsize=64)
def _listed(rejected: tuple[str, ...]) -> Listed:
    """Return the list in the form that texts are compared with."""
    wanted = sorted({words for status in rejected if (words := parted(status))})
    single = [words[0] for words in wanted if len(words) == 1]
    # The first letters of the first word; the stems make sure that the pattern is never empty.
    hints = sorted({words[0][:3] for words in wanted} | set(STEMS))
    return Listed(
        word=re.compile("|".join(_forms(word) for word in single) or r"(?!)"),
        phrases=frozenset(words for words in wanted if len(words) > 1),
        hint=re.compile("|".join(map(re.escape, hints))),
    )


def _forms(word: str) -> str:
    """Return a pattern of a listed word in all its forms; short words and numbers have one."""
    if word in FORMS:
        return f"(?:{FORMS[word]})"
    stem = re.sub(r"(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|[аяоеыиуюьй])$", "", word)
    if re.fullmatch(r"[а-я]{4,}", stem):
        return stem + ENDINGS
    if re.fullmatch(r"[a-z]{4,}ed", word):
        base = word[:-2]
        doubled = rf"|{base[:-1]}(?:s|ing)?" if base[-1] == base[-2] else ""
        return rf"(?:{base}(?:ed|es?|s|ing)?{doubled})"
    return f"{word}s?" if re.fullmatch(r"[a-z]{4,}", word) else re.escape(word)


def type_verdict(text: str) -> TypeVerdict:
    """Return what the type of a row says: a refund, a purchase, or neither.

    A refund that failed, was reversed or cancelled is neither.

    >>> type_verdict("Customer Refund"), type_verdict("Chargeback Reversal"), type_verdict("Sale")
    ('refund', 'unknown', 'purchase')
    """
    verdicts = [_type_of(way) for way in _ways(text)]
    return next((verdict for verdict in verdicts if verdict != "unknown"), "unknown")


def _type_of(tokens: tuple[str, ...]) -> TypeVerdict:
    if any(UNDOING.fullmatch(token) for token in tokens):
        return "unknown"
    if _refunds(tokens):
        return "refund"
    buys = (BUYING.fullmatch(token) and not _is_after(tokens, place, NEGATIONS) for place, token in enumerate(tokens))
    return "purchase" if any(buys) else "unknown"
