"""Figures that follow from each other: unit conversions, and number times each."""

import re
from collections.abc import Iterator
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import places, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_SCALES: tuple[dict[str, Decimal], ...] = (
    {
        "亩": Decimal(10000) / 15,
        "公顷": Decimal(10000),
        "平方公里": Decimal(1000000),
        "平方千米": Decimal(1000000),
        "平方米": Decimal(1),
    },
    {
        "公里": Decimal(1000),
        "千米": Decimal(1000),
        "米": Decimal(1),
        "里": Decimal(500),
        "华里": Decimal(500),
        "海里": Decimal(1852),
        "厘米": Decimal("0.01"),
    },
    {
        "吨": Decimal(1000),
        "公斤": Decimal(1),
        "千克": Decimal(1),
        "斤": Decimal("0.5"),
        "市斤": Decimal("0.5"),
        "克": Decimal("0.001"),
    },
    {"小时": Decimal(60), "个小时": Decimal(60), "分钟": Decimal(1)},
    {"元": Decimal(1)},
    {"升": Decimal(1), "公升": Decimal(1), "立方米": Decimal(1000)},
)
_SAME = re.compile(
    r"[，（、]?(?:也就是|也即|就是|约等于|折算为|约?合|约?折合|即|相当于|等于|换算为)约?|（约?"
)
_STANDARD = re.compile(r"标准|不超过|最高|至少|不少于|不低于|上限|限[额购]")
_ROUGHLY = 50
_SLACK = Decimal("0.03")
_EACH = re.compile(r"每(?:[一-龥]|公斤|平方米|立方米|公里|千瓦时)|人均|户均|平均每")
_TENS = tuple(Decimal(10) ** power for power in range(1, 9))
_PER = {"人": {"人"}, "名": {"人"}, "位": {"人"}, "户": {"户"}, "家": {"家"}}
_TOTAL = re.compile(
    r"总价|价款|货款|租金|增收|总收入|合计|共计|总计|共|累计|总额|合共|总共|发放|补助|补贴|支出|投入|拨付|收取"
)


@rule(
    code="conversion",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A figure converted into another unit does not fit"),
    good="新造林3万亩（合2000公顷）。",
    bad="新造林3万亩（合200公顷）。",
)
def conversions(draft: Draft) -> Iterator[Mark]:
    """Convert a figure into the unit of the figure in brackets behind it."""
    for statement in draft.statements:
        for first, second in zip(statement.claims, statement.claims[1:], strict=False):
            factor = Decimal(1) if first.unit == second.unit else _factor(first.unit, second.unit)
            between = statement.between(first, second)
            if factor is None or len(between) > 6 or not _SAME.fullmatch(between) or second.averaged:  # noqa: PLR2004
                continue
            if first.unit == second.unit and not _same_digits(statement, first, second):
                continue
            value = first.value * factor
            slack = max(abs(value) * _SLACK, second.numeral.step)
            if abs(value - second.value) > slack:
                yield Mark(
                    second.begin,
                    second.end,
                    Message(
                        gettext_noop("{first} is {value}, not {second}."),
                        first=written(first.value, first.unit),
                        value=written(value, second.unit),
                        second=written(second.value, second.unit),
                    ),
                    evidence=places([first]),
                )


def _same_digits(statement: Statement, first: Claim, second: Claim) -> bool:
    """2,400万立方米，即0.24亿立方米 says one figure twice; 80万元，即40万元、20万元 begins a list."""
    if statement.text[second.end - statement.start :].startswith(("、", "和", "与")):
        return False
    digits = {re.sub(r"\D", "", f"{c.value:f}").strip("0") for c in (first, second)}
    return len(digits) == 1 or (first.unit == "元" and "（" in statement.between(first, second))


def _factor(first: str, second: str) -> Decimal | None:
    for scale in _SCALES:
        if first in scale and second in scale:
            return scale[first] / scale[second]
    return None


@rule(
    code="product",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("Number times each does not make the total"),
    good="为120名人员发放补贴，每人2.4万元，合计288万元。",
    bad="为120名人员发放补贴，每人2.4万元，合计288亿元。",
)
def products(draft: Draft) -> Iterator[Mark]:
    """Multiply a number by what each receives and hold the product against the total that follows."""
    for previous, statement in zip((None, *draft.statements), draft.statements, strict=False):
        for index, each in enumerate(statement.claims):
            if _EACH.search(each.label) and each.numeral.value > 0 and not each.numeral.ranged:
                marks = list(_product(statement, index, each))
                yield from marks or _scaled(previous, statement, index)


