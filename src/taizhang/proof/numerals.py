"""Figures as Chinese official prose writes them, read exactly: no float anywhere.

A numeral is read with its multiplier, its mark of approximation and its measure word: ``1,200余人次``,
``3.45亿元``, ``四百二十条``, ``15%～30%``, ``百分之八点六``, ``第3位``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

MEASURES = [
    "平方公里",
    "平方千米",
    "平方米",
    "平米",
    "立方米",
    "万千瓦时",
    "千瓦时",
    "个百分点",
    "个千分点",
    "百分点",
    "个工作日",
    "工作日",
    "个课时",
    "课时",
    "学时",
    "个小时",
    "小时",
    "周岁",
    "部分",
    "分钟",
    "秒",
    "个月",
    "个星期",
    "个季度",
    "个点位",
    "美元",
    "欧元",
    "港元",
    "元",
    "角",
    "公里",
    "华里",
    "海里",
    "市斤",
    "千米",
    "公斤",
    "千克",
    "公顷",
    "公亩",
    "亩",
    "厘米",
    "毫米",
    "微克",
    "毫克",
    "米",
    "克",
    "吨标准煤",
    "吨",
    "标准箱",
    "个标箱",
    "标箱",
    "标台",
    "兆瓦",
    "千瓦",
    "瓦",
    "人次",
    "户次",
    "场次",
    "批次",
    "篇次",
    "件次",
    "车次",
    "台次",
    "家次",
    "条次",
    "班次",
    "频次",
    "趟次",
    "艘次",
    "架次",
    "航次",
    "例次",
    "个次",
    "项次",
    "人",
    "名",
    "位",
    "户",
    "家",
    "个",
    "件",
    "起",
    "条",
    "项",
    "处",
    "篇",
    "份",
    "册",
    "张",
    "场",
    "次",
    "期",
    "批",
    "台",
    "辆",
    "座",
    "所",
    "套",
    "栋",
    "幢",
    "间",
    "支",
    "只",
    "头",
    "株",
    "棵",
    "宗",
    "例",
    "床",
    "部",
    "门",
    "种",
    "类",
    "艘",
    "架",
    "枚",
    "块",
    "面",
    "幅",
    "盏",
    "根",
    "盒",
    "袋",
    "箱",
    "瓶",
    "口",
    "眼",
    "对",
    "组",
    "队",
    "班",
    "岁",
    "倍",
    "天",
    "周",
    "页",
    "字",
    "堂",
    "节",
    "讲",
    "轮",
    "届",
    "步",
    "格",
    "列",
    "颗",
    "道",
    "段",
    "片",
    "本",
    "卷",
    "匹",
    "羽",
    "尾",
    "桌",
    "桶",
    "顶",
    "副",
    "把",
    "双",
    "杆",
    "孔",
    "点",
    "方",
    "辈",
    "笔",
    "单",
    "款",
    "票",
    "席",
    "股",
    "层",
    "村",
    "镇",
    "乡",
    "县",
    "市",
    "镇街",
    "街道",
    "社区",
    "人份",
    "剂次",
    "剂",
    "针",
    "包",
    "扇",
    "度",
    "盘",
    "册次",
    "公升",
    "升",
    "千伏",
    "斤",
    "里",
    "尺",
    "斗",
    "趟",
    "回",
    "遍",
    "版",
    "集",
    "首",
    "幕",
    "员",
    "名次",
    "位次",
    "窗口",
    "号",
    "年",
    "月",
    "日",
    "时",
    "分",
]
"""Measure words, from the counts of a corpus of government reports."""

CALENDAR = frozenset({"年", "月", "日", "号", "时", "分"})
PEOPLE = frozenset({"人", "名", "位", "员"})

_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = (
    r"[一二两三四五六七八九十百千零〇][一二两三四五六七八九十百千万亿零〇]*(?:点[一二三四五六七八九零〇]+)?"
)
_LOADS = r"车(?![间道位型辆站祸队库程主流速牌])|船(?![舶只员队坞闸])|捆|筐"
_UNITS = "|".join(sorted(MEASURES, key=len, reverse=True)) + "|" + _LOADS
_TOKEN = re.compile(
    rf"(?P<base>百分之|千分之|万分之)?(?:(?P<arabic>{_ARABIC})|(?P<han>{_HAN}))"
    rf"(?: ?(?P<over>[余多])(?=[十百千万亿 ]|{_UNITS}))?(?: ?(?P<times>[百千]?[万亿]|百(?=[元人亩])|千(?=[元人亩瓦])|万亿))?"
    rf"(?P<more>[余多](?=[ ]?(?:{_UNITS})))? ?(?P<unit>%|‰|{_UNITS})?(?P<also>（[套名个次户家件项处册幅组]）)?(?P<tail>以上|以下|以内|左右|上下|之多|有余|多)?"
)
_DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_BEFORE = re.compile(
    r"(?P<floor>超过|突破|不少于|不低于|不得少于|不得低于|至少|高于|多于|大于|超|逾|达到了?上)$"
    r"|(?P<ceiling>近|不足|不到|不超过|不高于|不多于|至多|最多|低于|少于|小于|接近|将近)$"
    r"|(?P<about>约|大约|约为|左右|大概|约合|合约)$"
)
_HINTS = frozenset("超突少低至高多大逾达近足到小接约左合概")
_WORD_BEFORE = re.compile(r"[A-Za-z0-9/.\-—#＃*×xX:]$")
_RANGE = re.compile(r" ?(?:—|－|–|-|～|~|〜|至|到)+ ?")
_FROM = re.compile(r"[由从][^，。；、：]{0,14}$")
_RANKED_BY = frozenset("列居名排位")
_IS_RANKED = re.compile(r"(?:[列居名排位]|[列居排名][在于]?全[一-龥]{1,2})第$")
_IDLE = frozenset("一百千万")
_SERIAL = frozenset("期组队班类级层线科档段批等车")
_BEFORE_SERIAL = frozenset("，、；：（。和及与至到在由 ")
_AFTER_SERIAL = re.compile(r"\d|工程|项目|楼|厂|车间|标段|配套|泵站")
_BEARERS = frozenset({"人", "名", "户", "元", "台", "辆", "家", "件", "公里", "平方公里", "千米", "亩"})
_SPANS = re.compile(r"[多半来余]?(?:月|小时|星期|季度|学期|工作日|世纪|百分点)")


_RATES = frozenset({"%", "‰", "‱"})


class Approximation(StrEnum):
    """What the words around a figure say about its exactness."""

    EXACT = ""
    FLOOR = "floor"
    CEILING = "ceiling"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A figure in the text. ``value`` is in the base of ``unit`` (万 and 亿 multiplied out).

    ``step`` is the worth of the last written digit: 1.5亿 has a step of ten million. ``end`` is after the
    unit, ``figure_end`` before it. ``ranged`` numerals are ends of a range and take part in no arithmetic.
    """

    start: int
    end: int
    figure_end: int
    value: Decimal
    step: Decimal
    unit: str
    approximation: Approximation = Approximation.EXACT
    han: bool = False
    ordinal: bool = False
    ranged: bool = False

    @property
    def rounded(self) -> bool:
        """Whether the figure shows fewer digits than it may have had (decimals, 万, 亿, percent)."""
        return self.step != 1

    def bounds(self) -> tuple[Decimal, Decimal]:
        """Return the least and the greatest exact value that the written figure can stand for."""
        value, step = self.value, self.step
        if self.approximation is Approximation.FLOOR:
            return value - step, value + max(coarse(value), step)
        if self.approximation is Approximation.CEILING:
            return value - max(coarse(value), step), value + step
        if self.approximation is Approximation.ABOUT:
            slack = max(abs(value) / 20, step)
            return value - slack, value + slack
        if self.rounded:
            return value - step / 2, value + step / 2
        return value, value

    def agrees(self, low: Decimal, high: Decimal | None = None) -> bool:
        """Say whether an exact value (or one between two) may be written as this figure.

        Rounding and cutting off to the written digits both count as right.
        """
        high = low if high is None else high
        if self.approximation is Approximation.EXACT:
            if not self.rounded:
                return low <= self.value <= high
            return low < self.value + self.step and self.value - self.step < high
        least, greatest = self.bounds()
        return low <= greatest and least <= high

    def tells(self, low: Decimal, high: Decimal) -> bool:
        """Say whether a rate worked out as ``low`` to ``high`` may be told as this figure: 58.9% also as 58% or 59%."""
        whole = self.unit in _RATES and not self.rounded and self.approximation is Approximation.EXACT
        return self.agrees(low, high) or (whole and abs((low + high) / 2 - self.value) < 1)


