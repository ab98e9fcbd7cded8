"""What is left over: found less done, opening plus in less out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise, product

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import exact_sum, one_digit_off, places, some_subset_sums_to, sums_to, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_LEFT = re.compile(
    r"库存|在研|在建|在办|在审|在读|在架|在馆|在院|住院|留存|剩余|缺口|缺席|请假|另外|尚缺|尚差|还差|还缺|尚在|仍在|正在|还在|仍缺|可售|可供|可用|欠缺|剩下|余下|其余|仅剩|只剩|尚余|还剩|仍剩|剩|结余|空缺|缺额|缺编|空编|空余|闲置|欠|未(?!来|成年|经|雨绸缪|达|发现|发生|出现)|没有|尚待|待|不合格|另有"
)
_MOMENT = re.compile(
    r"(?:季度|\d月|[一二三四五六七八九十]月|半年|学期)份?(?:[底末中初]|[上中下]旬)?[^，、]{0,12}$"
)
_NOW = re.compile(r"目前|现[只仅在尚还仍有]|截至|截止|至今|[到至][^，、]{0,6}[月年日旬底末]|年底|年末")
_REMEMBERED, _BEHIND = 60, 120
_LEAST_FLOWS, _MOST_FLOWS = 2, 5
_OTHERS = re.compile(r"(?:其[他余它]|另外|剩余|余下)[^，；]*$")
_LITTLE = Decimal("0.2")
_ADDED = re.compile(r"^(?:连同|加上|并入|合并|算上)")
_EITHER_WAY = re.compile(r"发放|收回|回收|归还|投放|放款|还款|回笼")
_WENT_FIRST = re.compile(r"(?:全年|本年)?(?:结题|办结|审结|结案|转出|调出)")
_KEPT = re.compile(
    r"^(?:最终|最后|实际|现|现在|目前|仍|尚)?(?:实际|保留|现存|留任|实有|留用|继续|参赛|参加|在[岗册编]|有效|有)"
)
_RESTS = re.compile(r"转办|移交|移送|[未余剩尾空缺弃缓搁延存欠差逾另待尚仍否败亏退撤停闲]")
_LOST = re.compile(
    r"退|弃|缺|未到|请假|报废|注销|撤销|淘汰|撤回|流失|不合格|剔除|核减|取消|作废|无效|损毁|因故|离职|去世|转出"
)
_STILL = re.compile(r"^(?:仍|尚|还|目前仍|目前尚|目前还|现|现仍|现尚)+有?")
_PENDING = re.compile(r"^[^，。]{0,8}?(?:未|正在|尚|仍|待|在办|没有|需|继续|不合格|不符合|空缺|闲置|逾期)")
_DONE = re.compile(
    r"完成|整改|办结|解决|结题|结项|结清|销号|化解|通过|成功|已|收回|回收|发放|建成|竣工|完工|开工|拆除|改造|采用|采纳|立案|签约|在编|到岗|入住|使用|处置|整治"
    r"|修复|达标|合格|审结|结案|答复|拨付|支出|到位|落实|实到|到会|出勤|缴纳|治愈|出院|兑现|投产|投用|验收|关停|迁出|安置|消除|闭环|清理|交付|归还|还款|售出|核销|现有|实有|在岗|在职|借出|发出|调出|拨出|落实|抵达|转移|投放|腾退|迁入|搬迁|签订|签收|认领|录取|报到|补充|缴清|落地|培训|接种|安装|参加|出席"
)
_WHOLE = re.compile(
    r"应|共|总|发现|受理|收到|排查|计划|现有|编制|申请|申报|需|列入|交办|检查|承办|立案|承担|接收|任务|梳理|原有|全|查出|反馈|摸排|核定|抽检|下达|安排|收治|登记|到账|筹集|预算|总投资|总额|拨款|批复|资金|库存|藏书|存在|应到|有"
)
_IN = re.compile(
    r"入[院学所园住库职会]|立项|入会|加入|新入|进账|入账|创收|新立案|立案|新接|新登记|新受理|受理|收到|收入|拨入|接收|新增|转入|调入|新发展|发展|补充|新招|招录|引进|新进|增加|购入|购进|新购|添置|进货|运进|购置|新收|入库|新设|补聘|轮入|来水"
)
_OUT = re.compile(
    r"出[院所库园栏]|结题|结项|退会|退出|花去|花费|开支|用去|付出|办结|审结|结案|执结|支出|支付|发放|完成|销号|转出|减少|退出|调出|退休|去世|辞职|离职|调离|出库|报废|注销|销户|停用|撤销|流失|死亡|辞退|解聘|报损|损耗|消耗|领用|核销|淘汰|出栏|售出|卖出|剔除|剔旧|调拨|发出|借出|耗用|使用|清退|移交|注销|轮出|下泄"
)
_OPENING = re.compile(
    r"^(?:原有?)?库存|账上(?:原?有|现金)|结转|上年结转|年初结转|上期结转|上年结余|年初结余|去年底|旧存|原有|年初|期初(?!级|中)|上年末|上年底|去年底|去年末|年初结存|上期末|月初|此前|汛前|汛初"
)
_CLOSING = re.compile(
    r"^目前[一-龥]{0,6}$|在办|未结|未办结|在审|尚余|结余|余额|年末结余|期末结余|结转下年|累计结余|现有|年末|期末|目前有|目前共有|年底(?:达|共|有)|现在?共|实有|结存|现存|月末|汛末|现为|总数(?:达|为)"
)


@rule(
    code="remaining",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("What remains is not the whole less what was done"),
    good="共发现问题86个，已整改51个，仍有35个未整改到位。",
    bad="共发现问题86个，已整改51个，仍有45个未整改到位。",
)
def remaining(draft: Draft) -> Iterator[Mark]:
    """Hold what is said to be left over against the whole less what is said to be done."""
    recent: list[Statement] = []
    told: list[Claim] = []
    for statement in draft.statements:
        told = [
            *told[-_REMEMBERED:],
            *(c for s in recent if s.paragraph != statement.paragraph for c in s.claims),
        ]
        if recent and recent[-1].paragraph != statement.paragraph:
            recent = []
        yield from _except(statement, [c for s in recent[-2:] for c in s.claims])
        for index, left in enumerate(statement.claims):
            if not left.plain or left.earlier or _with_more(left, statement.claims[:index]):
                continue
            firm = _is_left(left) or _is_kept(left, statement.claims[:index])
            if firm or (index > 1 and _may_be_left(left)):
                before = [c for s in recent[-2:] for c in s.claims]
                own, after = statement.claims[:index], statement.claims[index + 1 :]
                marks = list(_balance(left, before, own, after)) if firm else []
                marks = marks or list(_slip(left, before, own, after))
                yield from marks or (_far(left, own, before, told) if firm else ())
        recent.append(statement)


def _with_more(left: Claim, own: Sequence[Claim]) -> bool:
    """已处理62辆，连同上月未处理的19辆，尚有43辆: what is left is not of this month's alone."""
    return any(c.family == left.family and _ADDED.search(c.label) for c in own[1:])


