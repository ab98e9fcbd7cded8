"""Measure words that cannot measure what they stand with."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import exact_sum, places, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numbers.totals import _TOTAL, _run_after, _run_before
from taizhang.proof.numbers.verbs import VERB
from taizhang.proof.numerals import Approximation
from taizhang.proof.registry import Mark, rule

_PERSON = r"(?:职工|群众|学生|党员|干部|师生|居民|村民|员工|人员|观众|患者|游客|市民|教师|家长|学员|代表|委员|志愿者|老人|儿童|农户|人数|青年|妇女|民警|医务人员|工人|农民|读者|[一-龥](?<![动满])员|[一-龥](?<!或)者|[一-龥]师)"
_EVENT = r"(?:活动|会议|讲座|报告会|座谈会|培训班|演出|比赛|讲堂|推进会|调度会|例会|招聘会|发布会|运动会|联谊会|党课|公开课|论坛|沙龙|展览|音乐会|演唱会|竞赛)"
_PAPER = r"(?:资料|传单|手册|折页|文件|稿件|信息|文章|简报|论文|通讯|报道|建议|提案|问卷|合同|证书|档案|标语|海报|宣传册|明白纸|一封信)"
_MONEY_NOUN = r"(?:资金|经费|投资|产值|收入|支出|贷款|税收|利润|金额|总额|奖金|罚款|成交额|销售额|慰问金|捐款|专款|预算|营收|损失|货值|工资|费用)"
_LENGTH_NOUN = r"(?:公路|道路|管网|管道|(?<![商销售营资信线推])渠道|河道|线路|里程|全长|长度|铁路|护栏|围栏|堤防|绿道|步道|电缆|光缆)"
_AREA_NOUN = r"(?:面积|林地|耕地|草地|农田|湿地|造林|营造林|播种)"
_WEIGHT_NOUN = r"(?:产量|重量|垃圾|粮食|蔬菜产量|水果|化肥|秸秆|煤炭)"
_HOUSE_NOUN = r"(?:企业|公司|商户|门店|药店|餐馆|医疗机构|经营户|超市|酒店)"
_TREE_NOUN = r"(?:树木|苗木|树苗|乔木|灌木)"
_VEHICLE_NOUN = r"(?:车辆|警车|消防车|救护车|宣传车|汽车|公交车|货车|机动车)"
_PEOPLE_UNITS = [
    "人",
    "名",
    "位",
    "人次",
    "户",
    "户次",
    "个",
    "批",
    "批次",
    "余",
    "员",
    "例",
    "对",
    "代",
    "家",
    "辈",
    "万",
    "%",
    "类",
    "种",
    "组",
    "队",
    "成",
    "支",
    "岗",
    "代表团",
    "倍",
    "周岁",
    "岁",
    "天",
    "次",
]
_CLASHES = tuple(
    (
        re.compile(noun + r"(?:参加|参与|总数|共计|合计|累计|达到?|超过?|近|约|共|为|有|突破|了)*$"),
        frozenset(units.split()),
        reason,
    )
    for noun, units, reason in (
        (
            _PERSON,
            "场次 场 篇 件 条 份 册 公里 米 千米 元 吨 亩 平方米 台 辆 套 座 幅 张 架 艘 公顷 期 起 处 篇次 台次 车次 间 栋",
            "people",
        ),
        (
            rf"(?:开展|举办|组织|召开|举行)[^，。；]{{0,24}}{_EVENT}",
            "人次 人 名 位 户 元 篇 份 公里 吨 亩 平方米 台 辆 册 件",
            "events",
        ),
        (
            r"(?:举办|召开|举行)[^，。；]{1,14}(?<![班会动课座])(?:培训|演练|宣讲|讲习|交流|展示|比武|大赛|晚会|仪式|辅导|义诊|咨询)",
            "人次 人 名 位 户 元 篇 份 公里 吨 亩 平方米 台 辆 册 件",
            "events",
        ),
        (_PAPER, "人次 场次 公里 米 吨 亩 平方米 台 辆 户 座 名 场 家 株 头", "papers"),
        (_MONEY_NOUN, "人 名 人次 场 场次 公里 亩 平方米 件 个 份 篇 台 辆 吨 户 家 次", "money"),
        (_LENGTH_NOUN, "亩 公顷 吨 人次 人 名 篇 份 平方公里 场 场次 户 立方米", "length"),
        (_AREA_NOUN, "公里 米 千米 吨 人次 人 名 立方米 场 场次 篇 千克 公斤 台 辆 艘", "area"),
        (_WEIGHT_NOUN, "公里 米 亩 平方米 人 名 人次 场 场次 公顷 平方公里 篇", "weight"),
        (_HOUSE_NOUN, "人次 场次 篇 公里 亩 吨 米 份 册 平方米 株 头", "houses"),
        (_TREE_NOUN, "人次 场次 公里 篇 场 份 名 册 辆", "trees"),
        (_VEHICLE_NOUN, "人次 场次 篇 亩 公里 份 册 公顷 平方米", "vehicles"),
        (r"(?:全长|总长|长度|里程)", "亩 公顷 平方米 吨 人 个 平方公里 户 辆 台 艘", "length"),
        (r"[存出]栏[一-龥]{0,4}[猪牛羊鸡鸭鹅禽畜]", "亩 公顷 公里 平方米 米 立方米 人 户 元", "livestock"),
        (
            r"(?:容积|库容|容量|蓄水量|供水量|用水量|水量)",
            "平方米 公里 亩 人 米 公顷 平方公里 人次 元 台 辆 艘 名 户",
            "volume",
        ),
        (r"(?:供水|处理|生产|供热|发电)能力", "公里 亩 平方米 米 公顷", "capacity"),
        (r"(?:速度|时速|流速)", "公斤 吨 亩 平方米 人 元 公顷", "speed"),
        (r"(?:体温|气温|温度|室温|水温)", "平方米 公里 公斤 元 人 吨 亩 米 件", "temperature"),
        (
            r"(?:停车位|车位|泊位|床位|岗位|学位|名额)",
            "平方公里 公里 亩 吨 平方米 立方米 公顷 米 公斤",
            "places",
        ),
        (r"(?:核酸检测|体检|接种|筛查|诊疗|门诊)", "亩 公里 平方米 吨 公顷 米 篇", "patients"),
        (r"装机(?:容量|规模)?|变电容量|最大负荷|最高负荷|用电负荷", "千瓦时 万千瓦时", "power"),
        (r"(?:[发用供售]电量|(?:年均?|累计|共|全年|可)发电)", "千瓦", "energy"),
        (r"(?:用电量|发电量|电量)", "公里 亩 平方米 人 公顷 人次 立方米", "power"),
        (r"(?:身高|胸径|水深|高度|宽度|厚度|深度)", "公斤 吨 亩 平方米 人 立方米 公顷 千克", "height"),
        (r"(?:天然气|供水|供热|排水|污水|雨污)(?:管道|管网)", "平方米 立方米 亩 公顷 吨", "length"),
        (r"(?:重量|总重|净重)", "公里 米 亩 平方米 人 个 元", "weight"),
        (r"(?:用时|耗时|历时|时长|时限)", "公里 米 人 元 亩 吨 场 次 件 个", "time"),
        (r"(?:人均|户均)?(?:收入|工资)", "人次 公里 亩 吨", "money"),
    )
)
_SHARE = 6
_SO_FAR = re.compile(r"累计")
_LITTLE_MORE = Decimal("1.2")
_TURNS, _MANY_TURNS = frozenset({"期", "场", "次", "批", "轮", "场次", "班"}), 100
_DONE_TO = re.compile(
    r"(?:培训|轮训|集训|调训|宣讲|辅导|慰问|走访|评选|表彰|选派|招聘|约谈|接待|召集|组织)[^，。；]{0,8}$"
)
_HEADCOUNT = re.compile(
    r"(?<!参观)(?<!旅客)(?<!游客)(?<!入园)(?<!接待)(?<!到馆)(?<!就诊)(?<!服务)(?<!出入境)(?:总?人数)(?:累计|共计|共|总计|合计)?(?:达到?|为|有|超过?|突破|近|约)*$"
)
_TAIL_CLASHES = tuple(
    (frozenset(units.split()), re.compile(noun), reason)
    for units, noun, reason in (
        ("场次 场 公里 篇 亩 吨", rf"^(?:的)?{_PERSON}(?!$)?(?:参加|参与|受益)", "people"),
        ("人次 名 人", r"^(?:讲座|会议|培训班|座谈会|报告会)", "things"),
        ("人次", r"^(?!参|的)[一-龥]{2,8}(?:活动|发布会|座谈会|推介会|招聘会|运动会)(?:$|[，、])", "things"),
    )
)


@rule(
    code="unit",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("The measure word cannot measure this"),
    good="全年开展送法活动36场次，参与职工5,400人次。",
    bad="全年开展送法活动36人次，参与职工5,400场次。",
)
def units(draft: Draft) -> Iterator[Mark]:
    """Mark a count of people in 场次, of events in 人次, of money in 件 and the like."""
    for claim, before in _after_another(draft):
        if not claim.is_count or claim.quoted or claim.averaged:
            continue
        label = claim.label
        if claim.unit == "元" and label.endswith("有"):
            continue  # 市民共有1900万元: what they have, not how many they are
        if "团体" in label or "单位" in label or _is_turn(claim) or _is_share(claim, before):
            continue
        if any(claim.unit in wrong and noun.search(label) for noun, wrong, _ in _CLASHES) or any(
            claim.unit in wrong and noun.search(claim.tail) for wrong, noun, _ in _TAIL_CLASHES
        ):
            yield Mark(
                claim.begin,
                claim.end,
                Message(
                    gettext_noop("“{unit}” does not measure “{noun}”."),
                    unit=claim.unit,
                    noun=re.sub(r"(?:共计|合计|累计|达到?|超过?|近|约|共|为|有|突破|了)+$", "", label)[-6:]
                    or claim.tail[:6],
                ),
                suggestion=Message(gettext_noop("Use the measure word of what is counted.")),
            )


def _after_another(draft: Draft) -> Iterator[tuple[Claim, Claim | None]]:
    for statement in draft.statements:
        before = None
        for claim in statement.claims:
            yield claim, before
            before = claim


def _is_share(claim: Claim, before: Claim | None) -> bool:
    """图书4,600册，按来源分，企业3,000册、个人1,600册: whose share it is of what was counted right before."""
    same = before is not None and before.unit == claim.unit
    return same and len(claim.label) <= _SHARE and not VERB.search(claim.label)


def _is_turn(claim: Claim) -> bool:
    """培训代表2期: an act done to people in turns; hundreds of turns are people again."""
    return claim.unit in _TURNS and claim.value < _MANY_TURNS and bool(_DONE_TO.search(claim.label))


@rule(
    code="headcount",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("A number of people told in person-times"),
    good="受教育人数1200余人。",
    bad="受教育人数1200余人次。",
)
def headcount(draft: Draft) -> Iterator[Mark]:
    """Mark 人数 with 人次: the first counts persons once, the second every time."""
    for claim in draft.claims:
        if claim.unit == "人次" and not claim.quoted and _HEADCOUNT.search(claim.label):
            yield Mark(
                claim.begin,
                claim.end,
                Message(gettext_noop("“人数” counts persons, “人次” counts attendances.")),
                suggestion=Message(gettext_noop("Write 人次 without 人数, or count the persons.")),
            )


@rule(
    code="approximate-sum",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("A sum that is exact is told as approximate"),
    good="三场分别有412人、396人、392人参加，合计1200人。",
    bad="三场分别有412人、396人、392人参加，合计1200余人。",
)
def approximate_sum(draft: Draft) -> Iterator[Mark]:
    """Mark 余 or 多 on a total that its exact parts make up exactly."""
    for statement in draft.statements:
        for index, whole in enumerate(statement.claims):
            if whole.numeral.approximation is Approximation.EXACT or not whole.is_count:
                continue
            if _TOTAL.search(whole.label):
                run = _run_before(statement, index) or _run_after(statement.claims, index)
            elif _SO_FAR.search(whole.label):
                run = _parts_so_far(statement, index)
            else:
                continue
            exact = all(part.numeral.approximation is Approximation.EXACT for part in run)
            if len(run) > 1 and exact and _told_too_low(run, whole):
                yield Mark(
                    whole.begin,
                    whole.end,
                    Message(
                        gettext_noop("The parts add up to exactly {sum}."),
                        sum=written(exact_sum(run), whole.unit),
                    ),
                    suggestion=Message(gettext_noop("Leave out the word of approximation.")),
                    evidence=places(run),
                )


def _parts_so_far(statement: Statement, index: int) -> list[Claim]:
    """三场依次到场126人、131人、148人，三场累计: one list right before, told with as many names as it has items or 依次."""
    whole = statement.claims[index]
    before = statement.claims[:index]
    counted = before[-1] if before and before[-1].end == whole.begin and before[-1].numeral.han else None
    run: list[Claim] = []
    for claim in reversed(before[:-1] if counted else before):
        if claim.family != whole.family or not claim.plain or claim.earlier or _SO_FAR.search(claim.label):
            break
        run.insert(0, claim)
    words = statement.text[: whole.end - statement.start]
    listed = all(claim.joint == "、" and not claim.label for claim in run[1:])
    if counted is not None:
        return run if counted.value == len(run) else []
    return run if listed and re.search(r"依次|分别", words) else []


def _told_too_low(run: Sequence[Claim], whole: Claim) -> bool:
    """The parts are exactly the whole told as about so much; or they pass what 近 and 不足 say it does not reach."""
    value = exact_sum(run)
    if value == whole.value:
        return True
    ceiling = whole.numeral.approximation is Approximation.CEILING
    return ceiling and whole.value < value <= whole.value * _LITTLE_MORE


@rule(
    code="approximate-twice",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("A figure is made approximate twice"),
    good="悬挂横幅近1700条。",
    bad="悬挂横幅近1700多条。",
)
def approximate_twice(draft: Draft) -> Iterator[Mark]:
    """Mark 近…多, 约…左右, 超过…余: one word of approximation is enough, two may contradict."""
    for found in re.finditer(
        r"(?P<before>(?<![节大制合条违公])约|将近|(?<![附最接相临靠邻远亲])近|超过|大约|至少|逾)(?P<figure>[\d,.]+[十百千万亿]*)(?P<after>[余多](?=[十百千万亿]?(?:个|名|人|件|条|份|元|家|户|场|次|篇|项|亩|公里|吨|台|辆|[万亿]))|[一-龥]{1,3}?(?<![级处科岁职历科层等])(?:左右|上下|以上))",
        draft.norm,
    ):
        yield Mark(
            found.start(),
            found.end(),
            Message(
                gettext_noop("“{before}” and “{after}” both make the figure approximate."),
                before=found["before"],
                after=found["after"][-2:] if len(found["after"]) > 1 else found["after"],
            ),
            suggestion=Message(gettext_noop("Keep one of the two.")),
        )