def coarse(value: Decimal) -> Decimal:
    """Return what 余 or 近 may hide: one of the last non-zero place and half of the value at most."""
    digits = value.normalize()
    exponent = digits.as_tuple().exponent
    place = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return max(place, abs(value) / 5)


def han_value(text: str) -> Decimal:
    """Return the value of a Chinese numeral, positional (二〇二四) or counted (四百二十).

    >>> han_value("三千零五十二"), han_value("二〇二四"), han_value("八点六")
    (Decimal('3052'), Decimal('2024'), Decimal('8.6'))
    """
    whole, _, decimals = text.partition("点")
    value = Decimal(_han_integer(whole))
    if decimals:
        value += Decimal("0." + "".join(str(_DIGITS[c]) for c in decimals))
    return value


def _han_integer(text: str) -> int:
    if len(text) > 1 and not any(c in "十百千万亿" for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    last = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
            if digit == 0:
                last = 0
        elif c in _PLACES:
            last = _PLACES[c]
            section += (digit or 1) * last
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[c]
            last = _MYRIADS[c]
            section = digit = 0
    return total + section + digit * (last // 10 if last > _PLACES["十"] and digit else 1)


def _times(text: str | None) -> int:
    product = 1
    for c in text or "":
        product *= _PLACES.get(c) or _MYRIADS[c]
    return product


def _approximation(text: str, start: int, match: re.Match[str]) -> Approximation:
    tail = match["tail"]
    if match["over"] or match["more"] or tail in {"以上", "之多", "有余", "多"}:
        return Approximation.FLOOR
    if tail in {"以下", "以内"}:
        return Approximation.CEILING
    if tail in {"左右", "上下"}:
        return Approximation.ABOUT
    window = text[max(0, start - 5) : start]
    if not _HINTS.intersection(window):
        return Approximation.EXACT
    before = _BEFORE.search(window) or _BEFORE.search(window.rstrip("了为有至到达在 "))
    return Approximation(before.lastgroup or "") if before else Approximation.EXACT


def _numeral(text: str, match: re.Match[str]) -> Numeral:
    start = match.start("arabic") if match["arabic"] else match.start("han")
    start = match.start() if match["base"] else start
    arabic, unit = match["arabic"], match["unit"] or ""
    if arabic:
        figure = Decimal(arabic.replace(",", ""))
        step = Decimal(1).scaleb(-len(arabic.partition(".")[2]))
    else:
        figure = han_value(match["han"])
        step = Decimal(1).scaleb(-len(match["han"].partition("点")[2]))
        for mark, worth in (("亿", 10**8), ("万", 10**4)):
            if match["han"].endswith(mark):
                step = Decimal(worth)
                break
    times = _times(match["times"])
    if match["base"]:
        unit = {"百": "%", "千": "‰", "万": "‱"}[match["base"][0]]
    end = (
        match.end("also" if match["also"] else "unit")
        if match["unit"]
        else max(match.end(g) for g in ("arabic", "han", "over", "times", "more") if match[g])
    )
    figure_end = match.start("unit") if match["unit"] else end
    approximation = _approximation(text, start, match)
    return Numeral(
        start=start,
        end=match.end("tail") if match["tail"] else end,
        figure_end=figure_end,
        value=figure * times,
        step=step * times,
        unit=unit,
        approximation=approximation,
        han=not arabic,
        ordinal=start > 0 and text[start - 1] == "第",
    )


def find(text: str) -> Iterator[Numeral]:
    """Yield the numerals of a normalised text (see ``draft.normalise``) in order.

    Digits inside codes, Latin words, versions and formulas are passed over; so is a bare 一.
    """
    pending: Numeral | None = None
    for match in _TOKEN.finditer(text):
        if _idle(match) or _inside_code(text, match, pending):
            continue
        numeral = _ranked(text, _numeral(text, match))
        if pending is not None:
            joint = text[pending.end : min(numeral.start, pending.end + 4)]
            alike = not (pending.unit and numeral.unit) or pending.unit == numeral.unit
            if alike and _RANGE.fullmatch(joint[:4]) and not _changes(text, pending.start):
                yield replace(pending, unit=pending.unit or numeral.unit, ranged=True)
                pending = replace(numeral, ranged=True)
                continue
            yield pending
        pending = numeral
    if pending is not None:
        yield pending


def _ranked(text: str, numeral: Numeral) -> Numeral:
    """位列第六 is a rank although no measure word follows."""
    if (
        numeral.ordinal
        and not numeral.unit
        and _IS_RANKED.search(text[max(0, numeral.start - 8) : numeral.start])
    ):
        return replace(numeral, unit="名")
    return numeral


def _changes(text: str, start: int) -> bool:
    return bool(_FROM.search(text[max(0, start - 16) : start]))


def _inside_code(text: str, match: re.Match[str], pending: Numeral | None) -> bool:
    start = match.start()
    if start and _WORD_BEFORE.match(text[start - 1]):
        joined = pending is not None and pending.end == start - 1 and text[start - 1] in "-—"
        if not joined:
            return True
    after = text[match.end() : match.end() + 1]
    return bool(after and after.isascii() and after.isalpha() and not match["unit"])


def _serial(match: re.Match[str]) -> bool:
    """二期工程, 三组1,565户: a Chinese digit that opens its clause is the name of a part, not a count."""
    start, text = match.start("han"), match.string
    opens = start == 0 or text[start - 1] in _BEFORE_SERIAL
    return opens and _AFTER_SERIAL.match(text, match.end()) is not None


def _idle(match: re.Match[str]) -> bool:
    han = match["han"]
    start = match.start("arabic") if match["arabic"] else match.start("han")
    every = start > 0 and match.string[start - 1] == "每"
    if every and (match["unit"] in _BEARERS or (han in _IDLE and not match["base"])):
        return True
    if match["unit"] == "个" and _SPANS.match(match.string, match.end("unit")):
        return True
    if not han or match["base"]:
        return False
    if len(han) == 1 and match["unit"] in _SERIAL and _serial(match):
        return True
    if not match["unit"]:
        text = match.string
        return not (start > 1 and text[start - 1] == "第" and text[start - 2] in _RANKED_BY)
    return han in _IDLE and match["unit"] not in PEOPLE
