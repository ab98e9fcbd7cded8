"""Names that drift inside one document."""

import re
from collections import defaultdict
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_OWN = re.compile(
    r"(?:(?<![自])我|(?<![一-龥])本(?=[局院校厂馆]|公司|中心))(?P<kind>局|厅|委(?!托|派|屈|员|婉)|办(?!理|公|事|学|案)|园区|院|校|厂|公司|集团|中心|站|所|区|县|市|镇|乡|街道|村|省|州|旗|社区|馆|园|队|支队|大队|社(?!会|区|保|交)|行(?!动|业|政|为|使|程|进|文|车|人|李|将)|部(?!分|门|署|队|委)|室|处(?!于|在|理|置|罚))(?![长内外级辖际际])"
)
_PLACES = frozenset({"区", "县", "市", "镇", "乡", "街道", "村", "省", "州", "旗", "社区"})
_BODIES = (
    {
        "局",
        "院",
        "校",
        "厂",
        "公司",
        "集团",
        "中心",
        "站",
        "所",
        "馆",
        "园",
        "支队",
        "大队",
        "队",
        "厅",
        "委",
        "办",
        "社",
        "行",
        "部",
        "室",
        "处",
    },
)
_TITLE_KIND = (
    (re.compile(r"[中小]学|学校|职高|幼儿园"), "校"),
    (re.compile(r"医院|法院|检察院|学院|研究院|敬老院|卫生院"), "院"),
    (re.compile(r"大学"), "校"),
    (re.compile(r"局(?!部|面|势|限)"), "局"),
    (re.compile(r"镇(?!静|痛|定|压)"), "镇"),
    (re.compile(r"(?<![城家水同故他])乡(?!村|镇|愁|土)"), "乡"),
    (re.compile(r"街道"), "街道"),
    (re.compile(r"中心"), "中心"),
    (re.compile(r"公司"), "公司"),
    (re.compile(r"厂"), "厂"),
)
_PAIRS = {
    "镇": {"乡", "街道"},
    "乡": {"镇", "街道"},
    "街道": {"镇", "乡"},
    "校": {"院", "局", "公司", "厂"},
    "院": {"校", "局", "厂"},
    "局": {"院", "校", "厅", "厂", "委"},
    "公司": {"局", "厂", "院"},
    "厂": {"公司", "院", "校"},
    "中心": {"院", "校"},
}
_FORMAL = re.compile(
    r"(?P<place>[省市县区旗州镇乡])(?P<business>[一-龥]{2,10}?)(?P<suffix>局|厅|委员会|委(?!员))(?![长内外部属面势限级子员定辖管负务理托])"
)
_FEW = 3
_HALL = re.compile(
    r"(?P<place>[一-龥]{1,4}(?<!自治)[县区镇乡])(?P<business>教育|公安|民政|司法|财政|交通运输|农业农村|水利|商务|文化和旅游|自然资源|生态环境|住房和城乡建设|人力资源和社会保障|应急管理|科学技术|科技|工业和信息化|审计|卫生健康)厅"
)
_SOCIETIES = frozenset({"联合会", "协会", "学会", "总会"})
_PRISONS = frozenset({"监狱", "看守所", "拘留所", "戒毒所"})
_ALIKE = {end: sorted(group) for group in (_SOCIETIES, _PRISONS) for end in group}
_AUTHOR = re.compile(
    r"(?P<name>[一-龥]{2,16}?(?P<end>联合会|协会|学会|总会|监狱|看守所|拘留所|戒毒所|委员会|局|中心|医院|学校))(?=关于|20\d\d|[一二三四上下]季度|[上下]?半年|全年|年度|工作)"
)
_LAND = re.compile(r"(?P<place>[一-龥]{1,3})(?P<level>[省市县区旗])(?P<body>[一-龥]{3,})")
_GOES_ON = r"(?=还|又|先后|累计|共|全年)"  # what the author did besides, not what another did
_PERSON = re.compile(r"(?:关于|对|向)?(?P<name>[一-龥]{3})(?=同志)")
_STREET = re.compile(
    r"(?P<name>[一-龥]{2})(?P<kind>街道|镇|(?<![城家水故同他])乡)(?=人民|还|将|已|把|党|办|政府|综|卫|社|机关|辖|各|20|共|紧|坚|以|召|组|积|的|在|全|深|，|。|、|\d)"
)


