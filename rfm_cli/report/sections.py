"""The sections of the page in their order: a heading, a reading, a picture, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import polars as pl

from rfm_cli.messages import Words
from rfm_cli.model import Shop
from rfm_cli.output.text import plain
from rfm_cli.report import insights
from rfm_cli.report.cells import Table, crossed, table_of
from rfm_cli.report.charts import GRID, Chart
from rfm_cli.report.cutoffs import cutoff_rows, quality_rows
from rfm_cli.report.figures import HEADS, Cells, Figures
from rfm_cli.schemes import in_rank_order, next_step
from rfm_cli.views.speed import without_falls

SEGMENTS = (
    "segment",
    "customers",
    "customers_share",
    "customers_change",
    "revenue",
    "revenue_share",
    "revenue_change",
    "orders",
    "aov",
    "median_recency_days",
    "median_frequency",
    "median_monetary",
)


@dataclass(frozen=True)
class Section:
    """A section: where it is `absent`, only why; `tables` stand open, those `below` are the picture once more."""

    id: str
    head: str
    reading: Sequence[str] = ()
    chart: Chart | None = None
    tables: Sequence[Table] = ()
    below: Sequence[Table] = ()
    steps: Sequence[tuple[str, str]] = ()
    remarks: Sequence[str] = ()
    ruler: Sequence[str] = ()
    absent: str = ""


def sections(figures: Figures, drawn: Sequence[Chart], w: Words) -> list[Section]:
    """All sections, those that are missing too."""
    pictures = {chart["id"]: chart for chart in drawn}
    return [
        _absent(name, figures, w) if name in figures.absent else MAKERS[name](figures, pictures, w) for name in HEADS
    ]


def _absent(name: str, figures: Figures, w: Words) -> Section:
    why = figures.absent[name]
    values = {key: w.day(told) if isinstance(told, date) else told for key, told in why.values.items()}
    return Section(name, w(HEADS[name]), absent=plain(w(why.phrase, **values)))


def _ruler(day: date | None, w: Words) -> list[str]:
    """By which cutoffs a section was measured: those of the report, or of the date that it is held against."""
    return [w("Measured by the cutoffs of {day}.", day=w.day(day))] if day else []


Pictures = Mapping[str, Chart]


def _segments(figures: Figures, pictures: Pictures, w: Words) -> Section:
    head, scored = w(HEADS["segments"]), figures.scored
    names = [name for name in SEGMENTS if name in figures.segments.columns and figures.segments[name].count()]
    there = set(scored.frame["segment"])
    ranked = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    told = [(name, next_step(scored.scheme, name)) for name in ranked if name in there]
    steps = [(plain(w.segment(name)), plain(w(step))) for name, step in told if step]
    table = table_of(w("Every segment: customers, money, medians"), figures.segments, w, names)
    ruler = _ruler(scored.as_of if figures.then else None, w)
    return Section("segments", head, insights.segments(figures, w), tables=[table], steps=steps, ruler=ruler)


def _grid(figures: Figures, pictures: Pictures, w: Words) -> Section:
    head = w(HEADS["grid"])
    rows = figures.grid.drop_nulls(["r", "f"]).sort(["f", "r"], descending=[True, False])
    labels = [pl.concat_str(pl.lit(name.upper()), pl.col(name).cast(pl.String)).alias(name) for name in GRID]
    rows = rows.with_columns(labels)
    tables = [crossed(w("Customers by scores"), rows, ("f", "r"), "customers", w)]
    if rows["segment"].count():
        tables.append(crossed(w("Segments by scores"), rows, ("f", "r"), "segment", w))
    return Section("grid", head, insights.grid(figures, w), pictures.get("grid"), below=tables)


def _tops(figures: Figures, pictures: Pictures, w: Words) -> Section:
    assert figures.tops is not None
    head = w(HEADS["tops"])
    table = table_of(w("The buyers who brought most"), figures.tops.rows, w)
    return Section("tops", head, insights.tops(figures, w), pictures.get("tops"), tables=[table])


def _cells(name: str, cells: Cells | None, reading: list[str], pictures: Pictures, w: Words) -> Section:
    assert cells is not None
    head = w(HEADS[name])
    table = crossed(w("Customers in each cell"), cells.rows, cells.axes, "customers", w)
    return Section(name, head, reading, pictures.get(name), below=[table])


def _engagement(figures: Figures, pictures: Pictures, w: Words) -> Section:
    return _cells("engagement", figures.engagement, insights.engagement(figures, w), pictures, w)


def _monetary(figures: Figures, pictures: Pictures, w: Words) -> Section:
    return _cells("monetary", figures.monetary, insights.monetary(figures, w), pictures, w)


def _went(figures: Figures, pictures: Pictures, w: Words) -> Section:
    assert figures.went is not None
    head = w(HEADS["went"])
    names = {name: plain(w.segment(name)) for name in figures.went.rows["from_segment"].unique()}
    matrix = crossed(
        w("Customers by segment before (down) and after (across)"),
        figures.went.rows,
        ("from_segment", "to_segment"),
        "customers",
        w,
        names,
    )
    kept = [name for name in figures.went.flows.columns if figures.went.flows[name].count()]
    ruler = _ruler(figures.went.first, w)
    flows = table_of(w("In, out and net of each segment"), figures.went.flows, w, kept)
    return Section("went", head, insights.went(figures, w), pictures.get("went"), tables=[matrix, flows], ruler=ruler)


def _speed(figures: Figures, pictures: Pictures, w: Words) -> Section:
    assert figures.speed is not None
    rows = without_falls(figures.speed.rows, figures.speed.falls)
    rows = rows.sort("moves", descending=True, maintain_order=True)
    table = table_of(w("Moves by how often they are made, and how soon after entering a segment"), rows, w)
    ruler = _ruler(figures.went.first if figures.went else None, w)
    tables = [table] if rows.height else []
    return Section("speed", w(HEADS["speed"]), insights.speed(figures, w), tables=tables, ruler=ruler)


def _watch(figures: Figures, pictures: Pictures, w: Words) -> Section:
    assert figures.watch is not None
    rows = figures.watch.rows
    kept = [name for name in rows.columns if rows[name].count() or not rows.height]
    tables = [table_of(w("Who is slipping, the most at stake first"), rows, w, kept)] if rows.height else []
    ruler = _ruler(figures.watch.since, w)
    return Section("watch", w(HEADS["watch"]), insights.watch(figures, w), tables=tables, ruler=ruler)


def _quality(figures: Figures, pictures: Pictures, w: Words) -> Section:
    facts, rows = figures.scored.facts, quality_rows(figures.scored, w)
    reading = []
    if facts.first_day and facts.last_day:
        days = {"first": w.day(facts.first_day), "last": w.day(facts.last_day)}
        reading = [w("The orders cover {first} to {last}.", **days)]
    notes = [plain(_without_folders(one.line(), figures.scored.shop)) for one in figures.scored.notes]
    head = w(HEADS["quality"])
    return Section("quality", head, reading, tables=[table_of(w("Rows of the orders"), rows, w)], remarks=notes)


def _without_folders(text: str, shop: Shop) -> str:
    """A remark that calls the tables of the shop by their names alone: the page goes to others."""
    files = [file.source.name for file in shop.orders.files] if shop.orders else []
    others = [table.name for table in (shop.customers, shop.events, shop.products) if table]
    for name in sorted([*files, *others], key=len, reverse=True):
        text = text.replace(name, PurePath(name).name)
    return text


def _cutoffs(figures: Figures, pictures: Pictures, w: Words) -> Section:
    scored, rows = figures.scored, cutoff_rows(figures.scored, w)
    reading = [w("R is days since the last purchase, F is purchases, M is money; 1 is the lowest score.")]
    reading += [w("Scheme {scheme}: {title}.", scheme=plain(scored.scheme.name), title=w(plain(scored.scheme.title)))]
    rules = ", ".join(f"{axis.upper()} {rule}" for axis, rule in scored.cutoffs.rules().items())
    reading.append(w("Rules: {rules}.", rules=rules))
    if scored.cutoffs.vip.floor is not None:
        reading.append(insights.vip_rule(scored, w))
    return Section("cutoffs", w(HEADS["cutoffs"]), reading, tables=[table_of(w("What gives each score"), rows, w)])


MAKERS: Mapping[str, Callable[[Figures, Pictures, Words], Section]] = {
    "segments": _segments,
    "grid": _grid,
    "tops": _tops,
    "engagement": _engagement,
    "monetary": _monetary,
    "went": _went,
    "speed": _speed,
    "watch": _watch,
    "quality": _quality,
    "cutoffs": _cutoffs,
}
