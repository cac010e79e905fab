"""The tables that an expression may ask beside the customers: opened only where one is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial

from rfm_cli.language.columns import LinkedTable, MissingTable, Parent
from rfm_cli.language.event_rows import events_table
from rfm_cli.language.known_rows import customers_parent, products_parent
from rfm_cli.language.linked_files import Neighbors, linked_table, open_linked
from rfm_cli.language.purchases import given_back, purchases
from rfm_cli.language.sold_lines import lines_of_files, lines_of_rows, names_what_was_sold
from rfm_cli.model import LinkedPath, Question, Scored, Shop
from rfm_cli.pipeline import counting_of
from rfm_cli.tables.customers import at_date
from rfm_cli.tables.fields import fold
from rfm_cli.tables.order_model import Orders

TABLES = ("orders", "refunds", "lines", "events")
"""The linked tables that the language knows; `[linked.NAME]` adds more."""


@dataclass(frozen=True)
class LinkedTables(Mapping[str, LinkedTable]):
    """The linked tables of a shop by name, each opened when it is asked for the first time.

    `customers` returns the columns of the customers table, None without one. `lacking` says of a table that the
    language knows, and the shop does not have, why it is missing. A name is found as headings are.
    """

    openers: Mapping[str, Callable[[], LinkedTable]]
    customers: Callable[[], Parent | None]
    lacking: Mapping[str, MissingTable] = field(default_factory=dict)
    opened: dict[str, LinkedTable] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, name: str) -> LinkedTable:
        """Return a table; `KeyError` for a name that none has."""
        key = fold(name)
        if key not in self.opened:
            self.opened[key] = self.openers[key]()
        return self.opened[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the folded names of the tables."""
        return iter(self.openers)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self.openers)

    def missing(self, name: str) -> MissingTable | None:
        """Return why a table of the language is missing; None for a table that is there, and for any other name."""
        return self.lacking.get(fold(name))


def linked_tables(scored: Scored, question: Question) -> LinkedTables:
    """Return the tables that are linked to the customers of a date, as the question counts purchases."""
    shop, orders, events = scored.shop, scored.shop.orders, scored.shop.events
    counting = counting_of(question, scored.as_of)
    products = cache(lambda: products_parent(shop.products, shop.options) if shop.products else None)

    @cache
    def customers() -> Parent | None:
        if shop.customers is None:
            return None
        return customers_parent(at_date(shop.customers, orders, scored.as_of), shop.options)

    openers: dict[str, Callable[[], LinkedTable]] = {}
    if orders is not None:
        openers["orders"] = lambda: purchases(orders, counting)
        if orders.scale is not None:
            openers["refunds"] = lambda: given_back(orders, counting)
        if shop.lines is not None:
            files = shop.lines
            openers["lines"] = lambda: lines_of_files(files, orders, counting, products())
        elif names_what_was_sold(orders):
            openers["lines"] = lambda: lines_of_rows(orders, counting, products())
    if events is not None:
        openers["events"] = lambda: events_table(events, scored.as_of, shop.options, products())
    lacking = {name: _missing(name, shop, orders) for name in TABLES if name not in openers}
    tables = LinkedTables(openers, customers, lacking)
    neighbors = Neighbors(lambda: tables.get("orders"), products)
    for one in shop.linked:
        if one.paths:
            openers[fold(one.name)] = partial(_opened, one, scored, neighbors)
        else:
            lacking[fold(one.name)] = MissingTable(
                f"[linked.{one.name}] is not read where the command line names the orders",
                "write the orders in rfm.toml as well, under [tables]",
            )
    return tables


def _opened(table: LinkedPath, scored: Scored, neighbors: Neighbors) -> LinkedTable:
    """Open a linked table of rfm.toml."""
    options = replace(scored.shop.options, header_row=None)
    return linked_table(open_linked(table, options), scored.as_of, neighbors)


def _missing(name: str, shop: Shop, orders: Orders | None) -> MissingTable:
    """Return why a table is missing, and how it can be had."""
    if name == "events":
        return MissingTable("there is no table events", "give it: --events FILE, or a file called events.csv here")
    if orders is None:
        why = f"there is no table {name}: {shop.source.kind} has no single orders"
        return MissingTable(why, "give the order files themselves: rfm select EXPRESSION orders.csv")
    if name == "refunds":
        return MissingTable("there is no table refunds: the orders have no amounts", "map them: --map amount=HEADING")
    return MissingTable(
        "there is no table lines: neither a file of lines, nor product_id or category in the orders",
        "give it: --lines FILE, or a file called lines.csv here; or map a column: --map product_id=HEADING",
    )
