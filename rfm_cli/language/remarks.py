"""What the text of an expression alone gives to remark: how mixed operators are read, and patterns that mislead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rfm_cli.language.calendar import year
from rfm_cli.language.canonical import PLAIN, Style, canonical
from rfm_cli.language.nodes import (
    And,
    Anniversary,
    Compare,
    Days,
    Like,
    Minus,
    Name,
    Node,
    Number,
    OlderThan,
    Or,
    Text,
    Timed,
    Truth,
    Within,
)
from rfm_cli.language.walk import nodes_of


def reading(tree: Node, style: Style = PLAIN) -> str:
    """Return how a text is read where one level mixes `and`, `or` and `minus` without brackets, else an empty text."""
    if not any(_is_mixed(node) for node in nodes_of(tree)):
        return ""
    return f"read as {canonical(tree, style)}"


def _is_mixed(node: Node) -> bool:
    """Return whether a chain has a chain of another operator as a member that is not in brackets."""
    if not isinstance(node, And | Or | Minus):
        return False
    # The span of a member in brackets begins with its bracket, before its own first member.
    chains = [one for one in node.members if isinstance(one, And | Or | Minus)]
    return any(one.span.start == one.members[0].span.start for one in chains)


def patterns(tree: Node, style: Style = PLAIN) -> list[str]:
    """Return remarks on conditions that are right and hardly meant."""
    return list(dict.fromkeys(remark for node in nodes_of(tree) for remark in _remarks(node, style)))


def _remarks(node: Node, style: Style) -> Iterator[str]:
    """Yield the remarks on a node itself."""
    match node:
        case Or():
            for name, values in _repeated(node, "!=", style):
                written = " or ".join(f"{name} != {value}" for value in values)
                neither = f"{name} not in ({', '.join(values)})"
                yield f"{written} is true wherever {name} is not missing; {neither} is neither"
        case And():
            for name, values in _repeated(node, "=", style):
                written = " and ".join(f"{name} = {value}" for value in values)
                yield f"{written} is never true; {name} in ({', '.join(values)}) is one of them"
        case Like() if "%" in node.pattern.value and "*" not in node.pattern.value:
            meant = Text(node.pattern.value.replace("%", "*"))
            yield f"% is an ordinary character in like; for any text write like {canonical(meant, style)}"
        case Timed(value=Anniversary() | Name(parts=("birthday",)) as date):
            yield from _on_windows(canonical(date, style), node.windows)


def _on_windows(date: str, windows: Iterable[Node]) -> Iterator[str]:
    """Yield remarks on a date ahead that is looked for in the past."""
    for window in windows:
        match window:
            case OlderThan():
                yield f"{date} {canonical(window)} is never true: {date} is the next one"
            case Within(ahead=False):
                ahead = canonical(replace(window, ahead=True))
                alone = f"{date} {canonical(window)} is true on the day itself alone: {date} is the next one"
                yield f"{alone}; write {date} {ahead}"


def _repeated(chain: And | Or, op: str, style: Style) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that members of a chain compare with two literals that no value is equal to at once."""
    found: dict[Name, list[Literals]] = {}
    for member in chain.members:
        match member:
            case Compare(left=Name() as name, right=Text() | Number() | Truth() | Days() as literal) if member.op == op:
                found.setdefault(name, []).append(literal)
    for name, literals in found.items():
        first, *others = literals
        if other := next((one for one in others if _are_apart(first, one)), None):
            yield canonical(name, style), [canonical(first, style), canonical(other, style)]


Literals = Text | Number | Truth | Days


def _are_apart(one: Literals, other: Literals) -> bool:
    """Return whether no value is equal to both of two literals: a period holds its days."""
    if isinstance(one, Text) and isinstance(other, Text):
        return " ".join(one.value.split()).lower() != " ".join(other.value.split()).lower()
    if isinstance(one, Days) or isinstance(other, Days):
        days = [year(literal) if isinstance(literal, Number) else literal for literal in (one, other)]
        first, second = (day if isinstance(day, Days) else None for day in days)
        return bool(first and second and (first.last < second.first or second.last < first.first))
    return type(one) is type(other) and one != other
