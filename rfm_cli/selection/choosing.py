"""Expressions asked of scored customers: the world that they are asked of, the answers, and the remarks on these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.history.requests import read_past
from rfm_cli.language.definitions import Named
from rfm_cli.language.world import World
from rfm_cli.model import Past, PastRequest, Question, Scored
from rfm_cli.notes import Note
from rfm_cli.selection.history import history_of, history_request
from rfm_cli.selection.sets import SetsOf
from rfm_cli.tables.options import ENGAGEMENT_DAYS, ENGAGING, ReadOptions
from rfm_cli.tables.paths import Given

if TYPE_CHECKING:
    from rfm_cli.language.nodes import Definition


def _silent(_: Sequence[Note]) -> None:
    """Print no remark."""


@dataclass(frozen=True, eq=False)
class Beside:
    """What expressions ask beside the scored customers, and where remarks go.

    `lines` are the files of order lines, `store` is the folder of snapshots, `past` reads the past of a request.
    """

    options: ReadOptions = field(default_factory=ReadOptions)
    lines: tuple[Given, ...] = ()
    named: Named = field(default_factory=Named)
    store: Path | None = None
    engagement_days: int = ENGAGEMENT_DAYS
    engagement_events: Sequence[str] = ENGAGING
    past: Callable[[PastRequest], Past] = read_past
    say: Callable[[Sequence[Note]], None] = _silent


