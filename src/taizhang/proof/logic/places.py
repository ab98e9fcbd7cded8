"""One place or facility under two names: 云溪县档案馆 and 云溪市档案馆, 青石岭水库 and 青石峪水库."""

import re
from collections import defaultdict
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_BODY = (
    r"(?:人民法院|人民检察院|人民医院|中医院|妇幼保健院|人民政府|人大常委会|档案馆|图书馆|文化馆|博物馆|党校|总工会|妇联|残联|红十字会|科协|团委|纪委|委宣传部|委组织部"
    r"|第?[一二三四五六七八九十]{0,2}(?:中学|小学|幼儿园|实验学校)|[一-龥]{2,8}?(?:局|委员会|管理处|服务中心|管理中心|指挥部|办公室|合作社|支行|公司))"
)
_PLACED = re.compile(rf"(?P<name>[一-龥]{{2}})(?P<kind>[省市县区镇乡])(?P<body>{_BODY})")
_NOT_NAMES = re.compile(r"[我全本该各省市县区镇乡的和与及在由为对向从到至经据按原]|开发|高新|城乡|自治|中心|直辖|地级|所辖|相关|有关|部分|其他|多个|两个|三个|街道|社")
_FACILITY = re.compile(
    r"(?P<name>[一-龥]{3})(?P<kind>水库|大桥|水电站|变电站|污水处理厂|自来水厂|隧道|灌区|泵站|公园|广场|景区|机场|港区|产业园|工业园|敬老院|养老院|安置房|高速公路|铁路|公路|大道|社区|小区)(?P<next>[一-龥]{3,8})"
)
_SAME_NEXT = 3


@rule(
    code="place-drift",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("A place or facility has two names"),
    good="清源县档案馆接收档案4.2万卷。下一步，清源县档案馆将开放目录。",
    bad="清源县档案馆接收档案4.2万卷。下一步，清源市档案馆将开放目录。",
)
def places(draft: Draft) -> Iterator[Mark]:
    """Mark a body told of 甲县 and of 甲市, and a facility whose name changes by one character."""
    yield from _kinds(draft)
    yield from _letters(draft)


def _kinds(draft: Draft) -> Iterator[Mark]:
    groups: dict[tuple[str, str], dict[str, re.Match[str]]] = defaultdict(dict)
    for match in _PLACED.finditer(draft.norm):
        if not _NOT_NAMES.search(match["name"]):
            groups[match["name"], match["body"]].setdefault(match["kind"], match)
    for told in groups.values():
        if len(told) == 2:  # noqa: PLR2004 - three kinds are three places
            first, second = sorted(told.values(), key=lambda m: m.start())
            yield _mark(first.span(), second.span(), first[0], second[0])


def _letters(draft: Draft) -> Iterator[Mark]:
    groups: dict[tuple[str, str], dict[str, re.Match[str]]] = defaultdict(dict)
    for match in _FACILITY.finditer(draft.norm):
        groups[match["kind"], match["next"][:_SAME_NEXT]].setdefault(match["name"], match)
    for named in groups.values():
        if len(named) != 2:  # noqa: PLR2004 - more are a list of places
            continue
        first, second = sorted(named.values(), key=lambda m: m.start())
        gap = draft.norm[first.end() : second.start()]
        if sum(a == b for a, b in zip(first["name"], second["name"], strict=True)) == 2 and "。" in gap:  # noqa: PLR2004
            yield _mark(first.span(), second.span(), first["name"] + first["kind"], second["name"] + second["kind"])


def _mark(first: tuple[int, int], second: tuple[int, int], name: str, other: str) -> Mark:
    return Mark(
        second[0],
        second[1],
        Message(gettext_noop("“{name}” here, “{own}” elsewhere: is this one place?"), name=other, own=name),
        suggestion=Message(gettext_noop("Use one name throughout; this may be left over from another text.")),
        evidence=(first,),
    )
