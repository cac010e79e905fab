"""`--where` in the views: the customers who meet an expression. Without one, no command loads the language."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Past, PastRequest, Question, Scored, Shop


class Everybody:
    """The query of a view without an expression and without named segments: everybody is shown."""

    def check(self, shop: Shop) -> None:
        """Find no fault."""

    def past(self, shop: Shop, question: Question) -> PastRequest | None:
        """Return no request, since no spells are asked."""

    def only(self, scored: Scored) -> Scored:
        """Return all scored customers."""
        return scored

    def only_at(self, past: Past, dates: Sequence[date], *, rescore: bool = False) -> None:
        """Return no customers, since a view of the dates shows everybody."""


def query_where(
    session: Session, where: str | None, *, axes: Sequence[str] = (), segments: Sequence[str] = ()
) -> Query | Everybody:
    """Parse the expression of `--where`; its errors come before a file is read.

    `axes` and `segments` are names of the command line that may be those of rfm.toml, which is looked at then.
    """
    may_be_named = session.settings.file is not None and bool(axes or segments)
    if where is None and not may_be_named:
        return Everybody()
    if where is not None and session.snapshots:
        raise UsageError("--where does not go with --store", "snapshots have no tables that it could ask")
    from rfm_cli.cli.asking import query_of

    query = query_of(session, where, axes=axes, segments=segments)
    return query if query.definitions() else Everybody()


def scored_where(
    session: Session, query: Query | Everybody, marked: Callable[[Scored], Scored] | None = None
) -> Generator[None, None, Scored]:
    """Score the customers as the settings want them, with the pause before reading that a job needs.

    Only those that the query shows are returned; before it is asked, `marked` may mark VIPs anew.
    """
    request = session.score_request()
    query.check(request.shop)
    session.expect(request, query.past(request.shop, request.question))
    yield
    scored = session.score(request)
    return query.only(marked(scored) if marked else scored)
