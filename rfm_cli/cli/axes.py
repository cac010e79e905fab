"""The axes of `--by`: measures, scores, attributes, and the named segments and axes of rfm.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.cli.engagement import engagement_of
from rfm_cli.views.axes import AXES, AxisOf, AxisSettings, axis_of, name_of

if TYPE_CHECKING:
    from decimal import Decimal

    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored


def axes_of(
    session: Session, scored: Scored, names: Sequence[str], edges: Mapping[str, tuple[Decimal, ...]]
) -> list[AxisOf]:
    """Return the axes of the scored customers that are shown; `edges` are those of bins, by axis."""
    days, events = engagement_of(session, scored, names)
    settings = AxisSettings(edges, days, events)
    # Only a name that no measure has can be that of a segment, and only with an rfm.toml.
    own = [name for name in names if name_of(name) not in AXES] if session.settings.file else []
    if not own:
        return [axis_of(scored, name, settings) for name in names]
    from rfm_cli.cli.named_axes import attributes_of, is_named, named_axes, named_in

    named = named_in(session, own, attributes_of(scored.shop))
    of_the_file = [name for name in own if named and is_named(named, name)]
    found = named_axes(session, scored, of_the_file, named) if named else {}
    return [found[name] if name in found else axis_of(scored, name, settings) for name in names]
