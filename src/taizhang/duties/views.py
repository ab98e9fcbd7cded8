import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from taizhang.core.duties import DutyState
from taizhang.core.indicators.definition import Definitions
from taizhang.core.indicators.plan import base_of
from taizhang.core.outlook import Verdict
from taizhang.core.values import BadPeriod, Period
from taizhang.documents.sheets import Column, write_xlsx
from taizhang.duties import actions, matrix
from taizhang.duties.models import Ruling
from taizhang.duties.queries import Occurrence, Owed, occurrences, owed_in, targets
from taizhang.duties.reminders import reminder
from taizhang.journal import clock
from taizhang.journal.actions import open_book
from taizhang.ledger import rows
from taizhang.ledger.asking import may_ask
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest

WANTED = (DutyState.OVERDUE, DutyState.WARNING, DutyState.DUE)


def seen_units(visit: Visit) -> frozenset[int] | None:
    """Return the units whose duties the visitor sees: all, or those (and below) that their roles are for."""
    readers = [grant for grant in visit.access.grants if "read" in grant.role.may]
    if not readers:
        raise PermissionDenied(_("Your roles do not allow this."))
    found: set[int] = set()
    for grant in readers:
        if grant.unit_ids is None:
            return None
        found |= grant.unit_ids
    return frozenset(found)


def _year(request: VisitRequest) -> Period:
    text = request.GET.get("period") or request.GET.get("year") or str(request.visit.today.year)
    try:
        period = Period.parse(text)
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    return Period.year(period.start.year)


def _chosen_units(request: VisitRequest) -> frozenset[int] | None:
    seen, code = seen_units(request.visit), request.GET.get("unit", "")
    if not code:
        return seen
    unit = request.visit.access.tree.by_code.get(code)
    if unit is None:
        raise Http404(_("There is no such unit."))
    below = request.visit.access.tree.below(unit.pk)
    return below if seen is None else below & seen


def standing_in(
    visit: Visit, span: Period, unit_ids: frozenset[int] | None, *, as_of: dt.datetime | None = None
) -> list[Occurrence]:
    """Return what is owed in the periods starting in ``span``, as it stands."""
    tree = visit.access.tree
    owed = owed_in(span, schemes=visit.schemes, tree=tree, unit_ids=unit_ids)
    return occurrences(owed, schemes=visit.schemes, tree=tree, now=visit.now, as_of=as_of)


@require_GET
def matrix_page(request: VisitRequest) -> HttpResponse:
    """Duties down, months across; grouped by duty or by unit; also as a sheet to print and as .xlsx."""
    visit, year = request.visit, _year(request)
    found = standing_in(visit, year, _chosen_units(request))
    by_unit = request.GET.get("by") == "unit"
    rows_ = matrix.rows_of(found, year=year, today=visit.today)
    if request.GET.get("format") == "xlsx":
        return _as_sheet(rows_, year)
    context = {
        "year": year,
        "months": range(1, 13),
        "this_month": visit.today.month if visit.today in year else 0,
        "groups": matrix.grouped(rows_, by_unit=by_unit),
        "by_unit": by_unit,
        "counts": matrix.tally(found),
        "unit": request.GET.get("unit", ""),
        "sheet_query": urlencode({**request.GET.dict(), "format": "xlsx"}),
        "by_query": urlencode({**request.GET.dict(), "by": "duty" if by_unit else "unit"}),
    }
    return render(request, "duties/matrix.html", context)


def _as_sheet(rows_: list[matrix.Row], year: Period) -> HttpResponse:
    names = state_names()
    columns = [
        Column(_("Duty")),
        Column(_("Unit")),
        *(Column(_("Month {n}").format(n=n)) for n in range(1, 13)),
    ]
    content = write_xlsx(
        title=_("Duty matrix {year}").format(year=year),
        columns=columns,
        rows=(
            [
                str(row.duty.name),
                row.unit.name,
                *(state for cell in row.cells for state in _spread(cell, names)),
            ]
            for row in rows_
        ),
    )
    return download(content, stem=f"duties-{year}", ending="xlsx")


def _spread(cell: matrix.Cell, names: dict[DutyState, str]) -> Iterator[str]:
    yield names[cell.occurrence.state] if cell.occurrence else ""
    yield from [""] * (cell.span - 1)


