import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from taizhang.core.calendar import due_date
from taizhang.core.duties import DutyState, Standing, occurrence_periods, state_of
from taizhang.core.indicators.plan import Ask
from taizhang.core.outlook import Goal, Outlook, accumulates, outlook
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Audience, Duty, Target
from taizhang.core.values import Figure, Period, PeriodKind, Scope
from taizhang.duties.models import Ruling
from taizhang.journal.clock import day_of
from taizhang.ledger import figures
from taizhang.org.models import Unit
from taizhang.org.queries import UnitTree

PAIRS = {
    Ruling.Act.EXEMPT: "exemption",
    Ruling.Act.LIFT: "exemption",
    Ruling.Act.VERIFY: "verification",
    Ruling.Act.REOPEN: "verification",
}


@dataclass(frozen=True)
class Owed:
    """A duty that a unit owes in a period, before anything is counted."""

    id: str
    duty: Duty
    scheme: LoadedScheme
    unit: Unit
    period: Period

    @property
    def ask(self) -> Ask:
        return Ask(self.duty.of, Scope(unit=self.unit.code), self.period)


@dataclass(frozen=True)
class Occurrence:
    """A duty of a unit in a period, as it stands: the figure, the lamp, and the rulings that hold."""

    owed: Owed
    figure: Figure
    standing: Standing
    exemption: Ruling | None = None
    verification: Ruling | None = None

    @property
    def state(self) -> DutyState:
        return self.standing.state

    @property
    def days_late(self) -> int:
        return max(0, -self.standing.days_left)


@dataclass(frozen=True)
class Rulings:
    """The rulings that hold, by duty, unit and period."""

    exemptions: Mapping[tuple[str, int, str], Ruling] = field(default_factory=dict)
    verifications: Mapping[tuple[str, int, str], Ruling] = field(default_factory=dict)


def owed_in(
    span: Period, *, schemes: History, tree: UnitTree, unit_ids: frozenset[int] | None = None
) -> Iterator[Owed]:
    """Yield what is owed in the periods that start in ``span``, by the units named (None: all).

    Each period is judged by the scheme in force at its start. A unit owes it if it exists on the period's first and
    last day.
    """
    for version, part in _versions_in(span, schemes):
        for id_, duty in version.scheme.duties.items():
            bound = bound_units(duty.units, tree)
            for period in occurrence_periods(duty, part):
                for unit in bound:
                    if (unit_ids is None or unit.pk in unit_ids) and _exists(unit, period):
                        yield Owed(id_, duty, version, unit, period)


def _versions_in(span: Period, schemes: History) -> Iterator[tuple[LoadedScheme, Period]]:
    """Yield each version with the part of ``span`` in which periods start under it."""
    starts = [version.effective for version in schemes.versions] + [dt.date.max]
    for version, following in zip(schemes.versions, starts[1:], strict=True):
        first, last = max(span.start, version.effective), span.end
        if following <= last:
            last = following - dt.timedelta(days=1)
        if first <= last:
            yield version, Period(first, last)


def bound_units(audience: Audience, tree: UnitTree) -> list[Unit]:
    """Return the units that an audience names, by code or by kind, in tree order."""
    return [unit for unit in tree.in_order if unit.code in audience.units or unit.kind in audience.unit_kinds]


def _exists(unit: Unit, period: Period) -> bool:
    return unit.since <= period.start and (unit.until is None or unit.until >= period.end)


def occurrences(
    owed: Iterable[Owed],
    *,
    schemes: History,
    tree: UnitTree,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
) -> list[Occurrence]:
    """Count what is owed and say how it stands ``now`` (or stood at ``as_of``). Two statements when counts are kept."""
    wanted = list(owed)
    if not wanted:
        return []
    counted = figures.evaluate(
        [one.ask for one in wanted], schemes=schemes, tree=tree, now=now, as_of=as_of, latest=True
    )
    first, last = min(o.period.start for o in wanted), max(o.period.start for o in wanted)
    ruled = rulings(Period(first, last), as_of=as_of)
    today = day_of(as_of or now)
    return [_standing(one, counted[one.ask], ruled, today) for one in wanted]


