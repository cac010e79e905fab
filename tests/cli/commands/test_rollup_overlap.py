"""`rfm rollup` of exports that have some orders again, and of files that leave a doubt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
STRICT = ["--strict", "--known", "many-rejects"]
HEADER = "order_id,customer_id,order_date,amount,status\n"


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    texts = {
        "march": "71,ann,2024-03-28,12.25,paid\n72,bob,2024-03-30,7.50,pending\n70,ann,2024-01-02,1.00,paid\n",
        "april": "72,bob,2024-03-30,7.50,cancelled\n73,cid,2024-04-02,30.00,paid\n70,ann,2024-04-03,1.00,paid\n",
        "refund": "72,bob,2024-04-04,-7.50,paid\n",
        "may": "74,bob,2024-05-01,5.00,paid\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(HEADER + text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("all.rollup/manifest.json").read_text())
    return found


def test_several_files_at_once(exports: Path, here: Here) -> None:
    ended = here("rollup", "march.csv", "april.csv", "all.rollup")
    assert (
        "warning orders-in-several-files: 2 order files: 2 orders are in several files, and all of their rows are "
        "added, 9.50; the rows differ: --overlap last counts those of the last file alone, 1.00; --overlap add where "
        "all are meant\n"
    ) in ended.err
    assert here("rollup", "march.csv", "april.csv", "all.rollup", "--strict").code == 1
    ended = here("rollup", "march.csv", "april.csv", "all.rollup", "--overlap", "last", *STRICT)
    assert (ended.code, manifest()["reading"]) == (0, {"overlap": "last"})
    assert manifest()["rows"] == {"read": 6, "accepted": 3, "rejected": {"overlap": 2, "status": 1}}


def test_what_is_added_is_compared_with_the_last_days(exports: Path, here: Here) -> None:
    here("rollup", "march.csv", "all.rollup", "-q")
    ended = here("rollup", "all.rollup", "--add", "april.csv")
    # Order 70 began before the last 31 days.
    assert (
        "rfm: april.csv: its orders are compared with those of all.rollup in its last 31 days, from 2024-02-28 on\n"
        "rfm: warning orders-in-several-files: april.csv: 1 order is in all.rollup or another file too, and all of its "
        "rows are added, 7.50; rolled up anew, --overlap last counts those of the last "
        "file alone, 0.00; --overlap add where all are meant\n"
    ) in ended.err
    refund = here("rollup", "all.rollup", "--add", "refund.csv", "--strict")
    assert refund.code == 0
    assert "refund.csv: 1 order with refunds alone of an order that was added before\n" in refund.err


def test_a_warning_of_an_add_fails_before_anything_is_written(exports: Path, here: Here) -> None:
    here("rollup", "march.csv", "all.rollup", "-q")
    before = manifest()
    assert here("rollup", "all.rollup", "--add", "april.csv", *STRICT).code == 1
    assert manifest() == before
    meant = here("rollup", "all.rollup", "--add", "april.csv", *STRICT, "--overlap", "add")
    assert (meant.code, "compared" in meant.err) == (0, False)


def test_sums_cannot_be_taken_back(exports: Path, here: Here) -> None:
    here("rollup", "march.csv", "all.rollup", "--overlap", "last", "-q")
    ended = here("rollup", "all.rollup", "--add", "april.csv")
    assert (ended.code, ended.err.splitlines()[-2:]) == (
        3,
        [
            "rfm: error: april.csv: 1 order is in all.rollup already, and --overlap last cannot take rows out of its "
            "sums",
            "rfm: hint: roll all orders up anew: rfm rollup ORDERS all.rollup --overlap last",
        ],
    )
    assert here("rollup", "all.rollup", "--add", "may.csv").code == 0
    assert here("score", "all.rollup", "--overlap", "once").code == 2


def test_days_that_an_added_file_leaves_open(exports: Path, here: Here) -> None:
    first, second = exports / "first.csv", exports / "second.csv"
    first.write_text(HEADER + "1,ann,13/01/2024,5,paid\n2,bob,02/01/2024,5,paid\n")
    second.write_text(HEADER + "3,ann,01/02/2024,5,paid\n")
    here("rollup", "first.csv", "all.rollup", "-q")
    assert here("rollup", "all.rollup", "--add", "second.csv").code == 0
    assert (manifest()["days"]["first"], manifest()["days"]["last"]) == ("2024-01-02", "2024-02-01")
    assert manifest()["evidence"]["dates"]["ordered_at"]["open"][0]["rows"] == 1
    third = exports / "third.csv"
    third.write_text(HEADER + "4,ann,01/25/2024,5,paid\n")
    ended = here("rollup", "all.rollup", "--add", "third.csv")
    assert (ended.code, ended.err.splitlines()[-2:]) == (
        3,
        [
            "rfm: error: all.rollup has read 1 date such as '01/02/2024' by %d/%m/%Y, as others there show, and "
            "third.csv shows another order",
            "rfm: hint: roll all orders up anew, and say which: --date-format %d/%m/%Y or --date-format %m/%d/%Y (with "
            "%H:%M:%S where there is a time)",
        ],
    )


def test_a_manifest_of_before_has_no_such_keys(exports: Path, here: Here) -> None:
    here("rollup", "march.csv", "all.rollup", "-q")
    place = Path("all.rollup/manifest.json")
    assert "reading" not in manifest()
    old = {name: value for name, value in manifest().items() if name != "evidence"}
    place.resolve().write_text(json.dumps(old))
    assert here("rollup", "all.rollup", "--add", "may.csv").code == 0
