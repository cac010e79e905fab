"""A roll-up says which rule its ids follow, and newer data of another rule are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HEADER = "customer_id,order_id,ordered_at,amount\n"
FIRST = "Ann@X.org,1,2024-01-02,10.00\n17850.0,2,2024-01-03,20.00\n0,3,2024-01-04,1.00\nann@x.org,4,2024-01-05,5.00\n"
SECOND = "ANN@x.org,5,2024-01-20,7.00\n17850,6,2024-01-21,20.00\n0,7,2024-01-22,1.00\n"
CUSTOMERS = "customer_id,town\nANN@X.ORG,Ulm\n17850.0,Bonn\n"
WAYS = ("as they are written", "folded (addresses in lower case, 17850.0 as 17850)")
EXACT = f"s.rollup: its ids are {WAYS[0]}, and those beside it are {WAYS[1]}"
FOLDED = f"s.rollup: its ids are {WAYS[1]}, and those beside it are {WAYS[0]}"
HINT = "roll the orders up anew; or read all by its rule: --ids"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "first.csv").write_text(HEADER + FIRST)
    (tmp_path / "second.csv").write_text(HEADER + SECOND)
    (tmp_path / "all.csv").write_text(HEADER + FIRST + SECOND)
    (tmp_path / "people.csv").write_text(CUSTOMERS)
    return tmp_path


def manifest_of(folder: Path) -> Path:
    return next(path for path in folder.rglob("manifest.json"))


def make_older(folder: Path) -> None:
    """Take the rule of the ids out of the manifest, as earlier versions wrote it."""
    path = manifest_of(folder)
    data = json.loads(path.read_text())
    del data["rules"]["ids"]
    path.write_text(json.dumps(data))


@pytest.mark.parametrize("given", [(), ("--ids", "exact"), ("--no-customer", "0")])
def test_what_is_added_is_as_all_at_once(shop: Path, rfm: Any, given: tuple[str, ...]) -> None:
    direct = rfm("score", "all.csv", "-q", *given, cwd=shop)
    assert rfm("rollup", "all.csv", "all.rollup", "-q", *given, cwd=shop).returncode == 0
    assert rfm("rollup", "first.csv", "s.rollup", "-q", *given, cwd=shop).returncode == 0
    # What is no customer is known from the roll-up, and the rule of the ids has to be the same.
    again = given if "--ids" in given else ()
    done = rfm("rollup", "s.rollup", "--add", "second.csv", "-q", *again, cwd=shop)
    assert done.returncode == 0, done.stderr
    both = [rfm("score", name, "-q", cwd=shop).stdout for name in ("s.rollup", "all.rollup")]
    assert both == [direct.stdout, direct.stdout]
    rules = json.loads(manifest_of(shop / "s.rollup").read_text())["rules"]
    assert rules["ids"] == ("exact" if "exact" in given else "folded")
    assert rules.get("no_customer") == (["0"] if "0" in given else None)


@pytest.mark.parametrize("older", [False, True])
def test_exact_ids_beside_newer_data(shop: Path, rfm: Any, older: bool) -> None:
    rfm("rollup", "first.csv", "s.rollup", "-q", "--ids", "exact", cwd=shop)
    if older:
        make_older(shop / "s.rollup")
    alone = rfm("score", "s.rollup", "-q", cwd=shop)
    assert (alone.returncode, alone.stdout) == (0, rfm("score", "first.csv", "-q", "--ids", "exact", cwd=shop).stdout)
    for command in (("score", "s.rollup", "--customers", "people.csv"), ("rollup", "s.rollup", "--add", "second.csv")):
        done = rfm(*command, cwd=shop)
        assert done.returncode == 2
        assert done.stderr.decode().endswith(f"rfm: error: {EXACT}\nrfm: hint: {HINT} exact\n")
        assert rfm(*command, "--ids", "exact", "-q", cwd=shop).returncode == 0


def test_folded_ids_beside_exact_ones(shop: Path, rfm: Any) -> None:
    rfm("rollup", "first.csv", "s.rollup", "-q", cwd=shop)
    people = ("--customers", "people.csv")
    for command in (
        ("score", "s.rollup"),
        ("score", "s.rollup", *people),
        ("rollup", "s.rollup", "--add", "second.csv"),
    ):
        done = rfm(*command, "--ids", "exact", cwd=shop)
        assert done.returncode == 2
        assert done.stderr.decode().endswith(f"rfm: error: {FOLDED}\nrfm: hint: {HINT} folded\n")
    done = rfm("score", "s.rollup", *people, "--with", "town", "-q", cwd=shop)
    towns = {line.split(",")[0]: line.split(",")[-1] for line in done.stdout.decode().splitlines()[1:]}
    assert towns == {"0": "", "17850": "Bonn", "ann@x.org": "Ulm"}


def test_other_ids_that_are_no_customer(shop: Path, rfm: Any) -> None:
    rfm("rollup", "first.csv", "s.rollup", "-q", "--no-customer", "0", cwd=shop)
    done = rfm("score", "s.rollup", "--no-customer", "0,guest", cwd=shop)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "rfm: error: --no-customer: s.rollup was made with other ids (0)\n"
        "rfm: hint: roll the orders up anew with it, or leave it out\n",
    )
    assert rfm("score", "s.rollup", "--no-customer", "0", "-q", cwd=shop).returncode == 0
    rfm("rollup", "first.csv", "g.rollup", "-q", "--no-customer", "0,guest", cwd=shop)
    assert rfm("score", "g.rollup", "--no-customer", "GUEST,0.0", "-q", cwd=shop).returncode == 0


def test_snapshots_of_two_rules_are_not_compared(shop: Path, rfm: Any) -> None:
    for day, rule in (("2024-01-10", "exact"), ("2024-01-25", "folded")):
        done = rfm("snapshot", "all.csv", "--as-of", day, "--store", "kept", "--ids", rule, "-q", cwd=shop)
        assert done.returncode == 0, done.stderr
    done = rfm("migrate", "--store", "kept", "--from", "2024-01-10", "--to", "2024-01-25", cwd=shop)
    assert done.returncode == 2
    assert b"were counted in two ways: ids exact and folded\n" in done.stderr
    assert b"rfm: hint: take one of them anew, with the --ids of the other\n" in done.stderr
