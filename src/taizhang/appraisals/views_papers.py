"""Circulars, and what other assessments take from a year of scores."""

import uuid

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from taizhang.appraisals import actions, assessments, circulars, queries
from taizhang.appraisals.assessments import Purpose, Year
from taizhang.appraisals.circulars import Filler
from taizhang.appraisals.forms import CircularForm
from taizhang.appraisals.models import Circular, Run
from taizhang.appraisals.subjects import home_of
from taizhang.appraisals.views_runs import month_for
from taizhang.core.values import BadPeriod, Period
from taizhang.documents.docx import write_docx
from taizhang.documents.html import write_html
from taizhang.documents.model import Document
from taizhang.documents.pdf import MissingTypeface, write_pdf
from taizhang.journal.actions import open_book
from taizhang.org.downloads import download
from taizhang.org.fields import find_person
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Person, Unit


@require_http_methods(["GET", "POST"])
def new_circular(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """See the outline of a circular filled with its figures, change its words, look again, issue it."""
    visit = request.visit
    visit.access.require("appraise")
    month = month_for(request, appraisal, period)
    if month.run is None:
        raise Http404(_("There is no such run, or it is not yours to see."))
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    filler = Filler.of(month.run, month.compiled, tree=visit.access.tree, language=language, day=visit.today)
    before = Circular.objects.filter(run=month.run, superseded_by=None).first()
    last = circulars.words_of(before) if before and before.language == filler.language else None
    form = CircularForm(request.POST or None, filler=filler, before=last)
    words = last or filler.words()
    if request.method == "POST" and form.is_valid():
        words = form.words()
        made = None if "look" in request.POST else _issued(form, month.run, visit)
        if made is not None:
            return redirect("appraisals:circular", id=made.pk)
    context = {
        "form": form,
        "month": month,
        "before": before,
        "words": words,
        "blocks": filler.blocks(words),
        "figures": filler.figures(),
        "own": month.appraisal.circular is not None,
        "place": (appraisal, period),
    }
    return render(request, "appraisals/new_circular.html", context)


def _issued(form: CircularForm, run: Run, visit: Visit) -> Circular | None:
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            return circulars.issue(
                run, form.words(), filler=form.filler, reason=form.cleaned_data["reason"], book=book
            )
    except actions.Refused as error:
        form.add_error(None, str(error))
        return None


@require_GET
def circular(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """A circular as it was issued."""
    found = queries.circular_for(request.visit.access, id)
    paper = write_html(circulars.document(found), fragment=True)
    newer = Circular.objects.filter(supersedes=found).first()
    return render(
        request, "appraisals/circular.html", {"circular": found, "paper": SafeString(paper), "newer": newer}
    )


@require_GET
def download_circular(request: VisitRequest, id: uuid.UUID, form: str) -> HttpResponse:  # noqa: A002 - as in the address
    found = queries.circular_for(request.visit.access, id)
    return _paper(circulars.document(found), form, f"circular-{found.run.period}")


def _paper(document: Document, form: str, name: str) -> HttpResponse:
    if form == "docx":
        content = write_docx(document)
    elif form == "pdf":
        try:
            content = write_pdf(document)
        except MissingTypeface as error:
            raise BadRequest(error.message.render(_)) from error
    else:
        raise Http404(_("There is no such form."))
    return download(content, stem=name, ending=form)


# The five inclusions


@require_GET
def assess(request: VisitRequest) -> HttpResponse:
    """Choose whose year, and for which assessment; see it in short; take it as .xlsx or .docx with its evidence."""
    visit = request.visit
    asked = {name: request.GET.get(name, "") for name in ("appraisal", "purpose", "person", "unit", "year")}
    chosen, problem = None, ""
    if asked["person"] or asked["unit"]:
        try:
            chosen = _year(asked, visit)
        except (ValueError, BadPeriod) as error:
            problem = str(error)
    context = {
        "asked": {**asked, "year": asked["year"] or str(visit.today.year)},
        "year": chosen,
        "in_short": assessments.in_short(chosen) if chosen else "",
        "problem": problem,
        "purposes": assessments.purpose_names(),
        "appraisals": visit.scheme.scheme.appraisals,
        "query": request.GET.urlencode(),
    }
    return render(request, "appraisals/assess.html", context)


@require_GET
def download_assessment(request: VisitRequest, form: str) -> HttpResponse:
    """The year of a person or unit with its evidence, as .xlsx or .docx."""
    visit = request.visit
    asked = {name: request.GET.get(name, "") for name in ("appraisal", "purpose", "person", "unit", "year")}
    try:
        found, purpose = _year(asked, visit), Purpose(asked["purpose"] or Purpose.PERFORMANCE)
    except (ValueError, BadPeriod) as error:
        raise BadRequest(str(error)) from error
    if form == "xlsx":
        return download(assessments.workbook(found, purpose), stem=f"{purpose}-{found.year}", ending="xlsx")
    return _paper(assessments.document(found, purpose), form, f"{purpose}-{found.year}")


def _year(asked: dict[str, str], visit: Visit) -> Year:
    """Return whose year is asked for. Raises PermissionDenied, ValueError for nobody, BadPeriod."""
    year = Period.parse(asked["year"] or str(visit.today.year))
    appraisals = visit.scheme.scheme.appraisals
    appraisal = asked["appraisal"] or next(iter(appraisals), "")
    if appraisal not in appraisals:
        raise ValueError(_("There is no such appraisal."))
    person, unit = _whose(asked, visit)
    _require(visit, person, unit)
    below = visit.access.tree.below(unit.pk)
    return assessments.year_of(
        Period.year(year.start.year),
        appraisal,
        person=person,
        unit=unit,
        unit_ids=below,
        schemes=visit.schemes,
    )


def _whose(asked: dict[str, str], visit: Visit) -> tuple[Person | None, Unit]:
    tree = visit.access.tree
    if asked["person"]:
        person = Person.objects.filter(code=asked["person"]).first() or find_person(asked["person"])
        home = home_of(person.pk, day=visit.today)
        unit = tree.by_id.get(home) if home else tree.root
    else:
        person, unit = None, tree.by_code.get(asked["unit"])
    if unit is None:
        raise ValueError(_("There is no such unit."))
    return person, unit


def _require(visit: Visit, person: Person | None, unit: Unit) -> None:
    if person is not None and visit.access.person is not None and person.pk == visit.access.person.pk:
        return
    units = queries.unit_ids(visit.access)
    wanted = {unit.pk} if person else visit.access.tree.below(unit.pk)
    if units is not None and not wanted <= units:
        raise PermissionDenied(_("Your roles do not allow this."))
