"""Migration as a terminal shows it: the matrix as a heat map, flows, paths, a chain of dates, and speeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import Figure, SchemeText, Share, Value, message
from rfm_cli.output.columns import Layout
from rfm_cli.output.heatmap import heatmap
from rfm_cli.output.heatmap_layout import Cell, HeatMap
from rfm_cli.output.look import Look, plain
from rfm_cli.output.screens.parts import Fact, Footer, below, facts, rows_screen
from rfm_cli.output.table import line, message_line, table
from rfm_cli.output.wrapping import wide
from rfm_cli.views.insights.moves import Insight, fall_message, way_message

if TYPE_CHECKING:
    from datetime import date

    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.views.migrate import Directions
    from rfm_cli.views.paths import Paths

FLOWS = Layout(
    heads={
        "customers_from": message("at\nfrom"),
        "customers_to": message("at\nto"),
        "revenue_from": message("revenue\nat from"),
        "revenue_to": message("revenue\nat to"),
    },
    bars=("customers_to",),
    drop=("customers_to bar", "revenue_from", "revenue_to"),
    more=message("{n} more segments"),
)
CHAIN = Layout(
    heads={
        "from_date": message("from"),
        "to_date": message("to"),
        "rose_share": message("rose share"),
        "stayed_share": message("stayed share"),
        "fell_share": message("fell share"),
    },
    more=message("{n} more links"),
)


PATHS = Layout(
    bars=("customers_share",),
    heads={"customers_share": message("share")},
    wrap=("path",),
    more=message("{n} more paths"),
)


def path_text(states: Sequence[str]) -> Value:
    """Return a path of states, from first to last."""
    # Paths are data, so that their names are translated one by one.
    first, *rest = states
    walked: Value = SchemeText(first)
    for name in rest:
        walked = message("{a} > {b}", a=walked, b=SchemeText(name))
    return walked


def paths_screen(
    paths: Paths, *, look: Look, header: Sequence[Fact], footer: Footer, limit: int
) -> list[RenderableType]:
    """Draw the first `limit` paths, with the names of their states in the language of the reader."""
    import polars as pl

    shown = [look.words(path_text(states)) for states in paths.states.head(limit)]
    # The texts of hidden paths are not drawn.
    texts = pl.Series("path", [*shown, *paths.rows["path"][limit:]], dtype=pl.String)
    rows = paths.rows.with_columns(texts)
    return rows_screen(rows, look=look, header=header, footer=footer, layout=PATHS, limit=limit)


def matrix_screen(
    rows: pl.DataFrame,
    flows: pl.DataFrame,
    ways: Directions,
    insights: Sequence[Insight],
    *,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
    colors: Mapping[str, str],
) -> list[RenderableType]:
    """Draw the matrix with row percentages, in, out and net by segment, the directions, and insights."""
    caption = message("percent of the row's customers; the darker, the more of them went there")
    return [
        facts(header, look),
        "",
        heatmap(_map(rows, look), look=look),
        message_line("dim", caption, look),
        "",
        *_flows(flows, ways, look, colors),
        *_insights(insights, look),
        *below(footer, look),
    ]


def flows_screen(
    flows: pl.DataFrame,
    ways: Directions,
    *,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
    colors: Mapping[str, str],
) -> list[RenderableType]:
    """Draw in, out and net by segment, and the directions."""
    return [facts(header, look), "", *_flows(flows, ways, look, colors), *below(footer, look)]


def speed_screen(
    rows: pl.DataFrame,
    falls: pl.DataFrame,
    insights: Sequence[Insight],
    *,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
    colors: Mapping[str, str],
) -> list[RenderableType]:
    """Draw the speeds of all moves, what their figures are of, the `falls` that only waiting causes, and insights.

    `falls` (from_segment, to_segment, days) are sentences; in `rows` they have no quantile days.
    """
    body: list[RenderableType] = [table(rows, look=look, layout=_speed_layout(rows), colors=colors)]
    if rows.is_empty():
        body = [message_line("", message("no customer moved between these dates"), look)]
    meaning = message("shares are of stays, not of customers; days are of those who moved by --to")
    return [
        facts(header, look),
        message_line("dim", meaning, look),
        "",
        *body,
        *_falls(falls, look),
        *_insights(insights, look),
        *below(footer, look),
    ]


def _falls(falls: pl.DataFrame, look: Look) -> list[RenderableType]:
    """Draw a line for each fall, set apart from the table."""
    w, rows = look.words, falls.select("from_segment", "to_segment", "days").rows()
    ways = [plain(w(way_message(before, after))) for before, after, _ in rows]
    width = max(map(wide, ways), default=0)
    texts = [plain(w(fall_message(days))) for _, _, days in rows]
    lines = [line("", f"{way}{' ' * (width - wide(way))}  {text}") for way, text in zip(ways, texts, strict=True)]
    return ["", *lines] if lines else []


def _speed_layout(rows: pl.DataFrame) -> Layout:
    """Return headings in two lines, so that all columns fit; the names of columns hold the horizons."""
    heads = {"from_segment": message("from"), "to_segment": message("to"), "median_days": message("median\ndays")}
    heads |= {"p25_days": message("p25\ndays"), "p75_days": message("p75\ndays")}
    shares = [name for name in rows.columns if name.startswith("share_")]
    days = {name: Figure(name.removeprefix("share_").removesuffix("d")) for name in shares}
    heads |= {name: message("within\n{n} d", n=days[name]) for name in shares}
    drop = ("p25_days", "p75_days", *shares[1:-1], *shares[:1])
    return Layout(heads=heads, drop=drop, once=("from_segment",), more=message("{n} more moves"))


def chain_screen(
    rows: pl.DataFrame,
    links: Sequence[tuple[date, date, Directions]],
    *,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
) -> list[RenderableType]:
    """Draw one row per link of the chain with its directions, and how full each segment was at each date."""
    import polars as pl

    shares = pl.DataFrame([{"from_date": first, "to_date": last, **_shares(ways)} for first, last, ways in links])
    caption = message("customers in each segment at the end of each link; the matrices: -o FILE")
    return [
        facts(header, look),
        "",
        table(shares, look=look, layout=CHAIN),
        "",
        heatmap(_sizes(rows, look), look=look),
        message_line("dim", caption, look),
        *below(footer, look),
    ]


def _shares(ways: Directions) -> dict[str, object]:
    """Return the parts of the earlier customers that rose, stayed and fell, and how many customers are new."""
    shares = {"rose_share": ways.up, "stayed_share": ways.same, "fell_share": ways.down}
    return {"customers": ways.earlier, **{name: ways.share(n) for name, n in shares.items()}, "new": ways.new}


def _map(rows: pl.DataFrame, look: Look) -> HeatMap:
    """Return the heat map of a matrix: the part of each row in its cells, customers in the margins."""
    w = look.words
    columns = list(dict.fromkeys(rows["to_segment"]))
    labels = list(dict.fromkeys(rows["from_segment"]))
    counts = rows["customers"].to_list()
    shares = rows["share_of_from"].to_list()
    wide = len(columns)
    cells = [
        [_cell(shares[place], counts[place]) for place in range(row * wide, (row + 1) * wide)]
        for row in range(len(labels))
    ]
    # Rows are complete: every way from each state to each state, in order.
    in_rows = [sum(counts[row * wide : (row + 1) * wide]) for row in range(len(labels))]
    in_columns = [sum(counts[column::wide]) for column in range(wide)]
    return HeatMap(
        corner=w(message("from / to")),
        rows=[w.segment(name) for name in labels],
        columns=[w.segment(name) for name in columns],
        cells=cells,
        # Names of segments are long: numbers take their place in a narrow heading.
        short=[str(number) for number in range(1, wide + 1)],
        row_totals=(w(message("customers")), [w(count) for count in in_rows]),
        column_totals=(w(message("customers")), [w(count) for count in in_columns]),
        corner_total=w(sum(counts)),
    )


def _cell(share: float | None, customers: int) -> Cell:
    """Return the share in whole percent, which needs the least room; `<1` for less than half a percent."""
    if not customers or share is None:
        return Cell()
    whole = f"{100 * share:.0f}"
    return Cell((whole if whole != "0" else "<1",), share)


def _sizes(rows: pl.DataFrame, look: Look) -> HeatMap:
    """Return how full each segment was at each date, shaded by the part of all customers then."""
    import polars as pl

    w = look.words
    sums = rows.group_by("to_date", "to_segment", maintain_order=True).agg(pl.col("customers").sum())
    dates = list(dict.fromkeys(sums["to_date"]))
    names = list(dict.fromkeys(sums["to_segment"]))
    counts = {(day, name): count for day, name, count in sums.iter_rows()}
    totals = {day: sum(counts[day, name] for name in names) for day in dates}
    most = max(counts.values(), default=0) or 1
    cells = [
        [Cell((w(counts[day, name]),), counts[day, name] / most) if counts[day, name] else Cell() for day in dates]
        for name in names
    ]
    return HeatMap(
        corner=w(message("segment")),
        rows=[w.segment(name) for name in names],
        columns=[w(day) for day in dates],
        cells=cells,
        column_totals=(w(message("customers")), [w(totals[day]) for day in dates]),
    )


def _flows(flows: pl.DataFrame, ways: Directions, look: Look, colors: Mapping[str, str]) -> list[RenderableType]:
    """Draw the table of flows with totals, and the directions in a line."""
    totals: dict[str, object] = {"segment": message("Total")}
    for name in flows.columns[1:]:
        if flows[name].count():
            totals[name] = flows[name].sum()
    # Without amounts the money columns are empty.
    shown = flows if flows["revenue_to"].count() else flows.drop("revenue_from", "revenue_to")
    body = table(shown, look=look, layout=FLOWS, totals=totals, colors=colors)
    return [body, "", facts(_directions(ways), look)]


def _directions(ways: Directions) -> list[Fact]:
    """Return the parts of the earlier customers that rose, stayed and fell, and how many customers are new."""
    counts = {message("rose"): ways.up, message("stayed"): ways.same, message("fell"): ways.down}
    parts = {word: ways.share(count) for word, count in counts.items()}
    shares: list[Fact] = [(word, "" if part is None else Share(part)) for word, part in parts.items()]
    return [*shares, (message("of"), message("{n} customers", n=ways.earlier)), (message("new"), ways.new)]


def _insights(insights: Sequence[Insight], look: Look) -> list[RenderableType]:
    """Draw insights in a line of facts, set apart from what is above; no line without any."""
    return ["", facts(insights, look)] if insights else []
