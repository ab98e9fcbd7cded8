"""Why is it this number? Panels behind the numbers of lists, runs and circulars, down to the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from taizhang.appraisals import counted, keeping, queries, showing
from taizhang.appraisals.counted import HALVES, NO_ROWS, Asked, Told
from taizhang.appraisals.models import Sheet
from taizhang.appraisals.running import Scoring
from taizhang.appraisals.views_runs import PREVIEWED, Month, late_rows, month_for
from taizhang.core.appraisal.sheet import Outcome
from taizhang.core.scheme import explain, regulation
from taizhang.core.scheme.phrases import sentences
from taizhang.core.scheme.schema import Scheme
from taizhang.core.scheme.speaking import Speaker
from taizhang.core.values import BadPeriod, Period
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Person, Post, Unit

OF_SOMEBODY = (*HALVES, *NO_ROWS, "points")
OF_OUTCOME = {"sheets": "", **{outcome.value: outcome.value for outcome in Outcome}}
OF_ROWS = ("late", "unrated", "waiting")
SHOWN = 20


# Of somebody


@require_GET
def why(request: VisitRequest) -> HttpResponse:
    """Explain a number of somebody's quotas: which rows were counted, by which rule, as which sheets say."""
    visit = request.visit
    asked = _asked(request)
    found = counted.told(
        asked,
        schemes=visit.schemes,
        tree=visit.access.tree,
        now=visit.now,
        seen=queries.visible(visit.access),
    )
    _require(visit, asked, found)
    scheme = found.compiled.scheme if found.compiled else visit.scheme.scheme
    context = {
        "asked": asked,
        "told": found,
        "name": _("{figure}, still missing").format(figure=figure_name(asked.figure))
        if asked.missing
        else figure_name(asked.figure),
        "whose": asked.person or asked.unit,
        "parts": [(part, showing.quota_name(part.quota, scheme)) for part in found.parts],
        "rules": _rules(found.quotas, scheme, asked.figure),
        "shares": _shares(found),
        "row": asked.row,
        "source": found.sources[-1] if found.sources else None,
        **(_points(found) if asked.figure == "points" else {}),
    }
    return render(request, _template(request, "why"), context)


def _template(request: VisitRequest, name: str) -> str:
    return f"appraisals/{name}_panel.html" if request.htmx else f"appraisals/{name}.html"


def _asked(request: VisitRequest) -> Asked:
    visit, given = request.visit, request.GET
    figure, appraisal = given.get("figure", ""), given.get("appraisal", "")
    if figure not in OF_SOMEBODY:
        raise BadRequest(_("There is no such figure."))
    try:
        period = Period.parse(given.get("period", ""))
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    person, unit = _whose(visit, given.get("person", ""), given.get("unit", ""))
    return Asked(
        appraisal,
        period,
        figure,
        person,
        unit,
        given.get("quota", ""),
        given.get("missing") == "1",
        given.get("row", ""),
    )


def _whose(visit: Visit, person: str, unit: str) -> tuple[Person | None, Unit]:
    """Return whose number is asked about; one's own where nobody is named. Raises Http404."""
    tree = visit.access.tree
    if unit and not person:
        found = tree.by_code.get(unit)
        if found is None:
            raise Http404(_("There is no such unit."))
        return None, found
    somebody = Person.objects.filter(code=person).first() if person else visit.access.person
    if somebody is None or tree.root is None:
        raise Http404(_("There is no such person."))
    return somebody, tree.root


def _require(visit: Visit, asked: Asked, found: Told) -> None:
    """Raise PermissionDenied unless it is one's own, or of somebody whose scores one sees."""
    access = visit.access
    own = access.person is not None and asked.person is not None and asked.person.pk == access.person.pk
    units = queries.unit_ids(access) if queries.may_see_some(access) else frozenset()
    if (
        own
        or units is None
        or (asked.person is None and asked.unit.pk in (units | set(access.home_unit_ids)))
    ):
        return
    if any(source.unit_id in units for source in found.sources[-1:]):
        return
    posts = Post.objects.filter(Post.holds_on(visit.today), person=asked.person, unit_id__in=units)
    if asked.person is None or not posts.exists():
        raise PermissionDenied(_("Your roles do not allow this."))


def figure_name(figure: str) -> str:
    """Return what a number counts, in words."""
    return {
        "submitted": _("Submitted"),
        "published": _("Adopted"),
        "missed": _("Quotas missed"),
        "chain": _("Missed one period after the other"),
        "points": _("Points"),
        "sheets": _("Score sheets"),
        "met": _("Fulfilled"),
        "exempt": _("Exempt"),
        "not_due": _("Nothing due"),
        "late": _("Late proofs"),
        "unrated": _("Entries that fit no line of a scale"),
        "waiting": _("Entries that nobody verified"),
    }[figure]


