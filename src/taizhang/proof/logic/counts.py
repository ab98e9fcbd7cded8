"""Announced counts against the list that follows (三项措施：一是……二是……)."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.logic.numbering import Ordinal, inline_runs, line_ordinals
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_CLASSIFIERS = "个项条点大种类步块件位名家次场层道组轮批期处章篇段句套座门科"
_COUNT = rf"(?P<count>[两二三四五六七八九十]{{1,2}}|(?<![\d.,])\d{{1,2}}(?!\d))(?P<classifier>[{_CLASSIFIERS}]|方面|部分)"
_ANNOUNCED = re.compile(
    rf"(?<!第)(?<![一二三四五六七八九十百千零几数多每至到\d.]){_COUNT}(?P<noun>[^，。；：、\n]{{0,18}})$"
)
_BEFORE_LIST = re.compile(
    rf"(?<!第)(?<![一二三四五六七八九十百千零几数多每半\d.]){_COUNT}(?P<noun>[一-龥“”（）]{{0,14}}?)(?P<joint>[：，]?(?:即|分别是|分别为|具体是|具体为|主要是|包括|也就是|依次是|依次为|就是|一般为|有)[：，]?|：|(?<=”)（)(?P<list>[^。；：）\n]+)"
)
_SUM = re.compile(
    r"(?P<count>[两二三四五六七八九])(?P<classifier>级|类|个部门|个方面|大类|方面|大方面|个单位|个阶段|个环节|种方式|个领域|个层面|个乡镇|个街道|个社区|项工作|项制度|家单位|个县区|件实事|件大事|项任务|项重点|大工程|大行动|大领域|种渠道|个维度)"
)
_LIST_BEFORE = re.compile(
    r"(?:[^，。；：\n、和及与等“”（）《》]{1,14}、){1,20}[^，。；：\n、等“”（）《》]{1,14}$"
)
_REACH = 160
_WHOLE_LISTS = frozenset({"级", "类", "大类", "方面", "件实事", "件大事", "项任务"})
_ET_CETERA = re.compile(r"等(?!级|次|候|待|额|于|同|奖|离|效|量)|……|及其他|以及其他")
_SET = re.compile(r"^[个大项]?(?:五年|月|小时|年|工作日|百分点|多|以上|左右|星期|学期|季度|名次|位次|交易日)")
_WINDOW = 60


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


def _announcement(
    draft: Draft, start: int, *, line: bool, strict: bool = False
) -> tuple[int, int, int] | None:
    """Return the count announced right before ``start`` with its place, if there is one."""
    before = draft.norm[max(0, start - _WINDOW) : start]
    lead = before.rstrip("\n 　")
    if not line and "\n" in before:
        lead = before.rpartition("\n")[2].rstrip()
    if not lead.endswith(("：", "，", "。")):
        return None
    full_stop = lead.endswith("。")
    lead = lead[:-1]
    clause = re.split(r"[，。；\n]", lead)[-1]
    found = _ANNOUNCED.search(clause)
    if found is None or _SET.match(found["classifier"] + found["noun"]):
        return None
    if full_stop and strict and not re.search(r"以下|如下|下列|几|主要有", clause):
        return None
    if re.search(r"、|\d[^，。]{0,10}[和及与]", clause[: found.start()]):
        return None
    if re.search(r"[“”（）]", found["noun"]) and "“" in found["noun"]:
        return None
    end = max(0, start - _WINDOW) + before.rfind(clause) + len(clause)
    return _value(found["count"]), end - len(found[0]), end


def _numbered_inline(draft: Draft) -> Iterator[Mark]:
    for paragraph in draft.paragraphs:
        for run in inline_runs(draft, paragraph.start, paragraph.end):
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
            elif _outer(ordinal.style, first.style):
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


def _outer(style: str, inner: str) -> bool:
    levels = [
        "chapter编",
        "chapter章",
        "chapter节",
        "chapter条",
        "han",
        "bracket",
        "dotted",
        "round",
        "half",
        "circle",
    ]
    return style in levels and inner in levels and levels.index(style) < levels.index(inner)


def _enumerated(draft: Draft) -> Iterator[Mark]:
    for found in _BEFORE_LIST.finditer(draft.norm):
        count = _value(found["count"])
        listed = found["list"]
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
        if re.search(r"\d|[一二三四五六七八九十]是|①|其中", listed) and not re.match(r"“?[一两]", listed):
            continue
        items = _items(listed, found["noun"])
        if items is None or count in items:
            continue
        if found["joint"] == "有" or (found["joint"] == "：" and max(items) < 2):  # noqa: PLR2004
            continue
        start = found.start("count")
        said = (count, start, found.end("noun"))
        yield _mark(said, max(items), (found.start("list"), found.end("list")))


def _items(listed: str, noun: str) -> range | None:
    """Return how many items the list may have: 和 may join two items or stand inside one."""
    listed = listed.split("，", maxsplit=1)[0] if "、" in listed.split("，", maxsplit=1)[0] else listed
    if noun.strip("”“") == "一" or noun.startswith("一"):
        ones = len(re.findall(r"(?:^|[、，])[“]?一", listed))
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
        place = (begin + listed.start(), found.start())
        yield from _sum_mark(found, listed[0], place)


def _sum_mark(found: re.Match[str], listed: str, place: tuple[int, int]) -> Iterator[Mark]:
    items = listed.count("、") + 1
    count = _value(found["count"])
    most = items + len(re.findall(r"和|及|与|以及|或", listed))
    said = (count, found.start("count"), found.end("classifier"))
    if not items <= count <= most and 0 < items - count <= 2:  # noqa: PLR2004 - more is another list
        yield _mark(said, items, place)
    elif count > most and found["classifier"] in _WHOLE_LISTS:
        yield _mark(said, most, place)


def _mark(said: tuple[int, int, int], listed: int, last: tuple[int, int]) -> Mark:
    return Mark(
        said[1],
        said[2],
        Message(gettext_noop("{count} items are announced, {listed} follow."), count=said[0], listed=listed),
        suggestion=Message(gettext_noop("Correct the number, or complete the list.")),
        evidence=(last,),
    )
