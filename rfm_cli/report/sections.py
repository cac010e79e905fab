"""The sections of the page in their order: a heading, what it means in words, a picture, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import polars as pl

from rfm_cli.messages import Message, SchemeText, Words, message
from rfm_cli.model import Shop
from rfm_cli.output.look import plain
from rfm_cli.report.cells import PageTable, crossed, cutoff_rows, labels_of, quality_rows, table_of
from rfm_cli.report.charts import GRID, Chart
from rfm_cli.report.figures import HEADS, CrossedAxes, Figures
from rfm_cli.schemes import in_rank_order, next_step
from rfm_cli.views.insights import moves, segments
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
    """A section: an `absent` one has the reason alone; `tables` are open, those `below` are the picture once more."""

    id: str
    head: str
    sentences: Sequence[str] = ()
    chart: Chart | None = None
    tables: Sequence[PageTable] = ()
    below: Sequence[PageTable] = ()
    steps: Sequence[tuple[str, str]] = ()
    remarks: Sequence[str] = ()
    measured_by: Sequence[str] = ()
    absent: str = ""


def sections(figures: Figures, drawn: Sequence[Chart], w: Words) -> list[Section]:
    """Return all sections, the missing ones too."""
    pictures = {chart["id"]: chart for chart in drawn}
    return [
        _absent(name, figures, w) if name in figures.absent else MAKERS[name](figures, pictures, w) for name in HEADS
    ]


def _absent(name: str, figures: Figures, w: Words) -> Section:
    return Section(name, w(HEADS[name]), absent=plain(w(figures.absent[name])))


def _worded(lines: Sequence[Message], w: Words) -> list[str]:
    return [plain(w(one)) for one in lines]


def _measured_by(day: date | None, w: Words) -> list[str]:
    """Tell the date whose cutoffs measure a section: the date of the report, or the one to compare with."""
    return [w(message("Measured by the cutoffs of {day}.", day=day))] if day else []


Pictures = Mapping[str, Chart]


def _segments(figures: Figures, pictures: Pictures, w: Words) -> Section:
    head, scored = w(HEADS["segments"]), figures.scored
    # Changes exist with an earlier date alone, money with amounts alone.
    names = [name for name in SEGMENTS if name in figures.segments.columns and figures.segments[name].count()]
    there = set(scored.frame["segment"])
    ranked = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    known = [(name, next_step(scored.scheme, name)) for name in ranked if name in there]
    steps = [(plain(w.segment(name)), plain(w(SchemeText(step)))) for name, step in known if step]
    table = table_of(message("Every segment: customers, money, medians"), figures.segments, w, names)
    measured_by = _measured_by(scored.as_of if figures.then else None, w)
    then = figures.then.as_of if figures.then else None
    sentences = _worded(segments.on_segments(figures.segments, then), w) if scored.scheme.segments else []
    return Section("segments", head, sentences, tables=[table], steps=steps, measured_by=measured_by)


def _grid(figures: Figures, pictures: Pictures, w: Words) -> Section:
    head = w(HEADS["grid"])
    rows = figures.grid.drop_nulls(["r", "f"]).sort(["f", "r"], descending=[True, False])
    labels = [pl.concat_str(pl.lit(name.upper()), pl.col(name).cast(pl.String)).alias(name) for name in GRID]
    rows = rows.with_columns(labels)
    tables = [crossed(message("Customers by scores"), rows, ("f", "r"), "customers", w)]
    if rows["segment"].count():
        tables.append(crossed(message("Segments by scores"), rows, ("f", "r"), "segment", w))
    scored = figures.scored
    sentences = segments.on_grid(figures.grid, scored.scheme.bins, has_money=scored.scale is not None)
    return Section("grid", head, _worded(sentences, w), pictures.get("grid"), below=tables)


def _tops(figures: Figures, pictures: Pictures, w: Words) -> Section:
    assert figures.tops is not None
    head = w(HEADS["tops"])
    table = table_of(message("The buyers who brought most"), figures.tops.rows, w)
    sentences = _worded(segments.on_tops(figures.tops.headline, figures.scored), w)
    return Section("tops", head, sentences, pictures.get("tops"), tables=[table])


def _cells(name: str, cells: CrossedAxes, sentences: Sequence[Message], pictures: Pictures, w: Words) -> Section:
    head = w(HEADS[name])
    labels = [labels_of(cells, place, w) for place in (0, 1)]
    table = crossed(message("Customers in each cell"), cells.rows, cells.axes, "customers", w, labels)
    return Section(name, head, _worded(sentences, w), pictures.get(name), below=[table])


def _engagement(figures: Figures, pictures: Pictures, w: Words) -> Section:
    cells = figures.engagement
    assert cells is not None
    return _cells("engagement", cells, segments.on_engagement(cells.rows), pictures, w)


def _monetary(figures: Figures, pictures: Pictures, w: Words) -> Section:
    cells = figures.monetary
    assert cells is not None
    sentences = segments.on_monetary(cells.rows, cells.labels[1], cells.shown[1])
    return _cells("monetary", cells, sentences, pictures, w)


def _went(figures: Figures, pictures: Pictures, w: Words) -> Section:
    went = figures.went
    assert went is not None
    names = {name: plain(w.segment(name)) for name in went.rows["from_segment"].unique()}
    caption = message("Customers by segment before (down) and after (across)")
    ends = ("from_segment", "to_segment")
    matrix = crossed(caption, went.rows, ends, "customers", w, (names, names))
    kept = [name for name in went.flows.columns if went.flows[name].count()]
    flows = table_of(message("In, out and net of each segment"), went.flows, w, kept)
    lines = moves.on_moves(went.rows, went.names, went.directions, (went.first, went.last), went.best)
    measured_by = _measured_by(went.first, w)
    sentences, picture = _worded(lines, w), pictures.get("went")
    return Section("went", w(HEADS["went"]), sentences, picture, tables=[matrix, flows], measured_by=measured_by)


def _speed(figures: Figures, pictures: Pictures, w: Words) -> Section:
    speed, went = figures.speed, figures.went
    assert speed is not None
    assert went is not None
    rows = without_falls(speed.rows, speed.falls).sort("moves", descending=True, maintain_order=True)
    caption = message("Moves by how often they are made, and how soon after entering a segment")
    tables = [table_of(caption, rows, w)] if rows.height else []
    sentences = _worded(moves.on_speed(speed.rows, speed.falls, went.names, went.last), w)
    return Section("speed", w(HEADS["speed"]), sentences, tables=tables, measured_by=_measured_by(went.first, w))


def _watch(figures: Figures, pictures: Pictures, w: Words) -> Section:
    assert figures.watch is not None
    rows = figures.watch.rows
    # A column without a value says no more than its heading.
    kept = [name for name in rows.columns if rows[name].count() or not rows.height]
    caption = message("Who is slipping, the most at stake first")
    tables = [table_of(caption, rows, w, kept)] if rows.height else []
    lines = segments.on_watch(rows, figures.watch.since, has_money=figures.scored.scale is not None)
    measured_by = _measured_by(figures.watch.since, w)
    return Section("watch", w(HEADS["watch"]), _worded(lines, w), tables=tables, measured_by=measured_by)


def _quality(figures: Figures, pictures: Pictures, w: Words) -> Section:
    facts, rows = figures.scored.facts, quality_rows(figures.scored, w)
    sentences = []
    if facts.first_day and facts.last_day:
        sentences = [w(message("The orders cover {first} to {last}.", first=facts.first_day, last=facts.last_day))]
    notes = [plain(_without_folders(one.line(), figures.scored.shop)) for one in figures.scored.notes]
    head = w(HEADS["quality"])
    return Section("quality", head, sentences, tables=[table_of(message("Rows of the orders"), rows, w)], remarks=notes)


def _without_folders(text: str, shop: Shop) -> str:
    """Return a remark with the names of the tables without their folders, since the page goes to others."""
    files = [file.source.name for file in shop.orders.files] if shop.orders else []
    others = [table.name for table in (shop.customers, shop.events, shop.products) if table]
    # Longer names first: a short one may be a part of them.
    for name in sorted([*files, *others], key=len, reverse=True):
        text = text.replace(name, PurePath(name).name)
    return text


def _cutoffs(figures: Figures, pictures: Pictures, w: Words) -> Section:
    scored, rows = figures.scored, cutoff_rows(figures.scored, w)
    rules = ", ".join(f"{axis.upper()} {rule}" for axis, rule in scored.cutoffs.rules().items())
    lines = [
        message("R is days since the last purchase, F is purchases, M is money; 1 is the lowest score."),
        message("Scheme {scheme}: {title}.", scheme=scored.scheme.name, title=SchemeText(scored.scheme.title)),
        message("Rules: {rules}.", rules=rules),
    ]
    if scored.cutoffs.vip.floor is not None:
        lines.append(segments.vip_rule(scored))
    table = table_of(message("What gives each score"), rows, w)
    return Section("cutoffs", w(HEADS["cutoffs"]), _worded(lines, w), tables=[table])


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
