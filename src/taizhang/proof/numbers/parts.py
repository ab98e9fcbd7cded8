"""A part that is greater than its whole."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import exact_sum, places, sums_to, total, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numbers import traits
from taizhang.proof.numbers.verbs import VERB
from taizhang.proof.numerals import Approximation
from taizhang.proof.registry import Mark, rule

_AMONG = re.compile(r"^[^，]{0,6}其中|^包括|^含|^占")
_AMONG_LISTED = re.compile(r"，其中[^，。；：]{1,24}$")
_OVERLAP = re.compile(
    r"两[项题者类种样][^，]{0,2}都|都[做选会能参]|并存|同时|兼|既|重复|交叉|均有|都有|多选|重叠"
)
_CARRIED = re.compile(
    r"结转|往年|历年|上年|去年|含|累计|以来|前期|遗留|旧存|存案|积案|加上|连同|(?<![退归偿])还|新增|超额|超计划|超任务"
)
_VERBS = re.compile(
    "经|吸收|审查|审核|初审|复核|核实|核查|评审|研究|调查|论证|现场|到位|完毕|当天|当日|逐一|快速|依法|成绩|复赛|决赛|面试|下一轮|建设|应到|实到|应收|实收|应参|实际参加|出席|参会|截至目前|目前|当场|责令|限期|及时|已经|其中|存在|完成|整改|整治|销号|采用|录用|刊发|采纳|办结|办理|答复|化解|结案|审结|通过|获批|合格|发现|查出|查处|立案|处置|解决|消除|竣工|完工|投产|建成|验收|开工|收回|回收|有效|使用|支出|拨付|支付|调解|成功|全部|顺利|按期|实际|现|已|被|共|均|有|的|了|为|达|到|就地|圆满|累计|实施|落实|修复|闭环|清零|处理|回访|治愈|侦破|破获|取得|获得|评为|优秀|结业|持证|及格|入选|获奖|发表|刊登|转化|问题|单位|符合|要求|条件|正式|按时|如期"
)
_OBJECT = re.compile(r"[，。].*")
_INSIDE = re.compile(
    r"(?P<noun>[^，。；：、]{0,12})(?:中|里|当中)(?!途|心|程|约|面|国|学|小|医|央|层|共|队|旬|期|标|华|年|级|高|专|外)的?，?(?P<label>[^，。；：、]{0,14})"
)
_AS_OF = re.compile(r"^截[至止]到?[^，已]{1,10}(?=已)")
_WHERE_TO = re.compile(r"(?<=[一-龥]{2})[到至给][一-龥]{1,4}$")
_CHANGED = re.compile(r"(?:比|较|同比|环比|净)[^，]*(?:增加|减少|增长|下降|多|少)了?$")
_SIZES = frozenset({"平方米", "公里", "米", "亩", "公顷", "平方公里", "立方米"})
_CLOSE = 24
_NEAR, _FAR = 3, 40
_LITTLE_MORE = Decimal("1.3")
_PARTITIVE = re.compile(r"的(?:共?有|为|是|达|共)?$")
_OTHER = re.compile(
    r"第[二三四五六七八九][批期轮次]|[甲乙丙丁某另又还]|其[他余它]|分别|带动|辐射|惠及|累计|增[设加补派]|两[项者类]"
)
_ADVERBS = re.compile(
    r"^(?:已经?|现已|目前已?|截至目前|均|共|当场|当庭|现场|入户|上门|实地|逐[户一个家]|集中|统一|联合|及时|实际|全部|成功|顺利|按期|先后)+"
)
_LAST = re.compile(r"最后|末尾|收尾|剩余|剩下|其余|余下|首批|次批|先行|率先|[首末第][批期轮个][一-龥]{0,4}$")
_REACHES = re.compile(r"带动|辐射|服务|帮扶|对口|惠及|涉及|吸引|联系|结对|受益|用于|供")
_NARROWED = re.compile(
    r"(?:属于|属|符合|具备|患有|列为|评为|确认为|认定为|评估为|鉴定为|处于|纳入)[^，；]{1,20}(?:的|类)[一-龥]{2,4}\d"
)
_PEAK = re.compile(r"最[多高大少低小]|单日|峰值|高峰|另[计算]|不[计含]")
_HOLDS = re.compile(r"含(?!税|糖|量|油|氧)|包括|包含")
_OF_ALL = re.compile(r"含|(?<=其中)[^，]*?累计|累计(?=[一-龥]{0,2}(?:举行|举办|召开|开展|完成))")
_NARROWER = re.compile(r"[一-龥]{4,}的(?P<noun>[一-龥]{2,4})$")
_GRADES = frozenset({"类", "级", "等", "档", "星"})
_AGES = frozenset({"岁", "周岁"})
_REST = re.compile(r"，(?:其余|剩余|余下)")
_OPENED = re.compile(r"(?:^|[，。；])[^，。；、：]{0,12}?(?P<noun>[一-龥]{2})(?:当中|之中|中|里)，")
_COUNTED = {
    "人": re.compile(
        r"人|员|者|师|生(?![产活态育意])|工(?![作程])|民|干部|群众|职工|医|士|户|童|妇|残疾|属|教授|专家|代表|才|部队|青年|老|骨干|选手|主任|书记|长|兵|军|客"
    ),
    "户": re.compile(r"户|家庭|农|民"),
    "家": re.compile(r"企|公司|厂|店|社|院|所|站|户|商|单位|机构|行|馆|校|会|园|场|部|点|业"),
    "台": re.compile(r"车|机|设备|梯|仪|器|套|泵|柜|桩|炉|变"),
    "辆": re.compile(r"车"),
    "所": re.compile(r"校|园|院|学|所"),
    "座": re.compile(r"桥|站|库|塔|厂|所|坝|馆|厕|山|楼|井|窑|炉"),
}
_BEDS = re.compile(r"房源|公寓|安置房|廉租房|公租房|床位|座位|席位|名额|学位|工位")
_LODGED = re.compile(r"入住|入座|安置|录取|录用|发放|接收|就读|收住")
_PLACES = frozenset({"张", "个", "名"})
_ANYTHING = frozenset({"个", "项", "处", "条", "件", "起", "次", "份", "例"})
_SHORT_LABEL = 3
_OPENERS = re.compile(
    r"^(?:全年|今年|本年|上半年|下半年|本月|本季度|一年来|期间|共计?|累计|依法|先后|集中|新|另外?|并|还|同时|均)+"
)
_HEADS = frozenset(
    {
        "家",
        "户",
        "人",
        "名",
        "位",
        "批次",
        "批",
        "台",
        "辆",
        "座",
        "所",
        "套",
        "栋",
        "艘",
        "例",
        "床",
        "间",
    }
)
_OPENS = re.compile(
    r"受理|接到|收到|申请|申报|报名|抽取|抽样|样本|发出|采购|购入|购置|组织|核定|计划|应|共|总|全[县市区镇校院乡]|登记|在册|现有|征集|检查|排查|走访|下达|交办|建成|拥有|参加"
)
_SAMPLED = re.compile(r"抽取|抽样|随机|样本|受访|参检|体检|筛查")
_CLOSES = re.compile(
    r"予以|准予|实际|通过|完成|办结|修复|回函|回收|收回|发放|参考|到场|合格|达标|获评|达到|评为|符合|整改|处置|解决|答复|采纳|录用|入选|交付|成活|使用|签约|签订|兑现|到账|到位|命中|治愈|阳性"
)
_ALREADY = re.compile(r"^(?:目前|现|截至[^，]{0,8})?已经?(?![达有])")
_STOCK = re.compile(
    r"存量|结转|旧存|遗留|积案|未结|去年底|上年末|年初|期初(?!级|中)|原有|结余|滚存|库存|结存|上年|往年"
)
_EXTENT = re.compile(r"占地|总投资|概算|总库容|总面积|总长|全长|全程|总里程|总量|总人口|建筑面积")
_CONTAINERS = (_EXTENT.pattern, "核载")
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
            r"立案|采用|录用|刊发|采纳|刊登|获奖|入选|发表|评出|转化|立项|刊载|采编|转发|获评|授权|获批",
        ),
        (
            r"受理|收到|接收|接到|接访|登记|立案|转办|交办|承办|收治|接诊|收案|接待|排查|发生|接处",
            r"办结|办理|办复|答复|化解|结案|审结|回访|调解|满意|治愈|解决|处理|完成|处置|侦破|破获|破案|成功",
        ),
        (
            r"申报|申请|报名|应聘|参评|参赛|参选|推荐|报考|参加|参考|参训|参演|培训|参会|参与|应试",
            r"通过|获批|立案|立项|录取|录用|合格|入围|获奖|批准|符合|取得|获得|评为|优秀|结业|持证|及格|晋级|进入|授权|入选|签到|到场",
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
        (r"预算|到位|下达|拨付|筹集|募集|资金|经费", r"支出|使用|拨付|支付|执行|发放|列支"),
        (r"标的|应收|应缴|应付|应还|拖欠|欠", r"到位|实收|追回|收回|缴纳|归还|追缴|兑付"),
        (r"收到|征集|征求|听取|收集|受理|接收|提交", r"有效|合格|中标|通过|采纳"),
        (r"收取|缴存|预付|借出|预收", r"退还|归还|收回|返还|清退"),
        (r"邀请|通知|选派|抽取", r"到场|到会|参加|出席|报到"),
        (r"核载|核定载客|限乘|容纳|载客量", r"载|乘坐|车上|船上|机上|在座"),
        (r"采集|采样|送检|抽样|取样", r"检出|阳性|异常|合格|阴性"),
        (r"审查|提请|移送|呈报|报请|提交", r"批准|批捕|起诉|审议通过|核准|获批|同意"),
        (_EXTENT.pattern, r"已|完成投资|建成|累计完成|实际完成"),
        (r"库存|结存|储备|现存|馆藏|存栏", r"调出|调拨|发放|借出|出库|调运|动用|出栏|领用"),
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
    recent: list[Statement] = []
    for statement in draft.statements:
        recent = [s for s in recent[-_NEAR:] if s.paragraph == statement.paragraph]
        before = recent[-1] if recent else None
        seen: set[int] = set()
        for mark in (
            *_among(statement, before),
            *_stages(statement, before),
            *_elided(statement),
            *_of_noun(statement, recent),
        ):
            if mark.start not in seen:
                seen.add(mark.start)
                yield mark
        recent.append(statement)


def _among(statement: Statement, previous: Statement | None) -> Iterator[Mark]:
    claims = statement.claims
    for index, part in enumerate(claims):
        lead = statement.text[max(0, part.start - statement.start - 40) : part.start - statement.start]
        opened = (
            _within(statement, index)
            or re.search(r"其中|从中|当中|里面|[内下]设|内含|内有", part.label)
            or _by_age(claims, index)
            or _held_in_brackets(claims, index)
            or (index and _AMONG_LISTED.search(statement.between(claims[index - 1], part)))
            or (lead.endswith(part.label) and re.search(r"其中[，：]$", lead[: len(lead) - len(part.label)]))
        )
        if not opened or not part.plain:
            continue
        earlier = [*(previous.claims if previous and not index else ()), *claims[:index]]
        whole = next(
            (c for c in reversed(earlier) if c.family == part.family and c.plain and not _no_whole(c)), None
        )
        if (
            whole is None
            or whole.earlier
            or (whole.planned and not part.planned)
            or re.search(_CARRIED, _OF_ALL.sub("", part.label))
        ):
            continue
        run = _list_from(statement, index)
        if _closes_list(claims[:index], whole) or (not index and _only_grew(part, whole, earlier)):
            continue
        if _exceeds(part, whole):
            yield _mark(part, whole)
        elif (
            len(run) > 1
            and not any(sums_to(run[:size], whole) for size in range(2, len(run) + 1))
            and _more_than(run, whole)
            and not _OVERLAP.search(statement.text)
            and not traits.overlap(run)
        ):
            yield _sum_mark(run, whole)


def _closes_list(before: Sequence[Claim], last: Claim) -> bool:
    """23个课题，结题20个，延期2个，撤项1个，其中……: 其中 goes on from the whole that the list makes up, not from its last."""
    same = [c for c in before if c.family == last.family and c.plain]
    return any(sums_to(same[at + 1 :], same[at]) for at in range(len(same) - 2))


def _only_grew(part: Claim, whole: Claim, earlier: Sequence[Claim]) -> bool:
    """馆藏210万册，净增10.6万册。其中纸质168万册: 其中 goes back to what there is, not to what it grew by."""
    grew = whole.fresh or "净" in whole.label
    return grew and any(c.family == part.family and c.plain and c.value >= part.value for c in earlier)


def _more_than(run: Sequence[Claim], whole: Claim) -> bool:
    """The parts make more than the whole, by no more than a slip would: parts that overlap make far more."""
    if exact_sum(run) > whole.value * _LITTLE_MORE and max(part.value for part in run) <= whole.value:
        return False
    if whole.numeral.approximation or any(part.numeral.approximation for part in run):
        return total(run)[0] > whole.numeral.bounds()[1]
    return exact_sum(run) > whole.value


def _of_groups(claims: Sequence[Claim], index: int) -> bool:
    """两批学员中取得证书的68名: what is counted is of both groups, not of the last one told."""
    groups = claims[index - 1] if index else None
    return groups is not None and groups.end == claims[index].begin and _at_most_nine(groups)


def _at_most_nine(claim: Claim) -> bool:
    return claim.numeral.han and 1 < claim.value <= _NEAR * _NEAR


def _held_in_brackets(claims: Sequence[Claim], index: int) -> bool:
    """13件（含新制定5件，修改4件，废止4件）: a list in brackets; one figure alone (37亿元（含利息40亿元）) may be the greater."""
    own = claims[index - 1 : index + 2] if index else ()
    listed = len(own) > 2 and not own[0].bracketed and own[1].bracketed and own[2].bracketed  # noqa: PLR2004
    return listed and own[1].family == own[2].family and _HOLDS.match(own[1].label) is not None


def _by_age(claims: Sequence[Claim], index: int) -> bool:
    """其中60周岁以上老年人1,530人, 其中二类以上的145座: the age or grade stands between 其中 and what it counts."""
    age = claims[index - 1] if index else None
    if age is None or "其中" not in age.label or claims[index].joint:
        return False
    above = age.numeral.approximation or re.match(r"及?以[上下]", claims[index].label)
    graded = age.unit in _GRADES and bool(above)
    return age.unit in _AGES or graded


def _elided(statement: Statement) -> Iterator[Mark]:
    """96家，参加年检的103家; 420户，签订协议438户: the part does not say what it counts, for the whole has said so."""
    claims = statement.claims
    for index, part in enumerate(claims):
        if part.joint != "，" or not _is_part(part) or _of_groups(claims, index):
            continue
        rest = _REST.match(statement.text, part.end - statement.start)
        narrower = _NARROWER.search(part.label)
        if not (rest or narrower or _PARTITIVE.search(part.label) or _counts_nothing(part)):
            continue
        wholes = [c for c in claims[:index] if c.family == part.family and not _PARTITIVE.search(c.label)]
        whole = wholes[-1] if wholes else None
        if (
            whole is None
            or not _is_whole(whole)
            or (narrower and not {*narrower["noun"]} & {*whole.label[-3:]})
            or _CARRIED.search(whole.label)
            or whole.period != part.period
        ):
            continue
        near = part.value <= whole.value * _LITTLE_MORE and len(statement.between(whole, part)) <= _FAR
        near = near and "；" not in statement.between(whole, part)
        if near and _exceeds(part, whole) and not _brought_over(claims[:index], part):
            yield _mark(part, whole)


def _brought_over(before: Sequence[Claim], part: Claim) -> bool:
    """上年结转38万元，今年下达430万元，实际兑付441万元: more than came in this year may go out."""
    return any(c.family == part.family and (_STOCK.search(c.label + c.tail[:4]) or c.earlier) for c in before)


def _is_part(part: Claim) -> bool:
    told = part.plain and not part.earlier and not part.planned and not part.fresh
    return (
        told and not _CARRIED.search(part.label) and not _OTHER.search(part.label) and part.tail[:1] != "次"
    )


def _is_whole(whole: Claim) -> bool:
    return whole.plain and not (whole.earlier or whole.planned or whole.fresh or _no_whole(whole))


def _counts_nothing(part: Claim) -> bool:
    """签订帮扶协议438户: it opens with a verb and ends with no noun that its measure word counts."""
    counted = _COUNTED.get(part.family)
    label = _ADVERBS.sub("", part.label)
    if label != part.label and VERB.fullmatch(label) and not part.tail:
        return True
    return (
        counted is not None
        and VERB.match(label) is not None
        and not part.tail
        and not counted.search(label[-_SHORT_LABEL:])
    )


def _of_noun(statement: Statement, recent: Sequence[Statement]) -> Iterator[Mark]:
    """走访58家工业企业……调研企业中，设立研发机构的63家: 中 names the whole, which stands sentences before."""
    for found in _OPENED.finditer(statement.text):
        place = statement.start + found.end()
        parts = [c for c in statement.claims if c.start >= place and _is_part(c)]
        told = [c for s in recent for c in s.claims] + [c for c in statement.claims if c.end < place]
        for part in parts[:_NEAR]:
            wholes = [
                c
                for c in told
                if c.family == part.family and _is_whole(c) and found["noun"] in c.label[-8:] + c.tail[:12]
            ]
            named = (
                part.family not in _ANYTHING
                or part.label.endswith("的")
                or found["noun"][-1] in part.label[-3:] + part.tail[:3]
            )
            if named and wholes and all(_exceeds(part, whole) for whole in wholes):
                yield _mark(part, wholes[-1])


def _no_whole(claim: Claim) -> bool:
    """比上年增加7种, 两个以上 and 最后1个 are no whole of what is told next."""
    return bool(_CHANGED.search(claim.label) or _LAST.search(claim.label)) or _at_least(claim)


def _at_least(claim: Claim) -> bool:
    return claim.numeral.han and claim.numeral.approximation is Approximation.FLOOR


def _within(statement: Statement, index: int) -> bool:
    """16个村中，18个村……; 从三千床中调出三千二百床: the whole is told right before, with 中 behind it."""
    if not index:
        return False
    whole, part = statement.claims[index - 1], statement.claims[index]
    found = _INSIDE.fullmatch(statement.between(whole, part))
    if found is None or whole.family != part.family or part.averaged:
        return False
    noun = found["noun"]
    if whole.unit in _ANYTHING and noun:
        return len(found["label"]) <= _SHORT_LABEL and part.tail.startswith(tuple(_endings(noun)))
    return True


def _endings(noun: str) -> Iterator[str]:
    return (noun[at:] for at in range(len(noun)))


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
        if _PEAK.search(claim.label):
            break
        if re.match(r"已|截至|目前|共|累计|仍|尚|另|(?:第一|首)[期批轮次季]", claim.label):
            break
        if claim.joint == "，" and _does_more(claim):
            break
        run.append(claim)
    return run


def _two_sources(whole: Claim, part: Claim, earlier: Sequence[Claim]) -> bool:
    """自查问题21个，反馈问题15个，整改问题30个: what is done is a part of both together."""
    noun = whole.label[-2:]
    alike = [c for c in earlier if c.family == part.family and c.label.endswith(noun) and c.joint != "、"]
    return len(noun) > 1 and len(alike) > 1 and exact_sum(alike) >= part.value


def _does_more(claim: Claim) -> bool:
    """其中新建7家，覆盖企业236家: a verb with its own object goes on from the whole, not from 其中."""
    label = _ADVERBS.sub("", claim.label)
    verb = VERB.match(label) or _REACHES.match(label)
    return verb is not None and len(label) > len(verb[0])


def _stages(statement: Statement, previous: Statement | None) -> Iterator[Mark]:
    claims = statement.claims
    for index, part in enumerate(claims):
        if not part.plain or part.earlier or part.planned or _of_groups(claims, index):
            continue
        behind = statement.text[part.end - statement.start :][:14]
        if _CARRIED.search(part.label + behind):
            continue
        earlier = claims[:index] or (previous.claims if previous else ())
        for whole in reversed(_heads(earlier)[-4:]):
            if (
                (whole.family == part.family or _lodges(whole, part))
                and whole.plain
                and not _LAST.search(whole.label)
            ):
                if _exceeds(part, whole) and _told_of(statement, index, whole, earlier):
                    yield _mark(part, whole)
                break


def _told_of(statement: Statement, index: int, whole: Claim, earlier: Sequence[Claim]) -> bool:
    """The part is a later stage or a group of the whole, and nothing brought over or told beside it adds to it."""
    part, before = statement.claims[index], statement.claims[:index]
    if not (_follows(whole, part) or _of_group(statement, whole, part)):
        return False
    return not _brought_over([c for c in before if c is not whole], part) and not _two_sources(
        whole, part, earlier
    )


def _heads(earlier: Sequence[Claim]) -> list[Claim]:
    """The claims without those that 其中 opens: what follows them goes on from the whole."""
    heads: list[Claim] = []
    among = False
    for claim in earlier:
        among = "其中" in claim.label or (
            among and claim.joint in {"、", "，"} and not _VERBS.search(claim.label)
        )
        if not among:
            heads.append(claim)
    return heads


def _lodges(whole: Claim, part: Claim) -> bool:
    """床位420张，已入住446人: places and those who take them are counted alike."""
    taken = bool(_BEDS.search(whole.label + whole.tail[:4])) and bool(_LODGED.search(part.label))
    homes = whole.unit == "套" and part.unit == "户"
    return taken and (homes or (part.family == "人" and whole.unit in _PLACES))


def _of_group(statement: Statement, whole: Claim, part: Claim) -> bool:
    """52名学生，报名的有54名; 12个县区已有13个; 总面积1.2万平方米，观众区1.3万平方米."""
    between = statement.between(whole, part) if whole.start >= statement.start else "；"
    if (
        "；" in between
        or len(between) > _CLOSE
        or whole.earlier
        or whole.planned
        or re.search(r"比|较|增|新", between)
    ):
        return False
    if (
        part.family == "人"
        and re.search(r"的(?:共?有|为|是|达)?$", part.label)
        and whole.tail
        and "，" in between
    ):
        return not _OTHER.search(part.label)
    if re.fullmatch(r"[一-龥]{1,6}(?:目前)?已有", between):
        return True
    if _lodges(whole, part):
        return not re.search(r"加床|轮流|人次", statement.text)
    return (
        part.unit in _SIZES
        and bool(_EXTENT.search(whole.label))
        and not re.search(r"总|全|共|累计", part.label)
        and not _OTHER.search(part.label)
    )


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
    if "除" in whole.label or re.match(r"其[他余它]", part.label) or _parallel(whole, part):
        return False
    if _ALREADY.match(part.label) and part.unit not in _ANYTHING and _bare(part):
        return True
    if _qualified(whole, part) or _widely(whole, part, first, second):
        return True
    return any(
        one.search(first)
        and other.search(second)
        and not other.search(first)
        and (one.pattern.startswith(_CONTAINERS) or _same_object(whole, part, other))
        and not _finds_things(one, other, part)
        for one, other in _CHAINS
    )


def _parallel(whole: Claim, part: Claim) -> bool:
    """受理逮捕案286件……；受理起诉案431件: the same verb opens both, so the second is told beside the first."""
    opened = VERB.match(_OPENERS.sub("", part.label))
    return (
        opened is not None
        and part.joint in {"；", ""}
        and _OPENERS.sub("", whole.label).startswith(opened[0])
        and len(part.label) > len(opened[0]) + _SHORT_LABEL
    )


def _qualified(whole: Claim, part: Claim) -> bool:
    """在院老人98名……，属于失能等级的老人105名: the same noun, narrowed down."""
    noun = part.label[-2:]
    narrowed = (
        _NARROWED.search(part.clause) is not None and part.label.endswith(noun) and noun in whole.label[-4:]
    )
    return narrowed and len(noun) > 1 and part.paragraph == whole.paragraph


def _widely(whole: Claim, part: Claim, first: str, second: str) -> bool:
    """Any opening of a work before any outcome, one right behind the other and only a little greater: a slip."""
    close = whole.paragraph == part.paragraph and part.joint == "，" and 0 < part.start - whole.end <= _CLOSE
    return (
        close
        and part.value <= whole.value * _LITTLE_MORE
        and _OPENS.search(first) is not None
        and not _OTHER.search(second)
        and (
            (
                _CLOSES.search(second) is not None
                and not _CLOSES.search(first)
                and _same_object(whole, part, _CLOSES)
            )
            or (_SAMPLED.search(first) is not None and second[-2:] in first)
        )
    )


def _bare(part: Claim) -> bool:
    """已走访慰问312户: verbs only, so what they are done to was named before."""
    rest = _VERBS.sub("", _ALREADY.sub("", part.label))
    return len(rest) <= _SHORT_LABEL + 1 and not part.tail


def _finds_things(one: re.Pattern[str], other: re.Pattern[str], part: Claim) -> bool:
    """检查部门26个，发现问题58个: problems are no part of what was inspected, and income bounds no spending."""
    if other.pattern.startswith("问题"):
        return part.unit in _ANYTHING and not re.search(r"存在|合格|达标|超标|异常|的$", part.label)
    return other.pattern.startswith("支出") and bool(one.search(part.label))


def _same_object(whole: Claim, part: Claim, stage: re.Pattern[str]) -> bool:
    """The later stage names no object, or shares a word of two characters with the first."""
    label = _WHERE_TO.sub("", _AS_OF.sub("", part.label))
    rest = _VERBS.sub("", stage.sub("", label) + _OBJECT.sub("", part.tail))
    if len(rest) < 2:  # noqa: PLR2004
        return True
    first = whole.label + whole.tail
    pairs = [rest[i : i + 2] for i in range(len(rest) - 1)]
    return rest[-2:] in first or sum(pair in first for pair in pairs) > len(pairs) / 2


def _exceeds(part: Claim, whole: Claim) -> bool:
    most = whole.numeral.bounds()[1]
    if whole.numeral.approximation is Approximation.EXACT and part.numeral.step < whole.numeral.step:
        most = min(
            most, whole.value + max(part.numeral.step, whole.numeral.step / 10)
        )  # beside 5.5亿, 5亿 is 5.0亿
    return not _at_least(whole) and part.numeral.bounds()[0] > most


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
