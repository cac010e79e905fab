"""The end of a shortcut: some row does not bear out what it needs."""

from __future__ import annotations


class UnprovenError(Exception):
    """What a shortcut needs does not hold of these rows; the next way answers instead. No user ever sees it."""


class SparseError(UnprovenError):
    """Ids lie too far apart to be slots themselves; a table of them does it."""
