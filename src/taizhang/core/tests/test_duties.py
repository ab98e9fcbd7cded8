import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.calendar import DueDate
from taizhang.core.duties import DutyState, fulfilled_on, occurrence_periods, state_of
from taizhang.core.messages import Message
from taizhang.core.outlook import Goal, Verdict, outlook
from taizhang.core.scheme.schema import Duty, WorkingDays
from taizhang.core.values import DAY, NotApplicable, Period, Undefined

MARCH = Period.parse("2023-03")
DUE = DueDate(dt.date(2023, 3, 31))
NOTHING = Undefined(Message("nothing"))
WEEKDAYS = WorkingDays(calendar="weekdays")


def standing(today: str, value=Decimal(0), **more):
    return state_of(
        period=MARCH,
        due=DUE,
        warn_days=7,
        value=value,
        at_least=Decimal(2),
        today=dt.date.fromisoformat(today),
        **more,
    )


@pytest.mark.parametrize(
    ("today", "value", "decided", "expected"),
    [
        ("2023-02-28", 0, {}, DutyState.UPCOMING),
        ("2023-03-01", 0, {}, DutyState.DUE),
        ("2023-03-23", 1, {}, DutyState.DUE),
        ("2023-03-24", 1, {}, DutyState.WARNING),
        ("2023-03-31", 1, {}, DutyState.WARNING),
        ("2023-04-01", 1, {}, DutyState.OVERDUE),
        ("2023-02-01", 2, {}, DutyState.DONE),
        ("2023-05-01", 3, {}, DutyState.DONE),
        ("2023-05-01", 2, {"verified": True}, DutyState.VERIFIED),
        ("2023-05-01", 1, {"verified": True}, DutyState.OVERDUE),
        ("2023-05-01", 1, {"exempt": True}, DutyState.EXEMPT),
        ("2023-05-01", 2, {"exempt": True, "verified": True}, DutyState.EXEMPT),
    ],
)
def test_the_truth_table(today, value, decided, expected):
    assert standing(today, Decimal(value), **decided).state is expected


def test_what_is_no_number_is_not_done():
    assert standing("2023-04-01", NOTHING).state is DutyState.OVERDUE
    assert standing("2023-03-02", NotApplicable(Message("no"))).state is DutyState.DUE


def test_done_late_is_done_and_says_so():
    late = standing("2023-04-10", Decimal(2), done_on=dt.date(2023, 4, 2))
    assert (late.state, late.late, late.days_left) == (DutyState.DONE, True, -10)
    assert not standing("2023-04-10", Decimal(2), done_on=dt.date(2023, 3, 31)).late


def test_only_a_duty_that_asks_for_verification_waits_for_it():
    assert standing("2023-03-10", Decimal(2)).to_verify
    assert not standing("2023-03-10", Decimal(2), verify=False).to_verify
    assert not standing("2023-03-10", Decimal(2), verified=True).to_verify


def test_a_share_is_compared_unrounded():
    near = Decimal("89.96")
    assert (
        state_of(
            period=MARCH, due=DUE, warn_days=0, value=near, at_least=Decimal(90), today=dt.date(2023, 4, 1)
        ).state
        is DutyState.OVERDUE
    )


