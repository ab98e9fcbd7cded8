"""The filtered list of a kind as a file, all its rows and not only the page."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taizhang.documents import sheets
from taizhang.ledger import export as rows_out
from taizhang.ledger import listing, queries, wording
from taizhang.ledger.listing import Selection
from taizhang.org.downloads import download, stream
from taizhang.org.middleware import Visit, VisitRequest

FORMATS = ("xlsx", "csv", "jsonl")
LARGEST_WORKBOOK = 100_000  # rows; more are for the formats that stream


@require_safe
def export(request: VisitRequest, kind: str, format: str) -> HttpResponseBase:  # noqa: A002 - as in the address
    """Hand out what the list's filters leave, as .xlsx, .csv or lines of JSON."""
    if format not in FORMATS:
        raise Http404(_("Entries are exported as .xlsx, .csv or .jsonl."))
    visit = request.visit
    rule = queries.kind_or_404(visit.access, kind, visit.schemes)
    visit.access.require("export", kind=kind)
    selection = listing.read(request.GET, kind=kind, rule=rule, access=visit.access, today=visit.today)
    if selection.problems:
        raise BadRequest("; ".join(selection.problems.values()))
    found = listing.rows(selection, access=visit.access, schemes=visit.schemes)
    found = found.filter(queries.visible(visit.access, "export")).order_by("occurred_on", "pk")
    entries = rows_out.entries(found)
    tree, stem = visit.access.tree, f"{kind}-{visit.today:%Y%m%d}"
    if format == "jsonl":
        return stream(rows_out.lines(entries, tree), stem=stem, ending=format)
    columns, rows = rows_out.columns(rule), rows_out.rows(entries, rule, tree)
    if format == "csv":
        return stream(sheets.write_csv(columns=columns, rows=rows), stem=stem, ending=format)
    if found[: LARGEST_WORKBOOK + 1].count() > LARGEST_WORKBOOK:
        raise BadRequest(
            _(
                "More than {n} rows are too many for a workbook. Narrow the list, or export it as .csv."
            ).format(n=LARGEST_WORKBOOK)
        )
    book = sheets.write_xlsx(
        title=wording.said(rule.name),
        columns=columns,
        rows=rows,
        notes=_notes(selection, visit),
        language="en" if (get_language() or "").startswith("en") else "zh-hans",
    )
    return download(book, stem=stem, ending=format)


def _notes(selection: Selection, visit: Visit) -> list[str]:
    """Say what the workbook holds, for whoever gets it without the program."""
    period = wording.period(selection.period) if selection.period else _("All time")
    return [
        _("Period: {period}").format(period=period),
        _("Unit: {unit}").format(unit=selection.unit.name if selection.unit else _("all")),
        _("As the ledger stood at {moment}").format(moment=wording.moment(selection.as_of or visit.now)),
        _("Exported at {moment} by {who}").format(moment=wording.moment(visit.now), who=visit.signature),
    ]
