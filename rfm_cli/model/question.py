"""What is asked of a shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rfm_cli.clock import Window
from rfm_cli.schemes import Scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import Fitting


@dataclass(frozen=True)
class Question:
    """What is asked of a shop: the date, what counts, and how cutoffs are found (or `cutoffs` that were saved).

    `as_of` None is the day of the last accepted order row. With `returned_ignored` an order whose money was all given
    back is no purchase. `new_subscriber` is a number of days, None for no such split.
    """

    fitting: Fitting
    as_of: date | None = None
    window: Window | None = None
    one_a_day: bool = False
    free_orders: str | None = None
    returned_ignored: bool = False
    cutoffs: Cutoffs | None = None
    new_subscriber: int | None = None

    @property
    def scheme(self) -> Scheme:
        """The scheme that names segments."""
        return self.fitting.scheme
