"""Working days and due days.

China's working days come from the ``chinesecalendar`` package, which holds the State Council's yearly notices on
holidays and the working weekends that make up for them. The notice for a year appears late in the year before: days
that the package does not know are judged by weekends alone, and what is derived from them says it is provisional.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import chinese_calendar

from taizhang.core.scheme.schema import Due, WorkingDays
from taizhang.core.values import DAY, Period, PeriodKind

HOLIDAYS: frozenset[dt.date] = frozenset(chinese_calendar.holidays)
WORKED_WEEKENDS: frozenset[dt.date] = frozenset(chinese_calendar.workdays)
FIRST_KNOWN_YEAR = min(HOLIDAYS).year
LAST_KNOWN_YEAR = max(HOLIDAYS).year

FARTHEST = 60
"""How many days a working day is looked for. The longest closing of an office is a school's summer, and shorter."""


@dataclass(frozen=True)
class DueDate:
    """The day something is due. ``provisional``: it may move when the holidays of that year are announced."""

    day: dt.date
    provisional: bool = False


def is_known(day: dt.date, calendar: WorkingDays) -> bool:
    """Return whether it is settled that ``day`` is worked or not."""
    if calendar.calendar == "weekdays" or day in calendar.workdays or day in calendar.holidays:
        return True
    return FIRST_KNOWN_YEAR <= day.year <= LAST_KNOWN_YEAR


def is_working_day(day: dt.date, calendar: WorkingDays) -> bool:
    """Return whether ``day`` is worked: the organisation's own days first, then public ones, then the weekend."""
    if day in calendar.workdays or day in calendar.holidays:
        return day in calendar.workdays
    if calendar.calendar == "china" and (day in WORKED_WEEKENDS or day in HOLIDAYS):
        return day in WORKED_WEEKENDS
    return day.isoweekday() not in calendar.weekend


@lru_cache(maxsize=4096)
def working_days(first: dt.date, last: dt.date, calendar: WorkingDays) -> int:
    """Return how many days from ``first`` to ``last``, both included, are worked."""
    days = (last - first).days + 1
    return sum(is_working_day(first + DAY * number, calendar) for number in range(days))


def nearest_working_day(day: dt.date, step: dt.timedelta, calendar: WorkingDays) -> DueDate:
    """Return ``day`` if it is worked, else the next day that is, in the direction of ``step``.

    Where no day is worked for FARTHEST days, ``day`` stays.
    """
    provisional = False
    for number in range(FARTHEST):
        tried = day + step * number
        provisional = provisional or not is_known(tried, calendar)
        if is_working_day(tried, calendar):
            return DueDate(tried, provisional)
    return DueDate(day, provisional)


def due_date(due: Due, period: Period, calendar: WorkingDays) -> DueDate:
    """Return the day by which what is owed for ``period`` must be done.

    The day is counted in the period itself or the one after (``of``), or in the ``month``-th month of that period;
    a day beyond the end means the last day. Days that are not worked move as ``if_holiday`` says, even out of the
    period.
    """
    span = period if due.of == "period" else period.following
    if due.month is not None:
        span = list(span.split(PeriodKind.MONTH))[due.month - 1]
    if due.day == "last_working":
        return nearest_working_day(span.end, -DAY, calendar)
    day = span.end if due.day == "last" else min(span.start + DAY * (due.day - 1), span.end)
    if due.if_holiday == "stay":
        return DueDate(day)
    return nearest_working_day(day, -DAY if due.if_holiday == "before" else DAY, calendar)
