"""How a duty stands in one period: the seven lamps of the duty matrix (docs/algorithms/duties.md)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from taizhang.core.calendar import DueDate
from taizhang.core.scheme.schema import Duty
from taizhang.core.values import DAY, NotApplicable, Period, PeriodKind, Undefined


class DutyState(StrEnum):
    """The states of a duty in one period, in the order of urgency of a list."""

    OVERDUE = "overdue"  # 逾期
    WARNING = "warning"  # 临期
    DUE = "due"  # 待办
    DONE = "done"  # 已完成待核
    UPCOMING = "upcoming"  # 未到期
    VERIFIED = "verified"  # 已核
    EXEMPT = "exempt"  # 豁免


@dataclass(frozen=True)
class Standing:
    """How a duty stands.

    ``late``: done, but after the due day. ``to_verify``: done, and somebody else must still say so.
    ``missing`` is what is short of ``at_least``; None where the figure is no number or nothing is short.
    ``days_left`` counts calendar days to the due day, negative after it. ``provisional``: see ``DueDate``.
    """

    state: DutyState
    due: dt.date
    days_left: int
    late: bool = False
    to_verify: bool = False
    missing: Decimal | None = None
    provisional: bool = False


def occurrence_periods(duty: Duty, span: Period) -> Iterator[Period]:
    """Yield the periods that start in ``span`` and in which ``duty`` is owed, in order."""
    for period in span.split(PeriodKind(duty.every)):
        if not duty.months or period.start.month in duty.months:
            yield period


def state_of(
    *,
    period: Period,
    due: DueDate,
    warn_days: int,
    value: Decimal | Undefined | NotApplicable,
    at_least: Decimal,
    today: dt.date,
    exempt: bool = False,
    verified: bool = False,
    verify: bool = True,
    done_on: dt.date | None = None,
) -> Standing:
    """Return how a duty stands on ``today``.

    ``value`` is compared unrounded. ``done_on`` is the day of the act that fulfilled it (see ``fulfilled_on``);
    without it nothing is called late. ``verify``: whether the duty asks for verification at all.
    """
    done = isinstance(value, Decimal) and value >= at_least
    state = _state(period, due.day, warn_days, today, exempt=exempt, done=done, verified=verified)
    return Standing(
        state=state,
        due=due.day,
        days_left=(due.day - today).days,
        late=done and done_on is not None and done_on > due.day,
        to_verify=state is DutyState.DONE and verify,
        missing=at_least - value if isinstance(value, Decimal) and not done else None,
        provisional=due.provisional,
    )


def _state(
    period: Period, due: dt.date, warn_days: int, today: dt.date, *, exempt: bool, done: bool, verified: bool
) -> DutyState:
    if exempt:
        return DutyState.EXEMPT
    if done:
        return DutyState.VERIFIED if verified else DutyState.DONE
    return _undone(period, due, warn_days, today)


def _undone(period: Period, due: dt.date, warn_days: int, today: dt.date) -> DutyState:
    if today > due:
        return DutyState.OVERDUE
    if today < period.start:
        return DutyState.UPCOMING
    return DutyState.WARNING if today >= due - DAY * warn_days else DutyState.DUE


def fulfilled_on(acts: Iterable[tuple[dt.date, Decimal]], at_least: Decimal) -> dt.date | None:
    """Return the day on which acts, each with its day and amount, first came to ``at_least``; None if never."""
    total = Decimal(0)
    for day, amount in sorted(acts):
        total += amount
        if total >= at_least:
            return day
    return None
