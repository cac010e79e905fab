"""Expressions of a command: parsed before a file is read, and asked of the scored customers after that."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.cli.engagement import OF_EVENTS, engagement_of
from rfm_cli.cli.question import build_question, check_question, engagement_settings
from rfm_cli.cli.settings import store_folder
from rfm_cli.errors import UsageError
from rfm_cli.language.definitions import named_segments, names_in
from rfm_cli.language.named import Named
from rfm_cli.language.nodes import InFile, Name, Reachable
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.walk import names_of, nodes_of
from rfm_cli.notes import note
from rfm_cli.selection.choosing import WHOLE, Asker, Beside, asker, checked, on_text, on_undecided
from rfm_cli.selection.columns import Further, with_axes
from rfm_cli.selection.rehearsal import rehearse
from rfm_cli.selection.sets import Files
from rfm_cli.tables.fields import fold
from rfm_cli.tables.member_files import place_of
from rfm_cli.views.select import Chosen, only

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.session import Session
    from rfm_cli.language.written import Definition
    from rfm_cli.model import Past, Scored, Shop


@dataclass(frozen=True, eq=False)
class Asked:
    """The expression of a command, with the named segments that it needs."""

    session: Session
    definition: Definition
    named: Named = field(default_factory=Named)
    columns: Further = field(default_factory=Further)
    files: Files = field(default_factory=dict)

    def check(self, shop: Shop) -> None:
        """Raise `UsageError` for a name that the headings of the shop do not have; no row is read."""
        beside = beside_of(self.session, shop, None, self.named, self.files)
        rehearse({WHOLE: self.definition}, shop, beside, self.columns)

    def asker(self, scored: Scored) -> Asker:
        """Return scored customers with what is beside them; what is odd about events that are counted is printed."""
        trees = [self.definition.expr, *self.columns.trees()]
        trees += [one.expr for one in self.named.used_by(trees)]
        names = [node.parts[-1] for tree in trees for node in nodes_of(tree) if isinstance(node, Name)]
        known = {fold(name): name for name in OF_EVENTS}
        engagement_of(self.session, scored, [known.get(fold(name), "") for name in (*names, *self.columns.names())])
        return asker_of(self.session, scored, self.named, self.files)

    def asks_reach(self) -> bool:
        """Return whether the expression asks who is reachable."""
        return any(isinstance(node, Reachable) for node in nodes_of(self.definition.expr))

    def chosen(self, scored: Scored) -> Chosen:
        """Ask the expression of scored customers, and print the remarks of the tables."""
        return self.asker(scored).chosen({WHOLE: self.definition})[WHOLE]

    def only(self, scored: Scored) -> Scored:
        """Return the scored customers who meet the expression, and print how many they are."""
        chosen = self.chosen(scored)
        shown = only(scored, chosen)
        assert shown.where is not None
        counts = shown.where.counts
        undecided = f", {counts['undecided']:,} undecided" if counts["undecided"] else ""
        text = f"where {chosen.text}: {counts['customers']:,} of {counts['of']:,} customers{undecided}"
        say = self.session.narrator.say
        say([note(text), *on_undecided(chosen, "shown", "rfm select --undecided lists them")])
        if not counts["customers"]:
            say([note("no customer is left: rfm select --clauses shows where they were lost")])
        self.session.narrator.check_strict()
        return shown

    def only_at(self, past: Past, dates: Sequence[date], *, rescore: bool = False) -> Scored:
        """Return the customers who meet the expression at the last of the dates, by the cutoffs of the first."""
        from rfm_cli.history.states import NamedStates, scored_at, states_at

        # For measures and cutoffs alone: all customers are in one state.
        everybody = NamedStates(("",), lambda scored: pl.zeros(scored.frame.height, pl.UInt16, eager=True))
        *_, last = states_at(past, dates, everybody, rescore=rescore)
        return self.only(scored_at(last, past))


def asked(session: Session, text: str, columns: Further | None = None) -> Asked:
    """Parse the expression of a command, with the named segments of rfm.toml if one of them may be meant.

    `columns` are further ones that the command asks.
    """
    definition, columns = parse_expression(text), columns or Further()
    trees = [definition.expr, *columns.trees()]
    named = named_of(session, [*columns.names(), *(name for tree in trees for name in names_of(tree))])
    columns = with_axes(columns, named)
    trees = [definition.expr, *columns.trees()]
    checked(trees, named)
    _spare_sets([definition, *named.used_by(trees)], session)
    session.narrator.say(on_text(definition, named))
    return Asked(session, definition, named, columns)


def _spare_sets(definitions: Iterable[Definition], session: Session) -> None:
    """Raise `UsageError` if an output would replace a file of customers that an expression reads."""
    for one in definitions:
        for node in nodes_of(one.expr):
            if isinstance(node, InFile):
                place = os.path.realpath(place_of(node.path.value, one.folder))
                if same := next((file for file in session.delivery.files if os.path.realpath(file) == place), None):
                    raise UsageError(f"{same} is read by this run and would be written over", "choose another file")


def asker_of(session: Session, scored: Scored, named: Named, files: Files | None = None) -> Asker:
    """Return scored customers with what is beside them, as the settings of the session want it read."""
    return asker(scored, beside_of(session, scored.shop, scored.as_of, named, files))


def beside_of(session: Session, shop: Shop, as_of: date | None, named: Named, files: Files | None = None) -> Beside:
    """Return what expressions ask beside the customers of a shop at a date; `files` are those that were read."""
    settings = session.settings
    days, events = engagement_settings(settings, as_of)
    question, store = build_question(settings, shop), store_folder(settings)
    say, read = session.narrator.say, {} if files is None else files
    return Beside(question, named, store, days, events, session.past, say, read)


def named_of(session: Session, names: Iterable[str]) -> Named:
    """Return the named segments and axes of rfm.toml if one of the names is among them, else none.

    What is wrong in the file is no matter of a command that needs nothing of it.
    """
    file = session.settings.file
    if file is None:
        return Named()
    segments, axes = names_in(file)
    wanted = {fold(name) for name in names}
    known = (*segments, *axes)
    return Named(nearby=known) if wanted.isdisjoint(map(fold, known)) else all_named(session)


def all_named(session: Session) -> Named:
    """Return the named segments and axes of rfm.toml, none without the file."""
    file = session.settings.file
    return named_segments(file, check_question(session.settings).scheme) if file else Named()
