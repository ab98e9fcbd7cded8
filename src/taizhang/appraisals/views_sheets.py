"""One score sheet that explains itself, and what can be done about it: object, answer, counter-sign, correct."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.appraisals import actions, following, queries, running, showing
from taizhang.appraisals.forms import AnswerForm, ObjectionForm
from taizhang.appraisals.models import Event, Objection, Sheet, Talk
from taizhang.appraisals.running import RunRefused
from taizhang.core.paging import Page, page_of
from taizhang.journal.actions import open_book
from taizhang.org.access import Access
from taizhang.org.middleware import Visit, VisitRequest


@require_GET
def sheet(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """The whole arithmetic of a sheet: every point with its rule, clause, sum and rows."""
    visit = request.visit
    found = queries.sheet_for(visit.access, id)
    compiled = running.compiled_for(found.run.appraisal, found.run.span, visit.schemes)
    last = actions.last_day_to_object(found.run, compiled)
    stage = running.stage_of(found.run)
    act = stage.act if stage else ""
    shown = showing.shown(found, visit.schemes)
    mine = is_own(visit.access, found)
    context = {
        "sheet": found,
        "shown": shown,
        "scheme": compiled.scheme,
        "judged": [(one, showing.quota_name(one.quota, compiled.scheme)) for one in shown.content.judged],
        "calls": [(call, showing.escalation_name(call, shown.appraisal)) for call in shown.content.calls],
        "act": act,
        "whose": showing.Whose.of(found) if found.is_current else None,
        "is_own": mine,
        "last_day": last,
        "may_object": mine
        and found.is_current
        and act == Event.Act.SENT
        and last is not None
        and visit.today <= last,
        "objections": list(found.objections.select_related("answer")),
        "answered_from": Objection.objects.filter(answer__sheet=found).first(),
        "newer": Sheet.objects.filter(supersedes=found).first() if found.superseded_at else None,
        "may_correct": visit.access.may("confirm", unit_id=found.unit_id)
        and act == Event.Act.LOCKED
        and found.is_current,
        "may_sign": act == Event.Act.SENT and _may_sign(visit.access, found, compiled.scheme),
    }
    return render(request, "appraisals/sheet.html", context)


def is_own(access: Access, sheet: Sheet) -> bool:
    """Tell whether a sheet is about the visitor, or about the visitor's unit."""
    if sheet.person_id is None:
        return sheet.unit_id in access.home_unit_ids
    return access.person is not None and access.person.pk == sheet.person_id


def _may_sign(access: Access, sheet: Sheet, scheme: Any) -> bool:
    if not access.may("confirm", unit_id=sheet.unit_id) or is_own(access, sheet) or not sheet.is_current:
        return False
    signed = hasattr(sheet, "counter_sign")
    return not signed and sheet.person_id in actions.judges(scheme, day=access.day)


