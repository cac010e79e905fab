"""What the tests of the tables share: files made on the spot, and orders read whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.rejected import rejected_rows


@dataclass(frozen=True)
class Read:
    """Accepted rows as a pass over all of them gives them, what the pass found, and the orders as they turned out."""

    table: pl.DataFrame
    facts: Facts
    orders: Orders

    def rows(self) -> list[tuple[object, ...]]:
        """Customer (text), day and minor units of each accepted row, sorted."""
        wanted = [pl.col("customer").cast(pl.String), "day"] + (["minor"] if "minor" in self.table.columns else [])
        return sorted(self.table.select(wanted).rows(), key=str)

    def days(self) -> list[date]:
        """The days of the accepted rows, in their order."""
        return sorted(self.table["day"].to_list())

    def minor(self) -> list[int]:
        """The minor units of the accepted rows, sorted."""
        return sorted(self.table["minor"].to_list())

    def ids(self) -> list[str]:
        """The customers as they are printed, sorted."""
        return sorted(self.table["customer"].cast(pl.String).to_list())

    def orders_ids(self) -> list[str | None]:
        """The order ids as they are printed, sorted, missing ones last."""
        return self.table["order"].cast(pl.String).sort(nulls_last=True).to_list()

    def rejects(self) -> list[tuple[int, str]]:
        """Row and rule of each rejected row."""
        return rejected_rows(self.orders).select("(row)", "(rule)").rows()


ReadIt = Callable[..., Read]
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write texts (as UTF-8), bytes or frames under a name in the test's folder; the path comes back."""

    def write(name: str, content: str | bytes | pl.DataFrame) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path) if path.suffix == ".parquet" else content.write_ipc(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def _whole(given: Orders) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    return lambda rows: rows


@pytest.fixture
def read() -> ReadIt:
    """Read order files whole: read(path, ..., timezone="Europe/Berlin"); `lines` and `rates` are opened tables."""

    def read(*paths: str, lines: Any = None, rates: Any = None, **options: Any) -> Read:
        settings = ReadOptions(**options)
        opened = order_tables.orders_in(sources.open_all(paths, settings), settings, lines, rates)
        table, facts, orders = order_tables.collect(opened, _whole)
        order_tables.refuse(orders, facts)
        assert facts.accepted == table.height
        assert facts.read == facts.accepted + sum(facts.rejected.values())
        return Read(table, facts, orders)

    return read
