"""The sample bureau: who belonged where, from when until when. Every name is invented."""

import datetime as dt
from dataclasses import dataclass

FOUNDED = dt.date(2019, 3, 1)
BUREAU = "KJJ"


@dataclass(frozen=True)
class UnitRow:
    code: str
    name: str
    short_name: str
    kind: str
    parent: str = BUREAU


@dataclass(frozen=True)
class Span:
    """Something that held from a day to a day, both included."""

    since: dt.date = FOUNDED
    until: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class PostRow:
    person: str
    unit: str
    title: str
    span: Span = Span()


@dataclass(frozen=True)
class MemberRow:
    group: str
    person: str
    standing: str
    span: Span = Span()


@dataclass(frozen=True)
class RoleRow:
    person: str
    role: str
    unit: str
    span: Span = Span()


UNITS = (
    UnitRow(BUREAU, "景澜市科学技术局", "市科技局", "bureau", parent=""),
    UnitRow("BGS", "办公室", "办公室", "section"),
    UnitRow("RSK", "人事科（机关党办）", "人事科", "section"),
    UnitRow("ZCK", "政策法规与监督科", "政策科", "section"),
    UnitRow("ZYK", "资源配置与规划科", "规划科", "section"),
    UnitRow("GXK", "高新技术科", "高新科", "section"),
    UnitRow("NCK", "农村与社会发展科技科", "农社科", "section"),
    UnitRow("CGK", "成果转化与区域创新科", "成果科", "section"),
    UnitRow("RCK", "外国专家与科技人才科", "人才科", "section"),
    UnitRow("QBS", "科学技术信息研究所", "信息所", "institute"),
    UnitRow("SCL", "生产力促进中心", "生产力中心", "institute"),
    UnitRow("DZZ", "机关党总支", "党总支", "general_branch"),
    UnitRow("ZB1", "第一党支部", "第一支部", "branch", parent="DZZ"),
    UnitRow("ZB2", "第二党支部", "第二支部", "branch", parent="DZZ"),
    UnitRow("ZB3", "第三党支部", "第三支部", "branch", parent="DZZ"),
    UnitRow("ZB4", "第四党支部", "第四支部", "branch", parent="DZZ"),
)  # fmt: skip

