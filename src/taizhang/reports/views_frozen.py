"""Freezing, frozen reports, their proof, and telling what was changed in a file."""

import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taizhang.documents import manifest
from taizhang.documents.compare import ChangeKind, UnreadableDocument, compare_figures, read_manifest
from taizhang.journal.actions import open_book
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.reports import actions, exporting, paper, queries
from taizhang.reports.models import FrozenReport
from taizhang.reports.reading import read_on_screen
from taizhang.reports.views import as_file, ledger_of, may_of, require_reader

REMARKS = (ChangeKind.MANIFEST_MISSING, ChangeKind.LABELS_MISSING)
LARGEST = 20 * 1024 * 1024


@require_POST
def freeze(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Freeze a draft as its reader saw it."""
    visit = request.visit
    found = queries.report_for(visit.access, id)
    visit.access.require("freeze", unit_id=found.unit_id)
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise BadRequest(_("The version is missing. Open the report again, then freeze it."))
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            made = actions.freeze(
                found,
                book=book,
                ledger=ledger_of(visit),
                on=int(version),
                seen=request.POST.get("seen", ""),
                may=may_of(visit),
            )
    except actions.FreezeRefused as error:
        messages.error(request, str(error))
        return redirect("reports:report", found.pk)
    messages.success(request, _("Frozen. From now on it can be proved against the ledger."))
    return redirect("reports:frozen", made.pk)


@require_safe
def frozen(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Show a frozen report as it was sent; its figures explain themselves as of then."""
    visit = request.visit
    found = queries.frozen_for(visit.access, id)
    body, printed, scheme = exporting.printed_frozen(found, ledger=ledger_of(visit), may=may_of(visit))
    document = exporting.of_frozen(found, ledger=ledger_of(visit), may=may_of(visit))
    context = {
        "frozen": found,
        "successor": _successor(found),
        "outline": scheme.outlines.get(found.outline),
        "paper": read_on_screen(document, printed),
        "figures": len(printed.chips),
        "typed": paper.typed_in(body),
    }
    return render(request, "reports/frozen.html", context)


def _successor(found: FrozenReport) -> FrozenReport | None:
    return getattr(found, "superseded_by", None)


@require_safe
def verify(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Prove a frozen report, and say what does not fit."""
    visit = request.visit
    found = queries.frozen_for(visit.access, id)
    may = may_of(visit)
    differences = queries.verify(found, ledger=ledger_of(visit))
    context = {
        "frozen": found,
        "differences": [(one, one.ask is None or may(one.ask)) for one in differences],
        "figures": len(found.content["figures"]),
        "now": visit.now,
    }
    return render(request, "reports/verified.html", context)


@require_safe
def now(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Hold a frozen report against the ledger of today: which figures would read otherwise."""
    visit = request.visit
    found = queries.frozen_for(visit.access, id)
    may = may_of(visit)
    changed = [
        one for one in queries.changed_since(found, ledger=ledger_of(visit)) if all(map(may, one.place.asks))
    ]
    context = {
        "frozen": found,
        "changed": changed,
        "figures": len(found.content["figures"]),
        "now": visit.now,
    }
    return render(request, "reports/now.html", context)


@require_safe
def download(request: VisitRequest, id: uuid.UUID, form: str) -> HttpResponse:  # noqa: A002 - as in the address
    """Hand out a frozen report as a file; its foot carries the chain head."""
    visit = request.visit
    found = queries.frozen_for(visit.access, id)
    return as_file(exporting.of_frozen(found, ledger=ledger_of(visit), may=may_of(visit)), form, found.title)


@require_http_methods(["GET", "HEAD", "POST"])
def diff(request: VisitRequest) -> HttpResponse:
    """Tell which figures of an exported .docx were changed since. The file is read and forgotten."""
    visit = request.visit
    require_reader(visit)
    if request.method != "POST":
        return render(request, "reports/diff.html", {})
    upload = request.FILES.get("file")
    if upload is None or upload.size is None:
        return render(request, "reports/diff.html", {"refused": _("Choose a .docx file first.")})
    if upload.size > LARGEST:
        return render(request, "reports/diff.html", {"refused": _("The file is larger than 20 MB.")})
    data = upload.read()
    try:
        embedded = read_manifest(data)
        kept = _kept(embedded, visit)
        changes = compare_figures(data, expected=kept[1] if kept else None)
    except UnreadableDocument as error:
        return render(request, "reports/diff.html", {"refused": error.message.render(_)})
    printed = (kept[1] if kept else embedded) or manifest.Manifest(())
    context = {
        "name": upload.name,
        "changes": [change for change in changes if change.kind not in REMARKS],
        "remarks": [change for change in changes if change.kind in REMARKS],
        "figures": len(printed.entries),
        "frozen": kept[0] if kept else None,
        "is_ours": embedded is not None,
    }
    return render(request, "reports/diff.html", context)


def _kept(embedded: manifest.Manifest | None, visit: Visit) -> tuple[FrozenReport, manifest.Manifest] | None:
    """Return the frozen report that a file was made of, if it is one of ours and to be seen, and what it printed."""
    try:
        id_ = uuid.UUID(embedded.meta["frozen"]) if embedded else None
    except (KeyError, ValueError):
        return None
    found = FrozenReport.objects.filter(queries.visible(visit.access), pk=id_).first() if id_ else None
    if found is None:
        return None
    document = exporting.of_frozen(found, ledger=ledger_of(visit), may=may_of(visit))
    return found, manifest.manifest_of(document)
