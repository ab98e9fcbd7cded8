"""Talks that escalation makes due, and exemptions from quotas."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.appraisals import actions, following, queries, reminders, showing
from taizhang.appraisals.forms import ExemptionForm, TalkForm
from taizhang.appraisals.models import Exemption, Talk
from taizhang.appraisals.running import RunRefused
from taizhang.appraisals.subjects import home_of
from taizhang.appraisals.views_runs import ground_of
from taizhang.core.paging import Page, page_of
from taizhang.core.scheme.appraisal import Appraisal
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Period
from taizhang.journal.actions import open_book
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Person, Unit

# Talks


@require_GET
def talks(request: VisitRequest) -> HttpResponse:
    """Talks: those to be held first, with a reminder to copy; those of one state where one is asked for."""
    visit, state = request.visit, request.GET.get("state", "")
    if state and state not in queries.TALKS:
        raise BadRequest(_("There is no such state."))
    found = queries.talks(visit.access)
    page: Page[Talk] = page_of(
        found.filter(queries.TALKS[state]) if state else found, request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [_told(talk, visit) for talk in page],
        "state": state,
        "states": state_names(),
        "never_held": 0 if state else found.filter(queries.TALKS["never_held"]).count(),
    }
    return render(request, "appraisals/talks.html", context)


def state_names() -> dict[str, str]:
    """Return the states of talks that can be looked for, in words."""
    return {
        "open": _("To be held"),
        "held": _("Held, not yet closed"),
        "never_held": _("Closed, never held"),
        "closed": _("Held and closed"),
        "dropped": _("No longer due"),
    }


def _told(talk: Talk, visit: Visit) -> dict[str, Any]:
    scheme = _scheme(talk, visit)
    is_open = not hasattr(talk, "held") and not hasattr(talk, "closing")
    return {
        "talk": talk,
        "rule": _rule_name(talk, scheme),
        "role": showing.said(scheme.roles[talk.role].name) if talk.role in scheme.roles else talk.role,
        "state": state_of(talk, visit),
        "reminder": reminders.to_talk(talk, scheme=scheme) if is_open else "",
        "may_hold": is_open and queries.may_hold(visit.access, talk),
    }


def _scheme(talk: Talk, visit: Visit) -> Scheme:
    return visit.schemes.for_period(talk.sheet.run.span).scheme


def _rule_name(talk: Talk, scheme: Scheme) -> str:
    appraisal = scheme.appraisals.get(talk.sheet.run.appraisal)
    return showing.escalation_name(talk, appraisal) if appraisal else talk.escalation


def state_of(talk: Talk, visit: Visit) -> str:
    """Return how a talk stands: overdue, due, held, closed, closed without having been held, or no longer due."""
    held, closed = hasattr(talk, "held"), hasattr(talk, "closing")
    if following.is_dropped(talk):
        return "dropped"
    if closed:
        return "closed" if held else "lapsed"
    if held:
        return "held"
    return "overdue" if visit.today > talk.due else "due"


@require_http_methods(["GET", "POST"])
def talk(request: VisitRequest, pk: int) -> HttpResponse:
    """One talk: why it is due, the record of it."""
    visit = request.visit
    found = queries.talk_for(visit.access, pk)
    told = _told(found, visit)
    form = TalkForm(request.POST or None, initial={"held_at": visit.now})
    if request.method == "POST":
        if not told["may_hold"]:
            raise PermissionDenied(_("This talk is not yours to hold, or its record is there already."))
        if form.is_valid() and _held(request, found, form):
            return redirect("appraisals:talk", pk=found.pk)
    scheme = _scheme(found, visit)
    shown = showing.shown(found.sheet, visit.schemes)
    context = {
        **told,
        "form": form if told["may_hold"] else None,
        "judged": [
            showing.judged_html(one, scheme, showing.Whose.of(found.sheet), found.sheet.run.span)
            for one in shown.content.judged
        ],
        "clause": scheme.appraisals[found.sheet.run.appraisal].escalation[found.escalation].clause
        if found.escalation in scheme.appraisals[found.sheet.run.appraisal].escalation
        else None,
    }
    return render(request, "appraisals/talk.html", context)


def _held(request: VisitRequest, found: Talk, form: TalkForm) -> bool:
    visit, written = request.visit, form.cleaned_data
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            actions.hold_talk(
                found,
                held_at=form.moment(),
                place=written["place"],
                given=written["given"],
                measures=written["measures"],
                follow_up=written["follow_up"],
                account=visit.access.account,
                book=book,
            )
    except actions.Refused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The record of the talk is kept. The next fulfilled period closes it."))
    return True


# Exemptions


@require_GET
def exemptions(request: VisitRequest) -> HttpResponse:
    """Exemptions that were asked for, those that wait first."""
    visit = request.visit
    page: Page[Exemption] = page_of(queries.exemptions(visit.access), request.GET.get("page"))
    rows = [_ruled(each, visit) for each in page]
    context = {"page": page, "rows": rows, "may_ask": may_ask(visit), "appraisals": with_exemptions(visit)}
    return render(request, "appraisals/exemptions.html", context)


def _ruled(each: Exemption, visit: Visit) -> dict[str, Any]:
    scheme = visit.schemes.for_period(Period.parse(each.period)).scheme
    appraisal = scheme.appraisals.get(each.appraisal)
    role = queries.deciding_role(visit.access, each, appraisal) if appraisal else ""
    own = visit.access.person is not None and each.person_id == visit.access.person.pk
    return {
        "exemption": each,
        "ground": ground_of(each, appraisal),
        "quota": showing.quota_name(each.quota, scheme) if each.quota else "",
        "may_decide": bool(role) and not hasattr(each, "decision") and each.by != visit.signature and not own,
    }


def may_ask(visit: Visit) -> bool:
    """Tell whether the visitor may ask for exemptions: who computes, who leads, and everybody for themselves."""
    return bool(visit.access.grants) and bool(with_exemptions(visit))


def with_exemptions(visit: Visit) -> dict[str, Appraisal]:
    found = visit.scheme.scheme.appraisals
    return {name: appraisal for name, appraisal in found.items() if appraisal.exemptions}


@require_http_methods(["GET", "POST"])
def ask_exemption(request: VisitRequest) -> HttpResponse:
    """Ask that somebody be exempt: who computes for everybody, who sees a unit for its people, all for themselves."""
    visit = request.visit
    appraisals = with_exemptions(visit)
    id_ = request.GET.get("appraisal") or next(iter(appraisals), "")
    if id_ not in appraisals:
        raise Http404(_("The scheme knows no exemptions for this appraisal."))
    initial = {"period": request.GET.get("period", ""), "person": visit.access.person}
    form = ExemptionForm(
        request.POST or None,
        appraisal=appraisals[id_],
        scheme=visit.scheme.scheme,
        access=visit.access,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid() and _asked(request, id_, form):
        return redirect("appraisals:exemptions")
    context = {"form": form, "id": id_, "appraisal": appraisals[id_], "appraisals": appraisals}
    return render(request, "appraisals/ask_exemption.html", context)


def _asked(request: VisitRequest, id_: str, form: ExemptionForm) -> bool:
    visit, written = request.visit, form.cleaned_data
    person: Person | None = written.get("person")
    unit: Unit | None = written.get("unit") or (_home_unit(person, visit) if person else None)
    if unit is None or not _may_ask_for(visit, person, unit):
        form.add_error(
            None, _("You can ask for yourself, and for people of units whose scores you look after.")
        )
        return False
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            actions.ask_exemption(
                appraisal=id_,
                person=person,
                unit=unit,
                period=written["period"],
                quota=written["quota"],
                submit=written["submit"],
                publish=written["publish"],
                ground=written["ground"],
                note=written["note"],
                schemes=visit.schemes,
                book=book,
            )
    except (actions.Refused, RunRefused) as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Asked for. Somebody else decides."))
    return True


def _home_unit(person: Person, visit: Visit) -> Unit | None:
    home = home_of(person.pk, day=visit.today)
    return visit.access.tree.by_id.get(home) if home else None


def _may_ask_for(visit: Visit, person: Person | None, unit: Unit) -> bool:
    if person is not None and visit.access.person is not None and person.pk == visit.access.person.pk:
        return True
    units = queries.unit_ids(visit.access)
    return units is None or unit.pk in units


@require_POST
def decide_exemption(request: VisitRequest, pk: int) -> HttpResponse:
    """Approve or refuse what somebody else asked for."""
    visit = request.visit
    found = queries.exemption_for(visit.access, pk)
    scheme = visit.schemes.for_period(Period.parse(found.period)).scheme
    appraisal = scheme.appraisals.get(found.appraisal)
    role = queries.deciding_role(visit.access, found, appraisal) if appraisal else ""
    if not role:
        raise PermissionDenied(_("Your roles do not allow this."))
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            actions.decide_exemption(
                found,
                approved=request.POST.get("decision") == "approve",
                role=role,
                reason=request.POST.get("reason", ""),
                account=visit.access.account,
                book=book,
            )
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Decided."))
    return redirect("appraisals:exemptions")
