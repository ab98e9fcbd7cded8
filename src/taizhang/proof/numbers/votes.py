"""Votes: for, against and abstaining against those who were there to vote."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import exact_sum, places, written
from taizhang.proof.claims import Claim, Statement
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_VOTE = re.compile(r"赞成|同意|反对|弃权|不同意")
_OTHER = re.compile(r"未按|未表决|未投|废票|无效|回避|未参加|另选")
_PRESENT = re.compile(r"应到|实到|出席|到会|参会|收回|有效|参加表决|参加投票|发出|与会")
_UNITS = frozenset({"票", "人", "名", "位", "张"})
_WINDOW = 3


@rule(
    code="votes",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("Votes do not add up to those who voted"),
    good="实到代表33名。表决结果为赞成28票，反对2票，弃权3票。",
    bad="实到代表33名。表决结果为赞成29票，反对2票，弃权3票。",
)
def votes(draft: Draft) -> Iterator[Mark]:
    """Add up 赞成, 反对 and 弃权 and hold the sum against the numbers of those present told before."""
    recent: list[Claim] = []
    for statement in draft.statements:
        cast = [c for c in statement.claims if c.unit in _UNITS and _VOTE.search(c.label) and c.plain]
        if len(cast) > 1 and len({_kind(c) for c in cast}) == len(cast):
            yield from _add_up(cast, statement, recent)
        recent = [*recent, *(c for c in statement.claims if _counts_people(c))][-2 * _WINDOW :]


def _kind(claim: Claim) -> str:
    return "".join(_VOTE.findall(claim.label))


def _counts_people(claim: Claim) -> bool:
    return claim.unit in _UNITS and claim.plain and bool(_PRESENT.search(claim.label))


def _add_up(cast: list[Claim], statement: Statement, recent: list[Claim]) -> Iterator[Mark]:
    others = [
        c
        for c in statement.claims
        if c.unit in _UNITS and _OTHER.search(c.label + c.tail[:8]) and not _VOTE.search(c.label)
    ]
    present = [*recent, *(c for c in statement.claims if c.start < cast[0].start and _counts_people(c))]
    if not present or not any("反对" in c.label or "弃权" in c.label for c in cast):
        return
    sums = {exact_sum(cast), exact_sum([*cast, *others])}
    if sums & {c.value for c in present}:
        return
    whole = next((c for c in reversed(present) if not re.search(r"应到|发出", c.label)), present[-1])
    yield Mark(
        cast[0].begin,
        (others or cast)[-1].end if (others or cast)[-1].start > cast[0].start else cast[-1].end,
        Message(
            gettext_noop("The votes add up to {sum}, not to {total}."),
            sum=written(max(sums)),
            total=written(whole.value, whole.unit),
        ),
        suggestion=Message(gettext_noop("Check the votes against the minutes.")),
        evidence=places([whole]),
    )
