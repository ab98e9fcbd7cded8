"""What somebody at the sample bureau did at the keyboard: plain tables of these make the year."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taizhang.core.calendar import is_working_day
from taizhang.core.scheme.schema import WorkingDays
from taizhang.core.values import DAY, Period

OFFICE = WorkingDays(calendar="china")
OPENS, MINUTES = 8 * 60 + 40, 490
"""The office opens at 8:40; acts are spread over the 490 minutes that follow."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """Recorded ``on`` a day, so many minutes after midnight of the office's clock, ``by`` a staff number."""

    on: dt.date
    minute: int
    by: str


@dataclass(frozen=True, kw_only=True)
class File:
    """A small file of evidence."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Fact(Act):
    """A new entry. People and units are named by code, other entries by ``key``.

    ``states`` are the exceptions on the roster of the day; everybody else was present.
    """

    key: str
    kind: str
    unit: str
    occurred_on: dt.date
    title: str = ""
    person: str = ""
    counts_for: dt.date | None = None
    quantity: int | None = None
    quantity_unit: str = ""
    approximate: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    files: tuple[File, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Correction(Act):
    """A newer version of the entry ``key``: ``changes`` by column, ``values`` and ``states`` merged into the old."""

    key: str
    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Act):
    """The entry ``key`` does not hold."""

    key: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Review(Act):
    """Verifies every duty of the units' kinds that is done and starts in ``span``."""

    span: Period
    unit_kinds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Exemption(Act):
    """Exempts one unit from one duty in one period."""

    duty: str
    unit: str
    period: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SchemeAdoption(Act):
    """Puts a scheme of the package into force."""

    path: str
    founding: bool = False


@dataclass(frozen=True, kw_only=True)
class Reorganisation(Act):
    """Writes down what began and what ended in the organisation after one day and up to another."""

    after: dt.date
    until: dt.date


@dataclass(frozen=True, kw_only=True)
class RunStep(Act):
    """Takes the run of a month one step on: ``compute``, ``send``, ``confirm`` or ``lock``."""

    period: str
    step: str


@dataclass(frozen=True, kw_only=True)
class LeaveAsked(Act):
    """Asks that somebody be exempt from the quotas of a month."""

    key: str
    person: str
    unit: str
    period: str
    ground: str
    note: str


@dataclass(frozen=True, kw_only=True)
class LeaveDecided(Act):
    """Approves what was asked for under ``key``."""

    key: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Objected(Act):
    """Objects, as the one whom it is about, to the sheet of a month."""

    period: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Answered(Act):
    """Answers the objection of ``person`` to the sheet of a month."""

    person: str
    period: str
    upheld: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Talked(Act):
    """Keeps the record of the talk with ``person`` that an escalation made due."""

    person: str
    escalation: str
    place: str
    given: str
    measures: str
    follow_up: str


@dataclass(frozen=True, kw_only=True)
class Verified(Act):
    """Accepts the entry ``key`` that somebody else recorded; refuses it where there is a ``reason``."""

    key: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Circulated(Act):
    """Issues the circular of a month."""

    period: str


def minute(number: int) -> int:
    """Return a minute of office hours for the ``number``-th act of a kind: the same every time, never all at once."""
    return OPENS + number * 37 % MINUTES


def working_days(year: int, month: int) -> list[dt.date]:
    first = dt.date(year, month, 1)
    days = (first + DAY * number for number in range(31))
    return [day for day in days if day.month == month and is_working_day(day, OFFICE)]


def working_day_after(day: dt.date, number: int) -> dt.date:
    """Return the ``number``-th working day after ``day``; for 0, ``day`` itself or the first one after it."""
    while not is_working_day(day, OFFICE):
        day += DAY
    for _ in range(number):
        day += DAY
        while not is_working_day(day, OFFICE):
            day += DAY
    return day
