"""The rows of each customer, counted by slot: whether one id has too many of them (`tables.crowding`)."""

from __future__ import annotations

import numpy as np

from rfm_cli.measures.fast.ids import Int64s
from rfm_cli.tables.order_model import is_heavy

ONE = np.int32(1)
"""Of the type of the counts: numpy adds a plain 1 a hundred times more slowly."""


class Crowd:
    """The number of rows by slot."""

    def __init__(self) -> None:
        self._rows = np.zeros(0, np.int32)

    def count(self, slots: Int64s, most: int) -> None:
        """Count rows by their slots, all of which are below `most`."""
        if most > len(self._rows):
            grown = np.zeros(max(most, 2 * len(self._rows)), np.int32)
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        np.add.at(self._rows, slots, ONE)

    def heavy(self) -> tuple[int, int] | None:
        """Return the slot that has too many rows for one customer, and how many; None where no slot has."""
        if len(self._rows) == 0:
            return None
        slot = int(self._rows.argmax())
        most, total = int(self._rows[slot]), int(self._rows.sum(dtype=np.int64))
        self._rows[slot] = 0
        after = int(self._rows.max())
        self._rows[slot] = most
        return (slot, most) if is_heavy(total, most, after) else None
