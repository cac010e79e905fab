"""The customers that an expression chooses, how many they are, and where they were lost: `rfm select`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.model import Scored, Where
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.score import by_text_of_id
from rfm_cli.views.view import View, meta_of

CHANGES = ("entered", "stayed", "left")
"""What became of a customer between two dates."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """Whether an expression is true, false or unknown (null) of each scored customer, in the order of their frame.

    `text` is the expression as one text, `missing` the values that undecided customers lack, with how many lack each.
    """

    text: str
    truth: pl.Series
    missing: tuple[tuple[str, int], ...] = ()

    @property
    def kept(self) -> pl.Series:
        """Whether it is known to be true."""
        return self.truth.fill_null(value=False)

    @property
    def undecided(self) -> int:
        """The number of customers who are undecided."""
        return self.truth.null_count()


@dataclass(frozen=True, eq=False)
class Headline:
    """The figures of an answer: customers and undecided, and of everybody; the money in minor units.

    `reachable` is None without addresses, and `revenue` without money.
    """

    customers: int
    undecided: int
    of: int
    reachable: int | None
    revenue: int | None

    @property
    def share(self) -> float | None:
        """The part of everybody, None where there is no customer."""
        return self.customers / self.of if self.of else None


@dataclass(frozen=True)
class Line:
    """A line of `--clauses`: the place in the tree, the clause, and how many customers meet it.

    `kept` counts the customers who meet the chain up to and with this member.
    """

    line: int
    depth: int
    clause: str
    customers: int
    undecided: int
    kept: int


def only(scored: Scored, chosen: Chosen) -> Scored:
    """Return the scored customers who meet the expression; scores, cutoffs and marks are those of everybody."""
    where = Where(chosen.text, scored, chosen.kept, chosen.undecided)
    return replace(scored, frame=scored.frame.filter(chosen.kept), where=where)


def among(scored: Scored, shown: Scored) -> Scored:
    """Return the scored customers of another date who are among those that a condition shows; all without one."""
    if shown.where is None:
        return scored
    kept = scored.frame.select(pl.col("customer").is_in(shown.frame["customer"].implode())).to_series()
    where = Where(shown.where.text, scored, kept, shown.where.undecided)
    return replace(scored, frame=scored.frame.filter(kept), where=where)


def headline_of(scored: Scored, chosen: Chosen, reached: pl.Series | None) -> Headline:
    """Return the figures of the chosen; `reached` says which customers a message reaches, None without addresses."""
    kept = chosen.kept
    return Headline(
        customers=int(kept.sum()),
        undecided=chosen.undecided,
        of=len(kept),
        reachable=None if reached is None else int((kept & reached).sum()),
        revenue=None if scored.scale is None else int(scored.frame["monetary"].filter(kept).cast(pl.Int64).sum()),
    )


def select_view(
    scored: Scored,
    chosen: Chosen,
    found: Headline | None,
    extra: pl.DataFrame | None = None,
    *,
    undecided: bool = False,
) -> View:
    """Return the chosen customers by customer_id, with the columns of `extra`; or those who are `undecided`.

    `meta` has the expression and the figures of the headline.
    """
    rows = _ids(scored, chosen.truth.is_null() if undecided else chosen.kept)
    return View("select", _with(rows, extra), {**meta_of(scored), **_figures(scored, chosen, found)})


def count_view(scored: Scored, chosen: Chosen, found: Headline) -> View:
    """Return one row: customers, undecided, of, share (null without anybody), reachable and revenue (null as there)."""
    columns = {
        "customers": pl.Series([found.customers], dtype=pl.Int32),
        "undecided": pl.Series([found.undecided], dtype=pl.Int32),
        "of": pl.Series([found.of], dtype=pl.Int32),
        "share": pl.Series([found.share], dtype=pl.Float64),
        "reachable": pl.Series([found.reachable], dtype=pl.Int32),
    }
    rows = pl.DataFrame(columns).with_columns(revenue=pl.Series([found.revenue], dtype=pl.Int64))
    money = pl.lit(None, pl.Decimal(18, 0)) if scored.scale is None else as_decimal(pl.col("revenue"), scored.scale)
    rows = rows.with_columns(revenue=money)
    return View("count", rows, {**meta_of(scored), **_figures(scored, chosen, found)})


def clauses_view(scored: Scored, chosen: Chosen, found: Headline | None, lines: Sequence[Line]) -> View:
    """Return one row per clause in reading order: line, depth, clause, customers, undecided, kept."""
    kinds = {name: pl.String if name == "clause" else pl.Int32 for name in Line.__dataclass_fields__}
    rows = pl.DataFrame([vars(one) for one in lines], schema=kinds)
    return View("clauses", rows, {**meta_of(scored), **_figures(scored, chosen, found)})


def against_view(
    now: tuple[Scored, Chosen, pl.DataFrame | None], then: tuple[Scored, Chosen, pl.DataFrame | None]
) -> View:
    """Return the customers who meet the expression at either date: customer_id, change, and further columns.

    Each date has its scored customers, the chosen of them and the further columns, which are those of the later date,
    for a customer who left those of the earlier one.
    """
    scored, chosen, extra = now
    present, before = (_ids(one, truth.kept).sort("customer_id") for one, truth, _ in (now, then))
    came = present.join(before, on="customer_id", how="anti")
    stayed = present.join(before, on="customer_id", how="semi")
    left = before.join(present, on="customer_id", how="anti")
    parts = [
        _with(rows.with_columns(change=pl.lit(change)), columns)
        for rows, change, columns in zip((came, stayed, left), CHANGES, (extra, extra, then[2]), strict=True)
    ]
    rows = pl.concat(parts, how="vertical_relaxed").sort("customer_id")
    figures = {name: part.height for name, part in zip(CHANGES, parts, strict=True)}
    meta = {**meta_of(scored), "expression": chosen.text, "against": then[0].as_of, **figures}
    return View("select", rows, {**meta, "undecided": chosen.undecided, "undecided_then": then[1].undecided})


def _ids(scored: Scored, kept: pl.Series) -> pl.DataFrame:
    """Return the ids of some customers, in the order of their text."""
    chosen = scored.frame.select("customer").filter(kept)
    return by_text_of_id(chosen).select(customer_id=pl.col("customer").cast(pl.String))


def _with(rows: pl.DataFrame, extra: pl.DataFrame | None) -> pl.DataFrame:
    """Return the rows with further columns by customer_id."""
    return rows if extra is None else rows.join(extra, on="customer_id", how="left", maintain_order="left")


def _figures(scored: Scored, chosen: Chosen, found: Headline | None) -> dict[str, object]:
    """Return the expression and the figures of the headline, for `meta`."""
    if found is None:
        return {"expression": chosen.text}
    from rfm_cli.tables.money import decimal_of

    money = None if found.revenue is None else decimal_of(found.revenue, scored.scale or 0)
    figures = {name: getattr(found, name) for name in ("customers", "undecided", "of", "share", "reachable")}
    return {"expression": chosen.text, **figures, "revenue": money}


def in_words(scored: Scored, chosen: Chosen, found: Headline) -> str:
    """Return the headline of an answer in a sentence."""
    from rfm_cli.tables.money import decimal_of

    share = "" if found.share is None else f" ({found.share:.1%})"
    parts = [f"{found.customers:,} of {found.of:,} customers{share}"]
    if found.reachable is not None:
        parts.append(f"{found.reachable:,} reachable")
    if found.revenue is not None:
        parts.append(f"revenue {decimal_of(found.revenue, scored.scale or 0):,}")
    return f"{chosen.text}: {', '.join(parts)}"