def _scaled(previous: Statement | None, statement: Statement, index: int) -> Iterator[Mark]:
    """85户签订协议。每户补助1.2万元，共支出102亿元: the number stands a sentence before, and the total is ten, a hundred, ten thousand times off."""
    if index or previous is None or previous.paragraph != statement.paragraph or len(statement.claims) < 2:  # noqa: PLR2004
        return
    each, whole = statement.claims[:2]
    numbers = [c for c in previous.claims if c.is_count and _counted_by(c, each)]
    same = each.family == whole.family and whole.is_count and not whole.averaged
    if len(numbers) != 1 or not same or not _TOTAL.search(whole.label):
        return
    loose = numbers[0].numeral.approximation or each.numeral.approximation or whole.numeral.approximation
    value = numbers[0].value * each.value
    if not loose and value != whole.value and any(whole.value in (value * ten, value / ten) for ten in _TENS):
        yield _product_mark(numbers[0], each, whole)


def _product(statement: Statement, index: int, each: Claim) -> Iterator[Mark]:
    if each.numeral.approximation or "以上" in each.tail or each.label.replace("每年", "").count("每") > 1:
        return
    behind = [c for c in statement.claims[index + 1 : index + 4] if c.is_count]
    first = next((at for at, c in enumerate(behind) if c.family == each.family), len(behind))
    around = [*statement.claims[:index], *behind[:first]]
    numbers = [c for c in around if c.is_count and c.family != each.family and _counted_by(c, each)]
    totals = [
        c
        for c in behind
        if c.family == each.family and c.is_count and _TOTAL.search(c.label) and not c.averaged
    ]
    if len(numbers) != 1 or not totals:
        yield from _shared_out(statement, index, each) if not behind else ()
        return
    number, whole = numbers[0], totals[0]
    low, high = number.numeral.bounds()
    least, most = each.numeral.bounds()
    before = [c for c in statement.claims[:index] if c.family == each.family and c.is_count]
    if any(c.numeral.agrees(low * least, high * most) for c in (whole, *before)):
        return
    yield _product_mark(number, each, whole)


def _product_mark(number: Claim, each: Claim, whole: Claim) -> Mark:
    return Mark(
        whole.begin,
        whole.end,
        Message(
            gettext_noop("{number} times {each} is {value}, not {total}."),
            number=written(number.value, number.unit),
            each=written(each.value, each.unit),
            value=written(number.value * each.value, whole.unit),
            total=written(whole.value, whole.unit),
        ),
        suggestion=Message(gettext_noop("Check the total and its unit (万, 亿).")),
        evidence=places([number, each]),
    )


def _shared_out(statement: Statement, index: int, each: Claim) -> Iterator[Mark]:
    """发放种羊420只，帮扶60户，每户7只: the total and the number stand before what each receives."""
    before = [c for c in statement.claims[:index] if c.is_count and not c.averaged]
    numbers = [c for c in before if c.family != each.family and _counted_by(c, each)]
    wholes = [c for c in before if c.family == each.family and c.value > each.value]
    if len(numbers) != 1 or len(wholes) != 1 or _STANDARD.search(statement.text):
        return
    if "；" in statement.between(wholes[0], each):
        return
    value = wholes[0].value / numbers[0].value if numbers[0].value else each.value
    if abs(value - each.value) > max(each.numeral.step, value / _ROUGHLY):
        yield Mark(
            each.begin,
            each.end,
            Message(
                gettext_noop("{total} shared out makes {value}, not {average}."),
                total=written(wholes[0].value, wholes[0].unit),
                value=written(value, each.unit),
                average=written(each.value, each.unit),
            ),
            suggestion=Message(gettext_noop("Check the average, the total and the number it is divided by.")),
            evidence=places([wholes[0], numbers[0]]),
        )


def _counted_by(number: Claim, each: Claim) -> bool:
    found = re.search(
        r"每(?P<unit>公斤|平方米|立方米|公里|千瓦时|[一-龥])|(?P<mean>[人户])均",
        each.label,
    )
    if found is None:
        return False
    unit = found["unit"] or found["mean"]
    return number.unit == unit or number.family in _PER.get(unit, set()) or unit in number.tail[:3]
