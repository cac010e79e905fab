"""Tables for the terminal: what fits, what is hidden, and no line that is too wide."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look, render
from rfm_cli.output.table import table

WIDE = Look(width=200)


def test_shares_dates_booleans_nulls_and_text() -> None:
    rows = pl.DataFrame({"share": [0.0001, 0.5, None], "vip": [True, False, None], "name": ["[red]x", "\x1b[2J", None]})
    lines = render([table(rows, look=WIDE)], WIDE).splitlines()
    assert lines[2:] == ["<0.1 %  ✓    [red]x", "50.0 %       [2J", ""]
    assert " yes " in render([table(rows, look=Look(unicode=False))], Look(unicode=False))


def test_what_is_hidden_is_said() -> None:
    rows = pl.DataFrame({"id": ["a"] * 5000, "long name of a column": 1, "another long name": 2})
    layout = Layout(more=message("{n} more customers"), drop=["long name of a column"])
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


def test_columns_in_a_tuple_leave_together_and_a_space_in_a_name_is_only_a_space() -> None:
    rows = pl.DataFrame({"id": ["a"], "r": [1], "f": [2], "r f": [3]})
    at = Look(width=9)
    for drop, head in [((("r", "f"),), "id  r f"), (("r f",), "id  r  f"), (("gone", "r f"), "id  r  f")]:
        assert render([table(rows, look=at, layout=Layout(drop=drop))], at).splitlines()[0] == head


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
    text = render([table(rows, look=at, title="t", layout=Layout(bars=["n"]), totals={"a": message("Total")})], at)
    assert all(cell_len(line) <= width for line in text.split("\n"))
    assert not {"\x1b", "\x9b", "\x07", "\u202e", "\r"} & set(text)
    body = text.split("\n")[3:-3]
    assert len([line for line in body if "hidden" not in line]) >= len(values)
