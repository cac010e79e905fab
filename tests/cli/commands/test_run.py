"""`rfm run`: outputs made together are those made singly, and are published at once."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.fingerprints import digest_of
from rfm_cli.history import requests
from rfm_cli.source.orders import OrderSource

Here = Callable[..., Any]
JOB = """
[jobs.nightly]
keep = 2
outputs = [
  "score -o scores.csv --save-cuts cuts.toml --rejects rejects.csv",
  'score -o "by/{segment}.csv"',
  "segments --against 2024-02 -o segments-{as_of}.json",
  "vip --watch -o watch.csv",
  "migrate --from 2024-02 -o moves.csv",
]
"""


@pytest.fixture
def job(shop: Path) -> Path:
    """The small shop with a job."""
    (shop / "rfm.toml").write_text(JOB)
    return shop


def manifest(folder: Path) -> dict[str, Any]:
    told = json.loads((folder / "manifest.json").read_text())
    assert isinstance(told, dict)
    return told


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def current(job: Path) -> str:
    """Where the current run of the job stands."""
    return str((job / "out/nightly/current").readlink())


def whole(folder: Path) -> dict[str, Any]:
    """The manifest of a run whose files are all there, and just those."""
    told = manifest(folder)
    assert {one["path"]: one["sha256"] for one in told["outputs"]} == {
        str(file.relative_to(folder)): digest_of(file)
        for file in folder.rglob("*")
        if file.is_file() and file.name not in ("manifest.json", ".inputs.json")
    }
    return told


def test_all_outputs_of_the_sample_equal_those_made_singly(
    here: Here, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    done = here("run", "nightly", "--as-of", "2024-12-15", "-q")
    assert (done.code, done.out, done.err) == (0, b"", "")
    told = whole(Path("out/nightly/current"))
    texts = tomllib.loads(Path("rfm.toml").read_text())["jobs"]["nightly"]["outputs"]
    assert len(texts) >= 8
    for text in texts:
        words = shlex.split(text.replace("{as_of}", "2024-12-15"))
        place = words.index("-o") + 1
        if "{segment}" in text:
            words = [*words[:place], "segments/at-risk.csv", *words[place + 1 :], "--segment", "At risk"]
        file = words[place]
        words[place] = f"alone{Path(file).suffix}"
        assert here(*words, "--as-of", "2024-12-15", "-q").code == 0
        alone = Path(words[place]).read_bytes()
        assert alone == (Path("out/nightly/current") / file).read_bytes(), text
        (rows,) = [one["rows"] for one in told["outputs"] if one["path"] == file]
        if file.endswith(".csv"):
            assert rows == alone.count(b"\r\n" if b"\r\n" in alone else b"\n") - 1


def test_the_orders_are_read_once(here: Here, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(sample, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    seen: list[str] = []
    from rfm_cli.tables import orders

    collect = orders.collect

    def counted(*args: Any) -> Any:
        seen.append("pass")
        return collect(*args)

    monkeypatch.setattr(orders, "collect", counted)
    assert here("run", "nightly", "--as-of", "2024-12-15", "-q").code == 0
    assert seen == ["pass"]


def test_a_run_tells_what_it_did(here: Here, job: Path) -> None:
    done = here("run", "nightly", "--as-of", "2024-03")
    assert done.code == 0
    assert done.err.endswith("rfm: out/nightly/2024-03-31: 18 files, and current leads to it\n")
    told = whole(job / "out/nightly/current")
    assert list(told) == [
        "rfm_job", "rfm", "job", "asked_for", "options", "inputs", "as_of", "rows", "figures", "cutoffs",
        "rules", "warnings", "outputs",
    ]  # fmt: skip
    assert [(one["path"], one["bytes"]) for one in told["inputs"]] == [
        (name, (job / name).stat().st_size) for name in ("customers.csv", "orders.csv")
    ]
    assert told["rows"] == {"read": 8, "accepted": 7, "rejected": {"status": 1}}
    rows = {one["path"]: one["rows"] for one in told["outputs"]}
    assert (rows["scores.csv"], rows["rejects.csv"], rows["cuts.toml"]) == (5, 1, None)
    assert {name for name in rows if name.startswith("by/")} >= {"by/at-risk.csv", "by/can-t-lose.csv"}


def test_nothing_is_done_where_nothing_has_changed(here: Here, job: Path) -> None:
    here("run", "nightly", "--as-of", "2024-03")
    first = manifest(job / "out/nightly/current")
    again = here("run", "nightly", "--as-of", "2024-03")
    assert (again.code, again.err) == (
        0,
        "rfm: out/nightly: nothing has changed since 2024-03-31; --force runs anyway\n",
    )
    assert here("run", "nightly", "--as-of", "2024-03", "--force").code == 0
    assert current(job) == "2024-03-31.2"
    assert whole(job / "out/nightly/current") == first  # the same bytes, the manifest included
    with (job / "orders.csv").open("a") as file:
        file.write("9,009,2024-03-30,1,paid\n")
    assert here("run", "nightly", "--as-of", "2024-03").code == 0
    assert current(job) == "2024-03-31.3"
    kept = names(job / "out/nightly")
    assert kept == [".lock", "2024-03-31.2", "2024-03-31.3", "current"]
    (job / "out/nightly/current/scores.csv").write_text("")  # somebody broke it
    assert here("run", "nightly", "--as-of", "2024-03").code == 0
    assert current(job) == "2024-03-31.4"


def test_a_fast_fingerprint_goes_by_size_and_time(here: Here, job: Path) -> None:
    flags = ("--as-of", "2024-03", "--fast-fingerprint")
    assert here("run", "nightly", *flags).code == 0
    told = whole(job / "out/nightly/current")
    assert all(list(one) == ["path", "bytes"] for one in told["inputs"])
    assert "nothing has changed" in here("run", "nightly", *flags).err
    os.utime(job / "orders.csv", (1, 1))
    assert "nothing has changed" not in here("run", "nightly", *flags).err


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("customers<1000", "customers is 5; nothing was published"),
        ("rejected>5%", "rejected is 1 of 8 rows; nothing was published"),
        ("last_order<2024-06", "last_order is 2024-03-31; nothing was published"),
    ],
)
def test_a_run_that_is_to_fail_publishes_nothing(here: Here, job: Path, condition: str, told: str) -> None:
    done = here("run", "nightly", "--as-of", "2024-03", "-q", "--fail-on", condition)
    assert (done.code, done.err) == (1, f"rfm: error: --fail-on {condition}: {told}\n")
    assert [entry.name for entry in (job / "out/nightly").iterdir()] == [".lock"]


def test_only_some_outputs_are_set_aside(here: Here, job: Path) -> None:
    assert here("run", "nightly", "--as-of", "2024-03").code == 0
    done = here("run", "nightly", "--as-of", "2024-03", "--only", "migrate", "--only", "watch.csv")
    assert done.err.endswith("rfm: out/nightly/only: 2 files; current is as it was\n")
    assert set(names(job / "out/nightly/only")) == {"manifest.json", "moves.csv", "watch.csv"}
    assert current(job) == "2024-03-31"
    assert here("run", "nightly", "--as-of", "2024-03", "--only", "segments").code == 0
    wrong = here("run", "nightly", "--only", "grid")
    assert (wrong.code, "--only grid: no output of this job" in wrong.err) == (2, True)


def test_a_dry_run_reads_and_writes_nothing(here: Here, job: Path) -> None:
    done = here("run", "nightly", "--as-of", "2024-03", "--dry-run")
    lines = done.out.decode().splitlines()
    assert (done.code, lines[:2]) == (
        0,
        ["nightly: as of 2024-03-31, in out/nightly", "read   customers.csv  102 bytes"],
    )
    assert 'write  by/at-risk.csv  (score -o "by/{segment}.csv")' in lines
    assert lines[-1] == "keep   2 runs"
    assert not (job / "out").exists()


def test_an_input_that_changes_while_it_is_read(here: Here, job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []
    shared = requests.Reader._read

    def touched(self: Any, asked: Any) -> None:
        passes.append(1)
        shared(self, asked)
        if len(passes) <= changes:
            with (job / "orders.csv").open("a") as file:
                file.write(f"{90 + len(passes)},010,2024-03-30,1,paid\n")

    monkeypatch.setattr(requests.Reader, "_read", touched)
    changes = 1
    done = here("run", "nightly", "--as-of", "2024-03")
    assert (done.code, "rfm: an input changed while it was read: once more\n" in done.err) == (0, True)
    assert manifest(job / "out/nightly/current")["rows"]["read"] == 9
    changes = 9
    done = here("run", "nightly", "--as-of", "2024-03", "--force")
    assert (done.code, "an input changed while it was read, twice" in done.err) == (3, True)
    assert names(job / "out/nightly") == [".lock", "2024-03-31", "current"]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("score", "no file to write"),
        ("score -o -", "no file to write"),
        ("score -o ../a.csv", "outside of the folder"),
        ("score -o /tmp/a.csv", "outside of the folder"),
        ("score -o .a.csv", "outside of the folder"),
        ("score -o {day}.csv", "{day} means nothing"),
        ("segments -o {segment}.csv", "{segment} is for rfm score"),
        ("score --segment Lost -o {segment}.csv", "{segment} is for rfm score"),
        ("score -o manifest.json", "manifest.json is written twice"),
        ("score -o a.csv --save-cuts a.csv", "a.csv is written twice"),
        ("scor -o a.csv", "a job cannot run 'scor'"),
        ("rollup x -o a.csv", "a job cannot run 'rollup'"),
        ("score --segmnt Lost -o a.csv", "No such option"),
        ("score -q -o a.csv", "options of rfm run"),
        ("score --help", "it asks for help, and makes no file"),
    ],
)
def test_outputs_that_make_no_sense(here: Here, shop: Path, output: str, told: str) -> None:
    (shop / "rfm.toml").write_text(f"[jobs.nightly]\noutputs = ['{output}']\n")
    done = here("run", "nightly")
    assert done.code == 2
    assert told in done.err
    assert not (shop / "out").exists()


def test_an_output_that_fails_publishes_nothing(here: Here, shop: Path) -> None:
    (shop / "rfm.toml").write_text('[jobs.nightly]\noutputs = ["score -o a.csv", "matrix --by nothing -o b.csv"]\n')
    done = here("run", "nightly", "-q")
    assert done.code == 2
    assert [entry.name for entry in (shop / "out/nightly").iterdir()] == [".lock"]


def test_the_last_day_is_found_where_no_date_is_given(here: Here, job: Path) -> None:
    assert here("run", "nightly").code == 0
    assert manifest(job / "out/nightly/current")["as_of"] == "2024-03-31"
    assert "nothing has changed" in here("run", "nightly").err


def test_a_feed_that_has_died_fails_though_nothing_has_changed(here: Here, job: Path) -> None:
    assert here("run", "nightly", "-q").code == 0
    stale = here("run", "nightly", "-q", "--fail-on", "last_order<yesterday")
    assert (
        stale.code,
        stale.err.startswith("rfm: error: --fail-on last_order<yesterday: last_order is 2024-03-31"),
    ) == (
        1,
        True,
    )
    (job / "rfm.toml").write_text(JOB.replace("keep = 2", 'keep = 2\nfail_on = ["customers<100"]'))
    assert here("run", "nightly", "-q").code == 1
    assert current(job) == "2024-03-31"


def test_snapshots_that_an_output_reads_are_inputs(here: Here, shop: Path) -> None:
    cuts = [word for cut in ("r=10,20,30,40", "f=2,3,4,5", "m=5,10,20,30") for word in ("--cuts", cut)]
    for day in ("2024-02", "2024-03"):
        assert here("snapshot", "orders.csv", "-q", "--as-of", day, *cuts).code == 0
    (shop / "rfm.toml").write_text('[jobs.n]\noutputs = ["migrate --store snapshots --flows -o flows.csv"]\n')
    assert here("run", "n", "-q", "--as-of", "2024-03").code == 0
    told = manifest(shop / "out/n/current")
    assert [one["path"] for one in told["inputs"] if "snapshots" in one["path"]] == [
        f"snapshots/as_of={day}/customers.parquet" for day in ("2024-02-29", "2024-03-31")
    ]
    assert "nothing has changed" in here("run", "n", "--as-of", "2024-03").err
    shutil.rmtree(shop / "snapshots/as_of=2024-02-29")
    assert here("run", "n", "-q", "--as-of", "2024-03").code == 2  # there is no earlier one now


def test_an_output_may_read_the_snapshot_of_its_own_job(here: Here, shop: Path) -> None:
    cuts = [word for cut in ("r=10,20,30,40", "f=2,3,4,5", "m=5,10,20,30") for word in ("--cuts", cut)]
    assert here("snapshot", "-q", "--as-of", "2024-02", *cuts).code == 0
    scheme = "[scheme]\ncuts = { r = [10, 20, 30, 40], f = [2, 3, 4, 5], m = [5, 10, 20, 30] }\n"
    outputs = '"migrate --store snapshots --from 2024-02 --flows -o flows.csv", "segments -o segments.csv"'
    (shop / "rfm.toml").write_text(f"{scheme}[jobs.n]\nsnapshot = true\noutputs = [{outputs}]\n")
    assert here("run", "n", "-q", "--as-of", "2024-03") == (0, b"", "")
    flows = (shop / "out/n/current/flows.csv").read_bytes()
    between = ("--from", "2024-02", "--to", "2024-03")
    assert flows == here("migrate", "-q", *between, "--flows", "--format", "csv").out
    assert "nothing has changed" in here("run", "n", "--as-of", "2024-03").err


def test_a_date_saves_the_pass_that_finds_the_last_day(job: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for name in ("read", "steps", "measure"):
        way = getattr(OrderSource, name)
        monkeypatch.setattr(OrderSource, name, lambda *a, way=way, name=name, **k: made.append(name) or way(*a, **k))
    (job / "rfm.toml").write_text('[jobs.nightly]\noutputs = ["score -o scores.csv", "segments -o segments.csv"]\n')
    assert here("run", "nightly").code == 0
    undated = manifest(job / "out/nightly/current")["as_of"]
    assert (made.count("read"), len(made)) == (1, 2)
    made.clear()
    assert here("run", "nightly", "--as-of", undated, "--force").code == 0
    assert (made.count("read"), len(made)) == (0, 1)
