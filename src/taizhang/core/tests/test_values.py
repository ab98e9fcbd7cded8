import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.values import DAY, BadPeriod, Period, PeriodKind

days = st.dates(dt.date(1990, 1, 1), dt.date(2080, 12, 31))
kinds = st.sampled_from([kind for kind in PeriodKind if kind.months])
named = st.builds(Period.containing, kinds, days)
ranges = st.tuples(days, st.integers(0, 900)).map(lambda pair: Period(pair[0], pair[0] + DAY * pair[1]))
periods = named | ranges


@given(kind=kinds, day=days)
def test_a_day_lies_in_the_period_that_contains_it(kind, day):
    assert day in Period.containing(kind, day)


@given(period=periods)
def test_a_period_is_read_as_it_is_written(period):
    read = Period.parse(str(period))
    assert (read, read.kind) == (period, period.kind)


@given(period=periods)
def test_the_previous_and_the_following_touch(period):
    assert period.previous.end + DAY == period.start
    assert period.following.start - DAY == period.end


@given(period=named)
def test_following_undoes_previous(period):
    assert period.previous.following == period == period.following.previous


@given(period=named, kind=kinds)
def test_a_split_covers_the_period_without_gaps(period, kind):
    parts = list(period.split(kind))
    assert all(one.end + DAY == other.start for one, other in pairwise(parts))
    if kind.months <= PeriodKind(period.kind).months:
        assert (parts[0].start, parts[-1].end) == (period.start, period.end)
        assert sum(part.days for part in parts) == period.days


@given(period=named)
def test_last_years_period_is_of_the_same_kind_and_a_year_earlier(period):
    before = period.a_year_before
    assert before.kind is period.kind
    assert (before.start.year, before.start.month) == (period.start.year - 1, period.start.month)


@pytest.mark.parametrize(
    "text", ["", "23", "2023-13", "2023-Q5", "2023-H3", "2023-02-30..2023-03-01", "2023-1"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(BadPeriod, match="is not a period"):
        Period.parse(text)


@pytest.mark.parametrize("text", ["0000", "0001", "1899-12", "3000", "9999-Q4", "1800-01-01..2023-01-01"])
def test_a_period_without_room_for_the_years_beside_it_is_refused(text):
    with pytest.raises(BadPeriod):
        Period.parse(text)


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(BadPeriod, match="before it starts"):
        Period.parse("2023-02-01..2023-01-01")
