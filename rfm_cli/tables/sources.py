"""Files opened as raw frames: CSV and NDJSON as texts; Parquet, Arrow and workbooks with their own types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.notes import counted
from rfm_cli.safe_text import printable
from rfm_cli.tables import archives, file_kinds, guards, headings, spool
from rfm_cli.tables.column_types import plain, scan_typed
from rfm_cli.tables.csv_rows import HEAD, first_rows, layout_in_a_cloud, scan_csv, unique_names
from rfm_cli.tables.fields import fold, plain_name
from rfm_cli.tables.file_kinds import Kind
from rfm_cli.tables.footers import Footer, footer_of
from rfm_cli.tables.kind_of_file import kind_here, kind_in_a_cloud
from rfm_cli.tables.lakes import refuse_url
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import Given, find, is_url, parted
from rfm_cli.tables.read_errors import RaggedRowsError, encoding_error, input_errors

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""How engines call the folder of rows without a value."""
SURPLUS = "(too many fields)"
"""A column that only repaired CSV files have: the fields of a row beyond the last heading."""


@dataclass(frozen=True)
class InputFile:
    """One file, opened: its name for messages, its kind, its raw columns, and what was detected of its form.

    `left_out` counts rows with too many fields that the frame does not have. `above` is the number of lines above the
    headings, `skip` the number of line feeds among them in the file that is read. `part` is the sheet of a workbook;
    `taken` is a note on what was taken of a file. `derived` are columns made of others, and `bare` is the file without
    them. `guarded` counts the cells of a CSV file written ="00123", which the frame has as 00123; `guarded_columns` are
    the columns of other files in which some were read, and grow as rows are read. `footer` is what that of a large
    Parquet file proves.
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
    above: int = 0
    skip: int = 0
    start: pl.LazyFrame | None = field(default=None, repr=False)
    part: str = ""
    taken: str = ""
    derived: Mapping[str, pl.Expr] = field(default_factory=dict, repr=False)
    bare: InputFile | None = field(default=None, repr=False)
    guarded: int = 0
    guarded_columns: set[str] = field(default_factory=set, compare=False, repr=False)
    footer: Footer = field(default_factory=Footer, repr=False)

    def head(self) -> pl.LazyFrame:
        """Return the first rows, read without touching the rest of the file."""
        return self.frame.head(HEAD) if self.start is None else self.start

    def column(self, heading: str) -> tuple[pl.LazyFrame, str, pl.DataType, str]:
        """Return a column as `days` takes it: the rows, the heading, the type, and its name in messages."""
        return self.frame, heading, self.schema[heading], f"{self.name}: column {heading!r}"

    @property
    def is_text(self) -> bool:
        """Whether every column is text, to be read by our own rules."""
        return self.kind in ("csv", "ndjson")


def open_all(paths: Sequence[Given], options: ReadOptions, table: str = "orders") -> tuple[InputFile, ...]:
    """Open all files that `paths` name, lazily; `table` chooses among the sheets of a workbook."""
    if options.header_row and any(not isinstance(given, str) for given in paths):
        raise UsageError("header_row: a frame has no lines, only CSV files and sheets have", "leave it out")
    return tuple(
        open_source(given, options, table) if isinstance(given, str) else from_frame(given)
        for given in find(paths, table)
    )


def skipped_in_words(opened: Sequence[InputFile]) -> str:
    """Return how many lines above the headings are skipped, in brackets behind a blank; empty for none."""
    count = sum(source.above for source in opened)
    return f" (below {counted(count, 'skipped line')})" if count else ""


def from_frame(frame: pl.LazyFrame | pl.DataFrame) -> InputFile:
    """Wrap a frame as a file: its texts are read by the same rules, its types are taken as they are."""
    lazy = plain(frame.lazy())
    return _read_typed(InputFile("a frame", "frame", lazy, {}, (), form="frame"))


def with_columns(source: InputFile, made: Mapping[str, pl.Expr]) -> InputFile:
    """Return the file with columns made of its own. No shortcut reads its rows past them."""
    frame = source.frame.with_columns(**made)
    schema = {**source.schema, **{name: frame.select(name).collect_schema()[name] for name in made}}
    start = None if source.start is None else source.start.with_columns(**made)
    return replace(
        source,
        frame=frame,
        schema=schema,
        header=(*source.header, *made),
        local=None,
        start=start,
        derived={**source.derived, **made},
        bare=source.bare or source,
        footer=source.footer.without(made),
    )


def open_whole(paths: Sequence[Given], options: ReadOptions, table: str = "orders") -> tuple[InputFile, ...]:
    """Open the files of a table beside the orders, and leave out rows with too many fields at once."""
    return tuple(without_surplus(source) for source in open_all(paths, options, table))


def without_surplus(source: InputFile) -> InputFile:
    """Return the file without its rows of too many fields, which are counted in `left_out`."""
    if source.kind != "csv":
        return source
    try:
        with input_errors(source.name, {source.name: source.local}):
            source.frame.select(pl.len()).collect(engine="streaming")
    except RaggedRowsError:
        mended = repaired(source)
        odd = pl.col(SURPLUS).is_not_null()
        count = mended.frame.select(odd.sum()).collect(engine="streaming").item()
        frame = mended.frame.filter(~odd).drop(SURPLUS)
        return replace(mended, frame=frame, schema=source.schema, left_out=count, start=None)
    return source


def open_source(path: str, options: ReadOptions, table: str = "orders") -> InputFile:
    """Open one file lazily. Standard input, other encodings, pipes and what is in archives are first copied to a UTF-8
    file."""
    with input_errors(printable(path)):
        if is_url(path):
            refuse_url(path)
            return _open(path, path, kind_in_a_cloud(path), options, None)
        file, part = parted(path)
        spooled = spool.utf8_copy(file, options.encoding)
        local = spooled.path if spooled else Path(file)
        name = "standard input" if path == "-" else printable(path)
        inside = file
        if archives.is_archive(local):
            spooled, inside, part = archives.unpacked(local, name, file, part)
            spooled = spool.utf8_copy(str(spooled.path), options.encoding, name) or spooled
            local = spooled.path
        kind = kind_here(local, inside, name)
        if kind == "workbook":
            return _open_workbook(local, name, file, part, table, options, spooled)
        if part:
            raise InputError(f"{name}: {file} is no workbook, and has no sheets", "give the file without #")
        return with_columns_of_folders(_open(name, str(local), kind, options, spooled), file)


def with_columns_of_folders(source: InputFile, path: str) -> InputFile:
    """Return the file with a column of text for each folder `key=value` in its path; a column of the file itself comes
    before one of that name."""
    if "=" not in path:
        return source
    pairs = (part.split("=", 1) for part in Path(path).parent.parts if "=" in part)
    own = {fold(heading) for heading in source.header}
    values = {plain_name(unquote(key)): unquote(value) for key, value in pairs if key and fold(unquote(key)) not in own}
    made = {key: pl.lit(None if value == NO_VALUE else value, pl.String) for key, value in values.items()}
    return with_columns(source, made) if made else source


def _open_workbook(
    local: Path, name: str, given: str, part: str, table: str, options: ReadOptions, spooled: spool.Spool | None
) -> InputFile:
    """Open the sheet of a workbook that fits a table; its rows are held in memory."""
    from rfm_cli.tables import workbooks  # few runs have one

    rows = workbooks.read_sheet(local, name, given, part, table, options)
    frame = rows.frame.rename(dict(zip(rows.frame.columns, unique_names(rows.header), strict=True)))
    form = f"workbook, sheet {rows.sheet!r}"
    header = tuple(plain_name(heading) for heading in rows.header)
    opened = InputFile(name, "workbook", frame.lazy(), {}, header, local, form=form, spooled=spooled)
    opened = replace(opened, above=rows.above, part=rows.sheet, taken=rows.taken)
    return with_columns_of_folders(_read_typed(opened), given)


def _open(name: str, path: str, kind: Kind, options: ReadOptions, spooled: spool.Spool | None) -> InputFile:
    if kind == "csv":
        return _open_csv(name, path, options, spooled)
    if options.header_row:
        raise UsageError(
            f"--header-row: {name} is {kind}, and only CSV files and sheets have lines", "leave the option out"
        )
    local = None if is_url(path) else Path(path)
    if kind == "ndjson":
        from rfm_cli.tables.ndjson_rows import scan_ndjson  # few runs have one

        with input_errors(name, {name: local}):
            frame = plain(scan_ndjson(path))
        return _read_typed(InputFile(name, kind, frame, {}, (), local, form=kind, spooled=spooled))
    footer = footer_of(local) if kind == "parquet" else Footer()
    frame, copy = scan_typed(path, kind, name, local=local is not None, bounds=footer.bounds)
    opened = InputFile(name, kind, frame, {}, (), local, form=kind, spooled=spooled, footer=footer)
    # A copy has other types than its file.
    return _read_typed(replace(opened, spooled=copy, local=copy.path, footer=Footer()) if copy else opened)


def _read_typed(source: InputFile) -> InputFile:
    """Return a file that is no CSV with the columns of its frame, and its texts written ="00123" read as 00123."""
    met: set[str] = set()
    frame = guards.without_guards_as_read(source.frame, met, guards.columns_without(source.footer))
    schema = dict(frame.collect_schema())
    header = tuple(map(guards.plain_heading, source.header)) or tuple(schema)
    return replace(source, frame=frame, schema=schema, header=header, guarded_columns=met)


def _open_csv(name: str, path: str, options: ReadOptions, spooled: spool.Spool | None) -> InputFile:
    if is_url(path):
        layout = layout_in_a_cloud(path, options, name)
    else:
        lines = file_kinds.first_text(Path(path))
        # A letter that is cut at the end of the first lines is no broken one.
        if "\ufffd" in lines.removesuffix("\ufffd") and (error := encoding_error(Path(path), name)):
            raise error
        layout = headings.layout_of(lines, options, name)
        # Polars ends rows at line feeds alone.
        if file_kinds.ends_in_returns(lines):
            spooled = spool.with_line_feeds(Path(path), layout.separator, spooled, layout.above)
            path, layout = str(spooled.path), replace(layout, skip=0)
    layout = replace(layout, header=tuple(map(guards.plain_heading, layout.header)))
    columns = unique_names(layout.header)
    frame = scan_csv(path, columns, layout.separator, layout.skip)
    local = None if is_url(path) else Path(path)
    schema = dict.fromkeys(columns, pl.String())
    start = first_rows(path, columns, layout.separator, layout.skip)
    form = layout.in_words(spooled.encoding if spooled else "utf-8")
    header = tuple(plain_name(heading) for heading in layout.header)
    opened = InputFile(name, "csv", frame, schema, header, local, layout.separator, form, spooled=spooled, start=start)
    return _without_guards(replace(opened, above=layout.above, skip=layout.skip))


def _without_guards(source: InputFile) -> InputFile:
    """Return a CSV file with its cells written ="00123" as 00123."""
    if source.local is not None and not guards.may_have_guards(source.local):
        return source
    columns, count = list(source.schema), 0
    if source.local is not None:  # in a cloud the cells are not counted, since that would read the file once more
        every = scan_csv(str(source.local), columns, source.separator, source.skip, ragged=True)
        count = guards.count_guards(every, columns)
        if not count:
            return source
    frame = guards.without_guards(source.frame, columns)
    return replace(source, frame=frame, start=guards.without_guards(source.head(), columns), guarded=count)


def as_types(source: InputFile, types: Mapping[str, pl.DataType]) -> InputFile:
    """Return a CSV file on this machine with some columns read as numbers at once; other values raise an error of
    Polars.

    Here an empty line is a row of nulls, blanks before a number are skipped, and a row of too many fields shows only
    where every column is read.
    """
    columns = list(source.schema)
    frame = pl.scan_csv(
        str(source.local),
        separator=source.separator,
        new_columns=columns,
        glob=False,
        infer_schema=False,
        schema_overrides=dict(types),
        skip_lines=source.skip,
    )
    schema = {name: types.get(name, pl.String()) for name in columns}
    return replace(source, frame=frame, schema=schema, start=None)


def repaired(source: InputFile) -> InputFile:
    """Return the same CSV file with long rows cut to the header, and the surplus in a column of its own."""
    if source.bare:
        mended = repaired(source.bare)
        return source if mended is source.bare else with_columns(mended, source.derived)
    if source.kind != "csv" or source.local is None or SURPLUS in source.schema:
        return source
    copy = spool.repair(source.local, source.separator, len(source.header), SURPLUS, source.skip)
    if copy is None:
        return source
    columns = [*unique_names(source.header), SURPLUS]
    frame = scan_csv(str(copy.path), columns, source.separator, skip=0)
    start = first_rows(str(copy.path), columns, source.separator, skip=0)
    if source.guarded:
        frame, start = guards.without_guards(frame, columns), guards.without_guards(start, columns)
    schema = dict.fromkeys(columns, pl.String())
    return replace(source, frame=frame, schema=schema, local=copy.path, spooled=copy, start=start, skip=0)
