# ruff: noqa: RUF001 - headings of other scripts are what is tested
"""Exports of vendors: each is recognized by its own headings, and by nothing less."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.columns import detect, require
from rfm_cli.tables.fields import ALIASES, fold
from rfm_cli.tables.vendors import EXPORTS, recognize

EXPORTS_PAGE = Path(__file__).parents[2] / "docs" / "exports.md"
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Billing Name,Billing City,Shipping Name,Notes,Cancelled at,"
    "Payment Method,Refunded Amount,Vendor,Outstanding Balance,Id,Tags,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Phone"
)
SQUARE = (
    "Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,"
    "Total Collected,Source,Card,Cash,Fees,Net Total,Transaction ID,Payment ID,Event Type,Location,Customer ID,"
    "Customer Name,Transaction Status"
)
SQUARE_ITEMS = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,"
    "Transaction ID,Payment ID,Device Name,Notes,Event Type,Customer ID,Customer Name"
)
STRIPE = (
    "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,"
    "Converted Amount Refunded,Fee,Status,Customer ID,Customer Email,Captured,Invoice ID"
)
STRIPE_2024 = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Fee,PaymentIntent ID,"
    "Refunded date (UTC),Status,Customer ID,Customer Email"
)
PAYPAL = (
    "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID,"
    "Item Title,Shipping and Handling Amount,Sales Tax,Reference Txn ID,Invoice Number,Quantity,Balance,Balance Impact"
)
AMAZON = (
    "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,fulfillment-channel,sales-channel,"
    "product-name,sku,asin,item-status,quantity,currency,item-price,item-tax,shipping-price,shipping-tax,ship-city,"
    "ship-state,promotion-ids"
)
AMAZON_NEW = (
    "order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,sku,product-name,quantity-purchased,"
    "currency,item-price,item-tax,shipping-price,shipping-tax,ship-service-level"
)
AMAZON_SETTLED = (
    "settlement-id,settlement-start-date,settlement-end-date,deposit-date,total-amount,currency,transaction-type,"
    "order-id,merchant-order-id,shipment-id,amount-type,amount-description,amount,posted-date,posted-date-time,"
    "order-item-code,sku,quantity-purchased,promotion-id"
)
AMAZON_RANGE = (
    "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfillment,product sales,"
    "product sales tax,shipping credits,promotional rebates,selling fees,fba fees,other,total"
)
ETSY = (
    "Sale Date,Order ID,Buyer User ID,Full Name,Number of Items,Payment Method,Date Shipped,Ship State,Currency,"
    "Order Value,Coupon Code,Discount Amount,Shipping,Sales Tax,Order Total,Status,Card Processing Fees,Order Net,"
    "Adjusted Order Total,Adjusted Net Order Amount,Buyer,Order Type,SKU"
)
ETSY_ITEMS = (
    "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Order Shipping,Order Sales Tax,Item Total,"
    "Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship State,Order ID,Variations,SKU"
)
ETSY_PAID = (
    "Payment ID,Buyer Username,Buyer Name,Order ID,Gross Amount,Fees,Net Amount,Adjusted Gross,Currency,"
    "Listing Amount,Exchange Rate,VAT Amount,Status,Funds Available,Order Date,Buyer,Order Type,Refund Amount"
)
EBAY = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Item Number,Item Title,Custom Label,"
    "Quantity,Sold For,Shipping And Handling,Total Price,Payment Method,Sale Date,Paid On Date,Tracking Number"
)
MAGENTO = (
    "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,"
    "Customer Email,Subtotal,Shipping and Handling,Customer Name,Payment Method,Total Refunded"
)
MAGENTO_TABLE = (
    "entity_id,state,status,increment_id,customer_id,base_grand_total,grand_total,base_total_refunded,total_refunded,"
    "base_currency_code,order_currency_code,base_shipping_amount,shipping_amount,customer_email,created_at,updated_at"
)
PRESTASHOP = "ID,Reference,New client,Delivery,Customer,Total,Payment,Status,Date"
PRESTASHOP_TABLE = (
    "id_order,reference,id_customer,current_state,total_paid,total_paid_tax_incl,total_paid_tax_excl,total_products,"
    "total_shipping_tax_incl,date_add,invoice_date,product_id,product_quantity,unit_price_tax_incl,total_price_tax_incl"
)
WOO_ANALYTICS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,"
    "Attribution"
)
WOO_TABLE = (
    "id,status,currency,type,tax_amount,total_amount,customer_id,billing_email,date_created_gmt,date_updated_gmt,"
    "parent_order_id,payment_method"
)
WOO_NAMES = (
    "order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,refunded_total,"
    "order_currency,payment_method,customer_id,billing_email,item_name,item_sku,item_quantity,item_total"
)
WOO_TOOLS = (
    "order_id,order_number,order_date,paid_date,status,order_total,order_key,order_currency,transaction_id,"
    "customer_id,customer_user,customer_email"
)
WOO_TITLES = (
    "Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),Cart Discount Amount,"
    "Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,"
    "Item Name,Quantity (- Refund),Item Cost"
)
WOO_ALL = "Order ID,Order Date,Status,Customer User ID,Customer Email,Order Total,Order Currency,Quantity,Item Cost"
WILDBERRIES = (
    "№;Номер поставки;Предмет;Код номенклатуры;Бренд;Артикул поставщика;Название;Баркод;Тип документа;"
    "Обоснование для оплаты;Дата заказа покупателем;Дата продажи;Кол-во;Цена розничная;"
    "Вайлдберриз реализовал Товар (Пр);Цена розничная с учетом согласованной скидки;"
    "К перечислению Продавцу за реализованный Товар;Услуги по доставке товара покупателю;Srid"
)
WILDBERRIES_API = (
    "realizationreport_id,date_from,rrd_id,subject_name,sa_name,doc_type_name,quantity,retail_price,retail_amount,"
    "order_dt,sale_dt,ppvz_for_pay,currency_name,srid"
)
WILDBERRIES_ORDERS = (
    "date,lastChangeDate,supplierArticle,nmId,subject,totalPrice,discountPercent,finishedPrice,priceWithDisc,isCancel,"
    "cancelDate,srid"
)
OZON = (
    "Номер заказа;Номер отправления;Принят в обработку;Дата отгрузки;Статус;Дата доставки;Сумма отправления;"
    "Код валюты отправления;Название товара;SKU;Артикул;Ваша цена;Код валюты товара;Оплачено покупателем;"
    "Код валюты покупателя;Количество;Стоимость доставки"
)
BITRIX = (
    "ID,LID,PERSON_TYPE_ID,PAYED,DATE_PAYED,CANCELED,DATE_CANCELED,STATUS_ID,PRICE_DELIVERY,PRICE,CURRENCY,"
    "DISCOUNT_VALUE,USER_ID,DATE_INSERT,DATE_UPDATE,ACCOUNT_NUMBER,SUM_PAID"
)
ONE_C = "Дата;Номер;Вид операции;Сумма документа;Валюта;Контрагент;Организация;Подразделение;Ответственный"
ONE_C_SUM = "Номер;Дата;Сумма;Валюта;Контрагент;Организация;Статус"
CASES = [
    ("Shopify: orders export", SHOPIFY, "Email", "Created at", "Total", "Name"),
    ("Square: transactions export", SQUARE, "Customer ID", "Date", "Net Sales", "Transaction ID"),
    ("Square: items export", SQUARE_ITEMS, "Customer ID", "Date", "Net Sales", "Transaction ID"),
    ("Stripe: payments export", STRIPE, "Customer ID", "Created (UTC)", "Amount", "id"),
    ("Stripe: payments export", STRIPE_2024, "Customer ID", "Created date (UTC)", "Amount", "id"),
    ("PayPal: activity download", PAYPAL, "From Email Address", "Date", "Gross", "Transaction ID"),
    ("Amazon: all orders report", AMAZON, "", "purchase-date", "item-price", "amazon-order-id"),
    ("Amazon: new orders report", AMAZON_NEW, "buyer-email", "purchase-date", "item-price", "order-id"),
    ("Amazon: settlement report", AMAZON_SETTLED, "", "posted-date-time", "amount", "order-id"),
    ("Amazon: date range report", AMAZON_RANGE, "", "date/time", "product sales", "order id"),
    ("Etsy: sold orders export", ETSY, "Buyer User ID", "Sale Date", "Order Total", "Order ID"),
    ("Etsy: sold order items export", ETSY_ITEMS, "Buyer", "Sale Date", "Item Total", "Order ID"),
    ("Etsy: payments export", ETSY_PAID, "Buyer Username", "Order Date", "Gross Amount", "Order ID"),
    ("eBay: orders report", EBAY, "Buyer Username", "Sale Date", "Total Price", "Order Number"),
    ("Magento: orders grid", MAGENTO, "Customer Email", "Purchase Date", "Grand Total (Base)", "ID"),
    ("Magento: orders table", MAGENTO_TABLE, "customer_id", "created_at", "base_grand_total", "increment_id"),
    ("PrestaShop: orders list", PRESTASHOP, "Customer", "Date", "Total", "ID"),
    ("PrestaShop: orders table", PRESTASHOP_TABLE, "id_customer", "date_add", "total_paid_tax_incl", "id_order"),
    ("WooCommerce: Analytics orders export", WOO_ANALYTICS, "Customer", "Date", "Net Sales", "Order #"),
    ("WooCommerce: orders table", WOO_TABLE, "customer_id", "date_created_gmt", "total_amount", "id"),
    ("WooCommerce: export of a plugin, by names", WOO_NAMES, "customer_id", "date", "order_total", "order_id"),
    ("WooCommerce: export of a plugin, by names", WOO_TOOLS, "customer_id", "order_date", "order_total", "order_id"),
    (
        "WooCommerce: export of a plugin, by titles",
        WOO_TITLES,
        "Email (Billing)",
        "Order Date",
        "Order Total Amount",
        "Order Number",
    ),
    (
        "WooCommerce: export of a plugin, by titles",
        WOO_ALL,
        "Customer User ID",
        "Order Date",
        "Order Total",
        "Order ID",
    ),
    ("Wildberries: weekly report", WILDBERRIES, "", "Дата продажи", "Вайлдберриз реализовал Товар (Пр)", "Srid"),
    ("Wildberries: report of sales by its API", WILDBERRIES_API, "", "sale_dt", "retail_amount", "srid"),
    ("Wildberries: orders and sales by its API", WILDBERRIES_ORDERS, "", "date", "finishedPrice", "srid"),
    ("Ozon: postings report", OZON, "", "Принят в обработку", "Оплачено покупателем", "Номер заказа"),
    ("Bitrix: orders table", BITRIX, "USER_ID", "DATE_INSERT", "PRICE", "ID"),
    ("1C: list of documents", ONE_C, "Контрагент", "Дата", "Сумма документа", "Номер"),
    ("1C: list of documents", ONE_C_SUM, "Контрагент", "Дата", "Сумма", "Номер"),
]


def headings(text: str) -> list[str]:
    return text.split(";" if ";" in text else ",")


@pytest.mark.parametrize(("export", "header", "customer", "day", "amount", "order"), CASES)
def test_an_export_is_recognized_and_its_columns_are_taken(
    export: str, header: str, customer: str, day: str, amount: str, order: str
) -> None:
    found = detect("orders", headings(header), {}, "o.csv")
    assert found.export is not None
    assert found.export.in_words() == export
    wanted = {"customer_id": customer, "ordered_at": day, "amount": amount, "order_id": order}
    assert {name: found.get(name) or "" for name in wanted} == wanted


@pytest.mark.parametrize(("export", "header", "customer", "day", "amount", "order"), CASES)
def test_the_order_and_case_of_headings_do_not_count(
    export: str, header: str, customer: str, day: str, amount: str, order: str
) -> None:
    mixed = [heading.upper().replace(" ", "_") for heading in reversed(headings(header))]
    found = recognize(mixed)
    assert found is not None
    assert found.in_words() == export


def test_every_export_has_a_case() -> None:
    assert {export for export, *_rest in CASES} == {export.in_words() for export in EXPORTS}


def test_other_columns_of_vendors() -> None:
    shopify = detect("orders", headings(SHOPIFY), {}, "o.csv")
    assert shopify.get("cancelled") == "Cancelled at"
    assert shopify.get("refunded") == "Refunded Amount"
    assert shopify.get("unit_price") == "Lineitem price"
    stripe = detect("orders", headings(STRIPE_2024), {}, "o.csv")
    assert (stripe.get("refunded"), stripe.get("refunded_at")) == ("Amount Refunded", "Refunded date (UTC)")
    assert detect("orders", headings(WILDBERRIES), {}, "o.csv").get("type") == "Тип документа"
    assert detect("orders", headings(SQUARE), {}, "o.csv").get("type") == "Event Type"
    assert detect("orders", headings(MAGENTO_TABLE), {}, "o.csv").get("status") == "status"


def test_a_field_that_an_export_has_not_is_not_found_by_an_alias() -> None:
    # Fees that are refunded are above 0 in rows of refunds, so that the sign must not follow the word.
    settled = detect("orders", headings(AMAZON_SETTLED), {}, "o.csv")
    assert "type" not in settled
    assert "unit_price" not in detect("orders", headings(AMAZON), {}, "o.csv")
    assert "unit_price" not in detect("orders", headings(BITRIX), {}, "o.csv")


def test_an_alias_that_was_passed_over_is_shown() -> None:
    found = detect("orders", headings(SHOPIFY), {}, "o.csv")
    assert "ordered_at = Created at (not Paid at)" in found.in_words()


def test_what_the_user_gives_comes_first() -> None:
    given = {"customer_id": "Phone", "amount": "Subtotal", "order_id": "Id"}
    found = detect("orders", headings(SHOPIFY), given, "o.csv")
    assert {name: found[name] for name in given} == given
    assert found["ordered_at"] == "Created at"


def test_a_given_heading_is_out_of_reach_for_the_vendor() -> None:
    found = detect("orders", headings(WILDBERRIES), {"customer_id": "Srid"}, "o.csv")
    assert found["customer_id"] == "Srid"
    assert "order_id" not in found


def test_where_a_heading_is_missing_the_general_rules_hold() -> None:
    header = [heading for heading in headings(SHOPIFY) if heading not in ("Total", "Created at", "Paid at")]
    found = detect("orders", [*header, "Lineitem price ", "Created at", "revenue"], {"unit_price": "Phone"}, "o.csv")
    assert (found["amount"], found["ordered_at"]) == ("revenue", "Created at")


@pytest.mark.parametrize(
    "header",
    [
        "Name,Email,Total,Date",
        "name,created_at,total,customer",
        "Date,Receipt number,Gross sales,Discounts,Net sales,Taxes,Total collected,Customer name",
        "id,Amount,Currency,Created (UTC),Status",
        "order_id,customer_id,order_date,amount,status",
        "Дата,Номер,Клиент,Сумма",
    ],
)
def test_other_files_are_not_recognized(header: str) -> None:
    assert recognize(headings(header)) is None


def test_two_exports_in_one_file_are_none() -> None:
    assert recognize([*headings(STRIPE), *headings(ETSY)]) is None


def test_no_export_hides_another() -> None:
    entries = [(export, {fold(one) for one in only}) for export in EXPORTS for only in export.only]
    for (one, its), (other, those) in combinations(entries, 2):
        assert one is other or its != those


def test_fields_are_those_of_orders_and_an_amount_is_always_known() -> None:
    for export in EXPORTS:
        assert set(export.fields) <= set(ALIASES["orders"])
        assert export.fields["amount"]
        assert export.fields["ordered_at"]
        assert export.only
        assert all(export.only)


def test_the_page_has_every_export_with_its_amount() -> None:
    text = EXPORTS_PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (`.+?`) \| .+ \|$", text[: text.index("## How each")], re.MULTILINE)
    wanted = [(one.vendor, one.name, " or ".join(f"`{name}`" for name in one.fields["amount"])) for one in EXPORTS]
    assert rows == wanted


def test_the_page_has_the_columns_of_every_export() -> None:
    text = EXPORTS_PAGE.read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text[text.index("## How each") :].splitlines() if line.startswith("| ")][2:]
    for row, export in zip(rows, EXPORTS, strict=True):
        assert row[0] == f"| {export.in_words()}"
        only = [tuple(re.findall(r"`([^`]+)`", entry)) for entry in row[1].split("; or ")]
        assert only == list(export.only)
        for cell, field in zip(row[2:5], ("customer_id", "ordered_at", "order_id"), strict=True):
            assert tuple(re.findall(r"`([^`]+)`", cell)) == export.fields.get(field, ())


def test_a_field_that_the_export_lacks_is_asked_for_without_a_guess() -> None:
    found = detect("orders", headings(AMAZON), {}, "o.csv")
    with pytest.raises(InputError) as refused:
        require(found, ("customer_id", "ordered_at"), headings(AMAZON), "o.csv")
    assert refused.value.hint == "say which column it is: --map customer_id=HEADING"


def test_a_heading_in_use_is_no_proposal() -> None:
    header = ["order_id", "order_date", "amount"]
    with pytest.raises(InputError) as refused:
        require(detect("orders", header, {}, "o.csv"), ("customer_id",), header, "o.csv")
    assert refused.value.hint == "say which column it is: --map customer_id=HEADING"
