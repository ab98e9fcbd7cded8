"""The order of events told by the clock, and of events told by their years alone."""

import itertools
import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.logic import stages
from taizhang.proof.registry import Mark, rule

_TIME = re.compile(
    r"(?<![\d:：])(?P<hour>[01]?\d|2[0-3])(?:[:：](?P<minute>[0-5]\d)(?![\d:：])|[时点](?P<minute2>[0-5]?\d)分|时(?=[一-龥，、。])(?!间|段|期|代|候|常|刻|点|许|左|至|到|起|效|限|长|速|光|机|装|报|数|序|空|务))"
)
_YEAR = re.compile(
    r"(?P<year>(?:19|20)\d\d)年(?!\d|度|来|前|内|间|底|初|末|以|版|级|第|[至到—~～-]|[一二三四]季|[上下]半)"
)
_NEXT_DAY = re.compile(r"次日|翌日|第二天|凌晨|当晚|\d日|下午|晚上")
_CLAUSE = re.compile(r"[^，。；：\n]{0,24}")
_PLANNED = re.compile(r"计划|预计|拟|将|原定|推迟|提前|力争|争取|较|比")


@rule(
    code="clock-order",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("A later stage of an event has an earlier time or year"),
    good="14时20分接到报警，14时35分到达现场，15时10分将火扑灭。",
    bad="14时20分接到报警，14时05分到达现场，15时10分将火扑灭。",
)
def clock_order(draft: Draft) -> Iterator[Mark]:
    """Hold the times of one sentence against the order in which 接警, 到达, 扑灭 must come; years likewise."""
    for sentence in draft.sentences:
        words = draft.norm[sentence.start : sentence.end]
        yield from _times(words, sentence.start)
        yield from _years(words, sentence.start)


def _times(words: str, offset: int) -> Iterator[Mark]:
    found = list(_TIME.finditer(words)) if "时" in words or ":" in words or "：" in words else []
    for first, second in itertools.pairwise(found):
        if _NEXT_DAY.search(words[first.end() : second.start()]):
            continue
        one, other = stages.moment(_around(words, first)), stages.moment(_around(words, second))
        if one is None or other is None or one == other or _PLANNED.search(_around(words, second)):
            continue
        if (one < other) != (_minutes(first) < _minutes(second)) and _minutes(first) != _minutes(second):
            yield _mark(first, second, offset)


def _years(words: str, offset: int) -> Iterator[Mark]:
    found = list(_YEAR.finditer(words))
    for first, second in itertools.pairwise(found):
        if first["year"] == second["year"] or _PLANNED.search(_around(words, first) + _around(words, second)):
            continue
        passed = dict(stages.told(_around(words, first)))
        for process, stage in stages.told(_around(words, second)):
            its = passed.get(process, stage)
            if stage != its and (stage > its) != (int(second["year"]) > int(first["year"])):
                yield _mark(first, second, offset)
                break


def _around(words: str, found: re.Match[str]) -> str:
    lead = re.search(r"[^，。；：、\n\d]{0,10}$", words[max(0, found.start() - 10) : found.start()])
    behind = _CLAUSE.match(words, found.end())
    return (lead[0] if lead else "") + "|" + (behind[0] if behind else "")


def _minutes(found: re.Match[str]) -> int:
    return int(found["hour"]) * 60 + int(found["minute"] or found["minute2"] or 0)


def _mark(first: re.Match[str], second: re.Match[str], offset: int) -> Mark:
    return Mark(
        offset + second.start(),
        offset + second.end(),
        Message(gettext_noop("What is told here comes before what was told first.")),
        suggestion=Message(gettext_noop("Check both dates, or put the events in order.")),
        evidence=((offset + first.start(), offset + first.end()),),
    )
