"""Accepted rows that may be no orders by their words: statuses of returns, statuses that read two ways, totals."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.tables import money, rules, totals, words
from rfm_cli.tables.money import money_text
from rfm_cli.tables.options import REJECTED_STATUSES
from rfm_cli.tables.order_file import TAKEN
from rfm_cli.tables.order_model import stacked
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.read_errors import input_errors

if TYPE_CHECKING:
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Facts, Orders

MEANINGS = {
    "returned-status": "accepted statuses that mean returned or refunded",
    "mixed-status": "accepted statuses with a word of the rejected ones, and one that says otherwise",
}
VERDICTS: dict[str, words.StatusVerdict] = {"returned-status": "returned", "mixed-status": "mixed"}


@dataclass(frozen=True)
class Counted:
    """A text of some rows, how many rows or orders have it, and their money in minor units (None without money)."""

    text: str
    rows: int
    orders: int
    minor: int | None

    def in_words(self, scale: int | None, what: str = "order") -> str:
        """Return the text with its orders or rows, and their money."""
        count = counted(self.orders if what == "order" else self.rows, what)
        sum_of = "" if scale is None else f", {money_text(self.minor or 0, scale, grouped=True)}"
        return f"{self.text!r} ({count}{sum_of})"


def scale_of(orders: Orders) -> int | None:
    """Return the decimals of the money of the files themselves; None where it comes from lines or is converted."""
    return None if orders.sums or orders.rates else orders.scale


def count_texts(rows: pl.LazyFrame, scale: int | None) -> list[Counted]:
    """Count typed rows by their column `text`: the texts with the most rows first."""
    names = rows.collect_schema().names()
    minor = money.minor_units(pl.col("value"), scale).sum() if scale is not None else pl.lit(None, pl.Int64)
    # A row without an order id is an order of its own.
    alone = pl.col("order").null_count() if "order" in names else pl.len()
    named = pl.struct("customer", "order").filter(pl.col("order").is_not_null()).n_unique() if "order" in names else 0
    grouped = rows.group_by("text").agg(rows=pl.len().cast(pl.Int64), orders=alone + named, minor=minor)
    table = grouped.sort("rows", "text", descending=[True, False]).collect(engine="streaming")
    return [Counted(*row) for row in table.select("text", "rows", "orders", "minor").iter_rows()]


def on_statuses(orders: Orders) -> Iterator[Note]:
    """Warn of accepted statuses that mean returned, or that read two ways; reads the rows only where there are some.

    Rows that lower money are the refund itself and do not count, and neither do rows whose refund is in a column of its
    own.
    """
    files = [file for file in orders.files if "status" in file.columns and file.met]
    if not files:
        return
    scale, listed = scale_of(orders), tuple(orders.options.reject_status)
    frames = []
    for file in files:
        status = pl.col(file.columns["status"]).cast(pl.String)
        more = {"status": status, "text": status.str.strip_chars(), "lowered": _is_lowered(file)}
        rows = typed_rows(file, orders.options, more)
        frames.append(
            rows.filter(pl.col("rule") == rules.ACCEPTED, pl.col("status").is_in(sorted(file.met)), ~pl.col("lowered"))
        )
    with input_errors(orders.name()):
        found = count_texts(stacked(frames), scale)
    for name, verdict in VERDICTS.items():
        if own := [one for one in found if words.status_verdict(one.text, listed) == verdict]:
            which = ", ".join(one.in_words(scale) for one in own)
            yield warning(name, f"{MEANINGS[name]}: {which}; to reject them: {reject_option(own, listed)}")


def _is_lowered(file: OrderFile) -> pl.Expr:
    """Return whether a row lowers money, or is lowered by a refund in a column of its own."""
    lowers = [file.value() < 0] if file.money_fields() else []
    if "refunded" in file.columns:
        lowers.append(file.number("refunded") != 0)
    if TAKEN in file.source.schema and file.money_fields():
        # The status of such a row is that of another row, which has the money and the refund.
        lowers.append(pl.col(TAKEN) & (file.value() == 0))
    return pl.any_horizontal([pl.lit(value=False), *lowers]).fill_null(value=False)


def reject_option(found: Sequence[Counted], listed: Sequence[str]) -> str:
    """Return the option that rejects these statuses as well, to be copied."""
    more = list(dict.fromkeys(" ".join(words.parted(one.text)) for one in found))
    usual = tuple(REJECTED_STATUSES)
    if tuple(listed[: len(usual)]) == usual:
        value = ",".join(f"+{status}" for status in [*listed[len(usual) :], *more])
    else:
        value = ",".join([*listed, *more])
    return f"--reject-status {shlex.quote(value)}"


def on_totals(orders: Orders, facts: Facts) -> Iterator[Note]:
    """Remark on rows of totals that were left out, and warn of rows that have the word and no second sign."""
    files = [file for file in orders.files if file.totals and file.totals.words]
    if not files:
        return
    scale = scale_of(orders)
    rows = stacked([typed_rows(file, orders.options, {"word": totals.any_word(file.fields())}) for file in files])
    kinds = {"total": pl.col("rule") == "total", "row": (pl.col("rule") == rules.ACCEPTED) & pl.col("word")}
    with input_errors(orders.name()):
        texts = [rows.filter(chosen).with_columns(text=pl.lit(kind)) for kind, chosen in kinds.items()]
        found = {one.text: one for one in count_texts(pl.concat(texts), scale)}
    if (left := found.get("total")) and facts.rejected.get("total"):
        yield note(f"{counted(left.rows, 'row')} of totals left out{_with_money(left, scale)}")
    if doubtful := found.get("row"):
        named = f"{counted(doubtful.rows, 'row')} named as a total{_with_money(doubtful, scale)}"
        why = "it has every id and a date" if doubtful.rows == 1 else "they have every id and a date"
        yield warning("total-row", f"{named}, counted as orders: {why}, and not the sum of the others")


def _with_money(found: Counted, scale: int | None) -> str:
    return "" if scale is None else f", with {money_text(found.minor or 0, scale, grouped=True)}"
