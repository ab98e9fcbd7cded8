"""What the sample bureau's office keeps: plans, meetings, audits, analyses, channel checks, role models, activities."""

import datetime as dt
from collections.abc import Iterator

from taizhang.sample import files, information
from taizhang.sample.acts import Act, Fact, minute, working_day_after, working_days
from taizhang.sample.organisation import BUREAU, CLERK, HEAD, STUDY_SECRETARY, members

YEAR = dt.date(2023, 1, 1)


def acts() -> Iterator[Act]:
    yield from _plans()
    yield from _embeddings()
    yield from _leading_group()
    yield from _dispatch_meetings()
    yield from _audits()
    yield from _analyses()
    yield from _summaries()
    yield from _channel_checks()
    yield from _role_models()
    yield from _activities()


def _fact(
    key: str, kind: str, held: dt.date, title: str, number: int, *, delay: int = 1, **more: object
) -> Fact:
    """Return a fact of the whole bureau, recorded by the clerk so many working days later."""
    told = {"by": CLERK, "unit": BUREAU, **more}
    recorded = working_day_after(held, delay)
    return Fact(on=recorded, minute=minute(number), key=key, kind=kind, occurred_on=held, title=title, **told)  # type: ignore[arg-type]


_DOCUMENTS = (
    ("plan", BUREAU, 1, 16, "2023年党组理论学习中心组学习计划"),
    ("roster", BUREAU, 1, 16, "2023年党组理论学习中心组成员名单"),
    ("record", BUREAU, 1, 18, "2022年党组理论学习中心组学习情况"),
    ("branch_plan", "ZB1", 1, 17, "第一党支部2023年学习计划"),
    ("branch_plan", "ZB2", 1, 19, "第二党支部2023年学习计划"),
    ("branch_plan", "ZB3", 1, 20, "第三党支部2023年学习计划"),
    ("branch_plan", "ZB4", 2, 2, "第四党支部2023年学习计划"),
)  # fmt: skip


def _plans() -> Iterator[Act]:
    for number, (sort, unit, month, day, title) in enumerate(_DOCUMENTS):
        yield _fact(
            f"document-{number + 1}", "study_document", dt.date(2023, month, day), title, number,
            by=STUDY_SECRETARY, unit=unit, counts_for=YEAR, values={"sort": sort},
        )  # fmt: skip
    yield _fact(
        "list-1", "responsibility_list", dt.date(2023, 1, 17), "2023年专项信息责任清单", 9,
        counts_for=YEAR, values={"items": 48},
    )  # fmt: skip


_EMBEDDINGS = (
    (1, 19, "performance", "2023年度科室绩效考核细则"),
    (2, 3, "party_building", "2023年党建工作责任清单和中心组学习计划"),
    (3, 9, "discipline", "2023年纪律监督检查工作要点"),
    (4, 12, "objectives", "2023年领导班子和领导干部目标管理责任书"),
    (12, 19, "democratic_life", "主题教育专题民主生活会方案和年度述职报告提纲"),
)  # fmt: skip


def _embeddings() -> Iterator[Act]:
    for number, (month, day, into, title) in enumerate(_EMBEDDINGS):
        held = dt.date(2023, month, day)
        yield _fact(f"embedding-{number + 1}", "embedding", held, title, number + 3, values={"into": into})


_LEADING_GROUP = (
    (2, 8, "审议年度工作要点，调整领导小组成员", "通过年度工作要点；明确各科室责任"),
    (7, 18, "听取上半年工作汇报，研究督导发现的问题", "未销号问题逐项明确时限；下半年增加一次集中督导"),
    (9, 28, "因班子调整改组领导小组，研究主题教育期间工作安排", "增补陆文涛为副组长"),
    (12, 21, "听取全年工作汇报，研究下年度打算", "专题学习会全年不少于12次，其中研讨不少于4次"),
)  # fmt: skip


