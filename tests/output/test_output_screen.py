from __future__ import annotations

import fcntl
import io
import os
import struct
import termios
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look, look, render, segment_colors
from rfm_cli.output.screens.customers import CHECK, rows_screen, scored_screen, segments_screen
from rfm_cli.output.table import table

WIDE = Look(width=200)
NAMES = ["Champions", "Loyal", "Lost", "No purchases"]


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


@pytest.fixture
def segments() -> pl.DataFrame:
    money = [Decimal("1234567.80"), Decimal("1000.00"), Decimal("0.10"), None]
    return pl.DataFrame(
        {
            "segment": NAMES,
            "customers": pl.Series([60, 30, 9, 1], dtype=pl.Int32),
            "customers_share": [0.6, 0.3, 0.0999, 0.0001],
            "orders": pl.Series([120, 30, 9, 0], dtype=pl.Int32),
            "revenue": pl.Series([*money[:3], Decimal("-5.00")], dtype=pl.Decimal(18, 2)),
            "revenue_share": [0.9991039, 0.0009, 1e-7, -4e-6],
            "aov": pl.Series(
                [Decimal("10288.065"), Decimal("33.3333"), Decimal("0.0111"), None], dtype=pl.Decimal(18, 4)
            ),
            "median_recency_days": pl.Series(
                [Decimal("5.5"), Decimal(40), Decimal(400), None], dtype=pl.Decimal(18, 4)
            ),
            "median_frequency": pl.Series([Decimal(2), Decimal(1), Decimal(1), None], dtype=pl.Decimal(18, 4)),
            "median_monetary": pl.Series(money, dtype=pl.Decimal(18, 4)),
        }
    )


@pytest.fixture
def customers(awkward: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([awkward.rename({"=note|": "note"})] * 3)


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
        header=[("as of", "2024-12-31"), ("scheme", "rf12"), ("customers", "100")],
        footer=["cutoffs: R 30 / 90 / 180 / 365 days", "left out: 12 rows"],
        colors=segment_colors(NAMES[:3], NAMES[3:]),
    )
    golden(f"score_{width}_{style}.txt", render(page, at).encode())


def test_the_segments_view_alone_ends_with_its_footer(segments: pl.DataFrame) -> None:
    text = render(segments_screen(segments, look=WIDE, footer=["left out: [bold]x[/]"]), WIDE)
    assert text.endswith("\n\nleft out: [bold]x[/]\n")


def test_totals_are_sums_and_aov_is_all_money_over_all_orders(segments: pl.DataFrame) -> None:
    total = next(line for line in render(segments_screen(segments, look=WIDE), WIDE).splitlines() if "Total" in line)
    assert total.split() == ["Total", "100", "100.0", "%", "159", "1,235,562.90", "100.0", "%", "7,770.84"]


def test_totals_of_segments_without_money(segments: pl.DataFrame) -> None:
    bare = segments.with_columns(pl.col("revenue", "revenue_share", "aov", "^median.*$") * None, orders=0)
    total = next(line for line in render(segments_screen(bare, look=WIDE), WIDE).splitlines() if "Total" in line)
    assert total.split() == ["Total", "100", "100.0", "%", "0"]


def test_shares_dates_booleans_nulls_and_text() -> None:
    rows = pl.DataFrame({"share": [0.0001, 0.5, None], "vip": [True, False, None], "name": ["[red]x", "\x1b[2J", None]})
    lines = render([table(rows, look=WIDE)], WIDE).splitlines()
    assert lines[2:] == ["<0.1 %  ✓    [red]x", "50.0 %       [2J", ""]
    assert " yes " in render([table(rows, look=Look(unicode=False))], Look(unicode=False))


def test_what_is_hidden_is_said() -> None:
    rows = pl.DataFrame({"id": ["a"] * 5000, "long name of a column": 1, "another long name": 2})
    layout = Layout(noun="customers", drop=["long name of a column"])
    narrow = Look(width=24)
    text = render([table(rows, look=narrow, limit=10, layout=layout)], narrow)
    assert "another" in text
    flat = " ".join(text.split())
    assert "… 4,990 more customers, 1 column hidden: use --limit, -o FILE or a wider terminal" in flat
    assert "hidden" not in render([table(rows, look=WIDE, layout=layout)], WIDE)
    assert "… 4,999 more customers: use --limit or -o FILE" in render(
        [table(rows, look=WIDE, limit=1, layout=layout)], WIDE
    )


