"""What a draft claims, held against what the ledger counted for one unit and period.

Precision first: a claim is compared only if its words are an indicator's name and nothing more (but for words such as
全年, 共, 开展), it is told in the indicator's unit, and it speaks of the period asked for: no plan, no other year,
no other unit, no quotation, no average. What is not compared is not reported.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.indicators import wording
from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Indicator
from taizhang.core.values import Figure, Period, Scope
from taizhang.journal import clock
from taizhang.ledger import figures
from taizhang.org.queries import UnitTree, unit_tree
from taizhang.proof import Finding, Gate, Severity, numerals
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.rules.queries import history
from taizhang.web import wording as said
from taizhang.web.setup import NotReady

_BEFORE = re.compile(
    r"(?:其中|截至目前|截至年底|今年以来|年初以来|全年|今年|本年度?|年内|20\d\d年(?:度|全年)?|[上下]半年|第?[一二三四]季度|1?\d月份?"
    r"|我们?[局院校委办县区市]|我单位|本[局院校单位]+|全[局院校系统]+|先后|累计|共计|总计|合计|一共|总共|共|组织|开展|召开|举办|举行|进行|完成|实现"
    r"|各级各类|各类|各种|了)+"
)
_AFTER = re.compile(r"(?:共计|总计|合计|累计|分别|达到|已达|超过|不足|共|达|为|有|是|约|近|超|了)+$")
_COUNTED = re.compile(r"(?:总次数|总人次|人次数?|场次数?|篇次数?|次数|篇数|条数|件数|总数|数量|数)$")
_PLAN_HEADING = re.compile(r"下一步|打算|计划|思路|安排|展望|明年|下年|努力方向")
_HEADING = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+[章部])")
_RUNNING_YEAR = re.compile(r"今年以来|年初以来|全年|今年|本年")
_LEAST = re.compile(r"至少|不少于|不低于|以上|每[^月年]{0,3}$|每(?:月|季|年|周|半年)")
_AUDIENCE = ("受众", "受教育人", "受教育", "参加人", "参加", "参与人", "参与", "覆盖", "惠及", "听众", "受益")
_COUNTERS = frozenset(["次", "个", "项", "条", "件", "场", "场次", "期", "篇", "份", "起", "处"])
_HEADING_MOST = 40
_MONTHS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class Held:
    """A claim of the draft and the figure it speaks of. ``agrees``: the claim may be written for that figure."""

    start: int
    end: int
    quote: str
    name: str
    figure: Figure
    agrees: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The unit and period whose figures a draft is held against, and who may see which figure."""

    unit: str
    period: Period
    may: Callable[[Ask], bool]


def hold(
    draft: Draft,
    asked: Asked,
    *,
    schemes: History,
    tree: UnitTree,
    now: dt.datetime,
) -> list[Held]:
    """Return every claim that speaks of a figure, in the order of the text. Raises NoSchemeInForce."""
    indicators = schemes.in_force(asked.period.start).scheme.indicators
    others = tuple(unit.name for unit in tree.units if unit.code != asked.unit and unit.parent_id is not None)
    found = [
        (claim, ids)
        for claim, ids in matches(draft, indicators)
        if _speaks_of(claim, asked.period) and not any(name in claim.clause for name in others)
    ]
    scope = Scope(unit=asked.unit)
    asks = {name: Ask(name, scope, asked.period) for _claim, ids in found for name in ids}
    allowed = [ask for ask in asks.values() if asked.may(ask)]
    counted = figures.evaluate(allowed, schemes=schemes, tree=tree, now=now)
    by_name = {ask.indicator: figure for ask, figure in counted.items()}
    return list(_held(draft.text, found, by_name, indicators))


def finding(held: Held) -> Finding:
    """Return what is wrong with a claim that does not agree, as a finding of the number gate."""
    return Finding(
        gate=Gate.NUMBER,
        code="against-ledger",
        severity=Severity.WARNING,
        start=held.start,
        end=held.end,
        quote=held.quote,
        message=Message(
            gettext_noop("The ledger says {figure} for “{name}”."),
            figure=said.figure_text(held.figure),
            name=held.name,
        ),
        suggestion=Message(gettext_noop("Correct the draft, or record what the ledger lacks.")),
    )


def holder(*, unit: str, period: str) -> Callable[[str], list[Finding]]:
    """Return what holds texts against the ledger, for a command. Raises NotReady, BadPeriod, NoSchemeInForce."""
    tree, schemes, now = unit_tree(), history(), clock.now()
    code = unit or (tree.root.code if tree.root else "")
    if code not in tree.by_code:
        raise NotReady(
            Message(
                gettext_noop("There is no unit “{code}”. There are: {codes}."),
                code=code,
                codes=", ".join(sorted(tree.by_code)[:30]),
            )
        )
    asked = Asked(code, Period.parse(period), may=lambda _ask: True)
    schemes.in_force(asked.period.start)

    def findings(text: str) -> list[Finding]:
        found = hold(Draft(text), asked, schemes=schemes, tree=tree, now=now)
        return [finding(one) for one in found if not one.agrees]

    return findings


