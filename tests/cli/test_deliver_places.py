"""What a run reads is never written over, and two outputs never share a place."""

from pathlib import Path
from typing import Any

import pytest

ORDERS = "customer_id,ordered_at,amount\na,2024-01-01,1\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "2024.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("given", [["orders/*.csv"], ["orders"], [], ["./orders/2024.csv"]])
def test_an_input_is_never_written_over(shop: Path, rfm: Any, given: list[str]) -> None:
    done = rfm("score", *given, "-o", "orders/2024.csv", cwd=shop)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"would be written over" in done.stderr
    assert (shop / "orders" / "2024.csv").read_text(encoding="utf-8") == ORDERS


@pytest.mark.parametrize(
    "flags",
    [
        ["-o", "x.csv", "--rejects", "./x.csv"],
        ["-o", "x.csv", "--save-cuts", "x.csv"],
        ["--rejects", "-"],
        ["--save-cuts", "-"],
    ],
)
def test_two_outputs_never_share_a_place(shop: Path, rfm: Any, flags: list[str]) -> None:
    done = rfm("score", "orders", *flags, cwd=shop)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"share a place" in done.stderr
    assert not (shop / "x.csv").exists()


def test_rejects_of_a_file_without_order_rows_are_refused_before_anything_is_written(shop: Path, rfm: Any) -> None:
    (shop / "ready.csv").write_text("customer_id,recency_days,frequency\na,3,2\n", encoding="utf-8")
    done = rfm("score", "ready.csv", "-o", "x.csv", "--rejects", "r.csv", cwd=shop)
    assert done.returncode == 2
    assert not (shop / "x.csv").exists()
