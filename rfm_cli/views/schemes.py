"""The shipped schemes and the cells of one as tables."""

from __future__ import annotations

import polars as pl

from rfm_cli.schemes import Scheme, all_codes
from rfm_cli.schemes.draw import scheme_rows
from rfm_cli.views.view import View


def schemes_view() -> View:
    """Return the shipped schemes: name, title, bins, by, segments (how many)."""
    return View("schemes", pl.DataFrame(scheme_rows()), {})


def cells_view(scheme: Scheme) -> View:
    """Return every cell of the map of a scheme by its code: code, segment, rank, next_step."""
    by_cell = {cell: segment for segment in scheme.segments for cell in segment.cells}
    rows = [
        {"code": code, "segment": found.name, "rank": found.rank, "next_step": found.next_step}
        for code in all_codes(scheme.axes, scheme.bins)
        if (found := by_cell.get(code))
    ]
    schema = {"code": pl.String, "segment": pl.String, "rank": pl.Int32, "next_step": pl.String}
    return View("scheme", pl.DataFrame(rows, schema=schema), {"scheme": scheme.name, "bins": str(scheme.bins)})
