"""From one subject's rows to a score sheet. docs/algorithms/scoring.md says the same in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from taizhang.core.appraisal import judging, rules, valuing
from taizhang.core.appraisal.compiled import Compiled, CompiledLimit, CompiledRule
from taizhang.core.appraisal.given import ZERO, Given, Ledger
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


def score_all(compiled: Compiled, period: Period, feeds: Iterable[Feed]) -> Iterator[Sheet]:
    """Yield a sheet for each, one at a time: nothing is kept of those before."""
    for feed in feeds:
        yield score(
            compiled,
            period=period,
            subject=feed.subject,
            works=feed.works,
            carried=feed.carried,
            exemptions=feed.exemptions,
        )


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
    before; ``NEW`` where there is none. The same input always gives the same sheet.
    """
    posted = _posted(compiled, period, works)
    given = Given(compiled, compiled.frame(period), subject, carried, exemptions, *posted)
    judged = judging.judge(given)
    chains = judging.follow(given, judged)
    unrated: list[Key] = []
    lines = [_line(given, rule, judged, chains, unrated) for rule in compiled.rules]
    lines += _once(given, chains)
    tree = _total(given, lines)
    return _sheet(given, judged, chains, tree, unrated)


def _posted(
    compiled: Compiled, period: Period, works: Iterable[Work]
) -> tuple[Ledger, Ledger, Ledger, tuple[Key, ...]]:
    """Sort rows into those of this sheet, those of earlier ones, all of them, and those nobody verified."""
    now, before = Ledger(), Ledger()
    waiting: list[Key] = []
    counted: list[Work] = []
    ignored = compiled.appraisal.late_proof == "ignored"
    for work in works:
        if not work.verified:
            waiting.append(work.id)
        elif not (ignored and _is_late(compiled, period, work)):
            counted.append(work)
            (before if work.earlier else now).add(work)
    return now, before, _all(counted) if before.by_kind else now, tuple(waiting)


def _all(works: Iterable[Work]) -> Ledger:
    ledger = Ledger()
    for work in works:
        ledger.add(work)
    return ledger


def _is_late(compiled: Compiled, period: Period, work: Work) -> bool:
    return compiled.was_late(work) if work.earlier else work.on < period.start


def _line(
    given: Given,
    rule: CompiledRule,
    judged: Sequence[Judged],
    chains: Chains,
    unrated: list[Key],
) -> Step:
    """Return the line of one rule: its steps added up, multiplied, weighted, and held to its limits."""
    steps = _steps(given, rule, judged, chains, unrated)
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


def _steps(
    given: Given, rule: CompiledRule, judged: Sequence[Judged], chains: Chains, unrated: list[Key]
) -> tuple[Step, ...]:
    kind = rule.kind
    if kind == "each":
        return valuing.each_rule(given, rule, unrated)
    if kind == "short":
        return rules.short(given, rule, judged, chains)
    if kind in _OF_QUOTAS:
        return _OF_QUOTAS[kind](given, rule, judged)
    return _OF_ROWS[kind](given, rule) if kind in _OF_ROWS else ()  # a veto decides at the end


_OF_QUOTAS: Mapping[str, Callable[[Given, CompiledRule, Sequence[Judged]], tuple[Step, ...]]] = {
    "fixed": rules.fixed,
    "met": rules.met,
}
_OF_ROWS: Mapping[str, Callable[[Given, CompiledRule], tuple[Step, ...]]] = {
    "total": rules.total,
    "rate": rules.rate,
    "answer": rules.answer,
    "late": rules.late,
}


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
    rows = given.selected(rule.rows["of"], given.now) if what else []
    if what is None or not rows or points <= what.total:
        return None
    ids = tuple(work.id for work in rows)
    return Step("veto", rule.id, what.total - points, "veto", (what.total,), f"{rule.path}.veto", ids)


def _sheet(
    given: Given,
    judged: tuple[Judged, ...],
    chains: Chains,
    tree: Step,
    unrated: list[Key],
) -> Sheet:
    for name, every in given.frame.going_on:
        given.hand(name, every, given.forward(name, every) + tree.points)
    outcome = judging.outcome_of(judged)
    return Sheet(
        subject=given.subject.key,
        appraisal=given.compiled.id,
        period=given.period,
        points=tree.points,
        tree=tree,
        outcome=outcome,
        judged=judged,
        missed={name: count for name, (count, _year) in chains.missed.items()},
        calls=tuple(chains.calls),
        fulfilled=_fulfilled(judged, outcome),
        grade=_grade(given, tree.points),
        carried=Carried(chains.missed, given.handed),
        waiting=given.waiting,
        unrated=tuple(dict.fromkeys(unrated)),
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
