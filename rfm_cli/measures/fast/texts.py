"""Ids of any text: a 64-bit hash finds the slot, and the text itself proves that no other text has it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from rfm_cli.measures.fast.ids import Int64s
from rfm_cli.measures.fast.unproven import UnprovenError

SEED = 20_221_231
"""Any number: another one would find other slots and the same answer."""
AT_ONCE = 1 << 20
"""So many rows are compared at a time, since all texts have to lie in one piece for it."""


AHEAD = 1
"""So many more such comparisons may wait for the one that is being made."""


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


@dataclass(frozen=True)
class Seen:
    """The texts and slots of some rows, and the texts of slots that were new with them."""

    texts: pl.Series
    slots: Int64s
    new: pl.Series


class Known:
    """The texts of the slots, in the order in which they were first seen; those of all rows are compared with them.

    That takes a thread of its own: there is nothing else for it to wait for.
    """

    def __init__(self) -> None:
        self._texts = pl.Series([], dtype=pl.String)
        self._waiting: list[Seen] = []
        self._rows = 0
        self._thread = ThreadPoolExecutor(1)
        self._proofs: list[Future[bool]] = []

    def see(self, texts: pl.Series, slots: Int64s, new: Int64s) -> None:
        """Nothing: these are the texts of the next rows, their slots, and the places of those whose slot is new."""
        self._waiting.append(Seen(texts, slots, texts.gather(pl.Series(new))))
        self._rows += len(texts)
        if self._rows >= AT_ONCE:
            self._send()

    def _send(self) -> None:
        if len(self._proofs) > AHEAD:
            self._require(self._proofs.pop(0))
        self._proofs.append(self._thread.submit(self._alike, self._waiting))
        self._waiting, self._rows = [], 0

    def _alike(self, rows: list[Seen]) -> bool:
        """Whether the text of each row is that of its slot."""
        self._texts = pl.concat([self._texts, *(seen.new for seen in rows)], rechunk=True)
        return all((self._texts.gather(pl.Series(seen.slots)) == seen.texts).all() for seen in rows)

    def texts(self) -> pl.Series:
        """All texts by slot; `UnprovenError` where a row had another text than its slot, which is one hash of two."""
        self._send()
        for proof in self._proofs:
            self._require(proof)
        self._proofs = []
        return self._texts

    def close(self) -> None:
        """Nothing: the thread ends, whatever it still had to do."""
        self._thread.shutdown(cancel_futures=True)

    def _require(self, proof: Future[bool]) -> None:
        if not proof.result():
            raise UnprovenError("two texts of one hash")
