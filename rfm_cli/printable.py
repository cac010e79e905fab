"""Names from the system that are not UTF-8: Python keeps their odd bytes as surrogates, which nothing can write."""

from __future__ import annotations


def is_utf8(text: str) -> bool:
    """Whether a text from the system is UTF-8.

    >>> is_utf8("Köln"), is_utf8("K\\udcf6ln")
    (True, False)
    """
    return not any("\ud800" <= character <= "\udfff" for character in text)


def printable(text: str) -> str:
    r"""Return a name as data and messages can hold it, its odd bytes written as Python writes them.

    >>> printable("Köln.csv"), printable("K\udcf6ln.csv")
    ('Köln.csv', 'K\\xf6ln.csv')
    """
    return text if is_utf8(text) else text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
