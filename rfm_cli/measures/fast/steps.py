"""A ledger as steps: the columns of `history.steps`, by stretch or by customer and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from rfm_cli.measures.fast.block import Int64s
from rfm_cli.measures.fast.customers import day_column
from rfm_cli.measures.fast.ledger import Ledger, Stretch
from rfm_cli.measures.fast.plan import answer
from rfm_cli.measures.fast.totals import EARLY, LATE, Added, Daily, Totals, counts_of
from rfm_cli.measures.purchases import Counting
from rfm_cli.tables.order_model import Facts, Orders


def steps_of(
    orders: Orders, counting: Counting, ends: Sequence[date], *, daily: bool, money: bool
) -> tuple[pl.DataFrame, Facts] | None:
    """`history.steps.steps` of stretches that end at the ascending `ends`, and the facts of the pass; None where no
    shortcut is proved. With `daily` the last of them is told day by day, without `money` its steps have none (null).
    """

    if daily and orders.options.memory is not None:
        return None  # single days take a place for every row

    def stretches() -> list[Stretch]:
        return [*(Totals() for _ in ends[:-1]), Daily(money=money) if daily else Totals()]

    return answer(orders, counting, ends, stretches=stretches, frame_of=lambda ledger: _frame(ledger, ends))


def _frame(ledger: Ledger, ends: Sequence[date]) -> pl.DataFrame:
    parts = [
        _of_totals(ledger, stretch, end) if isinstance(stretch, Totals) else _of_days(ledger, stretch)
        for stretch, end in zip(ledger.stretches, ends, strict=True)
    ]
    return pl.concat(parts)


def _of_totals(ledger: Ledger, totals: Totals, end: date) -> pl.DataFrame:
    """A row a customer with a row in the stretch."""
    slots = np.flatnonzero(totals.used())
    found = totals.of(slots)
    totals.prove(found)
    return _columns(ledger, slots, pl.Series([end]).new_from_index(0, len(slots)), found)


def _of_days(ledger: Ledger, stretch: Stretch) -> pl.DataFrame:
    """A row a customer and day."""
    assert isinstance(stretch, Daily)
    found = stretch.days()
    bought = found.frequency > 0
    if bought.all():
        first = last = found.days
    else:
        first, last = np.where(bought, found.days, LATE), np.where(bought, found.days, EARLY)
    lacking = found.monetary is None
    money = np.zeros(len(found.slots), np.int64) if found.monetary is None else found.monetary
    added = Added(found.frequency, money, first, last, found.days, found.free)
    rows = _columns(ledger, found.slots, pl.Series(found.days).cast(pl.Date), added)
    return rows.with_columns(monetary=pl.lit(None, pl.Int64)) if lacking and "monetary" in rows.columns else rows


def _columns(ledger: Ledger, slots: Int64s, step: pl.Series, added: Added) -> pl.DataFrame:
    has_money = ledger.columns.scale is not None
    totals = {"monetary": added.monetary, "free_orders": added.free.astype(np.uint32)} if has_money else {}
    return pl.DataFrame(
        {
            "customer": ledger.ids(slots),
            "step": step,
            "first_order": day_column(added.first, LATE),
            "last_order": day_column(added.last, EARLY),
            "frequency": added.frequency.astype(np.int32),
            **totals,
            "first_row": pl.Series(added.first_row).cast(pl.Date),
            "unsure": _unsure(ledger, slots),
        }
    )


def _unsure(ledger: Ledger, slots: Int64s) -> npt.NDArray[np.uint32]:
    if not any(map(len, ledger.unsure)):
        return np.zeros(len(slots), np.uint32)
    return counts_of(ledger.unsure, slots).astype(np.uint32)