def state_names() -> dict[DutyState, str]:
    return {
        DutyState.OVERDUE: _("Overdue"),
        DutyState.WARNING: _("Due soon"),
        DutyState.DUE: _("To do"),
        DutyState.DONE: _("Done, to verify"),
        DutyState.UPCOMING: _("Not yet due"),
        DutyState.VERIFIED: _("Verified"),
        DutyState.EXEMPT: _("Exempt"),
    }


@require_GET
def todo(request: VisitRequest) -> HttpResponse:
    """What is waited for: to be done by the visitor's units, to be verified by the visitor."""
    return render(request, "duties/todo.html", todo_context(request.visit))


def todo_context(visit: Visit) -> dict[str, Any]:
    """Return the lists of the to-do page; the home page shows them too."""
    year = Period.year(visit.today.year)
    span = Period(year.previous.start, year.end)
    access = visit.access
    found = standing_in(visit, span, seen_units(visit)) if access.may("read") else []
    waiting = [o for o in found if o.state in WANTED and _is_mine(o, visit)]
    waiting.sort(key=lambda o: (o.standing.due, o.owed.unit.order))
    to_verify = [o for o in found if o.standing.to_verify and access.may("verify", unit_id=o.owed.unit.pk)]
    return {
        "waiting": waiting,
        "overdue": sum(o.state is DutyState.OVERDUE for o in waiting),
        "to_verify": to_verify,
    }


def _is_mine(occurrence: Occurrence, visit: Visit) -> bool:
    kind = kind_of(occurrence.owed, visit)
    return visit.access.may("record", unit_id=occurrence.owed.unit.pk, kind=kind)


def kind_of(owed: Owed, visit: Visit) -> str | None:
    """Return the kind of entry that fulfils a duty; None if its figure is worked out from several."""
    base = base_of(Definitions(visit.schemes).on(owed.period.start, owed.duty.of))
    return base.kind if base else None


@require_GET
def gaps(request: VisitRequest) -> HttpResponse:
    """What is short today, and what will be short by the end at the present pace. ``as_of`` looks back."""
    visit, year = request.visit, _year(request)
    as_of = _as_of(request)
    units = _chosen_units(request)
    found = standing_in(visit, year, units, as_of=as_of)
    goals = targets(
        year, schemes=visit.schemes, tree=visit.access.tree, now=visit.now, as_of=as_of, unit_ids=units
    )
    short = [o for o in found if o.state in (DutyState.OVERDUE, DutyState.WARNING)]
    short.sort(key=lambda o: (o.state is not DutyState.OVERDUE, o.standing.due))
    context = {
        "year": year,
        "as_of": as_of,
        "as_of_day": request.GET.get("as_of", ""),
        "short": [(o, reminder(o)) for o in short],
        "goals": goals,
        "behind": sum(g.outlook.verdict in (Verdict.BEHIND, Verdict.MISSED) for g in goals),
        "unit": request.GET.get("unit", ""),
    }
    return render(request, "duties/gaps.html", context)


def _as_of(request: VisitRequest) -> dt.datetime | None:
    try:
        moment = clock.moment(request.GET.get("as_of", ""))
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    return min(moment, request.visit.now) if moment else None


@require_GET
def responsibilities(request: VisitRequest) -> HttpResponse:
    """The responsibility list: who must do what, how often, and what proves it. Printable."""
    seen_units(request.visit)
    version = request.visit.scheme
    roles = version.scheme.roles
    listed = [
        (id_, duty, roles.get(duty.leader) if duty.leader else None)
        for id_, duty in version.scheme.duties.items()
    ]
    context = {
        "version": version,
        "listed": listed,
        "targets": version.scheme.targets,
        "tree": request.visit.access.tree,
    }
    return render(request, "duties/responsibilities.html", context)


