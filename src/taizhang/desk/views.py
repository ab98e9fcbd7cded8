"""The queue, the list of everything, a manuscript with its history."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taizhang.core.paging import page_of
from taizhang.core.scheme.desk import Desk
from taizhang.core.values import BadPeriod
from taizhang.desk import listing, placing
from taizhang.desk.access import Visitor
from taizhang.desk.listing import Row
from taizhang.desk.models import Place
from taizhang.documents import sheets
from taizhang.ledger.wording import moment
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest

MOST_MINE = 50
LARGEST_WORKBOOK = 20_000


def visitor_of(visit: Visit) -> Visitor:
    """Return the visit at the desk. Raises PermissionDenied for an account of nobody with a role."""
    if not visit.access.grants:
        raise PermissionDenied(_("Your roles do not allow this."))
    return Visitor(visit.access)


def desk_of(visit: Visit) -> Desk | None:
    """Return what the scheme in force says about texts; None where it says nothing."""
    loaded = visit.schemes.find(visit.today)
    return loaded.scheme.desk if loaded else None


def may_start(visit: Visit) -> bool:
    return desk_of(visit) is not None and visit.access.person is not None and visit.access.may("write")


def places(here: str, visit: Visit) -> list[tuple[str, str, bool]]:
    """Return the tabs of the desk."""
    found = [
        (_("Yours"), reverse("desk:index"), here == "index"),
        (_("All"), reverse("desk:all"), here == "all"),
    ]
    if visit.access.may("read"):
        found.append((_("Statistics"), reverse("desk:statistics"), here == "statistics"))
    return found


def _waiting(visit: Visit, visitor: Visitor) -> list[Row]:
    desk = desk_of(visit)
    return [
        listing.row_of(kept, desk=desk, now=visit.now, turn=True) for kept in placing.waiting_for(visitor)
    ]


def _is_late(rows: list[Row]) -> bool:
    return any(row.left is not None and row.left.is_late for row in rows)


@require_safe
def index(request: VisitRequest) -> HttpResponse:
    """The visitor's own desk: what waits for them, and where their own texts stand."""
    visit = request.visit
    visitor = visitor_of(visit)
    waiting = _waiting(visit, visitor)
    shown = {row.number for row in waiting}
    desk = desk_of(visit)
    mine = [
        listing.row_of(kept, desk=desk, now=visit.now, turn=kept.state == Place.State.WRITING)
        for kept in listing.under_way(visitor)[:MOST_MINE]
    ]
    context = {
        "places": places("index", visit),
        "waiting": waiting,
        "late": _is_late(waiting),
        "mine": [row for row in mine if row.number not in shown],
        "may_start": may_start(visit),
    }
    return render(request, "desk/index.html", context)


@require_safe
def waiting(request: VisitRequest) -> HttpResponse:
    """What waits for the visitor, as a part of the home page; nothing where nothing waits."""
    visit = request.visit
    rows = _waiting(visit, Visitor(visit.access)) if visit.access.grants else []
    return render(request, "desk/waiting.html", {"waiting": rows, "late": _is_late(rows)})


@require_safe
def all_(request: VisitRequest) -> HttpResponse:
    """Everything that the visitor may see, filtered, sorted, by pages."""
    visit = request.visit
    visitor = visitor_of(visit)
    selection = listing.read(request.GET)
    problem = ""
    found: Any = []
    try:
        found = listing.find(selection, visitor, now=visit.now)
        page = page_of(found, request.GET.get("page"))
    except (ValidationError, BadPeriod) as error:
        problem, page = listing.refusal(error), page_of([], 1)
    desk = desk_of(visit)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "places": places("all", visit),
        "page": page,
        "rows": [listing.row_of(kept, desk=desk, now=visit.now, turn=False) for kept in page],
        "chosen": selection,
        "is_narrowed": selection.is_narrowed,
        "problem": problem,
        "states": listing.states(),
        "stations": listing.stations(desk),
        "types": [(id_, listing.type_name(desk, id_)) for id_ in desk.types] if desk else [],
        "periods": _periods(visit),
        "query": query.urlencode(),
        "may_start": may_start(visit),
    }
    return render(request, "desk/all.html", context)


def _periods(visit: Visit) -> list[tuple[str, str]]:
    year = visit.today.year
    return [(str(each), str(each)) for each in range(year, year - 4, -1)]


@require_safe
def export(request: VisitRequest) -> HttpResponse:
    """The list as a workbook, all its rows."""
    visit = request.visit
    visitor = visitor_of(visit)
    selection = listing.read(request.GET)
    try:
        found = listing.find(selection, visitor, now=visit.now)
    except (ValidationError, BadPeriod) as error:
        raise BadRequest(listing.refusal(error)) from error
    if found[: LARGEST_WORKBOOK + 1].count() > LARGEST_WORKBOOK:
        raise BadRequest(
            _("More than {n} rows are too many for a workbook. Narrow the list.").format(n=LARGEST_WORKBOOK)
        )
    desk = desk_of(visit)
    rows = [listing.row_of(kept, desk=desk, now=visit.now, turn=False) for kept in found]
    book = sheets.write_xlsx(
        title=_("Manuscripts"),
        columns=_columns(),
        rows=[_cells(row) for row in rows],
        notes=[_("Exported at {moment} by {who}").format(moment=moment(visit.now), who=visit.signature)],
        language=paper_language(),
    )
    return download(book, stem=f"{_('Manuscripts')}-{visit.today:%Y%m%d}", ending="xlsx")


def paper_language() -> Any:
    """Return the language of files made for the reader."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def _columns() -> list[sheets.Column]:
    return [
        sheets.Column(_("Manuscript no.")),
        sheets.Column(_("Title")),
        sheets.Column(_("Type")),
        sheets.Column(_("Unit")),
        sheets.Column(_("Authors")),
        sheets.Column(_("Where it is")),
        sheets.Column(_("There since"), "datetime"),
        sheets.Column(_("Due"), "datetime"),
        sheets.Column(_("Time")),
    ]


def _cells(row: Row) -> list[sheets.Value]:
    return [
        row.number,
        row.title,
        row.type,
        row.unit,
        "、".join(row.authors),
        row.state.words,
        row.since,
        row.left.due if row.left else None,
        row.left.words if row.left else "",
    ]
