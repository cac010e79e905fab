"""`rfm.toml`, variables and flags, as a run meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def as_of(ended: Any) -> str:
    return next(line for line in ended.out.decode().splitlines() if '"as_of"' in line).split('"')[3]


def test_flag_beats_variable_beats_file_beats_default(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ("score", "-q", "--format", "json")
    assert as_of(here(*run)) == "2024-03-31"
    (shop / "rfm.toml").write_text("[clock]\nas_of = 2024-03-01\n")
    assert as_of(here(*run)) == "2024-03-01"
    monkeypatch.setenv("RFM_AS_OF", "2024-03-02")
    assert as_of(here(*run)) == "2024-03-02"
    assert as_of(here(*run, "--as-of", "2024-03-03")) == "2024-03-03"


def test_a_file_above_the_folder_and_its_paths(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = here("score", "orders.csv", "-q").out
    (shop / "rfm.toml").write_text('[tables]\norders = "orders.csv"\n')
    (shop / "reports" / "2024").mkdir(parents=True)
    monkeypatch.chdir(shop / "reports" / "2024")
    assert here("score", "-q").out == whole
    assert here("score").err.startswith(f"rfm: {shop}/orders.csv: customer_id, ")


def test_a_configured_map_a_switch_and_its_opposite(shop: Path, here: Here) -> None:
    (shop / "o.csv").write_text("who,ordered_at,amount\na,2024-01-01,1\na,2024-01-01,1\nb,2024-01-02,2\n")
    (shop / "rfm.toml").write_text(
        '[tables]\norders = "o.csv"\n[columns.orders]\ncustomer_id = "who"\n[reading]\ndrop_duplicates = true\n'
    )
    rows = here("score", "-q").out.splitlines()
    assert rows[1].startswith(b"a,2024-01-01,2024-01-01,1,1,1,")
    rows = here("score", "-q", "--keep-duplicates").out.splitlines()
    assert rows[1].startswith(b"a,2024-01-01,2024-01-01,1,2,2,")


def test_a_configured_scheme_file(shop: Path, here: Here, own_scheme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "rfm.toml").write_text(f'[scheme]\nname = "{own_scheme.name}"\n')
    assert b",Good," in here("score", "orders.csv", "-q").out
    (shop / "below").mkdir()
    monkeypatch.chdir(shop / "below")
    assert b",Good," in here("score", "../orders.csv", "-q").out
    assert b",Good," not in here("score", "../orders.csv", "-q", "--scheme", "rf12").out


def test_saved_cutoffs_in_the_file_give_way_to_a_flag(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "-q", "--save-cuts", "c.toml").code == 0
    (shop / "rfm.toml").write_text('[scheme]\ncuts = "c.toml"\n')
    ended = here("score", "orders.csv", "-q", "--cuts", "r=0,1,2,3")
    assert ended.code == 0
    assert ended.out.splitlines()[2].startswith(b"=cmd(),2024-02-01,2024-02-01,59,1,40.00,1,")


def test_an_unknown_key_stops_every_command(shop: Path, here: Here) -> None:
    (shop / "rfm.toml").write_text("[vip]\nshares = 0.2\n")
    for command in (["score"], ["segments"], ["check"], ["explain", "007"]):
        assert here(*command) == (
            2,
            b"",
            f"rfm: error: {shop}/rfm.toml: unknown key 'shares' in [vip] (line 2)\n"
            "rfm: hint: did you mean share? Valid: share, min_orders\n",
        )
