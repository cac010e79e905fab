# ruff: noqa: RUF001 - headings of other scripts are what is tested
"""Exports as vendors write them, from the file to `rfm score`: right to the cent, with at most one `--map`."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

Here = Callable[..., Any]


class Case(NamedTuple):
    """An export, what has to be mapped, what it is recognized as, and the customers that it has."""

    text: str
    maps: tuple[str, ...]
    note: str
    customers: list[tuple[str, str, str, int, str]]
    """Customer, first and last order, frequency, monetary."""


SHOPIFY = """\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem price,\
Cancelled at,Refunded Amount
#2001,ann@example.com,paid,2024-03-01 10:05:00 +0000,EUR,50.00,5.00,0.00,55.00,2024-03-01 10:00:00 +0000,1,20.00,,0.00
#2001,,,,,,,,,,3,10.00,,
#2002,bob@example.com,partially_refunded,2024-03-02 10:05:00 +0000,EUR,80.00,0.00,0.00,80.00,\
2024-03-02 10:00:00 +0000,2,40.00,,30.00
#2003,ann@example.com,voided,,EUR,9.00,0.00,0.00,9.00,2024-03-03 10:00:00 +0000,1,9.00,,0.00
#2004,eve@example.com,paid,2024-03-04 10:05:00 +0000,EUR,7.00,0.00,0.00,7.00,2024-03-04 10:00:00 +0000,1,7.00,\
2024-03-04 12:00:00 +0000,0.00
#2005,bob@example.com,paid,2024-04-01 10:05:00 +0000,EUR,20.00,0.00,0.00,20.00,2024-04-01 10:00:00 +0000,1,20.00,,0.00
"""
WOO = """\
Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Order Shipping Amount,Item Name,\
Quantity (- Refund),Item Cost
701,Completed,2024-01-05 12:00,ann@example.com,100.00,5.00,Mug,1,35.00
701,Completed,2024-01-05 12:00,ann@example.com,100.00,5.00,Plate,2,30.00
702,Cancelled,2024-01-06 12:00,ann@example.com,60.00,0.00,Fork,1,60.00
703,Processing,2024-02-07 12:00,bob@example.com,40.00,0.00,Fork,1,40.00
"""
AMAZON = """\
order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tsku\tquantity-purchased\tcurrency\titem-price\titem-tax
111-1\t1\t2024-01-05T10:00:00+00:00\t2024-01-05T10:00:00+00:00\ta@m.example\tS1\t3\tUSD\t30.00\t2.40
111-1\t2\t2024-01-05T10:00:00+00:00\t2024-01-05T10:00:00+00:00\ta@m.example\tS2\t1\tUSD\t12.50\t1.00
111-2\t3\t2024-02-05T10:00:00+00:00\t2024-02-05T10:00:00+00:00\tb@m.example\tS2\t2\tUSD\t25.00\t2.00
"""
STRIPE = """\
id,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Status,Customer ID,Customer Email
ch_1,2024-01-05 10:00,100.00,25.00,eur,100.00,3.20,Paid,cus_1,ann@example.com
ch_2,2024-01-06 10:00,50.00,0.00,eur,50.00,0.00,Failed,cus_1,ann@example.com
ch_3,2024-01-07 10:00,40.00,40.00,eur,40.00,1.46,Refunded,cus_2,bob@example.com
ch_4,2024-02-01 10:00,10.10,0.00,eur,10.10,0.55,Paid,cus_1,ann@example.com
"""
PRESTASHOP = """\
ID;Reference;New client;Delivery;Customer;Total;Payment;Status;Date
11;XKBKNABJK;1;France;A. DUPONT;45.50;Carte;Payment accepted;2024-01-05 10:00:00
12;OHSATSERP;0;France;A. DUPONT;19.90;Carte;Canceled;2024-01-06 10:00:00
13;UOYEVOLI;1;France;B. MARTIN;120.00;Carte;Delivered;2024-02-06 10:00:00
"""
PRESTASHOP_LINES = """\
id_order,reference,id_customer,date_add,total_paid_tax_incl,total_shipping_tax_incl,product_quantity,unit_price_tax_incl
1,XK,7,2024-01-05 10:00:00,48.00,3.00,1,25.00
1,XK,7,2024-01-05 10:00:00,48.00,3.00,2,10.00
2,OH,8,2024-02-05 10:00:00,12.00,0.00,1,12.00
"""
ONE_C = """\
Список документов за март 2024;;;;;
;;;;;
Дата;Номер;Вид операции;Контрагент;Сумма документа;Валюта
05.03.2024 12:00:00;Р-1;Реализация;ООО Ромашка;1 234,50;RUB
07.03.2024 12:00:00;В-1;Возврат от покупателя;ООО Ромашка;200,00;RUB
20.03.2024 12:00:00;Р-2;Реализация;ИП Петров;500,00;RUB
Итого;;;;1 934,50;
"""
SQUARE = """\
Date,Time,Gross Sales,Discounts,Net Sales,Tax,Tip,Total Collected,Transaction ID,Payment ID,Event Type,Customer ID
2024-09-13,10:02:11,$30.00,-$3.00,$27.00,$2.16,$2.00,$31.16,T1,P1,Payment,C1
2024-09-13,23:30:00,"$1,240.00",$0.00,"$1,240.00",$0.00,$0.00,"$1,240.00",T2,P2,Payment,C2
2024-09-14,10:00:00,($10.00),$0.00,($10.00),($0.80),$0.00,($10.80),T3,P3,Refund,C1
"""
WILDBERRIES = """\
№;Предмет;Тип документа;Обоснование для оплаты;Дата заказа покупателем;Дата продажи;Кол-во;Цена розничная;\
Вайлдберриз реализовал Товар (Пр);К перечислению Продавцу за реализованный Товар;Srid
1;Кружки;Продажа;Продажа;2024-03-01;2024-03-05;2;1500;1980.00;1500.00;s1
2;Кружки;Продажа;Продажа;2024-03-02;2024-03-06;1;600;450.50;300.00;s2
3;Кружки;Возврат;Возврат;2024-03-01;2024-03-12;1;1500;990.00;750.00;s1
"""
PAYPAL = """\
"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","Transaction ID"
"01/15/2024","10:00:00","PST","Ann","Website Payment","Completed","USD","100.00","-3.20","96.80","ann@example.com","X1"
"01/16/2024","10:00:00","PST","Bob","Website Payment","Completed","USD","1,020.50","-30.00","990.50","b@x.example","X2"
"01/17/2024","10:00:00","PST","Bob","Website Payment","Canceled","USD","5.00","0.00","5.00","b@x.example","X3"
"""
ETSY = """\
Sale Date,Order ID,Buyer User ID,Full Name,Ship State,Currency,Order Value,Shipping,Sales Tax,Order Total,Status,\
Order Net,Adjusted Order Total,Buyer
09/14/2024,1,kj7,Ann A,TX,USD,40.00,5.00,3.00,48.00,Completed,43.00,0.00,Ann A
09/20/2024,2,lm8,Bob B,New York,USD,20.00,0.00,1.20,21.20,Completed,19.00,0.00,Bob B
"""
MAGENTO = """\
increment_id,state,status,customer_id,base_grand_total,grand_total,base_total_refunded,base_currency_code,\
order_currency_code,created_at
001,complete,complete,5,100.00,110.00,10.00,EUR,USD,2024-01-05 10:00:00
002,canceled,canceled,5,50.00,50.00,0.00,EUR,EUR,2024-01-06 10:00:00
003,processing,processing,6,30.00,30.00,,EUR,EUR,2024-02-06 10:00:00
"""
BITRIX = """\
ID;CANCELED;DATE_CANCELED;STATUS_ID;PRICE_DELIVERY;PRICE;CURRENCY;USER_ID;DATE_INSERT;SUM_PAID
1;N;;F;300.00;1300.00;RUB;17;2024-01-05 10:00:00;1300.00
2;Y;2024-01-07 10:00:00;N;0.00;500.00;RUB;17;2024-01-06 10:00:00;0.00
3;N;;P;0.00;700.50;RUB;18;2024-02-06 10:00:00;0.00
"""
OZON = """\
Номер заказа;Номер отправления;Принят в обработку;Статус;Сумма отправления;Код валюты отправления;Артикул;Ваша цена;\
Оплачено покупателем;Код валюты покупателя;Количество;Покупатель
10-1;10-1-1;2024-01-05 10:00:00;Доставлен;1200.00;RUB;A1;1200.00;1100.00;RUB;1;Анна
10-2;10-2-1;2024-01-06 10:00:00;Отменён;700.00;RUB;A2;700.00;650.00;RUB;1;Анна
10-3;10-3-1;2024-02-06 10:00:00;Доставлен;700.00;RUB;A2;700.00;650.50;RUB;1;Борис
"""
MAGENTO_GRID = """\
ID,"Purchase Date","Grand Total (Base)","Grand Total (Purchased)",Status,"Customer Email","Total Refunded"
000000021,"Jan 25, 2024 3:45:00 PM","$1,120.50","€1,020.00",complete,ann@example.com,$20.50
000000022,"Mar 1, 2024 12:05:00 AM",$30.00,$30.00,canceled,ann@example.com,$0.00
"""
WOO_ANALYTICS = """\
Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2024-01-05 12:00:00,901,$90.00,completed,Ann A,new,1x Mug,1,,90.00,Direct
2024-01-06 12:00:00,902,$45.50,processing,Bob B,new,1x Cup,1,TEN,45.50,Direct
"""
ONE_C_LINES = """\
Продажи за март 2024
Организация: ООО Север; отбор: все

