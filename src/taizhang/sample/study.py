"""The sample year's study: 35 sessions of the study group (9 seminars among them), the branches' months, lectures."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from taizhang.sample import files
from taizhang.sample.acts import Act, Correction, Fact, File, minute, working_day_after
from taizhang.sample.organisation import (
    BUREAU,
    DEPUTY,
    HEAD,
    NAMES,
    SECRETARIES,
    STUDY_SECRETARY,
    members,
    posted,
)

STATES = {
    "迟": "late",
    "退": "left_early",
    "公": "official_leave",
    "事": "personal_leave",
    "病": "sick_leave",
    "缺": "absent",
}
MISSED = ("official_leave", "personal_leave", "sick_leave", "absent")


class Session(NamedTuple):
    """One session of the study group; ``exceptions``: staff number and mark, such as ``004公 049事``."""

    month: int
    day: int
    title: str
    form: str
    theme: str
    hours: str
    exceptions: str = ""


SESSIONS = (
    Session(1, 6, "党的二十大报告关于高质量发展和科教兴国战略的论述", "study", "congress", "2", "004公"),
    Session(1, 13, "二十届中央纪委二次全会精神", "study", "law_and_discipline", "1.5", "049事 006公"),
    Session(1, 30, "“三抓三促”行动部署和市委工作要求", "study", "current", "1.5", "016迟"),
    Session(2, 10, "学习贯彻党的二十大精神研讨班开班式重要讲话", "study", "congress", "2", "003病"),
    Session(2, 17, "研讨：以科技自立自强服务中国式现代化", "seminar", "congress", "2.5", "040公"),
    Session(2, 24, "中央一号文件精神；会前学法：《科学技术进步法》", "study", "law_and_discipline", "1.5"),
    Session(3, 3, "党的二十届二中全会精神", "study", "current", "2", "004公 012事"),
    Session(3, 17, "全国两会精神", "study", "current", "2", "006公"),
    Session(3, 24, "《党和国家机构改革方案》与科技管理体制改革", "study", "science", "1.5", "049退"),
    Session(4, 7, "主题教育工作会议精神", "study", "theme_education", "2"),
    Session(4, 14, "总体国家安全观和科技安全", "study", "law_and_discipline", "1.5", "003公 016公"),
    Session(4, 28, "《习近平著作选读》第一卷导学", "study", "theme_education", "2", "005公"),
    Session(5, 12, "意识形态工作责任制有关文件", "study", "ideology", "1.5", "007病"),
    Session(5, 19, "加强基础研究，夯实科技自立自强根基", "study", "science", "2", "004公 049公"),
    Session(5, 26, "二十届中央审计委员会第一次会议精神", "study", "current", "1.5", "040事"),
    Session(6, 9, "文化传承发展座谈会精神", "study", "current", "2"),
    Session(6, 16, "会前学法：《科学技术普及法》和加强科普工作的意见", "study", "law_and_discipline", "1.5", "003缺"),
    Session(6, 28, "上半年意识形态工作研讨会", "seminar", "ideology", "2.5", "006公"),
    Session(7, 14, "党章和党内法规专题", "study", "law_and_discipline", "1.5", "049事"),
    Session(7, 21, "全国网络安全和信息化工作会议精神", "study", "ideology", "2", "004公 016病"),
    Session(8, 11, "全国生态环境保护大会精神", "study", "current", "1.5", "012公"),
    Session(8, 25, "防灾减灾救灾和安全生产重要指示", "study", "current", "1.5", "005公 040公"),
    Session(9, 8, "第二批主题教育部署会议精神", "study", "theme_education", "2"),
    Session(9, 15, "主题教育专题研讨（一）：坚定理想信念", "seminar", "theme_education", "3", "049公"),
    Session(9, 22, "主题教育专题研讨（二）：以学铸魂", "seminar", "theme_education", "3", "006病"),
    Session(10, 13, "全国宣传思想文化工作会议精神", "study", "ideology", "2", "061公"),
    Session(10, 20, "主题教育专题研讨（三）：以学增智", "seminar", "theme_education", "3"),
    Session(10, 27, "主题教育专题研讨（四）：以学正风", "seminar", "theme_education", "3", "016公 007迟"),
    Session(11, 3, "中央金融工作会议精神和科技金融", "study", "science", "2", "004公"),
    Session(11, 10, "主题教育专题研讨（五）：以学促干", "seminar", "theme_education", "3", "040病"),
    Session(11, 17, "《科技伦理审查办法（试行）》", "study", "law_and_discipline", "1.5", "049事 005公"),
    Session(11, 24, "主题教育专题研讨（六）：调研成果交流", "seminar", "theme_education", "3"),
    Session(12, 8, "《干部教育培训工作条例》", "study", "law_and_discipline", "1.5", "061公"),
    Session(12, 15, "中央经济工作会议精神：以科技创新推动产业创新", "study", "science", "2", "006公 012事"),
    Session(12, 20, "下半年意识形态工作研讨会", "seminar", "ideology", "2.5", "049病"),
)  # fmt: skip

LATE = {(3, 17): 6, (6, 9): 5, (8, 11): 8}
"""Sessions that were recorded so many working days after they were held."""

NEVER_MADE_UP = {(6, 16), (8, 25)}
LAST_MADE_UP = dt.date(2023, 12, 1)


def acts() -> Iterator[Act]:
    yield from _group_study()
    yield from _branch_study()
    yield from _lectures()


def _group_study() -> Iterator[Act]:
    for number, session in enumerate(SESSIONS):
        held = dt.date(2023, session.month, session.day)
        recorded = working_day_after(held, LATE.get((session.month, session.day), 1))
        key, states = f"group-{number + 1:02}", _states(session.exceptions)
        host = DEPUTY if number % 9 == 4 else HEAD  # noqa: PLR2004 - the deputy chairs now and then
        yield Fact(
            on=recorded, minute=minute(number), by=STUDY_SECRETARY, key=key, kind="group_study", unit=BUREAU,
            occurred_on=held, title=session.title, states=states, files=tuple(_files(session, held, host)),
            values={"form": session.form, "theme": session.theme, "hours": session.hours,
                    "place": "三楼会议室", "host": host},
        )  # fmt: skip
        missed = {code: "made_up" for code, state in states.items() if state in MISSED}
        if missed and held < LAST_MADE_UP and (session.month, session.day) not in NEVER_MADE_UP:
            yield Correction(
                on=working_day_after(recorded, 8), minute=minute(number + 100), by=STUDY_SECRETARY, key=key,
                states=missed, reason="登记补学：" + "、".join(NAMES[code] for code in missed),
            )  # fmt: skip
    yield Correction(
        on=dt.date(2023, 7, 4), minute=minute(7), by=STUDY_SECRETARY, key="group-18",
        values={"hours": "3"}, reason="学时误录，按会议纪要更正为3学时",
    )  # fmt: skip


def _states(exceptions: str) -> dict[str, str]:
    return {f"KJ{each[:3]}": STATES[each[3]] for each in exceptions.split()}


def _files(session: Session, held: dt.date, host: str) -> Iterator[File]:
    day = f"{held:%Y%m%d}"
    yield files.text(
        f"{day}中心组学习纪要",
        [
            f"景澜市科学技术局党组理论学习中心组学习纪要（{held.year}年{held.month}月{held.day}日）",
            f"主题：{session.title}",
            f"主持：{NAMES[host]}　地点：三楼会议室　学时：{session.hours}",
            "记录：" + NAMES[STUDY_SECRETARY],
        ],
    )
    if session.form == "seminar":
        people = [NAMES[code] for code in members("study_group", held)]
        yield files.sheet(f"{day}研讨签到表", [f"研讨签到表  {held}", session.title, "", *people])


# Branches

TOPICS = (
    ("党的二十大报告原文", "新年廉洁自律提醒"),
    ("2022年度组织生活会准备学习", "“三抓三促”行动部署"),
    ("全国两会精神", "学雷锋志愿服务主题党日"),
    ("主题教育工作会议精神", "国家安全教育主题党日"),
    ("《习近平著作选读》选篇", "青年理论学习交流"),
    ("文化传承发展座谈会精神", "重温入党誓词主题党日"),
    ("党章和党史选编", "庆祝建党102周年主题党日"),
    ("防灾减灾救灾重要指示", "生态日志愿服务主题党日"),
    ("第二批主题教育部署", "主题教育读书班"),
    ("全国宣传思想文化工作会议精神", "主题教育专题党课讨论"),
    ("《中国共产党支部工作条例》", "主题教育检视整改交流"),
    ("中央经济工作会议精神", "国家宪法日主题党日"),
)  # fmt: skip
"""A subject for the branches' first and second session of each month."""

