"""What rules work on: the rows of one item, and what all items of one subject come to in one period."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from taizhang.core.appraisal.compiled import Compiled, Selection
from taizhang.core.appraisal.frame import Frame
from taizhang.core.appraisal.matching import Followers
from taizhang.core.appraisal.rows import Exemption, Key, Subject, Work
from taizhang.core.appraisal.sheet import Carried
from taizhang.core.values import Period, PeriodKind

ZERO = Decimal(0)


@dataclass(slots=True)
class Ledger:
    """Rows by kind, and by the entry they are about."""

    by_kind: dict[str, list[Work]] = field(default_factory=dict)
    followers: dict[Key, list[Work]] = field(default_factory=dict)

    def add(self, work: Work) -> None:
        self.by_kind.setdefault(work.kind, []).append(work)
        if work.about is not None:
            self.followers.setdefault(work.about, []).append(work)


@dataclass(slots=True)
class Together:
    """Rows that hang together. ``now`` is what this sheet posts, ``before`` what earlier ones did, ``ever`` both."""

    compiled: Compiled
    frame: Frame
    now: Ledger
    before: Ledger
    ever: Ledger

    @property
    def period(self) -> Period:
        return self.frame.period

    def selected(self, selection: Selection, rows: Ledger) -> list[Work]:
        """Return the rows that a selection means, in the order they came in."""
        found = rows.by_kind.get(selection.kind)
        if not found:
            return []
        followers: Followers = rows.followers
        return [work for work in found if selection.test(work, followers)]

    def new(self, selection: Selection) -> tuple[int, list[Work]]:
        """Return by how much a count grows in this sheet, and the rows of this sheet that are counted.

        An item that an earlier sheet counted is not counted again; one that only now fulfils a condition is. What was
        counted stays so, though a later entry takes the condition away.
        """
        if not self.before.by_kind or not selection.looks_back:
            found = self.selected(selection, self.now)
            return len(distinct(found) if selection.items else found), found
        found = self.selected(selection, self.ever)
        earlier = self.selected(selection, self.before)
        if selection.items:
            known = set(distinct(earlier))
            fresh = [work for work in found if work.group not in known]
            return len(distinct(fresh)), fresh
        known = {work.id for work in earlier}
        fresh = [work for work in found if work.id not in known]
        return len(fresh), fresh

    def rounded(self, points: Decimal) -> Decimal:
        return rounded(self.compiled, points)


class Count(NamedTuple):
    """How many rows count, and the name of the source from which the sheet takes their ids."""

    number: int = 0
    in_time: int = 0
    rows: tuple[Key, ...] = ()


class Sums(NamedTuple):
    """What all items of one subject come to. Only this decides what a sheet says beside the items themselves.

    ``counts`` are by their source (``Plan.counts``); ``points`` those of the items under a rule, in the items' order.
    """

    counts: Mapping[str, Count]
    points: Mapping[str, Sequence[Decimal]]


NO_COUNT = Count()


@dataclass(slots=True)
class Given:
    """One subject's period: who, what all his items come to, what is handed on to it, and what it hands on."""

    compiled: Compiled
    frame: Frame
    subject: Subject
    carried: Carried
    exemptions: Sequence[Exemption]
    sums: Sums
    handed: dict[str, tuple[dt.date, Decimal]] = field(default_factory=dict)

    @property
    def period(self) -> Period:
        return self.frame.period

    def count(self, source: str) -> Count:
        return self.sums.counts.get(source, NO_COUNT)

    def rounded(self, points: Decimal) -> Decimal:
        return rounded(self.compiled, points)

    def forward(self, name: str, every: PeriodKind) -> Decimal:
        """Return what earlier sheets of the same longer period hand on."""
        found = self.carried.sums.get(name)
        return found[1] if found is not None and found[0] == self.frame.spans[every].start else ZERO

    def hand(self, name: str, every: PeriodKind, value: Decimal) -> None:
        """Hand a value on to the next sheet of the same longer period, if there is one."""
        span = self.frame.spans[every]
        if value and not span.ends:
            self.handed[name] = (span.start, value)


def rounded(compiled: Compiled, points: Decimal) -> Decimal:
    """Return points with as many digits as the appraisal keeps, halves away from zero."""
    return points.quantize(_UNITS[compiled.appraisal.digits], ROUND_HALF_UP)


_UNITS = tuple(Decimal(1).scaleb(-digits) for digits in range(5))


def distinct(works: Iterable[Work]) -> Mapping[Key, Work]:
    """Return the first row of each item."""
    found: dict[Key, Work] = {}
    for work in works:
        found.setdefault(work.group, work)
    return found
