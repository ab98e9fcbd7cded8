"""The sample year's talks (12, to 1200余 attendances) and policy outreach (24, to 4500余)."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from taizhang.sample import files
from taizhang.sample.acts import Act, Correction, Fact, File, Withdrawal, minute, working_day_after
from taizhang.sample.organisation import BUREAU, CLERK, STUDY_SECRETARY, officer_of


class Talk(NamedTuple):
    month: int
    day: int
    theme: str
    title: str
    speaker: str
    place: str
    heads: int
    rough: bool = False


TALKS = (
    Talk(2, 22, "congress", "深入学习党的二十大精神，加快实现高水平科技自立自强", "市委党校教授", "科技大厦报告厅", 110),
    Talk(3, 22, "thinking", "思想要提升我该懂什么：机关干部的学习力", "局党组书记周启明", "三楼会议室", 58),
    Talk(4, 19, "congress", "从党的二十大报告看教育科技人才一体推进", "市委宣讲团成员", "科技大厦报告厅", 120),
    Talk(5, 23, "science_ethics", "科学家精神在景澜：科技活动周专题讲座", "省科学院研究员", "市科技馆", 180, rough=True),
    Talk(6, 14, "thinking", "思想要提升我该懂什么：把学习成果转化为服务效能", "副局长林慧", "三楼会议室", 56),
    Talk(7, 6, "congress", "弘扬伟大建党精神，凝聚科技创新力量", "市委党校教授", "科技大厦报告厅", 96),
    Talk(8, 23, "science_ethics", "科研诚信与学术规范", "省科技厅监督处专家", "信息所学术厅", 74),
    Talk(9, 13, "theme_education", "第二批主题教育辅导：学思想、强党性、重实践、建新功", "市委宣讲团成员", "科技大厦报告厅", 130),
    Talk(10, 11, "theme_education", "主题教育读书班辅导：学好用好调查研究这个传家宝", "市委党校副教授", "三楼会议室", 62),
    Talk(10, 25, "theme_education", "文化自信与科学文化建设", "景澜学院教授", "科技大厦报告厅", 118),
    Talk(11, 16, "theme_education", "新质生产力与地方科技工作", "省科技发展战略研究院研究员", "科技大厦报告厅", 126, rough=True),
    Talk(12, 7, "science_ethics", "科技伦理审查办法解读", "省科技厅专家", "信息所学术厅", 70),
)  # fmt: skip


class Outreach(NamedTuple):
    month: int
    day: int
    unit: str
    venue: str
    title: str
    place: str
    heads: int
    rough: bool = False
    delay: int = 2


OUTREACHES = (
    Outreach(1, 12, "NCK", "village", "中央农村工作会议精神和科技特派员政策", "青石镇文化站", 130, rough=True),
    Outreach(2, 15, "GXK", "enterprise", "高新技术企业认定和研发费用加计扣除政策", "高新区创业园", 96),
    Outreach(2, 28, "CGK", "enterprise", "技术合同认定登记和成果转化激励政策", "临港产业园", 84),
    Outreach(3, 10, "ZCK", "community", "《科学技术进步法》解读", "滨河社区", 150, rough=True),
    Outreach(3, 23, "RCK", "workplace", "外国人来华工作许可政策", "景澜学院国际处", 42),
    Outreach(4, 11, "NCK", "village", "春耕科技服务和农业科技园区政策", "杨柳镇", 260, rough=True),
    Outreach(4, 14, "ZCK", "community", "国家安全法和科技保密常识", "东城社区", 180, rough=True),
    Outreach(4, 25, "SCL", "enterprise", "科技型中小企业评价入库政策", "小微企业园", 118),
    Outreach(5, 20, "QBS", "community", "科技活动周：科普法律法规进社区", "人民广场", 600, rough=True),
    Outreach(5, 24, "GXK", "school", "科技活动周：走近人工智能", "第三中学", 320, rough=True, delay=6),
    Outreach(5, 26, "NCK", "village", "科技下乡：绿色种养技术和补贴政策", "白塔村", 170, rough=True),
    Outreach(6, 13, "ZYK", "workplace", "科技计划项目和经费管理办法", "市农科院", 88),
    Outreach(6, 20, "CGK", "enterprise", "首台（套）和新产品奖补政策", "装备制造产业园", 105),
    Outreach(7, 11, "ZCK", "workplace", "科研失信行为调查处理规则", "市人民医院", 160),
    Outreach(7, 26, "SCL", "enterprise", "创新券申领和使用", "高新区孵化器", 92),
    Outreach(8, 16, "QBS", "community", "防灾减灾科普和应急常识", "南湖社区", 230, rough=True, delay=15),
    Outreach(9, 12, "GXK", "enterprise", "新型工业化和数字化改造支持政策", "经开区管委会", 126),
    Outreach(9, 19, "QBS", "school", "全国科普日：科学家故事进校园", "实验小学", 450, rough=True),
    Outreach(10, 12, "RCK", "workplace", "青年科技人才培养和使用若干措施", "市属科研院所", 75),
    Outreach(10, 19, "NCK", "village", "乡村振兴科技政策和防返贫政策", "沙河镇", 240, rough=True),
    Outreach(11, 9, "CGK", "enterprise", "专利转化运用专项行动方案", "知识产权服务中心", 110),
    Outreach(11, 22, "ZCK", "community", "网络安全法和反诈知识", "北苑社区", 310, rough=True),
    Outreach(12, 4, "ZCK", "community", "国家宪法日：宪法和科普法宣传", "人民广场", 280, rough=True),
    Outreach(12, 13, "RCK", "workplace", "科技人才评价改革政策", "职业技术学院", 84),
)  # fmt: skip


def acts() -> Iterator[Act]:
    yield from _talks()
    yield from _outreaches()


def _talks() -> Iterator[Act]:
    for number, talk in enumerate(TALKS):
        held = dt.date(2023, talk.month, talk.day)
        yield Fact(
            on=working_day_after(held, 1), minute=minute(number + 50), by=STUDY_SECRETARY,
            key=f"talk-{number + 1:02}", kind="talk", unit=BUREAU, occurred_on=held, title=talk.title,
            quantity=talk.heads, quantity_unit="人次", approximate=talk.rough,
            files=() if talk.rough else (_sign_in(talk.title, held, talk.heads),),
            values={"theme": talk.theme, "speaker": talk.speaker, "place": talk.place,
                    "counted_by": "estimate" if talk.rough else "sign_in"},
        )  # fmt: skip


FIRST_TOLD = {6: 620, 12: 68, 20: 130}
"""Audiences that were first recorded wrongly, by the outreach's number; put right some days later."""


