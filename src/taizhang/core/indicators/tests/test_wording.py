import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.indicators import wording
from taizhang.core.messages import Message
from taizhang.core.values import Citation, Figure, NotApplicable, Period, Scope, Undefined

CITATION = Citation("s", dt.date(2023, 1, 1), "s.yaml", 1, "0" * 64)


def figure(value, unit="", **more) -> Figure:
    return Figure(
        indicator="x",
        value=Decimal(value) if isinstance(value, str | int) else value,
        unit=unit,
        citation=CITATION,
        period=Period.year(2023),
        scope=Scope(),
        as_of=dt.datetime(2023, 12, 31, tzinfo=dt.UTC),
        **more,
    )


RATE = {"percent": True, "digits": 1}


@pytest.mark.parametrize(
    ("told", "chinese", "english"),
    [
        (figure(1200, "人次", approximate=True), "1200余人次", "over 1,200 人次"),
        (figure(1203, "人次", approximate=True), "约1203人次", "about 1,203 人次"),
        (figure("83.33333333333333333333333333", **RATE), "83.3%", "83.3%"),
        (figure("83.35", approximate=True, **RATE), "约83.4%", "about 83.4%"),
        (figure(35, "次"), "35次", "35 次"),
        (figure(12345, "条"), "12,345条", "12,345 条"),
        (figure(0, "个"), "0个", "0 个"),
        (figure(-1234567, "元"), "-1,234,567元", "-1,234,567 元"),
        (figure("-0.4"), "0", "0"),
        (figure("0.5"), "1", "1"),
        (figure("1.5", "小时", digits=1), "1.5小时", "1.5 小时"),
        (figure(Undefined(Message("nobody"))), "—", "—"),
        (figure(NotApplicable(Message("no"))), "—", "—"),
    ],
)
def test_figures_are_printed_as_each_language_does(told, chinese, english):
    assert wording.said(told, language="zh-hans") == chinese
    assert wording.said(told, language="en") == english


def test_a_unit_can_be_said_in_the_readers_language():
    assert wording.said(figure(35, "次"), language="en", unit="sessions") == "35 sessions"
    assert wording.bare(figure(35, "次"), language="zh") == "35"


def test_a_dash_can_be_asked_why():
    assert wording.why_not(figure(Undefined(Message("nobody")))) == Message("nobody")
    assert wording.why_not(figure(3)) is None


@pytest.mark.parametrize(
    ("now", "before", "chinese", "english", "signed"),
    [
        (figure(35, "次"), figure(32, "次"), "增加3次", "3 more", "+3"),
        (figure(32, "次"), figure(35, "次"), "减少3次", "3 fewer", "-3"),
        (figure(35, "次"), figure(35, "次"), "持平", "unchanged", "0"),
        (
            figure("83.35", **RATE),
            figure("81.3", **RATE),
            "提高2.1个百分点",
            "2.1 percentage points higher",
            None,
        ),
        (figure(1500, "人", approximate=True), figure(1000, "人"), "增加约500人", "about 500 more", "+500"),
        (figure(3), figure(Undefined(Message("nobody"))), "—", "—", "—"),
    ],
)
def test_changes(now, before, chinese, english, signed):
    assert wording.change(now, before, language="zh-hans") == chinese
    assert wording.change(now, before, language="en") == english
    assert signed is None or wording.signed_change(now, before, language="zh") == signed


@given(
    one=st.decimals(-(10**6), 10**6, places=4),
    other=st.decimals(-(10**6), 10**6, places=4),
    digits=st.integers(0, 3),
)
def test_what_is_printed_adds_up(one, other, digits):
    now, before = figure(one, digits=digits), figure(other, digits=digits)

    def read(text):
        return Decimal(text.replace(",", ""))

    said = [read(wording.said(each, language="zh")) for each in (now, before)]
    assert read(wording.signed_change(now, before, language="zh")) == said[0] - said[1]
    assert said[0] == one.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("text", "chinese", "english", "short"),
    [
        ("2023", "2023年", "2023", "2023年"),
        ("2023-H2", "2023年下半年", "the second half of 2023", "下半年"),
        ("2023-Q1", "2023年第一季度", "the first quarter of 2023", "一季度"),
        ("2023-11", "2023年11月", "November 2023", "11月"),
        (
            "2023-01-15..2023-02-20",
            "2023年1月15日至2月20日",
            "15 January to 20 February 2023",
            "2023年1月15日至2月20日",
        ),
        (
            "2023-12-15..2024-01-20",
            "2023年12月15日至2024年1月20日",
            "15 December 2023 to 20 January 2024",
            None,
        ),
    ],
)
def test_periods(text, chinese, english, short):
    period = Period.parse(text)
    assert wording.period(period, language="zh-hans") == chinese
    assert wording.period(period, language="en") == english
    assert short is None or wording.part_of_year(period, language="zh") == short
