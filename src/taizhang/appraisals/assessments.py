"""A year of one person or one unit, for the other assessments that take it in (the five 纳入): never typed again.

What each takes differs in its heading and in what it asks about: points, quotas, talks, corrections. The evidence, every
entry that earned or cost something, goes with each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.appraisals import keeping, queries, showing
from taizhang.appraisals.following import is_dropped
from taizhang.appraisals.models import Decision, Sheet, Talk
from taizhang.core.appraisal.sheet import Judged, Outcome, Step
from taizhang.core.indicators import wording
from taizhang.core.scheme.history import History
from taizhang.core.values import Period
from taizhang.documents.model import Block, BulletList, Column, Document, Heading, Paragraph, Table, plain
from taizhang.documents.sheets import Column as SheetColumn
from taizhang.documents.sheets import write_xlsx
from taizhang.ledger.models import Entry
from taizhang.org.models import Person, Unit


class Purpose(StrEnum):
    """The assessment that the year is taken into."""

    PERFORMANCE = "performance"
    PARTY_BUILDING = "party_building"
    DISCIPLINE = "discipline"
    OBJECTIVES = "objectives"
    DEMOCRATIC_LIFE = "democratic_life"


def purpose_names() -> dict[str, str]:
    return {
        Purpose.PERFORMANCE: _("Annual performance assessment"),
        Purpose.PARTY_BUILDING: _("Responsibility for Party building"),
        Purpose.DISCIPLINE: _("Discipline inspection"),
        Purpose.OBJECTIVES: _("Targets of the leading team"),
        Purpose.DEMOCRATIC_LIFE: _("Democratic-life meeting and report on one's work"),
    }


@dataclass(frozen=True)
class Month:
    """One period of the year: the sheet of it, or for a unit its people's sheets together."""

    period: Period
    judged: tuple[Judged, ...]
    points: Decimal
    outcomes: Mapping[str, int]


@dataclass(frozen=True)
class Evidence:
    """An entry behind the year's points: what it earned (None where it only counts towards a quota)."""

    entry: Entry
    points: Decimal | None
    page: str


@dataclass(frozen=True)
class Year:
    """All that is kept of somebody's year in one appraisal."""

    name: str
    unit: str
    appraisal: str
    year: Period
    months: tuple[Month, ...]
    talks: tuple[Talk, ...]
    exemptions: tuple[Decision, ...]
    changed: tuple[Sheet, ...]
    evidence: tuple[Evidence, ...]

    @property
    def points(self) -> Decimal:
        return sum((month.points for month in self.months), Decimal(0))

    def counted(self, name: str) -> int:
        """Return a number of all quotas judged: submitted, published."""
        return sum(getattr(one, name) for month in self.months for one in month.judged)

    def outcomes(self, name: str) -> int:
        return sum(month.outcomes.get(name, 0) for month in self.months)


def year_of(
    year: Period,
    appraisal: str,
    *,
    person: Person | None,
    unit: Unit,
    unit_ids: frozenset[int],
    schemes: History,
) -> Year:
    """Return the year of a person, or of a unit with all below it, as far as sheets were confirmed."""
    whose = Q(person=person) if person else Q(unit_id__in=unit_ids)
    sheets = list(
        Sheet.objects.filter(
            whose, run__appraisal=appraisal, run__starts__gte=year.start, run__ends__lte=year.end,
            superseded_at=None, voids=False, run__events__act="confirmed",
        )
        .select_related("run", "supersedes", "shape")
        .order_by("run__starts", "pk")
    )  # fmt: skip
    contents = keeping.contents_of(sheets)
    talked = Q(person=person) if person else Q(unit_id__in=unit_ids)
    return Year(
        name=person.name if person else unit.name,
        unit=unit.name,
        appraisal=_appraisal_name(appraisal, year, schemes),
        year=year,
        months=tuple(_months(sheets, contents)),
        talks=tuple(
            Talk.objects.filter(talked, sheet__run__appraisal=appraisal, sheet__run__starts__gte=year.start, sheet__run__ends__lte=year.end)
            .select_related("person", "unit", "leader", "held", "closing__sheet", "sheet__run")
            .order_by("pk")
        ),
        exemptions=tuple(
            Decision.objects.filter(
                Q(exemption__person=person) if person else Q(exemption__unit_id__in=unit_ids),
                approved=True, exemption__appraisal=appraisal, exemption__starts__gte=year.start,
                exemption__ends__lte=year.end,
            ).select_related("exemption__person", "exemption__unit")
        ),
        changed=tuple(sheet for sheet in sheets if sheet.supersedes_id is not None),
        evidence=tuple(_evidence(sheets, contents, schemes)),
    )  # fmt: skip


