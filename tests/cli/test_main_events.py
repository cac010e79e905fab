"""Event logs as tools write them, from the file to `rfm score` and `rfm reach`: the same answers for each of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

Here = Callable[..., Any]


class Log(NamedTuple):
    """The headings of a log, and how it names each event."""

    customer: str
    event: str
    at: str
    value: str
    order: str
    names: dict[str, str]


LOGS = {
    "Klaviyo": Log(
        "Customer ID",
        "Metric",
        "Timestamp",
        "Value",
        "Order ID",
        {
            "send": "Received Email",
            "open": "Opened Email",
            "click": "Clicked Email",
            "view": "Viewed Product",
            "visit": "Active on Site",
            "purchase": "Placed Order",
            "line": "Ordered Product",
            "end": "Fulfilled Order",
            "no": "Unsubscribed from Email Marketing",
            "bounce": "Bounced Email",
            "yes": "Subscribed to Email Marketing",
        },
    ),
    "Mailchimp": Log(
        "customer_id",
        "action",
        "timestamp",
        "value",
        "order_id",
        {
            "send": "sent",
            "open": "open",
            "click": "click",
            "view": "click",
            "visit": "open",
            "purchase": "order",
            "line": "note",
            "end": "event",
            "no": "unsub",
            "bounce": "cleaned",
            "yes": "subscribe",
        },
    ),
    "Google Analytics 4": Log(
        "user_pseudo_id",
        "event_name",
        "event_timestamp",
        "purchase_revenue",
        "transaction_id",
        {
            "send": "scroll",
            "open": "session_start",
            "click": "select_item",
            "view": "view_item",
            "visit": "page_view",
            "purchase": "purchase",
            "line": "add_to_cart",
            "end": "refund",
            "no": "opt_out",
            "bounce": "opt_out",
            "yes": "opt_in",
        },
    ),
    "Segment": Log(
        "user_id",
        "event",
        "timestamp",
        "total",
        "order_id",
        {
            "send": "Email Delivered",
            "open": "Email Opened",
            "click": "Email Link Clicked",
            "view": "Product Viewed",
            "visit": "Application Opened",
            "purchase": "Order Completed",
            "line": "Product Added",
            "end": "Order Updated",
            "no": "Email Marked as Spam",
            "bounce": "Email Bounced",
            "yes": "opted in",
        },
    ),
    "Customer.io": Log(
        "customer_id",
        "metric",
        "timestamp",
        "amount",
        "order_id",
        {
            "send": "email_sent",
            "open": "email_opened",
            "click": "email_clicked",
            "view": "product_viewed",
            "visit": "in_app_opened",
            "purchase": "purchased",
            "line": "email_converted",
            "end": "email_failed",
            "no": "customer_unsubscribed",
            "bounce": "email_bounced",
            "yes": "customer_subscribed",
        },
    ),
    "Matomo": Log(
        "visitorId",
        "type",
        "timestamp",
        "revenue",
        "orderId",
        {
            "send": "goal",
            "open": "action",
            "click": "outlink",
            "view": "action",
            "visit": "download",
            "purchase": "ecommerceOrder",
            "line": "ecommerceAbandonedCart",
            "end": "search",
            "no": "unsubscribe",
            "bounce": "bounce",
            "yes": "subscribe",
        },
    ),
    "eSputnik": Log(
        "client_id",
        "eventTypeKey",
        "Date time",
        "Amount",
        "order_number",
        {
            "send": "DELIVERED",
            "open": "OPENED",
            "click": "CLICKED",
            "view": "ProductPage",
            "visit": "MainPage",
            "purchase": "PurchasedItems",
            "line": "StatusCart",
            "end": "AddToWishlist",
            "no": "UNSUBSCRIBED",
            "bounce": "UNDELIVERED",
            "yes": "Subscribed",
        },
    ),
    "Mindbox": Log(
        "Идентификатор клиента",
        "Шаблон действия",
        "Дата и время",
        "Сумма заказа",
        "Номер заказа",
        {
            "send": "Отправка письма",
            "open": "Открытие письма",
            "click": "Переход по ссылке в письме",
            "view": "Просмотр продукта",
            "visit": "Посещение сайта",
            "purchase": "Заказ создан",
            "line": "Добавление продукта в корзину",
            "end": "Статус заказа изменен",
            "no": "Отписка от рассылки",
            "bounce": "Письмо не доставлено",
            "yes": "Подписка на рассылку",
        },
    ),
}
ROWS = [
    ("c1", "send", "2024-01-04 09:00:00", "", ""),
    ("c1", "open", "2024-01-04 10:00:00", "", ""),
    ("c1", "purchase", "2024-01-05 10:00:00", "50.00", "1001"),
    ("c1", "line", "2024-01-05 10:00:00", "30.00", "1001"),
    ("c1", "line", "2024-01-05 10:00:00", "20.00", "1001"),
    ("c1", "end", "2024-01-06 10:00:00", "50.00", "1001"),
    ("c2", "purchase", "2024-02-05 10:00:00", "20.00", "1002"),
    ("c2", "purchase", "2024-02-20 10:00:00", "7.55", "1003"),
    ("c2", "click", "2024-02-07 11:00:00", "", ""),
    ("c2", "view", "2024-02-08 11:00:00", "", ""),
    ("c2", "no", "2024-02-09 11:00:00", "", ""),
    ("c3", "purchase", "2024-02-10 10:00:00", "5.00", "1004"),
    ("c3", "visit", "2024-02-11 10:00:00", "", ""),
    ("c3", "bounce", "2024-02-12 10:00:00", "", ""),
    ("c4", "no", "2024-01-12 10:00:00", "", ""),
    ("c4", "yes", "2024-01-20 10:00:00", "", ""),
]
SCORES = [
    ["c1", "2024-01-05", "2024-01-05", "1", "50.00", "1", "47"],
    ["c2", "2024-02-05", "2024-02-20", "2", "27.55", "2", "12"],
    ["c3", "2024-02-10", "2024-02-10", "1", "5.00", "1", "9"],
    ["c4", "", "", "0", "0.00", "0", ""],
]
COLUMNS = "customer_id first_order last_order frequency monetary engagement last_event".split()


def written(log: Log) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([log.customer, log.event, log.at, log.value, log.order])
    rows.writerows([who, log.names[kind], *rest] for who, kind, *rest in ROWS)
    return out.getvalue()


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Write the log of a tool into a new working directory, with customers; returns what reads it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(
        "customer_id,email\n" + "".join(f"c{number},c{number}@x.y\n" for number in range(1, 6))
    )

    def of(tool: str) -> list[str]:
        (tmp_path / "log.csv").write_text(written(LOGS[tool]), encoding="utf-8")
        return ["--events", "log.csv", "--purchase-events", "purchase"]

    return of


def rows_of(out: bytes, columns: list[str]) -> list[list[str]]:
    return [[row[name] for name in columns] for row in csv.DictReader(io.StringIO(out.decode()))]


@pytest.mark.parametrize("tool", LOGS)
def test_scores_and_engagement_of_each_tool(log: Callable[[str], list[str]], here: Here, tool: str) -> None:
    done = here("score", *log(tool), "--with", "engagement,last_event", "--known", "unused-score")
    assert done.code == 0, done.err
    assert rows_of(done.out, COLUMNS) == SCORES
    assert "warning" not in done.err, done.err
    taken = LOGS[tool].names["purchase"]
    by_kind = f"rfm: log.csv: orders by their kind are {taken!r} (4)\n"
    assert (by_kind in done.err) == (taken != "purchase")


@pytest.mark.parametrize("tool", LOGS)
def test_customers_who_can_be_reached_by_each_tool(log: Callable[[str], list[str]], here: Here, tool: str) -> None:
    done = here("reach", *log(tool), "--customers", "people.csv", "--list", "Reachable", "--with", "email", "-q")
    assert rows_of(done.out, ["email"]) == [["c1@x.y"], ["c4@x.y"], ["c5@x.y"]]


@pytest.mark.parametrize("tool", ["Klaviyo", "Mindbox"])
def test_shuffled_logs_give_the_same_bytes(log: Callable[[str], list[str]], here: Here, tool: str) -> None:
    given = [*log(tool), "--with", "engagement,last_event"]
    done = here("score", *given)
    first, *rows = Path("log.csv").read_text(encoding="utf-8").splitlines()
    Path("log.csv").write_text("\n".join([first, *reversed(rows)]) + "\n", encoding="utf-8")
    again = here("score", *given)
    assert (again.out, again.err) == (done.out, done.err)


def test_check_says_what_each_name_counts_as(log: Callable[[str], list[str]], here: Here) -> None:
    done = here("check", *log("Klaviyo"))
    found = {row[0]: row[1:] for row in rows_of(done.out, ["item", "found", "rows", "change_with", "topic"])}
    events = {name: row[:3] for name, row in found.items() if row[3] == "event"}
    assert events == {
        "Placed Order": ["purchase, an order; 2024-01-05 to 2024-02-20", "4", ""],
        "Ordered Product": ["no kind, counts for nothing; 2024-01-05 to 2024-01-05", "2", ""],
        "Unsubscribed from Email Marketing": ["unsubscribe, closes email; 2024-01-12 to 2024-02-09", "2", ""],
        "Active on Site": ["visit, engagement; 2024-02-11 to 2024-02-11", "1", ""],
        "Bounced Email": ["bounce, closes email; 2024-02-12 to 2024-02-12", "1", ""],
        "Clicked Email": ["click, engagement; 2024-02-07 to 2024-02-07", "1", ""],
        "Fulfilled Order": ["no kind, counts for nothing; 2024-01-06 to 2024-01-06", "1", ""],
        "Opened Email": ["open, engagement; 2024-01-04 to 2024-01-04", "1", ""],
        "Received Email": ["send; 2024-01-04 to 2024-01-04", "1", ""],
        "Subscribed to Email Marketing": ["no kind, opens email again; 2024-01-20 to 2024-01-20", "1", ""],
        "Viewed Product": ["view, engagement; 2024-02-08 to 2024-02-08", "1", ""],
    }


def test_a_log_without_the_event_that_is_an_order(log: Callable[[str], list[str]], here: Here) -> None:
    given = log("Klaviyo")[:2]
    done = here("score", *given, "--purchase-events", "bought")
    assert (done.code, done.out) == (3, b"")
    assert done.err == (
        "rfm: error: log.csv: no event is called 'bought', or is of this kind; there are 'Placed Order' (4), "
        "'Ordered Product' (2), 'Unsubscribed from Email Marketing' (2), 'Active on Site' (1), 'Bounced Email' (1) "
        "and 6 more\nrfm: hint: name the one that is an order: --purchase-events 'Placed Order'\n"
    )
    own = here("score", *given, "--purchase-events", "ordered product", "--amount-per", "row", "-q")
    assert rows_of(own.out, COLUMNS[:5])[0] == ["c1", "2024-01-05", "2024-01-05", "1", "50"]


def test_objections_of_unknown_names_are_a_warning(log: Callable[[str], list[str]], here: Here) -> None:
    given = [*log("Klaviyo"), "--customers", "people.csv", "--list", "Reachable", "--with", "email"]
    text = Path("log.csv").read_text(encoding="utf-8").replace("Unsubscribed from Email Marketing", "Unsubbed it all")
    Path("log.csv").write_text(text, encoding="utf-8")
    done = here("reach", *given)
    assert rows_of(done.out, ["email"]) == [["c1@x.y"], ["c2@x.y"], ["c4@x.y"], ["c5@x.y"]]
    assert (
        "rfm: warning unknown-objections: log.csv: events that read like an objection close no channel; there is "
        "'Unsubbed it all' (2); --event-kind 'Unsubbed it all=unsubscribe'\n"
    ) in done.err
    assert here("reach", *given, "--strict").code == 1
    taken = here("reach", *given, "--event-kind", "Unsubbed it all=unsubscribe")
    assert rows_of(taken.out, ["email"]) == [["c1@x.y"], ["c4@x.y"], ["c5@x.y"]]
    assert "unknown-objections" not in taken.err


def test_maps_of_orders_are_those_of_events_that_are_orders(tmp_path: Path, rfm: Any) -> None:
    rows = "customer_id,event,at,value,rev,mail\na,buy,2024-01-01,1,10,x@y.zz\nb,buy,2024-01-02,2,20,x@y.zz\n"
    (tmp_path / "log.csv").write_text(rows)
    wanted = ("score", "log.csv", "--purchase-events", "buy", "-q", "--map")
    done = rfm(*wanted, "amount=rev", cwd=tmp_path)
    assert [line.split(",")[5] for line in done.stdout.decode().splitlines()[1:]] == ["10", "20"]
    done = rfm(*wanted, "customer_id=mail", cwd=tmp_path)
    assert done.stdout.decode().splitlines()[1].startswith("x@y.zz,2024-01-01,2024-01-02,0,2,3")
    for option, code, error in [
        ("amount=nonsense", 3, "log.csv: no column 'nonsense', which was given for value"),
        ("refunded=rev", 2, "--map refunded=rev: the orders are events (--purchase-events), which have no such field"),
    ]:
        done = rfm(*wanted, option, cwd=tmp_path)
        assert (done.returncode, error in done.stderr.decode()) == (code, True)


def test_an_unsubscribe_on_the_web_is_about_all_channels(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\na,2024-01-31,5\nb,2024-01-31,5\n")
    (tmp_path / "customers.csv").write_text("customer_id,email,email_consent\na,a@x.yz,yes\nb,b@x.yz,yes\n")
    rows = "customer_id,event,at,channel\na,Unsubscribed,2024-01-30,web\nb,bounce,2024-01-30,push\n"
    (tmp_path / "events.csv").write_text(rows)
    done = rfm("reach", "orders.csv", "customers.csv", "events.csv", "-q", "--list", "Reachable", cwd=tmp_path)
    assert [line.split(",")[0] for line in done.stdout.decode().splitlines()[1:]] == ["b"]


def test_a_list_of_addresses_warns_of_consents_that_are_not_used(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\na,2024-01-31,5\nb,2024-01-31,5\n")
    (tmp_path / "customers.csv").write_text("customer_id,email,sms_consent\na,a@x.yz,yes\nb,b@x.yz,no\n")
    done = rfm("score", "orders.csv", "customers.csv", "--with", "email", cwd=tmp_path)
    found = {line.split()[2] for line in done.stderr.decode().splitlines() if "consent:" in line}
    assert found == {"no-consent:", "unused-consent:"}
    assert b"consent:" not in rfm("score", "orders.csv", "customers.csv", cwd=tmp_path).stderr


def test_ids_that_differ_in_case_between_tables_are_named(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\nAB1,2024-01-31,5\nAB2,2024-01-31,5\n")
    (tmp_path / "customers.csv").write_text("customer_id,email,email_consent\nAB1,a@x.yz,yes\nAB2,b@x.yz,yes\n")
    (tmp_path / "events.csv").write_text("customer_id,event,at\nab1,Unsubscribed,2024-01-30\nAB2,open,2024-01-30\n")
    done = rfm("reach", "orders.csv", "customers.csv", "events.csv", cwd=tmp_path)
    for text in (
        "warning ids-by-case: events.csv: 1 ids differ from those of buyers in case alone, for example 'ab1' and 'AB1'",
        "warning foreign-objections: customers.csv: 1 event against messages of 1 id that it lacks, 1 of them "
        "different in case alone, for example 'ab1': no channel is closed by them",
    ):
        assert text in done.stderr.decode()


def test_consents_in_orders_are_not_overlooked(tmp_path: Path, rfm: Any) -> None:
    rows = "customer_id,date,amount,Accepts Marketing,Newsletter text\na,2024-01-31,5,yes,x\nb,2024-01-31,5,no,y1\n"
    (tmp_path / "orders.csv").write_text(rows)
    (tmp_path / "customers.csv").write_text("customer_id,email,email_consent\na,a@x.yz,yes\nb,b@x.yz,yes\n")
    told = (
        "rfm: warning unused-consent: orders.csv: column 'Accepts Marketing' tells of consents, which count in the "
        "customers table alone"
    )
    for command in (["reach"], ["check"], ["score", "--with", "email"]):
        done = rfm(command[0], "orders.csv", "customers.csv", *command[1:], cwd=tmp_path)
        assert [line for line in done.stderr.decode().splitlines() if "unused-consent:" in line] == [told]
