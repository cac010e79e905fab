"""Ids as 64-bit integers, one per id, and back: the first rows suggest how, every row is checked.

Integers and texts that are numbers in one form become these numbers. Any other text becomes a 64-bit hash, and the
texts themselves are compared to prove that no two share one.
"""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

import numpy as np
import polars as pl

from rfm_cli.measures.fast.block import Int64s, UnprovenError

MOST_DIGITS = 19
"""A number of more digits never fits 64 bits, and one with this many may not."""
LEAST = np.array([np.iinfo(np.int64).min, 0, *(10**digits for digits in range(1, MOST_DIGITS))], np.int64)
"""The least number that is written with each number of digits; none is written with no digit."""


class IdPlan(Protocol):
    """How the ids of one column become numbers. Two rows get one number only if their ids are the same text."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """Return what Polars makes of the column: the numbers under `name`, and what their check needs."""
        ...

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """Return the numbers of a block (Int64, null without an id). Raises `UnprovenError` for an id of another
        kind."""
        ...

    def ids(self, numbers: Int64s) -> pl.Series:
        """Return the ids (Int64 or text) of some numbers."""
        ...


@dataclass(frozen=True)
class WholeNumbers:
    """The column holds integers already."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """Return the numbers alone."""
        return {name: column.cast(pl.Int64)}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """Return the column as it is."""
        return block[name]

    def ids(self, numbers: Int64s) -> pl.Series:
        """Return the numbers."""
        return pl.Series(numbers)


@dataclass(frozen=True)
class Digits:
    """Texts that are integers' own digits: 42, not 042 or +42."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """Return the numbers, the texts, and their lengths."""
        length = column.str.len_bytes().fill_null(0)
        return {name: column.cast(pl.Int64, strict=False), f"{name}_text": column, f"{name}_length": length}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """Return the numbers; each is checked to be written with as few characters as possible."""
        found, length = block[name], block[f"{name}_length"].to_numpy()
        if found.null_count():
            _require_empty(block, name)
            found_all = found.fill_null(0)
            # Blank ids have no number to check; length 1 lets the 0 in its place pass.
            length = np.where(found.is_null().to_numpy(), 1, length)
        else:
            found_all = found
        # 007 has three characters, but 7 is less than 100.
        if length.max(initial=0) > MOST_DIGITS or bool((found_all.to_numpy() < LEAST[length]).any()):
            raise UnprovenError(name)
        return found

    def ids(self, numbers: Int64s) -> pl.Series:
        """Return the numbers, which are written as the ids are."""
        return pl.Series(numbers)


@dataclass(frozen=True)
class Numbered:
    """Texts of one prefix with a fixed number of digits after it: C0000000004."""

    prefix: str
    digits: int

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """Return the numbers, the texts, and whether a text has another form."""
        rest = column.str.slice(len(self.prefix))
        # A sign sorts before the digits; what else is no digit is refused by the cast.
        alike = column.str.starts_with(self.prefix) & (rest >= "0") & (rest.str.len_bytes() == self.digits)
        return {name: rest.cast(pl.Int64, strict=False), f"{name}_text": column, f"{name}_odd": ~alike}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """Return the numbers, with the form of each text checked."""
        found, odd = block[name], block[f"{name}_odd"]
        if found.null_count():
            _require_empty(block, name)
            odd = odd & found.is_not_null()
        if odd.any():
            raise UnprovenError(name)
        return found

    def ids(self, numbers: Int64s) -> pl.Series:
        """Return the texts: the prefix, and the digits with zeros in front."""
        digits = pl.Series(numbers).cast(pl.String).str.zfill(self.digits)
        return pl.select(pl.lit(self.prefix) + digits).to_series()


def _require_empty(block: pl.DataFrame, name: str) -> None:
    """Raise `UnprovenError` where a text that gave no number is not blank."""
    texts = block[f"{name}_text"].filter(block[name].is_null())
    if (texts.str.strip_chars() != "").any():
        raise UnprovenError(name)


