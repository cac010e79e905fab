"""The cutoffs in words: `--explain`, the line under a table, what stands above it."""

from decimal import Decimal
from pathlib import Path

import pytest

from rfm_cli.messages import words
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.output.screens.parts import footer, header
from rfm_cli.pipeline import score
from rfm_cli.schemes import Bins, load_scheme
from rfm_cli.scores.cutoffs import Bounds
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.cutoffs import cutoffs_line, explained, ranges

ORDERS = (
    "customer_id,order_id,ordered_at,amount\na,1,2024-01-10,10.25\na,2,2024-03-01,5.50\nb,3,2024-02-01,7\n"
    "b,4,2024-02-09,-2\n,5,2024-02-01,1\nr,6,2024-01-05,-1\n"
)
CUTS = {
    "r": tuple(map(Decimal, (30, 90, 180, 365))),
    "f": tuple(map(Decimal, (2, 3, 4, 7))),
    "m": tuple(map(Decimal, ("5", "5", "10", "15.75"))),
}
ASK = Question(Fitting(load_scheme("rf12"), given=CUTS))


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    return answer(tmp_path, ASK)


def answer(tmp_path: Path, question: Question) -> Scored:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    return score(open_shop(TablePaths((str(file),)), ReadOptions()), question)


def worded(axis: str, bounds: Bounds, scale: int | None) -> dict[int, str]:
    return {score: words()(one.words()) for score, one in ranges(axis, bounds, scale).items()}


def test_ranges_meet_without_gap_or_overlap_and_leave_unused_scores_out() -> None:
    assert worded("f", Bounds(5, ((5, 7), (4, 4), (3, 2), (2, 2)), "given"), None) == {
        5: "7 and more",
        4: "4 to 6",
        3: "2 to 3",
        1: "up to 1",
    }
    assert worded("r", Bounds(5, ((5, 0), (3, 1), (2, 9)), "quantile"), None) == {
        5: "up to 0",
        3: "1",
        2: "2 to 9",
        1: "10 and more",
    }
    assert worded("m", Bounds(2, ((2, 150),), "quantile"), 2) == {2: "1.50 and more", 1: "up to 1.49"}
    assert worded("m", Bounds(2, (), "quantile"), 2) == {1: "all"}


def test_every_score_has_its_range_and_customers(scored: Scored) -> None:
    said = [note.text for note in explained(scored)]
    assert said[:5] == [
        "r 5: up to 30 days, 2 customers (given)",
        "r 4: 31 to 90 days, 0 customers (given)",
        "r 3: 91 to 180 days, 0 customers (given)",
        "r 2: 181 to 365 days, 0 customers (given)",
        "r 1: 366 and more days, 0 customers (given)",
    ]
    assert [text.partition(",")[0] for text in said[5:10]] == [
        "f 5: 7 and more purchases",
        "f 4: 4 to 6 purchases",
        "f 3: 3 purchases",
        "f 2: 2 purchases",
        "f 1: up to 1 purchase",
    ]
    assert said[10:15] == [
        "m 5: 15.75 and more, 1 customers (given)",
        "m 4: 10.00 to 15.74, 0 customers (given)",
        "m 3: 5.00 to 9.99, 1 customers (given)",
        "m 2: no buyer can get it, 0 customers (given)",
        "m 1: up to 4.99, 0 customers (given)",
    ]
    assert said[-1] == "vip: 15.75 and more with at least 2 purchases"


def test_customers_of_all_ranges_of_nested_cutoffs_add_up(tmp_path: Path) -> None:
    nested = Question(Fitting(load_scheme("none", Bins.parse("2")), rules={"r": "quantile"}, nested=True))
    said = [note.text for note in explained(answer(tmp_path, nested))]
    for axis in "rfm":
        mine = [text for text in said if text.startswith(f"{axis} ")]
        assert sum(int(text.rsplit(", ", 1)[1].split()[0]) for text in mine) == 2
    assert any(text.startswith("m 1 within r 2 within f 1: ") for text in said)


def test_the_line_under_a_table_holds_all_cutoffs(scored: Scored) -> None:
    assert words()(cutoffs_line(scored)) == (
        "cutoffs: r 5<=30 4<=90 3<=180 2<=365 · f 5>=7 4>=4 3>=3 2>=2 · m 5>=15.75 4>=10.00 3>=5.00 2>=5.00 · "
        "vip >=15.75"
    )


def test_the_head_and_the_foot_of_the_screen(scored: Scored) -> None:
    assert [tuple(map(words(), fact)) for fact in header(scored)] == [
        ("as of", "2024-03-01"),
        ("scheme", "rf12"),
        ("customers", "3"),
        ("buyers", "2"),
        ("revenue", "19.75"),
        ("VIPs", "1"),
    ]
    assert str(footer(scored)[1]) == "left out: 1 of 6 rows: 1 no customer id"
