"""The screen of findings."""

from __future__ import annotations

import polars as pl

from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.check import CHECK
from rfm_cli.output.screens.parts import rows_screen

WIDE = Look(width=200)


def test_a_narrow_check_keeps_what_was_found() -> None:
    rows = pl.DataFrame(
        {"table": ["orders"] * 2, "topic": ["repeated rows"] * 2, "item": ["orders.csv", "a " * 20], "rows": [9] * 2}
    ).with_columns(found=pl.lit("csv, comma separated"))
    for width in (40, 60, 80):
        shown = render(rows_screen(rows, look=Look(width), layout=CHECK), Look(width))
        assert "comma separated" in shown
