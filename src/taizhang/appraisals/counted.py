"""Why a number of a list is what it is: the sheets that it was read from, and the rows that they counted.

A number is that of the sheets that hold, and for the running period that of a sheet worked out now. The rows are those
that the sheets name, as the ledger stood when each looked at it; which of them a quota counted is asked of the same rules.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Q, When

from taizhang.appraisals import keeping
from taizhang.appraisals.models import Sheet as KeptSheet
from taizhang.appraisals.running import RunRefused, Scoring, compiled_for
from taizhang.appraisals.standing import tasks_of
from taizhang.core.appraisal import credit
from taizhang.core.appraisal.compiled import Compiled, CompiledQuota
from taizhang.core.appraisal.counting import counted
from taizhang.core.appraisal.posting import closing_day
from taizhang.core.appraisal.rows import Item, Key, Work
from taizhang.core.appraisal.sheet import Judged, Outcome, Step
from taizhang.core.scheme.history import History, NoSchemeInForce
from taizhang.core.values import Period, PeriodKind
from taizhang.journal.clock import day_of
from taizhang.ledger.models import Entry
from taizhang.org.models import Person, Unit
from taizhang.org.queries import UnitTree

HALVES = {"submitted": "submit", "published": "publish"}
"""The numbers of a quota, and the half of it that asks for each."""
NO_ROWS = ("missed", "chain")
"""Numbers of periods: all that were missed, and those missed one after the other up to a sheet."""
AT_ONCE = 2000


@dataclass(frozen=True)
class Asked:
    """Whose number is asked about: which one, of which quota (all without it), over which period.

    With ``missing``: by how much it falls short of what is asked. With ``row``: the points of that entry alone.
    """

    appraisal: str
    period: Period
    figure: str
    person: Person | None
    unit: Unit
    quota: str = ""
    missing: bool = False
    row: str = ""

    @property
    def key(self) -> int:
        return self.person.pk if self.person else self.unit.pk


@dataclass(frozen=True)
class Source:
    """A sheet that a number was read from: one that is kept, or without ``kept`` one worked out just now."""

    compiled: Compiled
    period: Period
    as_of: dt.datetime
    keys: tuple[str, ...]
    judged: tuple[Judged, ...]
    kept: KeptSheet | None = None
    unit_id: int = 0
    tree: Step | None = None
    waiting: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """An entry that was counted: in the sheet of which period, late of its own, as whose share."""

    entry: Entry
    item: Entry | None
    period: Period
    own: Period | None
    place: int
    authors: int


@dataclass(frozen=True)
class Part:
    """One quota in one of its periods: what was asked, what there was, and the rows behind it."""

    quota: str
    period: Period
    asked: int | None
    got: int
    outcome: Outcome | None
    rows: tuple[Row, ...]
    source: Source

    @property
    def missing(self) -> int:
        return max(0, (self.asked or 0) - self.got)


@dataclass(frozen=True)
class Told:
    """A number with all that it is made of."""

    asked: Asked
    compiled: Compiled | None
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]

    @property
    def number(self) -> int:
        if self.asked.figure in NO_ROWS:
            return len(self.parts)
        return sum(part.missing if self.asked.missing else part.got for part in self.parts)

    @property
    def wanted(self) -> int | None:
        asked = [part.asked for part in self.parts if part.asked is not None]
        return sum(asked) if asked and self.asked.figure in HALVES and not self.asked.missing else None

    @property
    def quotas(self) -> list[str]:
        """Return the quotas whose rules say what is counted."""
        return list(dict.fromkeys(part.quota for part in self.parts)) or [
            each for each in (self.asked.quota,) if each
        ]


def told(asked: Asked, *, schemes: History, tree: UnitTree, now: dt.datetime, seen: Q) -> Told:
    """Return a number of somebody's quotas with its rows; ``seen`` is the condition that a sheet may be opened.

    Seven queries, and one more for every two thousand rows, whatever the period.
    """
    reader = _Reader(asked, schemes, tree, now, seen)
    sources = reader.sources()
    within = tuple(each for each in sources if _is_within(each.period, asked.period))
    found = _Parts(reader, sources, within)
    parts = tuple(_chain(sources) if asked.figure == "chain" else found.found())
    compiled = within[-1].compiled if within else None
    return Told(asked, compiled, within, parts)


def _chain(sources: Sequence[Source]) -> list[Part]:
    """Return the quotas missed one period after the other up to the last one; exempt periods neither count nor break."""
    found: list[Part] = []
    for source in reversed(sources):
        missed = [judged for judged in source.judged if judged.outcome is Outcome.MISSED]
        if missed:
            names = " ".join(judged.quota for judged in missed)
            found.append(Part(names, missed[-1].period, None, 1, Outcome.MISSED, (), source))
        elif any(judged.outcome is Outcome.MET for judged in source.judged):
            break
    return found[::-1]


def _is_within(inner: Period, outer: Period) -> bool:
    """Tell whether a sheet's period lies in the one asked about, or that one, of a shorter quota, in it."""
    return outer.start <= inner.end <= outer.end or (inner.start <= outer.start and outer.end <= inner.end)