@rule(
    code="name-drift",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("The author's own name drifts"),
    good="红旗中学工作总结\n我校以课堂提质为核心，我校教研氛围日益浓厚。",
    bad="红旗中学工作总结\n我校以课堂提质为核心，我院教研氛围日益浓厚。",
)
def own_names(draft: Draft) -> Iterator[Mark]:
    """Mark 我院 in a draft whose author is 我校, and 我市 in one of a district."""
    norm = re.sub(r"“[^”\n]{0,300}”", lambda m: "□" * len(m[0]), draft.norm)
    found = list(_OWN.finditer(norm))
    bodies = [m for m in found if m["kind"] not in _PLACES]
    lands = [m for m in found if m["kind"] in _PLACES]
    title = _title_kind(draft)
    yield from _drift(draft, bodies, title if title not in _PLACES else None)
    yield from _drift(
        draft, [m for m in lands if m["kind"] in {"镇", "乡", "街道"}], title if title in _PLACES else None
    )
    yield from _drift(draft, [m for m in lands if m["kind"] in {"区", "县", "旗"}], None)
    yield from _drift(draft, [m for m in lands if m["kind"] in {"村", "社区"}], None)
    yield from _superior(norm, lands)
    yield from _own_again(draft)


def _own_again(draft: Draft) -> Iterator[Mark]:
    """宁川县残疾人联合会……宁川县残疾人协会: the author's whole name is told again with another end, or of another level."""
    first = next(iter(draft.paragraphs), None)
    own = _AUTHOR.match(draft.norm, first.start, first.end) if first else None
    if first is None or own is None or draft.norm.find(own["name"], first.end) < 0:
        return
    name, end = own["name"], own["end"]
    others = [re.escape(name.removesuffix(end) + other) for other in _ALIKE.get(end, ()) if other != end]
    patterns = [rf"(?:{'|'.join(others)}){'' if end in _SOCIETIES else _GOES_ON}"] if others else []
    land = _LAND.fullmatch(name)
    if land is not None and not re.search(r"撤[县市区]|[县市]改[市区]", draft.norm):
        level = "[省市县区旗]".replace(land["level"], "")
        patterns.append(rf"{land['place']}{level}{re.escape(land['body'])}{_GOES_ON}")
    for pattern in patterns:
        opens = r"(?<=[。；\n])" if pattern.endswith(_GOES_ON) else r"(?<![一-龥])"
        for match in re.finditer(opens + pattern, draft.norm[first.end :]):
            at = first.end + match.start()
            yield _mark(at, at + len(match[0]), match[0], name, (own.span("name"),))


def _title_kind(draft: Draft) -> str | None:
    first = draft.norm[draft.paragraphs[0].start : draft.paragraphs[0].end] if draft.paragraphs else ""
    heading = (first if len(first) <= 50 and not first.endswith(("。", "：")) else "") or draft.title  # noqa: PLR2004
    if "http" in heading or not heading:
        heading = draft.title
    best: tuple[int, str] | None = None
    for pattern, kind in _TITLE_KIND:
        for match in pattern.finditer(heading):
            if best is None or match.end() > best[0]:
                best = match.end(), kind
    return best[1] if best else None


def _drift(draft: Draft, found: list[re.Match[str]], title: str | None) -> Iterator[Mark]:
    counts: dict[str, int] = defaultdict(int)
    first: dict[str, re.Match[str]] = {}
    for match in found:
        counts[match["kind"]] += 1
        first.setdefault(match["kind"], match)
    if not counts:
        return
    if title is not None and title not in counts and len(counts) == 1:
        kind = next(iter(counts))
        if kind in _PAIRS.get(title, set()):
            match = first[kind]
            yield _mark(match.start(), match.end(), match[0], f"我{title}", ())
        return
    if len(counts) < 2:  # noqa: PLR2004
        return
    own = title if title in counts else max(counts, key=lambda kind: (counts[kind], -first[kind].start()))
    for match in found:
        if (
            match["kind"] != own
            and not _explained(draft, match)
            and counts[match["kind"]] <= counts[own]
            and counts[match["kind"]] <= _FEW
        ):
            main = first[own]
            yield _mark(match.start(), match.end(), match[0], main[0], ((main.start(), main.end()),))


