"""Lists that are said to be in order of size, and ranks beside the scores they follow from."""

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import places, written
from taizhang.proof.claims import Claim
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_DOWN = re.compile(
    r"(?:由|从)?(?:多到少|高到低|大到小|高分到低分|长到短|强到弱|多至少|高至低|大至小)|居前[二三四五六七八九十\d]+位的?(?:依次|分别)"
)
_UP = re.compile(r"(?:由|从)?(?:少到多|低到高|小到大|短到长|弱到强|低至高|小至大)")
_PLACE = re.compile(
    r"(?<![\d.])(?P<value>\d{1,6}(?:\.\d{1,4})?)(?P<unit>分|%)[，、]?(?:的成绩|的得分)?(?:并列|排名|位列|位居|排在|名列|居于|排|列|居|获得?)"
    r"(?:全[市县区省]|总分)?(?P<rank>第[一二三四五六七八九十]{1,3}|第\d{1,2}|首位?|榜首|末位)"
)
_MOST = re.compile(r"最[多高大长](?:的)?[^，。；]{0,16}$|居首$|位居第一[^，。；]{0,6}$")
_NEXT = re.compile(r"^[^，。；]{0,2}(?:其次|次之|再次)(?:是|为)?")


@rule(
    code="sorted-list",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A list said to be in order of size is not"),
    good="收购量由多到少依次为：甲站31吨、乙站28吨、丙站17吨。",
    bad="收购量由多到少依次为：甲站28吨、乙站31吨、丙站17吨。",
)
def sorted_lists(draft: Draft) -> Iterator[Mark]:
    """Follow the figures behind 由多到少 or 从低到高, and those behind 最多的是……其次是."""
    for statement in draft.statements:
        for pattern, down in ((_DOWN, True), (_UP, False)):
            found = pattern.search(statement.text)
            if found is not None and re.search(
                r"依次|分别|排列|排序|：|为|是|居前", statement.text[found.start() :][:16]
            ):
                run = _run([c for c in statement.claims if c.start >= statement.start + found.end()])
                yield from _falls(run, down=down)
        yield from _most(statement.claims)


def _run(claims: Sequence[Claim]) -> list[Claim]:
    run: list[Claim] = []
    for claim in claims:
        if claim.numeral.ordinal or (not run and re.fullmatch(r"前|前[十百]?", claim.label)):
            continue
        if run and (
            claim.family != run[0].family
            or claim.bracketed != run[0].bracketed
            or claim.joint not in "、，和（；"
        ):
            break
        run.append(claim)
    return run


def _falls(run: Sequence[Claim], *, down: bool) -> Iterator[Mark]:
    for first, second in itertools.pairwise(run):
        if first.value != second.value and (first.value < second.value) == down:
            yield _mark(first, second)
            return


def _most(claims: Sequence[Claim]) -> Iterator[Mark]:
    for first, second in itertools.pairwise(claims):
        told = _MOST.search(first.label) and first.family == second.family and first.plain and second.plain
        if told and _NEXT.match(second.label) and second.value > first.value:
            yield _mark(first, second)


def _mark(first: Claim, second: Claim) -> Mark:
    return Mark(
        second.begin,
        second.end,
        Message(
            gettext_noop("{second} stands behind {first}, against the order that is announced."),
            first=written(first.value, first.unit),
            second=written(second.value, second.unit),
        ),
        suggestion=Message(gettext_noop("Check the figures, or put the list in order.")),
        evidence=places([first]),
    )


@rule(
    code="rank-and-score",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A better rank has a worse score"),
    good="甲所以94.2分居首，乙所93.1分列第二，丙所92.4分列第三。",
    bad="甲所以94.2分居首，乙所92.4分列第二，丙所93.1分列第三。",
)
def ranks_and_scores(draft: Draft) -> Iterator[Mark]:
    """Three or more scores with their ranks in one sentence must fall (or rise) all the way."""
    for sentence in draft.sentences:
        words = draft.norm[sentence.start : sentence.end]
        found = list(_PLACE.finditer(words)) if "第" in words else []
        ranked = sorted(found, key=lambda m: _rank(m["rank"]))
        if len(found) < 3 or len({m["unit"] for m in found}) > 1:  # noqa: PLR2004 - two ranks have no trend
            continue
        values = [Decimal(m["value"]) for m in ranked]
        falls = [b - a for a, b in itertools.pairwise(values)]
        if any(step > 0 for step in falls) and any(step < 0 for step in falls):
            down = sum(step < 0 for step in falls) >= sum(step > 0 for step in falls)
            wrong = next(i for i, step in enumerate(falls) if (step > 0) == down and step)
            first, second = ranked[wrong], ranked[wrong + 1]
            yield Mark(
                sentence.start + second.start(),
                sentence.start + second.end(),
                Message(
                    gettext_noop("{second} is ranked behind {first}."),
                    first=first["value"],
                    second=second["value"],
                ),
                suggestion=Message(gettext_noop("Check the scores and the ranks.")),
                evidence=((sentence.start + first.start(), sentence.start + first.end()),),
            )


def _rank(text: str) -> int:
    if text.startswith(("首", "榜首")):
        return 1
    if text == "末位":
        return 999
    rank = text.removeprefix("第")
    return int(rank) if rank.isdigit() else int(han_value(rank))