# staff number, name, unit, post, branch ("" for somebody who is no Party member)
_STAFF = (
    ("KJ001", "周启明", BUREAU, "党组书记、局长", "ZB1"),
    ("KJ002", "林慧", BUREAU, "党组成员、副局长", "ZB1"),
    ("KJ003", "郑国栋", BUREAU, "党组成员、副局长", "ZB3"),
    ("KJ004", "许晓峰", BUREAU, "党组成员、副局长", "ZB2"),
    ("KJ005", "何建平", BUREAU, "党组成员、派驻纪检监察组组长", "ZB1"),
    ("KJ006", "宋毅", BUREAU, "党组成员、总工程师", "ZB3"),
    ("KJ058", "邱正", BUREAU, "派驻纪检监察组干部", "ZB1"),
    ("KJ007", "杨静", "BGS", "主任", "ZB1"),
    ("KJ008", "赵明宇", "BGS", "副主任", "ZB1"),
    ("KJ009", "陈思", "BGS", "一级科员", "ZB1"),
    ("KJ010", "刘畅", "BGS", "四级主任科员", "ZB1"),
    ("KJ011", "马骏", "BGS", "四级主任科员", ""),
    ("KJ059", "金鑫", "BGS", "机要档案员", "ZB1"),
    ("KJ012", "孙丽萍", "RSK", "科长（机关党办主任）", "ZB1"),
    ("KJ013", "吴倩", "RSK", "四级主任科员", "ZB1"),
    ("KJ014", "高翔", "RSK", "三级主任科员", "ZB1"),
    ("KJ015", "方圆", "RSK", "一级科员", "ZB1"),
    ("KJ016", "徐东", "ZCK", "科长", "ZB2"),
    ("KJ017", "蒋雨", "ZCK", "一级科员", "ZB2"),
    ("KJ018", "曹伟", "ZCK", "三级主任科员", "ZB2"),
    ("KJ019", "邓琳", "ZCK", "四级主任科员", "ZB2"),
    ("KJ020", "罗刚", "ZYK", "科长", "ZB2"),
    ("KJ021", "谢雯", "ZYK", "四级主任科员", "ZB2"),
    ("KJ022", "唐磊", "ZYK", "三级主任科员", "ZB2"),
    ("KJ023", "韩冰", "ZYK", "一级科员", ""),
    ("KJ024", "冯志强", "GXK", "科长", "ZB2"),
    ("KJ025", "于洋", "GXK", "四级主任科员", "ZB2"),
    ("KJ026", "董洁", "GXK", "三级主任科员", "ZB2"),
    ("KJ027", "萧然", "GXK", "四级主任科员", "ZB2"),
    ("KJ028", "程浩", "GXK", "一级科员", ""),
    ("KJ029", "潘素芬", "NCK", "科长", "ZB3"),
    ("KJ030", "袁野", "NCK", "四级主任科员", "ZB3"),
    ("KJ031", "蔡敏", "NCK", "一级科员", "ZB3"),
    ("KJ032", "崔勇", "NCK", "三级主任科员", "ZB3"),
    ("KJ033", "丁海涛", "CGK", "科长", "ZB3"),
    ("KJ034", "魏薇", "CGK", "四级主任科员", "ZB3"),
    ("KJ035", "沈洋", "CGK", "三级主任科员", "ZB3"),
    ("KJ036", "任杰", "CGK", "一级科员", ""),
    ("KJ037", "姜雪梅", "RCK", "科长", "ZB3"),
    ("KJ038", "范宇", "RCK", "四级主任科员", "ZB3"),
    ("KJ039", "钟灵", "RCK", "一级科员", "ZB3"),
    ("KJ040", "石磊", "QBS", "所长", "ZB4"),
    ("KJ041", "贾晓云", "QBS", "副所长", "ZB4"),
    ("KJ042", "夏冰清", "QBS", "助理研究员", "ZB4"),
    ("KJ043", "傅强", "QBS", "高级工程师", ""),
    ("KJ044", "侯亮", "QBS", "工程师", "ZB4"),
    ("KJ045", "白露", "QBS", "助理研究员", "ZB4"),
    ("KJ046", "秦岚", "QBS", "副研究员", "ZB4"),
    ("KJ047", "尹航", "QBS", "研究实习员", ""),
    ("KJ048", "黎明", "QBS", "副研究员", "ZB4"),
    ("KJ049", "史建华", "SCL", "主任", "ZB4"),
    ("KJ050", "陶然", "SCL", "助理工程师", "ZB4"),
    ("KJ051", "孟飞", "SCL", "副主任", "ZB4"),
    ("KJ052", "龙小燕", "SCL", "工程师", "ZB4"),
    ("KJ053", "万里", "SCL", "高级工程师", "ZB4"),
    ("KJ054", "段宏", "SCL", "工程师", ""),
    ("KJ055", "雷鸣", "SCL", "助理工程师", "ZB4"),
    ("KJ056", "钱进", "SCL", "会计师", ""),
    ("KJ057", "汤丽", "SCL", "工程师", "ZB4"),
    ("KJ060", "田甜", "BGS", "一级科员（新录用）", "ZB1"),
    ("KJ061", "陆文涛", BUREAU, "党组成员、副局长", "ZB3"),
)  # fmt: skip

NAMES = {code: name for code, name, _unit, _title, _branch in _STAFF}

