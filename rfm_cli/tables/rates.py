"""Exchange rates: money turned into one currency at the latest rate on or before its day, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables import columns, days, money, rules, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import currency_of
from rfm_cli.tables.paths import Given
from rfm_cli.tables.read_errors import input_errors

DIGITS = 10
"""Rates are kept as integers of 10^-10."""


@dataclass(frozen=True)
class Rates:
    """What one unit of a currency is worth: currency, day (null: on all days), rate in 10^-10; one row per change.

    `columns` are those of the first of the `files`.
    """

    table: pl.DataFrame
    name: str
    dates: tuple[str, ...] = ()
    files: tuple[sources.InputFile, ...] = ()
    columns: ColumnMap | None = None

    def convert(self, typed: pl.LazyFrame, currency: str | None) -> pl.LazyFrame:
        """Turn `minor` of typed rows into `currency`, rounded half to even; rows before the first rate are rejected.

        A row without a currency is taken to be in `currency` already. What passes 64 bits becomes null, and the facts
        of the pass refuse it as too large.
        """
        if currency is None:
            raise UsageError("--rates needs --currency CODE", "the currency into which money is turned")
        target = currency.upper()
        if "currency" not in typed.collect_schema():
            raise UsageError(f"{self.name}: the orders have no currency column", "map it: --map currency=HEADING")
        named = typed.with_columns(currency=pl.col("currency").fill_null(target))
        joined = self._with_rate(named, target)
        # 64 bits times a rate of up to 18 digits needs 128.
        product = pl.col("minor").cast(pl.Int128) * pl.col("rate")
        converted = pl.when(pl.col("currency") == target).then("minor").otherwise(money.half_even(product, 10**DIGITS))
        lacks = pl.col("rate").is_null() & (pl.col("currency") != target)
        unrated = (pl.col("rule") == rules.ACCEPTED) & lacks
        return joined.with_columns(
            minor=converted.cast(pl.Int64, strict=False),
            rule=pl.when(unrated).then(pl.lit("rate", rules.VERDICT)).otherwise("rule"),
            currency=pl.lit(target),
        ).drop("rate", "always", "latest", "until")

    def _with_rate(self, rows: pl.LazyFrame, target: str) -> pl.LazyFrame:
        relative = self._relative_to(target)
        always = relative.filter(pl.col("day").is_null()).select("currency", always="rate")
        dated = relative.filter(pl.col("day").is_not_null()).sort("currency", "day")
        latest = dated.group_by("currency").agg(latest=pl.col("rate").last(), until=pl.col("day").last())
        # A plain join by day is exact and streams; a join by the nearest earlier day would need sorted rows.
        daily = _each_day(dated)
        joined = (
            rows.join(daily.lazy(), on=["currency", "day"], how="left", maintain_order="left")
            .join(always.lazy(), on="currency", how="left", maintain_order="left")
            .join(latest.lazy(), on="currency", how="left", maintain_order="left")
        )
        # After the last change its rate holds on; before the first there is none.
        after = pl.when(pl.col("day") > pl.col("until")).then("latest")
        return joined.with_columns(rate=pl.coalesce("rate", after, "always"))

    def _relative_to(self, target: str) -> pl.DataFrame:
        """Return the rates in units of `target`. Raises `InputError` where the table gives `target` itself a rate other
        than 1."""
        own = self.table.filter(pl.col("currency") == target)
        if not own.filter(pl.col("rate") != 10**DIGITS).is_empty():
            raise InputError(
                f"{self.name}: {target} itself has a rate other than 1",
                f"give rates as units of {target} for one unit of each other currency",
            )
        return self.table.filter(pl.col("currency") != target)


def _each_day(dated: pl.DataFrame) -> pl.DataFrame:
    """Repeat each change of rate for the days up to the next one."""
    following = pl.col("day").shift(-1).over("currency")
    last = pl.col("day") + timedelta(days=1)
    return (
        dated.with_columns(day=pl.date_ranges("day", following.fill_null(last), closed="left"))
        .explode("day")
        .select("currency", "day", "rate")
    )


def open_rates(paths: Sequence[Given], options: ReadOptions) -> Rates:
    """Open the exchange rates at `paths`. Raises `InputError` for unreadable rows, and for two rates of one day."""
    frames, name = [], ""
    dates: tuple[str, ...] = ()
    maps = []
    opened = with_mapped(sources.open_whole(paths, options, "rates"), "rates", options)
    for source in opened:
        name = name or source.name
        with input_errors(source.name):
            frame, said, found = _read(source, options)
        maps.append(found)
        frames.append(frame)
        dates += said
    # Repeated rows are harmless; two different rates of one day are not.
    table = pl.concat(frames).unique().sort("currency", "day", nulls_last=False)
    doubled = table.filter(pl.struct("currency", "day").is_duplicated())
    if not doubled.is_empty():
        raise InputError(f"{name}: {doubled['currency'][0]} has two rates on {doubled['day'][0] or 'all days'}")
    return Rates(table, name, tuple(dict.fromkeys(dates)), opened, maps[0])


def _read(source: sources.InputFile, options: ReadOptions) -> tuple[pl.DataFrame, tuple[str, ...], ColumnMap]:
    """Return the rates of one file, sentences on how its dates were read, and its columns."""
    found = columns.detect("rates", source.header, options.map_of("rates"), source.name)
    columns.require(found, ("currency", "rate"), source.header, source.name, source.head())
    raw = source.frame.select(
        currency=currency_of(pl.col(found["currency"])), rate=pl.col(found["rate"]).cast(pl.String)
    ).collect()
    day = pl.Series("day", [None] * raw.height, pl.Date)
    dates: tuple[str, ...] = ()
    if "date" in found:
        day, dates = _days(source, found["date"], options)
    rates = [_rate(text, source.name) for text in raw["rate"]]
    table = raw.select("currency").with_columns(pl.Series("rate", rates, pl.Int64), day)
    return table.select("currency", "day", "rate"), dates, found


def _days(source: sources.InputFile, heading: str, options: ReadOptions) -> tuple[pl.Series, tuple[str, ...]]:
    where = f"{source.name}: column {heading!r}"
    reading = days.day_reading(source.frame, heading, source.schema[heading], where, options)
    day = source.frame.select(day=reading.day).collect().to_series()
    if day.null_count():
        dates = f"{day.null_count():,} date{'s' if day.null_count() > 1 else ''}"
        raise InputError(f"{where}: {dates} cannot be read", "use --date-format")
    return day.alias("day"), reading.in_words(heading, options.zone)


def _rate(text: str | None, where: str) -> int:
    try:
        scaled = Decimal((text or "").strip().replace(",", ".")).scaleb(DIGITS)
    except InvalidOperation as error:
        raise InputError(f"{where}: {text!r} is no exchange rate") from error
    if not scaled.is_finite() or scaled <= 0 or scaled != scaled.to_integral_value() or scaled >= 10**18:
        raise InputError(f"{where}: a rate of {text} is not positive or has more than {DIGITS} decimals")
    return int(scaled)
