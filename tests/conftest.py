"""What all tests share: the folder of real data, and the command line as a user runs it."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests import examples
from tests.forks import Forks

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once, as pip does, and choose the number of examples."""
    examples.load(thorough="not slow" not in config.option.markexpr)
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(ROOT / "rfm_cli", quiet=2)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real data beside the checkout; a test that needs it skips where it is absent, never in CI."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have the real data at {SHARED}")
        pytest.skip(f"no real data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """The parent of the processes that `rfm` starts."""
    parent = Forks()
    yield parent
    parent.stop()


@pytest.fixture
def rfm(forks: Forks) -> Run:
    """Run `rfm` as a process: rfm("score", "orders.csv", cwd=folder, env={...}, stdin=b"...")."""

    def run(
        *args: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        **more: object,
    ) -> subprocess.CompletedProcess[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("RFM_")}
        if not more and forks.can_run({**clean, **(env or {})}):
            return forks.run([*map(str, args)], cwd and str(cwd), {**clean, **(env or {})}, stdin)
        command = [sys.executable, "-m", "rfm_cli", *map(str, args)]
        return subprocess.run(
            command,
            cwd=cwd,
            env={**clean, **(env or {})},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=600,  # a cluster on a busy machine takes its time
            **more,
        )

    return run
