"""The limits of expressions, so that no text takes hours or breaks the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rfm_cli.errors import UsageError
from rfm_cli.language.faults import Source, fault, fault_at, shown
from rfm_cli.language.lexing import Piece
from rfm_cli.language.nodes import Between, Condition, In, Node, Rows, Sum, Timed
from rfm_cli.language.spans import Span
from rfm_cli.language.walk import nodes_of
from rfm_cli.language.written import Written

MOST_LETTERS = 100_000
MOST_LEVELS = 100
MOST_CONDITIONS = 2_000
MOST_LITERALS = 20_000
OTHERWISE = "put ids into a file and write in file 'ids.csv', or part the text into named segments"
TOO_MANY = f"more than {MOST_CONDITIONS:,} conditions in all definitions that are used"
TOO_LONG = f"more than {MOST_CONDITIONS:,} terms and conditions in all definitions that are used"
CONNECTIVES = ("AND", "OR", "MINUS")


def check_text(at: Source) -> None:
    """Raise `UsageError` for a text that is too long."""
    if len(at.text) > MOST_LETTERS:
        problem = f"the expression has {len(at.text):,} letters, {MOST_LETTERS:,} at most"
        raise UsageError(f"{shown(at.label)}{problem}", OTHERWISE)


def check_pieces(at: Source, found: Sequence[Piece]) -> None:
    """Raise `UsageError` for more conditions or levels than a text may have, as far as that is seen before parsing."""
    counts = Counter(piece.kind for piece in found)
    # Each `between` has an `and` of its own.
    joined = sum(counts[kind] for kind in CONNECTIVES) - counts["BETWEEN"]
    if joined >= MOST_CONDITIONS:
        raise UsageError(f"{shown(at.label)}{TOO_MANY}", OTHERWISE)
    _check_levels(at, found)


def _check_levels(at: Source, found: Sequence[Piece]) -> None:
    """Raise `UsageError` where brackets and `not` are nested too deeply.

    A `not` is a level up to the next `and`, `or` or `minus` beside it.
    """
    nots = [0]
    for piece in found:
        match piece.kind:
            case "LPAR":
                nots.append(0)
            case "RPAR" if len(nots) > 1:
                nots.pop()
            case "NOT":
                nots[-1] += 1
            case kind if kind in CONNECTIVES:
                nots[-1] = 0
        if piece.kind in ("LPAR", "NOT") and len(nots) - 1 + sum(nots) > MOST_LEVELS:
            problem = f"more than {MOST_LEVELS} levels of brackets and not"
            raise fault_at(at, Span(piece.start, piece.end), problem, "part the text into named segments")


def check_size(written: Written, tree: Node) -> None:
    """Raise `UsageError` for a tree of too many conditions, or a list of too many literals."""
    nodes = list(nodes_of(tree))
    for node in nodes:
        if isinstance(node, In) and len(node.literals) > MOST_LITERALS:
            first = node.literals[0]
            problem = f"{len(node.literals):,} values in one list, {MOST_LITERALS:,} at most"
            raise fault(written, first, problem, "put them into a file: in file 'values.csv' by the column's name")
    _check_count(nodes)


def check_conditions(trees: Iterable[Node]) -> None:
    """Raise `UsageError` where trees that are used together have too many conditions; each tree counts once."""
    _check_count(node for tree in trees for node in nodes_of(tree))


def _check_count(nodes: Iterable[Node]) -> None:
    """Raise `UsageError` for nodes with too many conditions."""
    counted = Counter[bool]()
    for node in nodes:
        counted[isinstance(node, Sum)] += _weight(node)
    if counted.total() > MOST_CONDITIONS:
        raise UsageError(TOO_LONG if counted[True] > counted[False] else TOO_MANY, OTHERWISE)


def _weight(node: Node) -> int:
    """Return how many conditions a node is: further windows, pairings and terms are as much work as one."""
    match node:
        case Timed():
            return len(node.windows)
        case Rows():
            return max(0, len(node.times) - 1) + max(0, len(node.pairings) - 1)
        case Sum():
            return len(node.rest) - 1
        case Between(value=None):
            return 0
    return int(isinstance(node, Condition))
