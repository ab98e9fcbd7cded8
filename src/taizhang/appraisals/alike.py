"""One sheet for all who are alike: worked out once, then told again with the others' rows in the places of the first's.

In a month most people have a few rows of the same shape: two items, one adopted by a city paper. What a sheet says
depends on the shape alone, but for the ids of its rows. ``_shape`` holds all that scoring looks at; where a rule looks
at days themselves (lateness, answers, a quota shorter than the sheet), nobody is taken for alike.
"""

import datetime as dt
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from taizhang.appraisals import keeping
from taizhang.core.appraisal import sheet as core
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.rows import Exemption, Subject, Work
from taizhang.core.calendar import due_date
from taizhang.core.values import Period

REMEMBERED = 20_000
LOOKING_AT_DAYS = ("late", "answer")


class Told(NamedTuple):
    """What is kept of a sheet, as text."""

    points: Decimal
    outcome: str
    grade: str
    called: bool
    fulfilled: bool
    content: str
    carried: str

    @classmethod
    def of(cls, sheet: core.Sheet) -> "Told":
        return cls(
            points=sheet.points,
            outcome=sheet.outcome.value,
            grade=sheet.grade,
            called=bool(sheet.calls),
            fulfilled=sheet.fulfilled,
            content=keeping.to_json(sheet),
            carried=keeping.carried_to_json(sheet.carried),
        )


class _Template(NamedTuple):
    told: Told
    pieces: tuple[str | int, ...]


@dataclass
class Alike:
    """Sheets of one appraisal and period, by shape."""

    compiled: Compiled
    period: Period
    _known: dict[Hashable, _Template] = field(default_factory=dict)
    _own: dict[dt.date, str] = field(default_factory=dict)
    _in_time: dict[dt.date, tuple[bool, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules = {rule.rule.kind for rule in self.compiled.rules}
        shorter = any(quota.every.months < self.period.kind.months for quota in self.compiled.quotas)
        self.usable = not rules.intersection(LOOKING_AT_DAYS) and not shorter
        calendar = self.compiled.scheme.working_days
        self._dues = tuple(
            due_date(quota.quota.due, Period.containing(quota.every, self.period.end), calendar).day
            for quota in self.compiled.quotas
        )

    def tell(
        self,
        subject: Subject,
        works: Sequence[Work],
        carried: core.Carried,
        excused: Sequence[Exemption],
        score: Callable[[], core.Sheet],
    ) -> Told:
        """Return what is kept of somebody's sheet; ``score`` works it out where nobody alike was met before."""
        if not self.usable:
            return Told.of(score())
        ids = _ids(works)
        shape = self._shape(subject, works, carried, excused, ids)
        template = self._known.get(shape)
        if template is None:
            told = Told.of(score())
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[shape] = _Template(told, _cut(told.content, ids))
            return told
        places = list(ids)
        content = "".join(each if isinstance(each, str) else places[each] for each in template.pieces)
        return template.told._replace(content=content)

    def _shape(
        self,
        subject: Subject,
        works: Sequence[Work],
        carried: core.Carried,
        excused: Sequence[Exemption],
        ids: dict[str, int],
    ) -> Hashable:
        return (
            self.compiled.bound(subject),
            "" if carried is core.NEW else repr(carried),
            tuple(excused),
            tuple(self._row(work, ids) for work in works),
            tuple(ids[str(work.id)] for work in sorted(works, key=_in_order)),
        )

    def _row(self, work: Work, ids: dict[str, int]) -> Hashable:
        item = work.item
        return (
            work.kind,
            self._own_period(work.on),
            self._due(work.happened),
            ids[str(work.id)],
            -1 if work.about is None else ids[str(work.about)],
            str(work.values),
            None if item is None else (item.kind, str(item.values)),
            work.quantity,
            work.earlier,
            work.verified,
            work.place,
            work.authors,
        )

    def _own_period(self, on: dt.date) -> str:
        if on >= self.period.start:
            return ""
        if on not in self._own:
            self._own[on] = str(Period.containing(self.compiled.every, on))
        return self._own[on]

    def _due(self, happened: dt.date) -> tuple[bool, ...]:
        if happened not in self._in_time:
            self._in_time[happened] = tuple(happened <= due for due in self._dues)
        return self._in_time[happened]


def _in_order(work: Work) -> tuple[str, str]:
    return work.happened.isoformat(), str(work.id)


def _ids(works: Sequence[Work]) -> dict[str, int]:
    """Number every entry that rows are, or are about, in the order in which they are met."""
    found: dict[str, int] = {}
    for work in works:
        found.setdefault(str(work.id), len(found))
        if work.about is not None:
            found.setdefault(str(work.about), len(found))
    return found


def _cut(content: str, ids: dict[str, int]) -> tuple[str | int, ...]:
    """Cut a text where it names an entry; the number of the entry stands for it."""
    if not ids:
        return (content,)
    parts = re.split("(" + "|".join(map(re.escape, ids)) + ")", content)
    return tuple(ids[part] if number % 2 else part for number, part in enumerate(parts))
