from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.customers import known_from
from rfm_cli.tables.events import Events, engagement, open_events
from rfm_cli.tables.options import ReadOptions

AS_OF = date(2024, 3, 31)


def events(*paths: str, **options: Any) -> Events:
    return open_events(paths, ReadOptions(**options))


def test_events_that_say_too_little_are_left_out(write: Any) -> None:
    log = events(
        write("e.csv", "customer_id,event,at\n7,open,2024-01-01\n,open,2024-01-01\n7,,2024-01-01\n7,open,soon\n")
    )
    assert (log.frame.collect().height, log.raw_rows()) == (1, 4)


def test_engagement(write: Any) -> None:
    rows = [
        ("a", "Opened", "2024-03-31"),
        ("a", "page view", "2024-01-02"),
        ("a", "open", "2024-01-01"),
        ("a", "open", "2024-04-01"),
        ("a", "send", "2024-03-30"),
        ("b", "PRODUCT-VIEW", "2023-01-01"),
        ("c", "bounce", "2024-03-01"),
        ("d", "clicked", "2024-04-02"),
    ]
    log = events(write("e.csv", "customer_id,event,at\n" + "".join(f"{','.join(row)}\n" for row in rows)))
    assert engagement(log, AS_OF, 90).rows() == [("a", 2, 0), ("b", 0, 455)]
    assert engagement(log, AS_OF, 90, ["bounce", "SEND"]).rows() == [("a", 1, 1), ("c", 1, 30)]
    assert engagement(log, AS_OF, 91).rows()[0] == ("a", 3, 0)


def test_events_that_are_of_no_use_are_counted(write: Any) -> None:
    rows = "7,open,2024-01-01\n,open,2024-01-01\n7,,2024-01-01\n7,open,soon\n7,open,2024-01-01,x\n"
    assert events(write("e.csv", "customer_id,event,at\n" + rows)).unusable() == 3


def test_a_damaged_page_of_events_is_an_input_error(write: Any, tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": [f"c{i}" for i in range(5_000)]}).with_columns(
        event=pl.lit("open"), at=pl.lit(date(2024, 1, 1))
    )
    data = bytearray(Path(write("e.parquet", frame)).read_bytes())
    data[60:160] = b"\xff" * 100
    log = events(write("e.parquet", bytes(data)))
    for use in (log.unusable, lambda: known_from(None, log), lambda: engagement(log, AS_OF, 90)):
        with pytest.raises(InputError, match=r"e\.parquet: cannot be read"):
            use()
