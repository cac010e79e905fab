"""Ids of any text: a 64-bit hash finds the slot, and the text itself proves that no other text has it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rfm_cli.fast.ids import Int64s
from rfm_cli.fast.unproven import UnprovenError

SEED = 20_221_231
"""Any number: another one would find other slots and the same answer."""


@dataclass(frozen=True)
class Texts:
    """The hash of each id; whoever keeps texts by number has to compare them with those of the rows."""

    def columns(self, name: str, column: pl.Expr) -> dict[str, pl.Expr]:
        """The hashes, and the texts."""
        return {name: column.hash(SEED).reinterpret(signed=True), f"{name}_text": column}

    def numbers(self, block: pl.DataFrame, name: str) -> pl.Series:
        """The hashes, null where the text is."""
        found, text = block[name], block[f"{name}_text"]
        if not text.null_count():
            return found
        return pl.select(pl.when(text.is_not_null()).then(found)).to_series()

    def ids(self, numbers: Int64s) -> pl.Series:
        """Nothing: a hash does not tell its text."""
        raise UnprovenError("the text of a hash")


class Known:
    """The texts of the slots, in the order in which they were first seen."""

    def __init__(self) -> None:
        self._parts: list[pl.Series] = []
        self._all = pl.Series([], dtype=pl.String)

    def add(self, texts: pl.Series) -> None:
        """Nothing: these are the texts of the next slots."""
        self._parts.append(texts)

    def prove(self, texts: pl.Series, slots: Int64s) -> None:
        """Nothing, or `UnprovenError` where a row's text is not that of its slot."""
        if not (self.texts().gather(pl.Series(slots)) == texts).all():
            raise UnprovenError("two texts of one hash")

    def texts(self) -> pl.Series:
        """All texts by slot."""
        if self._parts:
            self._all = pl.concat([self._all, *self._parts], rechunk=True)
            self._parts = []
        return self._all
