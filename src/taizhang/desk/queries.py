"""Reading the desk: how a manuscript stands, whose turn it is, what may be released."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from taizhang.core.desk import standing as rule
from taizhang.core.desk.standing import Case, Stage, Standing, Wish
from taizhang.core.desk.track import Stop, Track, due_at
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import WorkingDays
from taizhang.desk import seating
from taizhang.desk.models import (
    Act,
    Finding,
    FindingDecision,
    Hand,
    Manuscript,
    Place,
    Release,
    Round,
    Seat,
    Station,
    Version,
    Withdrawal,
)
from taizhang.org.queries import UnitTree

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Way:
    """A manuscript on its way: its newest round, everything done in it, and how that stands.

    ``round`` is None while it was never submitted. ``versions`` and ``acts`` are those of all rounds.
    """

    manuscript: Manuscript
    round: Round | None
    stations: tuple[Station, ...]
    versions: tuple[Version, ...]
    acts: tuple[Act, ...]
    releases: tuple[Release, ...]
    withdrawals: tuple[Withdrawal, ...]
    hands: frozenset[int]
    case: Case | None
    standing: Standing | None

    @property
    def version(self) -> Version | None:
        """The newest version of the newest round; None before its first submission."""
        if self.round is None:
            return None
        return next((v for v in reversed(self.versions) if v.round_id == self.round.pk), None)

    @property
    def station(self) -> Station | None:
        """Where it is now."""
        if self.standing is None or self.standing.stop is None:
            return None
        return self.stations[self.standing.stop.order - 1]

    @property
    def stage(self) -> Stage:
        return self.standing.stage if self.standing else Stage.WRITING

    @property
    def is_done(self) -> bool:
        """Whether its newest round did what it was for: released or withdrawn."""
        rounds = {one.round_id for one in self.releases} | {one.round_id for one in self.withdrawals}
        return self.round is not None and self.round.pk in rounds

    def approval(self, station: Station) -> Act | None:
        """Return the approval of a station that stands."""
        act = self.standing.approvals.get(station.order) if self.standing else None
        return next((each for each in self.acts if act and each.number == act.number), None)

    def due(self, calendar: WorkingDays) -> dt.datetime | None:
        """Return by when it should leave the station where it is."""
        if self.standing is None or self.standing.stop is None or self.standing.since is None:
            return None
        return due_at(self.standing.stop, timezone.localtime(self.standing.since), calendar=calendar)


def scheme_of(round_: Round, schemes: History) -> LoadedScheme | None:
    """Return the scheme that a round was begun under; None if it is adopted no more."""
    return next((version for version in schemes.versions if version.digest == round_.scheme), None)


def track_of(round_: Round, stations: Iterable[Station]) -> Track:
    return Track(tuple(map(_stop, stations)), round_.corrects_at_most)


def _stop(station: Station) -> Stop:
    gates = {"text": station.gate_text, "number": station.gate_number, "logic": station.gate_logic}
    return Stop(
        order=station.order,
        id=station.code,
        does=station.does,
        level=station.level,
        gates=gates,
        reads_aloud=station.reads_aloud,
        needs_opinion=station.needs_opinion,
        hours=station.hours,
        working_days=station.working_days,
        reopens_from=station.reopens_from,
        apart_from=tuple(station.apart_from),
    )


def due_of(station: Station, arrived: dt.datetime, *, calendar: WorkingDays) -> dt.datetime | None:
    """Return by when a text that arrived then should have left a station; None without a limit."""
    return due_at(_stop(station), timezone.localtime(arrived), calendar=calendar)


def way_of(manuscript: Manuscript, *, tree: UnitTree | None = None) -> Way:
    """Read how one manuscript stands; see ``ways_of``."""
    return ways_of([manuscript], tree=tree)[0]


def ways_of(manuscripts: Iterable[Manuscript], *, tree: UnitTree | None = None) -> list[Way]:
    """Read how manuscripts stand, all of them in a handful of queries.

    With ``tree`` thoroughly: every act is held against the seats and findings of its moment, as actions and
    verification need it. Without it the rows are believed, which the triggers let in only by the rule.
    """
    wanted = list(manuscripts)
    rows = _Rows.read(wanted, thorough=tree is not None)
    entitled = entitled_in(tree) if tree is not None else None
    return [_way(manuscript, rows, entitled) for manuscript in wanted]


def way_shown(manuscript: Manuscript) -> Way:
    """Read how one manuscript stands, for a page: believed, and without asking again what can never change.

    ``manuscript`` brings its ``place`` with its round. Three queries, two more once something was released.
    """
    return _way(manuscript, _Rows.shown(manuscript), None)


@lru_cache(maxsize=2048)
def _settled(round_id: uuid.UUID) -> tuple[Station, ...]:
    """Return the stations of a round with their seats: settled when it began, and never changed."""
    return tuple(Station.objects.filter(round=round_id).prefetch_related("seats").order_by("order"))


@lru_cache(maxsize=512)
def findings_of(version_id: uuid.UUID) -> tuple[Finding, ...]:
    """Return what was found in a version: kept with it, and never changed."""
    return tuple(Finding.objects.filter(version=version_id))


@dataclass(frozen=True)
class Passage:
    """One round as it was gone through: for verification."""

    round: Round
    stations: tuple[Station, ...]
    versions: tuple[Version, ...]
    acts: tuple[Act, ...]
    standing: Standing


Entitled = Callable[[Act, Iterable[Seat], Manuscript], bool]
"""Tells whether what an act names let its person sit at one of these seats for a manuscript."""


def entitled_in(tree: UnitTree) -> Entitled:
    """Return the judgement by roles and memberships as they stand now."""

    def entitled(act: Act, seats: Iterable[Seat], manuscript: Manuscript) -> bool:
        return seating.was_entitled(act, seats, unit_id=manuscript.unit_id, tree=tree)

    return entitled


def passages_of(manuscripts: Iterable[Manuscript], *, entitled: Entitled) -> Iterator[Passage]:
    """Yield every round of these manuscripts, every act held against the seats and findings of its moment."""
    wanted = list(manuscripts)
    rows = _Rows.read(wanted, thorough=True)
    for manuscript in wanted:
        for round_ in rows.rounds.get(manuscript.pk, []):
            yield Passage(
                round=round_,
                stations=tuple(rows.stations.get(round_.pk, ())),
                versions=tuple(v for v in rows.versions.get(manuscript.pk, ()) if v.round_id == round_.pk),
                acts=tuple(a for a in rows.acts.get(manuscript.pk, ()) if a.round_id == round_.pk),
                standing=rule.stand(_case(manuscript, round_, rows, entitled)),
            )


@dataclass(frozen=True)
class _Rows:
    rounds: Mapping[uuid.UUID, list[Round]]
    stations: Mapping[uuid.UUID, list[Station]]
    versions: Mapping[uuid.UUID, list[Version]]
    acts: Mapping[uuid.UUID, list[Act]]
    hands: Mapping[uuid.UUID, list[Hand]]
    findings: Mapping[uuid.UUID, list[Finding]]
    decisions: Mapping[uuid.UUID, list[FindingDecision]]
    releases: Mapping[uuid.UUID, list[Release]]
    withdrawals: Mapping[uuid.UUID, list[Withdrawal]]

    @classmethod
    def shown(cls, manuscript: Manuscript) -> "_Rows":
        id_, round_ = manuscript.pk, manuscript.place.round
        hands = Prefetch("hands", Hand.objects.select_related("person"))
        versions = list(
            Version.objects.filter(manuscript=id_)
            .select_related("person")
            .prefetch_related(hands)
            .order_by("number")
        )
        acts = Act.objects.filter(manuscript=id_).select_related("person", "station").order_by("number")
        releases, withdrawals = _shown_releases(manuscript)
        return cls(
            rounds={id_: [round_]} if round_ else {},
            stations={round_.pk: list(_settled(round_.pk))} if round_ else {},
            versions={id_: versions},
            acts={id_: list(acts)},
            hands={version.pk: list(version.hands.all()) for version in versions},
            findings={},
            decisions={},
            releases={id_: releases},
            withdrawals={id_: withdrawals},
        )

    @classmethod
    def read(cls, manuscripts: list[Manuscript], *, thorough: bool) -> "_Rows":
        mine = Q(manuscript__in=manuscripts)
        versions = Version.objects.filter(mine).select_related("person").order_by("number")
        acts = (
            Act.objects.filter(mine).select_related("person", "assignment", "membership").order_by("number")
        )
        stations = (
            Station.objects.filter(round__manuscript__in=manuscripts)
            .select_related("round")
            .prefetch_related("seats")
            .order_by("round__number", "order")
        )
        by_round = _grouped(stations, "round_id")
        rounds: dict[uuid.UUID, list[Round]] = defaultdict(list)
        for of_round in by_round.values():
            rounds[of_round[0].round.manuscript_id].append(of_round[0].round)
        by_version = Q(version__manuscript__in=manuscripts)
        return cls(
            rounds=rounds,
            stations=by_round,
            versions=_grouped(versions, "manuscript_id"),
            acts=_grouped(acts, "manuscript_id"),
            hands=_grouped(Hand.objects.filter(mine), "version_id"),
            findings=_grouped(Finding.objects.filter(by_version), "version_id") if thorough else {},
            decisions=_grouped(FindingDecision.objects.filter(by_version), "version_id") if thorough else {},
            releases=_grouped(Release.objects.filter(mine).order_by("at"), "manuscript_id"),
            withdrawals=_grouped(Withdrawal.objects.filter(mine).order_by("at"), "manuscript_id"),
        )


def _shown_releases(manuscript: Manuscript) -> tuple[list[Release], list[Withdrawal]]:
    """Return what was released and withdrawn; no query for a text whose first round is not done."""
    place = manuscript.place
    is_new = place.round is None or (place.round.number == 1 and place.state not in Place.DONE)
    if is_new:
        return [], []
    releases = list(
        Release.objects.filter(manuscript=manuscript)
        .select_related("withdrawal__person", "person")
        .order_by("at")
    )
    gone = [one.withdrawal for one in releases if hasattr(one, "withdrawal")]
    return releases, sorted(gone, key=lambda one: one.at)


def _grouped(rows: Iterable[_Row], key: str) -> dict[uuid.UUID, list[_Row]]:
    found: dict[uuid.UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _way(manuscript: Manuscript, rows: _Rows, entitled: Entitled | None) -> Way:
    rounds = rows.rounds.get(manuscript.pk, [])
    round_ = rounds[-1] if rounds else None
    versions = rows.versions.get(manuscript.pk, [])
    acts = rows.acts.get(manuscript.pk, [])
    stations = rows.stations.get(round_.pk, []) if round_ else []
    case = _case(manuscript, round_, rows, entitled) if round_ else None
    return Way(
        manuscript=manuscript,
        round=round_,
        stations=tuple(stations),
        versions=tuple(versions),
        acts=tuple(acts),
        releases=tuple(rows.releases.get(manuscript.pk, ())),
        withdrawals=tuple(rows.withdrawals.get(manuscript.pk, ())),
        hands=frozenset(
            {manuscript.creator_id, *(h.person_id for v in versions for h in rows.hands.get(v.pk, ()))}
        ),
        case=case,
        standing=rule.stand(case) if case else None,
    )


def _case(manuscript: Manuscript, round_: Round, rows: _Rows, entitled: Entitled | None) -> Case:
    stations = {station.pk: station for station in rows.stations[round_.pk]}
    versions = rows.versions.get(manuscript.pk, [])
    mine = [version for version in versions if version.round_id == round_.pk]
    sooner = {each.pk for each in rows.rounds[manuscript.pk] if each.number < round_.number}
    before = [version for version in versions if version.round_id in sooner]
    numbers = {version.pk: version.number for version in mine}
    acts = [act for act in rows.acts.get(manuscript.pk, []) if act.round_id == round_.pk]
    decisions = tuple(
        decision
        for version in mine
        for decision in _decisions(version.number, rows.decisions.get(version.pk, ()))
    )
    earlier = [hand for version in before for hand in rows.hands.get(version.pk, ())]
    return Case(
        track=track_of(round_, stations.values()),
        texts=tuple(
            _text(version, rows.hands.get(version.pk, ()), rows.findings.get(version.pk, ()))
            for version in mine
        ),
        acts=tuple(_act(act, stations, numbers, manuscript, entitled) for act in acts),
        decisions=decisions,
        hands=frozenset(
            {manuscript.creator_id, *(h.person_id for h in earlier if h.how != Hand.How.CORRECTOR)}
        ),
        correctors=frozenset(h.person_id for h in earlier if h.how == Hand.How.CORRECTOR),
    )


def _text(version: Version, hands: Iterable[Hand], findings: Iterable[Finding]) -> rule.Text:
    return rule.Text(
        number=version.number,
        digest=version.digest,
        hands=frozenset(hand.person_id for hand in hands if hand.how != Hand.How.CORRECTOR),
        at=version.at,
        reopens_from=version.reopens_from,
        corrector=version.person_id if version.is_correction else None,
        findings=tuple(rule.Finding(one.key, one.gate, one.rank) for one in findings),
    )


def _act(
    act: Act,
    stations: Mapping[int, Station],
    numbers: Mapping[uuid.UUID, int],
    manuscript: Manuscript,
    entitled: Entitled | None,
) -> rule.Act:
    station = stations.get(act.station_id or 0)
    may = entitled is None or station is None or entitled(act, station.seats.all(), manuscript)
    return rule.Act(
        number=act.number,
        what=rule.What(act.what),
        text=numbers.get(act.version_id, 0),
        digest=act.digest,
        person=act.person_id,
        at=act.at,
        stop=station.order if station else None,
        entitled=may,
        opinion=act.opinion,
        read_aloud=act.read_aloud,
    )


def _decisions(number: int, rows: Iterable[FindingDecision]) -> Iterator[rule.Decision]:
    """Yield the decisions by which findings of a version stay: the newest on each counts."""
    newest = {row.key: row for row in sorted(rows, key=lambda row: row.pk)}
    for row in newest.values():
        if row.choice == FindingDecision.Choice.KEEP:
            yield rule.Decision(number, row.key, row.at)


def objections(way: Way, act: Act, *, tree: UnitTree) -> list[Message]:
    """Return everything that speaks against an act that is about to be written, ``way`` having been read thoroughly."""
    stations = {act.station.pk: act.station} if act.station else {}
    version = act.version
    hands = list(Hand.objects.filter(version=version))
    text = _text(version, hands, Finding.objects.filter(version=version))
    told = _act(act, stations, {version.pk: version.number}, way.manuscript, entitled_in(tree))
    case = way.case or Case(
        track_of(act.round, act.round.stations.all()), hands=frozenset([way.manuscript.creator_id])
    )
    kept = {one.key for one in case.decisions if one.text == version.number}
    return rule.objections(rule.stand(case), told, new=text, decided=kept)


def refusals(way: Way, *, seen: str, channel: str, now: dt.datetime) -> list[Message]:
    """Return every reason why the text is not to be released (or withdrawn) on a channel now; none means that it may."""
    if way.standing is None or way.version is None:
        return [Message(gettext_noop("The text was never submitted for review."))]
    wish = Wish(digest=seen, channel=channel, now=now)
    content = way.version.text
    embargo = content.embargo and timezone.localtime(content.embargo)  # the refusal names its hour
    return rule.refusals(way.standing, wish, channels=content.channels, embargo=embargo)


def bars(way: Way, person_id: int) -> list[Message]:
    """Return what bars a person from the station where the text is, roles aside: a hand in it, another level …"""
    if way.standing is None or way.standing.stop is None:
        return []
    return rule.bars(way.standing, person_id)


def decided(version: Version) -> dict[str, FindingDecision]:
    """Return the newest decision on each finding of a version, by key."""
    rows = FindingDecision.objects.filter(version=version).select_related("person").order_by("pk")
    return {row.key: row for row in rows}


@lru_cache(maxsize=512)
def final_decisions(version_id: uuid.UUID) -> dict[str, FindingDecision]:
    """Return the newest decision on each finding of a version that is done with: none comes after it."""
    rows = FindingDecision.objects.filter(version=version_id).select_related("person").order_by("pk")
    return {row.key: row for row in rows}


def decisions_on(version: Version) -> tuple[dict[str, FindingDecision], dict[str, FindingDecision]]:
    """Return the newest decision on each finding of a version, and on the same findings of earlier versions, by key."""
    rows = FindingDecision.objects.filter(version__manuscript=version.manuscript_id).select_related("person")
    here: dict[str, FindingDecision] = {}
    earlier: dict[str, FindingDecision] = {}
    for row in rows.order_by("pk"):
        (here if row.version_id == version.pk else earlier)[row.key] = row
    return here, earlier


def earlier_decisions(version: Version) -> dict[str, FindingDecision]:
    """Return the newest decision on the same finding in an earlier version, by key: what a reviewer may repeat."""
    rows = (
        FindingDecision.objects.filter(
            version__manuscript=version.manuscript_id, version__number__lt=version.number
        )
        .select_related("person")
        .order_by("pk")
    )
    return {row.key: row for row in rows}


def in_work() -> QuerySet[Manuscript]:
    """Return the manuscripts whose newest round is not done: never submitted, on the way, or passed."""
    done = Release.objects.filter(round=OuterRef("pk"))
    withdrawn = Withdrawal.objects.filter(round=OuterRef("pk"))
    open_ = Round.objects.filter(~Exists(done), ~Exists(withdrawn), manuscript=OuterRef("pk"))
    return Manuscript.objects.filter(Exists(open_) | ~Exists(Round.objects.filter(manuscript=OuterRef("pk"))))


def seat_filter(chairs: seating.Chairs, tree: UnitTree) -> Q:
    """Return the condition on manuscripts that somebody could sit at some station of theirs."""
    found = Q(rounds__stations__seats__how=Seat.How.PERSON, rounds__stations__seats__name=chairs.person.code)
    for assignment in chairs.assignments:
        here = Q(rounds__stations__seats__name=assignment.role)
        found |= here & Q(rounds__stations__seats__how=Seat.How.ANYWHERE)
        found |= here & Q(
            rounds__stations__seats__how=Seat.How.ROLE, unit_id__in=tree.below(assignment.unit_id)
        )
    for membership in chairs.memberships:
        found |= Q(
            rounds__stations__seats__how=Seat.How.GROUP, rounds__stations__seats__name=membership.group
        )
    return found
