"""The fields of each table, and their headings in other programs' exports.

A heading is compared after folding (case, space, `_` and `-` do not count), so an alias is written here in any of its
spellings. The lists are short on purpose: an alias must mean its field in nearly every export; for all others there is
`--map`. What one vendor's export calls a field is in `vendors`.
"""

from __future__ import annotations

from functools import cache

CUSTOMER = (
    "client_id customer customer_key customer_no customer_number client user_id user household_id person_id "
    "buyer_id member_id Клиент id_клиента Код_клиента Покупатель"
)
ORDERED_AT = (
    "order_date date invoice_date order_time order_datetime order_timestamp created_at purchase_date purchased_at "
    "payment_date paid_at transaction_date transaction_timestamp transaction_time timestamp datetime rental_date "
    "Дата Дата_заказа Дата_покупки"
)
AMOUNT = (
    "revenue total_price total total_amount order_total order_amount grand_total sales sales_value price_total "
    "net_amount Сумма Сумма_заказа Выручка"
)
ORDER = (
    "order_number order_no order invoice_no invoice_id invoice invoice_number basket_id transaction_id "
    "Номер_заказа Заказ id_заказа"
)

CONSENTS = (
    "email_consent phone_consent telegram_consent consent unsubscribed bounced email_consent_at phone_consent_at "
    "telegram_consent_at consent_at unsubscribed_at bounced_at"
).split()
"""Fields of consents of customers. Their aliases are in `consent_headings`, since a file may have several of one."""

ALIASES: dict[str, dict[str, str]] = {
    "orders": {
        "customer_id": CUSTOMER,
        "ordered_at": ORDERED_AT,
        "amount": AMOUNT,
        "quantity": "qty order_quantity units Количество",
        "unit_price": "price item_price Цена",
        "order_id": ORDER,
        "status": "order_status financial_status Статус Статус_заказа",
        "cancelled": "cancelled_at canceled canceled_at is_cancelled is_canceled cancellation_date",
        "type": "kind event_type transaction_type document_type Тип Тип_документа",
        "refunded": "refunded_amount amount_refunded refund_amount total_refunded",
        "refunded_at": "refund_date refund_time",
        "currency": "currency_code order_currency Валюта",
        "channel": "sales_channel acquisition_channel Канал",
        "promo_code": "coupon coupon_code discount_code Промокод",
        "product_id": "sku stock_code product_key product aid Товар",
        "category": "category_name product_category Категория",
        "line_total": "line_amount item_total line_subtotal row_total total_line_price",
        "shipping": "shipping_cost order_shipping shipping_amount shipping_total shipping_price delivery delivery_cost "
        "Доставка Стоимость_доставки",
    },
    "lines": {
        "order_id": ORDER,
        "product_id": "sku stock_code product_key product Товар",
        "quantity": "qty order_quantity units Количество",
        "unit_price": "price item_price Цена",
        "amount": "line_total line_amount total revenue Сумма",
        "discount": "discount_rate discount_share Скидка",
        "discount_amount": "discount_value total_discount Сумма_скидки",
    },
    "events": {
        "customer_id": CUSTOMER,
        "event": "event_name event_type type action Событие",
        "at": "timestamp event_time event_timestamp time datetime date created_at occurred_at Дата Время",
        "channel": "acquisition_channel Канал",
        "campaign_id": "campaign Кампания",
        "variant": "ab_variant Вариант",
        "product_id": "sku stock_code product aid Товар",
        "session_id": "session",
        "value": "amount revenue Сумма",
        "order_id": ORDER,
        "currency": "currency_code Валюта",
    },
    "customers": {
        "customer_id": "id " + CUSTOMER,
        "registered_at": "registration_date registered signup_date signed_up_at created_at create_date created "
        "Дата_регистрации",
        "email": "email_address mail customer_email contact_email Почта Электронная_почта Эл_почта Эл._почта "
        "Адрес_электронной_почты",
        "phone": "phone_number mobile mobile_phone telephone Телефон Номер_телефона Мобильный_телефон",
        "telegram": "telegram_id tg Телеграм",
        "birth_date": "birthday date_of_birth dob Дата_рождения",
        "city": "town Город",
        "preferred_channel": "",
        "frequency_pref": "",
        "child_birth_date": "",
        **dict.fromkeys(CONSENTS, ""),
    },
    "products": {
        "product_id": "id sku stock_code product_key Товар",
        "category": "category_name product_category Категория",
        "name": "product_name title Название",
        "first_seen": "launched_at available_from",
        "on_sale": "",
        "available": "active",
        "use_days": "days_of_use",
        "guide": "",
        "until_months": "",
    },
    "rates": {
        "currency": "currency_code code Валюта",
        "rate": "exchange_rate value Курс",
        "date": "day at Дата",
    },
    "one_row": {
        "customer_id": CUSTOMER,
        "recency_days": "recency days_since_last_order",
        "last_order": "last_order_date last_purchase last_purchase_date last_order_at most_recent_visit",
        "first_order": "first_order_date first_purchase first_purchase_date",
        "frequency": "orders orders_count order_count transaction_count number_of_orders purchases",
        "monetary": "monetary_value amount total_spent revenue total_revenue",
    },
}
"""Table -> field -> its aliases, separated by blanks."""

