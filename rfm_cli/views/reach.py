"""The customers that a message can reach, and their worth: `rfm reach`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.model import Scored
from rfm_cli.plausibility.consents import refuse_doubtful
from rfm_cli.tables import channels as channel_tables
from rfm_cli.tables.channels import NO_ADDRESS, NO_CONSENT, OPEN, REASONS, STOPPED, Channel
from rfm_cli.tables.consents import Consents, consents_of, words_in
from rfm_cli.tables.customers import Customers, at_date
from rfm_cli.tables.fields import fold
from rfm_cli.tables.ids import places_in
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.view import View, filled, meta_of, summed

ALL, REACHABLE, NOT_REACHABLE, BY = "All", "Reachable", "Not reachable", "By "
BY_CHANNEL = f"{BY}CHANNEL"
"""The branches of channels, as hints name them before the channels are known."""
LEAVES = ("VIP", "Two or more purchases", "One purchase", "No purchase")
STEP = " > "
KNOWN, SEEN = "(known)", "(seen)"


@dataclass(frozen=True)
class Reach:
    """Scored customers in the order of their frame with `leaf`, `reached` and, by known channel, its standing.

    `people` is the customers table without those who are no customers yet; `known` are all of its channels,
    `channels` those that count, `consents` the columns of consents. `words` are the events for or against the channels,
    None without events. `later` are those against them after the date, which do not count, and `foreign` those of ids
    that the customers table does not have.
    """

    scored: Scored
    customers: pl.DataFrame
    people: Customers
    known: Sequence[Channel]
    channels: Sequence[Channel]
    words: pl.DataFrame | None
    consents: Consents
    later: pl.DataFrame | None = None
    foreign: pl.DataFrame | None = None


def reach_of(scored: Scored, only: Sequence[str] = ()) -> Reach:
    """Find the customers that the channels (all, or those named) reach at the date of the scores.

    A customer is reachable if at least one channel reaches them; a customer who is not in the customers table has no
    address. Raises `UsageError` without a customers table, without any channel in it, and for a channel that it lacks;
    `InputError` for a column of consents that can be read in two ways.
    """
    shop, (customers, consents, known) = scored.shop, _known_channels(scored)
    channels = _chosen(known, only)
    ids = scored.frame.with_columns(customer_id=pl.col("customer").cast(pl.String), leaf=_leaf())
    # Only customers of the date count; the table may know later ones.
    there = customers.table.join(ids, on="customer_id", how="semi", maintain_order="left")
    people = replace(customers, table=there)
    every = channel_tables.words_about(shop.events, None, known) if shop.events else None
    words, later, foreign = _parted(every, customers, scored)
    columns = {one.name: standing_of(one) for one in known}
    standing = channel_tables.reachability(people, words, known).rename(columns)
    # A customer who is not in the customers table has no address.
    known_standings = [pl.col(standing_of(one)).fill_null(NO_ADDRESS) for one in known]
    joined = ids.join(standing, on="customer_id", how="left", maintain_order="left").with_columns(known_standings)
    reached = pl.any_horizontal(_is_open(one) for one in channels)
    return Reach(scored, joined.with_columns(reached=reached), people, known, channels, words, consents, later, foreign)


def reached_of(scored: Scored) -> pl.Series:
    """Return whether any channel reaches each customer, in the order of the scores: `reached` of `reach_of` alone."""
    customers, _, known = _known_channels(scored)
    words = channel_tables.words_about(scored.shop.events, scored.as_of, known) if scored.shop.events else None
    is_reached = pl.any_horizontal(channel_tables.is_open(one, words) for one in known)
    found = customers.table.select(reached=is_reached)["reached"]
    places = places_in(customers.table["customer_id"], scored.frame["customer"].cast(pl.String))
    return found.gather(places).fill_null(value=False)


def _known_channels(scored: Scored) -> tuple[Customers, Consents, list[Channel]]:
    """Return the customers table of the date, its columns of consents, and its channels."""
    shop = scored.shop
    if shop.customers is None:
        raise UsageError("reach needs customers with addresses", "give --customers FILE")
    customers = at_date(shop.customers, shop.orders, scored.as_of)
    # Columns are judged by all customers, also those who are none yet.
    consents = consents_of(customers)
    known = channel_tables.channels_of(customers, consents)
    if not known:
        raise UsageError(
            f"{customers.name}: no addresses (email, phone, telegram)", "map one: --map customers.email=HEADING"
        )
    refuse_doubtful(customers, consents)
    return customers, consents, known


def _parted(
    words: pl.DataFrame | None, customers: Customers, scored: Scored
) -> tuple[pl.DataFrame | None, pl.DataFrame | None, pl.DataFrame | None]:
    """Return the events about customers up to the date, those against them later, and those against unknown ids."""
    if words is None:
        return None, None, None
    is_known = pl.col("customer_id").is_in(customers.table["customer_id"].implode())
    is_seen = pl.lit(value=True) if scored.as_of is None else pl.col("day") <= scored.as_of
    parted = words.with_columns(is_known.alias(KNOWN), is_seen.alias(SEEN))
    against = parted.filter("against")
    parts = (
        parted.filter(pl.col(KNOWN) & pl.col(SEEN)),
        against.filter(pl.col(KNOWN) & ~pl.col(SEEN)),
        against.filter(~pl.col(KNOWN)),
    )
    seen, later, foreign = (part.drop(KNOWN, SEEN) for part in parts)
    return seen, later, foreign


def _chosen(channels: Sequence[Channel], only: Sequence[str]) -> list[Channel]:
    by_name = {name: channel for channel in channels for name in (*channel.names_in_events(), channel.name.casefold())}
    wanted = [part.strip() for text in only for part in text.split(",") if part.strip()]
    for name in wanted:
        if name.casefold() not in by_name:
            names = [channel.name for channel in channels]
            raise UsageError(f"--channel {name}: the customers have no such address", did_you_mean(name, names))
    chosen = [by_name[name.casefold()] for name in wanted]
    return list(dict.fromkeys(chosen)) if wanted else list(channels)


def standing_of(channel: Channel) -> str:
    """Return the name of the column with the standing of customers in a channel, which no measure can have."""
    return f"{BY}{channel.name}"


def _is_open(channel: Channel) -> pl.Expr:
    return pl.col(standing_of(channel)) == OPEN


def _leaf() -> pl.Expr:
    """Return the leaf of each customer.

    A customer who bought before a window alone has a frequency of 0 and is under One purchase: a buyer remains one.
    """
    vip, two, one, none = (pl.lit(name) for name in LEAVES)
    return (
        pl.when(pl.col("recency_days").is_null())
        .then(none)
        .when(pl.col("vip").fill_null(value=False))
        .then(vip)
        .when(pl.col("frequency") > 1)
        .then(two)
        .otherwise(one)
    )


def reach_view(reach: Reach) -> View:
    """Return the tree, one row per branch: branch, customers, customers_share, revenue, revenue_share.

    All, then Reachable and Not reachable, each with its leaves: VIP, two or more purchases (VIPs aside), one, none;
    then the same for each channel, `By email`: these overlap, since many have several. Shares are of all customers
    and all money, null where there is none. Without money there is no leaf of VIPs.
    """
    scale = reach.scored.scale
    leaves = pl.DataFrame({"leaf": leaves_of(reach.scored)})
    # All has no leaves of its own: they would repeat those of its two branches.
    parts = [_branch(reach.customers, ALL, pl.lit(value=True), leaves).head(1)]
    parts += [_branch(reach.customers, name, inside, leaves) for name, inside in tops_of(reach)[1:]]
    rows = pl.concat(parts)
    money = rows["revenue"]  # 0 where there is none
    # Without amounts money is null, not 0.
    revenue = as_decimal(pl.col("revenue"), scale) if scale is not None else pl.lit(None, pl.Decimal(18, 0))
    public = rows.select(
        "branch",
        pl.col("customers").cast(pl.Int32),
        _of_first(rows["customers"]).alias("customers_share"),
        revenue.alias("revenue"),
        _of_first(money).alias("revenue_share"),
    )
    return View("reach", public, meta_of(reach.scored, **used(reach)))


def _branch(customers: pl.DataFrame, name: str, inside: pl.Expr, leaves: pl.DataFrame) -> pl.DataFrame:
    """Return a branch and its leaves: branch, customers, revenue (minor units)."""
    own = filled(leaves, summed(customers.filter(inside), ["leaf"]), ["leaf"])
    named = own.select((pl.lit(f"{name}{STEP}") + pl.col("leaf")).alias("branch"), "customers", "revenue")
    return pl.concat([named.select(pl.lit(name).alias("branch"), pl.col("customers", "revenue").sum()), named])


def _of_first(values: pl.Series) -> pl.Series:
    """Return each value as a part of the first one, which is of all; null where that is not above 0.

    In Python, whose division is exact to the last bit: Polars multiplies by 1 / x, which makes 49 / 49 less than 1.

    >>> _of_first(pl.Series([49, 49, 7])).to_list()
    [1.0, 1.0, 0.14285714285714285]
    """
    whole = values[0]
    return pl.Series([value / whole if whole > 0 else None for value in values], dtype=pl.Float64)


def leaves_of(scored: Scored) -> Sequence[str]:
    """Return the leaves of each branch; without money there are no VIPs."""
    return LEAVES if scored.scale is not None else LEAVES[1:]


def tops_of(reach: Reach) -> list[tuple[str, pl.Expr]]:
    """Return the branches above the leaves, with the condition of their customers, in the order of the rows."""
    tops = [(ALL, pl.lit(value=True)), (REACHABLE, pl.col("reached")), (NOT_REACHABLE, ~pl.col("reached"))]
    return tops + [(standing_of(channel), _is_open(channel)) for channel in reach.channels]


def refused_addresses(reach: Reach, chosen: Scored, names: Sequence[str]) -> dict[str, pl.Series]:
    """Return, by the name of a column of addresses among `names`, the chosen customers who refuse its channel."""
    by_address = {one.address: one for one in reach.known}
    asked = [name.strip() for text in names for name in text.split(",")]
    channels = {name: by_address.get(reach.people.attributes.get(fold(name), "")) for name in asked}
    ids = chosen.frame.select(customer_id=pl.col("customer").cast(pl.String))
    inside = reach.customers.join(ids, on="customer_id", how="semi", maintain_order="left")
    return {
        name: inside.filter(pl.col(standing_of(one)).is_in([NO_CONSENT, STOPPED]))["customer_id"]
        for name, one in channels.items()
        if one is not None
    }


def without_addresses(refused: Mapping[str, pl.Series]) -> list[pl.Expr]:
    """Return columns of addresses that are empty for the customers who refuse their channel."""
    customer_id = pl.col("customer_id").cast(pl.String)
    return [pl.when(~customer_id.is_in(ids.implode())).then(pl.col(name)).alias(name) for name, ids in refused.items()]


def used(reach: Reach) -> dict[str, object]:
    """Return what was used, for `meta`: channels (columns, words of consent, standings of customers) and events."""
    channels = [
        {
            "channel": row["channel"],
            "address": channel.address,
            "consents": {
                one.heading: {word.word: word.customers for word in words_in(reach.people.table, one)}
                for one in channel.consents
            },
            **{name: count for name, count in row.items() if name != "channel"},
        }
        for channel, row in zip(reach.channels, standings(reach).iter_rows(named=True), strict=True)
    ]
    events = [] if reach.words is None else channel_tables.word_counts(reach.words).to_dicts()
    return {"channels": channels, "events": events}


def standings(reach: Reach) -> pl.DataFrame:
    """Return one row per channel: channel, how many customers it reaches, and why it does not reach the others.

    Columns: channel, reachable, no_address, no_consent, unsubscribed_or_bounced; a customer counts under the first
    that holds.
    """
    states = (OPEN, *REASONS)
    columns: dict[str, list[object]] = {"channel": [channel.name for channel in reach.channels]}
    counts = [dict(reach.customers.group_by(standing_of(channel)).len().iter_rows()) for channel in reach.channels]
    columns |= {state.replace(" ", "_"): [count.get(state, 0) for count in counts] for state in states}
    kinds = {name: pl.String if name == "channel" else pl.Int32 for name in columns}
    return pl.DataFrame(columns, schema=kinds)
