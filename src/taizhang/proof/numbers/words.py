"""Figures written in words: amounts in capitals beside digits, and shares told as 过半, 三成, 四分之一."""

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import places, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億圆贰弍两", "一二三四五六七八九十百千万亿元二二二")
_AMOUNT = re.compile(
    r"(?P<words>[壹贰叁肆伍陆柒捌玖拾][壹贰叁肆伍陆柒捌玖拾佰仟万亿零]{1,19}[元圆](?:[壹贰叁肆伍陆柒捌玖零]角)?(?:[壹贰叁肆伍陆柒捌玖]分)?)[整正]?"
    r"[）)]?[，（(：: ]{0,2}(?:小写[：: ]?|即|人民币|计)?[¥￥]?\s?(?P<digits>\d[\d,]{0,15}(?:\.\d{1,4})?)\s?(?P<times>[万亿]?)元?"
)
_BEFORE = re.compile(
    r"(?<![\d,.])(?P<digits>\d[\d,]{0,15}(?:\.\d{1,4})?)\s?(?P<times>[万亿]?)元[（(](?:人民币|大写)?[：: ]?(?:人民币)?"
    r"(?P<words>[壹贰叁肆伍陆柒捌玖拾][壹贰叁肆伍陆柒捌玖拾佰仟万亿零]{1,19}[元圆](?:[壹贰叁肆伍陆柒捌玖零]角)?(?:[壹贰叁肆伍陆柒捌玖]分)?)"
)
_TIMES = {"": Decimal(1), "万": Decimal(10**4), "亿": Decimal(10**8)}
_COIN = {"角": Decimal("0.1"), "分": Decimal("0.01")}
_FRACTION = re.compile(
    r"(?P<sense>超过|超|过|逾|不足|不到|不及|未到|近|将近|接近|约|约为|达到?|高达|仅)?(?:总数的?|全部的?)?"
    r"(?P<share>一?半数?(?!数据|年|月|天|个|小时|径|导|程|成品|途|山|价|截|夜|岛|自动)|(?:[一二三四五六七八九])成(?!立|为|效|果|功|员|绩|就|长|本|熟|都|品|交|套)|(?P<base>[二三四五六七八九十]{1,2})分之(?P<part>[一二三四五六七八九]))(?P<tail>以上|以下|多)?"
)
_SHARE_BEFORE = re.compile(
    r"(?:占比?|占[^，。；]{0,10}的?|比例|比重|比例为|占比为|[一-龥]{2}率(?:为|达到?)?)(?:已经?|仅|均|已)?(?:为|达到?|是)?$"
)
_FROM = re.compile(r"[由从][^，。；]{0,20}$|原价[^，。；]{0,8}$")
_TO = re.compile(r"(?:至|到|为|成)[^，。；]{0,6}$")
_SHARE_WORD = r"(?:一半|(?P<share>[一二三四五六七八九])成(?P<tenth>[一二三四五六七八九])?|(?P<base>[二三四五六七八九十]{1,2})分之(?P<part>[一二三四五六七八九]))"
_MOVED = re.compile(
    rf"[，、]?(?:同比|环比|比上年|较上年|整体|平均|足足|共|大幅|实现|[一两二三四五六七八九十\d]{{1,2}}年(?:来|间|内|时间)?)?(?P<told>(?:(?:增长|增加|提高|提升|上升|下降|减少|降低|缩短|压缩|压减|节省|缩减|回落|下跌|上涨|扩大|增产|减产|增收|减收|单产提高)了?(?P<sense>超过|超|近|约|逾|不足|不到)?"
    rf"(?:{_SHARE_WORD}|(?P<fold>[一两二三四五六七八九])倍)|翻了?(?P<double>[一两二三])番|(?:相当于)?打(?P<off>[一二三四五六七八九]{{1,2}})折))(?P<tail>以上|多)?"
)
_COUNTED = re.compile(r"[，（](?:计|共计?|即|合计|有|为)")
_ONE_IN = re.compile(
    r"每(?P<base>[二两三四五六七八九十]{1,2}|\d{1,2})[名个位户家件人条台辆][一-龥]{0,6}?中?就?有(?P<part>[一二两三四五六七八九]|\d{1,2})[名个位户家件人条台辆]"
)
_NEAR, _ABOUT, _CLOSE = Decimal("0.05"), Decimal("0.06"), Decimal("0.035")
_TENTH = Decimal("0.006")
_MORE = frozenset({"超过", "超", "过", "逾"})
_LESS = frozenset({"不足", "不到", "不及", "未到"})