def _outreaches() -> Iterator[Act]:
    for number, held_at in enumerate(OUTREACHES, start=1):
        held = dt.date(2023, held_at.month, held_at.day)
        officer = officer_of(held_at.unit, held)
        recorded = working_day_after(held, held_at.delay)
        fact = Fact(
            on=recorded, minute=minute(number + 70), by=officer, key=f"outreach-{number:02}",
            kind="policy_outreach", unit=held_at.unit, occurred_on=held, title=held_at.title,
            quantity=FIRST_TOLD.get(number, held_at.heads), quantity_unit="人次", approximate=held_at.rough,
            files=() if held_at.rough else (_sign_in(held_at.title, held, held_at.heads),),
            values={"venue": held_at.venue, "place": held_at.place,
                    "counted_by": "estimate" if held_at.rough else "sign_in"},
        )  # fmt: skip
        yield fact
        if number in FIRST_TOLD:
            yield Correction(
                on=working_day_after(recorded, 4), minute=minute(number + 90), by=CLERK, key=fact.key,
                changes={"quantity": Decimal(held_at.heads)}, reason="人次误录，按现场记录更正",
            )  # fmt: skip
    yield from _recorded_twice()


def _recorded_twice() -> Iterator[Act]:
    """The office recorded what the section had recorded already, and took it back."""
    held = dt.date(2023, 5, 20)
    key = "outreach-twice"
    yield Fact(
        on=dt.date(2023, 5, 26), minute=minute(3), by=CLERK, key=key, kind="policy_outreach", unit="QBS",
        occurred_on=held, title="科技活动周广场科普宣传", quantity=600, quantity_unit="人次", approximate=True,
        values={"venue": "community", "place": "人民广场", "counted_by": "estimate"},
    )  # fmt: skip
    yield Withdrawal(
        on=dt.date(2023, 6, 5),
        minute=minute(5),
        by=CLERK,
        key=key,
        reason="与信息所已报的同一场宣讲重复，撤回",
    )


def _sign_in(title: str, day: dt.date, heads: int) -> File:
    return files.sheet(f"{day:%Y%m%d}签到表", [title, str(day), f"签到{heads}人次（名单存办公室）"])