def _held(
    text: str,
    found: Iterable[tuple[Claim, tuple[str, ...]]],
    by_name: Mapping[str, Figure],
    indicators: Mapping[str, Indicator],
) -> Iterator[Held]:
    for claim, ids in found:
        fitting = [by_name[name] for name in ids if name in by_name and _same_unit(claim, by_name[name])]
        if len(fitting) != 1:
            continue  # nothing to compare with, or two figures of one name: not ours to choose
        figure = fitting[0]
        yield Held(
            start=claim.begin,
            end=claim.end,
            quote=text[claim.begin : claim.end],
            name=indicators[figure.indicator].name.said_in("zh"),
            figure=figure,
            agrees=agrees(claim, figure),
        )


def agrees(claim: Claim, figure: Figure) -> bool:
    """Say whether the ledger's figure may be written as the claim writes it: 1200余人次 for 1234, 85% for 84.9."""
    value = figure.value
    if not isinstance(value, Decimal):
        return False
    printed = wording.rounded(figure)
    if figure.percent and abs(value - claim.value) < claim.numeral.step:
        return True
    high = value + numerals.coarse(value) if figure.approximate and value else value
    return claim.numeral.agrees(value, high) or (printed is not None and claim.numeral.agrees(printed))


def _same_unit(claim: Claim, figure: Figure) -> bool:
    if not figure.is_number:
        return False
    if claim.is_rate or figure.percent:
        return figure.percent and claim.unit == "%"
    if not figure.unit:  # the scheme does not say how its rows are counted
        return claim.unit in _COUNTERS
    return claim.unit == figure.unit or (claim.family == "人" and figure.unit in numerals.PEOPLE)


def matches(draft: Draft, indicators: Mapping[str, Indicator]) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """Yield the plain claims whose words are the name of an indicator, with the ids of those so named."""
    by_name: dict[str, list[str]] = {}
    for name, indicator in indicators.items():
        by_name.setdefault(bare(indicator.name.said_in("zh")), []).append(name)
    plans = _plans(draft)
    for statement in draft.statements:
        if any(start <= statement.start < end for start, end in plans):
            continue
        yield from _in_statement(statement, by_name)


def _in_statement(
    statement: Statement, by_name: Mapping[str, list[str]]
) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    before = ""
    for claim in statement.claims:
        if not _compared(claim):
            continue
        called = _called(claim, before, by_name)
        if called:
            before = called
            yield claim, tuple(by_name[called])


def _called(claim: Claim, before: str, by_name: Mapping[str, list[str]]) -> str:
    """Return the name that the words around a claim are, or an empty text."""
    label = bare(claim.label)
    told = [label] if not claim.tail else [label + claim.tail]
    if before and not claim.tail and label in _AUDIENCE:
        told += [f"{before}{word}" for word in _AUDIENCE]
    return next((words for words in told if words and words in by_name), "")


def bare(words: str) -> str:
    """Return words without what says nothing of what is counted: 全年共开展集体学习次数 becomes 集体学习."""
    words = _BEFORE.sub("", words.strip(), count=1) if _BEFORE.match(words.strip()) else words.strip()
    words = _AFTER.sub("", words)
    return _COUNTED.sub("", words) or words


def _compared(claim: Claim) -> bool:
    unclear = claim.quoted or claim.averaged or claim.numeral.ordinal or claim.numeral.ranged
    other = claim.planned or claim.earlier or claim.fresh or bool(_LEAST.search(claim.clause))
    running = claim.running and not _RUNNING_YEAR.search(claim.lead + claim.clause)
    return not (unclear or other or running or claim.is_points)


def _plans(draft: Draft) -> list[tuple[int, int]]:
    """Return the stretches of the text under a heading that announces plans, up to the next heading."""
    found: list[tuple[int, int]] = []
    start = -1
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : min(paragraph.end, paragraph.start + 200)]
        if not _HEADING.match(line):
            continue
        if start >= 0:
            found.append((start, paragraph.start))
        head = re.split(r"[。：]", line, maxsplit=1)[0][:_HEADING_MOST]
        start = paragraph.start if _PLAN_HEADING.search(head) else -1
    return [*found, *([(start, len(draft.text))] if start >= 0 else [])]


def _speaks_of(claim: Claim, period: Period) -> bool:
    """Say whether the words of time before a claim mean the period; no words of time mean whatever is asked."""
    return not claim.period or meant(claim.period, period.start.year) == period


def meant(words: str, year: int) -> Period | None:
    """Return the period that words of time mean in a text about ``year``; None for what is not understood.

    >>> str(meant("上半年", 2023)), str(meant("2022年", 2023)), meant("去年", 2023)
    ('2023-H1', '2022', None)
    """
    told = re.match(r"(20\d\d|19\d\d)年", words)
    year = int(told[1]) if told else year
    rest = words[told.end() :] if told else words
    if rest in ("", "全年", "今年", "本年", "本年度"):
        return Period.year(year)
    if rest in ("上半年", "下半年"):
        return Period.parse(f"{year}-H{1 if rest == '上半年' else 2}")
    if quarter := re.fullmatch(r"第?([一二三四1-4])季度", rest):
        return Period.parse(f"{year}-Q{_MONTHS.get(quarter[1]) or quarter[1]}")
    if (month := re.fullmatch(r"(\d{1,2})月份?", rest)) and 1 <= int(month[1]) <= 12:  # noqa: PLR2004
        return Period.parse(f"{year}-{int(month[1]):02}")
    return None
