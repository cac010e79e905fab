"""The examples of docs/schedule.md, tried as far as they can be without cron, systemd and GitHub."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "schedule.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The sample shop, as /srv/shop is in the examples, with an `rfm` in its environment."""
    place = tmp_path / "shop"
    shutil.copytree(ROOT / "sample_data", place)
    tools = place / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "rfm").write_text(f'#!/bin/sh\nexec {sys.executable} -m rfm_cli "$@"\n')
    (tools / "rfm").chmod(0o755)
    return place


def commands() -> list[str]:
    """Every command line of the examples that runs the job."""
    cron = [line.split(maxsplit=5)[5] for kind, block in BLOCKS if kind == "cron" for line in block.splitlines()[1:]]
    systemd = re.findall(r"^ExecStart=(.*)$", TEXT, re.MULTILINE)
    actions = re.findall(r"- run: (rfm run .*)$", TEXT, re.MULTILINE)
    return [*cron, *systemd, *actions]


def test_there_is_one_of_each() -> None:
    assert len(commands()) == 3


@pytest.mark.parametrize("line", commands())
def test_every_line_runs(shop: Path, line: str) -> None:
    told = line.replace("/srv/shop", shlex.quote(str(shop))).replace("yesterday", "2024-12-31")
    path = f"{shop}/.venv/bin:/usr/bin:/bin"
    done = subprocess.run(["sh", "-c", told], cwd=shop, env={"PATH": path}, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert (shop / "out/nightly/current/manifest.json").is_file()


def test_units_are_such_as_systemd_reads() -> None:
    units = [block for kind, block in BLOCKS if kind == "ini"]
    sections = []
    for unit in units:
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read_string(unit)
        sections.append(parser.sections())
    assert sections == [["Unit", "Service"], ["Unit", "Timer", "Install"]]
