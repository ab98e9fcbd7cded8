import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.core.indicators.compose import compose
from taizhang.core.indicators.facts import Fact
from taizhang.core.indicators.plan import Ask, plan
from taizhang.core.indicators.recount import recount, rows
from taizhang.core.indicators.tests import ledgers
from taizhang.core.indicators.tests.ledgers import HISTORY, SCHEME, UNITS, UTC, Loaded, Versions
from taizhang.core.values import Figure, NotApplicable, Period, PeriodKind, Scope, Undefined

LATER = dt.datetime(2030, 1, 1, tzinfo=UTC)
YEAR = Period.year(2023)
EVERYBODY = Scope()


def told(
    indicator: str, *facts: Fact, period: Period = YEAR, scope: Scope = EVERYBODY, as_of=LATER
) -> Figure:
    return recount(
        indicator, scheme=SCHEME, facts=facts, scope=scope, period=period, as_of=as_of, units=UNITS
    )


def fact(kind: str, day: str, **more: object) -> Fact:
    number = more.pop("number", day)
    date = dt.date.fromisoformat(day)
    return Fact(
        **{
            "id": f"{kind}{number}",
            "fact": f"{kind}{number}",
            "kind": kind,
            "unit": "north_1",
            "occurred_on": date,
            "counts_for": date,
            "recorded_at": dt.datetime(date.year, date.month, date.day, tzinfo=UTC),
            **more,
        }
    )


def composed(asks: list[Ask], facts: list[Fact], as_of: dt.datetime, history=HISTORY) -> dict[Ask, Figure]:
    made = plan(asks, history=history)
    cells = [ledgers.run(query, facts=facts, as_of=as_of) for query in made.queries]
    return compose(made, cells, units=UNITS, as_of=as_of)


@settings(max_examples=150)
@given(facts=ledgers.ledgers(), asks=st.lists(ledgers.asks, min_size=1, max_size=25), as_of=ledgers.moments)
def test_a_composed_plan_tells_what_a_recount_tells(facts, asks, as_of):
    figures = composed(asks, facts, as_of)
    for ask in asks:
        assert figures[ask] == told(ask.indicator, *facts, period=ask.period, scope=ask.scope, as_of=as_of)


def test_a_plan_needs_few_queries_however_much_is_asked():
    asks = [
        Ask(indicator, Scope(unit=unit), period)
        for indicator in SCHEME.scheme.indicators
        for unit in UNITS
        for period in Period.year(2023).split(PeriodKind.MONTH)
    ]
    queries = plan(asks, history=HISTORY).queries
    assert len(queries) == 8  # talks: rows, attendance, four things told apart; findings: rows, closures


@settings(max_examples=40)
@given(facts=ledgers.ledgers(), as_of=ledgers.moments)
def test_months_add_up_to_the_year_and_units_to_the_whole(facts, as_of):
    for indicator in ("talks", "attendances", "hours", "seats", "found"):
        whole = told(indicator, *facts, as_of=as_of).value
        months = [told(indicator, *facts, period=m, as_of=as_of).value for m in YEAR.split(PeriodKind.MONTH)]
        assert whole == sum(months)
        by_unit = {unit: told(indicator, *facts, scope=Scope(unit=unit), as_of=as_of).value for unit in UNITS}
        assert by_unit["bureau"] == whole
        assert by_unit["north"] >= by_unit["north_1"] + by_unit["north_2"]


@settings(max_examples=40)
@given(facts=ledgers.ledgers())
def test_found_is_open_and_closed(facts):
    for period in ledgers.PERIODS:
        found, unclosed, closed = (
            told(name, *facts, period=period).value for name in ("found", "unclosed", "closed")
        )
        assert found == unclosed + closed


@settings(max_examples=40)
@given(facts=ledgers.ledgers(), as_of=ledgers.moments, later=st.lists(ledgers.moments, max_size=3))
def test_what_is_recorded_later_changes_nothing_as_of_before(facts, as_of, later):
    added = [fact("talk", "2023-03-01", number=n, recorded_at=moment) for n, moment in enumerate(later)]
    known = [one for one in added if one.recorded_at <= as_of]
    for indicator in SCHEME.scheme.indicators:
        assert told(indicator, *facts, *added, as_of=as_of) == told(indicator, *facts, *known, as_of=as_of)


@settings(max_examples=40)
@given(facts=ledgers.ledgers(), ask=ledgers.asks, as_of=ledgers.moments)
def test_the_rows_of_a_count_are_as_many_as_it_says(facts, ask, as_of):
    question = {"scope": ask.scope, "period": ask.period, "as_of": as_of, "units": UNITS, "scheme": SCHEME}
    for indicator in ("talks", "unclosed", "backlog", "closed"):
        assert recount(indicator, facts=facts, **question).value == len(
            rows(indicator, facts=facts, **question)
        )


def test_a_sum_adds_one_unit_only_and_says_what_it_left_out():
    figure = told(
        "attendances",
        fact("talk", "2023-01-05", quantity=Decimal(700), quantity_unit="人次", approximate=True),
        fact("talk", "2023-02-05", quantity=Decimal(500), quantity_unit="人次"),
        fact("talk", "2023-03-05", quantity=Decimal(90), quantity_unit="人", approximate=True),
        fact("talk", "2023-04-05"),
    )
    assert (figure.value, figure.unit, figure.approximate, figure.left_out) == (1200, "人次", True, 2)


