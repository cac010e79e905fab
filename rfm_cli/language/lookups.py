"""What a name means at its place: a column of a row, a measure, an attribute, or an axis; else an error that helps."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.language import unknown
from rfm_cli.language.canonical import word
from rfm_cli.language.compare import Site, present
from rfm_cli.language.faults import fault
from rfm_cli.language.nodes import InSet, Name, Node, Text
from rfm_cli.language.scope import Place
from rfm_cli.language.typed import Typed
from rfm_cli.language.walk import text_of as written
from rfm_cli.notes import note
from rfm_cli.tables.fields import ALIASES, fold

FIELDS = frozenset(fold(name) for fields in ALIASES.values() for name in fields)
"""The fields of all tables, folded."""
OTHER = "Other"
"""The value of an axis for customers that none of its segments has."""


def site(place: Place, node: Node) -> Site:
    """Return the comparison at a node, for errors and notes about it."""

    def fail(problem: str, hint: str) -> UsageError:
        return fault(place.definition, node, problem, hint)

    return Site(fail, place.scope.run.absent)


def named(place: Place, name: Name) -> Typed:
    """Return the value of a name. Raises `UsageError` where no column is called so, or two are."""
    found = found_by(place, name)
    if found is None:
        raise unknown.fault_of(place, name)
    return _noted(place, written(name), found)


def found_by(place: Place, name: Name) -> Typed | None:
    """Return the value of a name, None where there is none of this name."""
    if len(name.parts) == 1 and place.scope.table is None:
        _refuse_doubled(place, name)
    if place.scope.table is None and place.scope.run.people.yields(name.parts[-1]):
        place.scope.run.remark(note(f"{written(name)} is the column of the customers, not the years since birth_date"))
    found = _found(place, name)
    if found is not None:
        _refuse_dash(place, name, found)
    return found or _axis(place, name)


def _found(place: Place, name: Name) -> Typed | None:
    """Return the column or measure of a name; the error of one that a table is missing for shows the name."""
    try:
        return place.scope.find(name.parts)
    except UsageError as error:
        if error.has_lines:
            raise
        raise fault(place.definition, name, error.message, error.hint) from error


def _refuse_dash(place: Place, name: Name, found: Typed) -> None:
    """Raise `UsageError` for a name with a dash that its column does not have: it may be a difference."""
    text, label = name.parts[-1], found.label
    # The heading of a field may have one, and no other column is near a measure.
    is_field = fold(label) in FIELDS or found.is_measure
    in_brackets = place.definition.text[name.span.end - 1 : name.span.end] == "]"
    if "-" not in text or "-" in label or fold(label) != fold(text) or is_field or in_brackets:
        return
    where = "column or segment" if place.scope.table is None else f"column of {place.scope.name}"
    problem = f"no {where} is called {written(name)}"
    raise fault(place.definition, name, problem, f"did you mean {word(label)}? A difference has blanks around the sign")


def _refuse_doubled(place: Place, name: Name) -> None:
    """Raise `UsageError` for a name that a column has, and a measure or segment too."""
    people, world, text = place.scope.run.people, place.scope.run.world, written(name)
    key = fold(text)
    if people.is_doubled(text):
        problem = f"{text} is a measure and a column of customers"
        hint = f"customers.{text} is the column; for the measure take the column away: --map customers.other={text}"
        raise fault(place.definition, name, problem, hint)
    sets = [what for what, known in (("a segment", world.segments), ("an axis", world.axes)) if key in known]
    if sets and people.has_column(text):
        problem = f"{text} is {sets[0]} and a column of customers"
        raise fault(place.definition, name, problem, f"customers.{text} is the column, in {text} the segment")


def _axis(place: Place, name: Name) -> Typed | None:
    """Return the axis of a name: the first of its segments that is true, else Other; None where there is none."""
    axis = place.scope.run.world.axes.get(fold(written(name)))
    if axis is None:
        return None
    label, members = axis
    value = pl.lit(OTHER)
    for member in reversed(members):
        is_in = place.condition(place, InSet(Text(member, span=name.span), span=name.span))
        value = pl.when(is_in).then(pl.lit(member)).otherwise(value)
    return Typed(value, "text", label=label, distinct=lambda: [*members, OTHER])


def _noted(place: Place, label: str, value: Typed) -> Typed:
    """Return a value that notes when it is missing, as a text and as what it is read as."""
    if place.reasons is None:
        return value
    place.note_missing(label, ~present(value))

    def read(how: str) -> Typed:
        made = getattr(value, how)()
        assert isinstance(made, Typed)
        place.note_missing(label, made.expr.is_null())
        return made

    return replace(
        value,
        numbers=(lambda: read("numbers")) if value.numbers else None,
        dates=(lambda: read("dates")) if value.dates else None,
        truths=(lambda: read("truths")) if value.truths else None,
    )