def _leading_group() -> Iterator[Act]:
    for number, (month, day, title, decisions) in enumerate(_LEADING_GROUP):
        held = dt.date(2023, month, day)
        away = {members("leading_group", held)[number + 3]: "official_leave"}
        yield _fact(
            f"leading-{number + 1}", "leading_group_meeting", held, title, number + 5,
            values={"decisions": decisions}, states=away,
        )  # fmt: skip


_DISPATCH = (
    (1, 31, "部署年度任务，交办信息责任清单"),
    (2, 27, "调度“三抓三促”行动学习宣传"),
    (3, 30, "调度全国两会精神学习贯彻，通报一季度信息报送"),
    (4, 27, "调度科技活动周筹备和宣讲安排"),
    (5, 30, "通报科技活动周宣传情况，调度督导问题整改"),
    (6, 29, "半年工作盘点，查找短缺事项"),
    (7, 27, "通报上半年考核情况，调度阵地自查"),
    (8, 30, "调度防汛期间信息报送，研究第二批主题教育准备"),
    (9, 27, "调度主题教育宣讲和读书班"),
    (10, 30, "调度信息采用率提升措施"),
    (11, 29, "通报督导情况，调度未销号问题"),
    (12, 27, "全年任务清零，研究年度总结"),
)  # fmt: skip


def _dispatch_meetings() -> Iterator[Act]:
    for number, (month, day, title) in enumerate(_DISPATCH):
        held = dt.date(2023, month, day)
        group = members("leading_group", held)
        away = {group[(number * 5 + 4) % len(group)]: "official_leave"}
        if number % 4 == 1:
            away[group[(number * 3 + 9) % len(group)]] = "personal_leave"
        yield _fact(
            f"dispatch-{month:02}", "dispatch_meeting", held, title, number * 3, values={"host": HEAD},
            counts_for=held.replace(day=1), states=away, delay=1,
            files=(files.text(f"{held:%Y%m%d}调度会纪要", [title, f"时间：{held}", "主持：周启明"]),),
        )  # fmt: skip


LATE_AUDITS = {5: dt.date(2023, 6, 9), 9: dt.date(2023, 10, 12)}


def _audits() -> Iterator[Act]:
    for month in range(1, 12):
        first = working_day_after(dt.date(2023, month + 1, 1), 1)
        held = LATE_AUDITS.get(month, first)
        checked = information.submitted_in(month)
        returned = (month * 7 + 3) % 5
        yield _fact(
            f"audit-{month:02}", "information_audit", held, f"审核{month}月报送信息{checked}条，退改{returned}条",
            month, delay=0, person="KJ008", counts_for=dt.date(2023, month, 1),
            values={"checked": checked, "returned": returned},
        )  # fmt: skip


_ANALYSES = (
    (3, 28, 1, "2023年一季度意识形态工作分析研判报告"),
    (6, 27, 4, "2023年二季度意识形态工作分析研判报告"),
    (10, 9, 7, "2023年三季度意识形态工作分析研判报告"),
    (12, 26, 10, "2023年四季度意识形态工作分析研判报告"),
)  # fmt: skip
_SITUATION = "学习、宣讲、信息报送按计划推进，阵地运行正常。"
_RISKS = "网络科普内容来源多，转载把关压力较大；部分科室信息报送前松后紧。"
_MEASURES = "转载内容两人复核；短缺科室列入下月调度。"


def _analyses() -> Iterator[Act]:
    for number, (month, day, first, title) in enumerate(_ANALYSES):
        yield _fact(
            f"analysis-{number + 1}", "analysis", dt.date(2023, month, day), title, number + 8,
            counts_for=dt.date(2023, first, 1),
            values={"situation": _SITUATION, "risks": _RISKS, "measures": _MEASURES},
        )  # fmt: skip


