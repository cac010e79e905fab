"""`--where` in the views: the customers who meet an expression. Without one, no command loads the language."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.asking import Asked
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Past, Scored, Shop


class AskedNothing:
    """No expression, which is true of everybody."""

    def check(self, shop: Shop) -> None:
        """Find no fault."""

    def only(self, scored: Scored) -> Scored:
        """Return all scored customers."""
        return scored

    def only_at(self, past: Past, dates: Sequence[date], *, rescore: bool = False) -> None:
        """Return no customers, since a view of the dates shows everybody."""


def asked_in(session: Session, where: str | None) -> Asked | AskedNothing:
    """Parse the expression of `--where`; its errors come before a file is read."""
    if where is None:
        return AskedNothing()
    if session.snapshots:
        raise UsageError("--where does not go with --store", "snapshots have no tables that it could ask")
    from rfm_cli.cli.asking import asked

    return asked(session, where)


def scored_where(
    session: Session, where: str | None, marked: Callable[[Scored], Scored] | None = None
) -> Generator[None, None, Scored]:
    """Score the customers as the settings want them, with the pause before reading that a job needs.

    Only those who meet the expression `where` are returned; before it is asked, `marked` may mark VIPs anew.
    """
    asked = asked_in(session, where)
    request = session.score_request()
    asked.check(request.shop)
    session.expect(request)
    yield
    scored = session.score(request)
    return asked.only(marked(scored) if marked else scored)
