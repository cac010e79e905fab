"""What README.md shows is what the tool does: its examples are run, its commands are those of CI."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
CONSOLE = [text for kind, text in BLOCKS if kind == "console"]


REAL = {"online_retail.parquet": "online_retail", "cdnow_full.csv": "cdnow"}
"""Files of real data by the folder that they are in; every other example runs in the sample shop."""


def folder_of(block: str) -> str | None:
    return next((folder for file, folder in REAL.items() if file in block.splitlines()[0]), None)


def run(command: str, cwd: Path) -> str:
    assert command.startswith("rfm ")
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    words = [sys.executable, "-m", "rfm_cli", *shlex.split(command)[1:]]
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, check=True, timeout=60).stdout.decode()


def compare(block: str, cwd: Path) -> None:
    first, *shown = block.splitlines()
    told = run(first.removeprefix("$ "), cwd).splitlines()
    if shown and shown[-1] == "...":
        told, shown = told[: len(shown) - 1], shown[:-1]
    assert told == shown


def names(block: str) -> str:
    return block.splitlines()[0][2:50]


@pytest.mark.parametrize("block", [block for block in CONSOLE if not folder_of(block)], ids=names)
def test_examples_give_what_they_show(block: str) -> None:
    compare(block, ROOT / "sample_data")


@pytest.mark.realdata
@pytest.mark.parametrize("block", [block for block in CONSOLE if folder_of(block)], ids=names)
def test_examples_of_real_data_give_what_they_show(block: str, shared_dir: Path) -> None:
    compare(block, shared_dir / "data" / str(folder_of(block)))


@pytest.mark.parametrize("file", REAL)
def test_each_view_is_shown_on_real_data(file: str) -> None:
    shown = {block.split()[2] for block in CONSOLE if file in block.splitlines()[0]}
    assert {"grid", "matrix", "vip", "migrate"} <= shown


def test_the_python_example_runs() -> None:
    (example,) = [text for kind, text in BLOCKS if kind == "python"]
    done = subprocess.run([sys.executable, "-c", example], cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert done.stdout.strip().isdigit()


def test_ci_runs_the_readme_test_command() -> None:
    commands = [text.strip() for kind, text in BLOCKS if kind == "sh"]
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_configuration_example_is_valid(tmp_path: Path) -> None:
    from rfm_cli.config import read_file

    (example,) = [text for kind, text in BLOCKS if kind == "toml" and "[clock]" in text]
    path = tmp_path / "rfm.toml"
    path.write_text(example, encoding="utf-8")
    assert read_file(path)["timezone"] == "Europe/Berlin"


def test_the_job_of_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = [text for kind, text in BLOCKS if kind == "toml" and "[jobs.nightly]" in text]
    shutil.copytree(ROOT / "sample_data", tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    own = Path("rfm.toml").read_text(encoding="utf-8")
    Path("rfm.toml").write_text(own[: own.index("[jobs")] + example, encoding="utf-8")
    command = [sys.executable, "-m", "rfm_cli", "run", "nightly", "-q", "--as-of", "2024-12-31"]
    assert subprocess.run(command, check=False).returncode == 1  # the last order of the sample is no longer fresh
    Path("rfm.toml").write_text(Path("rfm.toml").read_text().replace("last_order<yesterday", "customers<1"))
    assert subprocess.run(command, check=True).returncode == 0
    assert {"scores.parquet", "segments", "manifest.json"} <= {
        file.name for file in Path("out/nightly/current").iterdir()
    }


def test_every_command_is_documented() -> None:
    from rfm_cli.cli.app import COMMANDS

    assert [name for name in COMMANDS if f"`rfm {name}" not in README.read_text(encoding="utf-8")] == []
