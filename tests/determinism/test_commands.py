"""All outputs of all commands are the same bytes, however the same rows are written down and counted."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.determinism import commands
from tests.determinism.shop import FORMS, Form, made, write
from tests.runs import Wish, run_all

FAST = "import rfm_cli.measures.collect as c; c.LARGE, c.LARGE_REFUNDED = 0 * c.LARGE, 0 * c.LARGE_REFUNDED"
"""What makes the ways of large files those of all files; an error where the limits are elsewhere."""
PLAIN = [
    (Form("parquet", 3, shuffle=1), 8, ""),
    (Form("ndjson", 3, shuffle=2, beside="arrow"), 2, FAST),
]
SLOW = [
    (Form(form, 1 + (3 * place + 5 * at) % 10, shuffle=10 * place + at), threads, FAST if (place + at) % 2 else "")
    for place, form in enumerate(FORMS)
    for at, threads in enumerate((1, 2, 8))
]


def answers(out: Path) -> dict[str, bytes]:
    """The files below a folder by name, less what they tell of the files that were read."""
    found = {}
    for place in sorted(out.rglob("*")):
        name = str(place.relative_to(out))
        if not place.is_file() or "/." in f"/{name}":
            continue
        if place.name == "manifest.json":
            # Evidence is counted within each file: which rows of an order are in one file matters to it.
            found[name] = json.dumps({**json.loads(place.read_text()), "inputs": None, "evidence": None}).encode()
        elif "store/" in name:
            table = pq.read_table(place)
            told = json.loads((table.schema.metadata or {})[b"rfm.snapshot"])
            rows = pl.DataFrame(pl.from_arrow(table)).write_csv()
            found[name] = json.dumps({**told, "inputs": None}).encode() + rows.encode()
        elif place.name == "snapshots.csv":
            found[name] = pl.read_csv(place, infer_schema=False).drop("inputs").write_csv().encode()
        else:
            found[name] = place.read_bytes()
    return found


def answered(
    folder: Path, form: Form, threads: int, setup: str = "", formats: int = 1, first: int = 0
) -> dict[str, bytes]:
    """What all commands answer for the shop in that form, on so many threads, each in so many formats."""
    shop = write(made(), folder / form.named(), form)
    wishes = list(commands.wishes(shop, folder / f"{form.named()}-out", formats, first))
    for wish, ended in zip(wishes, run_all(wishes, {"POLARS_MAX_THREADS": str(threads)}, setup), strict=True):
        assert (ended.code, ended.err, ended.died) == (0, "", ""), wish.args
    return answers(folder / f"{form.named()}-out")


def same(found: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    """Both hold the same files, and each the same bytes."""
    assert list(found) == list(wanted)
    assert [name for name in found if found[name] != wanted[name]] == []


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The answers from one CSV file on one thread."""
    return answered(tmp_path_factory.mktemp("wanted"), Form(), 1)


def test_every_command_answers(wanted: dict[str, bytes]) -> None:
    assert {Path(name).suffix for name in wanted} >= {f".{form}" for form in commands.FORMATS}
    assert len([name for name in wanted if "/" not in name]) == len(commands.VIEWS) + len(commands.SELECTIONS) + 9
    assert all(len(data) > 40 for data in wanted.values())


@pytest.mark.parametrize(("form", "threads", "setup"), PLAIN, ids=[one[0].named() for one in PLAIN])
def test_rows_files_forms_and_threads(
    tmp_path: Path, wanted: dict[str, bytes], form: Form, threads: int, setup: str
) -> None:
    same(answered(tmp_path, form, threads, setup), wanted)


@pytest.fixture(scope="module")
def wanted_in_all_formats(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same answers, each in every format."""
    return answered(tmp_path_factory.mktemp("wanted"), Form(), 1, formats=len(commands.FORMATS))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SLOW)), ids=[one[0].named() for one in SLOW])
def test_every_format_of_every_command(tmp_path: Path, wanted_in_all_formats: dict[str, bytes], number: int) -> None:
    form, threads, setup = SLOW[number]
    found = answered(tmp_path, form, threads, setup, formats=2, first=number)  # so that all meet all formats
    same(found, {name: data for name, data in wanted_in_all_formats.items() if name in found})


def test_what_tells_of_files_on_any_threads(tmp_path: Path) -> None:
    shop = write(made(400), tmp_path / "shop", Form("csv", 3, shuffle=4))
    told = []
    for threads in ("1", "2", "8"):
        rejects, checked = (tmp_path / f"{name}{threads}.csv" for name in ("rejects", "check"))
        words = ("orders", *commands.BESIDE, "--rejects", str(rejects), "-q", "-o")
        wishes = [
            Wish(("check", *words, str(checked)), str(shop)),
            Wish(("score", "orders", "--as-of", commands.TO, "-o", str(tmp_path / "s.csv")), str(shop)),
        ]
        ended = run_all(wishes, {"POLARS_MAX_THREADS": threads})
        assert [one.code for one in ended] == [0, 0]
        told.append((rejects.read_bytes(), checked.read_bytes(), ended[1].err))
    assert told[0] == told[1] == told[2]
    assert told[0][0].count(b"\n") > 50
