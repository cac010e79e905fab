# ruff: noqa: RUF001 - letters of other scripts are what is looked for
"""What events are, by their names: the kinds of a shop's own names, and of those of its tools.

Names are compared like headings, so that one is written here in any of its spellings. A name of the user beats one of
these, and a name that neither has is a kind of its own. `docs/events.md` shows the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise

import polars as pl

from rfm_cli.tables.fields import fold

NAMES: Mapping[str, Mapping[str, str]] = {
    "Any export": {
        "send": "send, sent, sends, delivered",
        "open": "open, opened, opens",
        "click": "click, clicked, clicks",
        "visit": "visit, visited, visits",
        "view": "view, viewed, views, page_view, product_view",
        "cart": "cart, carts, add_to_cart",
        "remove": "remove, remove_from_cart",
        "checkout": "checkout",
        "purchase": "purchase, purchased, purchases, order, orders",
        "unsubscribe": "unsubscribe, unsubscribed, unsub, opt_out, opted_out, spam, spam_report, spam_reported, "
        "spam_complaint, marked_as_spam, complaint, complained, Unsubscribed from Email, email_unsubscribe, "
        "unsubscribe_email, unsubscribed_email, list_unsubscribe, global_unsubscribe, "
        "group_unsubscribe, Отписался от рассылки, Отписка от email рассылки",
        "bounce": "bounce, bounced, hard_bounce, hard_bounced, email_hard_bounce, email_hard_bounced",
        "feedback": "feedback, review, reviews, reviewed, rating, ratings, rated, product_review, order_rating",
        "survey": "survey",
        "stay": "stay",
        "offer": "offer",
        "form_shown": "form_shown, form_view, popup_shown, popup_view",
        "form_step": "form_step",
        "form_submit": "form_submit, form_submitted, signup, subscribe",
    },
    "Klaviyo": {
        "send": "Received Email, Received SMS, Received Push",
        "open": "Opened Email, Opened Push",
        "click": "Clicked Email, Clicked SMS",
        "visit": "Active on Site",
        "view": "Viewed Product, Viewed Collection",
        "cart": "Added to Cart",
        "remove": "Removed from Cart",
        "checkout": "Checkout Started, Started Checkout",
        "purchase": "Placed Order",
        "unsubscribe": "Unsubscribed from Email Marketing, Unsubscribed from SMS Marketing, Unsubscribed from SMS, "
        "Unsubscribed from List, Marked Email as Spam",
        "bounce": "Bounced Email, Dropped Email",
    },
    "Mailchimp": {
        "unsubscribe": "abuse",
        "bounce": "cleaned",
        "survey": "survey_response",
    },
    "Google Analytics 4": {
        "visit": "session_start",
        "view": "view_item, view_item_list, view_cart, screen_view",
        "click": "select_item, select_promotion",
        "checkout": "begin_checkout",
        "purchase": "in_app_purchase",
        "form_step": "form_start",
    },
    "Matomo": {
        "view": "action",
        "click": "outlink, download",
        "cart": "ecommerceAbandonedCart",
        "purchase": "ecommerceOrder",
    },
    "Segment and Customer.io": {
        "send": "Email Sent, Email Delivered, SMS Sent, SMS Delivered, Push Sent, Push Delivered, "
        "Push Notification Received, In-App Sent",
        "open": "Email Opened, Push Opened, In-App Opened",
        "click": "Email Clicked, Email Link Clicked, SMS Clicked, SMS Link Clicked, Push Clicked, "
        "Push Notification Tapped, In-App Clicked, Product Clicked, Promotion Clicked",
        "visit": "Application Opened",
        "view": "Product Viewed, Product List Viewed, Viewed Product Category, Cart Viewed, Page Viewed, "
        "Screen Viewed, Loaded a Page",
        "cart": "Product Added, Added Product",
        "remove": "Product Removed, Removed Product",
        "purchase": "Order Completed, Completed Order",
        "unsubscribe": "Email Unsubscribed, Email Marked as Spam, Email Spammed, Email Complained, Spammed, "
        "SMS Unsubscribed, Customer Unsubscribed",
        "bounce": "Email Bounced, Email Dropped, Email Suppressed, Dropped, SMS Bounced, Push Bounced, "
        "Push Notification Bounced",
        "feedback": "Product Reviewed",
    },
    "eSputnik": {
        "view": "ProductPage, CategoryPage, MainPage",
        "cart": "StatusCart",
        "purchase": "PurchasedItems",
        "bounce": "UNDELIVERED",
    },
    "Mindbox, and others in Russian": {
        "send": "Отправка, Отправлено, Доставлено, Отправка письма, Письмо отправлено, Письмо доставлено, "
        "Отправка рассылки, Рассылка отправлена, Рассылка доставлена, Отправка SMS, SMS отправлено, SMS доставлено",
        "open": "Открытие, Открыто, Открыл, Открытие письма, Открыл письмо, Письмо открыто, Открытие рассылки, "
        "Рассылка открыта",
        "click": "Клик, Кликнул, Клик по ссылке, Клик в письме, Клик в рассылке, Переход по ссылке, "
        "Переход по ссылке в письме, Переход по ссылке в рассылке, Переход из письма, Переход из рассылки",
        "visit": "Визит, Посещение, Посещение сайта",
        "view": "Просмотр, Просмотр товара, Просмотр продукта, Просмотр категории, Просмотр страницы, "
        "Website.ViewProduct, Website.ViewCategory",
        "cart": "Корзина, Добавление в корзину, Добавил в корзину, Добавление товара в корзину, "
        "Добавление продукта в корзину, Товар добавлен в корзину, Website.AddToCart, Website.SetCart",
        "remove": "Удаление из корзины, Удалил из корзины, Удаление товара из корзины, Удаление продукта из корзины, "
        "Website.RemoveFromCart",
        "checkout": "Начало оформления заказа, Начал оформление заказа",
        "purchase": "Заказ, Покупка, Создание заказа, Заказ создан, Заказ оформлен, Оформил заказ, "
        "Website.CreateOrder, Website.CreateAuthorizedOrder",
        "unsubscribe": "Отписка, Отписался, Отписалась, Отписан, Отписка от рассылки, Отписка от рассылок, "
        "Отписка от email, Отписка от SMS, Жалоба, Жалоба на спам, Пожаловался на спам, Спам",
        "bounce": "Не доставлено, Письмо не доставлено",
        "feedback": "Отзыв, Оценка, Оценка заказа, Оценка товара, Отзыв о заказе, Отзыв о товаре, Оставил отзыв",
        "survey": "Опрос",
    },
}
"""Whose names they are -> kind -> names. Of the names for one purchase only the order's own is a purchase."""

