"""Measure `rfm score` beside its peers and floors: whole processes, interleaved, answers compared.

python benchmarks/run.py                              # the default cases
python benchmarks/run.py 10m-dense 1m-csv --repeat 7  # named cases
python benchmarks/run.py --rows 3_000_000 --ids email --lines 5 --only peers

This process imports no data library: what a child shares with its parent before it starts counts as the
child's peak memory, so the parent has to stay smaller than any child.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cases import CASES, DEFAULT_CASES, Case, add_case_options, own_case, positive

HERE = Path(__file__).resolve().parent
PEERS = ["duckdb", "polars", "pandas"]
FASTER_OF = ["duckdb", "polars"]  # the ratio is to the faster of these
FLOORS = ["import", "scan"]
GROUPS = {"rfm": ["rfm"], "peers": PEERS, "floors": FLOORS}
BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


class BenchmarkError(Exception):
    """Something that ends the run, in one or two lines."""


@dataclass(frozen=True)
class Run:
    """What one process took."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Summary:
    """One program on one case, over all repeats."""

    case: str
    program: str
    median_s: float
    fastest_s: float
    slowest_s: float
    ratio: float | None  # to the faster peer's median
    peak_mb: float  # the highest of all repeats
    answer: str  # "agrees", the first difference, or "-" where there is no answer to compare


def measure(command: list[str]) -> Run:
    """Run a process to its end; wall time from its start, and the most memory it held at once."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    message = process.stderr.read()  # to the end, so that a talkative child cannot block
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        last_lines = "\n".join(message.decode(errors="replace").splitlines()[-5:])
        raise BenchmarkError(f"exit code {process.returncode} from: {' '.join(command)}\n{last_lines}")
    return Run(seconds, usage.ru_maxrss * BYTES_PER_MAXRSS / 1e6)


def commands(source: Path, answers: Path, case: Case, programs: list[str], rfm: str) -> dict[str, list[str]]:
    """The command line of each program; those with an answer write it to `answers`/<program>.parquet."""
    told = [f"--ids={case.told_ids()}", *(["--refunds"] if case.dirt else [])]
    python = sys.executable
    every = {
        "rfm": [rfm, "score", str(source), "-o", str(answers / "rfm.parquet"), "-q"],
        "import": [python, "-c", "import polars"],
        "scan": [python, str(HERE / "floor_scan.py"), str(source), os.devnull, *told],
    }
    for peer in PEERS:
        target = str(answers / f"{peer}.parquet")
        every[peer] = [python, str(HERE / f"peer_{peer}.py"), str(source), target, *told]
    return {program: every[program] for program in programs}


def prepared(case: Case, folder: Path) -> Path:
    """The case's file, made if it is not there yet."""
    source = folder / case.file_name()
    if not source.exists():
        print(f"making {source}", file=sys.stderr)
        subprocess.run([sys.executable, HERE / "make_orders.py", *case.maker_options(), "-o", source], check=True)
    return source


def compared(answers: Path, programs: list[str]) -> dict[str, str]:
    """For each program that answers: "agrees", or how it first differs from the first peer."""
    answering = [program for program in programs if program not in FLOORS]
    judge = next((program for program in answering if program in PEERS), None)
    said = dict.fromkeys(programs, "-")
    for program in answering:
        if judge is not None and program != judge:
            pair = [answers / f"{judge}.parquet", answers / f"{program}.parquet"]
            done = subprocess.run(
                [sys.executable, HERE / "compare.py", *pair], check=False, capture_output=True, text=True
            )
            if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stdout):
                raise BenchmarkError(f"{program}'s answer could not be compared\n{done.stderr[-500:]}")
            said[program] = "agrees" if done.returncode == 0 else f"differs from {judge}: {done.stdout.strip()}"
    return said


def summaries(case: str, runs: dict[str, list[Run]], answers: dict[str, str]) -> list[Summary]:
    """One summary a program, with ratios to the faster peer where a peer took part."""
    medians = {program: statistics.median(run.seconds for run in taken) for program, taken in runs.items()}
    faster_peer = min((medians[peer] for peer in FASTER_OF if peer in medians), default=None)
    return [
        Summary(
            case,
            program,
            round(medians[program], 4),
            round(min(run.seconds for run in taken), 4),
            round(max(run.seconds for run in taken), 4),
            round(medians[program] / faster_peer, 3) if faster_peer else None,
            round(max(run.peak_mb for run in taken), 1),
            answers[program],
        )
        for program, taken in runs.items()
    ]


