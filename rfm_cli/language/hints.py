"""Hints about names that no table has: what the writer of an expression probably meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from rfm_cli.errors import nearest
from rfm_cli.language.canonical import canonical, word
from rfm_cli.language.habits_tables import AVERAGE, AVERAGES
from rfm_cli.language.habits_times import TODAY
from rfm_cli.language.nodes import (
    And,
    Bare,
    Compare,
    Condition,
    Has,
    In,
    Name,
    Node,
    Or,
    Pairing,
    Rows,
    Text,
    Timed,
    Truth,
)
from rfm_cli.language.walk import nodes_of, parts_of
from rfm_cli.language.written import Definition, Formula, Written
from rfm_cli.tables.fields import CONTACTS, fold

SYNONYMS = {
    "revenue": "monetary",
    "spend": "monetary",
    "spent": "monetary",
    "ltv": "monetary",
    "turnover": "monetary",
    "recency": "recency_days",
    "ordercount": "frequency",
    "purchases": "frequency",
    "lastpurchase": "last_order",
    "firstpurchase": "first_order",
    "averageorder": "aov",
    "aoc": "aov",
}
"""Measures by other names that people give them."""


NEVER = ("never", "empty", "missing", "unknown", "nothing", "undefined")
"""Words for a missing value."""
CUSTOMERS = "customers"


@dataclass(frozen=True)
class Known:
    """What can be asked at a place: names, segments of the scheme, and linked tables with their folded columns.

    `as_field` says how the name that is asked for is written as a field of a table, empty where it is none.
    """

    names: Collection[str] = ()
    segments: Collection[str] = ()
    tables: Mapping[str, Collection[str]] = field(default_factory=dict)
    as_field: str = ""


def unknown_name(written: Written, name: Name, known: Known) -> str:
    """Return what to write instead of a name that nothing has, empty where nothing comes near."""
    text = ".".join(name.parts)
    parent = _parent(written, name)
    if isinstance(parent, Pairing):
        return _as_pairing(parent, name, known)
    hints = (
        _as_day(text),
        _as_missing(text, parent),
        _as_segment(text, parent, known),
        _as_table(text, parent, known),
        AVERAGE if fold(text) in AVERAGES else "",
        _as_column(written, name, text, known),
        _as_difference(text, known),
        known.as_field,
        _as_text(name, text, parent, known),
        f"write blanks around the sign: {text.replace('-', ' - ')}" if "-" in text else "",
    )
    return next((hint for hint in hints if hint), "")


def _as_pairing(pairing: Pairing, name: Name, known: Known) -> str:
    """Return the table that rows are paired with by a column, where another one has it."""
    key, other = fold(".".join(name.parts)), pairing.rows.table.parts[0]
    has = [table for table in known.tables if key in known.tables[table]]
    if fold(other) in map(fold, has):
        return f"by takes a column that both tables have, and {other} alone have {'.'.join(name.parts)}"
    word_ = "with" if pairing.wanted else "without"
    # Lines have the product of an order, which orders do not.
    table = next((one for one in ("lines", "events", *has) if one in has), "")
    if table:
        return f"write {word_} {table} by {canonical(name)}"
    return f"by takes a column that both tables have: {word_} {other} by product_id"


def _as_day(text: str) -> str:
    """Return how a day is written that is a word elsewhere."""
    own = TODAY.get(text.lower())
    return f"write {own}" if own else ""


def _as_missing(text: str, parent: Node | None) -> str:
    """Return how a missing value is asked: `last_order = never`."""
    if text.lower() not in NEVER or not isinstance(parent, Compare) or parent.op not in ("=", "!="):
        return ""
    return f"write {'no' if parent.op == '=' else 'has'} {canonical(parent.left)}"


def _as_segment(text: str, parent: Node | None, known: Known) -> str:
    """Return how a segment of the scheme is asked."""
    # `No purchases` is read as a value that is missing.
    called = f"no {text}" if isinstance(parent, Has) and parent.negated else text
    same = next((one for one in known.segments if fold(one) == fold(called)), None)
    if same is None:
        return ""
    quoted = canonical(Text(same))
    return (
        f"write {canonical(parent.left)} {parent.op} {quoted}" if isinstance(parent, Compare) else f"write in {quoted}"
    )


def _as_text(name: Name, text: str, parent: Node | None, known: Known) -> str:
    """Return the nearest name; beside a column a name may be a text without its quotes."""
    close = SYNONYMS.get(fold(text)) or nearest(name.parts[-1], known.names)
    close = f"{CUSTOMERS}.{word(close)}" if close and fold(name.parts[0]) == CUSTOMERS else close
    meant = f"did you mean {close}?" if close else ""
    is_text = isinstance(parent, Compare) and parent.right is name and parent.op in ("=", "!=")
    if not is_text:
        return meant
    quotes = f"write a text in straight quotes: {canonical(Text(text))}"
    return f"{meant} Else {quotes}" if meant else quotes


def _as_table(text: str, parent: Node | None, known: Known) -> str:
    """Return how a table is asked, or a column of one."""
    first, _, column = text.partition(".")
    called = [fold(first), f"{fold(first)}s"] if isinstance(parent, Has | Bare) else [fold(first)]
    table = next((one for one in known.tables if fold(one) in called), None)
    if table is None:
        return ""
    if column:
        return _as_column_of(table, column, text, parent) if fold(column) in known.tables[table] else ""
    match parent:
        case Compare():
            return f"write {canonical(parent).replace(text, f'count {table}', 1)}"
        case Has():
            return f"write {'none' if parent.negated else 'any'} {table}"
        case Timed() | Bare():
            return f"write any {canonical(parent).replace(text, table, 1)}"
    return f"write any {table} or count {table}"


def _as_column_of(table: str, column: str, text: str, parent: Node | None) -> str:
    """Return how a column of a table is asked that is written behind a dot."""
    condition = canonical(parent).replace(text, column, 1) if isinstance(parent, Condition) else f"has {column}"
    return f"write any {table}({condition}), or a value such as last {table}.{column}"


def _as_difference(text: str, known: Known) -> str:
    """Return a difference with blanks, where a name is two names and a dash."""
    folded = {fold(name): name for name in known.names}
    parts = [folded.get(fold(part)) for part in text.split("-")]
    found = [word(part) for part in parts if part]
    return f"write blanks around the sign: {' - '.join(found)}" if len(found) == len(parts) > 1 else ""


def _as_column(written: Written, name: Name, text: str, known: Known) -> str:
    """Return how a column of another table is asked, with the condition that names it."""
    here = _table_of(written, name)
    tables = [one for one in known.tables if fold(text) in known.tables[one] and fold(one) != fold(here)]
    if not tables:
        return ""
    # Columns of orders and products are those of lines too, which alone name the product of an order.
    table = next((one for one in ("orders", "lines") if one in tables), tables[0])
    condition = next((node for node in _above(written, name) if isinstance(node, Condition)), None)
    return f"write any {table}({canonical(condition) if condition else f'has {text}'})"


def bare_name(written: Written, bare: Bare) -> str:
    """Return how a column that is not true or false is asked: `has email or phone` means `has phone`."""
    name = canonical(bare.name)
    for node in nodes_of(_tree(written)):
        if isinstance(node, And | Or) and any(member is bare for member in node.members):
            place = next(at for at, member in enumerate(node.members) if member is bare)
            before = node.members[place - 1] if place else None
            if isinstance(before, Has):
                joined, has = "and" if isinstance(node, And) else "or", "no" if before.negated else "has"
                rest = [canonical(one.name) for one in _alike(node.members[place:])]
                return f"write {' '.join([canonical(before), *(f'{joined} {has} {one}' for one in rest)])}"
    return f"write has {name}"


def _alike(members: Sequence[Node]) -> list[Bare]:
    """Return a name alone, and the addresses behind it, which are none of true and false either."""
    first, *others = members
    more = takewhile(lambda one: isinstance(one, Bare) and fold(canonical(one.name)) in CONTACTS, others)
    return [one for one in (first, *more) if isinstance(one, Bare)]


def is_value(written: Written, name: Name) -> bool:
    """Return whether a name is beside a column, so that it may be a text without its quotes."""
    parent = _parent(written, name)
    return isinstance(parent, Compare) and parent.right is name and parent.op in ("=", "!=")


def set_hint(written: Written, name: Name, segment: str) -> str:
    """Return how a segment of rfm.toml is asked that is written as a column: `autumn = true`, `has autumn`."""
    alone = word(segment)
    match _parent(written, name):
        case Has() as has:
            return f"write {'not ' if has.negated else ''}{alone}"
        case Compare(op="=" | "!=", right=Truth() as truth) as compared:
            return f"write {'' if truth.value == (compared.op == '=') else 'not '}{alone}"
        case Compare(left=Name(), op="=" | "!=") as compared if compared.right is name:
            return f"write {'not ' if compared.op == '!=' else ''}in {alone}"
    return f"write {alone} alone, or in {alone}"


def as_rows(written: Written, name: Name, table: str, field: str) -> str:
    """Return the condition that has a name as one on the rows of a table, with the field in place of the name."""
    condition = next((node for node in _above(written, name) if isinstance(node, Condition)), None)
    asked = canonical(condition) if isinstance(condition, Compare | In | Timed | Has) else f"has {field}"
    return f"write any {table}({asked.replace(canonical(name), field, 1)})"


def _tree(written: Written) -> Node:
    """Return the tree of what was written."""
    match written:
        case Definition():
            return written.expr
        case Formula():
            return written.value
    return written.rows


def _parent(written: Written, name: Name) -> Node | None:
    """Return the node that has a name as its part, None where it is of another text."""
    return next(_above(written, name), None)


def _above(written: Written, below: Node) -> Iterator[Node]:
    """Yield the nodes that a node is a part of, the nearest first."""
    nodes = list(nodes_of(_tree(written)))
    wanted: Node | None = below
    while wanted is not None:
        wanted = next((node for node in nodes if any(part is wanted for part in parts_of(node))), None)
        if wanted is not None:
            yield wanted


def _table_of(written: Written, name: Name) -> str:
    """Return the table whose brackets a name is in, empty outside of all."""
    rows = next((node for node in _above(written, name) if isinstance(node, Rows)), None)
    return rows.table.parts[0] if rows else ""
