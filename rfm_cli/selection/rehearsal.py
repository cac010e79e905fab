"""Expressions asked of the tables without their rows, so that a wrong name is an error before a row is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.nodes import Days, InSnapshot, Node
from rfm_cli.language.walk import nodes_of
from rfm_cli.language.world import Sets
from rfm_cli.language.written import Definition
from rfm_cli.model import Question, Scored, Shop
from rfm_cli.scores.cutoffs import Cutoffs, Vip
from rfm_cli.selection.choosing import Beside, asker
from rfm_cli.selection.columns import Further, further_columns
from rfm_cli.selection.sets import table_of
from rfm_cli.source.orders import OrderSource
from rfm_cli.tables import rules
from rfm_cli.tables.order_model import Facts
from rfm_cli.tables.sources import InputFile

SCHEMA = {
    "customer": pl.String,
    "first_order": pl.Date,
    "last_order": pl.Date,
    "recency_days": pl.Int32,
    "frequency": pl.Int32,
    "monetary": pl.Int64,
    "known_from": pl.Date,
    "first_row": pl.Date,
    "r": pl.Int8,
    "f": pl.Int8,
    "m": pl.Int8,
    "rfm": pl.String,
    "segment": pl.String,
    "vip": pl.Boolean,
}
"""The columns of scored customers."""
ANY_DAY = date(2000, 1, 1)
"""The date of an answer whose own is known only when rows are read."""


def rehearse(definitions: Mapping[str, Definition], shop: Shop, beside: Beside, columns: Further | None = None) -> None:
    """Raise `UsageError` where an expression or a column cannot be asked of the tables.

    What only rows can tell is left for later. Raises `InputError` for a file of customers or a store of snapshots that
    cannot be read.
    """
    question = beside.question
    nobody = _nobody(shop, question, _day_of(shop, question))
    found = asker(nobody, replace(beside, say=lambda _: None))
    trees = [*(one.expr for one in definitions.values()), *(columns.trees() if columns else [])]
    trees += [one.expr for one in beside.named.used_by(trees)]
    is_dated = question.as_of is not None or not shop.has_history
    outside = _Outside(found.world.sets, nobody, beside.store, _fixed_days(trees), is_dated)
    world = replace(found.world, history=lambda: _no_history(shop, question), sets=outside.sets())
    found = replace(found, world=world)
    try:
        evaluate(definitions, found.world)
        if columns:
            further_columns(found, columns)
    except InputError as error:  # what is wrong with rows is an error again when they are read
        if error is outside.problem:
            raise


def _day_of(shop: Shop, question: Question) -> date | None:
    """Return the date of an answer, any day where only rows tell it; None for a file that has no date at all."""
    if question.as_of is not None or shop.has_history:
        return question.as_of or ANY_DAY
    return shop.source.last_day()


def _fixed_days(trees: Sequence[Node]) -> set[date]:
    """Return the days of snapshots that do not depend on the date of the answer."""
    asked = (node.day for tree in trees for node in nodes_of(tree) if isinstance(node, InSnapshot))
    return {day.last for day in asked if isinstance(day, Days)}


@dataclass
class _Outside:
    """Sets that lie outside of the rows: what is wrong with them is known before rows are read.

    So is what is wrong with a snapshot of one of the `fixed` days, of any day where the answer `is_dated`, and that
    there is no store at all.
    """

    inner: Sets
    nobody: Scored
    store: Path | None
    fixed: Collection[date]
    is_dated: bool
    problem: InputError | None = None

    def sets(self) -> Sets:
        """Return the sets as expressions ask them."""
        return replace(self.inner, file=self.file, snapshot=self.snapshot)

    def file(self, path: str, folder: str, by: str | None) -> pl.Series:
        """Return the texts in a file of customers."""
        try:
            return self.inner.file(path, folder, by)
        except InputError as error:
            self.problem = error
            raise

    def snapshot(self, day: date) -> LinkedTable:
        """Return the customers of a stored snapshot; without rows, but with their columns, where the day is unknown."""
        if not self.is_dated and day not in self.fixed and self.store is not None and self.store.is_dir():
            from rfm_cli.snapshots.store import rows_of

            return table_of(rows_of(self.nobody, None), day)
        try:
            return self.inner.snapshot(day)
        except InputError as error:
            self.problem = error
            raise


def _nobody(shop: Shop, question: Question, as_of: date | None) -> Scored:
    """Return scores of a shop without rows."""
    scheme = question.scheme
    columns = {name: dtype for name, dtype in SCHEMA.items() if name != "monetary" or shop.scale is not None}
    cutoffs = Cutoffs(scheme.bins, {}, Vip(None, None, 1), shop.scale)
    split = question.new_subscriber is not None
    bare, facts = without_rows(shop), Facts(dict.fromkeys(rules.NAMES, 0), None, None)
    frame = pl.DataFrame(schema=columns)
    return Scored(frame, as_of, shop.scale, scheme, cutoffs, facts, bare, new_subscribers=split)


def _no_history(shop: Shop, question: Question) -> pl.DataFrame:
    """Return the history of no customer; `UsageError` where the shop has none."""
    from rfm_cli.selection.history import history_request

    history_request(shop, replace(question, as_of=question.as_of or ANY_DAY), "segment_since")
    return pl.DataFrame(schema={"customer_id": pl.String, "segment_since": pl.Date, "previous_segment": pl.String})


def without_rows(shop: Shop) -> Shop:
    """Return a shop with the headings of its tables and no rows, but for those of customers, which are read already."""
    source, events, orders = shop.source, shop.events, shop.orders
    if orders is not None:
        files = tuple(
            replace(one, source=_bare(one.source), given=one.given and _bare(one.given)) for one in orders.files
        )
        source = OrderSource(replace(orders, files=files))
    if events is not None:
        events = replace(
            events,
            frame=events.frame.limit(0),
            files=_all_bare(events.files),
            frames=tuple(one.limit(0) for one in events.frames),
            written=None,
            found={},  # what is found without rows must not be taken for what all rows show
        )
    products = shop.products and replace(shop.products, files=_all_bare(shop.products.files))
    lines = shop.lines and replace(shop.lines, files=_all_bare(shop.lines.files))
    return replace(shop, source=source, events=events, products=products, lines=lines)


def _all_bare(files: Sequence[InputFile]) -> tuple[InputFile, ...]:
    return tuple(map(_bare, files))


def _bare(file: InputFile) -> InputFile:
    """Return a file without rows."""
    bare = file.bare and replace(file.bare, frame=file.bare.frame.limit(0), start=None)
    return replace(file, frame=file.frame.limit(0), start=None, bare=bare)
