"""The schedules of docs/jobs.md, tried as far as they can be without cron, systemd and GitHub."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import PAGES, ROOT, blocks

PAGE = ROOT / "docs" / "jobs.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a copy of the sample shop like /srv/shop in the examples, with an `rfm` in its environment."""
    place = tmp_path / "shop"
    shutil.copytree(ROOT / "sample_data", place)
    tools = place / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "rfm").write_text(f'#!/bin/sh\nexec {sys.executable} -m rfm_cli "$@"\n')
    (tools / "rfm").chmod(0o755)
    return place


def commands() -> list[str]:
    """Return every command line of the examples that runs the job."""
    cron = [line for block in blocks(PAGE) if block.kind == "cron" for line in block.body.splitlines()[1:]]
    systemd = re.findall(r"^ExecStart=(.*)$", TEXT, re.MULTILINE)
    actions = re.findall(r"- run: (rfm run .*)$", TEXT, re.MULTILINE)
    return [*(line.split(maxsplit=5)[5] for line in cron), *systemd, *actions]


def test_there_is_one_of_each() -> None:
    assert len(commands()) == 3


def test_a_quiet_line_fails_on_warnings() -> None:
    """`-q` hides every warning, so a line with it names what it fails on."""
    cron = [
        line for page in PAGES for block in blocks(page) if block.kind == "cron" for line in block.body.splitlines()
    ]
    quiet = [line for line in cron if line.split()[-1] == "-q" or " -q " in line]
    assert quiet
    assert all("--strict" in line or "--fail-on" in line for line in quiet)


@pytest.mark.parametrize("line", commands())
def test_every_line_runs(shop: Path, line: str) -> None:
    written = line.replace("/srv/shop", shlex.quote(str(shop))).replace("yesterday", "2024-12-31")
    path = f"{shop}/.venv/bin:/usr/bin:/bin"
    done = subprocess.run(["sh", "-c", written], cwd=shop, env={"PATH": path}, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert (shop / "out/nightly/current/manifest.json").is_file()


def test_systemd_can_parse_the_units() -> None:
    units = [block.body for block in blocks(PAGE) if block.kind == "ini"]
    sections = []
    for unit in units:
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read_string(unit)
        sections.append(parser.sections())
    assert sections == [["Unit", "Service"], ["Unit", "Timer", "Install"]]
