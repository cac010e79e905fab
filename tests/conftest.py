"""What all tests share: the folder of real data, and the command line as a user runs it."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

Run = Callable[..., subprocess.CompletedProcess[bytes]]

# A deadline fails on a machine that has other work. The default profile that this one starts from is hypothesis' own:
# where the variable CI is set, it draws the same examples in every run and keeps none.
settings.register_profile("rfm", settings.default, deadline=None)
settings.load_profile("rfm")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once, as pip does where it installs one: the tests start `rfm` some thousand times."""
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


@pytest.fixture
def rfm() -> Run:
    """Run `rfm` as a process: rfm("score", "orders.csv", cwd=folder, env={...}, stdin=b"...")."""

    def run(
        *args: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        **more: object,
    ) -> subprocess.CompletedProcess[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("RFM_")}
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
