"""The nodes of a tree, and the segments that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from rfm_cli.language.nodes import Bare, Days, Duration, InSet, Name, Node, Number, Text, Truth

LEAVES = (Text, Number, Truth, Days, Duration, Name)
"""Kinds of nodes that hold no others."""


def nodes_of(tree: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it, in reading order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, LEAVES):
            waiting += reversed(list(parts_of(node)))


def parts_of(node: Node) -> Iterator[Node]:
    """Yield the nodes right below a node, in reading order."""
    for one in fields(node):
        yield from _nodes_in(getattr(node, one.name))


def _nodes_in(value: object) -> Iterator[Node]:
    """Yield the nodes in the value of a field: one, or those of a tuple, which may hold signs beside them."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _nodes_in(one)


def called_sets(tree: Node) -> Iterator[tuple[Node, str]]:
    """Yield the conditions that may be about a segment, `in NAME` and a name alone, with the name."""
    for node in nodes_of(tree):
        if isinstance(node, InSet | Bare):
            yield node, text_of(node.name)


def names_of(tree: Node) -> Iterator[str]:
    """Yield the names in a tree: of columns, of axes, of segments."""
    for node in nodes_of(tree):
        if isinstance(node, Name):
            yield text_of(node)
        elif isinstance(node, InSet) and isinstance(node.name, Text):
            yield node.name.value


def text_of(name: Name | Text) -> str:
    """Return a name as it is written, its parts joined by dots."""
    return name.value if isinstance(name, Text) else ".".join(name.parts)
