"""What the page draws, as plain data: every word and number is made here, and the script only places them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from rfm_cli.history.states import NOT_YET
from rfm_cli.messages import Message, Share, Words, message
from rfm_cli.output.look import plain
from rfm_cli.report.cells import EMPTY, heading_of, labels_of, share_text
from rfm_cli.report.figures import CrossedAxes, Figures, Went
from rfm_cli.schemes import NO_PURCHASES
from rfm_cli.views.grid import Pair
from rfm_cli.views.vip import VipView

Chart = dict[str, Any]
POINTS = 200
"""The most points of a curve."""
GRID: Pair = ("r", "f")


def charts(figures: Figures, w: Words) -> list[Chart]:
    """Return the charts of the sections that are there, each with the `id` of its section."""
    made: list[Chart] = [grid_chart(figures, w)]
    if figures.tops and figures.tops.curve:
        made.append(curve_chart(figures.tops, w))
    made += [cells_chart(cells, w) for cells in (figures.engagement, figures.monetary) if cells]
    if figures.went and figures.went.rows["customers"].sum():
        made.append(sankey_chart(figures.went, w))
    return made


def grid_chart(figures: Figures, w: Words) -> Chart:
    """Return the grid of R and F: each cell with its segment and the share of all customers in it."""
    # Customers without a purchase have no scores, and no cell.
    rows = figures.grid.drop_nulls(list(GRID))
    bins = figures.scored.scheme.bins
    across, down = range(1, bins.r + 1), range(1, bins.f + 1)
    marks = [
        _mark(row["r"] - 1, row["f"] - 1, row, w, plain(w.segment(row["segment"])), f"R{row['r']} F{row['f']}")
        for row in rows.iter_rows(named=True)
    ]
    axes = ([f"R{score}" for score in across], [f"F{score}" for score in down])
    return _heat_map("grid", *axes, marks, (w(message("recency score")), w(message("frequency score"))), w)


def cells_chart(cells: CrossedAxes, w: Words) -> Chart:
    """Return two axes crossed: the second from left to right, recency from the latest at the top."""
    # Customers without a purchase would be the darkest row, and hide all others.
    down = [label for label in cells.labels[0] if label != NO_PURCHASES]
    across = [label for label in cells.labels[1] if label != NO_PURCHASES]
    place = ({label: at for at, label in enumerate(across)}, {label: at for at, label in enumerate(reversed(down))})
    first, second = cells.axes
    names = labels_of(cells, 0, w) | labels_of(cells, 1, w)
    marks = [
        _mark(place[0][row[second]], place[1][row[first]], row, w, "", f"{names[row[first]]} / {names[row[second]]}")
        for row in cells.rows.iter_rows(named=True)
        if row[second] in place[0] and row[first] in place[1]
    ]
    axes = ([names[label] for label in across], [names[label] for label in reversed(down)])
    return _heat_map(second, *axes, marks, (heading_of(second, w), heading_of(first, w)), w)


def _mark(x: int, y: int, row: dict[str, Any], w: Words, name: str, where: str) -> Chart:
    """Return a cell of a heat map: its place, its value, its texts, and the lines that appear beside it."""
    customers, share = w(_customers(row["customers"])), share_text(row["customers_share"], w)
    lines = [part for part in (where, name, f"{customers}, {share}") if part]
    if row["revenue"] is not None:
        lines.append(f"{w(message('revenue'))} {w.number(row['revenue'])}")
    return {
        "at": [x, y],
        "value": row["customers_share"],
        "name": name,
        "figures": [w.number(row["customers"]), share] if row["customers"] else [EMPTY],
        "told": lines,
    }


def _heat_map(id: str, x: list[str], y: list[str], marks: list[Chart], names: tuple[str, str], w: Words) -> Chart:
    most = max((mark["value"] for mark in marks), default=0.0) or 1.0
    legend = [w(message("few customers")), w(message("many: {share}", share=Share(most)))]
    return {
        "id": id,
        "kind": "heat map",
        "x": x,
        "y": y,
        "names": list(names),
        "marks": marks,
        "most": most,
        "legend": legend,
    }


def curve_chart(tops: VipView, w: Words) -> Chart:
    """Return the part of the money that the top part of the buyers brings, with the VIPs on it."""
    vips = (tops.headline.vip_customers_share, tops.headline.vip_revenue_share)
    mark = None
    if vips[0] is not None and vips[1] is not None:
        mark = {
            "at": list(vips),
            "name": w(message("VIPs")),
            "told": w(
                message("VIPs: {share} of buyers, {money} of revenue", share=Share(vips[0]), money=Share(vips[1]))
            ),
        }
    points = [list(point) for point in _thinned(tops.curve)]
    texts = [
        w(message("top {share} of buyers: {money} of revenue", share=Share(buyers), money=Share(money)))
        for buyers, money in points
    ]
    names = [w(message("buyers, those who brought most first")), w(message("revenue"))]
    return {"id": "tops", "kind": "curve", "points": points, "told": texts, "mark": mark, "names": names}


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return at most `POINTS` of the points, spread over the buyers, the first and the last among them."""
    # A curve of every buyer would make the page large, and look the same.
    if len(points) <= POINTS:
        return list(points)
    kept, step = [points[0]], 1
    for point in points[1:-1]:
        if point[0] * (POINTS - 2) >= step:
            kept.append(point)
            step = int(point[0] * (POINTS - 2)) + 1
    return [*kept, points[-1]]


def sankey_chart(went: Went, w: Words) -> Chart:
    """Return the flows from the segments of the first date to those of the last; empty ways are not drawn."""
    place = {name: number for number, name in enumerate(went.names)}
    # Most ways are empty.
    rows = went.rows.filter(pl.col("customers") > 0)
    ranked = [*went.names, NOT_YET]
    # Ids have a letter in front: a segment is on both sides, and a node of a Sankey diagram on one alone.
    nodes = [*_nodes(rows, "from_segment", "a", ranked, w), *_nodes(rows, "to_segment", "b", ranked, w)]
    links = []
    for row in rows.iter_rows(named=True):
        before, after = row["from_segment"], row["to_segment"]
        came = place.get(before)
        # Places count from the best, so that a smaller place is a move up.
        way = 0 if came is None else (came > place[after]) - (came < place[after])
        ends = f"{plain(w.segment(before))} → {plain(w.segment(after))}"
        text = f"{ends}: {w(_customers(row['customers']))}"
        links.append({"from": f"a{before}", "to": f"b{after}", "value": row["customers"], "way": way, "told": text})
    return {
        "id": "went",
        "kind": "sankey",
        "nodes": nodes,
        "links": links,
        "ends": [w.day(went.first), w.day(went.last)],
        "ways": [w(message("moved up")), w(message("stayed, or new")), w(message("moved down"))],
    }


def _nodes(rows: pl.DataFrame, end: str, side: str, ranked: Sequence[str], w: Words) -> Iterator[Chart]:
    """Yield the segments of one side that have customers, the best first."""
    sizes = dict(rows.group_by(end).agg(pl.col("customers").sum()).iter_rows())
    for name in ranked:
        if customers := sizes.get(name):
            label = plain(w.segment(name))
            yield {"id": f"{side}{name}", "name": label, "told": f"{label}: {w(_customers(customers))}"}


def _customers(count: int) -> Message:
    return message("{n|customer|customers}", n=count)
