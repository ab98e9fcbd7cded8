"""Scoring a province: people whose rows are alike share one sheet that is worked out once.

Rows are alike where nothing that a rule looks at differs: their kind, the fields that conditions name, how they hang
together, whether they came in time. Ids, titles, days and people may differ. What is shared is a sheet with places for the
ids (``Shape``); everybody's own sheet is that with his ids filled in, and need be filled in only when somebody reads it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from taizhang.core.appraisal import plain
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.frame import KINDS
from taizhang.core.appraisal.given import ZERO
from taizhang.core.appraisal.rows import Key, Work
from taizhang.core.appraisal.score import Feed, score
from taizhang.core.appraisal.sheet import Carried, Sheet, Step
from taizhang.core.values import Period

TOTALS = frozenset(kind.value for kind in KINDS)
"""The names of the totals of longer periods: they change nothing but what is handed on, and the grade."""

MOST = 6_000
"""How many shapes are kept; what comes after is worked out each time."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A sheet with places for ids: what ends in ``p0``, ``p1`` … stands for the keys of ``Alike.keys`` in that order."""

    sheet: Sheet

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of all that is shared, in hex: the same for the same shape in every run."""
        shared = [plain.from_step(self.sheet.tree), [plain.from_judged(each) for each in self.sheet.judged]]
        text = json.dumps(shared, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Alike(NamedTuple):
    """One subject's sheet: the shape it shares, and its own keys and what it hands on."""

    subject: Key
    shape: Shape
    keys: tuple[Key, ...]
    carried: Carried

    @property
    def points(self) -> Decimal:
        return self.shape.sheet.points

    def sheet(self) -> Sheet:
        """Return the whole sheet, with the subject's own ids in it."""
        return fill(self.shape.sheet, self.subject, self.keys, self.carried)


def fill(shared: Sheet, subject: Key, keys: Sequence[Key], carried: Carried) -> Sheet:
    """Return a sheet with ids in their places."""
    return replace(
        shared,
        subject=subject,
        tree=fill_step(shared.tree, keys),
        judged=tuple(each._replace(rows=fill_ids(each.rows, keys)) for each in shared.judged),
        waiting=fill_ids(shared.waiting, keys),
        unrated=fill_ids(shared.unrated, keys),
        carried=carried,
    )


def fill_step(step: Step, keys: Sequence[Key]) -> Step:
    """Return a step of a shape with ids in their places, and all steps below it."""
    return step._replace(
        name=_id(step.name, keys) if step.part in ("row", "item") else step.name,
        rows=fill_ids(step.rows, keys),
        steps=tuple(fill_step(each, keys) for each in step.steps),
    )


def fill_ids(places: Iterable[Key], keys: Sequence[Key]) -> tuple[Key, ...]:
    """Return the ids that belong in places."""
    return tuple(_id(place, keys) for place in places)


def _id(place: Key, keys: Sequence[Key]) -> Key:
    return keys[int(str(place).rpartition("p")[2])]


@dataclass(eq=False)
class Shapes:
    """Scores one subject after the other for one period, and remembers every shape it has met."""

    compiled: Compiled
    period: Period
    known: dict[Any, Shape] = field(default_factory=dict)
    _kinds: dict[Any, str] = field(default_factory=dict)
    _told_days: dict[tuple[dt.date, dt.date, dt.date], tuple[Any, ...]] = field(default_factory=dict)

    def score(self, feed: Feed) -> Alike:
        """Return one subject's sheet. ``score`` gives the same but for the order of its lines."""
        forms, works = _arranged([(self._kind(work), work) for work in feed.works])
        keys = _keys(works)
        bound, brought = self.compiled.bound(feed.subject), self._brought(feed.carried)
        signature = (bound, brought, tuple(feed.exemptions), forms)
        shape = self.known.get(signature)
        if shape is None:
            shape = Shape(self._worked_out(feed, _placed(works, keys)))
            if len(self.known) < MOST:
                self.known[signature] = shape
        return Alike(feed.subject.key, shape, keys, self._carried(feed.carried, shape.sheet))

    def _worked_out(self, feed: Feed, works: list[Work]) -> Sheet:
        return score(
            self.compiled,
            period=self.period,
            subject=feed.subject,
            works=works,
            carried=feed.carried,
            exemptions=feed.exemptions,
        )

    # What is alike

    @cached_property
    def _telling(self) -> Mapping[str, tuple[str, ...]]:
        """Return, by kind of entry, the fields that a rule looks at."""
        return {kind: tuple(sorted(names)) for kind, names in self.compiled.telling.items()}

    @cached_property
    def _dues(self) -> tuple[dt.date, ...]:
        occurrences = self.compiled.frame(self.period).occurrences.values()
        return tuple(sorted({each.due for several in occurrences for each in several}))

    @cached_property
    def _days_tell(self) -> bool:
        """Return whether the day itself matters: to lateness, to answers, to quotas shorter than the sheet."""
        occurrences = self.compiled.frame(self.period).occurrences.values()
        shorter = any(each.shorter for several in occurrences for each in several)
        return shorter or any(rule.kind in ("late", "answer") for rule in self.compiled.rules)

    def _kind(self, work: Work) -> str:
        """Return the same words for all rows that every rule treats alike, apart from what they hang together with."""
        item = work.item
        alike = (
            work.kind,
            self._values(work.kind, work.values, work.quantity),
            None if item is None else (item.kind, self._values(item.kind, item.values, None)),
            (work.place, work.authors, work.earlier, work.verified),
            self._days(work.on, work.happened, work.arrived),
            self.compiled.was_late(work),
        )
        told = self._kinds.get(alike)
        if told is None:
            told = self._kinds[alike] = repr(alike)
        return told

    def _days(self, on: dt.date, happened: dt.date, arrived: dt.date) -> tuple[Any, ...]:
        """Return what of a row's days matters: an own period that is not this one, and what was in time for quotas."""
        known = self._told_days.get((on, happened, arrived))
        if known is None:
            own = on if on < self.period.start else None
            in_time = tuple(happened <= due for due in self._dues)
            known = (own, in_time, (on, happened, arrived) if self._days_tell else None)
            self._told_days[on, happened, arrived] = known
        return known

    def _values(self, kind: str, values: Mapping[str, Any], quantity: Decimal | None) -> tuple[Any, ...]:
        return tuple(
            [
                quantity if name == "quantity" else _plain(values.get(name))
                for name in self._telling.get(kind, ())
            ]
        )

    # What is brought forward

    def _brought(self, carried: Carried) -> tuple[Any, ...]:
        grades = self.compiled.appraisal.grades
        graded = grades.every if grades and grades.every else ""
        sums = [each for each in carried.sums.items() if each[0] not in TOTALS or each[0] == graded]
        return tuple(sorted(carried.missed.items())), tuple(sorted(sums))

    def _carried(self, before: Carried, sheet: Sheet) -> Carried:
        """Return what a sheet hands on: what its shape does, with the subject's own totals."""
        frame = self.compiled.frame(self.period)
        sums = {name: value for name, value in sheet.carried.sums.items() if name not in TOTALS}
        for name, every in frame.going_on:
            start = frame.spans[every].start
            since, total = before.sums.get(name, (start, ZERO))
            total = sheet.points + (total if since == start else ZERO)
            if total:
                sums[name] = (start, total)
        return Carried(sheet.carried.missed, sums)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Form = tuple[str, int, tuple[Any, ...]]
