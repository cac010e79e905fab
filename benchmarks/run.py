"""Measure `rfm` beside its peers and floors: whole processes, interleaved, answers compared.

python benchmarks/run.py                              # the default cases
python benchmarks/run.py 10m-dense 1m-csv --repeat 7  # named cases
python benchmarks/run.py all --date 2026-11-30        # everything, and RESULTS.md
python benchmarks/run.py --rows 3_000_000 --ids email --lines 5 --only peers

This process imports no data library; measure.py says why.
"""

from __future__ import annotations

import argparse
import datetime
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases import add_case_options, own_case, positive
from contests import NAMES, PACKAGES, PARTS, Contest, Setting, contest, score_contest
from figures import Figures, machine, save, share_figure, summaries
from growth import growths
from measure import BenchmarkError, agreements, rounds, warmed
from results import contest_text, growth_text, kept_figures, write_results

HERE = Path(__file__).resolve().parent
DEFAULT = ("1m-dense", "1m-csv", "10m-dense")
GROUPS = ("rfm", "peers", "floors")


def measured(one: Contest, given: argparse.Namespace, setting: Setting) -> Figures:
    """Measure a contest: a round that does not count, the comparison of its answers, then the rounds."""
    programs = list(one.programs)
    warmed(programs)
    answers = agreements(programs, PACKAGES)
    rows = summaries(one, rounds(programs, given.repeat), answers)
    return Figures(
        one.name,
        one.title,
        one.rows,
        one.family,
        given.repeat,
        given.date or "",
        machine(setting),
        rows,
        [share_figure(share, rows) for share in one.shares],
        list(one.skipped),
    )


def chosen(given: argparse.Namespace) -> list[str]:
    """Return the names of the contests that were asked for; none where a case of one's own is described."""
    if given.rows:
        return []
    if "all" in given.cases:
        return list(NAMES)
    return [name for asked in given.cases or DEFAULT for name in (parts_of(asked) or [asked])]


def parts_of(asked: str) -> list[str]:
    """Return the contests of a kind that has parts, such as `start`; none for another name."""
    return [name for name in NAMES if asked in PARTS and name.startswith(f"{asked}:")]


def run_one(name: str, given: argparse.Namespace, setting: Setting) -> int:
    """Measure, print and keep one contest; return 0, 1 if an answer differs, or 2 if it failed, with a message."""
    try:
        case = own_case(given) if given.rows else None
        one = score_contest(case.file_name(), case, setting) if case else contest(name, setting)
        figures = measured(one, given, setting)
    except (BenchmarkError, subprocess.CalledProcessError) as error:
        print(f"error: {name}: {error}", file=sys.stderr)
        return 2
    save(figures, setting.folder)
    print(f"\n{figures.contest}: {figures.title}\n{contest_text(figures)}", flush=True)
    return 1 if any(row.answer.startswith("differs") for row in figures.summaries) else 0


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this lasts no other run measures in the folder, where both would write to the same answers."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BenchmarkError(f"another run measures in {folder}; wait for it, or give --data DIR") from None
        yield


def run(given: argparse.Namespace) -> int:
    """Return the worst code of all contests."""
    setting = Setting(given.data.resolve(), given.rfm, given.packages_python, tuple(given.only or GROUPS))
    if "rfm" in setting.groups and not shutil.which(given.rfm):
        raise BenchmarkError(f"no rfm at {given.rfm}; give --rfm PATH, or --only peers")
    with alone(setting.folder):
        codes = [run_one(name, given, setting) for name in (chosen(given) or [""])]
    if found := growths(kept_figures(setting.folder)):
        print(f"\nGrowth over all figures that are kept\n{growth_text(found)}")
    if given.results or "all" in given.cases:
        write_results(setting.folder, given.results or HERE / "RESULTS.md")
    return max(codes)


def rfm_beside_python() -> str:
    """Return the `rfm` of this interpreter's environment, else the one on the PATH."""
    beside = Path(sys.executable).with_name("rfm")
    return str(beside) if beside.exists() else shutil.which("rfm") or str(beside)


def day(text: str) -> str:
    """Parse a date and keep its text."""
    return datetime.date.fromisoformat(text).isoformat()


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    parser = argparse.ArgumentParser(description="Measure `rfm` beside its peers and floors.")
    cases = "names of --list, KIND:CASE with past, nightly or memory, `start`, `select`, or `all`"
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{cases}; default: {' '.join(DEFAULT)}")
    parser.add_argument("--list", action="store_true", help="list the cases and stop")
    parser.add_argument("--only", choices=GROUPS, action="append", help="may be repeated; default: all three")
    parser.add_argument("--repeat", type=positive, default=5, help="rounds that count")
    parser.add_argument("--rfm", default=rfm_beside_python(), metavar="PATH", help="the rfm to measure")
    parser.add_argument(
        "--packages-python", metavar="PATH", help=f"a Python that has {' and '.join(PACKAGES)}, for 1 M rows"
    )
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="folder of files, answers and figures")
    parser.add_argument("--date", type=day, help="a date to note beside the figures")
    parser.add_argument(
        "--results", type=Path, nargs="?", const=HERE / "RESULTS.md", metavar="FILE", help="write all kept figures"
    )
    add_case_options(parser.add_argument_group("a case of your own, in place of named ones"), rows=None)
    return parser


def main() -> int:
    """Measure; return the exit code: 0 all agree, 1 an answer differs, 2 something could not be measured."""
    given = parser().parse_args()
    if given.list:
        print("\n".join(NAMES))
        return 0
    try:
        return run(given)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
