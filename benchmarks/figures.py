"""What a contest gave: medians, ratios and memory, kept as JSON so that RESULTS.md can grow over several runs."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from cases import Goal
from contests import PACKAGES, Contest, Setting, Share
from measure import Run

LIBRARIES = ("polars", "duckdb", "pandas", "numpy", "pyarrow", "typer")
PACKAGE_VERSIONS = (
    "import sys; from importlib.metadata import version; print(*(f'{n} {version(n)}' for n in sys.argv[1:]), sep=', ')"
)


@dataclass(frozen=True)
class Summary:
    """One program of a contest, over all repeats."""

    program: str
    median_s: float
    fastest_s: float
    slowest_s: float
    cpu_s: float  # the median of the processors' seconds
    ratio: float | None  # of the median (or that of the processors' seconds) to that of the fastest base
    peak_mb: float  # the highest of all repeats
    memory_ratio: float | None  # of the peak to that of the leanest base
    answer: str  # see measure.agreements
    goal: float | None = None
    goal_mb: float | None = None


@dataclass(frozen=True)
class ShareFigure:
    """A figure made of several programs' medians; None if it cannot be computed because the whole is 0."""

    label: str
    ratio: float | None
    goal: float | None


@dataclass(frozen=True)
class Figures:
    """A contest's figures, and what is needed to judge them."""

    contest: str
    title: str
    rows: int
    family: str
    repeat: int
    date: str  # as given; empty where it was not
    machine: dict[str, str]
    summaries: list[Summary]
    shares: list[ShareFigure]
    skipped: list[str]


def ratio(value: float, bases: list[float]) -> float | None:
    """Return the value over the least of the bases, to three decimals; None without bases."""
    return round(value / min(bases), 3) if bases else None


def summaries(contest: Contest, runs: dict[str, list[Run]], answers: dict[str, str]) -> list[Summary]:
    """One summary a program, with ratios to the bases that took part."""
    medians = {name: statistics.median(run.seconds for run in taken) for name, taken in runs.items()}
    processor = {name: statistics.median(run.cpu_seconds for run in taken) for name, taken in runs.items()}
    compared = processor if contest.processor else medians
    peaks = {name: max(run.peak_mb for run in taken) for name, taken in runs.items()}
    bases = [name for name in contest.bases if name in runs]
    rows = []
    for name, taken in runs.items():
        goal = contest.goals.get(name, Goal(0))
        rows.append(
            Summary(
                name,
                round(medians[name], 4),
                round(min(run.seconds for run in taken), 4),
                round(max(run.seconds for run in taken), 4),
                round(processor[name], 4),
                ratio(compared[name], [compared[base] for base in bases]),
                round(peaks[name], 1),
                ratio(peaks[name], [peaks[base] for base in bases]),
                answers[name],
                goal.ratio or None,
                goal.peak_mb,
            )
        )
    return rows


def share_figure(share: Share, rows: list[Summary]) -> ShareFigure:
    """Return the share of the medians."""
    seconds = {row.program: row.median_s for row in rows}
    part, whole = (sum(seconds[name] * weight for name, weight in side.items()) for side in (share.part, share.whole))
    return ShareFigure(share.label, round(part / whole, 3) if whole > 0 else None, share.goal)


def machine(setting: Setting) -> dict[str, str]:
    """Cores, memory and versions; no name of a host and no path."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    facts = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB",
        "python": platform.python_version(),
    }
    facts |= {name: installed for name in LIBRARIES if (installed := version(name))}
    if "rfm" in setting.groups:
        said = subprocess.run([setting.rfm, "--version"], check=False, capture_output=True, text=True).stdout
        facts["rfm"] = said.strip().removeprefix("rfm ")
    if setting.packages_python:
        words = [setting.packages_python, "-c", PACKAGE_VERSIONS, *PACKAGES, "pandas"]
        facts["packages"] = subprocess.run(words, check=False, capture_output=True, text=True).stdout.strip()
    return facts


def version(library: str) -> str | None:
    """Return the installed version, or None."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def file_of(contest: str, folder: Path) -> Path:
    """Where the figures of a contest are kept."""
    return folder / "figures" / (contest.replace(":", "-") + ".json")


def save(figures: Figures, folder: Path) -> None:
    """Keep the figures in place of earlier ones of the same contest."""
    path = file_of(figures.contest, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(figures), indent=2) + "\n", encoding="utf-8")


def load(path: Path) -> Figures:
    """Figures as they were saved."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["summaries"] = [Summary(**row) for row in kept["summaries"]]
    kept["shares"] = [ShareFigure(**row) for row in kept["shares"]]
    return Figures(**kept)
