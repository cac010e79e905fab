"""What columns are used for."""

from __future__ import annotations

import pytest

from rfm_cli.tables.fields import ALIASES
from rfm_cli.tables.uses import USES, Use, is_used, use_of


def test_uses_are_those_of_fields() -> None:
    for table, uses in USES.items():
        assert uses.keys() <= ALIASES[table].keys() | {"event"}


@pytest.mark.parametrize(
    ("table", "field", "own", "money", "use", "used"),
    [
        ("orders", "customer_id", {}, ("amount",), "who bought", True),
        ("orders", "unit_price", {}, ("amount",), "not the money: amount is taken", True),
        ("orders", "unit_price", {}, ("quantity", "unit_price"), "money of the order: quantity x price", True),
        ("orders", "channel", {}, ("amount",), "for expressions and --with channel", False),
        ("customers", "", {}, None, "for expressions and --with Shade", False),
        ("customers", "email", {"Shade": Use("who agrees", "words")}, None, "who agrees", True),
        ("products", "name", {}, None, "for expressions", False),
        ("rates", "note", {}, None, "not used", False),
    ],
)
def test_uses(table: str, field: str, own: dict[str, Use], money: tuple[str, ...] | None, use: str, used: bool) -> None:
    assert use_of(table, field, "Shade", own, money) == use
    assert is_used(use) is used
