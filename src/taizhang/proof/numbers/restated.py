"""The same thing stated twice with two figures."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise, takewhile

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import one_digit_off, places, written
from taizhang.proof.claims import Claim
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numbers.verbs import VERB
from taizhang.proof.numerals import Approximation
from taizhang.proof.registry import Mark, rule

_NOUN = re.compile(r"[一-龥]{2,}")
_TIME = re.compile(
    r"(?:20\d\d|19\d\d)年度?|今年以来|一年来|今年|全年|本年度?|去年|上年|[上下]半年|本学[期年]|[本上]季度|[本上]月|第?[一二三四]季度|前三季度|\d{1,2}(?:月|日)份?|截至目前|目前|今[春夏秋冬]|[春夏秋冬]季|近[年期来]+|期间|以来|当[天日]"
)
_SMALL = re.compile(
    r"各类|各种|各级|各项|相关|有关|全部|累计|先后|总共|合计|共计|总计|分别|现已|已经|及时|共|已|均|了|各|仅|只|就|便|又|还|也|再|次(?=$)"
)
_FILLER = re.compile(
    r"(?:在|通过|利用|依托|结合|按照|根据|面对|围绕|针对|对照|为|向|从|对|将)[一-龥]{0,12}?(?=发布|开展|举办|受理|报送|组织|召开|发放|改造|完成|排查)"
)
_LEAD = re.compile(
    r"^[一-龥]{0,6}?(?:从|面向|面对|虽然|尽管|由于|通过|随着|经过|依托|基于|结合|利用|对照|总结|回顾|对于|对|关于|针对|围绕|将|以|在|把)(?=[一-龥]{2})|^(?:我们|我[局院校厂县市区镇乡所站中心处]+|全[县市区镇乡院校局厂所]|本[县市区镇乡院校局]|该|其)"
)
_AS_OF = re.compile(r"截至[^，。；]{0,12}|截止[^，。；]{0,12}|到?目前")
_LEAST_OBJECT, _LEAST_THING, _LONG_THING, _MOST_THING, _MOST_TOLD = 2, 3, 6, 24, 12
_SHARED, _SHARED_SLIP = 0.7, 0.5
_TITLE_LENGTH = 60
_SHORT_OWNER = 4
_CHANGE = re.compile(
    r"增长|下降|提高|提升|上升|增加|减少|降低|增幅|降幅|同比|环比|回落|上涨|下跌|压缩|占|率[先达]"
)
_LEAST_COMPANION = 10
_DEFINITE = re.compile(r"的$|这|上述|该|以上|(?:全|本)[一-龥]{1,2}$")
_SUMMED = re.compile(r"总的?来?看|总体上?看|回顾|回头看|回望|综上|总之|综合来看")
_LEAD_SEEN = 30
_DEICTIC = re.compile(r"[一-龥]{0,2}[我全本该各][一-龥]{1,2}")
_EDGE = re.compile(
    r"^(?:我[局院校厂县市区镇乡所站中心处]|全[县市区镇乡院校局厂所]|本[县市区镇乡院校局]|今年以来|今年|全年|本年度?|一年来|[上下]半年|本学[期年]|去年|上年|20\d\d年度?|\d{1,2}月份?|[一二三四]季度|截至目前|目前|"
    r"确保|保障|累计|先后|共|有(?![关机限效色害])|已经?|均|又|还|就|仅|只|也|并|各|面对|总结|针对|根据|围绕|关于|对|从|为|将|及时|其中|现已|总共|合计|共计|由|以|在|于|该|这|的|了|全部)+"
)
_TRAIL = re.compile(
    r"(?:共计|合计|总计|累计|分别|达到|突破|超过|超|近|约|共|为|有|达|已|了|的|数量|人数|总数|总量|总额|数|仅|只|至|到|逾|不少于|等|各类|等问题)+$"
)
_HEAD = re.compile(r"^[余多]?(?:的)?([一-龥]{2,14})")
_NOUN_END = re.compile(
    r"受到|深受|获得|得到|参加|通过|覆盖|顺利|的|看|来(?![访信宾源客自])|中|后|时|已|全部|均|都|共|进行|开展|按|将|需|与|和|由|在|是|为|有"
)
_GENERIC = frozenset(
    [
        "活动",
        "会议",
        "培训",
        "工作",
        "问题",
        "信息",
        "人员",
        "群众",
        "项目",
        "企业",
        "单位",
        "任务",
        "资金",
        "措施",
        "方面",
        "检查",
        "演练",
        "宣传",
        "专题",
        "职工",
        "学生",
        "党员",
        "干部",
        "次数",
        "部门",
    ]
)
_SCOPE = re.compile(
    r"[一-龥]{1,4}?(?:省|市|县|(?<![小社校厂景园库灾辖片地新城])区|镇(?!静)|街道|林场|农场|[中小]学(?!习)|学院|医院|法院|检察院|支队|大队|分局|分公司|分厂|车间|村(?![民庄居级容]))"
)
_PERIOD = re.compile(
    r"(20\d\d)年|([一二三四1-4])季度|(上半年|下半年|前三季度)|(?<![\d])(\d{1,2})月|(全年|今年|本年度?|一年来|本季度|本月|本学[期年]|去年|上年|明年|当[天日]|当月|近[三五]年|[三五]年来|上一年)"
)
_PART = re.compile(r"其中|占|另|除|包括|分别|每|平均|人均|剩|未|增加|减少|净增|同比|又")
_THRESHOLD = re.compile(r"不[足满超低少高]|(?:(?<![查惩接])处|罚|满(?!意))[^，]{0,3}$|每|得分|[加扣计]分?$")
_AMOUNT_OF = re.compile(r"的(?P<what>[一-龥]{2,10}?)(?:量|数|额|总量|总数|总额|人数|规模)")
_WHAT_WAS_DONE = re.compile(r"(?P<verb>[一-龥]{2,4}?)[过出到来]?的$")
_LONG_NOUN = 4
_IN_ALL = re.compile(r"全年|一年来|总共|共计|合计|达到?$|累计")
_SINCE = re.compile(
    r"[自从][^，。；]{0,14}(?:以来|起|后)|[^，。；]{0,10}以来|(?:时至|截至|截止|到)[^，。；]{0,10}"
)
_STOCK = re.compile(r"(?:现有|共有|设有|下设|拥有|建有)(?P<noun>[一-龥]{4,12})$")
_STOCK_OF = re.compile(r"(?:现有|共有|在册|实有)(?P<noun>[一-龥]{2,6})$")
_OF_ALL = re.compile(r"(?:^|[，。])(?:目前|其中)?全(?P<level>[省市县区镇乡校院局厂])$")
_LEVEL = re.compile(r"(?<![城])[省市县区镇乡校院局厂村道](?![直属本])")
_MOVED = re.compile(r"新[增建设成组]|撤[销并]|合并|增[至加]|减[至少]|扩编|裁撤")
_NEXT = re.compile(r"第[一二三四五六七八九十\d]|[另又再]|其[他余]|后续|新一|去年|上年|明年|首|末")
_DAY = re.compile(r"当[天日]|当月|当次|本次|此次|该次|一次性|\d日")
_YEAR_WORDS = {"今年", "本年", "本年度", "全年", "一年来"}


@dataclass(frozen=True)
class _Said:
    """A claim with the words of what it counts (times and small words taken out), its period and its scope.

    ``leading`` claims own the period of their sentence; one that follows another figure (讲座12场，听众900人) does not.
    """

    claim: Claim
    thing: str
    noun: str
    beside: tuple[Claim, ...]
    titled: bool

    @cached_property
    def pairs(self) -> frozenset[str]:
        return frozenset(self.thing[i : i + 2] for i in range(len(self.thing) - 1))

    @cached_property
    def period(self) -> frozenset[str]:
        """The times of the label; of the words before it all of them where the label has none, else the year only."""
        own = frozenset(m[0] for m in _PERIOD.finditer(_AS_OF.sub("", self.claim.label)))
        before = frozenset(m[0] for m in _PERIOD.finditer(_AS_OF.sub("", self.claim.lead[-60:])))
        dated = any(period.startswith("20") for period in own)
        return (
            own | before
            if not own
            else own | frozenset(p for p in before if p.startswith("20") and not dated)
        )

    @cached_property
    def scope(self) -> str:
        claim = self.claim
        before = claim.clause[: claim.clause.find(claim.tail)] if claim.tail else claim.clause
        return "".join(m for m in _SCOPE.findall(before) if not _DEICTIC.fullmatch(m))

    @cached_property
    def leading(self) -> bool:
        claim = self.claim
        return bool(_PERIOD.search(claim.label)) or not re.search(r"\d", _PERIOD.sub("", claim.lead))


@rule(
    code="restated",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("The same thing is stated twice with two figures"),
    good="全年改造老旧小区34个。下一步，总结全年改造34个老旧小区的经验。",
    bad="全年改造老旧小区34个。下一步，总结全年改造43个老旧小区的经验。",
)
def restated(draft: Draft) -> Iterator[Mark]:
    """Group claims by what they count; two figures for one period and one scope contradict each other."""
    if draft.statutory:
        return
    title_end = _title_end(draft)
    groups: dict[tuple[str, str], list[_Said]] = defaultdict(list)
    for statement in draft.statements:
        for claim in statement.claims:
            if _statable(claim):
                titled = claim.start < title_end
                for thing, noun in _readings(claim):
                    said = _Said(claim, thing, noun, statement.claims, titled)
                    groups[noun, claim.family].append(said)
    marked: set[int] = set()
    for members in groups.values():
        if 1 < len(members) <= _MOST_TOLD:
            yield from _contradictions(members, marked)
    yield from _mixed_up(draft, marked)
    yield from _stock_again(draft, marked)


def _stock_again(draft: Draft, marked: set[int]) -> Iterator[Mark]:
    """市盐务部门现有盐政稽查中队9支……全市7支盐政稽查中队中: what there is in all, told again of the same whole."""
    stocks: list[tuple[Claim, re.Match[str]]] = []
    for claim in draft.claims:
        if not claim.plain or claim.numeral.approximation or claim.earlier or _firmly_planned(claim):
            continue
        again = _OF_ALL.search(claim.label)
        for first, told in stocks if again else ():
            if again is not None and _same_stock(first, told, claim, again["level"]):
                moved = _MOVED.search(draft.norm, first.end, claim.start)
                if claim.start not in marked and not moved:
                    marked.add(claim.start)
                    yield _again_mark(first, claim)
        stock = _STOCK.search(claim.label)
        if stock is not None:
            stocks = [*stocks[-_LONG_NOUN:], (claim, stock)]


def _same_stock(first: Claim, told: re.Match[str], again: Claim, level: str) -> bool:
    levels = _LEVEL.findall(first.label[: told.start()])
    return (
        first.paragraph == again.paragraph
        and first.family == again.family
        and first.value != again.value
        and again.tail.startswith(told["noun"])
        and levels[-1:] == [level]
        and not _periods_differ(_told_for(first), _told_for(again))
    )


def _mixed_up(draft: Draft, marked: set[int]) -> Iterator[Mark]:
    """选派23名干部……派出的32名干部; 接待48.6万人次……46.8万人次的接待量: told again with its digits in another order."""
    earlier: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in draft.claims:
        digits = str(claim.value).replace(".", "").strip("0")
        if len(digits) < _LEAST_OBJECT or claim.bracketed or len({*digits}) == 1 or not claim.plain:
            continue
        key = claim.family, "".join(sorted(digits))
        for first in earlier[key][-_LEAST_OBJECT:]:
            if claim.start not in marked and first.value != claim.value and _told_again(first, claim):
                marked.add(claim.start)
                yield _again_mark(first, claim)
        earlier[key].append(claim)


def _told_again(first: Claim, again: Claim) -> bool:
    """One thing by two tellings: of one scope, time and kind, the second with its noun or as an amount of it."""
    return (_same_words(first, again) or _all_of_stock(first, again)) and _one_subject(first, again)


def _one_subject(first: Claim, again: Claim) -> bool:
    """Both are of one kind (earlier, planned, a part), one time and one scope; what costs least is asked first."""
    if len(str(int(first.value))) != len(str(int(again.value))) or first.earlier != again.earlier:
        return False
    if _PART.search(first.label) or _PART.search(again.label) or _NEXT.search(again.label):
        return False
    if not again.label.endswith("的") and _firmly_planned(first) != _firmly_planned(again):
        return False
    if _periods_differ(_told_for(first), _told_for(again)):
        return False
    one, other = (_Said(claim, "", "", (), titled=False) for claim in (first, again))
    return not _scopes_differ(one.scope, other.scope)


def _same_words(first: Claim, again: Claim) -> bool:
    listed = (
        first.joint == "、" and first.label.endswith("等") and not _NEXT.search(first.clause)
    )  # 征集家谱、契约等1,275件: the verb is before the list
    whole = (first.lead[-_LEAD_SEEN * 2 :] if listed else "") + first.label[-_MOST_THING:]
    whole += first.tail[:_MOST_THING]
    amount = _AMOUNT_OF.match(again.tail)
    if amount is not None:
        what = _TIME.sub("", amount["what"]).strip("年总度的")
        return _all_in(what, whole) or (len(what) == _LEAST_OBJECT and {*what} <= {*whole})
    named = _TRAIL.sub("", again.label)
    object_ = VERB.split(named)[-1][-_LONG_NOUN:]
    if len(object_) == _LONG_NOUN and _IN_ALL.search(again.label):
        return _TRAIL.sub("", first.label).endswith(object_)
    done = _WHAT_WAS_DONE.search(again.label)
    head = _HEAD.match(again.tail)
    noun = _NOUN_END.split(head[1])[0] if head is not None else ""
    if _LONG_NOUN <= len(noun) <= _LONG_THING and _all_in(noun, whole):
        return True
    if len(noun) > _LONG_NOUN and noun[:_LONG_NOUN] in whole and not VERB.search(again.label):
        return True
    if done is None or not noun:
        return False
    object_ = noun[:_LEAST_OBJECT] if listed else noun[-_LEAST_OBJECT:]
    return len(object_) == _LEAST_OBJECT and object_ in whole and bool(set(done["verb"][-2:]) & set(whole))


def _all_of_stock(first: Claim, again: Claim) -> bool:
    """现有会员1,236人……1,263名会员全部参加: all of what there is."""
    stock = _STOCK_OF.search(first.label)
    return stock is not None and re.match(rf"{stock['noun']}(?:全部|均|都)", again.tail) is not None


def _told_for(claim: Claim) -> frozenset[str]:
    """The times right before a figure; since when and up to when something was done are none."""
    words = claim.lead[-_LEAD_SEEN:] + claim.label
    if not _TIME.search(words):
        return frozenset()
    return frozenset(m[0] for m in _PERIOD.finditer(_SINCE.sub("", words)))


def _all_in(words: str, whole: str) -> bool:
    """Every two characters that stand together in an even reading of ``words`` are found in ``whole``."""
    pairs = [words[at : at + 2] for at in range(0, len(words) - 1, 2)]
    return bool(pairs) and all(pair in whole for pair in pairs)


def _again_mark(first: Claim, again: Claim) -> Mark:
    return Mark(
        again.begin,
        again.end,
        Message(
            gettext_noop("“{thing}” is {second} here and {first} before."),
            thing=(again.label + again.tail).strip("，的")[:_MOST_THING],
            first=written(first.value, first.unit),
            second=written(again.value, again.unit),
        ),
        suggestion=Message(gettext_noop("Keep one figure, or say what makes the two differ.")),
        evidence=places([first]),
    )


def _statable(claim: Claim) -> bool:
    """A count, or a rate (群众满意率) that may be said again with its digits mixed up."""
    if claim.is_rate:
        return not (claim.quoted or claim.numeral.ranged or claim.bracketed or _CHANGE.search(claim.label))
    return claim.plain and not claim.bracketed


def _title_end(draft: Draft) -> int:
    """Where the first line ends, if it is a title."""
    first = next(iter(draft.paragraphs), None)
    if (
        first is None
        or first.end - first.start > _TITLE_LENGTH
        or "。" in draft.norm[first.start : first.end]
    ):
        return 0
    return first.end if len(draft.paragraphs) > 1 else 0


def _readings(claim: Claim) -> Iterator[tuple[str, str]]:
    """Read what a claim counts, and the noun of it; a noun behind the figure may end anywhere, so each of its beginnings is a reading."""
    label = claim.label
    if _THRESHOLD.search(label) or re.match(r"以[上下内]", claim.tail) or _PART.search(label):
        return
    if claim.joint == "、" and not VERB.search(label):
        return
    head = _HEAD.match(claim.tail)
    noun = _NOUN_END.split(head[1])[0] if head is not None else ""
    words = _TRAIL.sub("", _SMALL.sub("", _TIME.sub("", label)))
    words = _FILLER.sub("", _EDGE.sub("", _LEAD.sub("", words)))
    words, bare = _from_last_verb(words) if len(noun) > 1 else (words, False)
    owned = 0 < len(words) <= _SHORT_OWNER and len(noun) > _LEAST_THING and not VERB.search(words)
    definite = label.endswith("的") or not words or owned or (len(noun) > 1 and bare)
    nouns = [noun[:size] for size in range(_LEAST_OBJECT, len(noun) + 1)] if definite and noun else [""]
    for each in nouns:
        thing = words + each
        object_ = each or _object(words)
        if _LEAST_THING <= len(thing) <= _MOST_THING and len(object_) >= _LEAST_OBJECT:
            yield thing, object_[-_LEAST_OBJECT:]


def _from_last_verb(words: str) -> tuple[str, bool]:
    """Leave out who did it where the verb stands last (面向社会招录140名): what it was done to follows the figure."""
    found = list(VERB.finditer(words))
    if not found or words[found[-1].end() :] not in {"", "的", "到", "出"}:
        return words, bool(words) and not _NOUN.search(VERB.sub("", words))
    return words[found[-1].start() :].rstrip("的"), True


def _object(words: str) -> str:
    """The noun at the end: what follows the last verb, or the whole where the verb is the noun."""
    found = list(VERB.finditer(words))
    last = found[-1] if found else None
    rest = words[last.end() :] if last is not None else words
    if len(rest) >= _LEAST_OBJECT:
        return rest
    before = words[: last.start()] if last is not None else words
    return before[-_LEAST_OBJECT:] if len(before) >= _LEAST_OBJECT else words[-_LEAST_OBJECT:]


def _contradictions(members: list[_Said], marked: set[int]) -> Iterator[Mark]:
    for index, one in enumerate(members):
        for other in members[index + 1 :]:
            if (
                one.claim is other.claim
                or other.claim.start in marked
                or not _alike(one, other)
                or _peers(one, other)
                or not _contradict(one, other)
            ):
                continue
            marked.add(other.claim.start)
            yield Mark(
                other.claim.begin,
                other.claim.end,
                Message(
                    gettext_noop("“{thing}” is {second} here and {first} before."),
                    thing=min(one.thing, other.thing, key=len),
                    first=written(one.claim.value, one.claim.unit),
                    second=written(other.claim.value, other.claim.unit),
                ),
                suggestion=Message(gettext_noop("Keep one figure, or say what makes the two differ.")),
                evidence=places([one.claim]),
            )


def _peers(one: _Said, other: _Said) -> bool:
    """甲组查处12起，乙组查处21起: of one sentence, the same act and two who did it."""
    if one.beside is not other.beside:
        return False
    first, second = _TIME.sub("", one.claim.label), _TIME.sub("", other.claim.label)
    backwards = zip(reversed(first), reversed(second), strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], backwards))
    owners = first[: len(first) - shared], second[: len(second) - shared]
    return shared > 1 and all(owners) and bool(VERB.search(first[len(first) - shared :]))


def _alike(one: _Said, other: _Said) -> bool:
    """Most of the shorter wording is found in the longer one, and the two verbs do not oppose."""
    few, many = sorted((one.pairs, other.pairs), key=len)
    enough = _SHARED_SLIP if _transposed(one.claim, other.claim) else _SHARED
    if not few or (len(few & many) < len(few) * enough and not _reordered(one, other)):
        return False
    first, second = (set(VERB.findall(said.thing)) for said in (one, other))
    return not first or not second or bool(first & second)


def _reordered(one: _Said, other: _Said) -> bool:
    """完成税收 and 税收完成 say the same."""
    return len(one.thing) == len(other.thing) and sorted(one.thing) == sorted(other.thing)


def _contradict(one: _Said, other: _Said) -> bool:  # noqa: PLR0911 - one reason a line
    """Decide that two figures of alike things cannot both be right."""
    if not _comparable(one, other):
        return False
    if _scopes_differ(one.scope, other.scope) or _periods_differ(one.period, other.period):
        return bool(_DAY.search(other.claim.clause)) and _single_day_exceeds(one.claim, other.claim)
    if one.titled and not other.titled and other.thing.endswith(one.thing) and len(one.thing) >= _LONG_THING:
        return True
    generic = any(VERB.sub("", said.thing) in _GENERIC for said in (one, other))
    if _transposed(one.claim, other.claim):
        return not generic or _whole_year(one, other) or _many_digits(one.claim, other.claim)
    if _attribute_of_one(one, other):
        return True
    if one.claim.is_rate or _vague(one.period, other.period):
        return False
    return _told_of_one_period(one, other, generic=generic)


def _many_digits(one: Claim, other: Claim) -> bool:
    """1.36亿元 and 1.63亿元: three digits or more mixed up are no chance, where the second figure names its noun."""
    return len(f"{one.value.normalize():f}".strip("0.")) > _LEAST_OBJECT and bool(other.tail)


def _comparable(one: _Said, other: _Said) -> bool:
    first, second = one.claim, other.claim
    if first.value == second.value:
        return False
    if first.numeral.agrees(*second.numeral.bounds()) or second.numeral.agrees(*first.numeral.bounds()):
        return False
    if first.earlier != second.earlier or first.running != second.running or first.fresh != second.fresh:
        return False
    return _firmly_planned(first) == _firmly_planned(second)


def _whole_year(one: _Said, other: _Said) -> bool:
    return one.leading and other.leading and _same_whole(one.period, other.period)


def _told_of_one_period(one: _Said, other: _Said, *, generic: bool) -> bool:
    second = other.claim
    leading = one.leading and other.leading
    if leading and _same_part(one.period, other.period) and _reordered(one, other):
        return not generic
    if one.thing == other.thing and _same_companion(one, other):
        return True
    short = min(len(one.thing), len(other.thing))
    whole_year = _whole_year(one, other)
    definite = bool(_DEFINITE.search(second.label)) or second.tail.startswith("的")
    specific = not generic and short > _LEAST_THING
    slip = definite and second.tail and one_digit_off(one.claim.value, second.value)
    summed = _SUMMED.search(second.lead[-_LEAD_SEEN:]) and short >= _LONG_THING and not _narrow(one)
    if specific and (slip or summed):
        return True
    if whole_year or (definite and second.tail):
        return short >= _LONG_THING or (specific and whole_year) or (whole_year and one.noun == "信息")
    if short >= _LONG_THING + 2 and leading and one.period and one.period == other.period:
        return True
    return _DAY.search(second.clause) is not None and _single_day_exceeds(one.claim, second)


def _narrow(said: _Said) -> bool:
    """Told of a quarter, a month or a half-year only."""
    return bool(said.period - _YEAR_WORDS)


def _same_whole(one: frozenset[str], other: frozenset[str]) -> bool:
    wholes = _YEAR_WORDS | {"本季度", "本月", "本学期", "本学年", "上半年", "下半年", "前三季度"}
    return bool(one & other & wholes) or bool(one & _YEAR_WORDS and other & _YEAR_WORDS)


def _attribute_of_one(one: _Said, other: _Said) -> bool:
    """甲方注册资本五百万元……甲方五百五十万元注册资本: one paragraph, the same words, and nothing is done."""
    same = one.thing == other.thing and len(one.thing) >= _LONG_THING and one.beside is not other.beside
    return same and one.claim.paragraph == other.claim.paragraph and not VERB.search(one.thing)


def _same_companion(one: _Said, other: _Said) -> bool:
    """42个项目……到位15亿元 and 42个项目……到位18亿元: the same figure stands beside both."""
    return one.beside is not other.beside and any(
        first.value == second.value >= _LEAST_COMPANION
        and first.family == second.family
        and _words(first) & _words(second)
        for first in _next_to(one)
        for second in _next_to(other)
    )


def _next_to(said: _Said) -> tuple[Claim, ...]:
    at = said.beside.index(said.claim)
    return said.beside[max(0, at - 1) : at] + said.beside[at + 1 : at + 2]


def _words(claim: Claim) -> set[str]:
    around = claim.label[-8:] + "|" + claim.tail[:6]
    return {around[i : i + 2] for i in range(len(around) - 1)}


def _same_part(one: frozenset[str], other: frozenset[str]) -> bool:
    """Both name the same quarter, half-year or month."""
    return bool(one) and one == other and any(re.search(r"季度|月$|半年", period) for period in one)


def _single_day_exceeds(first: Claim, second: Claim) -> bool:
    return second.numeral.bounds()[0] > first.numeral.bounds()[1] and not _DAY.search(first.clause)


def _firmly_planned(claim: Claim) -> bool:
    clause = claim.clause
    if "基础上" in clause or re.search(r"(?:确保|对|将|使|让|把|针对|为)$", claim.label):
        return False
    return bool(
        re.search(
            r"(?<![障动养助持])计划|力争|预计|目标|争取|拟|确保|任务|不少于|至少|将(?![一-龥]{0,4}?(?:总结|继续|推广|巩固|用好|发挥|以|把|按|对))|下一步|明年|(?<![回适响对相供反])应(?![急用对])",
            clause,
        )
    )


def _scopes_differ(one: str, other: str) -> bool:
    return bool(one and other and one != other and one not in other and other not in one)


def _periods_differ(one: frozenset[str], other: frozenset[str]) -> bool:
    first, second = one - _YEAR_WORDS, other - _YEAR_WORDS
    if not first or not second:
        return False
    if first == second:
        return False
    years = [{p for p in periods if p.startswith("20")} for periods in (first, second)]
    if years[0] and years[1] and years[0] != years[1]:
        return True
    parts = first - years[0], second - years[1]
    return bool(parts[0] and parts[1]) and parts[0] != parts[1]


def _vague(one: frozenset[str], other: frozenset[str]) -> bool:
    """One of the two has a quarter or a month, the other has none."""
    first, second = ({p for p in periods if re.search(r"季度|月$|半年", p)} for periods in (one, other))
    return bool(first) != bool(second)


def _transposed(one: Claim, other: Claim) -> bool:
    """Say whether two figures differ as a slip of the pen does: digits swapped, or one digit changed."""
    first, second = (re.sub(r"\D", "", f"{claim.value.normalize():f}") for claim in (one, other))
    if len(first) != len(second) or len(first) < 2:  # noqa: PLR2004
        return False
    if sorted(first) == sorted(second):
        return True
    return len(first.rstrip("0")) > 2 and sum(a != b for a, b in zip(first, second, strict=True)) == 1  # noqa: PLR2004


_COUNTED_BY = re.compile(
    r"签到|登记|计数|清点|盘点|统计|系统|闸机|验票|检票|刷[卡脸]|实[际到收]|核实|查验|经查|台账"
)
_MORE_THAN_THOSE = re.compile(r"累计|连同|加上|合计|线上|直播|总计|预计|计划|目标|[两三四五六七]天|全年|另")
_ROUGH = frozenset({Approximation.FLOOR, Approximation.CEILING})
_MOST_APART = Decimal("0.7")


@rule(
    code="rounded-past",
    gate=Gate.NUMBER,
    severity=Severity.WARNING,
    title=gettext_noop("A figure is rounded past the exact one beside it"),
    good="签到显示到场860人，讲座共吸引800余人参加。",
    bad="签到显示到场760人，讲座共吸引800余人参加。",
)
def rounded_past(draft: Draft) -> Iterator[Mark]:
    """Hold 800余人 and 近800人 against an exact count of the same sentence: 余 needs more, 近 needs less."""
    for statement in draft.statements:
        for exact, rough in pairwise(statement.claims):
            if rough.numeral.approximation not in _ROUGH or exact.averaged or exact.quoted or rough.quoted:
                continue
            told = exact.is_count and not (exact.numeral.approximation or exact.numeral.rounded)
            if not told or exact.family != rough.family or not _COUNTED_BY.search(exact.clause):
                continue
            between = statement.between(exact, rough)
            if "；" in between or _MORE_THAN_THOSE.search(between) or _PART.search(rough.label):
                continue
            if _past(exact, rough):
                yield Mark(
                    rough.begin,
                    rough.end,
                    Message(
                        gettext_noop("{exact} cannot be told as {rough}."),
                        exact=written(exact.value, exact.unit),
                        rough=draft.text[rough.start : rough.end],
                    ),
                    suggestion=Message(gettext_noop("Check both figures, or the word of approximation.")),
                    evidence=places([exact]),
                )


def _past(exact: Claim, rough: Claim) -> bool:
    if rough.numeral.approximation is Approximation.FLOOR:
        return rough.value * _MOST_APART <= exact.value < rough.value
    if rough.numeral.approximation is Approximation.CEILING:
        return rough.value < exact.value <= rough.value / _MOST_APART
    return False
