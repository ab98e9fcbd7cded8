"""Figures about the stations, for those who may read."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taizhang.core.scheme.desk import Desk
from taizhang.core.values import BadPeriod, Period
from taizhang.desk import findings, listing, presenting, statistics
from taizhang.desk.statistics import Asked, Statistics, Tally
from taizhang.desk.views import desk_of, places, visitor_of
from taizhang.documents import sheets
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.proof import rules

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """A station as the page shows it."""

    tally: Tally
    median: str
    longest: str
    share: int


def _asked(request: VisitRequest) -> tuple[Asked, Period, str]:
    """Read period and unit of an address. Raises BadPeriod."""
    visit = request.visit
    period = Period.parse(request.GET.get("period") or str(visit.today.year))
    code = request.GET.get("unit", "")
    tree = visit.access.tree
    unit = tree.by_code.get(code)
    asked = Asked(
        begin=_midnight(period.start),
        end=_midnight(period.end + DAY),
        unit_ids=tree.below(unit.pk) if unit else None,
        now=visit.now,
    )
    return asked, period, code if unit else ""


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _count(visit: Visit, asked: Asked) -> Statistics:
    return statistics.count(asked, visitor_of(visit), calendar=visit.scheme.scheme.working_days)


@require_safe
def statistics_page(request: VisitRequest) -> HttpResponse:
    """How long texts stay, how often they go back, what is overdue, which findings recur."""
    visit = request.visit
    visit.access.require("read")
    try:
        asked, period, unit = _asked(request)
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    counted = _count(visit, asked)
    desk = desk_of(visit)
    query = request.GET.copy()
    context = {
        "places": places("statistics", visit),
        "period": period,
        "unit": unit,
        "counted": counted,
        "lines": lines(_in_order(counted.tallies, desk)),
        "overdue": [listing.row_of(one, desk=desk, now=visit.now, turn=False) for one in counted.overdue],
        "recurring": [(rule_name(one.code), str(findings.GATES[one.gate]), one) for one in counted.recurring],
        "query": query.urlencode(),
        "back": reverse("desk:index"),
    }
    return render(request, "desk/statistics.html", context)


def _in_order(tallies: Iterable[Tally], desk: Desk | None) -> list[Tally]:
    """Return the stations line by line, the longest line first; those that no line has any more at the end."""
    known = desk.lines.values() if desk else ()
    codes = [id_ for line in sorted(known, key=lambda line: -len(line.stations)) for id_ in line.stations]
    return sorted(tallies, key=lambda one: codes.index(one.code) if one.code in codes else len(codes))


def lines(tallies: Sequence[Tally]) -> list[Line]:
    """Return what is shown of the stations; ``share`` is the median against the longest of all medians, in per cent."""
    longest = max((one.median for one in tallies if one.median), default=None)
    return [
        Line(
            one,
            presenting.duration(one.median) if one.median is not None else "",
            presenting.duration(one.longest) if one.longest is not None else "",
            round(100 * (one.median / longest)) if one.median is not None and longest else 0,
        )
        for one in tallies
    ]


def rule_name(code: str) -> str:
    """Return what a rule of the three gates looks for; its code where it is no more."""
    known = {rule.code: rule for rule in rules()}
    return _(known[code].title) if code in known else code


@require_safe
def statistics_export(request: VisitRequest) -> HttpResponse:
    """The figures of the stations as a workbook."""
    visit = request.visit
    visit.access.require("read")
    try:
        asked, period, _unit = _asked(request)
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    counted = _count(visit, asked)
    book = sheets.write_xlsx(
        title=_("Stations"),
        columns=_columns(),
        rows=[_cells(one) for one in _in_order(counted.tallies, desk_of(visit))],
        notes=[_("Period: {period}").format(period=period)],
        language="zh-hans" if request.LANGUAGE_CODE.startswith("zh") else "en",
    )
    return download(book, stem=f"{_('Stations')}-{period}", ending="xlsx")


def _columns() -> list[sheets.Column]:
    return [
        sheets.Column(_("Station")),
        sheets.Column(_("approved"), "integer"),
        sheets.Column(_("sent back"), "integer"),
        sheets.Column(_("corrections"), "integer"),
        sheets.Column(_("later than allowed"), "integer"),
        sheets.Column(_("half of them within"), "text"),
        sheets.Column(_("longest"), "text"),
        sheets.Column(_("waiting now"), "integer"),
        sheets.Column(_("overdue now"), "integer"),
    ]


def _cells(one: Tally) -> list[Any]:
    return [
        one.name,
        one.approved,
        one.returned,
        one.corrected,
        one.late,
        presenting.duration(one.median) if one.median is not None else "",
        presenting.duration(one.longest) if one.longest is not None else "",
        one.waiting,
        one.overdue,
    ]
