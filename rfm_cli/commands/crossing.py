"""The answers of `rfm matrix`: scored customers -> axes -> cells, or the customers of one -> out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from rfm_cli.commands.ask import engagement_of, metric_of, require_money
from rfm_cli.commands.lists import deliver_list, limit_of
from rfm_cli.commands.planes import matrix_plane
from rfm_cli.commands.run import Run, aside, deliver, scored
from rfm_cli.commands.summary import footer, header
from rfm_cli.config import pairs_of
from rfm_cli.errors import UsageError
from rfm_cli.out.cells_screen import cells_screen
from rfm_cli.pipeline import Scored
from rfm_cli.views.axes import Asking, AxisOf, axis_of, name_of
from rfm_cli.views.bins import parse_edges
from rfm_cli.views.matrix import in_cell, matrix_view

LEAST = 50
"""Cells of fewer customers are flagged on the terminal, where nobody says another number."""

ROWS = 40
"""So many rows of a matrix are shown on the terminal."""


@dataclass(frozen=True)
class Asked:
    """What a run of `rfm matrix` asks for; `by` is empty where the tables are to decide."""

    by: tuple[str, ...]
    metric: str
    least: int | None


def asked_of(run: Run) -> Asked:
    """The request of the flags; `UsageError` for values that make no sense, before a file is read."""
    names = tuple(name_of(part) for part in (run.text("by") or "").split(",") if part.strip())
    if run.text("by") is not None and (len(names) != 2 or len({name.casefold() for name in names}) != 2):
        raise UsageError(f"--by {run.text('by')}: not two axes", "write two, such as recency,monetary")
    edges_of(run, names)
    least = run.text("min_cell")
    if least is not None and not (least.isascii() and least.isdecimal() and int(least) > 0):
        raise UsageError(f"--min-cell {least}: write a whole number of 1 or more")
    if run.flags.get("with_") and run.text("list_") is None:
        raise UsageError("--with is for --list")
    return Asked(names, metric_of(run.text("metric")), int(least) if least else None)


def edges_of(run: Run, names: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
    """The edges of the flags by axis; `UsageError` for an axis that is not asked for."""
    found: dict[str, tuple[Decimal, ...]] = {}
    for text in cast("Sequence[str]", run.flags.get("edges") or []):
        ((said, edges),) = pairs_of([text], "--edges").items()
        name = name_of(said)
        own = next((axis for axis in names if axis.casefold() == name.casefold()), None)
        if names and own is None:
            raise UsageError(f"--edges {said}: that is no axis of this matrix", f"the axes are {', '.join(names)}")
        if (own or name) in found:
            raise UsageError(f"--edges {said}: given twice", "write all edges of an axis in one: recency=30,90")
        found[own or name] = parse_edges(said, edges)
    return found


def axes_of(run: Run, result: Scored, names: Sequence[str]) -> list[AxisOf]:
    """The axes of the scored customers."""
    days, events = engagement_of(run.settings, result.as_of)
    return [axis_of(result, name, Asking(edges_of(run, names), days, events)) for name in names]


def _default(result: Scored) -> tuple[str, str]:
    """Recency with what the tables know best of: engagement, else money, else frequency."""
    if result.shop.events is not None:
        return "recency", "engagement"
    return "recency", "monetary" if result.scale is not None else "frequency"


def answer(run: Run, asked: Asked) -> None:
    """The cells of the matrix, or with `--list` the customers of one."""
    result = scored(run)
    require_money(asked.metric, result.scale)
    axes = axes_of(run, result, asked.by or _default(result))
    if run.text("list_") is not None:
        deliver_list(run, in_cell(result, axes, str(run.text("list_"))), result)
        return
    view = matrix_view(result, axes, asked.least)
    names = [axis.name for axis in axes]
    deliver(
        run,
        view,
        lambda look: cells_screen(
            matrix_plane(view, names, asked.metric, asked.least or LEAST, limit_of(run, ROWS)),
            look=look,
            header=header(result),
            footer=footer(result),
        ),
    )
    aside(run, result)
