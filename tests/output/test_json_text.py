"""JSON of figures: every digit of decimals, and no value that JSON does not know."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.output.json_text import to_json

DECIMALS = st.decimals(-(10**13), 10**13, places=4)


@given(st.lists(DECIMALS))
def test_meta_holds_decimals_exactly(values: list[Decimal]) -> None:
    assert json.loads(to_json({"m": values}), parse_float=Decimal)["m"] == values


def test_a_type_json_does_not_know_is_a_bug() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})
