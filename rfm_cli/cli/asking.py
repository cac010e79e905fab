"""Expressions of a command: parsed before a file is read, and asked of the scored customers after that."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.cli.engagement import OF_EVENTS, engagement_of
from rfm_cli.cli.question import build_question, check_question, engagement_settings
from rfm_cli.cli.settings import store_folder
from rfm_cli.errors import UsageError
from rfm_cli.language.definitions import named_segments, names_in
from rfm_cli.language.limits import check_conditions
from rfm_cli.language.named import Named
from rfm_cli.language.nodes import InFile, Name, Reachable
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.walk import names_of, nodes_of
from rfm_cli.notes import note
from rfm_cli.selection.choosing import WHOLE, Asker, Beside, asker, on_text, on_undecided
from rfm_cli.selection.columns import Further, with_named
from rfm_cli.selection.history import OF_SPELLS, history_request
from rfm_cli.selection.rehearsal import rehearse
from rfm_cli.selection.sets import Files
from rfm_cli.tables.attributes import attribute_names
from rfm_cli.tables.fields import fold
from rfm_cli.tables.member_files import place_of
from rfm_cli.views.select import Chosen, only

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.session import Session
    from rfm_cli.language.nodes import Node
    from rfm_cli.language.written import Definition
    from rfm_cli.model import Past, PastRequest, Question, Scored, Shop


@dataclass(frozen=True, eq=False)
class Query:
    """What a command asks of customers: its expression, None without one, and the named segments beside it.

    `named` are the segments and axes that these need, `columns` the further columns of the answer. `axes` are the named
    ones among the axes of the answer, `members` the named segments of axes and lists by folded name. `answered` keeps
    the answer of the customers that were asked last.
    """

    session: Session
    definition: Definition | None
    named: Named = field(default_factory=Named)
    columns: Further = field(default_factory=Further)
    axes: Sequence[str] = ()
    members: Mapping[str, Definition] = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    answered: list[tuple[Scored, dict[str, Chosen]]] = field(default_factory=list)

    @property
    def whole(self) -> Definition:
        """The expression of a command that cannot be without one."""
        assert self.definition is not None
        return self.definition

    def definitions(self) -> dict[str, Definition]:
        """Return the expression and the segments beside it, by their keys."""
        whole = {} if self.definition is None else {WHOLE: self.definition}
        return {**whole, **self.members}

    def trees(self) -> list[Node]:
        """Return the trees of all that is asked, each named segment once."""
        trees = [*([self.definition.expr] if self.definition else []), *self.columns.trees()]
        return trees + [one.expr for one in self.named.used_by(trees, self.members)]

    def names(self) -> list[str]:
        """Return the names of columns and measures that are asked."""
        nodes = (node for tree in self.trees() for node in nodes_of(tree))
        return [*(node.parts[-1] for node in nodes if isinstance(node, Name)), *self.columns.names()]

    def check(self, shop: Shop) -> None:
        """Raise `UsageError` for a name that the headings of the shop do not have; no row is read."""
        require_free(self.axes, self.named, shop)
        beside = beside_of(self.session, shop, None, self.named, self.files)
        rehearse(self.definitions(), shop, beside, self.columns)

    def past(self, shop: Shop, question: Question) -> PastRequest | None:
        """Return the request for the spells of customers if they are asked; None too where only rows tell the date."""
        asks = any(fold(name) in OF_SPELLS for name in self.names())
        return history_request(shop, question, "segment_since") if asks and question.as_of else None

    def asker(self, scored: Scored) -> Asker:
        """Return scored customers with what is beside them; what is odd about events that are counted is printed."""
        known = {fold(name): name for name in OF_EVENTS}
        engagement_of(self.session, scored, [known.get(fold(name), "") for name in self.names()])
        return asker(scored, beside_of(self.session, scored.shop, scored.as_of, self.named, self.files))

    def asks_reach(self) -> bool:
        """Return whether the expression asks who is reachable."""
        return self.definition is not None and any(isinstance(one, Reachable) for one in nodes_of(self.definition.expr))

    def answers(self, scored: Scored) -> dict[str, Chosen]:
        """Ask the expression and the segments beside it of scored customers at once, and print remarks of the tables.

        Customers that were asked last are not asked again, so that each segment is computed once.
        """
        everybody = scored.where.everybody if scored.where else scored
        if not self.answered or self.answered[0][0] is not everybody:
            definitions = self.definitions()
            found = self.asker(everybody).chosen(definitions) if definitions else {}
            self.answered[:] = [(everybody, found)]
        return self.answered[0][1]

    def only(self, scored: Scored) -> Scored:
        """Return the scored customers who meet the expression, and print how many they are; all without one."""
        if self.definition is None:
            return scored
        chosen = self.answers(scored)[WHOLE]
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

    def only_at(self, past: Past, dates: Sequence[date], *, rescore: bool = False) -> Scored | None:
        """Return the customers who meet the expression at the last of the dates, by the cutoffs of the first.

        None without an expression: everybody is shown.
        """
        if self.definition is None:
            return None
        from rfm_cli.history.states import NamedStates, scored_at, states_at

        # For measures and cutoffs alone: all customers are in one state.
        everybody = NamedStates(("",), lambda scored: pl.zeros(scored.frame.height, pl.UInt16, eager=True))
        *_, last = states_at(past, dates, everybody, rescore=rescore)
        return self.only(scored_at(last, past))


def query_of(
    session: Session,
    text: str | None,
    columns: Further | None = None,
    *,
    axes: Sequence[str] = (),
    segments: Sequence[str] = (),
) -> Query:
    """Parse the expression of a command, with the named segments of rfm.toml if one of them may be meant.

    `columns` are further ones that the command asks, `axes` and `segments` names that may be those of rfm.toml.
    """
    definition, columns = parse_expression(text) if text is not None else None, columns or Further()
    trees = [*([definition.expr] if definition else []), *columns.trees()]
    in_trees = [name for tree in trees for name in names_of(tree)]
    named = named_of(session, [*columns.names(), *in_trees, *axes, *segments])
    columns = with_named(columns, named)
    own = [name for name in axes if is_named(named, name)]
    query = Query(session, definition, named, columns, own, members_of(named, [*own, *segments]))
    check_conditions(query.trees())
    _spare_sets(query, session)
    if definition:
        session.narrator.say(on_text(definition, named))
    return query


def is_named(named: Named, name: str) -> bool:
    """Return whether a named segment or axis is called so."""
    return fold(name) in named.segments or fold(name) in named.axes


def members_of(named: Named, names: Iterable[str]) -> dict[str, Definition]:
    """Return the named segments that names are, and those of axes that they are, by folded name."""
    parts = dict.fromkeys(fold(part) for name in names for part in named.parts(name))
    return {part: named.segments[part].definition for part in parts if part in named.segments}


def require_free(names: Iterable[str], named: Named, shop: Shop) -> None:
    """Raise `UsageError` for the name of an axis or a segment that an attribute of customers has as well."""
    attributes = {fold(name) for name in attribute_names(shop.customers, shop.orders)}
    attributes |= set(shop.customers.attributes if shop.customers else ())
    for name in names:
        if fold(name) in attributes:
            what = "segment" if fold(name) in named.segments else "axis"
            raise UsageError(
                f"--by {name}: a column and a named {what} are called so", f"call the {what} otherwise in rfm.toml"
            )


def _spare_sets(query: Query, session: Session) -> None:
    """Raise `UsageError` if an output would replace a file of customers that is read for the answer."""
    own = [*([query.definition.expr] if query.definition else []), *query.columns.trees()]
    used = query.named.used_by(own, query.members)
    # Relative paths of the command line start at the working directory.
    for tree, folder in [*((tree, "") for tree in own), *((one.expr, one.folder) for one in used)]:
        for node in nodes_of(tree):
            if isinstance(node, InFile):
                place = os.path.realpath(place_of(node.path.value, folder))
                if same := next((file for file in session.delivery.files if os.path.realpath(file) == place), None):
                    raise UsageError(f"{same} is read by this run and would be written over", "choose another file")


def beside_of(session: Session, shop: Shop, as_of: date | None, named: Named, files: Files | None = None) -> Beside:
    """Return what expressions ask beside the customers of a shop at a date; `files` are those that were read."""
    settings = session.settings
    days, events = engagement_settings(settings, as_of)
    question, store = build_question(settings, shop), store_folder(settings)
    say, read = session.narrator.say, {} if files is None else files
    return Beside(question, named, store, days, events, session.past, say, read)


def named_of(session: Session, names: Iterable[str]) -> Named:
    """Return the named segments and axes of rfm.toml if one of the names is among them, or `*` for all, else none.

    What is wrong in the file is no matter of a command that needs nothing of it.
    """
    file = session.settings.file
    if file is None:
        return Named()
    segments, axes = names_in(file)
    wanted = {fold(name) for name in names}
    known = (*segments, *axes)
    is_asked = "*" in wanted or not wanted.isdisjoint(map(fold, known))
    return all_named(session) if is_asked else Named(nearby=known)


def all_named(session: Session) -> Named:
    """Return the named segments and axes of rfm.toml, none without the file."""
    file = session.settings.file
    return named_segments(file, check_question(session.settings).scheme) if file else Named()