def _appraisal_name(appraisal: str, year: Period, schemes: History) -> str:
    version = schemes.last_with("appraisals", appraisal)
    return showing.said(version.scheme.appraisals[appraisal].name) if version else f"{appraisal} {year}"


def _months(sheets: Sequence[Sheet], contents: Sequence[keeping.Content]) -> Iterator[Month]:
    periods = list(dict.fromkeys(sheet.run.period for sheet in sheets))
    for period in periods:
        own = [(s, c) for s, c in zip(sheets, contents, strict=True) if s.run.period == period]
        outcomes: dict[str, int] = {}
        for sheet, _content in own:
            outcomes[sheet.outcome] = outcomes.get(sheet.outcome, 0) + 1
        yield Month(
            Period.parse(period),
            tuple(one for _sheet, content in own for one in content.judged),
            sum((sheet.points for sheet, _content in own), Decimal(0)),
            outcomes,
        )


def _evidence(
    sheets: Sequence[Sheet], contents: Sequence[keeping.Content], schemes: History
) -> Iterator[Evidence]:
    seen: dict[str, Evidence] = {}
    for sheet, content in zip(sheets, contents, strict=True):
        earned = {str(step.name): step.points for step in _leaves(content.tree) if step.part == "row"}
        facts = [fact for fact in keeping.rows_named(content) if fact not in seen]
        loaded = schemes.for_period(sheet.run.span)
        for fact, entry in queries.entries_in(facts, sheet).items():
            page = showing.page_of_entry(entry, loaded.scheme)
            seen[fact] = Evidence(entry, earned.get(fact), page)
    yield from sorted(seen.values(), key=lambda each: (each.entry.occurred_on, str(each.entry.pk)))


def _leaves(step: Step) -> Iterator[Step]:
    yield step
    for each in step.steps:
        yield from _leaves(each)


# On paper


def document(found: Year, purpose: Purpose) -> Document:
    """Return the year as a document for one of the assessments."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    title = _("{name}: {purpose}, {year}").format(
        name=found.name, purpose=purpose_names()[purpose], year=wording.period(found.year, language=language)
    )
    return Document(
        title=title,
        blocks=tuple(_blocks(found, purpose)),
        language="en" if language == "en" else "zh-hans",
        status="frozen",
    )


def _blocks(found: Year, purpose: Purpose) -> Iterator[Block]:
    yield Heading(1, plain(_("In short")))
    yield Paragraph(plain(in_short(found)))
    if found.months:
        yield Heading(1, plain(_("Period by period")))
        yield _months_table(found, with_points=purpose is not Purpose.PARTY_BUILDING)
    yield from _talks(found, purpose)
    yield from _exemptions(found)
    if purpose in (Purpose.DISCIPLINE, Purpose.PERFORMANCE):
        yield from _changed(found)
    yield Heading(1, plain(_("Evidence")))
    yield from _evidence_blocks(found)


def in_short(found: Year) -> str:
    """Return the year in two sentences, as they stand in a report on one's work."""
    return _(
        "In {year}, {name} submitted {submitted} items under “{appraisal}”, of which {published} counted as adopted. "
        "Periods in which quotas were fulfilled: {met}; missed: {missed}; exempt: {exempt}. Points in all: {points}."
    ).format(
        year=wording.period(found.year, language=get_language() or "zh-hans"),
        name=found.name,
        appraisal=found.appraisal,
        submitted=found.counted("submitted"),
        published=found.counted("published"),
        met=found.outcomes(Outcome.MET),
        missed=found.outcomes(Outcome.MISSED),
        exempt=found.outcomes(Outcome.EXEMPT),
        points=f"{found.points.normalize():f}",
    )


def _months_table(found: Year, *, with_points: bool) -> Table:
    heads = [
        _("Period"),
        _("Submitted / asked"),
        _("Adopted / asked"),
        _("Fulfilled"),
        _("Missed"),
        _("Exempt"),
    ]
    if with_points:
        heads.append(_("Points"))
    rows = [
        [
            wording.period(month.period, language=get_language() or "zh-hans"),
            _of(month.judged, "submitted", "submit"),
            _of(month.judged, "published", "publish"),
            *(str(month.outcomes.get(name, 0)) for name in (Outcome.MET, Outcome.MISSED, Outcome.EXEMPT)),
            *([f"{month.points.normalize():f}"] if with_points else []),
        ]
        for month in found.months
    ]
    return Table(
        columns=(Column("left", share=2), *(Column("center", share=1) for _head in heads[1:])),
        header=(tuple(map(plain, heads)),),
        rows=tuple(tuple(map(plain, row)) for row in rows),
    )


