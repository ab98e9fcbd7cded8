"""From the figures asked for to the few grouped queries that answer them all.

An engine runs each ``Query`` as one grouped statement and hands back its ``Cell`` rows; ``compose`` does the rest.
How each way of counting groups, beside unit (if ``by_unit``), person (if ``by_person``) and bucket (the first day of
the month, or the day itself, of ``counts_for``):

=============  =======================  ==================================================  =====================
counting       one cell counts          ``mark`` of a cell                                  person of a cell
=============  =======================  ==================================================  =====================
``ROWS``       entries                  None                                                the entry's
``STATES``     participations           the state's id                                      the participant
``VALUES``     entries                  a value of ``of`` (persons, units, field values)    the entry's
``FOLLOWUPS``  entries                  bucket of the first follower, None without one      the entry's
=============  =======================  ==================================================  =====================
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from taizhang.core.indicators.definition import Definition, Definitions, Versions, parts_of, sum_unit
from taizhang.core.scheme.schema import (
    Choice,
    Count,
    Coverage,
    Distinct,
    Followed,
    Kind,
    Measure,
    Open,
    Participations,
    Sum,
    Where,
)
from taizhang.core.values import Period, Scope


class Counting(StrEnum):
    """The ways of counting entries; each is one shape of query."""

    ROWS = "rows"
    STATES = "states"
    VALUES = "values"
    FOLLOWUPS = "followups"


class Grain(StrEnum):
    """How finely a query groups time: by month where every period asked for is made of whole months."""

    MONTH = "month"
    DAY = "day"

    def bucket(self, day: dt.date) -> dt.date:
        """Return the bucket that ``day`` falls into."""
        return day.replace(day=1) if self is Grain.MONTH else day


@dataclass(frozen=True)
class Ask:
    """One figure that is wanted. A key of many look-ups, so its hash is worked out once."""

    indicator: str
    scope: Scope
    period: Period
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.indicator, self.scope, self.period)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True)
class Condition:
    """The field's value is one of ``values`` (of a ``choices`` field: any of its values is). No value is never one.

    ``values`` are bool for ``yes_no``, Decimal for ``integer`` and ``number``, text for every other type.
    """

    field: str
    type: str
    values: tuple[str | bool | Decimal, ...]


@dataclass(frozen=True)
class Base:
    """What is counted, before anybody asks for whom and when.

    ``of`` is empty for a plain count; for ROWS ``"quantity"`` or a number field to add up, for VALUES ``"person"``,
    ``"unit"`` or a field; ``of_type`` is the field's type, empty where ``of`` is no field.
    Only quantities in ``unit`` are added. ``followers`` are the kinds that close a FOLLOWUPS entry.
    """

    counting: Counting
    kind: str
    where: tuple[Condition, ...] = ()
    of: str = ""
    of_type: str = ""
    unit: str = ""
    followers: tuple[str, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        told = (self.counting, self.kind, self.where, self.of, self.of_type, self.unit, self.followers)
        object.__setattr__(self, "_hash", hash(told))

    def __hash__(self) -> int:
        return self._hash


class Cell(NamedTuple):
    """What one group of a query holds for one base. ``unit`` and ``person`` are empty where not grouped by.

    ``added`` counts the entries whose number is in ``total`` and ``approximate`` those among them told roughly;
    both matter for sums only. ``latest`` is when the newest entry of the group was recorded.
    """

    bucket: dt.date
    unit: str = ""
    person: str = ""
    mark: str | dt.date | None = None
    counted: int = 0
    total: Decimal = Decimal(0)
    added: int = 0
    approximate: int = 0
    latest: dt.datetime | None = None


@dataclass(frozen=True)
class Query:
    """One grouped query over the entries of ``kind`` with ``counts_for`` from ``first`` (None: ever) to ``last``.

    All bases are of one kind and one way of counting, and for VALUES of one ``of``, for FOLLOWUPS of the same
    ``followers``: an engine counts them side by side. ``persons`` are the only ones wanted where ``by_person``.
    """

    counting: Counting
    kind: str
    of: str
    of_type: str
    followers: tuple[str, ...]
    grain: Grain
    by_unit: bool
    by_person: bool
    persons: frozenset[str]
    first: dt.date | None
    last: dt.date
    bases: tuple[Base, ...]


class Route(NamedTuple):
    """Where the cells of one base are found: the query's place in the plan, and the base in it."""

    query: int
    base: Base


@dataclass(frozen=True)
class Plan:
    """Everything needed to answer ``asks``: the queries to run and how each figure is made of their cells."""

    asks: tuple[Ask, ...]
    queries: tuple[Query, ...]
    definitions: Mapping[Ask, Definition]
    routes: Mapping[Ask, Route]


def plan(asks: Iterable[Ask], *, history: Versions) -> Plan:
    """Return the queries that answer ``asks``, each judged by the scheme in force at the start of its period."""
    wanted = tuple(dict.fromkeys(asks))
    definitions = dict(_with_parts(wanted, Definitions(history)))
    bases = _bases(definitions)
    groups: dict[tuple[object, ...], list[Ask]] = {}
    for ask, base in bases.items():
        groups.setdefault(_group(ask, base), []).append(ask)
    queries = tuple(_query(members, bases, definitions) for members in groups.values())
    routes = {
        ask: Route(number, bases[ask]) for number, members in enumerate(groups.values()) for ask in members
    }
    return Plan(asks=wanted, queries=queries, definitions=definitions, routes=routes)


