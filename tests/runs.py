"""Many runs of `rfm` in one process of their own: a plan goes in, and how each run ended comes out.

A process costs half a second to start, a run in one that is warm a tenth of that. The process is not the one of the
tests, so that a run may take threads of its own number, crash, or hang, and the test then says which one did.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SECONDS = 1800
"""So long a plan may take at most: no test asserts a time, and a run that hangs must end some day."""


class Wish(NamedTuple):
    """A run that is asked for: its arguments, its folder, what it finds on standard input, and variables of its own."""

    args: tuple[str, ...]
    folder: str
    stdin: str | None = None
    env: Mapping[str, str] | None = None


class Ended(NamedTuple):
    """How a run ended. `died` is what the process told when it ended in the middle of the run, else empty."""

    code: int
    out: bytes
    err: str
    died: str = ""


def run_all(wishes: Sequence[Wish], env: Mapping[str, str] | None = None, setup: str = "") -> list[Ended]:
    """Run the plan in one process, or in several where one dies; one result for each wish.

    `setup` is Python that the process runs first, for what a test has to replace there.
    """
    ended: list[Ended] = []
    while len(ended) < len(wishes):
        ended += _batch(wishes[len(ended) :], env or {}, setup)
    return ended


def _batch(wishes: Sequence[Wish], env: Mapping[str, str], setup: str) -> list[Ended]:
    """Run wishes until the process dies; the last result is then that of the run in which it did."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RFM_", "POLARS_"))}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "RUST_BACKTRACE"):
        clean.pop(name, None)
    with tempfile.TemporaryDirectory() as place:
        plan, told, said = (Path(place, name) for name in ("plan.json", "told.jsonl", "stderr"))
        plan.write_text(json.dumps({"wishes": wishes, "setup": setup}))
        command = [sys.executable, "-m", "tests.runs", str(plan), str(told), str(said)]
        with subprocess.Popen(
            command, cwd=ROOT, env={**clean, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            try:
                _, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                _, err = process.communicate()
                err += b"\nended by the test: it took too long"
        err += said.read_bytes() if said.exists() else b""
        lines = told.read_text().splitlines() if told.exists() else []
    ended = [Ended(code, out.encode("latin-1"), err_text) for code, out, err_text in map(json.loads, lines)]
    if len(ended) < len(wishes):
        ended.append(Ended(process.returncode, b"", "", died=err.decode(errors="replace") or "without a word"))
    return ended


def _serve(plan: str, told: str, said: str) -> None:
    """Run the wishes of a plan, and write a line for each as soon as it has ended; stderr goes to the file `said`."""
    given = json.loads(Path(plan).read_text())
    exec(given["setup"], {})
    from rfm_cli.cli.main import main

    environment = dict(os.environ)
    with Path(told).open("w") as file:
        for args, folder, stdin, env in given["wishes"]:
            os.environ.update(env or {})
            ended = _one(main, args, folder, stdin, said)
            file.write(json.dumps(ended) + "\n")
            file.flush()
            os.environ.clear()
            os.environ.update(environment)


def _one(
    main: Callable[[], None], args: Sequence[str], folder: str, stdin: str | None, said: str
) -> tuple[int, str, str]:
    """Run `main` with these arguments; its exit code, stdout as Latin-1, and stderr."""
    os.chdir(folder)
    sys.argv = ["rfm", *args]
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, Path(said).open("w+b") as err:
        source.write((stdin or "").encode("utf-8", "surrogateescape"))
        source.seek(0)
        for file, number in ((source, 0), (out, 1), (err, 2)):
            os.dup2(file.fileno(), number)
        sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), write_through=True)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(io.BufferedWriter(io.FileIO(number, "w", closefd=False)), encoding="utf-8")
            for number in (1, 2)
        )
        sys.stderr.reconfigure(errors="backslashreplace", line_buffering=True)
        code = 70
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 70
        for stream in (sys.stdout, sys.stderr):
            with suppress(ValueError, OSError):
                stream.flush()
        out.seek(0)
        err.seek(0)
        return code, out.read().decode("latin-1"), err.read().decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    _serve(*sys.argv[1:])
