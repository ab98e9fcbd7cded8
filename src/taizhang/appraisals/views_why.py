"""Why is it this number? Panels behind the numbers of lists, runs and circulars, down to the rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from taizhang.appraisals import circulars, counted, queries, showing
from taizhang.appraisals.circulars import Filler
from taizhang.appraisals.counted import HALVES, NO_ROWS, Asked, Told
from taizhang.appraisals.models import Objection, Run, Sheet, Talk
from taizhang.appraisals.running import Scoring
from taizhang.appraisals.tallying import Ref, tally
from taizhang.appraisals.views_runs import PREVIEWED, Month, late_rows, month_for
from taizhang.core.appraisal.sheet import Outcome
from taizhang.core.scheme import explain, regulation
from taizhang.core.scheme.circular import FIGURES
from taizhang.core.scheme.phrases import sentences
from taizhang.core.scheme.schema import Scheme
from taizhang.core.scheme.speaking import Speaker
from taizhang.core.values import BadPeriod, Period
from taizhang.ledger.models import Entry
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Person, Post, Unit

OF_SOMEBODY = (*HALVES, *NO_ROWS, "points")
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
    """Explain a number of a run: the sheets, entries, talks or objections that were counted."""
    visit, month = request.visit, month_for(request, appraisal, period)
    figure = request.GET.get("figure", "scored")
    unit = visit.access.tree.by_code.get(request.GET.get("in", ""))
    outline = circulars.outline_of(month.compiled, language=get_language() or "zh")
    if figure not in (*FIGURES, *OF_ROWS) and figure.partition(":")[0] not in outline.breakdowns:
        raise BadRequest(_("There is no such figure."))
    if month.run is None and figure not in OF_ROWS:
        raise Http404(_("There is no such run, or it is not yours to see."))
    found = (
        _previewed(visit, month, figure)
        if month.run is None
        else _tallied(visit, month, month.run, figure, unit)
    )
    context = {
        "month": month,
        "figure": figure,
        "definition": definitions().get(figure)
        or _("Entries that the sheets of the run counted, as they were when each sheet looked at them."),
        "unit": unit,
        "place": (appraisal, str(month.period)),
        "outcome": figure if figure in list(Outcome) else "",
        **found,
    }
    return render(request, _template(request, "why_run"), context)


def definitions() -> dict[str, str]:
    """Return what each figure of a run counts."""
    sheets = _("Sheets that hold: those that a newer one superseded are not counted.")
    counted_ = _("What the sheets that hold counted towards quotas; each opens its rows.")
    of_talks = _("Talks that the sheets of this run make due.")
    return {
        **dict.fromkeys(("scored", "met", "missed", "exempt", "not_due"), sheets),
        "met_rate": _("Of those who fulfilled or missed their quotas, how many of a hundred fulfilled them."),
        **dict.fromkeys(
            ("submit_asked", "submitted", "submit_missing", "publish_asked", "published", "publish_missing"), counted_
        ),
        "late": _("Entries that arrived after their own period had closed and are posted in this one."),
        "unrated": _("Entries of a rule by scale that fit none of its lines, and so earn nothing."),
        "waiting": _("Entries that nobody verified: they count for nothing yet."),
        "corrected": _("Sheets that were computed again after an objection, or corrected after the period was locked."),
        "objections": _("Objections to sheets of this run."),
        "upheld": _("Objections to sheets of this run that were upheld."),
        "talks": of_talks,
        "talks_held": _("Talks that the sheets of this run make due, of which there is a record."),
        "talks_open": _("Talks that this run or an earlier one makes due and that are still to be held."),
        "talks_closed": _("Talks that are closed because their quotas are fulfilled in this period."),
        "talks_never_held": _("Talks that were closed by this run without ever having been held."),
    }  # fmt: skip


def _tallied(visit: Visit, month: Month, run: Run, figure: str, unit: Unit | None) -> dict[str, Any]:
    """Return a figure of a run, counted from the sheets that the visitor may see, with what it counts."""
    outline = circulars.outline_of(month.compiled, language=get_language() or "zh")
    filler = Filler(
        run, month.compiled, outline,
        tally(run, month.compiled, breakdowns=outline.breakdowns, language=get_language() or "zh",
              seen=queries.visible(visit.access)),
        visit.access.tree, visit.today,
    )  # fmt: skip
    name = figure_name(figure) if figure in OF_ROWS else filler.head(figure)
    parts = ("met", "missed") if figure == "met_rate" else (figure,)
    refs = [
        ref
        for part in parts
        for ref in filler.tally.refs.get(part, ())
        if unit is None or ref.unit == unit.pk
    ]
    return {
        "name": name,
        "number": filler.printed(figure, unit.pk if unit else None),
        "more": len(refs) > SHOWN,
        "total": len(refs),
        **_shown(refs[:SHOWN], figure),
    }


def _shown(refs: Sequence[Ref], figure: str) -> dict[str, Any]:
    """Return the first rows that a figure counts. One query."""
    if not refs:
        return {}
    ids = [ref.id for ref in refs]
    match refs[0].kind:
        case "sheet":
            sheets = Sheet.objects.filter(pk__in=ids).select_related("run", "person", "unit")
            found = {sheet.pk: sheet for sheet in sheets}
            per_sheet = figure in HALVES
            return {"sheets": [(found[ref.id], ref.n if per_sheet else None) for ref in refs]}
        case "entry":
            facts = list(dict.fromkeys(uuid.UUID(id_) for id_ in ids))
            entries = Entry.objects.filter(fact__in=facts, superseded_at=None).select_related(
                "unit", "person", "about"
            )
            return {"entries": list(entries.order_by("occurred_on", "pk"))}
        case "talk":
            return {"talks": list(Talk.objects.filter(pk__in=ids).select_related("person", "unit"))}
        case _:
            rows = Objection.objects.filter(pk__in=ids).select_related("sheet__person", "sheet__unit")
            return {"objections": list(rows)}


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
    entries = queries.entries_in(facts[:SHOWN], Sheet(as_of=scoring.window.as_of))
    return {
        "name": figure_name(figure),
        "number": str(len(facts)),
        "entries": list(entries.values()),
        "more": len(facts) > SHOWN,
        "total": len(facts),
    }
