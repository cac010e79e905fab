"""`--where` in the views: the rows of those shown, with the scores, cutoffs, marks and bins of everybody."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.language import worked_shop

Here = Callable[..., Any]
AS_OF = ("--as-of", "2024-03-31")
LYON = ("--where", "city = 'Lyon'")


@pytest.fixture
def worked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The worked shop as files, made the working directory."""
    for name in ("CUSTOMERS", "PRODUCTS", "ORDERS", "LINES", "EVENTS"):
        getattr(worked_shop, name).write_csv(tmp_path / f"{name.lower()}.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(ended: Any) -> list[str]:
    assert ended.code == 0, ended.err
    return ended.out.decode().splitlines()


def test_score_has_the_very_rows_of_score_and_the_customers_of_select(worked: Path, here: Here) -> None:
    whole = rows(here("score", *AS_OF, "-q", "--with", "city"))
    shown = rows(here("score", *AS_OF, "-q", "--with", "city", *LYON))
    selected = rows(here("select", "city = 'Lyon'", *AS_OF, "-q"))
    assert [row.split(",")[0] for row in shown] == selected == ["customer_id", "ann", "dan", "fay"]
    assert shown == [row for row in whole if row.split(",")[0] in selected]


@pytest.mark.parametrize(
    "command",
    ["score", "segments", "grid", "vip", "reach", "matrix --by recency,monetary", "matrix --by city,segment",
     "segments --by city", "segments --against 2024-01", "migrate --from 2024-01 --to 2024-03-31",
     "migrate --from 2024-01 --to 2024-03-31 --flows", "migrate --from 2023-12 --to 2024-03-31 --every month",
     "migrate --from 2023-12 --to 2024-03-31 --paths", "migrate --from 2023-06 --to 2024-03-31 --speed",
     "migrate --from 2023-06 --to 2024-03-31 --moves", "vip --watch --since 2024-01", "vip --list"],
)  # fmt: skip
def test_where_all_is_the_view_itself(worked: Path, here: Here, command: str) -> None:
    words = command.split() if "--to" in command else [*command.split(), *AS_OF]
    whole, shown = here(*words, "-q"), here(*words, "-q", "--where", "all")
    assert (shown.code, shown.out) == (whole.code, whole.out)
    assert whole.code == 0
    nobody = here(*words, "-q", "--where", "frequency > 99")
    assert nobody.code == 0, nobody.err


def test_shares_are_of_those_shown_and_it_is_told(worked: Path, here: Here) -> None:
    done = here("segments", *AS_OF, *LYON)
    lines = {row.split(",")[0]: row for row in rows(done)}
    assert lines["Needs attention"].startswith("Needs attention,1,0.3333333333333333,3,30,0.75,10.00")
    assert lines["No purchases"].startswith("No purchases,1,0.3333333333333333,0,0,0.0,")
    assert "rfm: where city = 'Lyon': 3 of 10 customers, 5 undecided" in done.err.splitlines()
    assert (
        "rfm: 5 undecided, not shown: city is missing for 5; rfm select --undecided lists them" in done.err.splitlines()
    )


def test_the_headline_and_meta_have_it(worked: Path, here: Here) -> None:
    done = here("segments", *AS_OF, *LYON, "--format", "table", "-q")
    assert "where city = 'Lyon': 3 of 10 customers, 5 undecided" in " ".join(done.out.decode().split("\n")[:2])
    meta = json.loads(here("segments", *AS_OF, *LYON, "--format", "json", "-q").out)["meta"]
    assert meta["where"] == {"expression": "city = 'Lyon'", "customers": 3, "undecided": 5, "of": 10}
    assert meta["counts"]["customers"] == 3
    assert meta["cutoffs"] == json.loads(here("segments", *AS_OF, "--format", "json", "-q").out)["meta"]["cutoffs"]


def test_cutoffs_and_their_file_are_those_of_everybody(worked: Path, here: Here) -> None:
    whole = here("score", *AS_OF, "--explain", "--save-cuts", "a.toml", "-o", "a.csv")
    shown = here("score", *AS_OF, "--explain", "--save-cuts", "b.toml", "-o", "b.csv", *LYON)
    assert (worked / "a.toml").read_text() == (worked / "b.toml").read_text()
    explained = [line for line in whole.err.splitlines() if line.startswith(("rfm: r 5", "rfm: cutoffs"))]
    assert explained
    assert set(explained) <= set(shown.err.splitlines())


def test_bins_and_values_of_axes_are_those_of_everybody(worked: Path, here: Here) -> None:
    whole = rows(here("matrix", "--by", "monetary,city", *AS_OF, "-q"))
    shown = rows(here("matrix", "--by", "monetary,city", *AS_OF, "-q", *LYON))
    bins = list(dict.fromkeys(row.split(",")[0] for row in whole[1:]))
    assert list(dict.fromkeys(row.split(",")[0] for row in shown[1:])) == bins
    assert [row.split(",")[:2] for row in shown] == [row.split(",")[:2] for row in whole]
    assert {row.split(",")[1] for row in shown[1:] if row.split(",")[2] != "0"} == {"Lyon"}
    assert sum(int(row.split(",")[2]) for row in shown[1:]) == 3


def test_a_cell_of_everybody_may_be_listed_though_nobody_shown_is_in_it(worked: Path, here: Here) -> None:
    cell = ("matrix", "--by", "city,segment", *AS_OF, "-q", "--list", "Lyon,Hibernating")
    assert [row.split(",")[0] for row in rows(here(*cell))] == ["customer_id", "dan"]
    assert rows(here(*cell, "--where", "has phone")) == rows(here(*cell))[:1]
    assert len(rows(here("segments", "--by", "city", *AS_OF, "-q", "--where", "has phone"))) == len(
        rows(here("segments", "--by", "city", *AS_OF, "-q"))
    )


def test_the_head_of_the_report_has_the_undecided(worked: Path, here: Here) -> None:
    done = here("report", *AS_OF, "-q", *LYON, "-o", "r.html")
    assert done.code == 0, done.err
    page = html.unescape((worked / "r.html").read_text())
    assert "where city = 'Lyon': 3 of 10 customers · 5 undecided" in page.replace("\xa0", " ")


def test_it_holds_with_segment_vip_and_list(worked: Path, here: Here) -> None:
    done = rows(here("score", *AS_OF, "-q", *LYON, "--segment", "Needs attention"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "fay"]
    done = rows(here("reach", *AS_OF, "-q", *LYON, "--list", "Reachable > One purchase"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "dan"]
    done = rows(here("matrix", "--by", "recency,frequency", *AS_OF, "-q", *LYON, "--list", "15-30,3"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "fay"]


def test_vips_are_marked_among_everybody(worked: Path, here: Here) -> None:
    whole = rows(here("vip", *AS_OF, "-q", "--list"))
    assert [row.split(",")[0] for row in whole] == ["customer_id", "cat"]
    assert rows(here("vip", *AS_OF, "-q", "--list", "--where", "city = 'Moscow'")) == whole
    assert rows(here("vip", *AS_OF, "-q", "--list", *LYON)) == whole[:1]
    tops = rows(here("vip", *AS_OF, "-q", *LYON))
    assert (tops[1], tops[-1]) == ("0.01,1,30,0.75,30", "1.0,2,40,1.0,10")
    half = rows(here("vip", *AS_OF, "-q", "--revenue", "50%", "--list", "--where", "all"))
    assert half == rows(here("vip", *AS_OF, "-q", "--revenue", "50%", "--list"))


def test_in_views_of_two_dates_it_is_asked_at_the_later_one(worked: Path, here: Here) -> None:
    dates = ("--from", "2024-01-31", "--to", "2024-03-31", "-q")
    late = ("--where", "last_order within 30 days")
    moves = rows(here("migrate", *dates, "--moves", *late))
    assert [row.split(",")[0] for row in moves] == ["customer_id", "ira", "joe"]
    whole = rows(here("migrate", *dates, "--moves"))
    assert set(moves) < set(whole)
    cells = {tuple(row.split(",")[:2]): int(row.split(",")[2]) for row in rows(here("migrate", *dates, *late))[1:]}
    assert sum(cells.values()) == len(moves) - 1
    one = rows(here("migrate", *dates, "--list", "Not yet a customer>New", *late))
    assert all(row in whole or row.endswith("Not yet a customer") for row in one[1:])
    against = rows(here("segments", *AS_OF, "--against", "2024-01-31", "-q", *late))
    assert sum(int(row.split(",")[1]) for row in against[1:]) == len(moves) - 1


def test_the_spells_of_those_shown(worked: Path, here: Here) -> None:
    dates = ("--from", "2023-06", "--to", "2024-03-31", "--speed", "-q")
    whole, shown = rows(here("migrate", *dates)), rows(here("migrate", *dates, "--where", "customer_id = 'fay'"))
    assert sum(int(row.split(",")[2]) for row in shown[1:]) < sum(int(row.split(",")[2]) for row in whole[1:])
    rest = rows(here("migrate", *dates, "--where", "customer_id != 'fay'"))
    moves = [sum(int(row.split(",")[2]) for row in found[1:]) for found in (whole, shown, rest)]
    assert moves[0] == moves[1] + moves[2]


def test_the_report_says_it_at_its_head_and_all_sheets_have_it(worked: Path, here: Here) -> None:
    import polars as pl

    assert here("report", *AS_OF, *LYON, "-o", "r.html", "-q").code == 0
    assert "where city = &#39;Lyon&#39;: 3 of 10 customers" in (worked / "r.html").read_text()
    assert here("report", *AS_OF, *LYON, "-o", "r.xlsx", "-q").code == 0
    book = pl.read_excel(worked / "r.xlsx", sheet_id=0)
    segments = next(sheet for name, sheet in book.items() if name.startswith("Segments"))
    assert int(segments["customers"].sum()) == 3


def test_nobody_left_is_an_empty_view_with_a_note(worked: Path, here: Here) -> None:
    done = here("score", *AS_OF, "--where", "frequency > 99")
    assert (done.code, len(rows(done))) == (0, 1)
    assert "rfm: no customer is left: rfm select --clauses shows where they were lost" in done.err.splitlines()


def test_with_a_store_it_is_refused(worked: Path, here: Here) -> None:
    assert here("snapshot", "--as-of", "2023-12", "-q").code == 0
    assert here("snapshot", "--as-of", "2024-03", "-q").code == 0
    for words in ("migrate --from 2023-12 --to 2024-03", "vip --watch --since 2023-12"):
        done = here(*words.split(), "--store", "snapshots", "--where", "vip")
        assert (done.code, done.out) == (2, b"")
        assert "--where does not go with --store" in done.err


@pytest.mark.parametrize("command", ["score", "segments", "grid", "vip", "reach", "matrix", "migrate", "report"])
def test_a_wrong_expression_is_an_error_before_the_files(worked: Path, here: Here, command: str) -> None:
    done = here(command, "--where", "city = ", *(("-o", "r.html") if command == "report" else ()))
    assert (done.code, done.out) == (2, b"")
    assert done.err.splitlines()[1:3] == ["  city = ", "         ^"]
    done = here(command, "--where", "citty = 'x'", *(("-o", "r.html") if command == "report" else ()))
    assert (done.code, done.out) == (2, b"")
    assert "did you mean city?" in done.err


def test_without_an_expression_nothing_of_the_language_is_loaded(worked: Path) -> None:
    (worked / "rfm.toml").write_text('[segments]\nx = "vip"\n[axes]\np = ["x"]\n')
    code = """
import sys
from rfm_cli.cli.main import main
sys.argv = ["rfm", *{words!r}.split()]
try:
    main()
except SystemExit as end:
    assert end.code == 0, end.code
print([one for one in sys.modules if one == "lark" or one.startswith(("rfm_cli.language", "rfm_cli.selection"))])
"""
    for words in (
        "score -q -o o.csv",
        "segments -q -o o.csv",
        "matrix -q --by recency,segment -o o.csv",
        "vip -q -o o.csv",
    ):
        done = subprocess.run(
            [sys.executable, "-c", code.format(words=words)], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "[]", words