def plan_of(texts: pl.Series) -> IdPlan | None:
    """Choose the plan for a column of texts that begins with these; None where they follow no form."""
    texts = texts.filter(texts.str.strip_chars() != "")
    if texts.is_empty():
        return None
    if texts.str.contains(rf"^(?:0|[1-9]\d{{0,{MOST_DIGITS - 1}}})$").all():
        return Digits()
    return _numbered(texts)


def _numbered(texts: pl.Series) -> Numbered | None:
    # What the least and the greatest have in common, all have in common.
    low, high = str(texts.min()), str(texts.max())
    prefix = common_start(low, high).rstrip("0123456789")
    digits = len(low) - len(prefix)
    if not prefix.isascii() or not 0 < digits <= MOST_DIGITS:
        return None
    alike = texts.str.contains(rf"^{re.escape(prefix)}[0-9]{{{digits}}}$").all()
    return Numbered(prefix, digits) if alike else None


def common_start(low: str, high: str) -> str:
    """Return the common beginning of two texts; all texts that sort between them share it.

    >>> common_start("C0012", "C0350")
    'C0'
    """
    return low[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False)))]


SEED = 20_221_231
"""Any number: another one would find other slots and the same answer."""
AT_ONCE = 1 << 20
"""This many rows are compared at a time, because all texts have to lie in one piece for it."""
AHEAD = 1
"""This many comparisons may wait while one is being made."""


@dataclass(frozen=True)
class Texts:
    """Any texts: the number of an id is its hash. `TextCheck` has to compare the texts themselves."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """Return the hashes, and the texts."""
        return {name: column.hash(SEED).reinterpret(signed=True), f"{name}_text": column}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """Return the hashes, null where the text is."""
        found, text = block[name], block[f"{name}_text"]
        if not text.null_count():
            return found
        return pl.select(pl.when(text.is_not_null()).then(found)).to_series()

    def ids(self, numbers: Int64s) -> pl.Series:
        """Raise `UnprovenError`, because a hash does not hold its text."""
        raise UnprovenError("the text of a hash")


@dataclass(frozen=True)
class Seen:
    """The texts and slots of some rows, and the texts of slots that were new with them."""

    texts: pl.Series
    slots: Int64s
    new: pl.Series


class TextCheck:
    """The text of each slot, as it was first seen; the texts of all rows are compared with it.

    The comparison runs in a thread of its own, because no other step needs its result.
    """

    def __init__(self) -> None:
        self._texts = pl.Series([], dtype=pl.String)
        self._waiting: list[Seen] = []
        self._rows = 0
        self._thread = ThreadPoolExecutor(1)
        self._proofs: list[Future[bool]] = []

    def see(self, texts: pl.Series, slots: Int64s, new: Int64s) -> None:
        """Take the texts of the next rows, their slots, and the places of rows whose slot is new."""
        self._waiting.append(Seen(texts, slots, texts.gather(pl.Series(new))))
        self._rows += len(texts)
        if self._rows >= AT_ONCE:
            self._send()

    def _send(self) -> None:
        # Waiting here keeps the thread from falling behind with ever more texts in memory.
        if len(self._proofs) > AHEAD:
            self._require(self._proofs.pop(0))
        self._proofs.append(self._thread.submit(self._alike, self._waiting))
        self._waiting, self._rows = [], 0

    def _alike(self, rows: list[Seen]) -> bool:
        """Return whether the text of each row is that of its slot."""
        self._texts = pl.concat([self._texts, *(seen.new for seen in rows)], rechunk=True)
        return all((self._texts.gather(pl.Series(seen.slots)) == seen.texts).all() for seen in rows)

    def texts(self) -> pl.Series:
        """Return all texts by slot. Raises `UnprovenError` where two texts had one hash."""
        self._send()
        for proof in self._proofs:
            self._require(proof)
        self._proofs = []
        return self._texts

    def close(self) -> None:
        """End the thread, whatever it still had to do."""
        self._thread.shutdown(cancel_futures=True)

    def _require(self, proof: Future[bool]) -> None:
        if not proof.result():
            raise UnprovenError("two texts of one hash")
