"""Typed reading of TOML tables: a value of the right kind, or an error with file, key and what was meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from rfm_cli.errors import UsageError, did_you_mean

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class Table:
    """One TOML table, the file that it is in, and its place there (`[rules] `, `segment 3, `, or nothing)."""

    file: str
    place: str
    values: Mapping[str, object]

    def check_keys(self, valid: Collection[str], required: Collection[str] = (), above: str = "") -> None:
        """Nothing; raises where a key is unknown or a required one is missing.

        `above` is the hint for keys that TOML has put here because they stand below a table's header.
        """
        for key in self.values:
            if key not in valid:
                raise UsageError(f"{self.file}: {self.place}unknown key {key!r}", above or did_you_mean(key, valid))
        missing = [key for key in required if key not in self.values]
        if missing:
            raise UsageError(f"{self.file}: {self.place}missing: {', '.join(missing)}")

    def text(self, key: str) -> str:
        """The text under `key`, its spaces and line breaks folded to single spaces; empty if absent."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "text in quotes")
        return " ".join(value.split())

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under `key`; an empty one if absent."""
        values = self.items(key, 'a list of texts in quotes, such as ["1", "2"]')
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, 'a list of texts in quotes, such as ["1", "2"]')
        return tuple(str(value) for value in values)

    def whole(self, key: str) -> int:
        """The whole number under `key`."""
        value = self.values.get(key)
        # TOML's true is a Python int.
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "a whole number")
        return value

    def wholes(self, key: str) -> list[int]:
        """The list of whole numbers under `key`."""
        values = self.items(key, "a list of whole numbers")
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise self.wrong(key, "a list of whole numbers")
        return [value for value in values if isinstance(value, int)]

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        """The list of numbers under `key`, exact."""
        values = [
            Decimal(value)
            for value in self.items(key, "a list of numbers")
            if isinstance(value, int | Decimal) and not isinstance(value, bool)
        ]
        if len(values) < len(self.items(key, "")) or not all(value.is_finite() for value in values):
            raise self.wrong(key, "a list of numbers")
        return tuple(values)

    def choice(self, key: str, valid: Sequence[Choice], default: Choice) -> Choice:
        """The one of the valid words that stands under `key`, or the default."""
        found = self.values.get(key, default)
        for word in valid:
            if word == found:
                return word
        raise self.wrong(key, f"one of {', '.join(valid)}", did_you_mean(str(found), valid))

    def table(self, key: str) -> Table:
        """The table under `key`; an empty one if absent."""
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            raise self.wrong(key, f"a table, written as [{key}]")
        return Table(self.file, f"[{key}] ", values)

    def tables(self, key: str, one: str) -> list[Table]:
        """The tables under `key`, numbered from 1 and called `one` in messages."""
        values = self.items(key, f"tables, each written as [[{key}]]")
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(key, f"tables, each written as [[{key}]]")
        return [
            Table(self.file, f"{one} {number}, ", value)
            for number, value in enumerate(values, start=1)
            if isinstance(value, dict)
        ]

    def items(self, key: str, wanted: str) -> list[object]:
        """The list under `key`; an empty one if absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, wanted)
        return value

    def wrong(self, key: str, wanted: str, hint: str = "") -> UsageError:
        """The error that `key` does not hold what is wanted."""
        value = self.values.get(key)
        shown = str(value) if isinstance(value, int | Decimal) else repr(value)
        return UsageError(f"{self.file}: {self.place}{key} must be {wanted}, not {shown:.60}", hint)
