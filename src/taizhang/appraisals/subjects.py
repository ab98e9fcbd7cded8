"""Who is scored: people and units with what decides by which quotas they are bound, a few thousand at a time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.rows import Profile, Subject
from taizhang.core.values import Period
from taizhang.org.models import Membership, Person, Post, RoleAssignment, Unit
from taizhang.org.queries import UnitTree

AT_ONCE = 5000


class Scored(NamedTuple):
    """Somebody who is scored: with the unit that the sheet lies with."""

    subject: Subject
    unit_id: int


def scored(
    compiled: Compiled, period: Period, tree: UnitTree, *, only: Iterable[int] | None = None
) -> Iterator[Scored]:
    """Yield everybody whom an appraisal scores in a period, in the order of their ids; ``only`` some of them.

    A post, a role or a membership decides if it holds on the first and on the last day of the period.
    """
    found = _units(period, tree) if compiled.appraisal.by == "unit" else _people(period, tree, only)
    wanted = None if only is None else frozenset(only)
    for each in found:
        if (wanted is None or each.subject.key in wanted) and compiled.scores(each.subject):
            yield each


def _units(period: Period, tree: UnitTree) -> Iterator[Scored]:
    for unit in sorted(tree.units, key=lambda unit: unit.pk):
        if unit.since <= period.start and (unit.until is None or unit.until >= period.end):
            profile = Profile(units=frozenset([unit.code]), unit_kinds=frozenset([unit.kind]))
            yield Scored(Subject(unit.pk, unit.code, profile), unit.pk)


def _people(period: Period, tree: UnitTree, only: Iterable[int] | None) -> Iterator[Scored]:
    reader = _Reader(period, tree)
    if only is not None:
        people = Person.objects.filter(pk__in=list(only)).order_by("pk")
        yield from reader.read(list(people.values_list("pk", "code")))
        return
    last = 0
    while found := list(
        Person.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "code")[:AT_ONCE]
    ):
        yield from reader.read(found)
        last = found[-1][0]


@dataclass
class _Reader:
    """Reads what people were in a period. People alike share one profile, so that quotas are matched once for all."""

    period: Period
    tree: UnitTree
    profiles: dict[tuple[object, ...], Profile] = field(default_factory=dict)

    def read(self, people: list[tuple[int, str]]) -> Iterator[Scored]:
        if not people:
            return
        within = Q(person_id__gte=people[0][0], person_id__lte=people[-1][0]) & _holds_through(self.period)
        posts = _by_person(Post.objects.filter(within).order_by("order", "pk"), "unit_id", "title")
        roles = _by_person(RoleAssignment.objects.filter(within).order_by("pk"), "role")
        groups = _by_person(Membership.objects.filter(within).order_by("pk"), "group")
        for pk, code in people:
            held = posts.get(pk, ())
            if held or pk in roles or pk in groups:
                profile = self._profile(held, roles.get(pk, ()), groups.get(pk, ()))
                yield Scored(Subject(pk, code, profile), held[0][0] if held else self._top)

    @property
    def _top(self) -> int:
        return self.tree.root.pk if self.tree.root else 0

    def _profile(
        self,
        posts: tuple[tuple[int, str], ...],
        roles: tuple[tuple[str], ...],
        groups: tuple[tuple[str], ...],
    ) -> Profile:
        key = (posts, roles, groups)
        if key not in self.profiles:
            units = [self.tree.by_id[unit_id] for unit_id, _title in posts]
            self.profiles[key] = Profile(
                posts=frozenset(title for _unit, title in posts if title),
                roles=frozenset(role for (role,) in roles),
                groups=frozenset(group for (group,) in groups),
                units=frozenset(above.code for unit in units for above in _upwards(unit, self.tree)),
                unit_kinds=frozenset(unit.kind for unit in units),
            )
        return self.profiles[key]


def _by_person(rows: "QuerySet[Any]", *columns: str) -> Mapping[int, tuple[tuple[Any, ...], ...]]:
    found: dict[int, tuple[tuple[Any, ...], ...]] = defaultdict(tuple)
    for person, *values in rows.values_list("person_id", *columns):
        found[person] += (tuple(values),)
    return found


def _upwards(unit: Unit, tree: UnitTree) -> Iterator[Unit]:
    yield unit
    while unit.parent_id is not None:
        unit = tree.by_id[unit.parent_id]
        yield unit


def _holds_through(period: Period) -> Q:
    return Q(since__lte=period.start) & (Q(until__isnull=True) | Q(until__gte=period.end))


def role_holders(role: str, *, day: dt.date) -> dict[int, list[int]]:
    """Return who holds a role on a day: the ids of people by the unit that they hold it for."""
    held = RoleAssignment.objects.filter(RoleAssignment.holds_on(day), role=role).order_by("since", "pk")
    found: dict[int, list[int]] = {}
    for unit_id, person_id in held.values_list("unit_id", "person_id"):
        found.setdefault(unit_id, []).append(person_id)
    return found


def leader_for(
    unit_id: int, holders: Mapping[int, list[int]], tree: UnitTree, *, but: int | None
) -> int | None:
    """Return who of the holders of a role leads a unit: the nearest one above it who is not ``but``."""
    for unit in _upwards(tree.by_id[unit_id], tree):
        for person in holders.get(unit.pk, ()):
            if person != but:
                return person
    return None
