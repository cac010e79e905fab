"""Which step a run is at, and how far: told to whoever watches, at no cost where nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watcher(Protocol):
    """Somebody who wants to know: of steps that begin and end, within one another too, and of rows that were read."""

    def begin(self, name: str, rows: int | None) -> None:
        """A step of so many rows begins; None where nobody knows how many."""

    def advance(self, rows: int) -> None:
        """So many more rows are done."""

    def end(self) -> None:
        """The latest step that had begun is over."""


_watching: list[Watcher] = []


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Inside the block the steps are told to the watcher."""
    _watching.append(watcher)
    try:
        yield
    finally:
        _watching.remove(watcher)


def is_watched() -> bool:
    """Whether anybody watches, so that counting rows ahead is worth its while."""
    return bool(_watching)


@contextmanager
def step(name: str, rows: int | None = None) -> Iterator[None]:
    """The block is a step of that name, of so many rows where that is known."""
    watching = list(_watching)
    for watcher in watching:
        watcher.begin(name, rows)
    try:
        yield
    finally:
        for watcher in watching:
            watcher.end()


def advance(rows: int) -> None:
    """Nothing: so many more rows of the step are done."""
    for watcher in _watching:
        watcher.advance(rows)
