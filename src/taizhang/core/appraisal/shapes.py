"""Scoring a province: items that are alike are looked at once, and sheets that come to the same are added up once.

Items are alike where nothing that a rule looks at differs: the kinds of their entries, the fields that conditions name,
how they hang together, whose place among authors it is, whether they came in time. Ids, titles, days and people may
differ. What is shared is a ``Part``, what an item adds with places for the ids. What a sheet says beside its items
depends on nothing but what they come to, and is shared by all sheets on which they come to the same: a ``Shape``.
Everybody's own sheet is his shape with his items in its gaps, put together only when somebody reads it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from operator import add
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from taizhang.core.appraisal import adding
from taizhang.core.appraisal.adding import Addition, Plan
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.frame import KINDS
from taizhang.core.appraisal.given import ZERO, Count
from taizhang.core.appraisal.hanging import Tree, trees
from taizhang.core.appraisal.rows import Exemption, Item, Key, Subject, Work
from taizhang.core.appraisal.score import Feed, Foundation, assembled, filled, founded
from taizhang.core.appraisal.sheet import Carried, Sheet, Step
from taizhang.core.values import Period

TOTALS = frozenset(kind.value for kind in KINDS)
"""The names of the totals of longer periods: they change nothing but what is handed on, and the grade."""

MOST = 30_000
"""How many parts, and how many shapes, are kept; what comes after is worked out each time."""


VERIFIED, EARLIER = 1, 2
_DAYS = 0xFFFFFF


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Part:
    """What alike items add. In the place of ids stand places: ``p0``, ``p1`` … for the keys of an item in their order.

    ``numbers`` are its counts and points as whole numbers, in the order of ``Shapes.sums``; ``points`` those of its
    single steps, under the rules that need them one by one.
    """

    addition: Addition
    numbers: tuple[int, ...]
    points: tuple[tuple[Decimal, ...], ...]


@dataclass(frozen=True, eq=False)
class Shape:
    """A sheet with gaps in the place of its items, as ``score.assembled`` makes it."""

    sheet: Sheet


Filling = tuple[Part, tuple[Key, ...]]
"""An item of a sheet: what it adds, and its own keys."""


class Alike(NamedTuple):
    """One subject's sheet: the shape it shares, and its own items, in order, and what it hands on."""

    subject: Key
    shape: Shape
    items: tuple[Filling, ...]
    carried: Carried

    @property
    def points(self) -> Decimal:
        return self.shape.sheet.points

    @property
    def keys(self) -> tuple[Key, ...]:
        """Return the rows that hang together in its items, and what they are about."""
        return tuple(key for _part, keys in self.items for key in keys)

    def sheet(self) -> Sheet:
        """Return the whole sheet, with the subject's own ids in it."""
        additions = [placed(part.addition, keys) for part, keys in self.items]
        return replace(filled(self.shape.sheet, additions), subject=self.subject, carried=self.carried)


def placed(addition: Addition, keys: Sequence[Key]) -> Addition:
    """Return what an item adds with its own keys in their places."""

    def ids(places: Iterable[Key]) -> tuple[Key, ...]:
        return tuple([keys[int(str(place)[1:])] for place in places])

    def step(one: Step) -> Step:
        return one._replace(
            name=ids([one.name])[0], rows=ids(one.rows), steps=tuple([step(each) for each in one.steps])
        )

    return Addition(
        {source: count._replace(rows=ids(count.rows)) for source, count in addition.counts.items()},
        {rule: tuple([step(each) for each in steps]) for rule, steps in addition.steps.items()},
        ids(addition.waiting),
        ids(addition.unrated),
    )


