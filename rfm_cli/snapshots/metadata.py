"""The metadata of a snapshot: its date, scheme and cutoffs, how customers were counted, and what files were read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rfm_cli.errors import InputError, RfmError
from rfm_cli.fingerprints import InputRecord, input_records
from rfm_cli.model import Scored
from rfm_cli.notes import Note
from rfm_cli.pipeline import counts
from rfm_cli.schemes import Bins, Scheme, load_scheme
from rfm_cli.schemes.load import NO_MAP, scheme_from
from rfm_cli.scores import cutfile
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.tables.options import IDS, Ids
from rfm_cli.tables.order_model import Facts
from rfm_cli.toml_tables import Table
from rfm_cli.version import __version__

FORMAT = 1
"""Raised when readers of today could not read what is written then."""


@dataclass(frozen=True)
class CountingOptions:
    """The options by which customers were counted; None where an option was not given.

    `ids` is the rule that ids follow, which in snapshots of earlier versions are as written.
    """

    timezone: str = "UTC"
    window: str | None = None
    free_orders: str | None = None
    one_order_per: str | None = None
    new_subscriber: int | None = None
    returned_orders: str | None = None
    ids: Ids = "exact"

    def as_data(self) -> dict[str, object]:
        """Return the options as JSON has them; `returned_orders` only if it was given, `ids` only if folded."""
        found = dict(vars(self))
        if self.returned_orders is None:
            del found["returned_orders"]
        if self.ids == "exact":
            del found["ids"]
        return found


@dataclass(frozen=True)
class Metadata:
    """All that a snapshot holds beside its rows.

    `totals` are rows by verdict, customers, buyers and VIPs; `revenue` is None without money; `warnings` are those of
    the run that took the snapshot; `version` is that of the rfm which wrote it.
    """

    as_of: date
    scheme: Scheme
    cutoffs: Cutoffs
    counting: CountingOptions
    facts: Facts
    totals: Mapping[str, int]
    revenue: Decimal | None = None
    inputs: Sequence[InputRecord] = ()
    version: str = __version__
    warnings: Sequence[Note] = ()

    @property
    def scale(self) -> int | None:
        """The decimals of the money."""
        return self.cutoffs.scale

    def cutoffs_text(self) -> str:
        """Return the cutoffs as `--save-cuts` writes them."""
        return cutfile.to_text(self.cutoffs, self.scheme.name, str(self.as_of))

    def is_same_as(self, other: Metadata) -> bool:
        """Return whether both have the same content, whatever version wrote them.

        Where one knows its inputs by their size alone, only the sizes of the inputs are compared.
        """
        known = all(one.sha256 is not None for one in (*self.inputs, *other.inputs))
        # Compared as the text that a store holds, in which a date read from JSON equals one of a new run.
        first, second = [
            replace(one, version="", inputs=[file if known else replace(file, sha256=None) for file in one.inputs])
            for one in (self, other)
        ]
        return first.to_json() == second.to_json()

    def to_json(self) -> str:
        """Return the text of the metadata; equal metadata give equal texts."""
        # Of the facts only those are kept that commands on snapshots show.
        facts = {"rows": dict(self.facts.rows), "first_day": self.facts.first_day, "last_day": self.facts.last_day}
        document = {
            "format": FORMAT,
            "version": self.version,
            "as_of": self.as_of,
            "scheme": _scheme_document(self.scheme),
            "scale": self.scale,
            "cutoffs": self.cutoffs_text(),
            "counted": self.counting.as_data(),
            "facts": facts,
            "totals": dict(self.totals),
            "revenue": self.revenue,
            "inputs": [vars(one) for one in self.inputs],
            "rules": self.cutoffs.rules(),
            "warnings": [one.as_data() for one in self.warnings],
        }
        # Days and decimals become texts, in which no digit of money is lost.
        return json.dumps(document, ensure_ascii=False, sort_keys=True, default=str)


def metadata_of(
    scored: Scored, counting: CountingOptions, inputs: Sequence[InputRecord], warnings: Sequence[Note] = ()
) -> Metadata:
    """Return the metadata of a snapshot of scored customers."""
    assert scored.as_of is not None
    scale = scored.scale
    revenue = None if scale is None else Decimal(int(scored.frame["monetary"].sum())).scaleb(-scale)
    facts = Facts(dict(scored.facts.rows), scored.facts.first_day, scored.facts.last_day)
    return Metadata(
        scored.as_of,
        scored.scheme,
        scored.cutoffs,
        counting,
        facts,
        dict(counts(scored)),
        revenue,
        tuple(inputs),
        warnings=tuple(warnings),
    )


def from_json(text: str, where: str) -> Metadata:
    """Return the metadata in a text; `InputError` where it is not that of a snapshot of this or an earlier version."""
    try:
        top = Table(where, json.loads(text))
        # A later format may differ in anything, so no more of it is read.
        is_later = top.whole("format") > FORMAT
        found = None if is_later else _metadata(top)
    except (AttributeError, TypeError, ValueError, RfmError) as error:
        raise InputError(f"{where}: not a snapshot of rfm", "take it anew: rfm snapshot --replace") from error
    if found is None:
        raise InputError(f"{where}: written by a later rfm ({top.values.get('version')})", "update rfm to read it")
    return found


def _metadata(top: Table) -> Metadata:
    """Return the metadata in a document; an error of any kind where it has another shape."""
    facts, counting = top.table("facts"), top.table("counted")
    scale = top.whole_or_none("scale")
    return Metadata(
        top.day("as_of"),
        _scheme(top.table("scheme")),
        cutfile.from_text(top.text("cutoffs"), top.file, scale),
        CountingOptions(
            counting.text("timezone", "UTC"),
            counting.text_or_none("window"),
            counting.text_or_none("free_orders"),
            counting.text_or_none("one_order_per"),
            counting.whole_or_none("new_subscriber"),
            counting.text_or_none("returned_orders"),
            counting.choice("ids", IDS, "exact"),
        ),
        Facts(facts.counts("rows"), facts.day_or_none("first_day"), facts.day_or_none("last_day")),
        top.counts("totals"),
        None if top.values.get("revenue") is None else top.number("revenue"),
        input_records(top),
        top.text("version"),
        [Note("warning", one.text("text"), one.text("name")) for one in top.tables("warnings", one="warning")],
    )


def _scheme_document(scheme: Scheme) -> dict[str, object]:
    """Return the map of a scheme as a scheme file has it; rules and cutoffs are in the cutoffs of the snapshot."""
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


def _scheme(table: Table) -> Scheme:
    """Return the scheme of a snapshot; one without segments is `none`."""
    if table.values.get("segments"):
        return scheme_from(table.values, table.file)
    return load_scheme(NO_MAP, Bins(*table.wholes("bins")))
