"""The screen of scored customers, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from rfm_cli.messages import message
from rfm_cli.output.look import Look, render, segment_colors
from rfm_cli.output.screens.score import scored_screen
from tests.output.conftest import NAMES

WIDE = Look(width=200)


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("style", ["plain", "color", "ascii"])
def test_golden(
    segments: pl.DataFrame,
    customers: pl.DataFrame,
    golden: Callable[[str, bytes], None],
    width: int,
    style: str,
) -> None:
    at = Look(width, color=style == "color", unicode=style != "ascii")
    page = scored_screen(
        segments,
        customers,
        look=at,
        header=[(message("as of"), date(2024, 12, 31)), (message("scheme"), "rf12"), (message("customers"), 100)],
        footer=[message("{text}", text=text) for text in ("cutoffs: R 30 / 90 / 180 / 365 days", "left out: 12 rows")],
        colors=segment_colors(NAMES[:3], NAMES[3:]),
    )
    golden(f"score_{width}_{style}.txt", render(page, at).encode())
