"""What cannot be added: rows that come too late, and money that was rounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.rollup.append import add_orders
from rfm_cli.rollup.read import read_rollup
from rfm_cli.rollup.refusals import LateRowsError
from tests.rollup.test_make import HEAD, grown, made, orders_in


def test_amounts_that_were_rounded_are_not_rescaled(tmp_path: Path) -> None:
    # One billionth of it is more than the decimals that are to come, so these may have been rounded away.
    made(tmp_path, orders_in(tmp_path, "o.csv", HEAD + "a,2024-01-01,700000000.4\n"))
    finer = orders_in(tmp_path, "n.csv", HEAD + "a,2024-01-02,0.125\n")
    with pytest.raises(InputError, match=r"money of 3 decimals, and .*out rounded its largest amounts to 0"):
        add_orders(read_rollup(str(tmp_path / "out")), finer)


def test_a_watermark_is_the_last_day_less_31(tmp_path: Path) -> None:
    made(tmp_path, orders_in(tmp_path, "o.csv", HEAD + "a,2024-01-01,1\nb,2024-03-31,5\n"))
    grown(tmp_path, orders_in(tmp_path, "n.csv", HEAD + "c,2024-02-29,1\n"))
    late = orders_in(tmp_path, "m.csv", HEAD + "c,2024-02-28,1\nc,2024-04-01,1\n")
    with pytest.raises(LateRowsError, match=r"1 row of 2024-02-28, and .*out takes none before 2024-02-29"):
        add_orders(read_rollup(str(tmp_path / "out")), late)
