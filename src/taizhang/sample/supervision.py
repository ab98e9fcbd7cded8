"""The sample year's inspections: 6, with 24 findings, of which 20 were closed and 4 are still open."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from taizhang.core.values import DAY
from taizhang.sample import files
from taizhang.sample.acts import Act, Fact, minute, working_day_after
from taizhang.sample.organisation import BUREAU, CLERK, HEADS, INSPECTOR, VERIFIER


class Inspection(NamedTuple):
    month: int
    day: int
    title: str
    method: str
    scope: str


INSPECTIONS = (
    Inspection(3, 15, "年度任务部署和学习计划落实情况", "documents", "各科室、各支部"),
    Inspection(4, 20, "信息报送和审核制度执行情况", "documents", "各科室信息员"),
    Inspection(6, 8, "阵地管理和意识形态责任落实情况", "on_site", "信息所、生产力中心、人才科、成果科"),
    Inspection(8, 9, "上半年问题整改回头看和支部学习情况", "spot_check", "各支部、农社科、规划科"),
    Inspection(10, 17, "第二批主题教育学习和宣讲情况", "on_site", "各科室、直属单位"),
    Inspection(12, 5, "全年任务完成情况集中督导", "documents", "各科室、各支部"),
)  # fmt: skip


class Finding(NamedTuple):
    """A finding; ``claimed`` and ``closed`` are working days after it was found, None while it has not happened."""

    inspection: int
    unit: str
    category: str
    severity: str
    title: str
    measure: str
    allowed: int
    claimed: int | None
    closed: int | None


FINDINGS = (
    Finding(1, "NCK", "study", "ordinary", "科室学习记录缺2月份会议主持人签字", "补签并明确记录人", 20, 6, 10),
    Finding(1, "GXK", "responsibility", "ordinary", "信息责任清单未分解到个人", "按人按月重新分解", 20, 5, 9),
    Finding(1, "SCL", "records", "ordinary", "宣讲台账未注明人数统计方式", "台账增加签到和估计两种标注", 20, 9, 14),
    Finding(1, "RCK", "study", "ordinary", "学习计划未列入意识形态专题", "补充两个专题并报备", 20, 4, 8),
    Finding(1, "QBS", "channel", "serious", "宣传栏内容三个月未更新", "更换内容并落实按月更新", 15, 5, 8),
    Finding(2, "CGK", "information", "ordinary", "两条信息未经第二人校对即报送", "执行先审后发，补办审签", 15, 3, 7),
    Finding(2, "ZYK", "information", "ordinary", "信息中项目数与年度计划不一致", "核对更正并报送更正说明", 15, 4, 9),
    Finding(2, "BGS", "records", "ordinary", "采用证明未按月归集", "建立采用证明文件夹", 20, 7, 12),
    Finding(2, "SCL", "responsibility", "ordinary", "信息员变动未及时报备", "补报备并做好交接", 10, 3, 6),
    Finding(3, "QBS", "channel", "serious", "微信公众号后台仅一名管理员", "增设第二管理员并登记", 15, 6, 11),
    Finding(3, "SCL", "channel", "ordinary", "电子显示屏内容无审核记录", "启用显示屏内容审批表", 20, 8, 15),
    Finding(3, "RCK", "responsibility", "ordinary", "外籍专家活动宣传未事先报审", "建立活动宣传报审单", 20, 7, 13),
    Finding(3, "CGK", "records", "ordinary", "成果发布会影像资料未归档", "按活动归档", 20, 5, 9),
    Finding(4, "NCK", "information", "serious", "信息员交接期间信息报送中断", "明确接替人并补报选题计划", 15, 8, 16),
    Finding(4, "ZYK", "study", "ordinary", "科室政治学习以文件传阅代替集体学习", "恢复集体学习并做好记录", 20, 9, 14),
    Finding(4, "RSK", "records", "ordinary", "支部学习补学记录不完整", "补齐补学登记", 20, 6, 11),
    Finding(4, "BGS", "channel", "ordinary", "门户网站“领导信息”栏目更新滞后", "更新并设置到期提醒", 15, 4, 8),
    Finding(5, "GXK", "study", "ordinary", "主题教育调研课题未形成成果清单", "列出成果清单和转化时限", 20, 10, 18),
    Finding(5, "CGK", "information", "ordinary", "一条信息配图未注明来源", "补注来源，纳入校对要点", 15, 4, 9),
    Finding(5, "QBS", "channel", "serious", "微信公众号部分历史文章链接失效且未建立定期排查", "逐条修复并建立季度排查", 30, None, None),
    Finding(5, "RCK", "responsibility", "ordinary", "宣讲计划未明确分管责任人", "补充责任人并公示", 20, 5, 10),
    Finding(6, "SCL", "information", "serious", "11月未报送信息，未说明原因", "补报情况说明，约定下年度月度选题", 15, 12, None),
    Finding(6, "CGK", "study", "ordinary", "第三党支部11月政治理论学习未开展", "组织补学并向党总支说明", 15, 14, None),
    Finding(6, "ZYK", "records", "ordinary", "科室督导整改台账缺佐证材料目录", "编制目录并逐项归集", 25, None, None),
)  # fmt: skip
"""Four are open: two nobody has reported on, two reported and waiting for verification."""

GENERALISED = {
    5: ("排查全部宣传栏和显示屏，落实内容更新责任", 10, "宣传栏和电子显示屏管理办法"),
    6: ("排查各科室信息审签手续", 10, "信息报送先审后发规程"),
    10: ("排查各网络账号管理员设置", 3, "网络账号双管理员制度"),
    14: ("排查各科室信息员备岗情况", 10, "信息员AB岗制度"),
    19: ("排查全年信息配图来源", 10, ""),
}  # fmt: skip
"""By number of the finding: what was looked at elsewhere, how many units, the rule put in place."""


def acts() -> Iterator[Act]:
    for number, inspection in enumerate(INSPECTIONS, start=1):
        held = dt.date(2023, inspection.month, inspection.day)
        yield Fact(
            on=held, minute=16 * 60 + 10, by=INSPECTOR, key=f"inspection-{number}", kind="inspection",
            unit=BUREAU, occurred_on=held, title=inspection.title, person="KJ005",
            values={"method": inspection.method, "scope": inspection.scope},
            files=(files.text(f"{held:%Y%m%d}督导记录", [inspection.title, f"对象：{inspection.scope}"]),),
        )  # fmt: skip
    for number, finding in enumerate(FINDINGS, start=1):
        yield from _finding(number, finding)


def _finding(number: int, finding: Finding) -> Iterator[Act]:
    inspection = INSPECTIONS[finding.inspection - 1]
    found = dt.date(2023, inspection.month, inspection.day)
    recorded, key = working_day_after(found, 1), f"finding-{number:02}"
    yield Fact(
        on=recorded, minute=minute(number), by=INSPECTOR, key=key, kind="finding", unit=finding.unit,
        occurred_on=found, title=finding.title, person=HEADS[finding.unit],
        about=f"inspection-{finding.inspection}",
        values={"number": f"督2023-{number:02}", "category": finding.category, "severity": finding.severity,
                "basis": "意识形态工作责任制有关规定", "deadline": str(found + DAY * finding.allowed)},
    )  # fmt: skip
    if finding.claimed is not None:
        claimed = working_day_after(found, finding.claimed)
        yield Fact(
            on=claimed, minute=minute(number + 5), by=HEADS[finding.unit], key=f"claim-{number:02}",
            kind="rectification_claim", unit=finding.unit, occurred_on=claimed, title=finding.measure, about=key,
            values={"result": "已完成，佐证材料附后"},
            files=(files.text(f"{number:02}整改佐证", [finding.title, finding.measure]),),
        )  # fmt: skip
    if finding.closed is not None:
        closed = working_day_after(found, finding.closed)
        yield Fact(
            on=closed, minute=minute(number + 9), by=VERIFIER, key=f"closure-{number:02}", kind="closure",
            unit=finding.unit, occurred_on=closed, title="现场核查，整改到位，同意销号", person=VERIFIER, about=key,
        )  # fmt: skip
    if number in GENERALISED:
        yield _generalisation(number, finding, found)


def _generalisation(number: int, finding: Finding, found: dt.date) -> Act:
    title, units, rule = GENERALISED[number]
    held = working_day_after(found, (finding.closed or 0) + 5)
    return Fact(
        on=working_day_after(held, 1), minute=minute(number + 13), by=CLERK, key=f"generalisation-{number:02}",
        kind="generalisation", unit=BUREAU, occurred_on=held, title=title, about=f"finding-{number:02}",
        values={"units_checked": units, **({"rule": rule} if rule else {})},
    )  # fmt: skip
