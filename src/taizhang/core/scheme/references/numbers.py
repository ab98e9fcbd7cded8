"""Duties and targets: whose they are, and numbers that no figure can reach."""

from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.references.declared import Complaints, Draft, refer, refer_all
from taizhang.core.scheme.references.periods import check_due, check_months
from taizhang.core.scheme.schema import (
    Audience,
    Count,
    Coverage,
    Difference,
    Distinct,
    Followed,
    Measure,
    Open,
    Participations,
    Ratio,
)
from taizhang.core.scheme.source import KeyPath


def check_duties(draft: Draft) -> Complaints:
    for duty_id, duty in draft.scheme.duties.items():
        path: KeyPath = ("duties", duty_id)
        yield from refer(draft, (*path, "of"), "indicators", duty.of)
        yield from check_audience(draft, path, duty.units)
        if duty.leader:
            yield from refer(draft, (*path, "leader"), "roles", duty.leader)
        yield from _at_least(draft, (*path, "at_least"), duty.of, duty.at_least)
        yield from check_due((*path, "due"), duty.due, duty.every)
        yield from check_months(path, duty.months, duty.every)


def check_targets(draft: Draft) -> Complaints:
    for target_id, target in draft.scheme.targets.items():
        path: KeyPath = ("targets", target_id)
        yield from refer(draft, (*path, "of"), "indicators", target.of)
        yield from check_audience(draft, path, target.units)
        if target.at_least is not None:
            yield from _above_zero((*path, "at_least"), target.at_least)
            yield from _at_least(draft, (*path, "at_least"), target.of, target.at_least)
        indicator = draft.scheme.indicators.get(target.of)
        below_zero = target.at_most is not None and target.at_most < 0
        if indicator and below_zero and not isinstance(indicator.measure, Difference | Ratio):
            yield Complaint(
                (*path, "at_most"),
                Message(gettext_noop("“{indicator}” is never below 0."), indicator=target.of),
                Message(gettext_noop("Write 0 or more.")),
            )
    yield from _contradictions(draft)


def check_audience(draft: Draft, path: KeyPath, audience: Audience | None) -> Complaints:
    if audience:
        yield from refer_all(draft, (*path, "for", "unit_kinds"), "unit_kinds", audience.unit_kinds)


def _at_least(draft: Draft, path: KeyPath, indicator_id: str, number: Decimal) -> Complaints:
    """Refuse quotas that no count can reach, or that mean something else than was written."""
    indicator = draft.scheme.indicators.get(indicator_id)
    if indicator is None:
        return
    measure = indicator.measure
    cause = remedy = None
    if indicator.percent and isinstance(measure, Coverage) and number > 100:  # noqa: PLR2004
        cause = Message(gettext_noop("“{indicator}” is per cent and never above 100; {number} cannot be reached."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write a number up to 100."))
    elif indicator.percent and 0 < number < 1:
        cause = Message(gettext_noop("“{indicator}” is per cent, and {number} would be {number} %."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(
            gettext_noop("Write {percent} for {percent} %."), percent=f"{(number * 100).normalize():f}"
        )
    elif isinstance(measure, Coverage) and not indicator.percent and number > 1:
        cause = Message(gettext_noop("“{indicator}” is a share and never above 1; {number} cannot be reached."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write “percent: true” at the indicator, or a number up to 1."))
    elif isinstance(measure, _WHOLE) and number != int(number):
        cause = Message(gettext_noop("“{indicator}” counts whole things; {number} cannot be meant."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write a whole number."))
    elif (most := _most(draft, measure)) is not None and number > most:
        cause = Message(gettext_noop("“{indicator}” has only {most} possible values; {number} cannot be reached."),
                        indicator=indicator_id, most=most, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write a number up to {most}."), most=most)
    if cause is not None and remedy is not None:
        yield Complaint(path, cause, remedy)


_WHOLE = (Count, Distinct, Participations, Open, Followed)


def _most(draft: Draft, measure: Measure) -> int | None:
    """Return how many different values there can be, where that is known."""
    if not isinstance(measure, Distinct) or measure.kind not in draft.scheme.kinds:
        return None
    rule = draft.scheme.kinds[measure.kind].fields.get(measure.of)
    return len(rule.choices) if rule is not None and rule.choices else None


def _above_zero(path: KeyPath, number: Decimal) -> Complaints:
    if number <= 0:
        yield Complaint(
            path,
            Message(gettext_noop("“{key}” is {value}; it must be more than {limit}."), key="at_least", value=number,
                    limit=0),
            Message(gettext_noop("Correct the number.")),
        )  # fmt: skip


def _contradictions(draft: Draft) -> Complaints:
    targets = draft.scheme.targets
    for low_id, low in targets.items():
        for high_id, high in targets.items():
            if low.at_least is None or high.at_most is None or low.at_least <= high.at_most:
                continue
            if (low.of, low.every) == (high.of, high.every) and _overlap(low.units, high.units):
                yield Complaint(
                    ("targets", low_id, "at_least"),
                    Message(gettext_noop("At least {low}, but “{other}” says at most {high} of the same."),
                            low=low.at_least, high=high.at_most, other=high_id),
                    Message(gettext_noop("Correct one of the two: no figure can meet both.")),
                )  # fmt: skip


def _overlap(one: Audience, other: Audience) -> bool:
    return bool(set(one.units) & set(other.units) or set(one.unit_kinds) & set(other.unit_kinds))
