"""Averages against the total and the number they divide."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import middle, places, quotient, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_AVERAGE = re.compile(
    r"平均每(?P<short>[点校站店厂班队岗床机船])|单(?P<single>[车店台井机线船户村厂场馆站校])(?P<daily>日)?(?:平均|均)?|(?P<per>生|社|院|馆|笔|头|株|只|辆|台|套|栋|座|间|份|张|条|宗|吨|届|届|批|支|位|名|项|人|户|村|校|班|场|次|亩|件|车|所|家|篇|店|站|点|镇|乡|县|区|期|项|单|床|例|车|组|队|厂|企|月|季|日|周|天)均|平均(?:每(?:[个名位人户家村场次期批件项所间亩台辆组座处篇车班支月天周季日年]|平方米|公里)(?P<noun>[一-龥]{0,6}))?|每(?P<unit>[周天月年季日名位人户家村场次期批件项所间亩台辆组座处篇个])(?P<noun2>[一-龥]{0,6}?)平均|均(?=[一-龥]{0,4}$)"
)
_MEASURES = {
    "人": {"人", "人次"},
    "场": {"场", "场次", "次"},
    "期": {"期"},
    "次": {"次", "场", "场次", "人次"},
    "件": {"件", "起"},
    "亩": {"亩"},
    "日": {"天", "日"},
    "天": {"天", "日"},
}
_OFTEN = re.compile(r"每[天日周月年季]|日均|月均|周均")
_NARROWER = re.compile(r"^其中")
_EVERY = re.compile(r"^(?:各|全|每|共|平均|总的|上述|这些|实现|达到?|[使其])+")
_NAME = 2
_SINGLE = {
    "车": {"台", "辆"},
    "店": {"家"},
    "台": {"台"},
    "井": {"口", "眼"},
    "机": {"台"},
    "线": {"条"},
    "船": {"艘", "条"},
    "户": {"户"},
    "村": {"村"},
    "厂": {"家", "座"},
    "场": {"场"},
    "馆": {"家", "座"},
    "站": {"座"},
    "校": {"所"},
}
_EACH_OF = re.compile(r"每(?P<scale>百|千|万|十万)(?:名|人)?(?:常住|户籍|服务|农村|城镇)?人口?[^，]{0,6}$")
_PER_CARRIER = re.compile(r"(?P<scale>百|千|十?万)(?P<noun>[人车户台家])[一-龥]{2,8}率(?:为|达到?|是|约)*$")
_CARRIERS = {"人": {"人"}, "车": {"辆", "台"}, "户": {"户"}, "台": {"台"}, "家": {"家"}}
_SCALES = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10000), "十万": Decimal(100000)}
_DATES = re.compile(r"(1[0-2]|[1-9])月(\d{1,2})日?(?:至|到|—+|-|～|~)(?:(1[0-2]|[1-9])月)?(\d{1,2})日")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = {"全年": ((240, 262), (300, 315), (360, 370)), "一年": ((240, 262), (300, 315), (360, 370))}
_MONTHS = {"全年": 12, "一年": 12, "上半年": 6, "下半年": 6, "季度": 3, "前三季度": 9}
_SKIP = re.compile(
    r"分别|年均|增长|增加|提高|下降|减少|缩短|压缩|均值|浓度|标准|高于|低于|以上|用时|耗时|时长|时间|年龄|不少于|不低于|收入|GDP|生产总值"
)


@rule(
    code="average",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("An average does not fit its total and number"),
    good="14个乡镇共报送信息420条，平均每个乡镇报送30条。",
    bad="14个乡镇共报送信息420条，平均每个乡镇报送35条。",
)
def averages(draft: Draft) -> Iterator[Mark]:
    """Divide every total by every number beside an average; one that nothing explains is marked."""
    recent: list[Statement] = []
    for statement in draft.statements:
        if recent and recent[-1].paragraph != statement.paragraph:
            recent = []
        for index, average in enumerate(statement.claims):
            found = _average_of(average)
            if found is None or not average.is_count or average.quoted or average.planned or average.earlier:
                continue
            if _SKIP.search(average.label) or _told_behind(average, found, statement.claims[index + 1 :]):
                continue
            own = _of_its_subject(statement, index, found)
            before = [c for s in recent[-2:] for c in s.claims] if own is None else []
            yield from _check(average, found, statement.claims[:index] if own is None else own, before)
        recent.append(statement)


def _of_its_subject(statement: Statement, index: int, found: re.Match[str]) -> Sequence[Claim] | None:
    """The claims of its own clause group where the average names a subject of its own behind a ；, else None."""
    average = statement.claims[index]
    head = statement.text.rfind("；", 0, average.start - statement.start)
    named = _EVERY.sub("", average.label[: found.start()])
    if head < 0 and not _NARROWER.search(named):
        return None
    before = statement.text[: max(head, 0)]
    fresh = len(named) >= _NAME and named not in before
    if not (fresh or _NARROWER.search(named)) or average.joint not in "；，":
        return None
    return [c for c in statement.claims[:index] if c.start - statement.start > head]


def _told_behind(average: Claim, found: re.Match[str], after: Sequence[Claim]) -> bool:
    """户均1.6万元，共320户、512万元: the total and the number stand behind the average."""
    if found.re is not _AVERAGE:
        return False
    totals = [c for c in after if _same(c, average)]
    numbers = _divisors(found, [c for c in after if c.is_count and not c.averaged], average)
    return any(_fits(average, t, d) for t in totals for d in numbers if d is not t)


def _average_of(claim: Claim) -> re.Match[str] | None:
    if claim.is_rate:
        return None
    return _AVERAGE.search(claim.label) or _EACH_OF.search(claim.label) or _PER_CARRIER.search(claim.label)


def _check(
    average: Claim, found: re.Match[str], own: Sequence[Claim], before: Sequence[Claim]
) -> Iterator[Mark]:
    totals = [c for c in own if _same(c, average)] or [c for c in before if _same(c, average)]
    numbers = [c for c in own if c.is_count and not c.averaged] + [
        c for c in before if c.is_count and not c.averaged
    ]
    if not _OFTEN.search(average.label):
        numbers = [c for c in numbers if not _OFTEN.search(c.label)]
    scaled = _EACH_OF.search(average.label) or _PER_CARRIER.search(average.label)
    if scaled is not None:
        scale = _SCALES[scaled["scale"]]
        units = _CARRIERS.get(scaled.groupdict().get("noun") or "")
        crowd = [
            c for c in numbers if (c.family in units if units else "人口" in c.label and c.family == "人")
        ]
        yield from _by_population(average, numbers, [c for c in crowd if c.value > scale], scale)
        return
    divisors = _divisors(found, numbers, average)
    if found["per"] in {"日", "天"} and totals and not divisors:
        yield from _by_days(average, totals)
        return
    months = _months(found, average)
    if months is not None and totals:
        yield from _by_months(average, totals, months)
        return
    totals = [c for c in totals if c.value >= average.value]
    if not totals or not divisors:
        return
    if any(_fits(average, t, d) for t in totals for d in numbers if d is not t):
        return
    whole, number = totals[-1], divisors[0]
    if whole is number:
        return
    bounds = quotient(whole, number)
    if bounds is not None:
        yield _mark(average, whole, number, middle(bounds))


def _same(claim: Claim, average: Claim) -> bool:
    if not claim.is_count or claim.averaged or claim.earlier:
        return False
    return (
        claim.family == average.family
        or claim.unit == average.unit + "次"
        or claim.unit + "次" == average.unit
    )


def _fits(average: Claim, whole: Claim, number: Claim) -> bool:
    bounds = quotient(whole, number)
    if bounds is None:
        return False
    if average.numeral.agrees(*bounds):
        return True
    return bounds[0] - 1 < average.value < bounds[1] + 1 and average.numeral.step == 1


def _divisors(found: re.Match[str], numbers: Sequence[Claim], average: Claim) -> list[Claim]:
    per = found["per"]
    noun = found["noun"] or found["noun2"] or ""
    if found["single"]:
        if found["daily"] and not any("日" in c.label and _same(c, average) for c in numbers):
            return []
        return [
            c for c in numbers if c.unit in _SINGLE[found["single"]] or c.tail.startswith(found["single"])
        ]
    if noun:
        noun = re.sub(
            r"(?:报送|完成|发放|接待|开展|受理|补助|投入|参加|办理|服务|培训|组织|举办|获得|有|为|约|达|采用|投资|资助|救助|配备|走访|检查|处理|种植|巡|出动).*$",
            "",
            noun,
        )
        named = [
            c for c in numbers if noun and (c.tail.startswith(noun) or noun in c.label[-8:] + c.tail[:8])
        ]
        if named:
            return named
    per = per or found["short"]
    unit = per or found["unit"] or (found[0][3] if found[0].startswith("平均每") else "")
    if per in {
        "村",
        "校",
        "班",
        "镇",
        "乡",
        "县",
        "区",
        "厂",
        "企",
        "店",
        "站",
        "点",
        "所",
        "床",
        "车",
        "家",
        "队",
        "组",
        "生",
        "社",
        "院",
        "馆",
    }:
        return [
            c
            for c in numbers
            if c.unit == unit
            or (per or "") in c.tail[:4]
            or (c.label.endswith(per or "") and c.unit in {"个", "张", "辆", "名", "人", "家", "所"})
        ]
    allowed = _MEASURES.get(unit, {unit})
    return [
        c
        for c in numbers
        if c is not average
        and (c.family in allowed or c.unit in allowed or (unit and c.tail.startswith(unit)))
    ]


def _months(found: re.Match[str], average: Claim) -> int | None:
    if not (found["per"] == "月" or found[0].startswith("平均每月")):
        return None
    return next((n for word, n in _MONTHS.items() if word in average.period or word in average.lead), None)


def _by_months(average: Claim, totals: Sequence[Claim], months: int) -> Iterator[Mark]:
    for whole in totals:
        low, high = whole.numeral.bounds()
        if (
            average.numeral.agrees(low / months, high / months)
            or abs(whole.value / months - average.value) < 1
        ):
            return
    whole = totals[-1]
    yield _mark(average, whole, whole, whole.value / months)


def _by_days(average: Claim, totals: Sequence[Claim]) -> Iterator[Mark]:
    """日均: all days of the period, or its working days, may divide; anything between is not told apart."""
    whole = totals[-1]
    spans = _spans(average)
    if spans is None or whole.family != average.family or average.value <= 0:
        return
    low, high = whole.numeral.bounds()
    least, most = average.numeral.bounds()
    if any(low <= most * longest and least * shortest <= high for shortest, longest in spans):
        return
    longest = max(most for _, most in spans)
    yield _mark(average, whole, whole, whole.value / longest)


def _spans(average: Claim) -> tuple[tuple[int, int], ...] | None:
    """How many days the period of an average may have: all of them, or its working days."""
    between = _DATES.findall(average.lead)
    if between:
        first, start, last, end = between[-1]
        days = _day_of_year(last or first, end) - _day_of_year(first, start) + 1
        return ((days, days),) if days > 1 else None
    months = re.findall(r"(?<![\d至—~～-])(1[0-2]|[1-9])月份?(?!\d|[至—~～-])", average.lead)
    if months:
        longest = _MONTH_DAYS[int(months[-1]) - 1]
        return ((longest - (months[-1] == "2"), longest), (20, 23))
    return next((s for word, s in _DAYS.items() if word in average.lead + average.label), None)


def _day_of_year(month: str, day: str) -> int:
    return sum(_MONTH_DAYS[: int(month) - 1]) + int(day)


def _by_population(
    average: Claim, numbers: Sequence[Claim], people: Sequence[Claim], scale: Decimal
) -> Iterator[Mark]:
    """平均每千人口3.2名, 万车火灾发生率1.5起: the total over thousands of people or vehicles."""
    totals = [c for c in numbers if _same(c, average) and c not in people]
    if not people or not totals or average.numeral.approximation:
        return
    for whole in totals:
        for crowd in people:
            bounds = quotient(whole, crowd, scale)
            if bounds is None or average.numeral.agrees(*bounds):
                return
    bounds = quotient(totals[-1], people[-1], scale)
    if bounds is not None:
        yield _mark(average, totals[-1], people[-1], middle(bounds))


def _mark(average: Claim, whole: Claim, number: Claim, value: Decimal) -> Mark:
    return Mark(
        average.begin,
        average.end,
        Message(
            gettext_noop("{total} shared out makes {value}, not {average}."),
            total=written(whole.value, whole.unit),
            value=written(value, average.unit),
            average=written(average.value, average.unit),
        ),
        suggestion=Message(gettext_noop("Check the average, the total and the number it is divided by.")),
        evidence=places([whole, number] if whole is not number else [whole]),
    )
