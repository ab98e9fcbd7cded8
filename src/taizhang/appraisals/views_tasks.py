"""The responsibility list by person and by section, and one's own tasks."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Min
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from taizhang.appraisals import queries, reminders, showing, standing, verifications
from taizhang.appraisals.models import Sheet
from taizhang.appraisals.running import Scoring
from taizhang.appraisals.standing import Line, Past, Task
from taizhang.core.paging import Page, page_of
from taizhang.core.scheme.appraisal import Appraisal
from taizhang.core.values import DAY, Period, PeriodKind
from taizhang.documents.sheets import Column, write_xlsx
from taizhang.ledger.models import Entry
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Person, Post

LISTED = 50
PRINTED = 2000
"""How many people a sheet to print or an .xlsx holds at most."""


def waiting_context(visit: Visit) -> dict[str, Any]:
    """Return what waits for the visitor, each with its address, for the home page. One query."""
    addresses = {
        "sheets": reverse("appraisals:mine"),
        "objections": reverse("appraisals:objections"),
        "talks": reverse("appraisals:talks"),
        "exemptions": reverse("appraisals:exemptions"),
        "runs_appraise": reverse("appraisals:index"),
        "runs_confirm": reverse("appraisals:index"),
    }
    waiting = queries.waiting(visit.access) if visit.scheme.scheme.appraisals else []
    return {"scores_waiting": [(each.what, each.n, addresses[each.what]) for each in waiting]}


def mine_context(visit: Visit) -> dict[str, Any]:
    """Return one's own quotas as they stand, with the last sheets; the home page shows them too."""
    person = visit.access.person
    scheme = visit.scheme.scheme
    if person is None or not scheme.appraisals:
        return {"boards": [], "my_sheets": []}
    boards = []
    for id_, appraisal in scheme.appraisals.items():
        if appraisal.by == "person" and (line := _line_of(id_, appraisal, visit, person.pk)):
            boards.append({"id": id_, "appraisal": appraisal, "line": line[0], "period": line[1]})
    sheets = Sheet.objects.filter(
        queries.visible(visit.access), person=person, superseded_at=None, voids=False
    )
    return {"boards": boards, "my_sheets": list(sheets.select_related("run").order_by("-run__starts")[:13])}


def _line_of(id_: str, appraisal: Appraisal, visit: Visit, key: int) -> tuple[Line, Period] | None:
    period = Period.containing(PeriodKind(appraisal.every), visit.today)
    scoring = Scoring.of(id_, period, schemes=visit.schemes, tree=visit.access.tree, now=visit.now)
    found = standing.lines(scoring, [key], today=visit.today)
    return (found[0], period) if found else None


@require_GET
def mine(request: VisitRequest) -> HttpResponse:
    """My tasks: what is asked of me, where it stands, what earned what."""
    visit = request.visit
    context = mine_context(visit)
    scheme = visit.scheme.scheme
    counted = [_counted(board["line"]) for board in context["boards"]]
    facts = dict.fromkeys(fact for each in counted for fact in each)
    entries = verifications.own(visit.access.account, scheme, since=_since(visit.today), facts=facts)
    context["rows"] = [
        {**board, "tasks": [(task, showing.quota_name(task.id, scheme)) for task in board["line"].tasks],
         "items": sorted(((entries[fact], points) for fact, points in each.items() if fact in entries), key=_day),
         "whose": showing.Whose(board["id"], board["line"].scored.subject.code),
         **_spans(board["period"])}
        for board, each in zip(context["boards"], counted, strict=True)
    ]  # fmt: skip
    context["unverified"] = [entry for fact, entry in entries.items() if fact not in facts]
    return render(request, "appraisals/mine.html", context)


def _day(item: tuple[Entry, Decimal | None]) -> tuple[dt.date, str]:
    return item[0].occurred_on, item[0].fact.hex


def _since(today: dt.date) -> dt.date:
    """Return the day from which rows that do not count are told: the year's first, in January the month's before."""
    return min(today.replace(month=1, day=1), (today.replace(day=1) - DAY).replace(day=1))


def _counted(line: Line) -> dict[str, Decimal | None]:
    """Return the rows that count in the running period, each with what it earns so far."""
    points: dict[str, Decimal] = {}
    for step in showing.steps_below(line.sheet.tree):
        if step.part == "row":
            points[str(step.name)] = points.get(str(step.name), Decimal(0)) + step.points
    judged = (str(row) for judged in line.sheet.judged for row in judged.rows)
    return {fact: points.get(fact) for fact in dict.fromkeys([*points, *judged])}