WITHOUT_KIND = (
    "Ordered Product, Fulfilled Order, Cancelled Order, Refunded Order, Sent SMS, Failed to Deliver SMS, Subscribed to "
    "List, Subscribed to Back in Stock, Merged Profile, soft_bounce, soft_bounced, Order Updated, Order Refunded, "
    "Order Cancelled, Products Searched, Email Converted, Email Failed, refund, search, user_engagement, scroll, "
    "add_to_wishlist, SearchRequest, CustomerData"
)
"""Events of these tools that are of no kind: parts and ends of an order, which is counted once, and what tells little
of a customer."""
REOPENING = (
    "subscribe, subscribed, resubscribe, resubscribed, opt_in, opted_in, Subscribed to Email Marketing, "
    "Subscribed to SMS Marketing, Consented to Receive SMS, Customer Subscribed, Подписка, Подписался, Подписалась, "
    "Подписка на рассылку"
)
"""Events that, on a later day, cancel those against a channel; some of them are of a kind beside that."""
OBJECTING = ("unsubscribe", "bounce")
"""Kinds of events after which a channel is not used. A soft bounce is of neither."""

CHANNEL_WORDS: Mapping[str, str] = {
    "email": "email emails mail mails почта почты письмо письма писем письмом",
    "phone": "sms mms смс",
    "telegram": "telegram телеграм",
    "push": "push пуш",
    "whatsapp": "whatsapp",
    "viber": "viber вайбер",
}
"""Words of an event that name a channel."""
WORD = re.compile(r"[^\W\d_]+")

MARKS = ("оцен", "отзыв", "rating", "rated", "review", "feedback")
"""Beginnings of words of events that are likely to be a customer's opinion."""

Kinds = Mapping[str, str]
"""Kinds of the user's own events, by folded name."""