def _except(statement: Statement, before: Sequence[Claim]) -> Iterator[Mark]:
    """共采用73条……除信息室报送6条外，其他单位被采用67条: the two make up the whole that was told first."""
    claims = statement.claims
    for at, (apart, others) in enumerate(pairwise(claims)):
        told = (
            "除" in apart.label
            and re.match(r"[以之]?外", apart.tail)
            and _OTHERS.search(statement.between(apart, others))
        )
        if not told or apart.family != others.family or not (apart.plain and others.plain):
            continue
        wholes = [
            c for c in (*before, *claims[:at]) if c.family == others.family and c.plain and not c.earlier
        ]
        wholes = [c for c in wholes if c.value > apart.value]
        if not wholes or any(sums_to([apart, others], c) for c in wholes):
            continue
        whole = wholes[-1]
        rest = whole.value - apart.value
        if abs(rest - others.value) <= whole.value * _LITTLE and not others.numeral.approximation:
            yield _rest_mark(others, whole, apart, rest)


def _slip(
    left: Claim, before: Sequence[Claim], own: Sequence[Claim], after: Sequence[Claim]
) -> Iterator[Mark]:
    """A whole and what was done stand right before, by whatever verbs, and the rest misses by one digit."""
    near = [c for c in own if c.family == left.family and c.plain]
    near = near if len(near) > 1 else [c for c in before if c.family == left.family and c.plain][-1:] + near
    if (
        len(near) != 2  # noqa: PLR2004 - a whole and what was done
        or near[0].value <= near[1].value
        or re.search(r"其中|另有|新增|增加", near[1].label + left.label)
    ):
        return
    whole, done = near
    if _later_than(done, left):
        return
    rest = whole.value - done.value
    context = [*near, *(c for c in after if c.family == left.family and c.plain)]
    explained = any(sums_to(list(pair), whole) for pair in combinations([left, *context[1:]], 2)) or any(
        sums_to([left, *context[1:]][:size], whole) for size in (2, 3, 4)
    )
    explained = explained or any(sums_to([done, left], c) for c in after if c.family == left.family)
    slip = (
        one_digit_off(rest, left.value)
        or abs(rest - left.value) <= max(left.numeral.step, whole.numeral.step) * 2
    )
    if not explained and slip and not left.numeral.approximation and not done.numeral.approximation:
        yield _rest_mark(left, whole, done, rest)


