"""What a snapshot tells of itself: the date, scheme, cutoffs, what was counted, and the files that it was made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from rfm_cli.errors import InputError, RfmError
from rfm_cli.model import Scored
from rfm_cli.notes import Note
from rfm_cli.pipeline import counts
from rfm_cli.schemes import Bins, Scheme, load_scheme
from rfm_cli.schemes.load import NO_MAP, scheme_from
from rfm_cli.scores import cutfile
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.tables.order_model import Facts
from rfm_cli.version import __version__

FORMAT = 1
"""Raised when a reader of today could not read what is written then."""


@dataclass(frozen=True)
class Input:
    """A file that was read, by its name: bytes and SHA-256 (None where only the size is known)."""

    name: str
    bytes: int
    sha256: str | None


@dataclass(frozen=True)
class Counted:
    """How customers were counted, as the options say it: None where nothing was said."""

    timezone: str = "UTC"
    window: str | None = None
    free_orders: str | None = None
    one_order_per: str | None = None
    new_subscriber: int | None = None


@dataclass(frozen=True)
class Told:
    """All that stands in the metadata. `totals` are rows by verdict, customers, buyers and VIPs; `revenue` is None
    without money; `warnings` are those of the run that took the snapshot."""

    as_of: date
    scheme: Scheme
    cutoffs: Cutoffs
    counted: Counted
    facts: Facts
    totals: Mapping[str, int]
    revenue: Decimal | None = None
    inputs: Sequence[Input] = ()
    version: str = __version__
    warnings: Sequence[Note] = ()

    @property
    def scale(self) -> int | None:
        """The decimals of the money."""
        return self.cutoffs.scale

    def cutoffs_text(self) -> str:
        """The cutoffs as `--save-cuts` writes them."""
        return cutfile.to_text(self.cutoffs, self.scheme.name, str(self.as_of))

    def same_as(self, other: Told) -> bool:
        """Whether both tell the same, by whatever version they were written.

        Where one knows its inputs by their size alone, no more of them is compared.
        """
        known = all(one.sha256 is not None for one in (*self.inputs, *other.inputs))
        plain = [
            replace(told, version="", inputs=[one if known else replace(one, sha256=None) for one in told.inputs])
            for told in (self, other)
        ]
        return plain[0].to_json() == plain[1].to_json()

    def to_json(self) -> str:
        """The text of the metadata; the same facts are the same text."""
        facts = {"rows": dict(self.facts.rows), "first_day": self.facts.first_day, "last_day": self.facts.last_day}
        document = {
            "format": FORMAT,
            "version": self.version,
            "as_of": self.as_of,
            "scheme": _document(self.scheme),
            "scale": self.scale,
            "cutoffs": self.cutoffs_text(),
            "counted": vars(self.counted),
            "facts": facts,
            "totals": dict(self.totals),
            "revenue": self.revenue,
            "inputs": [vars(one) for one in self.inputs],
            "rules": self.cutoffs.rules(),
            "warnings": [one.as_data() for one in self.warnings],
        }
        return json.dumps(document, ensure_ascii=False, sort_keys=True, default=str)


def told_of(scored: Scored, counted: Counted, inputs: Sequence[Input], warnings: Sequence[Note] = ()) -> Told:
    """What a snapshot of scored customers tells."""
    assert scored.as_of is not None
    scale = scored.scale
    revenue = None if scale is None else Decimal(int(scored.frame["monetary"].sum())).scaleb(-scale)
    facts = Facts(dict(scored.facts.rows), scored.facts.first_day, scored.facts.last_day)
    return Told(
        scored.as_of,
        scored.scheme,
        scored.cutoffs,
        counted,
        facts,
        dict(counts(scored)),
        revenue,
        tuple(inputs),
        warnings=tuple(warnings),
    )


def from_json(text: str, where: str) -> Told:
    """What was told; `InputError` for what no snapshot of this version or an earlier one says."""
    try:
        document: dict[str, Any] = json.loads(text)
        if int(document["format"]) > FORMAT:
            raise InputError(f"{where}: written by a later rfm ({document['version']})", "update rfm to read it")
        facts = document["facts"]
        first, last = (facts[name] and date.fromisoformat(facts[name]) for name in ("first_day", "last_day"))
        revenue = document["revenue"]
        return Told(
            date.fromisoformat(document["as_of"]),
            _scheme(document["scheme"], where),
            cutfile.from_text(document["cutoffs"], where, document["scale"]),
            Counted(**document["counted"]),
            Facts({str(name): int(rows) for name, rows in facts["rows"].items()}, first, last),
            {str(name): int(count) for name, count in document["totals"].items()},
            None if revenue is None else Decimal(revenue),
            tuple(Input(**one) for one in document["inputs"]),
            str(document["version"]),
            [Note("warning", one["text"], one["name"]) for one in document.get("warnings", [])],
        )
    except InputError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, RfmError) as error:
        raise InputError(f"{where}: not a snapshot of rfm", "take it anew: rfm snapshot --replace") from error


def _document(scheme: Scheme) -> dict[str, Any]:
    """The map of a scheme, as a scheme file would write it; how cutoffs are found stands in the cutoffs."""
    return {
        "name": scheme.name,
        "title": scheme.title,
        "bins": [scheme.bins.r, scheme.bins.f, scheme.bins.m],
        "by": list(scheme.axes),
        "free_orders": scheme.free_orders,
        "segments": [
            {"name": one.name, "rank": one.rank, "next_step": one.next_step, "cells": list(one.cells)}
            for one in scheme.segments
        ],
        "outside": {
            "no_purchases": scheme.no_purchases_next_step,
            "new_subscriber": scheme.new_subscriber_next_step,
        },
    }


def _scheme(document: Mapping[str, Any], where: str) -> Scheme:
    if document["segments"]:
        return scheme_from(document, where)
    return load_scheme(NO_MAP, Bins(*document["bins"]))
