"""The attendance sheet: filled after the session, made up later, printed for signatures before."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taizhang.journal.actions import open_book
from taizhang.ledger import actions, queries, versions, wording
from taizhang.ledger import attendance as sheets
from taizhang.ledger.actions import AlreadyChanged
from taizhang.ledger.attendance import Sheet, marked_in, sheet_for
from taizhang.ledger.drafts import DraftRefused
from taizhang.ledger.models import Entry
from taizhang.ledger.views_record import correctable, empty_form, setting_for, typed_day
from taizhang.org.middleware import Visit, VisitRequest


@require_safe
def roster(request: VisitRequest, kind: str) -> HttpResponse:
    """Show the sheet for the unit and day being typed, with the states marked so far."""
    visit = request.visit
    setting = setting_for(visit, kind, typed_day(request) or visit.today)
    if setting.rule.attendance is None:
        raise Http404(_("No attendance is taken here."))
    form = empty_form(setting, request.GET)
    if form.typed_unit is None:
        sheet = Sheet((), setting.scheme.attendance)
    else:
        sheet = sheet_for(
            setting.rule.attendance,
            states=setting.scheme.attendance,
            unit_id=form.typed_unit,
            day=form.typed_day,
            tree=visit.access.tree,
            marked=marked_in(request.GET),
        )
    return render(request, "ledger/attendance_grid.html", {"sheet": sheet, "form": form, "kind": kind})


def attendance(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the column's name
    """Fill or change the sheet of a recorded session; everything else of the entry stays."""
    visit = request.visit
    entry = correctable(visit.access, id)
    if entry is None:
        messages.warning(request, _("This entry was withdrawn; what is withdrawn is not corrected."))
        return redirect("ledger:entry", id)
    is_sent = request.method == "POST"
    sheet = _sheet_of(entry, visit, marked=marked_in(request.POST) if is_sent else None)
    was_taken = bool(entry.participations.all())
    reason = request.POST.get("reason", "" if was_taken else _("Attendance taken"))
    problems: list[str] = []
    if is_sent:
        problems = _take(entry, sheet, reason, request)
        if not problems:
            messages.success(request, _("Attendance recorded."))
            return redirect("ledger:entry", entry.fact)
    context = {"entry": entry, "sheet": sheet, "reason": reason, "problems": problems}
    return render(request, "ledger/attendance.html", context)


def _sheet_of(entry: Entry, visit: Visit, *, marked: dict[int, str] | None) -> Sheet:
    rule, scheme = versions.rule_of(entry, visit.schemes)
    if rule.attendance is None:
        raise Http404(_("No attendance is taken here."))
    return sheet_for(
        rule.attendance,
        states=scheme.attendance,
        unit_id=entry.unit_id,
        day=entry.occurred_on,
        tree=visit.access.tree,
        marked=marked,
        entry=entry,
    )


def _take(entry: Entry, sheet: Sheet, reason: str, request: VisitRequest) -> list[str]:
    """Record the sheet; return what was wrong with it."""
    try:
        sheet.require_whole()
        _record(entry, sheet.marked, reason, request)
    except DraftRefused as refused:
        return [wording.told(problem) for problem in refused.problems.values()]
    except AlreadyChanged:
        return [_("Somebody changed the entry at the same moment. Open the sheet again.")]
    return []


def _record(entry: Entry, states: dict[int, str], reason: str, request: VisitRequest) -> None:
    visit = request.visit
    draft = replace(actions.draft_of(entry), participations=states)
    with open_book(now=visit.now, actor=visit.signature) as book:
        actions.correct(entry, draft, reason=reason, book=book, schemes=visit.schemes)


@require_POST
def make_up(request: VisitRequest, id: uuid.UUID, person_id: int) -> HttpResponseRedirect:  # noqa: A002
    """Give one person another state, with a reason: made up later, for one."""
    entry = correctable(request.visit.access, id)
    if entry is None:
        raise Http404(_("This entry was withdrawn; what is withdrawn is not corrected."))
    states = {p.person_id: p.state for p in entry.participations.all()}
    if person_id not in states:
        raise Http404(_("This person is not on the sheet."))
    states[person_id] = request.POST.get("state", "")
    try:
        _record(entry, states, request.POST.get("reason", ""), request)
    except DraftRefused as refused:
        for problem in refused.problems.values():
            messages.error(request, wording.told(problem))
    except AlreadyChanged:
        messages.error(request, _("Somebody changed it at the same moment. Look at it again."))
    else:
        messages.success(request, _("Attendance recorded."))
    return redirect("ledger:entry", entry.fact)


# For signatures


@require_safe
def sign_in(request: VisitRequest, kind: str) -> HttpResponse:
    """Print a sheet to sign before anything is recorded: ?unit=…&occurred_on=…&title=…"""
    visit = request.visit
    setting = setting_for(visit, kind, typed_day(request) or visit.today)
    form = empty_form(setting, request.GET)
    if setting.rule.attendance is None or form.typed_unit is None:
        raise Http404(_("Choose a unit and a day first."))
    people = sheets.due(
        setting.rule.attendance, unit_id=form.typed_unit, day=form.typed_day, tree=visit.access.tree
    )
    heading = request.GET.get("title", "") or wording.said(setting.rule.name)
    return _print(request, people, day=form.typed_day, unit_id=form.typed_unit, title=heading)


@require_safe
def sign_in_for_entry(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the column's name
    """Print the sheet to sign of a session that is planned or recorded."""
    visit = request.visit
    entry = queries.newest_for(visit.access, id)
    sheet = _sheet_of(entry, visit, marked=None)
    people = [seat.person for seat in sheet.seats]
    return _print(request, people, day=entry.occurred_on, unit_id=entry.unit_id, title=str(entry))


def _print(
    request: VisitRequest, people: list[Any], *, day: dt.date, unit_id: int, title: str
) -> HttpResponse:
    posts = sheets.posts_of(people, day=day)
    context = {
        "title": title,
        "day": day,
        "unit": request.visit.access.tree.by_id[unit_id],
        "lines": [(person, posts.get(person.pk)) for person in people],
        "spare": range(3),
    }
    return render(request, "ledger/sign_in.html", context)
