# ruff: noqa: E501, RUF001 - the headings of exports are as long as they are, in any script
"""From the export of a vendor to the list of those who can be reached: no customer who refused is on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

Here = Callable[..., Any]

KLAVIYO = """\
Email,Klaviyo ID,First Name,Phone Number,Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent,Email Suppressions
ann@k.example,01A,Ann,+15550100001,SUBSCRIBED,2024-01-02 10:00:00,NEVER_SUBSCRIBED,[]
bob@k.example,01B,Bob,+15550100002,UNSUBSCRIBED,2024-01-03 10:00:00,SUBSCRIBED,[]
cat@k.example,01C,Cat,,NEVER_SUBSCRIBED,,,[]
dan@k.example,01D,Dan,+15550100004,SUBSCRIBED,2024-01-05 10:00:00,,HARD_BOUNCE
eve@k.example,01E,Eve,+15550100005,SUBSCRIBED,,UNSUBSCRIBED,
"""
MAILCHIMP = {
    "subscribed.csv": """\
Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LAST_CHANGED,NOTES,TAGS
ann@k.example,Ann,4,2024-01-01 08:00:00,,2024-01-01 08:00:00,2024-01-02 08:00:00,no,
eve@k.example,Eve,2,2024-01-01 08:00:00,203.0.113.9,2024-01-01 08:00:00,2024-01-02 08:00:00,,
""",
    "unsubscribed.csv": """\
Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LAST_CHANGED,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,NOTES
bob@k.example,Bob,2,2024-01-01 08:00:00,,2024-01-01 08:00:00,2024-01-02 08:00:00,2024-02-01 08:00:00,Winter,NORMAL,
""",
    "cleaned.csv": """\
Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LAST_CHANGED,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE
dan@k.example,Dan,2,2024-01-01 08:00:00,,2024-01-01 08:00:00,2024-01-02 08:00:00,2024-02-01 08:00:00,Winter
""",
}
SHOPIFY = """\
Customer ID,First Name,Email,Accepts Email Marketing,Default Address City,Phone,Accepts SMS Marketing,Total Spent,Note,Tax Exempt
'701,Ann,ann@k.example,yes,Bonn,'+15550100001,no,10.00,no,no
'702,Bob,bob@k.example,no,Bonn,,yes,20.00,,no
'703,Cat,,yes,Bonn,'+15550100003,yes,20.00,,no
'704,Eve,eve@k.example,yes,Bonn,,no,20.00,,yes
"""
CRM = """\
Код клиента;Имя;Почта;Телефон;Согласие на рассылку;Дата согласия на рассылку;Отказ от СМС-рассылки;Не звонить;Заметки
1;Анна;anna@k.example;+7 495 000-00-01;Да;01.02.2024;Нет;Нет;нет
2;Борис;boris@k.example;+7 495 000-00-02;Нет;01.02.2024;Нет;Нет;да
3;Вера;vera@k.example;+7 495 000-00-03;Да;;Да;;да
4;Глеб;gleb@k.example;+7 495 000-00-04;;;;;
5;Дина;dina@k.example;+7 495 000-00-05;Да;05.02.2024;;Да;
"""
NAMES = ("ann", "bob", "cat", "dan", "eve")
BY_MAIL = "order_id,customer_id,order_date,amount\n" + "".join(
    f"{place},{name}@k.example,2024-0{place}-05,{place}0.00\n" for place, name in enumerate(NAMES, 1)
)


def by_number(first: int, count: int, head: str = "order_id,customer_id,order_date,amount") -> str:
    rows = (f"{place},{first + place},2024-0{place + 1}-05,{place + 1}0.00\n" for place in range(count))
    return head + "\n" + "".join(rows)


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Callable[..., list[list[str]]]:
    """The id and e-mail of those who can be reached, and of those by each channel, after a score of all."""
    monkeypatch.chdir(tmp_path)

    def made(orders: str, customers: dict[str, str], *options: str, buyers: int) -> list[list[str]]:
        (tmp_path / "orders.csv").write_text(orders, encoding="utf-8")
        for name, text in customers.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        given = [part for name in customers for part in ("--customers", name)]
        scored = here("score", "orders.csv", *given, *options, "--format", "csv")
        assert scored.code == 0, scored.err
        assert len(scored.out.splitlines()) == 1 + buyers
        found = []
        for branch in ("Reachable", "By email", "By phone"):
            arguments = ("orders.csv", *given, *options, "--list", branch, "--with", "email", "--format", "csv")
            ended = here("reach", *arguments)
            rows = [line.split(",") for line in ended.out.decode().splitlines()[1:]]
            found.append([f"{row[0]} {row[-1]}" for row in rows] if ended.code == 0 else [ended.err.splitlines()[-1]])
        return found

    return made


def mails(*names: str) -> list[str]:
    return [f"{name}@k.example {name}@k.example" for name in names]


def test_klaviyo(lists: Callable[..., list[list[str]]]) -> None:
    # Bob agreed to text messages alone: his e-mail is in no list.
    assert lists(BY_MAIL, {"people.csv": KLAVIYO}, buyers=5) == [
        ["ann@k.example ann@k.example", "bob@k.example ", "eve@k.example eve@k.example"],
        mails("ann", "eve"),
        ["bob@k.example "],
    ]


def test_mailchimp_in_three_files_by_status(lists: Callable[..., list[list[str]]]) -> None:
    reached, by_email, by_phone = lists(BY_MAIL, MAILCHIMP, buyers=5)
    assert (reached, by_email) == (mails("ann", "eve"), mails("ann", "eve"))
    assert by_phone[0].startswith("rfm: hint: Valid: All, Reachable, Not reachable, By email, each alone")


def test_shopify(lists: Callable[..., list[list[str]]]) -> None:
    people = SHOPIFY.replace("'", "")
    assert lists(by_number(701, 4), {"people.csv": people}, buyers=4) == [
        ["701 ann@k.example", "703 ", "704 eve@k.example"],
        ["701 ann@k.example", "704 eve@k.example"],
        ["703 "],
    ]


def test_shopify_by_e_mail_alone(lists: Callable[..., list[list[str]]]) -> None:
    people = "\n".join(line.split(",", 1)[1] for line in SHOPIFY.replace("'", "").splitlines()) + "\n"
    assert lists(BY_MAIL, {"people.csv": people}, buyers=5) == [mails("ann", "eve"), mails("ann", "eve"), []]


def test_a_crm_in_russian(lists: Callable[..., list[list[str]]]) -> None:
    orders = by_number(1, 5, "Номер заказа,Код клиента,Дата заказа,Сумма")
    assert lists(orders, {"people.csv": CRM}, buyers=5) == [
        ["1 anna@k.example", "3 vera@k.example", "5 dina@k.example"],
        ["1 anna@k.example", "3 vera@k.example", "5 dina@k.example"],
        ["1 anna@k.example"],
    ]


def test_rows_and_columns_in_any_order_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(BY_MAIL)
    table = [line.split(",") for line in KLAVIYO.splitlines()]
    random, seen = Random(7), set()
    for _ in range(4):
        (tmp_path / "people.csv").write_text("\n".join(map(",".join, table)) + "\n")
        ended = here("reach", "orders.csv", "--customers", "people.csv", "--format", "json")
        seen.add((ended.code, ended.out, ended.err))
        columns = random.sample(range(len(table[0])), len(table[0]))
        table = [table[0], *random.sample(table[1:], len(table) - 1)]
        table = [[row[place] for place in columns] for row in table]
    assert len(seen) == 1


def test_what_was_taken_and_what_was_not_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(BY_MAIL)
    (tmp_path / "people.csv").write_text(
        "customer_id,email,phone,Newsletter by mail,push_opt_in,SMS marketing\n"
        "ann@k.example,ann@k.example,5550001,yes,no,yes\n"
        "bob@k.example,bob@k.example,5550002,no,no,later\n"
        "cat@k.example,cat@k.example,5550003,,no,no\n"
    )
    said = here("reach", "orders.csv", "--customers", "people.csv").err.splitlines()
    # A channel without addresses may be any: who refuses it is on no list.
    assert said[-4:] == [
        "rfm: email: column 'email', consent 'Newsletter by mail' by its words (1 empty, 1 no, 1 yes), "
        "consent 'push_opt_in' by its words (3 no)",
        "rfm: phone: column 'phone', consent 'push_opt_in' by its words (3 no), "
        "consent 'SMS marketing' by its words (1 later, 1 no, 1 yes)",
        "rfm: no events were given: no customer counts as unsubscribed",
        "rfm: warning unclear-consent: people.csv: column 'SMS marketing' may tell of consents, and only clear words count, "
        "not 'later' (1) (--map customers.consent='SMS marketing')",
    ]


def test_all_have_agreed_at_the_users_word(shop: Path, here: Here) -> None:
    assert "warning no-consent: customers.csv: no column tells who agrees to messages by email" in here("reach").err
    given = here("reach", "--consent-given", "email")
    assert (given.code, "no-consent" in given.err) == (0, False)
    assert "rfm: email: column 'email' (1 without @), consent by --consent-given" in given.err.splitlines()
    (shop / "rfm.toml").write_text('[consent]\ngiven = ["email"]\n')
    assert "no-consent" not in here("reach").err
    wrong = here("reach", "--consent-given", "emial")
    assert (wrong.code, wrong.out) == (2, b"")
    assert wrong.err.splitlines()[-2:] == [
        "rfm: error: --consent-given emial: the customers have no such address",
        "rfm: hint: did you mean email? Valid: email",
    ]


def test_a_heading_of_two_ways_is_refused_with_both(shop: Path, here: Here) -> None:
    (shop / "customers.csv").write_text("customer_id,email,Not unsubscribed\n007,a@x.y,yes\n")
    ended = here("reach")
    assert (ended.code, ended.out) == (3, b"")
    assert ended.err.splitlines()[-2:] == [
        "rfm: error: customers.csv: column 'Not unsubscribed': is yes consent, or is no?",
        "rfm: hint: --map customers.consent='Not unsubscribed' or --map customers.unsubscribed='Not unsubscribed'",
    ]
    assert here("reach", "--map", "customers.consent=Not unsubscribed").code == 0
    assert "warning unclear-consent: customers.csv: column 'Not unsubscribed'" in here("check").err


def test_e_mails_of_customers_who_have_other_ids_are_named_with_the_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(BY_MAIL)
    (tmp_path / "people.csv").write_text(
        "id,E-mail,consent\n" + "".join(f"{name},{name}@K.example,yes\n" for name in NAMES)
    )
    wrong = here("reach", "orders.csv", "--customers", "people.csv", "--format", "csv")
    named = "people.csv knows 0 of 5 buyers (0.0%); its E-mail knows 5: --map customers.customer_id=E-mail"
    assert f"rfm: warning few-buyers-known: {named}" in wrong.err.splitlines()
    right = here("reach", "orders.csv", "--customers", "people.csv", "--map", "customers.customer_id=E-mail")
    assert "few-buyers-known" not in right.err
    assert right.out.decode().splitlines()[2].startswith("Reachable,5,")


def test_a_channel_is_called_by_any_of_its_names_and_addresses_are_not_overlooked(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\n1,2024-01-31,5\n2,2024-01-31,5\n")
    head, rows = (
        "customer_id,Contact data,phone,accepts sms",
        ["1,a@x.yz,+7 900 1234567,yes", "2,b@x.yz,+7 900 7654321,no"],
    )
    (tmp_path / "customers.csv").write_text("\n".join([head, *rows, ""]))
    done = rfm("reach", "--channel", "SMS", "--list", "Reachable", "--with", "phone", cwd=tmp_path)
    assert done.stdout.decode().splitlines()[1:] and done.stdout.decode().splitlines()[1].endswith("+7 900 1234567")
    assert (
        "warning unused-address: customers.csv: column 'Contact data' has e-mail addresses and is not used "
        "(--map customers.email='Contact data')"
    ) in done.stderr.decode()
    told = b"phone: shown whatever customers have agreed to; rfm reach --list Reachable has those"
    assert told not in done.stderr
    assert told in rfm("score", "--with", "phone", cwd=tmp_path).stderr


def test_numbers_and_dated_words_of_newsletters(lists: Callable[..., list[list[str]]]) -> None:
    rows = ("1", "2", "3", "4")
    magento = "customer_id,email,subscriber_status\n" + "".join(f"{row},c{row}@k.example,{row}\n" for row in rows)
    assert lists(by_number(1, 4), {"people.csv": magento}, buyers=4)[:2] == [["1 c1@k.example"]] * 2
    words = ("Subscribed (2024-01-01)", "Unsubscribed (2024-01-02)", "undeliverable", "valid")
    dated = "customer_id,email,Newsletter\n" + "".join(
        f"{row},c{row}@k.example,{word}\n" for row, word in zip(rows, words, strict=True)
    )
    assert lists(by_number(1, 4), {"people.csv": dated}, buyers=4)[:2] == [["1 c1@k.example", "4 c4@k.example"]] * 2
