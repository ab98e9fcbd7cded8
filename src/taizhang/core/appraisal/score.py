"""From one subject's rows to a score sheet. docs/algorithms/scoring.md says the same in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from taizhang.core.appraisal import adding, hanging, judging, rules
from taizhang.core.appraisal.adding import STEPPED, Addition, Plan
from taizhang.core.appraisal.compiled import Compiled, CompiledLimit, CompiledRule
from taizhang.core.appraisal.given import ZERO, Count, Given, Sums
from taizhang.core.appraisal.judging import Chains
from taizhang.core.appraisal.rows import Exemption, Key, Subject, Work
from taizhang.core.appraisal.sheet import NEW, Carried, Judged, Outcome, Sheet, Step
from taizhang.core.values import Period, PeriodKind


class Feed(NamedTuple):
    """All that is needed for one sheet: who, the rows that it posts (and earlier ones), what is handed on to it."""

    subject: Subject
    works: Sequence[Work] = ()
    carried: Carried = NEW
    exemptions: Sequence[Exemption] = ()


def score(
    compiled: Compiled,
    *,
    period: Period,
    subject: Subject,
    works: Iterable[Work],
    carried: Carried = NEW,
    exemptions: Sequence[Exemption] = (),
) -> Sheet:
    """Return the sheet of one subject for one period of the appraisal's length.

    ``works`` are the rows credited to him that this period posts (``posting``), and with ``earlier`` those that
    ``Compiled.needs_earlier`` and ``Compiled.deadlines`` ask for. ``carried`` is that of his sheet for the period
    before; ``NEW`` where there is none. The same input always gives the same sheet, whatever the order of the rows.
    """
    plan = adding.plan(compiled, period)
    additions = [adding.addition(plan, item) for item in hanging.items(works)]
    sums = adding.added_up(plan, additions)
    foundation = founded(plan, subject=subject, counts=sums.counts, carried=carried, exemptions=exemptions)
    return filled(assembled(foundation, sums.points), additions)


class Foundation(NamedTuple):
    """What a sheet says before the points of its items come to it.

    ``lines`` are those of rules that look at quotas and counts, ``once`` those of escalations that were reached.
    ``sheet`` is all but its tree, its total and what depends on them.
    """

    given: Given
    chains: Chains
    lines: Mapping[str, Step]
    once: Sequence[Step]
    sheet: Sheet


def founded(
    plan: Plan,
    *,
    subject: Subject,
    counts: Mapping[str, Count],
    carried: Carried = NEW,
    exemptions: Sequence[Exemption] = (),
) -> Foundation:
    """Return what depends on how many rows count, and not on what they are worth."""
    given = Given(plan.compiled, plan.frame, subject, carried, exemptions, Sums(counts, {}))
    judged = judging.judge(given)
    chains = judging.follow(given, judged)
    lines = {
        rule.id: _line(given, rule, chains, _steps(given, rule, judged, chains))
        for rule in plan.compiled.rules
        if rule.kind not in STEPPED
    }
    return Foundation(given, chains, lines, list(_once(given, chains)), _sheet(given, judged, chains))


def assembled(foundation: Foundation, points: Mapping[str, Sequence[Decimal]]) -> Sheet:
    """Return a sheet without its items: with gaps for their steps, and sources in the place of rows.

    ``points`` are those of the items by rule, in their order; with the counts of the foundation, that is all that the
    sheet depends on beside the items themselves.
    """
    given = replace(foundation.given, handed=dict(foundation.given.handed))
    lines = [
        foundation.lines.get(rule.id) or _of_rule(given, rule, foundation.chains, points.get(rule.id, ()))
        for rule in given.compiled.rules
    ]
    tree = _total(given, [*lines, *foundation.once])
    for name, every in given.frame.going_on:
        given.hand(name, every, given.forward(name, every) + tree.points)
    return replace(
        foundation.sheet,
        points=tree.points,
        tree=tree,
        grade=_grade(given, tree.points),
        carried=Carried(foundation.chains.missed, given.handed),
    )


def filled(frame: Sheet, additions: Sequence[Addition]) -> Sheet:
    """Return a sheet with its items in the gaps that ``assembled`` left."""
    return replace(
        frame,
        tree=filled_step(frame.tree, additions),
        judged=tuple(each._replace(rows=filled_rows(each.rows, additions)) for each in frame.judged),
        waiting=tuple(key for each in additions for key in each.waiting),
        unrated=tuple(dict.fromkeys(key for each in additions for key in each.unrated)),
    )


def filled_step(step: Step, additions: Sequence[Addition]) -> Step:
    """Return a step with its items in the gaps, and their rows."""
    steps = [
        one
        for each in step.steps
        for one in (_of_items(each, additions) if each.part == GAP else (filled_step(each, additions),))
    ]
    return step._replace(rows=filled_rows(step.rows, additions), steps=tuple(steps))


def filled_rows(sources: Iterable[Key], additions: Sequence[Addition]) -> tuple[Key, ...]:
    """Return the ids that sources stand for, each once."""
    return tuple(
        dict.fromkeys(
            key
            for source in sources
            for each in additions
            if (count := each.counts.get(str(source))) is not None
            for key in count.rows
        )
    )


GAP = "items"
"""The part of a step that stands for those of all items under a rule; its numbers are those of them that do not count."""


def _of_items(gap: Step, additions: Sequence[Addition]) -> tuple[Step, ...]:
    steps = tuple(step for each in additions for step in each.steps.get(str(gap.name), ()))
    if not gap.numbers:
        return steps
    most, *dropped = gap.numbers
    return tuple(
        step._replace(points=ZERO, how="beyond_most", numbers=(most,), steps=(step,))
        if index in dropped
        else step
        for index, step in enumerate(steps)
    )


def _of_rule(given: Given, rule: CompiledRule, chains: Chains, points: Sequence[Decimal]) -> Step:
    """Return the line of a rule that gives points to items: of those that count, the best ones, of equal ones the first."""
    gap = Step(GAP, rule.id, ZERO)
    most = rule.rule.each.most if rule.rule.each else None
    if most is not None and len(points) > most:
        order = sorted(range(len(points)), key=lambda index: (-points[index], index))
        gap = gap._replace(numbers=(most, *sorted(order[most:])))
        points = [points[index] for index in order[:most]]
    return _line(given, rule, chains, (gap,), sum(points, ZERO))


def _line(
    given: Given,
    rule: CompiledRule,
    chains: Chains,
    steps: tuple[Step, ...],
    points: Decimal | None = None,
) -> Step:
    """Return the line of one rule: its steps added up, multiplied, weighted, and held to its limits."""
    if points is None:
        points = sum((step.points for step in steps), ZERO)
    line = Step("rule", rule.id, points, "sum", (), rule.path, (), steps)
    if chains.factors and rule.kind != "short":
        found = judging.factor_of(chains, given.compiled.appraisal.escalation, rule.id, rule.kind, None)
        if found and points:
            line = line._replace(points=points, steps=(rules.multiplied(given, line, found),))
            line = line._replace(points=line.steps[0].points)
    if rule.rule.weight != 1:
        weighted = given.rounded(line.points * rule.rule.weight)
        line = line._replace(points=weighted, how="weighted", numbers=(line.points, rule.rule.weight))
    for limit in rule.limits:
        step = _held(given, limit, line.points)
        if step is not None:
            line = line._replace(points=line.points + step.points, steps=(*line.steps, step))
    return line


def _steps(given: Given, rule: CompiledRule, judged: Sequence[Judged], chains: Chains) -> tuple[Step, ...]:
    match rule.kind:
        case "fixed":
            return rules.fixed(given, rule, judged)
        case "met":
            return rules.met(given, rule, judged)
        case "short":
            return rules.short(given, rule, judged, chains)
        case "total":
            return rules.total(given, rule)
        case "rate":
            return rules.rate(given, rule)
        case _:
            return ()  # a veto decides at the end


def _held(given: Given, compiled: CompiledLimit, points: Decimal) -> Step | None:
    """Return the step that brings points to a limit; None where they keep to it."""
    limit, every, path = compiled.limit, compiled.every, compiled.path
    before = given.forward(path, every) if given.frame.spans[every].longer else ZERO
    after = before + points
    if limit.at_most is not None:
        after = min(after, limit.at_most)
    if limit.at_least is not None:
        after = max(after, limit.at_least)
    given.hand(path, every, after)
    change = after - before - points
    return Step("limit", path, change, "held", (points, before, after), path) if change else None


def _once(given: Given, chains: Chains) -> Iterator[Step]:
    """Yield the points that escalations give or take once, when they are reached."""
    for name, count in chains.reached:
        points = given.compiled.appraisal.escalation[name].points
        if points:
            path = f"appraisals.{given.compiled.id}.escalation.{name}"
            yield Step("escalation", name, given.rounded(points), "reached", (count,), path)


def _total(given: Given, lines: list[Step]) -> Step:
    """Return the whole sheet: its lines added up, then limits on several of them and on all, then a veto."""
    by_rule: Mapping[str, Decimal] = {str(line.name): line.points for line in lines if line.part == "rule"}
    points = sum((line.points for line in lines), ZERO)
    for limit in given.compiled.limits:
        rules_of = getattr(limit.limit, "rules", None)
        held = points if rules_of is None else sum((by_rule[each] for each in rules_of), ZERO)
        step = _held(given, limit, held)
        if step is not None:
            lines.append(step)
            points += step.points
    for rule in given.compiled.rules:
        step = _veto(given, rule, points)
        if step is not None:
            lines.append(step)
            points += step.points
    path = f"appraisals.{given.compiled.id}"
    return Step("sheet", given.compiled.id, points, "sum", (), path, (), tuple(lines))


def _veto(given: Given, rule: CompiledRule, points: Decimal) -> Step | None:
    what = rule.rule.veto
    if what is None or points <= what.total:
        return None
    number, _in_time, rows = given.count(rules.source(rule, "veto"))
    if not number:
        return None
    return Step("veto", rule.id, what.total - points, "veto", (what.total,), f"{rule.path}.veto", rows)


def _sheet(given: Given, judged: tuple[Judged, ...], chains: Chains) -> Sheet:
    """Return a sheet without a tree."""
    outcome = judging.outcome_of(judged)
    path = f"appraisals.{given.compiled.id}"
    return Sheet(
        subject=given.subject.key,
        appraisal=given.compiled.id,
        period=given.period,
        points=ZERO,
        tree=Step("sheet", given.compiled.id, ZERO, "sum", (), path),
        outcome=outcome,
        judged=judged,
        missed={name: count for name, (count, _year) in chains.missed.items()},
        calls=tuple(chains.calls),
        fulfilled=_fulfilled(judged, outcome),
        problems=tuple(judging.faults(given)) if given.exemptions else (),
    )


def _fulfilled(judged: Sequence[Judged], outcome: Outcome) -> bool:
    """Return whether the quotas that ended last are met."""
    if len(judged) < 2:  # noqa: PLR2004 - with one or none there is no last one to look for
        return outcome is Outcome.MET
    last = [each for each in judged if each.period.end == judged[-1].period.end]
    return judging.outcome_of(last) is Outcome.MET


def _grade(given: Given, points: Decimal) -> str:
    grades = given.compiled.appraisal.grades
    if grades is None:
        return ""
    every = PeriodKind(grades.every) if grades.every else given.compiled.every
    if not given.frame.spans[every].ends:
        return ""
    number = given.forward(every.value, every) + points
    found = (index for index, band in enumerate(grades.bands) if band.holds(number))
    return next((f"appraisals.{given.compiled.id}.grades.bands[{index}]" for index in found), "")
