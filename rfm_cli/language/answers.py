"""Values as files hold them, and remarks on what was asked."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rfm_cli.errors import nearest
from rfm_cli.language.compare import Absent
from rfm_cli.language.faults import shown
from rfm_cli.language.nodes import Aggregate, Value
from rfm_cli.language.numbers import FLOAT_SCALE
from rfm_cli.language.run import Run
from rfm_cli.language.typed import Typed
from rfm_cli.notes import Note, note, warning
from rfm_cli.tables.event_days import end_by, name_days
from rfm_cli.tables.lines import rejected_in_words
from rfm_cli.tables.money import as_decimal

MOST_LISTED = 12
"""Up to this number of texts a note lists all that a column has."""


def answer(value: Typed, node: Value) -> pl.Expr:
    """Return a value in the type that files have for it."""
    if value.is_text:
        text = value.expr.str.strip_chars()
        return pl.when(text != "").then(text)
    if value.kind == "number" and value.scale >= FLOAT_SCALE:
        # Sums of floats are exact inside; files show them as floats again.
        return value.expr.cast(pl.Float64) / 10.0**value.scale
    if value.kind == "number" and value.scale:
        return as_decimal(value.expr, value.scale)
    if isinstance(node, Aggregate) and node.function.startswith("count"):
        return value.expr.cast(pl.Int32)
    return value.expr.cast(pl.Int64) if value.kind == "number" else value.expr


def remarks(run: Run) -> list[Note]:
    """List the remarks of a run: how columns were read, and texts that no row has."""
    return list(
        dict.fromkeys(
            [
                *run.people.notes,
                *run.notes,
                *run.on_unread(),
                *_on_later_events(run),
                *_on_rejected_lines(run),
                *_on_absent(run),
            ]
        )
    )


def _on_later_events(run: Run) -> Iterator[Note]:
    """Remark on events after the as-of day, which an expression that asks events does not see."""
    events, as_of = run.world.scored.shop.events, run.world.scored.as_of
    if events is None or as_of is None or "events" not in run.tables:
        return
    if end_by(events, as_of):
        return
    first, last = name_days(events).select(pl.col("first").min(), pl.col("last").max()).row(0)
    begin = f"all {events.name} begin after it, on {first}" if first > as_of else f"{events.name} go on to {last}"
    text = f"events after the as-of date {as_of} are not seen: {begin} (--as-of {last} sees all)"
    yield note(text) if run.world.dated else warning("later-events", text)


def _on_rejected_lines(run: Run) -> Iterator[Note]:
    """Remark on lines that break a rule, which have no amount or no order."""
    lines = run.world.scored.shop.lines
    text = rejected_in_words(lines.name, lines.rejected) if lines and "lines" in run.tables else None
    if text:
        yield note(text)


def _on_absent(run: Run) -> Iterator[Note]:
    """Remark on texts that no row of their column has."""
    for one in run.absent:
        yield note(_in_words(one))


def _in_words(one: Absent) -> str:
    texts = sorted({" ".join(text.split()) for text in one.texts if text.strip()})
    close = nearest(one.text, texts)
    hint = f"; did you mean {close!r}?" if close else ""
    every = f"; there are {', '.join(texts)}" if texts and len(texts) <= MOST_LISTED else ""
    hint += every.replace("; there", " There") if hint else every
    return shown(f"no row has {one.label} {one.text!r}{hint}")
