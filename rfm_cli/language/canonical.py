"""One text for each tree: keywords in lower case, names as tables have them, brackets where two operators meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from pathlib import PurePath
from typing import Literal

from rfm_cli.language.calendar import WORDS
from rfm_cli.language.lexing import RESERVED, is_word
from rfm_cli.language.nodes import (
    Aggregate,
    And,
    Anniversary,
    AnyRows,
    AsOf,
    Bare,
    Between,
    Compare,
    Days,
    Duration,
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
    Pairing,
    Reachable,
    Rows,
    Sum,
    Text,
    Timed,
    Times,
    Truth,
    WhenDate,
    Within,
)
from rfm_cli.tables.fields import fold


def as_written(name: Name) -> tuple[str, ...]:
    """Return the parts of a name as they are."""
    return name.parts


@dataclass(frozen=True)
class Style:
    """How names are written, and whether files are named without their folders, as headlines do."""

    names: Callable[[Name], tuple[str, ...]] = as_written
    file_names: bool = False


PLAIN = Style()


def canonical(node: Node, style: Style = PLAIN) -> str:
    """Return the canonical text of a tree, which parses to the same tree.

    >>> from rfm_cli.language.parse import parse_expression
    >>> canonical(parse_expression("HAS phone OR x<>2 AND NOT last_order WITHIN 4w").expr)
    'has phone or (x != 2 and (not last_order within 4 weeks))'
    """
    return _text(node, style)


@singledispatch
def _text(node: Node, style: Style) -> str:
    """Return the text of a node; `all` is the only one without a form of its own."""
    return "all"


@_text.register
def _(node: Text, style: Style) -> str:
    doubled = node.value.replace("'", "''")
    return f"'{doubled}'"


@_text.register
def _(node: Number, style: Style) -> str:
    return node.written or f"{node.value:f}"


@_text.register
def _(node: Truth, style: Style) -> str:
    return "true" if node.value else "false"


@_text.register
def _(node: Days, style: Style) -> str:
    return node.written


@_text.register
def _(node: Duration, style: Style) -> str:
    return f"{node.count} {WORDS[node.unit]}{'' if node.count == 1 else 's'}"


@_text.register
def _(node: AsOf, style: Style) -> str:
    sign = "-" if node.sign < 0 else "+"
    return f"as_of {sign} {_text(node.shift, style)}" if node.shift else "as_of"


@_text.register
def _(node: Name, style: Style) -> str:
    return ".".join(word(part) for part in style.names(node))


def word(part: str) -> str:
    """Return a part of a name as it can be written: in square brackets where it is no word, or a reserved one.

    >>> word("city"), word("Total Spent"), word("last")
    ('city', '[Total Spent]', '[last]')
    """
    if is_word(part) and part.lower() not in RESERVED:
        return part
    # Brackets cannot hold a closing one. Headings are compared without blanks, so that folding keeps their meaning.
    return f"[{part}]" if "]" not in part else fold(part)


@_text.register
def _(node: Anniversary, style: Style) -> str:
    return f"anniversary of {_text(node.of, style)}"


@_text.register
def _(node: Times, style: Style) -> str:
    return f"{_text(node.number, style)} * {_text(node.value, style)}"


@_text.register
def _(node: Sum, style: Style) -> str:
    rest = (f"{'-' if sign < 0 else '+'} {_text(value, style)}" for sign, value in node.rest)
    return " ".join([_text(node.first, style), *rest])


@_text.register
def _(node: Aggregate, style: Style) -> str:
    return f"{node.function} {_text(node.rows, style)}"


@_text.register
def _(node: Within, style: Style) -> str:
    return f"within {'next ' if node.ahead else ''}{_text(node.duration, style)}"


@_text.register
def _(node: OlderThan, style: Style) -> str:
    return f"older than {_text(node.duration, style)}"


@_text.register
def _(node: WhenDate, style: Style) -> str:
    return f"{node.word} {_text(node.date, style)}"


@_text.register
def _(node: Between, style: Style) -> str:
    between = f"between {_text(node.low, style)} and {_text(node.high, style)}"
    return f"{_text(node.value, style)} {between}" if node.value else between


@_text.register
def _(node: Pairing, style: Style) -> str:
    by = f" by {_text(node.by, style)}" if node.by else ""
    within = f" within {_text(node.within, style)}" if node.within else ""
    later = f" later{within}" if node.later else ""
    return f"{'with' if node.wanted else 'without'} {_text(node.rows, style)}{by}{later}"


@_text.register
def _(node: Rows, style: Style) -> str:
    column = f".{_text(node.column, style)}" if node.column else ""
    where = f"({_text(node.where, style)})" if node.where else ""
    more = (f" {_text(one, style)}" for one in (*node.times, *node.pairings))
    return "".join([_text(node.table, style), column, where, *more])


@_text.register
def _(node: Compare, style: Style) -> str:
    return f"{_text(node.left, style)} {node.op} {_text(node.right, style)}"


@_text.register
def _(node: In, style: Style) -> str:
    literals = ", ".join(_text(literal, style) for literal in node.literals)
    return f"{_text(node.value, style)} {'not ' if node.negated else ''}in ({literals})"


@_text.register
def _(node: Like, style: Style) -> str:
    return f"{_text(node.value, style)} {'not ' if node.negated else ''}like {_text(node.pattern, style)}"


@_text.register
def _(node: Timed, style: Style) -> str:
    windows = (_text(window, style) for window in node.windows)
    return " ".join([_text(node.value, style), *windows] if node.value else windows)


@_text.register
def _(node: Has, style: Style) -> str:
    return f"{'no' if node.negated else 'has'} {_text(node.name, style)}"


@_text.register
def _(node: AnyRows, style: Style) -> str:
    return f"{'none' if node.negated else 'any'} {_text(node.rows, style)}"


@_text.register
def _(node: Reachable, style: Style) -> str:
    return f"reachable by {_text(node.channel, style)}" if node.channel else "reachable"


@_text.register
def _(node: InSet, style: Style) -> str:
    return f"in {_text(node.name, style)}"


@_text.register
def _(node: InFile, style: Style) -> str:
    path = Text(PurePath(node.path.value).name) if style.file_names else node.path
    by = f" by {_text(node.by, style)}" if node.by else ""
    return f"in file {_text(path, style)}{by}"


@_text.register
def _(node: InSnapshot, style: Style) -> str:
    where = f"({_text(node.where, style)})" if node.where else ""
    return f"in snapshot {_text(node.day, style)}{where}"


@_text.register
def _(node: Bare, style: Style) -> str:
    return _text(node.name, style)


@_text.register
def _(node: Not, style: Style) -> str:
    return f"not {_member(node.member, style)}"


@_text.register(And)
@_text.register(Or)
@_text.register(Minus)
def _(node: And | Or | Minus, style: Style) -> str:
    return f" {operator(node)} ".join(_member(member, style) for member in node.members)


def operator(node: And | Or | Minus) -> Literal["and", "or", "minus"]:
    """Return the keyword of a chain."""
    match node:
        case And():
            return "and"
        case Or():
            return "or"
    return "minus"


def _member(node: Node, style: Style) -> str:
    """Return a member of a chain, in brackets where it is a chain or a `not` itself."""
    text = _text(node, style)
    return f"({text})" if isinstance(node, And | Or | Minus | Not) else text
