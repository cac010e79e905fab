"""Where the cursor is in an expression that is being written: the word there, and the table that it is asked of.

The text is no expression yet, so that it is only cut into words, texts in quotes and brackets.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from rfm_cli.tables.fields import fold

TOKEN = re.compile(r"""'[^']*'?|"[^"]*"?|\#[^\n]*|(?:[\w.-]|\[[^\]]*\]?)+|\s+|.""", re.DOTALL)
TEXTS = ("'", '"', "#")
"""How texts and comments begin."""


@dataclass(frozen=True)
class Cursor:
    """The text before a word that is to be completed, how the word begins, and the table whose rows are asked there.

    `of` is the table that the name itself has, before a dot. `behind` is what is before the word.
    """

    before: str
    begun: str
    table: str = ""
    of: str = ""
    behind: str = ""


def cursor_in(text: str, tables: Collection[str]) -> Cursor | None:
    """Return where the end of a text is in an expression; None inside of a text in quotes, and in a comment.

    `tables` are folded names.

    >>> cursor_in("vip and any events(ki", ["events"])
    Cursor(before='vip and any events(', begun='ki', table='events', of='', behind='(')
    """
    asked, tokens = [""], TOKEN.findall(text)
    words = ["", "", *(token for token in tokens if not token.isspace())]
    for before, token in pairwise(words):
        if token == "(":
            table = fold(before.partition(".")[0])
            asked.append(table if table in tables else asked[-1])
        elif token == ")" and len(asked) > 1:
            asked.pop()
    last = tokens[-1] if tokens else ""
    if last.startswith(TEXTS) and (last[0] == "#" or len(last) == 1 or last[-1] != last[0]):
        return None
    if not TOKEN.fullmatch(last) or not (last[0].isalnum() or last[0] in "_["):
        return Cursor(text, "", asked[-1], behind=words[-1])
    # Brackets may hold dots.
    opened = last.rfind("[") if last.rfind("[") > last.rfind("]") else len(last)
    dot = last.rfind(".", 0, opened)
    begun = last[dot + 1 :]
    return Cursor(text[: len(text) - len(begun)], begun, asked[-1], fold(last[: max(dot, 0)]), words[-2])
