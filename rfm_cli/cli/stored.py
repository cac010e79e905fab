"""Commands that look back, on snapshots in place of orders: `--store DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.reading import Reading
from rfm_cli.errors import UsageError
from rfm_cli.history.states import BYS, By
from rfm_cli.model import Shop
from rfm_cli.safe_text import is_utf8
from rfm_cli.snapshots.source import newest, open_store, question_of

if TYPE_CHECKING:
    from rfm_cli.cli.session import Run
    from rfm_cli.model import Question, TablePaths
    from rfm_cli.tables.options import ReadOptions

FOLDER = "snapshots"
"""The store, where nobody names another: beside rfm.toml, or here."""
SAID = (
    "orders lines events customers products rates currency map reject_status drop_duplicates purchase_events "
    "one_row_per timezone window free_orders one_order_per scheme bins rule cuts nested new_subscriber share "
    "min_orders"
).split()
"""Settings that a snapshot was taken with, or that are of tables: they say nothing new of it."""


def store_of(run: Run) -> Path:
    """The folder of the store: of the flag, the variable or rfm.toml, else `snapshots` beside rfm.toml or here."""
    said = run.settings.text("store")
    named = [said] if said else list(run.settings.texts("store"))
    if len(named) > 1:
        raise UsageError("store: one folder, not several")
    beside = run.settings.file.parent if run.settings.file else Path()
    if named and not is_utf8(named[0]):
        raise UsageError(f"{named[0]}: the name of a store has to be UTF-8", "call the folder otherwise")
    place = Path(named[0]) if named else beside / FOLDER
    return place.relative_to(Path.cwd()) if place.is_absolute() and place.is_relative_to(Path.cwd()) else place


class StoredReading(Reading):
    """Snapshots are read where others read orders. `rescore` lets those of different cutoffs be compared."""

    def __init__(self, folder: Path, by: By = "segment", *, rescore: bool = False) -> None:
        super().__init__()
        self._folder = folder
        self._by = by
        self._rescore = rescore

    def shop(self, paths: TablePaths, options: ReadOptions) -> Shop:
        """No tables but the store."""
        return open_store(self._folder, self._by, rescore=self._rescore)

    def question(self) -> Question:
        """What the newest snapshot answers that can be read; `InputError` where none can."""
        return question_of(newest(self._folder))


def reading_of(folder: str | None, by: str | None = None, *, rescore: bool | None) -> StoredReading | None:
    """Return the reading of a run with `--store`, None without."""
    kind: By = next((one for one in BYS if one == by), "segment")
    return StoredReading(Path(folder), kind, rescore=bool(rescore)) if folder else None


def check(run: Run) -> None:
    """Nothing, or `UsageError` for options that say what the snapshots say already."""
    for name in SAID:
        if name in run.settings.given:
            option = name if name == "orders" else f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} does not go with --store", "the snapshots are read, as they were taken")
    if run.rejects:
        raise UsageError("--rejects needs orders", "snapshots have no order rows")
