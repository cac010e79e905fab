"""The one owner of stderr: notes while a run goes well, one or two lines when it does not."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator

from rfm_cli.errors import CheckFailed, RfmError
from rfm_cli.notes import Note
from rfm_cli.out.text import plain
from rfm_cli.secrets import masked

NARROWEST = 20
"""On less room than this nothing is gained by breaking lines."""
LONGEST_WORD, LONGEST = 300, 2_000
"""More characters of a word, or of a message, are cut: nobody reads them, and a log keeps them all."""


class Narrator:
    """Says each note once; under `strict` it remembers the warnings, and `check_strict` fails for them.

    `quiet` silences notes and warnings alike, but what is silenced still counts as said.
    """

    def __init__(self, *, quiet: bool = False, strict: bool = False) -> None:
        self._quiet = quiet
        self._strict = strict
        self._said: dict[Note, None] = {}
        self._before: Callable[[], None] | None = None

    @contextlib.contextmanager
    def beside(self, erase: Callable[[], None]) -> Iterator[None]:
        """Inside the block something else is on the terminal's last line, which is erased before anything is said."""
        self._before = erase
        try:
            yield
        finally:
            self._before = None

    @property
    def warnings(self) -> list[str]:
        """The warnings said so far, in order."""
        return [one.text for one in self._said if one.level == "warning"]

    def say(self, notes: Iterable[Note]) -> None:
        """Nothing: each note that is new goes to stderr, unless the run is quiet."""
        for one in notes:
            if one in self._said:
                continue
            self._said[one] = None
            if not self._quiet:
                if self._before:
                    self._before()
                _line("warning: " + one.text if one.level == "warning" else one.text)

    def check_strict(self) -> None:
        """Nothing, or CheckFailed under `--strict` after a warning; call it before anything is written."""
        count = len(self.warnings)
        if not (self._strict and count):
            return
        told = f"{count} warning{'s' if count > 1 else ''} under --strict: nothing was written"
        raise CheckFailed(told, "; ".join(self.warnings) if self._quiet else "")


def fail(error: RfmError) -> None:
    """Nothing: the error goes to stderr as one line, and its hint as a second."""
    _line("error: " + error.message)
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
    _write(f"{_wrapped(f'rfm: {shortened(plain(masked(text)))}')}\n")


def _write(text: str) -> None:
    """Write to stderr. A stderr that is closed or full costs the line, not the run."""
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
    """A message with its very long words, and all of it if need be, cut in their midst.

    >>> shortened("x" * 5000 + ": no such day") == "x" * 200 + "…" + "x" * 98 + ":" + " no such day"
    True
    """
    if len(text) <= LONGEST_WORD:
        return text
    words = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: _cut(word[0], LONGEST_WORD), text)
    return _cut(words, LONGEST)


def _cut(text: str, room: int) -> str:
    """The text, or its first two thirds and its last third of so many characters."""
    if len(text) <= room:
        return text
    end = room // 3
    return f"{text[: room - end]}…{text[-end + 1 :]}"


def _wrapped(text: str) -> str:
    """The text broken between words where a terminal would break it within one; as it is for a file or a pipe."""
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else 0
    except (AttributeError, OSError, ValueError):
        width = 0
    if width < NARROWEST:
        return text
    return textwrap.fill(text, width, subsequent_indent="     ", break_long_words=False, break_on_hyphens=False)
