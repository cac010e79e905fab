"""What the command line costs, against another build: whole processes in turns, processor time, ratios.

    python benchmarks/turns.py OTHER [RUNS]

OTHER is a checkout of the build to compare with, such as a git worktree of an earlier commit; both builds run under
this Python, so it must have what both need. The machine drifts; trust the ratios of one run.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[1]
START = "import sys; from rfm_cli.entry import main; sys.argv[0] = 'rfm'; main()"
CUSTOMERS, ORDERS = 3_000, 10_000
CASES: dict[str, tuple[str, ...]] = {
    "--help": ("--help",),
    "score --help": ("score", "--help"),
    "completion in bash": (),
    "a score of 10,000 orders": ("score", "orders.csv", "-q", "-o", "scores.csv"),
}
GOALS = {"--help": 1.1, "score --help": 1.5, "completion in bash": 1.4, "a score of 10,000 orders": 1.12}


def cost(build: Path, words: tuple[str, ...], folder: str) -> float:
    """Run one process and return its processor time in seconds."""
    env = {**os.environ, "PYTHONPATH": str(build), "PYTHONSAFEPATH": "1"}
    if not words:  # the word before the underscore was the shell before Typer, and is the instruction since
        is_typer = (build / "rfm_cli" / "commands" / "option_groups.py").exists()
        env |= {"_RFM_COMPLETE": "complete_bash" if is_typer else "bash_complete"}
        env |= {"COMP_WORDS": "rfm score --c", "COMP_CWORD": "2"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", START, *words], env=env, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_orders(file: Path) -> None:
    """Write orders that repeat from run to run."""
    rows = (
        f"{number},{number * 7919 % CUSTOMERS},2024-{number % 12 + 1:02}-{number % 28 + 1:02},{number % 9000 / 100:.2f}"
        for number in range(ORDERS)
    )
    file.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *rows]) + "\n")


def main() -> None:
    """Print a line per case: both medians, their ratio, and the goal."""
    other, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 25
    with tempfile.TemporaryDirectory() as folder:
        write_orders(Path(folder, "orders.csv"))
        for name, words in CASES.items():
            took: dict[Path, list[float]] = {other: [], HERE: []}
            for build in (other, HERE) * (runs + 1):
                took[build].append(cost(build, words, folder))
            first, second = (statistics.median(times[1:]) * 1000 for times in took.values())  # the first run compiles
            print(f"{name:26} {first:7.1f} ms  {second:7.1f} ms  {second / first:5.3f}  goal {GOALS[name]}")


if __name__ == "__main__":
    main()
