"""`rfm matrix`: any two ways to look at customers, crossed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import (
    EngagementOptions,
    ListOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
)
from rfm_cli.cli.where import query_where, scored_where
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored
    from rfm_cli.views.axes import AxisOf

LEAST = 50
"""The customers under which a terminal flags a cell, without `--min-cell`."""

ROWS = 40
"""The rows of a matrix that a terminal shows, without `--limit`."""

By = Annotated[
    opt.Text,
    opt.keep(
        "--by",
        help="Two of recency, frequency, monetary, engagement, last_event, tenure, r, f, m, segment, "
        "vip, or any attribute. [recency,engagement]",
        metavar="A,B",
        values=values.AXES,
    ),
]
Edges = Annotated[opt.Texts, opt.keep("--edges", help="Bins of an axis: recency=30,90.", metavar="AXIS=EDGES")]
MinCell = Annotated[
    opt.Text, opt.keep("--min-cell", help="Flag cells of fewer customers. [50 on the terminal]", metavar="N")
]
Listed = Annotated[opt.Text, opt.keep("--list", help='The customers of one cell: "31-90,6-9".', metavar="A,B")]


@command
def matrix(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    listing: ListOptions,
    by: By = None,
    edges: Edges = None,
    metric: opt.Metric = None,
    min_cell: MinCell = None,
    list_: Listed = None,
    where: opt.Where = None,
) -> Pausing:
    """Cross any two measures, scores or attributes of customers.

    On a terminal a heat map; in a file one row per cell.

    \b
    rfm matrix --by recency,engagement
    rfm matrix --by city,segment --metric revenue
    rfm matrix --by recency,monetary --edges recency=30,90 --list "31-90,200.00+" -o cell.csv
    """
    from rfm_cli.cli.axes import axes_of, maybe_named
    from rfm_cli.cli.metric import parse_metric, require_money
    from rfm_cli.cli.session import open_session

    session = open_session(ctx, running, tables, scoring, answer, engagement)
    names, shade, least = _names(by), parse_metric(metric), _least(min_cell)
    # The axes themselves depend on the tables, and are made after reading.
    _edges(edges or (), names)  # for its errors, before a file is read
    if listing.with_ and list_ is None:
        raise UsageError("--with is for --list")
    query = query_where(session, where, axes=maybe_named(names))
    scored = yield from scored_where(session, query)
    require_money(shade, scored.scale)
    names = names or _default(scored)
    axes = axes_of(session, scored, names, _edges(edges or (), names), query)
    if list_ is None:
        _deliver_cells(session, scored, axes, shade, least, listing.limit)
    else:
        _deliver_customers(session, scored, axes, list_, listing)


def _deliver_customers(
    session: Session, scored: Scored, axes: Sequence[AxisOf], cell: str, listing: ListOptions
) -> None:
    """Write the customers of one cell."""
    from rfm_cli.cli.customer_list import deliver_list
    from rfm_cli.views.matrix import in_cell

    deliver_list(session, in_cell(scored, axes, cell), scored, listing)


def _deliver_cells(
    session: Session, scored: Scored, axes: Sequence[AxisOf], shade: str, least: int | None, limit: int | None
) -> None:
    """Write all cells; cells of fewer customers than `least` are flagged."""
    from rfm_cli.output.screens.matrix import matrix_screen
    from rfm_cli.output.screens.parts import footer, header
    from rfm_cli.views.matrix import matrix_view

    view = matrix_view(scored, axes, least)
    session.deliver(
        view,
        lambda look: matrix_screen(
            view,
            axes,
            shade,
            least=least or LEAST,
            shown=limit or ROWS,
            look=look,
            header=header(scored),
            footer=footer(scored),
        ),
        scored,
    )


def _names(by: str | None) -> tuple[str, ...]:
    """Return the two axes of `--by`, none without it; `UsageError` for another number of axes."""
    from rfm_cli.views.axes import name_of

    names = tuple(name_of(part) for part in (by or "").split(",") if part.strip())
    if by is not None and (len(names) != 2 or len({name.casefold() for name in names}) != 2):
        raise UsageError(f"--by {by}: not two axes", "write two, such as recency,monetary")
    return names


def _least(text: str | None) -> int | None:
    """Return the number of `--min-cell`, None without it."""
    if text is not None and not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise UsageError(f"--min-cell {text}: write a whole number of 1 or more")
    return int(text) if text else None


def _edges(texts: Sequence[str], names: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
    """Return the edges by axis; `UsageError` for an axis that is not in the matrix."""
    from rfm_cli.config import pairs_of
    from rfm_cli.views.axes import name_of
    from rfm_cli.views.bins import parse_edges

    found: dict[str, tuple[Decimal, ...]] = {}
    for text in texts:
        ((given, edges),) = pairs_of([text], "--edges").items()
        name = name_of(given)
        own = next((axis for axis in names if axis.casefold() == name.casefold()), None)
        if names and own is None:
            raise UsageError(f"--edges {given}: that is no axis of this matrix", f"the axes are {', '.join(names)}")
        if (own or name) in found:
            raise UsageError(f"--edges {given}: given twice", "write all edges of an axis in one: recency=30,90")
        found[own or name] = parse_edges(given, edges)
    return found


def _default(scored: Scored) -> tuple[str, str]:
    """Return recency with what the tables know best of: engagement, else money, else frequency."""
    if scored.shop.events is not None:
        return "recency", "engagement"
    return "recency", "monetary" if scored.scale is not None else "frequency"
