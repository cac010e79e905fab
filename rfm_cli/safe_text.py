"""Text made safe to show: secrets are masked, and bytes that are not UTF-8 are written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "***"
_WORDS = (
    "token|passwo?r?d|passphrase|pwd|secret|access_?-?key|api_?-?key|account_?-?key|private_?-?key|shared_?-?key"
    "|signature|credentials?|authorization"
)
# Texts may be very long, and may be written by an attacker. So each pattern begins where a word does, and repeats
# within bounds: the time that it takes grows with the length of the text, not with its square.
_KEY = rf"(?<![\w.-])(?:[\w.-]{{0,200}}?(?:{_WORDS})[\w.-]{{0,200}}|(?:sig|sas|auth)\b)"
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s&;,"'<>]*[^\s&;,"'<>:])"""
_NAMED = re.compile(rf"({_KEY}\s*(?:=|%3D)\s*){_VALUE}", re.IGNORECASE)
_QUOTED = re.compile(rf"""(["']{_KEY}["']\s*:\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer\s+)[\w.~+/=-]{4,}", re.IGNORECASE)
_BARE = re.compile(r"""(?<![\w:/@.+-])([\w.+-]{1,200}:)[^\s:/@"']{1,2000}(@[\w.-]+)""")

_WORD = re.compile(r"""[^\s"']+""")
_SLASHES = re.compile(r":/{1,2}")
_END_OF_HOST = re.compile(r"[/?#]")
_PORT = re.compile(r"[^/?#@:]*:(?:\d+[/?#])?")
"""A user or host and the colon after it; with a port behind the colon, which a slash, `?` or `#` ends."""


def masked(text: str) -> str:
    """Return the text with three asterisks in place of each secret.

    >>> masked("sc://u:S@h and sc://h:1/;token=S;use_ssl=true")
    'sc://***@h and sc://h:1/;token=***;use_ssl=true'
    >>> masked("https://h/a.csv?X-Amz-Signature=ab%2F1&n=2"), masked("customer_id=client, amount=total")
    ('https://h/a.csv?X-Amz-Signature=***&n=2', 'customer_id=client, amount=total')
    """
    text = _WORD.sub(lambda word: "".join(_without_user(word[0])), text) if "@" in text else text
    # Addresses come first: what is left of them cannot be taken for a user and password without slashes.
    text = _BARE.sub(rf"\1{MASK}\2", text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    return _BEARER.sub(rf"\1{MASK}", _QUOTED.sub(rf'\1"{MASK}"', text))


def _without_user(word: str) -> Iterator[str]:
    """Yield the parts of a word without spaces, the user and password of each address in it masked."""
    # Each search ends at the next slash or at the last @, so that the time grows with the length alone.
    done, last_at = 0, word.rfind("@")
    for slashes in _SLASHES.finditer(word):
        start = slashes.end()
        if start > last_at:
            break
        if start > done and (at := _end_of_user(word, start, last_at)) is not None:
            yield word[done:start] + MASK
            done = at
    yield word[done:]


def _end_of_user(word: str, start: int, last_at: int) -> int | None:
    """Return the place of the @ behind the user of an address, None where the address has no user.

    The user begins at `start`. A password may hold a slash by mistake: then the last @ of the word ends it. Behind a
    host with a port, though, a slash begins the path, in which an @ is no mark.
    """
    end = _END_OF_HOST.search(word, start)
    at = word.rfind("@", start, end.start() if end else len(word))
    if at >= 0:
        return at
    host = _PORT.match(word, start)
    return last_at if host and host[0].endswith(":") else None


def masked_data(value: Any) -> Any:
    """Return plain data for JSON with every text in it masked, keys excepted."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: masked_data(own) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [masked_data(own) for own in value]
    return value


def is_utf8(text: str) -> bool:
    """Return whether a text from the system is UTF-8: Python keeps odd bytes of a file name as surrogates.

    >>> is_utf8("Köln"), is_utf8("K\\udcf6ln")
    (True, False)
    """
    return not any("\ud800" <= character <= "\udfff" for character in text)


def printable(text: str) -> str:
    r"""Return a name as data and messages can hold it, its odd bytes written as Python writes them.

    >>> printable("Köln.csv"), printable("K\udcf6ln.csv")
    ('Köln.csv', 'K\\xf6ln.csv')
    """
    return text if is_utf8(text) else text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
