"""The monthly run, step by step; and the list of runs."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from taizhang.appraisals import actions, keeping, queries, reminders, running, showing, verifications
from taizhang.appraisals.feeding import Window
from taizhang.appraisals.models import Circular, Event, Exemption, Objection, Run, Sheet, Talk
from taizhang.appraisals.running import RunRefused, Scoring
from taizhang.appraisals.subjects import Scored
from taizhang.core.appraisal import sheet as core
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.sheet import Outcome
from taizhang.core.paging import CAP, Page, page_of
from taizhang.core.scheme.appraisal import Appraisal
from taizhang.core.scheme.history import NoSchemeInForce
from taizhang.core.scheme.schema import Permission
from taizhang.core.values import Period, PeriodKind
from taizhang.documents.sheets import Column, write_xlsx
from taizhang.journal import clock
from taizhang.journal.actions import Book, open_book
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest

A_SLICE = 1.5
"""Seconds that one request computes; the page asks again until all is done."""
PREVIEWED = 300
"""How many people at most a page works out without keeping them."""
Act = Event.Act
MAY: tuple[Permission, ...] = ("appraise", "confirm", "answer")
ORDER = (Act.PREVIEWED, Act.COMPUTED, Act.SENT, Act.CONFIRMED, Act.LOCKED)


@dataclass(frozen=True)
class Month:
    """A run as the page shows it: begun or not yet."""

    appraisal_id: str
    appraisal: Appraisal
    compiled: Compiled
    period: Period
    events: tuple[Event, ...] = ()

    @property
    def run(self) -> Run | None:
        return self.events[-1].run if self.events else None

    @property
    def act(self) -> str:
        """Return what happened last; nothing where the run was not begun."""
        return self.events[-1].act if self.events else ""

    @property
    def last_day(self) -> dt.date | None:
        """Return the last day on which sheets can be objected to."""
        sent = next((clock.day_of(event.at) for event in self.events if event.act == Act.SENT), None)
        return actions.days_to_object(sent, self.compiled)

    def was_computed_by(self, actor: str) -> bool:
        return any(event.by == actor for event in self.events if event.act in (Act.STARTED, Act.COMPUTED))

    @property
    def window(self) -> Window:
        return Window.of(self.compiled, self.period)

    def has(self, act: str) -> bool:
        """Tell whether the run has come so far."""
        if self.act in ("", Act.STARTED):
            return act == Act.PREVIEWED and self.run is not None
        return list(ORDER).index(Act(self.act)) >= list(ORDER).index(Act(act))


@require_GET
def index(request: VisitRequest) -> HttpResponse:
    """The runs there were, and the next one to be made, for every appraisal of the scheme."""
    visit = request.visit
    queries.require_some(visit.access)
    found = list(queries.runs()[:60])
    listed = [
        {
            "id": id_,
            "appraisal": appraisal,
            "next": next_period(id_, appraisal, found, visit),
            "runs": [r for r in found if r.appraisal == id_],
        }
        for id_, appraisal in visit.scheme.scheme.appraisals.items()
    ]
    return render(request, "appraisals/index.html", {"listed": listed})


def next_period(id_: str, appraisal: Appraisal, runs: Sequence[Run], visit: Visit) -> Period:
    """Return the period that is to be run next: after the last that was begun, or the one before today's."""
    last = next((run for run in runs if run.appraisal == id_), None)
    if last is None:
        return Period.containing(PeriodKind(appraisal.every), visit.today).previous
    return last.span if getattr(last, "act", "") != Act.LOCKED else last.span.following


def month_for(request: VisitRequest, appraisal: str, period: str) -> Month:
    """Return a run with the rules it is judged by. Raises Http404."""
    visit = request.visit
    events, span = queries.run_for(visit.access, appraisal, period)
    try:
        compiled = running.compiled_for(appraisal, span, visit.schemes)
    except (RunRefused, NoSchemeInForce) as error:
        raise Http404(str(error)) from error
    return Month(appraisal, compiled.appraisal, compiled, span, tuple(events))


