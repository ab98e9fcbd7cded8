"""The why-panel: any figure, explained down to its rows."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from taizhang.core.indicators.plan import Ask
from taizhang.core.paging import Page, page_of
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Count, Followed, Measure, Open
from taizhang.core.values import BadPeriod, Figure, Period, Scope
from taizhang.journal import clock
from taizhang.ledger import figures
from taizhang.ledger.asking import may_ask
from taizhang.ledger.models import Entry
from taizhang.ledger.rows import rows_of
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.org.models import Person

SHOWN = 20


def why(request: VisitRequest) -> HttpResponse:
    """Explain the figure that the address names; a panel for htmx, a page otherwise."""
    ask, as_of = _asked(request)
    visit = request.visit
    figure = figures.figure(
        ask.indicator,
        period=ask.period,
        scope=ask.scope,
        schemes=visit.schemes,
        tree=visit.access.tree,
        now=visit.now,
        as_of=as_of,
    )
    rows = rows_of(ask, schemes=visit.schemes, tree=visit.access.tree, as_of=as_of)
    version = visit.schemes.find(ask.period.start)
    shown = None if rows is None else list(rows.select_related("unit")[: SHOWN + 1])
    context = {
        "figure": figure,
        "indicators": version.scheme.indicators if version else {},
        "scope_name": _scope_name(ask, visit),
        "rows": None if shown is None else list(_lines(shown[:SHOWN])),
        "rows_total": None
        if rows is None or shown is None
        else _total(figure, _measure(ask, version), rows, shown),
        "rows_url": _rows_url(figure) if shown else "",
    }
    return render(request, "web/why_panel.html" if request.htmx else "web/why.html", context)


def why_rows(request: VisitRequest) -> HttpResponse:
    """List every row behind a figure, page by page."""
    ask, as_of = _asked(request)
    visit = request.visit
    tree = visit.access.tree
    rows = rows_of(ask, schemes=visit.schemes, tree=tree, as_of=as_of)
    figure = figures.figure(
        ask.indicator,
        period=ask.period,
        scope=ask.scope,
        schemes=visit.schemes,
        tree=tree,
        now=visit.now,
        as_of=as_of,
    )
    version = visit.schemes.find(ask.period.start)
    page: Page[Entry] = page_of(
        rows.select_related("unit") if rows is not None else Entry.objects.none(), request.GET.get("page")
    )
    context = {
        "figure": figure,
        "indicators": version.scheme.indicators if version else {},
        "scope_name": _scope_name(ask, visit),
        "page": page,
        "rows": list(_lines(list(page))),
    }
    return render(request, "web/why_rows.html", context)


def _asked(request: VisitRequest) -> tuple[Ask, dt.datetime | None]:
    try:
        period = Period.parse(request.GET.get("period", ""))
        as_of = clock.moment(request.GET.get("as_of", ""))
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    indicator = request.GET.get("indicator", "")
    scope = Scope(unit=request.GET.get("unit", ""), person=request.GET.get("person", ""))
    ask = Ask(indicator, scope, period)
    if not may_ask(request.visit.access, ask, request.visit.schemes):
        raise PermissionDenied(_("This figure counts entries that your roles do not let you read."))
    return ask, as_of


def _scope_name(ask: Ask, visit: Visit) -> str:
    if ask.scope.person:
        person = Person.objects.filter(code=ask.scope.person).first()
        return person.name if person else ask.scope.person
    unit = visit.access.tree.by_code.get(ask.scope.unit)
    return unit.name if unit else ask.scope.unit


def _lines(entries: list[Entry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        quantity = entry.quantity
        yield {
            "url": _entry_url(entry),
            "day": entry.occurred_on,
            "title": str(entry),
            "unit": entry.unit,
            "value": ""
            if quantity is None
            else f"{quantity.normalize():f}{'余' if entry.approximate else ''}{entry.quantity_unit}",
        }


def _entry_url(entry: Entry) -> str:
    try:
        return reverse("ledger:entry", args=[entry.pk])
    except NoReverseMatch:
        return ""


def _rows_url(figure: Figure) -> str:
    asked = {
        "indicator": figure.indicator,
        "period": str(figure.period),
        "unit": figure.scope.unit,
        "person": figure.scope.person,
        "as_of": figure.as_of.isoformat(),
    }
    return f"{reverse('why_rows')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _measure(ask: Ask, version: LoadedScheme | None) -> Measure | None:
    indicator = version.scheme.indicators.get(ask.indicator) if version else None
    return indicator.measure if indicator else None


def _total(figure: Figure, measure: Measure | None, rows: QuerySet[Entry], shown: list[Entry]) -> int:
    """Return how many rows there are, from the figure where it says so: counting them again may take long."""
    if len(shown) <= SHOWN:
        return len(shown)
    if isinstance(measure, Count | Open | Followed) and isinstance(figure.value, Decimal):
        return int(figure.value)
    return figure.facts["added"] if "added" in figure.facts else rows.count()
