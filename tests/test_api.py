"""The names of `import rfm_cli`, and that its steps give what the command line gives."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import rfm_cli

ORDERS = (
    "customer_id,order_id,ordered_at,amount\na,1,2024-01-10,10.00\na,2,2024-03-01,5.55\nb,3,2024-02-01,7\n"
    "b,3,2024-02-05,-2\n"
)


@pytest.mark.parametrize("name", rfm_cli.__all__)
def test_every_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    found = getattr(rfm_cli, name)
    assert name == "__version__" or found.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'scores_of'"):
        rfm_cli.scores_of  # noqa: B018


def test_the_names_show_up_for_completion() -> None:
    assert set(rfm_cli.__all__) <= set(dir(rfm_cli))


def test_importing_the_package_loads_no_data_engine() -> None:
    code = "import sys, rfm_cli; print([m for m in ('polars', 'rich', 'pyarrow', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_shop_is_opened_scored_and_viewed(tmp_path: Path, rfm) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    shop = rfm_cli.open_shop(rfm_cli.TablePaths(orders=(str(file),)), rfm_cli.ReadOptions())
    question = rfm_cli.Question(rfm_cli.Fitting(rfm_cli.load_scheme("rf12")), as_of=rfm_cli.parse_as_of("2024-Q1"))
    scored = rfm_cli.score(shop, question)
    assert scored.as_of == date(2024, 3, 31)
    rows = rfm_cli.score_view(scored).rows
    assert rows["monetary"].to_list() == [Decimal("15.55"), Decimal("5.00")]
    done = rfm("score", "orders.csv", "--as-of", "2024-Q1", "--format", "csv", "-q", cwd=tmp_path)
    assert done.stdout.decode() == rows.write_csv()
    segments = rfm("segments", "orders.csv", "--as-of", "2024-Q1", "--format", "csv", "-q", cwd=tmp_path)
    assert segments.stdout.decode() == rfm_cli.segments_view(scored).rows.write_csv()


def test_the_steps_over_a_frame_of_ones_own_give_the_same_scores(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    shop = rfm_cli.open_shop(rfm_cli.TablePaths(orders=(str(file),)), rfm_cli.ReadOptions())
    scheme = rfm_cli.load_scheme("rf12")
    whole = rfm_cli.score(shop, rfm_cli.Question(rfm_cli.Fitting(scheme))).frame.sort("customer")

    rows = pl.LazyFrame(
        {
            "customer": ["a", "a", "b", "b"],
            "order": ["1", "2", "3", "3"],
            "day": [date(2024, 1, 10), date(2024, 3, 1), date(2024, 2, 1), date(2024, 2, 5)],
            "minor": [1000, 555, 700, -200],
        }
    )
    as_of = date(2024, 3, 1)
    measured = rfm_cli.customers(rows, rfm_cli.Counting(as_of=as_of)).collect()
    customers = rfm_cli.with_recency(measured, as_of)
    cutoffs, notes = rfm_cli.fit(customers, rfm_cli.Fitting(scheme), 2)
    named = rfm_cli.with_codes(rfm_cli.with_scores(customers, cutoffs), scheme).sort("customer")
    columns = ["customer", "recency_days", "frequency", "monetary", "r", "f", "m", "rfm", "segment", "vip"]
    assert named.select(columns).equals(whole.select(columns))
    assert any("f: too few different values" in note.text for note in notes)


def test_windows_and_engagement_are_at_hand(tmp_path: Path) -> None:
    assert rfm_cli.parse_window("12mo").start(date(2024, 2, 29)) == date(2023, 2, 28)
    file = tmp_path / "events.csv"
    file.write_text("customer_id,event,at\na,open,2024-01-01\na,Page-View,2024-02-01\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    paths = rfm_cli.TablePaths(orders=(str(tmp_path / "orders.csv"),), events=(str(file),))
    shop = rfm_cli.open_shop(paths, rfm_cli.ReadOptions())
    assert rfm_cli.engagement(shop.events, date(2024, 2, 1), 31).rows() == [("a", 1, 0)]


def test_errors_of_users_are_one_family() -> None:
    for error in (rfm_cli.InputError, rfm_cli.UsageError, rfm_cli.OutputError):
        assert issubclass(error, rfm_cli.RfmError)
    with pytest.raises(rfm_cli.InputError, match=r"no such file"):
        rfm_cli.open_shop(rfm_cli.TablePaths(orders=("nowhere.csv",)), rfm_cli.ReadOptions())
