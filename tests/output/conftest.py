"""The frame that holds every awkward value, and the golden files."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

GOLDEN = Path(__file__).parent.parent / "golden"

IDS = ["00123", "12345678901234567890", "NA", 'say "hi"', "two\nlines", "a,b", "=cmd()", "🛒 Аня", None]
NOTES = [
    "[bold]x[/]",
    "[/x] | `*_<b>_*` # \\",
    "esc\x1b[31m \x00\x07\x9b bidi\u202e del\x7f",
    " -2",
    '"+1"',
    "\t@x",
    "",
    "https://x.y www.x.y a@b.c $x$ &lt; ~~z~~",
    None,
]
MONEY = ["12.30", "-0.05", "123456789012345.67", "0.00", "1234.50", "-99999.99", "0.01", "10.00", None]
SHARES = [0.25, 1 / 3, 1.0, 0.0, 1e-9, 0.9999999, float("nan"), -0.0001, None]
DAYS = [
    date(2024, 2, 29),
    date(1899, 12, 31),
    date(1969, 12, 31),
    date(9999, 12, 31),
    *[date(2024, 12, 31)] * 4,
    None,
]


@pytest.fixture
def awkward() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": IDS,
            "=note|": NOTES,
            "last_order": DAYS,
            "frequency": pl.Series([1, 2, 1234567, 0, -1, 7, 8, 9, None], dtype=pl.Int32),
            "r": pl.Series([1, 2, 3, 4, 5, 5, 4, 3, None], dtype=pl.Int8),
            "monetary": pl.Series([None if x is None else Decimal(x) for x in MONEY], dtype=pl.Decimal(18, 2)),
            "points": pl.Series([*range(7), -1000, None], dtype=pl.Decimal(18, 0)),
            "revenue_share": pl.Series(SHARES, dtype=pl.Float64),
            "segment": ["Champions", "Can't lose", "Lost", "At risk", "New", "Loyal", "Loyal", "Lost", None],
            "vip": [True, False, True, False, False, False, True, False, None],
        }
    )


@pytest.fixture
def golden() -> Callable[[str, bytes], None]:
    """Compares with the file of that name under tests/golden; RFM_WRITE_GOLDEN=1 writes it instead."""

    def compare(name: str, data: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("RFM_WRITE_GOLDEN"):
            path.write_bytes(data)
        assert data == path.read_bytes()

    return compare


NAMES = ["Champions", "Loyal", "Lost", "No purchases"]


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


@pytest.fixture
def segments() -> pl.DataFrame:
    money = [Decimal("1234567.80"), Decimal("1000.00"), Decimal("0.10"), None]
    return pl.DataFrame(
        {
            "segment": NAMES,
            "customers": pl.Series([60, 30, 9, 1], dtype=pl.Int32),
            "customers_share": [0.6, 0.3, 0.0999, 0.0001],
            "orders": pl.Series([120, 30, 9, 0], dtype=pl.Int32),
            "revenue": pl.Series([*money[:3], Decimal("-5.00")], dtype=pl.Decimal(18, 2)),
            "revenue_share": [0.9991039, 0.0009, 1e-7, -4e-6],
            "aov": pl.Series(
                [Decimal("10288.065"), Decimal("33.3333"), Decimal("0.0111"), None], dtype=pl.Decimal(18, 4)
            ),
            "median_recency_days": pl.Series(
                [Decimal("5.5"), Decimal(40), Decimal(400), None], dtype=pl.Decimal(18, 4)
            ),
            "median_frequency": pl.Series([Decimal(2), Decimal(1), Decimal(1), None], dtype=pl.Decimal(18, 4)),
            "median_monetary": pl.Series(money, dtype=pl.Decimal(18, 4)),
        }
    )


@pytest.fixture
def customers(awkward: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([awkward.rename({"=note|": "note"})] * 3)
