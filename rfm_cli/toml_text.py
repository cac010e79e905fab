"""Lines of TOML: keys and values as they are read back, whatever characters they have."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
Written = str | bool | int | float | Decimal | date | datetime | time | Sequence[object] | Mapping[str, object]


def text(value: str) -> str:
    """Return a text in quotes.

    >>> print(text('5" pipe'), text("Сумма"))
    "5\\" pipe" "Сумма"
    """
    # The escapes of JSON are escapes of TOML; only DEL is a plain character there.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """Return a key, in quotes where it has other characters than letters, digits, `_` and `-`.

    >>> print(key("orders"), key("Placed Order"))
    orders "Placed Order"
    """
    return name if BARE_KEY.fullmatch(name) else text(name)


def assignment(name: str, value: Written) -> str:
    """Return the line that gives a key its value.

    >>> print(assignment("orders", ["a.csv", "b.csv"]), assignment("rules", {"f": "quantile"}), sep="; ")
    orders = ["a.csv", "b.csv"]; rules = { f = "quantile" }
    """
    return f"{key(name)} = {_value(value)}"


def comment(line: str) -> str:
    """Return a line as a comment, without characters that a comment cannot have."""
    plain = "".join(mark if mark.isprintable() else " " for mark in line)
    return f"# {plain}".rstrip()


def _value(value: object) -> str:
    if isinstance(value, bool | int | float | Decimal):
        return str(value).lower()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key(name)} = {_value(one)}' for name, one in value.items())} }}"
    if isinstance(value, str):
        return text(value)
    assert isinstance(value, Sequence)
    return f"[{', '.join(map(_value, value))}]"
