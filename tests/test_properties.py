"""What must hold for any shop: conservation, fairness, and answers that depend on the rows alone."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import counts, score
from rfm_cli.schemes import NO_PURCHASES, Bins, load_scheme
from rfm_cli.scores.cutfile import load, to_text
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.score import score_view
from rfm_cli.views.segments import segments_view
from tests.examples import examples

JAN1 = date(2024, 1, 1)
HEADER = ["customer_id", "order_id", "ordered_at", "amount", "status"]
PLACES = itertools.count()
RF12 = Fitting(load_scheme("rf12"))
ASK = Question(RF12)


class Row(NamedTuple):
    customer: str
    order: str
    day: int
    cents: int
    status: str

    def cells(self) -> list[str]:
        moment = datetime(2024, 1, 1, 12) + timedelta(days=self.day)
        sign, whole, rest = "-" if self.cents < 0 else "", *divmod(abs(self.cents), 100)
        return [self.customer, self.order, moment.isoformat(" "), f"{sign}{whole}.{rest:02}", self.status]


def alone_if_lacking(row: Row) -> Row:
    """A row that lacks a field has no order, from which it would take one (test_properties_exports.py)."""
    return row if row.customer and row.status else row._replace(order="")


# The first row is a purchase of the first day, so that a shop has a buyer on every day asked for.
ROWS = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from(["", "007", "7", "NA", "Аня", "b b", "O'Hara", "z"]),
        order=st.sampled_from(["", "", "1", "2", "3", "4", "5"]),
        day=st.integers(0, 500),
        cents=st.sampled_from([-5000, -999, -1, 0, 1, 250, 999, 1000, 5000, 123456]),
        status=st.sampled_from(["", "paid", "Cancelled", "test", "delivered"]),
    ),
    max_size=25,
).map(lambda rows: [Row("first", "0", 0, 1234, "paid"), *map(alone_if_lacking, rows)])

QUESTIONS = st.builds(
    Question,
    fitting=st.builds(
        Fitting,
        scheme=st.sampled_from([load_scheme("rf12"), load_scheme("rfm11"), load_scheme("none", Bins.parse("3,4,10"))]),
        nested=st.booleans(),
    ),
    one_a_day=st.booleans(),
    free_orders=st.sampled_from([None, "ignore"]),
)

checked = settings(max_examples=examples(15, 40), suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame([row.cells() for row in rows], schema=dict.fromkeys(HEADER, pl.String), orient="row")


def written(folder: Path, *parts: list[Row], form: str = "csv") -> TablePaths:
    place = folder / str(next(PLACES))
    place.mkdir()
    for number, part in enumerate(parts):
        path = place / f"orders{number}.{form}"
        if form == "csv":
            frame(part).write_csv(path)
        else:
            frame(part).with_columns(
                pl.col("ordered_at").str.to_datetime("%Y-%m-%d %H:%M:%S"), pl.col("amount").cast(pl.Float64)
            ).write_parquet(path)
    return TablePaths((str(place),))


def answer(paths: TablePaths, question: Question = ASK) -> Scored:
    return score(open_shop(paths, ReadOptions(amount_per="row")), question)


def public(scored: Scored) -> pl.DataFrame:
    """The answer as numbers; money in full units, since a file cut short may need fewer decimals."""
    return score_view(scored).rows.with_columns(pl.col("monetary").cast(pl.Decimal(18, 6)))


def accepted(row: Row) -> bool:
    return row.customer != "" and row.status.lower() not in ("cancelled", "test")


@checked
@given(ROWS, QUESTIONS)
def test_nothing_gets_lost(folder: Path, rows: list[Row], question: Question) -> None:
    scored = answer(written(folder, rows), question)
    found = counts(scored)
    rejected = sum(count for name, count in found.items() if name.startswith("rejected_"))
    assert found["rows_read"] == len(rows) == found["rows_accepted"] + rejected
    assert found["rows_accepted"] == sum(map(accepted, rows))
    assert found["customers"] == found["buyers"] + scored.frame.filter(pl.col("segment").eq(NO_PURCHASES)).height
    cents = sum(row.cents for row in rows if accepted(row))
    assert public(scored)["monetary"].sum() * 100 == cents
    groups = segments_view(scored).rows
    assert (groups["customers"].sum(), groups["revenue"].sum() * 100) == (found["customers"], cents)


@checked
@given(ROWS, st.integers(0, 500))
def test_money_of_customers_is_the_accepted_money_up_to_the_date(folder: Path, rows: list[Row], days: int) -> None:
    scored = answer(written(folder, rows), replace(ASK, as_of=JAN1 + timedelta(days=days)))
    cents = sum(row.cents for row in rows if accepted(row) and row.day <= days)
    assert public(scored)["monetary"].sum() * 100 == cents


@checked
@given(ROWS, QUESTIONS)
def test_equal_values_have_equal_scores_and_better_ones_never_lower(
    folder: Path, rows: list[Row], question: Question
) -> None:
    buyers = answer(written(folder, rows), question).frame.drop_nulls("r")
    nested = question.fitting.nested
    for axis, measure, falling, within in (
        ("r", "recency_days", True, []),
        ("f", "frequency", False, ["r"] if nested else []),
        ("m", "monetary", False, ["r", "f"] if nested else []),
    ):
        for _, group in buyers.group_by(within) if within else [((), buyers)]:
            ranked = group.group_by(measure).agg(pl.col(axis).unique()).sort(measure, descending=falling)
            assert ranked[axis].list.len().max() == 1
            assert ranked[axis].list.first().is_sorted()


@checked
@given(ROWS, QUESTIONS)
def test_saved_cutoffs_give_the_same_scores(folder: Path, rows: list[Row], question: Question) -> None:
    paths = written(folder, rows)
    first = answer(paths, question)
    file = folder / f"{next(PLACES)}.toml"
    file.write_text(to_text(first.cutoffs, first.scheme.name, str(first.as_of)), encoding="utf-8")
    again = answer(paths, replace(question, cutoffs=load(str(file), 6)))
    assert again.cutoffs == first.cutoffs
    assert public(again).equals(public(first))


@checked
@given(ROWS, st.integers(0, 500), QUESTIONS)
def test_a_date_answers_like_a_file_cut_off_at_it(folder: Path, rows: list[Row], days: int, question: Question) -> None:
    question = replace(question, as_of=JAN1 + timedelta(days=days))
    whole = answer(written(folder, rows), question)
    cut = answer(written(folder, [row for row in rows if row.day <= days]), question)
    assert public(cut).equals(public(whole))


@checked
@given(ROWS, QUESTIONS, st.randoms(use_true_random=False), st.integers(1, 4))
def test_row_order_and_the_number_of_files_never_matter(
    folder: Path, rows: list[Row], question: Question, chance: object, files: int
) -> None:
    whole = answer(written(folder, rows), question)
    mixed = list(rows)
    chance.shuffle(mixed)
    parts = [mixed[start::files] for start in range(files)]
    split = answer(written(folder, *filter(None, parts)), question)
    assert score_view(split).rows.equals(score_view(whole).rows)
    assert (split.cutoffs, split.facts.rows) == (whole.cutoffs, whole.facts.rows)


@checked
@given(ROWS, QUESTIONS)
def test_csv_and_parquet_answer_the_same(folder: Path, rows: list[Row], question: Question) -> None:
    text = answer(written(folder, rows), question)
    typed = answer(written(folder, rows, form="parquet"), question)
    assert score_view(typed).rows.equals(score_view(text).rows)
    assert typed.facts.rows == text.facts.rows


@checked
@given(ROWS)
def test_one_more_purchase_today_never_lowers_any_score_under_the_same_cutoffs(folder: Path, rows: list[Row]) -> None:
    last = max(row.day for row in rows if accepted(row))
    before = answer(written(folder, rows))
    more = [*rows, Row("first", "new", last, 777, "paid")]
    after = answer(written(folder, more), replace(ASK, cutoffs=before.cutoffs, as_of=before.as_of))
    assume(before.as_of == JAN1 + timedelta(days=last))
    mine = pl.col("customer_id") == "first"
    for axis in "rfm":
        assert public(after).filter(mine)[axis].item() >= public(before).filter(mine)[axis].item()


@checked
@given(ROWS, st.integers(1, 5))
def test_a_date_before_the_first_purchase_is_always_an_error(folder: Path, rows: list[Row], days: int) -> None:
    with pytest.raises(InputError, match="no purchase on or before"):
        answer(written(folder, rows), replace(ASK, as_of=JAN1 - timedelta(days=days)))
