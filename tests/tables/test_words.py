# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
"""Statuses, types and flags by their words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables.options import REJECTED_STATUSES
from rfm_cli.tables.words import fold, parted, status_verdict, type_verdict
from tests.examples import examples

USUAL = tuple(REJECTED_STATUSES)


def verdicts(texts: list[str], listed: tuple[str, ...] = USUAL) -> set[str]:
    return {status_verdict(text, listed) for text in texts}


def test_a_text_is_folded_and_parted() -> None:
    assert fold(" ОтменЁн\u00a0") == "отменен"
    assert fold("е\u0308") == fold("ё") == "е"
    assert parted("wc-checkout-draft") == ("checkout", "draft")
    assert parted("ORDER_STATUS_CANCELLED") == ("cancelled",)
    assert parted("Shipped - Returned to Seller") == ("shipped", "returned", "to", "seller")
    assert parted("5.0") == ("5.0",)
    assert parted("isn't done") == ("isnt", "done")
    assert parted(" - ") == ()
    assert parted("wc-") == ("wc",)


@pytest.mark.parametrize(
    "status",
    ["wc-cancelled", "WC-FAILED", "wc-checkout-draft", "Cancelled by customer", "order_canceled", "OrderCancelled",
     "Cancelled (not paid)", "PAYMENT_FAILED", "PaymentFailed", "Void", "auto-cancelled", "Payment declined!",
     "refusal",
     "Отменён клиентом", "заказ отменена", "отменено", "Отменены", "отменённый", "Отказ покупателя", "отказался",
     "Тестовый заказ", "Не оплачен, отменён", "no, cancelled", "Partially refunded, cancelled", "cAnCelled", "expires",
     "order status: cancelled", "Cancellation", "❌ cancelled", "ｃａｎｃｅｌｌｅｄ"],
)  # fmt: skip
def test_a_word_of_the_list_rejects_in_any_form(status: str) -> None:
    assert status_verdict(status, USUAL) == "rejected"


@pytest.mark.parametrize(
    "status",
    ["not cancelled", "Not yet cancelled", "un-cancelled", "uncancelled", "NotCancelled", "isn't cancelled",
     "no failed", "never cancelled", "non-expired", "partially cancelled", "partly_cancelled", "PartiallyCancelled",
     "не отменён", "ещё не был отменён", "без отказа", "частично отменен", "Частичная отмена"],
)  # fmt: skip
def test_a_negation_or_a_part_before_the_word_keeps_the_order(status: str) -> None:
    assert status_verdict(status, USUAL) == "accepted"


@pytest.mark.parametrize(
    "status", ["latest", "contest", "tester", "testing", "drafty", "avoid", "unfailing", "тестер", "", " ", "—", "0"]
)
def test_a_word_is_whole(status: str) -> None:
    assert status_verdict(status, USUAL) == "accepted"


@pytest.mark.parametrize(
    "status",
    ["cancelled, shipped", "Completed (was draft)", "failed_then_paid", "Отменён, доставлен", "отказ; оплачена",
     "cancelled partially shipped", "cancel requested", "pending cancellation", "запрос отмены"],
)  # fmt: skip
def test_a_word_of_completion_beside_it_makes_two_readings(status: str) -> None:
    assert status_verdict(status, USUAL) == "mixed"


@pytest.mark.parametrize(
    "status",
    ["refunded", "Returned", "partially_refunded", "PartiallyRefunded", "wc-refunded", "Chargeback", "charged back",
     "Возврат", "возвращён", "Shipped - Returned to Seller", "delivered, returned", "not cancelled, refunded"],
)  # fmt: skip
def test_words_of_returns_are_accepted_by_name(status: str) -> None:
    assert status_verdict(status, USUAL) == "returned"


def test_returns_that_are_none() -> None:
    assert verdicts(["not refunded", "non-refundable", "returning customer", "без возврата", "no return"]) == {
        "accepted"
    }


def test_a_phrase_of_the_list_is_the_whole_status() -> None:
    listed = ("payment failed", "wc-on-hold", "На складе")
    assert verdicts(["Payment failed", "PAYMENT_FAILED", "wc-payment-failed", "PaymentFailed"], listed) == {"rejected"}
    assert verdicts(["on hold", "On-Hold", "wc-on-hold", "на складе"], listed) == {"rejected"}
    assert verdicts(["payment failed twice", "failed", "hold", "склад"], listed) == {"accepted"}
    assert status_verdict("partially refunded", (*USUAL, "partially refunded")) == "rejected"


def test_words_of_ones_own_have_forms() -> None:
    assert verdicts(["Held by us", "held"], ("held",)) == {"rejected"}
    assert verdicts(["returned", "Return", "returns"], ("returned",)) == {"rejected"}
    assert verdicts(["возврат", "Возвращена"], ("возврат",)) == {"rejected"}
    assert verdicts(["closed", "close", "closing"], ("closed",)) == {"rejected"}
    assert verdicts(["stop", "stopped"], ("stopped",)) == {"rejected"}
    assert verdicts(["Отправлена", "отправлен", "отправленные"], ("отправлен",)) == {"rejected"}
    assert verdicts(["news", "newest", "paid out", "5.0"], ("new", "5")) == {"accepted"}
    assert verdicts(["paid"], ("paid",)) == {"rejected"}
    assert status_verdict("cancelled", ()) == status_verdict("cancelled", (" ", "-")) == "accepted"


@pytest.mark.parametrize(
    "text",
    ["Refund", "Customer Refund", "REFUNDED", "sale_return", "saleReturn", "Chargeback", "charge back", "Credit Note",
     "credit-memo", "Partial refund", "payment refund", "Возврат", "Возврат товаров от покупателя", "возвращено"],
)  # fmt: skip
def test_types_that_mean_a_refund(text: str) -> None:
    assert type_verdict(text) == "refund"


@pytest.mark.parametrize(
    "text",
    ["Chargeback Reversal", "Reversed refund", "refund_failure", "Refund cancelled", "Canceled return",
     "chargeback won", "Отмена возврата", "Сторно возврата", "payout", "fee", "transfer", "adjustment", "not a refund",
     "", "123", "Payment reversal"],
)  # fmt: skip
def test_types_that_say_nothing_sure(text: str) -> None:
    assert type_verdict(text) == "unknown"


@pytest.mark.parametrize(
    "text",
    ["Sale", "payment", "charge", "Customer Invoice", "Order", "purchase", "Продажа", "Реализация товаров", "Оплата",
     "Sale (no refund)", "non-refund order"],
)  # fmt: skip
def test_types_that_mean_a_purchase(text: str) -> None:
    assert type_verdict(text) == "purchase"


@settings(max_examples=examples(100, 1000), deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3).map(tuple))
def test_any_text_has_a_verdict_that_no_case_or_blank_changes(text: str, listed: tuple[str, ...]) -> None:
    found = status_verdict(text, listed)
    assert found in ("accepted", "rejected", "returned", "mixed")
    assert status_verdict(f" {text}\t", listed) == found
    assert type_verdict(text) in ("refund", "purchase", "unknown")


WORDS = st.sampled_from(["cancelled", "paid", "not", "refunded", "partially", "by", "shop", "отменён", "failed", "new"])


@settings(max_examples=examples(100, 1000), deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_the_whole_status_on_the_list_rejects_it(words: list[str]) -> None:
    text = " ".join(words)
    assert status_verdict(text.upper(), (*USUAL, "_".join(words))) == "rejected" or len(words) == 1
    assert status_verdict(text.title(), USUAL) == status_verdict(text, USUAL)
