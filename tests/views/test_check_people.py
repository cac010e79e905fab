"""What `rfm check` tells of tables beside the orders."""

from __future__ import annotations

from pathlib import Path

from rfm_cli.model import LinkedPath, TablePaths
from rfm_cli.shop import open_tables
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.check import findings_on


def test_a_linked_table_is_told_of_as_the_others_are(tmp_path: Path) -> None:
    file = tmp_path / "parcels.csv"
    file.write_text("order,sent,carrier\n1,2024-01-01,DHL\n,2024-01-02,UPS\n 2 ,2024-01-03,\n")
    shop = open_tables(TablePaths(linked=(LinkedPath("parcels", (str(file),), "order_id", "sent"),)), ReadOptions())
    found = [(one.table, one.topic, one.item, one.found, one.rows) for one in findings_on(shop, None)]
    assert found == [
        ("parcels", "file", "parcels.csv", "csv, comma separated, utf-8, linked by order_id", 3),
        ("parcels", "column", "order_id", "'order' as given", None),
        ("parcels", "column", "at", "'sent' as given", None),
        ("parcels", "column", "carrier", "what an expression may ask", None),
        ("parcels", "rejected", "order_id", "no order_id", 1),
    ]
    roles = [(one.role.heading, one.role.used_for, one.change_with) for one in findings_on(shop, None) if one.role]
    assert roles == [
        ("order", "the order that a row belongs to", ()),
        ("sent", "when it happened", ()),
        ("carrier", "what an expression may ask", ()),
    ]