"""How a row is alike to others: its kind, its rank among those about the same entry, and the forms of what is about it."""


class _Node(NamedTuple):
    """A row with all that is about it. Nodes sort by form, then by day and id, so that alike ones stand in one order."""

    form: Form
    happened: dt.date
    id: str
    works: tuple[Work, ...]


Row = tuple[str, Work]
"""A row with its kind: the same words for all that every rule treats alike."""


def _arranged(rows: Sequence[Row]) -> tuple[tuple[Form, ...], list[Work]]:
    """Return how rows hang together, and the rows in an order that nothing else decides; alike ones stand as they came."""
    hanging = _Hanging.of(rows)
    ids = {work.id for _kind, work in rows}
    nodes = [hanging.node(row) for row in rows if row[1].about is None]
    nodes += [hanging.nowhere(about) for about in hanging.below if about not in ids]
    nodes.sort()
    return tuple([node.form for node in nodes]), [work for node in nodes for work in node.works]


class _Hanging(NamedTuple):
    below: Mapping[Key, list[Row]]
    ranks: Mapping[Key, int]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "_Hanging":
        below: dict[Key, list[Row]] = {}
        for row in rows:
            if row[1].about is not None:
                below.setdefault(row[1].about, []).append(row)
        return cls(below, _ranks([work for _kind, work in rows]) if below else {})

    def node(self, row: Row) -> _Node:
        """Return a row with all that is about it."""
        kind, work = row
        rank, several = self.ranks.get(work.id, 0), self.below.get(work.id)
        if several is None:
            return _Node((kind, rank, ()), work.happened, str(work.id), (work,))
        forms, works = self._together(several)
        return _Node((kind, rank, forms), work.happened, str(work.id), (work, *works))

    def nowhere(self, about: Key) -> _Node:
        """Return rows about an entry that is not among the rows."""
        forms, works = self._together(self.below[about])
        return _Node(("", 0, forms), dt.date.min, str(about), works)

    def _together(self, rows: Iterable[Row]) -> tuple[tuple[Form, ...], tuple[Work, ...]]:
        nodes = sorted([self.node(row) for row in rows])
        return tuple([node.form for node in nodes]), tuple([work for node in nodes for work in node.works])


def _keys(works: Sequence[Work]) -> tuple[Key, ...]:
    """Return the ids of rows in their order, and then those of entries that are only named by them."""
    keys = dict.fromkeys([work.id for work in works])
    keys.update(dict.fromkeys([work.about for work in works if work.about is not None]))
    return tuple(keys)


def _placed(works: Sequence[Work], keys: Sequence[Key]) -> list[Work]:
    """Return rows with places where ids are.

    A place begins with the rank of its row, so that ties between rows of one item are broken as their ids would.
    """
    ranks = _ranks(works)
    places = {key: f"{ranks.get(key, 0):03}p{at}" for at, key in enumerate(keys)}
    return [
        work._replace(id=places[work.id], about=None if work.about is None else places[work.about])
        for work in works
    ]


def _ranks(works: Sequence[Work]) -> dict[Key, int]:
    """Return the order by day and id of rows that are about one item."""
    items: dict[Key, list[Work]] = {}
    for work in works:
        if work.about is not None:
            items.setdefault(work.about, []).append(work)
    return {
        work.id: rank
        for several in items.values()
        if len(several) > 1
        for rank, work in enumerate(sorted(several, key=lambda each: (each.happened, str(each.id))))
    }
