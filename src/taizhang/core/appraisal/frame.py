"""What is the same for everybody scored in one period: where longer periods begin and end, when quotas fall due."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from taizhang.core.calendar import due_date
from taizhang.core.scheme.appraisal import Quota
from taizhang.core.scheme.schema import WorkingDays
from taizhang.core.values import Period, PeriodKind

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR)


class Occurrence(NamedTuple):
    """One period of a quota that touches the sheet's. ``longer`` and ``shorter``: than that of the sheet."""

    period: Period
    due: dt.date
    ends: bool
    longer: bool
    shorter: bool


class Span(NamedTuple):
    """The period of one length that the sheet's lies in. ``longer``: than the sheet's; ``ends``: with it."""

    kind: PeriodKind
    start: dt.date
    ends: bool
    longer: bool


class Frame(NamedTuple):
    period: Period
    spans: Mapping[PeriodKind, Span]
    occurrences: Mapping[str, Sequence[Occurrence]]
    """By quota, in order."""
    going_on: Sequence[tuple[str, PeriodKind]]
    """The longer periods that do not end with this one, with the names of their totals."""


def frame(period: Period, quotas: Iterable[tuple[str, Quota]], calendar: WorkingDays) -> Frame:
    spans = {kind: _span(kind, period) for kind in KINDS}
    return Frame(
        period,
        spans,
        {quota_id: tuple(_occurrences(quota, period, calendar)) for quota_id, quota in quotas},
        [(kind.value, kind) for kind, span in spans.items() if not span.ends],
    )


def _span(kind: PeriodKind, period: Period) -> Span:
    whole = Period.containing(kind, period.end)
    return Span(kind, whole.start, whole.end == period.end, kind.months > period.kind.months)


def _occurrences(quota: Quota, period: Period, calendar: WorkingDays) -> Iterable[Occurrence]:
    every = PeriodKind(quota.every)
    shorter = every.months < period.kind.months
    found = period.split(every) if shorter else (Period.containing(every, period.end),)
    for each in found:
        if not quota.months or each.start.month in quota.months:
            longer = every.months > period.kind.months
            yield Occurrence(
                each, due_date(quota.due, each, calendar).day, each.end <= period.end, longer, shorter
            )
