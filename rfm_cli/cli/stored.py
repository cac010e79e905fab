"""Commands that look back, on snapshots in place of orders: `--store DIR`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.reading import Reading
from rfm_cli.errors import InputError, UsageError
from rfm_cli.history.states import BYS, By, told_by_money
from rfm_cli.model import Shop, Stored
from rfm_cli.notes import note
from rfm_cli.safe_text import is_utf8
from rfm_cli.snapshots import source as pasts
from rfm_cli.snapshots.store import Snapshot, days_in, read

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.cli.session import Run
    from rfm_cli.history.past import Past, Wanted
    from rfm_cli.model import Question, TablePaths
    from rfm_cli.schemes import Axis, Scheme
    from rfm_cli.tables.options import ReadOptions

LEAVE_OUT = "leave --store out to read the orders"
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


def newest(folder: Path) -> Snapshot:
    """Return the newest snapshot of a store that can be read; `InputError` where none can."""
    first: InputError | None = None
    for day in reversed(days_in(folder)):
        try:
            return read(folder, day)
        except InputError as error:
            first = first or error
    raise first or _empty(folder)


def _empty(folder: Path) -> InputError:
    return InputError(f"{folder}: no snapshots", "take one first: rfm snapshot --as-of DATE")


class StoredReading(Reading):
    """Snapshots are read where others read orders. `rescore` lets those of different cutoffs be compared."""

    def __init__(self, folder: Path, by: By = "segment", *, rescore: bool = False) -> None:
        self._folder = folder
        self._by = by
        self._rescore = rescore

    def shop(self, paths: TablePaths, options: ReadOptions) -> Shop:
        """No tables but the store."""
        days = days_in(self._folder)
        if not days:
            raise _empty(self._folder)
        what = f"{len(days):,} snapshots from {days[0]} to {days[-1]}" if len(days) > 1 else f"a snapshot of {days[0]}"
        told = note(f"{self._folder}: {what}; the orders are not read")
        return Shop(None, stored=Stored(str(self._folder), tuple(days)), notes=(told,))

    def question(self) -> Question:
        """What the newest snapshot answers that can be read; `InputError` where none can."""
        return pasts.question_of(newest(self._folder))

    def past_at(self, shop: Shop, question: Question, dates: Sequence[date]) -> Past:
        """The past at dates that the store has; `InputError` for another."""
        snapshots = self._read(dates)
        for one in snapshots[1:]:
            axes = axes_of(self._by, snapshots[0].metadata.scheme)
            pasts.require_alike(snapshots[0], one, axes, rescore=self._rescore, vip=self._by == "vip")
        return pasts.past_of(shop, snapshots)

    def past(self, shop: Shop, wanted: Wanted) -> Past:
        """Never: what nobody has stored is not told."""
        raise UsageError("--speed needs the orders: snapshots are of single days", LEAVE_OUT)

    def watched_past(self, shop: Shop, question: Question, before: date | None, since: date, last: date) -> Past:
        """The same from two snapshots; `UsageError` where money decides segments, or F is of a window."""
        first, later = self._read([since, last])
        if told_by_money("segment", first.metadata.scheme):
            scheme = first.metadata.scheme.name
            raise UsageError(f"--watch --store needs a scheme of R and F, and {scheme} has M", LEAVE_OUT)
        if first.metadata.counting.window:
            raise UsageError("--watch needs all of history, and these snapshots are of a window", LEAVE_OUT)
        if first.metadata.scale is not None and first.rows()["monetary_year"].null_count():
            why = f"{first.path}: the money of the year before is not in it, and --watch needs it"
            raise UsageError(why, "take it from orders, or from a roll-up by days")
        pasts.require_alike(first, later, first.metadata.scheme.axes, rescore=self._rescore)
        return pasts.daily_past_of(shop, first, later)

    def require_sure(self, watched: pl.DataFrame, since: date, last: date) -> None:
        """Nothing, or the error of those who slipped before their last purchase."""
        if count := pasts.unsure(watched, self._read([last])[0], since):
            raise UsageError(
                f"{count:,} of those watched slipped before their last purchase, on a day that only the orders tell",
                LEAVE_OUT,
            )

    def _read(self, dates: Sequence[date]) -> list[Snapshot]:
        return [read(self._folder, day) for day in dates]


def axes_of(by: By, scheme: Scheme) -> tuple[Axis, ...]:
    """The scores that say which state of a kind somebody is in."""
    known: dict[By, tuple[Axis, ...]] = {"rf": ("r", "f"), "r": ("r",), "f": ("f",), "m": ("m",), "vip": ()}
    return known.get(by, scheme.axes)


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
