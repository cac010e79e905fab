"""How wide texts are on a terminal, and how they break into lines."""

from __future__ import annotations


def wide(text: str) -> int:
    """Return the terminal cells that the text takes: two for a Chinese character or an emoji."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """Break the text into lines that fit the width: between words, and within words that are too long.

    >>> wrapped("win back in person: call", 10), wrapped("abcdefgh", 3)
    (['win back', 'in person:', 'call'], ['abc', 'def', 'gh'])
    """
    if wide(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if wide(joined) <= width:
            lines[-1] = joined
        else:
            lines += _chopped(word, width)
    return [line for line in lines if line]


def _chopped(word: str, width: int) -> list[str]:
    """Cut the word into pieces of the width."""
    if wide(word) <= width:
        return [word]
    from rich.cells import chop_cells

    return chop_cells(word, width)
