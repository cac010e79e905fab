"""From files to scored customers: SPEC 2 Customers, 3 and 5 as a whole."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.clock import Window
from rfm_cli.errors import InputError, UsageError
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import counts, score
from rfm_cli.schemes import NEW_SUBSCRIBER, NO_PURCHASES, load_scheme
from rfm_cli.scores.cutfile import load, to_text
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

ASK = Question(Fitting(load_scheme("rf12")))
ORDERS = "customer_id,order_id,ordered_at,amount\n"
SHOP = ORDERS + "a,1,2024-01-10,10.00\na,2,2024-03-01,5.55\nb,3,2024-02-01,7\n"


def scored(tmp_path: Path, question: Question = ASK, options: ReadOptions = ReadOptions(), **tables: str) -> Scored:  # noqa: B008
    paths = {}
    for name, text in tables.items():
        file = tmp_path / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        paths[name] = (str(file),)
    return score(open_shop(TablePaths(**paths), options), question)


def rows(result: Scored, *names: str) -> dict[str, tuple]:
    frame = result.frame.with_columns(pl.col("customer").cast(pl.String))
    return {row[0]: row[1:] for row in frame.sort("customer").select("customer", *names).rows()}


def warnings(result: Scored) -> str:
    return "\n".join(note.text for note in result.notes if note.level == "warning")


def notes(result: Scored) -> str:
    return "\n".join(note.text for note in (*result.shop.notes, *result.notes))


def test_every_buyer_has_measures_scores_code_and_segment(tmp_path: Path) -> None:
    result = scored(tmp_path, orders=SHOP)
    assert rows(result, "first_order", "last_order", "recency_days", "frequency", "monetary") == {
        "a": (date(2024, 1, 10), date(2024, 3, 1), 0, 2, 1555),
        "b": (date(2024, 2, 1), date(2024, 2, 1), 29, 1, 700),
    }
    assert rows(result, "r", "f", "m", "rfm", "segment", "vip") == {
        "a": (5, 2, 3, "523", "Potential loyalist", True),
        "b": (5, 1, 1, "511", "New", False),
    }
    assert (result.as_of, result.scale) == (date(2024, 3, 1), 2)
    assert counts(result) == {"rows_read": 3, "rows_accepted": 3, "customers": 2, "buyers": 2, "vips": 1}


def test_rejected_rows_are_counted_by_rule(tmp_path: Path) -> None:
    text = (
        "customer_id,ordered_at,amount,status\na,2024-01-01,1,paid\n,2024-01-01,1,paid\nb,never,1,paid\n"
        "b,2024-01-01,much,paid\nb,2024-01-02,1,Cancelled\nb,2024-01-03,1,odd\n"
    )
    counted = counts(scored(tmp_path, orders=text))
    assert counted == {
        "rows_read": 6,
        "rows_accepted": 2,
        "rejected_customer": 1,
        "rejected_date": 1,
        "rejected_amount": 1,
        "rejected_status": 1,
        "customers": 2,
        "buyers": 2,
        "vips": 0,
    }


def test_over_five_percent_rejected_is_a_warning_and_five_is_not(tmp_path: Path) -> None:
    lines = [f"c{i},{i},2024-01-01,1\n" for i in range(19)]
    five = scored(tmp_path, orders=ORDERS + "".join(lines) + ",20,2024-01-01,1\n")
    assert "rejected" not in warnings(five)
    assert "1 of 20 rows rejected (5.0%)" in notes(five)
    more = scored(tmp_path, orders=ORDERS + "".join(lines[1:]) + ",20,2024-01-01,1\n")
    assert "1 of 19 rows rejected" in warnings(more)


def test_the_as_of_day_is_included_and_the_default_is_the_last_order_row_even_of_a_refund(tmp_path: Path) -> None:
    text = SHOP + "b,4,2024-03-09,-1\n"
    assert scored(tmp_path, orders=text).as_of == date(2024, 3, 9)
    at = scored(tmp_path, replace(ASK, as_of=date(2024, 2, 1)), orders=text)
    assert rows(at, "recency_days", "frequency", "monetary") == {"a": (22, 1, 1000), "b": (0, 1, 700)}
    before = scored(tmp_path, replace(ASK, as_of=date(2024, 1, 31)), orders=text)
    assert rows(before, "recency_days") == {"a": (21,)}


def test_a_date_after_the_last_row_is_a_warning_with_the_gap(tmp_path: Path) -> None:
    late = scored(tmp_path, replace(ASK, as_of=date(2024, 3, 11)), orders=SHOP)
    assert "2024-03-11 is 10 days after the last order row (2024-03-01)" in warnings(late)
    assert rows(late, "recency_days") == {"a": (10,), "b": (39,)}
    next_day = scored(tmp_path, replace(ASK, as_of=date(2024, 3, 2)), orders=SHOP)
    assert "2024-03-02 is 1 day after the last order row" in warnings(next_day)
    assert "after the last" not in notes(scored(tmp_path, replace(ASK, as_of=date(2024, 3, 1)), orders=SHOP))


@pytest.mark.parametrize("text", [SHOP, ORDERS + "z,9,2024-01-02,-5\n" + SHOP.removeprefix(ORDERS)])
def test_a_date_before_the_first_purchase_is_an_error_with_the_days_covered(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="no purchase on or before 2024-01-09") as caught:
        scored(tmp_path, replace(ASK, as_of=date(2024, 1, 9)), orders=text)
    assert "2024-03-01" in str(caught.value.hint)


def test_no_accepted_order_is_an_input_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no order accepted of 1 rows"):
        scored(tmp_path, orders=ORDERS + ",1,2024-01-01,1\n")


def test_only_refunds_are_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no purchase"):
        scored(tmp_path, orders=ORDERS + "a,1,2024-01-01,-1\n")


@pytest.mark.parametrize("as_of", [None, date(2024, 3, 1)])
def test_a_window_counts_f_and_m_and_an_old_buyer_stays_with_none(tmp_path: Path, as_of: date | None) -> None:
    question = replace(ASK, as_of=as_of, window=Window(months=1))
    text = ORDERS + "a,1,2024-02-01,10\na,2,2024-02-02,20\nb,3,2024-03-01,5\nold,4,2020-02-29,99\n"
    assert rows(scored(tmp_path, question, orders=text), "recency_days", "frequency", "monetary") == {
        "a": (28, 1, 20),
        "b": (0, 1, 5),
        "old": (1462, 0, 0),
    }


def test_the_start_of_a_window_is_clamped_to_the_months_end(tmp_path: Path) -> None:
    question = replace(ASK, as_of=date(2024, 3, 31), window=Window(months=1))
    text = ORDERS + "a,1,2024-02-29,10\nb,2,2024-03-01,20\n"
    assert rows(scored(tmp_path, question, orders=text), "frequency") == {"a": (0,), "b": (1,)}


def test_free_orders_are_said_and_the_question_stands_before_the_scheme(tmp_path: Path) -> None:
    text = SHOP + "c,5,2024-02-20,0\n"
    counted = scored(tmp_path, orders=text)
    assert "purchases of zero value are counted as well: 1 " in notes(counted)
    assert rows(counted, "frequency", "monetary")["c"] == (1, 0)
    klaviyo = Question(Fitting(load_scheme("klaviyo6")))
    assert rows(scored(tmp_path, klaviyo, orders=text), "frequency", "segment")["c"] == (0, NO_PURCHASES)
    assert rows(scored(tmp_path, replace(klaviyo, free_orders="count"), orders=text), "frequency")["c"] == (1,)
    ignored = scored(tmp_path, replace(ASK, free_orders="ignore"), orders=text)
    assert rows(ignored, "recency_days", "segment", "vip")["c"] == (None, NO_PURCHASES, False)


def test_one_order_a_day(tmp_path: Path) -> None:
    text = SHOP + "a,6,2024-03-01,1\n"
    assert rows(scored(tmp_path, orders=text), "frequency")["a"] == (3,)
    assert rows(scored(tmp_path, replace(ASK, one_a_day=True), orders=text), "frequency")["a"] == (2,)


def test_orders_without_amounts_are_scored_on_r_and_f(tmp_path: Path) -> None:
    result = scored(tmp_path, orders="customer_id,ordered_at\na,2024-01-01\nb,2024-01-05\n")
    assert result.scale is None
    assert rows(result, "m", "rfm", "vip") == {"a": (None, "51", None), "b": (None, "51", None)}
    assert "no amounts" in notes(result)
    assert "every row is an order of its own" in notes(result)


@pytest.mark.parametrize("name", ["rfm11", "klaviyo6", "r-rfm"])
def test_a_scheme_that_needs_money_is_an_error_without_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="needs amounts"):
        scored(tmp_path, Question(Fitting(load_scheme(name))), orders="customer_id,ordered_at\na,2024-01-01\n")


def test_customers_of_other_tables_are_known_without_a_purchase(tmp_path: Path) -> None:
    result = scored(
        tmp_path,
        orders=SHOP + "r,9,2024-02-10,-3\n",
        customers="customer_id\na\nb\nr\nnever\n",
        events="customer_id,event,at\nguest,view,2024-02-02\na,view,2024-02-02\nb,view,2024-02-03\n",
    )
    assert rows(result, "frequency", "monetary", "recency_days", "rfm", "segment", "vip", "r") == {
        "a": (2, 1555, 0, "523", "Potential loyalist", True, 5),
        "b": (1, 700, 29, "511", "New", False, 5),
        "guest": (0, 0, None, None, NO_PURCHASES, False, None),
        "never": (0, 0, None, None, NO_PURCHASES, False, None),
        "r": (0, -300, None, None, NO_PURCHASES, False, None),
    }
    assert counts(result)["customers"] == 5
    assert counts(result)["buyers"] == 2
    assert result.frame["monetary"].sum() == 1555 + 700 - 300


CUSTOMERS = "customer_id,registered_at\nearly,2024-01-15\nlate,2024-02-15\nb,2024-01-20\na,2024-01-20\n"
EVENTS = "customer_id,event,at\nlate,open,2024-02-10\nguest,open,2024-02-12\na,open,2024-01-12\nb,open,2024-01-12\n"


@pytest.mark.parametrize(
    ("as_of", "known"),
    [
        (date(2024, 1, 14), {"a"}),
        (date(2024, 1, 15), {"a", "early"}),
        (date(2024, 1, 20), {"a", "b", "early"}),
        (date(2024, 2, 9), {"a", "b", "early"}),
        (date(2024, 2, 10), {"a", "b", "early", "late"}),
        (date(2024, 2, 12), {"a", "b", "early", "late", "guest"}),
    ],
)
def test_a_customer_is_known_from_registration_first_row_or_first_event(
    tmp_path: Path, as_of: date, known: set[str]
) -> None:
    events = EVENTS.replace("b,open,2024-01-12\n", "")
    result = scored(tmp_path, replace(ASK, as_of=as_of), orders=SHOP, customers=CUSTOMERS, events=events)
    assert set(rows(result)) == known


def test_from_ever_holds_only_for_those_whom_nothing_else_dates(tmp_path: Path) -> None:
    result = scored(
        tmp_path,
        replace(ASK, as_of=date(2024, 1, 31)),
        orders=SHOP,
        customers="customer_id\na\nb\nguest\nnever\n",
        events="customer_id,event,at\nguest,open,2024-02-12\na,open,2024-02-12\nb,open,2024-02-12\n",
    )
    assert set(rows(result)) == {"a", "never"}


def test_an_empty_registration_day_leaves_the_other_tables_to_say(tmp_path: Path) -> None:
    table = "customer_id,registered_at\na,\nb,2023-01-01\nnever,\n"
    result = scored(tmp_path, replace(ASK, as_of=date(2024, 1, 31)), orders=SHOP, customers=table)
    assert set(rows(result)) == {"a", "b", "never"}


def test_new_subscribers_are_split_from_those_without_a_purchase(tmp_path: Path) -> None:
    table = "customer_id,registered_at\na,2024-01-01\nb,2024-01-01\nold,2023-12-02\nnew,2023-12-03\n"
    question = replace(ASK, new_subscriber=90)
    result = scored(tmp_path, question, orders=SHOP + "r,9,2024-02-10,-3\n", customers=table)
    assert {name: row[0] for name, row in rows(result, "segment").items()} == {
        "a": "Potential loyalist",
        "b": "New",
        "old": NO_PURCHASES,
        "new": NEW_SUBSCRIBER,
        "r": NEW_SUBSCRIBER,
    }


def test_an_order_row_dates_a_customer_of_an_undated_table(tmp_path: Path) -> None:
    text = SHOP + "r,9,2024-02-10,-3\n"
    result = scored(tmp_path, replace(ASK, new_subscriber=90), orders=text, customers="customer_id\na\nb\nr\nnever\n")
    assert rows(result, "segment")["r"] == (NEW_SUBSCRIBER,)
    assert rows(result, "segment")["never"] == (NO_PURCHASES,)


def test_tables_that_know_too_few_of_the_buyers_are_warnings(tmp_path: Path) -> None:
    ten = ORDERS + "".join(f"c{i},{i},2024-01-01,{i}\n" for i in range(10))
    nine = "customer_id\n" + "".join(f"c{i}\n" for i in range(9))
    eight = "customer_id,event,at\n" + "".join(f"c{i},open,2024-01-01\n" for i in range(8))
    result = scored(tmp_path, orders=ten, customers=nine, events=eight)
    assert "events.csv knows 8 of 10 buyers (80.0%)" in warnings(result)
    assert "customers.csv knows" not in warnings(result)


def test_ids_are_text_and_zeros_in_front_keep_customers_apart(tmp_path: Path) -> None:
    text = ORDERS + "00123,1,2024-01-01,1\n123,2,2024-01-01,1\nNA,3,2024-01-01,1\n 7 ,4,2024-01-01,1\n"
    assert set(rows(scored(tmp_path, orders=text))) == {"00123", "123", "NA", "7"}


def test_numbers_of_a_typed_file_and_texts_of_another_name_one_customer(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id\n17850\n9\n10\n", encoding="utf-8")
    frame = pl.DataFrame({"customer_id": [17850.0, 9.0], "ordered_at": [date(2024, 1, 1)] * 2, "amount": [1.5, 2.0]})
    frame.write_parquet(tmp_path / "orders.parquet")
    paths = TablePaths((str(tmp_path / "orders.parquet"),), customers=(str(tmp_path / "customers.csv"),))
    result = score(open_shop(paths, ReadOptions()), ASK)
    assert rows(result, "frequency") == {"17850": (1,), "9": (1,), "10": (0,)}


def test_saved_cutoffs_score_other_dates_with_the_same_ruler(tmp_path: Path) -> None:
    first = scored(tmp_path, orders=SHOP)
    file = tmp_path / "cuts.toml"
    file.write_text(to_text(first.cutoffs, "rf12", "2024-03-01"), encoding="utf-8")
    question = replace(ASK, cutoffs=load(str(file), 2), as_of=date(2024, 6, 1))
    later = scored(tmp_path, question, orders=SHOP)
    assert later.cutoffs == first.cutoffs
    assert rows(later, "r", "f", "m", "vip") == {"a": (3, 2, 3, True), "b": (3, 1, 1, False)}


def test_saved_cutoffs_survive_a_scale_that_only_late_rows_show(tmp_path: Path, rfm) -> None:
    whole = [f"c{i % 2000},{i},2024-01-{i % 28 + 1:02},{10 + i % 500}\n" for i in range(10_050)]
    (tmp_path / "whole.csv").write_text(ORDERS + "".join(whole), encoding="utf-8")
    (tmp_path / "cents.csv").write_text(ORDERS + "".join(whole) + "z,z,2024-01-28,0.50\n", encoding="utf-8")
    saved = rfm("score", "whole.csv", "--save-cuts", "cuts.toml", "-o", "whole_scores.csv", cwd=tmp_path)
    again = rfm("score", "cents.csv", "--cuts", "cuts.toml", "-o", "cents_scores.csv", cwd=tmp_path)
    assert (saved.returncode, again.returncode) == (0, 0)
    before = pl.read_csv(tmp_path / "whole_scores.csv").select("customer_id", "m", "vip")
    after = pl.read_csv(tmp_path / "cents_scores.csv").filter(pl.col("customer_id") != "z")
    assert after.select("customer_id", "m", "vip").equals(before)


def test_cutoffs_with_more_decimals_than_the_money_keep_them(tmp_path: Path, rfm) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS + "a,1,2024-01-01,12\nb,2,2024-01-01,13\n", encoding="utf-8")
    cuts = 'bins = [5, 5, 5]\n[r]\nupto = {}\n[f]\nfrom = {}\n[m]\nfrom = { "5" = "12.001" }\n'
    (tmp_path / "cuts.toml").write_text(cuts, encoding="utf-8")
    done = rfm("score", "orders.csv", "--cuts", "cuts.toml", "--format", "csv", "-q", cwd=tmp_path)
    assert [line.split(",")[8] for line in done.stdout.decode().splitlines()] == ["m", "1", "5"]


def test_a_file_of_one_row_a_customer_is_scored_as_it_is(tmp_path: Path) -> None:
    text = "customer_id,recency_days,frequency,monetary\na,3,4,100.5\nb,400,1,20\nc,,0,0\n"
    result = scored(tmp_path, replace(ASK, as_of=date(2024, 3, 1)), orders=text)
    assert rows(result, "last_order", "recency_days", "frequency", "monetary", "segment") == {
        "a": (date(2024, 2, 27), 3, 4, 1005, "Champions"),
        "b": (date(2023, 1, 26), 400, 1, 200, "Lost"),
        "c": (None, None, 0, 0, NO_PURCHASES),
    }


def test_one_row_a_customer_with_last_orders_knows_its_date(tmp_path: Path) -> None:
    text = "customer_id,last_order,frequency\na,2024-01-05,3\nb,2024-01-01,1\n"
    result = scored(tmp_path, orders=text)
    assert result.as_of == date(2024, 1, 5)
    assert rows(result, "recency_days", "frequency") == {"a": (0, 3), "b": (4, 1)}
    with pytest.raises(InputError, match="after 2024-01-03") as caught:
        scored(tmp_path, replace(ASK, as_of=date(2024, 1, 3)), orders=text)
    assert caught.value.hint == "the last orders are of 2024-01-01 to 2024-01-05"
    with pytest.raises(UsageError, match="window"):
        scored(tmp_path, replace(ASK, window=Window(days=30)), orders=text)


def test_the_vip_share_and_least_orders_come_from_the_fitting(tmp_path: Path) -> None:
    text = ORDERS + "".join(f"c{i},{i}-{j},2024-01-0{j + 1},{i}\n" for i in range(10) for j in range(2))
    fitting = Fitting(load_scheme("rf12"), share=Decimal("0.3"))
    assert counts(scored(tmp_path, Question(fitting), orders=text))["vips"] == 3
    assert counts(scored(tmp_path, Question(replace(fitting, min_orders=3)), orders=text))["vips"] == 0


def test_what_customers_and_events_could_not_say_is_a_warning(tmp_path: Path) -> None:
    result = scored(
        tmp_path,
        orders=SHOP,
        customers="customer_id,registered_at\na,soon\nb,2024-01-05\n",
        events="customer_id,event,at\na,open,2024-01-05\nb,open,soon\n,open,soon\n",
    )
    said = [note.text for note in result.shop.notes if note.level == "warning"]
    folder = str(tmp_path)
    assert said == [
        f"{folder}/customers.csv: 1 date of registered_at cannot be read",
        f"{folder}/events.csv: 2 rows without a customer, event or readable time left out",
    ]


BARE = "customer_id,order_id,ordered_at\n"


def test_lines_of_no_order_are_said(tmp_path: Path) -> None:
    lines = "order_id,quantity,unit_price,discount\n01,1,5,\n98,1,1,\n99,1,1,\n99,1,1,\n01,2,10,15\n"
    result = scored(tmp_path, orders=BARE + "a,01,2024-01-01\n", lines=lines)
    assert "2 orders with lines are in no orders file, and their money is left out" in notes(result)
    assert "1 line rejected: 1 a discount that is no fraction of 0 to 1" in notes(result)
    assert rows(result, "monetary") == {"a": (5,)}


def test_an_order_id_of_two_customers_is_a_warning_where_lines_bring_the_money(tmp_path: Path) -> None:
    lines = "order_id,amount\n1,5\n2,7\n"
    shared = scored(tmp_path, orders=BARE + "a,1,2024-01-01\nb,1,2024-01-02\nb,2,2024-01-03\n", lines=lines)
    assert "1 order id belongs to several customers: the first one got the money of the lines" in warnings(shared)
    assert rows(shared, "monetary") == {"a": (5,), "b": (7,)}
    own = scored(tmp_path, orders=BARE + "a,1,2024-01-01\na,1,2024-01-02\nb,2,2024-01-03\n", lines=lines)
    assert ("several customers" in notes(own), "no orders file" in notes(own)) == (False, False)


def test_lines_that_are_not_needed_have_to_be_there_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(SHOP, encoding="utf-8")
    paths = TablePaths((str(tmp_path / "orders.csv"),), lines=(str(tmp_path / "none.csv"),))
    with pytest.raises(InputError, match=r"none\.csv: no such file"):
        open_shop(paths, ReadOptions())
    with pytest.raises(InputError, match="no column for order_id"):
        scored(tmp_path, orders=SHOP, lines="x,amount\n1,2\n")


def test_rates_that_make_money_too_large_are_an_input_error(tmp_path: Path) -> None:
    text = "customer_id,ordered_at,amount,currency\na,2024-01-01,{},USD\n"
    options = ReadOptions(currency="EUR")
    for amount, rate in (("1000000000000", "99999999"), ("10000000000", "1000000")):
        with pytest.raises(InputError, match="too large to be added exactly"):
            scored(tmp_path, ASK, options, orders=text.format(amount), rates=f"currency,rate\nUSD,{rate}\n")
    small = scored(tmp_path, ASK, options, orders=text.format("10"), rates="currency,rate\nUSD,1000000\n")
    assert rows(small, "monetary") == {"a": (1_000_000_000,)}


def test_a_bare_path_or_frame_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(SHOP, encoding="utf-8")
    frame = pl.read_csv(tmp_path / "orders.csv")
    for given in (str(tmp_path / "orders.csv"), frame, frame.lazy()):
        shop = open_shop(TablePaths(orders=given), ReadOptions())  # type: ignore[arg-type]
        assert (set(rows(score(shop, ASK))), shop.scale) == ({"a", "b"}, 2)
