"""What is short today, and what will be short at the end of the period at the present pace (docs/algorithms/duties.md)."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from taizhang.core.calendar import is_known, working_days
from taizhang.core.scheme.schema import (
    Count,
    Distinct,
    Followed,
    Measure,
    Participations,
    Sum,
    WorkingDays,
)
from taizhang.core.values import NotApplicable, Period, Undefined

EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
NONE = Decimal(0)


class Verdict(StrEnum):
    """How a goal stands: for good (exceeded, met, missed), on the way (on course, behind), or nobody can tell."""

    EXCEEDED = "exceeded"
    MET = "met"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Goal:
    """At least, or at most, so much in a period. ``accumulates``: what is done stays done (see ``accumulates``).

    ``digits`` is to how many decimals amounts are told: 0 where only whole acts exist.
    """

    bound: Decimal
    period: Period
    upper: bool = False
    accumulates: bool = True
    digits: int = 0


@dataclass(frozen=True)
class Outlook:
    """Where a goal will come out.

    ``gap`` is what separates the value from the bound today; ``behind`` what separates it from where an even pace
    would be; ``projected`` where the present pace ends, and ``gap_at_end`` what will then be short (or, of an upper
    bound, too much). None where there is no number. ``elapsed`` of ``days`` working days are over, today included.
    """

    verdict: Verdict
    elapsed: int
    days: int
    gap: Decimal | None = None
    behind: Decimal | None = None
    projected: Decimal | None = None
    gap_at_end: Decimal | None = None
    provisional: bool = False


def accumulates(measure: Measure) -> bool:
    """Return whether a measure can only grow in its period; shares, differences and what is open go up and down."""
    return isinstance(measure, Count | Sum | Distinct | Participations | Followed)


def outlook(
    goal: Goal, *, value: Decimal | Undefined | NotApplicable, today: dt.date, calendar: WorkingDays
) -> Outlook:
    """Return where ``goal`` stands on ``today`` and where it will come out."""
    days = working_days(goal.period.start, goal.period.end, calendar)
    elapsed = working_days(goal.period.start, min(today, goal.period.end), calendar)
    provisional = not is_known(goal.period.end, calendar) or not is_known(goal.period.start, calendar)
    if not isinstance(value, Decimal):
        return Outlook(Verdict.UNKNOWN, elapsed, days, provisional=provisional)
    over = today > goal.period.end
    wanted = _wanted_now(goal, elapsed, days, over=over)
    projected = _projected(goal, value, elapsed, days, over=over)
    verdict = _verdict(goal, value, wanted, over=over)
    return Outlook(
        verdict=verdict,
        elapsed=elapsed,
        days=days,
        gap=_gap(goal, value, goal.bound),
        behind=_gap(goal, value, wanted),
        projected=projected,
        gap_at_end=_gap(goal, projected, goal.bound) if verdict in _SHORT else NONE,
        provisional=provisional,
    )


_SHORT = (Verdict.BEHIND, Verdict.MISSED)


def _wanted_now(goal: Goal, elapsed: int, days: int, *, over: bool) -> Decimal:
    """Where an even pace would be: of a lower bound rounded down, of an upper one up, to what can be told."""
    if over or not goal.accumulates or not days or (goal.upper and not elapsed):
        return goal.bound
    even = EXACT.divide(goal.bound * elapsed, Decimal(days))
    return _rounded(even, goal.digits, ROUND_CEILING if goal.upper else ROUND_FLOOR)


def _projected(goal: Goal, value: Decimal, elapsed: int, days: int, *, over: bool) -> Decimal:
    """Where the present pace ends: of a lower bound rounded down, of an upper one up. Never less than now."""
    if over or not goal.accumulates or not elapsed:
        return value
    even = EXACT.divide(value * days, Decimal(elapsed))
    return max(value, _rounded(even, goal.digits, ROUND_CEILING if goal.upper else ROUND_FLOOR))


def _verdict(goal: Goal, value: Decimal, wanted: Decimal, *, over: bool) -> Verdict:
    settled = over or goal.accumulates
    if goal.upper:
        if value > goal.bound and settled:
            return Verdict.MISSED
        if over:
            return Verdict.MET
        return Verdict.ON_COURSE if value <= wanted else Verdict.BEHIND
    if value >= goal.bound and settled:
        return Verdict.EXCEEDED if value > goal.bound else Verdict.MET
    if over:
        return Verdict.MISSED
    return Verdict.ON_COURSE if value >= wanted else Verdict.BEHIND


def _gap(goal: Goal, value: Decimal, bound: Decimal) -> Decimal:
    return max(value - bound if goal.upper else bound - value, NONE)


def _rounded(value: Decimal, digits: int, rounding: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=rounding)
