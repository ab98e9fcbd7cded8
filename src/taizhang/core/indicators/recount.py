"""What every measure means, as plain loops over facts: slow, obvious, and what the database engine is held against.

A fact counts if the ledger held it at ``as_of``, its ``counts_for`` lies in the period, its unit is the scope's or
below it, its person is the scope's (for attendance: somebody took part who is), and its fields are as ``where`` says.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.indicators.definition import (
    NO_UNIT,
    NOTHING_DUE,
    PART_MISSING,
    ZERO_BELOW,
    Counted,
    Definition,
    Version,
    define,
    sum_unit,
)
from taizhang.core.indicators.facts import Fact, Units, upwards
from taizhang.core.messages import Message
from taizhang.core.scheme.schema import (
    Choice,
    Coverage,
    Difference,
    Distinct,
    Followed,
    Kind,
    Open,
    Participations,
    Ratio,
    Sum,
)
from taizhang.core.values import Figure, NotApplicable, Period, Scope, Step, Undefined


def recount(
    indicator: str,
    *,
    scheme: Version,
    facts: Iterable[Fact],
    scope: Scope,
    period: Period,
    as_of: dt.datetime,
    units: Units,
) -> Figure:
    """Return the figure of ``indicator``, counted one fact at a time."""
    held = tuple(fact for fact in facts if fact.is_visible(as_of))
    question = _Question(scheme=scheme, held=held, scope=scope, period=period, as_of=as_of, units=units)
    return question.figure(indicator)


def rows(
    indicator: str,
    *,
    scheme: Version,
    facts: Iterable[Fact],
    scope: Scope,
    period: Period,
    as_of: dt.datetime,
    units: Units,
) -> tuple[Fact, ...]:
    """Return the facts that count in a figure counted from entries; none for one worked out from other figures."""
    held = tuple(fact for fact in facts if fact.is_visible(as_of))
    question = _Question(scheme=scheme, held=held, scope=scope, period=period, as_of=as_of, units=units)
    definition = define(indicator, scheme)
    if question.obstacle(definition) is not None or isinstance(definition.measure, Ratio | Difference):
        return ()
    return tuple(question.rows(definition.measure))


@dataclass(frozen=True)
class _Question:
    scheme: Version
    held: tuple[Fact, ...]
    scope: Scope
    period: Period
    as_of: dt.datetime
    units: Units

    def figure(self, indicator: str) -> Figure:
        definition = define(indicator, self.scheme)
        obstacle = self.obstacle(definition)
        if obstacle is not None:
            return self._told(definition, NotApplicable(obstacle))
        match definition.measure:
            case Ratio() as measure:
                return self._ratio(definition, measure)
            case Difference() as measure:
                return self._difference(definition, measure)
            case measure:
                return self._from_facts(definition, measure)

    def _from_facts(self, definition: Definition, measure: Counted) -> Figure:
        match measure:
            case Sum():
                return self._sum(definition, measure)
            case Distinct():
                return self._distinct(definition, measure)
            case Participations() | Coverage():
                return self._attendance(definition, measure)
            case _:
                found = self.rows(measure)
                return self._told(definition, Decimal(len(found)), latest=_newest(found))

    def obstacle(self, definition: Definition) -> Message | None:
        if definition.problem is not None:
            return definition.problem
        if self.scope.unit and self.scope.unit not in self.units:
            return Message(NO_UNIT, unit=self.scope.unit)
        return None

    def _told(
        self,
        definition: Definition,
        value: Decimal | Undefined | NotApplicable,
        *,
        approximate: bool = False,
        steps: tuple[Step, ...] = (),
        latest: dt.datetime | None = None,
        left_out: int = 0,
    ) -> Figure:
        return definition.figure(
            value,
            period=self.period,
            scope=self.scope,
            as_of=self.as_of,
            approximate=approximate,
            steps=steps,
            latest=latest,
            left_out=left_out,
        )

    # Which facts

    def rows(self, measure: Counted) -> list[Fact]:
        match measure:
            case Open() | Followed():
                wanted = isinstance(measure, Followed)
                return [
                    fact for fact in self._matching(measure) if self._is_followed(fact, measure) == wanted
                ]
            case Sum():
                return [fact for fact in self._matching(measure) if self._addend(fact, measure) is not None]
            case Distinct():
                return [fact for fact in self._matching(measure) if self._named(fact, measure)]
            case Participations():
                return [fact for fact in self._matching(measure) if self._counted(fact, measure)]
            case Coverage():
                return [fact for fact in self._matching(measure) if self._due(fact)]
            case _:
                return self._matching(measure)

    def _matching(self, measure: Counted) -> list[Fact]:
        kind = self.scheme.scheme.kinds[measure.kind]
        attendance = isinstance(measure, Participations | Coverage)
        ever = isinstance(measure, Open | Followed) and measure.since == "ever"
        return [
            fact
            for fact in self.held
            if fact.kind == measure.kind
            and fact.counts_for <= self.period.end
            and (ever or fact.counts_for >= self.period.start)
            and (not self.scope.unit or self.scope.unit in upwards(fact.unit, self.units))
            and (attendance or self.scope.person in ("", fact.person))
            and all(_is_one_of(fact, name, kind, wanted) for name, wanted in measure.where.items())
        ]

    def _is_followed(self, fact: Fact, measure: Open | Followed) -> bool:
        closing = measure.until if isinstance(measure, Open) else measure.by
        return any(
            later.about == fact.fact and later.kind in closing and later.counts_for <= self.period.end
            for later in self.held
        )

    # Counted from facts

    def _sum(self, definition: Definition, measure: Sum) -> Figure:
        total, approximate, left_out = Decimal(0), False, 0
        for fact in self._matching(measure):
            addend = self._addend(fact, measure)
            if addend is None:
                left_out += 1
            else:
                total += addend
                approximate = approximate or (measure.of == "quantity" and fact.approximate)
        return self._told(
            definition,
            total,
            approximate=approximate,
            latest=_newest(self._matching(measure)),
            left_out=left_out,
        )

    def _addend(self, fact: Fact, measure: Sum) -> Decimal | None:
        if measure.of != "quantity":
            value = fact.values.get(measure.of)
            return None if value is None else Decimal(str(value))
        unit = sum_unit(measure, self.scheme.scheme.kinds[measure.kind])
        return fact.quantity if fact.quantity_unit == unit else None

    def _distinct(self, definition: Definition, measure: Distinct) -> Figure:
        values: set[str] = set()
        for fact in self._matching(measure):
            values |= self._named(fact, measure)
        return self._told(definition, Decimal(len(values)), latest=_newest(self.rows(measure)))

    def _named(self, fact: Fact, measure: Distinct) -> set[str]:
        """Return what ``fact`` names: numbers by value, so that 1.0 and 1 are one."""
        if measure.of in ("person", "unit"):
            return {fact.person if measure.of == "person" else fact.unit} - {""}
        value = fact.values.get(measure.of)
        if value is None or value == "":
            return set()
        if isinstance(value, list | tuple):
            return {str(one) for one in value}
        if self.scheme.scheme.kinds[measure.kind].fields[measure.of].type == "number":
            return {str(Decimal(str(value)).normalize())}
        return {str(value)}

    def _attendance(self, definition: Definition, measure: Participations | Coverage) -> Figure:
        matching = self._matching(measure)
        counted = Decimal(sum(len(self._counted(fact, measure)) for fact in matching))
        latest = _newest(self.rows(measure))
        if isinstance(measure, Participations):
            return self._told(definition, counted, latest=latest)
        due = Decimal(sum(len(self._due(fact)) for fact in matching))
        if due == 0:
            return self._told(definition, Undefined(Message(NOTHING_DUE)))
        steps = (self._whole(definition, "counted", counted), self._whole(definition, "due", due))
        return self._told(definition, definition.share(counted, due), steps=steps, latest=latest)

    def _whole(self, definition: Definition, part: str, value: Decimal) -> Step:
        return definition.whole(part, value, period=self.period, scope=self.scope, as_of=self.as_of)

    def _due(self, fact: Fact) -> list[str]:
        return [person for person in fact.participations if self.scope.person in ("", person)]

    def _counted(self, fact: Fact, measure: Participations | Coverage) -> list[str]:
        states = self.scheme.scheme.attendance
        return [
            person
            for person in self._due(fact)
            if (state := states.get(fact.participations[person])) and state.counts_as in measure.counted
        ]

    # Worked out from other figures

    def _ratio(self, definition: Definition, measure: Ratio) -> Figure:
        above, below = self.figure(measure.of), self.figure(measure.to)
        steps = (Step("of", above), Step("to", below))
        for part in (above, below):
            if isinstance(part.value, Undefined | NotApplicable):
                return self._worked_out(definition, steps, _missing(part))
        if below.value == 0:
            return self._worked_out(definition, steps, Undefined(Message(ZERO_BELOW, indicator=measure.to)))
        return self._worked_out(definition, steps, definition.share(_number(above), _number(below)))

    def _difference(self, definition: Definition, measure: Difference) -> Figure:
        whole, parts = self.figure(measure.of), [self.figure(part) for part in measure.minus]
        steps = (Step("of", whole), *(Step("minus", part) for part in parts))
        for part in (whole, *parts):
            if isinstance(part.value, Undefined | NotApplicable):
                return self._worked_out(definition, steps, _missing(part))
        value = _number(whole)
        for part in parts:
            value -= _number(part)
        return self._worked_out(definition, steps, value)

    def _worked_out(
        self, definition: Definition, steps: tuple[Step, ...], value: Decimal | Undefined
    ) -> Figure:
        parts = [step.figure for step in steps]
        return self._told(
            definition,
            value,
            approximate=any(part.approximate for part in parts),
            steps=steps,
            latest=max((part.latest for part in parts if part.latest), default=None),
            left_out=sum(part.left_out for part in parts),
        )


def _is_one_of(fact: Fact, name: str, kind: Kind, wanted: tuple[Choice, ...]) -> bool:
    value, field_type = fact.values.get(name), kind.fields[name].type
    if value is None:
        return False
    match field_type:
        case "yes_no":
            return any(isinstance(one, bool) and one == value for one in wanted)
        case "integer" | "number":
            numbers = [Decimal(one) for one in wanted if isinstance(one, int | Decimal) and one is not True]
            return Decimal(str(value)) in numbers
        case "choices":
            return any(str(one) in value for one in wanted)
        case _:
            return str(value) in [str(one) for one in wanted]


def _newest(facts: Iterable[Fact]) -> dt.datetime | None:
    return max((fact.recorded_at for fact in facts), default=None)


def _missing(part: Figure) -> Undefined:
    if not isinstance(part.value, Undefined | NotApplicable):
        raise TypeError(part.indicator)
    return Undefined(Message(PART_MISSING, indicator=part.indicator, reason=part.value.reason))


def _number(figure: Figure) -> Decimal:
    if not isinstance(figure.value, Decimal):
        raise TypeError(figure.indicator)
    return figure.value
