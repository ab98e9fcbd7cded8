"""A figure that points back to one told before: 上述……, the same attribute, the same description, its digits mixed up."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import one_digit_off, places, written
from taizhang.proof.claims import Claim
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_POINTING = re.compile(r"(?:上述|前述|该|这|此)(?:项|批|笔|次|些)?$")
_NEAREST = 40
_LONG = 6
_ATTRIBUTE = re.compile(
    r"的?(?P<name>[一-龥]{0,4}(?:工期|造价|标价|成交价|总价|金额|总额|资本|面积|库容|投资|满意[度率]|安全感|合格率|得票|编制|总量|总数|人数|安置点|名额|席位|赔偿金|违约金|补偿款|贷款|欠款|保证金))"
)
_DESCRIBED = re.compile(r"(?:^|[对将把使让从给为在以及和与于])?(?P<words>[一-龥“”]{3,16})的$")
_SCOPE = re.compile(
    r"^(?:针对|面对|围绕|对于|关于)?(?:本[届年学期季月轮次]+|今年|全年|目前|现|我[一-龥]|全[一-龥])?已?"
)
_NOUN = re.compile(r"的?(?P<noun>[一-龥]{2})")
_PRESENT = re.compile(r"(?:到会|与会|参会|在场|出席)的$")
_CAME = re.compile(r"参加|到会|实到|出席|参会|到场")
_EMPTY = re.compile(r"[的了在有为和与及等是对将把使让从给以于中]")
_ENOUGH = 0.7
_LEAST_PAIRS = 3
_LEAST_DIGITS, _LEAST_WEIGHT = 3, 2
_TERM = re.compile(
    r"(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<unit>个工作日|工作日|个月|日|天)(?=内|期限|期满|之内|的?(?:期限|期间|公示期|整改期))"
)
_TERM_REACH = 200


@rule(
    code="pointed-back",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A figure points back to one that was told differently"),
    good="住房建筑面积为86.4平方米。上述86.4平方米住房系其唯一住房。",
    bad="住房建筑面积为86.4平方米。上述84.6平方米住房系其唯一住房。",
)
def pointed_back(draft: Draft) -> Iterator[Mark]:
    """Hold 上述N件, N个月总工期 and 存在问题的N个村 against the figures before them that are of the same thing."""
    if draft.statutory:
        return
    told: dict[str, list[Claim]] = defaultdict(list)
    mixed: dict[tuple[str, tuple[int, ...]], list[Claim]] = defaultdict(list)
    for claim in draft.claims:
        key = claim.unit, _mixed(claim)
        before = told[claim.family]
        earlier = _back(claim, before, mixed[key])
        if earlier is not None and all(c.value != claim.value for c in before[-_NEAREST:]):
            yield _mark(claim, earlier)
        if claim.plain or (claim.is_rate and not claim.numeral.ranged):
            before.append(claim)
            mixed[key].append(claim)


def _back(claim: Claim, before: Sequence[Claim], mixed: Sequence[Claim]) -> Claim | None:
    """The claim that this one points back to and contradicts, if the words around it point anywhere."""
    if not before:
        return None
    if _POINTING.search(claim.label) and (found := _pointed(claim, before[-_NEAREST:])):
        return found
    if _PRESENT.search(claim.label) and (found := _present(claim, before[-_NEAREST:])):
        return found
    if _ATTRIBUTE.match(claim.tail) and (found := _same_attribute(claim, before[-_NEAREST:])):
        return found
    if claim.label.endswith("的") and (found := _same_description(claim, before[-_NEAREST:])):
        return found
    return _mixed_up(claim, mixed[-_NEAREST:]) if mixed else None


def _mark(claim: Claim, earlier: Claim) -> Mark:
    return Mark(
        claim.begin,
        claim.end,
        Message(
            gettext_noop("“{thing}” is {second} here and {first} before."),
            thing=(claim.tail or earlier.label)[:_LONG],
            first=written(earlier.value, earlier.unit),
            second=written(claim.value, claim.unit),
        ),
        suggestion=Message(gettext_noop("Keep one figure, or say what makes the two differ.")),
        evidence=places([earlier]),
    )


def _pointed(claim: Claim, before: Sequence[Claim]) -> Claim | None:
    noun = re.match(r"[一-龥]{2}", claim.tail)
    if noun is None or not claim.is_count:
        return None
    named = [c for c in before if noun[0] in c.label + c.tail]
    return named[-1] if named and one_digit_off(named[-1].value, claim.value) else None


def _present(claim: Claim, before: Sequence[Claim]) -> Claim | None:
    """18名代表参加……到会的16名代表: one meeting has one number of people present."""
    if claim.family != "人" or not claim.plain:
        return None
    told = [c for c in before if _CAME.search(c.label + c.tail) and not re.search(r"应到|应参", c.label)]
    alike = [c for c in told if c.unit == claim.unit and c.tail[:2] == claim.tail[:2]]
    return alike[-1] if alike and one_digit_off(alike[-1].value, claim.value) else None


def _same_attribute(claim: Claim, before: Sequence[Claim]) -> Claim | None:
    """总工期18个月……16个月总工期: the noun behind this figure stands right before another one."""
    noun = _ATTRIBUTE.match(claim.tail)
    if (
        noun is None
        or claim.planned
        or claim.earlier
        or claim.quoted
        or not (claim.is_count or claim.is_rate)
    ):
        return None
    name = noun["name"]
    named = [
        c
        for c in before
        if re.search(re.escape(name) + r"(?:为|是|达到?|共|仅|约)?$", c.label) and not c.earlier
    ]
    values = {c.value for c in named}
    return named[-1] if len(values) == 1 and one_digit_off(named[-1].value, claim.value) else None


def _same_description(claim: Claim, before: Sequence[Claim]) -> Claim | None:
    """19个村存在间歇性供水……间歇性供水的29个村: the words before 的 stand in the clause of an earlier figure."""
    found = _DESCRIBED.search(claim.label)
    if found is None or not claim.plain or claim.value < 10 or claim.earlier or "其中" in claim.clause:  # noqa: PLR2004
        return None
    own = _pairs(_EMPTY.sub("", _SCOPE.sub("", found["words"])))
    if len(own) < _LEAST_PAIRS:
        return None
    named = [c for c in before if not c.earlier and len(own & _pairs(c.clause)) >= len(own) * _ENOUGH]
    alike = [
        c
        for c in named
        if c.tail[:1] == claim.tail[:1]
        or claim.tail[:2] in c.label
        or (not c.tail and own <= _pairs(c.label))
    ]
    if not alike or len({c.value for c in alike}) > 1:
        return None
    return alike[-1] if one_digit_off(alike[-1].value, claim.value) else None


def _mixed_up(claim: Claim, swapped: Sequence[Claim]) -> Claim | None:
    """240幅历史图片 and 204幅历史图片: the same three digits or more in another order, beside the same words."""
    digits = _mixed(claim)
    weight = sum(digit > 0 for digit in digits)
    named = _named_alike(claim, swapped)
    if named is not None and weight >= _LEAST_WEIGHT and not claim.numeral.ranged:
        return named
    if (
        len(digits) < _LEAST_DIGITS
        or weight < _LEAST_WEIGHT
        or claim.bracketed
        or claim.quoted
        or claim.averaged
    ):
        return None
    enough = max(1, _LEAST_PAIRS + 2 - weight)
    for other in reversed(swapped):
        comparable = not (other.earlier or claim.earlier) and one_digit_off(other.value, claim.value)
        if not comparable or other.period != claim.period or other.end >= claim.begin - len(claim.lead):
            continue
        if len(_around(claim) & _around(other)) >= enough:
            return other
    return None


def _named_alike(claim: Claim, swapped: Sequence[Claim]) -> Claim | None:
    """配备护林员43名……34名护林员分片包干: two digits changed places, and the noun behind stood before or behind."""
    noun = _NOUN.match(claim.tail)
    if noun is None or claim.planned or claim.earlier or not claim.plain:
        return None
    for other in reversed(swapped):
        apart = other.end < claim.begin - len(claim.lead) and other.value != claim.value and not other.earlier
        same = noun["noun"] in other.label[-8:] or other.tail.startswith(noun["noun"])
        if apart and same and one_digit_off(other.value, claim.value) and other.period == claim.period:
            return other
    return None


def _around(claim: Claim) -> frozenset[str]:
    return _pairs(_EMPTY.sub("|", claim.label[-8:] + "|" + claim.tail[:6]))


def _mixed(claim: Claim) -> tuple[int, ...]:
    """The digits of a figure in the order of their size: figures with digits mixed up have the same."""
    return () if claim.numeral.ordinal else tuple(sorted(claim.value.as_tuple().digits))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(
        text[i : i + 2]
        for i in range(len(text) - 1)
        if "一" <= text[i] <= "龥" and "一" <= text[i + 1] <= "龥"
    )


@rule(
    code="term-restated",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A term points back to one that was told differently"),
    good="须在签订合同之日起30日内缴清。未在上述30日期限内缴清的，加收违约金。",
    bad="须在签订合同之日起30日内缴清。未在上述60日期限内缴清的，加收违约金。",
)
def terms(draft: Draft) -> Iterator[Mark]:
    """Hold 上述60日期限 against the terms in the same unit told shortly before."""
    before: list[re.Match[str]] = []
    for found in _TERM.finditer(draft.norm):
        near = [m for m in before if m["unit"] == found["unit"] and found.start() - m.end() < _TERM_REACH]
        pointing = draft.norm[max(0, found.start() - 2) : found.start()]
        if pointing in {"上述", "前述"} and near and all(m["count"] != found["count"] for m in near):
            yield Mark(
                found.start("count"),
                found.end("unit"),
                Message(
                    gettext_noop("“{thing}” is {second} here and {first} before."),
                    thing=pointing,
                    first=near[-1]["count"] + near[-1]["unit"],
                    second=found["count"] + found["unit"],
                ),
                evidence=((near[-1].start("count"), near[-1].end("unit")),),
            )
        before = [*before[-_NEAREST:], found]
