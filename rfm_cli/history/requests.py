"""Requests of one or several outputs, answered from as few passes over the orders as possible.

An output names its requests first (`Reader.expect`) and asks for the answers later. At the first answer the reader
makes one pass for all expected requests of a source that count purchases alike, as finely as all of them need.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from rfm_cli.history.past import buyers_at, past_from, read_past, request_at
from rfm_cli.measures.steps import Stretches, narrowed, together
from rfm_cli.model import Past, PastRequest, Scored, ScoreRequest, Shop, Source, SourcePass, TablePaths
from rfm_cli.pipeline import counting_of, score, scored_customers
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

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
        return scored_customers(measured, shop, question, found.facts, day)

    def _steps(self, request: Request, wanted: PastRequest) -> SourcePass | None:
        """Return the steps that answer a request from the shared pass, None where it needs a pass of its own."""
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
        pasts = [past for request in shared.requests if (past := _as_past(request))]
        if len(pasts) < 2:  # a pass of its own is as good
            return
        # What one output needs most finely, all of them read; `narrowed` makes the coarser steps again.
        shared.stretches = together([past.stretches for past in pasts])
        shared.last = max(past.last for past in pasts)
        question = shared.source.agree(pasts[0].question)
        found = shared.source.steps(counting_of(question, shared.last), shared.stretches)
        self._opened_as[found.source] = shared.source
        shared.found = found

    def _pass_of(self, request: Request) -> Pass:
        """Return the pass of a source as it was opened or as its rows proved it, for one way of counting."""
        # A pass makes a new source with what the rows proved; requests of either are of the same files.
        source = self._opened_as.get(request.shop.source, request.shop.source)
        counting = counting_of(source.agree(request.question), None)
        return self._passes.setdefault((source, counting.free, counting.one_a_day), Pass(source))


def _as_past(request: Request) -> PastRequest | None:
    """Return the past that answers a request as well; None for a score that no steps can answer.

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
    days_from = (found.ends[-1] if found.ends else date.min) if found.daily else date.max
    if wanted.stretches.daily and (wanted.stretches.ends[-1] if wanted.stretches.ends else date.min) < days_from:
        return False
    return all(end in found.ends or (found.daily and end >= days_from) for end in wanted.stretches.ends)
