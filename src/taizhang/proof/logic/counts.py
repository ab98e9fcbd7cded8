"""Announced counts against the list that follows (三项措施：一是……二是……)."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.logic.numbering import Ordinal, inline_runs, line_ordinals, outer
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_CLASSIFIERS = "个项条点大种类步块件位名家次场层道组轮批期处章篇段句套座门科张本支份样"
_COUNT = rf"(?P<count>[两二三四五六七八九十]{{1,2}}|(?<![\d.,])\d{{1,2}}(?!\d))(?P<classifier>[{_CLASSIFIERS}]|方面|部分)"
_ANNOUNCED = re.compile(
    rf"(?<!第)(?<![一二三四五六七八九十百千零几数多每至到\d.]){_COUNT}(?P<noun>[^，。；：、\n]{{0,18}})$"
)
_BEFORE_LIST = re.compile(
    rf"(?<!第)(?<![一二三四五六七八九十百千零几数多每半至到—\d.]){_COUNT}(?P<noun>[一-龥“”（）]{{0,14}}?)(?P<joint>—+|[：，]?(?:即|分别是|分别为|具体是|具体为|主要是|包括|也就是|依次是|依次为|就是|一般为|有)[：，]?|：|(?<=”)（|(?<=[名位个家][一-龥]{2})（|(?<=[名位个家][一-龥]{3})（)(?P<list>(?:[^。；：（）\n]|（[^（）\n]*）)+)"
)
_IN_ALL = re.compile(r"：?（共(?P<count>\d{1,2}|[两二三四五六七八九十]{1,2})[份个项条件张类]）：?$")
_HEADED = re.compile(
    r"(?P<count>[两二三四五六七八九])(?:个|大)?(?P<noun>层面|方面|环节|阶段|维度|领域|层级|渠道|部分|片区|类型|群体)[^。；\n：，]{0,24}(?P<joint>[：，])"
)
_LIST_REACH = 600
_FIRST_FEW = re.compile(
    r"前(?P<count>[三四五六七八九十]|10|[3-9])[名位家强个][^，。；：]{0,10}?(?:依次|分别)?(?:是|为)：?(?P<list>(?:[^。；，（）\n]|（[^（）\n]*）)+)"
)
_EACH_LED = re.compile(
    r"(?<!第)(?P<count>[两二三四五六七八九])(?:个|支)(?P<noun>[一-龥]{0,6}[组队])，分别由(?P<list>(?:[一-龥]{2,4}、)+[一-龥]{2,4}?)(?=担?任|带队|牵头)"
)
_BELOW = re.compile(rf"(?:下列|以下){_COUNT}[^。；\n]{{0,40}}$")
_SUM = re.compile(
    r"(?P<count>[两二三四五六七八九]|(?<!\d)[2-9])(?P<classifier>级|类|个部门|个方面|大类|方面|大方面|个单位|个阶段|个环节|种方式|个领域|个层面|个乡镇|个街道|个社区|项工作|项制度|家单位|个县区|件实事|件大事|项任务|项重点|大工程|大行动|大领域|种渠道|个维度|个?部门(?!联合体)|项机制|项举措|项措施|个工作组|个小组|个专班|个专项组|个组|家医院|所学校|个科室|个村|个县|个区|个片区|个专题|个要素|个能力|张清单|本台账|支队伍|个平台|个中心|个模块|个板块|类人群|类人员|类问题|大体系|大板块|大任务|大领域|大产业|大平台|大系统|大类别|大战役|大攻坚|大工作|个[一-龥]{0,4}(?:科室|部门|单位|县区|乡镇|街道|社区|学校|医院|小组|专班|中心|平台|领域|方面|环节|层面|阶段|维度|类别|板块|片区|支部|车间|班组|窗口|岗位|教研组|组|学科|专业|产业|基地|行业|站所|院系|要点|品种))"
)
_LIST_BEFORE = re.compile(
    r"(?:[^，。；：\n、和及与等“”（）《》]{1,14}、){1,20}[^，。；：\n、等“”（）《》]{1,14}$"
)
_REACH = 160
_MOST_MISSED = 2
_ACTS = re.compile(
    r"各|均|分别|都|每|共同|[\d一二三四五六七八九十]月|召开|举办|开展|组织|进行|完成|新增|建设|设立|推进|发放|检查|走访|覆盖|涉及|新建|建成|打造|成立|确定|选[取择定]|对|在|为|向|的|共|[两二三四五六七八九\d](?:级|个|家|名)"
)
_ET_CETERA = re.compile(r"等(?!级|次|候|待|额|于|同|奖|离|效|量)|……|及其他|以及其他")
_SET = re.compile(r"^[个大项]?(?:五年|月|小时|年|工作日|百分点|多|以上|左右|星期|学期|季度|名次|位次|交易日)")
_WINDOW = 60
_GOES_ON = re.compile(
    r"[每均都各共总由投并已]|全部|目前|计划|预计|年底|年内|实行|占地|面积|投资|覆盖|其中|今年"
)
_BODIES = frozenset("院校厂所站馆店社局县区镇乡村会")
_KINDS = {"公司": "企业"}
_TERMS = re.compile(r"\d{1,3}(?:个?小时|分钟|个?工作日|天|日)")
_FIGURES = re.compile(r"\d|[一二三四五六七八九十]是|①|其中")


def _value(text: str) -> int:
    return int(text) if text.isdigit() else int(han_value(text))


@rule(
    code="list-count",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("The list does not have the announced number of items"),
    good="主要面临三方面困难：一是管网老化；二是煤价上涨；三是力量不足。",
    bad="主要面临两方面困难：一是管网老化；二是煤价上涨；三是力量不足。",
)
def list_counts(draft: Draft) -> Iterator[Mark]:
    """Count the items after an announced number, in numbered lists and in lists divided by 、."""
    yield from _numbered_inline(draft)
    yield from _numbered_lines(draft)
    yield from _enumerated(draft)
    yield from _summed_up(draft)
    yield from _headed(draft)
    yield from _first_few(draft)
    yield from _shared_out(draft)


def _first_few(draft: Draft) -> Iterator[Mark]:
    """居前五名的依次是A、B、C、D、E."""
    for found in _FIRST_FEW.finditer(draft.norm):
        count, items = _value(found["count"]), _items(found["list"], "")
        if items is not None and count not in items and abs(count - items.start) <= _MOST_MISSED:
            yield _mark(
                (count, found.start("count") - 1, found.end("count") + 1), items.start, found.span("list")
            )


def _shared_out(draft: Draft) -> Iterator[Mark]:
    """三个督导组，分别由甲、乙、丙任组长: one name for each."""
    for found in _EACH_LED.finditer(draft.norm):
        count, named = _value(found["count"]), found["list"].count("、") + 1
        if count > 1 and 0 < abs(count - named) <= _MOST_MISSED:
            yield _mark((count, found.start("count"), found.end("noun")), named, found.span("list"))


def _headed(draft: Draft) -> Iterator[Mark]:
    """三个层面……：县级层面，……；镇级层面，……: every item opens with the noun that was counted."""
    for found in _HEADED.finditer(draft.norm):
        stop = draft.norm.find("\n", found.end())
        listed = draft.norm[
            found.end() : min(stop if stop >= 0 else len(draft.norm), found.end() + _LIST_REACH)
        ]
        noun = re.escape(found["noun"])
        items = re.findall(rf"(?:^|[；。：]|(?<=[；。]))(?:在)?([一-龥]{{1,6}}{noun})[，：要]", listed)
        count = _value(found["count"])
        if found["joint"] == "，":
            items = _opening_clauses(found["noun"], listed)
        if len(items) > 1 and len(items) != count and abs(len(items) - count) <= _MOST_MISSED:
            at = found.end() + listed.find(items[0]), found.end() + listed.find(items[-1]) + len(items[-1])
            yield _mark((count, found.start("count"), found.end("noun")), len(items), at)


def _opening_clauses(noun: str, listed: str) -> list[str]:
    """县级层面抓统筹，乡级层面抓落实: clauses that all open with the noun, up to the end of the sentence."""
    clauses = re.split(r"[，；]", listed.partition("。")[0])
    heads = [re.match(rf"(?:在)?([一-龥]{{1,6}}?{re.escape(noun)})(?=[一-龥])", clause) for clause in clauses]
    own = [head[1] for head in heads if head is not None]
    first_missing = next((at for at, head in enumerate(heads) if head is None), len(heads))
    return own if len(own) > 1 and (first_missing == len(heads) or first_missing >= len(own)) else []


_Said = tuple[int, int, int]


def _announcement(draft: Draft, start: int, *, line: bool, strict: bool = False) -> _Said | None:
    """Return the count announced right before ``start`` with its place, if there is one."""
    before = draft.norm[max(0, start - _WINDOW) : start]
    offset = max(0, start - _WINDOW)
    lead = before.rstrip("\n 　")
    bracketed = _IN_ALL.search(lead) if line else None
    if bracketed is not None:
        place = offset + bracketed.start("count")
        return _value(bracketed["count"]), place, place + len(bracketed["count"]) + 1
    if not line and "\n" in before:
        lead = before.rpartition("\n")[2].rstrip()
    if not lead.endswith(("：", "，", "。")):
        return None
    clause = re.split(r"[，。；\n]", lead[:-1])[-1]
    return _in_clause(lead, clause, offset + before.rfind(clause), strict=strict) or _in_sentence(
        lead, offset + before.rfind(lead)
    )


def _in_clause(lead: str, clause: str, offset: int, *, strict: bool) -> _Said | None:
    """三方面困难：the count stands in the clause that opens the list."""
    found = _ANNOUNCED.search(clause)
    if found is None or _SET.match(found["classifier"] + found["noun"]) or re.search("[“”]", found["noun"]):
        return None
    if lead.endswith("。") and strict and not re.search(r"以下|如下|下列|几|主要有", clause):
        return None
    if re.search(r"、|\d[^，。]{0,10}[和及与]", clause[: found.start()]):
        return None
    return _value(found["count"]), offset + found.start(), offset + len(clause)


def _in_sentence(lead: str, offset: int) -> _Said | None:
    """有下列三种表现之一的，可以提前解除：the count stands behind 下列 or 以下, other words between."""
    found = _BELOW.search(lead[:-1]) if lead.endswith("：") else None
    if found is None or _SET.match(found["classifier"]):
        return None
    return _value(found["count"]), offset + found.start("count"), offset + found.end("classifier")


def _numbered_inline(draft: Draft) -> Iterator[Mark]:
    for paragraph in draft.paragraphs:
        for run in inline_runs(draft, paragraph):
            first = run[0]
            if first.number != 1 or first.start == paragraph.start or len(run) < 2:  # noqa: PLR2004
                continue
            said = _announcement(draft, first.start, line=False)
            if said is not None and _consecutive(run) and said[0] != len(run) and said[0] > 1:
                yield _mark(said, len(run), (run[-1].start, _item_end(draft, run[-1], paragraph.end)))


def _consecutive(run: list[Ordinal]) -> bool:
    return [o.number for o in run] == list(range(1, len(run) + 1))


def _item_end(draft: Draft, ordinal: Ordinal, limit: int) -> int:
    stop = re.search(r"[，。；\n]", draft.norm[ordinal.end : limit])
    return ordinal.end + stop.start() if stop else limit


def _numbered_lines(draft: Draft) -> Iterator[Mark]:
    ordinals = list(line_ordinals(draft))
    starts = [p.start for p in draft.paragraphs]
    ends = {p.start: p.end for p in draft.paragraphs}
    position = {start: i for i, start in enumerate(starts)}
    for index, first in enumerate(ordinals):
        if first.number != 1 or position[first.start] == 0:
            continue
        said = _announcement(draft, first.start, line=True, strict=True)
        if said is None or said[0] < 2:  # noqa: PLR2004
            continue
        run = [first]
        for ordinal in ordinals[index + 1 :]:
            if ordinal.style == first.style:
                if ordinal.number == 1:
                    break
                run.append(ordinal)
            elif outer(ordinal.style, first.style):
                break
        if len(run) > 1 and run[-1].number == len(run) and len(run) != said[0]:
            yield _mark(said, len(run), (run[-1].start, ends[run[-1].start]))
    yield from _line_shi(draft, starts, ends)


def _line_shi(draft: Draft, starts: list[int], ends: dict[int, int]) -> Iterator[Mark]:
    """一是, 二是 each on a line of its own."""
    run: list[tuple[int, int]] = []
    said = None
    for start in [*starts, -1]:
        found = (
            re.match(
                r"(?P<n>[一二三四五六七八九十])是|第(?P<m>[一二三四五六七八九十])[，、]",
                draft.norm[start : start + 4],
            )
            if start >= 0
            else None
        )
        number = _value(found["n"] or found["m"]) if found else 0
        if found and number == len(run) + 1:
            if number == 1:
                said = _announcement(draft, start, line=True)
            run.append((start, ends[start]))
            continue
        if said is not None and len(run) > 1 and said[0] != len(run):
            yield _mark(said, len(run), run[-1])
        run, said = (
            ([(start, ends[start])], _announcement(draft, start, line=True)) if number == 1 else ([], None)
        )


def _enumerated(draft: Draft) -> Iterator[Mark]:
    for found in _BEFORE_LIST.finditer(draft.norm):
        count = _value(found["count"])
        listed = _of_one_kind(found["list"], found["noun"])
        if count < 2 or _SET.match(found["classifier"] + found["noun"]) or _ET_CETERA.search(listed):  # noqa: PLR2004
            continue
        before = draft.norm[max(0, found.start() - 24) : found.start()]
        if "”" in found["noun"] and "“" not in found["noun"] and not before.endswith("“"):
            continue
        if not before or before[-1] in "\n；":
            continue
        if re.search(r"\d[^，。；：]*(?:和|及|与|、)[^，。；：]*$", before) or re.search(
            r"(?:^|、)第", listed
        ):
            continue
        if _FIGURES.search(_TERMS.sub("", re.sub(r"（[^）]*）", "", listed))) and not re.match(
            r"“?[一两]", listed
        ):
            continue
        items = _items(listed, found["noun"])
        if items is None or count in items:
            continue
        if found["joint"] == "有" or (found["joint"] == "：" and max(items) < 2):  # noqa: PLR2004
            continue
        start = found.start("count")
        said = (count, start, found.end("noun"))
        yield _mark(said, max(items), (found.start("list"), found.start("list") + len(listed)))


def _of_one_kind(listed: str, noun: str) -> str:
    """五家医院：甲医院、乙医院，每家配备2人: the first clause alone, where its items all end in the noun that was counted."""
    first, _, rest = listed.partition("，")
    items = first.split("、")
    kind = items[0][-1:] if items[0][-1:] in _BODIES else items[0][-2:]
    alike = len(items) > 1 and _KINDS.get(kind, kind) in noun and all(item.endswith(kind) for item in items)
    told = _GOES_ON.match(rest) is not None and not rest.split("，")[0].endswith(kind)
    return first if alike and told and not re.search(r"\d", first) else listed


def _items(listed: str, noun: str) -> range | None:
    """Return how many items the list may have: 和 may join two items or stand inside one."""
    listed = listed.split("，", maxsplit=1)[0] if "、" in listed.split("，", maxsplit=1)[0] else listed
    each = noun.strip("”“")
    clauses = listed.split("，")
    if "、" not in listed and len({clause[:2] for clause in clauses}) == 1 < len(clauses):
        return range(len(clauses), len(clauses) + 1)
    if each.startswith("一"):
        ones = len(re.findall(r"(?:^|[、，])[“]?一", listed))
        ones = max(
            ones, len(re.findall(re.escape(each[:2]) + r"(?=[、，”]|$)", listed)) if len(each) > 1 else 0
        )
        return range(ones, ones + 1) if ones > 1 else None
    bare = re.sub(r"（[^）]*）|“[^”]*”|《[^》]*》", "某", listed)
    marks = bare.count("、")
    if marks == 0:
        return None
    joined = len(re.findall(r"和|及|与|以及|并|或", bare))
    if max(len(item) for item in bare.split("、")[:-1]) > 20:  # noqa: PLR2004
        return None
    return range(marks + 1, marks + 2 + joined)


def _summed_up(draft: Draft) -> Iterator[Mark]:
    """A、B、C三级: the list stands before its number."""
    for found in _SUM.finditer(draft.norm):
        begin = max(0, found.start() - _REACH)
        before = draft.norm[begin : found.start()]
        if "、" not in before or before[-1] in "一二三四五六七八九十几数多每等.0123456789":
            continue
        listed = _LIST_BEFORE.search(before)
        if listed is None or re.search(r"(?:^|、)第", listed[0]):
            continue
        if (
            "、"
            in re.split(r"[，。；：\n\d]|[一两二三四五六七八九十][个家项名]", before[: listed.start()])[-1]
        ):
            continue  # the list has begun before an 和, so its length is not known
        place = (begin + listed.start(), found.start())
        yield from _sum_mark(found, listed[0], place)


def _sum_mark(found: re.Match[str], listed: str, place: tuple[int, int]) -> Iterator[Mark]:
    if _ACTS.search(listed.rsplit("、", 1)[1]):
        return
    items = listed.count("、") + 1
    count = _value(found["count"])
    most = items + len(re.findall(r"和|及|与|以及|或", listed))
    said = (count, found.start("count"), found.end("classifier"))
    if not items <= count <= most and 0 < items - count <= _MOST_MISSED:  # more is another list
        yield _mark(said, items, place)
    elif 0 < count - most <= _MOST_MISSED and not re.search(
        r"[两二三四五六七八九\d](?:级|类|个|项|大)$", listed
    ):
        yield _mark(said, most, place)


def _mark(said: tuple[int, int, int], listed: int, last: tuple[int, int]) -> Mark:
    return Mark(
        said[1],
        said[2],
        Message(gettext_noop("{count} items are announced, {listed} follow."), count=said[0], listed=listed),
        suggestion=Message(gettext_noop("Correct the number, or complete the list.")),
        evidence=(last,),
    )