FURTHER: dict[str, dict[str, str]] = {
    "orders": {
        "customer_id": "customer_user_id id_customer Контрагент Заказчик",
        "ordered_at": "date_created date_add sale_date order_created_at Дата_документа Дата_создания "
        "Дата_создания_заказа Дата_продажи",
        "amount": "order_total_amount total_paid amount_paid paid_amount order_value total_sales Сумма_документа "
        "Сумма_с_НДС Итого Всего Сумма_к_оплате Стоимость_заказа",
        "quantity": "lineitem_quantity product_quantity item_quantity quantity_purchased qty_ordered Кол_во",
        "unit_price": "item_cost product_price lineitem_price unit_price_tax_incl Цена_за_единицу Цена_за_шт",
        "order_id": "id_order order_name order_# increment_id Номер Номер_документа №_заказа Документ Регистратор",
        "status": "state Состояние",
        "cancelled": "is_cancel cancel_date Отменен Отменён Дата_отмены",
        "refunded": "refunded_total order_refund_amount Сумма_возврата",
    },
    "events": {
        "customer_id": "user_pseudo_id visitor_id Идентификатор_клиента",
        "event": "metric metric_name activity_status event_type_key Тип Действие Шаблон_действия Название_события "
        "Тип_события",
        "at": "event_date activity_date_time Дата_и_время Дата_события Дата_действия",
        "value": "event_value purchase_revenue total order_total Сумма_заказа",
    },
}
"""Aliases that count only where a file has no other heading of the field, and exactly one of these."""

EMAILS = (
    "email email_address customer_email buyer_email billing_email contact_email client_email user_email member_email "
    "shopper_email mail Почта Электронная_почта Эл_почта Эл._почта Адрес_электронной_почты Email_клиента "
    "Email_покупателя"
)
"""Headings of e-mails, which are the ids of customers where a file has no other heading of ids."""
KEYED = ("orders", "events", "customers", "one_row")
"""Tables whose rows are of customers."""

CONTACTS = ("email", "phone", "telegram")
"""Fields of customers that are addresses."""
PROOFS = ("line_total", "shipping")
"""Fields that only prove what the others mean; two headings that could be one of them are no error."""

STEP, OR = ".", ","
"""Marks in the right side of a map: between the steps of a path inside a column, and between columns in the order in
which they are asked."""

LEFT_OUT = str.maketrans("", "", " _-\u00a0\ufeff\t")
"""Characters that do not count in headings. Exports have hard spaces, and a byte order mark that was written twice
stays before the first heading."""

TABLES = ("orders", "lines", "events", "customers", "products", "rates")
"""The tables that a user can give, in the order in which they are listed."""


def plain_name(heading: str) -> str:
    """Return a heading that Polars takes as it is: one that looks like a pattern gets a blank at its end.

    >>> plain_name("amount"), plain_name("*"), plain_name("^a.*$")
    ('amount', '* ', '^a.*$ ')
    """
    return f"{heading} " if heading == "*" or (heading.startswith("^") and heading.endswith("$")) else heading


def fold(name: str) -> str:
    """Return a heading without case, space, `_` and `-`, which do not tell headings apart.

    >>> fold("Invoice No"), fold("invoice-no"), fold("InvoiceNo")
    ('invoiceno', 'invoiceno', 'invoiceno')
    """
    return name.casefold().translate(LEFT_OUT)


@cache
def aliases(table: str, field: str) -> tuple[str, ...]:
    """List the folded aliases of one field, without the field's own name."""
    return tuple(fold(alias) for alias in ALIASES[table][field].split())


@cache
def further_aliases(table: str, field: str) -> tuple[str, ...]:
    """List the folded aliases of one field that count only where the file has no other."""
    return tuple(fold(alias) for alias in FURTHER.get(table, {}).get(field, "").split())


def parts_of(text: str) -> list[str]:
    """Return what the right side of a map may call a heading: all of it, each column of several, the start of a path.

    >>> parts_of("email,phone"), parts_of("a.b")
    (['email,phone', 'email', 'phone'], ['a.b', 'a'])
    """
    several = [part.strip() for part in text.split(OR)] if OR in text else []
    starts = [part.rsplit(STEP, count)[0] for part in (several or [text]) for count in range(1, part.count(STEP) + 1)]
    return [text, *several, *starts]


@cache
def email_aliases(table: str, field: str) -> tuple[str, ...]:
    """List the folded headings of e-mails where the field is the id of a table of customers, else none."""
    is_id = field == "customer_id" and table in KEYED
    return tuple(fold(alias) for alias in EMAILS.split()) if is_id else ()
