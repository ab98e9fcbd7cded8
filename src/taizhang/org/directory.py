"""What the organisation's screens read, in few queries whatever the number of people."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, Model, OuterRef, Prefetch, Q, QuerySet, Subquery

from taizhang.core.scheme.schema import Role
from taizhang.journal.models import Line
from taizhang.org.models import Account, Dated, Membership, Person, Post, RoleAssignment, Unit
from taizhang.org.queries import UnitTree


@dataclass(frozen=True)
class UnitLine:
    """A unit in the tree of a day: who stands first in it, how many people have a post in it itself."""

    unit: Unit
    depth: int
    first: Post | None
    people: int


def unit_lines(tree: UnitTree, day: dt.date) -> list[UnitLine]:
    """Return the units of ``day`` in tree order. Three queries."""
    on_day = Post.objects.filter(Dated.holds_on(day))
    first = on_day.filter(unit=OuterRef("pk")).order_by("order", "person__code").values("pk")[:1]
    heads = dict(Unit.objects.annotate(first=Subquery(first)).values_list("pk", "first"))
    posts = Post.objects.select_related("person").in_bulk([pk for pk in heads.values() if pk])
    counts = people_counts(day)
    return [
        UnitLine(
            unit=unit,
            depth=tree.depth(unit),
            first=posts.get(heads.get(unit.pk) or 0),
            people=counts.get(unit.pk, 0),
        )
        for unit in tree.on(day)
    ]


def people_counts(day: dt.date) -> Mapping[int, int]:
    """Return how many people have a post in each unit itself on ``day``. One query."""
    counted = (
        Post.objects.filter(Dated.holds_on(day))
        .order_by()
        .values("unit_id")
        .annotate(people=Count("person_id", distinct=True))
    )
    return dict(counted.values_list("unit_id", "people"))


def people_below(unit_ids: Iterable[int], day: dt.date) -> int:
    """Return how many people have a post in these units on ``day``, each counted once."""
    return (
        Post.objects.filter(Dated.holds_on(day), unit_id__in=list(unit_ids))
        .values("person_id")
        .distinct()
        .count()
    )


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people shows: words looked for, units, whether those without a post today too."""

    words: str = ""
    unit_ids: frozenset[int] | None = None
    everybody: bool = False
    sort: str = "code"


PEOPLE_SORTS = {"code": ("code",), "-code": ("-code",), "name": ("name", "code"), "-name": ("-name", "code")}


def people(chosen: PeopleFilter, *, day: dt.date) -> QuerySet[Person]:
    """Return the people chosen, each with ``posts_now``: the posts held on ``day``."""
    on_day = Post.objects.filter(Dated.holds_on(day))
    held = on_day.filter(person=OuterRef("pk"))
    found = Person.objects.order_by(*PEOPLE_SORTS.get(chosen.sort, ("code",)))
    if chosen.words:
        found = found.filter(Q(name__icontains=chosen.words) | Q(code__istartswith=chosen.words))
    if chosen.unit_ids is not None:
        found = found.filter(Exists(held.filter(unit_id__in=chosen.unit_ids)))
    elif not chosen.everybody:
        found = found.filter(Exists(held))
    shown = on_day.select_related("unit").order_by("unit__order", "order")
    return found.prefetch_related(Prefetch("posts", queryset=shown, to_attr="posts_now"))


def suggested(words: str, *, limit: int = 12) -> list[Person]:
    """Return people whose name holds ``words`` or whose staff number begins with them."""
    found = Person.objects.filter(Q(name__icontains=words) | Q(code__istartswith=words)) if words else None
    return list((Person.objects.all() if found is None else found).order_by("code")[:limit])


@dataclass(frozen=True)
class RoleLine:
    """A role and who holds it; ``rule`` is None for one that the scheme in force does not know: it gives nothing."""

    id: str
    rule: Role | None
    holders: tuple[RoleAssignment, ...]


def role_lines(roles: Mapping[str, Role], day: dt.date) -> list[RoleLine]:
    """Return every role with its holders of ``day``, in the scheme's order. One query."""
    held: dict[str, list[RoleAssignment]] = {role: [] for role in roles}
    assignments = RoleAssignment.objects.filter(Dated.holds_on(day)).select_related("person", "unit")
    for assignment in assignments.order_by("unit__order", "person__code"):
        held.setdefault(assignment.role, []).append(assignment)
    return [RoleLine(id=role, rule=roles.get(role), holders=tuple(who)) for role, who in held.items()]


def members(*, groups: Iterable[str], day: dt.date) -> dict[str, list[Membership]]:
    """Return the members of ``day`` of every group, the declared ones first. One query."""
    found: dict[str, list[Membership]] = {group: [] for group in groups}
    for member in Membership.objects.filter(Dated.holds_on(day)).select_related("person", "unit"):
        found.setdefault(member.group, []).append(member)
    return found


def accounts(words: str) -> QuerySet[Account]:
    """Return accounts with their people, those that match ``words`` if any."""
    found = Account.objects.select_related("person").order_by("username")
    if words:
        found = found.filter(
            Q(username__icontains=words) | Q(person__name__icontains=words) | Q(person__code=words)
        )
    return found


@dataclass(frozen=True)
class Change:
    """A journal line about a thing of the organisation, with the words it replaced: (name of the field, what it was)."""

    line: Line
    was: tuple[tuple[str, object], ...]


def changes(model: type[Model], pk: int, *, limit: int = 10) -> list[Change]:
    """Return what the journal says about this thing, newest first. One query."""
    about = Line.objects.filter(object_type=model._meta.label_lower, object_id=str(pk)).order_by("-seq")
    return [
        Change(
            line=line,
            was=tuple(
                (str(model._meta.get_field(name).verbose_name), was)  # type: ignore[union-attr]
                for name, was in line.detail.get("was", {}).items()
            ),
        )
        for line in about[:limit]
    ]
