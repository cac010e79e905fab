from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.score import COLUMNS, by_text_of_id, extras, score_view

ASK = Question(Fitting(load_scheme("rf12")))
ORDERS = (
    "customer_id,order_id,ordered_at,amount,channel\na,1,2024-01-10,10.00,web\na,2,2024-03-01,5.55,shop\n"
    "a,3,2024-03-01,1,app\nb,4,2024-02-01,7,\nB,5,2023-02-01,2,web\nr,6,2024-02-02,-3,mail\n"
)
CUSTOMERS = "customer_id,city,Home Town,email\na,Omsk,x,a@x.y\nb,,y,b@x.y\nB,Perm,,\nr,Ufa,,\nc,Tver,,\n"
EVENTS = "customer_id,event,at\n" + "".join(
    f"{line}\n"
    for line in (
        "a,Page View,2024-03-01",
        "a,open,2023-12-03",
        "a,open,2023-12-02",
        "a,send,2024-02-01",
        "b,opened,2023-06-01",
        "B,bounce,2024-02-01",
        "r,click,2024-03-02",
    )
)


@pytest.fixture
def scored(tmp_path: Path) -> Scored:
    return answer(tmp_path)


def answer(tmp_path: Path, question: Question = ASK, **tables: str) -> Scored:
    paths = {}
    for name, text in {"orders": ORDERS, "customers": CUSTOMERS, "events": EVENTS, **tables}.items():
        file = tmp_path / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        paths[name] = (str(file),)
    return score(open_shop(TablePaths(**paths), ReadOptions()), question)


def extra(scored: Scored, *names: str) -> dict[str, tuple]:
    found = extras(scored, names)
    assert found is not None
    return {row[0]: row[1:] for row in found.rows()}


def test_twelve_columns_a_customer_in_the_order_of_code_points(scored: Scored) -> None:
    view = score_view(scored)
    assert view.rows.columns == COLUMNS
    assert view.rows["customer_id"].to_list() == ["B", "a", "b", "c", "r"]
    assert view.rows.row(1) == (
        "a",
        date(2024, 1, 10),
        date(2024, 3, 1),
        0,
        3,
        Decimal("16.55"),
        5,
        3,
        4,
        "534",
        "Potential loyalist",
        True,
    )
    assert view.rows.row(4) == ("r", None, None, None, 0, Decimal("-3.00"), *[None] * 4, "No purchases", False)


def test_types_are_those_of_files(scored: Scored) -> None:
    text, day, count, tiny = pl.String(), pl.Date(), pl.Int32(), pl.Int8()
    types = [text, day, day, count, count, pl.Decimal(18, 2), tiny, tiny, tiny, text, text, pl.Boolean()]
    assert score_view(scored).rows.dtypes == types


def test_a_segment_and_vips_keep_some_while_counts_stay_those_of_all(scored: Scored) -> None:
    nobody = score_view(scored, only_segments=["no PURCHASES"])
    assert nobody.rows["customer_id"].to_list() == ["c", "r"]
    assert nobody.meta["counts"] == score_view(scored).meta["counts"]
    both = score_view(scored, only_segments=["No purchases", "potential loyalist"])
    assert both.rows["customer_id"].to_list() == ["a", "c", "r"]
    assert score_view(scored, only_vip=True).rows["customer_id"].to_list() == ["a"]


def test_an_unknown_segment_is_a_usage_error_with_the_nearest_name(scored: Scored) -> None:
    with pytest.raises(UsageError, match="Champion") as caught:
        score_view(scored, only_segments=["Champion"])
    assert "Champions" in str(caught.value.hint)


def test_without_amounts_money_m_and_vip_are_empty(tmp_path: Path) -> None:
    result = answer(tmp_path, orders="customer_id,ordered_at\na,2024-01-01\n")
    row = score_view(result).rows.row(by_predicate=pl.col("customer_id") == "a", named=True)
    assert (row["monetary"], row["m"], row["vip"], row["rfm"]) == (None, None, None, "51")


@settings(max_examples=60)
@given(st.lists(st.integers(-3, 10**18) | st.integers(0, 2000), min_size=1, max_size=30, unique=True))
def test_whole_number_ids_stand_in_the_order_of_their_text(ids: list[int]) -> None:
    frame = by_text_of_id(pl.DataFrame({"customer": ids}, schema={"customer": pl.Int64}))
    assert list(map(str, frame["customer"])) == sorted(map(str, ids))


