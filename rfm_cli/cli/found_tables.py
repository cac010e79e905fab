"""Which tables a run finds by the names of files, where its settings name none."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from rfm_cli.config import Settings
from rfm_cli.tables.names import discover

TableName = Literal["orders", "lines", "events", "customers", "products", "rates"]


def found_by_name(settings: Settings, folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the paths in `folder` that are called like tables; none where the settings name tables."""
    from_events = bool(settings.texts("purchase_events")) and "events" in settings.given
    # Tables that are named anywhere, or orders on the command line, keep the files of the folder from being read.
    elsewhere = any(settings.texts(name) for name in get_args(TableName) if name not in settings.given)
    return {} if elsewhere or from_events or "orders" in settings.given else discover(folder)
