"""A block of rows as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rfm_cli.measures.fast.ids import Int64s

Int32s = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]
NOBODY = np.empty(0, np.int64)
"""The slots of no customer."""


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
        """The chosen rows."""
        minor = None if self.minor is None else self.minor[chosen]
        orders = None if self.orders is None else self.orders[chosen]
        return Block(self.slots[chosen], self.days[chosen], minor, orders)

    def then(self, rows: Block) -> Block:
        """These rows, and others below them."""
        minor = None if self.minor is None or rows.minor is None else np.concatenate([self.minor, rows.minor])
        orders = None if self.orders is None or rows.orders is None else np.concatenate([self.orders, rows.orders])
        slots = np.concatenate([self.slots, rows.slots])
        return Block(slots, np.concatenate([self.days, rows.days]), minor, orders)
