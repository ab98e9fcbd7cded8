"""The first page after logging in: the matrix for leaders, what waits to be done for everybody else."""

from django.http import HttpResponse
from django.shortcuts import render

from taizhang.appraisals.views_tasks import waiting_context as scores_waiting
from taizhang.core.values import Period
from taizhang.duties import matrix
from taizhang.duties.views import seen_units, standing_in, todo_context
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.publication.queries import refused_of


def home(request: VisitRequest) -> HttpResponse:
    visit = request.visit
    access = visit.access
    context: dict[str, object] = {"access": access, "may_record": access.may("record")}
    if access.may("read") and access.wants_matrix:
        context |= _matrix_context(visit)
    elif access.may("read"):
        context |= todo_context(visit)
    if access.grants:
        context |= scores_waiting(visit)
        context["not_released"] = refused_of(access.account)[:5]
    return render(request, "web/home.html", context)


def _matrix_context(visit: Visit) -> dict[str, object]:
    year = Period.year(visit.today.year)
    found = standing_in(visit, year, seen_units(visit))
    rows = matrix.rows_of(found, year=year, today=visit.today)
    return {
        "year": year,
        "months": range(1, 13),
        "this_month": visit.today.month,
        "groups": matrix.grouped(rows, by_unit=False),
        "by_unit": False,
        "by_query": f"period={year}&by=unit",
        "counts": matrix.tally(found),
        "unit": "",
    }
