"""Rates and shares against the counts they are worked out from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import PERCENT, exact_sum, middle, places, quotient, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_CHANGE = re.compile(
    r"增长|下降|增幅|降幅|减少|提高|提升|上升|增加(?!值)|上涨|下跌|涨幅|跌幅|同比|环比|比上|较上|较去|比去|压缩|降低|增速|涨|降$|回落|递增|年均"
)
_RATE = re.compile(r"([一-龥]{1,8}?)(?:率|面(?=[为达]?$))")
_SHARE = re.compile(r"占|比例|比重|达到?$|为$")
_UNBOUNDED = re.compile(
    r"拨备|流动性|资本|保障倍|完成|增长|增速|回报|收益|利用|负荷|负载|满载|载荷|客座|上座|实载|高峰|短时|瞬时|毛入学|达成|执行|产销|周转|变动|汇率|税率|利率|负债|杠杆|升|床位使用|设备使用|泊位|投入产出|任务|计划|目标|产能|进度|达产|利润|复种|超额|毛利|偿|履|渗透|贡献|相当|预期|序时"
)
_NEGATIVE = re.compile(r"不|未|问题|隐患|违规|超标|缺|异常|失败|逾期")
_PER_HEAD = re.compile(r"(?<![\d.])[千万]人|每[千万]|十万(?=分|人)")
_OF_TASK = re.compile(r"(?:完成|实现|达到?)[^，]{0,8}(?:任务|计划|目标|预算|指标)[^，]{0,4}的$")
_TASK = re.compile(r"任务|计划|目标|预算|指标")
_SHARE_OF = re.compile(r"占|比例|比重")
_REST = re.compile(r"未|尚|仍|待|其余|剩余|余下|正在|在办")
_BASE = re.compile(r"[由从]$")
_REST_OF_LIST = re.compile(r"^(?:另有?|其余|余下|未)")
_HELD = re.compile(r"含|其中|包括")
_WINDOW = 3
_REACH = 200
_OVERLAP = re.compile(r"多选|交叉|重叠|同时|并存|分别增长")
_RATIO_LIST = re.compile(
    r"(?:结构|产业)[^，。；\d]{0,12}(?:为|是|由|至|到|比)(?P<parts>\d{1,2}(?:\.\d)?[：:∶]\d{1,2}(?:\.\d)?[：:∶]\d{1,2}(?:\.\d)?)"
)
_WHOLE = 100
_STRUCTURE_SLACK = Decimal("0.1")
_MOST_PARTS = 6


@rule(
    code="ratio",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A rate does not fit its counts"),
    good="抽检农产品680批次，合格659批次，合格率96.9%。",
    bad="抽检农产品680批次，合格659批次，合格率98.6%。",
)
def ratios(draft: Draft) -> Iterator[Mark]:
    """Work every rate out of the counts beside it; a rate that no pair of counts explains is marked."""
    recent: list[Statement] = []
    statements = draft.statements
    for number, statement in enumerate(statements):
        if recent and recent[-1].paragraph != statement.paragraph:
            recent = []
        following = statements[number + 1] if number + 1 < len(statements) else None
        if following is not None and following.paragraph != statement.paragraph:
            following = None
        for index, rate in enumerate(statement.claims):
            if _checkable(rate):
                yield from _check(rate, index, statement, recent[-_WINDOW:], following)
        recent.append(statement)


def _checkable(rate: Claim) -> bool:
    if not rate.is_rate or rate.numeral.ranged or rate.quoted or rate.earlier or _BASE.search(rate.label):
        return False
    if rate.planned and not (rate.label == "的" or re.search(r"占|完成", rate.label)):
        return False
    if rate.label == "的" and re.search(
        r"占|(?:[为是完成达到]|相当于)[^，]*(?:任务|目标|计划|预算)", rate.clause
    ):
        return True
    if _OF_TASK.search(rate.label):
        return True
    clause = rate.clause[: rate.clause.find(rate.tail)] if rate.tail else rate.clause
    if _CHANGE.search(rate.label) or (not rate.label and _CHANGE.search(clause)):
        return False
    return bool(_RATE.search(rate.label) or _SHARE.search(rate.label))


def _check(
    rate: Claim, index: int, statement: Statement, recent: Sequence[Statement], following: Statement | None
) -> Iterator[Mark]:
    own = list(statement.claims[:index])
    before = [c for s in recent for c in s.claims]
    after = [*statement.claims[index + 1 :], *(following.claims if following else ())]
    behind = statement.claims[index + 1 :]
    pair = (
        _pair(rate, own, before, after, statement)
        or _counts_behind(rate, behind)
        or _counts_around(rate, own, behind)
    )
    if pair is None:
        return
    numerator, denominator, complement = pair
    context = [c for c in (*before, *own, *after[:6]) if _count(c, rate)]
    per_head = numerator.family != denominator.family
    near = _near(context, rate)
    told = ((n, d) for n, d in permutations(near, 2) if per_head or n.family == d.family)
    if any(_explains(rate, n, d) and not (pair[1] is not d and _halves(rate, n, d, near)) for n, d in told):
        return
    if (rate.value == PERCENT[rate.unit] and _made_up(own, context)) or _sum_explains(rate, own, context):
        return
    if _other_way(rate, near) or _of_list(rate, own):
        return
    bounds = quotient(numerator, denominator, PERCENT[rate.unit])
    if bounds is None or rate.numeral.tells(*bounds) or _explains(rate, numerator, denominator):
        return
    value = PERCENT[rate.unit] - middle(bounds) if complement else middle(bounds)
    yield Mark(
        rate.begin,
        rate.end,
        Message(
            gettext_noop("{part} of {whole} is {value}, not {rate}."),
            part=written(
                numerator.value if not complement else denominator.value - numerator.value, numerator.unit
            ),
            whole=written(denominator.value, denominator.unit),
            value=written(value, rate.unit),
            rate=written(rate.value, rate.unit),
        ),
        suggestion=Message(gettext_noop("Check the rate and both counts.")),
        evidence=places([denominator, numerator]),
    )


def _other_way(rate: Claim, near: Sequence[Claim]) -> bool:
    """审结92件，未结6件，结案率93.9%: done of done and left; 已开工31个（含去年签约的6个），开工率65.8%: without the bracket."""
    rests = [c for c in near if _REST.search(c.label) and not c.bracketed]
    held = [c for c in near if c.bracketed and _HELD.match(c.label)]
    plain = [c for c in near if c not in rests and not c.bracketed and c.is_count]
    pairs = [(c, _sized(c, c.value + rest.value)) for c in plain for rest in rests if c.family == rest.family]
    pairs += [
        (_sized(c, c.value - part.value), whole)
        for c in plain
        for part in held
        for whole in plain
        if c.family == part.family == whole.family and c.value > part.value
    ]
    return any(_explains(rate, numerator, denominator) for numerator, denominator in pairs)


def _halves(rate: Claim, one: Claim, other: Claim, near: Sequence[Claim]) -> bool:
    """满意的430份，不满意的70份，占16%: of two counts that make up a third, neither is a share of the other."""
    whole = one.value + other.value
    return "占" in rate.label and any(c.value == whole and c.family == one.family for c in near)


def _of_list(rate: Claim, own: Sequence[Claim]) -> bool:
    """初次3,145件、重复1,105件，重复占比26%: the list is the whole, and its first or last items are the part."""
    if not own or not own[-1].is_count:
        return False
    listed = [own[-1]]
    for claim in reversed(own[:-1]):
        apart = listed[0].joint != "、" and not (len(listed) == 1 and _REST_OF_LIST.search(listed[0].label))
        if apart or claim.family != listed[0].family or not claim.is_count:
            break
        listed.insert(0, claim)
    whole = _sized(own[-1], exact_sum(listed))
    return any(
        _explains(rate, _sized(own[-1], exact_sum(part)), whole)
        for at in range(1, len(listed))
        for part in (listed[:at], listed[at:])
    )


def _sized(claim: Claim, value: Decimal) -> Claim:
    return replace(claim, numeral=replace(claim.numeral, value=value))


def _counts_behind(rate: Claim, behind: Sequence[Claim]) -> tuple[Claim, Claim, bool] | None:
    """合格率98%，本次抽检50批次，不合格2批次: the two counts right behind a rate that name what it is the rate of."""
    found = _RATE.search(rate.label)
    if found is None or len(behind) < 2 or rate.unit == "‱":  # noqa: PLR2004 - a whole and a part
        return None
    whole, part = behind[:2]
    stem = re.sub(r"^.*[的为是]", "", found[1])[-2:]
    counted = whole.plain and part.plain and whole.family == part.family and whole.value > part.value
    if not counted or whole.joint != "，" or stem not in part.label + part.tail or "其中" in part.label:
        return None
    return part, whole, bool(_NEGATIVE.search(part.label)) and not _NEGATIVE.search(stem)


def _counts_around(
    rate: Claim, own: Sequence[Claim], behind: Sequence[Claim]
) -> tuple[Claim, Claim, bool] | None:
    """样本240份，合格率96.5%，不合格6份: the whole right before the rate, the part right behind it."""
    found = _RATE.search(rate.label)
    if found is None or not own or not behind:
        return None
    stem = re.sub(r"^.*[的为是]", "", found[1])[-2:]
    whole, part = own[-1], behind[0]
    counted = whole.plain and part.plain and whole.family == part.family and whole.value > part.value
    if (
        not counted
        or rate.joint != "，"
        or part.joint != "，"
        or stem not in part.label
        or "其中" in part.label
    ):
        return None
    return part, whole, bool(_NEGATIVE.search(part.label)) and not _NEGATIVE.search(stem)


def _count(claim: Claim, rate: Claim) -> bool:
    if claim.planned and not re.search(r"完成|任务|计划|目标", rate.label + rate.clause):
        return False
    return claim.is_count and not claim.averaged


def _made_up(own: list[Claim], context: list[Claim]) -> bool:
    """4家一级、3家二级、2家三级，达标率100%: the last counts make up a whole told before."""
    counts = [c for c in own if c.is_count]
    return any(
        exact_sum(counts[-size:]) == whole.value and whole not in counts[-size:]
        for size in range(2, min(len(counts), _MOST_PARTS) + 1)
        for whole in context
        if whole.family == counts[-1].family
    )


def _sum_explains(rate: Claim, own: list[Claim], context: list[Claim]) -> bool:
    """省级采用36条、市级采用142条，采用率14.1%: the last counts together are the part."""
    counts = [c for c in own if c.is_count]
    if rate.label == "的" and len(counts) > 1:
        counts = counts[:-1]  # 完成……、……，完成计划60亿元的71.7%: the last is the whole
    for size in range(2, min(len(counts), _MOST_PARTS) + 1):
        last = counts[-size:]
        if any(c.family != last[0].family for c in last):
            return False
        numeral = replace(last[-1].numeral, value=exact_sum(last), step=max(c.numeral.step for c in last))
        both = replace(last[-1], numeral=numeral)
        if any(_explains(rate, both, c) for c in context if c not in last and c.value >= both.value):
            return True
    return False


def _near(context: list[Claim], rate: Claim) -> list[Claim]:
    return sorted(context, key=lambda claim: abs(claim.start - rate.start))[:9]


def _explains(rate: Claim, numerator: Claim, denominator: Claim) -> bool:
    scale = PERCENT[rate.unit]
    bounds = quotient(numerator, denominator, scale)
    if bounds is None:
        return False
    if rate.numeral.agrees(*bounds):
        return True
    opposite = denominator.value > numerator.value and _NEGATIVE.search(numerator.clause)
    return bool(opposite) and rate.numeral.agrees(scale - bounds[1], scale - bounds[0])


def _pair(
    rate: Claim, own: list[Claim], before: list[Claim], after: list[Claim], statement: Statement
) -> tuple[Claim, Claim, bool] | None:
    """Find the two counts the rate speaks of, and whether the count is of the opposite (不合格)."""
    if rate.unit != "%" or _PER_HEAD.search(rate.clause):
        return _per_head(rate, own)
    named = _named(rate, [*before, *own, *after]) or _of_task(rate, own, before)
    if named is not None:
        return named
    counts = [c for c in own if _count(c, rate) and not c.earlier]
    if not counts or (
        own[-1].is_rate and _RATE.search(rate.label) and own[-1].joint != "，" and rate.joint == "、"
    ):
        return None
    if _SHARE_OF.search(rate.clause[: rate.clause.find(rate.label) + len(rate.label)] or rate.label):
        return _share(rate, own, counts, before, statement)
    return _rate(rate, counts)


def _of_task(rate: Claim, own: list[Claim], before: list[Claim]) -> tuple[Claim, Claim, bool] | None:
    """年初下达任务2.5亿元，实际入库1.9亿元，完成年度任务的76%; 完成126亿元，为年度目标120亿元的105%."""
    counts = [c for c in own if c.is_count and not c.averaged and not c.bracketed]
    if rate.label == "的" and len(counts) > 1 and _TASK.search(counts[-1].label):
        done, task = counts[-2], counts[-1]
    elif _OF_TASK.search(rate.label) and counts and not _TASK.search(counts[-1].label):
        done = counts[-1]
        wholes = [c for c in (*before, *counts[:-1]) if _TASK.search(c.label) and c.family == done.family]
        task = wholes[-1] if wholes else done
    else:
        return None
    fits = done is not task and done is own[-1 if rate.label != "的" else -2] and done.family == task.family
    return (done, task, False) if fits and not done.earlier else None


def _share(
    rate: Claim, own: list[Claim], counts: list[Claim], before: list[Claim], statement: Statement
) -> tuple[Claim, Claim, bool] | None:
    part = counts[-1]
    if part is not own[-1]:
        return None
    if "占" in part.label and len(counts) > 1 and counts[-2].family == part.family:
        return counts[-2], part, False
    if statement.between(part, rate).strip("，（、").lstrip(part.tail).startswith(("，", "其")):
        return None
    bare = re.match(r"^(?:约|均|分别|仅|只|已|总)?占|^比[例重]", rate.label)
    named = re.match(r"^(?P<noun>[一-龥]{2,8}?)占", rate.label)
    if (
        rate.joint in {"，", "、"}
        and not bare
        and not (named and named["noun"][-2:] in part.label + part.tail)
    ):
        return None
    pool = [c for c in (*before, *counts[:-1]) if _count(c, rate) and c.family == part.family]
    whole = _whole_named(rate, pool, part.value) or _whole_of_halves(part, pool)
    whole = whole or next(
        (c for c in reversed(pool) if c.value > part.value and not c.earlier and not c.bracketed), None
    )
    if whole is None or (
        whole in before
        and re.search(r"占(?!比|总|全|其)[^，]{3,}", rate.label)
        and not _whole_named(rate, pool, part.value)
    ):
        return None
    return part, whole, False


def _whole_of_halves(part: Claim, pool: Sequence[Claim]) -> Claim | None:
    """收回500份，满意的430份，占86%；不满意的70份，占16%: the whole is what the part makes up with the one before it."""
    last = pool[-1] if pool else part
    return next((c for c in reversed(pool[:-1]) if c.value == part.value + last.value), None)


def _whole_named(rate: Claim, pool: Sequence[Claim], least: Decimal) -> Claim | None:
    words = re.search(r"占[^，]*?([一-龥]{2})(?:总数|总量|总额|总人数|人数|的|比例|比重)", rate.label)
    if words is None:
        return None
    return next((c for c in reversed(pool) if words[1] in c.label + c.tail and c.value > least), None)


def _rate(rate: Claim, counts: list[Claim]) -> tuple[Claim, Claim, bool] | None:  # noqa: PLR0911 - one reason a line
    found = _RATE.search(rate.label)
    if found is None:
        return None
    stem = re.sub(r"^.*[的为是]", "", found[1])[-2:]
    counts = _up_to_named(stem, counts)
    last = counts[-1]
    if last.end == rate.begin:  # 8个乡镇完成率达到100%: the rate is that of the eight
        return None
    opposite = bool(_NEGATIVE.search(last.label + last.tail[:10])) and not _NEGATIVE.search(stem)
    touching = (
        stem in last.label + last.tail or opposite or bool(set(stem) & set(last.label[-7:] + last.tail[:4]))
    )
    planned = _done_of_plan(found[1], counts)
    touching = touching or planned
    pool = [c for c in counts[:-1] if c.family == last.family and (planned or c.value >= last.value)]
    if not pool or not touching:
        return None
    if stem not in last.label + last.tail and not opposite and len(counts) > 2 and pool[-1] is not counts[-2]:  # noqa: PLR2004
        return None
    whole = pool[-1]
    if last.period and whole.period and last.period != whole.period and not planned:
        return None
    if "其中" in whole.label and len(pool) > 1:
        return None
    return last, whole, opposite


def _up_to_named(stem: str, counts: list[Claim]) -> list[Claim]:
    """参加1,186人，优秀178人、合格985人，未定等次19人，优秀率15%: the count that bears the name, not the last that has a 未."""
    last = counts[-1]
    if stem in last.label + last.tail or not _NEGATIVE.search(last.label + last.tail[:10]):
        return counts
    at = next((at for at, c in enumerate(counts) if at and stem in c.label + c.tail), None)
    if at is None or _NEGATIVE.search(counts[at].label):
        return counts
    part = counts[at]
    return (
        counts[: at + 1]
        if any(c.family == part.family and c.value >= part.value for c in counts[:at])
        else counts
    )


def _done_of_plan(name: str, counts: Sequence[Claim]) -> bool:
    """计划检查24,000人，已检查18,600人，完成率: the same verb, planned and done, and nothing counted between."""
    if name != "完成" or len(counts) < 2:  # noqa: PLR2004 - a plan and what was done
        return False
    plan, done = counts[-2:]
    verb = re.search(r"(?:已经?|实际|共)(?P<verb>[一-龥]{2})", done.label)
    return verb is not None and _TASK.search(plan.label) is not None and verb["verb"] in plan.label


def _named(rate: Claim, context: Sequence[Claim]) -> tuple[Claim, Claim, bool] | None:
    """政府网站合格率: the counts whose own noun is 政府网站, one of them with a fault."""
    found = re.match(r"^([一-龥]{3,8}?)(?:合格|达标|完好|正常|优良)率", rate.label)
    if found is None:
        return None
    group = [c for c in context if _count(c, rate) and c.tail.startswith(found[1])]
    if len(group) != 2 or group[0].family != group[1].family:  # noqa: PLR2004 - a whole and a part
        return None
    part, whole = sorted(group, key=lambda claim: claim.value)
    return part, whole, True


def _per_head(rate: Claim, own: list[Claim]) -> tuple[Claim, Claim, bool] | None:
    counts = [c for c in own if _count(c, rate) and not (c.numeral.han and c.value in {1000, 10000})]
    people = [c for c in counts if c.family in {"人", "户"}] or counts[-2:-1]
    events = [c for c in counts if c not in people or c.value < people[0].value]
    if len(people) < 1 or not events or not _RATE.search(rate.label + rate.clause):
        return None
    return events[-1], people[0], False


@rule(
    code="rate-over-whole",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A rate above 100 %"),
    good="适龄儿童净入学率达99.8%。",
    bad="适龄儿童净入学率达102.4%。",
)
def over_whole(draft: Draft) -> Iterator[Mark]:
    """Mark a rate that by its meaning cannot exceed the whole."""
    for claim in draft.claims:
        if claim.unit != "%" or claim.value <= Decimal(100) or claim.quoted or claim.numeral.ranged:
            continue
        if _CHANGE.search(claim.label) or _UNBOUNDED.search(claim.clause):
            continue
        if re.search(
            r"率(?:[已也均]?(?:为|达到?了?|是|保持在|稳定在|约|超过?|突破|提[高升]到|提[高升]至|实现|高达|仍)*)$|(?:占比|比重|占总数的?|度)(?:为|达到?)?$",
            claim.label,
        ):
            yield Mark(
                claim.begin,
                claim.end,
                Message(gettext_noop("A share of a whole cannot be {rate}."), rate=written(claim.value, "%")),
                suggestion=Message(gettext_noop("Check the figure and what it is a share of.")),
            )


@rule(
    code="shares",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("Shares of one whole do not add up to 100 %"),
    good="三类案件占比分别为45.2%、33.5%、21.3%。",
    bad="三类案件占比分别为45.2%、43.5%、21.3%。",
)
def shares(draft: Draft) -> Iterator[Mark]:
    """Mark shares listed as all of one whole whose sum is not 100 % within rounding."""
    for statement in draft.statements:
        yield from _structure(statement)
        rates = [c for c in statement.claims if c.unit == "%" and not c.numeral.ranged and not c.quoted]
        if len(rates) < 2 or not re.search(r"占比?|比例|比重", statement.text):  # noqa: PLR2004
            continue
        run = _listed_shares(statement, rates) or _named_shares(statement, rates)
        if len(run) < 2:  # noqa: PLR2004
            continue
        value = sum((c.value for c in run), Decimal(0))
        slack = sum((c.numeral.step for c in run), Decimal(0))
        named = len(run) > 2 and "占" in run[1].label  # noqa: PLR2004 - each share with its own 占
        if value > 100 + slack or (value < 100 - slack and (named or _complete(statement, run))):
            yield Mark(
                run[0].begin,
                run[-1].end,
                Message(gettext_noop("The shares add up to {sum}, not to 100 %."), sum=written(value, "%")),
            )


def _listed_shares(statement: Statement, rates: list[Claim]) -> list[Claim]:
    found = re.search(
        r"(?:占比?|比例|比重)[^，。；、]{0,10}?(?:分别|依次|各)(?:为|是|占|达)?$",
        rates[0].clause[: rates[0].clause.find(rates[0].label) + len(rates[0].label)],
    )
    if found is None or _CHANGE.search(rates[0].clause) or re.search(r"较|比上|由|从", rates[0].clause):
        return []
    run = rates[:1]
    for claim in rates[1:]:
        if claim.joint != "、" and statement.between(run[-1], claim) not in {"和", "、", "及"}:
            break
        run.append(claim)
    return run


def _named_shares(statement: Statement, rates: list[Claim]) -> list[Claim]:
    """甲占58.4%，乙占17.3%，丙占26.3%，合计为100%: shares each with its own 占, said or shown to be all."""
    run = [c for c in rates if re.search(r"占(?:比|总[^，]{1,6}的|全部的)?(?:为|达|约)?$", c.label)]
    if len(run) < 3 or run[0].clause.count("%") > 1 or _OVERLAP.search(statement.text):  # noqa: PLR2004
        return []
    close = run[-1].start - run[0].start < _REACH
    whole = any(c.value == _WHOLE and re.search(r"合计|总计|相加|之和", c.label) for c in rates)
    cue = re.search(
        r"结构|构成|分布|组成|来源|按[^，]{1,8}(?:分|看)", statement.text[: run[0].start - statement.start]
    )
    rest = re.search(r"其[他余它]", run[-1].label)
    return run if close and (whole or cue or rest) else []


def _structure(statement: Statement) -> Iterator[Mark]:
    """三次产业结构为11.0∶41.5∶47.5: the parts of a structure make 100."""
    for found in _RATIO_LIST.finditer(statement.text):
        parts = [Decimal(part) for part in re.split(r"[：:∶]", found["parts"])]
        if abs(sum(parts, Decimal(0)) - _WHOLE) > _STRUCTURE_SLACK * len(parts):
            start = statement.start
            yield Mark(
                start + found.start("parts"),
                start + found.end("parts"),
                Message(
                    gettext_noop("The shares add up to {sum}, not to 100 %."),
                    sum=written(sum(parts, Decimal(0)), "%"),
                ),
            )


def _complete(statement: Statement, run: list[Claim]) -> bool:
    number = re.search(
        r"([两二三四五六七八])(?:类|种|部分|方面|个?等级|档|大)",
        statement.text[: run[0].start - statement.start],
    )
    return number is not None and {"两": 2}.get(number[1], "零一二三四五六七八".find(number[1])) == len(run)