_RETIRED = dt.date(2023, 6, 30)
_SECONDED = dt.date(2023, 6, 30)
_MOVED = dt.date(2023, 3, 20)
_SPANS = {
    "KJ003": Span(until=_RETIRED),
    "KJ030": Span(until=_SECONDED),
    "KJ027": Span(until=_MOVED - dt.timedelta(days=1)),
    "KJ053": Span(until=dt.date(2023, 10, 31)),
    "KJ060": Span(since=dt.date(2023, 8, 14)),
    "KJ061": Span(since=dt.date(2023, 9, 11)),
}
_BRANCH_POSTS = {
    "KJ002": ("DZZ", "党总支书记"),
    "KJ012": ("DZZ", "党总支副书记"),
    "KJ007": ("ZB1", "支部书记"),
    "KJ024": ("ZB2", "支部书记"),
    "KJ033": ("ZB3", "支部书记"),
    "KJ040": ("ZB4", "支部书记"),
}
_AFTER_THE_MOVE = (
    PostRow("KJ027", "CGK", "四级主任科员", Span(since=_MOVED)),
    PostRow("KJ027", "ZB3", "党员", Span(since=_MOVED)),
)


def _posts() -> tuple[PostRow, ...]:
    in_units = [PostRow(code, unit, title, _SPANS.get(code, Span())) for code, _n, unit, title, _b in _STAFF]
    in_branches = [
        PostRow(
            code,
            branch,
            "支部书记" if _BRANCH_POSTS.get(code) == (branch, "支部书记") else "党员",
            _SPANS.get(code, Span()),
        )
        for code, _n, _u, _t, branch in _STAFF
        if branch
    ]
    in_general_branch = [
        PostRow(code, unit, title) for code, (unit, title) in _BRANCH_POSTS.items() if unit == "DZZ"
    ]
    return (*in_units, *in_general_branch, *in_branches, *_AFTER_THE_MOVE)


POSTS = _posts()

MEMBERS = (
    MemberRow("study_group", "KJ001", "组长"),
    MemberRow("study_group", "KJ002", "副组长"),
    MemberRow("study_group", "KJ003", "成员", Span(until=_RETIRED)),
    MemberRow("study_group", "KJ004", "成员"),
    MemberRow("study_group", "KJ061", "成员", Span(since=dt.date(2023, 9, 11))),
    MemberRow("study_group", "KJ005", "成员"),
    MemberRow("study_group", "KJ006", "成员"),
    MemberRow("study_group", "KJ007", "成员"),
    MemberRow("study_group", "KJ012", "成员、学习秘书"),
    MemberRow("study_group", "KJ016", "成员"),
    MemberRow("study_group", "KJ040", "成员"),
    MemberRow("study_group", "KJ049", "成员"),
    MemberRow("leading_group", "KJ001", "组长"),
    MemberRow("leading_group", "KJ002", "副组长"),
    MemberRow("leading_group", "KJ003", "副组长", Span(until=_RETIRED)),
    MemberRow("leading_group", "KJ004", "副组长"),
    MemberRow("leading_group", "KJ061", "副组长", Span(since=dt.date(2023, 9, 11))),
    MemberRow("leading_group", "KJ005", "副组长"),
    MemberRow("leading_group", "KJ006", "副组长"),
    *(
        MemberRow("leading_group", code, "成员")
        for code in ("KJ007", "KJ012", "KJ016", "KJ020", "KJ024", "KJ029", "KJ033", "KJ037", "KJ040", "KJ049")
    ),
    MemberRow("inspection_team", "KJ005", "组长"),
    MemberRow("inspection_team", "KJ018", "成员"),
    MemberRow("inspection_team", "KJ019", "成员"),
)

HEADS = {
    "BGS": "KJ007",
    "RSK": "KJ012",
    "ZCK": "KJ016",
    "ZYK": "KJ020",
    "GXK": "KJ024",
    "NCK": "KJ029",
    "CGK": "KJ033",
    "RCK": "KJ037",
    "QBS": "KJ040",
    "SCL": "KJ049",
}
"""Who leads each section and institute."""

OFFICERS = {
    "BGS": "KJ010",
    "RSK": "KJ015",
    "ZCK": "KJ017",
    "ZYK": "KJ021",
    "GXK": "KJ025",
    "NCK": "KJ030",
    "CGK": "KJ034",
    "RCK": "KJ038",
    "QBS": "KJ042",
    "SCL": "KJ050",
}
"""The information officer of each; in NCK somebody else from July on (see ``officer_of``)."""

