"""What the shop tells of its articles beside their sales: reduced prices, manuals, and who outgrows a range."""

from dataclasses import replace

from shop_model import LAST_DAY, Product, stream

REDUCED = 8
WITH_GUIDE = ("Machines", "Kitchen")
# A small range for babies: the name of each article, and the age in months up to which it is used.
BABY_RANGE = {
    "P038": ("Baby Soap, set of three", 36),
    "P040": ("Baby Bath, set of three", 24),
    "P044": ("Baby Shampoo, set of three", 12),
}


def with_details(products: list[Product]) -> list[Product]:
    """Return the catalog with its reduced articles, its manuals and its range for babies."""
    available = [product.product_id for product in products if product.sold_on(LAST_DAY)]
    reduced = set(stream("reduced articles").sample(available, REDUCED))
    return [with_detail(product, product.product_id in reduced) for product in products]


def with_detail(product: Product, reduced: bool) -> Product:
    """Return the article with what is known of it."""
    name, until = BABY_RANGE.get(product.product_id, (product.name, None))
    guide = guide_of(product.name) if product.category in WITH_GUIDE else ""
    return replace(product, name=name, on_sale=reduced, guide=guide, until_months=until)


def guide_of(name: str) -> str:
    """Return the file of the manual; sizes of one article share it.

    >>> guide_of("Kettle No. 1, home")
    'kettle-no-1.pdf'
    """
    words = name.split(",", maxsplit=1)[0].lower().replace(".", "").split()
    return "-".join(words) + ".pdf"