def _explained(draft: Draft, match: re.Match[str]) -> bool:
    return draft.norm[match.end() : match.end() + 1] in {"（", "("}


def _superior(norm: str, lands: list[re.Match[str]]) -> Iterator[Mark]:
    """A draft written under 区委 or 县委 that speaks of 我市."""
    led = re.search(
        r"(?:在|按照|根据)[^，。；]{0,6}(?P<level>[区县])委[^，。；]{0,20}(?:领导|指导|部署|关心)", norm
    )
    if led is None or "市委" in norm or any(m["kind"] == led["level"] for m in lands):
        return
    for match in lands:
        if match["kind"] == "市":
            yield _mark(
                match.start(),
                match.end(),
                match[0],
                f"{led['level']}委",
                ((led.start("level"), led.start("level") + 2),),
            )


def _mark(start: int, end: int, name: str, own: str, evidence: tuple[tuple[int, int], ...]) -> Mark:
    return Mark(
        start,
        end,
        Message(
            gettext_noop("“{name}” here, “{own}” elsewhere: one author has one name."), name=name, own=own
        ),
        suggestion=Message(gettext_noop("Use one name throughout; this may be left over from another text.")),
        evidence=evidence,
    )


@rule(
    code="person-name",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("The person the draft is about is named differently"),
    good="关于张建国同志的考察材料\n张建国同志任现职以来表现突出。",
    bad="关于张建国同志的考察材料\n张建军同志任现职以来表现突出。",
)
def persons(draft: Draft) -> Iterator[Mark]:
    """Mark a name with 同志 that differs in one character from the one in the title."""
    first = next(iter(draft.paragraphs), None)
    titled = _PERSON.search(draft.norm, first.start, first.end) if first else None
    if first is None or titled is None:
        return
    own = titled["name"]
    for found in _almost(own).finditer(draft.norm, first.end):
        if found["name"] != own:
            yield _mark(found.start(), found.end(), found["name"], own, (titled.span(),))


def _almost(name: str) -> re.Pattern[str]:
    changed = "|".join(name[:at] + "[一-龥]" + name[at + 1 :] for at in range(1, len(name)))
    return re.compile(rf"(?<![一-龥])(?P<name>{changed})(?=同志)")


@rule(
    code="office-name",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("An office has two names"),
    good="清源县交通运输局修路168公里。清源县交通运输局还开展治超。",
    bad="清源县交通运输局修路168公里。清源县交通运输厅还开展治超。",
)
def offices(draft: Draft) -> Iterator[Mark]:
    """Mark one office told as 局 and as 厅, a county office told as 厅, a town told as 镇 and as 乡."""
    groups: dict[tuple[str, str], dict[str, re.Match[str]]] = defaultdict(dict)
    for match in _FORMAL.finditer(draft.norm):
        before = draft.norm[max(0, match.start() - 2) : match.start()]
        if not before or before == "自治" or re.search("[省市县区旗州镇乡]", match["business"]):
            continue
        key = before[-1] + match["place"], match["business"]
        groups[key].setdefault(match["suffix"], match)
    marked: set[int] = set()
    for names in groups.values():
        if len(names) < 2:  # noqa: PLR2004 - one name is no drift
            continue
        first, second, *_ = sorted(names.values(), key=lambda m: m.start())
        marked.add(second.start("business"))
        yield _mark(second.start(), second.end(), second[0], first[0], ((first.start(), first.end()),))
    for match in _HALL.finditer(draft.norm):
        if match.start("business") not in marked:
            yield _mark(match.start(), match.end(), match[0], match[0][:-1] + "局", ())
    yield from _towns(draft)


def _towns(draft: Draft) -> Iterator[Mark]:
    kinds: dict[str, dict[str, re.Match[str]]] = defaultdict(dict)
    for match in _STREET.finditer(draft.norm):
        kinds[match["name"]].setdefault(match["kind"], match)
    for found in kinds.values():
        if len(found) > 1:
            first, second, *_ = sorted(found.values(), key=lambda m: m.start())
            yield _mark(second.start(), second.end(), second[0], first[0], ((first.start(), first.end()),))
