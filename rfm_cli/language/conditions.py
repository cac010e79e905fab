"""From the tree of a condition to an expression over columns that is true, false, or null where it is unknown."""

from __future__ import annotations

import polars as pl

from rfm_cli.language import logic, questions, sets, unknown, windows
from rfm_cli.language.calendar import days_of
from rfm_cli.language.canonical import canonical, word
from rfm_cli.language.compare import (
    Operand,
    among,
    as_date,
    as_number,
    as_truth,
    compare,
    present,
    text_verdict,
)
from rfm_cli.language.hints import bare_name
from rfm_cli.language.lookups import found_by, named, site
from rfm_cli.language.nodes import (
    Aggregate,
    All,
    And,
    AnyRows,
    Bare,
    Between,
    Compare,
    Comparison,
    Days,
    Expr,
    Has,
    In,
    InFile,
    InSet,
    InSnapshot,
    Like,
    Minus,
    Name,
    Node,
    Not,
    Number,
    OlderThan,
    Or,
    Reachable,
    Text,
    Timed,
    Value,
    WhenDate,
    Window,
    Within,
)
from rfm_cli.language.scope import Place
from rfm_cli.language.texts import FOLDS, fits
from rfm_cli.language.typed import Typed, as_day
from rfm_cli.language.values import operand, typed
from rfm_cli.notes import note
from rfm_cli.tables.fields import CONTACTS, fold

WHEN: dict[str, Comparison] = {"before": "<", "after": ">", "since": ">=", "until": "<=", "on": "="}


def condition(place: Place, node: Expr) -> pl.Expr:  # noqa: PLR0911 - one return per kind of condition
    """Return whether a condition is true at a place."""
    match node:
        case And():
            return logic.all_of([condition(place, member) for member in node.members])
        case Or():
            return logic.any_of([condition(place, member) for member in node.members])
        case Minus():
            return logic.without([condition(place, member) for member in node.members])
        case Not():
            return ~condition(place, node.member)
        case AnyRows():
            return questions.any_rows(place, node)
        case Reachable() | InFile() | InSnapshot() | InSet() | All():
            return sets.in_set(place, node)
        case _:
            return _of_values(place, node)


def _of_values(  # noqa: PLR0911 - one return per kind of condition
    place: Place, node: Compare | In | Like | Between | Timed | Has | Bare
) -> pl.Expr:
    """Return whether a condition on values is true."""
    match node:
        case Compare():
            left, right = _beside(place, node.left, node.right)
            return compare(node.op, left, right, site(place, node))
        case In():
            return _one_of(place, node)
        case Like():
            return _like(place, node)
        case Between():
            return _between(place, node)
        case Timed():
            return _timed(place, node)
        case Has():
            return _has(place, node)
        case Bare():
            return _bare(place, node)


def _beside(place: Place, left: Value, right: Value) -> tuple[Operand, Operand]:
    """Return both sides of a comparison; a segment of the scheme has to be one."""
    one = operand(place, left)
    if isinstance(one, Typed) and one.is_text and isinstance(right, Name) and found_by(place, right) is None:
        raise unknown.fault_of(place, right)
    other = operand(place, right)
    for value, text in ((one, other), (other, one)):
        if isinstance(value, Typed) and isinstance(text, Text):
            sets.require_segment(place, value, text)
    return one, other


def _one_of(place: Place, node: In) -> pl.Expr:
    """Return whether a value is one of some literals, or none of them."""
    value = typed(place, node.value)
    literals = [operand(place, literal) for literal in node.literals]
    for one in literals:
        if isinstance(one, Text):
            sets.require_segment(place, value, one)
    is_one = logic.any_of(among(value, literals, site(place, node)))
    return ~is_one if node.negated else is_one


def _like(place: Place, node: Like) -> pl.Expr:
    """Return whether a text fits a pattern."""
    value = typed(place, node.value)
    at = site(place, node)
    if value.prefers_dates or (value.is_measure and not value.is_text):
        raise at.fail(f"{value.label} is no text", "like is for texts")
    fold_text = FOLDS[value.kind if value.is_text else "text"]
    fitting = fits(fold_text(node.pattern.value))
    found = text_verdict(value, fitting)
    return ~found if node.negated else found


