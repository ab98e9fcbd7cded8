"""The order of events: dates told one after the other, and stages of one work."""

import bisect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.logic import stages
from taizhang.proof.logic.dates import Day, days
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_LISTED = 3
_MOST_DATES = 40
_OTHER_YEAR = re.compile(r"去年|上年|前年|明年|次年|翌年|来年")
_PASSED = re.compile(r"先后|依次|陆续|相继|分别")
_PLAN = re.compile(
    r"\|(?:以前|以后|之前|之后|前|后)|计划|预计|拟|将|争取|力争|提前|延期|推迟|原定|会前|事前|事先|此前|早在"
)


@rule(
    code="order",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("Events are told out of order"),
    good="镇党委先后于1月12日、3月5日、4月9日召开例会。",
    bad="镇党委先后于1月12日、4月9日、3月5日召开例会。",
)
def order(draft: Draft) -> Iterator[Mark]:
    """Mark a list after 先后 that is not in order, and stages of one work whose dates are the wrong way round."""
    found_days = days(draft)
    starts = [day.start for day in found_days]
    marked: set[int] = set()
    for sentence in draft.sentences:
        begin = _begin(draft, sentence.start)
        first = bisect.bisect_left(starts, begin)
        own = found_days[first : bisect.bisect_left(starts, sentence.end, lo=first)][:_MOST_DATES]
        if len(own) < 2:  # noqa: PLR2004
            continue
        words = draft.norm[sentence.start : sentence.end]
        inside = [day for day in own if day.start >= sentence.start]
        if _OTHER_YEAR.search(words) and any(day.year is None for day in own):
            continue  # 去年10月启动，今年3月完成: the years are told in words
        for mark in (
            *_listed(draft, inside, words),
            *_staged(draft, own, sentence.end),
            *_narrated(draft, inside, sentence.end),
        ):
            if mark.start not in marked:
                marked.add(mark.start)
                yield mark


def _begin(draft: Draft, start: int) -> int:
    """Where the sentence before begins, if it stands in the same paragraph."""
    line = draft.norm.rfind("\n", 0, start) + 1
    stop = draft.norm.rfind("。", line, max(line, start - 1))
    return max(stop + 1, line)


_UP_TO = frozenset({"至", "到", "—", "-", "~"})  # 4月至5月动员部署 begins in the month before
_SINCE = re.compile(r"(?:自|从)$")
_BEGINS = r"(?:启动|实施|施行|执行|开展|开工|动工|运行|试行|生效|建设|上线|投用|启用|开业|开馆|开园|开通|投产|挂牌|成立|运营|开诊|开班|试点)"
_STARTED = re.compile(
    rf"^(?:起|开始|以来)[^。；，]{{0,4}}?{_BEGINS}|^(?:起|才)?(?:正式|全面|首次)?(?:启动|开工|动工|成立|挂牌|启用|施行|实施|上线|开业|开馆|投用|投产|开通|开展)"
)
_ONLY_THEN = re.compile(
    r"^(?:方|才|方才)(?:首次|第一次|正式|开始)?[^，。；]{0,24}|^(?:首次|第一次)[^，。；]{0,24}"
)
_ALREADY = re.compile(r"^[^。；]{0,24}?(?:已|累计|共|完成)")
_BY_IT = re.compile(
    r"(?:依据|根据|按照|依照|通过|利用|运用|依托)(?:该|这一?|上述|此)[一-龥]{1,6}|试点[^，。；]{0,8}经验|专项行动已"
)
_DONE_ALREADY = re.compile(r"(?:就|便)?已(?:经|为|对|向|依据|在)?[^，。；]*?(?:\d|[查办处完出通供])")
_ANOTHER = re.compile(r"[一二三四首前上原老旧]期|此前|之前|以前|原[有来先]|老|旧|去年|上年|另")
_PREPARED = re.compile(
    r"筹备|准备|摸排|动员|立项|审批|招标|设计|勘察|论证|试运行|测试|调试|方案|装修|采购|公告|征求|印发|出台|培训|选址|前期|预热|报名|签约|内测|试用|试营业|奠基"
)