def _far(left: Claim, own: Sequence[Claim], before: Sequence[Claim], told: Sequence[Claim]) -> Iterator[Mark]:
    """已化解小区61个……其余13个小区: the whole, with the same noun, stands in a paragraph before."""
    noun = _noun_of(left)
    pool = [*before, *own]
    done = next(
        (c for c in reversed(pool) if c.family == left.family and c.plain and _DONE.search(c.label)), None
    )
    if (
        done is None
        or not noun
        or not (noun in done.label + done.tail or re.match(r"其余|剩余|余下", left.label))
    ):
        return
    near = [c for c in own if c is not done and c.family == left.family and c.value >= done.value]
    wholes = [
        c
        for c in told
        if c.family == left.family and c.plain and not c.earlier and noun in c.label[-10:] + c.tail[:6]
    ]
    wholes = [c for c in wholes if c.value > done.value]
    if near or not wholes or any(c.value == done.value + left.value for c in told):
        return
    whole = wholes[-1]
    rest = whole.value - done.value
    if one_digit_off(rest, left.value):
        yield _rest_mark(left, whole, done, rest)


def _noun_of(claim: Claim) -> str:
    found = re.match(r"[一-龥]{2}", claim.tail)
    return found[0] if found and not _PENDING.match(found[0]) else ""


def _is_kept(claim: Claim, own: Sequence[Claim]) -> bool:
    """26台，报废7台，现保留19台; 24支队伍中5支退赛，实际参赛19支."""
    lost = own[-1] if own else None
    return lost is not None and bool(_KEPT.search(claim.label) and _LOST.search(lost.label + lost.tail[:8]))


def _may_be_left(claim: Claim) -> bool:
    """尾款, 搁置, 空置, 另……延期: words that speak of a rest, too weak to be one without figures that fit."""
    return bool(_RESTS.search(claim.label + claim.tail[:4])) and "其中" not in claim.label


def _is_left(claim: Claim) -> bool:
    if "其中" in claim.label:
        return False
    return bool(_LEFT.search(claim.label)) or bool(
        (_STILL.search(claim.label) or not claim.label or claim.label in {"有", "另有", "其余"})
        and _PENDING.match(claim.tail)
    )


def _balance(
    left: Claim, before: Sequence[Claim], own: Sequence[Claim], after: Sequence[Claim]
) -> Iterator[Mark]:
    near = [c for c in own if c.family == left.family and c.plain and not c.earlier]
    if len(near) < 2:  # noqa: PLR2004 - a whole and what was done
        near = [c for c in before if c.family == left.family and c.plain and not c.earlier] + near
    done = next((c for c in reversed(near) if _DONE.search(c.label + c.tail[:6])), None)
    if done is None or done is near[0] or _later_than(done, left):
        return
    whole = _whole_of(near[: near.index(done)], done)
    if (
        whole is None
        and len(near) == _LEAST_FLOWS
        and _PENDING.match(left.tail)
        and near[0].value > done.value
    ):
        whole = near[0]
    if whole is None:
        return
    told = [c for c in before if c.family == left.family and c.plain and c not in near]
    context = [*told[-4:], *near, *(c for c in after if c.family == left.family and c.plain)]
    for candidate in (c for c in context if c.value > left.value):
        others = [c for c in context if c is not candidate]
        if some_subset_sums_to([*others], _less(candidate, left)):
            return
    if any(sums_to([done, c], whole) for c in context if c is not left and c is not done):
        return
    finished = near[near.index(whole) + 1 :]
    taken = [c for c in finished if c is done] or finished
    yield _rest_mark(left, whole, done, whole.value - exact_sum(taken))


def _later_than(done: Claim, left: Claim) -> bool:
    """三季度末办结14件，目前只余下2件: what is left is told of a later moment than what was done."""
    return _MOMENT.search(done.label) is not None and _NOW.search(left.label) is not None


def _rest_mark(left: Claim, whole: Claim, done: Claim, rest: Decimal) -> Mark:
    return Mark(
        left.begin,
        left.end,
        Message(
            gettext_noop("{whole} less {done} leaves {rest}, not {left}."),
            whole=written(whole.value, whole.unit),
            done=written(whole.value - rest, done.unit),
            rest=written(rest, left.unit),
            left=written(left.value, left.unit),
        ),
        suggestion=Message(gettext_noop("Check the three figures against the records.")),
        evidence=places([whole, done]),
    )


def _flows(opening: Claim, same: Sequence[Claim], closing: Claim) -> tuple[list[Claim], list[Claim]] | None:
    """What came in and what went out; one flow that does not say which is taken for what makes it balance, if it can."""
    came = [c for c in same if _IN.search(c.label)]
    went = [c for c in same if _OUT.search(c.label) and (c not in came or _WENT_FIRST.match(c.label))]
    came = [c for c in came if c not in went]
    others = [c for c in same if c not in came and c not in went]
    ordered = all(opening.start < c.start < closing.start and "其中" not in c.label for c in same)
    if len(same) < _LEAST_FLOWS or len(others) > 1 or not (came or went) or (others and not ordered):
        return None
    if not others and not (came and went):
        return None
    with_more = opening.value + exact_sum([*came, *others]) - exact_sum(went)
    if others and closing.numeral.agrees(with_more):
        return [*came, *others], went
    return came, [*went, *others]


