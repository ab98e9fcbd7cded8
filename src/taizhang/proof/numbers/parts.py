"""A part that is greater than its whole."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import exact_sum, places, total, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_AMONG = re.compile(r"^[^，]{0,6}其中|^包括|^含|^占")
_OVERLAP = re.compile(r"并存|同时|兼|既|重复|交叉|均有|都有|多选|重叠")
_CARRIED = re.compile(
    r"结转|往年|历年|上年|去年|含|累计|以来|前期|遗留|旧存|存案|积案|加上|连同|还|新增|超额|超计划|超任务"
)
_VERBS = re.compile(
    "建设|应到|实到|应收|实收|应参|实际参加|出席|参会|截至目前|目前|当场|责令|限期|及时|已经|其中|存在|完成|整改|整治|销号|采用|录用|刊发|采纳|办结|办理|答复|化解|结案|审结|通过|获批|合格|发现|查出|查处|立案|处置|解决|消除|竣工|完工|投产|建成|验收|开工|收回|回收|有效|使用|支出|拨付|支付|调解|成功|全部|顺利|按期|实际|现|已|被|共|均|有|的|了|为|达|到|就地|圆满|累计|实施|落实|修复|闭环|清零|处理|回访|治愈|侦破|破获|取得|获得|评为|优秀|结业|持证|及格|入选|获奖|发表|刊登|转化|问题|单位|符合|要求|条件|正式|按时|如期"
)
_OBJECT = re.compile(r"[，。].*")
_CHAINS = tuple(
    (re.compile(whole), re.compile(part))
    for whole, part in (
        (r"应[到参出收缴交还]|应该?参加", r"实[到际参收缴交]|已[到缴交]"),
        (
            r"检查|抽查|排查|巡查|走访|摸排|监测|抽检|检测|抽样|核查|督查|检验|普查|筛查|体检|监督|巡检|评估|审查",
            r"问题|隐患|违规|合格|超标|异常|达标|阳性|查处|整改|确诊|患有|危险|风险|重点",
        ),
        (
            r"发现|收集|征集|受理|排查|查出|梳理|摸排|查找|检查出|反馈|指出|交办|排摸|查摆",
            r"整改|销号|整治|消除|解决|处置|办结|闭环|完成|化解|修复|清零|处理|答复",
        ),
        (
            r"报送|上报|撰写|提交|投稿|推荐|征集|收到|收集|提出|推送|报出|报道|上送|编报|投递|申请|创作|送审",
            r"立案|采用|录用|刊发|采纳|刊登|获奖|入选|发表|评出|转化|立项|刊载|采编|转发|获评",
        ),
        (
            r"受理|收到|接收|接到|接访|登记|立案|转办|交办|承办|收治|接诊|收案|接待|排查|发生|接处",
            r"办结|办理|办复|答复|化解|结案|审结|回访|调解|满意|治愈|解决|处理|完成|处置|侦破|破获|破案|成功",
        ),
        (
            r"申报|申请|报名|应聘|参评|参赛|参选|推荐|报考|参加|参考|参训|参演|培训",
            r"通过|获批|立案|立项|录取|录用|合格|入围|获奖|批准|符合|取得|获得|评为|优秀|结业|持证|及格",
        ),
        (r"发放|发出|印制|投放|派发", r"收回|回收|有效|领取|核销|使用"),
        (
            r"应[到参改建整办收交缴还检]|总数|共有|现有|在册|在校|全院|全校|全县|全市|全区|全镇|全厂|全所",
            r"实[到际]|已|出席|出勤|到会|到岗|参加|就业|完成",
        ),
        (
            r"开工|实施|签约|启动|新建|在建|立项|建设|安排|规划|承担",
            r"竣工|完工|投产|建成|落地|验收|开工|投用|交付",
        ),
        (
            r"种植|栽植|栽种|新栽|补栽|栽|播种|投放|购置|配备|安装|采购|建有",
            r"成活|存活|保存|收获|在用|投入使用|启用|完好",
        ),
        (r"预算|到位|下达|拨付|筹集|募集|收入|资金", r"支出|使用|拨付|支付|执行|发放|列支"),
    )
)


@rule(
    code="part-exceeds-whole",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A part is greater than its whole"),
    good="全年报送信息58篇，其中被采用36篇。",
    bad="全年报送信息58篇，其中被采用63篇。",
)
def part_exceeds_whole(draft: Draft) -> Iterator[Mark]:
    """Mark a part after 其中, or a later stage of the same work, that exceeds what it is a part of."""
    previous: Statement | None = None
    for statement in draft.statements:
        before = previous if previous is not None and previous.paragraph == statement.paragraph else None
        seen: set[int] = set()
        for mark in (*_among(statement, before), *_stages(statement, before)):
            if mark.start not in seen:
                seen.add(mark.start)
                yield mark
        previous = statement


def _among(statement: Statement, previous: Statement | None) -> Iterator[Mark]:
    claims = statement.claims
    for index, part in enumerate(claims):
        lead = statement.text[max(0, part.start - statement.start - 40) : part.start - statement.start]
        opened = (
            _within(statement, index)
            or "其中" in part.label
            or (lead.endswith(part.label) and re.search(r"其中[，：]$", lead[: len(lead) - len(part.label)]))
        )
        if not opened or not part.plain:
            continue
        earlier = [*(previous.claims if previous and not index else ()), *claims[:index]]
        whole = next((c for c in reversed(earlier) if c.family == part.family and c.plain), None)
        if (
            whole is None
            or whole.earlier
            or (whole.planned and not part.planned)
            or re.search(_CARRIED, part.label.replace("含", ""))
        ):
            continue
        run = _list_from(statement, index)
        if _exceeds(part, whole):
            yield _mark(part, whole)
        elif (
            len(run) > 1 and total(run)[0] > whole.numeral.bounds()[1] and not _OVERLAP.search(statement.text)
        ):
            yield _sum_mark(run, whole)


def _within(statement: Statement, index: int) -> bool:
    """16个村中，18个村……: the whole is told right before, with 中 behind it."""
    if not index:
        return False
    whole, part = statement.claims[index - 1], statement.claims[index]
    noun = whole.tail.removesuffix("中")
    return (
        whole.tail.endswith("中")
        and part.tail.startswith(noun)
        and not part.label
        and whole.family == part.family
    )


def _list_from(statement: Statement, index: int) -> list[Claim]:
    run = [statement.claims[index]]
    for claim in statement.claims[index + 1 :]:
        if claim.is_rate:
            continue
        if (
            claim.bracketed != run[0].bracketed
            or claim.family != run[0].family
            or not claim.plain
            or claim.joint not in {"、", "，"}
            or "；" in statement.between(run[-1], claim)
        ):
            break
        if re.match(r"已|截至|目前|共|累计|仍|尚|另", claim.label):
            break
        run.append(claim)
    return run


def _stages(statement: Statement, previous: Statement | None) -> Iterator[Mark]:
    claims = statement.claims
    for index, part in enumerate(claims):
        if not part.plain or part.earlier or part.planned:
            continue
        behind = statement.text[part.end - statement.start :][:14]
        if _CARRIED.search(part.label + behind):
            continue
        earlier = claims[:index] or (previous.claims if previous else ())
        for whole in reversed(earlier[-4:]):
            if whole.family == part.family and whole.plain:
                if _follows(whole, part) and _exceeds(part, whole):
                    yield _mark(part, whole)
                break


def _follows(whole: Claim, part: Claim) -> bool:
    if (
        whole.earlier
        or whole.planned
        or whole.fresh
        or (whole.running != part.running and whole.running is False)
    ):
        return False
    first = whole.label + whole.tail
    second = part.label + part.tail
    if (
        part.period
        and whole.period
        and part.period != whole.period
        and part.period not in {"全年", "今年", "本年"}
    ):
        return False
    if "除" in whole.label or re.match(r"其[他余它]", part.label):
        return False
    return any(
        one.search(first)
        and other.search(second)
        and not other.search(first)
        and _same_object(whole, part, other)
        for one, other in _CHAINS
    )


def _same_object(whole: Claim, part: Claim, stage: re.Pattern[str]) -> bool:
    """The later stage names no object, or shares a word of two characters with the first."""
    rest = _VERBS.sub("", stage.sub("", part.label) + _OBJECT.sub("", part.tail))
    if len(rest) < 2:  # noqa: PLR2004
        return True
    first = whole.label + whole.tail
    pairs = [rest[i : i + 2] for i in range(len(rest) - 1)]
    return sum(pair in first for pair in pairs) > len(pairs) / 2


def _exceeds(part: Claim, whole: Claim) -> bool:
    return part.numeral.bounds()[0] > whole.numeral.bounds()[1]


def _mark(part: Claim, whole: Claim) -> Mark:
    return Mark(
        part.begin,
        part.end,
        Message(
            gettext_noop("The part {part} is greater than the whole {whole}."),
            part=written(part.value, part.unit),
            whole=written(whole.value, whole.unit),
        ),
        suggestion=Message(gettext_noop("Check both figures; if earlier cases are counted in, say so.")),
        evidence=places([whole]),
    )


def _sum_mark(run: list[Claim], whole: Claim) -> Mark:
    listed = all(claim.joint == "、" for claim in run[1:])
    return Mark(
        run[0].begin,
        run[-1].end,
        Message(
            gettext_noop("The parts after “其中” add up to {sum}, more than the whole {whole}."),
            sum=written(exact_sum(run), whole.unit),
            whole=written(whole.value, whole.unit),
        ),
        suggestion=Message(gettext_noop("Check the figures, or end the sentence where “其中” ends.")),
        evidence=places([whole]),
        severity=Severity.ERROR if listed else Severity.WARNING,
    )
