"""Columns that the user names by `--map`."""

from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.tables.map_option import check_field, parse_maps


def test_maps_as_the_user_writes_them() -> None:
    assert parse_maps(["amount=Order Total", "orders.order_id=n", "events.at=a=b", "frequency=n"]) == {
        "orders": {"amount": "Order Total", "order_id": "n", "frequency": "n"},
        "events": {"at": "a=b"},
    }


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("amount", "write it as FIELD=HEADING"),
        ("amount=", "write it as FIELD=HEADING"),
        ("amuont=total", "orders has no field 'amuont'"),
        ("evnts.at=ts", "no table is called 'evnts'"),
        ("events.amount=ts", "events has no field 'amount'"),
    ],
)
def test_maps_that_make_no_sense(pair: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        parse_maps([pair])
    assert error.value.exit_code == 2


def test_the_nearest_field_is_named() -> None:
    with pytest.raises(UsageError) as error:
        check_field("orders", "amuont", "--map")
    assert "did you mean amount?" in error.value.hint
