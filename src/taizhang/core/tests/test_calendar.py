import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.calendar import (
    LAST_KNOWN_YEAR,
    DueDate,
    due_date,
    is_working_day,
    nearest_working_day,
    working_days,
)
from taizhang.core.scheme.schema import Due, WorkingDays
from taizhang.core.values import DAY, Period, PeriodKind

CHINA = WorkingDays()
WEEKDAYS = WorkingDays(calendar="weekdays")

some_days = st.dates(dt.date(2005, 1, 1), dt.date(LAST_KNOWN_YEAR + 3, 12, 31))
kinds = st.sampled_from([kind for kind in PeriodKind if kind.months])
periods = st.builds(Period.containing, kinds, some_days)
calendars = st.sampled_from([CHINA, WEEKDAYS, WorkingDays(weekend=(7,)), WorkingDays(weekend=(5, 6))])
dues = st.builds(
    Due,
    day=st.sampled_from(["last", "last_working"]) | st.integers(1, 366),
    of=st.sampled_from(["period", "next"]),
    month=st.none() | st.just(1),
    if_holiday=st.sampled_from(["stay", "before", "after"]),
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("2023-10-06", False),  # Friday of the National Day week
        ("2023-10-07", True),  # the Saturday that makes up for it
        ("2023-10-09", True),
        ("2023-10-14", False),
    ],
)
def test_public_holidays_and_worked_weekends_are_chinas(text, worked):
    assert is_working_day(day(text), CHINA) is worked


def test_the_organisations_own_days_win():
    own = WorkingDays(holidays=(day("2023-10-07"),), workdays=(day("2023-10-06"),))
    assert not is_working_day(day("2023-10-07"), own)
    assert is_working_day(day("2023-10-06"), own)


def test_a_six_day_week_still_rests_on_public_holidays():
    six = WorkingDays(weekend=(7,))
    assert is_working_day(day("2023-10-14"), six)
    assert not is_working_day(day("2023-10-02"), six)


@pytest.mark.parametrize(
    ("due", "period", "expected"),
    [
        (Due(), "2023-02", "2023-02-28"),
        (Due(day="last_working"), "2023-04", "2023-04-28"),
        (Due(day="last_working"), "2023-09", "2023-09-28"),  # 29 and 30 September 2023 were holidays
        (Due(day=31), "2023-04", "2023-04-30"),
        (Due(day=5, of="next"), "2023-12", "2024-01-05"),
        (Due(day=1, of="next", if_holiday="after"), "2023-09", "2023-10-07"),
        (Due(day=1, of="next", if_holiday="before"), "2023-09", "2023-09-28"),
        (Due(day=31, month=1), "2023", "2023-01-31"),
        (Due(day=31, month=1, of="next"), "2023", "2024-01-31"),
        (Due(day=10, month=2), "2023-Q4", "2023-11-10"),
        (Due(day="last", month=2), "2024", "2024-02-29"),
        (Due(day=45), "2023-Q1", "2023-02-14"),
    ],
)
def test_due_days(due, period, expected):
    assert due_date(due, Period.parse(period), CHINA) == DueDate(day(expected))


def test_a_due_day_moved_by_unannounced_holidays_is_provisional():
    year = LAST_KNOWN_YEAR + 1
    assert due_date(Due(day="last_working"), Period.year(year), CHINA).provisional
    assert not due_date(Due(day="last"), Period.year(year), CHINA).provisional
    assert not due_date(Due(day="last_working"), Period.year(year), WEEKDAYS).provisional
    assert not due_date(Due(day="last_working"), Period.year(year - 1), CHINA).provisional


def test_a_due_day_moved_back_over_an_unannounced_holiday_into_a_known_year_is_provisional():
    new_year = dt.date(LAST_KNOWN_YEAR + 1, 1, 1)
    resting = WorkingDays(weekend=(new_year.isoweekday(),))
    found = due_date(Due(day=1, if_holiday="before"), Period.year(new_year.year), resting)
    assert found == DueDate(new_year - DAY, provisional=True)


@given(due=dues, period=periods, calendar=calendars)
def test_a_due_day_that_may_move_is_worked(due, period, calendar):
    found = due_date(due, period, calendar).day
    if due.day == "last_working" or due.if_holiday != "stay":
        assert is_working_day(found, calendar)


@given(due=dues, period=periods, calendar=calendars)
def test_nothing_is_due_before_its_period_but_for_holidays(due, period, calendar):
    found = due_date(due, period, calendar).day
    pushed_back = due.if_holiday == "before" or due.day == "last_working"
    assert found >= period.start or (pushed_back and is_working_day(found, calendar))


@given(start=some_days, calendar=calendars, step=st.sampled_from([DAY, -DAY]))
def test_no_working_day_lies_nearer(start, calendar, step):
    found = nearest_working_day(start, step, calendar).day
    between = [start + step * n for n in range(abs((found - start).days))]
    assert not any(is_working_day(passed, calendar) for passed in between)


@given(period=periods, calendar=calendars, cut=st.integers(0, 400))
def test_working_days_add_up(period, calendar, cut):
    middle = min(period.start + DAY * cut, period.end)
    parts = working_days(period.start, middle, calendar) + working_days(middle + DAY, period.end, calendar)
    assert parts == working_days(period.start, period.end, calendar)


def test_an_organisation_that_never_works_keeps_its_days():
    never = WorkingDays(calendar="weekdays", weekend=(1, 2, 3, 4, 5, 6, 7))
    assert due_date(Due(day="last_working"), Period.parse("2023-04"), never).day == day("2023-04-30")