@rule(
    code="before-start",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("Work is told as done before it was begun"),
    good="方案自2024年6月起启动实施。截至2024年9月，已完成整地3,600亩。",
    bad="方案自2024年6月起启动实施。截至2024年4月，已完成整地3,600亩。",
)
def before_start(draft: Draft) -> Iterator[Mark]:
    """Mark a result told of a day that lies before the work is said to begin."""
    norm = draft.norm
    started: Day | None = None
    paragraph_of = _paragraphs(draft)
    for day in days(draft):
        if day.year is None:
            continue
        if _starts(norm, day):
            started = day
        elif (
            started is not None
            and paragraph_of(day.start) == paragraph_of(started.start)
            and _earlier(day, started)
            and _tells_result(
                norm, day, sure=_ONLY_THEN.match(norm[started.end : started.end + 32]) is not None
            )
        ):
            yield _mark(started, day)


def _starts(norm: str, day: Day) -> bool:
    before, after = norm[max(0, day.start - 6) : day.start], norm[day.end : day.end + 32]
    if _PLAN.search(after):
        return False
    if _SINCE.search(before) and _STARTED.match(after):
        return True
    return bool(_ONLY_THEN.match(after) or _STARTED.match(after)) and not after.startswith("以来")


def _earlier(day: Day, started: Day) -> bool:
    whole = day.day is not None and started.day is not None
    months = (day.year or 0, day.month) < (started.year or 0, started.month)
    return months or (whole and day.key() < started.key())


def _tells_result(norm: str, day: Day, *, sure: bool) -> bool:
    """Done by that day (截至), or by what had not begun (依据该办法); or done at all, where it began only then (才)."""
    before = norm[max(0, day.start - 12) : day.start]
    words = re.split(r"[。；\n]", norm[day.end : day.end + 60])[0]
    if re.search(r"截至$|截止到?$", before):
        return _ALREADY.match(words) is not None
    if _PREPARED.search(_BY_IT.sub("", words)) or _ANOTHER.search(before):
        return False
    return _BY_IT.search(words) is not None or (sure and _DONE_ALREADY.search(words) is not None)


def _paragraphs(draft: Draft) -> Callable[[int], int]:
    starts = [p.start for p in draft.paragraphs]
    return lambda place: bisect.bisect_right(starts, place)


def _keys(own: Sequence[Day]) -> list[tuple[int, int, int]]:
    keys, year = [], 0
    for day in own:
        year = day.year or year
        keys.append((year, day.month, day.day or 0))
    return keys


def _listed(draft: Draft, own: Sequence[Day], words: str) -> Iterator[Mark]:
    if len(own) < 2 or not _PASSED.search(words):  # noqa: PLR2004 - one date has no order
        return
    keys = _keys(own)
    for index in range(1, len(own)):
        first, second = own[index - 1], own[index]
        joint = draft.norm[first.end : second.start]
        if not re.fullmatch(r"[^，。；]{0,10}[、和，及]{1}[^，。；]{0,4}", joint):
            continue
        lead = draft.norm[max(0, own[0].start - 12) : own[0].start]
        behind = draft.norm[own[-1].end : own[-1].end + 6]
        told = (
            re.search(r"先后|依次|相继|陆续", lead)
            or re.match(r"[^，。]{0,2}(?:依次|先后)", behind)
            or (len(own) >= _LISTED and "分别" in lead and joint == "、")
        )
        if told and keys[index] < keys[index - 1] and (first.day is None) == (second.day is None):
            yield _mark(first, second)


def _clause(draft: Draft, day: Day, end: int) -> str:
    stop = re.search(r"[，。；]", draft.norm[day.end : end])
    return draft.norm[day.end : day.end + stop.start()] if stop else draft.norm[day.end : end]


def _staged(draft: Draft, own: Sequence[Day], end: int) -> Iterator[Mark]:
    keys = _keys(own)
    passed: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for index, day in enumerate(own):
        clause = _around(draft, day, end)
        if _PLAN.search(clause) or draft.norm[day.start - 1 : day.start] in _UP_TO:
            continue
        for process, stage in stages.told(clause):
            for other, its in passed[process]:
                later, earlier = (index, other) if stage > its else (other, index)
                if stage != its and _before(own, keys, later, earlier):
                    yield _mark(own[other], day)
            passed[process].append((index, stage))


def _before(own: Sequence[Day], keys: list[tuple[int, int, int]], one: int, other: int) -> bool:
    """Say whether date ``one`` surely lies before ``other``: months alone decide where a day is not told."""
    if (keys[one][0] > 0) != (keys[other][0] > 0):
        return False
    whole = own[one].day is not None and own[other].day is not None
    return keys[one][:2] < keys[other][:2] or (whole and keys[one] < keys[other])


