"""One query of a plan as one grouped statement, and its groups as cells."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable

from taizhang.core.indicators.plan import Ask, Base, Cell, Counting, Grain, Plan, Query
from taizhang.ledger.conditions import SCALE, FieldText, Month, has_value, matching, number_of, seen_at
from taizhang.ledger.models import Entry, Participation
from taizhang.org.models import Person
from taizhang.org.queries import UnitTree

KEYS = ("bucket", "in_unit", "of_person", "mark")
"""What groups may be told apart by, in the order in which a greater query tells them."""


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


def count_together(
    parts: Sequence[tuple[Query, Slice]], *, as_of: dt.datetime | None, tree: UnitTree
) -> list[Mapping[Base, list[Cell]]]:
    """Answer several queries in one statement, each as it would be answered alone."""
    counters = [_Counter(query, slice_, as_of, tree, latest=False) for query, slice_ in parts]
    width = max((len(counter.measures) for counter in counters), default=0)
    pieces = [piece for number, counter in enumerate(counters) for piece in counter.piece(number, width)]
    groups: list[list[dict[str, Any]]] = [[] for _ in counters]
    if pieces:
        with connection.cursor() as cursor:
            sql = " UNION ALL ".join(sql for sql, _values in pieces)
            cursor.execute(sql, [value for _sql, values in pieces for value in values])
            for number, *row in cursor:
                groups[number].append(counters[number].read(row))
    return [counter.cells(iter(found)) for counter, found in zip(counters, groups, strict=True)]


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

    def cells(self, groups: Iterator[dict[str, Any]] | None = None) -> Mapping[Base, list[Cell]]:
        groups = self._groups() if groups is None else groups
        people = self._people() if self.query.by_person else {}
        found: dict[Base, list[Cell]] = {base: [] for base in self.query.bases}
        for row in groups:
            for number, base in enumerate(self.query.bases):
                if row[f"counted_{number}"]:
                    found[base] += self._cells_of(row, number, people)
        return found

    def _groups(self) -> Iterator[dict[str, Any]]:
        rows, keys, measures = self._rows(), self._keys(), self.measures
        if not keys:
            return iter([rows.aggregate(**measures)])
        groups: Iterator[dict[str, Any]] = self._grouped(rows, keys, measures).iterator(5000)
        return groups

    def _rows(self) -> QuerySet[Any]:
        return (Participation if self.of_people else Entry).objects.filter(self._wanted())

    @cached_property
    def measures(self) -> dict[str, Any]:
        """Every number that the query counts, for all its bases, by name."""
        measures: dict[str, Any] = {}
        for number, base in enumerate(self.query.bases):
            measures |= self._measures(number, base)
        return measures

    def _grouped(
        self, rows: QuerySet[Any], keys: Mapping[str, str | Combinable], measures: Mapping[str, Any]
    ) -> QuerySet[Any, dict[str, Any]]:
        named = {name: key for name, key in keys.items() if not isinstance(key, str)}
        plain = {name: F(key) for name, key in keys.items() if isinstance(key, str)}
        groups: QuerySet[Any, dict[str, Any]] = rows.order_by().values(**plain, **named).annotate(**measures)
        return groups

    def piece(self, number: int, width: int) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield the query as a part of a greater one: its number, the KEYS as text, ``width`` numbers."""
        keys, measures = self._keys(), self.measures
        groups = self._grouped(self._rows(), keys or {"one": Value(1)}, measures)
        try:
            sql, values = groups.query.sql_with_params()
        except EmptyResultSet:
            return
        quote = connection.ops.quote_name
        told = [f"CAST(p.{quote(name)} AS TEXT)" if name in keys else "CAST(NULL AS TEXT)" for name in KEYS]
        told += [f"CAST(p.{quote(name)} AS NUMERIC)" for name in measures]
        told += ["CAST(NULL AS NUMERIC)"] * (width - len(measures))
        yield f"SELECT {number}, {', '.join(told)} FROM ({sql}) p", values  # noqa: S608 - our names, their parameters

    def read(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return a row of the greater query as one of this alone would read."""
        bucket, in_unit, of_person, mark, *numbers = row
        is_day = self.query.counting is Counting.FOLLOWUPS and mark is not None
        return {
            "bucket": dt.date.fromisoformat(bucket)
            if bucket and len(bucket) == len("2023-12-31")
            else bucket,
            "in_unit": int(in_unit) if in_unit else None,
            "of_person": int(of_person) if of_person else None,
            "mark": dt.date.fromisoformat(mark) if is_day else mark,
            **{
                name: None if value is None else int(value)
                for name, value in zip(self.measures, numbers, strict=False)
            },
        }

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
