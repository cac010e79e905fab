"""Whom a message can reach, and what they are worth: `rfm reach`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.notes import Note, note
from rfm_cli.pipeline import Scored
from rfm_cli.tables import channels as channel_tables
from rfm_cli.tables.channels import OPEN, REASONS, Channel
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.view import View, meta_of

ALL, REACHABLE, NOT_REACHABLE = "All", "Reachable", "Not reachable"
LEAVES = ("VIP", "Two or more purchases", "One purchase", "No purchase")
STEP = " > "


@dataclass(frozen=True)
class Reach:
    """Scored customers with `leaf`, `reached` and one column a channel (reachable, or why not), in the order of the
    scored frame; the channels, and the events that spoke for or against them."""

    scored: Scored
    customers: pl.DataFrame
    channels: Sequence[Channel]
    events: dict[str, int]


def reach_of(scored: Scored, only: Sequence[str] = ()) -> Reach:
    """Whom the channels (all, or those called so) reach at the date of the scores.

    A customer is reachable whom at least one channel reaches; one whom the customers table does not know has no
    address. `UsageError` without a customers table, without any channel in it, and for a channel that it lacks.
    """
    shop = scored.shop
    if shop.customers is None:
        raise UsageError("reach needs customers with addresses", "give --customers FILE")
    channels = channel_tables.channels_of(shop.customers)
    if not channels:
        raise UsageError(
            f"{shop.customers.name}: no addresses (email, phone, telegram)", "map one: --map customers.email=HEADING"
        )
    channels = _chosen(channels, only)
    standing = channel_tables.standing(shop.customers, shop.events, channels, scored.as_of)
    names = [channel.name for channel in channels]
    ids = scored.frame.with_columns(customer_id=pl.col("customer").cast(pl.String), leaf=_leaf())
    joined = ids.join(standing, on="customer_id", how="left", maintain_order="left").with_columns(
        pl.col(names).fill_null(channel_tables.NO_ADDRESS)
    )
    reached = pl.any_horizontal([pl.col(name) == OPEN for name in names])
    used = channel_tables.events_used(shop.events, scored.as_of)
    return Reach(scored, joined.with_columns(reached=reached), channels, used)


def _chosen(channels: Sequence[Channel], only: Sequence[str]) -> list[Channel]:
    by_name = {channel.name.casefold(): channel for channel in channels}
    wanted = [part.strip() for text in only for part in text.split(",") if part.strip()]
    for name in wanted:
        if name.casefold() not in by_name:
            names = [channel.name for channel in channels]
            raise UsageError(f"--channel {name}: the customers have no such address", did_you_mean(name, names))
    return [by_name[name.casefold()] for name in dict.fromkeys(wanted)] if wanted else list(channels)


def _leaf() -> pl.Expr:
    """The leaf of each customer; a buyer whose purchases lie before a window has one purchase at least."""
    vip, two, one, none = (pl.lit(name) for name in LEAVES)
    bought = pl.col("recency_days").is_not_null()
    return (
        pl.when(~bought)
        .then(none)
        .when(pl.col("vip").fill_null(value=False))
        .then(vip)
        .when(pl.col("frequency") > 1)
        .then(two)
        .otherwise(one)
    )


def reach_view(reach: Reach) -> View:
    """The tree, a row a branch: branch, customers, customers_share, revenue, revenue_share.

    All, then Reachable and Not reachable, each with its leaves: VIP, two or more purchases (VIPs aside), one, none;
    then the same for each channel, `By email`: these overlap, since many have several. Shares are of all customers
    and all money, null where there is none.
    """
    scored = reach.scored
    scale = scored.scale
    money = "monetary" if scale is not None else "frequency"
    summed = [pl.len().cast(pl.Int64).alias("customers"), pl.col(money).cast(pl.Int64).sum().alias("revenue")]
    lines: list[tuple[str, int, int]] = []
    for name, inside in branches(reach):
        customers, revenue = reach.customers.filter(inside).select(summed).row(0)
        lines.append((name, customers, revenue))
    rows = pl.DataFrame(lines, schema={"branch": pl.String, "customers": pl.Int64, "revenue": pl.Int64}, orient="row")
    _, everybody, all_money = lines[0]
    revenue = as_decimal(pl.col("revenue"), scale) if scale is not None else pl.lit(None, pl.Decimal(18, 0))
    part = pl.col("revenue") / all_money if scale is not None and all_money else pl.lit(None, pl.Float64)
    share = pl.col("customers") / everybody if everybody else pl.lit(None, pl.Float64)
    public = rows.select(
        "branch",
        pl.col("customers").cast(pl.Int32),
        share.alias("customers_share"),
        revenue.alias("revenue"),
        part.alias("revenue_share"),
    )
    return View("reach", public, meta_of(scored, channels=used(reach), events=dict(reach.events)))


def branches(reach: Reach) -> list[tuple[str, pl.Expr]]:
    """Every branch of the tree with the condition that its customers meet, in the order of the rows."""
    leaves = [leaf for leaf in LEAVES if leaf != LEAVES[0] or reach.scored.scale is not None]
    found: list[tuple[str, pl.Expr]] = [(ALL, pl.lit(value=True))]
    tops = [(REACHABLE, pl.col("reached")), (NOT_REACHABLE, ~pl.col("reached"))]
    tops += [(f"By {channel.name}", pl.col(channel.name) == OPEN) for channel in reach.channels]
    for name, inside in tops:
        found.append((name, inside))
        found += [(f"{name}{STEP}{leaf}", inside & (pl.col("leaf") == leaf)) for leaf in leaves]
    return found


def in_branch(reach: Reach, text: str) -> Scored:
    """The scored customers of one branch, by its name (case and blanks aside); `UsageError` for another one."""
    wanted = _folded(text)
    by_name = {_folded(name): (name, inside) for name, inside in branches(reach)}
    if wanted not in by_name:
        names = [name for name, _ in by_name.values()]
        raise UsageError(f"--list {text}: no such branch", did_you_mean(text, names) or f"one of: {'; '.join(names)}")
    return replace(
        reach.scored, frame=reach.scored.frame.filter(reach.customers.select(by_name[wanted][1]).to_series())
    )


def _folded(name: str) -> str:
    return STEP.join(part.strip().casefold() for part in name.split(STEP.strip()))


def used(reach: Reach) -> list[dict[str, object]]:
    """Of each channel: the columns used, how many it reaches, and why it does not reach the others."""
    told = []
    for channel in reach.channels:
        counted = dict(reach.customers.group_by(channel.name).len().iter_rows())
        why = {reason: counted.get(reason, 0) for reason in REASONS}
        told.append(
            {
                "channel": channel.name,
                "address": channel.address,
                "consent": channel.consent,
                OPEN: counted.get(OPEN, 0),
                **why,
            }
        )
    return told


def remarks_on(reach: Reach) -> list[Note]:
    """Which columns, consents and events were used, and what of them was not understood."""
    customers = reach.scored.shop.customers
    assert customers is not None
    said = [note(text) for text in used_lines(reach)]
    idle = channel_tables.idle_consents(customers, reach.channels)
    said += [note(f"{customers.name}: column {column!r} is used for no channel") for column in idle]
    for column, words in channel_tables.strange_consents(customers, reach.channels).items():
        shown = ", ".join(repr(word) for word in words[:5])
        said.append(note(f"{customers.name}: in column {column!r} these count as no consent: {shown}"))
    return said


def used_lines(reach: Reach) -> list[str]:
    """The channels in a sentence each, then the events."""
    lines = []
    for channel in used(reach):
        consent = f"consent {channel['consent']!r}" if channel["consent"] else "no column of consent"
        why = ", ".join(f"{channel[reason]:,} {reason}" for reason in REASONS)
        lines.append(
            f"{channel['channel']}: column {channel['address']!r}, {consent}: {channel[OPEN]:,} reachable, {why}"
        )
    if reach.scored.shop.events is None:
        lines.append("no events, so nobody is taken for unsubscribed or bounced")
    else:
        named = ", ".join(f"{count:,} {event}" for event, count in reach.events.items())
        lines.append(f"events for and against: {named or 'none'}")
    return lines
