"""What a terminal can show."""

from __future__ import annotations

import fcntl
import io
import os
import struct
import termios

import polars as pl
import pytest

from rfm_cli.output.look import Look, look, render, segment_colors
from rfm_cli.output.screens.segments import segments_screen
from tests.output.conftest import Terminal

WIDE = Look(width=200)


@pytest.mark.parametrize(
    ("env", "color"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"TERM": "xterm", "FORCE_COLOR": "0"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_what_the_environment_says_of_color(env: dict[str, str], color: bool) -> None:
    assert look(Terminal(), env).color is color


def test_width_and_characters_of_a_stream() -> None:
    assert look(Terminal(), {"COLUMNS": "77"}).width == 77
    assert look(Terminal(), {"COLUMNS": "x"}).width == 80
    assert look(io.StringIO(), {"TERM": "xterm"}) == Look(1000, color=False, unicode=True)
    assert look(io.StringIO(), {"FORCE_COLOR": "1"}).color
    assert look(None, {}).width == 1000
    closed = io.StringIO()
    closed.close()
    assert look(closed, {}).width == 1000
    ascii_stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert not look(ascii_stream, {}).unicode


def test_width_of_a_real_terminal() -> None:
    leader, follower = os.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 133, 0, 0))
    with os.fdopen(follower, "w", encoding="utf-8") as stream:
        assert look(stream, {"TERM": "xterm"}) == Look(133, color=True, unicode=True)
    os.close(leader)


def test_the_environment_is_not_asked_twice(segments: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    at = Look(100, color=True)
    first = render(segments_screen(segments, look=at), at)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "40", "TERM": "dumb", "FORCE_COLOR": "0"}.items():
        monkeypatch.setenv(name, value)
    assert render(segments_screen(segments, look=at), at) == first


def test_palette_repeats_no_band_out_of_order() -> None:
    colors = segment_colors([str(rank) for rank in range(12)], ["none"])
    bands = list(colors.values())
    assert len(dict.fromkeys(bands)) == 6
    assert bands == sorted(bands, key=list(dict.fromkeys(bands)).index)
