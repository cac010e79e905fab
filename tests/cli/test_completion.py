"""What the shell is told: scripts, answers, and where a script is installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.cli.completion import PLACES, SHELLS

Here = Callable[..., Any]
Run = Callable[..., subprocess.CompletedProcess[bytes]]


def bash(rfm: Run, words: str, place: int, **more: Path) -> list[str]:
    """The words that bash would offer at a place of a command line."""
    done = rfm(env={"_RFM_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}, **more)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().split("\n")[:-1]


def other(rfm: Run, shell: str, words: str) -> list[str]:
    env = {
        "_RFM_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = rfm(env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().splitlines()


def test_commands_and_options_are_completed(rfm: Run) -> None:
    assert bash(rfm, "rfm s", 1) == ["score", "select", "segments", "snapshot", "snapshots", "schemes"]
    assert sorted(bash(rfm, "rfm vip --s", 2)) == [
        "--save-cuts", "--scheme", "--separator", "--share", "--since", "--store", "--strict"
    ]  # fmt: skip
    assert bash(rfm, "rfm --ver", 1) == ["--version", "--verbose"]
    assert bash(rfm, "rfm nothing x", 2) == [""]


def test_files_are_left_to_the_shell(rfm: Run) -> None:
    assert bash(rfm, "rfm score ord", 2) == [""]
    assert bash(rfm, "rfm score --customers c", 3) == [""]
    assert "complete -o default" in rfm("--show-completion", "bash").stdout.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("rfm score --scheme r", ["rf12", "rfm11", "r-rfm"]),
        ("rfm score --format x", ["xlsx"]),
        ("rfm grid --metric r", ["revenue"]),
        ("rfm grid --by r", ["r,f", "r,m"]),
        ("rfm matrix --by recency,re", [""]),
        ("rfm matrix --by recency,fr", ["recency,frequency"]),
        ("rfm segments --by seg", ["segment"]),
        ("rfm migrate --by v", ["vip"]),
        ("rfm migrate --every q", ["quarter"]),
        ("rfm score --as-of t", ["today"]),
        ("rfm score --lang r", ["ru"]),
        ("rfm --lang e", ["en"]),
        ("rfm rollup --engine d", ["duckdb"]),
        ("rfm rollup --grain m", ["month"]),
        ("rfm score --rule f=q", ["f=quantile"]),
        ("rfm score --known snapshot", ["snapshot-kept"]),
        ("rfm schemes show k", ["klaviyo6"]),
        ("rfm help sc", ["score", "schemes"]),
        ("rfm --show-completion p", ["powershell", "pwsh"]),
        ("rfm score --segment Ch", ["Champions"]),
        ("rfm run n", [""]),
    ],
)
def test_values_are_completed(rfm: Run, tmp_path: Path, words: str, found: list[str]) -> None:
    assert bash(rfm, words, len(words.split()) - 1, cwd=tmp_path) == found


CONFIG = """\
[scheme]
name = "own.toml"

[jobs.nightly]
outputs = ["score -o s.csv"]