SECRETARIES = {"DZZ": "KJ002", "ZB1": "KJ007", "ZB2": "KJ024", "ZB3": "KJ033", "ZB4": "KJ040"}

HEAD, DEPUTY, CLERK, STUDY_SECRETARY = "KJ001", "KJ002", "KJ009", "KJ013"
INSPECTOR, VERIFIER, ASSESSOR = "KJ018", "KJ019", "KJ014"
SECURITY_ADMINISTRATOR = "KJ044"
PROOFREADERS = ("KJ011", "KJ008")
"""Who proofreads manuscripts: the first has an account to log in to."""

ROLES = (
    RoleRow(HEAD, "head", BUREAU),
    RoleRow(DEPUTY, "deputy", BUREAU),
    *(RoleRow("KJ003", "deputy", unit, Span(until=_RETIRED)) for unit in ("NCK", "CGK")),
    *(RoleRow("KJ061", "deputy", unit, Span(since=dt.date(2023, 9, 11))) for unit in ("NCK", "CGK")),
    *(RoleRow("KJ004", "deputy", unit) for unit in ("GXK", "ZYK", "QBS")),
    *(RoleRow(code, role, unit) for unit, code in HEADS.items() for role in ("section_head", "rectifier")),
    *(
        RoleRow(code, "information_officer", unit, Span(until=_SECONDED) if unit == "NCK" else Span())
        for unit, code in OFFICERS.items()
    ),
    RoleRow("KJ031", "information_officer", "NCK", Span(since=dt.date(2023, 7, 1))),
    RoleRow(STUDY_SECRETARY, "study_secretary", BUREAU),
    RoleRow(CLERK, "clerk", BUREAU),
    RoleRow("KJ005", "inspector", BUREAU),
    RoleRow(INSPECTOR, "inspector", BUREAU),
    RoleRow(VERIFIER, "inspector", BUREAU),
    RoleRow(ASSESSOR, "assessor", BUREAU),
    *(RoleRow(code, "proofreader", BUREAU) for code in PROOFREADERS),
    RoleRow("KJ058", "auditor", BUREAU),
    RoleRow("KJ043", "system_administrator", BUREAU),
    RoleRow(SECURITY_ADMINISTRATOR, "security_administrator", BUREAU),
    RoleRow("KJ059", "audit_administrator", BUREAU),
)

PASSWORD = "taizhang-2023"  # noqa: S105 - the sample's, printed where the sample is made

ACCOUNTS = {
    "head": HEAD,
    "deputy": DEPUTY,
    "section": "KJ024",
    "officer": "KJ025",
    "secretary": STUDY_SECRETARY,
    "clerk": CLERK,
    "proofreader": PROOFREADERS[0],
    "inspector": INSPECTOR,
    "auditor": "KJ058",
    "assessor": ASSESSOR,
    "sysadmin": "KJ043",
    "secadmin": SECURITY_ADMINISTRATOR,
    "audadmin": "KJ059",
}
"""Login names with the sample's password, one a role. Other recorders have accounts that nobody can log in to."""


def officer_of(unit: str, day: dt.date) -> str:
    """Return who records a unit's information on ``day``."""
    return "KJ031" if unit == "NCK" and day > _SECONDED else OFFICERS[unit]


def posted(unit: str, day: dt.date) -> list[str]:
    """Return the people with a post in this unit itself on ``day``."""
    return [row.person for row in POSTS if row.unit == unit and row.span.holds_on(day)]


def members(group: str, day: dt.date) -> list[str]:
    """Return the members of a group on ``day``."""
    return [row.person for row in MEMBERS if row.group == group and row.span.holds_on(day)]


def signature(person: str) -> str:
    """Return the name under which somebody's acts stand in the journal."""
    return f"{login_of(person)} {NAMES[person]}"


def login_of(person: str) -> str:
    """Return somebody's login name: that of a role, or the staff number."""
    return next((login for login, holder in ACCOUNTS.items() if holder == person), person.lower())
