"""The axes of `--by`: measures, scores, attributes, and the named segments and axes of rfm.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.cli.engagement import engagement_of
from rfm_cli.cli.where import Everybody
from rfm_cli.views.axes import AXES, AxisOf, AxisSettings, axis_of, name_of

if TYPE_CHECKING:
    from decimal import Decimal

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored


def maybe_named(names: Sequence[str]) -> list[str]:
    """Return the names that may be those of rfm.toml: no measure has them."""
    return [name for name in names if name_of(name) not in AXES]


def axes_of(
    session: Session,
    scored: Scored,
    names: Sequence[str],
    edges: Mapping[str, tuple[Decimal, ...]],
    query: Query | Everybody,
) -> list[AxisOf]:
    """Return the axes of the scored customers that are shown; `edges` are those of bins, by axis."""
    days, events = engagement_of(session, scored, names)
    settings = AxisSettings(edges, days, events)
    found: Mapping[str, AxisOf] = {}
    if not isinstance(query, Everybody) and query.axes:
        from rfm_cli.cli.named_axes import named_axes

        found = named_axes(query, scored)
    return [found[name] if name in found else axis_of(scored, name, settings) for name in names]
