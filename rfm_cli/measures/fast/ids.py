"""Ids as 64-bit integers, one for each id, and back: as the first rows suggest it, proved on every row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from rfm_cli.measures.fast.unproven import UnprovenError

Int64s = npt.NDArray[np.int64]
MOST_DIGITS = 19
"""A number of more digits never fits 64 bits, and one of so many may not."""
LEAST = np.array([np.iinfo(np.int64).min, 0, *(10**digits for digits in range(1, MOST_DIGITS))], np.int64)
"""The least number that is written with so many digits; none is written with no digit."""


class IdPlan(Protocol):
    """How the ids of one column become numbers. Two rows get one number only if their ids are the same text."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """What Polars is to make of the column: the numbers under `name`, and what their proof needs."""
        ...

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """The numbers of a block (Int64, null for a missing id); `UnprovenError` for an id of another kind."""
        ...

    def ids(self, numbers: Int64s) -> pl.Series:
        """The ids (Int64 or text) behind some numbers."""
        ...


@dataclass(frozen=True)
class WholeNumbers:
    """The column holds integers already."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """The numbers alone."""
        return {name: column.cast(pl.Int64)}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """The column as it is."""
        return block[name]

    def ids(self, numbers: Int64s) -> pl.Series:
        """The numbers."""
        return pl.Series(numbers)


@dataclass(frozen=True)
class Digits:
    """Texts that are integers' own digits: 42, not 042 or +42."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """The numbers, the texts, and their lengths."""
        length = column.str.len_bytes().fill_null(0)
        return {name: column.cast(pl.Int64, strict=False), f"{name}_text": column, f"{name}_length": length}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """The numbers, each proved to be written with as few characters as it can be."""
        found, length = block[name], block[f"{name}_length"].to_numpy()
        if found.null_count():
            _require_empty(block, name)
            found_all = found.fill_null(0)
            length = np.where(found.is_null().to_numpy(), 1, length)
        else:
            found_all = found
        if length.max(initial=0) > MOST_DIGITS or bool((found_all.to_numpy() < LEAST[length]).any()):
            raise UnprovenError(name)
        return found

    def ids(self, numbers: Int64s) -> pl.Series:
        """The numbers, which are written as the ids are."""
        return pl.Series(numbers)


@dataclass(frozen=True)
class Numbered:
    """Texts of one prefix and as many digits behind it: C0000000004."""

    prefix: str
    digits: int

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """The numbers, the texts, and whether a text is of another form."""
        rest = column.str.slice(len(self.prefix))
        # A sign sorts before the digits; what else is no digit is refused by the cast.
        alike = column.str.starts_with(self.prefix) & (rest >= "0") & (rest.str.len_bytes() == self.digits)
        return {name: rest.cast(pl.Int64, strict=False), f"{name}_text": column, f"{name}_odd": ~alike}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """The numbers, the form of each text proved."""
        found, odd = block[name], block[f"{name}_odd"]
        if found.null_count():
            _require_empty(block, name)
            odd = odd & found.is_not_null()
        if odd.any():
            raise UnprovenError(name)
        return found

    def ids(self, numbers: Int64s) -> pl.Series:
        """The texts: the prefix, and the digits with zeros in front."""
        digits = pl.Series(numbers).cast(pl.String).str.zfill(self.digits)
        return pl.select(pl.lit(self.prefix) + digits).to_series()


def _require_empty(block: pl.DataFrame, name: str) -> None:
    """Nothing, or `UnprovenError` where a text that gave no number is anything but blank."""
    texts = block[f"{name}_text"].filter(block[name].is_null())
    if (texts.str.strip_chars() != "").any():
        raise UnprovenError(name)


def plan_of(texts: pl.Series) -> IdPlan | None:
    """The plan for a column of texts that begins with these; None where they follow no form."""
    texts = texts.filter(texts.str.strip_chars() != "")
    if texts.is_empty():
        return None
    if texts.str.contains(rf"^(?:0|[1-9]\d{{0,{MOST_DIGITS - 1}}})$").all():
        return Digits()
    return _numbered(texts)


def _numbered(texts: pl.Series) -> Numbered | None:
    low, high = str(texts.min()), str(texts.max())
    prefix = common_start(low, high).rstrip("0123456789")
    digits = len(low) - len(prefix)
    if not prefix.isascii() or not 0 < digits <= MOST_DIGITS:
        return None
    alike = texts.str.contains(rf"^{re.escape(prefix)}[0-9]{{{digits}}}$").all()
    return Numbered(prefix, digits) if alike else None


def common_start(low: str, high: str) -> str:
    """What two texts begin with alike; so do all texts between them in order.

    >>> common_start("C0012", "C0350")
    'C0'
    """
    return low[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False)))]
