"""Scores by cutoffs, and the codes and segments of scores."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, Bins, load_scheme
from rfm_cli.scores.cutoffs import split_new_subscribers, with_codes

RF12_MAP = """
F5 Can't_lose Can't_lose Loyal Loyal Champions
F4 At_risk At_risk Loyal Loyal Champions
F3 At_risk At_risk Needs_attention Potential_loyalist Potential_loyalist
F2 Lost Hibernating About_to_sleep Potential_loyalist Potential_loyalist
F1 Lost Hibernating About_to_sleep Promising New
"""


def scored(*rows: tuple[int | None, int | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"r": pl.Int8, "f": pl.Int8, "m": pl.Int8}, orient="row")


def test_every_cell_of_rf12_has_the_segment_of_the_map() -> None:
    lines = [line.split() for line in RF12_MAP.strip().splitlines()]
    cells = {(r, int(f[1])): name.replace("_", " ") for f, *names in lines for r, name in enumerate(names, start=1)}
    assert len(cells) == 25
    frame = with_codes(scored(*((r, f, 3) for r, f in cells)), load_scheme("rf12"))
    assert frame["segment"].to_list() == list(cells.values())
    assert frame["rfm"].to_list() == [f"{r}{f}3" for r, f in cells]


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["rf12", "rfm11", "klaviyo6", "r-rfm"])
def test_every_code_has_the_segment_of_the_published_list(name: str, shared_dir) -> None:
    published = pl.read_csv(shared_dir / "oracles" / "schemes" / f"{name}.csv", infer_schema=False)
    code, segment = published.columns[:2]
    scheme = load_scheme(name)
    rows = [tuple(map(int, text)) for text in published[code]]
    frame = with_codes(scored(*((*row, 1)[:3] for row in rows)), scheme)
    assert frame["segment"].to_list() == published[segment].to_list()


def test_without_a_purchase_there_is_no_code_and_the_segment_says_so() -> None:
    frame = with_codes(scored((5, 5, 5), (None, None, None)), load_scheme("rf12"))
    assert frame["rfm"].to_list() == ["555", None]
    assert frame["segment"].to_list() == ["Champions", NO_PURCHASES]


def test_without_money_the_code_is_of_r_and_f() -> None:
    frame = with_codes(scored((5, 4, None), (None, None, None)), load_scheme("rf12"))
    assert frame["rfm"].to_list() == ["54", None]
    assert frame["segment"].to_list() == ["Champions", NO_PURCHASES]


def test_more_than_nine_scores_are_joined_by_a_hyphen() -> None:
    scheme = load_scheme("none", Bins.parse("12,3,10"))
    frame = with_codes(scored((12, 3, 10), (1, 1, 1)), scheme)
    assert frame["rfm"].to_list() == ["12-3-10", "1-1-1"]


def test_a_scheme_without_a_map_names_nobody_but_those_without_a_purchase() -> None:
    frame = with_codes(scored((5, 5, 5), (None, None, None)), load_scheme("none"))
    assert frame["segment"].to_list() == [None, NO_PURCHASES]


def test_new_subscribers_are_those_without_a_purchase_known_for_less() -> None:
    frame = pl.DataFrame({"segment": [*[NO_PURCHASES] * 4, "New"], "known": [90, 89, 0, None, 0]})
    split = split_new_subscribers(frame, pl.col("known"), 90)
    assert split["segment"].to_list() == [NO_PURCHASES, NEW_SUBSCRIBER, NEW_SUBSCRIBER, NO_PURCHASES, "New"]
