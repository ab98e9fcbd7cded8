"""How the stations do: how long texts stay, how often they are sent back, what is overdue, which findings recur."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from taizhang.core.scheme.schema import WorkingDays
from taizhang.desk import access as rights
from taizhang.desk import placing, presenting, queries
from taizhang.desk.access import Visitor
from taizhang.desk.models import Act, Finding, FindingDecision, Manuscript, Place, Station

MOST_CODES = 15


@dataclass
class Tally:
    """What happened at the stations of one id."""

    code: str
    name: str
    approved: int = 0
    returned: int = 0
    corrected: int = 0
    late: int = 0
    spans: list[dt.timedelta] = field(default_factory=list)
    waiting: int = 0
    overdue: int = 0

    @property
    def left(self) -> int:
        return self.approved + self.returned

    @property
    def median(self) -> dt.timedelta | None:
        """Return the middle span; of two in the middle the shorter."""
        return sorted(self.spans)[(len(self.spans) - 1) // 2] if self.spans else None

    @property
    def longest(self) -> dt.timedelta | None:
        return max(self.spans, default=None)

    @property
    def return_rate(self) -> int | None:
        """Return the part of decisions that sent the text back, in per cent."""
        return round(100 * self.returned / self.left) if self.left else None


@dataclass(frozen=True)
class Recurring:
    """A kind of finding: how often it was found, and how often it was let stand."""

    code: str
    gate: str
    found: int
    kept: int


@dataclass(frozen=True)
class Statistics:
    """``texts``: manuscripts with acts in the span."""

    tallies: tuple[Tally, ...]
    recurring: tuple[Recurring, ...]
    overdue: tuple[Place, ...]
    texts: int


@dataclass(frozen=True)
class Asked:
    """Of which units (None: all that may be seen), from when, until before when, as things are ``now``."""

    begin: dt.datetime
    end: dt.datetime
    unit_ids: frozenset[int] | None
    now: dt.datetime


def count(asked: Asked, visitor: Visitor, *, calendar: WorkingDays) -> Statistics:
    """Count what the visitor may see. Five queries."""
    seen = _seen(asked, visitor)
    acts = list(
        Act.objects.filter(manuscript__in=seen, at__gte=asked.begin, at__lt=asked.end)
        .select_related("station", "version")
        .defer("version__body", "version__content")
        .order_by("manuscript_id", "number")
    )
    tallies: dict[str, Tally] = {}
    for act, arrived in _arrivals(acts):
        _add(tallies, act, arrived, calendar)
    waiting = list(placing.rows().filter(manuscript__in=seen, state=Place.State.ON_THE_WAY).order_by("due"))
    for kept in waiting:
        tally = _tally(tallies, kept.station)
        tally.waiting += 1
        tally.overdue += kept.due is not None and kept.due < asked.now
    return Statistics(
        tallies=tuple(tallies.values()),
        recurring=tuple(_recurring(asked, seen)),
        overdue=tuple(one for one in waiting if one.due is not None and one.due < asked.now),
        texts=len({act.manuscript_id for act in acts}),
    )


def _seen(asked: Asked, visitor: Visitor) -> QuerySet[Manuscript]:
    found = Manuscript.objects.filter(rights.visible(visitor))
    if asked.unit_ids is not None:
        found = found.filter(unit_id__in=asked.unit_ids)
    return found.values("pk")  # type: ignore[return-value]


def _arrivals(acts: Sequence[Act]) -> Iterable[tuple[Act, dt.datetime | None]]:
    """Pair each act at a station with the moment the text came there: that of the act before it in its round."""
    before: dict[object, Act] = {}
    for act in acts:
        last = before.get(act.round_id)
        before[act.round_id] = act
        yield act, last.at if last else None


def _tally(tallies: dict[str, Tally], station: Station | None) -> Tally:
    assert station is not None
    return tallies.setdefault(station.code, Tally(station.code, presenting.named(station.name)))


def _add(tallies: dict[str, Tally], act: Act, arrived: dt.datetime | None, calendar: WorkingDays) -> None:
    if act.station is None:
        return
    tally = _tally(tallies, act.station)
    if act.what == Act.What.CORRECT:
        tally.corrected += 1
        return
    tally.approved += act.what == Act.What.APPROVE
    tally.returned += act.what == Act.What.RETURN
    if arrived is not None:
        tally.spans.append(act.at - arrived)
        due = queries.due_of(act.station, arrived, calendar=calendar)
        tally.late += due is not None and act.at > due


def _recurring(asked: Asked, seen: QuerySet[Manuscript]) -> Iterable[Recurring]:
    """Return the kinds of findings that are found most often; each text counts a finding once, however many versions."""
    of_span = Q(version__manuscript__in=seen, version__at__gte=asked.begin, version__at__lt=asked.end)
    found = list(
        Finding.objects.filter(of_span, rank__lte=2)
        .values("code", "gate")
        .annotate(n=Count("key", distinct=True))
        .order_by("-n", "code")[:MOST_CODES]
    )
    codes = defaultdict(set)
    for code, key in Finding.objects.filter(of_span, code__in=[one["code"] for one in found]).values_list(
        "code", "key"
    ):
        codes[code].add(key)
    keeps = FindingDecision.objects.filter(of_span, choice=FindingDecision.Choice.KEEP)
    kept = Counter(key for (key,) in keeps.values_list("key").distinct())
    for one in found:
        yield Recurring(one["code"], one["gate"], one["n"], sum(kept[key] > 0 for key in codes[one["code"]]))
