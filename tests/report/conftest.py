"""The sample shop and a hostile one, reported in this process; and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SAMPLE, here

__all__ = ["here"]
Here = Callable[..., Any]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
HOSTILE = '</script><img src=x onerror="window.ran=1">'
SCHEME = """\
name = "<b>own</b>"
title = "Two by two & more"
bins = [2, 2, 2]
by = ["r", "f"]
[rules]
r = "quantile"
f = "quantile"
m = "quantile"
[[segments]]
name = "<i>Good</i>"
rank = 1
next_step = "<u>Thank</u> {them}."
cells = ["22"]
[[segments]]
name = '</script><script>window.ran=2</script>'
rank = 2
next_step = "{0} Let go."
cells = ["11", "12", "21"]
"""


@pytest.fixture
def sample(here: Here, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run `rfm` in the folder of the sample shop."""
    monkeypatch.chdir(SAMPLE)
    return here


@pytest.fixture
def hostile(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run `rfm` in a shop whose customers and segments are called like markup."""
    quoted = HOSTILE.replace('"', '""')
    rows = [f'"{quoted}{name}",2024-{month}-20,100' for name in "abcd" for month in ("01", "03")]
    rows += [f"c{number},2024-0{1 + number % 6}-05,{number}" for number in range(1, 13)]
    rows += [f"c{number},2024-06-{day},50" for number in range(1, 4) for day in (20, 25)]
    (tmp_path / "orders.csv").write_text("\n".join(["customer_id,ordered_at,amount", *rows, ""]))
    (tmp_path / "own.toml").write_text(SCHEME)
    monkeypatch.chdir(tmp_path)
    return here


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; a test that needs it skips where there is none, never in CI."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium: .ci/browser installs it")
        pytest.skip("no Chromium here: .ci/browser installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield started
        started.close()
