"""In which period a row is posted: its own while that takes proofs, else the one in which it arrives."""

import datetime as dt

from taizhang.core.calendar import due_date
from taizhang.core.scheme.basics import Due
from taizhang.core.scheme.schema import WorkingDays
from taizhang.core.values import Period


def closing_day(closes: Due, period: Period, calendar: WorkingDays) -> dt.date:
    """Return the last day on which proofs for ``period`` are taken."""
    return due_date(closes, period, calendar).day


def posted_in(own: Period, arrived: dt.date, *, closes: Due, calendar: WorkingDays) -> Period:
    """Return the period a row of the period ``own`` is posted in: the first, from its own on, still open when it arrives."""
    period = own
    while arrived > closing_day(closes, period, calendar):
        period = period.following
    return period


def is_posted_in(
    period: Period, on: dt.date, arrived: dt.date, *, closes: Due, calendar: WorkingDays
) -> bool:
    """Return whether a row whose own day is ``on`` is posted in ``period``.

    As a condition for a database, with ``last = closing_day(period)`` and ``before = closing_day(period.previous)``:
    ``arrived <= last and (on in period or (on < period.start and arrived > before))``.
    """
    if on > period.end or arrived > closing_day(closes, period, calendar):
        return False
    return on >= period.start or arrived > closing_day(closes, period.previous, calendar)
