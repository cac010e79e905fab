"""How long the questions about the past take beside one score of the same orders, in interleaved rounds.

python benchmarks/history.py 10m-dense --data DIR --repeat 5
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import CASES

QUESTIONS = {
    "score": ["score"],
    "migrate --from 2024 --to 2025": ["migrate", "--from", "2024", "--to", "2025"],
    "migrate --every month, 24 months": ["migrate", "--from", "2023-12", "--to", "2025-12", "--every", "month"],
    "migrate --speed over a year": ["migrate", "--from", "2024", "--to", "2025", "--speed"],
    "score --history": ["score", "--history"],
    "grid": ["grid"],
    "vip": ["vip"],
    "matrix --by recency,monetary": ["matrix", "--by", "recency,monetary"],
}


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a whole process."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    orders = options.data / CASES[options.case].file_name()
    if not orders.exists():
        maker = [sys.executable, "make_orders.py", *CASES[options.case].maker_options(), "-o", str(orders)]
        subprocess.run(maker, check=True, cwd=Path(__file__).parent)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in QUESTIONS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.repeat):
            for name, words in QUESTIONS.items():
                out = str(Path(folder) / "answer.parquet")
                found[name].append(measured([sys.executable, "-m", "rfm_cli", *words, str(orders), "-q", "-o", out]))
    seconds = {name: statistics.median(one for one, _ in runs) for name, runs in found.items()}
    memory = {name: statistics.median(one for _, one in runs) for name, runs in found.items()}
    print(f"| {options.case}, medians of {options.repeat} | seconds | to one score | MB | to one score |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in QUESTIONS:
        times, room = seconds[name] / seconds["score"], memory[name] / memory["score"]
        print(f"| `rfm {name}` | {seconds[name]:.2f} | {times:.2f} | {memory[name]:,.0f} | {room:.2f} |")


if __name__ == "__main__":
    main()
