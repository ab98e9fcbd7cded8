"""The figures of a run, as a circular prints them: each with the sheets, entries, talks or objections that it counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import override

from taizhang.appraisals import keeping, showing
from taizhang.appraisals.feeding import Window, end_of
from taizhang.appraisals.following import is_dropped
from taizhang.appraisals.models import Objection, Run, Sheet, Talk
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.sheet import Judged, Outcome
from taizhang.core.scheme.circular import Breakdown
from taizhang.ledger.models import Entry

Kind = Literal["sheet", "entry", "talk", "objection"]


class Ref(NamedTuple):
    """What a figure counts: so many of it (``n``), in which unit."""

    unit: int
    kind: Kind
    id: Any
    n: int = 1


class Named(NamedTuple):
    """Somebody as a circular names him, with the unit and what is said of him."""

    name: str
    unit: str
    said: str = ""


@dataclass
class Tally:
    """The figures of a run. ``sheets`` is the digest over the sheets that were counted."""

    refs: dict[str, list[Ref]] = field(default_factory=lambda: defaultdict(list))
    units: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Code and name, in the order of the organisation."""
    named: dict[str, list[Named]] = field(default_factory=lambda: defaultdict(list))
    ranked: list[tuple[Decimal, Named]] = field(default_factory=list)
    sheets: str = ""

    def number(self, figure: str, unit: int | None = None) -> Decimal | None:
        """Return a figure, of one unit or of all; None for a share of nothing."""
        if figure == "met_rate":
            met, missed = self._count("met", unit), self._count("missed", unit)
            return Decimal(100 * met) / Decimal(met + missed) if met + missed else None
        return Decimal(self._count(figure, unit))

    def _count(self, figure: str, unit: int | None) -> int:
        found = [ref for ref in self.refs.get(figure, ()) if unit is None or ref.unit == unit]
        if found and found[0].kind == "entry":  # an entry of two people in one sum
            return len({ref.id for ref in found})
        return sum(ref.n for ref in found)


def tally(
    run: Run, compiled: Compiled, *, breakdowns: Mapping[str, Breakdown], language: str, seen: Q | None = None
) -> Tally:
    """Count the figures of a run from the sheets that hold; ``seen`` narrows to those that somebody may see.

    Three queries, one more for every breakdown, and one for some hundred sheets of items not met before.
    """
    counting = _Counting(run, compiled, breakdowns, Tally())
    with override(language):
        counting.sheets(seen)
        counting.talks()
    counting.objections()
    for name, breakdown in breakdowns.items():
        counting.breakdown(name, breakdown)
    return counting.tally


AT_ONCE = 500