NOT_HELD = {("ZB3", 11), ("ZB2", 12), ("ZB4", 8)}
TWICE = {(4, "ZB1"), (4, "ZB2"), (9, "ZB1"), (9, "ZB2"), (9, "ZB3"), (9, "ZB4"), (10, "ZB1"), (10, "ZB4")}
BRANCHES = ("ZB1", "ZB2", "ZB3", "ZB4")


def _branch_study() -> Iterator[Act]:
    number = 0
    for month, subjects in enumerate(TOPICS, start=1):
        for place, branch in enumerate(BRANCHES):
            times = 0 if (branch, month) in NOT_HELD else 2 if (month, branch) in TWICE else 1
            for turn in range(times):
                number += 1
                title = subjects[(turn + place) % 2]
                yield from _branch_session(number, branch, month, 8 + 3 * place + 9 * turn, title)


def _branch_session(number: int, branch: str, month: int, day: int, title: str) -> Iterator[Act]:
    held = working_day_after(dt.date(2023, month, day), 0)
    states = _branch_states(branch, held, number)
    key, recorded = f"branch-{number:02}", working_day_after(held, 1 + number % 3)
    yield Fact(
        on=recorded, minute=minute(number + 11), by=STUDY_SECRETARY, key=key, kind="branch_study", unit=branch,
        occurred_on=held, title=title, states=states,
        values={"form": "party_day" if "主题党日" in title else "meeting" if number % 2 else "group"},
    )  # fmt: skip
    missed = {code: "made_up" for code, state in states.items() if state in MISSED}
    if missed and held < LAST_MADE_UP and number % 11:
        yield Correction(
            on=working_day_after(recorded, 6), minute=minute(number + 200), by=STUDY_SECRETARY, key=key,
            states=missed, reason="登记补学：" + "、".join(NAMES[code] for code in missed),
        )  # fmt: skip