def _bases(definitions: Mapping[Ask, Definition]) -> dict[Ask, Base]:
    """Return the base of every ask that has one; asks of one definition share it."""
    different = {id(definition): definition for definition in definitions.values()}
    known = {key: base_of(definition) for key, definition in different.items()}
    return {ask: base for ask, told in definitions.items() if (base := known[id(told)]) is not None}


def base_of(definition: Definition) -> Base | None:
    """Return what must be counted for an indicator itself; None if it is worked out from others, or has a problem."""
    if definition.problem is not None or definition.scheme is None:
        return None
    measure = definition.measure
    if parts_of(measure):
        return None
    return _base(measure, definition.scheme.kinds)


def looks_back(definition: Definition) -> bool:
    """Return whether entries from before the period count too (``since: ever``)."""
    measure = definition.measure
    return isinstance(measure, Open | Followed) and measure.since == "ever"


def _with_parts(asks: tuple[Ask, ...], definitions: Definitions) -> Iterator[tuple[Ask, Definition]]:
    waiting, met = list(reversed(asks)), set(asks)
    while waiting:
        ask = waiting.pop()
        definition = definitions.on(ask.period.start, ask.indicator)
        yield ask, definition
        if definition.problem is None:
            parts = [Ask(part, ask.scope, ask.period) for part in parts_of(definition.measure)]
            waiting.extend(part for part in parts if part not in met)
            met.update(parts)


def _base(measure: Measure, kinds: Mapping[str, Kind]) -> Base | None:
    match measure:
        case Count():
            return Base(Counting.ROWS, measure.kind, _conditions(measure.where, kinds[measure.kind]))
        case Sum():
            return _sum_base(measure, kinds[measure.kind])
        case Distinct():
            kind = kinds[measure.kind]
            where = _conditions(measure.where, kind)
            return Base(Counting.VALUES, measure.kind, where, measure.of, _type(measure.of, kind))
        case Participations() | Coverage():
            return Base(Counting.STATES, measure.kind, _conditions(measure.where, kinds[measure.kind]))
        case Open() | Followed():
            where = _conditions(measure.where, kinds[measure.kind])
            closing = measure.until if isinstance(measure, Open) else measure.by
            return Base(Counting.FOLLOWUPS, measure.kind, where, followers=tuple(sorted(set(closing))))
        case _:
            return None


def _sum_base(measure: Sum, kind: Kind) -> Base:
    where = _conditions(measure.where, kind)
    of_type = "" if measure.of == "quantity" else kind.fields[measure.of].type
    return Base(Counting.ROWS, measure.kind, where, measure.of, of_type, sum_unit(measure, kind))


def _type(of: str, kind: Kind) -> str:
    return "" if of in ("person", "unit") else kind.fields[of].type


def _conditions(where: Where, kind: Kind) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            name, kind.fields[name].type, tuple(typed(value, kind.fields[name].type) for value in values)
        )
        for name, values in sorted(where.items())
    )


def typed(value: Choice, field_type: str) -> str | bool | Decimal:
    """Return a value of a scheme as the field's type compares it."""
    if field_type == "yes_no":
        return value if isinstance(value, bool) else str(value)
    if field_type in ("integer", "number") and not isinstance(value, bool | str):
        return Decimal(value)
    return str(value)


def _group(ask: Ask, base: Base) -> tuple[object, ...]:
    of = base.of if base.counting is Counting.VALUES else ""
    return (base.counting, base.kind, of, base.followers, _grain(ask.period), bool(ask.scope.person))


@lru_cache(maxsize=1024)
def _grain(period: Period) -> Grain:
    last = calendar.monthrange(period.end.year, period.end.month)[1]
    return Grain.MONTH if period.start.day == 1 and period.end.day == last else Grain.DAY


def _query(asks: list[Ask], bases: Mapping[Ask, Base], definitions: Mapping[Ask, Definition]) -> Query:
    base = bases[asks[0]]
    is_values = base.counting is Counting.VALUES
    ever = any(looks_back(definitions[ask]) for ask in asks)
    return Query(
        counting=base.counting,
        kind=base.kind,
        of=base.of if is_values else "",
        of_type=base.of_type if is_values else "",
        followers=base.followers,
        grain=_grain(asks[0].period),
        by_unit=any(ask.scope.unit for ask in asks),
        by_person=bool(asks[0].scope.person),
        persons=frozenset(ask.scope.person for ask in asks) - {""},
        first=None if ever else min(ask.period.start for ask in asks),
        last=max(ask.period.end for ask in asks),
        bases=tuple(dict.fromkeys(bases[ask] for ask in asks)),
    )


def window(ask: Ask, definition: Definition) -> tuple[dt.date | None, dt.date]:
    """Return the days whose entries count for ``ask``, both ends included; no first day when it looks back."""
    return (None if looks_back(definition) else ask.period.start, ask.period.end)
