"""Values of customers, found in one plan; named segments come before what names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from rfm_cli.language.columns import PLACE
from rfm_cli.language.run import NamedCondition, Reasons
from rfm_cli.language.scope import CUSTOMER, Condition, Place, Scope


def segment(customers: Scope, key: str, condition: Condition) -> NamedCondition:
    """Return a named segment by its folded name, compiled once."""
    run = customers.run
    if key not in run.segments:
        reasons: Reasons = {}
        definition = run.world.segments[key]
        made = condition(Place(customers, definition, condition, reasons), definition.expr)
        below = [one.level for one in run.segments.values() if one.column in made.meta.root_names()]
        run.segments[key] = NamedCondition(f"(segment) {key}", made, reasons, max(below, default=0) + 1)
    return run.segments[key]


def settle(customers: Scope, key: str) -> None:
    """Find the customers of a named segment now, so that rows of tables can ask whether theirs is in it."""
    found, columns = customers.run.segments[key], customers.run.people.columns
    if found.column not in columns:
        columns[found.column] = collect(customers, {found.column: found.condition})[found.column]


def collect(customers: Scope, wanted: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return customer_id and some values of the customers, in the order of the scored customers."""
    named = _named_in(customers, list(wanted.values()))
    frame = customers.rows([*wanted.values(), *(one.condition for one in named)])
    for level in sorted({one.level for one in named}):
        frame = frame.with_columns(one.condition.alias(one.column) for one in named if one.level == level)
    # A part that two plans share would be read whole, before either of them chooses its rows.
    made = frame.select(PLACE, CUSTOMER, *(value.alias(name) for name, value in wanted.items())).collect(
        optimizations=pl.QueryOptFlags(comm_subplan_elim=False), engine="streaming"
    )
    return made.sort(PLACE).drop(PLACE)


def _named_in(customers: Scope, values: Sequence[pl.Expr]) -> list[NamedCondition]:
    """List the named segments that values need, and those that these need, but for those that are found."""
    run = customers.run
    waiting, found = list(values), dict[str, NamedCondition]()
    columns = {one.column: one for one in run.segments.values()}
    while waiting:
        for name in waiting.pop().meta.root_names():
            if name in columns and name not in found and name not in run.people.columns:
                found[name] = columns[name]
                waiting.append(columns[name].condition)
    return list(found.values())