def measured(name: str, case: Case, folder: Path, programs: list[str], rfm: str, repeat: int) -> list[Summary]:
    """One case: a round that does not count, the comparison of its answers, then `repeat` rounds.

    The first round fills the page cache and writes byte code. The rounds are interleaved, so a machine that
    slows down slows all programs alike.
    """
    source = prepared(case, folder)
    answers = folder / "answers" / source.name
    answers.mkdir(parents=True, exist_ok=True)
    for old in answers.glob("*.parquet"):
        old.unlink()  # an old answer must not stand for one that was not written
    lines = commands(source, answers, case, programs, rfm)
    for line in lines.values():
        measure(line)
    agreement = compared(answers, programs)
    runs: dict[str, list[Run]] = {program: [] for program in programs}
    for _ in range(repeat):
        for program, line in lines.items():
            runs[program].append(measure(line))
    return summaries(name, runs, agreement)


def printed(rows: list[Summary]) -> None:
    """The table of one case."""
    print(f"\n{rows[0].case}")
    print(f"{'program':10} {'median s':>9} {'fastest':>9} {'slowest':>9} {'ratio':>7} {'peak MB':>9}  answer")
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else "-"
        print(
            f"{row.program:10} {row.median_s:9.3f} {row.fastest_s:9.3f} {row.slowest_s:9.3f} "
            f"{ratio:>7} {row.peak_mb:9.0f}  {row.answer}",
            flush=True,
        )


def saved(rows: list[Summary], repeat: int, path: Path) -> None:
    """All figures as JSON, with what is needed to judge them."""
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}
    figures = {"repeat": repeat, **machine, "results": [asdict(row) for row in rows]}
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def rfm_beside_python() -> str:
    """The `rfm` of this interpreter's environment, else the one on the PATH."""
    beside = Path(sys.executable).with_name("rfm")
    return str(beside) if beside.exists() else shutil.which("rfm") or str(beside)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure `rfm score` beside its peers and floors.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"default: {' '.join(DEFAULT_CASES)}")
    parser.add_argument("--list", action="store_true", help="list the cases and stop")
    parser.add_argument("--only", choices=GROUPS, action="append", help="may be repeated; default: all three")
    parser.add_argument("--repeat", type=positive, default=5, help="rounds that count")
    parser.add_argument("--rfm", default=rfm_beside_python(), metavar="PATH", help="the rfm to measure")
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="folder of files and answers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the figures")
    add_case_options(parser.add_argument_group("a case of your own, in place of named ones"), rows=None)
    return parser


def chosen_cases(given: argparse.Namespace) -> dict[str, Case]:
    """The named cases, or the one that the options describe."""
    if given.rows:
        case = own_case(given)
        return {case.file_name(): case}
    unknown = [name for name in given.cases if name not in CASES]
    if unknown:
        raise BenchmarkError(f"no such case: {', '.join(unknown)}; the cases are {', '.join(CASES)}")
    return {name: CASES[name] for name in given.cases or DEFAULT_CASES}


def run(given: argparse.Namespace) -> int:
    """Measure what was asked for; 1 where an answer differs."""
    cases = chosen_cases(given)
    programs = [program for group in given.only or GROUPS for program in GROUPS[group]]
    if "rfm" in programs and not shutil.which(given.rfm):
        raise BenchmarkError(f"no rfm at {given.rfm}; give --rfm PATH, or --only peers")
    results: list[Summary] = []
    for name, case in cases.items():
        rows = measured(name, case, given.data.resolve(), programs, given.rfm, given.repeat)
        printed(rows)
        results += rows
    if given.json:
        saved(results, given.repeat, given.json)
    return 1 if any(row.answer.startswith("differs") for row in results) else 0


def main() -> int:
    """The exit code: 0 all agree, 1 an answer differs, 2 nothing could be measured."""
    given = parser().parse_args()
    if given.list:
        print("\n".join(f"{name:20} {case.file_name()}" for name, case in CASES.items()))
        return 0
    try:
        return run(given)
    except (BenchmarkError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