def _between(place: Place, node: Between) -> pl.Expr:
    """Return whether a value lies between two others; unknown where one of the three is missing."""
    value = typed(place, node.value) if node.value is not None else _time(place, node)
    at, ends = site(place, node), [operand(place, node.low), operand(place, node.high)]
    # A literal at one end says how a text is read beside the other, too.
    if value.is_text and any(isinstance(end, Number) for end in ends) and not value.prefers_dates:
        value = as_number(value, at)
    if value.is_text and any(isinstance(end, Days) for end in ends):
        value = as_date(value, at)
    low, high = compare(">=", value, ends[0], at), compare("<=", value, ends[1], at)
    return pl.when(low.is_not_null() & high.is_not_null()).then(low & high)


def _time(place: Place, node: Node) -> Typed:
    """Return the time of a row. Raises `UsageError` where there is none."""
    found = place.scope.time()
    if found is None:
        if place.scope.table is not None:
            raise site(place, node).fail(f"{place.scope.name} have no times", "leave out the window")
        raise site(place, node).fail("a customer has no time of its own", "write the date: last_order within 4 weeks")
    return found


INSIDE = "rows are picked inside the brackets of their table: last orders.amount(within 4 weeks)"


def _timed(place: Place, node: Timed) -> pl.Expr:
    """Return whether a date lies in windows of time."""
    at = site(place, node)
    value = typed(place, node.value) if node.value is not None else _time(place, node)
    date = as_date(value, at, INSIDE if isinstance(node.value, Aggregate) else "")
    if isinstance(node.value, Name) and any(isinstance(one, Within) and one.ahead for one in node.windows):
        _note_past(place, node.value, value, date)
    return logic.all_of([_in_window(place, date, window) for window in node.windows])


def _note_past(place: Place, name: Name, value: Typed, date: Typed) -> None:
    """Note where days ahead are asked of a column of customers that has none: it is likely one of birth dates."""
    run = place.scope.run
    if place.scope.table is not None or value.is_measure:
        return
    last = run.people.values(as_day(date).max()).item()
    if last is None or last >= run.world.as_of:
        return
    label = canonical(name)
    text = f"{label} has no day from {run.world.as_of} on; the next of each year is anniversary of {label}"
    mapped = "" if run.people.attribute("birth_date") else f" (--map customers.birth_date={word(name.parts[-1])})"
    run.remark(note(f"{text}, that of a date of birth is birthday{mapped}"))


def _in_window(place: Place, date: Typed, window: Window) -> pl.Expr:
    as_of = place.scope.run.world.as_of
    match window:
        case Within() | OlderThan():
            return windows.inside(date, window, as_of)
        case WhenDate():
            return windows.compared(WHEN[window.word], date, *days_of(window.date, as_of))


def _has(place: Place, node: Has) -> pl.Expr:
    """Return whether there is a value; of an address as `reach` sees it."""
    found = found_by(place, node.name)
    if found is None:
        raise unknown.fault_of(place, node.name)
    address = _address(place, node)
    there = present(found) if address is None else logic.known(address)
    return ~there if node.negated else there


def _address(place: Place, node: Has) -> pl.Expr | None:
    """Return whether a customer has an address, None where the name is none of addresses, or of a row's own column."""
    *table, name = node.name.parts
    if place.scope.table is not None and not table and place.scope.has_own(name):
        return None
    return place.scope.run.people.has_address(name) if not table or fold(table[0]) == "customers" else None


def _bare(place: Place, node: Bare) -> pl.Expr:
    """Return whether a name alone is true: a named segment, or an attribute that is true or false."""
    found = found_by(place, node.name)
    if found is None:
        segment = sets.segment(place, node.name)
        if segment is None:
            raise unknown.fault_of(place, node.name)
        return segment
    value = named(place, node.name)
    if value.is_text and (value.kind == "exact" or value.prefers_dates or fold(node.name.parts[-1]) in CONTACTS):
        raise site(place, node).fail(f"{value.label} is neither true nor false", bare_name(place.definition, node))
    if value.is_text:
        sets.require_truths(place, node, value)
    return as_truth(value, site(place, node))