def _balances(opening: Claim, same: Sequence[Claim], closing: Claim) -> bool:
    """发放 adds to loans and takes from a fund: the flows are right if they balance with any signs."""
    if len(same) < _LEAST_FLOWS or not all(_EITHER_WAY.search(c.label) for c in same):
        return False
    signs = product((1, -1), repeat=min(len(same), _MOST_FLOWS))
    return any(
        closing.numeral.agrees(
            opening.value + sum(c.value * sign for c, sign in zip(same, chosen, strict=False))
        )
        for chosen in signs
    )


def _with_opening(previous: Statement | None, statement: Statement) -> tuple[Claim, ...]:
    """The claims of the sentence before, where this one has a closing but no opening of its own."""
    if previous is None or previous.paragraph != statement.paragraph:
        return ()
    closing = any(_CLOSING.search(c.label) for c in statement.claims)
    opening = any(_OPENING.search(c.label) for c in statement.claims)
    return previous.claims if closing and not opening else ()


def _whole_of(candidates: Sequence[Claim], done: Claim) -> Claim | None:
    greater = [c for c in candidates if c.value >= done.value]
    for claim in reversed(greater):
        if _WHOLE.search(claim.clause) and not claim.label.startswith(("其中", "未")):
            return claim
    return None


def _less(whole: Claim, left: Claim) -> Claim:

    return replace(whole, numeral=replace(whole.numeral, value=whole.value - left.value))


@rule(
    code="stock",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("Opening, in, out and closing do not balance"),
    good="原有党员120名，新发展8名，转出3名，现有党员125名。",
    bad="原有党员120名，新发展8名，转出3名，现有党员128名。",
)
def stock(draft: Draft) -> Iterator[Mark]:
    """Hold a closing stock against the opening stock plus what came in, less what went out."""
    for previous, statement in zip((None, *draft.statements), draft.statements, strict=False):
        own = (*_with_opening(previous, statement), *statement.claims)
        plain = [c for c in own if c.is_count and not c.quoted and not c.averaged]
        opening = [
            c for c in plain if _OPENING.search(c.label) and not re.search(r"其中|含|[比较].*[增减]", c.label)
        ]
        closing = [c for c in plain if _CLOSING.search(c.label) and c not in opening]
        if len(opening) != 1 or len(closing) != 1 or opening[0].family != closing[0].family:
            continue
        same = [c for c in plain if c.family == opening[0].family and c not in (opening[0], closing[0])]
        flows = _flows(opening[0], same, closing[0])
        if flows is None:
            continue
        came, went = flows
        value = opening[0].value + exact_sum(came) - exact_sum(went)
        if not closing[0].numeral.agrees(value) and not _balances(opening[0], same, closing[0]):
            yield Mark(
                closing[0].begin,
                closing[0].end,
                Message(
                    gettext_noop("Opening plus in less out makes {value}, not {closing}."),
                    value=written(value, closing[0].unit),
                    closing=written(closing[0].value, closing[0].unit),
                ),
                evidence=places([opening[0], *came, *went]),
            )


@rule(
    code="unaccounted",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("What became of the rest is not said"),
    good="发现问题24个，督促整改20个，其余4个正在整改。",
    bad="发现问题24个，督促整改20个。",
)
def unaccounted(draft: Draft) -> Iterator[Mark]:
    """Ask for the rest where problems were found and fewer of them put right, and nothing more is said."""
    for statement in draft.statements:
        for found, done in pairwise(statement.claims):
            if found.family != done.family or not (found.plain and done.plain) or done.value >= found.value:
                continue
            if not re.search(r"发现|查出|排查出|反馈", found.label) or not re.search(
                r"整改|销号|办结", done.label
            ):
                continue
            same = [c.value for c in statement.claims if c.family == done.family]
            if any(done.value + other in same for other in same):
                continue
            behind = draft.norm[done.end : done.end + _BEHIND]
            if re.search(r"其余|其他|剩余|余下|仍|尚|未|正在|待|全部|%", behind + done.label):
                continue
            yield Mark(
                done.begin,
                done.end,
                Message(
                    gettext_noop("{found} were found, {done} put right: what became of the other {rest}?"),
                    found=written(found.value, found.unit),
                    done=written(done.value, done.unit),
                    rest=written(found.value - done.value, found.unit),
                ),
                evidence=places([found]),
            )
