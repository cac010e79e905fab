"""TOML files that users write: read within limits, and each value checked for its kind.

An error names the file, the key, its line where that can be found, what was expected, and the nearest valid name.
`Table` reads the JSON that rfm itself writes (manifests, metadata of snapshots) as well.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from rfm_cli.errors import UsageError, did_you_mean

MOST_BYTES = 4_000_000
DEEPEST = 64
# Possessive quantifiers (++, *+) never go back: the search must not take as long as the parse that it prevents.
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DEEP_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+(?:{_PART}){{{DEEPEST}}}", re.MULTILINE)
_HEADER = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_NAME = re.compile(r"""[ \t]*\[{0,2}[ \t]*([^=\s"'#\[\]][^="'#\[\]]*?)[ \t]*(?:=|\]|$)""")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
MOST_SEARCHED = 100_000
"""The characters of a file in which the line of a key is searched: each candidate costs a parse of what is above."""
Choice = TypeVar("Choice", bound=str)


def read_toml(path: Path, hint: str = "", parse_float: Callable[[str], Any] = Decimal) -> Table:
    """Return the top table of a file; `UsageError` where it cannot be read or is not TOML."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint) from error
    return parse_toml(data, str(path), hint, parse_float)


def parse_toml(data: bytes, file: str, hint: str = "", parse_float: Callable[[str], Any] = Decimal) -> Table:
    """Return the top table of a TOML text; `UsageError` where it is not TOML, or more than people write by hand.

    Python's parser takes time that grows with the square of the parts of a dotted key, and ends with errors of other
    kinds at deep brackets and long numbers. A byte order mark, which editors on Windows write, is skipped.
    """

    def not_toml(why: str) -> UsageError:
        return UsageError(f"{file}: not TOML: {why}", hint)

    if len(data) > MOST_BYTES:
        raise not_toml(f"{len(data):,} bytes, and {MOST_BYTES:,} are the most that is read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_toml("it is not UTF-8 text") from error
    # Found before parsing, which would take minutes for a key of some thousand parts.
    if _DEEP_KEY.search(text):
        raise not_toml(f"a key of more than {DEEPEST} parts")
    try:
        return Table(file, tomllib.loads(text, parse_float=parse_float), source=text)
    except RecursionError as error:
        raise not_toml("brackets are nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        is_long = "int_max_str_digits" in str(error)
        if name := _unquoted(text, str(error)):
            quotes = f'write names of other letters in quotes: "{name}"'
            raise UsageError(f"{file}: not TOML: {error}", quotes) from error
        raise not_toml("a number has too many digits" if is_long else str(error)) from error


def _unquoted(text: str, why: str) -> str:
    """Return the name at the line of an error that has letters or blanks which TOML takes in quotes alone."""
    found = re.search(r"at line (\d+), column", why)
    name = _NAME.match(text.split("\n")[int(found[1]) - 1]) if found else None
    parts = name[1].split(".") if name else []
    return next((part.strip() for part in parts if not _BARE_KEY.fullmatch(part.strip())), "")


@dataclass(frozen=True)
class Table:
    """One table of a file.

    `header` is its dotted name, empty for the top table. Of several tables `[[header]]` it is the `nth`, from 1;
    messages call it `one` and this number. `source` is the text of the file, for the lines of errors.
    """

    file: str
    values: Mapping[str, object]
    header: str = ""
    nth: int = 0
    one: str = ""
    source: str = field(default="", repr=False)

    def check_keys(self, valid: Collection[str], required: Collection[str] = (), above: str = "") -> None:
        """Raise `UsageError` where a key is unknown or a required one is missing.

        `above` is the hint for keys that TOML has put here because they were written below the header of a table.
        """
        for key in self.values:
            if key not in valid:
                raise self.unknown(key, above or did_you_mean(key, valid))
        self.require(required)

    def require(self, keys: Collection[str]) -> None:
        """Raise `UsageError` where a key is missing."""
        if missing := [key for key in keys if key not in self.values]:
            raise UsageError(f"{self.file}: {self._place}missing: {', '.join(missing)}")

    def prose(self, key: str) -> str:
        """Return the text under `key`, its spaces and line breaks folded to single spaces; empty if absent."""
        return " ".join(self.text(key).split())

    def text(self, key: str, default: str = "") -> str:
        """Return the text under `key`, or the default."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "text in quotes")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return the text under `key`, None where it is absent or null."""
        return None if self.values.get(key) is None else self.text(key)

    def day(self, key: str) -> date:
        """Return the day under `key`, a text such as 2024-12-31; `ValueError` where it is no day."""
        return date.fromisoformat(self.text(key))

    def day_or_none(self, key: str) -> date | None:
        """Return the day under `key`, None where it is absent or null; `ValueError` where it is no day."""
        return None if self.values.get(key) is None else self.day(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under `key`; an empty one if absent."""
        wanted = 'a list of texts in quotes, such as ["1", "2"]'
        values = self._items(key, wanted)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, wanted)
        return tuple(str(value) for value in values)

    def switch(self, key: str, *, default: bool = False) -> bool:
        """Return the true or false under `key`, or the default."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def whole(self, key: str, least: int | None = None) -> int:
        """Return the whole number under `key`, which is not below `least`."""
        value = self.values.get(key)
        # TOML's true is a Python int.
        if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
            raise self.wrong(key, "a whole number" if least is None else f"a whole number of {least} or more")
        return value

    def whole_or_none(self, key: str) -> int | None:
        """Return the whole number under `key`, None where it is absent or null."""
        return None if self.values.get(key) is None else self.whole(key)

    def counts(self, key: str) -> dict[str, int]:
        """Return the table of whole numbers under `key`."""
        table = self.table(key)
        return {name: table.whole(name) for name in table.values}

    def wholes(self, key: str) -> list[int]:
        """Return the list of whole numbers under `key`."""
        values = self._items(key, "a list of whole numbers")
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise self.wrong(key, "a list of whole numbers")
        return [value for value in values if isinstance(value, int)]

    def number(self, key: str) -> Decimal:
        """Return the number under `key`, exact; it may be written as a text, so that no digit of money is lost."""
        number = decimal_of(self.values.get(key))
        if number is None:
            raise self.wrong(key, "a number")
        return number

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        """Return the list of numbers under `key`, exact."""
        items = self._items(key, "a list of numbers")
        values = [decimal_of(value) for value in items if not isinstance(value, str)]
        found = tuple(value for value in values if value is not None)
        if len(found) < len(items):
            raise self.wrong(key, "a list of numbers")
        return found

    def choice(self, key: str, valid: Sequence[Choice], default: Choice | None = None) -> Choice:
        """Return the one of the valid words that `key` has, or the default."""
        found = self.values.get(key, default)
        # Returned from `valid` and not from the file, so that a type checker knows the word.
        for word in valid:
            if word == found:
                return word
        raise self.wrong(key, f"one of {', '.join(valid)}", did_you_mean(str(found), valid))

    def table(self, key: str) -> Table:
        """Return the table under `key`; an empty one if absent."""
        header = f"{self.header}.{key}" if self.header else key
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            raise self.wrong(key, f"a table, written as [{header}]", f"write [{header}] above its keys")
        return Table(self.file, values, header, source=self.source)

    def tables(self, key: str, one: str) -> list[Table]:
        """Return the tables under `key`, numbered from 1 and called `one` in messages."""
        wanted = f"tables, each written as [[{key}]]"
        values = self._items(key, wanted)
        tables = [value for value in values if isinstance(value, dict)]
        if len(tables) < len(values):
            raise self.wrong(key, wanted)
        return [Table(self.file, value, key, number, one, self.source) for number, value in enumerate(tables, start=1)]

    def _items(self, key: str, wanted: str) -> list[object]:
        """Return the list under `key`; an empty one if absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, wanted)
        return value

    def wrong(self, key: str, wanted: str, hint: str = "") -> UsageError:
        """Return the error that `key` does not hold what is wanted."""
        return self.error(key, f"must be {wanted}, not {_as_toml(self.values.get(key)):.60}", hint)

    def error(self, key: str, problem: str, hint: str = "") -> UsageError:
        """Return an error about a key: the problem is a phrase behind its name."""
        return UsageError(f"{self.file}: {self._place}{key} {problem}{self._line(key)}", hint)

    def unknown(self, key: str, hint: str) -> UsageError:
        """Return the error of a key, or of a table in the top table, that is not known."""
        kind = "table" if isinstance(self.values.get(key), dict) else "key"
        place = f"in {self._place.rstrip(', ')}" if self._place else "at the top"
        return UsageError(f"{self.file}: unknown {kind} {key!r} {place}{self._line(key)}", hint)

    @property
    def _place(self) -> str:
        """Return the table as messages begin with it, empty for the top one."""
        return f"{self.one} {self.nth}, " if self.nth else f"[{self.header}] " if self.header else ""

    def _line(self, key: str) -> str:
        """Return the line of a key as messages end with it, empty where the search does not find it."""
        # Python's parser keeps no lines, so the text is searched for headers and keys. A line counts only where a
        # statement can begin, since texts of several lines may hold what looks like a key.
        lines = self.source.splitlines() if len(self.source) <= MOST_SEARCHED else []
        assigned = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
        below = f"{self.header}.{key}" if self.header else key
        here, seen = not self.header, 0
        for number, line in enumerate(lines, start=1):
            header = _HEADER.match(line)
            if not (header or (here and assigned.match(line))) or not _is_whole(lines[: number - 1]):
                continue
            if header is None or header[1] == below:
                return f" (line {number})"
            seen += header[1] == self.header
            here = header[1] == self.header and seen == max(self.nth, 1)
        return ""


def _is_whole(lines: Sequence[str]) -> bool:
    """Return whether a line below these begins a statement, and is no part of a text or list of several lines."""
    try:
        tomllib.loads("\n".join(lines))
    except ValueError:
        return False
    return True


def _as_toml(value: object) -> str:
    """Return a value as TOML writes it, in one line.

    >>> _as_toml([Decimal("5.5"), 5, True, {"at": date(2024, 12, 31), "of a": "b"}])
    "[5.5, 5, true, {at = 2024-12-31, 'of a' = 'b'}]"
    """
    if isinstance(value, list):
        return f"[{', '.join(map(_as_toml, value))}]"
    if isinstance(value, dict):
        pairs = (f"{key if _BARE_KEY.fullmatch(key) else repr(key)} = {_as_toml(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal) and not value.is_finite():
        return str(float(value))  # inf, -inf and nan
    return str(value) if isinstance(value, int | float | Decimal | date | time) else repr(value)


def decimal_of(value: object) -> Decimal | None:
    """Return a number, or the text of one, as it is written; None for anything else, infinity and NaN among it.

    >>> decimal_of("10.50"), decimal_of(3), decimal_of("many"), decimal_of("nan")
    (Decimal('10.50'), Decimal('3'), None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        # By way of the text, since the float 0.1 itself is a little more than 0.1.
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
