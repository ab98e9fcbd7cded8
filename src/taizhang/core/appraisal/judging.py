"""How quotas came out, and what follows when they are missed again and again."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from taizhang.core.appraisal.compiled import CompiledQuota, Selection
from taizhang.core.appraisal.frame import Occurrence
from taizhang.core.appraisal.given import NO_COUNT, Count, Given, Together
from taizhang.core.appraisal.rows import Exemption, Key, Work
from taizhang.core.appraisal.sheet import Call, Judged, Outcome
from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme.appraisal import Escalation
from taizhang.core.values import Period

NO_REASON = _("The exemption “{reason}” is not one of the scheme's; it does not hold.")
NO_APPROVAL = _("The exemption “{reason}” was not approved by somebody who may; it does not hold.")
NOT_WHOLE = _(
    "The exemption for {period} does not cover all of {quota_period}; say from how many entries it exempts."
)


def source(quota: CompiledQuota, half: str, index: int) -> str:
    """Return the name under which a sheet finds what counts towards one half of a quota in one of its periods."""
    return f"quota.{quota.id}.{half}.{index}"


def count(together: Together, selection: Selection, occurrence: Occurrence) -> Count:
    """Return what of one item counts towards a quota in one of its periods: at all, and in time."""
    found = _counting(together, selection, occurrence)
    if not found:
        return NO_COUNT
    in_time = [work for work in found if work.happened <= occurrence.due]
    return Count(_number(found, selection), _number(in_time, selection), tuple([work.id for work in found]))


def judge(given: Given) -> tuple[Judged, ...]:
    """Return how every quota that ends in the period came out; counts of those that end later are handed on."""
    judged: list[Judged] = []
    for quota in given.compiled.bound(given.subject):
        for index, occurrence in enumerate(given.frame.occurrences[quota.id]):
            submit = _so_far(given, quota, "submitted", index)
            publish = _so_far(given, quota, "published", index)
            if occurrence.ends:
                judged.append(_judged(given, quota, occurrence.period, submit, publish))
            else:
                _hand_on(given, quota, submit, "submitted")
                _hand_on(given, quota, publish, "published")
    if len(judged) > 1:
        judged.sort(key=lambda each: each.period.end)
    return tuple(judged)


class _Count(NamedTuple):
    """What counts towards one half of a quota: at all and in time, the rows of this sheet, and what was handed on."""

    number: int
    in_time: int
    rows: tuple[Key, ...]
    forward: int


def _so_far(given: Given, quota: CompiledQuota, half: str, index: int) -> _Count:
    number, in_time, rows = given.count(source(quota, half, index))
    if not given.frame.occurrences[quota.id][index].longer:
        return _Count(number, in_time, rows, 0)
    before = int(given.forward(f"{quota.id}.{half}", quota.every))
    in_time_before = int(given.forward(f"{quota.id}.{half}_in_time", quota.every))
    return _Count(number + before, in_time + in_time_before, rows, before)


def _hand_on(given: Given, quota: CompiledQuota, count: _Count, name: str) -> None:
    given.hand(f"{quota.id}.{name}", quota.every, Decimal(count.number))
    given.hand(f"{quota.id}.{name}_in_time", quota.every, Decimal(count.in_time))


def _number(found: Sequence[Work], selection: Selection) -> int:
    return len({work.group for work in found}) if selection.items else len(found)


def _counting(together: Together, selection: Selection, occurrence: Occurrence) -> list[Work]:
    """Return the rows of this sheet that count towards a quota in one of its periods."""
    appraisal = together.compiled.appraisal
    found = together.new(selection)[1]
    if not found:
        return found
    if appraisal.shared_quota == "first":
        found = [work for work in found if work.place == 0]
    if appraisal.late_proof == "points_only":
        since = min(occurrence.period.start, together.period.start)
        found = [work for work in found if work.on >= since]
    if occurrence.shorter:
        found = _within(together.period, occurrence.period, found, items=selection.items)
    return found


def _within(sheet: Period, part: Period, works: list[Work], *, items: bool) -> list[Work]:
    """Return the rows of a part of the sheet's period; an item is counted in the first part that it appears in."""
    if items:
        first: dict[Key, dt.date] = {}
        for work in works:
            day = _day_in(sheet, work)
            first[work.group] = min(first.get(work.group, day), day)
        works = [work for work in works if first[work.group] in part]
    return [work for work in works if _day_in(sheet, work) in part]


def _day_in(period: Period, work: Work) -> dt.date:
    """Return the day of a sheet's period that a row is taken for: its own, or for a late one that of its arrival."""
    return work.on if work.on in period else min(max(work.arrived, period.start), period.end)


def _judged(
    given: Given, quota: CompiledQuota, occurrence: Period, submitted: _Count, published: _Count
) -> Judged:
    exempt = [
        each
        for each in given.exemptions
        if _covers(each, quota.id, occurrence) and _fault(given, each) is None
    ]
    excused = [_excused(each, occurrence) for each in exempt]
    asked = quota.quota
    submit = _still_asked(asked.submit.at_least if asked.submit else None, [each[0] for each in excused])
    publish = _still_asked(asked.publish.at_least if asked.publish else None, [each[1] for each in excused])
    if not submit and not publish:
        outcome = Outcome.EXEMPT
    elif submitted.number >= (submit or 0) and published.number >= (publish or 0):
        outcome = Outcome.MET
    else:
        outcome = Outcome.MISSED
    in_time = submitted.in_time >= (submit or 0) and published.in_time >= (publish or 0)
    return Judged(
        quota=quota.id,
        period=occurrence,
        outcome=outcome,
        submit=submit,
        submitted=submitted.number,
        publish=publish,
        published=published.number,
        on_time=in_time,
        rows=submitted.rows + published.rows,
        forward=submitted.forward + published.forward,
        reasons=tuple(each.reason for each in exempt),
    )


