"""Who is scored: people and units with what decides by which quotas they are bound, a few thousand at a time."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, F, IntegerField, Max, Q, QuerySet, Value

from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.rows import Profile, Subject
from taizhang.core.values import Period
from taizhang.org.models import Membership, Person, Post, RoleAssignment, Unit
from taizhang.org.queries import UnitTree

AT_ONCE = 5000


class Scored(NamedTuple):
    """Somebody who is scored: with the unit that the sheet lies with, and the name."""

    subject: Subject
    unit_id: int
    name: str = ""


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
            yield Scored(Subject(unit.pk, unit.code, profile), unit.pk, unit.name)


def _people(period: Period, tree: UnitTree, only: Iterable[int] | None) -> Iterator[Scored]:
    reader = _Reader(period, tree)
    if only is not None:
        wanted = sorted(set(only))
        for at in range(0, len(wanted), AT_ONCE):
            yield from reader.read(pk__in=wanted[at : at + AT_ONCE])
        return
    highest = Person.objects.aggregate(Max("pk"))["pk__max"] or 0
    for first in range(0, highest, AT_ONCE):
        yield from reader.read(pk__gt=first, pk__lte=first + AT_ONCE)


Held = tuple[int, int, int, str]
"""A post, a role or a membership: its order, its id, the unit, the word for it."""
_NONE: Sequence[Held] = ()


@dataclass
class _Reader:
    """Reads what people were in a period. People alike share one profile, so that quotas are matched once for all."""

    period: Period
    tree: UnitTree
    profiles: dict[tuple[object, ...], Profile] = field(default_factory=dict)

    def read(self, **whom: Any) -> Iterator[Scored]:
        """Yield the people whom the conditions name, as far as they had a place or a role. One query."""
        codes: dict[int, tuple[str, str]] = {}
        held: dict[str, dict[int, list[Held]]] = {name: {} for name in ("post", "role", "group")}
        for person, part, unit_id, word, order, pk, name in self._places(whom):
            if part == "code":
                codes[person] = (word, name)
            else:
                held[part].setdefault(person, []).append((order, pk, unit_id, word))
        of_posts, of_roles, of_groups = held["post"], held["role"], held["group"]
        for person, (code, name) in sorted(codes.items()):
            posts = tuple([(each[2], each[3]) for each in sorted(of_posts.get(person, _NONE))])
            roles = tuple([each[3] for each in sorted(of_roles.get(person, _NONE))])
            groups = tuple([each[3] for each in sorted(of_groups.get(person, _NONE))])
            if posts or roles or groups:
                home = posts[0][0] if posts else self.tree.root.pk if self.tree.root else 0
                yield Scored(Subject(person, code, self._profile(posts, roles, groups)), home, name)

    def _places(self, whom: Mapping[str, Any]) -> Sequence[tuple[int, str, int, str, int, int, str]]:
        """Return what people were, a row each: whose, which part, in which unit, the word for it, its order, its id."""
        holds = _holds_through(self.period) & Q(
            **{name.replace("pk", "person_id", 1): value for name, value in whom.items()}
        )

        none = Value(0, IntegerField())
        parts = [
            _told(Person.objects.filter(**whom), "code", (F("pk"), none, F("code"), none)),
            _told(Post.objects.filter(holds), "post", (F("person_id"), F("unit_id"), F("title"), F("order"))),
            _told(
                RoleAssignment.objects.filter(holds), "role", (F("person_id"), F("unit_id"), F("role"), none)
            ),
            _told(
                Membership.objects.filter(holds), "group", (F("person_id"), F("unit_id"), F("group"), none)
            ),
        ]
        # plain numbers and words, which need not go through the fields of the models
        sql, values = parts[0].union(*parts[1:], all=True).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found: Sequence[tuple[int, str, int, str, int, int, str]] = cursor.fetchall()
        return found

    def _profile(
        self, posts: tuple[tuple[int, str], ...], roles: tuple[str, ...], groups: tuple[str, ...]
    ) -> Profile:
        key = (posts, roles, groups)
        if key not in self.profiles:
            units = [self.tree.by_id[unit_id] for unit_id, _title in posts]
            self.profiles[key] = Profile(
                posts=frozenset(title for _unit, title in posts if title),
                roles=frozenset(roles),
                groups=frozenset(groups),
                units=frozenset(above.code for unit in units for above in _upwards(unit, self.tree)),
                unit_kinds=frozenset(unit.kind for unit in units),
            )
        return self.profiles[key]


def _told(rows: "QuerySet[Any]", part: str, columns: tuple[Any, Any, Any, Any]) -> "QuerySet[Any, Any]":
    person, unit, word, order = columns
    name = F("name") if part == "code" else Value("", CharField())
    return rows.order_by().values_list(person, Value(part, CharField()), unit, word, order, F("pk"), name)


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


def home_of(person_id: int, *, day: dt.date) -> int | None:
    """Return the unit that somebody's sheets lie with on a day: that of the first of their posts."""
    posts = Post.objects.filter(Post.holds_on(day), person_id=person_id).order_by("order", "pk")
    return posts.values_list("unit_id", flat=True).first()
