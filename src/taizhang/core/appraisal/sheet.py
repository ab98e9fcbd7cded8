"""What comes out: score sheets, each a tree of steps from the total down to the rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from taizhang.core.appraisal.rows import Key
from taizhang.core.messages import Message
from taizhang.core.values import Period


class Outcome(StrEnum):
    """How a quota, or all quotas of a period together, came out."""

    MET = "met"
    MISSED = "missed"
    EXEMPT = "exempt"
    NOT_DUE = "not_due"
    """Nothing had to be judged: no quota binds, or none ends in this period."""


class Step(NamedTuple):
    """One line of the arithmetic. Its ``points`` are those of its steps, put together as ``how`` says.

    ``part`` is what it is about (``sheet``, ``rule``, ``quota``, ``item``, ``row``, ``limit``, ``forward``,
    ``escalation``, ``veto``), ``name`` which one: the id of a rule or quota, of a row or an item. ``how`` and ``numbers``
    are a sentence of ``words.SAID`` with what is filled in. ``path`` is the key path in the scheme of what was applied
    (``appraisals.monthly.rules.adoption.each.scale[2]``), for ``LoadedScheme.citation``. ``rows`` are its rows' ids.
    ``own`` is the own period of a row that was posted late.
    """

    part: str
    name: Key
    points: Decimal
    how: str = ""
    numbers: tuple[Decimal | int | str, ...] = ()
    path: str = ""
    rows: tuple[Key, ...] = ()
    steps: "tuple[Step, ...]" = ()
    own: str = ""


class Judged(NamedTuple):
    """One quota in the period it asks for. ``None`` for what is not asked; counts are what was verified.

    ``submit`` and ``publish`` are after exemption: what is still asked. ``rows`` are those that were counted in this
    sheet; ``forward`` says how many of the count came from earlier sheets of the same period (a quarter's months).
    """

    quota: str
    period: Period
    outcome: Outcome
    submit: int | None
    submitted: int
    publish: int | None
    published: int
    on_time: bool
    rows: tuple[Key, ...] = ()
    forward: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def short_submit(self) -> int:
        return self._short(self.submit, self.submitted)

    @property
    def short_publish(self) -> int:
        return self._short(self.publish, self.published)

    def _short(self, asked: int | None, got: int) -> int:
        return max(0, (asked or 0) - got) if self.outcome is Outcome.MISSED else 0


class Call(NamedTuple):
    """A talk that is due: the escalation, the role that holds it, and how many periods were missed."""

    escalation: str
    role: str
    missed: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What a sheet hands on to the next one of the same subject, so that no earlier row need be read again.

    ``missed``: missed periods by escalation, with the year they are counted in (0 for consecutive ones).
    ``sums``: what is added up over longer periods, with the first day of that period. Plain values, to be kept as JSON.
    """

    missed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sums: Mapping[str, tuple[dt.date, Decimal]] = field(default_factory=dict)


NEW = Carried()
"""For somebody's first sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One score sheet. ``tree`` is its whole arithmetic; ``outcome`` that of all quotas judged in it.

    ``grade`` is the key path of the name that the total earned, empty where the scheme has none or it is not yet time.
    ``calls`` are talks that this period makes due; ``fulfilled``: talks that are still open are closed by it.
    ``waiting`` are rows that nobody verified: they count for nothing. ``unrated``: rows that a scale has no line for.
    """

    subject: Key
    appraisal: str
    period: Period
    points: Decimal
    tree: Step
    outcome: Outcome
    judged: tuple[Judged, ...] = ()
    missed: Mapping[str, int] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    fulfilled: bool = False
    grade: str = ""
    carried: Carried = NEW
    waiting: tuple[Key, ...] = ()
    unrated: tuple[Key, ...] = ()
    problems: tuple[Message, ...] = ()
