from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.schemes import RESERVED, Axis, Bins, Rule, Scheme, Segment, load_scheme, prove


def scheme_of(
    cells: Mapping[str, list[str]],
    bins: Bins = Bins(2, 2, 2),  # noqa: B008 -- frozen
    axes: tuple[Axis, ...] = ("r", "f"),
) -> Scheme:
    segments = tuple(
        Segment(name, rank, "Write.", tuple(codes)) for rank, (name, codes) in enumerate(cells.items(), start=1)
    )
    rules: dict[Axis, Rule] = {"r": "auto", "f": "auto", "m": "quantile"}
    return Scheme("own", "Own", bins, axes, rules, {}, "count", segments)


def refusal(scheme: Scheme) -> str:
    with pytest.raises(UsageError) as error:
        prove(scheme)
    assert error.value.exit_code == 2
    assert str(scheme.bins) in error.value.hint
    return error.value.message


def test_a_partition_is_accepted() -> None:
    prove(scheme_of({"Away": ["11", "12"], "Here": ["21", "22"]}))


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = scheme_of({"Away": ["11", "12"], "Here": ["12", "21", "33"], "Never": ["44"]})
    assert refusal(wrong) == (
        "scheme own: uncovered cells: 22; cells given twice: 12 (Away, Here); "
        "impossible cells: 33, 44; segments out of reach: Never"
    )


def test_the_file_is_named_where_there_is_one() -> None:
    with pytest.raises(UsageError, match=r"^own\.toml: uncovered cells: 22$"):
        prove(scheme_of({"Most": ["11", "12", "21"]}), where="own.toml")


def test_long_lists_are_cut_and_counted() -> None:
    first = scheme_of({"First": ["111"]}, Bins(5, 5, 5), ("r", "f", "m"))
    assert refusal(first) == (
        "scheme own: uncovered cells: 112, 113, 114, 115, 121, 122, 123, 124, 125, 131, 132, 133 and 112 more"
    )


def test_a_cell_twice_in_one_segment_is_given_twice() -> None:
    assert "11 (All, All)" in refusal(scheme_of({"All": ["11", "12", "21", "22", "11"]}))


def test_a_segment_without_cells_is_out_of_reach() -> None:
    assert "out of reach: Never" in refusal(scheme_of({"All": ["11", "12", "21", "22"], "Never": []}))


def test_no_segments_at_all_are_no_map() -> None:
    assert "uncovered cells: 11, 12, 21, 22" in refusal(scheme_of({}))


@pytest.mark.parametrize("cell", ["1-1", "011", " 11", "1", "111", "r1f1", ""])
def test_a_cell_is_written_in_one_way_only(cell: str) -> None:
    assert f"impossible cells: {cell}" in refusal(scheme_of({"All": ["11", "12", "21", "22"], "Odd": [cell]}))


def test_cells_of_many_bins_have_dashes() -> None:
    cells = [f"{r}-{f}" for r, f in product(range(1, 3), range(1, 11))]
    prove(scheme_of({"All": cells}, Bins(2, 10, 2)))
    assert "impossible cells: 110" in refusal(scheme_of({"All": [*cells, "110"]}, Bins(2, 10, 2)))


@pytest.mark.parametrize("name", [*RESERVED, "no purchases", " (ALL) "])
def test_names_with_a_meaning_of_their_own_are_reserved(name: str) -> None:
    assert f"reserved segment names: {name}" in refusal(scheme_of({name: ["11", "12", "21", "22"]}))


def test_names_are_distinct_as_people_type_them() -> None:
    scheme = scheme_of({"At risk": ["11", "12"], "at Risk": ["21", "22"]})
    assert "names given twice: At risk, at Risk" in refusal(scheme)
    assert "empty name" in refusal(scheme_of({" ": ["11", "12", "21", "22"]}))


