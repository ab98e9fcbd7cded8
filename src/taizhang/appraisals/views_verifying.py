"""The page where entries are verified one by one: what waits in a period, accepted in heaps, refused one by one."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from taizhang.appraisals import queries, running, verifications
from taizhang.appraisals.running import RunRefused
from taizhang.appraisals.verifications import Row, Rows
from taizhang.appraisals.views_runs import Month, next_period
from taizhang.core.paging import Page, page_of
from taizhang.core.scheme.history import NoSchemeInForce
from taizhang.core.values import BadPeriod, Period
from taizhang.journal.actions import Book, open_book
from taizhang.ledger import wording
from taizhang.ledger.models import Evidence
from taizhang.ledger.queries import visible
from taizhang.org.middleware import Visit, VisitRequest

LONGEST_REASON = 500


@dataclass
class Typed:
    """What somebody chose and wrote, and what was wrong with it, so that a refused form keeps it."""

    chosen: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@require_GET
def index(request: VisitRequest) -> HttpResponse:
    """Go to what waits in the period that is to be run next."""
    visit = request.visit
    asking = {
        id_: appraisal
        for id_, appraisal in visit.scheme.scheme.appraisals.items()
        if appraisal.verification and verifications.may_look(visit.access, appraisal)
    }
    id_ = request.GET.get("appraisal") or next(iter(asking), "")
    if id_ not in asking:
        queries.require_some(visit.access)
        return render(request, "appraisals/verify_none.html")
    period = next_period(id_, asking[id_], list(queries.runs(id_)[:1]), visit)
    return redirect("appraisals:verify", appraisal=id_, period=str(period))


@require_http_methods(["GET", "POST"])
def verify(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """What waits to be verified in a period; accept those that are chosen, or refuse one and say why."""
    month = _month_for(request.visit, appraisal, period)
    typed = Typed()
    if request.method == "POST":
        verifications.require_any(request.visit.access, month.appraisal)
        typed = _decided(request, month)
        if not typed.errors:
            return redirect(f"{request.path}?{_query(request)}".rstrip("?"))
    elif request.GET.get("select") == "all":
        typed.chosen.add("all")
    return render(request, "appraisals/verify.html", _context(request, month, typed))


def _month_for(visit: Visit, appraisal: str, period: str) -> Month:
    try:
        span = Period.parse(period)
        compiled = running.compiled_for(appraisal, span, visit.schemes)
    except BadPeriod as error:
        raise Http404(error.message.render(_)) from error
    except (RunRefused, NoSchemeInForce) as error:
        raise Http404(str(error)) from error
    if not verifications.may_look(visit.access, compiled.appraisal):
        raise Http404(_("There is no such run, or it is not yours to see."))
    return Month(appraisal, compiled.appraisal, compiled, span, tuple(queries.events_of(appraisal, span)))


# Deciding


def _decided(request: VisitRequest, month: Month) -> Typed:
    """Do what was asked, as far as it may be done; return what was not, with the reason."""
    refused = request.POST.get("refuse", "")
    one = refused or request.POST.get("accept", "")
    ids = [one] if one else request.POST.getlist("rows")
    if not ids:
        return Typed(errors={"": _("Choose at least one entry first.")})
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    with open_book(now=request.visit.now, actor=request.visit.signature) as book:
        done, errors = _decide(request.visit, month, ids, book, accepted=not refused, reason=reason)
    _say(request, done, accepted=not refused)
    return Typed(
        chosen=set(errors) if not one else set(), reasons={one: reason} if one else {}, errors=errors
    )


def _decide(
    visit: Visit, month: Month, ids: Iterable[str], book: Book, *, accepted: bool, reason: str
) -> tuple[int, dict[str, str]]:
    wanted = [_id(text) for text in dict.fromkeys(ids)]
    found = _rows(visit, month).filter(pk__in=wanted).select_related("unit", "person")
    rows = {
        row.entry.pk: row for row in Rows(list(found), month.compiled.scheme, month.appraisal, visit.access)
    }
    done, errors = 0, dict[str, str]()
    for id_ in wanted:
        if id_ not in rows:
            errors[str(id_)] = verifications.holds_no_more()
            continue
        try:
            verifications.decide(
                rows[id_], accepted=accepted, reason=reason, account=visit.access.account, book=book
            )
            done += 1
        except verifications.Refused as error:
            errors[str(id_)] = str(error)
    return done, errors


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise BadRequest(_("There is no such entry.")) from error


def _say(request: VisitRequest, done: int, *, accepted: bool) -> None:
    if done and accepted:
        said = ngettext("{n} entry accepted.", "{n} entries accepted.", done)
        messages.success(request, said.format(n=done))
    elif done:
        messages.success(request, _("Refused. The one who recorded it reads why."))


# Showing


def _rows(visit: Visit, month: Month) -> "QuerySet[Any]":
    rule = month.appraisal.verification
    rows = verifications.rows_of(month.window, rule.kinds if rule else ())
    return rows.filter(visible(visit.access))


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to."""

    state: str
    text: str
    unit: str
    kind: str

    @classmethod
    def of(cls, query: Mapping[str, str], month: Month) -> "Filters":
        state = query.get("state") or "waiting"
        kinds = month.appraisal.verification.kinds if month.appraisal.verification else ()
        kind = query.get("kind", "")
        if state not in verifications.STATES or (kind and kind not in kinds):
            raise BadRequest(_("There is no such choice."))
        return cls(state, query.get("q", "").strip(), query.get("unit", ""), kind)

    @property
    def narrow(self) -> bool:
        return bool(self.text or self.unit or self.kind)

    def apply(self, rows: "QuerySet[Any]", visit: Visit) -> "QuerySet[Any]":
        found = verifications.in_state(rows, self.state)
        for word in self.text.split():
            found = found.filter(Q(title__icontains=word) | Q(about__title__icontains=word))
        unit = visit.access.tree.by_code.get(self.unit)
        if unit is not None:
            found = found.filter(unit_id__in=visit.access.tree.below(unit.pk))
        return found.filter(kind=self.kind) if self.kind else found


