"""Steps at work, shown in one line of the terminal that is written over, and their times at the end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from rfm_cli.notes import note
from rfm_cli.output.look import plain
from rfm_cli.output.narrate import Narrator
from rfm_cli.output.wrapping import wide
from rfm_cli.progress import watched_by
from rfm_cli.safe_text import masked

PATIENCE = 1.0
"""Seconds before a line is shown; quicker runs need none."""
TICK = 0.2
# ECMA-48: to the beginning of the line, and erase up to its end.
ERASE = "\r\x1b[K"


@dataclass
class Step:
    """A step at work: when it began, how many rows it has (None: unknown), and how many are done."""

    name: str
    began: float
    rows: int | None = None
    done: int = 0


def step_text(step: Step, now: float) -> str:
    """Return a step as one line: how far it is, and how long it still takes if that can be known.

    >>> step_text(Step("reading orders", 0.0, 1_000_000, 250_000), 2.0)
    'reading orders: 250,000 of 1,000,000 rows (25 %), 6 s left'
    >>> step_text(Step("reading orders", 0.0), 2.0), step_text(Step("reading orders", 0.0, None, 250_000), 2.0)
    ('reading orders: 2 s', 'reading orders: 250,000 rows, 2 s')
    """
    passed = now - step.began
    if not step.rows:
        return f"{step.name}: {f'{step.done:,} rows, ' if step.done else ''}{passed:.0f} s"
    part = min(step.done / step.rows, 1.0)
    # An estimate from the first moments would jump.
    left = f", {passed * (1 - part) / part:.0f} s left" if part and passed >= PATIENCE else ""
    return f"{step.name}: {step.done:,} of {step.rows:,} rows ({100 * part:.0f} %){left}"


@dataclass
class Times:
    """A watcher that keeps how long each step took, in the order in which they began."""

    clock: Callable[[], float] = time.monotonic
    kept: list[tuple[str, int, float]] = field(default_factory=list)
    _open: list[tuple[int, float]] = field(default_factory=list)

    def begin(self, name: str, rows: int | None) -> None:
        """Note the begin of a step."""
        self.kept.append((name, len(self._open), 0.0))
        self._open.append((len(self.kept) - 1, self.clock()))

    def advance(self, rows: int) -> None:
        """Ignore the rows."""

    def end(self) -> None:
        """Note the time of the innermost step."""
        place, began = self._open.pop()
        name, depth, _ = self.kept[place]
        self.kept[place] = (name, depth, self.clock() - began)

    def lines(self, total: float) -> list[str]:
        """Return one line per step, inner ones indented, and the time of all."""
        rows = [("  " * depth + name, seconds) for name, depth, seconds in self.kept]
        return [f"{seconds:8.3f} s  {name}" for name, seconds in [*rows, ("in all", total)]]


class Bar:
    """A watcher that shows the steps at work on a terminal, in one line that is gone when they are done.

    A thread keeps the time moving while a step counts no rows; `close` ends it. `write` sends text to the terminal.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        width: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write, self._width, self._clock = write, width, clock
        self._began = self._shown = clock()
        self._steps: list[Step] = []
        self._line = ""
        # Reentrant, since `advance` and `end` call methods that take it as well.
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()

    def begin(self, name: str, rows: int | None) -> None:
        """Add a step."""
        with self._lock:
            self._steps.append(Step(name, self._clock(), rows))

    def advance(self, rows: int) -> None:
        """Count rows of the innermost step."""
        with self._lock:
            if self._steps:
                self._steps[-1].done += rows
                # Rows come faster than eyes read; each write costs a system call.
                if self._clock() - self._shown >= TICK:
                    self.show()

    def end(self) -> None:
        """End the innermost step; with the last one, erase the line."""
        with self._lock:
            self._steps.pop()
            if not self._steps:
                self.erase()

    def show(self) -> None:
        """Show the line as it is now, unless the run is still young."""
        with self._lock:
            now = self._clock()
            self._shown = now
            # A quick run shows no line at all.
            if now - self._began < PATIENCE or not self._steps or self._over.is_set():
                return
            shown = [*(step.name for step in self._steps[:-1]), step_text(self._steps[-1], now)]
            line = " · ".join(plain(masked(one)) for one in shown)
            # A line as wide as the terminal would wrap, and could not be erased.
            room = max(self._width() - 1, 10)
            while wide(line) > room:
                line = line[:-1]
            self._write(f"{ERASE}{line}")
            self._line = line

    def erase(self) -> None:
        """Erase the line, so that others may write."""
        with self._lock:
            if self._line:
                self._write(ERASE)
                self._line = ""

    def close(self) -> None:
        """Erase the line and write no more."""
        self._over.set()
        self._ticker.join()
        self.erase()

    def _tick(self) -> None:
        while not self._over.wait(TICK):
            self.show()


def bar_on_stderr() -> Bar:
    """Return a bar on the terminal of stderr."""
    descriptor = sys.stderr.fileno()

    def write(text: str) -> None:
        # A name may hold characters that the terminal lacks, and progress must never fail.
        os.write(descriptor, text.encode(sys.stderr.encoding or "utf-8", "replace"))

    def width() -> int:
        try:
            return os.get_terminal_size(descriptor).columns or 80
        except OSError:
            return 80

    return Bar(write, width)


@contextmanager
def shown_progress(narrator: Narrator, *, bar: bool, times: bool) -> Iterator[None]:
    """Show the steps inside the block in a `bar` on the terminal, or print their `times` at its end, or both."""
    began, kept = time.monotonic(), Times()
    with ExitStack() as stack:
        if bar:
            shown = bar_on_stderr()
            stack.callback(shown.close)
            stack.enter_context(watched_by(shown))
            stack.enter_context(narrator.beside(shown.erase))
        if times:
            stack.enter_context(watched_by(kept))
        yield
    if times:
        narrator.say([note(line) for line in kept.lines(time.monotonic() - began)])
