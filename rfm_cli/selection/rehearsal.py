"""Expressions asked of the tables without their rows, so that a wrong name is an error before a row is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.world import Sets
from rfm_cli.language.written import Definition
from rfm_cli.model import Question, Scored, Shop
from rfm_cli.scores.cutoffs import Cutoffs, Vip
from rfm_cli.selection.choosing import Beside, asker
from rfm_cli.selection.columns import Further, further_columns
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
    nobody = _nobody(shop, question, question.as_of or ANY_DAY)
    found = asker(nobody, replace(beside, say=lambda _: None))
    has_store = beside.store is None or beside.store.is_dir()
    outside = _Outside(found.world.sets, is_known=question.as_of is not None or not has_store)
    world = replace(found.world, history=lambda: _no_history(shop, question), sets=outside.sets())
    found = replace(found, world=world)
    try:
        evaluate(definitions, found.world)
        if columns:
            further_columns(found, columns)
    except InputError as error:  # what is wrong with rows is an error again when they are read
        if error is outside.problem:
            raise


@dataclass
class _Outside:
    """Sets that lie outside of the rows: what is wrong with them is known before rows are read.

    With `is_known` so is what is wrong with a snapshot: its day, or that there is no store at all.
    """

    inner: Sets
    is_known: bool
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
        """Return the customers of a stored snapshot."""
        try:
            return self.inner.snapshot(day)
        except InputError as error:
            self.problem = error if self.is_known else None
            raise


def _nobody(shop: Shop, question: Question, as_of: date) -> Scored:
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
