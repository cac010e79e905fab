"""The same figures as sheets of a workbook: one sheet per view, numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from rfm_cli.messages import Words, message
from rfm_cli.output.workbook import Plane, Sheet
from rfm_cli.report.cells import HEADINGS, cutoff_rows, heading_of, labels_of, quality_rows
from rfm_cli.report.charts import GRID
from rfm_cli.report.figures import HEADS, CrossedAxes, Figures, Went
from rfm_cli.report.headline import tiles

SHOWN = ("customers", "customers_share", "revenue")
"""The figures of two crossed axes, one plane for each."""


def sheets(figures: Figures, w: Words, *, worded: bool = True) -> list[Sheet]:
    """Return one sheet per view.

    `worded` names sheets and columns for people; else they are called as in commands and files.
    """
    w = w.for_page()
    found = [*_of_the_date(figures, w), *_looking_back(figures, w), *_of_the_run(figures, w)]
    return [_worded(one, w) if worded else replace(one, name=SHORT.get(one.name, one.name)) for one in found]


def _of_the_date(figures: Figures, w: Words) -> Iterator[Sheet]:
    if figures.then:
        yield Sheet("headline", _headline(figures, w))
    yield Sheet("segments", figures.segments)
    yield Sheet("grid", planes=_grid(figures, w))
    if figures.tops:
        yield Sheet("tops", figures.tops.rows)
    for cells in (figures.engagement, figures.monetary):
        if cells:
            yield Sheet(cells.axes[1], planes=_crossed(cells, w))


def _looking_back(figures: Figures, w: Words) -> Iterator[Sheet]:
    if figures.went:
        yield Sheet("went", planes=_moves(figures.went, w))
        yield Sheet("flows", figures.went.flows)
    if figures.speed:
        yield Sheet("speed", figures.speed.rows)
    if figures.watch:
        yield Sheet("watch", figures.watch.rows)


def _of_the_run(figures: Figures, w: Words) -> Iterator[Sheet]:
    yield Sheet("quality", quality_rows(figures.scored, w))
    yield Sheet("cutoffs", cutoff_rows(figures.scored, w))


SHORT = {"tops": "vip", "went": "moves"}
"""The names of sheets that are not called like their section."""
MORE_HEADS = {"headline": message("Headline"), "flows": message("In and out")}
"""Sheets without a section of their own."""


def _worded(sheet: Sheet, w: Words) -> Sheet:
    """Return the sheet with its name, headings and names of segments in the language of the reader."""
    name = w({**HEADS, **MORE_HEADS}[sheet.name])
    if sheet.rows is None:
        return replace(sheet, name=name)
    columns = [
        pl.Series(column.name, [None if one is None else w.segment(one) for one in column], dtype=pl.String)
        if column.name.endswith("segment")
        else column
        for column in sheet.rows
    ]
    headings = {column: w(HEADINGS[column]) for column in sheet.rows.columns if column in HEADINGS}
    return Sheet(name, pl.DataFrame(columns), headings=headings)


def _headline(figures: Figures, w: Words) -> pl.DataFrame:
    lines = [(tile.label, tile.number, tile.value, tile.change or None) for tile in tiles(figures, w)]
    heads = (message("figure"), message("number"), message("value"), message("change"))
    names = [w(head) for head in heads]
    types = (pl.String, pl.Float64, pl.String, pl.String)
    return pl.DataFrame(lines, schema=dict(zip(names, types, strict=True)), orient="row")


def _grid(figures: Figures, w: Words) -> Sequence[Plane]:
    labels = [pl.concat_str(pl.lit(name.upper()), pl.col(name).cast(pl.String)).alias(name) for name in GRID]
    rows = figures.grid.drop_nulls(list(GRID)).sort([GRID[1], GRID[0]], descending=[True, False]).with_columns(labels)
    rows = rows.with_columns(pl.Series("segment", [w.segment(name) for name in rows["segment"]], dtype=pl.String))
    shown = [name for name in ("segment", *SHOWN) if rows[name].count()]
    return [_plane(rows, GRID[1], GRID[0], name, w) for name in shown]


def _crossed(cells: CrossedAxes, w: Words) -> Sequence[Plane]:
    down, across = cells.axes
    known = [labels_of(cells, place, w) for place in (0, 1)]
    texts = [
        pl.Series(axis, [labels[label] for label in cells.rows[axis]], dtype=pl.String)
        for axis, labels in zip(cells.axes, known, strict=True)
    ]
    rows = cells.rows.with_columns(texts)
    return [_plane(rows, down, across, name, w) for name in SHOWN if rows[name].count()]


def _moves(went: Went, w: Words) -> Sequence[Plane]:
    ends = ("from_segment", "to_segment")
    rows = went.rows.with_columns(pl.Series(end, [w.segment(name) for name in went.rows[end]]) for end in ends)
    return [_plane(rows, *ends, name, w) for name in ("customers", "share_of_from")]


def _plane(rows: pl.DataFrame, down: str, across: str, value: str, w: Words) -> Plane:
    """Return one figure of the cells as a plane."""
    corner = f"{heading_of(down, w)} / {heading_of(across, w)}"
    # One figure per plane: people read a matrix across and down.
    wide = rows.select(down, across, value).pivot(across, index=down, values=value, maintain_order=True)
    return Plane(w(HEADINGS[value]), wide.rename({down: corner}), value.startswith("share") or value.endswith("share"))
