"""`rfm check`: what was found, what is left out, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def test_csv(shop: Path, here: Here) -> None:
    ended = here("check", "orders.csv", "customers.csv", "-q")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode() == (
        "table,topic,item,found,rows,change_with,heading,field,by,type,examples,used_for\n"
        'orders,file,orders.csv,"csv, comma separated, utf-8",8,"--encoding, --separator",,,,,,\n'
        "orders,column,customer_id,'customer_id' by its name,,--map customer_id=HEADING,"
        "customer_id,customer_id,name,ids (text),007 | =cmd() | ghost,who bought\n"
        "orders,column,ordered_at,\"'ordered_at' by its name, read as %Y-%m-%d\",,"
        '"--map ordered_at=HEADING, --date-format, --timezone",'
        'ordered_at,ordered_at,name,"dates, %Y-%m-%d",2024-01-01 | 2024-03-30 | '
        "2024-03-31,the day of the purchase\n"
        'orders,column,amount,"\'amount\' by its name, plain numbers",,"--map amount=HEADING,'
        ' --decimal",amount,amount,name,plain numbers,-3.00 | 20.00 | 99.00,money of the order\n'
        "orders,column,order_id,'order_id' by its name,,--map order_id=HEADING,order_id,order_id,"
        "name,ids (whole numbers),1 | 7,rows with one id are one order\n"
        "orders,column,status,'status' by its name,,\"--map status=HEADING, --reject-status\",status,"
        "status,name,text,cancelled | refunded,leaves out cancelled and failed orders\n"
        "orders,rows,read,,8,,,,,,,\n"
        "orders,rows,accepted,,7,,,,,,,\n"
        'orders,rejected,status,a status that is no order (--reject-status),1,"--reject-status,'
        ' --rejects FILE",,,,,,\n'
        "orders,example,row 8,7 | 007 | 2024-03-31 | 99.00 | cancelled,,,,,,,,\n"
        "orders,days,covered,2024-01-01 to 2024-03-31,,--timezone,,,,,,\n"
        "orders,money,scale,2 decimals,,,,,,,,\n"
        "orders,status,paid,accepted,5,--reject-status,,,,,,\n"
        "orders,status,refunded,accepted,2,--reject-status,,,,,,\n"
        "orders,status,cancelled,rejected,1,--reject-status,,,,,,\n"
        "orders,repeated rows,,none,0,--drop-duplicates,,,,,,\n"
        'customers,file,customers.csv,"csv, comma separated, utf-8",4,,,,,,,\n'
        "customers,column,customer_id,'customer_id' by its name,,"
        "--map customers.customer_id=HEADING,customer_id,customer_id,name,ids (text),007 | =cmd() | new,"
        '"who it is, as in the orders"\n'
        "customers,column,email,'email' by its name,,--map customers.email=HEADING,email,email,"
        "name,text,=1+1 | n@x.y,the address for e-mail\n"
        "customers,column,city,'city' by its name,,--map customers.city=HEADING,city,city,name,"
        "text,[31mred[0m | [bold]Bonn,for expressions and --with city\n"
    )


@pytest.mark.parametrize("width", [80, 200])
def test_screen(
    sample: Path, here: Here, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, bytes], None], width: int
) -> None:
    monkeypatch.chdir(sample)
    monkeypatch.setenv("COLUMNS", str(width))
    golden(f"check_{width}.txt", here("check", "-q", "--format", "table").out)


def test_a_table_alone(shop: Path, here: Here) -> None:
    lines = here("check", "customers.csv", "-q").out.decode().splitlines()
    assert [line.split(",")[0] for line in lines] == ["table", *["customers"] * 4]


def test_examples_of_several_files_name_theirs(shop: Path, here: Here) -> None:
    (shop / "more.csv").write_text("order_id,customer_id,ordered_at,amount,status\n9,x,2024-01-01,ten,paid\n")
    out = here("check", "orders.csv", "more.csv", "-q").out.decode()
    assert "orders,example,row 1 of more.csv,9 | x | 2024-01-01 | ten | paid,,,,,,,,\n" in out


def test_nothing_accepted_is_told_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    Path("o.csv").write_text("customer_id,ordered_at,amount\na,2024-01-01,ten\n")
    ended = here("check", "o.csv")
    assert ended.code == 0
    assert b"orders,days,covered,none,,--timezone,,,,,,\n" in ended.out
    assert "rfm: warning many-rejects: 1 of 1 rows rejected (100.0%): 1 no readable amount\n" in ended.err
    assert here("check", "o.csv", "--strict").code == 1


def test_no_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    assert here("check") == (
        3,
        b"",
        "rfm: error: no tables to look at\n"
        "rfm: hint: give files; or rfm init finds those of this folder and writes rfm.toml\n",
    )


def test_rejects_and_an_input_that_is_spared(shop: Path, here: Here) -> None:
    assert here("check", "orders.csv", "-q", "--rejects", "r.csv").code == 0
    assert (shop / "r.csv").read_text().count("\n") == 2
    assert here("check", "orders.csv", "-o", "orders.csv").code == 2


def test_lines_and_rates_are_told_without_orders(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "lines.csv").write_text("order_id,amount\n1,5\n,2\n", encoding="utf-8")
    (tmp_path / "rates.csv").write_text("currency,rate,date\nUSD,0.9,2024-01-01\nUSD,1,2024-02-01\n", encoding="utf-8")
    done = rfm("check", "lines.csv", "rates.csv", "-q", cwd=tmp_path)
    assert done.stdout.decode().splitlines()[1:] == [
        "lines,column,order_id,'order_id' by its name,,--map lines.order_id=HEADING,"
        "order_id,order_id,name,ids (whole numbers),1,the order of the line",
        "lines,column,amount,'amount' by its name,,\"--map lines.amount=HEADING, --decimal\","
        "amount,amount,name,whole numbers,2 | 5,money of the line",
        'lines,rows,accepted,"order_id, amount",1,,,,,,,',
        "lines,rejected,order,no order id,1,,,,,,,",
        "rates,column,currency,'currency' by its name,,--map rates.currency=HEADING,"
        "currency,currency,name,text,USD,the currency of the rate",
        "rates,column,rate,'rate' by its name,,--map rates.rate=HEADING,"
        'rate,rate,name,"numbers, decimal point",0.9 | 1,what one unit of it is worth',
        "rates,column,date,'date' by its name,,--map rates.date=HEADING,"
        "date,date,name,dates,2024-01-01 | 2024-02-01,the day from which the rate counts",
        "rates,currency,USD,2024-01-01 to 2024-02-01,2,,,,,,,",
    ]


def test_the_roles_are_the_same_for_shuffled_rows(tmp_path: Path, rfm: Any) -> None:
    rows = [f"u{n % 7}@example.org,2024-01-{n % 28 + 1:02},{n}.50,yes,{'' if n % 3 else 'x'}\n" for n in range(60)]
    told = []
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "orders.csv").write_text("email,when,sum,gift,note\n" + "".join(ordered), encoding="utf-8")
        maps = ("--map", "customer_id=email", "--map", "ordered_at=when", "--map", "amount=sum")
        told.append(rfm("check", "orders.csv", "-q", *maps, cwd=folder).stdout)
    assert told[0] == told[1]
    assert b"email,customer_id,map,ids (e-mail addresses),u0@example.org | u6@example.org,who bought\n" in told[0]
    assert b"gift,,,yes/no,yes,for expressions and --with gift\n" in told[0]


def test_a_linked_table_of_rfm_toml(shop: Path, here: Here) -> None:
    Path("interests.csv").write_text("customer_id,interest\n007,tea\n,home\n")
    Path("rfm.toml").write_text('[linked.interests]\npath = "interests.csv"\nby = "customer_id"\n')
    ended = here("check", "--format", "table", "-q")
    assert (ended.code, ended.err) == (0, "")
    lines = [line for line in ended.out.decode().splitlines() if "interest" in line or "no customer_id" in line]
    assert [line.split() for line in lines] == [
        ["interests:", "interests.csv"],
        ["interest", "text", "home,", "tea", "what", "an", "expression", "may", "ask"],
        ["interests"],
        ["file", "interests.csv", "2", "csv,", "comma", "separated,", "utf-8,", "linked", "by", "customer_id"],
        ["rejected", "customer_id", "1", "no", "customer_id"],
    ]
