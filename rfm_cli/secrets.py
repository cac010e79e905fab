"""Secrets in what a run tells: passwords and tokens of addresses and options are masked wherever text leaves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
_WORDS = (
    "token|passwo?r?d|passphrase|pwd|secret|access_?-?key|api_?-?key|account_?-?key|private_?-?key|shared_?-?key"
    "|signature|credentials?|authorization"
)
# Each pattern begins where a word does, and repeats within bounds: a value may be very long, and may wish us ill.
_KEY = rf"(?<![\w.-])(?:[\w.-]{{0,200}}?(?:{_WORDS})[\w.-]{{0,200}}|(?:sig|sas|auth)\b)"
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s&;,"'<>]*[^\s&;,"'<>:])"""
_NAMED = re.compile(rf"({_KEY}\s*(?:=|%3D)\s*){_VALUE}", re.IGNORECASE)
_QUOTED = re.compile(rf"""(["']{_KEY}["']\s*:\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer\s+)[\w.~+/=-]{4,}", re.IGNORECASE)
# A password may hold a slash by mistake; what follows a host with a port is a path, though.
_ADDRESS = re.compile(r"""(://)(?:[^\s/?#"'@]{0,2000}|[^\s/?#"'@:]{0,2000}:(?!\d+[/?#])[^\s"']{0,2000})@""")
_BARE = re.compile(r"""(?<![\w:/@.+-])([\w.+-]{1,200}:)[^\s:/@"']{1,2000}(@[\w.-]+)""")


def masked(text: str) -> str:
    """The text with three asterisks in place of each secret.

    >>> masked("sc://u:S@h and sc://h:1/;token=S;use_ssl=true")
    'sc://***@h and sc://h:1/;token=***;use_ssl=true'
    >>> masked("https://h/a.csv?X-Amz-Signature=ab%2F1&n=2"), masked("customer_id=client, amount=total")
    ('https://h/a.csv?X-Amz-Signature=***&n=2', 'customer_id=client, amount=total')
    """
    text = _ADDRESS.sub(rf"\1{MASK}@", text)
    text = _BARE.sub(rf"\1{MASK}\2", text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    return _BEARER.sub(rf"\1{MASK}", _QUOTED.sub(rf'\1"{MASK}"', text))


def masked_data(value: Any) -> Any:
    """Plain data for JSON with every text in it masked, keys excepted."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: masked_data(own) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [masked_data(own) for own in value]
    return value
