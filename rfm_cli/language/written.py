"""What is written as one text: an expression, a value, or rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from rfm_cli.language.nodes import Expr, Rows, Value


@dataclass(frozen=True)
class Definition:
    """An expression with its text, and the name of its segment, empty for one of the command line."""

    text: str
    expr: Expr = field(compare=False)
    name: str = ""
    folder: str = ""
    """The folder that relative paths in the text start at, empty for the working directory."""


@dataclass(frozen=True)
class Formula:
    """A value with its text; the name is that of its column, empty where it has none."""

    text: str
    value: Value = field(compare=False)
    name: str = ""
    folder: str = ""


@dataclass(frozen=True)
class SomeRows:
    """Rows of a table with their text."""

    text: str
    rows: Rows = field(compare=False)
    name: str = ""
    folder: str = ""


Written = Definition | Formula | SomeRows
"""What was written, as one text."""
