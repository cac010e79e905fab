"""What fits at the cursor of an expression: columns of the files at hand, then names of rfm.toml, then words.

Headings and rfm.toml are untrusted: a name is not offered where a shell would run or expand it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from rfm_cli.cli.expression_cursor import cursor_in
from rfm_cli.cli.files_at_hand import CUSTOMERS, NAMED, FilesAtHand
from rfm_cli.language.lexing import RESERVED, is_word
from rfm_cli.tables.fields import fold

OF_SHELLS = frozenset("\"'`$\\!\ufffd]")
"""Characters that shells have a use for, also in quotes, and those that no name can hold or no file has meant."""
PLAIN = re.compile(r"[\w./,:@%+=-]*")
"""What every shell takes without quotes."""
LONGEST = 100


def fitting(begun: str, files: FilesAtHand, sets: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return a begun expression with its last word completed: by columns, `sets` or `words`."""
    tables = (*NAMED, *files.linked)
    cursor = cursor_in(begun, tables)
    if cursor is None:
        return []
    found: list[str] = []
    if cursor.of:
        columns = files.of_customers() if cursor.of == CUSTOMERS else files.columns(cursor.of)
        found = _spelled(cursor.begun, columns) if cursor.of in tables else []
    elif not cursor.begun:
        # All names would be too many, but a table that was just opened shows what it has.
        found = _spelled("", files.own(cursor.table)) if cursor.behind == "(" and cursor.table else []
    elif cursor.behind.lower() == "in":
        found = _begun(cursor.begun, filter(_is_harmless, sets))
    else:
        columns = [*(files.columns(cursor.table) if cursor.table else ()), *files.of_customers()]
        names = [*sets, *(one.name for one in files.linked.values()), *words]
        found = [*_spelled(cursor.begun, columns), *_begun(cursor.begun, filter(_is_harmless, names))]
    return [text for name in dict.fromkeys(found) if _is_taken(text := f"{cursor.before}{name}", begun)]


def _begun(begun: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(begun)]


def _spelled(begun: str, columns: Iterable[str]) -> list[str]:
    """Return the columns that begin so, as an expression has them; of names that mean one column the first."""
    known: dict[str, str] = {}
    for name in filter(_is_harmless, columns):
        known.setdefault(fold(name), name)
    return _begun(begun, [_written(name, begun) for name in known.values()])


def _written(name: str, begun: str) -> str:
    """Return a column in brackets where it is no word.

    A shell can only add to what is written. Behind a letter `Total Spent` is Total_Spent, which means the same.
    """
    joined = name if not begun or begun.startswith("[") else "_".join(name.split())
    return joined if _is_word(joined) and not begun.startswith("[") else f"[{name}]"


def _is_word(name: str) -> bool:
    return is_word(name) and name.lower() not in RESERVED


def _is_harmless(name: str) -> bool:
    return bool(name) and len(name) <= LONGEST and name.isprintable() and not OF_SHELLS & set(name)


def _is_taken(text: str, incomplete: str) -> bool:
    """Return whether a shell takes a text as one word. Bash does only in quotes; others quote what they insert."""
    line = os.environ.get("COMP_WORDS", "")
    return not line or PLAIN.fullmatch(text) is not None or any(f"{quote}{incomplete}" in line for quote in ('"', "'"))