def _around(draft: Draft, day: Day, end: int) -> str:
    """The words of a date's clause, before it and behind it."""
    lead = re.search(r"[^，。；：、\n\d]{0,12}$", draft.norm[max(0, day.start - 12) : day.start])
    return (lead[0] if lead else "") + "|" + _clause(draft, day, end)


def _narrated(draft: Draft, own: Sequence[Day], end: int) -> Iterator[Mark]:
    """Three or more dated clauses of one sentence, all but one in order."""
    heads = [
        d
        for d in own
        if draft.norm[d.start - 1 : d.start] in {"，", "；", "。", "\n", "", "："}
        or _at_clause_start(draft, d)
    ]
    if len(heads) < 3 or len(heads) != len(own):  # noqa: PLR2004
        return
    if any(_PLAN.search(_around(draft, d, end)) for d in heads) or any(
        (d.year is None) != (heads[0].year is None) for d in heads
    ):
        return
    keys = _keys(heads)
    falls = [i for i in range(1, len(keys)) if keys[i] < keys[i - 1]]
    if (len(falls) == 1 and heads[0].day is not None) or (len(falls) == 1 and heads[0].year):
        yield _mark(heads[falls[0] - 1], heads[falls[0]])


def _at_clause_start(draft: Draft, day: Day) -> bool:
    lead = re.search(r"[^，。；：、\n]*$", draft.norm[max(0, day.start - 20) : day.start])
    return lead is not None and len(lead[0]) <= 12 and not re.search(r"[由从至到比较]", lead[0])  # noqa: PLR2004


def _mark(first: Day, second: Day) -> Mark:
    return Mark(
        second.start,
        second.end,
        Message(gettext_noop("What is told here comes before what was told first.")),
        suggestion=Message(gettext_noop("Check both dates, or put the events in order.")),
        evidence=((first.start, first.end),),
    )


@rule(
    code="stages-reversed",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("Adoption is told after publication"),
    good="全年报送信息350条，被采用320条。",
    bad="全年发布信息350条，被采用320条。",
)
def stages_reversed(draft: Draft) -> Iterator[Mark]:
    """Mark 发布……被采用 without an adopter: what is adopted was handed in (报送), not published."""
    pattern = r"(?P<first>(?:发布|刊发|刊登)[^，。；\d]{0,12}[\d,.万余多]+[条篇件])，(?:其中)?(?P<second>(?:被采用|采用|被采纳)[\d,.万余多]+[条篇件])"
    for found in re.finditer(pattern, draft.norm):
        yield Mark(
            found.start("second"),
            found.end("second"),
            Message(gettext_noop("What is published has been adopted already; adoption follows handing in.")),
            suggestion=Message(gettext_noop("Was 报送 meant instead of 发布? Or say who adopted it.")),
            evidence=((found.start("first"), found.end("first")),),
        )


_DECADE = re.compile(r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<part>[上中下])旬")
_PARTS = {"上": 1, "中": 2, "下": 3}


@rule(
    code="decades-order",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("Parts of months are listed out of order"),
    good="依次于三月下旬、五月中旬、六月上旬到联系点调研。",
    bad="依次于三月下旬、六月上旬、五月中旬到联系点调研。",
)
def decades(draft: Draft) -> Iterator[Mark]:
    """Follow the 旬 of months listed after 依次 or 先后."""
    for lead in re.finditer(r"(?:依次|先后|陆续|相继)[于在]?", draft.norm):
        last: re.Match[str] | None = None
        at = lead.end()
        while (now := _DECADE.match(draft.norm, at)) is not None:
            if last is not None and _decade(now) < _decade(last):
                yield Mark(
                    now.start(),
                    now.end(),
                    Message(gettext_noop("What is told here comes before what was told first.")),
                    suggestion=Message(gettext_noop("Check both dates, or put the events in order.")),
                    evidence=(last.span(),),
                )
            last = now
            at = now.end() + (1 if draft.norm[now.end() : now.end() + 1] in {"、", "和", "，"} else 0)


def _decade(found: re.Match[str]) -> tuple[int, int]:
    month = found["month"]
    return int(month) if month.isdigit() else int(han_value(month)), _PARTS[found["part"]]