def _of(judged: Sequence[Judged], got: str, asked: str) -> str:
    wanted = sum(getattr(one, asked) or 0 for one in judged)
    return f"{sum(getattr(one, got) for one in judged)} / {wanted}"


def _talks(found: Year, purpose: Purpose) -> Iterator[Block]:
    if not found.talks and purpose is not Purpose.DISCIPLINE:
        return
    yield Heading(1, plain(_("Talks")))
    if not found.talks:
        yield Paragraph(plain(_("No talk was due.")))
        return
    yield BulletList(tuple(plain(_talk(talk)) for talk in found.talks))


def _talk(talk: Talk) -> str:
    text = _("{name}: quotas missed {n} times, talk due by {due}").format(
        name=talk.person or talk.unit, n=talk.missed, due=talk.due
    )
    held = getattr(talk, "held", None)
    if held is not None:
        text += _("; held on {day} with {leader}. Reason given: {given} Measures: {measures}").format(
            day=held.held_at.date(), leader=held.leader or "", given=held.given, measures=held.measures
        )
    if is_dropped(talk):
        return text + _(" No longer due after a correction.")
    return text + (_(" Closed.") if hasattr(talk, "closing") else "")


def _exemptions(found: Year) -> Iterator[Block]:
    if found.exemptions:
        yield Heading(1, plain(_("Exemptions")))
        yield BulletList(
            tuple(
                plain(
                    _("{name}, {period}: {note} Approved by {by}.").format(
                        name=each.exemption.person or each.exemption.unit,
                        period=each.exemption.period,
                        note=each.exemption.note,
                        by=each.by,
                    )
                )
                for each in found.exemptions
            )
        )


def _changed(found: Year) -> Iterator[Block]:
    if found.changed:
        yield Heading(1, plain(_("Sheets that were put right")))
        yield BulletList(
            tuple(
                plain(
                    _("{period}: {before} → {after} points. {reason}").format(
                        period=sheet.run.period,
                        before=f"{sheet.supersedes.points.normalize():f}" if sheet.supersedes else "",
                        after=f"{sheet.points.normalize():f}",
                        reason=sheet.reason,
                    )
                )
                for sheet in found.changed
            )
        )


def _evidence_blocks(found: Year) -> Iterator[Block]:
    if not found.evidence:
        yield Paragraph(plain(_("No entry counts in this year.")))
        return
    yield Table(
        columns=(
            Column("left", share=2),
            Column("left", share=5),
            Column("left", share=2),
            Column("center", share=1),
        ),
        header=(tuple(map(plain, (_("Day"), _("Title"), _("Unit"), _("Points")))),),
        rows=tuple(
            (
                plain(str(each.entry.occurred_on)),
                plain(str(each.entry)),
                plain(each.entry.unit.name),
                plain("" if each.points is None else f"{each.points.normalize():f}"),
            )
            for each in found.evidence
        ),
    )


def workbook(found: Year, purpose: Purpose) -> bytes:
    """Return the year's evidence as a workbook, its summary on the second sheet."""
    columns = [
        SheetColumn(_("Day"), "date"), SheetColumn(_("Kind")), SheetColumn(_("Title")), SheetColumn(_("Unit")),
        SheetColumn(_("Person")), SheetColumn(_("Points"), "decimal"), SheetColumn(_("Published page")),
        SheetColumn(_("Entry")),
    ]  # fmt: skip
    rows = (
        [
            each.entry.occurred_on, each.entry.kind, str(each.entry), each.entry.unit.name,
            str(each.entry.person or ""), each.points, each.page, str(each.entry.pk),
        ]
        for each in found.evidence
    )  # fmt: skip
    notes = [in_short(found), *(_month_note(month) for month in found.months), *map(_talk, found.talks)]
    title = f"{found.name} {purpose_names()[purpose]} {found.year}"
    return write_xlsx(title=title, columns=columns, rows=rows, notes=notes)


def _month_note(month: Month) -> str:
    return _("{period}: submitted {submitted}, adopted {published}, {points} points").format(
        period=month.period,
        submitted=_of(month.judged, "submitted", "submit"),
        published=_of(month.judged, "published", "publish"),
        points=f"{month.points.normalize():f}",
    )
