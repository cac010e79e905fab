"""The shipped schemes as a terminal shows them, and the map of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import SchemeText, message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look, plain
from rfm_cli.output.screens.parts import rows_screen
from rfm_cli.output.table import line

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

SCHEMES = Layout(wrap=("title",), more=message("{n} more schemes"), words={"title": SchemeText})


def schemes_screen(rows: pl.DataFrame, *, look: Look) -> list[RenderableType]:
    """Draw the list of schemes."""
    return rows_screen(rows, look=look, layout=SCHEMES)


def lines_screen(lines: Sequence[str]) -> list[RenderableType]:
    """Draw lines of text as they are."""
    return [line("", plain(one)) for one in lines]
