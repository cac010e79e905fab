"""`rfm init` and `rfm check --save`: an rfm.toml that reads the files as the options did."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.config import FILE
from tests.examples import examples

Here = Callable[..., Any]
ROWS = "".join(f'c{n % 4},0{n % 9 + 1}.02.2024,"{n},50",{n}\n' for n in range(1, 13))
HEADINGS = ("Kunde", "Datum", "Summe", "Beleg")
MAPS = ("--map", "customer_id=Kunde", "--map", "ordered_at=Datum", "--map", "amount=Summe")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders under German headings, made the working directory."""
    (tmp_path / "orders.csv").write_text(",".join(HEADINGS) + "\n" + ROWS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_file_of_a_folder(shop: Path, here: Here) -> None:
    before = here("check", "-q")
    ended = here("init", "--timezone", "Europe/Berlin")
    assert (ended.code, ended.out) == (0, b"")
    assert ended.err.splitlines()[-1] == (
        "rfm: rfm.toml: written, with orders, customers; look at it, then run rfm score"
    )
    assert (shop / FILE).read_text(encoding="utf-8") == (
        "# How rfm reads the files of this folder. All keys: docs/configuration.md\n"
        "\n"
        "[tables]\n"
        "# relative to this file\n"
        'orders = "orders.csv"\n'
        'customers = "customers.csv"\n'
        "\n"
        "# [columns.orders]\n"
        '# customer_id = "customer_id"  # found by name: who bought\n'
        '# ordered_at = "ordered_at"  # found by name: the day of the purchase\n'
        '# amount = "amount"  # found by name: money of the order\n'
        '# order_id = "order_id"  # found by name: rows with one id are one order\n'
        '# status = "status"  # found by name: leaves out cancelled and failed orders\n'
        "\n"
        "# [columns.customers]\n"
        '# customer_id = "customer_id"  # found by name: who it is, as in the orders\n'
        '# email = "email"  # found by name: the address for e-mail\n'
        "# for expressions and --with: city\n"
        "\n"
        "# [consent]\n"
        "# no column says who has agreed; if all have:\n"
        '# given = ["email"]\n'
        "\n"
        "[clock]\n"
        'timezone = "Europe/Berlin"\n'
        "\n"
        "# A job makes these files every night; without the marks it is one:\n"
        "# [jobs.nightly]  # rfm run nightly --as-of yesterday\n"
        "# keep = 30  # runs; older ones are removed\n"
        '# fail_on = ["rejected>5%"]\n'
        "# outputs = [\n"
        '#   "score -o scores.csv",\n'
        '#   "segments -o segments.csv",\n'
        '#   "report -o report.html",\n'
        "# ]\n"
    )
    assert here("check", "-q") == before


def test_maps_and_reading_are_kept(folder: Path, here: Here) -> None:
    given = (*MAPS, "--decimal", ",", "--no-customer", "guest,0", "--event-kind", "Geöffnet: A.1=open")
    there = here("score", "orders.csv", "-q", *given)
    assert here("init", "-q", *given) == (0, b"", "")
    found = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    assert found == {
        "tables": {"orders": "orders.csv"},
        "columns": {"orders": {"customer_id": "Kunde", "ordered_at": "Datum", "amount": "Summe"}},
        "events": {"Geöffnet: A.1": "open"},
        "reading": {"decimal": ",", "no_customer": ["guest,0"]},
    }
    assert there.code == 0
    assert here("score", "-q") == there


def test_a_file_that_is_there_is_kept(folder: Path, here: Here) -> None:
    (folder / FILE).write_text("# mine\n", encoding="utf-8")
    for command in (("init", *MAPS), ("check", "--save", *MAPS)):
        assert here(*command) == (
            2,
            b"",
            "rfm: error: rfm.toml is here already, and is not written over\n"
            "rfm: hint: --force keeps it as rfm.toml.bak\n",
        )
    assert (folder / FILE).read_text(encoding="utf-8") == "# mine\n"
    ended = here("init", "--force", *MAPS)
    assert ended.code == 0
    assert "the file of before is rfm.toml.bak; look at it" in ended.err
    assert (folder / f"{FILE}.bak").read_text(encoding="utf-8") == "# mine\n"


def test_what_a_file_says_stays_in_the_new_one(folder: Path, here: Here) -> None:
    (folder / FILE).write_text(
        'known = ["few-buyers-known"]\n[columns.orders]\ncustomer_id = "Kunde"\nordered_at = "Datum"\n'
        '[scheme]\nname = "rfm11"\nrules = { f = "quantile" }\n[vip]\nshare = "20%"\n',
        encoding="utf-8",
    )
    old = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    assert here("init", "-q", "--force", "--map", "amount=Summe").code == 0
    found = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    old["columns"]["orders"]["amount"] = "Summe"
    assert found == old | {"tables": {"orders": "orders.csv"}}


def test_a_missing_column_is_an_error_with_the_map_to_copy(folder: Path, here: Here) -> None:
    (folder / "orders.csv").write_text("Kunde,Datum,Summe\nc1,01.02.2024,5\nc1,02.02.2024,6\n", encoding="utf-8")
    ended = here("init")
    assert ended.code == 3
    assert not (folder / FILE).exists()
    assert "--map ordered_at='Datum'" in ended.err


def test_check_saves_and_offers_its_maps(folder: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = here("check", *MAPS)
    offered = '[columns.orders] | customer_id = "Kunde" | ordered_at = "Datum" | amount = "Summe"'
    assert f"rfm: to keep the map: --save, or in rfm.toml {offered}\n" in ended.err
    monkeypatch.setenv("COLUMNS", "80")
    shown = here("check", "-q", "--format", "table", *MAPS).out.decode()
    assert shown.endswith(
        "\nto keep the map: --save, or these lines in rfm.toml\n"
        '[columns.orders]\ncustomer_id = "Kunde"\nordered_at = "Datum"\namount = "Summe"\n'
    )
    saved = here("check", "-q", "--save", *MAPS)
    assert (saved.code, saved.out) == (0, ended.out)
    assert here("check", "-q").out == ended.out
    assert here("check", "-q", "--save", "--force").code == 0
    assert not (folder / f"{FILE}.bak").exists()


def test_files_are_sorted_by_what_they_hold(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2024.csv").write_text("client_id,date,total\na,2024-01-01,5\nb,2024-01-02,6\n", encoding="utf-8")
    (tmp_path / "Mailing.csv").write_text("user,event,time\na,Gift Sent,2024-01-01\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,email\na,a@b.org\nb,b@b.org\n", encoding="utf-8")
    (tmp_path / "notes.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    ended = here("init")
    assert ended.code == 0
    assert ended.err.splitlines()[:4] == [
        "rfm: 2024.csv: taken as orders",
        "rfm: Mailing.csv: taken as events",
        "rfm: people.csv: taken as customers",
        "rfm: notes.csv: left, its headings are those of no table",
    ]
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert '# "Gift Sent" = "view"\n' in text
    assert tomllib.loads(text)["tables"] == {"orders": "2024.csv", "events": "Mailing.csv", "customers": "people.csv"}
    assert here("score", "-q").code == 0


def test_consent_that_is_given_is_a_setting(shop: Path, here: Here) -> None:
    assert here("init", "-q", "--consent-given", "email").code == 0
    text = (shop / FILE).read_text(encoding="utf-8")
    assert '\n[consent]\ngiven = ["email"]\n' in text
    assert here("reach", "-q").code == 0


def test_a_folder_without_orders(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.csv").write_text("user,event,time\na,order,2024-01-01\n", encoding="utf-8")
    ended = here("init")
    assert ended.code == 0
    assert "rfm: no orders: name their file; where events are orders, --purchase-events order\n" in ended.err
    assert ended.err.endswith("rfm: rfm.toml: written, with events; look at it, then run rfm check\n")
    assert here("init", "-q", "--force", "--purchase-events", "order").code == 0
    assert tomllib.loads((tmp_path / FILE).read_text())["reading"] == {"purchase_events": ["order"]}
    assert here("score", "-q").code == 0


def test_no_tables(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert here("init") == (
        3,
        b"",
        "rfm: error: no tables in this folder\nrfm: hint: name the orders: rfm init 'FILE'\n",
    )
    (tmp_path / "export 1.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    assert here("init") == (
        3,
        b"",
        "rfm: export 1.csv: left, its headings are those of no table\n"
        "rfm: error: no tables in this folder\nrfm: hint: name the orders: rfm init 'export 1.csv'\n",
    )


def test_standard_input_has_no_name(tmp_path: Path, rfm: Any) -> None:
    done = rfm("init", "-", stdin=b"customer_id,date,amount\na,2024-01-01,5\n", cwd=tmp_path)
    assert done.returncode == 2
    assert b"standard input cannot be written in rfm.toml" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_job_is_one_without_its_marks(shop: Path, here: Here) -> None:
    assert here("init", "-q").code == 0
    text = (shop / FILE).read_text(encoding="utf-8")
    place = text.index("# [jobs.nightly]")
    job = text[place:].replace("# ", "", 1).replace("\n# ", "\n")
    (shop / FILE).write_text(text[:place] + job, encoding="utf-8")
    # One of eight rows is rejected, which is what the job fails on.
    ended = here("run", "nightly", "-q")
    assert (ended.code, "rejected>5%" in ended.err) == (1, True)
    (shop / FILE).write_text(text[:place] + job.replace("rejected>5%", "rejected>50%"), encoding="utf-8")
    assert here("run", "nightly", "-q").code == 0
    assert sorted(one.name for one in (shop / "out/nightly/current").iterdir() if one.suffix in (".csv", ".html")) == [
        "report.html",
        "scores.csv",
        "segments.csv",
    ]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool))
@settings(max_examples=examples(15, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_heading_can_be_kept(folder: Path, here: Here, heading: str) -> None:
    heading = f'{heading}."='
    (folder / FILE).unlink(missing_ok=True)
    quoted = heading.replace('"', '""')
    (folder / "orders.csv").write_text(f'Kunde,Datum,"{quoted}"\nc1,01.02.2024,5\nc2,02.02.2024,7\n', encoding="utf-8")
    given = (*MAPS[:4], "--map", f"amount={heading}")
    there = here("score", "orders.csv", "-q", *given)
    assert here("init", "-q", *given) == (0, b"", "")
    assert there.code == 0
    assert here("score", "-q") == there


def test_the_encoding_of_the_files_is_found_and_written(tmp_path: Path, rfm: Any) -> None:
    rows = "Клиент;Дата;Выручка\nЯнина;31.01.2024;10,50\nЛюдмила;01.02.2024;20,00\n"  # noqa: RUF001
    (tmp_path / "orders.csv").write_bytes(rows.encode("cp1251"))
    done = rfm("init", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode().startswith("rfm: orders.csv: likely cp1251, which reads: Клиент;Дата;Выручка\n")
    assert 'encoding = "cp1251"\n' in (tmp_path / "rfm.toml").read_text(encoding="utf-8")
    assert rfm("score", "-q", cwd=tmp_path).stdout.decode().splitlines()[1].startswith("Людмила,2024-02-01")


def test_settings_of_a_folder_above_are_about_other_files(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "rfm.toml").write_text('[tables]\norders = "all.csv"\n[reading]\ndecimal = ","\n')
    inside = tmp_path / "january"
    inside.mkdir()
    (inside / "orders.csv").write_text("customer_id,date,amount\na,2024-01-31,10.50\n")
    assert rfm("init", "-q", cwd=inside).returncode == 0
    written = (inside / "rfm.toml").read_text(encoding="utf-8")
    assert 'orders = "orders.csv"' in written
    assert "decimal" not in written


def test_a_table_that_lacks_a_column_does_not_keep_the_others_from_the_file(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\na,2024-01-01,5\n", encoding="utf-8")
    (tmp_path / "customers.csv").write_text("Nr,city\na,Ulm\nb,Bonn\n", encoding="utf-8")
    (tmp_path / "products.csv").write_text("product_id,category\n1,tea\n", encoding="utf-8")
    ended = here("init")
    assert ended.code == 0
    missing = next(line for line in ended.err.splitlines() if "unread-table" in line)
    assert missing.startswith("rfm: warning unread-table: customers.csv: no column for customer_id")
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert tomllib.loads(text)["tables"] == {
        "orders": "orders.csv",
        "customers": "customers.csv",
        "products": "products.csv",
    }
    assert "# customers cannot be read yet: customers.csv: no column for customer_id" in text
    assert '# amount = "amount"' in text
    assert here("score", "-q").code == 3
    assert here("score", "-q", "--map", "customers.customer_id=Nr").code == 0
    assert here("init", "--force", "--strict").code == 1
    # Where no table can be read, there is no file to write.
    (tmp_path / FILE).unlink()
    for name in ("orders", "products"):
        (tmp_path / f"{name}.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    assert here("init").code == 3
    assert not (tmp_path / FILE).exists()


def test_events_that_are_purchases_are_proposed(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "a,Placed Order,2024-01-01,5\nb,Opened Email,2024-01-01,\nb,Kauf,2024-01-02,7\n"
    (tmp_path / "events.csv").write_text("user,event,time,value\n" + rows, encoding="utf-8")
    ended = here("init", "--event-kind", "Kauf=purchase")
    assert "where events are orders, --purchase-events 'Kauf,Placed Order'\n" in ended.err
    proposed = '# purchase_events = ["Kauf", "Placed Order"]  # without the mark, these events are the orders\n'
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert f"\n# [reading]\n{proposed}" in text
    (tmp_path / FILE).write_text(text.replace("# [reading]\n# purchase", "[reading]\npurchase"), encoding="utf-8")
    scored = here("score", "-q")
    assert [line.split(b",")[0] for line in scored.out.splitlines()[1:]] == [b"a", b"b"]
    (tmp_path / "events.csv").write_text("user,event,time\nb,Opened Email,2024-01-01\n", encoding="utf-8")
    (tmp_path / FILE).unlink()
    assert "--purchase-events NAME\n" in here("init").err
    assert "purchase_events" not in (tmp_path / FILE).read_text(encoding="utf-8")


BEFORE = """\
known = ["few-buyers-known"]

[tables]
orders = "orders.csv"

[clock]
as_of = "2024-02-09"
timezone = "Europe/Berlin"

[run]
lang = "ru"

[linked.interests]  # the user's own
path = ["a.csv", "b.csv"]
by = "customer_id"
at = "seen"

[segments]
new_subscriber = "90d"
"новые" = "frequency = 1"
tea = '''any orders(Beleg = "3")'''

[segments.tea-vip]
of = "tea"
where = "vip"
next_step = "call \\"first\\""

[axes]
plan = ["tea-vip", "tea"]

[jobs.nightly]
keep = 30
fail_on = ["rejected>5%"]
outputs = ["score -o scores.csv", "select tea -o tea.csv"]
"""


@pytest.mark.parametrize("command", [("init", "--force"), ("check", "--save", "--force")])
def test_nothing_that_the_user_wrote_is_lost(folder: Path, here: Here, command: tuple[str, ...]) -> None:
    (folder / FILE).write_text(BEFORE, encoding="utf-8")
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("customer_id,seen\nc1,2024-01-01\n")
    before = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))

    done = here(*command, *MAPS, "--decimal", ",")

    assert done.code == 0, done.err
    after = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    assert {name: after[name] for name in before} == before
    assert after["reading"] == {"decimal": ","}
    assert after["columns"] == {"orders": {"customer_id": "Kunde", "ordered_at": "Datum", "amount": "Summe"}}
    assert "# [jobs.nightly]" not in (folder / FILE).read_text(encoding="utf-8")
    again = here(*command)
    assert again.code == 0, again.err
    assert tomllib.loads((folder / FILE).read_text(encoding="utf-8")) == after
