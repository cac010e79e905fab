"""`rfm schemes`: the list, the maps, one's own file, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def test_list(here: Here) -> None:
    assert here("schemes") == (
        0,
        b"name,title,bins,by,segments\n"
        b'rf12,"R and F in eleven segments, and No purchases","5,5,5","r,f",11\n'
        b'rfm11,The well-known list of 125 codes in eleven segments,"5,5,5","r,f,m",11\n'
        b'klaviyo6,"Six segments from thirds, with R at 180 and 365 days","3,3,3","r,f,m",6\n'
        b'r-rfm,"The segment table of the R package rfm, with Others","5,5,5","r,f,m",11\n',
        "",
    )


def test_list_on_a_narrow_screen(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = here("schemes", "--format", "table").out.decode()
    assert "…" not in shown
    assert "rfm11     The well-known list of 125  5,5,5  r,f,m        11\n          codes in eleven segments\n" in shown


@pytest.mark.parametrize("name", ["rf12", "rfm11", "klaviyo6", "r-rfm"])
def test_show(here: Here, golden: Callable[[str, bytes], None], name: str) -> None:
    golden(f"scheme_{name}.txt", here("schemes", "show", name, "--format", "table").out)


def test_cells(here: Here) -> None:
    lines = here("schemes", "show", "klaviyo6").out.decode().splitlines()
    assert lines[:2] == [
        "code,segment,rank,next_step",
        '111,Inactive,6,"Let go: one last offer, then stop mailing those who do not open it."',
    ]
    assert len(lines) == 28


def test_own_file(here: Here, own_scheme: Path) -> None:
    assert here("schemes", "show", own_scheme).out == (
        b"code,segment,rank,next_step\n11,Bad,2,Let go.\n12,Bad,2,Let go.\n21,Good,1,Thank.\n22,Good,1,Thank.\n"
    )


def test_a_hole(here: Here, scheme_with_a_hole: str) -> None:
    ended = here("schemes", "show", scheme_with_a_hole)
    assert (ended.code, ended.out) == (2, b"")
    assert "22" in ended.err
    assert len(ended.err.splitlines()) <= 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lst",), "schemes lst: not understood\nrfm: hint: write rfm schemes, or rfm schemes show rf12\n"),
        (("show",), "schemes show: not understood\n"),
        (("show", "rf12", "rfm11"), "schemes show rf12 rfm11: not understood\n"),
        (("show", "rf13"), "no scheme is called 'rf13'\nrfm: hint: did you mean rf12? Valid: "),
        (("show", "nofile.toml"), "nofile.toml: No such file or directory\n"),
        (("show", "rf12", "--bins", "4"), "bins 4,4,4 do not fit scheme rf12, which has 5,5,5\n"),
    ],
)
def test_not_understood(here: Here, words: tuple[str, ...], told: str) -> None:
    ended = here("schemes", *words)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"rfm: error: {told}")
