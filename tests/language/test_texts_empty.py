"""Texts of no row: a condition on them is a condition all the same."""

from __future__ import annotations

import polars as pl

from rfm_cli.language import texts


def test_no_text_has_no_verdict() -> None:
    none = pl.Series("x", [], dtype=pl.String).to_frame()
    verdict = texts.each_verdict(pl.col("x"), str.lower, lambda text: text == "a")
    assert none.select(verdict)["x"].dtype == pl.Boolean