def test_only_an_added_row_makes_a_sum_approximate():
    heads = fact("talk", "2023-03-05", quantity=Decimal(90), quantity_unit="人", approximate=True)
    assert not told("attendances", heads).approximate


def test_a_rate_over_nothing_is_undefined_and_not_nought():
    assert isinstance(told("rate").value, Undefined)
    assert isinstance(told("closing_rate").value, Undefined)
    assert isinstance(told("odd", fact("finding", "2023-01-01")).value, Undefined)


def test_a_percentage_keeps_its_digits_until_it_is_printed():
    findings = [fact("finding", f"2023-01-{day:02}") for day in range(1, 25)]
    closures = [fact("closure", f"2023-02-{n:02}", about=findings[n].fact) for n in range(1, 21)]
    figure = told("closing_rate", *findings, *closures)
    assert figure.value == Decimal("83.33333333333333333333333333")
    assert (figure.digits, figure.percent) == (1, True)
    assert [(step.part, step.figure.value) for step in figure.steps] == [("of", 20), ("to", 24)]


def test_a_closure_after_the_period_leaves_the_finding_open_in_it():
    finding = fact("finding", "2023-03-10")
    closure = fact("closure", "2023-04-02", about=finding.fact)
    march, april = Period.parse("2023-03"), Period.parse("2023-04")
    assert told("unclosed", finding, closure, period=march).value == 1
    assert told("backlog", finding, closure, period=march).value == 1
    assert told("backlog", finding, closure, period=april).value == 0
    assert told("unclosed", finding, closure, period=april).value == 0


def test_a_corrected_finding_stays_closed():
    day = dt.datetime(2023, 5, 1, tzinfo=UTC)
    first = fact("finding", "2023-03-10", superseded_at=day)
    second = fact("finding", "2023-03-11", id="second", fact=first.fact, recorded_at=day)
    closure = fact("closure", "2023-04-02", about=first.fact)
    assert told("unclosed", first, second, closure).value == 0
    assert told("closed", first, second, closure).value == 1


def test_coverage_counts_one_persons_own_attendances():
    sessions = [
        fact("talk", "2023-01-05", participations={"ann": "present", "bob": "absent"}),
        fact("talk", "2023-02-05", participations={"ann": "sick", "bob": "made_up"}),
    ]
    assert told("rate", *sessions, scope=Scope(person="ann")).value == 50
    assert told("rate", *sessions, scope=Scope(person="bob")).value == 0
    assert [step.figure.value for step in told("rate", *sessions).steps] == [1, 4]


@pytest.mark.parametrize(
    ("indicators", "asked"),
    [
        ({}, "missing"),
        ({"x": {"name": "X", "count": {"kind": "nothing"}}}, "x"),
        ({"x": {"name": "X", "count": {"kind": "talk", "where": {"nothing": "a"}}}}, "x"),
        ({"x": {"name": "X", "sum": {"kind": "talk", "unit": "米"}}}, "x"),
        ({"x": {"name": "X", "sum": {"kind": "finding"}}}, "x"),
        ({"x": {"name": "X", "sum": {"kind": "talk", "of": "form"}}}, "x"),
        ({"x": {"name": "X", "distinct": {"kind": "closure"}}}, "x"),
        ({"x": {"name": "X", "coverage": {"kind": "finding"}}}, "x"),
        ({"x": {"name": "X", "open": {"kind": "finding", "until": "nothing"}}}, "x"),
        ({"x": {"name": "X", "ratio": {"of": "x", "to": "x"}}}, "x"),
    ],
)
def test_what_the_scheme_does_not_know_is_not_applicable(indicators, asked):
    version = Loaded(ledgers.sample_scheme(indicators=indicators))
    ask = Ask(asked, Scope(), YEAR)
    figure = composed([ask], [], LATER, history=Versions((version,)))[ask]
    assert isinstance(figure.value, NotApplicable)
    assert figure == recount(
        asked, scheme=version, facts=[], scope=Scope(), period=YEAR, as_of=LATER, units=UNITS
    )


def test_an_unknown_unit_and_a_day_before_all_schemes_are_not_applicable():
    nowhere, before = Ask("talks", Scope(unit="west"), YEAR), Ask("talks", Scope(), Period.year(2022))
    figures = composed([nowhere, before], [], LATER)
    assert all(isinstance(figure.value, NotApplicable) for figure in figures.values())


def test_each_period_is_judged_by_the_scheme_in_force_at_its_start():
    lectures = {"talks": {"name": "Talks", "count": {"kind": "talk", "where": {"form": "lecture"}}}}
    history = Versions((SCHEME, Loaded(ledgers.sample_scheme("2023-06-15", indicators=lectures))))
    held = [fact("talk", f"2023-{month:02}-20") for month in range(1, 13)]
    june, july = (Ask("talks", Scope(), Period.parse(text)) for text in ("2023-06", "2023-07"))
    figures = composed([june, july], held, LATER, history=history)
    assert (figures[june].value, figures[july].value) == (1, 0)
    assert figures[july].citation.effective == dt.date(2023, 6, 15)
