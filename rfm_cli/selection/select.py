"""`rfm.select`: the customers who meet an expression, from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from rfm_cli.language.named import Named
from rfm_cli.language.parse import parse_expression
from rfm_cli.model import Question, Shop
from rfm_cli.notes import Note
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.selection.choosing import WHOLE, Beside, asker, checked, on_text
from rfm_cli.selection.columns import further, further_columns, with_named
from rfm_cli.tables.money import decimal_of
from rfm_cli.views.select import headline_of, select_view

DEFAULT_SCHEME = "rf12"


@dataclass(frozen=True, eq=False)
class Selection:
    """The customers who meet an expression (`rows`), and the undecided ones, by customer_id.

    Both have customer_id and the extra columns. `counts` are customers, undecided, of (everybody), share, reachable
    (None without addresses) and revenue (None without money); `text` is the expression as one text, `notes` are
    remarks.
    """

    rows: pl.LazyFrame
    undecided: pl.LazyFrame
    counts: Mapping[str, int | float | Decimal | None]
    text: str
    notes: tuple[Note, ...] = ()


def select(
    shop: Shop,
    expression: str,
    question: Question | None = None,
    extra: Sequence[str] = (),
    segments: Named | None = None,
    store: str | Path | None = None,
) -> Selection:
    """Select the customers of a shop who meet an expression at the date of the question.

    `extra` are columns as `rfm select --with` takes them, `segments` the named segments of `rfm.named_segments`, and
    `store` is the folder of snapshots. Without a question the customers are scored by rf12 on the day of the last order
    row. Raises `UsageError` with the place in the text.
    """
    definition = parse_expression(expression)
    named = segments or Named()
    columns = with_named(further(extra), named)
    checked([definition.expr, *columns.trees()], named)
    wanted = question or Question(Fitting(load_scheme(DEFAULT_SCHEME)))
    scored = score(shop, wanted)
    notes = list(on_text(definition, named))
    found = asker(scored, Beside(wanted, named, Path(store) if store else None, say=notes.extend))
    chosen = found.chosen({WHOLE: definition})[WHOLE]
    added = further_columns(found, columns)
    figures = headline_of(scored, chosen, found.reached())
    counts = {name: getattr(figures, name) for name in ("customers", "undecided", "of", "share", "reachable")}
    counts["revenue"] = None if figures.revenue is None else decimal_of(figures.revenue, scored.scale or 0)
    return Selection(
        select_view(scored, chosen, figures, added).rows.lazy(),
        select_view(scored, chosen, figures, added, undecided=True).rows.lazy(),
        counts,
        chosen.text,
        tuple(dict.fromkeys(notes)),
    )
