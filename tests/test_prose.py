"""The prose of the package is plain English: words that a native reader stumbles over are not in it.

`python -m tests.test_prose rfm_cli/tables` lists what such words a room has.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rfm_cli"
BANNED = re.compile(
    r"\b(whoever|nobody|somebody|whom|of which|told|said|speaks?|stands?|let be|so many|by its own means)\b"
    r"|^Nothing\b|\ba (row|line) an? (customer|order|cell|day|date)\b|\bone row a customer\b",
    re.IGNORECASE,
)
BRITISH = re.compile(
    r"\b(colour|behaviour|favour|honour|neighbour|labour|grey|catalogue|cheque|centre|metre|licence|programme|"
    r"recognis\w*|organis\w*|summaris\w*|normalis\w*|initialis\w*|analys(e|ed|es|ing)|"
    r"labell(ed|ing)|modell(ed|ing)|travell(ed|ing)|whilst|amongst)(s|ed|ing)?\b",
    re.IGNORECASE,
)
DATA = re.compile(r"rfm_cli/(tables/(fields|file_kinds|money|options)\.py|messages/)")
"""Files of which the texts are words that other people's files use, or other languages."""
UNWRITTEN: list[str] = []
"""Rooms whose prose has not been rewritten yet."""


def _sentences(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each docstring and comment, and of each string that is a sentence."""
    source = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def found_in(file: Path) -> list[str]:
    """Return where the file has such a word: path, line, word."""
    name = file.relative_to(ROOT).as_posix()
    found = []
    for line, text in _sentences(file):
        british = None if DATA.match(name) else BRITISH.search(text)
        if hit := BANNED.search(text) or british:
            found.append(f"{name}:{line}: {hit.group()}")
    return found


def _files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


@pytest.mark.parametrize("file", _files(PACKAGE), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_prose_is_plain(file: Path) -> None:
    if any(file.relative_to(ROOT).as_posix().startswith(room) for room in UNWRITTEN):
        pytest.skip("its prose has not been rewritten yet")
    assert found_in(file) == []


NAMED = re.compile(r"`([a-z]\w*(?:[/.]\w+)+|[a-z]\w*_\w+)`")
"""A name in backticks: with a slash or a dot, or of several words; files of data aside."""
DATA_FILES = (".csv", ".parquet", ".toml")


def _docstrings(file: Path) -> list[ast.Constant]:
    """The docstrings of a file, those of data among them."""
    nodes = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Expr)]
    return [one.value for one in nodes if isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)]


@cache
def _words_of_code() -> frozenset[str]:
    """The names and the words of strings in the code of the package, without docstrings and comments."""
    found: set[str] = set()
    for file in _files(PACKAGE):
        prose = {(one.lineno, one.col_offset) for one in _docstrings(file)}
        for token in tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline):
            if token.type != tokenize.COMMENT and token.start not in prose:
                found.update(re.findall(r"\w+", token.string))
    return frozenset(found)


def _is_there(name: str, file: Path) -> bool:
    """Whether a file of that path, a name of that module or a word of that spelling exists."""
    if "/" in name:
        return any((place / name).exists() for place in (ROOT, PACKAGE, file.parent))
    first, *rest = name.split(".")
    modules = [place / f"{first}.py" for place in (PACKAGE, file.parent)]
    module = next((one for one in modules if one.exists()), None)
    if module and rest and rest != ["py"]:
        return re.search(rf"\b{rest[0]}\b", module.read_text(encoding="utf-8")) is not None
    folder = PACKAGE / first
    if folder.is_dir() and rest and rest != ["py"]:
        return (folder / rest[0]).is_dir() or (folder / f"{rest[0]}.py").exists() or rest[0] in _words_of_code()
    return bool(rest) or first in _words_of_code()


@pytest.mark.parametrize("file", _files(PACKAGE), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_names_in_prose_exist(file: Path) -> None:
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    prose = [*comments, *(str(one.value) for one in _docstrings(file))]
    named = {name for text in prose for name in NAMED.findall(text) if not name.endswith(DATA_FILES)}
    assert sorted(name for name in named if not _is_there(name, file)) == []


if __name__ == "__main__":
    for place in sys.argv[1:]:
        for one in _files((ROOT / place).resolve()):
            sys.stdout.writelines(f"{hit}\n" for hit in found_in(one))
