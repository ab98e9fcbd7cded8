"""Claims: the figures of a draft with what they are figures of.

A claim is a numeral with a measure word, the words before it in its clause (``label``) and after it
(``tail``). Not claims: dates, codes, ordinals, the insides of 《》, bare numbers.
"""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from taizhang.proof import numerals
from taizhang.proof.numerals import Numeral

BREAKS = "，。；：、！？（）()|“”《》【】\n,;"
_STATEMENT = re.compile(r"[^。！？\n]{1,3000}")
_BREAK = re.compile(f"[{re.escape(BREAKS)}]")
_OPENERS = {"”": "“", "》": "《"}
_RANKS = frozenset({"名", "位", "个"})
_STOPS = "，；。（）"
_MOST_CLAIMS, _LEAD = 32, 400
_TITLES = re.compile(r"《[^》\n]{1,80}》|〔\d{4}〕\d+号|\[\d{4}\]\d+号")
_QUOTES = re.compile(r"“[^”\n]{1,300}”")
_PLANNED = re.compile(
    r"(?<![障动养助持])计划(?!外|项目|生育|单列|经济)|力争|预计|目标|争取|拟|确保|任务|指标|不少于|不低于|至少|以上$|下一步|明年|下年度|来年|将(?!近|军|要求)|(?<![主重纪摘概简扼首次提紧])要(?!求|素|闻|点|案|情)|应当|原则上|预期|规划|申请(?=资金|经费|补助|拨付|专项|安排|上级|贷款)"
)
_EARLIER = re.compile(
    r"上年|去年|上期|上学期|上季度|上月|上半年度|同期|前年|年初(?!(?:[^，]{0,4})(?:下达|安排|确定|计划|制定|预算|部署|列入|批复))|此前|以前|原来|原有|原先|上一|往年|历年|上轮|上次|基期|改造前|整治前|期初(?!级|中)"
)
_RUNNING = re.compile(r"累计|以来|历年|至今|存量|总量|总数达|现有|实有|保有|余额")
_NEW = re.compile(r"新增|新建|当年|本年|净增|增加|增长|减少|下降|新发展|新培育|新设|新开")
_AVERAGE = re.compile(
    r"人均|户均|均(?=[^衡匀等可为已有])|均$|平均|每[^月年日天周季次]|日均|月均|年均|单产|亩产"
)
_RATE_UNITS = frozenset({"%", "‰", "‱"})
_POINTS = frozenset({"百分点", "个百分点", "个千分点"})
_FAMILIES = {**dict.fromkeys(numerals.PEOPLE, "人"), "工作日": "天", "个工作日": "天"}
_MONEY = frozenset({"元", "美元", "欧元", "港元"})
_YEAR = re.compile(r"(20\d\d|19\d\d)年")
_SPAN = re.compile(
    r"(?:(?:20\d\d|19\d\d)年)?(?:[第]?[一二三四1-4]季度|[上下]半年|前[一二三四五六七八九十两]{1,3}(?:个?月|季度)|\d{1,2}(?:月份?)?(?:—|-|～|~|至|到)\d{1,2}月份?|(?<![\d年])\d{1,2}月份?(?!\d|至|到|—)|本学[期年]|全年|今年|本年度?|去年|上年|明年)"
    r"|(?:20\d\d|19\d\d)年(?!前)"
)


class Stretch(Protocol):
    """What has a start and an end."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Claim:
    """A figure with its subject. Places are characters of the draft; a claim equals itself only.

    ``begin`` is where the label begins. ``family`` holds units that count the same things: 人, 名 and 位 are one
    family, 天 and 工作日 another. What every rule asks of every claim is worked out once, when it is made.
    """

    numeral: Numeral
    label: str
    tail: str
    joint: str
    clause: str
    lead: str
    quoted: bool
    bracketed: bool
    paragraph: int
    start: int = field(init=False, repr=False)
    end: int = field(init=False, repr=False)
    begin: int = field(init=False, repr=False)
    value: Decimal = field(init=False, repr=False)
    unit: str = field(init=False, repr=False)
    family: str = field(init=False, repr=False)
    is_rate: bool = field(init=False, repr=False)
    is_points: bool = field(init=False, repr=False)
    is_count: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        numeral, unit = self.numeral, self.numeral.unit
        rate, points = unit in _RATE_UNITS, unit in _POINTS
        self.__dict__.update(
            start=numeral.start,
            end=numeral.end,
            begin=numeral.start - len(self.label),
            value=numeral.value,
            unit=unit,
            family=_FAMILIES.get(unit, unit),
            is_rate=rate,
            is_points=points,
            is_count=not (rate or points or numeral.ordinal or numeral.ranged),
        )

    @property
    def is_money(self) -> bool:
        return self.unit in _MONEY

    @cached_property
    def planned(self) -> bool:
        return bool(_PLANNED.search(self.clause))

    @cached_property
    def earlier(self) -> bool:
        return bool(_EARLIER.search(self.label))

    @cached_property
    def running(self) -> bool:
        return bool(_RUNNING.search(self.clause))

    @cached_property
    def fresh(self) -> bool:
        return bool(_NEW.search(self.label))

    @cached_property
    def averaged(self) -> bool:
        return bool(_AVERAGE.search(self.label)) or self.tail.startswith(("/", "每"))

    @cached_property
    def period(self) -> str:
        """The last words of time before the figure in its sentence, or an empty string."""
        found = _SPAN.findall(self.lead + self.label)
        return found[-1] if found else ""

    @cached_property
    def plain(self) -> bool:
        """Whether the figure is a bare statement of a count: no range, ordinal, quotation or average."""
        return self.is_count and not self.quoted and not self.averaged


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence (up to 。！？ or the end of the line) with its claims."""

    start: int
    end: int
    text: str
    claims: tuple[Claim, ...]
    paragraph: int

    def between(self, one: Claim, other: Claim) -> str:
        """The words between two claims."""
        return self.text[one.end - self.start : other.start - self.start]


