"""Stretches of time told twice: by their ends and by their length, by their name and by their months."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.logic.dates import Day, days
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_N = r"(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})"
_LENGTH_AFTER = re.compile(
    rf"[日号]?(?:结束|止|闭幕|完工|收官)?[，（(、\s]{{0,2}}(?:共计?|为期|历时|总计|前后|持续|会期|工期)?(?:共|计|为)?{_N}(?P<unit>天|日(?!前|内|以|上|下)|个工作日|周|个月)"
)
_LENGTH_BEFORE = re.compile(
    rf"(?:为期|历时|持续|共|(?:时间|期限|时限|[示见名放览]期)(?:为|是|共)?)\s?{_N}(?P<unit>天|日(?!前|内)|个工作日|周|个月)[^。；\n]{{0,40}}$"
)
_TO_ITS_DATES = re.compile(
    r"[^，。；：\n]{0,20}[，：（]?(?:[一-龥]{0,2}时间)?(?:为|是|安排|即|定|拟|计划)*(?:从|自|于|由|在)?"
)
_RANGE = re.compile(r"[^，。；]{0,6}(?:至|到|—+|-|～|~)[^，。；]{0,4}")
_MONTHS_OF = {
    "第一季度": (1, 3),
    "一季度": (1, 3),
    "第二季度": (4, 6),
    "二季度": (4, 6),
    "第三季度": (7, 9),
    "三季度": (7, 9),
    "第四季度": (10, 12),
    "四季度": (10, 12),
    "上半年": (1, 6),
    "下半年": (7, 12),
    "前三季度": (1, 9),
    "全年": (1, 12),
}
_NAMED = re.compile(
    r"(?P<name>第?[一二三四]季度|前三季度|[上下]半年|全年)[（(]\s?(?P<first>\d{1,2})月?(?:份)?\s?(?:至|到|—+|-|～|~)\s?(?P<last>\d{1,2})月"
)
_CLOCK = re.compile(
    r"(?P<half>上午|下午|早上|早晨|晚上?|中午|凌晨)\s?(?P<hour>\d{1,2})(?:[:：时点](?P<minute>\d{2})?)"
)
_HOURS = {"上午": (5, 12), "早上": (3, 11), "早晨": (4, 11), "下午": (12, 20), "中午": (11, 14)}
_AFTERNOON = 12
_PLAN_YEARS = re.compile(
    r"“(?P<number>十[一二三四五六七]?)五”(?:规划|时期|期间)?[^（。；\n]{0,6}（(?P<first>(?:19|20)\d\d)年?(?:至|到|—+|-|～|~)(?P<last>(?:19|20)\d\d)年?）"
)
_TERM = re.compile(
    r"(?P<y1>20\d\d)年(?P<m1>\d{1,2})月(?:\d{1,2}日)?(?:起)?(?:至|到|—+|-|～|~)(?P<y2>20\d\d)年(?P<m2>\d{1,2})月(?:\d{1,2}日)?(?:止)?[，（、]?(?:任期|期限|有效期|租期|聘期|服务期|为期|共|工期|合同期)(?:为|共|是)?(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,2})年"
)
_FIRST_PLAN = 1951
_YEARS_SPAN = re.compile(
    r"(?P<first>(?:19|20)\d\d)年?(?:至|到|—+|-|～|~)(?P<last>(?:19|20)\d\d)年[，（]?(?:的|这)?(?P<count>[两二三四五六七八九十]{1,2}|\d{1,2})年(?:间|来|时间|中)"
)


@rule(
    code="span-length",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("A stretch of time does not have the length it is said to have"),
    good="培训时间为2024年7月8日至12日，共5天。整治为期15天，9月1日启动，9月15日结束。",
    bad="培训时间为2024年7月8日至12日，共7天。",
)
def lengths(draft: Draft) -> Iterator[Mark]:
    """Count the days of a range and hold them against 共7天, 为期30天."""
    for first, second in itertools.pairwise(_closed(draft)):
        gap = draft.norm[first.end : second.start]
        if (
            "\n" in gap
            or len(gap) > _FAR
            or not (_RANGE.fullmatch(gap) or re.search(r"(?:启动|开始|起|开幕|开班)", gap))
        ):
            continue
        yield from _after(draft, first, second)
        yield from _before(draft, first, second)


_FAR = 30


def _closed(draft: Draft) -> list[Day]:
    """The dates with a day; 7月8日至12日 yields the 12th as a date of the same month."""
    found: list[Day] = []
    for day in days(draft):
        if day.day is None or not day.exists:
            continue
        found.append(day)
        short = re.match(r"\s?(?:至|到|—+|-|～|~)\s?(\d{1,2})日", draft.norm[day.end : day.end + 8])
        if short is not None:
            number = int(short[1])
            found.append(Day(day.end + short.start(1), day.end + short.end(), day.year, day.month, number))
    return [d for d in found if d.exists]


def _days_between(first: Day, second: Day) -> int | None:
    year = first.year or second.year or 2023
    try:
        start = dt.date(year, first.month, first.day or 1)
        end = dt.date(second.year or year, second.month, second.day or 1)
    except ValueError:
        return None
    return (end - start).days + 1 if end >= start else None


def _after(draft: Draft, first: Day, second: Day) -> Iterator[Mark]:
    found = _LENGTH_AFTER.match(draft.norm, second.end)
    length = _days_between(first, second)
    if found is None or length is None:
        return
    told, unit = _value(found["count"]), found["unit"]
    if not _fits(told, unit, length):
        yield _mark(found.start("count"), found.end(), length, (first.start, second.end))


def _before(draft: Draft, first: Day, second: Day) -> Iterator[Mark]:
    begin = max(0, first.start - 60)
    lead = re.split(r"[。\n]", draft.norm[begin : first.start])[-1]
    found = _LENGTH_BEFORE.search(lead)
    length = _days_between(first, second)
    if found is None or length is None or re.search(r"推迟|延期|提前", lead):
        return
    if not _TO_ITS_DATES.fullmatch(lead, found.end("unit")):
        return  # another clause stands between, so the dates may be its own
    offset = first.start - len(lead)
    if not _fits(_value(found["count"]), found["unit"], length):
        yield _mark(
            offset + found.start("count"), offset + found.end("unit"), length, (first.start, second.end)
        )


def _fits(told: int, unit: str, length: int) -> bool:
    if unit in {"天", "日"}:
        return told in {length, length - 1} or (length > _WEEK * 2 and abs(told - length) <= 2)  # noqa: PLR2004
    if unit == "个工作日":
        return told <= length
    if unit == "周":
        return abs(told * _WEEK - length) <= _WEEK
    return abs(told * 30 - length) <= max(5, told * 2)


_WEEK = 7


def _value(text: str) -> int:
    return int(text) if text.isdigit() else int(han_value(text))


def _mark(start: int, end: int, length: int, evidence: tuple[int, int]) -> Mark:
    return Mark(
        start,
        end,
        Message(gettext_noop("From the first day to the last are {count} days."), count=length),
        suggestion=Message(gettext_noop("Check both dates and the length.")),
        evidence=(evidence,),
    )


@rule(
    code="period-months",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("A quarter or half-year has other months"),
    good="第三季度（7—9月）发生事故5起。",
    bad="第三季度（4—6月）发生事故5起。",
)
def named_periods(draft: Draft) -> Iterator[Mark]:
    """Hold the months in brackets behind 第三季度 or 上半年 against the calendar; fewer months are no fault."""
    for found in _NAMED.finditer(draft.norm):
        first, last = _MONTHS_OF[found["name"]]
        if not first <= int(found["first"]) <= int(found["last"]) <= last:
            yield Mark(
                found.start(),
                found.end(),
                Message(
                    gettext_noop("{period} is the months {first} to {last}."),
                    period=found["name"],
                    first=first,
                    last=last,
                ),
                suggestion=Message(gettext_noop("Check which of the two is meant.")),
            )
    for found in _PLAN_YEARS.finditer(draft.norm):
        begin = _FIRST_PLAN + 5 * int(han_value(found["number"]))
        if (int(found["first"]), int(found["last"])) != (begin, begin + 4):
            yield Mark(
                found.start("first"),
                found.end("last"),
                Message(
                    gettext_noop("{period} is the years {first} to {last}."),
                    period=f"“{found['number']}五”",
                    first=begin,
                    last=begin + 4,
                ),
            )
    for found in _TERM.finditer(draft.norm):
        months = (int(found["y2"]) - int(found["y1"])) * 12 + int(found["m2"]) - int(found["m1"])
        if not 0 <= months + 1 - 12 * _value(found["count"]) <= 1:
            yield Mark(
                found.start("count"),
                found.end(),
                Message(
                    gettext_noop("From {first} to {last} are {count} years."),
                    first=found["y1"],
                    last=found["y2"],
                    count=round((months + 1) / 12),
                ),
                evidence=((found.start("y1"), found.end("m2")),),
            )
    for found in _YEARS_SPAN.finditer(draft.norm):
        years = int(found["last"]) - int(found["first"])
        if _value(found["count"]) not in {years, years + 1}:
            yield Mark(
                found.start("count"),
                found.end(),
                Message(
                    gettext_noop("From {first} to {last} are {count} years."),
                    first=found["first"],
                    last=found["last"],
                    count=years + 1,
                ),
                evidence=((found.start("first"), found.end("last")),),
            )


@rule(
    code="half-day",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("The hour does not lie in that half of the day"),
    good="会议于上午9:30开始，下午2:30分组讨论。",
    bad="会议于上午14:30开始。",
)
def half_days(draft: Draft) -> Iterator[Mark]:
    """Mark 上午14:30 and 下午9:30: on the 12-hour clock an afternoon hour is 1 to 7, on the 24-hour clock 12 to 19."""
    for found in _CLOCK.finditer(draft.norm):
        hour = int(found["hour"])
        bounds = _HOURS.get(found["half"])
        if bounds is None or hour > 24:  # noqa: PLR2004 - no time at all: another rule
            continue
        shown = hour + _AFTERNOON if found["half"] in {"下午", "中午"} and hour < 8 else hour  # noqa: PLR2004
        if not bounds[0] <= shown <= bounds[1]:
            yield Mark(
                found.start(),
                found.end(),
                Message(
                    gettext_noop("{hour} o'clock does not lie in the {half}."), hour=hour, half=found["half"]
                ),
                suggestion=Message(gettext_noop("Check the hour and the half of the day.")),
            )


@rule(
    code="range-drift",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("The same event has two ranges of dates"),
    good="定于10月14日至16日举办培训班。10月14日至16日培训期间不得缺课。",
    bad="定于10月14日至16日举办培训班。10月15日至17日培训期间不得缺课。",
)
def range_drift(draft: Draft) -> Iterator[Mark]:
    """Mark a range before ……期间 that overlaps the range the same thing was announced for and is not within it."""
    announced: list[tuple[Day, Day, str]] = []
    for first, second in itertools.pairwise(_closed(draft)):
        if not re.fullmatch(r"\s?(?:至|到|—+|-|～|~)\s?", draft.norm[first.end : second.start]):
            continue
        behind = re.match(r"[^，。；\n]{0,30}", draft.norm[second.end : second.end + 30])
        words = behind[0] if behind else ""
        noun = re.match(r"日?(?P<noun>[一-龥]{2,6}?)期间", words)
        for begin, end, told in announced if noun else ():
            if noun and noun["noun"][-2:] in told and _overlap((begin, end), (first, second)):
                yield Mark(
                    first.start,
                    second.end,
                    Message(gettext_noop("Another range of dates was announced for this.")),
                    suggestion=Message(gettext_noop("Check which of the two is meant.")),
                    evidence=((begin.start, end.end),),
                )
        if re.match(r"日?[^，。；]{0,6}(?:举办|召开|举行|开展|组织|进行)", words):
            announced.append((first, second, words))


def _overlap(one: tuple[Day, Day], other: tuple[Day, Day]) -> bool:
    """Say whether the second range runs over an end of the first."""
    begin, end, first, last = ((day.month, day.day or 0) for day in (*one, *other))
    return (
        (first, last) != (begin, end)
        and first <= end
        and last >= begin
        and not (begin <= first and last <= end)
    )