@require_http_methods(["GET", "POST"])
def object_(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Say what is not right with one's own sheet."""
    visit = request.visit
    found = queries.sheet_for(visit.access, id)
    if not is_own(visit.access, found):
        messages.error(request, _("Only the one whom a sheet is about can object to it."))
        return redirect("appraisals:sheet", id=found.pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        compiled = running.compiled_for(found.run.appraisal, found.run.span, visit.schemes)
        try:
            with open_book(now=visit.now, actor=visit.signature) as book:
                actions.object_to(found, text=form.cleaned_data["text"], compiled=compiled, book=book)
        except actions.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your objection is recorded. You find the answer on the sheet."))
            return redirect("appraisals:sheet", id=found.pk)
    return render(request, "appraisals/object.html", {"sheet": found, "form": form})


@require_POST
def counter_sign(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    visit = request.visit
    found = queries.sheet_for(visit.access, id)
    visit.access.require("confirm", unit_id=found.unit_id)
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            actions.counter_sign(found, account=visit.access.account, book=book)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Counter-signed."))
    return redirect("appraisals:sheet", id=found.pk)


@require_POST
def correct(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Show what a correction would change, in this sheet and those that went on from it; then keep it, with the reason."""
    visit = request.visit
    found = queries.sheet_for(visit.access, id)
    visit.access.require("confirm", unit_id=found.unit_id)
    reason, seen = request.POST.get("reason", ""), request.POST.get("seen", "")
    try:
        if not seen:
            return _looked_at(request, found, reason)
        with open_book(now=visit.now, actor=visit.signature) as book:
            changes = following.correct(
                found, reason=reason, schemes=visit.schemes, tree=visit.access.tree, book=book, seen=seen
            )
    except (actions.Refused, RunRefused) as error:
        messages.error(request, str(error))
        return redirect("appraisals:sheet", id=found.pk)
    n = sum(1 for change in changes if change.is_changed)
    messages.success(
        request,
        ngettext(
            "Corrected: this sheet supersedes the old one.",
            "Corrected: this sheet supersedes the old one, and {n} sheets in all were corrected with it.",
            n,
        ).format(n=n),
    )
    return redirect("appraisals:sheet", id=changes[0].after.pk)


def _looked_at(request: VisitRequest, found: Sheet, reason: str) -> HttpResponse:
    """Show a correction that was worked out and taken back."""
    visit = request.visit
    changes = following.planned(
        found,
        reason=reason,
        schemes=visit.schemes,
        tree=visit.access.tree,
        now=visit.now,
        actor=visit.signature,
    )
    rows = [
        {
            "change": change,
            "added": list(queries.entries_in(change.added, Sheet(as_of=visit.now)).values()),
            "removed": list(queries.entries_in(change.removed, change.before).values()),
            "talks": [(turned, _rule_of(turned.talk, change.before, visit)) for turned in change.talks],
        }
        for change in changes
    ]
    context = {
        "sheet": found,
        "rows": rows,
        "reason": reason,
        "seen": following.seal(changes),
        "corrected": sum(1 for change in changes if change.is_changed),
    }
    return render(request, "appraisals/correct.html", context)


def _rule_of(talk: Talk, sheet: Sheet, visit: Visit) -> str:
    scheme = visit.schemes.for_period(sheet.run.span).scheme
    appraisal = scheme.appraisals.get(sheet.run.appraisal)
    return showing.escalation_name(talk, appraisal) if appraisal else talk.escalation


# Objections


@require_GET
def objections(request: VisitRequest) -> HttpResponse:
    """Objections, those without an answer first."""
    page: Page[Objection] = page_of(queries.objections(request.visit.access), request.GET.get("page"))
    return render(request, "appraisals/objections.html", {"page": page})


@require_http_methods(["GET", "POST"])
def answer(request: VisitRequest, pk: int) -> HttpResponse:
    """The objection beside the sheet that it is about; the answer, by somebody else."""
    visit = request.visit
    objection = queries.objection_for(visit.access, pk)
    may = visit.access.may("answer", unit_id=objection.sheet.unit_id)
    refused = _refused(objection, request)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        visit.access.require("answer", unit_id=objection.sheet.unit_id)
        if form.is_valid() and _answered(request, objection, form):
            return redirect("appraisals:objections")
    context = {
        "objection": objection,
        "sheet": objection.sheet,
        "shown": showing.shown(objection.sheet, visit.schemes),
        "form": form if may and not refused and not hasattr(objection, "answer") else None,
        "refused": refused if may else "",
    }
    return render(request, "appraisals/answer.html", context)


def _refused(objection: Objection, request: VisitRequest) -> str:
    try:
        actions.refuse_to_answer(objection, request.visit.access.account)
    except actions.Refused as error:
        return str(error)
    return ""


def _answered(request: VisitRequest, objection: Objection, form: AnswerForm) -> bool:
    visit = request.visit
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            actions.answer(
                objection,
                upheld=form.cleaned_data["upheld"] == "yes",
                text=form.cleaned_data["text"],
                account=visit.access.account,
                schemes=visit.schemes,
                tree=visit.access.tree,
                book=book,
            )
    except (actions.Refused, RunRefused) as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Answered. The one who objected sees it on the sheet."))
    return True
