import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from taizhang.org.models import Dated, Membership, Person, Post, Unit


@dataclass(frozen=True)
class UnitTree:
    """All units there ever were, read once: names, parents, everything below a unit."""

    units: tuple[Unit, ...]
    _below: dict[int, frozenset[int]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def by_id(self) -> Mapping[int, Unit]:
        return {unit.pk: unit for unit in self.units}

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def children(self) -> Mapping[int | None, tuple[Unit, ...]]:
        found: dict[int | None, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.parent_id, []).append(unit)
        return {parent: tuple(units) for parent, units in found.items()}

    def below(self, unit_id: int) -> frozenset[int]:
        """Return the ids of the unit and of everything below it."""
        if unit_id not in self._below:
            found, queue = {unit_id}, [unit_id]
            while queue:
                queue += [child.pk for child in self.children.get(queue.pop(), ()) if child.pk not in found]
                found.update(queue)
            self._below[unit_id] = frozenset(found)
        return self._below[unit_id]

    def on(self, day: dt.date) -> tuple[Unit, ...]:
        """Return the units that exist on ``day``, in tree order."""
        return tuple(
            unit for unit in self.in_order if unit.since <= day and (unit.until is None or day <= unit.until)
        )

    @cached_property
    def in_order(self) -> tuple[Unit, ...]:
        """All units, each followed by those below it."""
        ordered: list[Unit] = []

        def visit(parent: int | None) -> None:
            for unit in self.children.get(parent, ()):
                ordered.append(unit)
                visit(unit.pk)

        visit(None)
        return tuple(ordered)

    def depth(self, unit: Unit) -> int:
        depth = 0
        while unit.parent_id is not None:
            unit, depth = self.by_id[unit.parent_id], depth + 1
        return depth

    @property
    def root(self) -> Unit | None:
        return next((unit for unit in self.units if unit.parent_id is None), None)


def unit_tree() -> UnitTree:
    """Read the whole tree. One query."""
    return UnitTree(tuple(Unit.objects.order_by("order", "code")))


def roster(*, unit_ids: Iterable[int], day: dt.date) -> list[Person]:
    """Return the people who have a post in these units on ``day``, each once, in the posts' order."""
    posts = (
        Post.objects.filter(Dated.holds_on(day), unit_id__in=list(unit_ids))
        .select_related("person")
        .order_by("unit__order", "order", "person__code")
    )
    return list({post.person_id: post.person for post in posts}.values())


def group_roster(*, group: str, day: dt.date, unit_ids: Iterable[int] | None = None) -> list[Person]:
    """Return the members of a named group on ``day``, in their order."""
    members = Membership.objects.filter(Dated.holds_on(day), group=group).select_related("person")
    if unit_ids is not None:
        members = members.filter(unit_id__in=list(unit_ids))
    return list({member.person_id: member.person for member in members}.values())
