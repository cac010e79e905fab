from __future__ import annotations

import csv
import re
import tomllib
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.schemes import Bins, load_scheme, prove, shipped

RF12 = """
Can't lose   Can't lose    Loyal             Loyal                Champions
At risk      At risk       Loyal             Loyal                Champions
At risk      At risk       Needs attention   Potential loyalist   Potential loyalist
Lost         Hibernating   About to sleep    Potential loyalist   Potential loyalist
Lost         Hibernating   About to sleep    Promising            New
"""
ELEVEN = (
    "Champions",
    "Loyal",
    "Potential loyalist",
    "New",
    "Promising",
    "Needs attention",
    "Can't lose",
    "At risk",
    "About to sleep",
    "Hibernating",
    "Lost",
)


@pytest.mark.realdata
@pytest.mark.parametrize("name", shipped())
def test_every_code_is_in_the_segment_of_the_published_list(name: str, shared_dir: Path) -> None:
    with (shared_dir / "oracles" / "schemes" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        _, *published = csv.reader(file)
    assert load_scheme(name).segment_by_cell() == dict(published)


@pytest.mark.parametrize("name", shipped())
def test_shipped_schemes_are_proven_and_say_what_to_do(name: str) -> None:
    scheme = load_scheme(name)
    prove(scheme)
    assert scheme.name == name
    assert scheme.title and scheme.description and scheme.source
    assert all(segment.next_step for segment in scheme.segments)
    assert scheme.no_purchases_next_step and scheme.new_subscriber_next_step


@pytest.mark.parametrize("name", shipped())
def test_shipped_files_read_well(name: str) -> None:
    text = resources.files("rfm_cli.schemes").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 110
    assert all(len(re.findall('"[1-5]{2,3}"', line)) <= 10 for line in text.splitlines())
    assert [row["rank"] for row in tomllib.loads(text)["segments"]] == [
        segment.rank for segment in load_scheme(name).segments
    ]


def test_rf12_is_the_map_of_the_manual() -> None:
    rows = [re.split(" {2,}", line) for line in RF12.strip().splitlines()]
    drawn = {f"{r}{f}": name for f, row in zip("54321", rows, strict=True) for r, name in enumerate(row, 1)}
    scheme = load_scheme("rf12")
    assert scheme.segment_by_cell() == drawn
    assert scheme.names() == ELEVEN
    assert scheme.axes == ("r", "f")


@pytest.mark.parametrize("name", ["rf12", "rfm11"])
def test_rf12_and_rfm11_share_names_ranks_and_rules(name: str) -> None:
    scheme = load_scheme(name)
    assert scheme.names() == ELEVEN
    assert scheme.rules == {"r": "auto", "f": "auto", "m": "quantile"}
    assert (scheme.bins, scheme.cuts, scheme.free_orders) == (Bins(5, 5, 5), {}, "count")


def test_klaviyo6_has_days_of_its_own_and_thirds() -> None:
    scheme = load_scheme("klaviyo6")
    assert scheme.cuts == {"r": (Decimal(180), Decimal(365))}
    assert (scheme.rules["f"], scheme.rules["m"]) == ("quantile", "quantile")
    assert (scheme.bins, scheme.free_orders) == (Bins(3, 3, 3), "ignore")


def test_r_rfm_follows_the_r_package() -> None:
    scheme = load_scheme("r-rfm")
    assert set(scheme.rules.values()) == {"type7"}
    assert scheme.names()[-1] == "Others"


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("rf12", {"Champions": 2, "Loyal": 4, "Potential loyalist": 4, "At risk": 4, "New": 1}),
        ("rfm11", {"Champions": 7, "Loyal": 8, "Potential loyalist": 24, "At risk": 22, "Lost": 6}),
        ("klaviyo6", {"Champions": 3, "Loyal": 5, "Recent": 5, "At risk": 5, "Inactive": 4}),
        ("r-rfm", {"Champions": 1, "Potential Loyalist": 35, "Lost": 14, "Others": 10}),
    ],
)
def test_code_counts(name: str, sizes: dict[str, int]) -> None:
    counts = {segment.name: len(segment.cells) for segment in load_scheme(name).segments}
    assert sizes.items() <= counts.items()
    assert sum(counts.values()) == {"rf12": 25, "klaviyo6": 27}.get(name, 125)


def test_bins_may_change_what_the_map_does_not_use() -> None:
    assert load_scheme("rf12", Bins(5, 5, 3)).bins == Bins(5, 5, 3)
    assert load_scheme("klaviyo6", Bins(3, 3, 3)).bins == Bins(3, 3, 3)


@pytest.mark.parametrize(
    ("name", "bins", "hint"),
    [
        ("rfm11", "5,5,3", "shipped schemes that fit: rf12;"),
        ("klaviyo6", "5", "shipped schemes that fit: rf12, rfm11, r-rfm;"),
        ("rf12", "3", "shipped schemes that fit: klaviyo6;"),
        ("rf12", "4", "no shipped scheme fits; --scheme none"),
    ],
)
def test_bins_that_do_not_fit_name_the_schemes_that_do(name: str, bins: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        load_scheme(name, Bins.parse(bins))
    assert name in error.value.message
    assert hint in error.value.hint
    assert "--scheme none" in error.value.hint


def test_none_scores_without_a_map_in_any_bins() -> None:
    scheme = load_scheme("none")
    assert (scheme.segments, scheme.axes, scheme.bins) == ((), ("r", "f", "m"), Bins(5, 5, 5))
    assert scheme.rules == {"r": "auto", "f": "auto", "m": "quantile"}
    assert load_scheme("none", Bins(10, 4, 2)).cell_of(10, 1, 2) == "10-1-2"