def statements(norm: str, paragraphs: Sequence[Stretch], *, skip: set[int]) -> Iterator[Statement]:
    """Yield the sentences with claims; ``skip`` holds the starts of paragraphs to leave out.

    A sentence is cut after 3,000 characters and 32 claims, so that a text without full stops costs no more.
    """
    marks = _Marks(
        [(m.start(), m.end()) for m in _TITLES.finditer(norm)],
        [(m.start(), m.end()) for m in _QUOTES.finditer(norm)],
    )
    found = [
        n
        for n in numerals.find(norm)
        if n.unit
        and (n.unit not in numerals.CALENDAR or _is_score(norm, n))
        and not (n.ordinal and n.unit not in _RANKS)
    ]
    at = 0
    for index, paragraph in enumerate(paragraphs):
        first = at
        while at < len(found) and found[at].start < paragraph.end:
            at += 1
        if at > first and paragraph.start not in skip:
            yield from _in_paragraph(norm, paragraph, index, found[first:at], marks)


def _in_paragraph(
    norm: str, paragraph: Stretch, index: int, found: list[Numeral], marks: "_Marks"
) -> Iterator[Statement]:
    at = 0
    if norm[found[0].figure_end - 1] in " 　" and found[0].start == paragraph.start:
        at = 1  # 6.18　本标准…… is the number of a section
    for match in _STATEMENT.finditer(norm, paragraph.start, paragraph.end):
        first = at
        while at < len(found) and found[at].start < match.end():
            at += 1
        if at > first:
            sentence = _Sentence.read(norm, match.start(), match.end(), index)
            yield _statement(sentence, found[first:at][:_MOST_CLAIMS], marks)


def _is_score(norm: str, numeral: Numeral) -> bool:
    """100分 is a score where no hour stands before it and no word goes on behind it."""
    if numeral.unit != "分" or norm[numeral.start - 1 : numeral.start] in {"时", "点", ":", "：", "第"}:
        return False
    return norm[numeral.end : numeral.end + 1] in {
        "",
        "\n",
        "，",
        "、",
        "。",
        "；",
        "）",
        "为",
        "的",
        "居",
        "列",
    }


@dataclass(frozen=True, slots=True)
class _Marks:
    """The stretches inside 《》 and inside “”."""

    titles: list[tuple[int, int]]
    quotes: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Characters ``start`` to ``end`` of the text, and where the marks in it stand that end a label or a clause."""

    norm: str
    start: int
    end: int
    paragraph: int
    breaks: list[int]
    stops: list[int]

    @classmethod
    def read(cls, norm: str, start: int, end: int, paragraph: int) -> "_Sentence":
        breaks = [m.start() for m in _BREAK.finditer(norm, start, end)]
        stops = [place for place in breaks if norm[place] in _STOPS]
        return cls(norm, start, end, paragraph, breaks, stops)


def _statement(sentence: _Sentence, found: list[Numeral], marks: _Marks) -> Statement:
    own = []
    previous_end = sentence.start
    for number, numeral in enumerate(found):
        if not _inside(marks.titles, numeral.start):
            following = found[number + 1].start if number + 1 < len(found) else sentence.end
            own.append(_claim(sentence, numeral, (previous_end, following), marks))
        previous_end = numeral.end
    start, end = sentence.start, sentence.end
    return Statement(start, end, sentence.norm[start:end], tuple(own), sentence.paragraph)


def _claim(sentence: _Sentence, numeral: Numeral, between: tuple[int, int], marks: _Marks) -> Claim:
    """Make a claim of a numeral; ``between`` is the end of the figure before it and the start of the next."""
    norm, breaks = sentence.norm, sentence.breaks
    begin = _label_begin(sentence, max(between[0], _last_before(breaks, numeral.start) + 1), between[0])
    clause_begin = max(sentence.start, _last_before(sentence.stops, begin) + 1)
    after = bisect.bisect_left(breaks, numeral.end)
    tail_end = min(between[1], breaks[after]) if after < len(breaks) else between[1]
    around = norm[max(sentence.start, begin - 30) : numeral.start]
    return Claim(
        numeral=numeral,
        label=norm[begin : numeral.start],
        tail=norm[numeral.end : tail_end],
        joint=norm[begin - 1] if begin > sentence.start and norm[begin - 1] in BREAKS else "",
        clause=norm[clause_begin:tail_end],
        lead=norm[max(sentence.start, begin - _LEAD) : begin],
        quoted=_inside(marks.quotes, numeral.start),
        bracketed="（" in around and "）" not in around[around.rfind("（") :],
        paragraph=sentence.paragraph,
    )


def _label_begin(sentence: _Sentence, begin: int, least: int) -> int:
    """A label goes on before a closed quotation or title: 排查河湖“四乱”问题83处."""
    norm = sentence.norm
    while begin > least and norm[begin - 1] in _OPENERS:
        opener = norm.rfind(_OPENERS[norm[begin - 1]], least, begin - 1)
        if opener < 0:
            return begin
        begin = max(least, _last_before(sentence.breaks, opener) + 1)
    return begin


def _last_before(places: list[int], place: int) -> int:
    """The last of the sorted places before ``place``, or -1."""
    at = bisect.bisect_left(places, place)
    return places[at - 1] if at else -1


def _inside(spans: list[tuple[int, int]], place: int) -> bool:
    at = bisect.bisect_right(spans, (place, len(spans) and 1 << 60)) - 1
    return at >= 0 and spans[at][0] <= place < spans[at][1]
