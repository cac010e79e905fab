"""Places in ascending order: of integer keys, and of ids in the order of their texts."""

from __future__ import annotations

import numpy as np
import polars as pl

from rfm_cli.measures.fast.block import Int64s, UInt64s
from rfm_cli.measures.fast.ids import common_start

MOST_DIGITS = 17
"""Up to this many digits, a number and its length fit one 64-bit key."""
TENS = 10 ** np.arange(18, dtype=np.int64)
WORD = 8


def ascending(numbers: Int64s) -> Int64s:
    """Sort numbers with Polars, which uses all cores and takes a third of numpy's time."""
    return pl.Series(numbers).sort().to_numpy()


def places_of(keys: Int64s | UInt64s) -> Int64s:
    """Return the places of the keys in ascending order; equal keys come in any order."""
    return pl.Series(keys).arg_sort().cast(pl.Int64).to_numpy()


def by_digits(numbers: Int64s) -> Int64s | None:
    """Return the places of numbers of 0 and more in the order of their decimal texts (1, 10, 2); None if one is too
    long.

    The key is the number with zeros appended up to the longest, then its number of digits: of two numbers that are
    equal then, such as 1 and 10, the shorter comes first.
    """
    if not len(numbers):
        return np.empty(0, np.int64)
    longest = len(str(int(numbers.max())))
    if int(numbers.min()) < 0 or longest > MOST_DIGITS:
        return None
    rising = bool((numbers[1:] > numbers[:-1]).all())
    digits = _lengths(numbers, rising=rising)
    keys = numbers * TENS[longest - digits] * 32 + digits
    # Ascending numbers of one length are in order already: merging a run per length costs next to nothing.
    return np.argsort(keys, kind="stable") if rising else places_of(keys)


def _lengths(numbers: Int64s, *, rising: bool) -> Int64s:
    """Return how many digits each number has; ascending numbers of one length are neighbors."""
    if not rising:
        return np.maximum(np.searchsorted(TENS, numbers, side="right"), 1)
    ends = np.searchsorted(numbers, TENS[1:])
    return np.repeat(np.arange(1, len(TENS) + 1), np.diff(ends, prepend=0, append=len(numbers)))


def by_text(texts: pl.Series) -> Int64s:
    """Return the places of distinct texts in their order.

    The eight bytes after the common beginning are compared as one integer; only texts that are equal in these are
    compared as texts. UTF-8 sorts as code points do.
    """
    if texts.is_empty():
        return np.empty(0, np.int64)
    start = len(common_start(str(texts.min()), str(texts.max())).encode())
    # Zero bytes sort before all others, so that a short text comes before those that it begins.
    padded = (texts + "\0" * WORD).cast(pl.Binary)
    key = padded.bin.slice(start, WORD).bin.reinterpret(dtype=pl.UInt64, endianness="big").to_numpy()
    # Polars shows its own memory here, which must not be written to.
    order = places_of(key).copy()
    alike = np.zeros(len(order), np.bool_)
    same = key[order[1:]] == key[order[:-1]]
    alike[1:] |= same
    alike[:-1] |= same
    if same.any():
        # Texts of one key are neighbors, and keys rise: sorting all of them by text keeps each in its group.
        places = np.flatnonzero(alike)
        group = texts.gather(pl.Series(order[places]))
        order[places] = order[places][group.arg_sort().to_numpy()]
    return order