days = st.dates(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
values = st.integers(0, 4).map(Decimal) | st.just(NOTHING)


decisions = st.fixed_dictionaries({"exempt": st.booleans(), "verified": st.booleans()})


@given(today=days, due=days, warn_days=st.integers(0, 400), value=values, decided=decisions)
def test_every_case_has_one_state_and_time_only_presses(today, due, warn_days, value, decided):
    def on(day):
        return state_of(
            period=MARCH,
            due=DueDate(due),
            warn_days=warn_days,
            value=value,
            at_least=Decimal(2),
            today=day,
            **decided,
        ).state

    order = [DutyState.UPCOMING, DutyState.DUE, DutyState.WARNING, DutyState.OVERDUE]
    now, tomorrow = on(today), on(today + DAY)
    if now in order:
        assert order.index(now) <= order.index(tomorrow)
    else:
        assert now is tomorrow
    done = isinstance(value, Decimal) and value >= 2
    assert (now is DutyState.EXEMPT) == decided["exempt"]
    assert (now in (DutyState.DONE, DutyState.VERIFIED)) == (done and not decided["exempt"])
    assert (now is DutyState.OVERDUE) == (not done and not decided["exempt"] and today > due)


def test_the_act_that_fulfils_a_duty_is_the_one_that_reaches_its_number():
    acts = [(dt.date(2023, 4, 2), Decimal(1)), (dt.date(2023, 3, 5), Decimal(1))]
    assert fulfilled_on(acts, Decimal(1)) == dt.date(2023, 3, 5)
    assert fulfilled_on(acts, Decimal(2)) == dt.date(2023, 4, 2)
    assert fulfilled_on(acts, Decimal(3)) is None


def test_a_duty_is_owed_in_its_months_only():
    duty = Duty.model_validate(
        {"name": "d", "every": "month", "of": "x", "for": {"units": ["u"]}, "months": [3, 9]}
    )
    assert [str(period) for period in occurrence_periods(duty, Period.year(2023))] == ["2023-03", "2023-09"]


YEAR = Period.year(2023)
JULY = dt.date(2023, 6, 30)  # 130 of 260 weekdays


def looked(bound: int, value, today=JULY, **more):
    goal = Goal(Decimal(bound), YEAR, **more)
    return outlook(goal, value=value, today=today, calendar=WEEKDAYS)


@pytest.mark.parametrize(
    ("bound", "value", "more", "expected"),
    [
        (12, 6, {}, Verdict.ON_COURSE),
        (12, 5, {}, Verdict.BEHIND),
        (12, 12, {}, Verdict.MET),
        (12, 13, {}, Verdict.EXCEEDED),
        (12, 11, {"today": dt.date(2024, 1, 1)}, Verdict.MISSED),
        (12, 11, {"today": dt.date(2023, 12, 31)}, Verdict.BEHIND),
        (90, 95, {"accumulates": False}, Verdict.ON_COURSE),
        (90, 89, {"accumulates": False}, Verdict.BEHIND),
        (4, 2, {"upper": True}, Verdict.ON_COURSE),
        (4, 3, {"upper": True}, Verdict.BEHIND),
        (4, 5, {"upper": True}, Verdict.MISSED),
        (4, 5, {"upper": True, "accumulates": False}, Verdict.BEHIND),
        (4, 4, {"upper": True, "today": dt.date(2024, 1, 1)}, Verdict.MET),
    ],
)
def test_verdicts(bound, value, more, expected):
    assert looked(bound, Decimal(value), **more).verdict is expected


def test_the_gap_list_tells_today_and_the_end():
    found = looked(12, Decimal(4))
    assert (found.elapsed, found.days) == (130, 260)
    assert (found.gap, found.behind, found.projected, found.gap_at_end) == (8, 2, 8, 4)


def test_half_an_act_is_not_promised():
    found = looked(12, Decimal(5), today=dt.date(2023, 8, 31))  # 174 of 260: 7.47…
    assert (found.projected, found.gap_at_end) == (7, 5)


def test_what_may_not_exceed_is_rounded_against_oneself():
    found = looked(4, Decimal(4), today=dt.date(2023, 8, 31), upper=True)  # 174 of 260: 5.97…
    assert (found.projected, found.gap_at_end) == (6, 2)
    assert looked(5, Decimal(1), today=dt.date(2023, 1, 2), upper=True).verdict is Verdict.ON_COURSE


def test_what_is_done_is_not_rounded_away():
    assert looked(12, Decimal("4.5"), today=dt.date(2023, 12, 29)).projected == Decimal("4.5")


def test_in_the_first_days_of_a_year_nobody_is_behind():
    assert looked(12, Decimal(0), today=dt.date(2023, 1, 20)).verdict is Verdict.ON_COURSE


def test_what_is_no_number_has_no_outlook():
    found = looked(12, NOTHING)
    assert (found.verdict, found.gap, found.projected) == (Verdict.UNKNOWN, None, None)


def test_an_outlook_on_unannounced_holidays_is_provisional():
    goal = Goal(Decimal(12), Period.year(2040))
    found = outlook(goal, value=Decimal(0), today=dt.date(2040, 2, 1), calendar=WorkingDays())
    assert found.provisional


@given(
    bound=st.integers(1, 60),
    value=st.integers(0, 80),
    today=st.dates(dt.date(2022, 12, 1), dt.date(2024, 1, 31)),
    upper=st.booleans(),
    grows=st.booleans(),
)
def test_what_is_behind_will_be_short_and_nothing_else_will(bound, value, today, upper, grows):
    found = looked(bound, Decimal(value), today, upper=upper, accumulates=grows)
    assert (found.gap_at_end > 0) == (found.verdict in (Verdict.BEHIND, Verdict.MISSED))
    assert found.projected >= value
    assert found.behind <= found.gap if not upper else found.behind >= found.gap