@dataclass(frozen=True)
class Ruled:
    """What the scheme says of a quota, in words."""

    id: str
    name: str
    said: str


def _rules(quotas: Sequence[str], scheme: Scheme, figure: str) -> list[Ruled]:
    if figure not in HALVES:
        return []
    speaker = Speaker(scheme, get_language() or "zh")
    return [
        Ruled(told.id, explain.rendered(told.title, _), explain.rendered(sentences(told.said[1:]), _))
        for told in regulation.quotas(speaker)
        if told.id in quotas
    ]


def _shares(found: Told) -> list[str]:
    """Return by which definition a row is somebody's, and what becomes of a late one."""
    if found.compiled is None:
        return []
    appraisal = found.compiled.appraisal
    late = {
        "counts": _("A proof that came after its own period had closed counts in the period it arrived in."),
        "points_only": _(
            "A proof that came after its own period had closed earns points and fulfils no quota."
        ),
        "ignored": _("A proof that came after its own period had closed counts nowhere."),
    }
    shared = {
        "first": _("An item of several authors counts towards the quota of its first author only."),
        "each": _("An item of several authors counts towards the quota of each of them."),
    }
    said = (
        [shared[appraisal.shared_quota]] if appraisal.shares else [_("A row counts for whom it names first.")]
    )
    return [*said, late[appraisal.late_proof]]


def _points(found: Told) -> dict[str, Any]:
    source = found.sources[-1] if found.sources else None
    if source is None or source.tree is None:
        return {"total": None}
    tree = showing.only_row(source.tree, found.asked.row) if found.asked.row else source.tree
    return {"total": showing.line_of(tree, source.compiled.loaded, source.as_of, source.keys)}


# Of a run


@require_GET
def why_run(request: VisitRequest, appraisal: str, period: str) -> HttpResponse:
    """Explain a number of a run: the sheets, or the entries, that were counted."""
    visit, month = request.visit, month_for(request, appraisal, period)
    figure = request.GET.get("figure", "sheets")
    unit = visit.access.tree.by_code.get(request.GET.get("in", ""))
    if figure not in (*OF_OUTCOME, *OF_ROWS, *HALVES):
        raise BadRequest(_("There is no such figure."))
    if figure in OF_ROWS and month.run is None:
        found = _previewed(visit, month, figure)
    elif month.run is None or figure in OF_ROWS:
        raise Http404(_("There is no such run, or it is not yours to see."))
    else:
        found = _of_sheets(visit, month, figure, unit)
    context = {
        "month": month,
        "figure": figure,
        "name": figure_name(figure),
        "unit": unit,
        "place": (appraisal, str(month.period)),
        "outcome": OF_OUTCOME.get(figure, ""),
        **found,
    }
    return render(request, _template(request, "why_run"), context)


def _of_sheets(visit: Visit, month: Month, figure: str, unit: Unit | None) -> dict[str, Any]:
    assert month.run is not None
    sheets = queries.sheets_of(month.run, visit.access)
    if unit is not None:
        sheets = sheets.filter(unit=unit)
    if figure in HALVES:
        rows = [(sheet, number) for sheet, number in _numbers(sheets, figure) if number]
        return {
            "number": sum(number for _sheet, number in rows),
            "sheets": rows[:SHOWN],
            "more": len(rows) > SHOWN,
        }
    if OF_OUTCOME[figure]:
        sheets = sheets.filter(outcome=OF_OUTCOME[figure])
    number = sheets.count()
    return {"number": number, "sheets": [(sheet, None) for sheet in sheets[:SHOWN]], "more": number > SHOWN}


def _numbers(sheets: Any, figure: str) -> Iterator[tuple[Sheet, int]]:
    for sheet in sheets.iterator(500):
        yield sheet, sum(getattr(one, figure) for one in keeping.content_of(sheet).judged)


def _previewed(visit: Visit, month: Month, figure: str) -> dict[str, Any]:
    """Return the entries behind a number of a run that was not computed yet."""
    scoring = Scoring.of(
        month.appraisal_id, month.period, schemes=visit.schemes, tree=visit.access.tree, now=visit.now
    )
    seen = queries.unit_ids(visit.access)
    subjects = [each for each in scoring.subjects() if seen is None or each.unit_id in seen]
    if len(subjects) > PREVIEWED:
        raise Http404(_("Too many people are scored here to work it out on a page."))
    sheets = [sheet for _each, sheet in scoring.sheets(subjects)]
    facts = late_rows(sheets) if figure == "late" else list(
        dict.fromkeys(str(row) for sheet in sheets for row in getattr(sheet, figure))
    )  # fmt: skip
    entries = queries.entries_in(facts, Sheet(as_of=scoring.window.as_of))
    return {
        "number": len(facts),
        "entries": [entries[fact] for fact in facts[:SHOWN] if fact in entries],
        "more": len(facts) > SHOWN,
    }
