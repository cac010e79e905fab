"""The one owner of stderr: notes while a run goes well, one or two lines when it does not."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import textwrap
import traceback
from collections.abc import Callable, Container, Iterable, Iterator
from copy import copy
from dataclasses import replace

from rfm_cli.errors import CheckFailed, RfmError
from rfm_cli.notes import Note, as_known
from rfm_cli.output.look import plain
from rfm_cli.safe_text import masked, printable

NARROWEST = 20
"""On narrower terminals lines are not broken."""
LONGEST_WORD, LONGEST = 300, 2_000
"""Longer words and messages are cut, since a log would keep all of them."""


class Narrator:
    """Prints each note once; under `strict`, `check_strict` fails for the warnings among them.

    `quiet` silences notes and warnings alike; silenced warnings still count. Warnings whose names are `known` are
    plain remarks. Each output of a job has a narrator of its own; all share the list of printed notes.
    """

    def __init__(self, *, quiet: bool = False, strict: bool = False, known: Container[str] = ()) -> None:
        self._quiet = quiet
        self._strict = strict
        self._known = known
        self._seen: dict[Note, None] = {}
        self._printed: dict[Note, None] = {}
        self._before: Callable[[], None] | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is printed on success."""
        return self._quiet

    def for_output(self, known: Container[str]) -> Narrator:
        """Return a narrator for one output of a job, with warnings of its own; it repeats nothing already printed."""
        own = copy(self)
        own._known, own._seen = known, {}
        return own

    @contextlib.contextmanager
    def beside(self, erase: Callable[[], None]) -> Iterator[None]:
        """Call `erase` before each note inside the block, since the last line of the terminal shows something else."""
        self._before = erase
        try:
            yield
        finally:
            self._before = None

    @property
    def warnings(self) -> list[Note]:
        """The warnings of this output so far, in order."""
        return [one for one in self._seen if one.level == "warning"]

    @property
    def warnings_of_run(self) -> list[Note]:
        """The warnings of all outputs of the run so far, in order."""
        return [one for one in self._printed if one.level == "warning"]

    def say(self, notes: Iterable[Note]) -> None:
        """Print each note that is new to stderr, unless the run is quiet."""
        for given in notes:
            # A manifest repeats the text, so that secrets are masked before it is kept.
            one = as_known(replace(given, text=masked(given.text)), self._known)
            self._seen[one] = None
            if one in self._printed:
                continue
            self._printed[one] = None
            if not self._quiet:
                if self._before:
                    self._before()
                _line(one.line())

    def check_strict(self) -> None:
        """Raise `CheckFailed` under `--strict` after a warning; call it before anything is written."""
        found = self.warnings_of_run
        count = len(found)
        if not (self._strict and count):
            return
        failure = f"{count} warning{'s' if count > 1 else ''} under --strict: nothing was written"
        names = ", ".join(dict.fromkeys(f'"{one.name}"' for one in found))
        looked_at = f"looked at, and as it should be? rfm.toml: known = [{names}]"
        raise CheckFailed(failure, "; ".join(one.line() for one in found) if self._quiet else looked_at)


def stderr_is_terminal() -> bool:
    """Return whether stderr is a terminal; one that is closed is none."""
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:
        return False


def fail(error: RfmError) -> None:
    """Write the error to stderr as one line and those that it has below, and its hint as one more."""
    first, *below = error.message.split("\n") if error.has_lines else [error.message]
    _line("error: " + first)
    for line in below:
        _write(f"{plain(printable(line))}\n")
    if error.hint:
        _line("hint: " + error.hint)


def trace(error: BaseException) -> None:
    """Write where an error happened to stderr, for those who mend it."""
    _write(masked("".join(traceback.format_exception(error))))


def help_text(text: str) -> None:
    """Write help that was not asked for to stderr."""
    _write(f"{text}\n")


def _line(text: str) -> None:
    """Write one prefixed line to stderr."""
    # Masked before it is shortened, since a cut could part a secret from the word that gives it away.
    _write(f"{_wrapped(f'rfm: {shortened(plain(masked(printable(text))))}')}\n")


def _write(text: str) -> None:
    """Write to stderr. A stderr that is closed or full costs the line, not the run."""
    # Characters that the terminal cannot show are escaped: a message must never fail.
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    data = text.encode(encoding, "backslashreplace")
    with contextlib.suppress(OSError, ValueError, AttributeError):
        try:
            fd = sys.stderr.fileno()
        except io.UnsupportedOperation:  # a capture in memory
            sys.stderr.write(data.decode(encoding))
            return
        # Not through the text layer: what its buffer cannot flush would make Python exit with 120.
        sys.stderr.flush()
        while data:
            data = data[os.write(fd, data) :]


def shortened(text: str) -> str:
    """Cut very long words of a message in their middle, and then the message itself if it is too long.

    >>> shortened("x" * 5000 + ": no such day") == "x" * 200 + "…" + "x" * 98 + ":" + " no such day"
    True
    """
    if len(text) <= LONGEST_WORD:
        return text
    words = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: _cut(word[0], LONGEST_WORD), text)
    return _cut(words, LONGEST)


def _cut(text: str, room: int) -> str:
    """Return the text, or its first two thirds and its last third within a number of characters."""
    if len(text) <= room:
        return text
    # The end of a long message often has the reason, so that some of it is kept.
    end = room // 3
    return f"{text[: room - end]}…{text[-end + 1 :]}"


def _wrapped(text: str) -> str:
    """Break the text between words where a terminal would break it within one; not for a file or a pipe."""
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else 0
    except (AttributeError, OSError, ValueError):
        width = 0
    # Lines of a few words are harder to read than lines that the terminal breaks.
    if width < NARROWEST:
        return text
    return textwrap.fill(text, width, subsequent_indent="     ", break_long_words=False, break_on_hyphens=False)
