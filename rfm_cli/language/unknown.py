"""Errors about names that nothing has: what was meant, and how it is asked."""

from __future__ import annotations

from dataclasses import replace

from rfm_cli.errors import UsageError, nearest
from rfm_cli.language.canonical import canonical
from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.faults import fault
from rfm_cli.language.hints import SYNONYMS, Known, as_rows, is_value, set_hint, unknown_name
from rfm_cli.language.names import BY_FOLD
from rfm_cli.language.nodes import Name, Text
from rfm_cli.language.scope import CUSTOMERS, Place
from rfm_cli.language.walk import text_of
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import ALIASES, aliases, fold


def fault_of(place: Place, name: Name) -> UsageError:
    """Return the error for a name that nothing has."""
    text = text_of(name)
    where = "column or segment" if place.scope.table is None else f"column of {place.scope.name}"
    known = replace(known_at(place), as_field=_of_fields(place, name))
    if place.scope.is_alone:
        return fault(place.definition, name, f"no {where} is called {text}", _in_snapshot(place, name, known))
    if named := own_segment(place, text):
        return fault(place.definition, name, f"{named} is a segment", set_hint(place.definition, name, named))
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
    names = [*place.scope.names(), *own_segments(place), *world.axes]
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


def _in_snapshot(place: Place, name: Name, known: Known) -> str:
    """Return what to ask of the columns of a snapshot, which no other table is linked to."""
    text = text_of(name)
    if same := next((one for one in known.segments if fold(one) == fold(text)), None):
        return f"write segment = {canonical(Text(same))}"
    close = nearest(text, place.scope.names())
    return f"did you mean {close}?" if close else _columns_there(place, text)


def own_segment(place: Place, text: str) -> str:
    """Return the segment of rfm.toml that a name is, as it is written there; empty where it is none."""
    return next((one for one in own_segments(place) if fold(one) == fold(text)), "")


def own_segments(place: Place) -> list[str]:
    """List the names of the segments of rfm.toml, as they are written there, and of axes that are not asked."""
    world = place.scope.run.world
    return list(dict.fromkeys([*(one.name for one in world.segments.values()), *world.nearby]))


def _of_fields(place: Place, name: Name) -> str:
    """Return how a field of a table is asked, or given, that is none of its columns; empty for any other name.

    A name may be a field itself, or one of its aliases.
    """
    text, own = name.parts[0], place.scope.table
    if len(name.parts) > 1 or is_value(place.definition, name):
        return ""
    if own is not None and (field := _field_of(own.name, text)) and fold(field) in own.columns:
        return f"did you mean {field}?"
    if fold(text) in SYNONYMS:
        return ""
    return _of_customers(place, text) or _of_tables(place, name)


def _of_customers(place: Place, text: str) -> str:
    """Return how a field of customers is asked, or mapped; empty without a customers table."""
    field = _field_of(CUSTOMERS, text)
    if not field or place.scope.run.world.linked.customers() is None:
        return ""
    if place.scope.run.people.attribute(field):
        return f"did you mean {field}?"
    return f"another heading is taken for it by --map {CUSTOMERS}.{field}=HEADING"


def _of_tables(place: Place, name: Name) -> str:
    """Return how a field of a linked table is asked, those that are there first."""
    linked = place.scope.run.world.linked
    for table in linked:
        field = _field_of(table, name.parts[0])
        if field and fold(field) in linked[table].columns:
            return as_rows(place.definition, name, table, field)
    for table, missing in linked.lacking.items():
        if field := _field_of(table, name.parts[0]):
            return f"{as_rows(place.definition, name, table, field)}; {missing.hint}"
    return ""


def _field_of(table: str, text: str) -> str:
    """Return the field of a table that a name is, or an alias of; empty where it is none."""
    tables = ("lines", "products") if table == "lines" else (table,)
    fields = ((one, field) for one in tables for field in ALIASES.get(one, ()))
    return next((field for one, field in fields if fold(text) in (fold(field), *aliases(one, field))), "")


def _without_customers(place: Place, text: str) -> str:
    """Return what to do where a column of customers is asked and there is no customers table, else an empty text."""
    if fold(text) not in map(fold, ALIASES[CUSTOMERS]) or place.scope.run.world.linked.customers() is not None:
        return ""
    # Tables of the folder are found only where no files are given.
    return "give the customers: --customers FILE; or give no files, and customers.csv here is found"
