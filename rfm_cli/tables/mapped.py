"""Right sides of `--map` that are no heading: a path inside a column, or several columns asked one after the other.

Such a value becomes a column of its own, under the name that the user wrote, so that all that follows finds it as it
finds any heading. What is nested in a file is read as JSON text, whatever the file is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.tables import column_types
from rfm_cli.tables.fields import OR, STEP, fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.read_errors import RaggedRowsError, input_errors
from rfm_cli.tables.sources import InputFile, repaired, with_columns

KEYS = ("key", "name")
"""How the entries of a list call what they are named by; what they hold is their `value`."""
TYPED = ("string_value", "int_value", "float_value", "double_value")
"""The parts of a value in exports of Google Analytics; one of them is filled."""
SHOWN_KEYS = 8


@dataclass(frozen=True)
class Place:
    """A path inside a column: the heading, and the names of the values on the way."""

    heading: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """The right side of a map: the field, the text, and the places whose first value counts; a heading has no names.

    `missing` are the parts of the text that the file has no column for.
    """

    field: str
    text: str
    places: tuple[Place, ...]
    missing: tuple[str, ...] = ()


def with_mapped(opened: Sequence[InputFile], table: str, options: ReadOptions) -> tuple[InputFile, ...]:
    """Return the files of a table with a column for each right side of its map that is a path or a list of columns.

    A right side means, the first that exists: the exact heading, a path inside a column (of lists of entries with a key
    and a value, the value by its key), columns with commas between them. Raises `InputError` where no row of any file
    has a value at the end of a path.
    """
    given = options.map_of(table)
    if not any(mark in text for text in given.values() for mark in (STEP, OR)):
        return tuple(opened)
    wanted = [
        [one for name, text in given.items() if (one := wanted_in(source.header, name, text))] for source in opened
    ]
    paths = {place.names for several in wanted for one in several for place in one.places if place.names}
    if not paths:
        return tuple(_derived(source, several, {}) for source, several in zip(opened, wanted, strict=True))
    try:
        found = [_ways_there(source, several) for source, several in zip(opened, wanted, strict=True)]
    except RaggedRowsError:
        return with_mapped([repaired(source) for source in opened], table, options)
    _require_values(opened, wanted, found)
    return tuple(_derived(*one) for one in zip(opened, wanted, found, strict=True))


def wanted_in(header: Sequence[str], name: str, text: str) -> Wanted | None:
    """Return how a file has the right side of a map; None where it is a heading, or nothing that the file has."""
    if _heading(header, text) is not None:
        return None
    parts = [part.strip() for part in text.split(OR)] if OR in text else [text]
    places = {part: _place(header, part) for part in parts if part}
    there = tuple(place for place in places.values() if place)
    return Wanted(name, text, there, tuple(part for part, place in places.items() if not place)) if there else None


def _heading(header: Sequence[str], text: str) -> str | None:
    """Return the heading that a text names, exactly or after folding."""
    return text if text in header else next((one for one in header if fold(one) == fold(text)), None)


def _place(header: Sequence[str], text: str) -> Place | None:
    """Return the heading that a text is, or the longest one that it begins with before a dot, and the rest."""
    if (heading := _heading(header, text)) is not None:
        return Place(heading, ())
    steps = text.split(STEP)
    for count in range(len(steps) - 1, 0, -1):
        if all(steps[count:]) and (heading := _heading(header, STEP.join(steps[:count]))) is not None:
            return Place(heading, tuple(steps[count:]))
    return None


def _ways(names: tuple[str, ...]) -> Iterator[str]:
    """Yield the JSON paths to a value, through objects, and through one list of entries with a key and a value."""
    yield "$" + "".join(map(_step, names))
    for at, name in enumerate(names):
        before, behind = ("".join(map(_step, part)) for part in (names[:at], names[at + 1 :]))
        for key in KEYS:
            entry = f"${before}[?(@.{key}=={_quoted(name)})].value"
            yield entry + behind
            # A value by type is looked into where the path ends at it.
            yield from (f"{entry}.{typed}" for typed in TYPED if not behind)


def _step(name: str) -> str:
    return f"[{_quoted(name)}]"


def _quoted(name: str) -> str:
    """Return a name as JSON paths of Polars have it, without backslashes, and with one quote of a kind at most."""
    if "\\" in name or not name.isprintable():
        raise UsageError(f"--map {name!r}: a name inside a column cannot have a backslash or an unprintable character")
    mark = min("'", '"', key=name.count)
    if name.count(mark) > 1:
        raise UsageError(f"--map {name!r}: a name inside a column cannot have several quotes of both kinds")
    quoted = name.replace(mark, f"\\{mark}")
    return f"{mark}{quoted}{mark}"


def _scalar(column: str, way: str) -> pl.Expr:
    """Return the value at the end of a JSON path as text; null for objects, lists and empty texts."""
    value = pl.col(column).cast(pl.String).str.json_path_match(way)
    return pl.when(~value.str.contains(r"^(?:[\[{]|\s*$)")).then(value)


def _ways_there(source: InputFile, wanted: Sequence[Wanted]) -> dict[Place, list[str]]:
    """Return the JSON paths that lead to a value in some row of a file, by place; all rows are looked at, once."""
    nested = list(dict.fromkeys(place for one in wanted for place in one.places if place.names))
    asked = [
        (place, way) for place in nested if source.schema[place.heading] == pl.String for way in _ways(place.names)
    ]
    if not asked:
        return {}
    counts = [_scalar(place.heading, way).is_not_null().any().alias(str(at)) for at, (place, way) in enumerate(asked)]
    with input_errors(source.name):
        row = source.frame.select(counts).collect(engine="streaming").row(0)
    return {
        place: [way for (one, way), is_there in zip(asked, row, strict=True) if one == place and is_there]
        for place in nested
    }


def _require_values(
    opened: Sequence[InputFile], wanted: Sequence[Sequence[Wanted]], found: Sequence[Mapping[Place, list[str]]]
) -> None:
    """Raise `InputError` for a path at whose end no row of any file has a value."""
    reached = {place.names for ways in found for place, there in ways.items() if there}
    for source, several in zip(opened, wanted, strict=True):
        for one in several:
            for place in one.places:
                if place.names and place.names not in reached:
                    raise _no_value(source, one, place)


def _no_value(source: InputFile, wanted: Wanted, place: Place) -> InputError:
    inside = _keys_in(source, place.heading)
    path = STEP.join(place.names)
    problem = f"{source.name}: column {place.heading!r} has no value {path!r}, which was given for {wanted.field}"
    if not inside:
        return InputError(problem, "its values are not nested: give a heading alone")
    return InputError(problem, did_you_mean(path, inside))


def _keys_in(source: InputFile, heading: str) -> list[str]:
    """Return some names inside of a column, by the first rows: keys of objects, and those of entries of lists."""
    import json

    texts = source.head().select(pl.col(heading).cast(pl.String).drop_nulls().unique(maintain_order=True).head(1000))
    keys: dict[str, None] = {}
    for text in texts.collect().to_series():
        try:
            value = json.loads(text)
        except ValueError:
            continue
        entries = value if isinstance(value, list) else [value]
        for entry in (one for one in entries if isinstance(one, dict)):
            named = next((str(entry[key]) for key in KEYS if key in entry and "value" in entry), None)
            keys |= dict.fromkeys([named] if named else map(str, entry))
    return list(keys)[:SHOWN_KEYS]


def _derived(source: InputFile, wanted: Sequence[Wanted], ways: Mapping[Place, list[str]]) -> InputFile:
    """Return a file with a column for each right side."""
    for one in wanted:
        if one.missing:
            raise InputError(
                f"{source.name}: no column {one.missing[0]!r}, which was given for {one.field}",
                did_you_mean(one.missing[0], source.header),
            )
    made = {one.text: _first_of(source, one, ways) for one in wanted}
    return with_columns(source, made) if made else source


def _first_of(source: InputFile, wanted: Wanted, ways: Mapping[Place, list[str]]) -> pl.Expr:
    """Return the first value that is there of a row, of the places of a right side."""
    return pl.coalesce([_value(source, place, ways.get(place, ())) for place in wanted.places])


def _value(source: InputFile, place: Place, ways: Sequence[str]) -> pl.Expr:
    if place.names:
        # A file without any value of a path has none in its rows; another file of the table has some.
        return pl.coalesce([_scalar(place.heading, way) for way in ways]) if ways else pl.lit(None, pl.String)
    return column_types.id_of(place.heading, source.schema[place.heading], source.name).cast(pl.String)
