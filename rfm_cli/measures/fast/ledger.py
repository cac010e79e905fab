"""The ledger of a pass: blocks of rows are judged, made into orders, and added to the slots of their customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import polars as pl

from rfm_cli.measures.fast.block import Block, Booleans, Int32s, Int64s, UnprovenError
from rfm_cli.measures.fast.columns import Columns
from rfm_cli.measures.fast.grouping import EachRow, Ends, Grouping
from rfm_cli.measures.fast.ids import TextCheck, Texts
from rfm_cli.measures.fast.slots import RowCounts, Slots
from rfm_cli.measures.fast.unordered import Summed
from rfm_cli.measures.purchases import Counting
from rfm_cli.tables import money, rules, totals
from rfm_cli.tables.order_model import Facts

DAY_ZERO = date(1970, 1, 1)


class Stretch(Protocol):
    """Where the rows of a stretch of days add up."""

    def buy(self, orders: Block, slots: int) -> None:
        """Count these purchases; `slots` is the number of slots so far."""
        ...

    def pay(self, rows: Block, slots: int) -> None:
        """Add the money of rows that are no purchases."""
        ...

    def give(self, rows: Block) -> None:
        """Count each of these rows as an order of zero value, whether or not it is a purchase."""
        ...


class Ledger:
    """All sums of a pass: the slots of customers, the totals of each stretch, and the facts."""

    def __init__(
        self,
        columns: Columns,
        slots: Slots,
        grouping: Grouping,
        counting: Counting,
        ends: Ends,
        stretches: Sequence[Stretch],
    ) -> None:
        self.columns, self.slots, self.grouping = columns, slots, grouping
        self.stretches = stretches
        self.known = TextCheck() if isinstance(columns.customer, Texts) else None
        self.texts: pl.Series | None = None
        self.unsure: list[Int64s] = []
        self._row_counts = RowCounts()
        self._ends, self._ignore = ends, counting.free == "ignore"
        self._lowering: list[Block] = []
        self._rows = dict.fromkeys(rules.NAMES, 0)
        self._first, self._last = 2**31 - 1, -(2**31)
        self._currency: str | None = None
        self._largest = self._size = self._blanks = 0

    def read(self, block: pl.DataFrame) -> None:
        """Count the rows of a block. Raises `UnprovenError` where one is not as it was assumed."""
        customer, day = self.columns.customer.numbers(block, "customer"), self.columns.day.days(block)
        self._require_alike(block, customer, day)
        taken = self._judged(block, customer, day)
        self._require_scale(block, taken)
        self._require_currency(block, taken)
        if "lacks" in block.columns and self.columns.order is not None:
            self._blanks += int(block["lacks"].sum())
        days = _array(day)
        minor = None if self.columns.scale is None else _array(block["minor"])
        chosen = self._seen(days, minor, taken)
        # From here on only rows that count: slots are given to no one else.
        if chosen is not None and not chosen.any():
            return
        numbers = _array(customer)
        orders, loners = self._orders(block)
        if chosen is not None:
            numbers, days = numbers[chosen], days[chosen]
            minor = None if minor is None else minor[chosen]
            orders = None if orders is None else orders[chosen]
            loners = None if loners is None else loners[chosen]
        slots, new = self.slots.of(numbers)
        self._row_counts.add(slots, self.slots.count())
        if self.known is not None:
            texts = block["customer_text"] if chosen is None else block["customer_text"].filter(pl.Series(chosen))
            self.known.see(texts, slots, new)
        self._add(Block(slots, days, minor, orders), loners)

    def _require_alike(self, block: pl.DataFrame, customer: pl.Series, day: pl.Series) -> None:
        if "alike" in block.columns and not block["alike"].all():
            raise UnprovenError("amounts of another form")
        for name in self.columns.texts:
            if totals.is_word(block[f"{name}_text"]).any():
                raise UnprovenError("an id that may be the word of a row of totals")
        if self.columns.text and day.null_count() and (customer.is_null() & day.is_null()).any():
            raise UnprovenError("a row without customer and day, as an empty line is, which is no row")

    def _judged(self, block: pl.DataFrame, customer: pl.Series, day: pl.Series) -> Booleans | None:
        """Return which rows break no rule, None for all, and count the rows by rule."""
        broken = {name: block[f"broken_{name}"] for name in self.columns.broken}
        missing = {"customer": customer, "date": day}
        if self.columns.scale is not None:
            missing["amount"] = block["value"]
        broken |= {name: column.is_null() for name, column in missing.items() if column.null_count()}
        # In the order of RULES, so that a row counts for the first rule that it breaks.
        left = np.ones(block.height, np.bool_)
        for name in rules.RULES:
            if name in broken and broken[name].any():
                hit = left & broken[name].to_numpy()
                self._rows[name] += int(np.count_nonzero(hit))
                left &= ~hit
        accepted = int(np.count_nonzero(left))
        self._rows[rules.ACCEPTED] += accepted
        return None if accepted == block.height else left

    def _require_scale(self, block: pl.DataFrame, taken: Booleans | None) -> None:
        scale = self.columns.scale
        if scale is None:
            return
        if block["minor"].null_count() != block["value"].null_count():
            raise UnprovenError("an amount past 64 bits")
        if not block["near"].all():
            misses = block.select(money.misses(pl.col("value"), scale)).to_series().fill_null(value=False).to_numpy()
            if (misses if taken is None else misses & taken).any():
                raise UnprovenError("an amount of another scale")

    def _require_currency(self, block: pl.DataFrame, taken: Booleans | None) -> None:
        if "currency" not in block.columns:
            return
        found = block["currency"] if taken is None else block["currency"].filter(pl.Series(taken))
        found = found.drop_nulls()
        if found.is_empty():
            return
        self._currency = self._currency or str(found[0])
        if (found != self._currency).any():
            raise UnprovenError("several currencies")

    def _seen(self, days: Int32s, minor: Int64s | None, taken: Booleans | None) -> Booleans | None:
        """Return the accepted rows up to the last day of all stretches, None for all; the facts are of all accepted
        ones."""
        if taken is not None:
            days, minor = days[taken], None if minor is None else minor[taken]
        if not len(days):
            return taken
        last = int(days.max())
        self._first, self._last = min(self._first, int(days.min())), max(self._last, last)
        if minor is not None:
            self._largest = max(self._largest, int(minor.max()), -int(minor.min()))
            self._size += int(np.abs(minor).sum())
            if self._largest >= money.LARGEST or self._size >= money.LARGEST_TOTAL:
                raise UnprovenError("amounts too large to be added")
        if last <= self._ends.days[-1]:
            return taken
        chosen = np.ones(len(days), np.bool_) if taken is None else taken.copy()
        chosen[chosen] = days <= self._ends.days[-1]
        return chosen

    def _orders(self, block: pl.DataFrame) -> tuple[Int64s | None, Booleans | None]:
        """Return the order numbers, and which rows have none (None if all have one)."""
        if self.columns.order is None:
            return None, None
        found = self.columns.order.numbers(block, "order")
        loners = found.is_null().to_numpy() if found.null_count() else None
        return _array(found), loners

    def _add(self, rows: Block, loners: Booleans | None) -> None:
        if loners is not None and loners.any():
            self._add_rows(Block(rows.slots, rows.days, rows.minor).kept(loners), EachRow())
            rows = rows.kept(~loners)
        self._add_rows(rows, self.grouping)

    def _add_rows(self, rows: Block, grouping: Grouping) -> None:
        # Here orders are judged when all rows are in, lowering ones included.
        if isinstance(grouping, Summed):
            grouping.take(rows)
            return
        if rows.minor is not None:
            adds = rows.minor > 0 if self._ignore else rows.minor >= 0
            # Rows that lower wait until all orders are known: their order may begin in a later block.
            if not adds.all():
                lowering = rows.kept(~adds)
                self._pay(lowering, are_orders=lowering.orders is None)
                if lowering.orders is not None:
                    self._lowering.append(lowering)
                rows = rows.kept(adds)
        made = grouping.take(rows)
        self.unsure.append(made.unsure)
        self._buy(made.orders)

    def finish(self) -> None:
        """Count what was held back, and check what only all rows together can show."""
        made = self.grouping.rest()
        if made is not None:
            self.unsure.append(made.unsure)
            minor = made.orders.minor
            adds = np.ones(len(made.orders), np.bool_) if minor is None else minor > 0 if self._ignore else minor >= 0
            self._buy(made.orders.kept(adds))
            self._pay(made.orders.kept(~adds), are_orders=True)
        for rows in self._lowering:
            assert rows.orders is not None
            assert rows.minor is not None
            later = self.grouping.later(rows.orders, rows.days)
            # Whether a free order that is ignored is one by itself shows only in all of its rows.
            self.unsure.append(rows.slots[~later | (rows.minor == 0)])
        if self.known is not None:
            self.texts = self.known.texts()

    def _buy(self, orders: Block) -> None:
        for stretch, part in self._by_stretch(orders):
            stretch.buy(part, self.slots.count())
            if part.minor is not None and not part.minor.all():
                stretch.give(part.kept(part.minor == 0))

    def _pay(self, rows: Block, *, are_orders: bool) -> None:
        for stretch, part in self._by_stretch(rows):
            assert part.minor is not None
            stretch.pay(part, self.slots.count())
            if are_orders and not part.minor.all():
                stretch.give(part.kept(part.minor == 0))

    def _by_stretch(self, rows: Block) -> Iterator[tuple[Stretch, Block]]:
        """Return the rows of each stretch."""
        if not len(rows):
            return
        # A block of rows in the order of time mostly lies in one stretch, and is not split then.
        first, last = (int(np.searchsorted(self._ends.days, day)) for day in (rows.days.min(), rows.days.max()))
        if first == last:
            yield self.stretches[first], rows
            return
        places = self._ends.of(rows.days)
        for place in range(first, last + 1):
            part = rows.kept(places == place)
            if len(part):
                yield self.stretches[place], part

    def ids(self, slots: Int64s) -> pl.Series:
        """Return the ids that have these slots: Int64 or text, as the plain way has them."""
        if self.texts is not None:
            return self.texts.gather(pl.Series(slots))
        return self.columns.customer.ids(self.slots.numbers(slots)).cast(self.columns.id_type)

    def facts(self) -> Facts:
        """Return what the pass found about all rows."""
        some = self._rows[rules.ACCEPTED] > 0
        repeats = self.grouping.repeats
        proof = {"blanks": float(self._blanks), "several": float(repeats.several), "varied": float(repeats.varied)}
        if self.columns.scale is not None:
            proof |= {"largest": float(self._largest), "total": float(self._size)}
        first, last = (day_of(self._first), day_of(self._last)) if some else (None, None)
        # Only now is a slot turned into an id again.
        found = self._row_counts.heavy()
        heavy = (str(self.ids(np.array([found[0]]))[0]), found[1]) if found else None
        return Facts(dict(self._rows), first, last, self._currency, self._currency, proof, heavy=heavy)


def _array(column: pl.Series) -> Any:
    """Return the values of a column, 0 where one is null."""
    return (column.fill_null(0) if column.null_count() else column).to_numpy()


def day_of(number: int) -> date:
    """Return the day that lies `number` days after 1970-01-01."""
    return DAY_ZERO + timedelta(days=number)
