"""Expressions of a command: parsed before a file is read, and asked of the scored customers after that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rfm_cli.cli.settings import check_question
from rfm_cli.language.definitions import Named, named_segments, names_in
from rfm_cli.language.nodes import Bare, Definition, InSet, Name
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.walk import called_sets
from rfm_cli.notes import note
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import fold
from rfm_cli.views.select import Chosen, only

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored, Shop


@dataclass(frozen=True, eq=False)
class Asked:
    """The expressions of a command with the named segments that they need."""

    session: Session
    definitions: tuple[Definition, ...]
    named: Named = field(default_factory=Named)

    def check(self, shop: Shop) -> None:
        """Raise `UsageError` if a name is none that the headings of the shop have; no row is read."""

    def chosen(self, scored: Scored) -> list[Chosen]:
        """Ask the expressions of scored customers, and print the remarks on the answers."""
        raise NotImplementedError

    def only(self, scored: Scored) -> Scored:
        """Return the scored customers of whom the one expression is true, and print how many they are."""
        (chosen,) = self.chosen(scored)
        shown = only(scored, chosen)
        assert shown.where is not None
        counts = shown.where.counts
        open_ = f", {counts['undecided']:,} undecided" if counts["undecided"] else ""
        text = f"where {chosen.text}: {counts['customers']:,} of {counts['of']:,} customers{open_}"
        self.session.narrator.say([note(text)])
        self.session.narrator.check_strict()
        return shown


def asked(session: Session, *texts: str) -> Asked:
    """Parse the expressions of a command, with the named segments of rfm.toml if one of them may be meant."""
    definitions = tuple(parse_expression(text) for text in texts)
    names = [name for one in definitions for _, name in called_sets(one.expr)]
    return Asked(session, definitions, named_of(session, names))


def named_of(session: Session, names: Iterable[str]) -> Named:
    """Return the named segments and axes of rfm.toml if one of the names is among them, else none."""
    file = session.settings.file
    if file is None:
        return Named()
    segments, axes = names_in(file)
    wanted = {fold(name) for name in names}
    if wanted.isdisjoint(map(fold, [*segments, *axes])):
        return Named()
    return all_named(session)


def all_named(session: Session) -> Named:
    """Return the named segments and axes of rfm.toml, none without the file."""
    file = session.settings.file
    return named_segments(file, check_question(session.settings).scheme) if file else Named()