def _branch_states(branch: str, day: dt.date, number: int) -> dict[str, str]:
    """Every 17th attendance or so somebody is on leave, in turn for the four reasons there are."""
    leave = ("official_leave", "personal_leave", "sick_leave", "official_leave", "late", "absent")
    return {
        code: leave[(place + number) % len(leave)]
        for place, code in enumerate(posted(branch, day))
        if (place * 7 + number * 5) % 17 == 0
    }


# Lectures

LECTURES = (
    (6, 30, "DZZ", DEPUTY, "general_branch_secretary", "弘扬伟大建党精神，走好科技为民之路", 46),
    (7, 5, "ZB1", SECRETARIES["ZB1"], "branch_secretary", "在服务中心大局中锤炼机关作风", 15),
    (7, 12, "ZB2", SECRETARIES["ZB2"], "branch_secretary", "做高新技术产业发展的追梦人", 14),
    (9, 20, BUREAU, HEAD, "other", "牢记嘱托，以主题教育推动科技创新", 58),
    (10, 18, "ZB3", SECRETARIES["ZB3"], "branch_secretary", "把论文写在田野上、车间里", 13),
    (11, 8, "ZB4", SECRETARIES["ZB4"], "branch_secretary", "坚守科研诚信，做好科技服务", 15),
)  # fmt: skip


def _lectures() -> Iterator[Act]:
    for number, (month, day, unit, lecturer, post, title, audience) in enumerate(LECTURES):
        held = dt.date(2023, month, day)
        yield Fact(
            on=working_day_after(held, 2), minute=minute(number + 30), by=STUDY_SECRETARY,
            key=f"lecture-{number + 1}", kind="party_lecture", unit=unit, occurred_on=held, title=title,
            person=lecturer, quantity=audience, quantity_unit="人次", values={"lecturer_post": post},
        )  # fmt: skip