@dataclass
class _Counting:
    run: Run
    compiled: Compiled
    breakdowns: Mapping[str, Breakdown]
    tally: Tally
    posted: dict[str, list[Sheet]] = field(default_factory=lambda: defaultdict(list))

    def sheets(self, seen: Q | None) -> None:
        sheets = Sheet.objects.filter(run=self.run, superseded_at=None, voids=False)
        digests: list[str] = []
        found = iter(_in_order(sheets.filter(seen) if seen is not None else sheets))
        while some := list(islice(found, AT_ONCE)):
            for sheet, content in zip(some, keeping.contents_of(some), strict=True):
                digests.append(sheet.digest)
                self._sheet(sheet, content)
        self.tally.sheets = keeping.digest_over(digests)
        self.tally.ranked.sort(key=lambda row: -row[0])

    def _sheet(self, sheet: Sheet, content: keeping.Content) -> None:
        self.tally.units.setdefault(sheet.unit_id, (sheet.unit.code, sheet.unit.name))
        self._add("scored", sheet)
        self._add(sheet.outcome, sheet)
        if sheet.origin in (Sheet.Origin.ANSWERED, Sheet.Origin.CORRECTED):
            self._add("corrected", sheet)
        for figure, n in _sums(content.judged).items():
            self._add(figure, sheet, n)
        for step in showing.steps_below(content.tree):
            if step.part == "row":
                self._row(str(step.name), sheet, late=bool(step.own))
        for row in content.unrated:
            self.tally.refs["unrated"].append(Ref(sheet.unit_id, "entry", str(row)))
        if self.breakdowns:
            for row in (row for judged in content.judged for row in judged.rows):
                self._row(str(row), sheet, late=False)
        self._name(sheet, content)

    def _add(self, figure: str, sheet: Sheet, n: int = 1) -> None:
        if n:
            self.tally.refs[figure].append(Ref(sheet.unit_id, "sheet", sheet.pk, n))

    def _row(self, fact: str, sheet: Sheet, *, late: bool) -> None:
        if late:
            self.tally.refs["late"].append(Ref(sheet.unit_id, "entry", fact))
        if self.breakdowns and sheet not in self.posted[fact]:
            self.posted[fact].append(sheet)

    def _name(self, sheet: Sheet, content: keeping.Content) -> None:
        named = Named(str(sheet.person or sheet.unit), sheet.unit.name)
        if sheet.outcome == Outcome.MISSED:
            missed = [one for one in content.judged if one.outcome is Outcome.MISSED]
            lines = [showing.judged_line(one, self.compiled.scheme) for one in missed]
            named = named._replace(said="；".join(lines))
        self.tally.named[sheet.outcome].append(named)
        if self.compiled.appraisal.ranking:
            points = f"{sheet.points.normalize():f}"
            self.tally.ranked.append((sheet.points, named._replace(said=points)))

    def talks(self) -> None:
        """Count the talks that the run makes due and ends, and those of earlier runs that are still to be held."""
        open_ = Q(
            held=None,
            closing=None,
            sheet__run__appraisal=self.run.appraisal,
            sheet__run__starts__lte=self.run.starts,
        )
        talks = Talk.objects.filter(Q(sheet__run=self.run) | Q(closing__sheet__run=self.run) | open_)
        related = talks.select_related("person", "unit", "sheet", "held", "closing__sheet")
        for talk in related.order_by("unit__order", "unit__code", "person__code", "pk"):
            for figure in self._figures_of(talk):
                self.tally.refs[figure].append(Ref(talk.unit_id, "talk", talk.pk))
                if figure in _NAMED_TALKS:
                    named = Named(str(talk.person or talk.unit), talk.unit.name, str(talk.missed))
                    self.tally.named[_NAMED_TALKS[figure]].append(named)

    def _figures_of(self, talk: Talk) -> Iterator[str]:
        held, closing = hasattr(talk, "held"), getattr(talk, "closing", None)
        if is_dropped(talk):
            return
        if talk.sheet.run_id == self.run.pk:
            yield "talks"
            if held:
                yield "talks_held"
        if not held and closing is None:
            yield "talks_open"
        if closing is not None and closing.sheet.run_id == self.run.pk:
            yield "talks_closed"
            if not held:
                yield "talks_never_held"

    def objections(self) -> None:
        rows = Objection.objects.filter(sheet__run=self.run).order_by("pk")
        for pk, unit, upheld in rows.values_list("pk", "sheet__unit_id", "answer__upheld"):
            for figure in ("objections", *(["upheld"] if upheld else [])):
                self.tally.refs[figure].append(Ref(unit, "objection", pk))

    def breakdown(self, name: str, breakdown: Breakdown) -> None:
        """Count the entries of a kind that sheets name, by a field, each as it was when its sheet looked at it."""
        versions: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._entries(breakdown.kind):
            if entry.fact.hex in self.posted:
                versions[entry.fact.hex].append(entry)
        for fact, entries in versions.items():
            for sheet in self.posted[fact]:
                value = _value_at(entries, sheet, breakdown.by)
                if value is not None:
                    self.tally.refs[f"{name}:{value}"].append(Ref(sheet.unit_id, "entry", fact))

    def _entries(self, kind: str) -> "Iterable[Entry]":
        """Yield the versions of the entries that the run may have posted: of its period, and late ones of earlier ones."""
        window = Window.of(self.compiled, self.run.span)
        own = Q(counts_for__gte=window.period.start, counts_for__lte=window.period.end)
        late = Q(counts_for__lt=window.period.start, recorded_at__gt=end_of(window.closed_before))
        rows = Entry.objects.filter(own | late, kind=kind).order_by()
        return rows.only("fact", "recorded_at", "superseded_at", "voids", "values").iterator(2000)


_NAMED_TALKS = {"talks": "talks", "talks_never_held": "never_held"}


def _in_order(sheets: "QuerySet[Sheet]") -> Iterator[Sheet]:
    related = sheets.select_related("unit", "person", "shape")
    yield from related.order_by("unit__order", "unit__code", "person__code").iterator(500)


def _sums(judged: Sequence[Judged]) -> dict[str, int]:
    return {
        "submit_asked": sum(one.submit or 0 for one in judged),
        "submitted": sum(one.submitted for one in judged),
        "submit_missing": sum(one.short_submit for one in judged),
        "publish_asked": sum(one.publish or 0 for one in judged),
        "published": sum(one.published for one in judged),
        "publish_missing": sum(one.short_publish for one in judged),
    }


def _value_at(entries: Sequence[Entry], sheet: Sheet, name: str) -> str | None:
    for entry in entries:
        until = entry.superseded_at
        if entry.recorded_at <= sheet.as_of and (until is None or until > sheet.as_of) and not entry.voids:
            value = entry.values.get(name)
            return None if value is None else str(value)
    return None
