"""One roll-up by several engines: `python benchmarks/engines.py ORDERS --engine polars --engine sc://127.0.0.1:50051=PID`.

Each run is a whole `rfm rollup` process. Processor time and memory are those of the client, and of the server's process
PID with all under it where one is given: wall time says little on a machine that others use. With more than one
`--repeat` the medians are printed, and of memory the highest. All roll-ups must have the same rows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import polars as pl

from rfm_cli.rollup.read import read_rollup

TICKS = os.sysconf("SC_CLK_TCK")


class Run(NamedTuple):
    """Seconds of wall and of processors, and the highest memory in MB: of the client, and of the server."""

    wall: float
    client_cpu: float
    client_mb: float
    server_cpu: float
    server_mb: float


def tree(pid: int) -> list[Path]:
    """Return the entries under /proc of a process and of all below it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return [Path("/proc") / str(one) for one in found if one in parents]


def server_cpu(pid: int) -> float:
    """Seconds of processor time that a server has used."""
    stats = [(entry / "stat").read_text().rpartition(")")[2].split() for entry in tree(pid)]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


def server_mb(pid: int) -> float:
    """Return the sum of the highest memory of a server's processes since they began."""
    lines = [line for entry in tree(pid) for line in (entry / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def run(orders: str, out: Path, engine: str, pid: int, more: list[str]) -> Run:
    """One roll-up."""
    begun, used = time.perf_counter(), server_cpu(pid) if pid else 0
    command = [sys.executable, "-m", "rfm_cli", "rollup", orders, str(out), "--engine", engine, "-q", *more]
    process = subprocess.Popen(command)
    _, code, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if code:
        sys.exit(f"{engine}: exit code {os.waitstatus_to_exitcode(code)}")
    client = usage.ru_utime + usage.ru_stime
    if not pid:
        return Run(wall, client, usage.ru_maxrss / 1000, 0, 0)
    return Run(wall, client, usage.ru_maxrss / 1000, server_cpu(pid) - used, server_mb(pid))


def table_row(engine: str, runs: list[Run], rows: int) -> str:
    """Return a row of the table."""
    wall, cpu = median(one.wall for one in runs), median(one.client_cpu + one.server_cpu for one in runs)
    client, server = max(one.client_mb for one in runs), max(one.server_mb for one in runs)
    return f"| {engine} | {wall:.1f} | {cpu:.1f} | {rows / cpu / 1e6:.2f} | {client:,.0f} | {server:,.0f} |"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders")
    parser.add_argument("--engine", action="append", required=True, metavar="NAME[=PID]")
    parser.add_argument("--repeat", type=int, default=1)
    known, more = parser.parse_known_args()
    rows = pl.scan_parquet(known.orders).select(pl.len()).collect().item()
    table, sizes = [], set()
    with tempfile.TemporaryDirectory(prefix="rfm-") as folder:
        for place, named in enumerate(known.engine):
            engine, _, pid = named.partition("=")
            outs = [Path(folder) / f"{place}-{number}" for number in range(known.repeat)]
            runs = [run(known.orders, out, engine, int(pid or 0), more) for out in outs]
            frame = read_rollup(str(outs[0])).frame().cast({"customer_id": pl.String})
            facts = frame.select(
                pl.len(), pl.col("revenue").sum(), pl.col("orders").sum(), pl.struct(pl.all()).hash().sum()
            )
            files = [file for file in (outs[0] / "rollup.parquet").resolve().rglob("*") if file.is_file()]
            size = sum(file.stat().st_size for file in files or [(outs[0] / "rollup.parquet").resolve()])
            sizes.add((facts.collect(engine="streaming").row(0), size))
            table.append(table_row(engine.partition(";")[0], runs, rows))
    print("| engine | seconds | processor seconds | M rows a processor second | client MB | server MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print("\n".join(table))
    for facts, size in sizes:
        print(f"\n{rows:,} rows -> {facts[0]:,} rows, {size:,} bytes, {size / facts[0]:.1f} bytes a row")
    if len(sizes) != 1:
        sys.exit("the roll-ups differ")


if __name__ == "__main__":
    main()