@dataclass
class _Reader:
    asked: Asked
    schemes: History
    tree: UnitTree
    now: dt.datetime
    seen: Q
    _compiled: dict[Period, Compiled | None] = field(default_factory=dict)

    def compiled(self, period: Period) -> Compiled | None:
        if period not in self._compiled:
            try:
                self._compiled[period] = compiled_for(self.asked.appraisal, period, self.schemes)
            except (RunRefused, NoSchemeInForce):
                self._compiled[period] = None
        return self._compiled[period]

    def sources(self) -> list[Source]:
        """Return the sheets of the period and of its year before it, oldest first, and the one of the running period."""
        kept = list(self._kept())
        running = self._running({each.period for each in kept})
        return sorted([*kept, *([running] if running else [])], key=lambda each: each.period.start)

    def _kept(self) -> Iterator[Source]:
        asked = self.asked
        whose = Q(person=asked.person) if asked.person else Q(person=None, unit=asked.unit)
        year = Period.containing(PeriodKind.YEAR, asked.period.start)
        first = (
            year.previous
            if asked.figure == "chain"
            else Period.containing(PeriodKind.QUARTER, year.start).previous
        )
        sheets = KeptSheet.objects.filter(
            whose, run__appraisal=asked.appraisal, run__starts__gte=first.start, run__starts__lte=asked.period.end,
            superseded_at=None, voids=False,
        )  # fmt: skip
        sheets = sheets.annotate(seen=Case(When(self.seen, then=True), default=False))
        found = list(sheets.select_related("run", "shape", "person", "unit").order_by("run__starts"))
        for sheet, content in zip(found, keeping.contents_of(found), strict=True):
            compiled = self.compiled(sheet.run.span)
            if compiled is not None:
                yield Source(
                    compiled, sheet.run.span, sheet.as_of, tuple(keeping.rows_in(sheet.keys)), content.judged, sheet,
                    sheet.unit_id, content.tree, frozenset(map(str, content.waiting)),
                )  # fmt: skip

    def _running(self, kept: set[Period]) -> Source | None:
        """Work out the sheet that is not there yet: of today's period, or of the one asked about."""
        period = self._period_running()
        if period is None or period in kept:
            return None
        scoring = Scoring.of(self.asked.appraisal, period, schemes=self.schemes, tree=self.tree, now=self.now)
        for each, alike in scoring.alike(scoring.subjects([self.asked.key])):
            sheet = alike.sheet()
            judged = (*sheet.judged, *self._going_on(scoring, each, sheet))
            keys = tuple(map(str, alike.keys))
            return Source(
                scoring.compiled,
                period,
                scoring.window.as_of,
                keys,
                judged,
                None,
                each.unit_id,
                sheet.tree,
                frozenset(map(str, sheet.waiting)),
            )
        return None

    def _period_running(self) -> Period | None:
        """Return the period of a sheet that is to be worked out; None where all that is asked about lies behind or ahead."""
        today = day_of(self.now)
        if self.asked.period.start > today:
            return None
        day = min(today, self.asked.period.end)
        loaded = self.schemes.find(day)
        appraisal = loaded.scheme.appraisals.get(self.asked.appraisal) if loaded else None
        if appraisal is None:
            return None
        period = Period.containing(PeriodKind(appraisal.every), day)
        is_asked = (period.start, period.end) == (self.asked.period.start, self.asked.period.end)
        return period if today in period or is_asked else None

    def _going_on(self, scoring: Scoring, each: Any, sheet: Any) -> Iterator[Judged]:
        """Yield quotas of longer periods as they stand, in the form of those that were judged."""
        known = {(one.quota, one.period) for one in sheet.judged}
        for task in tasks_of(scoring, each, sheet, day_of(self.now)):
            if (task.id, task.period) not in known:
                yield Judged(
                    task.id, task.period, Outcome.NOT_DUE, task.submit.asked, task.submit.got,
                    task.publish.asked, task.publish.got, on_time=False,
                )  # fmt: skip

    def entries(self, sources: Iterable[Source]) -> "_Versions":
        return _Versions.of(key for source in sources for key in source.keys)


@dataclass(frozen=True)
class _Versions:
    """Entries in all their versions, by fact, oldest first."""

    found: Mapping[str, Sequence[Entry]]

    @classmethod
    def of(cls, facts: Iterable[str]) -> "_Versions":
        """Read the entries that are named, in a query for every two thousand."""
        wanted = list(dict.fromkeys(facts))
        found: dict[str, list[Entry]] = {}
        for at in range(0, len(wanted), AT_ONCE):
            rows = Entry.objects.filter(fact__in=wanted[at : at + AT_ONCE]).select_related(
                "unit", "person", "about"
            )
            for entry in rows.order_by("recorded_at", "pk"):
                found.setdefault(entry.fact.hex, []).append(entry)
        return cls(found)

    def at(self, fact: str, moment: dt.datetime) -> Entry | None:
        """Return an entry as it was at a moment; None where it was not there."""
        for entry in self.found.get(fact, ()):
            until = entry.superseded_at
            if entry.recorded_at <= moment and (until is None or until > moment) and not entry.voids:
                return entry
        return None

    def arrived(self, fact: str) -> dt.date:
        return day_of(self.found[fact][0].recorded_at)


