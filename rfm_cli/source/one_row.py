"""A file of one row per customer as the source: what it lacks follows from the as-of date, or stays empty."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import with_recency
from rfm_cli.model import Question, Source, SourcePass
from rfm_cli.tables.one_row import OneRow
from rfm_cli.tables.order_model import Facts


class OneRowSource(Source):
    """Customers who come measured already, at one date."""

    kind = "a file of one row per customer"

    def __init__(self, table: OneRow) -> None:
        self._table = table

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        return self._table.scale

    @property
    def attributes(self) -> pl.DataFrame:
        """The columns that are no measures, by customer_id."""
        return self._table.attributes

    @property
    def table(self) -> OneRow:
        """The customers as they were read."""
        return self._table

    def name(self) -> str:
        """Return the name of the file, or the number of files."""
        return self._table.name

    def description(self) -> str:
        """Return in words which columns hold the measures."""
        return f"one row per customer: {self._table.columns_in_words}"

    def agree(self, question: Question) -> Question:
        """Return the question; raises `UsageError` if it has a window."""
        if question.window is not None:
            raise UsageError("--window needs orders", "a file of one row per customer was counted already")
        return question

    def measure(self, counting: Counting, start: date | None = None, *, strict: bool = True) -> SourcePass:
        """Return the measures at the end of `counting`, or on the day of the last order.

        Raises `InputError` if no row was accepted, or if some customer ordered later than that.
        """
        as_of = counting.as_of or self._table.last_day()
        if self._table.table.is_empty():
            raise InputError(f"{self._table.name}: no customer accepted", "see what is wrong with rfm check")
        frame = self._with_last_order(as_of)
        first = pl.col("first_order") if "first_order" in frame.columns else pl.lit(None, pl.Date)
        # Recency without a purchase would score a customer who never bought.
        never = pl.col("frequency") == 0
        frame = frame.with_columns(
            first_order=first,
            recency_days=pl.when(~never).then(pl.col("recency_days").cast(pl.Int32)),
            last_order=pl.when(~never).then("last_order"),
            frequency=pl.col("frequency").cast(pl.Int32),
            first_row=first,
        )
        return SourcePass(frame, Facts(self._table.rows, None, self._table.last_day()), self)

    def _with_last_order(self, as_of: date | None) -> pl.DataFrame:
        """Return the customers with both recency_days and last_order, the one from the other."""
        frame = self._table.table
        if "recency_days" in frame.columns:
            age = pl.duration(days=pl.col("recency_days"))
            last = pl.lit(as_of) - age if as_of else pl.lit(None, pl.Date)
            return frame.with_columns(last_order=last.cast(pl.Date))
        assert as_of is not None
        if frame.filter(pl.col("last_order") > as_of).height:
            raise InputError(
                f"{self._table.name}: some customers ordered after {as_of}, and their earlier state is not known",
                f"the last orders are of {frame['last_order'].min()!s} to {self._table.last_day()}",
            )
        return with_recency(frame, as_of)
