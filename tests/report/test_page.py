"""`rfm report`: one file that asks for nothing and runs nothing but its own scripts."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.report.figures import HEADS
from tests.cli.conftest import SAMPLE
from tests.report.conftest import HOSTILE

Here = Callable[..., Any]


class Page(HTMLParser):
    """What a browser would make of a page: scripts and styles by their texts, addresses, and tables of cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.metas: dict[str, str] = {}
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.inline: list[str] = []
        self.rows: list[int] = []
        self.cells: list[list[str]] = []
        self.text = ""
        self._inside = ""
        self._in_body = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.add(tag)
        self._inside = tag
        self.inline += [name for name in own if name.startswith("on") or name == "style"]
        self.addresses += [str(own[name]) for name in ("src", "href", "action") if name in own]
        if tag == "script":
            self.scripts.append((own, ""))
        elif tag == "style":
            self.styles.append("")
        elif tag == "meta":
            self.metas[str(own.get("http-equiv") or own.get("name"))] = str(own.get("content"))
        elif tag == "tbody":
            self.rows.append(0)
            self._in_body = True
        elif tag == "tr" and self._in_body:
            self.rows[-1] += 1
            self.cells.append([])
        elif tag in ("td", "th") and "data-key" in own:
            self.cells[-1].append(str(own["data-key"]))

    def handle_data(self, data: str) -> None:
        if self._inside == "script" and self.scripts:
            own, text = self.scripts[-1]
            self.scripts[-1] = (own, text + data)
        elif self._inside == "style":
            self.styles[-1] += data
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        self._in_body = self._in_body and tag != "tbody"


