"""Small shops of CSV files, and the warnings and remarks of a score of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.model import Question, Shop, TablePaths
from rfm_cli.notes import Note
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

Notes = list[Note]


@pytest.fixture
def shop_of(tmp_path: Path) -> Callable[..., Shop]:
    """Open a shop whose orders are these lines of CSV; other tables by name; reading options by name."""

    def opened(orders: Sequence[str], *, customers: Sequence[str] = (), **options: Any) -> Shop:
        place = tmp_path / "orders.csv"
        place.write_text("\n".join(orders) + "\n", encoding="utf-8")
        beside = ()
        if customers:
            own = tmp_path / "customers.csv"
            own.write_text("\n".join(customers) + "\n", encoding="utf-8")
            beside = (str(own),)
        return open_shop(TablePaths((str(place),), customers=beside), ReadOptions(**options))

    return opened


@pytest.fixture
def notes_of(shop_of: Callable[..., Shop], tmp_path: Path) -> Callable[..., Notes]:
    """Score a shop as `shop_of` opens it; the remarks, with the folder left out of names."""

    def scored(orders: Sequence[str], *, question: dict[str, Any] | None = None, **given: Any) -> Notes:
        asked = Question(Fitting(load_scheme("rf12")), **(question or {}))
        found = score(shop_of(orders, **given), asked).notes
        return [Note(one.level, one.text.replace(f"{tmp_path}/", ""), one.name) for one in found]

    return scored


def called(notes: Notes, name: str) -> list[str]:
    """The texts of the warnings of that name."""
    return [one.text for one in notes if one.name == name]
