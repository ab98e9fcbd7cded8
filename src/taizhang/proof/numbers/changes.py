"""Growth, differences and percentage points against the two values they stand between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import absolute, growth, middle, places, quotient, sums_to, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_UP = (
    r"增长|提高|提升|上升|增加|上涨|扩大|增至|升|涨|增|延长|多|净增|攀升|跃升|新增|高出|拓展|扩|加快|加大|翻"
)
_DOWN = r"下降|减少|降低|压缩|缩短|下跌|回落|缩减|压减|降|减|少|收窄|缩|跌|下滑|精简|放缓|减缓|压降|节[电水能约省煤油]"
_MOVE = re.compile(rf"(?P<up>{_UP})|(?P<down>{_DOWN})")
_LAST_MOVE = re.compile(
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:了|幅度?|幅?[为达约]|率[为达]?|近|约|超过?|幅度?达到?|到|个)*$"
)
_REACHES = re.compile(rf"(?:{_UP}|{_DOWN})[至到为]了?$")
_NEAR = 20
_FROM = re.compile(r"[由从]")
_TO = re.compile(rf"(?:{_UP}|{_DOWN}|调整|变|改善|发展|优化)?(?:至|到|为|成)")
_BASE = re.compile(r"(?:比|较)[^，。；]{0,12}$|上年|去年|上期|同期|上月|上季度|上学期|前年|年初|上一")
_BY_SO_MUCH = re.compile(r"(?:[增减][产收]|多|少)[了出]?$")  # 比上年增产0.31万吨 tells no base
_SAME_PERIOD = re.compile(r"同比|环比|较上|比上|较去|比去|较前|比前|增|降|减|提|升")
_BASE_LAST = re.compile(r"^(?:而)?(?:上年|去年)(?:同期)?(?:仅|只)?(?:为|是|有)?$")
_OTHER = re.compile(r"可比|同口径|剔除|扣除|不变价|实际增长|分别|其中|年均|累计|平均|目标|计划|力争|任务")
_BARE_MOVE = re.compile(
    rf"(?:[，、]|的?(?:水平|基础上)|[一两二三四五六七八九十\d]{{1,2}}年(?:来|间|内)?|则|共|累计|净|大幅|大幅度|明显|显著|同比|环比|比上年|较上年|相比|整体|又|也|即|分别|(?:比|较|与)[一-龥]{{2,6}})*(?:{_UP}|{_DOWN})(?:了|幅度?|[为达约]|近|超过?|率)*"
)
_REAL_TERMS = re.compile(r"生产总值|增加值|GDP|可比价|不变价")
_TIMES = re.compile(r"^(?:约|正好|相当于)?(?:是|为|相当于|达到?)[^，。；]{0,12}的(?:约|近)?$")
_RATE_WORD = re.compile(r"率|占比|比重|比例|度[^，]{0,6}$")


@dataclass(frozen=True, slots=True)
class Change:
    """A change told with both its ends: from ``base`` to ``now`` by ``by``."""

    base: Claim
    now: Claim
    by: Claim
    said: str

    @property
    def rising(self) -> bool:
        return self.now.value >= self.base.value


def _moved(claim: Claim) -> str:
    found = _LAST_MOVE.search(claim.label)
    return (found.lastgroup or "") if found else ""


def changes(statement: Statement) -> Iterator[Change]:
    """Yield the changes of a sentence: 由A增至B，增长C; B，比上年的A增加C; 上年A，今年B，增长C."""
    claims = statement.claims
    for index in range(2, len(claims)):
        by = claims[index]
        said = _moved(by) or ("times" if by.unit == "倍" and _TIMES.match(by.label) else "")
        last = _with_base_last(claims[index - 2], claims[index - 1], by)
        if last is not None:
            yield last
        if not said or by.numeral.ranged or by.quoted or by.planned or _REACHES.search(by.label):
            continue
        first, second = claims[index - 2], claims[index - 1]
        if first.family != second.family or first.numeral.ordinal or second.numeral.ordinal:
            continue
        if first.numeral.ranged or second.numeral.ranged or first.quoted or second.quoted:
            continue
        if _moved(second) and not _FROM.search(first.label):
            yield from _by_difference(statement, first, second, by)
            continue
        ends = _ends(statement, first, second, by)
        if ends is not None:
            yield Change(ends[0], ends[1], by, said)


def _with_base_last(now: Claim, by: Claim, base: Claim) -> Change | None:
    """46.2亿元，同比增长15%，上年为42亿元: the base stands behind the growth."""
    said = _moved(by) if by.is_rate else ""
    alike = now.family == base.family and now.plain and base.plain and not now.is_rate and not now.earlier
    if not (
        said and alike and base.value and _BASE_LAST.match(base.label) and _BARE_MOVE.fullmatch(by.label)
    ):
        return None
    return Change(base, now, by, said) if by.joint == "，" and not by.numeral.ranged else None


def _other_base(more: Claim, by: Claim) -> bool:
    """比年初增加46亿元，同比增长28.9%: the two changes are told against two moments."""
    of_year = re.search(r"同比|上年|去年|同期", by.label)
    return bool(
        (of_year and re.search(r"年初|上月|环比|上季|期初", more.label))
        or (re.search(r"环比|年初|上月|上季", by.label) and re.search(r"同比|上年|去年|同期", more.label))
    )


def _by_difference(statement: Statement, now: Claim, more: Claim, by: Claim) -> Iterator[Change]:
    """1,256万元，比上年增加86万元，增长7.4%: the base is what the difference leaves."""
    said = _moved(more)
    plain = now.is_count and more.is_count and by.is_rate and not now.is_rate and said == _moved(by)
    near = len(statement.between(now, more)) < _NEAR and len(statement.between(more, by)) < _NEAR
    if (
        not (plain and near)
        or _other_base(more, by)
        or not re.search(r"比|较|同比", more.label)
        or _OTHER.search(by.label + more.label)
    ):
        return
    base = now.value - more.value if said == "up" else now.value + more.value
    if base > 0:
        numeral = replace(more.numeral, value=base, step=max(now.numeral.step, more.numeral.step))
        yield Change(replace(more, numeral=numeral), now, by, said)


def _ends(statement: Statement, first: Claim, second: Claim, by: Claim) -> tuple[Claim, Claim] | None:  # noqa: PLR0911 - one form a line
    between = statement.between(first, second)
    to_by = statement.between(second, by)
    if len(to_by) > 26 or _OTHER.search(by.label):  # noqa: PLR2004 - the change stands right after
        return None
    if _FROM.search(first.label) and _TO.search(between) and "，" not in between.strip("，"):
        return first, second
    if by.joint not in {"，", "、", "（", ""} or first.planned != second.planned:
        return None
    if re.search(r"(?:比|较|相比)", second.label) and _BASE.search(second.label):
        apart = "；" in between or (first.averaged and not second.averaged)
        apart = apart or _BY_SO_MUCH.search(second.label) is not None
        return None if apart else (second, first)
    if second.earlier and not first.earlier and not _moved(second):
        bare = _BARE_MOVE.fullmatch(by.label) and not _REAL_TERMS.search(statement.text)
        if bare or re.search(r"同比|比上年|比去年|较上年|较去年", by.label):
            return second, first
    if second.bracketed and second.earlier:
        return second, first
    told_first = first.earlier and not second.earlier and not _moved(first) and "；" not in between
    if told_first and len(between) < 30 and not _FROM.search(second.label):  # noqa: PLR2004
        return first, second
    return None


@rule(
    code="percent-points",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("Percent where percentage points are meant"),
    good="建档率由85%提高到90%，提高5个百分点。",
    bad="建档率由85%提高到90%，提高5%。",
)
def percent_points(draft: Draft) -> Iterator[Mark]:
    """Mark the difference of two percentages told in percent, and a change of counts told in points."""
    for statement in draft.statements:
        for by, base, now in _points_before(statement):
            yield _percent_mark(Change(base, now, by, _moved(by)))
        for change in (*changes(statement), *_higher_by(statement)):
            if "分别" in change.by.label or not _BARE_MOVE.fullmatch(change.by.label):
                continue
            if change.by.is_rate and change.now.is_rate:
                difference = abs(change.now.value - change.base.value)
                relative = difference / change.base.value * 100 if change.base.value else Decimal(0)
                if difference != change.by.value and change.by.numeral.agrees(relative):
                    continue
                yield _points_mark(change, difference)
            elif change.by.is_points and not change.now.is_rate and not change.now.is_points:
                yield _percent_mark(change)


def _percent_mark(change: Change) -> Mark:
    exact = growth(change.now, change.base, Decimal(100))
    value = middle(absolute(exact)) if exact else Decimal(0)
    return Mark(
        change.by.begin,
        change.by.end,
        Message(
            gettext_noop("A change of counts is told in percent ({value}), not in percentage points."),
            value=written(value, "%"),
        ),
        evidence=places([change.base, change.now]),
    )


_RISE = re.compile(r"(?:溢价|增值|涨价|加价|超支|上浮)率(?:为|达到?|约)*$")
_FALL = re.compile(r"(?:下浮|节资|资金节约|节约|核减|审减|降价|折让|压减)率(?:为|达到?|约)*$")
_SAVED = re.compile(r"(?:节约|节省|节资|核减|审减|下浮|降低|减少|压减|折让)(?:了|资金|金额|共|约)*$")
_REACHED = re.compile(r"^(?:达到?|为|至|升至|提高到|现为)+$")


def _by_name(statement: Statement) -> Iterator[Change]:
    """起拍价2,000万元，成交价2,600万元，溢价率30%: the name of the rate says which way it goes."""
    for first, second, by in zip(statement.claims, statement.claims[1:], statement.claims[2:], strict=False):
        if by.unit != "%" or first.family != second.family or not (first.is_count and second.is_count):
            continue
        if _RISE.search(by.label):
            yield Change(first, second, by, "up")
        elif _FALL.search(by.label) and second.value < first.value:
            saved = _SAVED.search(second.label) is not None
            numeral = replace(second.numeral, value=first.value - second.value if saved else second.value)
            yield Change(first, replace(second, numeral=numeral), by, "down")


def _higher_by(statement: Statement) -> Iterator[Change]:
    """比去年同期的72%高出6%，达到78%: the change stands between its values."""
    for base, by, now in zip(statement.claims, statement.claims[1:], statement.claims[2:], strict=False):
        told = base.is_rate and by.is_rate and now.is_rate and by.joint == ""
        if (
            told
            and re.search(r"比|较", base.label)
            and _BARE_MOVE.fullmatch(by.label)
            and _REACHED.match(now.label)
        ):
            yield Change(base, now, by, _moved(by))


def _points_before(statement: Statement) -> Iterator[tuple[Claim, Claim, Claim]]:
    """增长12个百分点，由2,000件增至2,240件: the change stands before its values."""
    for by, base, now in zip(statement.claims, statement.claims[1:], statement.claims[2:], strict=False):
        told = by.is_points and _moved(by) and base.is_count and base.family == now.family
        if (
            told
            and base.joint == "，"
            and re.match(r"(?:数量|总量|总数)?[由从]", base.label)
            and not _RATE_WORD.search(by.label)
            and _TO.search(statement.between(base, now))
        ):
            yield by, base, now


def _points_mark(change: Change, difference: Decimal) -> Mark:
    return Mark(
        change.by.begin,
        change.by.end,
        Message(
            gettext_noop("From {base} to {now} is a change of {points} percentage points, not of {by}."),
            base=written(change.base.value, "%"),
            now=written(change.now.value, "%"),
            points=written(difference),
            by=written(change.by.value, "%"),
        ),
        suggestion=Message(gettext_noop("Write {points}个百分点."), points=written(difference)),
        evidence=places([change.base, change.now]),
    )


@rule(
    code="points-likely",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("A rate that rose by a percent"),
    good="群众满意率达96%，较上年提高2个百分点。",
    bad="群众满意率达96%，较上年提高2%。",
)
def points_likely(draft: Draft) -> Iterator[Mark]:
    """Mark a rate followed at once by its change in percent: nearly always percentage points are meant."""
    for statement in draft.statements:
        done = {change.by.start for change in changes(statement)}
        for rate, by in zip(statement.claims, statement.claims[1:], strict=False):
            if (
                rate.unit != "%"
                or by.unit != "%"
                or by.start in done
                or by.quoted
                or by.numeral.ranged
                or rate.numeral.ranged
            ):
                continue
            if (
                not _RATE_WORD.search(rate.label)
                or _MOVE.search(rate.label[-6:])
                or _RATE_WORD.search(by.label)
            ):
                continue
            if len(statement.between(rate, by)) < 16 and re.fullmatch(  # noqa: PLR2004
                r"[，、]?(?:同比|环比|(?:比|较)(?:上年|去年|上期|同期|上年同期|去年同期|年初|上季度|上月|上学期|上年度|整治前|[一-龥]{0,6}前))?(?:提高|提升|上升|下降|降低|增加|增长|减少|回落)了?",
                statement.between(rate, by),
            ):
                yield Mark(
                    by.begin,
                    by.end,
                    Message(
                        gettext_noop(
                            "A rate rises by percentage points; {by} would be a change in proportion."
                        ),
                        by=written(by.value, "%"),
                    ),
                    suggestion=Message(
                        gettext_noop("Write {points}个百分点 if the difference is meant."),
                        points=written(by.value),
                    ),
                    evidence=places([rate]),
                )


@rule(
    code="growth",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("Growth does not fit its two values"),
    good="受理量由1,250件增加到1,500件，增长20%。",
    bad="受理量由1,250件增加到1,500件，增长25%。",
)
def growths(draft: Draft) -> Iterator[Mark]:
    """Hold growth in percent, a difference or a multiple against its two values."""
    for statement in draft.statements:
        for change in (*changes(statement), *_by_name(statement)):
            value = _expected(change)
            if value is None or sums_to([change.base, change.now], change.by):
                continue
            bounds, unit = value
            if change.by.numeral.tells(*bounds) and _direction_fits(change):
                continue
            yield Mark(
                change.by.begin,
                change.by.end,
                Message(
                    gettext_noop("From {base} to {now} is a change of {value}, not of {by}."),
                    base=written(change.base.value, change.base.unit),
                    now=written(change.now.value, change.now.unit),
                    value=("" if change.rising else "-") + written(middle(bounds), unit),
                    by=("-" if change.said == "down" else "") + written(change.by.value, change.by.unit),
                ),
                suggestion=Message(gettext_noop("Check both values, the change and its direction.")),
                evidence=places([change.base, change.now]),
            )


def _direction_fits(change: Change) -> bool:
    if change.now.value == change.base.value or change.said == "times":
        return True
    return change.rising == (change.said == "up")


def _expected(change: Change) -> tuple[tuple[Decimal, Decimal], str] | None:  # noqa: PLR0911
    base, now, by = change.base, change.now, change.by
    if by.is_points:
        if not now.is_rate:
            return None
        return _difference(change), "个百分点"
    if by.is_rate:
        if now.is_rate or now.is_points:
            return None
        bounds = growth(now, base, Decimal(100))
        return None if bounds is None else (absolute(bounds), by.unit)
    if by.unit == "倍":
        ratio = quotient(now, base)
        if ratio is None:
            return None
        if change.said == "times":
            return ratio, "倍"
        return absolute((ratio[0] - 1, ratio[1] - 1)), "倍"
    if by.family != now.family and not (by.unit.startswith("个") and by.unit[1:] == now.unit):
        return None
    return _difference(change), by.unit


def _difference(change: Change) -> tuple[Decimal, Decimal]:
    low_now, high_now = change.now.numeral.bounds()
    low_base, high_base = change.base.numeral.bounds()
    if change.now.is_rate or change.base.numeral.step == change.now.numeral.step:
        exact = abs(change.now.value - change.base.value)
        slack = (
            change.now.numeral.step if change.now.numeral.rounded and not change.now.is_rate else Decimal(0)
        )
        if not (change.now.numeral.approximation or change.base.numeral.approximation):
            return exact - slack, exact + slack
    return absolute((low_now - high_base, high_now - low_base))


@rule(
    code="direction",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A rise that falls, or a fall that rises"),
    good="投诉量由120件下降到98件。",
    bad="投诉量由120件上升到198件，办理时限由10天缩短到15天。",
)
def directions(draft: Draft) -> Iterator[Mark]:
    """Hold the verb of 由A……到B against the two values."""
    for statement in draft.statements:
        for base, now in zip(statement.claims, statement.claims[1:], strict=False):
            if base.family != now.family or not _FROM.search(base.label) or base.numeral.ordinal:
                continue
            found = re.search(
                rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:至|到|为)[^，。；]{{0,4}}$",
                statement.between(base, now),
            )
            if (
                found is None
                or "，" in statement.between(base, now)
                or now.numeral.ranged
                or base.numeral.ranged
            ):
                continue
            fits = now.value > base.value if found.lastgroup == "up" else now.value < base.value
            if not fits:
                yield Mark(
                    base.begin,
                    now.end,
                    Message(
                        gettext_noop("“{verb}” does not fit: from {base} to {now}."),
                        verb=found[0],
                        base=written(base.value, base.unit),
                        now=written(now.value, now.unit),
                    ),
                )
