"""A view: its rows as files hold them, and the meta beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from rfm_cli import pipeline
from rfm_cli.model import Scored
from rfm_cli.scores.cutoffs import Bounds
from rfm_cli.tables.money import decimal_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class View:
    """A result table (`rows`) and its `meta`: as-of date, scheme, cutoffs, counts, headline figures."""

    name: str
    rows: pl.DataFrame
    meta: Mapping[str, object] = field(default_factory=dict)


def table_of(lines: Iterable[DataclassInstance], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Return lines of a report as rows; an empty text is null."""
    rows = pl.DataFrame([astuple(line) for line in lines], schema=dict(schema), orient="row")
    return rows.with_columns(pl.col(pl.String).replace("", None))


def meta_of(scored: Scored, **headline: object) -> dict[str, object]:
    """Return the meta of a view of scored customers; figures of the view itself come last."""
    return {
        "as_of": scored.as_of,
        "scheme": scored.scheme.name,
        "cutoffs": cutoffs_of(scored),
        "rules": scored.cutoffs.rules(),
        "counts": dict(pipeline.counts(scored)),
        **headline,
    }


def meta_between(then: Scored, last: date, **headline: object) -> dict[str, object]:
    """Return the meta of a view of changes since a date, up to the day `last`, by the cutoffs of the earlier one.

    It counts rows alone, since customers, buyers and VIPs differ between the two dates.
    """
    return {**meta_of(then), "as_of": last, "counts": pipeline.row_counts(then.facts), **headline}


def cutoffs_of(scored: Scored) -> dict[str, object]:
    """Return the cutoffs as plain data: by axis, score -> bound; money as decimals."""
    scale = scored.scale or 0
    found: dict[str, object] = {}
    for axis, groups in scored.cutoffs.axes.items():
        plain = {group: _plain(bounds, axis, scale) for group, bounds in groups.items()}
        found[axis] = (
            # Cutoffs that are not nested have one group.
            plain[()]
            if set(plain) == {()}
            else [{**dict(zip("rf", group, strict=False)), "cutoffs": bounds} for group, bounds in plain.items()]
        )
    vip = scored.cutoffs.vip
    found["vip_floor"] = None if vip.floor is None else decimal_of(vip.floor, scale)
    return found


def _plain(bounds: Bounds, axis: str, scale: int) -> dict[str, object]:
    return {str(score): decimal_of(bound, scale) if axis == "m" else bound for score, bound in bounds.at}