Документ;Дата;Контрагент;Номенклатура;Количество;Цена;Сумма
Реализация 1;05.03.2024;Иванов;Чай;2;100,00;200,00
Реализация 1;05.03.2024;Иванов;Кофе;1;300,50;300,50
Реализация 2;06.03.2024;Петров;Чай;1;100,00;100,00
Итого;;;;4;;600,50
"""
CASES = {
    "shopify": Case(
        SHOPIFY,
        (),
        "Shopify: orders export",
        [
            ("ann@example.com", "2024-03-01", "2024-03-01", 1, "55.00"),
            ("bob@example.com", "2024-03-02", "2024-04-01", 2, "70.00"),
        ],
    ),
    "woocommerce": Case(
        WOO,
        (),
        "WooCommerce: export of a plugin, by titles",
        [
            ("ann@example.com", "2024-01-05", "2024-01-05", 1, "100.00"),
            ("bob@example.com", "2024-02-07", "2024-02-07", 1, "40.00"),
        ],
    ),
    "amazon": Case(
        AMAZON,
        (),
        "Amazon: new orders report",
        [
            ("a@m.example", "2024-01-05", "2024-01-05", 1, "42.50"),
            ("b@m.example", "2024-02-05", "2024-02-05", 1, "25.00"),
        ],
    ),
    "stripe": Case(
        STRIPE,
        (),
        "Stripe: payments export",
        [
            ("cus_1", "2024-01-05", "2024-02-01", 2, "85.10"),
            ("cus_2", "2024-01-07", "2024-01-07", 1, "0.00"),
        ],
    ),
    "prestashop": Case(
        PRESTASHOP,
        (),
        "PrestaShop: orders list",
        [
            ("A. DUPONT", "2024-01-05", "2024-01-05", 1, "45.50"),
            ("B. MARTIN", "2024-02-06", "2024-02-06", 1, "120.00"),
        ],
    ),
    "prestashop lines": Case(
        PRESTASHOP_LINES,
        (),
        "PrestaShop: orders table",
        [("7", "2024-01-05", "2024-01-05", 1, "48.00"), ("8", "2024-02-05", "2024-02-05", 1, "12.00")],
    ),
    "1c": Case(
        ONE_C,
        (),
        "1C: list of documents",
        [
            ("ИП Петров", "2024-03-20", "2024-03-20", 1, "500.00"),
            ("ООО Ромашка", "2024-03-05", "2024-03-05", 1, "1034.50"),
        ],
    ),
    "square": Case(
        SQUARE,
        (),
        "Square: transactions export",
        [("C1", "2024-09-13", "2024-09-13", 1, "17.00"), ("C2", "2024-09-13", "2024-09-13", 1, "1240.00")],
    ),
    "wildberries": Case(
        WILDBERRIES,
        ("customer_id=Srid",),
        "Wildberries: weekly report",
        [("s1", "2024-03-05", "2024-03-05", 1, "990.00"), ("s2", "2024-03-06", "2024-03-06", 1, "450.50")],
    ),
    "paypal": Case(
        PAYPAL,
        (),
        "PayPal: activity download",
        [
            ("ann@example.com", "2024-01-15", "2024-01-15", 1, "100.00"),
            ("b@x.example", "2024-01-16", "2024-01-16", 1, "1020.50"),
        ],
    ),
    "etsy": Case(
        ETSY,
        (),
        "Etsy: sold orders export",
        [("kj7", "2024-09-14", "2024-09-14", 1, "48.00"), ("lm8", "2024-09-20", "2024-09-20", 1, "21.20")],
    ),
    "magento": Case(
        MAGENTO,
        (),
        "Magento: orders table",
        [("5", "2024-01-05", "2024-01-05", 1, "90.00"), ("6", "2024-02-06", "2024-02-06", 1, "30.00")],
    ),
    "bitrix": Case(
        BITRIX,
        (),
        "Bitrix: orders table",
        [("17", "2024-01-05", "2024-01-05", 1, "1300.00"), ("18", "2024-02-06", "2024-02-06", 1, "700.50")],
    ),
    "ozon": Case(
        OZON,
        (),
        "Ozon: postings report",
        [("Анна", "2024-01-05", "2024-01-05", 1, "1100.00"), ("Борис", "2024-02-06", "2024-02-06", 1, "650.50")],
    ),
}


def customers_of(out: bytes) -> list[tuple[str, str, str, int, Decimal]]:
    rows = csv.DictReader(io.StringIO(out.decode()))
    return [
        (row["customer_id"], row["first_order"], row["last_order"], int(row["frequency"]), Decimal(row["monetary"]))
        for row in rows
    ]


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Callable[..., Any]:
    """Score a text that is written as a file; options may follow."""

    def run(text: str, *options: str) -> Any:
        monkeypatch.chdir(tmp_path)
        Path("export.csv").write_text(text, encoding="utf-8")
        return here("score", "export.csv", "--format", "csv", *options)

    return run


def mapped(case: Case) -> list[str]:
    return [part for one in case.maps for part in ("--map", one)]


CASES |= {
    "magento grid": Case(
        MAGENTO_GRID,
        (),
        "Magento: orders grid",
        [("ann@example.com", "2024-01-25", "2024-01-25", 1, "1100.00")],
    ),
    "woocommerce analytics": Case(
        WOO_ANALYTICS,
        (),
        "WooCommerce: Analytics orders export",
        [("Ann A", "2024-01-05", "2024-01-05", 1, "90.00"), ("Bob B", "2024-01-06", "2024-01-06", 1, "45.50")],
    ),
}


def test_a_report_of_1c_without_its_own_headings(scored: Callable[..., Any]) -> None:
    ended = scored(ONE_C_LINES)
    assert customers_of(ended.out) == [
        ("Иванов", "2024-03-05", "2024-03-05", 1, Decimal("500.50")),
        ("Петров", "2024-03-06", "2024-03-06", 1, Decimal("100.00")),
    ]
    assert "rfm: export.csv: 3 lines above the headings are skipped (--header-row)\n" in ended.err


@pytest.mark.parametrize("name", CASES)
def test_an_export_is_scored_to_the_cent(scored: Callable[..., Any], name: str) -> None:
    case = CASES[name]
    ended = scored(case.text, *mapped(case))
    assert ended.code == 0
    wanted = [(*rest, Decimal(money)) for *rest, money in case.customers]
    assert customers_of(ended.out) == wanted
    assert f"rfm: export.csv: recognized as {case.note}\n" in ended.err
    assert "no-amount" not in ended.err


@pytest.mark.parametrize("name", CASES)
def test_shuffled_rows_give_the_same_bytes(scored: Callable[..., Any], name: str) -> None:
    case = CASES[name]
    lines = case.text.splitlines(keepends=True)
    above = next(place for place, line in enumerate(lines) if ";;" not in line and line.count(";") + len(line) > 40) + 1
    rows = lines[above:]
    random.Random(7).shuffle(rows)
    assert scored("".join(lines[:above] + rows), *mapped(case)).out == scored(case.text, *mapped(case)).out


def test_check_names_the_money_that_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(SQUARE, encoding="utf-8")
    lines = here("check", "export.csv", "--format", "csv").out.decode().splitlines()
    assert [line for line in lines if "money not used" in line] == [
        "orders,money not used,Gross Sales,\"1,260\",3,--map amount='Gross Sales',,,,,,",
        "orders,money not used,Discounts,-3,3,--map amount=Discounts,,,,,,",
        "orders,money not used,Tax,1.36,3,--map amount=Tax,,,,,,",
        "orders,money not used,Tip,2,3,--map amount=Tip,,,,,,",
        "orders,money not used,Total Collected,\"1,260.36\",3,--map amount='Total Collected',,,,,,",
    ]


def test_titles_are_skipped_and_counted(scored: Callable[..., Any]) -> None:
    text = "Orders report\nPeriod: 2024-01-01 - 2024-03-31\n\ncustomer_id,order_date,amount\na,2024-01-05,10.50\n"
    ended = scored(text)
    assert (ended.code, customers_of(ended.out)) == (0, [("a", "2024-01-05", "2024-01-05", 1, Decimal("10.5"))])
    assert "rfm: export.csv: 3 lines above the headings are skipped (--header-row)\n" in ended.err
    assert scored(text, "--header-row", "4").out == ended.out
    assert (
        "rfm: export.csv: 1 line above the headings is skipped" in scored("Orders\n" + text[text.index("cust") :]).err
    )


def test_a_header_row_that_is_not_there(scored: Callable[..., Any]) -> None:
    ended = scored("customer_id,order_date,amount\na,2024-01-05,10\n", "--header-row", "9")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err == (
        "rfm: error: --header-row 9: export.csv has no such line\nrfm: hint: lines are counted from 1\n"
    )


def test_an_amount_that_is_not_found_fails_under_strict(scored: Callable[..., Any]) -> None:
    text = "customer_id,order_date,Basket Value\na,2024-01-05,10.50\nb,2024-01-06,20.50\n"
    ended = scored(text)
    assert ended.code == 0
    assert (
        "rfm: warning no-amount: no amounts: customers are scored on recency and frequency alone, and refunds cannot "
        "be distinguished from purchases; 'Basket Value' looks like money: --map amount='Basket Value'\n"
    ) in ended.err
    assert scored(text, "--strict").code == 1
    assert scored(text, "--strict", "--known", "no-amount").code == 0
    given = scored(text, "--map", "amount=Basket Value")
    assert [row[-1] for row in customers_of(given.out)] == [Decimal("10.50"), Decimal("20.50")]


def test_a_price_in_doubt_is_refused_with_both_answers(scored: Callable[..., Any]) -> None:
    text = "customer,order,date,qty,item_price\na,1,2024-01-05,3,30.00\nb,2,2024-02-05,1,12.00\n"
    ended = scored(text)
    assert (ended.code, ended.out) == (3, b"")
    assert ended.err == (
        "rfm: error: export.csv: column 'item_price' may be the price of one unit (revenue 102.00) "
        "or the total of its line (revenue 42.00)\n"
        "rfm: hint: say which: --map unit_price=item_price or --map amount=item_price\n"
    )


CUSTOMERS = "All customers\n\ncustomer_id,email,phone\na,a@x.example,\nb,b@x.example,\n"
ORDERS = "Orders\ncus,day,total\na,2024-01-05,10.50\nb,2024-01-06,20.50\n"


def test_lines_above_are_skipped_in_tables_beside_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    """The option names the line of the orders; the customers begin where their own headings are."""
    monkeypatch.chdir(tmp_path)
    Path("customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    Path("orders.csv").write_text(ORDERS, encoding="utf-8")
    maps = ("--map", "customer_id=cus", "--map", "ordered_at=day")
    for more in ((), ("--header-row", "2")):
        ended = here("score", "--with", "email", "--format", "csv", *maps, *more)
        rows = list(csv.DictReader(io.StringIO(ended.out.decode())))
        assert [(row["customer_id"], row["email"]) for row in rows] == [("a", "a@x.example"), ("b", "b@x.example")]
        assert "rfm: customers.csv: 2 lines above the headings are skipped\n" in ended.err
        assert "rfm: orders.csv: 1 line above the headings is skipped (--header-row)\n" in ended.err


def test_standard_input_with_titles(rfm: Callable[..., Any], tmp_path: Path) -> None:
    text = "Orders\n\ncustomer_id,order_date,amount\na,2024-01-05,10.50\n"
    ended = rfm("score", "-", "--format", "csv", cwd=tmp_path, stdin=text.encode())
    assert customers_of(ended.stdout) == [("a", "2024-01-05", "2024-01-05", 1, Decimal("10.5"))]
    assert b"rfm: standard input: 2 lines above the headings are skipped" in ended.stderr


def test_rejected_rows_are_numbered_below_the_headings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text("Orders\n\ncustomer_id,order_date,amount\na,2024-01-05,10\n,2024-01-06,5\n")
    here("score", "export.csv", "-o", "out.csv", "--rejects", "rejects.csv")
    assert Path("rejects.csv").read_text().splitlines()[1].startswith("export.csv,2,customer,")
