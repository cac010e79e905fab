"""Sets of customers: everybody, segments, files, snapshots, and those that a message can reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from rfm_cli.errors import UsageError, nearest
from rfm_cli.language import aggregates, collecting, logic, unknown
from rfm_cli.language.aggregates import Child
from rfm_cli.language.calendar import days_of
from rfm_cli.language.canonical import canonical, word
from rfm_cli.language.faults import fault, input_fault
from rfm_cli.language.hints import bare_name
from rfm_cli.language.nodes import All, Bare, InFile, InSet, InSnapshot, Name, Node, Reachable, Text
from rfm_cli.language.scope import CUSTOMER, Place, Scope
from rfm_cli.language.texts import FOLDS
from rfm_cli.language.typed import NO, YES, Typed
from rfm_cli.language.walk import text_of as written
from rfm_cli.messages import SchemeText, called
from rfm_cli.notes import counted, note
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.consent_words import sense_of
from rfm_cli.tables.fields import CONTACTS, fold

MOST_NAMES = 12
"""The most segments that an error lists."""
SEGMENTS = ("segment", "previous_segment")


def in_set(place: Place, node: All | InSet | InFile | InSnapshot | Reachable) -> pl.Expr:
    """Return whether a customer is in a set; never unknown."""
    match node:
        case All():
            return pl.lit(value=True)
        case InSet():
            return logic.known(_in_segment(place, node))
        case InFile():
            return logic.known(_in_file(place, node))
        case InSnapshot():
            return _in_snapshot(place, node)
        case Reachable():
            return logic.known(_reachable(place, node))


# Segments


def segment(place: Place, name: Name) -> pl.Expr | None:
    """Return whether a customer is in a named segment, null where that is unknown; None for any other name."""
    key = fold(written(name))
    run = place.scope.run
    if key not in run.world.segments:
        return None
    found = collecting.segment(place.scope.customers, key, place.condition)
    if place.scope.table is not None:
        collecting.settle(place.scope.customers, key)
    for label, missing in found.reasons.items():
        for one in missing:
            place.note_missing(label, one)
    return pl.col(found.column)


def _in_segment(place: Place, node: InSet) -> pl.Expr:
    name = node.name if isinstance(node.name, Name) else Name((node.name.value,), span=node.name.span)
    own = Place(place.scope, place.definition, place.condition)  # in a set is never unknown, so that nothing is lacking
    found = segment(own, name)
    if found is not None:
        return found
    known = scheme_segments(place)
    text = written(name)
    same = next((one for one in known if fold(one) == fold(text)), None)
    if same is None:
        raise _no_segment(place, node, text, [*unknown.own_segments(place), *known])
    value = place.scope.run.people.measure("segment")
    assert value is not None
    return value.expr == same


def scheme_segments(place: Place) -> list[str]:
    """List the segments of the scheme that customers can be in."""
    scored = place.scope.run.world.scored
    return in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)


def _no_segment(place: Place, node: Node, text: str, names: Sequence[str]) -> UsageError:
    """Return the error for a segment that there is not."""
    known = scheme_segments(place)
    # A name that a screen shows in another language is that of the scheme.
    shown = called(text, [SchemeText(one) for one in known])
    close = known[shown[0]] if shown else nearest(text, names)
    listed = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
    hint = f"did you mean {close}?" if close else f"there are {listed}"
    if axis := place.scope.run.world.axes.get(fold(text)):
        hint = f"{axis[0]} is an axis: write {word(axis[0])} = {canonical(Text(axis[1][0]))}"
    elif own := unknown.own_segment(place, text):
        hint = f"write in {canonical(Text(own))}"
    return fault(place.definition, node, f"no segment is called {text!r}", hint)


def require_segment(place: Place, value: Typed, text: Text) -> None:
    """Raise `UsageError` for a text beside `segment` that is no segment of the scheme."""
    if value.is_measure and value.label in SEGMENTS:
        known = scheme_segments(place)
        if FOLDS["text"](text.value) not in map(FOLDS["text"], known):
            raise _no_segment(place, text, text.value, known)


def require_truths(place: Place, node: Bare, value: Typed) -> None:
    """Raise `InputError` for an attribute alone whose texts never say yes or no."""
    name, hint = written(node.name), bare_name(place.definition, node)
    if fold(name) in CONTACTS:
        raise fault(place.definition, node, f"{name} is an address, and neither true nor false", hint)
    texts = sorted({text.strip() for text in (value.distinct() if value.distinct else None) or ()} - {""})
    if texts:
        senses = pl.select(sense_of(pl.lit(pl.Series(texts)).str.strip_chars(), ())).to_series()
        if not senses.is_in([*YES, *NO]).any():
            problem = f"{name} is neither true nor false, for example {texts[0]!r}"
            raise input_fault(place.definition, node, problem, hint)


# What the command gives


def _in_file(place: Place, node: InFile) -> pl.Expr:
    """Return whether a customer is in a file, by its id or by an attribute."""
    run = place.scope.run
    by = written(node.by) if node.by else None
    value = run.people.attribute(by) or run.people.measure(by) if by else run.people.measure(CUSTOMER)
    if value is None or not value.is_text:
        raise fault(place.definition, node.by or node, f"{by} is no text of customers", "in file 'ids.csv' by email")
    texts = _asked(place, node, lambda: run.world.sets.file(node.path.value, place.definition.folder, by))
    fold_text = FOLDS[value.kind]
    wanted = {fold_text(text) for text in texts.drop_nulls()} - {""}
    own = run.people.values(value.expr)
    folded = pl.Series([fold_text(text) if text is not None else None for text in own], dtype=pl.String)
    lost = len(wanted - set(folded))
    if lost:
        run.remark(note(f"in file {node.path.value!r}: {counted(lost, 'value')} that no customer has"))
    return run.people.kept(run.new_name(), folded.is_in(list(wanted)))


def _reachable(place: Place, node: Reachable) -> pl.Expr:
    """Return whether a channel reaches a customer, or any."""
    run = place.scope.run
    channel = written(node.channel) if node.channel else None
    ids = _asked(place, node, lambda: run.world.sets.reachable(channel))
    return run.people.kept(f"(reachable) {channel or ''}", run.people.columns[CUSTOMER].is_in(ids.implode()))


def _asked(place: Place, node: Node, give: Callable[[], pl.Series]) -> pl.Series:
    """Return what the command gives; an error of usage shows the place."""
    try:
        return give()
    except UsageError as error:
        raise fault(place.definition, node, error.message, error.hint) from error


def _in_snapshot(place: Place, node: InSnapshot) -> pl.Expr:
    """Return whether a customer is in a stored snapshot and meets a condition over its columns."""
    run = place.scope.run
    _, day = days_of(node.day, run.world.as_of)
    table = run.snapshot(day)
    key = (table.name, CUSTOMER)
    child = place.scope.children.get(key)
    if not isinstance(child, Child):
        child = Child(Scope(run, table, is_alone=True, above=place.scope.customers), CUSTOMER)
        place.scope.children[key] = child
    inner = Place(child.scope, place.definition, place.condition)
    where = [place.condition(inner, node.where)] if node.where else []
    return child.ask(("in snapshot", node.where), lambda: aggregates.any_rows(where))
