"""Errors about names that nothing has: what was meant, and how it is asked."""

from __future__ import annotations

from rfm_cli.errors import UsageError
from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.faults import fault
from rfm_cli.language.hints import Known, unknown_name
from rfm_cli.language.names import BY_FOLD
from rfm_cli.language.nodes import Name
from rfm_cli.language.scope import CUSTOMERS, Place
from rfm_cli.language.walk import text_of
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import ALIASES, fold


def fault_of(place: Place, name: Name) -> UsageError:
    """Return the error for a name that nothing has."""
    text = text_of(name)
    where = "column or segment" if place.scope.table is None else f"column of {place.scope.name}"
    known = known_at(place)
    hint = _measure_alone(name) or _without_customers(place, text) or unknown_name(place.definition, name, known)
    if any(fold(one) == fold(text) for one in known.segments):
        return fault(place.definition, name, f"{text} is a segment of the scheme", hint)
    if not hint and place.scope.table is not None:
        hint = _columns_there(place, text)
    if not hint and place.scope.table is None:
        hint = place.scope.run.world.scored.shop.source.attribute_hint or "rfm check lists the columns"
    return fault(place.definition, name, f"no {where} is called {text}", hint)


def _measure_alone(name: Name) -> str:
    """Return how a measure is asked where it is taken for a column of customers, else an empty text."""
    table, measure = ".".join(name.parts[:-1]), BY_FOLD.get(fold(name.parts[-1]))
    return f"write {measure} alone, without customers" if fold(table) == CUSTOMERS and measure else ""


def known_at(place: Place) -> Known:
    """Return the names that can be asked at a place, with the linked tables, also those that are missing."""
    world = place.scope.run.world
    segments = in_rank_order(world.scored.scheme, new_subscribers=world.scored.new_subscribers)
    tables = {table: _columns(world.linked[table]) for table in world.linked}
    missing = {table: set[str]() for table in world.linked.lacking}
    names = [*place.scope.names(), *world.segments, *world.axes, *world.nearby]
    return Known(names, segments, {**missing, **tables})


def _columns(table: LinkedTable) -> set[str]:
    """Return the folded columns of a table and of the tables that its rows belong to."""
    return {name for columns in (table.columns, *(one.columns for one in table.parents)) for name in columns}


def _columns_there(place: Place, text: str) -> str:
    """Return the columns of the rows, and how a heading is taken for a field that is among none of them."""
    table = place.scope.table
    assert table is not None
    columns = list(dict.fromkeys(column.name for column in table.columns.values()))
    more = ", ..." if len(columns) > MOST_COLUMNS else ""
    there = f"there are {', '.join(columns[:MOST_COLUMNS])}{more}"
    field = next((one for one in ALIASES.get(table.name, ()) if fold(one) == fold(text)), None)
    return f"{there}; another heading is taken for it by --map {table.name}.{field}=HEADING" if field else there


MOST_COLUMNS = 12


def _without_customers(place: Place, text: str) -> str:
    """Return what to do where a column of customers is asked and there is no customers table, else an empty text."""
    if fold(text) not in map(fold, ALIASES[CUSTOMERS]) or place.scope.run.world.linked.customers() is not None:
        return ""
    # Tables of the folder are found only where no files are given.
    return "give the customers: --customers FILE; or give no files, and customers.csv here is found"
