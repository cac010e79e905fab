"""A shop of ten customers, small enough to be read, whose answers are counted by hand."""

from __future__ import annotations

from datetime import date

from rfm_cli.language.linked import LinkedTables
from rfm_cli.model import Scored
from tests.language.shops import linked, texts

AS_OF = date(2024, 3, 31)

CUSTOMERS = texts(
    "customer_id,registered_at,email,birth_date,phone,city",
    "ann,2024-03-28,ann@x.org,1990-04-03,,Lyon",
    "bob,2024-03-02,bob@x.org,,+331111111,",
    "cat,2023-01-01,cat@x.org,2000-02-29,+331111112, moscow",
    "dan,2023-01-01,dan@x.org,,,Lyon",
    "eva,2023-01-01,eva@x.org,,+331111113,",
    "fay,2023-01-01,fay@x.org,1985-03-31,,Lyon",
    "gus,2023-12-01,gus@x.org,,,",
    "hal,2023-12-01,hal@x.org,,,",
    "ira,2023-06-01,ira@x.org,,+331111114,Москва",
    "joe,2024-03-20,joe@x.org,,,",
)
PRODUCTS = texts("product_id,category,use_days,guide", "feed,Pets,30,", "lamp,Light,,lamp-manual")
SOLD = (
    ("cat", "2023-02-01", "lamp"),
    ("cat", "2023-03-01", "lamp"),
    ("cat", "2023-04-01", "lamp"),
    ("cat", "2023-05-01", "lamp"),
    ("dan", "2023-12-15", "lamp"),
    ("eva", "2023-08-01 10:00", "lamp"),
    ("fay", "2023-12-31", "feed"),
    ("fay", "2024-01-30", "feed"),
    ("fay", "2024-03-01", "feed"),
    ("joe", "2024-03-25 12:00", "lamp feed"),
    ("ira", "2024-03-30 09:00", "lamp"),
)
ORDERS = texts(
    "customer_id,order_id,ordered_at,amount",
    *(f"{who},o{place},{at},10.00" for place, (who, at, _) in enumerate(SOLD)),
)
LINES = texts(
    "order_id,product_id,quantity,unit_price",
    *(f"o{place},{one},1,10.00" for place, (_, _, sold) in enumerate(SOLD) for one in sold.split()),
)
EVENTS = texts(
    "customer_id,event,at,campaign_id,product_id,value",
    "ann,sent,2024-03-28,welcome-1,,",
    "bob,cart,2024-03-29 20:00,,lamp,",
    "bob,cart,2024-03-29 21:00,,feed,",
    "bob,remove_from_cart,2024-03-29 21:05,,feed,",
    "ira,cart,2024-03-30 09:00,,lamp,",
    "eva,cart,2024-03-31 08:00,,lamp,",
    "eva,sent,2024-03-05,back-3,,",
    "dan,view,2024-03-20 08:00,,feed,",
    *(
        f"{who},sent,{day},news,,"
        for who in ("gus", "hal")
        for day in ("2023-12-05", "2023-12-20", "2024-01-05", "2024-01-20", "2024-02-05")
    ),
    "hal,open,2024-02-05,,,",
    "gus,sent,2024-03-02,sunset-1,,",
    "gus,sent,2024-03-12,sunset-2,,",
    "joe,feedback,2024-03-30 10:00,,,2",
)


def worked_shop() -> tuple[LinkedTables, Scored]:
    """The linked tables of the shop and its customers."""
    tables = {"orders": ORDERS, "lines": LINES, "events": EVENTS, "customers": CUSTOMERS, "products": PRODUCTS}
    return linked(tables, AS_OF)
