"""The answers of `rfm matrix`: scored customers -> axes -> cells, or the customers of one -> out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rfm_cli.cli.customer_list import deliver_list
from rfm_cli.cli.header import footer, header
from rfm_cli.cli.option_groups import ListOptions
from rfm_cli.cli.session import Run, aside, deliver, scored
from rfm_cli.cli.settings import engagement_of, metric_of, require_money
from rfm_cli.config import pairs_of
from rfm_cli.errors import UsageError
from rfm_cli.model import Scored
from rfm_cli.output.screens.matrix import matrix_screen
from rfm_cli.views.axes import Asking, AxisOf, axis_of, name_of
from rfm_cli.views.bins import parse_edges
from rfm_cli.views.matrix import in_cell, matrix_view

LEAST = 50
"""Cells of fewer customers are flagged on the terminal, where nobody says another number."""

ROWS = 40
"""So many rows of a matrix are shown on the terminal."""


@dataclass(frozen=True)
class Asked:
    """What a run of `rfm matrix` asks for; `by` is empty where the tables are to decide, `cell` is one to list."""

    by: tuple[str, ...]
    edges: tuple[str, ...]
    metric: str
    least: int | None
    cell: str | None
    listing: ListOptions

    @classmethod
    def of(
        cls,
        by: str | None,
        edges: Sequence[str],
        metric: str | None,
        least: str | None,
        cell: str | None,
        listing: ListOptions,
    ) -> Asked:
        """Return the request of the options; `UsageError` for values that make no sense, before a file is read."""
        names = tuple(name_of(part) for part in (by or "").split(",") if part.strip())
        if by is not None and (len(names) != 2 or len({name.casefold() for name in names}) != 2):
            raise UsageError(f"--by {by}: not two axes", "write two, such as recency,monetary")
        edges_of(edges, names)  # for its errors
        if least is not None and not (least.isascii() and least.isdecimal() and int(least) > 0):
            raise UsageError(f"--min-cell {least}: write a whole number of 1 or more")
        if listing.with_ and cell is None:
            raise UsageError("--with is for --list")
        return cls(names, tuple(edges), metric_of(metric), int(least) if least else None, cell, listing)


def edges_of(texts: Sequence[str], names: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
    """Return the edges by axis; `UsageError` for an axis that is not asked for."""
    found: dict[str, tuple[Decimal, ...]] = {}
    for text in texts:
        ((said, edges),) = pairs_of([text], "--edges").items()
        name = name_of(said)
        own = next((axis for axis in names if axis.casefold() == name.casefold()), None)
        if names and own is None:
            raise UsageError(f"--edges {said}: that is no axis of this matrix", f"the axes are {', '.join(names)}")
        if (own or name) in found:
            raise UsageError(f"--edges {said}: given twice", "write all edges of an axis in one: recency=30,90")
        found[own or name] = parse_edges(said, edges)
    return found


def axes_of(run: Run, result: Scored, edges: Sequence[str], names: Sequence[str]) -> list[AxisOf]:
    """Return the axes of the scored customers."""
    days, events = engagement_of(run.settings, result.as_of)
    return [axis_of(result, name, Asking(edges_of(edges, names), days, events)) for name in names]


def _default(result: Scored) -> tuple[str, str]:
    """Recency with what the tables know best of: engagement, else money, else frequency."""
    if result.shop.events is not None:
        return "recency", "engagement"
    return "recency", "monetary" if result.scale is not None else "frequency"


def answer(run: Run, asked: Asked) -> None:
    """The cells of the matrix, or with `--list` the customers of one."""
    result = scored(run)
    require_money(asked.metric, result.scale)
    axes = axes_of(run, result, asked.edges, asked.by or _default(result))
    if asked.cell is not None:
        deliver_list(run, in_cell(result, axes, asked.cell), result, asked.listing)
        return
    view = matrix_view(result, axes, asked.least)
    deliver(
        run,
        view,
        lambda look: matrix_screen(
            view,
            axes,
            asked.metric,
            least=asked.least or LEAST,
            shown=asked.listing.limit or ROWS,
            look=look,
            header=header(result),
            footer=footer(result),
        ),
    )
    aside(run, result)
