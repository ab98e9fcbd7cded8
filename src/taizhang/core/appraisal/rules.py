"""The other kinds of rules: fixed points, quotas met and missed, totals, shares, answers, lateness."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from taizhang.core.appraisal.compiled import CompiledRule
from taizhang.core.appraisal.given import ZERO, Given, Ledger, Together
from taizhang.core.appraisal.judging import Chains, factor_of, outcome_of
from taizhang.core.appraisal.rows import Key, Work
from taizhang.core.appraisal.sheet import Judged, Outcome, Step
from taizhang.core.calendar import due_date
from taizhang.core.scheme.appraisal import Answer, Band, Fixed, Late, Met, Rate, Short, Total
from taizhang.core.values import Period, PeriodKind

Keys = tuple[Key, ...]
T = TypeVar("T")


def fixed(given: Given, rule: CompiledRule, judged: Sequence[Judged]) -> tuple[Step, ...]:
    what = _only(rule, Fixed)
    if not what.exempt and outcome_of(judged) is Outcome.EXEMPT:
        return ()
    return (Step("base", rule.id, given.rounded(what.points), "fixed", (what.points,), f"{rule.path}.fixed"),)


def met(given: Given, rule: CompiledRule, judged: Sequence[Judged]) -> tuple[Step, ...]:
    what = _only(rule, Met)
    concerned = [each for each in judged if not what.quotas or each.quota in what.quotas]
    groups = (
        [[each] for each in concerned]
        if what.apart
        else [list(group) for _end, group in groupby(concerned, key=lambda each: each.period.end)]
    )
    return tuple(_met(given, what, group, f"{rule.path}.met") for group in groups)


def _met(given: Given, what: Met, judged: list[Judged], path: str) -> Step:
    """Return the points for quotas judged together: exempt, met (with what is beyond), missed or partly met."""
    name = " ".join(each.quota for each in judged)
    rows = tuple(row for each in judged for row in each.rows)
    outcome = outcome_of(judged)
    if outcome is Outcome.EXEMPT:
        return Step("quota", name, given.rounded(what.exempt), "met_exempt", (), path, rows)
    if outcome is Outcome.MISSED:
        return _not_met(given, what, judged, Step("quota", name, ZERO, "", (), path, rows))
    if what.on_time and not all(each.on_time for each in judged):
        return Step("quota", name, ZERO, "met_late", (), path, rows)
    beyond = sum(_beyond(each) for each in judged) if what.extra else 0
    if what.extra_most is not None:
        beyond = min(beyond, what.extra_most)
    points = given.rounded(what.points + beyond * what.extra)
    how = "met_beyond" if beyond else "met"
    return Step("quota", name, points, how, (what.points, beyond, what.extra) if beyond else (), path, rows)


def _beyond(judged: Judged) -> int:
    asked = ((judged.submit, judged.submitted), (judged.publish, judged.published))
    return sum(got - wanted for wanted, got in asked if wanted is not None and got > wanted)


def _not_met(given: Given, what: Met, judged: list[Judged], step: Step) -> Step:
    if not what.partly:
        return step._replace(points=given.rounded(what.missed), how="not_met")
    asked = sum((each.submit or 0) + (each.publish or 0) for each in judged)
    got = sum(
        min(each.submit or 0, each.submitted) + min(each.publish or 0, each.published) for each in judged
    )
    points = given.rounded(what.points * got / asked + what.missed)
    return step._replace(points=points, how="met_partly", numbers=(what.points, got, asked, what.missed))


def short(given: Given, rule: CompiledRule, judged: Sequence[Judged], chains: Chains) -> tuple[Step, ...]:
    what = _only(rule, Short)
    return tuple(
        _short(given, rule, what, each, chains)
        for each in judged
        if each.outcome is Outcome.MISSED and (not what.quotas or each.quota in what.quotas)
    )


def _short(given: Given, rule: CompiledRule, what: Short, judged: Judged, chains: Chains) -> Step:
    submit, publish = judged.short_submit, judged.short_publish
    points = given.rounded(submit * what.submit + publish * what.publish)
    numbers = (submit, what.submit, publish, what.publish)
    plain = Step("quota", judged.quota, points, "short", numbers, f"{rule.path}.short", judged.rows)
    escalations = given.compiled.appraisal.escalation
    found = factor_of(chains, escalations, rule.id, "short", judged.period.end)
    if found is None or not points:
        return plain
    return multiplied(given, plain, found)


def multiplied(given: Given, step: Step, found: tuple[str, Decimal]) -> Step:
    """Return a step multiplied by an escalation, around the step as it was."""
    name, factor = found
    path = f"appraisals.{given.compiled.id}.escalation.{name}"
    points = given.rounded(step.points * factor)
    return Step("escalation", name, points, "multiplied", (step.points, factor), path, step.rows, (step,))


def total(given: Given, rule: CompiledRule) -> tuple[Step, ...]:
    what = _only(rule, Total)
    every = PeriodKind(what.every) if what.every else given.compiled.every
    number, rows, forward = _added_up(given, rule, "of", every)
    if not given.frame.spans[every].ends:
        return ()
    step = Step("count", rule.id, ZERO, "total", (number, forward), f"{rule.path}.total", rows)
    return (_banded(given, step, what.bands, Fraction(number)),)


def rate(given: Given, rule: CompiledRule) -> tuple[Step, ...]:
    what = _only(rule, Rate)
    every = PeriodKind(what.every) if what.every else given.compiled.every
    of, of_rows, _of = _added_up(given, rule, "of", every)
    to, to_rows, _to = _added_up(given, rule, "to", every)
    if not given.frame.spans[every].ends:
        return ()
    rows = tuple(dict.fromkeys([*of_rows, *to_rows]))
    step = Step("count", rule.id, ZERO, "rate", (of, to), f"{rule.path}.rate", rows)
    if not to:
        return (step._replace(how="rate_of_nothing", numbers=()),)
    return (_banded(given, step, what.bands, Fraction(of * 100, to)),)


def _banded(given: Given, step: Step, bands: Sequence[Band], number: Fraction) -> Step:
    """Return a step with the points of the first band that a number lies in; without any, it says so."""
    found = next((index for index, band in enumerate(bands) if _within(band, number)), None)
    if found is None:
        return step._replace(how=f"{step.how}_none")
    return step._replace(points=given.rounded(bands[found].points), path=f"{step.path}.bands[{found}]")


def source(rule: CompiledRule, name: str) -> str:
    """Return the name under which a sheet finds what a rule counts."""
    return f"rule.{rule.id}.{name}"


def _added_up(given: Given, rule: CompiledRule, name: str, every: PeriodKind) -> tuple[int, Keys, int]:
    """Return a count up to now in the longer period, the rows of this sheet, and how many came from earlier sheets."""
    number, _in_time, rows = given.count(source(rule, name))
    forward = 0
    if given.frame.spans[every].longer:
        key = f"{rule.id}.{name}"
        forward = int(given.forward(key, every))
        given.hand(key, every, Decimal(forward + number))
    return forward + number, rows, forward


def _within(band: Band, number: Fraction) -> bool:
    above = band.at_least is None or number >= Fraction(band.at_least)
    return above and (band.below is None or number < Fraction(band.below))


def answer(together: Together, rule: CompiledRule) -> tuple[Step, ...]:
    """Return a step for every commission whose standing changes in this sheet."""
    what = _only(rule, Answer)
    before = {
        work.id: _standing(what, work, together.before, together.period.previous.end)
        for work in together.selected(rule.rows["of"], together.before)
    }
    steps = []
    for work in together.selected(rule.rows["of"], together.ever):
        how, points = _standing(what, work, together.ever, together.period.end)
        paid = before.get(work.id, ("", ZERO))
        if (how, points) != paid and (how or paid[0]):
            value = together.rounded(points - paid[1])
            steps.append(
                Step(
                    "row",
                    work.id,
                    value,
                    f"answer_{how}",
                    (paid[1],) if paid[1] else (),
                    f"{rule.path}.answer",
                    _answering(what, work, together.ever),
                )
            )
    return tuple(steps)


def _answering(what: Answer, work: Work, rows: Ledger) -> Keys:
    return (work.id, *(each.id for each in rows.followers.get(work.id, ()) if each.kind in what.by))


def _standing(what: Answer, work: Work, rows: Ledger, end: dt.date) -> tuple[str, Decimal]:
    """Return how a commission stands at the end of a period: done, late, missed, or nothing yet."""
    deadline = (
        dt.date.fromisoformat(str(work.values[what.deadline])) if work.values.get(what.deadline) else None
    )
    days = [each.happened for each in rows.followers.get(work.id, ()) if each.kind in what.by]
    if days:
        in_time = deadline is None or min(days) <= deadline
        return ("done", what.done) if in_time else ("late", what.late)
    if deadline is not None and deadline <= end:
        return "missed", what.missed
    return "", ZERO


def late(together: Together, rule: CompiledRule) -> tuple[Step, ...]:
    what = _only(rule, Late)
    return tuple(_late(together, rule, what))


def _late(together: Together, rule: CompiledRule, what: Late) -> Iterator[Step]:
    for work in together.selected(rule.rows["of"], together.now):
        limit = _limit(together, what, work)
        days = (work.happened - limit).days if limit else 0
        if days <= 0:
            continue
        points = what.points * days if what.per_day else what.points
        if what.at_least is not None:
            points = max(points, what.at_least)
        yield Step("row", work.id, together.rounded(points), "late", (days,), f"{rule.path}.late", (work.id,))


def _limit(together: Together, what: Late, work: Work) -> dt.date | None:
    if what.due is not None:
        own = Period.containing(together.compiled.every, work.on)
        return due_date(what.due, own, together.compiled.scheme.working_days).day
    value = work.values.get(what.deadline or "")
    return dt.date.fromisoformat(str(value)) if value else None


def _only(rule: CompiledRule, kind: type[T]) -> T:
    what = getattr(rule.rule, rule.kind)
    if not isinstance(what, kind):
        raise TypeError(rule.id)
    return what
