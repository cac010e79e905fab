"""Snapshots as a terminal shows them: the list of a store, and the customers who differ between two dates."""

from __future__ import annotations

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout, by_key
from rfm_cli.output.screens.score import DIRECTION

SNAPSHOTS = Layout(
    heads={"as_of": message("as of")},
    drop=("version", "inputs", "vips", "buyers"),
    more=message("{n} more snapshots"),
)
CHANGES = by_key(message("entered"), message("left"), message("moved"), message("vip"))
DIFF = Layout(
    heads={
        "customer_id": message("customer"),
        "from_segment": message("from"),
        "to_segment": message("to"),
        "vip_from": message("VIP then"),
        "vip_to": message("VIP now"),
        "monetary_change": message("monetary\nchange"),
    },
    drop=("monetary_change", "direction", "vip_from", "vip_to"),
    more=message("{n} more customers"),
    words={"change": CHANGES.__getitem__, "direction": DIRECTION.__getitem__},
)
