import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.documents import composition, ordinals, titles
from taizhang.documents.composition import Grid, Line
from taizhang.documents.model import (
    Attachment,
    Column,
    Document,
    FigureRun,
    Heading,
    InvalidDocument,
    PageBreak,
    Paragraph,
    Table,
    Text,
    plain,
    text_of,
)
from taizhang.documents.tests.examples import report


def lines(document: Document, role: str) -> list[str]:
    return [
        line.label + text_of(line.inlines)
        for line in composition.compose(document)
        if isinstance(line, Line) and line.role == role
    ]


def line(document: Document, role: str) -> Line:
    return next(x for x in composition.compose(document) if isinstance(x, Line) and x.role == role)


def test_levels_are_counted_in_the_official_order_and_start_anew_under_each_heading():
    assert lines(report(), "heading1") == ["一、2023年工作开展情况", "二、存在的问题"]
    assert lines(report(), "heading2") == ["（一）强化组织领导。", "（一）阵地管理不严"]


def test_list_items_take_the_ordinal_below_the_heading_above_them():
    assert lines(report(), "item") == ["1.第一项", "2.第二项", "——其一"]


def test_an_english_document_counts_in_decimals():
    blocks = (Heading(1, plain("Work")), Heading(2, plain("Study")), Heading(2, plain("Outreach")))
    assert lines(report(language="en", blocks=blocks), "heading2") == ["1.1 Study", "1.2 Outreach"]


def test_the_addressee_ends_in_one_colon():
    assert lines(report(addressee="区委宣传部："), "addressee") == ["区委宣传部："]


def test_several_attachments_are_numbered_and_one_is_not():
    assert lines(report(), "attachment_note") == ["附件：1.数据来源表", "2.名单"]
    assert lines(report(attachments=(Attachment("名单"),)), "attachment_note") == ["附件：名单"]


def test_an_attachment_with_a_text_starts_a_page_under_its_number():
    mark = line(report(), "attachment_mark")
    assert (text_of(mark.inlines), mark.new_page) == ("附件1", True)
    assert lines(report(), "attachment_title") == ["数据来源表"]


def test_the_date_of_issue_is_not_padded():
    assert lines(report(issued_on=dt.date(2024, 5, 1)), "date") == ["2024年5月1日"]


def test_without_a_seal_the_issuer_ends_two_in_and_the_date_begins_two_after_it():
    issuer, date = line(report(), "issuer"), line(report(), "date")
    assert issuer.left + ordinals.width("某某市自然资源局") == composition.LINE_HALVES - 4
    assert date.left == issuer.left + 4


def test_a_date_longer_than_the_issuer_ends_two_in():
    document = report(issuer="市局", issued_on=dt.date(2023, 12, 25))
    issuer, date = line(document, "issuer"), line(document, "date")
    assert date.left + ordinals.width("2023年12月25日") == composition.LINE_HALVES - 4
    assert date.left == issuer.left + 4


def test_with_a_seal_the_date_ends_four_in_under_the_middle_of_the_issuer():
    document = report(sealed=True)
    issuer, date = line(document, "issuer"), line(document, "date")
    assert date.left + ordinals.width("2023年12月5日") == composition.LINE_HALVES - 8
    issuer_middle = issuer.left + ordinals.width("某某市自然资源局") / 2
    assert abs(issuer_middle - (date.left + ordinals.width("2023年12月5日") / 2)) <= 1


@given(st.text("某市局委", min_size=1, max_size=40), st.dates(), st.booleans())
def test_the_signature_stays_in_the_type_area(issuer, day, sealed):
    document = report(issuer=issuer, issued_on=day, sealed=sealed)
    assert line(document, "issuer").left >= 0
    assert 0 <= line(document, "date").left <= composition.LINE_HALVES


def test_typed_numbers_are_plain_text_once_frozen():
    assert composition.has_typed_numbers(composition.compose(report()))
    assert not composition.has_typed_numbers(composition.compose(report(status="frozen")))
    assert not composition.has_typed_numbers(composition.compose(report(mark_typed_numbers=False)))


def test_figures_come_in_order_of_printing():
    found = [run.text for run in composition.figures(composition.compose(report()))]
    assert found == ["35次", "1200余人次", "320"]


def test_a_page_break_goes_to_what_follows_it():
    document = report(blocks=(Paragraph(plain("前")), PageBreak(), Paragraph(plain("后"))))
    bodies = [x for x in composition.compose(document) if isinstance(x, Line) and x.role == "body"]
    assert [body.new_page for body in bodies][:2] == [False, True]


def test_declared_shares_are_kept_and_others_follow_the_contents():
    rows = ((plain("短"), plain("这一列的内容要长得多，所以也宽得多")),)
    grid = composition.compose(Document("题", (Table((Column(), Column()), (), rows),)))[-1]
    assert isinstance(grid, Grid)
    assert sum(grid.shares) == 1000
    assert grid.shares[1] > grid.shares[0]
    declared = composition.compose(Document("题", (Table((Column(share=3), Column(share=1)), (), rows),)))[-1]
    assert isinstance(declared, Grid)
    assert declared.shares == (750, 250)


@pytest.mark.parametrize(
    "title",
    [
        "某某市自然资源和规划局2023年度宣传思想和意识形态工作责任制落实情况的报告",
        "关于2023年第三季度政务信息采用情况的通报及下一阶段重点工作安排",
    ],
)
def test_a_long_title_is_broken_into_lines_of_about_one_length(title):
    broken = titles.lines(title, per_line=20)
    assert "".join(broken) == title
    widths = [ordinals.width(part) for part in broken]
    assert max(widths) <= 40
    assert max(widths) - min(widths) <= 12


@given(st.text(alphabet="关于印发《某局〈办法〉》的通知2023年、工作总结（试行）abc", max_size=90))
def test_breaking_a_title_loses_nothing(title):
    assert "".join(titles.lines(title, per_line=20)) == title.strip()


def test_a_title_is_not_broken_before_a_closing_mark_or_inside_a_number():
    for part in titles.lines(
        "关于做好二〇二四年第一季度12345热线办理情况（含回访）通报工作的通知", per_line=12
    )[1:]:
        assert part[0] not in "）、。的"
        assert not part[0].isdigit()


def test_the_authors_own_line_breaks_are_kept():
    assert titles.lines("关于印发方案\n的通知", per_line=20) == ("关于印发方案", "的通知")


@given(st.integers(1, 99))
def test_chinese_ordinals_are_distinct_and_hold_no_digit(number):
    assert not any(character.isascii() for character in ordinals.chinese(number))
    assert ordinals.chinese(number) != ordinals.chinese(number % 99 + 1)


def test_nonsense_is_refused():
    with pytest.raises(InvalidDocument, match="control character U\\+000B"):
        Text("甲\x0b")
    with pytest.raises(InvalidDocument, match="hexadecimal"):
        FigureRun("1", "甲", "xyz")
    with pytest.raises(InvalidDocument, match="2 cells"):
        Table((Column(),), (), ((plain("甲"), plain("乙")),))
    with pytest.raises(InvalidDocument, match="level 5"):
        Heading(5, plain("甲"))
    with pytest.raises(InvalidDocument, match="title"):
        replace(report(), title=" ")


def test_typed_prose_with_any_line_ends_and_tabs_is_accepted():
    assert plain("甲\r\n乙\t丙") == (Text("甲\n乙 丙"),)