@rule(
    code="amount-in-words",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("An amount in words differs from the amount in digits"),
    good="合同总价为人民币壹拾贰万叁仟元整（￥123,000.00）。",
    bad="合同总价为人民币壹拾贰万叁仟元整（￥132,000.00）。",
)
def amounts(draft: Draft) -> Iterator[Mark]:
    """Hold an amount in capitals (壹贰叁) against the digits beside it."""
    for pattern in (_AMOUNT, _BEFORE):
        for found in pattern.finditer(draft.norm):
            words = _capital_value(found["words"])
            digits = Decimal(found["digits"].replace(",", "")) * _TIMES[found["times"]]
            if words != digits:
                yield Mark(
                    found.start("digits"),
                    found.end("digits"),
                    Message(
                        gettext_noop("The words say {words}, the digits {digits}."),
                        words=written(words, "元"),
                        digits=written(digits, "元"),
                    ),
                    suggestion=Message(gettext_noop("Check which of the two is meant.")),
                    evidence=((found.start("words"), found.end("words")),),
                )


def _capital_value(text: str) -> Decimal:
    whole, _, coins = text.translate(_CAPITALS).partition("元")
    value = han_value(whole)
    for digit, coin in re.findall(r"([一二三四五六七八九])([角分])", coins):
        value += han_value(digit) * _COIN[coin]
    return value


@rule(
    code="change-in-words",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A change told in words does not fit its two values"),
    good="接诉量从250件降到175件，下降三成。专利由38件增加到76件，翻了一番。",
    bad="接诉量从250件降到175件，下降四成。专利由38件增加到61件，翻了一番。",
)
def changes_in_words(draft: Draft) -> Iterator[Mark]:
    """Hold 下降三成, 缩短三分之一, 翻一番 and 增长一倍 against the two values beside them."""
    for statement in draft.statements:
        for base, now, found in (*_behind_value(statement), *_before_value(statement)):
            if not _moved_right(found, base.value, now.value):
                yield _changed(statement.start, base, now, found)


def _changed(offset: int, base: Claim, now: Claim, found: re.Match[str]) -> Mark:
    return Mark(
        offset + found.start("told"),
        offset + found.end(),
        Message(
            gettext_noop("From {base} to {now} is a change of {value}, not of {by}."),
            base=written(base.value, base.unit),
            now=written(now.value, now.unit),
            value=written((now.value - base.value) / base.value * 100, "%"),
            by=found["told"],
        ),
        suggestion=Message(gettext_noop("Check both values, the change and its direction.")),
        evidence=places([base, now]),
    )


_Told = tuple[Claim, Claim, re.Match[str]]


def _behind_value(statement: Statement) -> Iterator[_Told]:
    """由250件降到175件，下降三成."""
    for base, now in _same_measure(statement.claims):
        loose = base.numeral.approximation or now.numeral.approximation
        apart = loose or base.numeral.ordinal or base.numeral.ranged or base.value <= 0
        if apart or not _FROM.search(base.label) or not _TO.search(statement.between(base, now)):
            continue
        found = _MOVED.match(statement.text, now.end - statement.start)
        if found is not None:
            yield base, now, found


def _before_value(statement: Statement) -> Iterator[_Told]:
    """较去年的160件翻了一番，达到320件: the change stands between its values."""
    for base, now in itertools.pairwise(statement.claims):
        found = _MOVED.match(statement.text, base.end - statement.start)
        if (
            found is None
            or base.family != now.family
            or not re.search(r"比|较", base.label)
            or not base.value
        ):
            continue
        if re.match(r"(?:达到?|为|至)", now.label):
            yield base, now, found


