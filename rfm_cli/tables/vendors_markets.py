"""What marketplaces and payment services call the columns of their exports; `vendors` says how to read these texts."""

from __future__ import annotations

MARKETS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Square",
        "transactions export",
        "Net Sales | Total Collected | Payment ID; Gross Sales | Net Sales | Total Collected | Event Type",
        """
        customer_id: Customer ID | Customer Reference ID
        ordered_at: Date
        amount: Net Sales
        quantity: Qty
        unit_price:
        order_id: Transaction ID
        status: Transaction Status
        type: Event Type
        refunded:
        product_id: SKU
        category: Category
        """,
    ),
    (
        "Square",
        "items export",
        "Net Sales | Price Point Name",
        """
        customer_id: Customer ID | Customer Reference ID
        ordered_at: Date
        amount: Net Sales
        quantity: Qty
        unit_price:
        order_id: Transaction ID
        status: Transaction Status
        type: Event Type
        refunded:
        product_id: SKU
        category: Category
        """,
    ),
    (
        "Stripe",
        "payments export",
        "Amount | Amount Refunded | Created (UTC); "
        "Amount | Amount Refunded | Created date (UTC); "
        "Amount | Amount Refunded | Created | Converted Amount",
        """
        customer_id: Customer ID | Customer Email
        ordered_at: Created (UTC) | Created date (UTC) | Created
        amount: Amount
        order_id: id | PaymentIntent ID
        status: Status
        type:
        refunded: Amount Refunded
        refunded_at: Refunded date (UTC)
        currency: Currency
        """,
    ),
    (
        "PayPal",
        "activity download",
        "TimeZone | Type | Gross | Fee | Net; Gross | Fee | Net | From Email Address",
        """
        customer_id: From Email Address | Payer ID | Name
        ordered_at: Date
        amount: Gross
        order_id: Transaction ID
        status: Status
        type: Type
        currency: Currency
        shipping: Shipping and Handling Amount
        """,
    ),
    (
        "Amazon",
        "all orders report",
        "amazon-order-id | item-price",
        """
        customer_id: buyer-email
        ordered_at: purchase-date
        amount: item-price
        quantity: quantity | quantity-purchased
        unit_price:
        order_id: amazon-order-id | order-id
        status: order-status
        currency: currency
        channel: sales-channel
        product_id: sku
        shipping: shipping-price
        """,
    ),
    (
        "Amazon",
        "new orders report",
        "order-id | quantity-purchased | item-price",
        """
        customer_id: buyer-email
        ordered_at: purchase-date
        amount: item-price
        quantity: quantity | quantity-purchased
        unit_price:
        order_id: amazon-order-id | order-id
        status: order-status
        currency: currency
        channel: sales-channel
        product_id: sku
        shipping: shipping-price
        """,
    ),
    (
        "Amazon",
        "settlement report",
        "settlement-id | amount-type | amount-description | amount",
        """
        ordered_at: posted-date-time | posted-date
        amount: amount
        quantity: quantity-purchased
        unit_price:
        order_id: order-id
        type:
        currency: currency
        product_id: sku
        """,
    ),
    (
        "Amazon",
        "date range report",
        "date/time | settlement id | product sales | selling fees",
        """
        ordered_at: date/time
        amount: product sales
        quantity: quantity
        unit_price:
        order_id: order id
        type: type
        product_id: sku
        shipping: shipping credits
        """,
    ),
    (
        "Etsy",
        "sold orders export",
        "Order Value | Order Net",
        """
        customer_id: Buyer User ID | Buyer | Full Name
        ordered_at: Sale Date
        amount: Order Total
        order_id: Order ID
        status: Status
        currency: Currency
        promo_code: Coupon Code
        product_id: SKU
        shipping: Shipping
        """,
    ),
    (
        "Etsy",
        "sold order items export",
        "Item Total | Listing ID",
        """
        customer_id: Buyer
        ordered_at: Sale Date
        amount: Item Total
        quantity: Quantity
        unit_price: Price
        order_id: Order ID
        currency: Currency
        promo_code: Coupon Code
        product_id: SKU
        shipping: Order Shipping
        """,
    ),
    (
        "Etsy",
        "payments export",
        "Payment ID | Buyer Username | Gross Amount | Net Amount",
        """
        customer_id: Buyer Username | Buyer
        ordered_at: Order Date
        amount: Gross Amount
        order_id: Order ID
        status: Status
        refunded: Refund Amount
        currency: Currency
        """,
    ),
    (
        "eBay",
        "orders report",
        "Sales Record Number | Sold For | Sale Date",
        """
        customer_id: Buyer Username | Buyer Email | Buyer Name
        ordered_at: Sale Date
        amount: Total Price | Sold For
        quantity: Quantity
        unit_price:
        order_id: Order Number | Sales Record Number
        product_id: Custom Label
        shipping: Shipping And Handling | Postage And Handling
        """,
    ),
    (
        "Wildberries",
        "weekly report",
        "Вайлдберриз реализовал Товар (Пр)",
        """
        ordered_at: Дата продажи | Дата заказа покупателем
        amount: Вайлдберриз реализовал Товар (Пр)
        quantity: Кол-во | Количество
        unit_price:
        order_id: Srid
        type: Тип документа
        product_id: Артикул поставщика
        category: Предмет
        """,
    ),
    (
        "Wildberries",
        "report of sales by its API",
        "rrd_id | retail_amount | doc_type_name",
        """
        ordered_at: sale_dt | order_dt
        amount: retail_amount
        quantity: quantity
        unit_price:
        order_id: srid
        type: doc_type_name
        currency: currency_name
        product_id: sa_name
        category: subject_name
        """,
    ),
    (
        "Wildberries",
        "orders and sales by its API",
        "supplierArticle | finishedPrice | srid",
        """
        ordered_at: date
        amount: finishedPrice
        unit_price:
        order_id: srid
        cancelled: isCancel
        product_id: supplierArticle
        category: subject
        """,
    ),
    (
        "Ozon",
        "postings report",
        "Номер отправления | Принят в обработку; Номер отправления | Сумма отправления",
        """
        ordered_at: Принят в обработку
        amount: Оплачено покупателем | Стоимость товара для покупателя | Сумма отправления
        quantity: Количество
        unit_price:
        order_id: Номер заказа | Номер отправления
        status: Статус
        currency: Код валюты покупателя | Код валюты отправления
        product_id: Артикул
        shipping: Стоимость доставки
        """,
    ),
)
"""Vendor, export, the headings that only it has, and its headings by field."""
