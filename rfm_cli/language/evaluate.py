"""What definitions are for each customer: true, false or unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from rfm_cli.language import logic
from rfm_cli.language.conditions import condition
from rfm_cli.language.names import People
from rfm_cli.language.nodes import Definition
from rfm_cli.language.scope import Place, Reasons, Run
from rfm_cli.language.world import Evaluated, Missing, World


def evaluate(definitions: Mapping[str, Definition], world: World) -> Evaluated:
    """Return for each customer of the scores whether each definition is true, null where it is unknown.

    Raises `UsageError` where a definition cannot be asked of these tables, `InputError` for what only rows can tell.
    """
    run = Run(world, People(world))
    conditions, reasons = {}, {}
    for name, one in definitions.items():
        reasons[name] = Reasons()
        conditions[name] = condition(Place(run.customers, one, condition, reasons[name]), one.expr)
    lacks = {
        _lack(name, place): logic.any_of(missing)
        for name, own in reasons.items()
        for place, missing in enumerate(own.values())
    }
    frame = run.collect({**conditions, **lacks})
    missing = {name: _missing(frame.filter(pl.col(name).is_null()), name, list(own)) for name, own in reasons.items()}
    notes = [*run.people.notes, *run.notes]
    return Evaluated(frame.select("customer_id", *conditions), missing, notes, list(run.tables))


def _lack(name: str, place: int) -> str:
    """Return the name of the column that says who lacks a value."""
    return f"(lacks) {name} {place}"


def _missing(undecided: pl.DataFrame, name: str, labels: Sequence[str]) -> list[Missing]:
    """Count the undecided customers who lack each value."""
    counts = [int(undecided[_lack(name, place)].sum()) for place in range(len(labels))]
    return [Missing(label, count) for label, count in zip(labels, counts, strict=True) if count]
