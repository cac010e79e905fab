"""Currencies inside amounts and in columns: which signs and codes occur, and which of them are one currency.

A sign such as kr or $ belongs to a family of codes. It is the one code of its family that occurs; where none or several
occur, it remains a currency of its own, so that two are never added up as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from rfm_cli.tables.columns import ColumnMap

SIGNS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "₽": "RUB", "руб": "RUB", "рублей": "RUB", "р": "RUB", "rur": "RUB",
    "₴": "UAH", "грн": "UAH", "₸": "KZT", "тг": "KZT", "тенге": "KZT", "br": "BYN", "сом": "KGS", "сум": "UZS",
    "₹": "INR", "₩": "KRW", "₫": "VND", "₪": "ILS", "฿": "THB", "₺": "TRY", "tl": "TRY", "₦": "NGN", "₱": "PHP",
    "₡": "CRC", "₲": "PYG", "₵": "GHS", "₾": "GEL", "₼": "AZN", "֏": "AMD", "৳": "BDT", "₮": "MNT", "₭": "LAK",
    "zł": "PLN", "zl": "PLN", "kč": "CZK", "kc": "CZK", "ft": "HUF", "lei": "RON", "лв": "BGN", "kn": "HRK",
    "din": "RSD", "дин": "RSD", "fr": "CHF", "sfr": "CHF", "rm": "MYR", "rp": "IDR", "r$": "BRL", "s/": "PEN",
    "us$": "USD", "usd$": "USD", "u$s": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "cad$": "CAD",
    "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "sg$": "SGD", "mx$": "MXN", "mex$": "MXN", "nt$": "TWD", "ar$": "ARS",
    "cn¥": "CNY", "jp¥": "JPY", "元": "CNY", "円": "JPY",
}  # fmt: skip
"""Signs and words that are one currency, in small letters and without a point behind them."""
DOLLARS = "USD AUD CAD NZD HKD SGD MXN TWD ARS CLP COP UYU DOP JMD TTD BBD BSD BZD FJD NAD BMD KYD XCD BND".split()
FAMILIES = {
    "$": DOLLARS,
    "£": ["GBP", "EGP", "LBP", "SYP", "SDG", "GIP", "FKP", "SHP"],
    "¥": ["JPY", "CNY"],
    "￥": ["JPY", "CNY"],
    "kr": ["SEK", "NOK", "DKK", "ISK"],
    "rs": ["INR", "PKR", "LKR", "NPR", "MUR", "SCR"],
    "₨": ["INR", "PKR", "LKR", "NPR", "MUR", "SCR"],
    "r": ["ZAR"],
}
"""Signs that several currencies share, and the codes of these."""
USUAL = {"£": "GBP", "r": "ZAR"}
"""What such a sign is where no code of its family occurs."""
CODES = {*SIGNS.values(), *(code for codes in FAMILIES.values() for code in codes)}
"""Codes that are read in small letters too."""
# The longest first: US$ is no $ behind two letters.
WORDS = sorted({*SIGNS, *FAMILIES, *map(str.lower, CODES)}, key=lambda sign: (-len(sign), sign))
SIGN = rf"(?:(?i:{'|'.join(map(re.escape, WORDS))})\.?|\p{{Sc}}|[A-Z]{{3}})"
"""A sign, a word or a code of a currency, in the syntax of Polars."""
BEFORE, BEHIND = rf"^([-+(]*)({SIGN})({SIGN})?([-+(]*)", rf"({SIGN})([-)]*)$"
CODE = r"^[A-Z]{3}$"
WITH_MONEY = r"\d|^[^\d]*-+$|^-+[^\d]*$"
"""A number, or the dash that bookkeepers write for 0."""
HEADING = re.compile(
    r"(?:^| )(?:currency|ccy|währung|waehrung|devise|moneda|valuta)(?: ?(?:code|iso|id|iso code))?$"
    r"|^валюта(?: (?:заказа|платежа|документа|сделки))?$|^код валюты$"
)
NOT_OF_THE_ORDER = "payout settlement converted base global store display reporting from to".split()


@dataclass(frozen=True)
class CurrencySigns:
    """How the currency of a row is found: `names` turns signs and words into codes.

    With `inside` the amounts have signs; a code in the column of currencies beats them. `only` is the currency of
    amounts without any, where just one occurs.
    """

    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    inside: bool = False
    only: str | None = None

    @property
    def rests_on_all_rows(self) -> bool:
        """Whether a sign belongs to several currencies, so that any row may tell which it is."""
        return any(sign in FAMILIES for sign in self.names)


def without_sign(tight: pl.Expr) -> pl.Expr:
    """Return amounts without the signs of a currency at their beginning or end; `tight` has no blanks."""
    return tight.str.replace(BEFORE, "${1}${4}").str.replace(BEHIND, "${2}")


def sign_in(tight: pl.Expr) -> pl.Expr:
    """Return the sign or code at the beginning or the end of an amount, as it is written; null without one.

    A code says more than a sign: $12.00 CAD is in Canadian dollars.
    """
    found = [tight.str.extract(BEFORE, 2), tight.str.extract(BEFORE, 3), tight.str.extract(BEHIND, 1)]
    codes = [pl.when(one.str.contains(CODE)).then(one) for one in found]
    return pl.when(tight.str.contains(WITH_MONEY)).then(pl.coalesce(*codes, *found))


def normal(sign: pl.Expr) -> pl.Expr:
    """Return signs and codes in the form in which they are looked up: trimmed, small letters, no point behind."""
    return sign.str.strip_chars().str.to_lowercase().str.strip_chars_end(".")


def resolved(signs: Iterable[str], wanted: str | None = None) -> dict[str, str]:
    """Return the currency of each sign and code, given all that occur, in the form of `normal`.

    `wanted` is the currency that the user has named.

    >>> resolved(["$", "usd", "kr", "sek"]) == {"$": "USD", "usd": "USD", "kr": "SEK", "sek": "SEK"}
    True
    >>> resolved(["$", "cad"]) == {"$": "$", "cad": "CAD"}
    True
    """
    known = {sign: SIGNS.get(sign) or (None if sign in FAMILIES else sign.upper()) for sign in signs}
    codes = {code for code in known.values() if code}
    return {sign: code or _of_family(sign, codes, (wanted or "").upper()) for sign, code in known.items()}


def _of_family(sign: str, codes: set[str], wanted: str) -> str:
    """Return the currency of a sign that several share; the sign itself in doubt."""
    there = codes & set(FAMILIES[sign])
    if wanted in FAMILIES[sign] and there <= {wanted}:
        return wanted
    # A shop that writes CAD beside $ may well mean US dollars by the sign.
    if sign == "$":
        return "$" if there - {"USD"} else "USD"
    if len(there) == 1:
        return there.pop()
    return sign.upper() if there else USUAL.get(sign, sign.upper())


def as_codes(sign: pl.Expr, names: Mapping[str, str]) -> pl.Expr:
    """Return the currencies of signs and codes; those without a name in upper case, empty ones as null."""
    text = sign.str.strip_chars()
    upper = pl.when(text != "").then(text.str.to_uppercase())
    if not names:
        return upper
    named = normal(text).replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String)
    return pl.coalesce(named, upper)


def heading_of(header: Sequence[str], used: Iterable[str]) -> str | None:
    """Return the only heading that names a currency, None where there is none or several do.

    Currencies of payouts and the like are not those of the orders.

    >>> heading_of(["id", "Presentment Currency", "Payout currency"], ())
    'Presentment Currency'
    """
    taken = set(used)
    free = {heading: _words(heading) for heading in header if heading not in taken}
    found = [
        heading
        for heading, words in free.items()
        if HEADING.search(words) and words.split(" ")[0] not in NOT_OF_THE_ORDER
    ]
    return found[0] if len(found) == 1 else None


def with_column(found: ColumnMap, header: Sequence[str]) -> ColumnMap:
    """Return the columns with that of the currency, where only one heading names it in words of its own."""
    heading = None if "currency" in found else heading_of(header, found.headings.values())
    if heading is None:
        return found
    headings, reasons = {**found.headings, "currency": heading}, {**found.reasons, "currency": "alias"}
    return replace(found, headings=headings, reasons=reasons)


def _words(heading: str) -> str:
    """Return a heading in small letters with its words apart: orderCurrency as order currency."""
    parted = re.sub(r"([^\W\d_A-ZА-Я])([A-ZА-Я])", r"\1 \2", heading)
    return re.sub(r"[\s_-]+", " ", parted).strip().lower()
