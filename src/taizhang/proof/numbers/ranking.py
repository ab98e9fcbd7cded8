"""Ranks and the steps between them."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import places
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_RANK_UNITS = frozenset({"名", "位"})
_STEP_UNITS = frozenset({"名", "位", "个", "名次", "位次", "个名次", "个位次", "级", "人"})
_UP = re.compile(
    r"(?:前移|上升|进步|提升|跃升|前进|提高|攀升|晋升|上移|进位|进)[了至到]?$|(?:前移|上升|进步|提升|跃升|前进|提高|攀升|晋升|上移|进位)"
)
_DOWN = re.compile(r"后移|下降|退步|后退|下滑|回落|下跌|跌落|倒退|下移|滑落|降")
_BASE = re.compile(
    r"上年|去年|上期|上季度|上月|上学期|上半年|同期|前年|年初|上次|上届|上一|由|从|较|比|原来|期中|20\d\d年"
)
_NUMBERS = re.compile(
    r"(?<![第\d.,])(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})(?:个|家|名|所|支|位|座)?(?P<noun>(?:(?![在于])[一-龥]){0,6}?(?:县|区|市|单位|乡镇|镇街|街道|学校|中学|小学|医院|企业|班级|部门|代表队|支队|省|州|盟|科室|镇|选手|队伍|学生|班|村|社区|分局|中队|团队|局))"
    r"(?P<gap>(?![^。；]*其中)[^。；]{0,60}?)(?:排名?在?|排在|位列|位居|名列|列|居|获得?|取得)(?P<where>全[县市区省镇校院国]|总?分?|综合|团体总?分?|总成绩|总评)?(?:排名)?第(?P<rank>\d{1,3}|[一二三四五六七八九十]{1,3})(?![季个次届期轮批阶产]|[一-龥]?季)"
)
_FIELD_BEFORE = re.compile(
    r"(?:全[县市区省国镇乡校州盟旗院局厂系]|[一-龥]{2}[省市县区州]|参[评赛加训选]的?|在|由|共有?|所?辖|来自|同[组类级]|其余|下属|[系统内])$"
)
_FIELD_BEHIND = re.compile(
    r"^(?:(?![在于参获])[^，。；]{0,6}(?:中|里|当中|之中)(?![小学医])|(?:一[起同])?(?:参加|参赛|参评|角逐|竞|比拼|同台|评比|排名|排序|考核|评议|互评))"
)
_OWN_BEFORE = re.compile(r"(?:选派|派出|派|推荐|组织|组成|指导|带领|辅导|我[一-龥]|所属|获奖)(?:的)?$")
_WIDER = re.compile(r"全[县市区省国]|国家级|省级|市级|世界")

_BEHIND = re.compile(
    r"仅次于(?P<ahead>[^，。；“”]{2,40})，(?P<place>(?:(?:位居|位列|排名?|排在|名列|列|居|在)?(?:全[省市县区国球]|同[类级组][一-龥]{0,4}|总分|[一-龥]{2,4}赛区)?(?:的|中|总)?(?:位居|位列|排名?|排在|名列|列|居)?)?第)(?P<rank>\d{1,2}|[二三四五六七八九十]{1,2})(?=[位名，。；])"
)
_KEPT = re.compile(
    r"(?P<kept>蝉联|连续(?!多)[^，。；]{0,8}(?:第一|首位|榜首|冠军))[^。；]{0,30}?(?P<moved>(?:较|比)(?:上年|去年|上期|上季度|上月)[^，。；]{0,6}?(?:前移|上升|提升|进|后移|下降|退)[了步]?[\d一二两三四五六七八九]{1,2}(?:位|名|个))"
)


@rule(
    code="ranking",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("The change of rank does not fit the two ranks"),
    good="科技评价居全市第3位，较上年前移1位（上年居第4位）。",
    bad="科技评价居全市第3位，较上年前移2位（上年居第4位）。",
)
def ranking(draft: Draft) -> Iterator[Mark]:
    """Hold a step up or down against the rank before and the rank now."""
    for statement in draft.statements:
        yield from _among(statement)
        ranks = [c for c in statement.claims if c.numeral.ordinal and c.unit in _RANK_UNITS and not c.quoted]
        if len(ranks) < 2:  # noqa: PLR2004 - a rank before and a rank now
            continue
        for before, now in _pairs(statement, ranks):
            step = _step(statement, before, now)
            yield from _check(statement, before, now, step)


def _pairs(statement: Statement, ranks: list[Claim]) -> Iterator[tuple[Claim, Claim]]:
    for first, second in itertools.pairwise(ranks):
        between = statement.between(first, second)
        if re.search(r"[由从][^，。；]*$", first.label.rstrip("第")) and re.search(r"[至到为]", between):
            yield first, second
        elif _BASE.search(second.label) and not re.search(r"^(?:今年|本)", second.label):
            yield second, first
        elif _BASE.search(first.label) and not _BASE.search(second.label):
            yield first, second


def _step(statement: Statement, before: Claim, now: Claim) -> Claim | None:
    after = max(before.start, now.start)
    for claim in statement.claims:
        if claim.numeral.ordinal or claim.unit not in _STEP_UNITS or claim.numeral.ranged:
            continue
        moved = _UP.search(claim.label[-6:]) or _DOWN.search(claim.label[-6:])
        if moved and (claim.start > after or min(before.start, now.start) < claim.start < after):
            return claim
    return None


def _check(statement: Statement, before: Claim, now: Claim, step: Claim | None) -> Iterator[Mark]:
    rise = before.value - now.value
    if step is None:
        low, high = sorted((before.start, now.start))
        words = _moved_words(statement, low, high)
        up, down = (
            bool(re.search(r"前移|上升|进步|跃升|前进|攀升|提升|升[至到]|进[至到]|晋升|进位", words)),
            bool(re.search(r"后移|下降|退步|后退|下滑|滑落|下移|跌|退[至到]|降[至到为]|滑[至到]", words)),
        )
        if up != down and rise and (up != (rise > 0)):
            wrong = _mark(now, before, None, int(rise))
            yield replace(wrong, start=min(low, wrong.start), end=max(wrong.end, low + len(words)))
        return
    up = bool(_UP.search(step.label[-6:])) and not _DOWN.search(step.label[-6:])
    told = step.value if up else -step.value
    if told != rise:
        yield _mark(step, before, now, int(rise))


def _moved_words(statement: Statement, low: int, high: int) -> str:
    """The words from one rank to the other, and the clause behind if no figure stands in it."""
    at = high - statement.start
    behind = re.match(r"[^，。；]{0,10}，[^，。；\d第]{2,16}(?=[，。；]|$)", statement.text[at:])
    return statement.text[low - statement.start : at + (behind.end() if behind else 8)]


def _mark(place: Claim, before: Claim, now: Claim | None, rise: int) -> Mark:
    message = (
        Message(gettext_noop("Between the two ranks lie {count} places upwards."), count=rise)
        if rise >= 0
        else Message(gettext_noop("Between the two ranks lie {count} places downwards."), count=-rise)
    )
    return Mark(
        place.begin,
        place.end,
        message,
        suggestion=Message(gettext_noop("Check both ranks, the step and its direction.")),
        evidence=places([c for c in (before, now) if c is not None]),
    )


def _among(statement: Statement) -> Iterator[Mark]:
    for found in _NUMBERS.finditer(statement.text):
        count, rank = _value(found["count"]), _value(found["rank"])
        if rank > count and "并列" not in found[0] and _is_field(statement.text, found):
            start = statement.start
            yield Mark(
                start + found.start("rank") - 1,
                start + found.end("rank"),
                Message(
                    gettext_noop("A rank of {rank} among {count} is impossible."), rank=rank, count=count
                ),
                evidence=((start + found.start("count"), start + found.end("noun")),),
            )


def _is_field(text: str, found: re.Match[str]) -> bool:
    """Those who are counted are all that were ranked (12个县区中), not some who took part (3名教师在全省比赛中)."""
    before, behind = text[max(0, found.start() - 8) : found.start()], text[found.end("noun") :][:16]
    if _OWN_BEFORE.search(before) or not (_FIELD_BEFORE.search(before) or _FIELD_BEHIND.match(behind)):
        return False
    wider = _WIDER.search(found["gap"] + (found["where"] or ""))
    return wider is None or wider[0] in before


@rule(
    code="rank-behind",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A rank does not fit those who are said to be ahead, or the title that was kept"),
    good="旅游收入仅次于甲市和乙市，位居全省第三位。",
    bad="旅游收入仅次于甲市和乙市，位居全省第二位。",
)
def ranks_behind(draft: Draft) -> Iterator[Mark]:
    """Count the names behind 仅次于, and mark a first place that is kept and gained at once."""
    for found in _BEHIND.finditer(draft.norm):
        ahead = len(re.split(r"[、和与及]", found["ahead"]))
        rank = _value(found["rank"])
        if rank != ahead + 1:
            yield _place_mark(found.start("place"), found.end("rank"), found.span("ahead"), ahead + 1)
    for found in _KEPT.finditer(draft.norm):
        yield Mark(
            found.start("moved"),
            found.end("moved"),
            Message(gettext_noop("A first place that is kept cannot have moved.")),
            suggestion=Message(gettext_noop("Check both ranks, the step and its direction.")),
            evidence=(found.span("kept"),),
        )


def _place_mark(start: int, end: int, ahead: tuple[int, int], rank: int) -> Mark:
    return Mark(
        start,
        end,
        Message(gettext_noop("Behind those named stands number {rank}."), rank=rank),
        suggestion=Message(gettext_noop("Check the rank and who is ahead.")),
        evidence=(ahead,),
    )


def _value(text: str) -> int:
    return int(text) if text.isdigit() else int(han_value(text))
