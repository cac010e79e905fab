"""`rfm snapshot` and `--store`: what was kept is told as the orders would tell it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.cli.commands.conftest import RULER

Here = Callable[..., Any]


def test_what_looks_back_tells_the_same_without_the_orders(here: Here, kept: Path) -> None:
    between = ("--from", "2024-09", "--to", "2024-12", "-q")
    asked: list[tuple[str, ...]] = [
        ("migrate", *between, *own)
        for own in ((), ("--flows",), ("--moves",), ("--by", "vip"), ("--by", "rf"), ("--list", "Champions>Loyal"))
    ]
    asked.append(("vip", "--watch", "--since", "2024-09", "--as-of", "2024-12", "-q"))
    for words in asked:
        assert here(*words, *RULER, "-o", "orders.json").code == 0
        assert here(*words, "--store", "snapshots", "-o", "store.json").code == 0
        assert (kept / "store.json").read_bytes() == (kept / "orders.json").read_bytes(), words


def test_it_says_that_snapshots_are_read(here: Here, kept: Path) -> None:
    shutil.rmtree(kept / "snapshots" / "as_of=2024-09-30")
    assert here("snapshot", "-q", "--as-of", "2024-08", *RULER).code == 0
    (kept / "orders.csv").unlink()
    told = here("migrate", "--store", "snapshots", "--flows").err.splitlines()
    assert told[:2] == [
        "rfm: snapshots: 2 snapshots from 2024-08-31 to 2024-12-31; the orders are not read",
        "rfm: from 2024-08-31 to 2024-12-31 (--from, --to)",
    ]


def test_it_stays_what_it_was(here: Here, kept: Path) -> None:
    place = kept / "snapshots/as_of=2024-09-30/customers.parquet"
    before = place.read_bytes()
    again = here("snapshot", "--as-of", "2024-09", *RULER)
    assert (again.code, again.err.splitlines()[-1]) == (0, f"rfm: {place.relative_to(kept)}: is there already, just so")
    (kept / "orders.csv").write_text((kept / "orders.csv").read_text().replace("paid", "cancelled", 50))
    other = here("snapshot", "-q", "--as-of", "2024-09", *RULER)
    assert (other.code, other.err) == (
        4,
        "rfm: error: snapshots: the snapshot of 2024-09-30 was not taken\n"
        "rfm: hint: --replace takes it anew; rfm migrate and rfm diff then tell another past\n",
    )
    assert place.read_bytes() == before
    assert here("snapshot", "-q", "--as-of", "2024-09", *RULER, "--replace").code == 0
    assert place.read_bytes() != before


def test_it_tells_how_it_was_taken(here: Here, kept: Path) -> None:
    place = kept / "snapshots/as_of=2024-09-30/customers.parquet"
    told = json.loads(pq.read_schema(place).metadata[b"rfm.snapshot"])
    assert (told["as_of"], told["scheme"]["name"], told["scale"]) == ("2024-09-30", "rf12", 2)
    assert told["counted"]["timezone"] == "Europe/Berlin"
    assert told["cutoffs"].splitlines()[0] == 'scheme = "rf12"'
    names = [one["name"] for one in told["inputs"]]
    assert names == ["customers.csv", "events.csv", "lines.csv", "orders.csv", "products.csv", "ruler.toml"]
    assert all(len(one["sha256"]) == 64 for one in told["inputs"])
    assert str(kept) not in json.dumps(told)
    scores = pl.read_csv(kept / "scores.csv", infer_schema=False)
    rows = pl.read_parquet(place, hive_partitioning=False).select(pl.col(scores.columns).cast(pl.String))
    assert rows.select("customer_id", "rfm", "segment", "monetary").equals(
        scores.select("customer_id", "rfm", "segment", "monetary")
    )


def test_snapshots_of_different_rulers_are_not_compared(here: Here, kept: Path) -> None:
    assert here("snapshot", "-q", "--as-of", "2024-10").code == 0
    between = ("--from", "2024-09", "--to", "2024-10", "-q")
    for words in (
        ("migrate", *between, "--store", "snapshots"),
        ("vip", "--watch", "--since", "2024-09", "--as-of", "2024-10", "-q", "--store", "snapshots"),
        ("diff", "2024-09", "2024-10", "-q"),
    ):
        refused = here(*words)
        assert (refused.code, refused.err.splitlines()[0]) == (
            2,
            "rfm: error: the snapshots of 2024-09-30 and 2024-10-31 were taken under different cutoffs",
        )
        assert here(*words, "--rescore").code == 0
    assert here("snapshot", "-q", "--as-of", "2024-09", "--replace").code == 0
    store = here("migrate", *between, "--store", "snapshots", "--rescore", "--format", "csv").out
    assert store == here("migrate", *between, "--rescore", "--format", "csv").out
    assert here("snapshot", "-q", "--as-of", "2024-11", "--scheme", "rfm11").code == 0
    other = here("migrate", "--from", "2024-10", "--to", "2024-11", "--store", "snapshots", "--rescore", "-q")
    assert (other.code, "two schemes: rf12 and rfm11" in other.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            "migrate --speed --store snapshots",
            2,
            "--speed needs the orders: snapshots do not show what happened between their days",
        ),
        ("migrate --store snapshots --scheme rfm11", 2, "--scheme does not go with --store"),
        ("migrate orders.csv --store snapshots", 2, "orders does not go with --store"),
        ("migrate --store snapshots --from 2024-08", 3, "no snapshot of 2024-08-31"),
        ("migrate --store nowhere", 3, "nowhere: no store of snapshots"),
        ("vip --store snapshots", 2, "--store is for --watch"),
        ("vip --watch --rescore", 2, "--rescore is for --store"),
        ("diff 2024-12 2024-09", 2, "2024-12-31 is not before 2024-09-30"),
        ("diff 2024-09 2025", 3, "no snapshot of 2025-12-31"),
    ],
)
def test_mistakes(here: Here, kept: Path, words: str, code: int, told: str) -> None:
    ended = here(*words.split(), "-q")
    assert (ended.code, told in ended.err) == (code, True), ended.err


def test_what_is_no_snapshot_is_an_error_that_names_the_file(here: Here, kept: Path) -> None:
    place = kept / "snapshots/as_of=2024-12-31/customers.parquet"
    for wrong in (b"", b"PAR1 no more", place.read_bytes()[:-100]):
        place.write_bytes(wrong)
        ended = here("snapshots")
        assert (ended.code, str(place.relative_to(kept)) in ended.err) == (3, True)
    pl.DataFrame({"customer_id": ["a"]}).write_parquet(place)
    assert here("diff", "2024-09", "2024-12").code == 3
    place.parent.rename(kept / "snapshots/as_of=soon")
    assert "no date" in here("snapshots").err


def test_the_store_may_stand_in_the_configuration(here: Here, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept / "rfm.toml").write_text((kept / "rfm.toml").read_text() + '\n[snapshots]\nstore = "kept/here"\n')
    assert here("snapshot", "-q", "--as-of", "2024-06").code == 0
    assert (kept / "kept/here/as_of=2024-06-30/customers.parquet").is_file()
    monkeypatch.setenv("RFM_STORE", "other")
    assert here("snapshot", "-q", "--as-of", "2024-06").code == 0
    assert (kept / "other/as_of=2024-06-30/customers.parquet").is_file()


def test_the_store_may_be_anywhere(here: Here, kept: Path) -> None:
    for day in ("2024-05", "2024-06"):
        assert here("snapshot", "-q", "--as-of", day, *RULER, "--store", "far/away").code == 0
    assert here("snapshots", "--store", "far/away", "--format", "csv").out.count(b"\n") == 3
    assert here("diff", "2024-05", "last", "--store", "far/away", "-q").code == 0
    told = here("migrate", "-q", "--store", "far/away", "--from", "2024-05", "--format", "csv").out
    between = ("--from", "2024-05", "--to", "2024-06")
    assert told == here("migrate", "-q", *between, *RULER, "--format", "csv").out


def test_a_roll_up_can_be_kept_too(here: Here, kept: Path) -> None:
    assert here("rollup", "orders.csv", "rolled", "--grain", "month", "-q").code == 0
    assert here("snapshot", "rolled", "-q", "--as-of", "2024-11", "--store", "other").code == 0
    assert (
        here("snapshots", "--store", "other", "--format", "csv")
        .out.splitlines()[1]
        .startswith(b"2024-11-30,rf12,4129,")
    )


def test_the_watch_list_needs_the_money_of_the_year(here: Here, kept: Path) -> None:
    assert here("rollup", "orders.csv", "rolled", "--grain", "month", "-q").code == 0
    for day in ("2024-09", "2024-12"):
        assert here("snapshot", "rolled", "-q", "--as-of", day, *RULER, "--store", "months").code == 0
    ended = here("vip", "--watch", "-q", "--since", "2024-09", "--store", "months")
    assert (ended.code, "the money of the year before is not in it" in ended.err) == (2, True)


def test_a_store_is_a_name_and_no_pattern(here: Here, kept: Path) -> None:
    for day in ("2024-05", "2024-06"):
        assert here("snapshot", "-q", "--as-of", day, *RULER, "--store", "st[1]").code == 0
    assert here("diff", "2024-05", "2024-06", "--store", "st[1]", "-q").code == 0


def test_a_broken_snapshot_is_in_the_way_of_none_but_its_own_date(here: Here, kept: Path) -> None:
    (kept / "snapshots/as_of=2025-01-31").mkdir()
    (kept / "snapshots/as_of=2025-01-31/customers.parquet").write_bytes(b"nothing")
    assert here("migrate", "--from", "2024-09", "--to", "2024-12", "--store", "snapshots", "-q").code == 0
    assert here("migrate", "--from", "2024-09", "--to", "2025-01", "--store", "snapshots", "-q").code == 3


def test_one_row_a_customer_can_be_kept(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("customer_id,recency_days,frequency,monetary\na,3,2,5.00\nb,9,1,2.00\n")
    assert here("snapshot", "rows.csv", "-q").code == 2
    assert here("snapshot", "rows.csv", "-q", "--as-of", "2024-05-01").code == 0
    assert here("snapshots", "--format", "csv").out.splitlines()[1].startswith(b"2024-05-01,rf12,2,2,")


def test_what_a_job_knows_by_size_alone_is_the_same_snapshot(here: Here, kept: Path) -> None:
    text = (kept / "rfm.toml").read_text()
    job = '[jobs.nightly]\nsnapshot = true\noutputs = ["segments -o segments.csv"]\n'
    (kept / "rfm.toml").write_text(text[: text.index("[jobs.nightly]")] + job)
    assert here("run", "nightly", "-q", "--as-of", "2024-11", "--fast-fingerprint").code == 0
    again = here("run", "nightly", "--as-of", "2024-11", "--force")
    assert (again.code, "is there already, just so" in again.err) == (0, True)
    shutil.rmtree(kept / "snapshots/as_of=2024-11-30")
    assert here("run", "nightly", "-q", "--as-of", "2024-11").code == 0
    assert (kept / "snapshots/as_of=2024-11-30/customers.parquet").is_file()


def test_a_strict_job_fails_where_another_snapshot_stays(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    orders = "customer_id,ordered_at,amount\n" + "".join(
        f"c{n},2024-0{n % 6 + 1}-0{n % 9 + 1},{n}.50\n" for n in range(60)
    )
    (tmp_path / "orders.csv").write_text(orders)
    (tmp_path / "rfm.toml").write_text('[jobs.n]\nsnapshot = true\noutputs = ["segments -o segments.csv"]\n')
    assert here("run", "n", "-q", "--as-of", "2024-06-09").code == 0
    (tmp_path / "orders.csv").write_text(orders + "c1,2024-05-05,7.00\n")
    strict = here("run", "n", "-q", "--as-of", "2024-06-09", "--strict")
    assert (strict.code, "another snapshot of 2024-06-09" in strict.err) == (1, True)
    assert [path.name for path in (tmp_path / "out/n").iterdir() if path.name[0] == "2"] == ["2024-06-09"]
    assert here("run", "n", "-q", "--as-of", "2024-06-09").code == 0


def test_a_job_keeps_the_snapshot_of_its_date(here: Here, kept: Path) -> None:
    job = 'snapshot = true\noutputs = ["segments -o segments.csv", "migrate -o moves.csv"]\n'
    text = (kept / "rfm.toml").read_text()
    (kept / "rfm.toml").write_text(text[: text.index("[jobs.nightly]")] + "[jobs.nightly]\n" + job)
    assert here("run", "nightly", "--as-of", "2024-11", "-q") == (0, b"", "")
    place = kept / "snapshots/as_of=2024-11-30/customers.parquet"
    first = place.read_bytes()
    place.unlink()
    assert here("snapshot", "-q", "--as-of", "2024-11").code == 0
    assert place.read_bytes() == first
    (kept / "orders.csv").write_text((kept / "orders.csv").read_text().replace("paid", "cancelled", 50))
    again = here("run", "nightly", "--as-of", "2024-11")
    assert again.code == 0
    kept = "snapshots/as_of=2024-11-30/customers.parquet: another snapshot of 2024-11-30"
    assert f"warning snapshot-kept: {kept}" in again.err
    assert place.read_bytes() == first


def test_no_table_holds_money(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at\na,2024-01-01\nb,2024-02-01\na,2024-03-01\n")
    cuts = ("--cuts", "r=10,20,30,40", "--cuts", "f=2,3,4,5")
    for day in ("2024-02-15", "2024-03-15"):
        assert here("snapshot", "-q", "--as-of", day, *cuts).code == 0
    between = ("--from", "2024-02-15", "--to", "2024-03-15", "-q", "--format", "csv")
    assert here("migrate", *between, "--store", "snapshots").out == here("migrate", *between, *cuts).out
    assert here("diff", "2024-02-15", "last", "-q", "--format", "csv").code == 0
    assert here("snapshots").out.decode().splitlines()[1].split(",")[5] == ""


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("orders", "since", "last"),
    [
        ("online_retail/online_retail.parquet", "2011-08", "2011-11"),
        ("cdnow/cdnow_full.csv", "1997-12", "1998-06"),
        ("adventureworks/sales.csv", "2021-12", "2022-06"),
    ],
    ids=["online_retail", "cdnow", "adventureworks"],
)
def test_real_shops_are_told_the_same_without_their_orders(
    here: Here, shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orders: str, since: str, last: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = str(shared_dir / "data" / orders)
    assert here("score", file, "-q", "--as-of", since, "--save-cuts", "ruler.toml", "-o", "scores.csv").code == 0
    for day in (since, last):
        assert here("snapshot", file, "-q", "--as-of", day, *RULER).code == 0
    asked = [("migrate", "-q", "--from", since, "--to", last, *own) for own in ((), ("--moves",), ("--by", "vip"))]
    for words in (*asked, ("vip", "--watch", "-q", "--since", since, "--as-of", last)):
        told = here(*words, "--store", "snapshots", "--format", "json")
        assert (told.code, told.err) == (0, "")
        assert told.out == here(*words, file, *RULER, "--format", "json").out, words
