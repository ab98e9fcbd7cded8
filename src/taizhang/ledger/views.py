"""Reading the ledger: the kinds there are, the list of a kind, one fact with its whole history, its files."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taizhang.core.indicators.plan import Ask
from taizhang.core.paging import CAP, Page, page_of
from taizhang.core.scheme.schema import Kind
from taizhang.core.values import Period, PeriodKind, Scope
from taizhang.ledger import counted, listing, queries, store, versions, wording
from taizhang.ledger.asking import may_ask
from taizhang.ledger.listing import Column, Selection
from taizhang.ledger.models import Entry
from taizhang.org.downloads import sandboxed
from taizhang.org.middleware import Visit, VisitRequest

QUARTER, MONTH, RANGE = PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.RANGE

# The kinds


@dataclass(frozen=True)
class KindLine:
    """A kind in the index, with those that are about it below it."""

    name: str
    kind: Kind
    counted: queries.KindCount
    may_record: bool
    below: tuple["KindLine", ...] = ()


@require_safe
def index(request: VisitRequest) -> HttpResponse:
    """List the kinds of entries the visitor may read or record; find entries of any kind by words."""
    visit = request.visit
    access, today = visit.access, visit.today
    if not access.may("record"):
        access.require("read")
    readable = queries.kinds_for(access, "read", visit.schemes, today)
    recordable = queries.kinds_for(access, "record", visit.schemes, today)
    year = Period.year(today.year)
    counts = queries.counts_by_kind(access, list(readable), year)
    text = request.GET.get("q", "").strip()
    kinds = {**readable, **recordable}
    found = queries.newest_matching(access, text) if text else []
    context = {
        "shelves": _shelves(_nested(kinds, counts, set(recordable), "" if found else text)),
        "former": _former(visit, kinds),
        "year": year,
        "text": text,
        "found": [(entry, visit.schemes.kinds_ever(entry.kind)) for entry in found],
        "searched": queries.NEWEST,
    }
    return render(request, "ledger/index.html", context)


def _nested(
    kinds: dict[str, Kind], counts: dict[str, queries.KindCount], recordable: set[str], text: str
) -> list[KindLine]:
    """Put the kinds that can only follow others below what they are about; ``text`` keeps those it is found in."""
    none = queries.KindCount(0, None)
    parents = {name: _parent(kind, kinds) for name, kind in kinds.items()}

    def line(name: str, met: frozenset[str]) -> KindLine:
        inside = [n for n, parent in parents.items() if parent == name and n not in met]
        below = tuple(line(each, met | {each}) for each in inside)
        return KindLine(name, kinds[name], counts.get(name, none), name in recordable, below)

    tops = [line(name, frozenset({name})) for name, parent in parents.items() if parent is None]
    return [top for top in tops if not text or _speaks_of(top, text)]


def _shelves(lines: list[KindLine]) -> list[tuple[str, list[KindLine]]]:
    """Put what the visitor keeps before what the visitor only reads; no headings where there is one shelf."""
    kept = [line for line in lines if _is_kept_here(line)]
    read = [line for line in lines if not _is_kept_here(line)]
    if not kept or not read:
        return [("", lines)] if lines else []
    return [(_("Yours to record"), kept), (_("Yours to read"), read)]


def _is_kept_here(line: KindLine) -> bool:
    return line.may_record or any(_is_kept_here(each) for each in line.below)


def _parent(kind: Kind, kinds: dict[str, Kind]) -> str | None:
    if kind.about is None or not kind.about.required:
        return None
    return next((name for name in kind.about.kinds if name in kinds and kinds[name] is not kind), None)


def _speaks_of(line: KindLine, text: str) -> bool:
    words = " ".join([*line.kind.name.texts.values(), line.name]).casefold()
    return text.casefold() in words or any(_speaks_of(each, text) for each in line.below)


def _former(visit: Visit, kinds: dict[str, Kind]) -> list[tuple[str, Kind]]:
    """Return the kinds of earlier schemes that are not kept any more but can be read."""
    access = visit.access
    return [
        (name, kind)
        for name in visit.schemes.all_kind_ids()
        if name not in kinds
        and (kind := visit.schemes.kinds_ever(name)) is not None
        and access.may("read", kind=name)
    ]


# The list of a kind


@dataclass(frozen=True)
class Row:
    """One entry of a list: what each column says, as (attributes of the cell, words, is it the title)."""

    url: str
    cells: tuple[tuple[str, str, bool], ...]
    state: str


@require_safe
def kind_list(request: VisitRequest, kind: str) -> HttpResponse:
    """List the entries of a kind that the filters leave and the visitor may see."""
    visit = request.visit
    access = visit.access
    rule = queries.kind_or_404(access, kind, visit.schemes)
    selection = listing.read(request.GET, kind=kind, rule=rule, access=access, today=visit.today)
    found = listing.rows(selection, access=access, schemes=visit.schemes)
    sort, unsorted = _sort(selection, found, rule)
    ordered = listing.in_order(found, rule, sort=sort).select_related("person", "about")
    page: Page[Entry] = page_of(ordered, request.GET.get("page"))
    columns = listing.columns(rule)
    context = {
        "kind": kind,
        "rule": rule,
        "selection": selection,
        "columns": columns,
        "page": page,
        "rows": _rows(list(page), columns, rule, visit),
        "sort": sort,
        "unsorted": unsorted,
        "has_units": sum(rule.unit_kinds is None or u.kind in rule.unit_kinds for u in access.tree.units) > 1,
        "facets": _facet_controls(selection, rule),
        "periods": _period_links(selection, visit),
        "period_chosen": _period_chosen(request, selection, visit),
        "as_of_day": request.GET.get("as_of", "")[:10],
        "more_open": any(request.GET.get(name) for name in ("person", "start", "end", "as_of", "state")),
        "may_record": bool(queries.units_for(access, kind, rule, visit.today))
        if _is_kept(kind, visit)
        else False,
        "may_export": access.may("export", kind=kind),
        "query": _without_page(request),
        "is_narrowed": listing.is_narrowed(selection),
    }
    return render(request, "ledger/list.html", context)


def _is_kept(kind: str, visit: Visit) -> bool:
    version = visit.schemes.find(visit.today)
    return version is not None and kind in version.scheme.kinds


def _sort(selection: Selection, found: Any, rule: Kind) -> tuple[str, bool]:
    """Return the order to show, and whether another was asked for that would take too long."""
    asked = selection.sort
    if not listing.can_sort(asked.removeprefix("-"), rule):
        return "-occurred_on", False
    if asked.removeprefix("-") == "occurred_on" or found[: CAP + 1].count() <= CAP:
        return asked, False
    return "-occurred_on", True


def _rows(entries: Sequence[Entry], columns: Sequence[Column], rule: Kind, visit: Visit) -> list[Row]:
    names = wording.names_for(entries, rule, visit.access.tree)
    wanted = {column.name for column in columns}
    files = queries.files_of(entries) if "evidence" in wanted and entries else {}
    present = _present(entries, visit) if "attendance" in wanted and entries else {}
    extra: Extra = {"evidence": files, "attendance": present}
    return [
        Row(
            reverse("ledger:entry", args=[entry.pk]),
            tuple(
                (c.attributes, _cell(entry, c.name, rule, names, extra), c.name == "title") for c in columns
            ),
            "withdrawn" if entry.voids else "superseded" if entry.superseded_at else "",
        )
        for entry in entries
    ]


def _present(entries: Sequence[Entry], visit: Visit) -> dict[uuid.UUID, str]:
    """Return “present/due” for each entry that has attendance."""
    meaning = {
        name: state.counts_as
        for version in visit.schemes.versions
        for name, state in version.scheme.attendance.items()
    }
    tallies = queries.attendance_of(entries, meaning)
    return {
        pk: f"{tally.get('present', 0) + tally.get('made_up', 0)}/{sum(tally.values())}"
        for pk, tally in tallies.items()
    }


Extra = Mapping[str, Mapping[uuid.UUID, object]]


def _cell(entry: Entry, name: str, rule: Kind, names: wording.Names, extra: Extra) -> str:
    """Return what a column says of an entry."""
    if name in rule.fields:
        return wording.field_value(entry.values.get(name), rule.fields[name], names)
    if name in extra:
        return str(extra[name].get(entry.pk) or wording.MISSING)
    return COLUMNS[name](entry, rule, names)


COLUMNS: Mapping[str, Callable[[Entry, Kind, wording.Names], str]] = {
    "occurred_on": lambda entry, _rule, _names: wording.day(entry.occurred_on),
    "title": lambda entry, _rule, _names: entry.title or str(entry),
    "unit": lambda entry, _rule, names: names.unit(entry.unit_id),
    "person": lambda entry, _rule, _names: entry.person.name if entry.person else wording.MISSING,
    "quantity": lambda entry, _rule, _names: wording.quantity(entry),
    "about": lambda entry, _rule, _names: str(entry.about) if entry.about else wording.MISSING,
    "counts_for": lambda entry, rule, _names: wording.counts_for(entry, rule),
    "recorded_at": lambda entry, _rule, _names: wording.moment(entry.recorded_at),
    "recorded_by": lambda entry, _rule, _names: entry.recorded_by,
}


def _facet_controls(selection: Selection, rule: Kind) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{listing.FACET}{name}",
            "label": wording.said(declared.name),
            "choices": [
                (value, label, value in selection.facets.get(name, ()))
                for value, label in listing.choices_of(declared)
            ],
        }
        for name, declared in listing.facets_of(rule).items()
    ]


def _period_links(selection: Selection, visit: Visit) -> list[tuple[str, str]]:
    """Return the periods offered, as (value, words): this year's, last year's, and what was asked for."""
    this = Period.year(visit.today.year)
    periods = [this, *_parts(this, visit), this.previous]
    if (
        selection.period is not None
        and selection.period.kind is not RANGE
        and selection.period not in periods
    ):
        periods.append(selection.period)
    return (
        [("", wording.period(this))]
        + [(str(period), wording.period(period)) for period in periods[1:]]
        + [(listing.ALL_TIME, _("All time"))]
    )


def _period_chosen(request: VisitRequest, selection: Selection, visit: Visit) -> str:
    if selection.period is None:
        return listing.ALL_TIME if request.GET.get("period") == listing.ALL_TIME else ""
    return "" if selection.period == Period.year(visit.today.year) else str(selection.period)


def _parts(year: Period, visit: Visit) -> list[Period]:
    """Return this year's quarters and months so far, the latest first."""
    quarters = [p for p in year.split(QUARTER) if p.start <= visit.today]
    months = [p for p in year.split(MONTH) if p.start <= visit.today]
    return [*reversed(quarters), *reversed(months)]


