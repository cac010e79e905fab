"""Scored customers kept in a store of snapshots, by the command and by jobs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.settings import time_zone
from rfm_cli.snapshots.store import counted_by, keep

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.fingerprints import Fingerprint
    from rfm_cli.model import PastRequest, Scored, ScoreRequest


def keep_snapshot(
    session: Session,
    folder: Path,
    request: ScoreRequest,
    scored: Scored,
    year: PastRequest | None,
    seen: Sequence[Fingerprint],
    *,
    anew: bool = False,
) -> bool:
    """Keep scored customers in a store of snapshots, print what became of it, and return whether it has them.

    `year` is the request for the money of the last year, None if it cannot be known.
    """
    shop, window = scored.shop, session.settings.text("window")
    counted = counted_by(request.question, shop, time_zone(session.settings, shop), window)
    steps = session.past(year).steps if year and scored.scale is not None else None
    rows = None if steps is None else steps.filter(steps["step"] == scored.as_of)
    is_kept, remark = keep(folder, scored, counted, rows, seen, session.narrator.warnings, anew=anew)
    session.narrator.say([remark])
    return is_kept
