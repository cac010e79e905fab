"""The end of a shortcut: some row does not bear out what it needs."""

from __future__ import annotations


class UnprovenError(Exception):
    """What every shortcut needs does not hold of these rows, and the plain way answers. No user ever sees it."""


class SparseError(UnprovenError):
    """Ids lie too far apart to be slots themselves; a table of them does it."""


class GroupingError(UnprovenError):
    """Rows do not become orders in this way; another one may do."""


class RepeatedError(GroupingError):
    """Two rows share an order number, so that no way will do for which each row is an order."""
