"""Roll-ups by an engine held to those of the plain way: the same rows byte for byte, and the same beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.model import TablePaths
from rfm_cli.rollup import make, store
from rfm_cli.rollup.engines.build import Task, first_pass, roll_up
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

PERIODS = [
    Periods(),
    Periods("month"),
    Periods("edges", (date(2024, 1, 31), date(2024, 3, 31))),
    Periods("edges", (date(2024, 12, 10), date(2024, 12, 31))),
]
PURCHASES = [Purchases(), Purchases("ignore", one_a_day=True)]


def plain_rollup(
    out: Path, paths: Sequence[Path], options: ReadOptions, periods: Periods, purchases: Purchases
) -> Path:
    """The folder of the roll-up that `rfm rollup` makes by itself."""
    orders = open_shop(TablePaths(orders=tuple(map(str, paths))), options).orders
    assert orders is not None
    rolled, _ = make.roll_up(orders, periods, purchases)
    make.write_rollup(rolled, out)
    return out


def engine_rollup(out: Path, task: Task) -> Path:
    """The folder of the roll-up that an engine makes."""
    with first_pass(task) as given:
        make.write_rollup(roll_up(given), out)
    return out


def assert_same_rollup(found: Path, wanted: Path, engine: str) -> None:
    """Two roll-ups are the same: their rows byte for byte, what is kept beside them but for the type of ids.

    Their manifests differ in the engine and in the files read.
    """
    folders = [store.version_of(folder) for folder in (found, wanted)]
    names = [_files(folder) for folder in folders]
    assert names[0] == names[1]
    for name in names[0]:
        if name.startswith(store.ROLLUP):
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
        elif name != store.MANIFEST:
            assert _texts(folders[0] / name).equals(_texts(folders[1] / name)), name
    manifests = [json.loads((folder / store.MANIFEST).read_text()) for folder in folders]
    assert [manifest.pop("engine") for manifest in manifests] == [engine, "polars"]
    for manifest in manifests:
        del manifest["inputs"], manifest["whole_ids"]
    assert manifests[0] == manifests[1]


def _files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def _texts(file: Path) -> pl.DataFrame:
    """The rows of a file, ids as texts, in a fixed order."""
    rows = pl.read_parquet(file, glob=False)
    return rows.with_columns(pl.col("^.*_id$").cast(pl.String)).sort(rows.columns)


def check(
    folder: Path, engine: Engine, paths: Sequence[Path], options: ReadOptions, periods: Periods, purchases: Purchases
) -> None:
    """The engine's roll-up of these orders is the plain one."""
    task = Task(engine, tuple(map(str, paths)), options, periods, purchases)
    found = engine_rollup(folder / "found", task)
    assert_same_rollup(found, plain_rollup(folder / "wanted", paths, options, periods, purchases), engine.name)