@dataclass(eq=False)
class Shapes:
    """Scores one subject after the other for one period, and remembers every part and every shape it has met.

    ``score`` takes whole rows. Who reads rows by the million tells them by ``told``, ``days`` and ``code`` instead, looks
    in ``parts`` for the part of an item that has all codes in common with others, and lets ``alike`` add them up.
    """

    compiled: Compiled
    period: Period
    parts: dict[Any, Part] = field(default_factory=dict)
    known: dict[Any, Shape] = field(default_factory=dict)
    _told: dict[Any, int] = field(default_factory=dict)
    _telling: list[tuple[str, Mapping[str, Any], Decimal | None]] = field(default_factory=list)
    _days: dict[Any, int] = field(default_factory=dict)
    _dates: list[tuple[dt.date, dt.date, dt.date]] = field(default_factory=list)
    _foundations: dict[Any, Foundation] = field(default_factory=dict)
    _first: WeakKeyDictionary[Shape, Carried] = field(default_factory=WeakKeyDictionary)

    @cached_property
    def plan(self) -> Plan:
        return adding.plan(self.compiled, self.period)

    def score(self, feed: Feed) -> Alike:
        """Return one subject's sheet: the one that ``score.score`` gives."""
        fillings = [self.filling(tree) for tree in trees(feed.works)]
        return self.alike(feed.subject, fillings, feed.carried, feed.exemptions)

    def filling(self, tree: Tree) -> Filling:
        """Return the part of rows that hang together, and their keys."""
        works = list(tree.works())
        keys = [work.id for work in works]
        if tree.work is None and tree.about is not None:
            keys.append(tree.about)
        signature = self._signature(tree)
        return self.parts.get(signature) or self.part(signature, works, keys), tuple(keys)

    # What is alike

    def told(self, kind: str, values: Mapping[str, Any], quantity: Decimal | None = None) -> int:
        """Return a number that rows share if rules see no difference in their own fields."""
        telling = (
            kind,
            *[
                quantity if name == "quantity" else _plain(values.get(name))
                for name in self._looked_at.get(kind, ())
            ],
        )
        number = self._told.setdefault(telling, len(self._telling))
        if number == len(self._telling):
            self._telling.append((kind, values, quantity))
        return number

    def days(self, on: dt.date, happened: dt.date, arrived: dt.date) -> int:
        """Return a number that rows share if rules see no difference in their days.

        What matters is an own period that is not this one, and what was in time; the days themselves only where rules
        or quotas look at them.
        """
        telling = (
            on if on < self.period.start else None,
            tuple(happened <= due for due in self._dues),
            (on, happened, arrived) if self._days_tell else None,
            self.compiled.was_late_on(on, arrived),
        )
        number = self._days.setdefault(telling, len(self._dates))
        if number == len(self._dates):
            self._dates.append((on, happened, arrived))
        return number

    @staticmethod
    def code(told: int, days: int, standing: int = VERIFIED) -> int:
        """Return a number that rows share that every rule treats alike, apart from what they hang together with.

        ``standing`` says whether they are ``VERIFIED``, and whether an ``EARLIER`` sheet posted them.
        """
        return (told << 24 | days) << 2 | standing

    @staticmethod
    def told_of(code: int) -> int:
        return code >> 26

    def row(self, code: int, happened: dt.date, item: int | None, place: int, authors: int) -> Work:
        """Return a row of a code, about an entry that tells ``item``; ids are for ``part`` to put in."""
        kind, values, quantity = self._telling[self.told_of(code)]
        on, _happened, arrived = self._dates[code >> 2 & _DAYS]
        about = None
        if item is not None:
            of_kind, of_values, _quantity = self._telling[item]
            about = Item(of_kind, None, None, of_values)
        earlier, verified = bool(code & EARLIER), bool(code & VERIFIED)
        return Work(
            "", kind, on, happened, arrived, None, None, values, None, about, quantity, earlier, verified,
            place, authors,
        )  # fmt: skip

    def part(self, signature: Any, works: Sequence[Work], keys: Sequence[Key]) -> Part:
        """Work out the part of an item, and note it under what its rows have in common with others: look there first."""
        part = self._part(adding.addition(self.plan, _with_places(works, keys)))
        if len(self.parts) < MOST:
            self.parts[signature] = part
        return part

    def _part(self, addition: Addition) -> Part:
        numbers: list[int] = []
        for source in self.plan.counts:
            count = addition.counts.get(source, _NOTHING)
            numbers += (count.number, count.in_time)
        points = {
            rule.id: tuple([step.points for step in addition.steps.get(rule.id, ())])
            for rule in self.plan.stepped
        }
        numbers += [int(sum(points[rule], ZERO).scaleb(self._digits)) for rule in self._summed]
        return Part(addition, tuple(numbers), tuple([points[rule] for rule in self._one_by_one]))

    def _signature(self, tree: Tree) -> Any:
        work = tree.work
        if work is None:
            item = next(tree.works()).item
            told = None if item is None else self.told(item.kind, item.values)
            return ("about", told, *map(self._signature, tree.followers))
        code = self.code(
            self.told(work.kind, work.values, work.quantity),
            self.days(work.on, work.happened, work.arrived),
            work.verified * VERIFIED | work.earlier * EARLIER,
        )
        return ("row", work.place, work.authors, code, *map(self._signature, tree.followers))

    @cached_property
    def _looked_at(self) -> Mapping[str, tuple[str, ...]]:
        """Return, by kind of entry, the fields that a rule looks at."""
        return {kind: tuple(sorted(names)) for kind, names in self.compiled.telling.items()}

    @cached_property
    def _dues(self) -> tuple[dt.date, ...]:
        occurrences = self.plan.frame.occurrences.values()
        return tuple(sorted({each.due for several in occurrences for each in several}))

    @cached_property
    def _days_tell(self) -> bool:
        """Return whether the day itself matters: to lateness, to answers, to quotas shorter than the sheet."""
        occurrences = self.plan.frame.occurrences.values()
        shorter = any(each.shorter for several in occurrences for each in several)
        return shorter or any(rule.kind in ("late", "answer") for rule in self.compiled.rules)

    # What it comes to

    def alike(
        self,
        subject: Subject,
        items: Sequence[Filling],
        carried: Carried,
        exemptions: Sequence[Exemption] = (),
    ) -> Alike:
        """Return the sheet of one whose items, in the order of their days, are these."""
        if len(items) == 1:
            numbers = items[0][0].numbers
        else:
            numbers = self._nothing
            for part, _keys in items:
                numbers = tuple(map(add, numbers, part.numbers))
        points = self._single_points(items) if self._one_by_one else ()
        brought = self._brought(carried) if carried.missed or carried.sums else _NEW
        signature = (self.compiled.bound(subject), brought, tuple(exemptions), numbers, points)
        shape = self.known.get(signature)
        if shape is None:
            foundation = self._founded(signature, subject, carried)
            shape = Shape(assembled(foundation, self._points(numbers, points)))
            if len(self.known) < MOST:
                self.known[signature] = shape
        return Alike(subject.key, shape, tuple(items), self._handed_on(carried, shape))

    def _single_points(self, items: Sequence[Filling]) -> tuple[tuple[Decimal, ...], ...]:
        return tuple(
            tuple([each for part, _keys in items for each in part.points[at]])
            for at in range(len(self._one_by_one))
        )

    def _founded(self, signature: tuple[Any, ...], subject: Subject, carried: Carried) -> Foundation:
        """Return what is the same for all who were bound, brought something forward and were exempted alike, and for
        whom as many rows count: pairs of numbers by their sources."""
        bound, brought, exemptions, numbers, _points = signature
        numbers = numbers[: 2 * len(self.plan.counts)]
        found = self._foundations.get((bound, brought, exemptions, numbers))
        if found is None:
            counts = {
                source: Count(numbers[2 * at], numbers[2 * at + 1], (source,))
                for at, source in enumerate(self.plan.counts)
                if numbers[2 * at]
            }
            found = founded(self.plan, subject=subject, counts=counts, carried=carried, exemptions=exemptions)
            if len(self._foundations) < MOST:
                self._foundations[bound, brought, exemptions, numbers] = found
        return found

    def _points(
        self, numbers: Sequence[int], points: Sequence[tuple[Decimal, ...]]
    ) -> Mapping[str, Sequence[Decimal]]:
        """Return what the numbers behind those counts mean, and points one by one: by their rules."""
        of_rules = zip(self._summed, numbers[2 * len(self.plan.counts) :], strict=True)
        found: dict[str, Sequence[Decimal]] = {
            rule: (Decimal(number).scaleb(-self._digits),) for rule, number in of_rules
        }
        found.update(zip(self._one_by_one, points, strict=True))
        return found

    @property
    def _digits(self) -> int:
        return self.compiled.appraisal.digits

    @cached_property
    def _summed(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.plan.stepped if rule.id not in self.plan.one_by_one)

    @cached_property
    def _one_by_one(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.plan.stepped if rule.id in self.plan.one_by_one)

    @cached_property
    def _nothing(self) -> tuple[int, ...]:
        return (0,) * (2 * len(self.plan.counts) + len(self._summed))

    # What is brought forward

    def _brought(self, carried: Carried) -> tuple[Any, ...]:
        grades = self.compiled.appraisal.grades
        graded = grades.every if grades and grades.every else ""
        sums = [each for each in carried.sums.items() if each[0] not in TOTALS or each[0] == graded]
        return tuple(sorted(carried.missed.items())), tuple(sorted(sums))

    def _handed_on(self, before: Carried, shape: Shape) -> Carried:
        """Return what a sheet hands on: what its shape does, with the subject's own totals."""
        if before.sums:
            return self._carried(before, shape.sheet)
        found = self._first.get(shape)
        if found is None:
            found = self._first[shape] = self._carried(before, shape.sheet)
        return found

    def _carried(self, before: Carried, sheet: Sheet) -> Carried:
        frame = self.plan.frame
        sums = {name: value for name, value in sheet.carried.sums.items() if name not in TOTALS}
        for name, every in frame.going_on:
            start = frame.spans[every].start
            since, total = before.sums.get(name, (start, ZERO))
            total = sheet.points + (total if since == start else ZERO)
            if total:
                sums[name] = (start, total)
        return Carried(sheet.carried.missed, sums)


_NOTHING = Count()
_NEW: tuple[tuple[Any, ...], ...] = ((), ())


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _with_places(works: Sequence[Work], keys: Sequence[Key]) -> Iterator[Work]:
    """Yield rows with places where ids are, written so that they stand in the order of the places."""
    width = len(str(len(keys) - 1))
    places = {key: f"p{at:0{width}}" for at, key in enumerate(keys)}
    for work, key in zip(works, keys, strict=False):
        about = None if work.about is None else places[work.about]
        yield work._replace(id=places[key], about=about)
