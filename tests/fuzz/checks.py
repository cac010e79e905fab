"""What must hold for any input whatever: of the exit code, of what is told, of what is left, and of the counts."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import polars as pl

from tests.fuzz.cases import Case
from tests.runs import Ended

CODES = (0, 1, 2, 3, 4)
"""The documented exit codes that a run ends with unless it is interrupted, or another one holds its lock."""
BROKEN = ("Traceback", "panicked", "RUST_BACKTRACE", "a bug in rfm", "polars.exceptions", "pyo3_runtime")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


def files_in(folder: Path) -> set[str]:
    """The files and folders below a folder, by their path in it."""
    return {str(place.relative_to(folder)) for place in folder.rglob("*")}


def problems(case: Case, ended: Ended, before: set[str], root: Path) -> Iterator[str]:
    """What does not hold; `before` are the files below `root` before the run."""
    if ended.died:
        yield f"the process ended with {ended.code}: {ended.died[-300:]}"
        return
    if ended.code not in CODES:
        yield f"exit code {ended.code}"
    yield from (f"{word!r} on stderr" for word in BROKEN if word in ended.err)
    if found := CONTROL.search(ended.err):
        yield f"a control character {found[0]!r} on stderr"
    lines = ended.err.splitlines()
    errors = [line for line in lines if line.startswith("rfm: error:")]
    if (ended.code in (1, 2, 3, 4)) != bool(errors) or len(errors) > 1:
        yield f"{len(errors)} errors told with exit code {ended.code}"
    if long := [line for line in lines if len(line) > MOST]:
        yield f"a line of {len(long[0])} characters on stderr"
    yield from _left(case, ended, files_in(root) - before)
    if ended.code == 0 and case.rows is not None:
        yield from _counts(case)
    if ended.code == 0 and (why := _misread(case.wish.args, ended.out)):
        yield f"stdout {why}"


MOST = 4000
"""A line that is longer holds a value that was not cut."""


def _left(case: Case, ended: Ended, new: set[str]) -> Iterator[str]:
    """What was left behind: parts of files, spilled rows, and after an error any file at all."""
    for name in sorted(new):
        last = Path(name).name
        if last.endswith(".part") or last.startswith(".rfm-"):
            yield f"left behind: {name}"
        elif ended.code != 0 and not _is_kept(name):
            yield f"written in spite of exit code {ended.code}: {name}"
        elif not any(fnmatch(name.removeprefix("a/b/").split("/")[0], one) for one in case.writes):
            yield f"written and not asked for: {name}"


def _is_kept(name: str) -> bool:
    """Whether a run that fails may have made it: the folders of a job or of a store, and their locks."""
    return Path(name).suffix == "" or Path(name).name.startswith(".lock") or Path(name).name == ".lock"


def _misread(args: tuple[str, ...], out: bytes) -> str:
    """What keeps a reader of the format from reading stdout, empty where nothing does, or nothing is asked of it."""
    if {"-o", "--output", "--help", "--version"} & set(args) or "--format" not in args:
        return ""
    form = args[args.index("--format") + 1]
    try:
        if form == "parquet":
            pl.read_parquet(io.BytesIO(out))
        elif form == "xlsx":
            zipfile.ZipFile(io.BytesIO(out)).testzip()
        elif form == "json":
            json.loads(out)
        elif form == "ndjson":
            [json.loads(line) for line in out.decode().split("\n")[:-1]]
        elif form == "csv":
            csv.field_size_limit(10**7)
            rows = list(csv.reader(io.StringIO(out.decode(), newline="")))
            return "" if len({len(row) for row in rows}) <= 1 else "has rows of several lengths"
        elif found := CONTROL.search(out.decode()):
            return f"has a control character {found[0]!r}"
    except (ValueError, pl.exceptions.PolarsError, zipfile.BadZipFile) as error:
        return f"is no {form}: {error}"
    return ""


def _counts(case: Case) -> Iterator[str]:
    """Rows read are those of the file, accepted and rejected ones together; the latter are in the file of rejects."""
    folder = Path(case.wish.folder)
    counts = json.loads((folder / "o.json").read_text())["meta"]["counts"]
    rejected = sum(count for name, count in counts.items() if name.startswith("rejected_"))
    if counts["rows_read"] != case.rows:
        yield f"{counts['rows_read']} rows read of {case.rows}"
    if counts["rows_accepted"] + rejected != counts["rows_read"]:
        yield f"{counts['rows_accepted']} + {rejected} is not {counts['rows_read']}"
    listed = pl.read_csv(folder / "r.csv", infer_schema=False).height
    if listed != rejected:
        yield f"{listed} rows listed of {rejected} rejected"
