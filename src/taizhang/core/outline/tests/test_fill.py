import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from taizhang.core.indicators.facts import Fact
from taizhang.core.indicators.recount import recount
from taizhang.core.indicators.tests.ledgers import SCHEME, UNITS, UTC
from taizhang.core.messages import Message
from taizhang.core.outline.digest import digest_of
from taizhang.core.outline.fill import ReportRow, fill, report_words
from taizhang.core.outline.model import FigureChip, Form, RowText, Text, chips, text_of
from taizhang.core.outline.needs import UnitPart, needs
from taizhang.core.scheme.schema import Outline
from taizhang.core.values import Period, Scope, Undefined

AS_OF = dt.datetime(2024, 1, 5, tzinfo=UTC)
BUREAU = Scope(unit="bureau")
PARTS = (UnitPart("north", "北科"), UnitPart("south", "南科"))


def talk(day: str, *, unit: str = "north", number: int = 100) -> Fact:
    date = dt.date.fromisoformat(day)
    return Fact(
        id=day,
        fact=day,
        kind="talk",
        unit=unit,
        occurred_on=date,
        counts_for=date,
        recorded_at=AS_OF - dt.timedelta(days=1),
        quantity=Decimal(number),
        quantity_unit="人次",
        approximate=number == 1000,
    )


def finding(day: str) -> Fact:
    return replace(talk(day), id=f"f{day}", fact=f"f{day}", kind="finding", quantity=None, quantity_unit="")


FACTS = (
    talk("2022-03-01"),
    talk("2023-03-01", number=1000),
    talk("2023-04-01", unit="south", number=200),
    talk("2023-11-01", unit="south", number=300),
    finding("2023-05-01"),
    finding("2023-06-01"),
)


def filled(*body: dict, period: str = "2023", language: str = "zh-hans", facts=FACTS, **more):
    outline = Outline.model_validate({"name": "o", "title": "{unit}{year}年总结", "body": body, **more})
    span = Period.parse(period)
    asked = needs(outline, scope=BUREAU, period=span, units=PARTS)
    figures = {
        ask: recount(
            ask.indicator,
            scheme=SCHEME,
            facts=facts,
            scope=ask.scope,
            period=ask.period,
            as_of=AS_OF,
            units=UNITS,
        )
        for ask in asked.figures
    }
    rows = {
        ask: [
            ReportRow(f"r{n}", {"title": f"问题{n}", "unit": "北科"}) for n in range(int(figures[ask].value))
        ]
        for ask in asked.rows
    }
    return fill(
        outline,
        scheme=SCHEME.scheme,
        scope=BUREAU,
        period=span,
        figures=figures,
        rows=rows,
        words=report_words(unit="某局", period=span, as_of=AS_OF.date(), language=language),
        units=PARTS,
    )


def words(*body: dict, **more) -> list[str]:
    return [text_of(block.inlines) for block in filled(*body, **more).blocks]


def table(**told):
    more = {name: told.pop(name) for name in ("period", "language") if name in told}
    (block,) = filled({"table": told}, **more).blocks
    return block.head, [tuple(text_of(cell) for cell in row) for row in block.rows]


def test_prose_holds_words_and_figures():
    assert words(
        {"heading": "{period}情况", "level": 2},
        {"text": "{unit}宣讲{talks}，受众{attendances}（{attendances:number}）；{{原样}}，截至{as_of}。"},
    ) == ["2023年情况", "某局宣讲3次，受众1500余人次（1500余）；{原样}，截至2024年1月5日。"]


def test_last_year_and_the_change_stand_beside_this_year():
    assert words({"text": "{talks}，上年{talks:last_year}，{talks:change}；问题{found:change}。"}) == [
        "3次，上年1次，增加2次；问题增加2个。"
    ]


def test_what_is_no_number_is_a_dash():
    assert words({"text": "{rate}，{rate:change}"}) == ["—，—"]


def test_units_are_said_in_the_language_of_the_report():
    assert words({"text": "{talks} in {period}"}, language="en") == ["3 times in 2023"]


@pytest.mark.parametrize(
    ("when", "printed"),
    [
        ({"of": "found", "at_least": 2}, True),
        ({"of": "found", "at_most": 1}, False),
        ({"of": "found", "more_than": 2}, False),
        ({"of": "found", "less_than": 3}, True),
        ({"of": "found", "equals": 2}, True),
        ({"of": "rate", "at_least": 0}, False),
        ({"of": "rate", "at_most": 100}, False),
    ],
)
def test_a_block_is_printed_when_its_figure_says_so(when, printed):
    assert bool(filled({"text": "x", "when": when}).blocks) is printed


