"""Dates: whether they exist, whether the weekday fits, whether ranges run forwards."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_WEEKDAYS = "一二三四五六日"
_HAN = "一二三四五六七八九十"
_DATE = re.compile(
    rf"(?:(?P<year>(?:19|20)\d\d|[一二][〇零○一二三四五六七八九]{{3}})[年./-]\s?)?(?P<month>\d{{1,2}}|[{_HAN}]{{1,3}})月\s?(?P<day>\d{{1,2}}|[{_HAN}]{{1,4}})[日号](?!线|楼|院|文)"
    r"|(?P<year2>(?:19|20)\d\d)(?P<sep>[-./])(?P<month2>\d{1,2})(?P=sep)(?P<day2>\d{1,2})(?![\d.\-/])"
    r"|(?:(?P<year3>(?:19|20)\d\d)年\s?)?(?<!\d)(?P<month3>\d{1,2})月(?!\s?\d|[一二三十]|\S?[日号])"
)
_OPENING = re.compile(rf"[\d{_HAN}〇零○]{{1,4}}[年月./-]")
_WEEKDAY = re.compile(
    r"\s?[（(]?\s?(?:农历[^（）]{0,6}|[，,]?)?(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])[）)]?"
)
_WEEKDAY_BEFORE = re.compile(r"(?:本|下|上)?(?:周|星期)(?P<weekday>[一二三四五六日天])[（(]$")
_CLOCK = re.compile(r"(?<![\d:：])(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?![\d:：])")
_RANGE = re.compile(r"^[^，。；、（）]{0,8}?(?:[（(][^（）()]{1,6}[）)])?\s?(?:至|到|—+|－|–|-|～|~)\s?$")
_SINCE = re.compile(r"[自从于][^，。；]{0,3}$")
_UNTIL = re.compile(r"[^。；\n]{0,16}?，(?:有效期|期限|持续|延续|一直|截止|截至|施行)?(?:至|到|于)")
_FAR = 30
_PAST = re.compile(
    r"(?:上午|下午|晚)?(?:召开|举行|举办|印发|下发|发布|通过|作出|签订|发生|下达)的|，?[^，。；]{0,8}(?:已经?|顺利|圆满)(?:召开|举行|完成|结束|发布|印发)"
)
_FOR_EVENT = re.compile(
    r"节目|音乐|视频|参演|参赛|参展|作品|回执|报名|参会|参加人员|名单|(?:会议|发言|汇报|交流|参会|讨论|审议|述职)材料|请假"
)
_LEAP_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MORNING, _NOON, _EVENING = 8, 12, 6
_LAST_HOUR = 24
_LAST_MINUTE = 59


@dataclass(frozen=True, slots=True)
class Day:
    """A date as written: ``year`` is None where it is not told, ``day`` where only the month is."""

    start: int
    end: int
    year: int | None
    month: int
    day: int | None

    @property
    def exists(self) -> bool:
        if not 1 <= self.month <= 12:  # noqa: PLR2004
            return False
        if self.day is None:
            return True
        if self.year is None:
            return 1 <= self.day <= _LEAP_LENGTHS[self.month - 1]
        try:
            dt.date(self.year, self.month, self.day)
        except ValueError:
            return False
        return True

    def key(self, year: int | None = None) -> tuple[int, int, int]:
        return self.year or year or 0, self.month, self.day or 0


def days(draft: Draft) -> tuple[Day, ...]:
    """Return the dates of a draft in order; a year told once holds for the rest of its sentence only."""
    return draft.once(_read)


def _read(draft: Draft) -> tuple[Day, ...]:
    return tuple(_days(draft.norm))


def _days(norm: str) -> Iterator[Day]:
    last = 0
    for opening in _OPENING.finditer(norm):
        found = _DATE.match(norm, opening.start()) if opening.start() >= last else None
        if found is None:
            continue
        last = found.end()
        year = found["year"] or found["year2"] or found["year3"]
        month = found["month"] or found["month2"] or found["month3"]
        day = found["day"] or found["day2"]
        if found["year"] is None and found.start() and norm[found.start() - 1] in "0123456789.":
            continue
        if (
            found["month3"]
            and not found["year3"]
            and re.match(r"[大份]?会|[^\s]?饼", norm[found.end() : found.end() + 2])
        ):
            continue
        yield Day(found.start(), found.end(), _whole(year), _whole(month) or 0, _whole(day))


def _whole(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdigit() else int(han_value(text.replace("○", "〇")))


@rule(
    code="impossible-date",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("The date does not exist"),
    good="演练于2024年2月29日举行。",
    bad="演练于2023年2月29日举行。",
)
def impossible(draft: Draft) -> Iterator[Mark]:
    """Mark months above 12 and days the month does not have, and times of day that no clock shows."""
    for day in days(draft):
        if not day.exists:
            yield Mark(
                day.start,
                day.end,
                Message(gettext_noop("There is no such day: {date}."), date=draft.norm[day.start : day.end]),
                suggestion=Message(gettext_noop("Check the date in a calendar.")),
            )
    for clock in re.finditer(
        r"(?:上午|下午|晚上?|凌晨|早上?|中午|日|号|至|）)\s?(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})(?![\d:：])|[时点](?!代|段)(?:(?P<minute2>\d{1,2})分)?)",
        draft.norm,
    ):
        hour, minute = int(clock["hour"]), int(clock["minute"] or clock["minute2"] or 0)
        if hour > _LAST_HOUR or minute > _LAST_MINUTE:
            yield Mark(
                clock.start("hour"),
                clock.end(),
                Message(gettext_noop("There is no such time of day: {time}."), time=clock[0]),
            )


@rule(
    code="weekday",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("The weekday does not fit the date"),
    good="定于2024年6月18日（星期二）召开会议。",
    bad="定于2024年6月18日（星期四）召开会议。",
)
def weekdays(draft: Draft) -> Iterator[Mark]:
    """Hold a weekday beside a date against the calendar; the year may stand earlier in the draft."""
    found_days = days(draft)
    years = {day.year for day in found_days if day.year}
    heading = re.findall(r"(20\d\d)年", draft.title + draft.norm[:200])
    current: int | None = int(heading[0]) if heading else None
    for day in found_days:
        current = day.year or current
        match = _WEEKDAY.match(draft.norm, day.end) or _WEEKDAY_BEFORE.search(
            draft.norm[max(0, day.start - 5) : day.start]
        )
        if match is None or not day.exists or day.day is None:
            continue
        if day.year is None and (current is None or len(years) > 1):
            continue
        date = _date(day, current)
        if date is None:
            continue
        told = _WEEKDAYS.index(match["weekday"].replace("天", "日"))
        if date.weekday() != told:
            right = "星期" + _WEEKDAYS[date.weekday()]
            yield Mark(
                day.start,
                max(day.end, match.end()) if match.string is draft.norm else day.end,
                Message(
                    gettext_noop("{date} is a {weekday}."),
                    date=f"{date.year}年{date.month}月{date.day}日",
                    weekday=right,
                ),
                suggestion=Message(gettext_noop("Check which of the two is meant.")),
            )


def _date(day: Day, year: int | None) -> dt.date | None:
    try:
        return dt.date(day.year or year or 0, day.month, day.day or 0)
    except ValueError:
        return None


@rule(
    code="reversed-range",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("A range of dates or years runs backwards"),
    good="报名时间为2024年9月5日至9月20日。",
    bad="报名时间为2024年9月20日至2024年9月5日。",
)
def reversed_ranges(draft: Draft) -> Iterator[Mark]:
    """Mark a range whose end comes before its beginning."""
    found_days = days(draft)
    for first, second in itertools.pairwise(found_days):
        joint = draft.norm[first.end : second.start]
        if first.year and second.year and first.key() > second.key() and _apart(draft, first, joint):
            yield _backwards(draft, first.start, second.end)
            continue
        if len(joint) > 16 or not _RANGE.match(joint):  # noqa: PLR2004
            continue
        if second.year is None and first.year is not None:
            if (
                (second.month, second.day or 0) < (first.month, first.day or 0)
                and second.day is not None
                and "次年" not in joint
                and "翌年" not in joint
            ):
                yield _backwards(draft, first.start, second.end)
        elif (
            (first.year is None) == (second.year is None) and first.day is not None and second.day is not None
        ):
            winter = first.year is None and first.month >= 10 and second.month <= 4  # noqa: PLR2004 - over New Year
            if first.key() > second.key() and not winter:
                yield _backwards(draft, first.start, second.end)
        elif first.year and second.year and first.key()[:2] > second.key()[:2]:
            yield _backwards(draft, first.start, second.end)
    yield from _short_ranges(draft)


def _apart(draft: Draft, first: Day, joint: str) -> bool:
    """自……开始，至……结束; 自……起施行，有效期至……: a range told in two clauses."""
    lead = draft.norm[max(0, first.start - 6) : first.start]
    return len(joint) < _FAR and bool(_SINCE.search(lead) and _UNTIL.fullmatch(joint))


def _short_ranges(draft: Draft) -> Iterator[Mark]:
    for found in re.finditer(
        r"(?<!\d)(20\d\d|19\d\d)年?(?:—+|-|－|～|~|至|到)(20\d\d|19\d\d)年(?!\d)", draft.norm
    ):
        if int(found[1]) > int(found[2]):
            yield _backwards(draft, found.start(), found.end())
    for found in re.finditer(r"月(\d{1,2})日?(?:—|-|～|~|至|到)(\d{1,2})日", draft.norm):
        if int(found[1]) > int(found[2]):
            yield _backwards(draft, found.start() - 1, found.end())
    for found in re.finditer(r"(?<![\d年.])(\d{1,2})(?:—|-|～|~|至|到)(\d{1,2})月份?(?!\d)", draft.norm):
        if 12 >= int(found[1]) > int(found[2]) and not draft.norm.startswith("次年", found.start(2) - 2):  # noqa: PLR2004
            yield _backwards(draft, found.start(), found.end())
    for found in re.finditer(
        r"(?<![\d:：])(\d{1,2})[:：](\d{2})\s?(?:—+|-|～|~|至|到)\s?(?:(次日|下午|晚上?|凌晨|上午)\s?)?(\d{1,2})[:：](\d{2})(?!\d)",
        draft.norm,
    ):
        first, second = (int(found[1]), int(found[2])), (int(found[4]), int(found[5]))
        if (
            first > second
            and not found[3]
            and not (
                first[0] <= _NOON
                and second[0] < _EVENING
                and "上午" in draft.norm[found.start() - 4 : found.start()]
            )
            and second[0] > _MORNING
        ):
            yield _backwards(draft, found.start(), found.end())


def _backwards(draft: Draft, start: int, end: int) -> Mark:
    return Mark(
        start,
        end,
        Message(gettext_noop("The range runs backwards: {range}."), range=draft.norm[start:end]),
        suggestion=Message(gettext_noop("Check which of the two dates is wrong.")),
    )


_ANSWER = re.compile(
    r"(?:（[^）]*）)?(?:[^，。；]{0,4}?\d{0,2}[:：时点]?\d{0,2})?(?:之?前|以前)(?:将[^，。；]{1,40}?)?[^。；，]{0,16}?"
    r"(?:报(?!告会|废|道|复|案|警|刊|纸)|交(?!流|通|接|易|办|叉)|回执|名单|反馈|填写|发至|发送|寄送|送达|自查|完成)"
)
_ASKED = re.compile(r"(?:请|务必|务须|须|应|需|(?<![主重纪摘概简扼首次提紧])要)[^。；\n]{0,24}$")
_CLOSING = re.compile(r"(?:截止|截至)(?:时间|日期)?(?:为|是|：)?$")
_ASKED_BEHIND = re.compile(
    r"^(?:（[^）]*）)?(?:之?前|以前)[^，。；]{0,12}(?:报送|报名|反馈|提交|回执|报至|发至)"
)


def _is_answer(before: str, after: str) -> bool:
    """请于……前报送, 报名截止时间为……: what is asked of the reader, not what was asked of others."""
    clause = re.match(r"[^，。；）\n]*", after)
    if re.search(r"（[^）]*$", before) or (clause and re.search(r"前[^，]{0,6}[已未]", clause[0])):
        return False
    if _CLOSING.search(before):
        return re.search(r"报名|申报|报送|提交|投稿|征集|受理", before) is not None
    return _ANSWER.match(after) is not None and bool(_ASKED.search(before) or _ASKED_BEHIND.match(after))


@rule(
    code="deadline",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("A deadline that is already past"),
    good="会议定于2024年6月18日召开，请于6月16日前报送回执。",
    bad="会议定于2024年6月18日召开，请于6月20日前报送参会回执。",
)
def deadlines(draft: Draft) -> Iterator[Mark]:
    """Mark an answer asked for after the event it is for, or before the notice was given."""
    found_days = [day for day in days(draft) if day.day is not None and day.exists]
    events, answers, issued = [], [], None
    for day in found_days:
        before, after = draft.norm[max(0, day.start - 30) : day.start], draft.norm[day.end : day.end + 60]
        if _is_answer(before, after):
            answers.append(day)
        elif re.search(r"定于|拟于|将于|兹定于|时间[：为]|时间为", before) and re.search(
            r"召开|举行|举办|开展|进行|开幕|。|\n|（", after
        ):
            events.append(day)
        line = draft.norm[max(0, day.start - 40) : day.start].rpartition("\n")[2].strip()
        if not line and draft.norm[day.end : day.end + 1] in {"", "\n"} and day.year:
            issued = day
    for answer in answers:
        for event in events[:1]:
            clause = draft.norm.rfind("。", 0, answer.start) + 1
            words = draft.norm[max(clause, answer.start - 30) : answer.end + 30]
            if _FOR_EVENT.search(words) and _later(answer, event):
                yield _late(answer, event)
        if (
            issued is not None
            and issued.end != answer.end
            and _later(issued, answer)
            and issued.start > answer.end
        ):
            yield Mark(
                answer.start,
                answer.end,
                Message(gettext_noop("The deadline lies before the date of issue.")),
                evidence=((issued.start, issued.end),),
            )


@rule(
    code="not-yet",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("What is told as past lies after the date of issue"),
    good="现将3月3日召开的会议确定的任务印发给你们。\n县水利局办公室\n2025年3月5日",
    bad="现将3月15日召开的会议确定的任务印发给你们。\n县水利局办公室\n2025年3月3日",
)
def not_yet(draft: Draft) -> Iterator[Mark]:
    """Mark X日召开的 and 截至X日……已 where X lies after the date that closes the draft."""
    found_days = [day for day in days(draft) if day.exists and day.day is not None]
    issued = next((d for d in reversed(found_days) if d.year and _alone(draft, d)), None)
    if issued is None:
        return
    for day in found_days:
        before, after = draft.norm[max(0, day.start - 4) : day.start], draft.norm[day.end : day.end + 24]
        past = _PAST.match(after) or (
            before.endswith("截至") and re.match(r"[，]?[^。；]{0,12}(?:已|累计|共)", after)
        )
        same_year = day.year == issued.year or (day.year is None and abs(day.month - issued.month) < 6)  # noqa: PLR2004
        if past and same_year and day.start < issued.start and _later(day, issued):
            yield Mark(
                day.start,
                day.end,
                Message(gettext_noop("The draft is dated before this day, and tells of it as past.")),
                suggestion=Message(gettext_noop("Check both dates.")),
                evidence=((issued.start, issued.end),),
            )


def _alone(draft: Draft, day: Day) -> bool:
    """Whether the date is a line of its own."""
    line = draft.norm.rfind("\n", 0, day.start) + 1
    return not draft.norm[line : day.start].strip() and draft.norm[day.end : day.end + 1] in {"", "\n"}


def _later(one: Day, other: Day) -> bool:
    if one.year and other.year:
        return one.key() > other.key()
    return (one.month, one.day or 0) > (other.month, other.day or 0)


def _late(answer: Day, event: Day) -> Mark:
    return Mark(
        answer.start,
        answer.end,
        Message(gettext_noop("The deadline lies after the event it is for.")),
        suggestion=Message(gettext_noop("Check both dates.")),
        evidence=((event.start, event.end),),
    )
