"""Reach in words: `rfm reach`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfm_cli.messages import Message, Share, message

if TYPE_CHECKING:
    import polars as pl


def reach_message(rows: pl.DataFrame) -> Message:
    """Return the part of customers that can be reached, and of the revenue that they bring where there is money."""
    parts = rows.filter(rows["branch"] == "Reachable").select("customers_share", "revenue_share")
    part, money = parts.row(0)
    if part is None:
        return message("no customers")
    if money is None:
        return message("{part} of customers can be reached", part=Share(part))
    return message(
        "{part} of customers can be reached; they bring {money} of revenue", part=Share(part), money=Share(money)
    )
