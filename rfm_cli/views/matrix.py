"""Any two ways to look at customers, crossed: `rfm matrix`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.messages import called
from rfm_cli.model import Scored
from rfm_cli.views.axes import AxisOf
from rfm_cli.views.view import View, filled, meta_of, summed, worth

TAKEN = ("customers", "customers_share", "revenue", "revenue_share", "aov", "small")


def matrix_view(scored: Scored, axes: Sequence[AxisOf], least: int | None = None) -> View:
    """Return every cell of the axes, the empty ones too, in the order of their labels.

    Columns: one per axis under its name, customers, customers_share, revenue, revenue_share, aov; with `least` also
    small: whether a cell has customers, and fewer than that. Raises `UsageError` for an axis with the name of a column.
    """
    names = [axis.name for axis in axes]
    if clash := [name for name in names if name in TAKEN]:
        raise UsageError(f"--by {clash[0]}: the answer has a column of that name already")
    keys = [str(number) for number in range(len(axes))]  # an axis may be called like a measure
    cells = pl.DataFrame({keys[0]: axes[0].order}, schema={keys[0]: pl.String})
    for key, axis in zip(keys[1:], axes[1:], strict=True):
        cells = cells.join(pl.DataFrame({key: axis.order}, schema={key: pl.String}), how="cross")
    rows = filled(cells, summed(_labelled(scored, axes, keys), keys), keys)
    small = [((pl.col("customers") > 0) & (pl.col("customers") < least)).alias("small")] if least is not None else []
    labels = [pl.col(key).alias(name) for key, name in zip(keys, names, strict=True)]
    rows = rows.select(*labels, *worth(scored.scale), *small)
    # Files flag small cells with --min-cell alone; the terminal always does.
    few = int(rows["small"].sum()) if small else None
    return View("matrix", rows, meta_of(scored, by=names, **({"small_cells": few} if small else {})))


def _labelled(scored: Scored, axes: Sequence[AxisOf], keys: Sequence[str]) -> pl.DataFrame:
    """Return the measures of customers with the labels of the axes under their keys."""
    kept = [name for name in ("frequency", "monetary") if name in scored.frame.columns]
    labels = [axis.labels.alias(key) for axis, key in zip(axes, keys, strict=True)]
    return scored.frame.select(kept).with_columns(labels)


def in_cell(scored: Scored, axes: Sequence[AxisOf], text: str) -> Scored:
    """Return the scored customers of the cell `A,B`; an empty part is the missing value.

    Raises `UsageError` where no cell has that name.
    """
    inside = pl.Series([True] * scored.frame.height, dtype=pl.Boolean)
    for axis, label in zip(axes, _cell(axes, text), strict=True):
        inside &= axis.labels.eq_missing(label)
    return replace(scored, frame=scored.frame.filter(inside))


def _cell(axes: Sequence[AxisOf], text: str) -> list[str | None]:
    """Return the labels that a text names; labels may hold commas themselves."""
    # Every comma is tried, since labels may have commas.
    for place in [place for place, mark in enumerate(text) if mark == ","]:
        parts = (text[:place].strip(), text[place + 1 :].strip())
        found = [_labels(axis, part) for axis, part in zip(axes, parts, strict=True)]
        if all(len(labels) == 1 for labels in found):
            return [labels[0] for labels in found]
    valid = "; ".join(f"{axis.name}: {', '.join(label or '(empty)' for label in axis.order[:20])}" for axis in axes)
    raise UsageError(f"--list {text}: no such cell", f"write two labels with a comma between them. {valid}")


def _labels(axis: AxisOf, part: str) -> list[str | None]:
    """Return the label of an axis that is written so, else all labels that are equal when the case is ignored, else all
    that are shown so in some language."""
    exact = [label for label in axis.order if (label or "") == part]
    alike = exact or [label for label in axis.order if (label or "").casefold() == part.casefold()]
    return alike or [axis.order[place] for place in called(part, axis.shown)]
