"""The pages that users read, README.md and docs/, taken apart: fenced blocks, examples with output, links, headings.

`python -m tests.pages docs/views.md` runs the examples of a page and writes their outputs into it. An output that ends
with `...` keeps its number of lines; a line `... 12` in place of an output becomes its first 12 lines.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.runs import ROOT, Wish, run_all

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
REAL = {"online_retail.parquet": "online_retail", "cdnow_full.csv": "cdnow"}
"""Files of real data, by the folder that holds them; every other example runs in a copy of the sample shop."""
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LOOK = {"COLUMNS": "100", "NO_COLOR": "1"}
TERMINAL = """
import io

class Terminal(io.FileIO):
    def isatty(self):
        return self.fileno() == 1

io.FileIO = Terminal
"""
"""What the process of the examples runs first: its standard output passes for a terminal."""


@dataclass(frozen=True)
class Block:
    """A fenced block: the words behind its fence, its text, and where the text begins and ends in the page."""

    info: str
    body: str
    start: int
    end: int

    @property
    def kind(self) -> str:
        """The language of the block."""
        return self.info.split()[0] if self.info else ""

    @property
    def is_real(self) -> bool:
        """Whether the block runs on real data."""
        return any(file in self.body for file in REAL)


@dataclass(frozen=True)
class Example:
    """A command of a console block, and the lines that the page shows of its output."""

    command: str
    shown: tuple[str, ...]

    def expected(self, output: str) -> tuple[str, ...]:
        """Return what the page must show of the output: all of it, or as many lines as it shows now."""
        lines = tuple(line.rstrip() for line in output.rstrip().splitlines())
        asked = re.fullmatch(r"\.\.\. (\d+)", self.shown[0]) if len(self.shown) == 1 else None
        if asked:
            return (*lines[: int(asked[1])], "...")
        if self.shown and self.shown[-1] == "...":
            return (*lines[: len(self.shown) - 1], "...")
        return lines


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(found["info"], found["body"], *found.span("body")) for found in FENCE.finditer(text)]


def examples(block: Block) -> list[Example]:
    """Return the commands of a console block with the outputs that it shows."""
    parts = re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]
    lines = [part.rstrip("\n").split("\n") for part in parts]
    return [Example(first, tuple(rest)) for first, *rest in lines]


def outputs(consoles: list[Block], shop: Path, data: Path | None = None) -> list[tuple[Example, str]]:
    """Run the examples of console blocks in order; returns each with its standard output.

    Commands other than `rfm` (cat, ls) run in the shop after all others. Raises `AssertionError` where one fails.
    """
    plan = [
        (one, data / REAL[file] if data and (file := _real_file(block)) else shop)
        for block in consoles
        for one in examples(block)
    ]
    wishes = [Wish(tuple(shlex.split(one.command)[1:]), str(folder)) for one, folder in plan if _is_rfm(one)]
    ended = iter(run_all(wishes, LOOK, TERMINAL))
    by_rfm = {number: next(ended) for number, (one, _) in enumerate(plan) if _is_rfm(one)}
    failed = [(plan[number][0].command, run.err, run.died) for number, run in by_rfm.items() if run.code]
    assert failed == []
    return [
        (one, by_rfm[number].out.decode() if number in by_rfm else _shell(one.command, folder))
        for number, (one, folder) in enumerate(plan)
    ]


def _shell(command: str, folder: Path) -> str:
    """Return what another command than `rfm` prints in the folder."""
    return subprocess.run(shlex.split(command), cwd=folder, capture_output=True, check=True).stdout.decode()


def _is_rfm(one: Example) -> bool:
    return one.command.startswith("rfm ")


def _real_file(block: Block) -> str | None:
    return next((file for file in REAL if file in block.body), None)


def copy_of_the_shop(folder: Path) -> Path:
    """Copy the sample shop into the folder."""
    return Path(shutil.copytree(ROOT / "sample_data", folder / "shop"))


def prose(page: Path) -> str:
    """Return the page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Return the targets of the page's links."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(page))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Yield each `rfm COMMAND` that the page writes as code, with the rest of its line."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    yield from re.findall(r"(?:^|`|\$ |&& |/|'|run: )rfm ([a-z]+)([^`\n#]*)", text, re.MULTILINE)


def write(page: Path, shop: Path, data: Path) -> None:
    """Write the outputs of the page's examples into it."""
    text = page.read_text(encoding="utf-8")
    consoles = [block for block in blocks(page) if block.kind == "console"]
    results = iter(outputs(consoles, shop, data))
    for block, bodies in [(block, [next(results) for _ in examples(block)]) for block in consoles][::-1]:
        lines = [line for one, output in bodies for line in (f"$ {one.command}", *one.expected(output))]
        text = text[: block.start] + "\n".join(lines) + "\n" + text[block.end :]
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(name).resolve(), copy_of_the_shop(Path(folder)), ROOT.parent / "shared" / "data")
