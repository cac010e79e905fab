"""A ledger as the measures of customers: the columns of `measures.customers`, where it can be in the order of ids."""

from __future__ import annotations

import numpy as np
import polars as pl

from rfm_cli.measures.fast.block import Int32s
from rfm_cli.measures.fast.ids import Int64s, Numbered
from rfm_cli.measures.fast.plan import tally
from rfm_cli.measures.fast.sorting import by_digits, by_text, places_of
from rfm_cli.measures.fast.tally import Ledger
from rfm_cli.measures.fast.totals import EARLY, LATE, Added, Totals, counts_of
from rfm_cli.measures.fast.unproven import UnprovenError
from rfm_cli.measures.purchases import Counting
from rfm_cli.tables.order_model import Facts, Orders


def customers_of(orders: Orders, counting: Counting) -> tuple[pl.DataFrame, Facts] | None:
    """`measures.customers_quickly` of accepted rows, and the facts of the pass; None where no shortcut is proved."""
    start, as_of = counting.window_start, counting.as_of
    if start is not None and as_of is None:
        return None  # a window has an end
    ends = [day for day in (start, as_of) if day is not None]
    try:
        ledger = tally(orders, counting, ends, lambda: [Totals() for _ in range(max(len(ends), 1))])
        return (measured(ledger, windowed=start is not None), ledger.facts()) if ledger else None
    except UnprovenError:
        return None


def measured(ledger: Ledger, *, windowed: bool = False) -> pl.DataFrame:
    """Customers with at least one row in the stretches: customer, first_order, last_order, frequency, monetary?,
    free_orders?, first_row and `unsure`, the orders of customers to be settled.

    Frequency and money are those of all stretches, or with `windowed` those of the last one alone. `UnprovenError`
    where sums were too large for a shortcut.
    """
    stretches = [stretch for stretch in ledger.stretches if isinstance(stretch, Totals)]
    slots, ids = in_order(ledger, _used(stretches))
    parts = [stretch.of(slots) for stretch in stretches]
    for stretch, part in zip(stretches, parts, strict=True):
        stretch.prove(part)
    counted = parts[-1:] if windowed else parts
    total = _together(parts, counted)
    made = {
        "customer": ids,
        "first_order": day_column(total.first, LATE),
        "last_order": day_column(total.last, EARLY),
        "frequency": total.frequency.astype(np.uint32),
    }
    if ledger.columns.scale is not None:
        made |= {"monetary": total.monetary, "free_orders": total.free.astype(np.uint32)}
    made |= {"first_row": day_column(total.first_row, LATE), "unsure": counts_of(ledger.unsure, slots)}
    return pl.DataFrame(made)


def in_order(ledger: Ledger, slots: Int64s) -> tuple[Int64s, pl.Series]:
    """The slots in the order of their ids' text, and the ids; as they come where numbers are below 0 or too long."""
    if ledger.texts is not None:
        texts = ledger.ids(slots)
        order = by_text(texts)
        return slots[order], texts.gather(pl.Series(order))
    numbers = ledger.slots.numbers(slots)
    # Texts of one length sort as their numbers do.
    places = places_of(numbers) if isinstance(ledger.columns.customer, Numbered) else by_digits(numbers)
    if places is not None:
        slots, numbers = slots[places], numbers[places]
    return slots, ledger.columns.customer.ids(numbers).cast(ledger.columns.id_type)


def _used(stretches: list[Totals]) -> Int64s:
    """The slots with a row in some stretch, ascending."""
    found = [stretch.used() for stretch in stretches]
    touched = np.zeros(max(map(len, found)), np.bool_)
    for one in found:
        touched[: len(one)] |= one
    return np.flatnonzero(touched)


def _together(parts: list[Added], counted: list[Added]) -> Added:
    """Several stretches as one: sums of those that count, days of all."""
    if len(parts) == 1:
        return parts[0]
    return Added(
        np.sum([part.frequency for part in counted], axis=0),
        np.sum([part.monetary for part in counted], axis=0),
        np.min([part.first for part in parts], axis=0),
        np.max([part.last for part in parts], axis=0),
        np.min([part.first_row for part in parts], axis=0),
        np.sum([part.free for part in parts], axis=0),
    )


def day_column(numbers: Int32s, none: np.int32) -> pl.Series:
    """Days from their numbers, null where there is none."""
    days = pl.Series(numbers)
    if (numbers == none).any():
        days = days.to_frame("day").select(pl.when(pl.col("day") != int(none)).then("day")).to_series()
    return days.cast(pl.Date)