def _same_measure(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Each claim with the last one before it in its own measure."""
    last: dict[str, Claim] = {}
    for claim in claims:
        if claim.family in last:
            yield last[claim.family], claim
        last[claim.family] = claim


def _moved_right(found: re.Match[str], base: Decimal, now: Decimal) -> bool:
    change = abs(now - base) / base
    if found["off"]:
        return abs(
            now / base - Decimal("0." + "".join(str(int(han_value(c))) for c in found["off"]))
        ) < Decimal("0.02")
    if found["double"]:
        return abs(now / base - Decimal(2) ** int(han_value(found["double"]))) <= _ABOUT * 2
    told = han_value(found["fold"]) if found["fold"] else _told(found)
    return _fits(found, change, told)


@rule(
    code="one-in-so-many",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("One in so many does not fit its counts"),
    good="4.5万人中已有1.5万人投保，相当于每三人就有一人投保。",
    bad="4.5万人中已有1.5万人投保，相当于每三人就有两人投保。",
)
def one_in_so_many(draft: Draft) -> Iterator[Mark]:
    """Hold 每三人就有一人 against the part and the whole right before it."""
    for statement in draft.statements:
        found = _ONE_IN.search(statement.text)
        if found is None:
            continue
        own = [c for c in statement.claims if c.end <= statement.start + found.start() and c.plain]
        if len(own) < 2 or own[-1].family != own[-2].family or not 0 < own[-1].value < own[-2].value:  # noqa: PLR2004
            continue
        share, told = own[-1].value / own[-2].value, _small(found["part"]) / _small(found["base"])
        if abs(share - told) > _ABOUT * 2:
            yield Mark(
                statement.start + found.start(),
                statement.start + found.end(),
                Message(
                    gettext_noop("{part} of {whole} is {value}, not {rate}."),
                    part=written(own[-1].value, own[-1].unit),
                    whole=written(own[-2].value, own[-2].unit),
                    value=written(share * 100, "%"),
                    rate=found[0],
                ),
                evidence=places(own[-2:]),
            )


def _small(text: str) -> Decimal:
    return Decimal(text) if text.isdigit() else han_value(text)


@rule(
    code="share-in-words",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A share told in words does not fit its counts"),
    good="收回问卷860份，认为便利的有473份，占比超过一半。",
    bad="收回问卷860份，认为便利的有373份，占比超过一半。",
)
def shares_in_words(draft: Draft) -> Iterator[Mark]:
    """Hold 占比过半, 不足三成, 占四分之一 against the part and the whole right before it."""
    for statement in draft.statements:
        claims = statement.claims
        for found in _FRACTION.finditer(statement.text):
            at = statement.start + found.start()
            own = [c for c in claims if c.end <= at]
            lead = statement.text[max(0, found.start() - 16) : found.start()]
            if own and _SHARE_BEFORE.search(lead + (found["sense"] or "")):
                yield from _share(found, statement, own, [c for c in claims if c.start > at])


def _share(
    found: re.Match[str], statement: Statement, own: list[Claim], after: list[Claim]
) -> Iterator[Mark]:
    part = own[-1]
    behind = _COUNTED.match(statement.text, found.end())
    if behind is not None and after and after[0].family == part.family and after[0].value < part.value:
        own = [*own, after[0]]
        part = after[0]
    wholes = [c for c in own[:-1] if c.family == part.family and c.plain and c.value > part.value]
    gap = statement.text[part.end - statement.start : found.start()]  # empty where the part stands behind
    if gap.endswith("各占") and "、" not in gap.rpartition("，")[2]:
        return  # 线上线下各占一半: two parts that are not counted
    if not part.plain or part.numeral.approximation or not wholes or re.search(r"[，；].*[，；]", gap):
        return
    shares = [part.value / whole.value for whole in wholes]
    told = _told(found)
    if any(_fits(found, share, told) for share in shares):
        return
    start = statement.start
    yield Mark(
        start + found.start(),
        start + found.end(),
        Message(
            gettext_noop("{part} of {whole} is {value}, not {rate}."),
            part=written(part.value, part.unit),
            whole=written(wholes[-1].value, wholes[-1].unit),
            value=written(shares[-1] * 100, "%"),
            rate=found[0],
        ),
        suggestion=Message(gettext_noop("Check the rate and both counts.")),
        evidence=places([wholes[-1], part]),
    )


def _told(found: re.Match[str]) -> Decimal:
    if found["base"]:
        return han_value(found["part"]) / han_value(found["base"])
    share, tenth = found["share"] or "半", found.groupdict().get("tenth")
    if "半" in share:
        return Decimal("0.5")
    return han_value(share[0]) / 10 + (han_value(tenth) / 100 if tenth else 0)


def _fits(found: re.Match[str], share: Decimal, told: Decimal) -> bool:
    if found["sense"] in _MORE or found["tail"] in {"以上", "多"}:
        return told <= share
    if found["sense"] in _LESS or found["tail"] == "以下":
        return share <= told
    if found["sense"] in {"近", "将近", "接近"}:
        return told - _NEAR <= share <= told + Decimal("0.005")
    if found.groupdict().get("tenth"):
        return abs(share - told) <= _TENTH
    rough = found["sense"] or "半" in found[0]
    return abs(share - told) <= (_ABOUT if rough else _CLOSE)


def _named_both(lead: str, first: Claim, second: Claim) -> bool:
    """生师比 after its counts: each of the two characters stands with one of them."""
    one, other = lead[-2:-1], lead[-1:]
    around = [c.label + c.tail for c in (first, second)]
    return (one in around[0] and other in around[1]) or (other in around[0] and one in around[1])


_COLON = re.compile(
    r"比(?:例|率)?(?:约|大约)?(?:为|是|达到?)?(?:约)?(?P<one>\d{1,8}(?:\.\d{1,4})?)[:：∶](?P<other>\d{1,8}(?:\.\d{1,4})?)(?![:：∶\d.])"
)


@rule(
    code="colon-ratio",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A ratio does not fit the two figures it is of"),
    good="报名与录取比例为4:1，报名1,200人，录取300人。",
    bad="报名与录取比例为5:1，报名1,200人，录取300人。",
)
def colon_ratios(draft: Draft) -> Iterator[Mark]:
    """Hold a ratio like 5:1 against the only two figures of one measure in its sentence."""
    for statement in draft.statements:
        found = _COLON.search(statement.text)
        if found is None:
            continue
        counts = [c for c in statement.claims if c.plain]
        pairs = [
            (a, b) for a, b in itertools.pairwise(counts) if a.family == b.family and a.value and b.value
        ]
        told = Decimal(found["one"]) / Decimal(found["other"]) if Decimal(found["other"]) else Decimal(0)
        if len(counts) != 2 or not pairs or not told:  # noqa: PLR2004 - more may be anything
            continue
        first, second = pairs[0]
        if found.start() > second.end - statement.start and not _named_both(
            statement.text[: found.start()], first, second
        ):
            continue
        step = max(Decimal(1).scaleb(-len(part.partition(".")[2])) for part in (found["one"], found["other"]))
        slack = told * max(_ABOUT, step / 2 / max(Decimal(found["one"]), Decimal(found["other"])))
        if any(
            abs(told - share) <= slack for share in (first.value / second.value, second.value / first.value)
        ):
            continue
        yield Mark(
            statement.start + found.start("one"),
            statement.start + found.end("other"),
            Message(
                gettext_noop("{part} of {whole} is {value}, not {rate}."),
                part=written(first.value, first.unit),
                whole=written(second.value, second.unit),
                value=written(first.value / second.value),
                rate=f"{found['one']}:{found['other']}",
            ),
            suggestion=Message(gettext_noop("Check the rate and both counts.")),
            evidence=places([first, second]),
        )