def _summaries() -> Iterator[Act]:
    yield _fact(
        "summary-1", "work_summary", dt.date(2023, 7, 11), "2023年上半年宣传思想和意识形态工作总结", 21,
        counts_for=dt.date(2023, 1, 1), values={"span": "half_year"},
        files=(files.text("上半年总结", ["2023年上半年宣传思想和意识形态工作总结", "（定稿见办公室存档）"]),),
    )  # fmt: skip


_CHANNELS = ("website", "wechat", "microblog", "screen", "board", "hall")
_FOUND = {
    (1, "website"): ("put_right", "两个栏目更新不及时，已补更"),
    (2, "microblog"): ("put_right", "一条转载未注明来源，已更正"),
    (3, "screen"): ("put_right", "显示屏时间显示有误，已校正"),
    (4, "wechat"): ("pending", "菜单中一处链接失效，待技术单位修复"),
}


def _channel_checks() -> Iterator[Act]:
    """Every channel in every quarter, but for the lecture hall in the last one: that is still to come."""
    for quarter in range(1, 5):
        days = working_days(2023, quarter * 3)
        for place, channel in enumerate(_CHANNELS):
            if (quarter, channel) == (4, "hall"):
                continue
            result, title = _FOUND.get((quarter, channel), ("sound", "内容、链接、审核记录均正常"))
            held = days[4 + place * 2]
            yield _fact(
                f"channel-{quarter}-{channel}", "channel_check", held, title, quarter * 7 + place,
                counts_for=dt.date(2023, quarter * 3 - 2, 1), values={"channel": channel, "result": result},
            )  # fmt: skip


_ROLE_MODELS = (
    (3, 8, "RCK", "bureau", "钟灵：为外籍专家办实事的服务之星"),
    (5, 30, "QBS", "city", "秦岚：十五年如一日做科技文献服务的科技工作者"),
    (7, 3, "GXK", "bureau", "董洁：服务企业不打烊的优秀党员"),
    (9, 26, "NCK", "province", "崔勇：扎根乡村的优秀科技特派员"),
    (11, 15, "SCL", "city", "龙小燕：小微企业的“科技管家”"),
)  # fmt: skip


def _role_models() -> Iterator[Act]:
    for number, (month, day, unit, level, title) in enumerate(_ROLE_MODELS):
        held = dt.date(2023, month, day)
        values = {"level": level, "consent": True}
        yield _fact(f"model-{number + 1}", "role_model", held, title, number, unit=unit, values=values)


_ACTIVITIES = (
    (1, 18, "DZZ", "party", "春节前走访慰问困难党员和老党员", 12),
    (2, 3, BUREAU, "union", "元宵节灯谜会", 45),
    (3, 3, "DZZ", "party", "学雷锋科普志愿服务", 22),
    (3, 8, BUREAU, "union", "“书香三八”读书分享", 24),
    (3, 31, "DZZ", "party", "春季义务植树", 30),
    (4, 21, BUREAU, "union", "职工健步走", 41),
    (5, 22, "DZZ", "party", "科技活动周党员先锋岗", 26),
    (6, 30, "DZZ", "party", "“七一”表彰和重温入党誓词", 47),
    (7, 28, "ZB1", "party", "“八一”走访退役军人", 9),
    (8, 18, "DZZ", "party", "防汛物资转运志愿服务", 16),
    (9, 27, BUREAU, "union", "迎国庆职工书画展", 33),
    (10, 20, "DZZ", "party", "重阳节看望离退休干部", 14),
    (11, 9, BUREAU, "union", "职工乒乓球赛", 28),
    (12, 4, "DZZ", "party", "国家宪法日主题党日", 38),
)  # fmt: skip


def _activities() -> Iterator[Act]:
    for number, (month, day, unit, sort, title, took_part) in enumerate(_ACTIVITIES):
        yield _fact(
            f"activity-{number + 1:02}", "staff_activity", dt.date(2023, month, day), title, number * 2, delay=2,
            unit=unit, quantity=took_part, quantity_unit="人次", values={"sort": sort},
        )  # fmt: skip
