"""The screen of segments: totals, colors, the footer."""

from __future__ import annotations

import polars as pl

from rfm_cli.messages import message, words
from rfm_cli.output.look import Look, render, segment_colors
from rfm_cli.output.screens.segments import segments_screen
from tests.output.conftest import NAMES

WIDE = Look(width=200)


def test_the_segments_view_alone_ends_with_its_footer(segments: pl.DataFrame) -> None:
    text = render(segments_screen(segments, look=WIDE, footer=[message("left out: {why}", why="[bold]x[/]")]), WIDE)
    assert text.endswith("\n\nleft out: [bold]x[/]\n")


def test_totals_are_sums_and_aov_is_all_money_over_all_orders(segments: pl.DataFrame) -> None:
    total = next(line for line in render(segments_screen(segments, look=WIDE), WIDE).splitlines() if "Total" in line)
    assert total.split() == ["Total", "100", "100.0", "%", "159", "1,235,562.90", "100.0", "%", "7,770.84"]


def test_totals_of_segments_without_money(segments: pl.DataFrame) -> None:
    bare = segments.with_columns(pl.col("revenue", "revenue_share", "aov", "^median.*$") * None, orders=0)
    total = next(line for line in render(segments_screen(bare, look=WIDE), WIDE).splitlines() if "Total" in line)
    assert total.split() == ["Total", "100", "100.0", "%", "0"]


def test_color_is_there_when_asked_for_and_only_then(segments: pl.DataFrame) -> None:
    colors = segment_colors(NAMES)
    for on in (True, False):
        at = Look(100, color=on)
        assert ("\x1b[" in render(segments_screen(segments, look=at, colors=colors), at)) is on


def test_no_colors_are_needed(segments: pl.DataFrame) -> None:
    at = Look(100, color=True)
    assert "Champions" in render(segments_screen(segments.clear(), look=at) + segments_screen(segments, look=at), at)


def test_groups_that_are_words_of_the_tool_are_in_the_language(segments: pl.DataFrame) -> None:
    rows = segments.head(2).select(pl.Series("plan", ["Tea", "Other"]), pl.all())
    look = Look(100, words=words("ru"))
    text = render(segments_screen(rows, look=look, by="plan", values={"Other": message("Other")}), look)
    assert [line for line in text.splitlines() if line in ("Tea", "Прочие", "Other")] == ["Tea", "Прочие"]
