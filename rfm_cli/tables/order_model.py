"""Orders as they are handled, and the facts that a pass over them finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rfm_cli.tables import rules
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import OrderFile

if TYPE_CHECKING:  # most shops have neither, and need not load them
    from rfm_cli.tables.lines import OrderSums
    from rfm_cli.tables.rates import Rates

PROOF = ("lost_days", "lost_amounts", "lost_ids", "misses", "falls", "largest", "total")
"""What the pass counts: texts not understood, ids that are no plain integers, values that miss the scale, order ids
that fall; the largest amount and the sum of all sizes."""


@dataclass(frozen=True)
class Orders:
    """Order files with what is believed of them.

    `scale` is the number of decimals of the money, None where there is none. `each_row` says that order ids
    rise strictly from row to row, so that every row is an order of its own and none needs to be looked up.
    `refunded` says that some amount of the first rows is below 0, which is no belief but a hint at the work to come.
    `whole` says that the beliefs come from all rows and need no further proof.
    """

    files: tuple[OrderFile, ...]
    options: ReadOptions
    scale: int | None = None
    each_row: bool = False
    refunded: bool = False
    whole: bool = False
    sums: OrderSums | None = None
    rates: Rates | None = None

    @property
    def has_money(self) -> bool:
        """Whether orders have amounts."""
        return self.scale is not None

    @property
    def has_order_id(self) -> bool:
        """Whether some file names its orders."""
        return any("order_id" in file.columns for file in self.files)

    @property
    def size(self) -> int:
        """The bytes of all files together, 0 where one is not a file on this machine."""
        sizes = [file.source.local.stat().st_size if file.source.local else 0 for file in self.files]
        return sum(sizes) if all(sizes) else 0

    def name(self) -> str:
        """The files in a word, for messages."""
        return self.files[0].source.name if len(self.files) == 1 else f"{len(self.files)} order files"


@dataclass(frozen=True)
class Facts:
    """What one pass over all rows found: rows by verdict, the days that accepted rows cover, their first and last
    currency by name, and the counts that prove or refute what was believed (`PROOF`).

    `free_orders` are the orders of zero value by period, where these are all that is left of the rows; else None.
    `heavy` is the id that has too many of the rows which the pass counts for one customer, with their number.
    """

    rows: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    currency: str | None = None
    last_currency: str | None = None
    proof: Mapping[str, float | None] = field(default_factory=dict)
    free_orders: Mapping[date, int] | None = None
    heavy: tuple[str, int] | None = None

    @property
    def read(self) -> int:
        """All rows read."""
        return sum(self.rows.values())

    @property
    def accepted(self) -> int:
        """Rows that broke no rule."""
        return self.rows[rules.ACCEPTED]

    @property
    def rejected(self) -> dict[str, int]:
        """Rows by the rule that they broke, only rules that some row broke."""
        return {name: count for name, count in self.rows.items() if count and name != rules.ACCEPTED}
