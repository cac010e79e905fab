"""Which step a run is at, and how far: reported to watchers, at no cost where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watcher(Protocol):
    """An object that is called when steps begin and end, within one another too, and when rows have been read."""

    def begin(self, name: str, rows: int | None) -> None:
        """Take note that a step begins, of this number of rows; None where the number is not known."""

    def advance(self, rows: int) -> None:
        """Take note that this number of rows more is done."""

    def end(self) -> None:
        """Take note that the step that began last is over."""


_watchers: list[Watcher] = []


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Report the steps inside the block to the watcher."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def is_watched() -> bool:
    """Return whether there is a watcher, so that counting rows ahead is worth the time."""
    return bool(_watchers)


@contextmanager
def step(name: str, rows: int | None = None) -> Iterator[None]:
    """Report the block as a step of that name, of this number of rows where it is known."""
    # A watcher that comes or goes meanwhile must not get the end of a step without its begin.
    watchers = list(_watchers)
    for watcher in watchers:
        watcher.begin(name, rows)
    try:
        yield
    finally:
        for watcher in watchers:
            watcher.end()


def advance(rows: int) -> None:
    """Report that this number of rows of the step is done."""
    for watcher in _watchers:
        watcher.advance(rows)
