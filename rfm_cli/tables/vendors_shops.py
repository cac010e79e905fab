"""What shops' own programs call the columns of their order exports; `vendors` says how to read these texts."""

from __future__ import annotations

SHOPS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Shopify",
        "orders export",
        "Name | Created at | Lineitem price; Name | Created at | Lineitem quantity; Name | Financial Status | Paid at",
        """
        customer_id: Customer ID | Email
        ordered_at: Created at | Paid at
        amount: Total
        quantity: Lineitem quantity
        unit_price: Lineitem price
        order_id: Name
        status: Financial Status
        cancelled: Cancelled at
        refunded: Refunded Amount
        currency: Currency
        channel: Source
        promo_code: Discount Code
        product_id: Lineitem sku
        shipping: Shipping
        """,
    ),
    (
        "WooCommerce",
        "Analytics orders export",
        "N. Revenue (formatted)",
        """
        customer_id: Customer
        ordered_at: Date
        amount: Net Sales | N. Revenue | N. Revenue (formatted)
        order_id: Order #
        status: Status
        promo_code: Coupon(s)
        """,
    ),
    (
        "WooCommerce",
        "orders table",
        "id | date_created_gmt | total_amount",
        """
        customer_id: customer_id | billing_email
        ordered_at: date_created_gmt
        amount: total_amount
        order_id: id
        status: status
        type: type
        currency: currency
        """,
    ),
    (
        "WooCommerce",
        "export of a plugin, by names",
        "order_total | refunded_total | order_currency; order_total | order_key | order_currency",
        """
        customer_id: customer_id | customer_user | customer_email | billing_email
        ordered_at: order_date | date
        amount: order_total
        quantity: item_quantity
        unit_price: item_price
        order_id: order_id | order_number
        status: status | order_status
        refunded: refunded_total
        currency: order_currency
        product_id: item_sku
        line_total: item_total
        shipping: shipping_total
        """,
    ),
    (
        "WooCommerce",
        "export of a plugin, by titles",
        "Order Date | Order Total Amount; Order Total | Customer User ID",
        """
        customer_id: Customer User ID | Customer ID | Customer Email | Email (Billing) | Billing Email Address
        ordered_at: Order Date
        amount: Order Total Amount | Order Total
        quantity: Quantity (- Refund) | Quantity
        unit_price: Item Cost
        order_id: Order ID | Order Number
        status: Order Status | Status
        refunded: Order Refund Amount
        currency: Order Currency
        product_id: SKU | Item SKU
        line_total: Item Total | Order Line Total
        shipping: Order Shipping Amount | Order Shipping
        """,
    ),
    (
        "Magento",
        "orders grid",
        "Grand Total (Base); Grand Total (Purchased)",
        """
        customer_id: Customer Email | Customer Name | Bill-to Name
        ordered_at: Purchase Date
        amount: Grand Total (Base)
        order_id: ID
        status: Status
        refunded: Total Refunded
        shipping: Shipping and Handling
        """,
    ),
    (
        "Magento",
        "orders table",
        "increment_id | base_grand_total",
        """
        customer_id: customer_id | customer_email
        ordered_at: created_at
        amount: base_grand_total
        order_id: increment_id
        status: status | state
        refunded: base_total_refunded
        currency: base_currency_code
        promo_code: coupon_code
        shipping: base_shipping_amount
        """,
    ),
    (
        "PrestaShop",
        "orders list",
        "Reference | New client | Total",
        """
        customer_id: Customer
        ordered_at: Date
        amount: Total
        order_id: ID | Reference
        status: Status
        shipping:
        """,
    ),
    (
        "PrestaShop",
        "orders table",
        "id_order | total_paid; id_order | total_paid_tax_incl",
        """
        customer_id: id_customer
        ordered_at: date_add
        amount: total_paid_tax_incl | total_paid
        quantity: product_quantity
        unit_price: unit_price_tax_incl | product_price
        order_id: id_order
        status: order_state | osname | current_state
        product_id: product_id | product_reference
        line_total: total_price_tax_incl
        shipping: total_shipping_tax_incl | total_shipping
        """,
    ),
    (
        "Bitrix",
        "orders table",
        "DATE_INSERT | STATUS_ID | PRICE",
        """
        customer_id: USER_ID
        ordered_at: DATE_INSERT
        amount: PRICE
        unit_price:
        order_id: ID | ACCOUNT_NUMBER
        status: STATUS_ID
        cancelled: CANCELED | DATE_CANCELED
        currency: CURRENCY
        shipping: PRICE_DELIVERY
        """,
    ),
    (
        "1C",
        "list of documents",
        "Контрагент | Сумма документа; Номер | Контрагент | Организация | Сумма",
        """
        customer_id: Контрагент | Клиент | Покупатель
        ordered_at: Дата | Дата документа
        amount: Сумма документа | Сумма
        order_id: Номер | Номер документа | Документ
        status: Статус | Состояние
        type: Вид операции | Тип документа | Вид документа
        currency: Валюта
        """,
    ),
)
"""Vendor, export, the headings that only it has, and its headings by field."""
