"""Run programs as whole processes in interleaved rounds; what each took.

The standard library alone: what a child shares with its parent before it starts counts as the child's peak
memory, so the parent has to stay smaller than any child.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


class BenchmarkError(Exception):
    """Something that ends a measurement, in one or two lines."""


@dataclass(frozen=True)
class Program:
    """A command line with a name, and what has to be done beside it, untimed.

    `answer` is the Parquet file that it writes, if that is to be compared; `part` says that it answers some of
    the columns only. `first` runs once, before the first run. `fresh` (from, to) is a folder that is copied
    anew before every run, for programs that change it.
    """

    name: str
    command: tuple[str, ...]
    answer: Path | None = None
    part: bool = False
    first: tuple[str, ...] = ()
    fresh: tuple[Path, Path] | None = None
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Run:
    """What one process took: wall seconds, processor seconds, its highest resident memory in millions of bytes."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def measured(command: tuple[str, ...], environment: tuple[tuple[str, str], ...] = ()) -> Run:
    """Run a process to its end; an error with its last lines if it fails."""
    started = time.perf_counter()
    environ = {**os.environ, **dict(environment)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as an installed program, which is compiled once
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ)
    assert process.stderr is not None
    message = process.stderr.read()  # to the end, so that a talkative child cannot block
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        last_lines = "\n".join(message.decode(errors="replace").splitlines()[-5:])
        raise BenchmarkError(f"exit code {process.returncode} from: {' '.join(command)}\n{last_lines}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * BYTES_PER_MAXRSS / 1e6)


def run_once(program: Program) -> Run:
    """One run of the program, in a fresh folder where it wants one."""
    if program.fresh:
        original, copy = program.fresh
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(original, copy)
    return measured(program.command, program.environment)


def warmed(programs: list[Program]) -> None:
    """Run the round that does not count: it fills the page cache, writes byte code and gives the answers to compare.

    Old answers are removed first: none may be taken for one that was not written.
    """
    for program in programs:
        if program.answer:
            program.answer.unlink(missing_ok=True)
        if program.first:
            measured(program.first)
        run_once(program)


def rounds(programs: list[Program], repeat: int) -> dict[str, list[Run]]:
    """Run each program; each round runs all, so a machine that slows down slows all alike. Returns runs by name."""
    runs: dict[str, list[Run]] = {program.name: [] for program in programs}
    for _ in range(repeat):
        for program in programs:
            runs[program.name].append(run_once(program))
    return runs


def first_difference(expected: Path, program: Program) -> str | None:
    """How the program's answer differs from the expected one, or None; by compare.py, a process of its own."""
    assert program.answer is not None
    script = str(Path(__file__).with_name("compare.py"))
    words = [sys.executable, script, str(expected), str(program.answer), *(["--part"] if program.part else [])]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stdout):
        raise BenchmarkError(f"{program.name}'s answer could not be compared\n{done.stderr[-500:]}")
    return done.stdout.strip() if done.returncode == 1 else None


def agreements(programs: list[Program], columns_of_part: dict[str, str]) -> dict[str, str]:
    """For each program that answers "agrees", or how it first differs from the first of them, the judge.

    The judge itself is "the judge"; where there is nothing to compare it is "-". Programs that answer a part
    say which columns were compared, from `columns_of_part`.
    """
    said = {program.name: "-" for program in programs}
    answering = [program for program in programs if program.answer]
    if len(answering) < 2:
        return said
    judge = answering[0]
    assert judge.answer is not None
    said[judge.name] = "the judge"
    for program in answering[1:]:
        difference = first_difference(judge.answer, program)
        agrees = f"agrees on {columns_of_part[program.name]}" if program.part else "agrees"
        said[program.name] = f"differs from {judge.name}: {difference}" if difference else agrees
    return said
