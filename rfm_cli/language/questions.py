"""Questions to the rows of a linked table: any, none, count, sum, min, max, first, last."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import polars as pl

from rfm_cli.errors import nearest
from rfm_cli.language import aggregates
from rfm_cli.language.aggregates import Child, Picking
from rfm_cli.language.canonical import canonical
from rfm_cli.language.columns import ORDER, LinkedTable
from rfm_cli.language.faults import fault
from rfm_cli.language.lookups import named, site
from rfm_cli.language.nodes import Aggregate, And, AnyRows, Between, Expr, Name, Pairing, Rows, Timed
from rfm_cli.language.numbers import SUMS
from rfm_cli.language.pairs import Pair, equal_values, paired
from rfm_cli.language.scope import CUSTOMER, Place, Scope
from rfm_cli.language.typed import Typed
from rfm_cli.language.walk import text_of as written
from rfm_cli.tables.fields import fold

LINKED_ROWS = {"orders": ("lines",)}
"""The tables of the language whose rows belong to a row of another."""
NUMBERS = frozenset(map(fold, "quantity unit_price discount discount_amount value use_days".split()))
"""Fields that are numbers unless a text is beside them, folded."""
BUILT_IN = "orders refunds lines events".split()


def any_rows(place: Place, node: AnyRows) -> pl.Expr:
    """Return whether there are rows, or none."""
    child, inner = _child(place, node.rows)
    found = child.ask(
        ("any", node.rows, place.definition.folder), lambda: aggregates.any_rows(_conditions(inner, node.rows))
    )
    return ~found if node.negated else found


def aggregate(place: Place, node: Aggregate) -> Typed:
    """Return what a function makes of the rows of a table."""
    child, inner = _child(place, node.rows)
    function, key = node.function, (node.function, node.rows, place.definition.folder)
    if function == "count":
        value = _column(inner, node.rows) if node.rows.column else None
        return Typed(child.ask(key, lambda: aggregates.counted(_conditions(inner, node.rows), value)), "number")
    value = _column(inner, node.rows)
    if function == "count distinct":
        return Typed(child.ask(key, lambda: aggregates.distinct(_conditions(inner, node.rows), value)), "number")
    if function == "sum":
        return _sum(inner, node, child, value)
    return _picked(place, inner, node, child, value)


def _sum(inner: Place, node: Aggregate, child: Child, value: Typed) -> Typed:
    """Return the sum of numbers; texts are read as such."""
    if value.is_text and value.numbers:
        value = value.numbers()
    if not value.is_number:
        raise site(inner, node).fail(f"{value.label} is {value.in_words()}: it has no sum", "count, min, max, last")
    ask, scale = aggregates.summed(_conditions(inner, node.rows), value)
    return Typed(
        child.ask(("sum", node.rows, inner.definition.folder), lambda: ask),
        "number",
        scale,
        most=SUMS if value.kind == "float" else 0,
    )


def _picked(place: Place, inner: Place, node: Aggregate, child: Child, value: Typed) -> Typed:
    """Return the least, greatest, first or last value; a text may be read as a number or a date."""
    function = cast(Picking, node.function)
    at = inner.scope.time()
    if function in ("first", "last") and at is None:
        raise site(inner, node).fail(f"{inner.scope.name} have no times", "min and max need none")

    def asked(read: Typed, how: str) -> Typed:
        key = (function, how, node.rows, place.definition.folder)
        ask = aggregates.picked(function, _conditions(inner, node.rows), read, at.expr if at else None)
        found = child.ask(key, lambda: ask)
        place.note_missing(canonical(node), found.is_null())
        return replace(read, expr=found, label="", is_measure=False, numbers=None, dates=None, truths=None)

    made, numbers, dates, truths = asked(value, ""), value.numbers, value.dates, value.truths
    return replace(
        made,
        # Of these fields the greatest is no matter of letters: 10 is more than 9.
        prefers_numbers=fold(value.label) in NUMBERS,
        numbers=(lambda: asked(numbers(), "number")) if numbers else None,
        dates=(lambda: asked(dates(), "date")) if dates else None,
        truths=(lambda: asked(truths(), "truth")) if truths else None,
    )


def _column(inner: Place, rows: Rows) -> Typed:
    """Return the column that is asked for."""
    assert rows.column is not None
    return named(inner, rows.column)


def _conditions(inner: Place, rows: Rows) -> list[pl.Expr]:
    """Return what rows have to meet: the parts of their condition, times, pairings."""
    times: list[Expr] = [
        time if isinstance(time, Between) else Timed(None, (time,), span=time.span) for time in rows.times
    ]
    found = [inner.condition(inner, part) for part in [*conjuncts(rows.where), *times]]
    return found + [_paired(inner, pairing) for pairing in rows.pairings]


def conjuncts(node: Expr | None) -> list[Expr]:
    """List the members of a chain of `and`, a condition alone as the only one."""
    if node is None:
        return []
    return [one for member in node.members for one in conjuncts(member)] if isinstance(node, And) else [node]


def _paired(inner: Place, pairing: Pairing) -> pl.Expr:
    """Return whether a row meets a pairing."""
    table = linked_table(inner, pairing.rows.table)
    _require_customers(inner, pairing, table)
    others = Place(Scope(inner.scope.run, table, above=inner.scope.customers), inner.definition, inner.condition)
    if pairing.later:
        for one in (inner, others):
            if one.scope.time() is None:
                raise site(inner, pairing).fail(f"{one.scope.name} have no times", "leave out later")
    mine = theirs = None
    if pairing.by:
        mine, theirs = equal_values(named(inner, pairing.by), named(others, pairing.by), site(inner, pairing))
    pair = Pair(others.scope, tuple(_conditions(others, pairing.rows)), mine, theirs, pairing.later, pairing.within)
    found = paired(inner.scope, pair)
    return found if pairing.wanted else ~found


def _require_customers(inner: Place, pairing: Pairing, table: LinkedTable) -> None:
    """Raise `UsageError` where rows have no customer, which pairing needs."""
    for name, links in ((inner.scope.name, inner.scope.links()), (table.name, table.links)):
        if CUSTOMER not in links:
            raise site(inner, pairing).fail(f"{name} have no customer to be paired by", "")


def matching(place: Place, rows: Rows) -> tuple[Place, list[pl.Expr]]:
    """Return where conditions on rows are compiled, and those that the rows have to meet."""
    inner = _child(place, rows)[1]
    return inner, _conditions(inner, rows)


def _child(place: Place, rows: Rows) -> tuple[Child, Place]:
    """Return the questions to a table from here, and the place of conditions on its rows."""
    table = linked_table(place, rows.table)
    link = _link(place, rows, table)
    child = place.scope.children.get((table.name, link))
    if not isinstance(child, Child):
        scope = Scope(place.scope.run, table, above=place.scope.customers)
        child = Child(scope, place.scope.key_with(scope) if link == CUSTOMER else link)
        place.scope.children[table.name, link] = child
    return child, Place(child.scope, place.definition, place.condition)


def linked_table(place: Place, name: Name) -> LinkedTable:
    """Return a linked table by its name. Raises `UsageError` where it is not given, or none is called so."""
    linked, text = place.scope.run.world.linked, written(name)
    if fold(text) in linked:
        place.scope.run.tables[fold(text)] = None
        return linked[text]
    missing = linked.missing(text)
    if missing:
        raise fault(place.definition, name, missing.problem, missing.hint)
    close = nearest(text, [*linked, *linked.lacking])
    hint = f"did you mean {close}?" if close else "there are " + ", ".join(linked)
    raise fault(place.definition, name, f"no table is called {text}", hint)


def _all_columns(table: LinkedTable) -> set[str]:
    """Return the folded columns of a table and of its parents."""
    return {*table.columns, *(name for parent in table.parents for name in parent.columns)}


def _link(place: Place, rows: Rows, table: LinkedTable) -> str:
    """Return the key by which rows of a table belong to a row of this place."""
    if place.scope.table is None:
        if CUSTOMER in table.links:
            return CUSTOMER
        hint = f"ask it of rows that have a {table.links[0]}: any lines(any {table.name})"
        raise fault(place.definition, rows, f"{table.name} are not linked to customers", hint)
    own = place.scope.table
    if fold(table.name) in BUILT_IN:
        if fold(table.name) in LINKED_ROWS.get(fold(own.name), ()):
            return ORDER if ORDER in table.links and ORDER in own.links else "order_id"
    else:
        for key in table.links:
            if key in own.links:
                return key
    shared = "product_id" if all("productid" in _all_columns(one) for one in (own, table)) else "customer_id"
    asked = canonical(replace(rows, column=None))
    pair = f"{own.name}(...) with {asked} by {shared}"
    hint = f"ask it outside of the brackets, or pair it behind them: {pair}"
    raise fault(place.definition, rows, f"{table.name} are not linked to a row of {own.name}", hint)
