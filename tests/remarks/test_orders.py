"""What is remarked on the rows of orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_rows_that_are_rejected_at_the_users_word_are_no_warning(tmp_path: Path, rfm: Any) -> None:
    kinds = [("guest", "paid"), ("a", "hold"), ("a", "paid"), ("a", "paid"), ("b", "paid"), ("b", "cancelled")]
    rows = [f"{kind[0]},{place},2024-01-02,1,{kind[1]}\n" for place, kind in enumerate(kinds)]
    (tmp_path / "o.csv").write_text("customer_id,order_id,ordered_at,amount,status\n" + "".join(rows) + rows[2])
    for options, share, is_warned in (
        ((), "14.3%", True),
        (("--no-customer", "GUEST"), "14.3% without --no-customer", True),
        (("--reject-status", "+hold"), "0.0% without --reject-status", False),
        (("--drop-duplicates",), "14.3% without --drop-duplicates", True),
        (("--no-customer", "x"), "14.3%", True),
        (
            ("--reject-status", "cancelled,hold", "--no-customer", "guest"),
            "0.0% without --no-customer, --reject-status",
            False,
        ),
    ):
        done = rfm("score", "o.csv", *options, cwd=tmp_path)
        assert f"rows rejected ({share}): " in done.stderr.decode()
        assert ("warning many-rejects" in done.stderr.decode()) is is_warned
        place = str(tmp_path / f"{len(options)}{share}.rollup")
        rolled = rfm("rollup", "o.csv", place, *options, cwd=tmp_path)
        assert ("warning many-rejects" in rolled.stderr.decode()) is is_warned
        again = rfm("score", place, cwd=tmp_path).stderr.decode()
        assert f"rows rejected ({share}): " in again
        assert ("warning many-rejects" in again) is is_warned
