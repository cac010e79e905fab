"""The past of a shop at several dates, and the requests for it, answered in as few passes as possible.

An output names its requests first (`Reader.expect`) and asks for the answers later. At the first answer the reader
makes one pass for all expected requests of a source that count purchases alike, as finely as all of them need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.measures.customers import people_known, require_buyers, with_people
from rfm_cli.measures.steps import Stretches, added, narrowed, together, with_recency
from rfm_cli.model import Past, PastRequest, Question, Scored, ScoreRequest, Shop, Source, SourcePass, TablePaths
from rfm_cli.pipeline import counting_of, score, scored_customers
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.roster import roster_of

Request = ScoreRequest | PastRequest


@dataclass
class Pass:
    """The requests of one source that count purchases alike, and the steps that one pass has found for all of them."""

    source: Source
    requests: dict[Request, None] = field(default_factory=dict)
    stretches: Stretches = field(default_factory=lambda: Stretches(()))
    last: date = date.min
    found: SourcePass | None = None


class Reader:
    """Opens shops, reads them in shared passes, and remembers the answers."""

    def __init__(self) -> None:
        self._shops: dict[tuple[TablePaths, ReadOptions], Shop] = {}
        self._passes: dict[tuple[Source, str, bool], Pass] = {}
        self._opened_as: dict[Source, Source] = {}
        self._scores: dict[ScoreRequest, Scored] = {}
        self._pasts: dict[PastRequest, Past] = {}

    def open(self, paths: TablePaths, options: ReadOptions) -> Shop:
        """Open the tables, once for all outputs that read them alike."""
        key = (paths, options)
        if key not in self._shops:
            self._shops[key] = open_shop(paths, options)
        return self._shops[key]

    def expect(self, requests: Iterable[Request]) -> None:
        """Note requests that are going to be made, so that one pass can answer all of them."""
        for request in requests:
            self._pass_of(request).requests[request] = None

    def score(self, request: ScoreRequest) -> Scored:
        """Return the scored customers of a request."""
        if request not in self._scores:
            self._scores[request] = self._score(request)
        return self._scores[request]

    def past(self, request: PastRequest) -> Past:
        """Return the past of a request."""
        if request not in self._pasts:
            found = self._steps(request, request)
            self._pasts[request] = past_from(found, request) if found else read_past(request)
        return self._pasts[request]

    def _score(self, request: ScoreRequest) -> Scored:
        """Score the customers of a request, from the shared pass where that holds their steps."""
        shop, question = request.shop, request.question
        wanted = _as_past(request)
        found = self._steps(request, wanted) if wanted else None
        if found is None or wanted is None:
            result = score(shop, question)
            self._opened_as[result.shop.source] = self._pass_of(request).source
            return result
        shop, question = replace(shop, source=found.source), shop.source.agree(question)
        past = Past(found.frame, wanted.last, shop, found.facts, question)
        ((day, measured),) = buyers_at(past, [wanted.last])
        require_buyers(measured, found.facts, found.source, day)
        return scored_customers(measured, shop, question, found.facts, day)

    def _steps(self, request: Request, wanted: PastRequest) -> SourcePass | None:
        """Return the steps that answer a request from the shared pass, None where it needs a pass of its own."""
        if request.question.returned_ignored:  # whether an order was given back differs from date to date
            return None
        shared = self._pass_of(request)
        if not shared.found and request in shared.requests and len(shared.requests) > 1:
            self._read(shared)
        if not shared.found or not _holds(shared.stretches, shared.last, wanted):
            return None
        # Outputs of one date often want exactly what the pass has read.
        if (wanted.stretches, wanted.last) == (shared.stretches, shared.last):
            return shared.found
        return replace(shared.found, frame=narrowed(shared.found.frame, wanted.stretches, wanted.last))

    def _read(self, shared: Pass) -> None:
        """Read the orders once, as finely as all expected requests need."""
        alike = [request for request in shared.requests if not request.question.returned_ignored]
        pasts = [past for request in alike if (past := _as_past(request))]
        if len(pasts) < 2:  # one request gains nothing from sharing
            return
        # The pass is as fine as the finest request; `narrowed` makes the coarser steps of the others.
        shared.stretches = together([past.stretches for past in pasts])
        shared.last = max(past.last for past in pasts)
        question = shared.source.agree(pasts[0].question)
        found = shared.source.steps(counting_of(question, shared.last), shared.stretches)
        self._opened_as[found.source] = shared.source
        shared.found = found

    def _pass_of(self, request: Request) -> Pass:
        """Return the pass that answers a request. Sources that differ only in what their rows proved share one."""
        # A pass makes a new source with what the rows proved; requests of either are of the same files.
        source = self._opened_as.get(request.shop.source, request.shop.source)
        counting = counting_of(source.agree(request.question), None)
        return self._passes.setdefault((source, counting.free, counting.one_a_day), Pass(source))


def _as_past(request: Request) -> PastRequest | None:
    """Return the request for a past that answers this request too; None for a score that no steps can answer.

    Such a score is of the last day, which is known only after a pass, or of a source without history.
    """
    if isinstance(request, PastRequest):
        return request
    shop, as_of = request.shop, request.question.as_of
    return request_at(shop, request.question, [as_of]) if shop.has_history and as_of is not None else None


def _holds(found: Stretches, last: date, wanted: PastRequest) -> bool:
    """Return whether steps in some stretches, up to the day `last`, can be added up to the wanted ones."""
    if wanted.last > last or (wanted.stretches.daily and not found.daily):
        return False
    if wanted.stretches.money_until > found.money_until:
        return False
    days_from = (found.ends[-1] if found.ends else date.min) if found.daily else date.max
    if wanted.stretches.daily and (wanted.stretches.ends[-1] if wanted.stretches.ends else date.min) < days_from:
        return False
    return all(end in found.ends or (found.daily and end >= days_from) for end in wanted.stretches.ends)


WINDOW_START_TEXT = ", after which the window begins"
"""What a message adds to the day on which a window begins."""


def past_at(shop: Shop, question: Question, dates: Sequence[date]) -> Past:
    """Read the past in stretches that end at the dates, and where a window begins at one of them.

    Raises `InputError` if no customer has bought by the first of the dates.
    """
    return read_past(request_at(shop, question, dates))


def request_at(shop: Shop, question: Question, dates: Sequence[date]) -> PastRequest:
    """Return the request that `past_at` reads."""
    ends = {*dates}
    starts = {question.window.start(day) for day in dates} if question.window is not None else set()
    shop.source.require_dates(sorted(ends))
    shop.source.require_dates(sorted(starts), WINDOW_START_TEXT)
    return PastRequest(shop, question, Stretches(tuple(sorted(ends | starts))), min(dates), max(dates))


def daily_past(
    shop: Shop,
    question: Question,
    starts: Sequence[date],
    last: date,
    *,
    bought_by: date | None = None,
    money: bool = True,
) -> Past:
    """Read the past in stretches that end at the ascending `starts`, and day by day after them.

    Without `starts` it is day by day from the beginning. Without `money` the single days need not hold money, which
    serves states that money does not decide. Raises `UsageError` under a window, where F and M change on days without a
    row as well, and `InputError` if no customer has bought by the day `bought_by` (None: by the last day).
    """
    return read_past(daily_request(shop, question, starts, last, bought_by=bought_by, money=money))


def daily_request(
    shop: Shop,
    question: Question,
    starts: Sequence[date],
    last: date,
    *,
    bought_by: date | None = None,
    money: bool = True,
    option: str = "a past by days",
) -> PastRequest:
    """Return the request that `daily_past` reads; the `option` that wants it is named in errors."""
    if question.window is not None:
        raise UsageError("spells are of all of history", "leave --window out")
    if question.returned_ignored:
        why = "--returned-orders ignore needs single dates: an order is given back from one day to the next"
        raise UsageError(why, "leave it out where spells are counted")
    shop.source.require_days(f"{option} needs")
    return PastRequest(shop, question, Stretches(tuple(starts), daily=True, money=money), bought_by or last, last)


def read_past(request: PastRequest) -> Past:
    """Read the past of a request in a pass of its own."""
    shop = request.shop
    if kept := shop.source.kept_past(request):
        return kept
    counting = counting_of(shop.source.agree(request.question), request.last)
    if counting.returned_ignored:
        return _judged_apart(request)
    return past_from(shop.source.steps(counting, request.stretches), request)


def _judged_apart(request: PastRequest) -> Past:
    """Read the past of a request in one pass per date: an order that is given back later was a purchase before."""
    shop, question, found = request.shop, request.shop.source.agree(request.question), None
    measured = {}
    for day in request.stretches.ends:
        if day < request.first:  # where a window begins no one is asked for
            continue
        start = question.window.start(day) if question.window is not None else None
        found = shop.source.measure(counting_of(question, day), start)
        shop, measured[day] = replace(shop, source=found.source), found.frame
    assert found is not None
    buyers = pl.concat(one["customer"] for one in measured.values()).unique()
    people, _ = people_known(roster_of(shop.customers, shop.events, buyers), shop.source.buyers_after, request.last)
    last = found.frame.with_columns(step=pl.lit(request.last))
    return Past(last, request.last, shop, found.facts, question, people, measured=measured)


def past_from(found: SourcePass, request: PastRequest) -> Past:
    """Return the past of a request from steps that a pass has found in its stretches."""
    shop, steps = replace(request.shop, source=found.source), found.frame
    by_first = steps.filter(pl.col("step") <= request.first)
    # The error names the days of the orders, so it is raised here, where the facts are known.
    require_buyers(by_first, found.facts, shop.source, request.first)
    # Without other tables no customer is looked up, and making the ids distinct would cost time for nothing.
    buyers = steps["customer"].unique() if shop.customers or shop.events else steps["customer"].clear()
    people, _ = people_known(roster_of(shop.customers, shop.events, buyers), shop.source.buyers_after, request.last)
    return Past(steps, request.last, shop, found.facts, shop.source.agree(request.question), people)


def measured_at(past: Past, dates: Sequence[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """Yield each of the ascending dates with the measures of all customers of that day, for `pipeline.scored_from`.

    They equal the measures of a `score` at that date. The steps of `past` end at the dates (and at the beginnings of
    their windows), or are days.
    """
    if past.kept:
        yield from ((day, past.kept[day].measured) for day in dates)
        return
    if past.measured:
        found: Iterable[tuple[date, pl.DataFrame]] = ((day, past.measured[day]) for day in dates)
    else:
        found = buyers_at(past, dates)
    for day, measured in found:
        yield day, with_people(measured, past.people, day)


def buyers_at(past: Past, dates: Sequence[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """Yield each of the ascending dates with the measures of the customers who have an order row by then."""
    window = past.question.window
    starts = {day: window.start(day) for day in dates} if window else {}
    stops = sorted({*dates, *starts.values()})
    before = past.steps.clear().drop("step")
    at_starts: dict[date, pl.DataFrame] = {}
    since = None
    # Each stop adds only the steps since the stop before, so that a long chain of dates reads each step once.
    for stop in stops:
        inside = pl.col("step") <= stop if since is None else pl.col("step").is_between(since, stop, closed="right")
        before, since = added(before, past.steps.filter(inside)), stop
        if stop in starts.values():
            at_starts[stop] = before
        if stop in dates:
            measured = _since_start(before, at_starts[starts[stop]]) if window else before
            yield stop, with_recency(measured, stop)


def _since_start(customers: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the customers without the purchases and the money that had added up at an earlier date."""
    sums = [name for name in ("frequency", "monetary") if name in customers.columns]
    both = customers.join(earlier.select("customer", *sums), on="customer", how="left", suffix="_then")
    less = [(pl.col(name) - pl.col(f"{name}_then").fill_null(0)).alias(name) for name in sums]
    return both.with_columns(less).select(customers.columns)
