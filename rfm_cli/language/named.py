"""Named segments and axes: what rfm.toml calls by a name, and which names an expression asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rfm_cli.language.nodes import Node
from rfm_cli.language.walk import called_sets, names_of
from rfm_cli.language.written import Definition
from rfm_cli.tables.fields import fold


@dataclass(frozen=True)
class NamedSegment:
    """A segment of rfm.toml: its condition, the name of the segment that it is a part of, and what to do next."""

    name: str
    definition: Definition
    of: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class NamedAxis:
    """An axis of rfm.toml: the names of its segments; the first that is true of a customer is the value."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """The named segments and axes of rfm.toml, by folded name and in their order there.

    `nearby` are their names where no command needs the rest of the file, for hints.
    """

    segments: Mapping[str, NamedSegment] = field(default_factory=dict)
    axes: Mapping[str, NamedAxis] = field(default_factory=dict)
    file: str = ""
    nearby: tuple[str, ...] = ()

    @property
    def definitions(self) -> dict[str, Definition]:
        """The definitions of all segments, by folded name."""
        return {folded: one.definition for folded, one in self.segments.items()}

    def used_by(self, trees: Iterable[Node], names: Iterable[str] = ()) -> list[Definition]:
        """Return the segments that expressions and names ask for, and those that these name, each once.

        A name may be that of an axis; `*` asks for all segments.
        """
        found: dict[str, Definition] = {}
        waiting = [fold(name) for tree in trees for name in self.asked_by(tree)]
        waiting += [fold(one) for name in names for one in self.parts(name)]
        while waiting:
            name = waiting.pop(0)
            if name in self.segments and name not in found:
                found[name] = self.segments[name].definition
                waiting += [fold(other) for other in self.asked_by(found[name].expr)]
        return list(found.values())

    def asked_by(self, tree: Node) -> list[str]:
        """Return the names of segments that an expression may ask for, those of its axes among them."""
        axes = [one for name in names_of(tree) if fold(name) in self.axes for one in self.parts(name)]
        return [*(name for _, name in called_sets(tree)), *axes]

    def parts(self, name: str) -> Iterable[str]:
        """Return the segments that a name asks for: those of an axis, all, or the one that is called so."""
        axis = self.axes.get(fold(name))
        return axis.members if axis else self.segments if name == "*" else (name,)
