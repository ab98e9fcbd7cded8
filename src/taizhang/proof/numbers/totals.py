"""Totals against their parts."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import (
    exact_sum,
    one_digit_off,
    places,
    some_run_sums_to,
    some_subset_sums_to,
    sums_to,
    written,
)
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numbers import traits
from taizhang.proof.numbers.verbs import VERB
from taizhang.proof.registry import Mark, rule

_TOTAL = re.compile(r"合计|共计|总计|总共|一共|总数|总人数|总量|总额|加起来|加在一起|合起来|相加|累加|总和")
_WEAK_TOTAL = re.compile(
    r"总(?:规模|金额|价值|里程|面积|投资|成本|费用|重量|价款?|票数|产值|产量|收入|支出|长度?|时长|行程|用时|参与|投入|造价)[^，；。]{0,4}$"
)
_BARE_TOTAL = re.compile(r"^(?:以上|三项|两项|各项|全部|全年|总)?共(?:有|为)?$")
_SPLIT = re.compile(
    r"按[^，。；：、]{1,16}(?:分|划分|看|统计|归类|区分|类)|分[^，。；：、]{1,6}看|从[^，。；：、]{1,8}看|分为|分成|由[^，。；]{0,16}(?:组成|构成)"
    r"|(?:来源|构成|组成)(?:为|是|包括|有)|分别(?:为|是|来自|有)?|具体为|具体是|即|其来源|依次为|各为|(?:分类|类别|明细|分布|构成|组成)(?:情况)?(?:如下|为|是)"
)
_BY = re.compile(
    r"(?:^|[，。；：（])(?:其中，?)?(?:再|若|如)?(?:按|从|分)(?:照)?[^，。；：、]{1,10}?(?:划分|来?看|统计|归类|区分|分类|分)[，：]?"
)
_CLASSES = re.compile(
    r"(?<![、第])([两二三四五六七八九十]|\d{1,2})(?:大|个)?(?:类|种|部分|方面|板块|块|个片区|级|档|途径|渠道|方式|阶段|批|系统|单位|部门|片区|校区|年级|专业|支部|来源|乡镇|村|县区|组|队)(?!、)"
    r"|(?:渠道|来源|途径|方式|类别|类型|部分|方面)(?:共?有|为|包括|分)?([两二三四五六七八九十]|\d{1,2})[个种类条项](?=[：，])"
)
_AMONG = re.compile(r"其中|包括|包含|含")
_AGES = frozenset({"岁", "周岁", "个月", "天"})
_PERIODIC = re.compile(
    r"第[一二三四五六\d](?:批|期|次|组|轮|场)|季度|\d个?月|[一二三四五六七八九十]月|[上下]半年|第[一二三四]阶段"
)
_OVERLAP = re.compile(
    r"两[项题者类种样][^，]{0,2}都|都[做选会能参]|并存|同时|兼(?!职)|既|重复|交叉|均有|都有|多选|重叠|两项以上|以上奖项"
)
_ET_CETERA = re.compile(r"等(?!于|级|次|奖|额|候|待)")
_REST = re.compile(r"^(?:及|和|以及)?(?:其他|其余|其它|余下)")
_COMPLEMENTS = (
    ("男", "女"),
    ("城镇", "农村"),
    ("城市", "农村"),
    ("城区", "乡村"),
    ("线上", "线下"),
    ("上半年", "下半年"),
    ("办结", "未办结"),
    ("通过", "未通过"),
    ("合格", "不合格"),
    ("已", "未"),
    ("正式", "预备"),
    ("本地", "外地"),
    ("公办", "民办"),
    ("境内", "境外"),
    ("专职", "兼职"),
    ("中央", "地方"),
    ("答对", "答错"),
    ("盈利", "亏损"),
    ("室内", "室外"),
    ("地上", "地下"),
    ("成功", "失败"),
    ("国内", "国外"),
    ("住宿", "走读"),
    ("省内", "省外"),
)
_SIDES = ({"城区", "乡镇"}, {"县城", "乡镇"}, {"城区", "农村"}, {"市区", "县区"})
_HALF = re.compile(r"^[上下]半年")
_QUARTERS = re.compile(r"[一二三四1-4]季度")
_LEADING = re.compile(r"^(?:其中|包括|有|为)[，：]?")
_LARGE, _SHORT_GAP, _BACK = 100, 14, 3
_FOUR = 4
_MOST = 8
_CLASSIFIERS = frozenset({"类", "种", "部分", "方", "级", "档", "个"})
_GROUPS = re.compile(
    r"([两二三四五六七八九十])个?[组家地县区村校局站点处班队场批类季月年][一-龥]{0,2}(?:合计|共计|总计|共)"
)
_COUNTS_ITEMS = re.compile(r"[一-龥]{0,4}共|相加|合计|加起来|之和|累加|总计")
_SERIAL = re.compile(r"^第?[一二三四五六七八九十\d]|^[甲乙丙丁戊东西南北中ABCD]")
_STOCK = re.compile(r"年末|期末|年底|在库|现有|在册|存量|保有|结存|累计")
_SO_FAR = re.compile(
    r"累计|截[至止]|[到至][^，。；]{0,6}(?:月|季度|年|日)|(?:月|季度|半年|学期|年)[底末]|前[两二三四五六七八九十](?:个?月|季度|年|天)"
)
_GONE = re.compile(r"关闭|停|撤|裁|注销|报废|减|退|离职|调出|清退|淘汰|拆除|迁出")
_NOW_AT = re.compile(r"总[数量](?:已|现已)?(?:达到?|突破|超过?|增[至加]|升至|扩大到)")
_BASE = re.compile(r"[由从]$")
_FLOW = re.compile(
    r"新增|转入|转出|出库|入库|退出|去世|调[入出]|新发展|减少|增加|新收|接收|解除|注销|结转|迁[入出]|退休"
)
_NEAR, _VERY_NEAR = Decimal("0.15"), Decimal("0.05")
_NUMBERS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


@rule(
    code="sum",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("Parts do not add up to the total"),
    good="全年受理诉求286项，按领域分，供水203项、供电31项、物业52项。",
    bad="全年受理诉求286项，按领域分，供水203项、供电31项、物业62项。",
)
def sums(draft: Draft) -> Iterator[Mark]:
    """Hold every total that is said to be made up of parts against the sum of the parts."""
    recent: list[Statement] = []
    for statement in draft.statements:
        recent = [s for s in recent[-_BACK:] if s.paragraph == statement.paragraph]
        yield from _totals_after(statement)
        yield from _totals_before(statement, recent)
        yield from _told_by_number(statement)
        recent.append(statement)


def _totals_after(statement: Statement) -> Iterator[Mark]:
    for index, whole in enumerate(statement.claims):
        if not whole.plain or not index or _BASE.search(whole.label):
            continue  # 总数由38条增至41条: where it was before
        run = _run_before(statement, index)
        gap = statement.between(run[-1], whole) if run else whole.label
        named = bool(_TOTAL.search(gap) or _BARE_TOTAL.match(whole.label)) or _whole_year(run, whole)
        weak = not named and _WEAK_TOTAL.search(whole.label) is not None
        if not named and not weak and not re.search(r"共|累计|^全年[一-龥]{0,4}$", whole.label):
            continue
        if weak and not (len(run) > 1 and abs(exact_sum(run) - whole.value) <= whole.value * _NEAR):
            continue
        slip = len(run) > 1 and _slipped(run, whole)
        if (
            not named
            and not weak
            and not slip
            and not (_told_apart(run) or all(_PERIODIC.search(part.clause) for part in run))
        ):
            continue
        if not named and "累计" in whole.label and abs(exact_sum(run) - whole.value) > whole.value * _NEAR:
            continue  # 一至三季度分别查处……，全年累计查处: of more than was told
        groups = _GROUPS.search(gap)
        if groups is not None and _number(groups[1]) != len(run):
            continue
        if _grew(run, whole):
            continue
        told = [c for c in statement.claims[:index] if c.family == whole.family and c.is_count]
        if (
            len(run) > 1
            and not some_subset_sums_to(told, whole, least=2, most=_MOST)
            and not _OVERLAP.search(statement.text)
        ):
            yield _mark(whole, run)


def _grew(run: Sequence[Claim], whole: Claim) -> bool:
    """新增1,420户，注销390户，净增1,030户，总量突破1.1万户: what moved does not make up what there is."""
    if _FLOW.search(whole.label):
        return False
    if any("净" in part.label for part in run):
        return True
    if not any(_FLOW.search(part.label) for part in run):
        return False
    far = any(_GONE.search(part.label) for part in run) or whole.value > 2 * exact_sum(run)
    return _STOCK.search(whole.label) is not None or (_NOW_AT.search(whole.label) is not None and far)


def _running(claim: Claim) -> bool:
    """Told as it stood at some moment (累计, 6月底, 截至三季度末): such figures grow and do not add up."""
    return _SO_FAR.search(claim.label) is not None and not _TOTAL.search(claim.label)


def _whole_year(run: Sequence[Claim], whole: Claim) -> bool:
    """Four quarters or two halves of what 全年 then tells by the same words."""
    if not whole.label.startswith("全年"):
        return False
    halves = [_HALF.sub("", part.label) for part in run if _HALF.match(part.label)]
    same = len(halves) == len(run) == 2 and {*halves} <= {whole.label.removeprefix("全年"), ""}  # noqa: PLR2004
    return _quarters(run) or same


def _quarters(run: Sequence[Claim]) -> bool:
    return len(run) == _FOUR and len({m[0] for part in run if (m := _QUARTERS.search(part.label))}) == _FOUR


def _slipped(run: Sequence[Claim], whole: Claim) -> bool:
    """The parts miss the total by little, and as a slip of the pen does: by one digit."""
    value = exact_sum(run)
    missed = abs(value - whole.value)
    if not 0 < missed <= whole.value * _NEAR:
        return False
    rounded = len(run) > 2 and len(f"{missed.normalize():f}".strip("0.")) == 1  # noqa: PLR2004 - two could be chance
    return rounded or one_digit_off(value, whole.value)


def _told_apart(run: Sequence[Claim]) -> bool:
    """甲、乙、丙分别完成12公里、9公里、14公里: every part stands alone behind the first."""
    return (
        len(run) > 1
        and "分别" in run[0].label
        and all(c.joint == "、" and len(c.label) <= 1 for c in run[1:])
    )


def _run_before(statement: Statement, index: int) -> list[Claim]:
    whole = statement.claims[index]
    run: list[Claim] = []
    for claim in reversed(statement.claims[:index]):
        if (claim.is_rate and run) or claim.unit in _AGES or _COUNTS_ITEMS.match(claim.tail):
            continue
        if claim.numeral.ordinal and claim.family != whole.family:
            continue
        if claim.family != whole.family or not claim.plain or claim.earlier or _TOTAL.search(claim.label):
            break
        if _running(claim) or claim.value > whole.value:
            break
        run.append(claim)
        if _AMONG.search(claim.label):
            break
    return run[::-1]


def _totals_before(statement: Statement, recent: Sequence[Statement]) -> Iterator[Mark]:
    claims = statement.claims
    done = -1
    for index, whole in enumerate(claims):
        if index <= done or not whole.plain or whole.earlier:
            continue
        run = _run_after(claims, index)
        if not whole.label and len(run) > 1 and sums_to(run, whole):
            done = claims.index(run[-1])
        if re.match(r"[和及与]", whole.label) or (not whole.label and not _announced(statement, whole, run)):
            continue
        if len(run) < 2 or _TOTAL.search(run[-1].label):  # noqa: PLR2004 - a sum has two parts
            continue
        if _whole_is_said(statement, whole, run):
            done = claims.index(run[-1])
            yield _mark(whole, run)
        elif some_run_sums_to(run, whole) and sums_to(run, whole):
            done = claims.index(run[-1])
        if not whole.bracketed and whole.plain:
            yield from _each_split(statement, whole, run)
    if recent:
        yield from _total_in_previous(statement, recent)


def _told_by_number(statement: Statement) -> Iterator[Mark]:
    """12座水库蓄水4,850万立方米：2座中型蓄水3,120万立方米，10座小型蓄水1,430万立方米: numbers and amounts by turns."""
    claims = [c for c in statement.claims if not c.is_rate]
    for at in range(len(claims) - 2 * 3 + 1):
        number, whole, *rest = claims[at:]
        numbers, parts = _by_turns(number, whole, rest)
        if len(parts) < 2 or not sums_to(numbers, number) or sums_to(parts, whole):  # noqa: PLR2004
            continue
        if max(c.value for c in parts) <= whole.value and not _OVERLAP.search(statement.text):
            yield _mark(whole, parts)
        return


def _by_turns(number: Claim, whole: Claim, rest: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    numbers: list[Claim] = []
    parts: list[Claim] = []
    for first, second in zip(rest[::2], rest[1::2], strict=False):
        alike = first.family == number.family != whole.family == second.family
        told = first.plain and second.plain and number.plain and whole.plain
        if not (alike and told) or second.fresh != whole.fresh or second.earlier or _running(second):
            break
        numbers.append(first)
        parts.append(second)
    return numbers, parts


def _each_split(statement: Statement, whole: Claim, run: Sequence[Claim]) -> Iterator[Mark]:
    """860万元，按用途分，……；按来源分，……: every way of splitting makes up the whole by itself."""
    groups = _split_groups(statement, whole, run)
    if len(groups) < 2 or _OVERLAP.search(statement.text):  # noqa: PLR2004 - one way is a plain list
        return
    fits = [sums_to(group, whole) for group in groups]
    if any(fits):
        for group, right in zip(groups, fits, strict=True):
            closed = len(group) > 1 and not any(_ET_CETERA.match(c.tail) for c in group)
            if not right and closed and max(c.value for c in group) <= whole.value:
                yield _mark(whole, group)


def _split_groups(statement: Statement, whole: Claim | None, run: Sequence[Claim]) -> list[list[Claim]]:
    groups: list[list[Claim]] = []
    last = whole
    for claim in run:
        gap = (
            statement.between(last, claim)
            if last is not None
            else statement.text[: claim.start - statement.start]
        )
        if _BY.search(gap):
            groups.append([claim])
        elif "；" in gap:
            break
        elif groups:
            groups[-1].append(claim)
        last = claim
    return groups


def _announced(statement: Statement, whole: Claim, run: Sequence[Claim]) -> bool:
    """120名学员来自三个系统：公安58名…… says how many parts there are."""
    gap = statement.text[whole.end - statement.start : run[0].start - statement.start] if run else ""
    count = _CLASSES.search(gap)
    return count is not None and _number(count[1] or count[2]) == len(run) and "：" in gap


def _run_after(claims: Sequence[Claim], index: int) -> list[Claim]:
    whole = claims[index]
    run: list[Claim] = []
    for claim in claims[index + 1 :]:
        if (claim.is_rate and run) or claim.unit in _AGES:
            continue
        if not run and claim.family != whole.family and (claim.unit in _CLASSIFIERS or _few(claim)):
            continue
        if run and claim.bracketed != run[0].bracketed:
            break
        if (
            claim.family != whole.family
            or not claim.plain
            or claim.earlier
            or (claim.planned and not whole.planned)
        ):
            break
        run.append(claim)
    sexes = {part.label[:1] for part in run[:2]} == {"男", "女"}
    return run[:2] if sexes and len(run) > 2 and run[2].joint == "，" else run  # noqa: PLR2004


def _few(claim: Claim) -> bool:
    """主业、副业两块, 三期: how many parts there are."""
    return claim.numeral.han and 1 < claim.value <= _MOST


def _is_a_part(statement: Statement, whole: Claim, run: Sequence[Claim]) -> bool:
    """按生源地分，县城431人、乡镇461人；按性别分，男生433人……: what one way of splitting left is no whole of the next."""
    gap = statement.text[whole.end - statement.start : run[0].start - statement.start] if run else ""
    if "；" not in gap or not _SPLIT.search(gap):
        return False
    return bool(_SPLIT.search(statement.text[: whole.start - statement.start]))


def _in_list(whole: Claim, run: Sequence[Claim]) -> bool:
    """优秀31家、良好38家、合格7家、不合格2家: an item of a list is no whole of the items behind it."""
    if whole.label.startswith("其中"):
        return bool(run) and run[0].joint == "、"
    return whole.joint == "、" and all(part.joint == "、" for part in run)


def _rest_of_another(run: Sequence[Claim]) -> bool:
    """3,600处，发现1,280处，已整改1,233处，其余47处: the rest is what is left of the one before, not of the first."""
    rest = bool(run) and _REST.match(run[-1].label) is not None
    return rest and any(sums_to(run[at + 1 :], run[at]) for at in range(len(run) - 2))


def _whole_is_said(statement: Statement, whole: Claim, run: list[Claim]) -> bool:
    """Decide that the run is meant to make up the whole, and that it does not."""
    if _is_a_part(statement, whole, run) or _rest_of_another(run) or _in_list(whole, run):
        return False
    if _OVERLAP.search(statement.text) or some_run_sums_to(run, whole):
        return False
    parts = _joined(run)
    if (
        len(parts) < 2  # noqa: PLR2004
        or max(part.value for part in parts) > whole.value
        or any(_ET_CETERA.match(part.tail) for part in parts)
    ):
        return False
    gap = statement.text[whole.end - statement.start : parts[0].start - statement.start]
    if some_run_sums_to([whole, *run], whole):
        return False
    if exact_sum(parts) < whole.value and re.search(r"等$", gap.rstrip("：，")):
        return False
    return _exhaustive(statement, gap, parts, whole)


def _joined(run: list[Claim]) -> list[Claim]:
    """Keep the claims that stand in one list: an other verb after a comma ends it."""
    parts = run[:1]
    for claim in run[1:]:
        if (
            claim.joint == "，"
            and re.match(r"已|截至|目前|现|仍|尚|未|共|累计", claim.label)
            and len(parts) > 1
        ):
            break
        parts.append(claim)
    return parts


def _said_behind(statement: Statement, parts: list[Claim]) -> bool:
    """由A、B和C三部分构成: the words that make the list complete stand behind it."""
    behind = statement.text[parts[-1].end - statement.start :][:14]
    return bool(
        re.match(
            r"(?:等)?[两二三四五六七八九\d]?(?:大|个)?(?:部分|方面|类|项|板?块)?(?:资金|经费)?(?:构成|组成)",
            behind,
        )
    )


def _exhaustive(statement: Statement, gap: str, parts: list[Claim], whole: Claim) -> bool:
    count = _CLASSES.search(gap)
    announced = count is not None and _number(count[1] or count[2]) == len(parts)
    labels = [_LEADING.sub("", part.label) for part in parts]
    if _complementary(labels) or announced or _named_before(statement, parts, whole):
        return True
    if _said_behind(statement, parts):
        return True
    if _AMONG.search(gap):
        split = bool(_SPLIT.search(gap.split("其中", maxsplit=1)[0])) and exact_sum(parts) != whole.value
        return split or _one_kind(parts, whole, among="其中" in gap)
    if _SPLIT.search(gap) and "分别增长" not in gap and "分别下降" not in gap:
        return not (count is not None and not announced)
    if gap[: len(gap) - len(parts[0].label)] in {"：", "（"}:
        return True
    return (
        _nearly(gap, parts, whole)
        or _too_many(gap, parts, whole)
        or (len(gap) <= _SHORT_GAP and _commas(parts, whole))
    )


def _too_many(gap: str, parts: list[Claim], whole: Claim) -> bool:
    """展位共480个，标准展位320个，特装展位180个: kinds of one noun that make a little more than there are."""
    value = exact_sum(parts)
    if gap.strip("，：") != parts[0].label or not whole.value < value <= whole.value * (1 + _NEAR):
        return False
    noun = parts[0].label[-2:]
    counted = re.search(r"共|总|合计", whole.label) is not None
    same = counted and noun in whole.label and all(part.label.endswith(noun) for part in parts)
    sides = counted and {part.label[:2] for part in parts} in _SIDES
    classes = len(parts) > 2 and all(part.label.endswith("类") for part in parts)  # noqa: PLR2004
    return (same or sides or classes) and not traits.overlap(parts)


def _nearly(gap: str, parts: list[Claim], whole: Claim) -> bool:
    """Three or more bare list items that miss the total by a little were meant to make it up."""
    if len(parts) < 3 or gap.strip("，") != parts[0].label:  # noqa: PLR2004 - fewer could be chance
        return False
    if _same_verb(parts, whole):
        return abs(exact_sum(parts) - whole.value) <= whole.value * _NEAR
    serial = all(_SERIAL.match(part.label) for part in parts)
    if not serial and (
        any(part.joint not in "、；" for part in parts[1:])
        or not re.search(r"共|总|全|现有|在[职编岗]|设有|拥有|配备|建有", whole.label)
    ):
        return False
    return abs(exact_sum(parts) - whole.value) <= whole.value * _NEAR


def _same_verb(parts: list[Claim], whole: Claim) -> bool:
    """发展团员680名，中学发展415名，职校发展190名，企业发展95名: all do what the whole does."""
    verbs = [VERB.search(part.label) for part in parts]
    shared = {found[0] for found in verbs if found is not None and found.start() > 0}
    return None not in verbs and len(shared) == 1 and next(iter(shared), "") in whole.label


def _one_kind(parts: list[Claim], whole: Claim, *, among: bool) -> bool:
    """Three or more parts of one kind (县道、乡道、村道) that miss the total by one digit."""
    if len(parts) < 3:  # noqa: PLR2004 - fewer could be chance
        return False
    serial = all(_SERIAL.match(part.label.removeprefix("其中")) for part in parts)
    if not serial and any(part.joint != "、" for part in parts[1:]):
        return _commas(parts, whole)
    missed = abs(exact_sum(parts) - whole.value)
    if (
        missed > whole.value * _NEAR
        or len(f"{missed.normalize():f}".strip("0.")) != 1
        or traits.overlap(parts)
    ):
        return False
    close = missed <= whole.value * _VERY_NEAR
    return not among or serial or close or len({part.label[-2:] for part in parts}) == 1


def _commas(parts: list[Claim], whole: Claim) -> bool:
    """其中占道4,720起，广告1,380起，乱停3,460起: clauses without other verbs that miss a large total by one digit."""
    value = exact_sum(parts)
    slip = one_digit_off(value, whole.value) and abs(value - whole.value) <= whole.value * _VERY_NEAR
    large = whole.value >= _LARGE * whole.numeral.step
    apart = any(second.begin - first.end > 1 for first, second in pairwise(parts))
    if apart or any(_FLOW.search(part.label) for part in parts):
        return False  # 和解786件，和解率96.8%，赔付31件: what stands between belongs to the first alone
    return slip and large and all(part.joint in "、，" for part in parts[1:]) and not traits.overlap(parts)


def _named_before(statement: Statement, parts: list[Claim], whole: Claim) -> bool:
    """占道、广告、乱停三类……，查处9,860起，其中占道……: the parts are those that were named before the total."""
    before = statement.text[: whole.begin - statement.start]
    labels = [_LEADING.sub("", part.label) for part in parts]
    return len(parts) > 2 and all(len(label) > 1 and label in before for label in labels)  # noqa: PLR2004


def _complementary(labels: list[str]) -> bool:
    if _REST.match(labels[-1]):
        return True
    if len(labels) == _FOUR and len({m[0] for label in labels if (m := _QUARTERS.search(label))}) == _FOUR:
        return True
    if len(labels) != 2:  # noqa: PLR2004 - the pairs below
        return False
    first, second = labels
    return any(
        (first.startswith(a) and second.startswith(b)) or (first.startswith(b) and second.startswith(a))
        for a, b in _COMPLEMENTS
    )


def _total_in_previous(statement: Statement, recent: Sequence[Statement]) -> Iterator[Mark]:
    first = statement.claims[0]
    lead = statement.text[: first.start - statement.start]
    if not (_SPLIT.search(lead) and (lead.startswith(("按", "分", "从")) or "其中" in lead[:3])):
        return
    run = [c for c in statement.claims if c.family == first.family and c.plain]
    told = [c for s in recent for c in s.claims if c.family == first.family and c.plain and not c.earlier]
    last = [c for c in told if c.start >= recent[-1].start and not c.label.endswith("的")]
    wholes = last or [c for c in told if not c.label.endswith("的")]
    enough = len(run) > 1 and wholes and not any(_ET_CETERA.match(c.tail) for c in run)
    if not enough or _OVERLAP.search(statement.text):
        return
    whole = max(wholes, key=lambda claim: claim.value)
    groups = _split_groups(statement, None, run)
    if len(groups) > 1:
        yield from (
            _mark(whole, g)
            for g in groups
            if len(g) > 1 and not sums_to(g, whole) and any(sums_to(o, whole) for o in groups)
        )
        return
    if any(some_run_sums_to(run, whole) for whole in told):
        return
    if max(part.value for part in run) <= whole.value:
        yield _mark(whole, run)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _mark(whole: Claim, parts: Sequence[Claim]) -> Mark:
    value = exact_sum(parts)
    return Mark(
        whole.begin,
        whole.end,
        Message(
            gettext_noop("The parts {parts} add up to {sum}, not to {total}."),
            parts=" + ".join(written(part.value) for part in parts),
            sum=written(value, whole.unit),
            total=written(whole.value, whole.unit),
        ),
        suggestion=Message(gettext_noop("Check the total and each part against the records.")),
        evidence=places(parts),
    )