@cache
def _built_in() -> dict[str, tuple[str, str]]:
    """Return the kind of each folded name of the table, and its spelling there."""
    return {
        fold(name): (kind, name)
        for kinds in NAMES.values()
        for kind, names in kinds.items()
        for name in names.split(", ")
    }


@cache
def _reopening() -> dict[str, str]:
    return {fold(name): name for name in REOPENING.split(", ")}


@cache
def _without_kind() -> frozenset[str]:
    return frozenset(map(fold, WITHOUT_KIND.split(", ")))


def has_kind(name: str, own: Kinds) -> bool:
    """Return whether the user or the table knows the kind of an event."""
    return fold(name.strip()) in own or fold(name.strip()) in _built_in()


def is_known(name: str, own: Kinds) -> bool:
    """Return whether it is known what an event counts as, which may be nothing."""
    return has_kind(name, own) or fold(name.strip()) in _without_kind() or side(name, own) is not None


def kind(name: str, own: Kinds) -> str:
    """Return the kind of an event by its name, the folded name itself where it has none.

    >>> kind("Opened Email", {}), kind("Letter read", {"letterread": "open"}), kind("Some thing", {})
    ('open', 'open', 'something')
    """
    folded = fold(name.strip())
    known = own.get(folded)
    return known or (_built_in()[folded][0] if folded in _built_in() else folded)


def likely_kind(name: str) -> str:
    """Return the kind that an event of an unknown name may have, by its words: what is proposed, and never taken.

    >>> likely_kind("Оценка доставки"), likely_kind("Page 2")
    ('feedback', 'view')
    """
    words = WORD.findall(name.replace("_", " ").lower())
    return "feedback" if any(word.startswith(MARKS) for word in words) else "view"


def names_of(wanted: Sequence[str], own: Kinds) -> frozenset[str]:
    """Return the folded names of the events that have one of the wanted names, or are of one of the wanted kinds."""
    folded = {fold(name.strip()) for name in wanted}
    known = {name: built_in for name, (built_in, _) in _built_in().items()} | dict(own)
    return frozenset(folded | {name for name, its_kind in known.items() if fold(its_kind) in folded})


def side(name: str, own: Kinds) -> str | None:
    """Return "against" for an event after which a channel is not used, "for" for one that cancels such; else None."""
    if kind(name, own) in OBJECTING:
        return "against"
    folded = fold(name.strip())
    return "for" if folded in _reopening() and folded not in own else None


def channel_named(name: str) -> str | None:
    """Return the channel that the words of an event name, None where they name none, or several.

    >>> channel_named("Unsubscribed from SMS Marketing"), channel_named("email_bounced"), channel_named("unsub")
    ('phone', 'email', None)
    """
    folded = fold(name.strip())
    # A name without its blanks has the words of its spelling in the table.
    spelled = _built_in()[folded][1] if folded in _built_in() else _reopening().get(folded, name)
    apart = "".join(
        f" {mark}" if mark.isupper() and before.islower() else mark for before, mark in pairwise(f" {spelled}")
    )
    words = {word.casefold() for word in WORD.findall(apart.replace("_", " "))}
    found = [channel for channel, names in CHANNEL_WORDS.items() if words & set(names.split())]
    return found[0] if len(found) == 1 else None


def judged(column: pl.Expr, judge: Callable[[str], str | None]) -> pl.Expr:
    """Return what `judge` makes of each text, null for null; each distinct text is judged once."""

    def judge_each(texts: pl.Series) -> pl.Series:
        distinct = texts.unique()
        found = pl.Series([None if text is None else judge(text) for text in distinct], dtype=pl.String)
        return texts.replace_strict(distinct, found, return_dtype=pl.String)

    return column.map_batches(judge_each, return_dtype=pl.String, is_elementwise=True)


def kind_of(column: pl.Expr, own: Kinds) -> pl.Expr:
    """Return the kinds of a column of names."""
    return judged(column, lambda name: kind(name, own))


def is_one_of(column: pl.Expr, names: Sequence[str], own: Kinds) -> pl.Expr:
    """Return whether events have one of these names, or are of one of these kinds; false for null."""
    wanted = names_of(names, own)
    return judged(column, lambda name: "yes" if fold(name.strip()) in wanted else None).is_not_null()
