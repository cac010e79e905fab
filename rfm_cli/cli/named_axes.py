"""Named segments and axes of rfm.toml in the views: as axes, as states of moves, as parts of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.cli.asking import asker_of, named_of
from rfm_cli.errors import UsageError
from rfm_cli.history.states import NamedStates
from rfm_cli.language.limits import check_conditions
from rfm_cli.language.named import Named
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import fold
from rfm_cli.views.axes import AxisOf
from rfm_cli.views.named import Member, axis_of_segment, axis_of_segments, of_those, values_of_axis, values_of_segment
from rfm_cli.views.score import segment_names

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored, Shop


def named_in(session: Session, names: Sequence[str], attributes: Collection[str]) -> Named | None:
    """Return the named segments and axes if one of the names is among them, else None.

    Raises `UsageError` for a name that an attribute has as well.
    """
    named = named_of(session, names)
    for name in names:
        if is_named(named, name) and fold(name) in attributes:
            what = "segment" if fold(name) in named.segments else "axis"
            raise UsageError(
                f"--by {name}: a column and a named {what} are called so", f"call the {what} otherwise in rfm.toml"
            )
    return named if any(is_named(named, name) for name in names) else None


def is_named(named: Named, name: str) -> bool:
    """Return whether a named segment or axis is called so."""
    return fold(name) in named.segments or fold(name) in named.axes


def attributes_of(shop: Shop) -> set[str]:
    """Return the folded names of the attributes that customers have."""
    from rfm_cli.tables.attributes import attribute_names

    names = {fold(name) for name in attribute_names(shop.customers, shop.orders)}
    return names | set(shop.customers.attributes if shop.customers else ())


def named_axes(session: Session, scored: Scored, names: Sequence[str], named: Named) -> dict[str, AxisOf]:
    """Return the axes of named segments and axes, by name, of the scored customers that are shown.

    Each segment is asked once, whatever the number of axes that have it.
    """
    wanted = {fold(one): one for name in names for one in _members_of(named, name)}
    found = dict(zip(wanted, members(session, scored, wanted.values(), named), strict=True))
    axes = {name: _axis(name, named, [found[fold(one)] for one in _members_of(named, name)]) for name in names}
    return {name: axis.only(scored.where.kept) if scored.where else axis for name, axis in axes.items()}


def _members_of(named: Named, name: str) -> Sequence[str]:
    """Return the names of the segments of an axis; that of a segment alone is the segment."""
    axis = named.axes.get(fold(name))
    return axis.members if axis else (name,)


def _axis(name: str, named: Named, found: Sequence[Member]) -> AxisOf:
    axis = named.axes.get(fold(name))
    return axis_of_segments(axis.name, found) if axis else axis_of_segment(found[0])


def members(session: Session, scored: Scored, names: Iterable[str], named: Named) -> list[Member]:
    """Return which of all scored customers are in each segment; segments of the scheme may be named too."""
    everybody = scored.where.everybody if scored.where else scored
    wanted = list(names)
    own = {fold(name): named.segments[fold(name)] for name in wanted if fold(name) in named.segments}
    check_conditions(one.expr for one in named.used_by([], own))
    found = asker_of(session, scored, named).chosen({key: one.definition for key, one in own.items()}) if own else {}
    listed = []
    for name in wanted:
        if one := own.get(fold(name)):
            listed.append(Member(one.name, found[fold(name)].truth, one.of, one.next_step))
        else:
            listed.append(Member(name, (everybody.frame["segment"] == name).fill_null(value=False)))
    return listed


def in_one_of(session: Session, scored: Scored, texts: Sequence[str]) -> tuple[list[str], pl.Series | None]:
    """Return the segments of the scheme that texts name, and who of those shown is in a named segment that they name.

    The second is None where they name none of rfm.toml.
    """
    names = segment_names(texts, in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers))
    named = named_of(session, names)
    own = [name for name in dict.fromkeys(names) if fold(name) in named.segments]
    if not own:
        return list(texts), None
    found = of_those(members(session, scored, own, named), scored)
    session.narrator.check_strict()
    inside = pl.DataFrame([one.kept.alias(one.name) for one in found]).select(pl.any_horizontal(pl.all())).to_series()
    return [name for name in names if name not in own], inside


def named_states(session: Session, name: str, named: Named) -> NamedStates:
    """Return the values of a named axis or segment as states of moves."""

    def of(scored: Scored) -> pl.Series:
        axis = named_axes(session, scored, [name], named)[name]
        numbers: Mapping[str | None, int] = {label: number for number, label in enumerate(axis.order)}
        return axis.labels.replace_strict(numbers, return_dtype=pl.UInt16)

    axis = named.axes.get(fold(name))
    if axis is None:
        return NamedStates(values_of_segment(named.segments[fold(name)].name), of)
    return NamedStates(values_of_axis(axis.members), of)
