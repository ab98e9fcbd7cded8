"""The responsibility list: how everybody's quotas stand in the running period, and how they came out before."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from taizhang.appraisals import keeping
from taizhang.appraisals.models import Sheet
from taizhang.appraisals.running import Scoring
from taizhang.appraisals.subjects import Scored
from taizhang.core.appraisal import sheet as core
from taizhang.core.appraisal.compiled import CompiledQuota
from taizhang.core.appraisal.sheet import Judged, Outcome
from taizhang.core.calendar import due_date
from taizhang.core.duties import DutyState
from taizhang.core.outlook import Goal, Outlook, outlook
from taizhang.core.values import Period

WARN_DAYS = 7


@dataclass(frozen=True)
class Side:
    """One half of a quota: how many are asked for and how many there are. ``asked`` is None for what is not asked."""

    asked: int | None
    got: int

    @property
    def missing(self) -> int:
        return max(0, (self.asked or 0) - self.got)

    @property
    def is_met(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Task:
    """One quota of one subject in the period that is running, as it stands."""

    id: str
    quota: CompiledQuota
    period: Period
    submit: Side
    publish: Side
    state: DutyState
    due: dt.date
    days_left: int
    outlook: Outlook
    reasons: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        return self.state in (DutyState.OVERDUE, DutyState.WARNING, DutyState.DUE)


@dataclass(frozen=True)
class Past:
    """How quotas came out over several sheets: sums of what was asked and what there was, and of points."""

    submit: Side
    publish: Side
    points: Decimal
    met: int
    missed: int
    exempt: int


@dataclass(frozen=True)
class Line:
    """One subject of the list: what is running, this quarter and this year."""

    scored: Scored
    sheet: core.Sheet
    tasks: tuple[Task, ...]
    quarter: Past
    year: Past


def tasks_of(scoring: Scoring, each: Scored, sheet: core.Sheet, today: dt.date) -> tuple[Task, ...]:
    """Return how the quotas of somebody stand, from a sheet worked out now."""
    return tuple(
        _task(scoring, quota, period, sheet, today)
        for quota in scoring.compiled.bound(each.subject)
        for period in _running(quota, scoring.period, today)
    )


def _running(quota: CompiledQuota, period: Period, today: dt.date) -> Iterator[Period]:
    if quota.every.months < period.kind.months:
        yield from (part for part in period.split(quota.every) if part.start <= today)
        return
    whole = Period.containing(quota.every, period.end)
    if not quota.quota.months or whole.start.month in quota.quota.months:
        yield whole


def _task(
    scoring: Scoring,
    quota: CompiledQuota,
    period: Period,
    sheet: core.Sheet,
    today: dt.date,
) -> Task:
    judged = next((one for one in sheet.judged if (one.quota, one.period) == (quota.id, period)), None)
    submit, publish = _sides(quota, judged, sheet)
    due = due_date(quota.quota.due, period, scoring.compiled.scheme.working_days).day
    is_exempt = judged is not None and judged.outcome is Outcome.EXEMPT
    asked = (submit.asked or 0) + (publish.asked or 0)
    got = min(submit.got, submit.asked or 0) + min(publish.got, publish.asked or 0)
    goal = Goal(bound=Decimal(asked), period=period)
    return Task(
        id=quota.id,
        quota=quota,
        period=period,
        submit=submit,
        publish=publish,
        state=_state(submit, publish, due, today, is_exempt=is_exempt),
        due=due,
        days_left=(due - today).days,
        outlook=outlook(goal, value=Decimal(got), today=today, calendar=scoring.compiled.scheme.working_days),
        reasons=judged.reasons if judged else (),
    )


def _sides(quota: CompiledQuota, judged: Judged | None, sheet: core.Sheet) -> tuple[Side, Side]:
    """Return both halves of a quota: as it was judged, or as counted so far in a longer period."""
    if judged is not None:
        return Side(judged.submit, judged.submitted), Side(judged.publish, judged.published)

    def so_far(name: str) -> int:
        return int(sheet.carried.sums.get(f"{quota.id}.{name}", (None, Decimal(0)))[1])

    asked = quota.quota
    return (
        Side(asked.submit.at_least if asked.submit else None, so_far("submitted")),
        Side(asked.publish.at_least if asked.publish else None, so_far("published")),
    )


def _state(submit: Side, publish: Side, due: dt.date, today: dt.date, *, is_exempt: bool) -> DutyState:
    if is_exempt:
        return DutyState.EXEMPT
    if submit.is_met and publish.is_met:
        return DutyState.DONE
    if today > due:
        return DutyState.OVERDUE
    return DutyState.WARNING if (due - today).days <= WARN_DAYS else DutyState.DUE


def past(sheets: Iterable[tuple[Decimal, Sequence[Judged]]]) -> Past:
    """Return what several sheets come to together."""
    points, judged = Decimal(0), list[Judged]()
    for each, found in sheets:
        points += each
        judged += found
    outcomes = [one.outcome for one in judged]
    return Past(
        submit=_added(judged, "submit", "submitted"),
        publish=_added(judged, "publish", "published"),
        points=points,
        met=outcomes.count(Outcome.MET),
        missed=outcomes.count(Outcome.MISSED),
        exempt=outcomes.count(Outcome.EXEMPT),
    )


def _added(judged: Sequence[Judged], asked: str, got: str) -> Side:
    wanted = [getattr(one, asked) for one in judged if getattr(one, asked) is not None]
    return Side(sum(wanted) if wanted else None, sum(getattr(one, got) for one in judged))


def kept_in(
    year: Period, appraisal: str, keys: Sequence[int], *, by_unit: bool
) -> Mapping[int, list[tuple[Period, Decimal, tuple[Judged, ...]]]]:
    """Return what the sheets of a year say, by subject, oldest first. Two queries."""
    column = "unit_id" if by_unit else "person_id"
    sheets = Sheet.objects.filter(
        run__appraisal=appraisal, run__starts__gte=year.start, run__ends__lte=year.end, superseded_at=None,
        voids=False, person__isnull=by_unit, **{f"{column}__in": list(keys)},
    )  # fmt: skip
    rows = list(
        sheets.order_by("run__starts").values_list(column, "run__period", "points", "shape__content", "keys")
    )
    contents = keeping.contents((content, own) for *_told, content, own in rows)
    found: dict[int, list[tuple[Period, Decimal, tuple[Judged, ...]]]] = {}
    for (key, period, points, *_kept), content in zip(rows, contents, strict=True):
        found.setdefault(key, []).append((Period.parse(period), points, content.judged))
    return found


def lines(scoring: Scoring, keys: Sequence[int], *, today: dt.date) -> list[Line]:
    """Return the list's lines for some subjects, in the order in which they are named."""
    subjects = {int(each.subject.key): each for each in scoring.subjects(keys)}
    running = {int(each.subject.key): sheet for each, sheet in scoring.sheets(list(subjects.values()))}
    year = Period.year(scoring.period.start.year)
    kept = kept_in(year, scoring.compiled.id, list(subjects), by_unit=scoring.by_unit)
    return [
        _line(scoring, subjects[key], running[key], kept.get(key, []), today)
        for key in keys
        if key in subjects
    ]


def _line(
    scoring: Scoring,
    each: Scored,
    sheet: core.Sheet,
    kept: Sequence[tuple[Period, Decimal, tuple[Judged, ...]]],
    today: dt.date,
) -> Line:
    before = [(period, points, judged) for period, points, judged in kept if period != scoring.period]
    months = [*before, (scoring.period, sheet.points, sheet.judged)]
    quarter = (scoring.period.start.month - 1) // 3
    return Line(
        scored=each,
        sheet=sheet,
        tasks=tasks_of(scoring, each, sheet, today),
        quarter=past(
            (points, judged) for period, points, judged in months if (period.start.month - 1) // 3 == quarter
        ),
        year=past((points, judged) for _period, points, judged in months),
    )