def test_ranks_are_distinct_and_count_from_one() -> None:
    scheme = scheme_of({"Away": ["11", "12"], "Here": ["21", "22"]})
    first, second = scheme.segments
    assert "ranks given twice: 1" in refusal(replace(scheme, segments=(first, replace(second, rank=1))))
    assert "ranks below 1: 0" in refusal(replace(scheme, segments=(replace(first, rank=0), second)))


@pytest.mark.parametrize(
    ("axis", "k", "legal"), [("r", 5, True), ("r", 4, False), ("f", 2, True), ("f", 7, True), ("m", 5, False)]
)
def test_fixed_rules_where_there_are_fixed_cutoffs(axis: Axis, k: int, legal: bool) -> None:
    cells = [f"{r}{f}" for r, f in product(range(1, k + 1), repeat=2)]
    scheme = scheme_of({"All": cells}, Bins(k, k, k))
    fixed = replace(scheme, rules={**scheme.rules, axis: "fixed"})
    if legal:
        prove(fixed)
    else:
        assert f"{axis} can" in refusal(fixed)


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        ((1, 2, 3), "r has 5 bins and so needs 4 cutoffs, not 3"),
        ((), "r has 5 bins and so needs 4 cutoffs, not 0"),
        ((1, 2, 4, 3), "the cutoffs of r must ascend: 1, 2, 4, 3"),
    ],
)
def test_own_cutoffs_are_as_many_as_scores_need_and_ascend(cuts: tuple[int, ...], said: str) -> None:
    scheme = replace(load_scheme("rf12"), cuts={"r": tuple(map(Decimal, cuts))})
    assert said in refusal(scheme)


def test_cutoffs_may_repeat_while_every_segment_stays_in_reach() -> None:
    repeated = tuple(map(Decimal, (2, 2, 4, 7)))
    prove(replace(load_scheme("rf12"), cuts={"f": repeated}))
    alone = replace(load_scheme("rf12"), cuts={"f": tuple(map(Decimal, (2, 3, 3, 7)))})
    # F 3 is skipped, and Needs attention stands on 33 alone.
    assert refusal(alone) == "scheme rf12: segments out of reach: Needs attention"


def test_equal_days_skip_a_recency_score() -> None:
    # R 4 is skipped, and Promising stands on 41 alone.
    scheme = replace(load_scheme("rf12"), cuts={"r": tuple(map(Decimal, (30, 30, 90, 180)))})
    assert refusal(scheme) == "scheme rf12: segments out of reach: Promising"


@st.composite
def maps(draw: st.DrawFn) -> tuple[Scheme, bool]:
    """A scheme with a random map, and whether that map is a partition into segments that are not empty."""
    bins = Bins(*(draw(st.sampled_from((2, 3, 10))) for _ in range(3)))
    axes: tuple[Axis, ...] = draw(st.sampled_from((("r", "f"), ("r", "f", "m"))))
    sizes = [bins.k(axis) for axis in axes]
    dash = "-" if max(sizes) > 9 else ""
    codes = [dash.join(map(str, scores)) for scores in product(*(range(1, k + 1) for k in sizes))]
    names = [f"S{number}" for number in range(draw(st.integers(1, 4)))]
    owners = draw(st.lists(st.sampled_from(names), min_size=len(codes), max_size=len(codes)))
    cells = {name: [c for c, owner in zip(codes, owners, strict=True) if owner == name] for name in names}
    holds = all(cells.values())
    damage = draw(st.sampled_from(("none", "hole", "twice", "impossible")))
    full = next(name for name in names if cells[name])
    if damage == "hole":
        cells[full].pop()
    elif damage == "twice":
        cells[draw(st.sampled_from(names))].append(cells[full][0])
    elif damage == "impossible":
        cells[draw(st.sampled_from(names))].append(draw(st.sampled_from(("00", "99", "999", "11-1", "x"))))
    return scheme_of(cells, bins, axes), holds and damage == "none"


@given(maps())
def test_a_map_is_accepted_exactly_when_it_is_a_partition(drawn: tuple[Scheme, bool]) -> None:
    scheme, holds = drawn
    if holds:
        prove(scheme)
    else:
        refusal(scheme)
