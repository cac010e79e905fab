"""A job on real data: the same bytes as from each command by itself."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.test_realdata_views import DATES, SETS, WITHOUT_MONEY

pytestmark = pytest.mark.realdata
Here = Callable[..., Any]
OUTPUTS = ["score -o s.csv", "segments -o g.csv", "matrix --by recency,frequency -o x.csv", "migrate -o m.csv"]
OF_MONEY = ["vip -o v.csv", "vip --watch -o w.csv"]


def tables(name: str, shared: Path) -> str:
    """The configuration that reads a data set."""
    words = list(SETS[name])
    said = {"--orders": words.pop(0)} if not words[0].startswith("--") else {}
    said |= dict(zip(words[::2], words[1::2], strict=True))
    paths = [
        f"{option[2:]} = {json.dumps(str(shared / 'data' / said[option]))}"
        for option in ("--orders", "--lines", "--events", "--customers")
        if option in said
    ]
    more = ["[tables]", *paths]
    more += [f'[scheme]\nname = "{said["--scheme"]}"'] if "--scheme" in said else []
    more += [f'[reading]\npurchase_events = ["{said["--purchase-events"]}"]'] if "--purchase-events" in said else []
    if "--map" in said:
        field, _, heading = said["--map"].partition("=")
        more.append(f'[columns.orders]\n{field} = "{heading}"')
    return "\n".join(more)


SHOPS = ("online_retail", "northwind", "ecom", "r")
"""Returns and missing customers, lines, events for orders, thresholds of its own."""


@pytest.mark.parametrize("name", SHOPS)
def test_a_job_makes_what_its_commands_make(
    here: Here, shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    moves = f"migrate {shlex.join(DATES[name])} -o m.csv" if name in DATES else OUTPUTS[-1]
    outputs = [*OUTPUTS[:-1], moves, *([] if name in WITHOUT_MONEY else OF_MONEY)]
    jobs = f"[jobs.nightly]\noutputs = {json.dumps(outputs)}\n"
    Path("rfm.toml").write_text(f"{tables(name, shared_dir)}\n{jobs}", encoding="utf-8")
    done = here("run", "nightly", "-q")
    assert (done.code, done.out, done.err) == (0, b"", "")
    for output in outputs:
        words = shlex.split(output)
        assert here(*words, "-q").code == 0
        assert Path(words[-1]).read_bytes() == (Path("out/nightly/current") / words[-1]).read_bytes(), output
