from __future__ import annotations

from pathlib import Path
from typing import Any


def test_cells_and_moves_are_called_as_they_are_shown(rfm: Any, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text("customer_id,date,amount\na,2024-12-31,1\nb,2022-01-01,1\nb,2022-02-01,1\n")
    wanted = ("matrix", str(file), "--by", "segment,vip", "--format", "csv", "-q", "--list")
    found = [rfm(*wanted, cell).stdout for cell in ("New,not vip", "новые, не VIP", "НОВЫЕ,не Vip")]
    assert found[0].decode().splitlines()[1].startswith("a,2024-12-31")
    assert found == found[:1] * 3
    moves = ("migrate", str(file), "--from", "2022-02-01", "--to", "2024-12-31", "-q", "--list")
    found = [rfm(*moves, move).stdout for move in ("Not yet a customer>New", "ещё не клиент > НОВЫЕ")]
    assert found[0].decode().splitlines()[1].startswith("a,2024-12-31")
    assert found[0] == found[1]