@require_GET
def run(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """One month: what is done, what comes next, who may do it; gaps, late proofs, exemptions, objections, talks."""
    visit, month = request.visit, month_for(request, appraisal, period)
    access = visit.access
    context: dict[str, Any] = {
        "month": month,
        "steps": steps(month),
        "may": {name: access.may(name) for name in MAY},
        "events": month.events,
        "place": (appraisal, str(month.period)),
    }
    if month.run is not None and month.has(Act.COMPUTED):
        context |= _computed(request, month, month.run)
    else:
        context |= _previewed(request, month)
    context |= _asked(visit, month)
    if "unverified" not in context:
        context["unverified"] = _unverified(visit, month)
    return render(request, "appraisals/run.html", context)


def steps(month: Month) -> list[dict[str, Any]]:
    """Return the stations of a run for the track above it."""
    names = (
        (Act.PREVIEWED, _("Look for gaps")),
        (Act.COMPUTED, _("Compute")),
        (Act.SENT, _("Send")),
        (Act.CONFIRMED, _("Confirm")),
        (Act.LOCKED, _("Lock")),
    )
    found, here = [], True
    for act, name in names:
        passed = month.has(act)
        found.append({"act": str(act), "name": name, "state": "passed" if passed else "here" if here else ""})
        here = passed
    return found


def _computed(request: VisitRequest, month: Month, run_: Run) -> dict[str, Any]:
    visit = request.visit
    outcomes = queries.outcomes_of(run_, visit.access)
    missed = queries.sheets_of(run_, visit.access).filter(outcome=Outcome.MISSED)
    short: Page[Sheet] = page_of(Counted(missed, outcomes[Outcome.MISSED]), request.GET.get("page"))
    scheme = month.compiled.scheme
    judged = {sheet.pk: keeping.judged_of(sheet) for sheet in short}
    last = month.last_day
    return {
        "outcomes": outcomes,
        "short": short,
        "shortfalls": [
            (
                sheet,
                [
                    showing.judged_html(j, scheme, showing.Whose.of(sheet), sheet.run.span)
                    for j in judged[sheet.pk]
                    if j.outcome is Outcome.MISSED
                ],
                reminders.missed(sheet, judged[sheet.pk], scheme=scheme),
            )
            for sheet in short
        ],
        "last_day": last,
        "objections_open": last is not None and visit.today <= last,
        "objections": list(_objections(run_)) if month.has(Act.SENT) else [],
        "to_sign": list(actions.to_counter_sign(run_, scheme=scheme, day=visit.today)[:50])
        if month.act == Act.SENT
        else [],
        "computed_it": month.was_computed_by(visit.signature),
        **(_afterwards(run_) if month.has(Act.CONFIRMED) else {}),
    }


def _afterwards(run_: Run) -> dict[str, Any]:
    talks = Talk.objects.filter(sheet__run=run_).select_related("person", "unit", "leader")
    return {
        "talks": list(talks[:100]),
        "circulars": list(Circular.objects.filter(run=run_, superseded_by=None)),
    }


@dataclass(frozen=True)
class Counted:
    """Rows whose number is known: a page of them need not count again."""

    rows: Any
    number: int

    def __getitem__(self, part: slice) -> Any:
        return Counted(self.rows[part], self.number)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def count(self) -> int:
        return self.number


def _objections(run_: Run) -> Any:
    found = Objection.objects.filter(sheet__run=run_)
    return found.select_related("sheet__person", "sheet__unit", "answer").order_by("pk")[:100]


def _previewed(request: VisitRequest, month: Month) -> dict[str, Any]:
    """Work out, without keeping it, what the run would give now: who would come out short, which proofs came late."""
    visit = request.visit
    scoring = Scoring.of(
        month.appraisal_id, month.period, schemes=visit.schemes, tree=visit.access.tree, now=visit.now
    )
    seen = queries.unit_ids(visit.access)
    subjects = [each for each in scoring.subjects() if seen is None or each.unit_id in seen]
    if len(subjects) > PREVIEWED:
        return {"too_many": len(subjects), "subjects": len(subjects)}
    found = list(scoring.sheets(subjects))
    rows = [_gap(each, sheet, month, visit) for each, sheet in found if sheet.outcome is Outcome.MISSED]
    return {
        "subjects": len(found),
        "would_miss": rows,
        "late": len(late_rows([sheet for _each, sheet in found])),
        "unverified": len({row for _each, sheet in found for row in sheet.waiting}),
        "unrated": len({row for _each, sheet in found for row in sheet.unrated}),
        "closed": visit.today > month.window.closed,
    }


def _gap(each: Scored, sheet: core.Sheet, month: Month, visit: Visit) -> dict[str, Any]:
    """Return who would come out short, with what is missing."""
    whose = showing.Whose(month.appraisal_id, each.subject.code, month.appraisal.by == "unit")
    return {
        "name": each.name,
        "unit": visit.access.tree.by_id.get(each.unit_id),
        "whose": whose,
        "lines": [
            showing.judged_html(one, month.compiled.scheme, whose, month.period)
            for one in sheet.judged
            if one.outcome is Outcome.MISSED
        ],
        "points_text": showing.points_text(sheet.points),
        "waiting": len(sheet.waiting),
    }


def _unverified(visit: Visit, month: Month) -> int:
    """Return how many rows of the period nobody has accepted yet, as far as the visitor sees them."""
    if month.appraisal.verification is None:
        return 0
    waiting = verifications.waiting_in(month.compiled, month.window, visit.access)
    return int(waiting.order_by()[: CAP + 1].count())


def late_rows(sheets: Sequence[Any]) -> list[str]:
    """Return the rows that came after their own period had closed, each once however many people share it."""
    found = (str(step.name) for sheet in sheets for step in showing.steps_below(sheet.tree) if step.own)
    return list(dict.fromkeys(found))


def _asked(visit: Visit, month: Month) -> dict[str, Any]:
    if month.appraisal.exemptions is None:
        return {"exemptions": [], "undecided": 0}
    touching = {
        "appraisal": month.appraisal_id,
        "starts__lte": month.period.end,
        "ends__gte": month.period.start,
    }
    asked = list(queries.exemptions(visit.access).filter(**touching)[:100])
    return {
        "exemptions": [
            (
                each,
                queries.deciding_role(visit.access, each, month.appraisal),
                ground_of(each, month.appraisal),
            )
            for each in asked
        ],
        "undecided": sum(1 for each in asked if not hasattr(each, "decision")),
    }


def ground_of(exemption: Exemption, appraisal: Appraisal | None) -> str:
    """Return the reason of an exemption in words."""
    rule = appraisal.exemptions if appraisal else None
    return showing.said(rule.reasons.get(exemption.ground)) if rule else exemption.ground


# Acts


def act(
    request: VisitRequest, place: tuple[str, str], do: Callable[[Month, Book], object], done: str
) -> HttpResponse:
    """Open the book, look again inside it, do it; tell how it went."""
    visit = request.visit
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            do(month_for(request, *place), book)
    except (RunRefused, actions.Refused) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(reverse("appraisals:run", args=place))


def _begun(month: Month) -> Run:
    if month.run is None:
        raise RunRefused(_("Look for gaps and compute the sheets first."))
    return month.run


@require_POST
def begin(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """Write down that the gaps were looked at."""
    visit = request.visit
    visit.access.require("appraise")

    def do(month: Month, book: Book) -> None:
        if month.period.end >= visit.today:
            raise RunRefused(_("The period is not over yet."))
        running.open_run(appraisal, month.period, schemes=visit.schemes, book=book)

    return act(
        request, (appraisal, period), do, _("Begun. Ask for exemptions where they are due, then compute.")
    )


@require_POST
def compute(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """Compute for a moment; the page asks again until every sheet is there."""
    visit = request.visit
    visit.access.require("appraise")
    month = month_for(request, appraisal, period)
    try:
        progress = _compute_a_slice(month, visit)
    except RunRefused as error:
        messages.error(request, str(error))
        return _back(request, appraisal, period)
    if progress is None:
        messages.success(request, _("All sheets are computed. Look at them, then send them."))
        return _back(request, appraisal, period)
    if request.htmx:
        return render(
            request, "appraisals/progress.html", {"progress": progress, "place": (appraisal, period)}
        )
    return redirect(reverse("appraisals:run", args=[appraisal, period]))


def _compute_a_slice(month: Month, visit: Visit) -> running.Progress | None:
    """Compute until the slice of time is over; return how far it came, None when all is done."""
    run_, until = _begun(month), time.monotonic() + A_SLICE
    computing = running.compute(
        run_, schemes=visit.schemes, tree=visit.access.tree, actor=visit.signature, clock=clock.now
    )
    for progress in computing:
        if time.monotonic() > until and progress.done < progress.total:
            return progress
    return None


def _back(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    address = reverse("appraisals:run", args=[appraisal, period])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@require_POST
def send(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    request.visit.access.require("appraise")
    return act(
        request,
        (appraisal, period),
        lambda month, book: actions.send(_begun(month), book=book),
        _("Sent. Everybody sees their own sheet now and can object."),
    )


@require_POST
def confirm(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    visit = request.visit
    visit.access.require("confirm")

    def do(month: Month, book: Book) -> None:
        actions.confirm(_begun(month), schemes=visit.schemes, tree=visit.access.tree, book=book)

    return act(
        request,
        (appraisal, period),
        do,
        _("Confirmed. Talks that are due are opened; the period can be locked."),
    )


@require_POST
def lock(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    request.visit.access.require("confirm")
    return act(
        request,
        (appraisal, period),
        lambda month, book: actions.lock(_begun(month), book=book),
        _("Locked. Nothing in this period is computed again."),
    )


# Sheets of a run


@require_GET
def sheets(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """All sheets of a run, in the order of the organisation; in that of points only where the scheme says so."""
    month = month_for(request, appraisal, period)
    if month.run is None:
        raise Http404(_("There is no such run, or it is not yours to see."))
    found = queries.sheets_of(month.run, request.visit.access)
    unit = request.visit.access.tree.by_code.get(request.GET.get("unit", ""))
    if unit is not None:
        found = found.filter(unit_id__in=request.visit.access.tree.below(unit.pk))
    outcome = request.GET.get("outcome", "")
    if outcome:
        if outcome not in list(Outcome):
            raise BadRequest(_("There is no such outcome."))
        found = found.filter(outcome=outcome)
    if month.appraisal.ranking and request.GET.get("sort") == "-points":
        found = found.order_by("-points", "unit__order", "person__code")
    if request.GET.get("format") == "xlsx":
        request.visit.access.require("export")
        return _as_sheet(found, month)
    page: Page[Sheet] = page_of(found, request.GET.get("page"))
    scheme = month.compiled.scheme
    context = {
        "month": month,
        "page": page,
        "rows": [
            (sheet, [showing.judged_html(j, scheme, showing.Whose.of(sheet), month.period)
                     for j in keeping.judged_of(sheet)],
             showing.grade_name(sheet.grade, scheme))
            for sheet in page
        ],
        "unit": unit.code if unit else "",
        "outcome": outcome,
        "place": (appraisal, period),
    }  # fmt: skip
    return render(request, "appraisals/sheets.html", context)


def _as_sheet(found: Any, month: Month) -> HttpResponse:
    scheme = month.compiled.scheme
    columns = [
        Column(_("Unit")), Column(_("Staff number")), Column(_("Who it is")), Column(_("Outcome")), Column(_("Quotas")),
        Column(_("Points"), "decimal"), Column(_("Grade")),
    ]  # fmt: skip
    names = showing.outcome_names()
    rows = (
        [
            sheet.unit.name,
            sheet.person.code if sheet.person else sheet.unit.code,
            sheet.person.name if sheet.person else sheet.unit.name,
            names[sheet.outcome],
            "；".join(showing.judged_line(j, scheme) for j in keeping.judged_of(sheet)),
            sheet.points,
            showing.grade_name(sheet.grade, scheme),
        ]
        for sheet in found.iterator(500)
    )
    title = f"{showing.said(month.appraisal.name)} {month.period}"
    book = write_xlsx(title=title, columns=columns, rows=rows)
    return download(book, stem=f"scores-{month.appraisal_id}-{month.period}", ending="xlsx")
