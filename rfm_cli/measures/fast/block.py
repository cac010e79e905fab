"""Blocks of rows as arrays of numbers, and what is raised where a row is not as a shortcut needs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
UInt64s = npt.NDArray[np.uint64]
Booleans = npt.NDArray[np.bool_]
NO_SLOTS = np.empty(0, np.int64)


class Remedy(Enum):
    """What may still work where a shortcut gave up."""

    NONE = auto()
    """No shortcut will do; the plain way answers."""
    TABLE = auto()
    """A table of ids, because they lie too far apart to be slots themselves."""
    OTHER_GROUPING = auto()
    """Another way to make orders of rows."""
    SHARED_NUMBERS = auto()
    """A way that lets several rows share an order number."""


class UnprovenError(Exception):
    """Some row is not as a shortcut needs it. Only `plan` catches this, and no user ever sees it."""

    def __init__(self, why: str, remedy: Remedy = Remedy.NONE) -> None:
        super().__init__(why)
        self.remedy = remedy


@dataclass(frozen=True)
class Block:
    """Rows in the order of the file: slots of customers, days (since 1970), money in minor units, order numbers.

    `minor` is None without money, `orders` where rows have no order id.
    """

    slots: Int64s
    days: Int32s
    minor: Int64s | None
    orders: Int64s | None = None

    def __len__(self) -> int:
        return len(self.slots)

    def kept(self, chosen: Booleans | slice) -> Block:
        """Return the chosen rows."""
        minor = None if self.minor is None else self.minor[chosen]
        orders = None if self.orders is None else self.orders[chosen]
        return Block(self.slots[chosen], self.days[chosen], minor, orders)

    def then(self, rows: Block) -> Block:
        """Return these rows with others below them."""
        minor = None if self.minor is None or rows.minor is None else np.concatenate([self.minor, rows.minor])
        orders = None if self.orders is None or rows.orders is None else np.concatenate([self.orders, rows.orders])
        slots = np.concatenate([self.slots, rows.slots])
        return Block(slots, np.concatenate([self.days, rows.days]), minor, orders)