def _context(request: VisitRequest, month: Month, typed: Typed) -> dict[str, Any]:
    visit = request.visit
    filters = Filters.of(request.GET, month)
    found = verifications.in_order(filters.apply(_rows(visit, month), visit))
    files = Prefetch("evidence", Evidence.objects.only("entry_id", "name"))
    page: Page[Any] = page_of(found.prefetch_related(files), request.GET.get("page"))
    rows = Rows(list(page), month.compiled.scheme, month.appraisal, visit.access)
    kinds = month.appraisal.verification.kinds if month.appraisal.verification else ()
    return {
        "month": month,
        "asked": month.appraisal.verification,
        "verifies": bool(verifications.roles_in(visit.access, month.appraisal)),
        "roles": _(", ").join(wording.said(role.name) for role in _roles(month)),
        "filters": filters,
        "page": page,
        "rows": [_shown(row, month, typed, visit) for row in rows],
        "general": typed.errors.get(""),
        "elsewhere": [error for id_, error in typed.errors.items() if id_ and id_ not in _ids(page)],
        "kinds": [(kind, wording.said(month.compiled.scheme.kinds[kind].name)) for kind in kinds],
        "states": _state_names(),
        "place": (month.appraisal_id, str(month.period)),
        "before": month.period.previous,
        "after": month.period.following if month.period.end < visit.today else None,
        "query": _query(request),
    }


def _query(request: VisitRequest) -> str:
    """Return the query string without the wish to have every box ticked."""
    query = request.GET.copy()
    query.pop("select", None)
    return query.urlencode()


def _roles(month: Month) -> Iterable[Any]:
    roles = month.compiled.scheme.roles
    by = month.appraisal.verification.by if month.appraisal.verification else ()
    return (roles[name] for name in by if name in roles)


def _ids(page: Page[Any]) -> set[str]:
    return {str(entry.pk) for entry in page}


def _state_names() -> list[tuple[str, str]]:
    return [("waiting", _("waits")), ("refused", _("refused")), ("accepted", _("accepted"))]


def _shown(row: Row, month: Month, typed: Typed, visit: Visit) -> dict[str, Any]:
    entry, id_ = row.entry, str(row.entry.pk)
    kind = month.compiled.scheme.kinds.get(entry.kind)
    names = wording.Names(visit.access.tree)
    fields = kind.fields.items() if kind else ()
    own_period = Period.containing(month.compiled.every, entry.counts_for)
    return {
        "row": row,
        "entry": entry,
        "id": id_,
        "people": _(", ").join(row.people),
        "facets": [
            wording.field_value(entry.values[name], declared, names)
            for name, declared in fields
            if declared.type not in ("link", "person", "long_text") and entry.values.get(name)
        ],
        "own": own_period if own_period.start < month.period.start else None,
        "chosen": row.may_decide and (id_ in typed.chosen or "all" in typed.chosen),
        "reason": typed.reasons.get(id_, ""),
        "error": typed.errors.get(id_, ""),
        "corrected": entry.supersedes_id is not None,
    }