def made(run: Here, tmp_path: Path, *args: str) -> Page:
    """The page that `rfm report` makes."""
    file = tmp_path / "made.html"
    ended = run("report", "-q", "-o", str(file), *args)
    assert (ended.code, ended.err) == (0, "")
    assert file.stat().st_size < 1_500_000
    return Page(file.read_text(encoding="utf-8"))


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_its_own_parts_and_nothing_else(sample: Here, tmp_path: Path) -> None:
    page = made(sample, tmp_path)
    scripts = [text for own, text in page.scripts if own.get("type") != "application/json"]
    assert page.metas["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        f"script-src {' '.join(map(digest, scripts))}",
        f"style-src {digest(page.styles[0])}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert (len(scripts), len(page.styles), page.inline) == (2, 1, [])
    assert all(address.startswith("#") for address in page.addresses)
    assert not {"img", "iframe", "link", "object", "form"} & page.tags


def test_the_same_run_gives_the_same_bytes(sample: Here, tmp_path: Path) -> None:
    for name in ("a", "b"):
        for suffix in ("html", "xlsx"):
            assert sample("report", "-q", "-o", str(tmp_path / f"{name}.{suffix}")).code == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_its_segments_are_those_of_segments(sample: Here, tmp_path: Path) -> None:
    page = made(sample, tmp_path)
    told = list(csv.DictReader(io.StringIO(sample("segments", "-q", "--format", "csv").out.decode())))
    rows = {row[0]: row for row in page.cells if row and len(row) == 12}
    assert len(rows) == len(told)
    for row in told:
        own = rows[row["segment"].casefold()]
        assert own[1] == row["customers"]
        assert float(own[2]) == float(row["customers_share"])
        assert [own[place] for place in (4, 7, 8)] == [row[name] for name in ("revenue", "orders", "aov")]


def test_no_table_has_more_than_a_hundred_rows(sample: Here, tmp_path: Path) -> None:
    page = made(sample, tmp_path)
    assert max(page.rows) == 100
    assert "81 rows more" in page.text


def test_all_sections_are_there(sample: Here, tmp_path: Path) -> None:
    page = made(sample, tmp_path)
    assert [address[1:] for address in page.addresses if address != "#main"] == list(HEADS)
    assert "Left out" not in page.text


def test_hostile_names_are_text(hostile: Here, tmp_path: Path) -> None:
    page = made(hostile, tmp_path, "--scheme", "own.toml", "--title", HOSTILE, "--against", "2024-03")
    assert not {"img", "b", "i", "u"} & page.tags
    assert len(page.scripts) == 3
    assert HOSTILE in page.text
    assert "<i>Good</i>" in page.text
    assert "<u>Thank</u> {them}." in page.text
    (data,) = [text for own, text in page.scripts if own.get("type") == "application/json"]
    assert "<" not in data
    assert any("<i>Good</i>" in node["name"] for chart in json.loads(data)["charts"] for node in chart.get("nodes", []))


@pytest.mark.parametrize(
    ("orders", "args", "absent"),
    [
        ("customer_id,ordered_at\na,2024-01-01\nb,2024-06-01\n", (), {"tops", "monetary", "engagement"}),
        ("customer_id,ordered_at,amount\na,2024-06-01,1\n", (), {"engagement", "went", "speed", "watch"}),
        (
            "customer_id,ordered_at,amount\na,2024-01-01,1\nb,2024-06-01,2\n",
            ("--window", "90d"),
            {"engagement", "speed", "watch"},
        ),
        (
            "customer_id,ordered_at,amount\na,2024-01-01,1\nb,2024-06-01,2\n",
            ("--scheme", "none"),
            {"engagement", "went", "speed", "watch"},
        ),
        (
            "customer_id,recency_days,frequency,monetary\na,3,2,5.00\nb,9,1,2.00\n",
            (),
            {"engagement", "went", "speed", "watch"},
        ),
    ],
    ids=["no money", "one day", "a window", "no segments", "one row a customer"],
)
def test_what_cannot_be_told_is_left_out_and_said(
    here: Here,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    orders: str,
    args: tuple[str, ...],
    absent: set[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(orders)
    for name in ("a.html", "a.xlsx"):
        assert here("report", "-q", "-o", name, *args).code == 0
    html = (tmp_path / "a.html").read_text()
    sections = re.findall(r'<section id="(\w+)"(.*?)</section>', html, re.DOTALL)
    assert [name for name, _ in sections] == list(HEADS)
    assert {name for name, text in sections if "Left out: " in text} == absent


def test_a_report_needs_a_file_that_can_hold_it(sample: Here) -> None:
    ended = sample("report", "-o", "report.csv")
    assert (ended.code, ended.err) == (
        2,
        "rfm: error: cannot tell the format of report.csv from its suffix .csv\n"
        "rfm: hint: valid: .xlsx, .html; or give --format\n",
    )
    ended = sample("report")
    assert (ended.code, ended.err) == (2, "rfm: error: no file to write\nrfm: hint: give one: -o FILE.html\n")
    ended = sample("report", "--against", "2025", "-o", "report.html")
    assert ended.code == 2
    assert "--against 2025-12-31 is not before 2024-12-31" in ended.err
    assert sample("segments", "-o", "segments.html").code == 2


def test_a_page_goes_to_standard_output(sample: Here) -> None:
    ended = sample("report", "-q", "--format", "html")
    assert ended.code == 0
    assert ended.out.startswith(b"<!DOCTYPE html>")


def test_a_roll_up_of_months_leaves_out_what_needs_days(sample: Here, tmp_path: Path) -> None:
    assert sample("rollup", "orders.csv", str(tmp_path / "rolled"), "--grain", "month", "-q").code == 0
    ended = sample("report", str(tmp_path / "rolled"), "-o", str(tmp_path / "a.html"))
    assert ended.code == 0
    assert "rfm: the report is without watch-list: " in ended.err
    page = Page((tmp_path / "a.html").read_text())
    assert page.text.count("Left out: the roll-up has no single days, or not the dates.") == 2
    assert str(tmp_path) not in page.text


def test_no_folder_stands_in_the_page(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    for name in ("orders.csv", "customers.csv", "events.csv"):
        shutil.copy(SAMPLE / name, tmp_path / "shop" / name)
    monkeypatch.chdir(tmp_path)
    assert here("report", "shop", "-q", "-o", "far.html").code == 0
    monkeypatch.chdir(tmp_path / "shop")
    assert here("report", "-q", "-o", "../near.html").code == 0
    assert (tmp_path / "far.html").read_bytes() == (tmp_path / "near.html").read_bytes()
    assert "events.csv knows" in (tmp_path / "near.html").read_text()


def test_a_workbook_of_many_customers_has_the_first_of_the_watch_list(
    sample: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rfm_cli.cli.deliver.MOST_IN_WORKBOOK", 4_000)
    monkeypatch.setattr("rfm_cli.cli.commands.report.MOST_WATCHED", 10)
    ended = sample("report", "-o", str(tmp_path / "a.xlsx"))
    assert "rfm: the workbook has 10 of 181 on the watch-list: rfm vip --watch has all" in ended.err.splitlines()


def test_names_sort_as_they_are_shown(sample: Here, tmp_path: Path) -> None:
    page = made(sample, tmp_path, "--lang", "ru")
    assert [row[0] for row in page.cells[:2]] == ["чемпионы", "лояльные"]


def test_a_section_tells_its_ruler(sample: Here, tmp_path: Path) -> None:
    text = made(sample, tmp_path).text
    assert text.count("Measured by the cutoffs of 31 December 2024.") == 1
    assert text.count("Measured by the cutoffs of 30 September 2024.") == 3


def test_a_reading_tells_of_no_revenue_where_there_is_none(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount,order_id\na,2024-01-01,5,1\na,2024-02-01,-9,1\n"
    )
    text = made(here, tmp_path).text
    assert "is the largest segment" in text
    assert "most revenue" not in text


def test_two_counts_of_the_best_segment_are_reconciled_once(sample: Here, tmp_path: Path) -> None:
    page = made(sample, tmp_path)
    told = (
        "462 Champions by the cutoffs of 31 December 2024; 603 by those of 30 September 2024, by which moves, speed "
        "and the watch-list count, as `rfm migrate` and `rfm vip --watch` do."
    )
    assert page.text.count(told) == 1


def test_one_ruler_needs_no_word(sample: Here, tmp_path: Path) -> None:
    cuts = ("--cuts", "r=30,90,180,365", "--cuts", "f=2,3,4,7", "--cuts", "m=50,100,250,1000")
    assert "by which moves" not in made(sample, tmp_path, *cuts).text


def test_the_rule_of_each_axis_stands_in_the_report(sample: Here, tmp_path: Path) -> None:
    assert "Rules: R quantile, F fixed, M quantile." in made(sample, tmp_path).text


def test_falls_that_only_waiting_causes_are_told_in_words(sample: Here, tmp_path: Path) -> None:
    text = made(sample, tmp_path).text
    assert "Only waiting makes these moves: New > Promising falls after 51 days without a purchase." in text
