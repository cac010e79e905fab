"""What the command line costs, against another build: whole processes in turns, processor time, ratios.

    python benchmarks/turns.py OTHER [--runs 25] [--large-runs 5] [--only PART] [--data DIR]

OTHER is a checkout of the build to compare with, such as a git worktree of an earlier commit. Both builds run under
this Python, so it must have what both need. The two take turns, since the machine drifts; trust the ratios of one run.
The files of a million orders and more are made on the first run and kept in DIR.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parents[1]
START = "import sys; from rfm_cli.{begin} import main; sys.argv[0] = 'rfm'; main()"
MILLION = 1_000_000


@dataclass(frozen=True)
class Turn:
    """A command that both builds run, and the ratio of this build to the other that it must stay under.

    `rows` and `form` name the file that a score reads. Without words and rows, the command is completion in bash.
    """

    name: str
    goal: float
    words: tuple[str, ...] = ()
    rows: int = 0
    form: str = "csv"

    def file(self) -> str:
        """Return the name of its file of orders."""
        return f"turns-{self.rows}.{self.form}"

    def command(self, data: Path) -> tuple[str, ...]:
        """Return the words of the command line."""
        return ("score", str(data / self.file()), "-q", "-o", "scores.parquet") if self.rows else self.words

    @property
    def is_large(self) -> bool:
        """Return whether a run takes so long that few of them have to do."""
        return self.rows >= MILLION


TURNS = (
    Turn("--help", 1.1, ("--help",)),
    Turn("score --help", 1.5, ("score", "--help")),
    Turn("completion in bash", 1.4),
    Turn("score of 10,000 orders", 1.12, rows=10_000),
    Turn("score of 1 M orders, CSV", 1.05, rows=MILLION),
    Turn("score of 1 M orders, Parquet", 1.05, rows=MILLION, form="parquet"),
    Turn("score of 10 M orders", 1.02, rows=10 * MILLION, form="parquet"),
)


def cost(build: Path, words: tuple[str, ...], folder: str) -> float:
    """Run one process and return its processor time in seconds."""
    env = {**os.environ, "PYTHONPATH": str(build), "PYTHONSAFEPATH": "1"}
    if not words:
        env |= {"_RFM_COMPLETE": completion_of(build), "COMP_WORDS": "rfm score --c", "COMP_CWORD": "2"}
    # The command line began in a module of another name before.
    begin = "entry" if (build / "rfm_cli" / "entry.py").exists() else "__main__"
    start = [sys.executable, "-c", START.format(begin=begin), *words]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(start, env=env, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def completion_of(build: Path) -> str:
    """Return the instruction that asks a build for completion in bash."""
    # The word before the underscore was the shell before Typer, and is the instruction since.
    package = build / "rfm_cli"
    is_typer = any((package / room / "option_groups.py").exists() for room in ("cli", "commands"))
    return "complete_bash" if is_typer else "bash_complete"


def make_file(turn: Turn, data: Path) -> None:
    """Make the orders of a turn, unless they are there."""
    data.mkdir(parents=True, exist_ok=True)
    if turn.rows and not (data / turn.file()).exists():
        command = [sys.executable, str(HERE / "benchmarks" / "make_orders.py"), "--rows", str(turn.rows)]
        part = data / f"part-{turn.file()}"
        subprocess.run([*command, "--format", turn.form, "-o", str(part)], check=True)
        part.rename(data / turn.file())


def compare(turn: Turn, builds: tuple[Path, Path], runs: int, data: Path) -> tuple[float, float]:
    """Return the median processor time of both builds in seconds, from runs in turns."""
    took: dict[Path, list[float]] = {build: [] for build in builds}
    make_file(turn, data)
    with tempfile.TemporaryDirectory() as folder:
        for build in builds * (runs + 1):
            took[build].append(cost(build, turn.command(data), folder))
    first, second = (statistics.median(took[build][1:]) for build in builds)  # the first run compiles
    return first, second


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    parser = argparse.ArgumentParser(description="Compare the cost of the command line with another build.")
    parser.add_argument("other", type=Path, metavar="OTHER", help="a checkout of the other build")
    parser.add_argument("--runs", type=int, default=25, help="runs of each build and small command")
    parser.add_argument("--large-runs", type=int, default=5, help="runs of each build and score of a million or more")
    parser.add_argument("--only", default="", metavar="PART", help="only commands with PART in their name")
    parser.add_argument("--data", type=Path, default=HERE / "benchmarks" / ".data", metavar="DIR")
    return parser


def main() -> None:
    """Print a line for each command: both medians, their ratio, and the goal."""
    given = parser().parse_args()
    builds = (given.other.resolve(), HERE)
    for turn in TURNS:
        if given.only in turn.name:
            runs = given.large_runs if turn.is_large else given.runs
            first, second = compare(turn, builds, runs, given.data.resolve())
            ratio = second / first
            verdict = "reached" if ratio <= turn.goal else "MISSED"
            print(f"{turn.name:28} {first:9.3f} s {second:9.3f} s  {ratio:5.3f}  goal {turn.goal}  {verdict}")


if __name__ == "__main__":
    main()
