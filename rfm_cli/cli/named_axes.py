"""Named segments and axes of rfm.toml in the views: as axes, as states of moves, as parts of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.history.states import NamedStates
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import fold
from rfm_cli.views.axes import AxisOf
from rfm_cli.views.named import Member, axis_of_segment, axis_of_segments, of_those, values_of_axis, values_of_segment
from rfm_cli.views.score import segment_names

if TYPE_CHECKING:
    from rfm_cli.cli.asking import Query
    from rfm_cli.language.named import Named
    from rfm_cli.model import Scored


def named_axes(query: Query, scored: Scored) -> dict[str, AxisOf]:
    """Return the named axes of a query, by name, of the scored customers that are shown.

    Each segment is asked once, whatever the number of axes that have it.
    """
    named, names = query.named, query.axes
    wanted = {fold(one): one for name in names for one in named.parts(name)}
    found = dict(zip(wanted, members(query, scored, wanted.values()), strict=True))
    axes = {name: _axis(name, named, [found[fold(one)] for one in named.parts(name)]) for name in names}
    return {name: axis.only(scored.where.kept) if scored.where else axis for name, axis in axes.items()}


def _axis(name: str, named: Named, found: Sequence[Member]) -> AxisOf:
    axis = named.axes.get(fold(name))
    return axis_of_segments(axis.name, found) if axis else axis_of_segment(found[0])


def members(query: Query, scored: Scored, names: Iterable[str]) -> list[Member]:
    """Return which of all scored customers are in each segment; segments of the scheme may be named too."""
    everybody = scored.where.everybody if scored.where else scored
    found = query.answers(scored)
    listed = []
    for name in names:
        if one := query.named.segments.get(fold(name)):
            listed.append(Member(one.name, found[fold(name)].truth, one.of, one.next_step))
        else:
            listed.append(Member(name, (everybody.frame["segment"] == name).fill_null(value=False)))
    return listed


def in_one_of(query: Query, scored: Scored, texts: Sequence[str]) -> tuple[list[str], pl.Series | None]:
    """Return the segments of the scheme that texts name, and who of those shown is in a named segment that they name.

    The second is None where they name none of rfm.toml.
    """
    names = segment_names(texts, in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers))
    own = [name for name in dict.fromkeys(names) if fold(name) in query.members]
    if not own:
        return list(texts), None
    found = of_those(members(query, scored, own), scored)
    query.session.narrator.check_strict()
    inside = pl.DataFrame([one.kept.alias(one.name) for one in found]).select(pl.any_horizontal(pl.all())).to_series()
    return [name for name in names if name not in own], inside


def named_states(query: Query) -> NamedStates:
    """Return the values of the named axis or segment of a query as states of moves."""
    (name,), named = query.axes, query.named

    def of(scored: Scored) -> pl.Series:
        axis = named_axes(query, scored)[name]
        numbers: Mapping[str | None, int] = {label: number for number, label in enumerate(axis.order)}
        return axis.labels.replace_strict(numbers, return_dtype=pl.UInt16)

    axis = named.axes.get(fold(name))
    if axis is None:
        return NamedStates(values_of_segment(named.segments[fold(name)].name), of)
    return NamedStates(values_of_axis(axis.members), of)