def rulings(starting_in: Period, *, as_of: dt.datetime | None = None) -> Rulings:
    """Read the rulings about periods that start in the span, as they held at ``as_of``."""
    rows = Ruling.objects.filter(starts__gte=starting_in.start, starts__lte=starting_in.end)
    if as_of is not None:
        rows = rows.filter(at__lte=as_of)
    holding: dict[str, dict[tuple[str, int, str], Ruling]] = {"exemption": {}, "verification": {}}
    for ruling in rows.order_by("pk"):
        key = (ruling.duty, ruling.unit_id, ruling.period)
        if ruling.act in (Ruling.Act.EXEMPT, Ruling.Act.VERIFY):
            holding[PAIRS[Ruling.Act(ruling.act)]][key] = ruling
        else:
            holding[PAIRS[Ruling.Act(ruling.act)]].pop(key, None)
    return Rulings(holding["exemption"], holding["verification"])


def _standing(owed: Owed, figure: Figure, ruled: Rulings, today: dt.date) -> Occurrence:
    key = (owed.id, owed.unit.pk, str(owed.period))
    exemption, verification = ruled.exemptions.get(key), ruled.verifications.get(key)
    duty = owed.duty
    standing = state_of(
        period=owed.period,
        due=due_date(duty.due, owed.period, owed.scheme.scheme.working_days),
        warn_days=duty.warn_days,
        value=figure.value,
        at_least=duty.at_least,
        today=today,
        exempt=exemption is not None,
        verified=verification is not None and _still_as_verified(verification, figure),
        verify=duty.verify,
    )
    return Occurrence(owed, figure, standing, exemption, verification)


def _still_as_verified(verification: Ruling, figure: Figure) -> bool:
    """A verification holds while the figure is what was verified and none of its rows is newer."""
    return said_plainly(figure) == verification.value and (
        figure.latest is None or figure.latest <= verification.at
    )


def said_plainly(figure: Figure) -> str:
    """Return the figure's value as a ruling keeps it."""
    return f"{figure.value.normalize():f}" if isinstance(figure.value, Decimal) else ""


@dataclass(frozen=True)
class TargetStanding:
    """A target of the plan and how it stands."""

    id: str
    target: Target
    scheme: LoadedScheme
    unit: Unit
    period: Period
    figure: Figure
    outlook: Outlook


def targets(
    span: Period,
    *,
    schemes: History,
    tree: UnitTree,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
    unit_ids: frozenset[int] | None = None,
) -> list[TargetStanding]:
    """Return how the targets whose periods start in ``span`` stand."""
    found = [
        (id_, target, version, unit, period)
        for version, part in _versions_in(span, schemes)
        for id_, target in version.scheme.targets.items()
        for unit in bound_units(target.units, tree)
        if unit_ids is None or unit.pk in unit_ids
        for period in part.split(PeriodKind(target.every))
        if _exists(unit, period)
    ]
    asks = [Ask(target.of, Scope(unit=unit.code), period) for _id, target, _v, unit, period in found]
    counted = figures.evaluate(asks, schemes=schemes, tree=tree, now=now, as_of=as_of)
    today = day_of(as_of or now)
    return [
        TargetStanding(
            id_,
            target,
            version,
            unit,
            period,
            counted[ask],
            _outlook(target, version, period, counted[ask], today),
        )
        for (id_, target, version, unit, period), ask in zip(found, asks, strict=True)
    ]


def _outlook(
    target: Target, version: LoadedScheme, period: Period, figure: Figure, today: dt.date
) -> Outlook:
    bound = target.at_least if target.at_least is not None else target.at_most
    indicator = version.scheme.indicators[target.of]
    goal = Goal(
        bound=bound or Decimal(0),
        period=period,
        upper=target.at_most is not None,
        accumulates=accumulates(indicator.measure),
        digits=figure.digits,
    )
    return outlook(goal, value=figure.value, today=today, calendar=version.scheme.working_days)
