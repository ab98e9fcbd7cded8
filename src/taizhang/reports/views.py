"""The list of reports, a new one, a draft as it would be printed, its earlier states, its files."""

import uuid
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from taizhang.core.paging import page_of
from taizhang.core.values import BadPeriod, Period
from taizhang.documents.docx import write_docx
from taizhang.documents.html import stylesheet as official_stylesheet
from taizhang.documents.html import write_html
from taizhang.documents.model import Document, InvalidDocument
from taizhang.documents.pdf import MissingTypeface, write_pdf
from taizhang.org import downloads
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.reports import actions, exporting, filling, paper, queries
from taizhang.reports.body import from_json
from taizhang.reports.forms import NewReport, outlines_for
from taizhang.reports.models import FrozenReport, Report
from taizhang.reports.printing import Ledger, May, print_body
from taizhang.reports.reading import read_on_screen


def ledger_of(visit: Visit) -> Ledger:
    """Return the ledger as the visit finds it."""
    return Ledger(visit.schemes, visit.access.tree, visit.now)


def may_of(visit: Visit) -> May:
    """Return which figures the visitor may see."""
    return ledger_of(visit).seen_by(visit.access)


def require_reader(visit: Visit) -> None:
    """Raise PermissionDenied unless some role lets reports be read or written."""
    if not (visit.access.may("read") or visit.access.may("report")):
        raise PermissionDenied(_("Your roles do not allow this."))


@require_safe
def index(request: VisitRequest) -> HttpResponse:
    """List the reports, by unit, year and state."""
    visit = request.visit
    require_reader(visit)
    chosen = {name: request.GET.get(name, "") for name in ("unit", "period", "state")}
    found = _selected(queries.reports(visit.access), chosen, visit)
    context = {
        "page": page_of(found, request.GET.get("page")),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "years": range(visit.today.year, visit.schemes.versions[0].effective.year - 1, -1)
        if visit.schemes
        else (),
        "may_write": bool(visit.access.may("report")) and bool(outlines_for(visit)),
    }
    return render(request, "reports/index.html", context)


def _selected(found: QuerySet[Report], chosen: dict[str, str], visit: Visit) -> QuerySet[Report]:
    frozen = FrozenReport.objects.filter(report=OuterRef("pk"))
    found = found.annotate(is_frozen=Exists(frozen)).prefetch_related(
        Prefetch("frozen", FrozenReport.objects.defer("content").order_by("-frozen_at"))
    )
    if chosen["unit"]:
        unit = visit.access.tree.by_code.get(chosen["unit"])
        found = found.filter(unit_id__in=visit.access.tree.below(unit.pk)) if unit else found.none()
    if chosen["period"]:
        try:
            span = Period.parse(chosen["period"])
        except BadPeriod as error:
            raise BadRequest(error.message.render(_)) from error
        found = found.filter(starts__range=(span.start, span.end))
    if chosen["state"]:
        found = found.filter(is_frozen=chosen["state"] == "frozen")
    return found.defer("body")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: VisitRequest) -> HttpResponse:
    """Choose what to report on, see what it would say, keep it as a draft."""
    visit = request.visit
    visit.access.require("report")
    form = NewReport((request.POST or request.GET).dict(), visit=visit)
    context: dict[str, Any] = {"form": form}
    if form.units and form.is_valid():
        ledger = ledger_of(visit).at(form.cleaned_data["as_of"])
        visit.access.require("report", unit_id=form.order.unit.pk)
        try:
            if request.method == "POST":
                made = actions.create(form.order, ledger=ledger, by=visit.signature, may=may_of(visit))
                return redirect("reports:edit", made.pk)
            context |= _foreseen(form, ledger, visit)
        except filling.CannotFill as error:
            context["refused"] = error.message
    return render(request, "reports/new.html", context)


def _foreseen(form: NewReport, ledger: Ledger, visit: Visit) -> dict[str, Any]:
    body = filling.fill(form.order, ledger=ledger, may=may_of(visit))
    _outline, version = filling.outline_of(form.order, ledger)
    printed = print_body(body, scheme=version.scheme, ledger=ledger, language=form.order.language)
    unit = form.order.unit
    same = queries.reports(visit.access).filter(
        outline=form.order.outline, unit=unit, period=str(form.order.period)
    )
    return {
        "paper": read_on_screen(paper.document(body, printed, scheme=version.scheme), printed),
        "figures": len(printed.chips),
        "version": version,
        "same": list(same.defer("body")[:5]),
    }


@require_safe
def stylesheet(_request: VisitRequest) -> HttpResponse:
    """Return the style sheet of a report on screen."""
    response = HttpResponse(official_stylesheet(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
def report(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Show a draft as it would be printed, with what can be done with it."""
    visit = request.visit
    found = queries.report_for(visit.access, id)
    body, printed, scheme = exporting.printed_draft(found, ledger=ledger_of(visit), may=may_of(visit))
    access = visit.access
    context = {
        "report": found,
        "outline": scheme.outlines.get(found.outline),
        "paper": read_on_screen(paper.document(body, printed, scheme=scheme), printed),
        "typed": paper.typed_in(body),
        "figures": len(printed.chips),
        "seen": actions.seen_digest(printed),
        "frozen": list(found.frozen.defer("content").order_by("-frozen_at")),
        "revisions": list(found.revisions.defer("body")[:12]),
        "may_write": access.may("report", unit_id=found.unit_id),
        "may_freeze": access.may("freeze", unit_id=found.unit_id),
        "is_whole": actions.is_whole(body, printed),
    }
    return render(request, "reports/report.html", context)


@require_safe
def revision(request: VisitRequest, id: uuid.UUID, pk: int) -> HttpResponse:  # noqa: A002 - as in the address
    """Show what a report said after an earlier save, with the figures of today."""
    visit = request.visit
    found = queries.report_for(visit.access, id)
    state = queries.revision_for(visit.access, id, pk)
    scheme, body = queries.scheme_for(found, ledger_of(visit)), from_json(state.body)
    at = ledger_of(visit).at(found.as_of)
    printed = print_body(body, scheme=scheme, ledger=at, language=found.language, may=may_of(visit))
    context = {
        "report": found,
        "revision": state,
        "paper": read_on_screen(paper.document(body, printed, scheme=scheme), printed),
        "may_write": visit.access.may("report", unit_id=found.unit_id),
    }
    return render(request, "reports/revision.html", context)


@require_safe
def download(request: VisitRequest, id: uuid.UUID, form: str) -> HttpResponse:  # noqa: A002 - as in the address
    """Hand out a draft as a file; it says that it is one."""
    visit = request.visit
    found = queries.report_for(visit.access, id)
    return as_file(exporting.of_draft(found, ledger=ledger_of(visit), may=may_of(visit)), form, found.title)


def as_file(document: Document, form: str, title: str) -> HttpResponse:
    """Return a document as a download. Raises Http404 for a form that there is not."""
    try:
        content: bytes | str
        match form:
            case "docx":
                content = write_docx(document)
            case "pdf":
                content = write_pdf(document)
            case "html":
                content = write_html(document, fragment=False)
            case _:
                raise Http404(_("Reports are handed out as .docx, .pdf or .html."))
    except (MissingTypeface, InvalidDocument) as error:
        raise BadRequest(error.message.render(_)) from error
    return downloads.download(content, stem=title, ending=form)
