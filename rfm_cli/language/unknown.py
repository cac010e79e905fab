"""Errors about names that nothing has: what was meant, and how it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from rfm_cli.errors import UsageError, nearest
from rfm_cli.language.faults import fault
from rfm_cli.language.habits_times import TODAY
from rfm_cli.language.nodes import Name
from rfm_cli.language.scope import CUSTOMERS, Place
from rfm_cli.language.walk import text_of
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import ALIASES, fold


def fault_of(place: Place, name: Name) -> UsageError:
    """Return the error for a name that nothing has."""
    text = text_of(name)
    where = "column or segment" if place.scope.table is None else f"column of {place.scope.name}"
    scored = place.scope.run.world.scored
    known = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    same = next((one for one in known if fold(one) == fold(text)), None)
    if same:
        return fault(place.definition, name, f"{text} is a segment of the scheme", f"in '{same}'")
    return fault(place.definition, name, f"no {where} is called {text}", next(_hints(place, text), ""))


def bare_text(place: Place, name: Name) -> UsageError:
    """Return the error for a text without quotes."""
    text = text_of(name)
    hint = f"a text stands in straight quotes: '{text}'"
    return fault(place.definition, name, f"no column or segment is called {text}", hint)


def _hints(place: Place, text: str) -> Iterator[str]:
    """Yield what may help, the best first."""
    world = place.scope.run.world
    if fold(text) in (*world.linked, *world.linked.lacking):
        yield f"any {text}, or count {text} > 1"
    if text.casefold() in TODAY:
        yield f"write {TODAY[text.casefold()]}"
    left, sign, right = text.partition("-")
    if sign and place.scope.find((left,)) and place.scope.find((right,)):
        yield f"with blanks around the sign: {left} - {right}"
    own = fold(text) in map(fold, ALIASES[CUSTOMERS]) and world.linked.customers() is None
    if own:
        yield "give the customers: --customers FILE, or a file called customers.csv here"
    close = nearest(text, [*place.scope.names(), *world.segments, *world.axes])
    if close:
        yield f"did you mean {close}?"
    yield from _elsewhere(place, text)
    if place.scope.table is None:
        yield "rfm check lists the columns"


def _elsewhere(place: Place, text: str) -> Iterator[str]:
    """Yield how a column of other tables is asked."""
    linked = place.scope.run.world.linked
    for table in linked:
        columns = [linked[table].columns, *(parent.columns for parent in linked[table].parents)]
        if table != fold(place.scope.name) and any(fold(text) in one for one in columns):
            yield f"{table} have it: any {table}({text} = ...)"
