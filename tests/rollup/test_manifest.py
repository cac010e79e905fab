"""A manifest says all there is to say of a roll-up, and what is damaged is not believed."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.fingerprints import InputRecord
from rfm_cli.rollup.manifest import READING, Manifest, Periods, Purchases, from_text
from rfm_cli.tables.amounts import Evidence
from rfm_cli.tables.precedents import Marks, Precedents

TEXTS = st.text(max_size=5)
INPUTS = st.builds(InputRecord, TEXTS, st.none() | st.integers(0), st.none() | TEXTS)
MONEY = st.sampled_from([(None, None, None), (0, 5, None), (2, 123456, "EUR")])
SHOWN = Precedents(amounts={"amount": Marks(Evidence(comma=3), Evidence(doubt=1, example="1,234"))})
DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    scale, largest, currency = draw(MONEY)
    edges = tuple(sorted(draw(st.sets(DAYS, max_size=3))))
    return Manifest(
        Periods("edges", edges) if edges else Periods(draw(st.sampled_from(["day", "month"]))),
        Purchases(draw(st.sampled_from(["count", "ignore"])), draw(st.booleans())),
        {"accepted": 7, **draw(st.sampled_from([{}, {"customer": 1, "status": 3}]))},
        date(2024, 1, 1),
        draw(st.dates(date(2024, 1, 1), date(2025, 1, 1))),
        timezone=draw(st.sampled_from(["UTC", "Asia/Almaty"])),
        converted=draw(st.booleans()),
        statuses=tuple(draw(st.lists(TEXTS, max_size=3))),
        has_status=draw(st.booleans()),
        drop_duplicates=draw(st.booleans()),
        scale=scale,
        largest=largest,
        currency=currency,
        free_orders=draw(st.dictionaries(DAYS, st.integers(1, 9), max_size=3)),
        whole_ids=draw(st.booleans()),
        inputs=tuple(draw(st.lists(INPUTS, max_size=2))),
        reading=draw(st.dictionaries(st.sampled_from(READING), TEXTS, max_size=2)),
        precedents=draw(st.sampled_from([Precedents(), SHOWN])),
    )


@given(manifests())
def test_a_manifest_survives_its_text(manifest: Manifest) -> None:
    text = manifest.to_text()
    assert from_text(text, "OUT") == manifest
    assert from_text(text, "OUT").to_text() == text
    data = json.loads(text)
    assert data["rows"]["read"] == data["rows"]["accepted"] + sum(data["rows"]["rejected"].values())


def test_what_binds_is_written_only_where_there_is_something() -> None:
    assert not {"reading", "evidence"} & one().keys()


def one() -> dict[str, object]:
    manifest = Manifest(Periods(), Purchases(), {"accepted": 7}, date(2024, 1, 1), date(2024, 3, 1))
    return dict(json.loads(manifest.to_text()))


@pytest.mark.parametrize(
    "damage",
    [
        {"days": None},
        {"days": {"first": "yesterday"}},
        {"periods": {"grain": "week", "edges": []}},
        {"rows": {"accepted": "many", "rejected": {}}},
        {"inputs": [1]},
        {"free_orders": ["2024-01-01"]},
        {"reading": {"decimal": 5}},
        {"reading": {"colour": "red"}},
        {"evidence": {"amounts": {"amount": {"all": {"point": "many"}}}}},
    ],
)
def test_what_is_damaged_is_not_believed(damage: dict[str, object]) -> None:
    with pytest.raises(InputError, match="OUT: the manifest of the roll-up is damaged"):
        from_text(json.dumps({**one(), **damage}), "OUT")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"rows": 1}', "null"])
def test_what_is_no_manifest_is_not_believed(text: str) -> None:
    with pytest.raises(InputError, match="damaged"):
        from_text(text, "OUT")


def test_another_format_is_told() -> None:
    with pytest.raises(InputError, match=r"a roll-up of format 2, and this rfm .* reads format 1"):
        from_text(json.dumps({"rfm_rollup": 2}), "OUT")


def test_the_watermark_and_what_is_settled() -> None:
    manifest = Manifest(Periods(), Purchases(), {"accepted": 7}, date(2024, 1, 1), date(2024, 3, 31))
    assert manifest.watermark == date(2024, 2, 29)
    assert manifest.settled == date(2024, 1, 31)
