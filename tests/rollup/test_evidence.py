from __future__ import annotations

import json

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.rollup.evidence import as_data, from_data
from rfm_cli.tables.amount_per import AmountCounts
from rfm_cli.tables.amounts import Evidence
from rfm_cli.tables.precedents import Marks, Precedents, Shapes
from rfm_cli.toml_tables import Table

SHAPE = {"shape": "99/99/9999", "rows": 3, "example": "01/02/2024"}
FOUND = Precedents(
    {"ordered_at": Shapes((SHAPE,), ())},
    {"amount": Marks(Evidence(comma=3, doubt=1, example="1,234"), Evidence(doubt=1, example="1,234"))},
    AmountCounts(orders=2, several=5),
)


def test_precedents_survive_json() -> None:
    assert from_data(Table("OUT", json.loads(json.dumps(as_data(FOUND))))) == FOUND
    assert as_data(Precedents()) == {}
    assert from_data(Table("OUT", {})) == Precedents()


def test_only_what_was_counted_is_written() -> None:
    assert as_data(FOUND) == {
        "dates": {"ordered_at": {"all": [SHAPE], "open": []}},
        "amounts": {
            "amount": {
                "all": {"comma": 3, "doubt": 1, "example": "1,234"},
                "open": {"doubt": 1, "example": "1,234"},
            }
        },
        "amount_per": {"orders": 2, "several": 5},
    }


@pytest.mark.parametrize(
    "damage",
    [
        {"dates": 1},
        {"more": {}},
        {"dates": {"ordered_at": {"all": [{"shape": 5, "rows": 1, "example": "x"}]}}},
        {"dates": {"ordered_at": {"all": [{"shape": "9", "rows": -1, "example": "x"}]}}},
        {"dates": {"ordered_at": {"all": [{"shape": "9"}]}}},
        {"dates": {"ordered_at": {"all": [{"shape": "9", "rows": 1, "example": "x", "more": 1}]}}},
        {"amounts": {"amount": {"all": {"point": "many"}}}},
        {"amounts": {"amount": {"all": {"points": 1}}}},
        {"amount_per": {"orders": True}},
    ],
)
def test_what_is_damaged_is_not_believed(damage: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="OUT"):
        from_data(Table("OUT", damage))
