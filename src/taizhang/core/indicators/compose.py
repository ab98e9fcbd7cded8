"""From the cells that an engine counted to figures: shares, differences, citations. Plain arithmetic, no database."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from taizhang.core.indicators.definition import (
    NO_UNIT,
    NOTHING_DUE,
    PART_MISSING,
    ZERO_BELOW,
    Definition,
)
from taizhang.core.indicators.facts import Units
from taizhang.core.indicators.plan import Ask, Base, Cell, Plan, Route, window
from taizhang.core.messages import Message
from taizhang.core.scheme.schema import (
    CountsAs,
    Coverage,
    Difference,
    Distinct,
    Followed,
    Open,
    Participations,
    Ratio,
    Scheme,
    Sum,
)
from taizhang.core.values import Figure, NotApplicable, Scope, Step, Undefined


def compose(
    plan: Plan, cells: Sequence[Mapping[Base, Iterable[Cell]]], *, units: Units, as_of: dt.datetime
) -> dict[Ask, Figure]:
    """Return the figure of every ask of ``plan``.

    ``cells`` holds, for each of ``plan.queries`` in order, what was counted for each of its bases.
    """
    composer = _Composer(plan=plan, cells=cells, units=units, as_of=as_of)
    return {ask: composer.figure(ask) for ask in plan.asks}


@dataclass
class _Composer:
    plan: Plan
    cells: Sequence[Mapping[Base, Iterable[Cell]]]
    units: Units
    as_of: dt.datetime
    figures: dict[Ask, Figure] = field(default_factory=dict)
    rolled: dict[tuple[Route, Scope], tuple[Cell, ...]] = field(default_factory=dict)
    index: dict[Route, dict[str, list[Cell]]] = field(default_factory=dict)
    subtrees: dict[str, frozenset[str]] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit, above in self.units.items():
            self.below.setdefault(above or "", []).append(unit)

    def figure(self, ask: Ask) -> Figure:
        if ask not in self.figures:
            self.figures[ask] = self._work_out(ask, self.plan.definitions[ask])
        return self.figures[ask]

    def _work_out(self, ask: Ask, definition: Definition) -> Figure:
        problem = definition.problem
        if problem is None and ask.scope.unit and ask.scope.unit not in self.units:
            problem = Message(NO_UNIT, unit=ask.scope.unit)
        if problem is not None:
            return self._told(ask, definition, NotApplicable(problem))
        match definition.measure:
            case Ratio() as measure:
                return self._ratio(ask, definition, measure)
            case Difference() as measure:
                return self._difference(ask, definition, measure)
            case _:
                return self._counted(ask, definition, self._cells(ask, definition))

    def _told(
        self,
        ask: Ask,
        definition: Definition,
        value: Decimal | Undefined | NotApplicable,
        *,
        approximate: bool = False,
        steps: tuple[Step, ...] = (),
        latest: dt.datetime | None = None,
        left_out: int = 0,
        facts: Mapping[str, int] | None = None,
    ) -> Figure:
        return definition.figure(
            value,
            period=ask.period,
            scope=ask.scope,
            as_of=self.as_of,
            approximate=approximate,
            steps=steps,
            latest=latest,
            left_out=left_out,
            facts=facts,
        )

    # From cells

    def _counted(self, ask: Ask, definition: Definition, cells: list[Cell]) -> Figure:
        match definition.measure:
            case Sum():
                return self._total(ask, definition, cells)
            case Distinct():
                return self._distinct(ask, definition, cells)
            case Participations() | Coverage() as measure:
                return self._attended(ask, definition, measure, cells)
            case Open() | Followed() as measure:
                return self._followed(ask, definition, measure, cells)
            case _:
                rows = sum(cell.counted for cell in cells)
                return self._told(ask, definition, Decimal(rows), latest=_latest(cells), facts={"rows": rows})

    def _total(self, ask: Ask, definition: Definition, cells: list[Cell]) -> Figure:
        rows, added = sum(cell.counted for cell in cells), sum(cell.added for cell in cells)
        return self._told(
            ask,
            definition,
            sum((cell.total for cell in cells), Decimal(0)),
            approximate=any(cell.approximate for cell in cells),
            latest=_latest(cells),
            left_out=rows - added,
            facts={"rows": rows, "added": added},
        )

    def _distinct(self, ask: Ask, definition: Definition, cells: list[Cell]) -> Figure:
        named = [cell for cell in cells if cell.counted and cell.mark not in (None, "")]
        values = len({cell.mark for cell in named})
        return self._told(ask, definition, Decimal(values), latest=_latest(named), facts={"values": values})

    def _attended(
        self, ask: Ask, definition: Definition, measure: Participations | Coverage, cells: list[Cell]
    ) -> Figure:
        states = _states(definition.scheme, measure.counted)
        counting = [cell for cell in cells if cell.mark in states]
        counted, due = sum(cell.counted for cell in counting), sum(cell.counted for cell in cells)
        facts = _by_state(cells)
        if isinstance(measure, Participations):
            return self._told(ask, definition, Decimal(counted), latest=_latest(counting), facts=facts)
        if not due:
            return self._told(ask, definition, Undefined(Message(NOTHING_DUE)))
        steps = (
            definition.whole(
                "counted", Decimal(counted), period=ask.period, scope=ask.scope, as_of=self.as_of
            ),
            definition.whole("due", Decimal(due), period=ask.period, scope=ask.scope, as_of=self.as_of),
        )
        value = definition.share(Decimal(counted), Decimal(due))
        return self._told(ask, definition, value, steps=steps, latest=_latest(cells), facts=facts)

    def _followed(
        self, ask: Ask, definition: Definition, measure: Open | Followed, cells: list[Cell]
    ) -> Figure:
        followed = [cell for cell in cells if _closed_by(ask.period.end, cell)]
        still_open = [cell for cell in cells if not _closed_by(ask.period.end, cell)]
        counted = followed if isinstance(measure, Followed) else still_open
        rows, closed = sum(cell.counted for cell in cells), sum(cell.counted for cell in followed)
        return self._told(
            ask,
            definition,
            Decimal(sum(cell.counted for cell in counted)),
            latest=_latest(counted),
            facts={"rows": rows, "followed": closed, "open": rows - closed},
        )

    # From other figures

    def _ratio(self, ask: Ask, definition: Definition, measure: Ratio) -> Figure:
        above = self.figure(Ask(measure.of, ask.scope, ask.period))
        below = self.figure(Ask(measure.to, ask.scope, ask.period))
        steps = (Step("of", above), Step("to", below))
        if missing := _missing(above, below):
            return self._worked_out(ask, definition, Undefined(missing), steps)
        if not _number(below):
            return self._worked_out(
                ask, definition, Undefined(Message(ZERO_BELOW, indicator=measure.to)), steps
            )
        return self._worked_out(ask, definition, definition.share(_number(above), _number(below)), steps)

    def _difference(self, ask: Ask, definition: Definition, measure: Difference) -> Figure:
        whole = self.figure(Ask(measure.of, ask.scope, ask.period))
        less = [self.figure(Ask(part, ask.scope, ask.period)) for part in measure.minus]
        steps = (Step("of", whole), *(Step("minus", part) for part in less))
        if missing := _missing(whole, *less):
            return self._worked_out(ask, definition, Undefined(missing), steps)
        left = _number(whole) - sum((_number(part) for part in less), Decimal(0))
        return self._worked_out(ask, definition, left, steps)

    def _worked_out(
        self, ask: Ask, definition: Definition, value: Decimal | Undefined, steps: tuple[Step, ...]
    ) -> Figure:
        recorded = [step.figure.latest for step in steps if step.figure.latest is not None]
        return self._told(
            ask,
            definition,
            value,
            approximate=any(step.figure.approximate for step in steps),
            steps=steps,
            latest=max(recorded, default=None),
            left_out=sum(step.figure.left_out for step in steps),
        )

    # Which cells

    def _cells(self, ask: Ask, definition: Definition) -> list[Cell]:
        first, last = window(ask, definition)
        return [
            cell
            for cell in self._in_scope(self.plan.routes[ask], ask.scope)
            if cell.bucket <= last and (first is None or cell.bucket >= first)
        ]

    def _in_scope(self, route: Route, scope: Scope) -> tuple[Cell, ...]:
        """Return the cells of a base for a scope, one for each bucket and mark."""
        key = (route, scope)
        if key not in self.rolled:
            self.rolled[key] = _merged(self._found(route, scope))
        return self.rolled[key]

    def _found(self, route: Route, scope: Scope) -> Iterator[Cell]:
        indexed = self._indexed(route)
        units = self._with_below(scope.unit) if scope.unit else None
        if scope.person:
            own = indexed.get(scope.person, ())
            return (cell for cell in own if units is None or cell.unit in units)
        return (cell for unit in (indexed if units is None else units) for cell in indexed.get(unit, ()))

    def _indexed(self, route: Route) -> dict[str, list[Cell]]:
        """Return a base's cells by person where the query groups by person, else by unit."""
        if route not in self.index:
            by_person = self.plan.queries[route.query].by_person
            grouped: dict[str, list[Cell]] = {}
            for cell in self.cells[route.query].get(route.base, ()):
                grouped.setdefault(cell.person if by_person else cell.unit, []).append(cell)
            self.index[route] = grouped
        return self.index[route]

    def _with_below(self, unit: str) -> frozenset[str]:
        if unit not in self.subtrees:
            found, waiting = {unit}, [unit]
            while waiting:
                lower = [child for child in self.below.get(waiting.pop(), ()) if child not in found]
                found.update(lower)
                waiting.extend(lower)
            self.subtrees[unit] = frozenset(found)
        return self.subtrees[unit]


