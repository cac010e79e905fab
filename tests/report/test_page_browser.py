"""The page in a real browser: it draws, sorts, runs nothing of the data, asks for nothing, and can be used by all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.report.conftest import HOSTILE

pytestmark = pytest.mark.browser
Here = Callable[..., Any]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def opened(browser: Any, file: Path, **look: Any) -> Iterator[Any]:
    """The page in a tab of its own, which said nothing on its console and asked for nothing but itself."""
    tab = browser.new_page(**{"viewport": DESK, **look})
    said: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: said.append(dialog.message))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    tab.wait_for_selector("#chart-grid svg")
    yield tab
    assert said == []
    assert asked == [file.as_uri()]
    tab.close()


@pytest.fixture
def report(sample: Here, tmp_path: Path) -> Callable[..., Path]:
    """Make the report of the sample shop."""

    def make(*args: str) -> Path:
        file = tmp_path / "report.html"
        assert sample("report", "-q", "-o", str(file), *args).code == 0
        return file

    return make


def column(tab: Any, place: int) -> list[str]:
    """The texts of one column of the segments table, from above."""
    cells = tab.locator(f"#segments tbody tr > :nth-child({place})")
    return [str(text) for text in cells.all_inner_texts()]


def test_pictures_have_their_marks(browser: Any, report: Callable[..., Path]) -> None:
    with opened(browser, report()) as tab:
        marks = {name: tab.locator(f"#chart-{name} svg path").count() for name in ("grid", "engagement", "monetary")}
        assert all(count >= 25 for count in marks.values()), marks
        assert tab.locator("#chart-grid svg text", has_text="Champions").count() == 2
        ways = tab.locator("#went table").first.locator("tbody td[class*=' h']").count()
        assert tab.locator("#chart-went svg path").count() >= ways > 20
        assert tab.locator("#chart-went svg text", has_text="Not yet a customer").count() == 1
        assert tab.locator("#chart-tops svg text", has_text="VIPs: 14.6").count() == 1


def test_tables_sort_by_a_click_and_by_the_keyboard(browser: Any, report: Callable[..., Path]) -> None:
    with opened(browser, report()) as tab:
        ranked = column(tab, 1)
        button = tab.locator("#segments thead button", has_text="customers").first
        button.click()
        counts = [int(text.replace(",", "")) for text in column(tab, 2)]
        assert counts == sorted(counts, reverse=True)
        assert tab.locator("#segments th[aria-sort=descending]").count() == 1
        assert tab.locator("#said").inner_text() == "sorted by customers"
        button.focus()
        tab.keyboard.press("Enter")
        assert [int(text.replace(",", "")) for text in column(tab, 2)] == sorted(counts)
        tab.locator("#segments thead button", has_text="segment").first.click()
        assert column(tab, 1) == sorted(ranked, key=str.casefold, reverse=True)


def test_its_numbers_are_those_of_segments(browser: Any, sample: Here, report: Callable[..., Path]) -> None:
    told = sample("segments", "-q", "--format", "csv").out.decode().splitlines()[1:]
    with opened(browser, report()) as tab:
        shown = zip(column(tab, 1), column(tab, 2), column(tab, 5), column(tab, 8), strict=True)
        plain = [",".join(text.replace(",", "") for text in row) for row in shown]
    want = [line.split(",") for line in told]
    assert plain == [",".join((row[0], row[1], row[4], row[3])) for row in want]


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("ru", "dark")])
def test_nothing_stands_in_the_way_of_anybody(
    browser: Any, report: Callable[..., Path], lang: str, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, report("--lang", lang), color_scheme=scheme) as tab:
        assert tab.locator("html").get_attribute("lang") == lang
        found = Axe().run(tab).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_it_fits_a_phone(browser: Any, report: Callable[..., Path]) -> None:
    with opened(browser, report(), viewport=PHONE) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") == 390
        assert tab.locator("#chart-went svg").bounding_box()["width"] <= 390


def test_it_speaks_russian(browser: Any, report: Callable[..., Path]) -> None:
    with opened(browser, report("--lang", "ru")) as tab:
        assert column(tab, 1)[:2] == ["Чемпионы", "Лояльные"]
        assert tab.locator("h1").inner_text() == "Клиенты и сегменты"
        assert "31 декабря 2024" in tab.locator("header").inner_text()
        assert tab.locator(".tile .value").first.inner_text() == "4\u00a0870"
        assert tab.locator("#chart-grid svg text", has_text="Чемпионы").count() == 2


def test_hostile_data_runs_nothing(browser: Any, hostile: Here, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    args = ("--scheme", "own.toml", "--title", HOSTILE, "--against", "2024-03")
    assert hostile("report", "-q", "-o", str(file), *args).code == 0
    with opened(browser, file) as tab:
        assert tab.evaluate("window.ran") is None
        assert tab.locator("h1").inner_text() == HOSTILE
        assert tab.locator("#watch td, #watch th").filter(has_text=HOSTILE).count() >= 1
        tab.locator("#chart-grid svg").hover()
        tab.locator("#chart-went svg").hover()
        assert tab.evaluate("[document.images.length, document.scripts.length, window.ran]") == [0, 3, None]


def test_it_prints(browser: Any, report: Callable[..., Path]) -> None:
    with opened(browser, report()) as tab:
        printed = tab.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.startswith(b"%PDF")
    assert 4 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 12