def _occurrence(request: VisitRequest, duty: str, unit: str, period: str) -> Occurrence:
    visit = request.visit
    found = visit.access.tree.by_code.get(unit)
    seen = seen_units(visit)
    if found is None or (seen is not None and found.pk not in seen):
        raise Http404(_("There is no such duty, or it is not yours to see."))
    try:
        span = Period.parse(period)
    except BadPeriod as error:
        raise Http404(error.message.render(_)) from error
    owed = [
        one
        for one in owed_in(
            span, schemes=visit.schemes, tree=visit.access.tree, unit_ids=frozenset([found.pk])
        )
        if one.id == duty and one.period == span
    ]
    if not owed:
        raise Http404(_("There is no such duty, or it is not yours to see."))
    return occurrences(owed, schemes=visit.schemes, tree=visit.access.tree, now=visit.now)[0]


@require_GET
def occurrence(request: VisitRequest, duty: str, unit: str, period: str) -> HttpResponse:
    """One duty of one unit in one period: how it stands, its rows, its rulings, what may be done now."""
    visit, found = request.visit, _occurrence(request, duty, unit, period)
    owed, access = found.owed, visit.access
    behind = rows.rows_below(owed.ask, schemes=visit.schemes, tree=access.tree)
    kind = kind_of(owed, visit)
    may = {name: access.may(name, unit_id=owed.unit.pk) for name in ("verify", "exempt")}
    can_see = may_ask(access, owed.ask, visit.schemes)
    record_query = urlencode({"unit": owed.unit.code, "counts_for": str(owed.period)})
    context = {
        "one": found,
        "owed": owed,
        "role": owed.scheme.scheme.roles.get(owed.duty.leader) if owed.duty.leader else None,
        "rows": [row for part in behind for row in part.select_related("unit")[:20]] if can_see else None,
        "can_see": can_see,
        "rulings": Ruling.objects.filter(duty=owed.id, unit=owed.unit, period=str(owed.period)).order_by(
            "-pk"
        ),
        "kind": kind,
        "may_record": kind is not None and access.may("record", unit_id=owed.unit.pk, kind=kind),
        "record_query": record_query,
        "may_verify": may["verify"] and found.standing.to_verify,
        "may_reopen": may["verify"] and found.verification is not None,
        "may_exempt": may["exempt"]
        and found.exemption is None
        and found.state in (*WANTED, DutyState.UPCOMING),
        "may_lift": may["exempt"] and found.exemption is not None,
        "reminder": reminder(found) if found.state in WANTED else "",
        "citation": owed.scheme.citation("duties", owed.id),
    }
    name = "duties/occurrence_panel.html" if request.htmx else "duties/occurrence.html"
    return render(request, name, context)


@require_POST
def verify(request: VisitRequest, duty: str, unit: str, period: str) -> HttpResponse:
    visit = request.visit

    def act(found: Occurrence, reason: str, book: Any) -> None:
        actions.verify(found, book=book, schemes=visit.schemes, tree=visit.access.tree, note=reason)

    return _rule(request, (duty, unit, period), "verify", act, _("Verified."))


@require_POST
def reopen(request: VisitRequest, duty: str, unit: str, period: str) -> HttpResponse:
    def act(found: Occurrence, reason: str, book: Any) -> None:
        actions.reopen(found, reason=reason, book=book)

    return _rule(request, (duty, unit, period), "verify", act, _("The verification is taken back."))


@require_POST
def exempt(request: VisitRequest, duty: str, unit: str, period: str) -> HttpResponse:
    def act(found: Occurrence, reason: str, book: Any) -> None:
        actions.exempt(found, reason=reason, book=book)

    return _rule(request, (duty, unit, period), "exempt", act, _("Exempted."))


@require_POST
def lift(request: VisitRequest, duty: str, unit: str, period: str) -> HttpResponse:
    def act(found: Occurrence, reason: str, book: Any) -> None:
        actions.lift(found, reason=reason, book=book)

    return _rule(request, (duty, unit, period), "exempt", act, _("The exemption is lifted."))


def _rule(
    request: VisitRequest,
    place: tuple[str, str, str],
    permission: Any,
    act: Callable[[Occurrence, str, Any], None],
    done: str,
) -> HttpResponse:
    """Check the right, open the book, look again inside it, rule; tell how it went."""
    visit = request.visit
    unit = visit.access.tree.by_code.get(place[1])
    visit.access.require(permission, unit_id=unit.pk if unit else 0)
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            act(_occurrence(request, *place), request.POST.get("reason", ""), book)
    except actions.RulingRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(reverse("duties:occurrence", args=place))
