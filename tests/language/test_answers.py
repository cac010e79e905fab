"""Remarks on what was asked."""

from __future__ import annotations

from rfm_cli.language.answers import remarks
from rfm_cli.language.compare import Absent
from rfm_cli.language.names import People
from rfm_cli.language.run import Run
from tests.language.asking import world_of


def test_absent_texts_are_said_once_with_few_or_the_nearest_others() -> None:
    world = world_of()
    run = Run(world, People(world))
    many = [f"city {number}" for number in range(13)]
    run.absent += [Absent("city", "citi 3", many), Absent("city", "citi 3", many), Absent("x", "q", ["", "a\x1b[1mb"])]

    assert [one.text for one in remarks(run)] == [
        "no row has city 'citi 3'; did you mean 'city 3'?",
        "no row has x 'q'; there are a?[1mb",
    ]
