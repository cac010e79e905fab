"""Figures as Markdown: the tables that a run prints, and RESULTS.md from all figures that are kept.

python benchmarks/results.py [--data DIR] [-o RESULTS.md]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cases import short
from contests import NAMES
from figures import Figures, Summary, file_of, load
from growth import Growth, growths

HERE = Path(__file__).resolve().parent
HEAD = """# Results

Written by `benchmarks/run.py`; [README.md](README.md) says what is measured and how to read it. Seconds are those of
one machine: trust the ratios, which are of medians of one run. `ratio` is to the faster base, `memory` to the leaner
one; the bases are DuckDB and Polars, or what the table says in its first row.
"""
GROWTH_HEAD = """## Growth

Exponents of rows, fitted by least squares on logarithms of all that was measured, with nothing taken off; beside them
those from each size to the next, where a cliff would show.
"""


def table(head: list[str], rows: list[list[str]], left: int = 1) -> str:
    """Return a Markdown table, padded to read well as plain text; columns after the first `left` to the right."""
    safe = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [head, *safe]) for column in range(len(head))]
    rule = ["-" * width if n < left else "-" * (width - 1) + ":" for n, width in enumerate(widths)]
    lines = [
        [
            cell.ljust(width) if n < left else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in [head, rule, *safe]
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float | None, form: str = ".2f") -> str:
    """Return the number, or a dash where there is none."""
    return "-" if value is None else format(value, form)


def row_of(row: Summary) -> list[str]:
    seconds = [number(value, ".3f") for value in (row.median_s, row.fastest_s, row.slowest_s, row.cpu_s)]
    return [row.program, row.answer, *seconds, number(row.ratio), number(row.peak_mb, ",.0f"), number(row.memory_ratio)]


def contest_text(figures: Figures) -> str:
    """Return a contest's table, its shares, and who did not take part."""
    head = ["program", "answer", "median s", "fastest", "slowest", "cpu s", "ratio", "peak MB", "memory"]
    lines = [table(head, [row_of(row) for row in figures.summaries], left=2)]
    lines += [f"- {share.label}: {number(share.ratio)}" for share in figures.shares]
    lines += [f"- not here: {reason}" for reason in figures.skipped]
    return "\n".join([lines[0], *([""] if lines[1:] else []), *lines[1:]])


def goal_rows(figures: Figures) -> list[list[str]]:
    """Return a row for each goal of the contest: what it is, and what was reached."""
    name = figures.contest
    programs = [row for row in figures.summaries if row.goal is not None]
    shares = [share for share in figures.shares if share.goal is not None]
    return [
        *([name, row.program, number(row.goal), number(row.ratio), *memory_cells(row)] for row in programs),
        *([name, brief(share.label), number(share.goal), number(share.ratio), "-", "-", "-"] for share in shares),
    ]


def memory_cells(row: Summary) -> list[str]:
    return [number(row.goal_mb, ",.0f"), number(row.peak_mb, ",.0f"), number(row.memory_ratio)]


def brief(label: str) -> str:
    """Return the part before the colon."""
    return label.partition(":")[0]


def growth_row(one: Growth) -> list[str]:
    steps = ", ".join(f"{short(low)}-{short(high)} {slope:.2f}" for low, high, slope in one.steps)
    return [one.family, one.program, one.measure, steps, number(one.exponent)]


def growth_text(found: list[Growth]) -> str:
    """Return the table of exponents; empty without any."""
    return table(["ids", "program", "of", "from size to size", "fitted"], [growth_row(one) for one in found], left=4)


def conditions(figures: Figures) -> str:
    """Return the machine and versions."""
    return " · ".join([figures.machine["machine"], *(f"{k} {v}" for k, v in figures.machine.items() if k != "machine")])


def results_text(kept: list[Figures]) -> str:
    """RESULTS.md: the goals, a section a contest, the growth. Conditions are written once if all share them."""
    alike = len({conditions(one) for one in kept}) == 1
    parts = [HEAD] + ([conditions(kept[0]) + "\n"] if alike else [])
    goals = [row for one in kept for row in goal_rows(one)]
    if goals:
        head = ["case", "program", "goal", "ratio", "goal MB", "peak MB", "memory"]
        parts.append("## Goals\n\n" + table(head, goals, left=2) + "\n")
    for one in kept:
        when = f"{one.repeat} repeats" + (f", {one.date}" if one.date else "")
        said = [f"## {one.contest}", "", f"{one.title}; {when}.", *([] if alike else ["", conditions(one)])]
        parts.append("\n".join([*said, "", contest_text(one)]) + "\n")
    found = growths(kept)
    if found:
        parts.append(GROWTH_HEAD + "\n" + growth_text(found) + "\n")
    return "\n".join(parts)


def kept_figures(folder: Path) -> list[Figures]:
    """All figures that are kept in the folder: known contests in their own order, then the others by name."""
    known = [file_of(name, folder) for name in NAMES]
    others = sorted(path for path in (folder / "figures").glob("*.json") if path not in known)
    return [load(path) for path in [*known, *others] if path.exists()]


def write_results(folder: Path, target: Path) -> None:
    """Write RESULTS.md from all figures that are kept."""
    target.write_text(results_text(kept_figures(folder)), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write RESULTS.md from the figures that are kept.")
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="the folder that run.py was given")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "RESULTS.md")
    given = parser.parse_args()
    write_results(given.data, given.output)


if __name__ == "__main__":
    main()