def test_what_finds_room_after_all_comes_back() -> None:
    rows = pl.DataFrame({"id": ["a"], "n": [1], "wide": ["w" * 30], "m": [2]})
    narrow = Look(width=12)
    text = render([table(rows, look=narrow, layout=Layout(drop=["n", "wide"]))], narrow)
    assert text.splitlines()[0] == "id  n  m"


def test_bars_are_scaled_to_the_greatest() -> None:
    rows = pl.DataFrame({"s": ["a", "b", "c", "d", "e"], "share": [0.5, 0.25, 0.001, 0.0, -1.0]})
    lines = render([table(rows, look=WIDE, layout=Layout(bars=["share"]))], WIDE).splitlines()[2:]
    assert [line.count("█") for line in lines] == [20, 10, 0, 0, 0]
    assert lines[2].endswith("▏")
    plain = replace(WIDE, unicode=False)
    marks = render([table(rows, look=plain, layout=Layout(bars=["share"]))], plain).splitlines()[2:]
    assert [line.count("#") for line in marks] == [20, 10, 1, 0, 0]


@given(
    st.lists(st.tuples(st.text(max_size=60), st.text(max_size=9), st.integers(-(2**62), 2**62)), max_size=4),
    st.integers(20, 90),
    st.booleans(),
)
def test_no_line_is_wider_than_the_terminal_and_data_never_escape(
    values: list[tuple[str, str, int]], width: int, unicode: bool
) -> None:
    rows = pl.DataFrame(
        values, schema={"a": pl.String, "segment": pl.String, "n": pl.Int64}, orient="row", strict=False
    )
    at = Look(width, unicode=unicode)
    text = render([table(rows, look=at, title="t", layout=Layout(bars=["n"]), totals={"a": "Total"})], at)
    assert all(cell_len(line) <= width for line in text.split("\n"))
    assert not {"\x1b", "\x9b", "\x07", "\u202e", "\r"} & set(text)
    body = text.split("\n")[3:-3]
    assert len([line for line in body if "hidden" not in line]) >= len(values)


def test_color_is_there_when_asked_for_and_only_then(segments: pl.DataFrame) -> None:
    colors = segment_colors(NAMES)
    for on in (True, False):
        at = Look(100, color=on)
        assert ("\x1b[" in render(segments_screen(segments, look=at, colors=colors), at)) is on


def test_no_colors_are_needed(segments: pl.DataFrame) -> None:
    at = Look(100, color=True)
    assert "Champions" in render(segments_screen(segments.clear(), look=at) + segments_screen(segments, look=at), at)


@pytest.mark.parametrize(
    ("env", "color"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"TERM": "xterm", "FORCE_COLOR": "0"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_what_the_environment_says_of_color(env: dict[str, str], color: bool) -> None:
    assert look(Terminal(), env).color is color


def test_width_and_characters_of_a_stream() -> None:
    assert look(Terminal(), {"COLUMNS": "77"}).width == 77
    assert look(Terminal(), {"COLUMNS": "x"}).width == 80
    assert look(io.StringIO(), {"TERM": "xterm"}) == Look(1000, color=False, unicode=True)
    assert look(io.StringIO(), {"FORCE_COLOR": "1"}).color
    assert look(None, {}).width == 1000
    closed = io.StringIO()
    closed.close()
    assert look(closed, {}).width == 1000
    ascii_stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert not look(ascii_stream, {}).unicode


def test_width_of_a_real_terminal() -> None:
    leader, follower = os.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 133, 0, 0))
    with os.fdopen(follower, "w", encoding="utf-8") as stream:
        assert look(stream, {"TERM": "xterm"}) == Look(133, color=True, unicode=True)
    os.close(leader)


def test_the_environment_is_not_asked_twice(segments: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    at = Look(100, color=True)
    first = render(segments_screen(segments, look=at), at)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "40", "TERM": "dumb", "FORCE_COLOR": "0"}.items():
        monkeypatch.setenv(name, value)
    assert render(segments_screen(segments, look=at), at) == first


def test_palette_repeats_no_band_out_of_order() -> None:
    colors = segment_colors([str(rank) for rank in range(12)], ["none"])
    bands = list(colors.values())
    assert len(dict.fromkeys(bands)) == 6
    assert bands == sorted(bands, key=list(dict.fromkeys(bands)).index)


def test_a_narrow_check_keeps_what_was_found() -> None:
    rows = pl.DataFrame(
        {"table": ["orders"] * 2, "topic": ["repeated rows"] * 2, "item": ["orders.csv", "a " * 20], "rows": [9] * 2}
    ).with_columns(found=pl.lit("csv, comma separated"))
    for width in (40, 60, 80):
        shown = render(rows_screen(rows, look=Look(width), layout=CHECK), Look(width))
        assert "comma separated" in shown