def _without_page(request: VisitRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


# One fact


@require_safe
def entry(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the column's name
    """Show a fact: what it says now, every version, its files, its lines in the journal, what counts it."""
    visit = request.visit
    access = visit.access
    history = queries.versions_for(access, id)
    newest = history[-1]
    rule, scheme = versions.rule_of(newest, visit.schemes)
    names = wording.names_for(history, rule, access.tree)
    said = [versions.parts(each, schemes=visit.schemes, names=names) for each in history]
    followers = queries.followers_for(access, newest.fact)
    holds = newest.superseded_at is None and not newest.voids
    may_correct = holds and queries.may(access, "correct", newest)
    context = {
        "entry": newest,
        "asked": id,
        "rule": rule,
        "parts": [part for part in said[-1] if part.name != "title" and not part.name.startswith("state-")],
        "history": _history(history, said),
        "sheet": _sheet(newest, rule, scheme, may_correct=may_correct),
        "followers": followers,
        "follow_kinds": _follow_kinds(newest, followers, visit) if holds else [],
        "about": newest.about if newest.about and queries.may(access, "read", newest.about) else None,
        "lines": queries.lines_of(history),
        "counted": _counted(newest, followers, visit),
        "may_correct": may_correct,
        "is_moved": newest.superseded_at is not None,
        "may_read_journal": access.may("journal"),
    }
    return render(request, "ledger/entry.html", context)


def _history(history: Sequence[Entry], said: Sequence[list[versions.Said]]) -> list[dict[str, Any]]:
    """Return the versions, newest first, each with what it changed."""
    found = []
    for place, version in enumerate(history):
        changes: list[versions.Change] = []
        if place and not version.voids:
            before = history[place - 1]
            changes = versions.changes(said[place - 1], said[place])
            changes += versions.file_changes(before, version)
        found.append({"number": place + 1, "entry": version, "changes": changes, "is_first": place == 0})
    return found[::-1]


def _sheet(entry: Entry, rule: Kind, scheme: Any, *, may_correct: bool) -> dict[str, Any] | None:
    """Return who was there, with the states somebody absent can still reach."""
    if rule.attendance is None:
        return None
    seats = [(p.person, p.state, scheme.attendance.get(p.state)) for p in entry.participations.all()]
    said = [state for _person, state, _declared in seats]
    return {
        "seats": seats,
        "tally": [(declared, said.count(name)) for name, declared in scheme.attendance.items()],
        "make_up": [
            (name, declared)
            for name, declared in scheme.attendance.items()
            if may_correct and declared.counts_as == "made_up"
        ],
        "missed": {name for name, d in scheme.attendance.items() if d.counts_as in ("absent", "excused")},
    }


def _follow_kinds(entry: Entry, followers: Sequence[Entry], visit: Visit) -> list[tuple[str, Kind]]:
    """Return the kinds that the visitor may now record about this fact."""
    taken = {follower.kind for follower in followers}
    recordable = queries.kinds_for(visit.access, "record", visit.schemes, visit.today)
    return [
        (name, kind)
        for name, kind in recordable.items()
        if kind.about is not None
        and entry.kind in kind.about.kinds
        and not (kind.about.once and name in taken)
    ]


def _counted(entry: Entry, followers: Sequence[Entry], visit: Visit) -> list[tuple[counted.Counting, str]]:
    found = counted.counting(entry, followers, schemes=visit.schemes, tree=visit.access.tree)
    return [(each, _why(each, visit)) for each in found]


def _why(each: counted.Counting, visit: Visit) -> str:
    """Return the address that explains the figure; empty for somebody who may not ask for it."""
    ask = Ask(each.id, Scope(unit=each.unit), each.period)
    if not may_ask(visit.access, ask, visit.schemes):
        return ""
    asked = {"indicator": each.id, "period": str(each.period), "unit": each.unit}
    return f"{reverse('why')}?{urlencode(asked)}"


# Files


@require_safe
def evidence(request: VisitRequest, pk: int) -> FileResponse:
    """Hand out a file of evidence, unopened by any browser, and only while it has the bytes it had."""
    file = queries.evidence_for(request.visit.access, pk)
    if store.digest_on_disk(file.sha256) != file.sha256:
        raise Http404(
            _(
                "The file “{name}” is missing from the store or was altered, so it is not handed out. "
                "Tell the administrator; a backup can bring it back."
            ).format(name=file.name)
        )
    response = FileResponse(
        store.path_of(file.sha256).open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )
    response["Cache-Control"] = "private, no-store"
    return sandboxed(response)
