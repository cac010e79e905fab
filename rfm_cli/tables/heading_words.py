"""Words in headings: those of money, of parts of it, and of numbers that are no money; of people, orders and dates."""

from __future__ import annotations

import re
from itertools import pairwise

MONEY = frozenset(
    "amount amounts total totals price sales revenue paid value cost sum gross net subtotal turnover proceeds payment "
    "charged collected сумма цена выручка стоимость оплачено итого всего оплата продажи".split()
)
"""Words of headings of money."""
PARTS = frozenset(
    "tax taxes vat tip tips discount discounts fee fees shipping delivery freight refund refunds refunded balance "
    "commission cost unit compare ндс скидка комиссия доставка доставки возврат возврата".split()
)
"""Words of money that is only a part of what a customer paid: such a column is proposed last."""
NO_MONEY = frozenset(
    "id ids no number date at time day days year month qty quantity count items orders units percent code phone zip "
    "postcode index rank lat lon lng latitude longitude weight номер код дата время количество кол число "
    "телефон".split()
)
"""Words of numbers that are no money, whatever is beside them."""
WORD = re.compile(r"[^\W\d_]+")
PEOPLE = frozenset(
    "customer customers client clients buyer buyers user users member members person people contact contacts account "
    "subscriber guest visitor household email mail phone mobile card profile клиент клиента покупатель покупателя "
    "контрагент заказчик пользователь почта телефон карта".split()
)
"""Words of headings that tell people apart."""
ORDERS = frozenset(
    "order orders invoice receipt transaction basket cart ticket check document sale заказ заказа чек чека документ "
    "документа накладная номер".split()
)
"""Words of headings that tell orders apart."""
PRODUCTS = frozenset(
    "product products item items sku article stock goods variant ean barcode товар товара артикул номенклатура".split()
)
"""Words of headings that tell products apart."""
THINGS = frozenset(
    "zip postcode city country region state territory location address store shop channel campaign coupon session "
    "variant form device ip refund return staff employee rep supplier vendor shipper category line track album страна "
    "город индекс магазин склад".split()
)
"""Words of headings of places and things that many people share."""
KEYS = frozenset("id ids no number code key uuid guid ref reference token номер код ид".split())
"""Words of headings that tell rows apart, whatever these are."""
BIRTHS = frozenset("birth birthday birthdate born dob рождения".split())
"""Words of dates that are those of people, and of no order."""
MOMENTS = frozenset(
    "date day time at timestamp datetime created ordered paid purchased placed when moment дата день время создан "
    "оплачен".split()
)
"""Words of headings of dates."""
EVENTS = frozenset("event events action activity type metric name событие действие тип".split())
"""Words of headings of what happened."""


def words_of(heading: str) -> set[str]:
    """Return the words of a heading in lower case; `TotalPrice` is two words."""
    apart = "".join(
        f" {mark}" if mark.isupper() and before.islower() else mark for before, mark in pairwise(f" {heading}")
    )
    return {word.lower() for word in WORD.findall(apart)}
