"""The report on real shops: its page and its workbook tell what the commands tell."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.report.test_page import Page

pytestmark = pytest.mark.realdata
Here = Callable[..., Any]
SHOPS: dict[str, tuple[str, ...]] = {
    "online_retail": ("online_retail/online_retail.parquet",),
    "cdnow": ("cdnow/cdnow_full.csv",),
    "northwind": (
        "northwind/orders.csv",
        "--lines",
        "northwind/order_lines.csv",
        "--customers",
        "northwind/customers.csv",
    ),
    "events": ("ecom_events/events.csv", "--purchase-events", "purchase"),
}


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_tells_what_the_commands_tell(here: Here, shared_dir: Path, tmp_path: Path, shop: str, lang: str) -> None:
    words = [str(shared_dir / "data" / word) if "/" in word else word for word in SHOPS[shop]]
    if shop == "events":
        words = ["--events", words[0], *words[1:]]
    file = tmp_path / "report.html"
    assert here("report", *words, "-q", "--lang", lang, "-o", str(file)).code == 0
    page = Page(file.read_text(encoding="utf-8"))
    assert file.stat().st_size < 1_500_000
    told = list(csv.DictReader(io.StringIO(here("segments", *words, "-q", "--format", "csv").out.decode())))
    rows = page.cells[: len(told)]
    assert [row[1] for row in rows] == [row["customers"] for row in told]
    assert [float(row[2]) for row in rows] == [float(row["customers_share"]) for row in told]
    if told[0]["revenue"]:
        assert [row[4] for row in rows] == [row["revenue"] for row in told]
    assert str(shared_dir) not in page.text
