"""Paths, globs, folders, `-` and URLs turned into raw frames.

CSV and NDJSON give texts, Parquet and Arrow their own types.
"""

from __future__ import annotations

import contextlib
import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.safe_text import printable
from rfm_cli.tables import file_kinds, spool
from rfm_cli.tables.column_types import plain, plain_name, scan_typed
from rfm_cli.tables.file_kinds import SUFFIXES, Kind, kind_by_bytes, suffix_of
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import Given, find, is_url, refuse_url
from rfm_cli.tables.read_errors import RaggedRowsError, input_errors

HEAD = 10_000
"""So many rows are looked at before the first pass; the pass itself proves what they suggested."""
BLANK = "(blank)"
"""A column that tells an empty line from a row, while a CSV file is read."""
SURPLUS = "(too many fields)"
"""A column that only repaired CSV files have: what stood in a row beyond the header's last column."""


@dataclass(frozen=True)
class InputFile:
    """One file, opened: its name for messages, its kind, its raw columns and what was detected of its form.

    `left_out` counts rows with too many fields that the frame does not have.
    """

    name: str
    kind: Kind
    frame: pl.LazyFrame
    schema: Mapping[str, pl.DataType]
    header: tuple[str, ...]
    local: Path | None = None
    separator: str = ","
    form: str = ""
    spooled: spool.Spool | None = field(default=None, repr=False)
    left_out: int = 0
    start: pl.LazyFrame | None = field(default=None, repr=False)

    def head(self) -> pl.LazyFrame:
        """The first rows, read without touching the rest of the file."""
        return self.frame.head(HEAD) if self.start is None else self.start

    @property
    def is_text(self) -> bool:
        """Whether every column is text, to be read by our own rules."""
        return self.kind in ("csv", "ndjson")


def open_all(paths: Sequence[Given], options: ReadOptions) -> tuple[InputFile, ...]:
    """All files behind `paths`, opened lazily."""
    return tuple(open_source(given, options) if isinstance(given, str) else from_frame(given) for given in find(paths))


def from_frame(frame: pl.LazyFrame | pl.DataFrame) -> InputFile:
    """A frame as a source: its texts are read by the same rules as those of a file, its types are taken as they are."""
    lazy = plain(frame.lazy())
    schema = dict(lazy.collect_schema())
    return InputFile("a frame", "frame", lazy, schema, tuple(schema), form="frame")


def open_whole(paths: Sequence[Given], options: ReadOptions) -> tuple[InputFile, ...]:
    """The same for tables beside the orders: rows with too many fields are looked for now, and left out."""
    return tuple(without_surplus(source) for source in open_all(paths, options))


def without_surplus(source: InputFile) -> InputFile:
    """The file without its rows of too many fields, which are counted in `left_out`."""
    if source.kind != "csv":
        return source
    try:
        with input_errors(source.name):
            source.frame.select(pl.len()).collect(engine="streaming")
    except RaggedRowsError:
        mended = repaired(source)
        odd = pl.col(SURPLUS).is_not_null()
        count = mended.frame.select(odd.sum()).collect(engine="streaming").item()
        frame = mended.frame.filter(~odd).drop(SURPLUS)
        return replace(mended, frame=frame, schema=source.schema, left_out=count, start=None)
    return source


def open_source(path: str, options: ReadOptions) -> InputFile:
    """One file, opened lazily. Standard input, other encodings and pipes are first laid down as a UTF-8 file."""
    with input_errors(printable(path)):
        if is_url(path):
            refuse_url(path)
            return _open(path, path, SUFFIXES[suffix_of(path) or ".parquet"], options, None)
        spooled = spool.copy_of(path, options.encoding)
        local = spooled.path if spooled else Path(path)
        name = "standard input" if path == "-" else printable(path)
        return _open(name, str(local), _kind(local, path), options, spooled)


def _kind(local: Path, path: str) -> Kind:
    """What a file is: its first bytes know better than its name."""
    start = file_kinds.first_bytes(local, 64)
    if not start:
        raise pl.exceptions.NoDataError(path)
    found, named = kind_by_bytes(start, path), SUFFIXES.get(suffix_of(path) or "")
    if found in ("parquet", "arrow"):
        return found
    if named in ("parquet", "arrow"):
        raise InputError(f"{path}: not a {named} file, whatever its name says", "export it again")
    return named or found or "csv"


def _open(name: str, path: str, kind: Kind, options: ReadOptions, spooled: spool.Spool | None) -> InputFile:
    if kind == "csv":
        return _open_csv(name, path, options, spooled)
    local = None if is_url(path) else Path(path)
    if kind == "ndjson":
        frame = plain(_scan_ndjson(path))
    else:
        frame, laid = scan_typed(path, kind, name, local=local is not None)
        spooled, local = laid or spooled, laid.path if laid else local
    schema = dict(frame.collect_schema())
    return InputFile(name, kind, frame, schema, tuple(schema), local, form=kind, spooled=spooled)


