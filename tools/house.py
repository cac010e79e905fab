"""Print figures of the house: how large its parts are, how well they are explained, how far a score has to travel.

    python tools/house.py

The figures help to see where the code drifts. They are no limits: the exit code is always 0. Each figure is defined in
the docstring of the function that counts it.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import os
import statistics
import sys
import tempfile
import tokenize
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rfm_cli"
SAMPLE = ROOT / "sample_data" / "orders.csv"
Definition = ast.FunctionDef | ast.AsyncFunctionDef
Call = tuple[str, str]
CARRIED = frozenset({"Context", "Session", "Delivery", "ScoreRequest", "Scored", "View"})
"""The types by which a score travels from the command line to the screen: what a reader follows who follows a score."""


@dataclass(frozen=True)
class Sizes:
    """Numbers of lines, described by three of them."""

    lines: tuple[int, ...]

    def __str__(self) -> str:
        """Return median / 90th percentile / largest."""
        ordered = sorted(self.lines)
        most = ordered[int(0.9 * (len(ordered) - 1))]
        return f"{statistics.median_low(ordered)} / {most} / {ordered[-1]}"


@dataclass(frozen=True)
class Route:
    """The package files between which a run made calls: distinct pairs of the calling and the called file.

    `carriers` are the files that were handed the score itself, in one of the forms of `CARRIED`.
    """

    calls: frozenset[Call]
    carriers: frozenset[str] = frozenset()

    def files(self) -> set[str]:
        """Return the package files with a function that the run entered; code that only runs on import is left out."""
        return {called for _, called in self.calls}

    def climbs(self, layers: Sequence[Sequence[str]]) -> set[Call]:
        """Return the distinct pairs of files whose called one is in a higher layer than the calling one.

        A call through a library (Typer, Polars) counts as a call by the package file that called the library. Files
        that are in no layer have no height, and their calls do not count.
        """
        heights = {file: height_of(file, layers) for call in self.calls for file in call}
        return {
            (caller, called)
            for caller, called in self.calls
            if (low := heights[caller]) is not None and (high := heights[called]) is not None and high < low
        }


def sources() -> list[Path]:
    """Return the modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def module_sizes(files: Sequence[Path]) -> Sizes:
    """Count the lines of each module; those that hold no more than a docstring are left out."""
    return Sizes(tuple(len(lines) for file in files if len(lines := file.read_text().splitlines()) > 1))


def functions_in(file: Path) -> Iterator[Definition]:
    """Yield the functions and methods of a module, those inside other functions too."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, Definition):
            yield node


def function_sizes(files: Sequence[Path]) -> Sizes:
    """Count the lines of each function, from `def` to its last line, docstring and comments included."""
    found = (function for file in files for function in functions_in(file))
    return Sizes(tuple((function.end_lineno or function.lineno) - function.lineno + 1 for function in found))


def documented(files: Sequence[Path]) -> float:
    """Return the share of modules, classes and functions with a docstring among those without a leading underscore."""
    trees = [ast.parse(file.read_text()) for file in files]
    names = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef | Definition)]
    public = [*trees, *(node for node in names if not node.name.startswith("_"))]
    return sum(ast.get_docstring(node) is not None for node in public) / len(public)


def commented(files: Sequence[Path]) -> float:
    """Return the share of lines that are a comment and nothing else."""
    comments = lines = 0
    for file in files:
        text = file.read_text()
        lines += len(text.splitlines())
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            comments += token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    return comments / lines


def circles() -> list[set[str]]:
    """Return the groups of modules that import each other, directly or through others.

    Imports inside functions and those for type checkers only count as well.
    """
    graph = grimp.build_graph("rfm_cli", cache_dir=None, exclude_type_checking_imports=False)
    needs = {module: graph.find_upstream_modules(module) for module in graph.modules}
    groups = {frozenset({module, *(one for one in found if module in needs[one])}) for module, found in needs.items()}
    return sorted((set(group) for group in groups if len(group) > 1), key=sorted)


def layers() -> list[list[str]]:
    """Return the layers of pyproject.toml from the top down, each with its modules."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = next(one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    return [[module.strip() for module in layer.split("|")] for layer in contract["layers"]]


def height_of(file: str, order: Sequence[Sequence[str]]) -> int | None:
    """Return the number of the layer that a file is in, 0 for the highest; None if it is in none."""
    module = ".".join(Path(file).relative_to(ROOT).with_suffix("").parts)
    for height, modules in enumerate(order):
        if any(f"{module}.".startswith(f"{one}.") for one in modules):
            return height
    return None


def route_of(*words: str) -> Route:
    """Run `rfm` with these words in this process and return its route from the command line to the screen.

    It runs twice, and only the second run is traced: the first one imports what it needs.
    """
    _run(words)
    calls: set[Call] = set()
    carriers: set[str] = set()

    def trace(frame: FrameType, event: str, _: object) -> None:
        # Module and class bodies are not functions: they lack this flag.
        if event != "call" or not frame.f_code.co_flags & inspect.CO_OPTIMIZED or not _is_ours(frame):
            return
        if _carries(frame):
            carriers.add(frame.f_code.co_filename)
        caller = frame.f_back
        while caller is not None and not _is_ours(caller):
            caller = caller.f_back
        calls.add(((caller or frame).f_code.co_filename, frame.f_code.co_filename))

    sys.setprofile(trace)
    try:
        _run(words)
    finally:
        sys.setprofile(None)
    return Route(frozenset(calls), frozenset(carriers))


def _carries(frame: FrameType) -> bool:
    """Return whether an argument of a call is one of the forms that a score has on its way."""
    code = frame.f_code
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return any(type(frame.f_locals.get(name)).__name__ in CARRIED for name in arguments)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(f"{PACKAGE}{os.sep}")


def _run(words: Sequence[str]) -> None:
    """Run the command line in an empty folder, with its output thrown away."""
    from rfm_cli.cli.main import main

    arguments = sys.argv
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), _silence():
        sys.argv = ["rfm", *words]
        try:
            with contextlib.suppress(SystemExit):
                main()
        finally:
            sys.argv = arguments


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Send standard output and standard error to the null device: `rfm` writes to the descriptors themselves."""
    kept = [os.dup(number) for number in (1, 2)]
    try:
        with Path(os.devnull).open("w") as void, contextlib.redirect_stdout(void), contextlib.redirect_stderr(void):
            for number in (1, 2):
                os.dup2(void.fileno(), number)
            yield
    finally:
        for number, old in zip((1, 2), kept, strict=True):
            os.dup2(old, number)
            os.close(old)


def figures() -> dict[str, str]:
    """Return each figure under its name."""
    files, route = sources(), route_of("score", str(SAMPLE), "--format", "table")
    return {
        "modules": str(len(files)),
        "module lines, median / p90 / max": str(module_sizes(files)),
        "function lines, median / p90 / max": str(function_sizes(files)),
        "documented": f"{documented(files):.0%}",
        "comment lines": f"{commented(files):.1%}",
        "circles": str(len(circles())),
        "README": f"{(ROOT / 'README.md').stat().st_size / 1000:.1f} kB",
        "files that a score runs code of": str(len(route.files())),
        "files that a score passes": str(len(route.carriers)),
        "calls of a score that climb, file to file": str(len(route.climbs(layers()))),
    }


def main() -> None:
    """Print the table."""
    found = figures()
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:{width}}  {value}")


if __name__ == "__main__":
    main()
