"""`rfm matrix`: how its screens look, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Screen

Here = Callable[..., Any]

SCREENS = {
    "matrix": "matrix",
    "matrix_city_segment": "matrix --by city,segment --metric revenue",
}
MISUSE = {
    "matrix --by recency": "not two axes",
    "matrix --by recency,Recency": "not two axes",
    "matrix --by recency,nothing": "no axis or attribute is called 'nothing'",
    "matrix --edges tenure=1 --by r,f": "that is no axis of this matrix",
    "matrix --edges recency=90,30": "edges must rise",
    "matrix --min-cell 0": "whole number of 1 or more",
    "matrix --list nowhere": "no such cell",
    "matrix --list=": "no such cell",
    "matrix --by recency,recency_days": "not two axes",
    "matrix --by segment,r --edges r=1,2": "has no bins",
    "matrix --edges recency=30 --edges Recency=40": "given twice",
    "matrix --with email": "--with is for --list",
}


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens(screen: Screen, name: str, width: int) -> None:
    screen(name, SCREENS[name], width)


def test_screen_with_colors(screen: Screen) -> None:
    screen("matrix", SCREENS["matrix"], 80, colors=True)


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)
