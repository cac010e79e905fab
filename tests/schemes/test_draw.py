from __future__ import annotations

from dataclasses import replace

import pytest

from rfm_cli.schemes import Bins, Scheme, Segment, load_scheme, shipped
from rfm_cli.schemes.draw import map_lines, scheme_rows


def test_one_row_a_shipped_scheme() -> None:
    rows = scheme_rows()
    assert [row["name"] for row in rows] == list(shipped())
    assert [list(row) for row in rows] == [["name", "title", "bins", "by", "segments"]] * 4
    assert [(row["bins"], row["by"], row["segments"]) for row in rows] == [
        ("5,5,5", "r,f", 11),
        ("5,5,5", "r,f,m", 11),
        ("3,3,3", "r,f,m", 6),
        ("5,5,5", "r,f,m", 11),
    ]


def test_a_map_of_r_and_f_is_a_grid_with_the_best_f_on_top() -> None:
    lines = map_lines(load_scheme("rf12"))
    top = next(number for number, line in enumerate(lines) if line.startswith("rf12  R1"))
    assert lines[top : top + 8] == [
        "rf12  R1          R2           R3               R4         R5",
        "F5    Can't lose  Can't lose   Loyal            Loyal      Champions",
        "F4    At risk     At risk      Loyal            Loyal      Champions",
        "F3    At risk     At risk      Needs attention  Potential  Potential loyalist",
        "                                                loyalist",
        "F2    Lost        Hibernating  About to sleep   Potential  Potential loyalist",
        "                                                loyalist",
        "F1    Lost        Hibernating  About to sleep   Promising  New",
    ]


def test_a_narrow_grid_keeps_its_cells_whole() -> None:
    scheme = load_scheme("rf12")
    short = replace(scheme, segments=tuple(replace(s, name=s.name.split()[0] + str(s.rank)) for s in scheme.segments))
    rows = [line.split() for line in map_lines(short) if line.startswith("F")]
    assert rows[-1] == ["F1", "Lost11", "Hibernating10", "About9", "Promising5", "New4"]
    assert len(rows) == 5


def test_a_map_of_three_axes_is_a_list_of_codes() -> None:
    lines = map_lines(load_scheme("klaviyo6"))
    assert "Champions        323 332 333" in lines
    assert "Inactive         111 112 113 121" in lines


@pytest.mark.parametrize("name", [*shipped(), "none"])
def test_all_but_the_grid_fits_a_terminal(name: str) -> None:
    lines = map_lines(load_scheme(name))
    assert all(len(line) <= 80 for line in lines)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("name", shipped())
def test_every_code_segment_and_step_is_shown(name: str) -> None:
    scheme = load_scheme(name)
    words = " ".join(" ".join(map_lines(scheme)).split())
    assert all(f"{segment.rank} {segment.name}" in words for segment in scheme.segments)
    if scheme.needs_money:
        assert all(cell in words.split() for cell in scheme.segment_by_cell())


def test_rules_are_said_in_words() -> None:
    klaviyo = "\n".join(map_lines(load_scheme("klaviyo6")))
    assert "R 1..3   own cutoffs: 3 up to 180 days, 2 up to 365 days, 1 beyond" in klaviyo
    assert "F 1..3   by rank among buyers, cut into 3 equal parts" in klaviyo
    assert klaviyo.endswith("Orders of value zero are left out.")
    assert "type 7" in "\n".join(map_lines(load_scheme("r-rfm")))
    rf12 = " ".join(" ".join(map_lines(load_scheme("rf12"))).split())
    assert "unused, up to 30 / 90 / 180 / 365 days for 5 / 4 / 3 / 2" in rf12
    assert "unused, 1 / 2 / 3 / 4-6 / 7+ purchases" in rf12
    assert "not used by the map" in rf12


def test_auto_recency_has_no_days_to_fall_back_on_with_other_bins() -> None:
    lines = "\n".join(map_lines(load_scheme("none", Bins(4, 4, 4))))
    assert "365" not in lines
    assert "1 / 2 / 3 / 4+ purchases" in lines


def test_a_grid_too_wide_to_read_becomes_a_list() -> None:
    scheme = load_scheme("rf12")
    wide = replace(scheme, segments=tuple(replace(s, name=s.name + " of the shop in spring") for s in scheme.segments))
    assert "Champions of the shop in spring           54 55" in map_lines(wide)


def test_fixed_rules_and_missing_steps() -> None:
    cells = tuple(f"{r}{f}" for r in range(1, 6) for f in range(1, 4))
    scheme = Scheme(
        name="own",
        title="Own",
        bins=Bins(5, 3, 5),
        axes=("r", "f"),
        rules={"r": "fixed", "f": "fixed", "m": "quantile"},
        cuts={},
        free_orders="count",
        segments=(Segment("All", 1, "", cells),),
    )
    lines = map_lines(scheme)
    assert "  R 1..5   up to 30 / 90 / 180 / 365 days for 5 / 4 / 3 / 2" in lines
    assert "  F 1..3   1 / 2 / 3+ purchases" in lines
    assert "  1  All" in lines
    assert not any("No purchases" in line for line in lines)


def test_no_map_is_said() -> None:
    assert "No map: customers are scored and get codes, but no segments." in map_lines(load_scheme("none"))
