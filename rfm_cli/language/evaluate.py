"""Answers to expressions: whether definitions are true, values of customers, and rows of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from rfm_cli.language import collecting, logic, values
from rfm_cli.language.answers import answer, remarks
from rfm_cli.language.conditions import condition
from rfm_cli.language.lookups import found_by
from rfm_cli.language.names import People
from rfm_cli.language.nodes import Name, Value
from rfm_cli.language.questions import matching
from rfm_cli.language.run import Reasons, Run
from rfm_cli.language.scope import Place, Scope
from rfm_cli.language.sets import segment
from rfm_cli.language.typed import Typed
from rfm_cli.language.world import Evaluated, Found, Missing, World
from rfm_cli.language.written import Definition, Formula, SomeRows
from rfm_cli.tables.fields import fold

ITEMS = ("product_id", "order_id")
"""Columns that items are taken from, the first that rows have."""


def evaluate(definitions: Mapping[str, Definition], world: World) -> Evaluated:
    """Return for each customer of the scores whether each definition is true, null where it is unknown.

    Raises `UsageError` where a definition cannot be asked of these tables, `InputError` for what only rows can tell.
    """
    customers = Scope(Run(world, People(world)))
    run = customers.run
    conditions, reasons = {}, {}
    for name, one in definitions.items():
        conditions[name], reasons[name] = _compiled(customers, one)
    lacks = {
        _lack(name, place): logic.any_of(missing)
        for name, own in reasons.items()
        for place, missing in enumerate(own.values())
    }
    frame = collecting.collect(customers, {**conditions, **lacks})
    missing = {name: _missing(frame.filter(pl.col(name).is_null()), name, list(own)) for name, own in reasons.items()}
    return Evaluated(frame.select("customer_id", *conditions), missing, remarks(run), list(run.tables))


def _compiled(customers: Scope, one: Definition) -> tuple[pl.Expr, Reasons]:
    """Return the condition of a definition, and what undecided customers lack; a named segment is compiled once."""
    key = fold(one.name)
    if customers.run.world.segments.get(key) is one:
        found = collecting.segment(customers, key, condition)
        return pl.col(found.column), found.reasons
    reasons = Reasons()
    return condition(Place(customers, one, condition, reasons), one.expr), reasons


def value_columns(formulas: Mapping[str, Formula], world: World) -> Found:
    """Return for each customer some values by their names, in the types of files.

    Money is a decimal of its scale, a count Int32, a text as the rows have it; null where a value is missing.
    """
    customers = Scope(Run(world, People(world)))
    run = customers.run
    made = {
        name: answer(_value(Place(customers, one, condition), one.value), one.value) for name, one in formulas.items()
    }
    return Found(collecting.collect(customers, made), remarks(run), list(run.tables))


def _value(place: Place, node: Value) -> Typed:
    """Return a value; a named segment is whether a customer is in it."""
    if isinstance(node, Name) and found_by(place, node) is None and (inside := segment(place, node)) is not None:
        return Typed(inside, "truth")
    value = values.typed(place, node)
    return value.numbers() if value.is_text and value.prefers_numbers and value.numbers else value


def items(some: SomeRows, world: World) -> Found:
    """Return the rows of customers that are asked for, in no order: customer_id, item (text), at where rows have times.

    The item is the product_id of a row or of what it belongs to, else the order_id; blank ones are left out. Raises
    `UsageError` where rows have neither.
    """
    customers = Scope(Run(world, People(world)))
    run = customers.run
    place = Place(customers, some, condition)
    rows, conditions = matching(place, some.rows)
    # A customer's own attribute of that name would be no product of these rows.
    name = next((one for one in ITEMS if rows.scope.has_own(one)), "")
    item = rows.scope.find((name,)) if name else None
    if item is None:
        raise values.no_items(rows, some)
    time = rows.scope.time()
    columns = {"customer_id": pl.col("customer_id"), "item": item.expr.str.strip_chars()}
    columns |= {"at": time.expr} if time else {}
    met = [logic.known(one) for one in conditions]
    frame = rows.scope.rows([*met, *columns.values()], ["customer_id"]).filter(*met).select(**columns)
    known = frame.filter(pl.col("item") != "").collect(engine="streaming")
    ids = run.people.columns["customer_id"].to_frame()
    return Found(known.join(ids, on="customer_id", how="semi"), remarks(run), list(run.tables))


def _lack(name: str, place: int) -> str:
    """Return the name of the column that says who lacks a value."""
    return f"(lacks) {name} {place}"


def _missing(undecided: pl.DataFrame, name: str, labels: Sequence[str]) -> list[Missing]:
    """Count the undecided customers who lack each value."""
    counts = [int(undecided[_lack(name, place)].sum()) for place in range(len(labels))]
    return [Missing(label, count) for label, count in zip(labels, counts, strict=True) if count]
