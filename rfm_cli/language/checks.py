"""What the grammar allows and no table can answer."""

from __future__ import annotations

from rfm_cli.language.nodes import Node, Written


def check(written: Written, node: Node) -> None:
    """Raise `UsageError` for the first part of a tree that cannot mean anything."""
