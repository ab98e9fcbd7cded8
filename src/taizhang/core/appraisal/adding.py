"""What one item adds: the entries that hang together, looked at by every rule and every quota, whatever else is on the sheet.

An entry, what is about it and what is about that stand on their own: no rule looks from one item at another. So what an
item adds is worked out without knowing whose sheet it comes to, and a sheet (``score``) only adds up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from taizhang.core.appraisal import judging, rules, valuing
from taizhang.core.appraisal.compiled import Compiled, CompiledRule, Selection
from taizhang.core.appraisal.frame import Frame
from taizhang.core.appraisal.given import NO_COUNT, ZERO, Count, Ledger, Sums, Together
from taizhang.core.appraisal.rows import Key, Work
from taizhang.core.appraisal.sheet import Step
from taizhang.core.values import Period

STEPPED = ("each", "late", "answer")
"""The kinds of rules that give points to single entries and items."""


class Addition(NamedTuple):
    """What one item adds to a sheet: to the counts, and under which rules which steps.

    ``rows`` are the ids that are counted, by their source; ``steps`` are by rule. ``waiting`` are rows that nobody
    verified, ``unrated`` those that a scale has no line for.
    """

    counts: Mapping[str, Count]
    steps: Mapping[str, tuple[Step, ...]]
    waiting: tuple[Key, ...] = ()
    unrated: tuple[Key, ...] = ()


Counter = Callable[[Together], Count]


@dataclass(frozen=True, eq=False)
class Plan:
    """What has to be looked at in every item, for one appraisal in one period.

    ``counts`` are the sources of the sheet's counts, each with its way of counting. ``stepped`` are the rules that give
    points to single items, ``one_by_one`` those of them to which every item's own points matter.
    """

    compiled: Compiled
    frame: Frame
    counts: Mapping[str, Counter]
    stepped: tuple[CompiledRule, ...]
    one_by_one: frozenset[str]

    @property
    def period(self) -> Period:
        return self.frame.period


@lru_cache(maxsize=64)
def plan(compiled: Compiled, period: Period) -> Plan:
    """Return the plan of a period. Worked out once."""
    frame = compiled.frame(period)
    stepped = tuple(rule for rule in compiled.rules if rule.kind in STEPPED)
    return Plan(
        compiled,
        frame,
        {**dict(_of_quotas(compiled, frame)), **dict(_of_rules(compiled))},
        stepped,
        frozenset(rule.id for rule in stepped if rule.rule.each and rule.rule.each.most is not None),
    )


def _of_quotas(compiled: Compiled, frame: Frame) -> Iterator[tuple[str, Counter]]:
    for quota in compiled.quotas:
        for index, occurrence in enumerate(frame.occurrences[quota.id]):
            for half, selection in (("submitted", quota.submit), ("published", quota.publish)):
                if selection is not None:
                    counter = partial(judging.count, selection=selection, occurrence=occurrence)
                    yield judging.source(quota, half, index), counter


def _of_rules(compiled: Compiled) -> Iterator[tuple[str, Counter]]:
    for rule in compiled.rules:
        if rule.kind in ("total", "rate"):
            for name, selection in rule.rows.items():
                yield rules.source(rule, name), partial(_new, selection=selection)
        if rule.rule.veto is not None:
            yield rules.source(rule, "veto"), partial(_there, selection=rule.rows["of"])


def _new(together: Together, selection: Selection) -> Count:
    number, found = together.new(selection)
    return Count(number, 0, tuple([work.id for work in found]))


def _there(together: Together, selection: Selection) -> Count:
    found = together.selected(selection, together.now)
    return Count(len(found), 0, tuple([work.id for work in found]))


def addition(plan: Plan, works: Iterable[Work]) -> Addition:
    """Return what rows that hang together add to the sheet of whoever they are credited to."""
    rows, waiting = together(plan, works)
    unrated: list[Key] = []
    counts = {source: counter(rows) for source, counter in plan.counts.items()}
    steps = {rule.id: _steps(rows, rule, unrated) for rule in plan.stepped}
    return Addition(
        {source: count for source, count in counts.items() if count != NO_COUNT},
        {rule: found for rule, found in steps.items() if found},
        waiting,
        tuple(dict.fromkeys(unrated)),
    )


def _steps(together: Together, rule: CompiledRule, unrated: list[Key]) -> tuple[Step, ...]:
    if rule.kind == "each":
        return valuing.each_rule(together, rule, unrated)
    return rules.late(together, rule) if rule.kind == "late" else rules.answer(together, rule)


def together(plan: Plan, works: Iterable[Work]) -> tuple[Together, tuple[Key, ...]]:
    """Sort rows into those of this sheet, those of earlier ones, all of them, and those nobody verified."""
    now, before = Ledger(), Ledger()
    waiting: list[Key] = []
    counted: list[Work] = []
    ignored = plan.compiled.appraisal.late_proof == "ignored"
    for work in works:
        if not work.verified:
            waiting.append(work.id)
        elif not (ignored and _is_late(plan, work)):
            counted.append(work)
            (before if work.earlier else now).add(work)
    ever = _all(counted) if before.by_kind else now
    return Together(plan.compiled, plan.frame, now, before, ever), tuple(waiting)


def _all(works: Iterable[Work]) -> Ledger:
    ledger = Ledger()
    for work in works:
        ledger.add(work)
    return ledger


def _is_late(plan: Plan, work: Work) -> bool:
    return plan.compiled.was_late(work) if work.earlier else work.on < plan.period.start


def added_up(plan: Plan, additions: Sequence[Addition]) -> Sums:
    """Return what additions come to. Counts take the place of rows by the name of their source."""
    counts: dict[str, Count] = {}
    for source in plan.counts:
        found = [each.counts[source] for each in additions if source in each.counts]
        if found:
            counts[source] = Count(
                sum(each.number for each in found), sum(each.in_time for each in found), (source,)
            )
    points = {rule.id: _points(plan, rule.id, additions) for rule in plan.stepped}
    return Sums(counts, points)


def _points(plan: Plan, rule: str, additions: Sequence[Addition]) -> tuple[Decimal, ...]:
    found = tuple(step.points for each in additions for step in each.steps.get(rule, ()))
    return found if rule in plan.one_by_one else (sum(found, ZERO),)