@require_GET
def responsibilities(request: VisitRequest) -> HttpResponse:
    """The responsibility list: everybody's quotas, this period, this quarter, this year. Printable; as .xlsx."""
    visit = request.visit
    queries.require_some(visit.access)
    scheme = visit.scheme.scheme
    id_ = request.GET.get("appraisal") or next(iter(scheme.appraisals), "")
    if id_ and id_ not in scheme.appraisals:
        raise Http404(_("There is no such appraisal."))
    if not id_:
        return render(request, "appraisals/list.html", {"appraisals": {}})
    appraisal = scheme.appraisals[id_]
    period = Period.containing(PeriodKind(appraisal.every), visit.today)
    scoring = Scoring.of(id_, period, schemes=visit.schemes, tree=visit.access.tree, now=visit.now)
    as_file, whole = request.GET.get("format") == "xlsx", request.GET.get("all") == "1"
    if as_file:
        visit.access.require("export")
    page: Page[Any] = page_of(
        _keys(request, appraisal), request.GET.get("page"), size=PRINTED if as_file or whole else LISTED
    )
    keys = [pk for pk, *_order in page]
    lines = standing.lines(scoring, keys, today=visit.today)
    names = {int(line.scored.subject.key): line.scored.name for line in lines}
    if as_file:
        return _as_file(lines, names, appraisal, period, visit)
    context = {
        "appraisals": scheme.appraisals,
        "id": id_,
        "appraisal": appraisal,
        "period": period,
        "page": page,
        "groups": _grouped(lines, names, visit, id_),
        "unit": request.GET.get("unit", ""),
        "whole": whole,
        **_spans(period),
    }
    return render(request, "appraisals/list.html", context)


def _keys(request: VisitRequest, appraisal: Appraisal) -> Any:
    """Return the ids of those on the list, in the order of the organisation."""
    visit = request.visit
    tree, seen = visit.access.tree, queries.unit_ids(visit.access)
    chosen = tree.by_code.get(request.GET.get("unit", ""))
    below = tree.below(chosen.pk) if chosen else None
    units = below if seen is None else seen if below is None else below & seen
    if appraisal.by == "unit":
        found = [unit for unit in tree.on(visit.today) if units is None or unit.pk in units]
        kinds, codes = set(appraisal.who.unit_kinds), set(appraisal.who.units)
        return [(unit.pk,) for unit in found if unit.kind in kinds or unit.code in codes]
    posts = Post.objects.filter(Post.holds_on(visit.today))
    if units is not None:
        posts = posts.filter(unit_id__in=units)
    bound = _bound(posts, appraisal)
    rows = bound.order_by().values_list("person_id").annotate(first=Min("unit__order"), place=Min("order"))
    return rows.order_by("first", "place", "person_id")


def _bound(posts: Any, appraisal: Appraisal) -> Any:
    """Narrow posts to people whom the appraisal may mean, so that the list has no pages without anybody on them."""
    who = appraisal.who
    if who.by_person:
        people = Person.objects.filter(queries.named_by(who))
        posts = posts.filter(person__in=people.values("pk"))
    return posts


def _spans(period: Period) -> dict[str, Period]:
    """Return the quarter and the year that a period lies in."""
    return {
        kind.value: Period.containing(kind, period.start) for kind in (PeriodKind.QUARTER, PeriodKind.YEAR)
    }


def _grouped(lines: list[Line], names: dict[int, str], visit: Visit, appraisal: str) -> list[Any]:
    scheme = visit.scheme.scheme
    by_unit = scheme.appraisals[appraisal].by == "unit"
    groups: dict[int, list[Any]] = {}
    for line in lines:
        name = names.get(int(line.scored.subject.key), line.scored.subject.code)
        whose = showing.Whose(appraisal, line.scored.subject.code, by_unit)
        tasks = [
            (
                task,
                showing.quota_name(task.id, scheme),
                reminders.short_of(task, name=name, scheme=scheme, whose=whose) if task.is_short else "",
            )
            for task in line.tasks
        ]
        groups.setdefault(line.scored.unit_id, []).append(
            {"name": name, "line": line, "tasks": tasks, "whose": whose}
        )
    return [(visit.access.tree.by_id.get(unit_id), rows) for unit_id, rows in groups.items()]


def _as_file(
    lines: list[Line], names: dict[int, str], appraisal: Appraisal, period: Period, visit: Visit
) -> HttpResponse:
    scheme, tree = visit.scheme.scheme, visit.access.tree
    columns = [
        Column(_("Unit")), Column(_("Staff number")), Column(_("Who it is")), Column(_("Quota")), Column(_("Period")),
        Column(_("Submissions asked"), "integer"), Column(_("Submitted"), "integer"),
        Column(_("Adoptions asked"), "integer"), Column(_("Adopted"), "integer"), Column(_("State")), Column(_("Due"), "date"),
        Column(_("Submitted this quarter"), "integer"), Column(_("Adopted this quarter"), "integer"),
        Column(_("Submitted this year"), "integer"), Column(_("Adopted this year"), "integer"),
    ]  # fmt: skip
    states = showing.state_names()
    rows = [
        [
            tree.by_id[line.scored.unit_id].name, line.scored.subject.code, names.get(int(line.scored.subject.key), ""),
            showing.quota_name(task.id, scheme), str(task.period), *_numbers(task), states[task.state], task.due,
            *_sums(line.quarter), *_sums(line.year),
        ]
        for line in lines
        for task in line.tasks
    ]  # fmt: skip
    title = f"{showing.said(appraisal.name)} {period}"
    book = write_xlsx(title=title, columns=columns, rows=rows)
    return download(book, stem=f"responsibilities-{period}", ending="xlsx")


def _numbers(task: Task) -> list[int | None]:
    return [task.submit.asked, task.submit.got, task.publish.asked, task.publish.got]


def _sums(past: Past) -> list[int]:
    return [past.submit.got, past.publish.got]