def test_rows_are_listed_in_a_sentence_or_one_to_a_line():
    assert words({"text": "尚有：{rows:unclosed}。"}) == ["尚有：问题0；问题1。"]
    assert words({"rows": {"of": "unclosed", "item": "{title}（{unit}）", "separator": "、"}}) == [
        "问题0（北科）、问题1（北科）"
    ]
    (block,) = filled({"rows": {"of": "unclosed", "each_line": True}}).blocks
    assert block.items == ((RowText("unclosed", "r0", "问题0"),), (RowText("unclosed", "r1", "问题1"),))


def test_rows_left_out_of_a_list_are_counted():
    assert words({"rows": {"of": "unclosed", "at_most": 1}}) == ["问题0；另有1项"]


def test_no_rows_leave_what_the_outline_says_instead():
    assert words({"rows": {"of": "unclosed", "empty": "无。"}}, facts=()) == ["无。"]
    assert filled({"rows": {"of": "unclosed"}}, facts=()).blocks == ()


def test_a_table_has_last_year_beside_this_year():
    head, rows = table(rows=["talks", "attendances"], compare="last_year")
    assert head == ("项目", "2023年", "上年同期", "增减")
    assert rows == [("Talks（次）", "3", "1", "+2"), ("Attendances（人次）", "1500余", "100", "+1400")]


def test_the_longer_side_of_a_table_goes_down():
    head, rows = table(rows=["talks", "found"], across="quarter")
    assert head == ("时段", "Talks（次）", "Found（个）")
    assert rows == [
        ("一季度", "1", "0"),
        ("二季度", "1", "2"),
        ("三季度", "0", "0"),
        ("四季度", "1", "0"),
        ("2023年", "3", "2"),
    ]
    head, rows = table(rows=["talks", "found"], across="unit")
    assert head == ("项目", "北科", "南科", "合计")
    assert rows == [("Talks（次）", "1", "2", "3"), ("Found（个）", "2", "0", "2")]


def test_a_turned_table_keeps_the_year_before():
    head, rows = table(rows=["talks"], across="half_year", compare="last_year", language="en")
    assert head == ("Period", "Talks (times)")
    assert [row[0] for row in rows] == ["H1", "H2", "2023", "A year before", "Change"]


def test_every_figure_printed_was_asked_for_once():
    outline = Outline.model_validate(
        {
            "name": "o",
            "title": "t",
            "body": [
                {
                    "text": "{talks}{talks:number}{talks:change}{rows:unclosed}",
                    "when": {"of": "found", "at_least": 1},
                },
                {"table": {"rows": ["talks"], "across": "half_year", "compare": "last_year"}},
            ],
        }
    )
    asked = needs(outline, scope=BUREAU, period=Period.year(2023))
    assert [(ask.indicator, str(ask.period)) for ask in asked.figures] == [
        ("found", "2023"),
        ("talks", "2023"),
        ("talks", "2022"),
        ("talks", "2023-H1"),
        ("talks", "2023-H2"),
        ("unclosed", "2023"),
    ]
    assert [ask.indicator for ask in asked.rows] == ["unclosed"]


def chip(report) -> FigureChip:
    return next(chips(report))


def test_a_digest_is_the_same_for_the_same_figure_and_differs_in_each_part():
    body = {"text": "{talks}"}
    first = chip(filled(body))
    assert chip(filled(body)).digest == first.digest
    figure = first.figure
    changed = [
        replace(figure, value=Decimal(4)),
        replace(figure, value=Undefined(Message("no"))),
        replace(figure, unit="场"),
        replace(figure, approximate=True),
        replace(figure, period=Period.year(2022)),
        replace(figure, scope=Scope(unit="north")),
        replace(figure, scope=Scope(person="bureau")),
        replace(figure, as_of=AS_OF + dt.timedelta(seconds=1)),
        replace(figure, citation=replace(figure.citation, digest="1" * 64)),
        replace(figure, indicator="lectures"),
    ]
    digests = {digest_of(each, form=Form.FULL, text="3次") for each in changed}
    digests |= {digest_of(figure, form=Form.NUMBER, text="3次"), digest_of(figure, form=Form.FULL, text="3")}
    digests |= {digest_of(figure, form=Form.FULL, text="3次", before=figure), first.digest}
    assert len(digests) == len(changed) + 4


def test_a_digest_does_not_depend_on_how_a_number_or_a_moment_is_written():
    figure = chip(filled({"text": "{talks}"})).figure
    beijing = dt.timezone(dt.timedelta(hours=8))
    same = replace(figure, value=Decimal("3.00"), as_of=figure.as_of.astimezone(beijing))
    assert digest_of(same, form=Form.FULL, text="3次") == digest_of(figure, form=Form.FULL, text="3次")


def test_the_digest_of_a_known_figure_never_changes():
    assert chip(filled({"text": "{talks}"})).digest == (
        "917dd2f4db155cee6ba3d1953f4dff28563ade6969c34b0eb67c0b83d4e0246d"
    )


def test_plain_words_are_text():
    (block,) = filled({"text": "没有数字"}).blocks
    assert block.inlines == (Text("没有数字"),)
