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
_PLACED = re.compile(rf"(?P<kind>[省市县区镇乡])(?P<body>{_BODY})")
_NOT_NAMES = re.compile(
    r"[我全本该各省市县区镇乡的和与及在由为对向从到至经据按原]|开发|高新|城乡|自治|中心|直辖|地级|所辖|相关|有关|部分|其他|多个|两个|三个|街道|社"
)
_ENTITY = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|公司|集团|医院|卫生院|学校|中学|小学|幼儿园|学院|大学|银行|合作社|研究院|研究所|事务所|水库|大桥|水电站|变电站|污水处理厂|自来水厂"
    r"|隧道|灌区|泵站|公园|广场|景区|机场|港区|产业园|工业园|敬老院|养老院|福利院|高速公路|博物馆|纪念馆|体育馆|图书馆)"
)
_COUNTY = re.compile(r"[县区](?![县区长委域别分间内外划级])")
_NAME = re.compile(r"(?:^|[^一-龥]|[在据由为对向于是与和今年])([一-龥]{2})$")
_HAN = re.compile(r"[一-龥]{2,}$")
_SHORT_TEXT = 600
_SHIFTS = frozenset("一二三四五六七八九十两东西南北中上下左右前后内外大小新老男女甲乙丙丁")
_KINDS = frozenset("省市县区镇乡村州")
_LEAST_NAME = 5
_LONGEST_NAME, _INNER, _BEHIND = 12, 5, 3


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
    yield from _counties(draft)
    yield from _letters(draft)
    yield from _titled(draft)


def _kinds(draft: Draft) -> Iterator[Mark]:
    groups: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for match in _PLACED.finditer(draft.norm):
        name = draft.norm[max(0, match.start() - 2) : match.start()]
        if _HAN.fullmatch(name) and not _NOT_NAMES.search(name):
            groups[name, match["body"]].setdefault(match["kind"], (match.start() - 2, match.end()))
    for told in groups.values():
        if len(told) == 2:  # noqa: PLR2004 - three kinds are three places
            yield _mark_places(draft, *sorted(told.values()))


def _counties(draft: Draft) -> Iterator[Mark]:
    """江宁县 again and again, and 江宁区 once: a county does not become a district inside one text."""
    told: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for match in _COUNTY.finditer(draft.norm):
        named = _NAME.search(draft.norm[max(0, match.start() - 3) : match.start()])
        if named is not None and not _NOT_NAMES.search(named[1]):
            told[named[1]][match[0]].append((match.start() - 2, match.end()))
    for kinds in told.values():
        if len(kinds) == 2:  # noqa: PLR2004 - 县 and 区
            few, many = sorted(kinds.values(), key=len)
            if len(few) < len(many) or len(draft.norm) < _SHORT_TEXT:
                yield _mark_places(draft, many[0], few[0])


def _mark_places(draft: Draft, first: tuple[int, int], second: tuple[int, int]) -> Mark:
    return _mark(first, second, draft.norm[slice(*first)], draft.norm[slice(*second)])


def _letters(draft: Draft) -> Iterator[Mark]:
    """Names that end alike but for one inner character, one of them told again or with the same words behind."""
    ends: dict[str, list[int]] = defaultdict(list)
    for match in _ENTITY.finditer(draft.norm):
        name = _HAN.search(draft.norm[max(0, match.end() - _LONGEST_NAME) : match.end()])
        if name is not None and len(name[0]) >= _LEAST_NAME:
            ends[name[0]].append(match.end())
    shapes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for text, found in ends.items():
        for size in range(_LEAST_NAME, len(text) + 1):
            tail = text[-size:]
            for at in range(1, min(size - 2, _INNER)):
                shapes[tail[:at] + "?" + tail[at + 1 :]][tail] += found
    marked: set[int] = set()
    for shape, tails in shapes.items():
        if len(tails) == 2:  # noqa: PLR2004 - more are a list of names
            yield from _drifts(draft, shape, tails, marked)


def _drifts(draft: Draft, shape: str, tails: dict[str, list[int]], marked: set[int]) -> Iterator[Mark]:
    (one, first), (other, second) = sorted(
        ((tail, min(ends)) for tail, ends in tails.items()), key=lambda t: t[1]
    )
    at = shape.index("?")
    apart = {one[at], other[at]}
    if (
        apart & _SHIFTS
        or apart <= _KINDS
        or not re.search(r"[。\n]", draft.norm[first:second])
        or second in marked
    ):
        return
    again = max(len(ends) for ends in tails.values()) > 1
    if again or draft.norm[first : first + _BEHIND] == draft.norm[second : second + _BEHIND]:
        marked.add(second)
        yield _mark((first - len(shape), first), (second - len(shape), second), one, other)


def _mark(first: tuple[int, int], second: tuple[int, int], name: str, other: str) -> Mark:
    return Mark(
        second[0],
        second[1],
        Message(gettext_noop("“{name}” here, “{own}” elsewhere: is this one place?"), name=other, own=name),
        suggestion=Message(gettext_noop("Use one name throughout; this may be left over from another text.")),
        evidence=(first,),
    )


_AUTHOR = re.compile(
    r"(?P<stem>[一-龥]{2})(?P<kind>村|社区|县|区|镇|乡|街道|市)(?P<body>(?!民|务|级|委会)[一-龥]{2})"
)
_TITLE = 50
_CLAUSE_START = frozenset("\n。，；：　 ")
_GUEST = re.compile(r"来|到|赴|派|应邀|的|也|则|已先")


def _titled(draft: Draft) -> Iterator[Mark]:
    """A title of 青石村党支部, and 青山村党支部 as the one who acts: one character of the author's name has changed."""
    first = next(iter(draft.paragraphs), None)
    if first is None or first.end - first.start > _TITLE or draft.norm[first.end - 1] in "。：":
        return
    own = _AUTHOR.search(draft.norm, first.start, first.end)
    if own is None or _NOT_NAMES.search(own["stem"]):
        return
    stem, kind = own["stem"], own["kind"]
    pattern = re.compile(rf"(?:{stem[0]}[一-龥]|[一-龥]{stem[1]}){kind}(?P<body>[一-龥]{{2}})")
    for found in pattern.finditer(draft.norm, first.end):
        name = found[0][:2]
        changed = {*name} ^ {*stem}
        if name == stem or changed & _SHIFTS or draft.norm[found.start() - 1] not in _CLAUSE_START:
            continue
        if draft.norm.count(name + kind) > 1 or _GUEST.match(draft.norm, found.end()):
            continue
        if stem + kind + found["body"] not in draft.norm:
            continue
        yield _mark_places(draft, own.span(), found.span())