def test_attributes_come_from_the_customers_table(scored: Scored) -> None:
    found = extra(scored, "city,hometown", "Email")
    assert found["a"] == ("Omsk", "x", "a@x.y")
    assert found["c"][0] == "Tver"


def test_attributes_that_only_orders_have_are_of_the_latest_row_that_has_one_ties_by_text(
    scored: Scored, tmp_path: Path
) -> None:
    found = extra(scored, "channel")
    assert found == {"a": ("app",), "b": (None,), "B": ("web",), "c": (None,), "r": ("mail",)}
    early = answer(tmp_path, replace(ASK, as_of=date(2024, 2, 1)))
    assert extra(early, "channel")["a"] == ("web",)


def test_measures_beside_the_twelve_columns(scored: Scored) -> None:
    found = extra(scored, "tenure_days,aov")
    assert found["a"] == (51, Decimal("5.5167"))
    assert found["b"] == (29, Decimal("7.0000"))
    assert found["c"] == found["r"] == (None, None)


def test_engagement_counts_engaging_events_of_90_days_and_last_event_sees_all(scored: Scored) -> None:
    found = extra(scored, "engagement", "last_event")
    # As of 2024-03-01 the window is (2023-12-02, 2024-03-01].
    assert found == {"a": (2, 0), "b": (0, 274), "B": (0, None), "c": (0, None), "r": (0, None)}


def test_engagement_is_of_the_events_and_days_that_are_asked_for(scored: Scored) -> None:
    found = extras(scored, ["engagement"], engagement_days=29, engagement_events=("Send", "bounce"))
    assert found is not None
    assert dict(found.rows()) == {"a": 0, "b": 0, "B": 0, "c": 0, "r": 0}
    longer = extras(scored, ["engagement"], engagement_days=30, engagement_events=("Send", "bounce"))
    assert longer is not None
    assert dict(longer.rows()) == {"a": 1, "b": 0, "B": 1, "c": 0, "r": 0}


def test_tenure_without_a_date_is_a_usage_error_and_aov_needs_none(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("customer_id,recency_days,frequency,monetary\na,10,5,100\n", encoding="utf-8")
    scored = score(open_shop(TablePaths((str(file),)), ReadOptions()), ASK)
    with pytest.raises(UsageError, match="tenure_days needs a date") as caught:
        extras(scored, ["tenure_days"])
    assert caught.value.hint == "give --as-of"
    found = extras(scored, ["aov"])
    assert found is not None
    assert found.rows() == [("a", Decimal(20))]


def test_extra_columns_stand_after_the_twelve(scored: Scored) -> None:
    added = extras(scored, ["city", "city,email"])
    rows = score_view(scored, extra=added).rows
    assert rows.columns == [*COLUMNS, "city", "email"]
    assert rows["city"].to_list() == ["Perm", "Omsk", None, "Tver", "Ufa"]


def test_no_names_add_nothing(scored: Scored) -> None:
    assert extras(scored, [" , "]) is None


@pytest.mark.parametrize("name", ["segment", "customer_id", "vip"])
def test_a_column_that_the_answer_has_already_is_a_usage_error(scored: Scored, name: str) -> None:
    with pytest.raises(UsageError, match=f"--with {name}"):
        extra(scored, f"city,{name}")


def test_an_unknown_attribute_is_a_usage_error_with_the_nearest_name(scored: Scored) -> None:
    with pytest.raises(UsageError, match="'citty'") as caught:
        extra(scored, "citty")
    assert "city" in str(caught.value.hint)


def test_engagement_without_events_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(ORDERS, encoding="utf-8")
    result = score(open_shop(TablePaths((str(file),)), ReadOptions()), ASK)
    with pytest.raises(UsageError, match="needs events"):
        extra(result, "engagement")


@pytest.mark.parametrize("name", ["lost", "LOST", "Потерянные", " потерянные ", "New, Потерянные"])
def test_segments_are_called_in_every_language_that_is_shown(name: str, rfm: Any, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text("customer_id,date,amount\na,2024-12-31,1\nb,2022-01-01,1\n")
    done = rfm("score", file, "--segment", name, "-q")
    assert done.stdout.decode().splitlines()[-1].split(",")[-2] == "Lost", done.stderr
