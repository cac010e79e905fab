"""The metadata of a snapshot: written and read, and refused where it is not understood."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rfm_cli.errors import InputError
from rfm_cli.fingerprints import InputRecord
from rfm_cli.notes import warning
from rfm_cli.schemes import Bins, load_scheme
from rfm_cli.scores.cutoffs import Bounds, Cutoffs, Vip
from rfm_cli.snapshots.metadata import CountingOptions, Metadata, from_json
from rfm_cli.tables import rules
from rfm_cli.tables.order_model import Facts

SCHEME = load_scheme("rf12")
BOUNDS = {(): Bounds(5, ((5, 30), (4, 90)), "fixed")}
METADATA = Metadata(
    date(2024, 12, 31),
    SCHEME,
    Cutoffs(Bins(5, 5, 5), {"r": BOUNDS}, Vip(100, Decimal("0.15"), 2), 2),
    CountingOptions(window="12mo", new_subscriber=30),
    Facts({rules.ACCEPTED: 3}, date(2024, 1, 1), date(2024, 12, 30)),
    {"customers": 2, "buyers": 2, "vips": 0},
    Decimal("10.50"),
    (InputRecord("orders.csv", 10, "ab"), InputRecord("more.csv", 5, None)),
    warnings=(warning("one-order", "a sentence"),),
)


def test_what_is_written_is_read() -> None:
    found = from_json(METADATA.to_json(), "s")
    assert found.to_json() == METADATA.to_json()
    assert (found.counting, found.revenue, found.inputs) == (METADATA.counting, METADATA.revenue, METADATA.inputs)
    assert found.scheme.names() == SCHEME.names()
    assert found.is_same_as(replace(METADATA, version="0.1"))


def test_inputs_without_digests_are_compared_by_size() -> None:
    other = replace(METADATA, inputs=(InputRecord("orders.csv", 10, "cd"), InputRecord("more.csv", 5, None)))
    assert other.is_same_as(METADATA)
    assert not replace(METADATA, inputs=(InputRecord("orders.csv", 11, "ab"), METADATA.inputs[1])).is_same_as(METADATA)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "1"},
        {"as_of": "2024-13-01"},
        {"as_of": None},
        {"scheme": {}},
        {"scheme": {"segments": [], "bins": [5]}},
        {"cutoffs": "bins = 5"},
        {"counted": 1},
        {"facts": {"rows": {"a": "b"}}},
        {"revenue": "much"},
        {"inputs": [1]},
        {"warnings": [{"name": "x"}], "totals": []},
    ],
)
def test_what_is_no_metadata_of_a_snapshot(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="s: not a snapshot of rfm"):
        from_json(json.dumps({**json.loads(METADATA.to_json()), **change}), "s")
    for text in ("", "[]", "1", "{}"):
        with pytest.raises(InputError, match="s: not a snapshot of rfm"):
            from_json(text, "s")


def test_a_later_format_is_named() -> None:
    text = json.dumps({"format": 2, "version": "9.9"})
    with pytest.raises(InputError, match=r"written by a later rfm \(9\.9\)") as raised:
        from_json(text, "s")
    assert raised.value.hint == "update rfm to read it"