def _scan_ndjson(path: str) -> pl.LazyFrame:
    """Every key of the file as text, so that numbers keep their digits and ids their zeros."""
    exact = path if is_url(path) else glob.escape(path)  # Polars takes every path for a glob here
    keys = list(pl.scan_ndjson(exact, infer_schema_length=None).collect_schema())
    return pl.scan_ndjson(exact, schema=dict.fromkeys(keys, pl.String))


def _open_csv(name: str, path: str, options: ReadOptions, spooled: spool.Spool | None) -> InputFile:
    if is_url(path):
        line = pl.scan_csv(path, has_header=False, separator="\x01", quote_char=None, n_rows=1).collect().item()
        layout = file_kinds.layout(str(line), options.separator, name)
    else:
        lines = file_kinds.first_text(Path(path))
        layout = file_kinds.layout(lines, options.separator, name)
        if file_kinds.ends_in_returns(lines):
            spooled = spool.with_line_feeds(Path(path), layout.separator, spooled)
            path = str(spooled.path)
    columns = unique_names(layout.header)
    frame = _scan_csv(path, columns, layout.separator)
    local = None if is_url(path) else Path(path)
    schema = dict.fromkeys(columns, pl.String())
    start = _first_rows(path, columns, layout.separator)
    form = layout.said(spooled.encoding if spooled else "utf-8")
    header = tuple(plain_name(heading) for heading in layout.header)
    return InputFile(name, "csv", frame, schema, header, local, layout.separator, form, spooled=spooled, start=start)


def _first_rows(path: str, columns: Sequence[str], separator: str) -> pl.LazyFrame:
    """HEAD rows of a CSV file. Of a large one only its first lines are given to Polars, which would decode far more."""
    lines = None if is_url(path) else file_kinds.first_lines(Path(path), HEAD)
    if lines is not None:
        with contextlib.suppress(pl.exceptions.PolarsError):  # they end within a row after all, or the file is odd
            return _scan_csv(lines, columns, separator, HEAD).collect().lazy()
    return _scan_csv(path, columns, separator, HEAD)


def _scan_csv(file: str | bytes, columns: Sequence[str], separator: str, rows: int | None = None) -> pl.LazyFrame:
    """The rows of a CSV file as texts; an empty line is no row.

    Headings were read by our own means: Polars would rename doubled ones, and we must see them. The filter looks at
    all columns on purpose: Polars sees that a row has too many fields only where it is asked for all of them, and
    what is accepted must not depend on the columns that an answer needs.
    """
    scanned = pl.scan_csv(
        file,
        separator=separator,
        new_columns=list(columns),
        glob=isinstance(file, str) and is_url(file),
        infer_schema=False,
        n_rows=rows,
    )
    # As a column of its own, since of a filter over many columns Polars makes as many filters within its reader.
    marked = scanned.with_columns(pl.all_horizontal(pl.all().is_null()).alias(BLANK))
    return marked.filter(~pl.col(BLANK)).drop(BLANK)


def as_types(source: InputFile, types: Mapping[str, pl.DataType]) -> InputFile:
    """A CSV file on this machine with some columns read as numbers at once; a value of another kind is an error then.

    Here an empty line is a row of nulls, blanks before a number are passed over, and a row of too many fields is seen
    only by who asks for every column.
    """
    columns = list(source.schema)
    frame = pl.scan_csv(
        str(source.local),
        separator=source.separator,
        new_columns=columns,
        glob=False,
        infer_schema=False,
        schema_overrides=dict(types),
    )
    schema = {name: types.get(name, pl.String()) for name in columns}
    return replace(source, frame=frame, schema=schema, start=None)


def unique_names(header: Sequence[str]) -> list[str]:
    """Names for a frame's columns: the headings, a repeated or empty one with its place.

    >>> unique_names(["id", "", "id"])
    ['id', 'column 2', 'id (column 3)']
    """
    names: dict[str, None] = {}
    for place, heading in enumerate(header, start=1):
        name = plain_name(heading) or f"column {place}"
        names[name if name not in names else f"{name} (column {place})"] = None
    return list(names)


def repaired(source: InputFile) -> InputFile:
    """The same CSV file with rows of too many fields cut to the header; the surplus in a column of its own."""
    if source.kind != "csv" or source.local is None or SURPLUS in source.schema:
        return source
    laid = spool.repair(source.local, source.separator, len(source.header), SURPLUS)
    if laid is None:
        return source
    columns = [*unique_names(source.header), SURPLUS]
    frame = _scan_csv(str(laid.path), columns, source.separator)
    start = _first_rows(str(laid.path), columns, source.separator)
    schema = dict.fromkeys(columns, pl.String())
    return replace(source, frame=frame, schema=schema, local=laid.path, spooled=laid, start=start)