@dataclass
class _Parts:
    """The quotas that make up a number."""

    reader: _Reader
    sources: Sequence[Source]
    within: Sequence[Source]
    _versions: _Versions | None = None

    def found(self) -> Iterator[Part]:
        asked = self.reader.asked
        for source in self.within:
            for judged in source.judged:
                if asked.quota not in ("", judged.quota) or not self._is_meant(judged):
                    continue
                if asked.figure in NO_ROWS:
                    yield Part(judged.quota, judged.period, None, 1, judged.outcome, (), source)
                else:
                    yield self._part(source, judged)

    def _is_meant(self, judged: Judged) -> bool:
        asked = self.reader.asked
        if asked.figure not in HALVES:
            return asked.figure == "missed" and judged.outcome is Outcome.MISSED
        if getattr(judged, HALVES[asked.figure]) is None and not getattr(judged, asked.figure):
            return False
        if judged.outcome is Outcome.NOT_DUE:
            return bool(asked.quota) and judged.period == asked.period
        return asked.period.start <= judged.period.end <= asked.period.end

    def _part(self, source: Source, judged: Judged) -> Part:
        figure = self.reader.asked.figure
        return Part(
            judged.quota, judged.period, getattr(judged, HALVES[figure]), getattr(judged, figure), judged.outcome,
            tuple(self._rows(source, judged)), source,
        )  # fmt: skip

    def _rows(self, last: Source, judged: Judged) -> Iterator[Row]:
        """Yield what was counted: in the sheet that judged, and in those before it where the quota's period is longer."""
        for source in self.sources:
            if judged.period.start <= source.period.end <= last.period.end and (
                source is last or source.period.start >= judged.period.start
            ):
                quota = next((each for each in source.compiled.quotas if each.id == judged.quota), None)
                if quota is not None:
                    yield from self._counted(source, quota, judged if source is last else None)

    def _counted(self, source: Source, quota: CompiledQuota, judged: Judged | None) -> Iterator[Row]:
        selection = getattr(quota, HALVES[self.reader.asked.figure])
        if selection is None:
            return
        works = list(self._works(source))
        named = set(judged.rows) if judged is not None and judged.outcome is not Outcome.NOT_DUE else None
        for work in counted(source.compiled, selection, period=source.period, works=works):
            if named is None or work.id in named:
                yield self._row(source, work)

    def _row(self, source: Source, work: Work) -> Row:
        entry = self._at(str(work.id), source)
        item = self._at(str(work.about), source) if work.about is not None else None
        own = Period.containing(source.compiled.every, work.on) if work.on < source.period.start else None
        assert entry is not None
        return Row(entry, item, source.period, own, work.place, work.authors)

    def _works(self, source: Source) -> Iterator[Work]:
        """Yield the rows of a sheet as scoring saw them."""
        posted = {key for each in self.sources if each.period.end < source.period.start for key in each.keys}
        closed_before = closing_day(
            source.compiled.appraisal.closes, source.period.previous, source.compiled.scheme.working_days
        )
        for fact in source.keys:
            entry = self._at(fact, source)
            if entry is None or entry.counts_for > source.period.end:
                continue
            arrived = self.versions.arrived(fact)
            earlier = fact in posted or (entry.counts_for < source.period.start and arrived <= closed_before)
            work = self._work(entry, source, arrived)._replace(
                earlier=earlier, verified=fact not in source.waiting
            )
            yield from (mine for key, mine in self._credited(work, source) if key == self.reader.asked.key)

    def _credited(self, work: Work, source: Source) -> Iterable[tuple[Key, Work]]:
        appraisal = source.compiled.appraisal
        return credit.credits(work, by=appraisal.by, shares=appraisal.shares, subjects=self._subject)

    def _subject(self, named: Key) -> Key | None:
        """Return the one asked about, where a row names that one, or a unit below it."""
        asked = self.reader.asked
        if asked.person is not None:
            return asked.key if str(named) == str(asked.key) else None
        unit = self.reader.tree.by_id.get(int(named))
        while unit is not None and unit.pk != asked.key:
            unit = self.reader.tree.by_id.get(unit.parent_id) if unit.parent_id is not None else None
        return asked.key if unit is not None else None

    def _work(self, entry: Entry, source: Source, arrived: dt.date) -> Work:
        about = entry.about_id.hex if entry.about_id is not None else None
        item = self._at(about, source) if about else None
        return Work(
            id=entry.fact.hex, kind=entry.kind, on=entry.counts_for, happened=entry.occurred_on, arrived=arrived,
            person=entry.person_id, unit=entry.unit_id, values=entry.values, about=about,
            item=Item(item.kind, item.person_id, item.unit_id, item.values) if item else None,
            quantity=entry.quantity,
        )  # fmt: skip

    def _at(self, fact: str, source: Source) -> Entry | None:
        return self.versions.at(fact, source.as_of)

    @property
    def versions(self) -> _Versions:
        if self._versions is None:
            self._versions = self.reader.entries(self.sources)
        return self._versions
