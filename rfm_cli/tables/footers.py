"""What the footer of a large Parquet file proves of its columns, so that no row has to be looked at for it.

A footer has the least and the greatest value of each part of a column, and how many are null. A column is known where
every part has these.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rfm_cli.tables.fields import plain_name

LARGE = 32 * 1024 * 1024
"""Bytes of a file whose footer is worth the time that reading it takes."""
MAGIC = b"PAR1"
DAY = "day"
UNITS = {"milliseconds": "ms", "microseconds": "us", "nanoseconds": "ns"}


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest value of a column, None where all are null: texts, or dates as they are stored.

    `unit` is that of dates: day, ms, us or ns; empty for texts.
    """

    least: str | int | None
    greatest: str | int | None
    unit: str = ""


@dataclass(frozen=True)
class Footer:
    """What is proved of the columns of a file, by their plain names: their bounds, and those without a null."""

    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    full: frozenset[str] = frozenset()

    def without(self, names: Collection[str]) -> Footer:
        """Return the same without some columns, which are made anew."""
        bounds = {name: one for name, one in self.bounds.items() if name not in names}
        return Footer(bounds, self.full - frozenset(names))


def footer_of(path: Path | None) -> Footer:
    """Return what the footer of a file on this machine proves; no column of a small file, or of another kind."""
    if path is None or path.stat().st_size < LARGE:
        return Footer()
    with path.open("rb") as opened:
        if opened.read(len(MAGIC)) != MAGIC:
            return Footer()
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # takes a while to load
    from pyarrow.lib import ArrowException  # type: ignore[import-untyped]

    try:
        with pq.ParquetFile(path) as file:
            return _proved(file.metadata)
    except ArrowException:  # a damaged file is for the scan to report
        return Footer()


def _proved(metadata: Any) -> Footer:
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    columns = [metadata.schema.column(place) for place in range(metadata.num_columns)]
    # What is nested has a path of several names, which a column of its own may have as well.
    flat = [place for place, column in enumerate(columns) if column.path == column.name]
    parts = {
        plain_name(columns[place].name): [group.column(place).statistics for group in groups]
        for place in (flat if groups else ())
    }
    bounds = {name: found for name, own in parts.items() if (found := _bounds(own))}
    return Footer(bounds, frozenset(name for name, own in parts.items() if all(map(_is_full, own))))


def _is_full(part: Any) -> bool:
    """Return whether a part of a column is known to have no null."""
    return bool(part is not None and part.has_null_count and part.null_count == 0)


def _bounds(parts: Sequence[Any]) -> Bounds | None:
    """Return the bounds of a column of texts or dates; None for other types, and where a part has none."""
    unit = None if any(part is None for part in parts) else _unit(parts[0])
    if unit is None:
        return None
    ends: list[str | int] = []
    for part in parts:
        # A part without any value has no bounds, and none that count.
        if part.has_null_count and part.num_values == 0:
            continue
        if not part.has_min_max:
            return None
        ends += [part.min_raw, part.max_raw] if unit else [part.min, part.max]
    return Bounds(min(ends, default=None), max(ends, default=None), unit)


def _unit(part: Any) -> str | None:
    """Return the unit of a column of dates, empty for texts, None for other types."""
    kind = part.logical_type.type
    if kind == "TIMESTAMP" and part.physical_type == "INT64":
        return UNITS.get(json.loads(part.logical_type.to_json())["timeUnit"])
    return {"STRING": "", "DATE": DAY}.get(kind)
