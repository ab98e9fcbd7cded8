"""Due days and months within a period."""

import calendar
from collections.abc import Mapping

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.references.declared import Complaints
from taizhang.core.scheme.schema import Due, Every
from taizhang.core.scheme.source import KeyPath

MONTHS: Mapping[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def check_due(path: KeyPath, due: Due, every: Every) -> Complaints:
    months = MONTHS[every]
    if due.month is not None and due.month > months:
        yield Complaint(
            (*path, "month"),
            Message(gettext_noop("“{every}” has no month {month}."), every=every, month=due.month),
            Message(gettext_noop("Write the month of the period, 1 to {months}."), months=months),
        )
    elif isinstance(due.day, int) and due.day > (most := _most_days(due, every)):
        yield Complaint(
            (*path, "day"),
            Message(gettext_noop("There is no day {day} there; the last is {most}."), day=due.day, most=most),
            Message(gettext_noop("Write a day up to {most}, or “last”."), most=most),
        )


def _most_days(due: Due, every: Every) -> int:
    """Return the number of days of the longest such month or period: a day missing in a shorter one is its last."""
    if due.month is not None and every == "year":
        return calendar.monthrange(2024, due.month)[1]
    if due.month is not None:
        return 31
    return {"month": 31, "quarter": 92, "half_year": 184, "year": 366}[every]


def check_months(path: KeyPath, months: tuple[int, ...], every: Every) -> Complaints:
    length = MONTHS[every]
    for index, month in enumerate(months):
        if (month - 1) % length:
            firsts = ", ".join(str(first) for first in range(1, 13, length))
            yield Complaint(
                (*path, "months", index),
                Message(gettext_noop("No period begins in month {month}."), month=month),
                Message(
                    gettext_noop("Name the first months of the periods that count: {months}."), months=firsts
                ),
            )
