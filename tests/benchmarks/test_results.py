"""Figures become ratios, are kept, and are written down as tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cases import CASES, GOALS, Goal
from contests import NAMES, Contest, Share
from figures import Figures, load, save, share_figure, summaries
from measure import Program, Run
from results import kept_figures, results_text, table, write_results

PROGRAMS = tuple(Program(name, (name,)) for name in ("duckdb", "polars", "rfm"))
CONTEST = Contest("10m-dense", "`rfm score`", PROGRAMS, ("duckdb", "polars"), {"rfm": Goal(0.45, 500)})
RUNS = {
    "duckdb": [Run(3.0, 5.0, 900), Run(2.0, 4.0, 950), Run(2.5, 4.5, 800)],
    "polars": [Run(2.0, 3.0, 1_200)] * 3,
    "rfm": [Run(0.5, 0.9, 400), Run(1.1, 1.0, 480), Run(0.9, 0.8, 470)],
}
SAID = {"duckdb": "the judge", "polars": "agrees", "rfm": "differs from duckdb: row 7, vip: True | False"}


def figures(rows: int = 10_000_000, **changes: object) -> Figures:
    taken = [share_figure(Share("a night: all of it", {"rfm": 2}, {"polars": 1, "duckdb": 1}, 0.5), SUMMARIES)]
    machine = {"machine": "Linux x86_64, 2 cores, 25 GB", "polars": "2.1.0"}
    made = Figures("10m-dense", "`rfm score`", rows, "dense", 3, "", machine, SUMMARIES, taken, ["pandas: too large"])
    return replace(made, **changes)


SUMMARIES = summaries(CONTEST, RUNS, SAID)


def test_ratios_are_of_medians_to_the_faster_and_of_peaks_to_the_leaner_base() -> None:
    by_name = {row.program: row for row in SUMMARIES}
    rfm = by_name["rfm"]
    assert (rfm.median_s, rfm.fastest_s, rfm.slowest_s, rfm.cpu_s) == (0.9, 0.5, 1.1, 0.9)
    assert (rfm.ratio, rfm.peak_mb, rfm.memory_ratio) == (0.45, 480, pytest.approx(480 / 950, abs=1e-3))
    assert (rfm.goal, rfm.goal_mb) == (0.45, 500)
    assert by_name["duckdb"].ratio == 1.25
    assert by_name["polars"].goal is None


def test_a_share_adds_medians_with_their_weights_and_is_empty_of_nothing() -> None:
    assert share_figure(Share("", {"rfm": 1, "polars": -1}, {"duckdb": 1}), SUMMARIES).ratio == -0.44
    assert share_figure(Share("", {"rfm": 1}, {"rfm": 1, "duckdb": -1}), SUMMARIES).ratio is None


def test_figures_are_kept_as_they_were(tmp_path: Path) -> None:
    kept = figures(contest="past:10m-dense")
    save(kept, tmp_path)
    assert load(tmp_path / "figures" / "past-10m-dense.json") == kept


def test_results_grow_over_several_runs_in_the_order_of_the_cases(tmp_path: Path) -> None:
    for name in ("own.parquet", "past:10m-dense", "10m-dense", "1m-csv"):
        save(figures(contest=name), tmp_path)
    save(figures(contest="1m-csv", repeat=9), tmp_path)
    kept = kept_figures(tmp_path)
    assert [(one.contest, one.repeat) for one in kept] == [
        ("1m-csv", 9),
        ("10m-dense", 3),
        ("past:10m-dense", 3),
        ("own.parquet", 3),
    ]
    write_results(tmp_path, tmp_path / "RESULTS.md")
    assert (tmp_path / "RESULTS.md").read_text(encoding="utf-8") == results_text(kept)


def test_results_hold_the_goals_the_figures_and_what_did_not_take_part() -> None:
    lines = [" ".join(line.split()) for line in results_text([figures()]).splitlines()]
    assert "| 10m-dense | rfm | 0.45 | 0.45 | 500 | 480 | 0.51 |" in lines
    assert "| 10m-dense | a night | 0.50 | 0.40 | - | - | - |" in lines
    assert "| polars | agrees | 2.000 | 2.000 | 2.000 | 3.000 | 1.00 | 1,200 | 1.26 |" in lines
    assert "- a night: all of it: 0.40" in lines
    assert "- not here: pandas: too large" in lines
    assert "`rfm score`; 3 repeats." in lines
    assert lines.count("Linux x86_64, 2 cores, 25 GB · polars 2.1.0") == 1


def test_text_of_an_answer_does_not_break_the_table() -> None:
    assert "row 7, vip: True \\| False" in results_text([figures()])
    assert table(["a", "b"], [["x\ny", "1"]]).splitlines()[-1] == "| x y | 1 |"


def test_conditions_and_dates_are_said_for_each_where_they_differ() -> None:
    other = figures(contest="1m-csv", date="2026-11-30", machine={"machine": "Darwin arm64, 8 cores, 17 GB"})
    text = results_text([figures(), other])
    assert "`rfm score`; 3 repeats, 2026-11-30.\n\nDarwin arm64, 8 cores, 17 GB\n" in text
    assert "`rfm score`; 3 repeats.\n\nLinux x86_64, 2 cores, 25 GB · polars 2.1.0\n" in text


def test_growth_is_shown_where_a_kind_of_file_has_two_sizes() -> None:
    assert "## Growth" not in results_text([figures()])
    tenfold = [replace(row, median_s=row.median_s * 10, peak_mb=row.peak_mb) for row in SUMMARIES]
    text = results_text([figures(), figures(contest="100m-dense", rows=100_000_000, summaries=tenfold)])
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "| dense | rfm | time | 10m-100m 1.00 | 1.00 |" in lines
    assert "| dense | rfm | memory | 10m-100m 0.00 | 0.00 |" in lines


def test_every_goal_is_of_a_case_that_runs_and_no_two_cases_share_a_file() -> None:
    assert set(GOALS) <= set(CASES) <= set(NAMES)
    assert len({case.file_name() for case in CASES.values()}) == len(CASES)


def test_ratios_of_a_contest_of_processors_are_of_their_seconds() -> None:
    of_processors = summaries(replace(CONTEST, processor=True), RUNS, SAID)
    assert {row.program: row.ratio for row in of_processors} == {"duckdb": 1.5, "polars": 1.0, "rfm": 0.3}
