"""What is asked of the moves between two dates: `rfm migrate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.option_groups import ListOptions, MoveOptions
    from rfm_cli.cli.where import Everybody
    from rfm_cli.history.states import By, NamedStates
    from rfm_cli.model import Past, PastRequest, Question, Scored, Shop


@dataclass(frozen=True)
class MoveRequest:
    """The moves to show between two dates, or over a chain of dates that begins and ends with them."""

    options: MoveOptions
    listing: ListOptions
    first: date
    last: date
    states: By | NamedStates
    query: Query | Everybody

    @property
    def by(self) -> str:
        """What customers move between, as the user calls it."""
        return str(self.options.by) if self.options.kind == "named" else self.options.kind

    @property
    def rescore(self) -> bool:
        """Whether each date has cutoffs of its own, in place of those of the first."""
        return bool(self.options.rescore)

    def shown(self, past: Past) -> Scored | None:
        """Return the customers of the last date that `--where` shows, None where it shows everybody."""
        return self.query.only_at(past, [self.first, self.last], rescore=self.rescore)

    @property
    def cutoffs_from(self) -> date:
        """The date that the cutoffs of the answer come from."""
        return self.last if self.rescore else self.first

    @property
    def every(self) -> str | None:
        """The step of the chain, None for two dates alone."""
        return self.options.every or ("month" if self.options.paths else None)

    def dates(self) -> list[date]:
        """Return the dates of the chain, or both dates without one."""
        from rfm_cli.clock import chain, parse_every

        return list(chain(self.first, self.last, parse_every(self.every))) if self.every else [self.first, self.last]

    def past(self, shop: Shop, question: Question) -> PastRequest:
        """Return the request for the past that shows the moves."""
        from rfm_cli.history.requests import request_at
        from rfm_cli.views.speed import speed_request

        if self.options.speed:
            return speed_request(shop, question, self.first, self.last, self.options.kind)
        return request_at(shop, question, self.dates())
