"""What the shell is told: scripts, answers, and where a script is installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.commands.completion import PLACES

Here = Callable[..., Any]
Run = Callable[..., subprocess.CompletedProcess[bytes]]


def answer(rfm: Run, shell: str, words: str, place: int | str) -> list[str]:
    env = {"_RFM_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    done = rfm(env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    return [line for line in done.stdout.decode().splitlines() if line]


def test_commands_options_and_files_are_completed(rfm: Run) -> None:
    assert answer(rfm, "bash", "rfm s", 1) == [
        "plain,score",
        "plain,segments",
        "plain,snapshot",
        "plain,snapshots",
        "plain,schemes",
    ]
    assert answer(rfm, "bash", "rfm vip --s", 2) == [
        "plain,--since", "plain,--store", "plain,--separator", "plain,--scheme", "plain,--share", "plain,--strict",
            "plain,--save-cuts",
    ]  # fmt: skip
    assert answer(rfm, "bash", "rfm score ord", 2) == ["file,ord"]
    assert answer(rfm, "bash", "rfm score --customers c", 3) == ["file,c"]
    assert answer(rfm, "bash", "rfm score --currency E", 3) == []
    assert answer(rfm, "bash", "rfm nothing x", 2) == []


def test_zsh_and_fish_show_what_a_command_does(rfm: Run) -> None:
    assert answer(rfm, "zsh", "rfm gr", 1)[:2] == ["plain", "grid"]
    assert any("Show the grid" in line for line in answer(rfm, "zsh", "rfm gr", 1))
    assert any("grid" in line for line in answer(rfm, "fish", "rfm gr", "gr"))  # fish gives the word, not its place


@pytest.mark.parametrize("shell", sorted(PLACES))
def test_the_script_asks_rfm_itself(here: Here, shell: str) -> None:
    ended = here("--show-completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert f"_RFM_COMPLETE={shell}_complete" in ended.out.decode()


def test_bash_takes_the_script(here: Here, tmp_path: Path) -> None:
    script = here("--show-completion", "bash").out.decode()
    (tmp_path / "rfm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rfm_cli "$@"\n')
    (tmp_path / "rfm").chmod(0o755)
    ask = f'{script}\nCOMP_WORDS=(rfm sc)\nCOMP_CWORD=1\n_rfm_completion {tmp_path}/rfm\necho "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"score schemes\n", b"")


def test_other_shells_are_told_which_there_are(here: Here, rfm: Run) -> None:
    for option in ("--show-completion", "--install-completion"):
        ended = here(option, "tcsh")
        assert (ended.code, ended.out) == (2, b"")
        assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in ended.err
    done = rfm(env={"_RFM_COMPLETE": "tcsh_complete"})
    told = b"rfm: error: completion for tcsh: not known\nrfm: hint: Valid: bash, zsh, fish\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", told)


@pytest.mark.parametrize("shell", sorted(PLACES))
def test_installed_once_however_often(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    place = PLACES[shell]
    if place.startup:
        (tmp_path / place.startup).write_text("alias ll='ls -l'")
    for _ in range(2):
        ended = here("--install-completion", shell)
        assert (ended.code, ended.out) == (0, b"")
        assert place.script in ended.err
    assert (tmp_path / place.script).read_bytes() == here("--show-completion", shell).out
    if place.startup:
        assert (tmp_path / place.startup).read_text() == f"alias ll='ls -l'\n{place.line}\n"


def test_a_home_that_cannot_be_written(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    ended = here("--install-completion", "bash")
    assert (ended.code, ended.out) == (4, b"")
    assert ended.err.startswith("rfm: error: cannot write ")
    assert ended.err.endswith("rfm: hint: use --show-completion\n")
