"""Processes of `rfm` that need not import anything: each is forked from one that has the libraries loaded.

A process that starts from nothing spends a third of a second on imports, and the tests start more than a thousand. A
forked one also has its own memory, streams, folder, environment, signals and exit code. Only what an interpreter reads
when it starts comes from the parent, so a run that sets such a variable is not forked.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOADED = (
    "polars pyarrow.parquet numpy rich.console rich.table rfm_cli.cli.main rfm_cli.cli.session rfm_cli.output.table "
    "rfm_cli.pipeline rfm_cli.history.requests rfm_cli.measures.fast"
).split()
AT_START = ("PYTHON", "POLARS_", "LC_", "LANG", "LD_", "MALLOC_", "_RFM_", "RUST_")
"""The beginnings of variables that are read when an interpreter or a library starts."""
BY_THE_RUN = "POLARS_IGNORE_TIMEZONE_PARSE_ERROR"
"""What a run that reads Parquet sets itself: a test that reads in its own process leaves it behind."""


class Forks:
    """The parent process of the runs; it starts with the first run."""

    def __init__(self) -> None:
        self._parent: subprocess.Popen[bytes] | None = None
        self._line, self._theirs = socket.socketpair()
        self._env = _at_start(os.environ)

    def can_run(self, env: Mapping[str, str]) -> bool:
        """Return whether a run under these variables may be forked."""
        return _at_start(env) == self._env

    def run(
        self, args: Sequence[str], cwd: str | None, env: Mapping[str, str], stdin: bytes | None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `rfm` with these arguments; return its exit code and its output, like `subprocess.run`."""
        if self._parent is None:
            self._parent = self._start()
        plan = os.memfd_create("plan")
        os.write(plan, json.dumps([args, cwd or str(Path.cwd()), dict(env)]).encode())
        (read_in, write_in), (read_out, write_out), (read_err, write_err) = (os.pipe() for _ in range(3))
        socket.send_fds(self._line, [b"r"], [plan, read_in, write_out, write_err])
        for number in (plan, read_in, write_out, write_err):
            os.close(number)
        with ThreadPoolExecutor(3) as threads:
            threads.submit(_write, write_in, stdin or b"")
            out, err = (threads.submit(_read, number) for number in (read_out, read_err))
        status = self._line.recv(4)
        if len(status) < 4:
            _, died = self._parent.communicate()
            raise RuntimeError(f"the parent of forked runs has ended: {died.decode(errors='replace')}")
        code = os.waitstatus_to_exitcode(int.from_bytes(status, "big"))
        return subprocess.CompletedProcess(args, code, out.result(), err.result())

    def stop(self) -> None:
        """End the parent process."""
        self._line.close()
        self._theirs.close()
        if self._parent is not None:
            self._parent.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.forks", str(self._theirs.fileno())]
        # The standard streams are pipes, as those of the runs are: Python chooses its buffers by that.
        parent = subprocess.Popen(
            command,
            cwd=ROOT,
            pass_fds=[self._theirs.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._theirs.close()
        return parent


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(AT_START) and name != BY_THE_RUN}


def _read(number: int) -> bytes:
    with open(number, "rb") as pipe:
        return pipe.read()


def _write(number: int, data: bytes) -> None:
    try:
        with open(number, "wb") as pipe:
            pipe.write(data)
    except BrokenPipeError:  # the run has ended without reading all of it
        pass


def _serve(line: socket.socket) -> None:
    """Fork for each request; return in the child, with everything in place for `main`."""
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    while True:
        data, numbers, _, _ = socket.recv_fds(line, 1, 4)
        if not data:
            os._exit(0)
        if child := os.fork():
            for number in numbers:
                os.close(number)
            _, status = os.waitpid(child, 0)
            line.sendall(status.to_bytes(4, "big"))
            continue
        line.close()
        _become(*numbers)
        return


def _become(plan: int, *streams: int) -> None:
    """Give the forked process the arguments, the folder, the variables and the streams of its run."""
    os.lseek(plan, 0, os.SEEK_SET)
    args, folder, env = json.loads(_read(plan))
    for own, number in enumerate(streams):
        os.dup2(number, own)
        os.close(number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [str(ROOT / "rfm_cli" / "__main__.py"), *args]


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from rfm_cli.__main__ import main

    main()