[jobs.weekly]
outputs = ["score -o s.csv"]
"""


def test_jobs_and_segments_are_those_of_the_nearest_rfm_toml(rfm: Run, own_scheme: Path) -> None:
    (own_scheme.parent / "rfm.toml").write_text(CONFIG)
    inside = own_scheme.parent / "inside"
    inside.mkdir()
    assert bash(rfm, "rfm run n", 2, cwd=inside) == ["nightly"]
    assert bash(rfm, "rfm score --segment G", 3, cwd=inside) == ["Good"]
    (own_scheme.parent / "rfm.toml").write_text("[")
    assert bash(rfm, "rfm run n", 2, cwd=inside) == [""]
    assert bash(rfm, "rfm score --segment G", 3, cwd=inside) == [""]


def test_the_words_of_values_are_those_of_their_modules() -> None:
    from rfm_cli.cli import values
    from rfm_cli.history.states import BYS
    from rfm_cli.messages import LANGUAGES
    from rfm_cli.output.target import FORMATS
    from rfm_cli.rollup.engines.session import LOCAL
    from rfm_cli.schemes import NO_MAP, shipped
    from rfm_cli.schemes.model import RULES
    from rfm_cli.tables.channels import CONTACTS
    from rfm_cli.views.axes import AXES
    from rfm_cli.views.score import MEASURES
    from rfm_cli.views.view import METRICS

    assert sorted(values.SCHEMES("")) == sorted([*shipped(), NO_MAP])
    assert values.FORMATS("") == list(FORMATS)
    assert values.METRICS("") == list(METRICS)
    assert values.LANGUAGES("") == list(LANGUAGES)
    assert values.ENGINES("")[:-1] == list(LOCAL)
    assert values.MOVES("") == list(BYS)
    assert sorted(values.AXIS("")) == sorted(AXES)
    assert values.MEASURES("") == list(MEASURES)
    assert values.CHANNELS("") == list(CONTACTS)
    assert {word[2:] for word in values.RULES("")} == set(RULES)
    assert values.MEASURES("aov,en") == ["aov,engagement"]


def test_zsh_fish_and_powershell_show_what_a_command_does(rfm: Run) -> None:
    assert other(rfm, "zsh", "rfm gr") == [
        """_arguments '*: :(("grid":"Show the grid of two scores with the segments on it."))'"""
    ]
    assert other(rfm, "fish", "rfm gr") == ["grid\tShow the grid of two scores with the segments on it."]
    env = {
        "_RFM_COMPLETE": "complete_powershell",
        "_TYPER_COMPLETE_ARGS": "rfm gr",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": "gr",
    }
    done = rfm(env=env)
    assert done.stdout.decode() == "grid:::Show the grid of two scores with the segments on it.\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_asks_rfm_itself(here: Here, shell: str) -> None:
    ended = here("--show-completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert f"complete_{shell.replace('pwsh', 'powershell')}" in ended.out.decode()


def test_bash_takes_the_script(here: Here, tmp_path: Path) -> None:
    script = here("--show-completion", "bash").out.decode()
    (tmp_path / "rfm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rfm_cli "$@"\n')
    (tmp_path / "rfm").chmod(0o755)
    ask = f'{script}\nCOMP_WORDS=(rfm sc)\nCOMP_CWORD=1\n_rfm_completion {tmp_path}/rfm\necho "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"score schemes\n", b"")


def test_other_shells_are_told_which_there_are(here: Here, rfm: Run) -> None:
    told = b"rfm: error: completion for tcsh: not known\nrfm: hint: Valid: bash, zsh, fish, powershell, pwsh\n"
    for option in ("--show-completion", "--install-completion"):
        ended = here(option, "tcsh")
        assert (ended.code, ended.out) == (2, b"")
        assert ended.err == told.decode()
    done = rfm(env={"_RFM_COMPLETE": "complete_tcsh"})
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


def test_powershell_has_the_script_in_its_profile(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = tmp_path / "Documents" / "profile.ps1"
    (tmp_path / "pwsh").write_text(f"#!/bin/sh\necho '{profile}'\n")
    (tmp_path / "pwsh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for _ in range(2):
        assert here("--install-completion", "pwsh") == (0, b"", f"rfm: {profile}: open a new shell to use it\n")
    assert profile.read_bytes() == here("--show-completion", "pwsh").out
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    told = "rfm: error: --install-completion pwsh: no such program here\nrfm: hint: use --show-completion\n"
    assert here("--install-completion", "pwsh") == (2, b"", told)


def test_expressions_are_completed_where_the_cursor_is(rfm: Run, tmp_path: Path) -> None:
    from rfm_cli.cli import values
    from rfm_cli.language.definitions import KEYWORDS, MEASURES, TABLES

    def offered(text: str, command: str = "select") -> list[str]:
        return bash(rfm, f'rfm {command} "{text}', len(command.split()) + 1, cwd=tmp_path)

    assert set(values.NAMES) <= {*KEYWORDS, *MEASURES}
    assert set(values.TABLES) <= set(TABLES)
    assert offered("vip and rece") == ["vip and recency_days"]
    assert offered("any ord") == ["any orders"]
    assert offered("any orders(wit") == ["any orders(within", "any orders(with", "any orders(without"]
    assert offered("vip ") == [""]
    (tmp_path / "rfm.toml").write_text(
        '[segments]\nnew_subscriber = "90d"\nautumn = "vip"\n[axes]\nautumn-plan = ["autumn"]\n'
    )
    assert offered("in aut") == ["in autumn", "in autumn-plan"]
    assert bash(rfm, "rfm score --segment aut", 3, cwd=tmp_path) == ["autumn"]
    (tmp_path / "customers.csv").write_text("customer_id,City of birth\n")
    (tmp_path / "events.csv").write_text("customer_id,event,at\n")
    assert offered("any events(ki") == ["any events(kind"]
    assert offered("vip and [Ci") == ["vip and [City of birth]"]
    assert offered("any events(e", "score --where") == [
        "any events(event", "any events(events", "any events(engagement"
    ]  # fmt: skip
    assert offered("", "score --where") == [""]
    (tmp_path / "customers.csv").write_bytes(b"")
    assert offered("vip and [Ci") == [""]
    assert offered("any events(ki") == ["any events(kind"]
    (tmp_path / "rfm.toml").write_bytes(b"[\xff\0")
    assert offered("any events(ki") == [""]
    assert offered("vip and rece") == ["vip and recency_days"]


def test_columns_of_files_that_are_named_before(rfm: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("customer_id,Mood\n")
    words = 'rfm select --customers people.csv "Mo'
    assert bash(rfm, words, 4, cwd=tmp_path) == ["Mood"]
    assert bash(rfm, 'rfm score customers.csv --where "Mo', 4, cwd=tmp_path) == [""]
    (tmp_path / "people.csv").rename(tmp_path / "customers.csv")
    assert bash(rfm, 'rfm score customers.csv --where "Mo', 4, cwd=tmp_path) == ["Mood"]


def test_columns_are_completed_without_polars(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("customer_id,event,at\n")
    ask = (
        "import os, sys; os.environ |= {'_RFM_COMPLETE': 'complete_bash', 'COMP_CWORD': '2',"
        " 'COMP_WORDS': 'rfm select \"any events(ki'}\n"
        "from rfm_cli.cli.main import _run\n"
        "_run(); print({'polars', 'lark', 'pyarrow', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout == b"any events(kind\nset()\n"
