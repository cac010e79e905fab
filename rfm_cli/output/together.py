"""The outputs of one run, which appear together or not at all."""

from __future__ import annotations

from collections.abc import Callable

from rfm_cli.output.target import Ready, Target, is_stream, open_target, opened, publish


class Outputs:
    """What a run writes.

    Regular files are written to hidden files at once. Streams (stdout, pipes, devices) cannot be taken back, so their
    bytes are sent when all files are on the disk, and only then do the files get their names: a disk that is full or
    a reader that has gone leaves no file.
    """

    def __init__(self) -> None:
        self._streams: list[tuple[str | None, Callable[[Target], None]]] = []
        self._ready: list[Ready] = []
        self._after: list[Callable[[], None]] = []

    def write(self, output: str | None, writing: Callable[[Target], None]) -> None:
        """Write an output: now if it is a regular file, else when all files are written."""
        if is_stream(output):
            self._streams.append((output, writing))
            return
        with opened(output) as (target, ready):
            writing(target)
        if ready:
            self._ready.append(ready)

    def afterward(self, act: Callable[[], None]) -> None:
        """Do this once the outputs have appeared."""
        self._after.append(act)

    def send(self) -> None:
        """Send what streams are waiting for."""
        while self._streams:
            output, writing = self._streams.pop(0)
            with open_target(output) as target:
                writing(target)

    def __enter__(self) -> Outputs:
        """Return the outputs; none has appeared yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        """Let the outputs appear, or remove the hidden files where the run has failed."""
        try:
            if kind is None:
                self.send()
                publish(self._ready)
        finally:
            for ready in self._ready:
                ready.discard()
        if kind is None:
            for act in self._after:
                act()
