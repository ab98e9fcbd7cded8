"""One query of a plan as one grouped statement, and its groups as cells."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable

from taizhang.core.indicators.plan import Ask, Base, Cell, Counting, Grain, Plan, Query
from taizhang.ledger.conditions import SCALE, FieldText, Month, has_value, matching, number_of, seen_at
from taizhang.ledger.models import Entry, Participation
from taizhang.org.models import Person
from taizhang.org.queries import UnitTree


@dataclass(frozen=True)
class Slice:
    """What of a query must be told apart. One scope and one period need no grouping at all."""

    unit_ids: frozenset[int] | None
    unit: str
    by_unit: bool
    bucket: dt.date | None


def slice_of(query: Query, asks: Sequence[Ask], tree: UnitTree) -> Slice:
    """Return how coarsely ``query`` may group and still answer ``asks``."""
    scopes = {ask.scope.unit for ask in asks}
    periods = {(ask.period.start, ask.period.end) for ask in asks}
    bucket = None
    if len(periods) == 1 and query.counting is not Counting.FOLLOWUPS:
        bucket = query.last if query.first is None else query.first
    known = [tree.below(tree.by_code[code].pk) for code in scopes if code in tree.by_code]
    if "" in scopes:
        return Slice(None, "", by_unit=query.by_unit, bucket=bucket)
    unit_ids = frozenset[int]().union(*known)
    everything = len(unit_ids) == len(tree.units)
    return Slice(
        unit_ids=None if everything else unit_ids,
        unit=next(iter(scopes)) if len(scopes) == 1 else "",
        by_unit=len(scopes) > 1,
        bucket=bucket,
    )


def count(
    query: Query, slice_: Slice, *, as_of: dt.datetime | None, tree: UnitTree, latest: bool
) -> Mapping[Base, list[Cell]]:
    """Run the one statement that answers ``query``; return the cells of each base."""
    counter = _Counter(query, slice_, as_of, tree, latest)
    return counter.cells()


@dataclass
class _Counter:
    query: Query
    slice: Slice
    as_of: dt.datetime | None
    tree: UnitTree
    latest: bool

    @property
    def of_people(self) -> bool:
        return self.query.counting is Counting.STATES

    @property
    def prefix(self) -> str:
        return "entry__" if self.of_people else ""

    def cells(self) -> Mapping[Base, list[Cell]]:
        groups = self._groups()
        people = self._people() if self.query.by_person else {}
        found: dict[Base, list[Cell]] = {base: [] for base in self.query.bases}
        for row in groups:
            for number, base in enumerate(self.query.bases):
                if row[f"counted_{number}"]:
                    found[base] += self._cells_of(row, number, people)
        return found

    def _groups(self) -> Iterator[dict[str, Any]]:
        rows: QuerySet[Any] = (Participation if self.of_people else Entry).objects.filter(self._wanted())
        keys = self._keys()
        named = {name: key for name, key in keys.items() if not isinstance(key, str)}
        plain = {name: F(key) for name, key in keys.items() if isinstance(key, str)}
        measures: dict[str, Any] = {}
        for number, base in enumerate(self.query.bases):
            measures |= self._measures(number, base)
        if not keys:
            return iter([rows.aggregate(**measures)])
        groups: Iterator[dict[str, Any]] = (
            rows.order_by().values(**plain, **named).annotate(**measures).iterator(5000)
        )
        return groups

    def _wanted(self) -> Q:
        p, query = self.prefix, self.query
        found = seen_at(self.as_of, p) & Q(**{f"{p}kind": query.kind, f"{p}counts_for__lte": query.last})
        if query.first is not None:
            found &= Q(**{f"{p}counts_for__gte": query.first})
        if self.slice.unit_ids is not None:
            found &= Q(**{f"{p}unit_id__in": self.slice.unit_ids})
        if query.by_person:
            found &= Q(person__code__in=query.persons)
        if len(query.bases) == 1:
            found &= matching(query.bases[0].where, p)
        return found

    def _keys(self) -> dict[str, str | Combinable]:
        p, keys = self.prefix, dict[str, str | Combinable]()
        if self.slice.bucket is None:
            day = F(f"{p}counts_for")
            keys["bucket"] = Month(day) if self.query.grain is Grain.MONTH else day
        if self.slice.by_unit:
            keys["in_unit"] = f"{p}unit_id"
        if self.query.by_person:
            keys["of_person"] = "person_id"
        match self.query.counting:
            case Counting.STATES:
                keys["mark"] = "state"
            case Counting.VALUES:
                keys["mark"] = self._value()
            case Counting.FOLLOWUPS:
                keys["mark"] = self._first_follower()
            case _:
                pass
        return keys

    def _value(self) -> str | Combinable:
        named = {"person": "person_id", "unit": "unit_id"}
        return named.get(self.query.of) or FieldText(F("values"), key=self.query.of)

    def _first_follower(self) -> Combinable:
        followers = (
            Entry.objects.filter(
                seen_at(self.as_of), about_id=OuterRef("fact"), kind__in=self.query.followers
            )
            .order_by("counts_for")
            .values("counts_for")[:1]
        )
        return Subquery(followers)

    def _measures(self, number: int, base: Base) -> dict[str, Any]:
        p = self.prefix
        where = matching(base.where, p) if len(self.query.bases) > 1 else Q()
        measures: dict[str, Any] = {f"counted_{number}": _count(where)}
        if self.latest:
            measures[f"latest_{number}"] = Max(f"{p}recorded_at", filter=where or None)
        if self.query.counting is Counting.ROWS and base.of:
            added = where & _added(base)
            measures[f"total_{number}"] = Sum(number_of(base.of), filter=added or None)
            measures[f"added_{number}"] = _count(added)
            if base.of == "quantity":
                measures[f"approximate_{number}"] = _count(added & Q(approximate=True))
        return measures

    def _cells_of(self, row: Mapping[str, Any], number: int, people: Mapping[int, str]) -> Iterator[Cell]:
        unit_id, person_id = row.get("in_unit"), row.get("of_person")
        for mark in _marks(row.get("mark"), self.query):
            yield Cell(
                bucket=self._bucket(row),
                unit=self.tree.by_id[unit_id].code if unit_id else self.slice.unit,
                person=people.get(person_id, "") if person_id else "",
                mark=mark,
                counted=row[f"counted_{number}"],
                total=Decimal(row.get(f"total_{number}") or 0) / SCALE,
                added=row.get(f"added_{number}") or 0,
                approximate=row.get(f"approximate_{number}") or 0,
                latest=row.get(f"latest_{number}"),
            )

    def _bucket(self, row: Mapping[str, Any]) -> dt.date:
        if self.slice.bucket is not None:
            return self.slice.bucket
        bucket = row["bucket"]
        return dt.date.fromisoformat(f"{bucket}-01") if isinstance(bucket, str) else bucket

    def _people(self) -> Mapping[int, str]:
        return dict(Person.objects.filter(code__in=self.query.persons).values_list("pk", "code"))


def _count(where: Q) -> Count:
    return Count("pk", filter=where) if where else Count("pk")


def _added(base: Base) -> Q:
    if base.of == "quantity":
        return Q(quantity__isnull=False, quantity_unit=base.unit)
    return has_value(base.of)


def _marks(mark: Any, query: Query) -> list[Any]:
    match query.counting:
        case Counting.VALUES if query.of_type == "choices" and isinstance(mark, str):
            return list(json.loads(mark)) or [None]
        case Counting.VALUES if mark is not None:
            return [str(mark)]
        case _:
            return [mark]


def asks_by_query(plan: Plan) -> list[list[Ask]]:
    """Return, for each query of ``plan``, the asks that it answers."""
    found: list[list[Ask]] = [[] for _ in plan.queries]
    for ask, route in plan.routes.items():
        found[route.query].append(ask)
    return found
