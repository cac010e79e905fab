"""Migration as a terminal shows it: the matrix as a heat map, flows, speeds, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.output.columns import Layout, wide
from rfm_cli.output.heatmap import Cell, HeatMap, heatmap
from rfm_cli.output.look import Look
from rfm_cli.output.screens.customers import below, facts
from rfm_cli.output.table import line, said, table
from rfm_cli.output.text import percent, plain

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

FLOWS = Layout(
    heads={
        "customers_from": "at\nfrom",
        "customers_to": "at\nto",
        "revenue_from": "revenue\nat from",
        "revenue_to": "revenue\nat to",
    },
    bars=("customers_to",),
    drop=("customers_to bar", "revenue_from", "revenue_to"),
    noun="segments",
)
PATHS = Layout(
    bars=("customers_share",), heads={"customers_share": "share"}, wrap=("path",), noun="paths", told=("path",)
)
CHAIN = Layout(heads={"from_date": "from", "to_date": "to"}, noun="links")
SPEED_IS_OF = "shares are of stays, not of customers; days are of those who moved by --to"
TOLD = {"up": "rose", "same": "stayed", "down": "fell"}


def matrix_screen(
    rows: pl.DataFrame,
    flows: pl.DataFrame,
    ways: Mapping[str, int],
    reading: Mapping[str, str],
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
    colors: Mapping[str, str],
) -> list[RenderableType]:
    """The matrix with row percentages, then in, out and net by segment, the directions and a reading."""
    return [
        facts(header, look),
        "",
        heatmap(_map(rows), look=look),
        said("dim", "percent of the row's customers; the darker, the more of them went there", look),
        "",
        *_flows(flows, ways, look, colors),
        *_told(reading, look),
        *below(footer, look),
    ]


def flows_screen(
    flows: pl.DataFrame,
    ways: Mapping[str, int],
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
    colors: Mapping[str, str],
) -> list[RenderableType]:
    """In, out and net by segment, and the directions."""
    return [facts(header, look), "", *_flows(flows, ways, look, colors), *below(footer, look)]


def speed_screen(
    rows: pl.DataFrame,
    falls: pl.DataFrame,
    reading: Mapping[str, str],
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
    colors: Mapping[str, str],
) -> list[RenderableType]:
    """Draw the speeds of all moves, what their figures are of, the `falls` that only waiting causes, and a reading.

    `falls` (from_segment, to_segment, told) are told in words; in `rows` they have no quantile days.
    """
    body: list[RenderableType] = [table(rows, look=look, layout=_speed_layout(rows), colors=colors)]
    if rows.is_empty():
        body = [said("", "nobody moved between these dates", look)]
    return [
        facts(header, look),
        said("dim", SPEED_IS_OF, look),
        "",
        *body,
        *_falls(falls, look),
        *_told(reading, look),
        *below(footer, look),
    ]


def _falls(falls: pl.DataFrame, look: Look) -> list[RenderableType]:
    """Draw a line for each fall, set apart from the table."""
    w = look.words
    named = falls.select("from_segment", "to_segment").rows()
    ways = [plain(w.said(f"{w.segment(before)} > {w.segment(after)}")) for before, after in named]
    width = max(map(wide, ways), default=0)
    texts = [plain(w.said(text)) for text in falls["told"]]
    lines = [line("", f"{way}{' ' * (width - wide(way))}  {text}") for way, text in zip(ways, texts, strict=True)]
    return ["", *lines] if lines else []


def _speed_layout(rows: pl.DataFrame) -> Layout:
    """Headings in two lines, so that all columns find room; the horizons stand in the names of their columns."""
    heads = {"from_segment": "from", "to_segment": "to", "median_days": "median\ndays"}
    heads |= {name: f"{name.removesuffix('_days')}\ndays" for name in ("p25_days", "p75_days")}
    shares = [name for name in rows.columns if name.startswith("share_")]
    heads |= {name: f"within\n{name.removeprefix('share_').removesuffix('d')} d" for name in shares}
    drop = ("p25_days", "p75_days", *shares[1:-1], *shares[:1])
    return Layout(heads=heads, drop=drop, once=("from_segment",), noun="moves")


def chain_screen(
    rows: pl.DataFrame,
    ways: Sequence[Mapping[str, object]],
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
) -> list[RenderableType]:
    """A row a link of the chain with its directions, and how full each segment was at each date."""
    import polars as pl

    links = pl.DataFrame(
        [
            {
                "from_date": link["from"],
                "to_date": link["to"],
                **_shares({k: int(str(link[k])) for k in (*TOLD, "new")}),
            }
            for link in ways
        ]
    )
    return [
        facts(header, look),
        "",
        table(links, look=look, layout=CHAIN),
        "",
        heatmap(_sizes(rows), look=look),
        said("dim", "customers in each segment at the end of each link; the matrices: -o FILE", look),
        *below(footer, look),
    ]


def _shares(ways: Mapping[str, int]) -> dict[str, object]:
    """The parts of those who were customers before that rose, stayed and fell, and how many are new."""
    before = sum(ways[name] for name in TOLD)
    shares = {f"{told}_share": ways[name] / before if before else None for name, told in TOLD.items()}
    return {"customers": before, **shares, "new": ways["new"]}


def _map(rows: pl.DataFrame) -> HeatMap:
    """The heat map of a matrix: the part of each row in its cells, the customers of rows and columns in the margins."""
    columns = list(dict.fromkeys(rows["to_segment"]))
    labels = list(dict.fromkeys(rows["from_segment"]))
    counts = rows["customers"].to_list()
    shares = rows["share_of_from"].to_list()
    wide = len(columns)
    cells = [
        [_cell(shares[place], counts[place]) for place in range(row * wide, (row + 1) * wide)]
        for row in range(len(labels))
    ]
    in_rows = [sum(counts[row * wide : (row + 1) * wide]) for row in range(len(labels))]
    in_columns = [sum(counts[column::wide]) for column in range(wide)]
    return HeatMap(
        corner="from / to",
        rows=labels,
        columns=columns,
        cells=cells,
        short=[str(number) for number in range(1, wide + 1)],
        row_totals=("customers", [f"{count:,}" for count in in_rows]),
        column_totals=("customers", [f"{count:,}" for count in in_columns]),
        corner_total=f"{sum(counts):,}",
    )


def _cell(share: float | None, customers: int) -> Cell:
    """The share in whole percent, which needs the least room; less than half a percent says so."""
    if not customers or share is None:
        return Cell()
    told = f"{100 * share:.0f}"
    return Cell((told if told != "0" else "<1",), share)


def _sizes(rows: pl.DataFrame) -> HeatMap:
    """How full each segment was at each date, shaded by the part of all customers then."""
    import polars as pl

    sums = rows.group_by("to_date", "to_segment", maintain_order=True).agg(pl.col("customers").sum())
    dates = list(dict.fromkeys(sums["to_date"]))
    names = list(dict.fromkeys(sums["to_segment"]))
    counts = {(day, name): count for day, name, count in sums.iter_rows()}
    totals = {day: sum(counts[day, name] for name in names) for day in dates}
    most = max(counts.values(), default=0) or 1
    cells = [
        [Cell((f"{counts[day, name]:,}",), counts[day, name] / most) if counts[day, name] else Cell() for day in dates]
        for name in names
    ]
    return HeatMap(
        corner="segment",
        rows=names,
        columns=[str(day) for day in dates],
        cells=cells,
        column_totals=("customers", [f"{totals[day]:,}" for day in dates]),
    )


def _flows(flows: pl.DataFrame, ways: Mapping[str, int], look: Look, colors: Mapping[str, str]) -> list[RenderableType]:
    """The table of flows with totals, and the directions in a line."""
    totals: dict[str, object] = {"segment": "Total"}
    for name in flows.columns[1:]:
        if flows[name].count():
            totals[name] = flows[name].sum()
    shown = flows if flows["revenue_to"].count() else flows.drop("revenue_from", "revenue_to")
    body = table(shown, look=look, layout=FLOWS, totals=totals, colors=colors)
    return [body, "", facts(_directions(ways), look)]


def _directions(ways: Mapping[str, int]) -> list[tuple[str, str]]:
    """Who rose, stayed and fell, as parts of those who were customers before, and how many are new."""
    before = sum(ways[name] for name in TOLD)
    told = [(word, percent(ways[name] / before) if before else "") for name, word in TOLD.items()]
    return [*told, ("of", f"{before:,} customers"), ("new", f"{ways['new']:,}")]


def _told(reading: Mapping[str, str], look: Look) -> list[RenderableType]:
    """The reading in a line of facts, set apart from what is above; nothing where there is nothing to say."""
    return ["", facts([(plain(name), plain(what)) for name, what in reading.items()], look)] if reading else []
