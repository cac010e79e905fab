"""The page and the workbook of a report.

The page is one HTML file that opens from anywhere, asks for nothing, and runs no script but its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.messages import Words, message
from rfm_cli.output.look import plain
from rfm_cli.output.workbook import CellTable, Sheet
from rfm_cli.report.cells import HEADINGS, cutoff_rows, heading_of, labels_of, quality_rows
from rfm_cli.report.charts import GRID, charts
from rfm_cli.report.figures import HEADS, CrossedAxes, Figures, Went
from rfm_cli.report.headline import tiles
from rfm_cli.report.sections import sections

if TYPE_CHECKING:
    from collections.abc import Mapping


OUTSIDE_OF_SCRIPTS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end a script element or a line of it, as JSON may write it as well."""


def page(figures: Figures, w: Words, version: str, title: str = "") -> bytes:
    """Return the report in the language of `w`; the same figures are the same bytes.

    All data is text: Jinja2 escapes it in the page, and the data of charts is JSON without a
    character that could end its element. The policy allows the page's own style and scripts, by their digests, and
    nothing else: no request, no other script, no form.
    """
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    style, library, script = _part("templates/style.css"), _part("vendor/echarts.min.js"), _part("templates/page.js")
    # All values are escaped by default; the project's own script and style alone are markup.
    env = Environment(loader=PackageLoader("rfm_cli.report"), autoescape=True, keep_trailing_newline=True)
    w = w.for_page()
    drawn = charts(figures, w)
    data = {"lang": w.lang, "sorted": w(message("sorted by {column}", column="{column}")), "charts": drawn}
    html = env.get_template("page.html.j2").render(
        lang=w.lang,
        say=lambda key, **values: w(message(key, **values)),
        version=version,
        title=plain(title) or w(message("Customers and segments")),
        subtitle=_subtitle(figures, w),
        policy=policy([library, script], style),
        style=Markup(style),
        library=Markup(library),
        script=Markup(script),
        data=Markup(in_script(data)),
        tiles=tiles(figures, w),
        sections=sections(figures, drawn, w),
    )
    return html.encode()


def policy(scripts: list[str], style: str) -> str:
    """Return the Content-Security-Policy of the page, which allows these texts alone.

    >>> policy(["go()"], "").split("; ")[0], "unsafe" in policy(["go()"], "")
    ("default-src 'none'", False)
    """
    allowed = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'sha256-{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def in_script(data: Mapping[str, object]) -> str:
    """Return the data as JSON that cannot end the script element around it.

    >>> in_script({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    # Not a number in a chart would be no JSON, and the page would stay empty.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate({ord(mark): escape for mark, escape in OUTSIDE_OF_SCRIPTS.items()})


def _part(name: str) -> str:
    """Return a file of the package that goes into the page as it is."""
    return files("rfm_cli.report").joinpath(name).read_text(encoding="utf-8").strip()


def _subtitle(figures: Figures, w: Words) -> str:
    scored = figures.scored
    parts = [message("as of {day}", day=scored.as_of)] if scored.as_of else []
    parts.append(message("scheme {scheme}", scheme=scored.scheme.name))
    if figures.then and figures.then.as_of:
        parts.append(message("held against {day}", day=figures.then.as_of))
    if (where := scored.where) is not None:
        counts = where.counts
        n, of = counts["customers"], counts["of"]
        parts.append(message("where {text}: {n} of {of} customers", text=where.text, n=n, of=of))
        parts += [message("{n} undecided", n=where.undecided)] if where.undecided else []
    return plain(" · ".join(map(w, parts)))


SHOWN = ("customers", "customers_share", "revenue")
"""The figures of two crossed axes, one table for each."""


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
    yield Sheet("grid", cell_tables=_grid(figures, w))
    if figures.tops:
        yield Sheet("tops", figures.tops.rows)
    for cells in (figures.engagement, figures.monetary):
        if cells:
            yield Sheet(cells.axes[1], cell_tables=_crossed(cells, w))


def _looking_back(figures: Figures, w: Words) -> Iterator[Sheet]:
    if figures.went:
        yield Sheet("went", cell_tables=_moves(figures.went, w))
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


def _grid(figures: Figures, w: Words) -> Sequence[CellTable]:
    labels = [pl.concat_str(pl.lit(name.upper()), pl.col(name).cast(pl.String)).alias(name) for name in GRID]
    rows = figures.grid.drop_nulls(list(GRID)).sort([GRID[1], GRID[0]], descending=[True, False]).with_columns(labels)
    rows = rows.with_columns(pl.Series("segment", [w.segment(name) for name in rows["segment"]], dtype=pl.String))
    # Without money, or without a map, a figure has no value in any cell.
    shown = [name for name in ("segment", *SHOWN) if rows[name].count()]
    return [_cell_table(rows, GRID[1], GRID[0], name, w) for name in shown]


def _crossed(cells: CrossedAxes, w: Words) -> Sequence[CellTable]:
    down, across = cells.axes
    known = [labels_of(cells, place, w) for place in (0, 1)]
    texts = [
        pl.Series(axis, [labels[label] for label in cells.rows[axis]], dtype=pl.String)
        for axis, labels in zip(cells.axes, known, strict=True)
    ]
    rows = cells.rows.with_columns(texts)
    return [_cell_table(rows, down, across, name, w) for name in SHOWN if rows[name].count()]


def _moves(went: Went, w: Words) -> Sequence[CellTable]:
    ends = ("from_segment", "to_segment")
    rows = went.rows.with_columns(pl.Series(end, [w.segment(name) for name in went.rows[end]]) for end in ends)
    return [_cell_table(rows, *ends, name, w) for name in ("customers", "share_of_from")]


def _cell_table(rows: pl.DataFrame, down: str, across: str, value: str, w: Words) -> CellTable:
    """Return one figure of the cells as a table."""
    corner = f"{heading_of(down, w)} / {heading_of(across, w)}"
    # One figure per table: people read a matrix across and down.
    wide = rows.select(down, across, value).pivot(across, index=down, values=value, maintain_order=True)
    return CellTable(
        w(HEADINGS[value]), wide.rename({down: corner}), value.startswith("share") or value.endswith("share")
    )
