"""Expressions asked of scored customers: the world that they are asked of, the answers, and the remarks on these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.history.requests import read_past
from rfm_cli.language.canonical import Style, canonical
from rfm_cli.language.clauses import clauses
from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.definitions import MEASURES, TABLES
from rfm_cli.language.evaluate import evaluate, items, value_columns
from rfm_cli.language.limits import check_conditions
from rfm_cli.language.linked import linked_tables
from rfm_cli.language.named import Named
from rfm_cli.language.nodes import Bare, InSet, Name, Node, Rows
from rfm_cli.language.remarks import patterns, reading
from rfm_cli.language.walk import nodes_of, text_of
from rfm_cli.language.world import World
from rfm_cli.language.written import Definition, Formula, SomeRows
from rfm_cli.model import Past, PastRequest, Question, Scored
from rfm_cli.notes import Note, note
from rfm_cli.selection.sets import Files, SetsOf
from rfm_cli.tables.channels import channels_of
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ENGAGEMENT_DAYS, ENGAGING
from rfm_cli.views.select import Chosen, Line

WHOLE = "the whole"
"""The key of an expression beside those of named segments, whose folded names have no blank."""


def _silent(_: Sequence[Note]) -> None:
    """Print no remark."""


@dataclass(frozen=True, eq=False)
class Beside:
    """What expressions ask beside the scored customers, and where remarks go.

    `question` is what the customers were scored by, `store` is the folder of snapshots, `past` reads the past of a
    request, and `files` has the files of customers that were read already.
    """

    question: Question
    named: Named = field(default_factory=Named)
    store: Path | None = None
    engagement_days: int = ENGAGEMENT_DAYS
    engagement_events: Sequence[str] = ENGAGING
    past: Callable[[PastRequest], Past] = read_past
    say: Callable[[Sequence[Note]], None] = _silent
    files: Files = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Asker:
    """Scored customers with what is beside them: expressions are asked of it, and each set is found once."""

    scored: Scored
    beside: Beside
    world: World
    outside: SetsOf

    def chosen(self, definitions: Mapping[str, Definition]) -> dict[str, Chosen]:
        """Return which customers meet each definition, by its key, and print the remarks of the tables."""
        found = evaluate(definitions, self.world)
        self.beside.say(list(found.notes))
        return {
            key: Chosen(
                canonical(one.expr, self.style(one.expr)),
                found.frame[key],
                tuple((lack.name, lack.customers) for lack in found.missing.get(key, ())),
            )
            for key, one in definitions.items()
        }

    def values(self, formulas: Mapping[str, Formula]) -> pl.DataFrame:
        """Return values of customers by customer_id, under their names."""
        found = value_columns(formulas, self.world)
        self.beside.say(list(found.notes))
        return found.frame

    def items(self, some: SomeRows) -> pl.DataFrame:
        """Return the rows of customers that are asked for: customer_id, item, at where rows have times."""
        found = items(some, self.world)
        self.beside.say(list(found.notes))
        return found.frame

    def clauses(self, definition: Definition) -> tuple[Chosen, list[Line]]:
        """Return who meets an expression, and its parts in reading order with how many customers meet each."""
        parts = clauses(definition.expr, self.style(definition.expr))
        found = self.chosen({str(one.line): replace(definition, expr=one.node) for one in parts})
        truth = {one.line: found[str(one.line)].truth for one in parts}
        kept = dict(truth)
        for one in parts:
            if one.before:
                kept[one.line] = joined(one.chain, kept[one.before], truth[one.line])
        lines = [
            Line(
                one.line,
                one.depth,
                one.text,
                _true(truth[one.line]),
                truth[one.line].null_count(),
                _true(kept[one.line]),
            )
            for one in parts
        ]
        return found[str(parts[0].line)], lines

    def style(self, tree: Node) -> Style:
        """Return how an expression is written: names as the tables have them, files without their folders."""
        named = self.beside.named
        known = {key: one.name for key, one in named.segments.items()}
        known |= {key: one.name for key, one in named.axes.items()}
        return Style(partial(spelled, {**known, **spellings(tree, self.world)}), file_names=True)

    def reached(self) -> pl.Series | None:
        """Return which customers a message reaches, in the order of the scores; None where that is not known."""
        customers = self.scored.shop.customers
        if customers is None or not channels_of(customers):
            return None
        try:
            return self.outside.reached_by_any()
        except InputError as error:  # consents that can be read in two ways stop no answer that does not ask them
            self.beside.say([note(f"reachable is not known: {error.message}")])
            return None


def asker(scored: Scored, beside: Beside) -> Asker:
    """Return scored customers with what is beside them; those that a condition hides can be asked all the same."""
    everybody = scored.where.everybody if scored.where else scored
    outside = SetsOf(everybody, beside.store, beside.say, beside.files)
    world = World(
        everybody,
        linked=linked_tables(everybody, beside.question),
        segments=beside.named.definitions,
        axes={key: (one.name, one.members) for key, one in beside.named.axes.items()},
        nearby=beside.named.nearby,
        sets=outside.sets(),
        history=lambda: _history(everybody, beside),
        dated=beside.question.as_of is not None,
        engagement_days=beside.engagement_days,
        engagement_events=beside.engagement_events,
    )
    return Asker(everybody, beside, world, outside)


def joined(chain: str, left: pl.Series, right: pl.Series) -> pl.Series:
    """Join two members of a chain in three-valued logic; what `minus` takes away must be known to be true."""
    if chain == "and":
        return left & right
    return left | right if chain == "or" else left & ~right.fill_null(value=False)


def _true(truth: pl.Series) -> int:
    return int(truth.fill_null(value=False).sum())


def _history(scored: Scored, beside: Beside) -> pl.DataFrame:
    """Return segment_since and previous_segment of each customer."""
    from rfm_cli.selection.history import history_of, history_request

    question = replace(beside.question, as_of=scored.as_of)
    return history_of(scored, beside.past(history_request(scored.shop, question, "segment_since")))


def checked(trees: Sequence[Node], named: Named) -> None:
    """Raise `UsageError` where expressions have too many conditions, together with the segments that they name."""
    check_conditions([*trees, *(one.expr for one in named.used_by(trees))])


def on_text(definition: Definition, named: Named) -> Iterator[Note]:
    """Remark on how a text is read where it mixes operators, and on what it hardly means.

    An expression that is a named segment alone is read as that one's text.
    """
    expr = definition.expr
    if isinstance(expr, Bare | InSet) and (one := named.segments.get(fold(text_of(expr.name)))):
        expr = one.definition.expr
    style = Style(file_names=True)
    yield from (note(text) for text in (reading(expr, style), *patterns(expr, style)) if text)


def on_undecided(chosen: Chosen, what: str, hint: str) -> Iterator[Note]:
    """Remark on customers who lack a value that decides; `what` is what they therefore are not."""
    if count := chosen.undecided:
        lacking = ", ".join(f"{name} is missing for {customers:,}" for name, customers in chosen.missing)
        yield note("; ".join(filter(None, [f"{count:,} undecided, not {what}: {lacking}", hint])))


def spellings(tree: Node, world: World) -> dict[str, str]:
    """Return how the names of an expression are spelled where they come from, by folded name."""
    found: dict[str, str] = {}
    shop = world.scored.shop
    if shop.customers:
        found |= dict(shop.customers.attributes)
    for name in {fold(node.table.parts[0]) for node in nodes_of(tree) if isinstance(node, Rows)}:
        table = world.linked.get(name)
        if isinstance(table, LinkedTable):
            parents = [column for one in table.parents for column in one.columns.items()]
            own = {key: column.name for key, column in (*parents, *table.columns.items())}
            found = {**found, **own, name: table.name}
    return {**found, **{fold(name): name for name in (*MEASURES, *TABLES)}}


def spelled(known: Mapping[str, str], name: Name) -> tuple[str, ...]:
    """Return the parts of a name as its table spells them; an unknown one stays as it is written."""
    return tuple(known.get(fold(part), part) for part in name.parts)