def _still_asked(asked: int | None, excused: Sequence[int | None]) -> int | None:
    """Return how many are still asked for. An exemption without a number is from all of them."""
    if asked is None:
        return None
    return max(0, asked - sum(asked if each is None else each for each in excused))


def _covers(exemption: Exemption, quota_id: str, occurrence: Period) -> bool:
    """Return whether an exemption is from a quota in a period: all of it, or so many entries of it."""
    if exemption.quota not in ("", quota_id):
        return False
    inside = occurrence.start <= exemption.period.start and exemption.period.end <= occurrence.end
    numbered = exemption.submit is not None or exemption.publish is not None
    return _is_whole(exemption, occurrence) or (inside and numbered)


def _is_whole(exemption: Exemption, occurrence: Period) -> bool:
    return exemption.period.start <= occurrence.start and occurrence.end <= exemption.period.end


def _excused(exemption: Exemption, occurrence: Period) -> tuple[int | None, int | None]:
    """Return from how many submissions and publications somebody is exempt; None for all."""
    if _is_whole(exemption, occurrence):
        return exemption.submit, exemption.publish
    return exemption.submit or 0, exemption.publish or 0


def faults(given: Given) -> Iterator[Message]:
    """Yield what is wrong with exemptions that do not hold."""
    for each in given.exemptions:
        fault = _fault(given, each)
        if fault is not None:
            yield fault
        elif each.submit is None and each.publish is None:
            yield from _too_short(given, each)


def _fault(given: Given, exemption: Exemption) -> Message | None:
    rule = given.compiled.appraisal.exemptions
    if rule is None or exemption.reason not in rule.reasons:
        return Message(NO_REASON, reason=exemption.reason)
    if exemption.approved_by not in rule.approved_by:
        return Message(NO_APPROVAL, reason=exemption.reason)
    return None


def _too_short(given: Given, exemption: Exemption) -> Iterator[Message]:
    for quota in given.compiled.bound(given.subject):
        if exemption.quota not in ("", quota.id):
            continue
        for occurrence in given.frame.occurrences[quota.id]:
            period = occurrence.period
            starts_in_it = period.start <= exemption.period.start <= period.end
            if occurrence.ends and starts_in_it and not _covers(exemption, quota.id, period):
                yield Message(NOT_WHOLE, period=exemption.period, quota_period=period)


_NEVER = (0, 0)


@dataclass(slots=True)
class Chains:
    """What missed periods come to: how many by escalation, talks that are due, and what is multiplied by how much.

    ``factors`` are by the end of the period judged, ``once`` the escalations that are reached in this sheet.
    """

    missed: dict[str, tuple[int, int]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    factors: dict[str, dict[dt.date, Decimal]] = field(default_factory=dict)
    reached: list[tuple[str, int]] = field(default_factory=list)


def outcome_of(judged: Iterable[Judged]) -> Outcome:
    """Return how quotas came out together: missed if one was; exempt if all were."""
    outcomes = {each.outcome for each in judged}
    if Outcome.MISSED in outcomes:
        return Outcome.MISSED
    if Outcome.MET in outcomes:
        return Outcome.MET
    return Outcome.EXEMPT if outcomes else Outcome.NOT_DUE


def follow(given: Given, judged: Sequence[Judged]) -> Chains:
    """Return what the escalations of the appraisal make of this sheet's quotas and the misses handed on."""
    chains = Chains()
    for name, escalation in given.compiled.appraisal.escalation.items():
        quotas = escalation.quotas
        concerned = [each for each in judged if each.quota in quotas] if quotas else judged
        count, year = given.carried.missed.get(name, _NEVER)
        for end, group in groupby(concerned, key=lambda each: each.period.end):
            if escalation.counting == "year" and year != end.year:
                count, year = 0, end.year
            outcome = _missed(list(group), escalation)
            if outcome is Outcome.MISSED:
                count += 1
                _note(chains, name, escalation, count, end)
            elif outcome is Outcome.MET and escalation.counting == "consecutive":
                count = 0
        chains.missed[name] = (count, year)
    return chains


def _note(chains: Chains, name: str, escalation: Escalation, count: int, end: dt.date) -> None:
    """Note what follows from one more missed period."""
    if count == escalation.after:
        chains.reached.append((name, count))
        if escalation.talk:
            chains.calls.append(Call(name, escalation.talk, count))
    if count >= escalation.after and escalation.multiply is not None:
        chains.factors.setdefault(name, {})[end] = escalation.multiply


def _missed(judged: list[Judged], escalation: Escalation) -> Outcome:
    outcome = outcome_of(judged)
    if outcome is not Outcome.MISSED or escalation.missed == "short":
        return outcome
    asked = [each for each in judged if each.outcome is not Outcome.EXEMPT]
    nothing = all(each.submitted == each.published == 0 for each in asked)
    return Outcome.MISSED if nothing else Outcome.MET


def factor_of(
    chains: Chains, escalation: Mapping[str, Escalation], rule_id: str, kind: str, end: dt.date | None
) -> tuple[str, Decimal] | None:
    """Return the escalation that multiplies a rule in a period that ends then, with the factor: the one that takes
    longest to reach, and of equal ones the larger factor.

    Without ``end``: in any period of the sheet. None where nothing multiplies it.
    """
    found = [
        (each.after, ends[max(ends)] if end is None else ends[end], name)
        for name, ends in chains.factors.items()
        for each in (escalation[name],)
        if (rule_id in each.rules or (not each.rules and kind == "short")) and (end is None or end in ends)
    ]
    if not found:
        return None
    _after, factor, name = max(found)
    return name, factor
