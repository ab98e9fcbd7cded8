"""The duty matrix as rows and cells: duties down, periods across, a unit at a time or all of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from taizhang.core.duties import DutyState
from taizhang.core.scheme.schema import Duty
from taizhang.core.values import Period, PeriodKind
from taizhang.duties.queries import Occurrence
from taizhang.org.models import Unit


@dataclass(frozen=True)
class Cell:
    """A lamp, or a gap where nothing is owed; ``span`` months wide."""

    span: int
    occurrence: Occurrence | None = None
    now: bool = False


@dataclass(frozen=True)
class Row:
    duty_id: str
    duty: Duty
    unit: Unit
    cells: tuple[Cell, ...]

    @property
    def overdue(self) -> int:
        return sum(c.occurrence is not None and c.occurrence.state is DutyState.OVERDUE for c in self.cells)


@dataclass(frozen=True)
class Group:
    """Rows under one heading: a duty with its units, or a unit with its duties."""

    heading: Duty | Unit
    rows: tuple[Row, ...]


@dataclass
class _Rows:
    order: list[tuple[str, int]] = field(default_factory=list)
    found: dict[tuple[str, int], list[Occurrence]] = field(default_factory=dict)

    def add(self, occurrence: Occurrence) -> None:
        key = (occurrence.owed.id, occurrence.owed.unit.pk)
        if key not in self.found:
            self.order.append(key)
        self.found.setdefault(key, []).append(occurrence)


def rows_of(occurrences: Sequence[Occurrence], *, year: Period, today: dt.date) -> list[Row]:
    """Return a row for each duty and unit, twelve months wide. A duty changed within the year stays one row."""
    rows = _Rows()
    for occurrence in occurrences:
        rows.add(occurrence)
    return [
        Row(key[0], own[-1].owed.duty, own[-1].owed.unit, _cells(own, year, today))
        for key in rows.order
        if (own := sorted(rows.found[key], key=lambda o: o.owed.period.start))
    ]


def _cells(occurrences: Sequence[Occurrence], year: Period, today: dt.date) -> tuple[Cell, ...]:
    by_start = {o.owed.period.start: o for o in occurrences}
    cells: list[Cell] = []
    month = Period.containing(PeriodKind.MONTH, year.start)
    while month.start <= year.end:
        occurrence = by_start.get(month.start)
        span = occurrence.owed.period.kind.months if occurrence else 1
        cells.append(Cell(span, occurrence, now=occurrence is not None and today in occurrence.owed.period))
        for _month in range(span):
            month = month.following
    return tuple(cells)


def grouped(rows: Sequence[Row], *, by_unit: bool) -> list[Group]:
    """Put rows under their duty (in the scheme's order) or under their unit (in the tree's)."""
    groups: dict[str | int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.unit.pk if by_unit else row.duty_id, []).append(row)
    return [Group(own[0].unit if by_unit else own[0].duty, tuple(own)) for own in groups.values()]


def tally(occurrences: Sequence[Occurrence]) -> dict[DutyState, int]:
    """Return how many lamps of each state there are, every state named."""
    counts = dict.fromkeys(DutyState, 0)
    for occurrence in occurrences:
        counts[occurrence.state] += 1
    return counts