def _closed_by(day: dt.date, cell: Cell) -> bool:
    return isinstance(cell.mark, dt.date) and cell.mark <= day


def _merged(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    merged: dict[tuple[dt.date, object], Cell] = {}
    for cell in cells:
        key = (cell.bucket, cell.mark)
        merged[key] = _joined(merged[key], cell) if key in merged else cell
    return tuple(merged.values())


def _joined(one: Cell, other: Cell) -> Cell:
    return Cell(
        bucket=one.bucket,
        mark=one.mark,
        counted=one.counted + other.counted,
        total=one.total + other.total,
        added=one.added + other.added,
        approximate=one.approximate + other.approximate,
        latest=_latest((one, other)),
    )


def _latest(cells: Iterable[Cell]) -> dt.datetime | None:
    return max((cell.latest for cell in cells if cell.counted and cell.latest is not None), default=None)


def _states(scheme: Scheme | None, counted: tuple[CountsAs, ...]) -> frozenset[str]:
    declared = scheme.attendance if scheme is not None else {}
    return frozenset(state for state, rule in declared.items() if rule.counts_as in counted)


def _by_state(cells: Iterable[Cell]) -> dict[str, int]:
    states: dict[str, int] = {}
    for cell in cells:
        states[str(cell.mark or "")] = states.get(str(cell.mark or ""), 0) + cell.counted
    return states


def _missing(*figures: Figure) -> Message | None:
    for figure in figures:
        if isinstance(figure.value, Undefined | NotApplicable):
            return Message(PART_MISSING, indicator=figure.indicator, reason=figure.value.reason)
    return None


def _number(figure: Figure) -> Decimal:
    if not isinstance(figure.value, Decimal):
        raise TypeError(figure.indicator)
    return figure.value
