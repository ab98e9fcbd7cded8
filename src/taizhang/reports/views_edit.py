"""Editing a draft in the browser: the page, what it saves, the figures it can insert."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taizhang.core.indicators import wording
from taizhang.core.indicators.plan import Ask
from taizhang.core.outline.model import Form
from taizhang.core.scheme.schema import Indicator, Scheme
from taizhang.core.values import BadPeriod, Figure, Period, PeriodKind, Scope
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.reports import actions, editing, filling, paper, queries
from taizhang.reports.body import BadBody, Body, Place, from_json, listing_to_json, place_to_json
from taizhang.reports.models import Report
from taizhang.reports.printing import Ledger, May, Printed, print_body, printed
from taizhang.reports.suggesting import Suggestion, asks_for, suggestions
from taizhang.reports.views import ledger_of, may_of

FORMS = (Form.FULL, Form.NUMBER, Form.LAST_YEAR, Form.CHANGE)


def _writable(visit: Visit, id_: uuid.UUID) -> Report:
    """Return a report that the visitor may write. Raises Http404, PermissionDenied."""
    found = queries.report_for(visit.access, id_)
    visit.access.require("report", unit_id=found.unit_id)
    return found


@require_safe
def edit(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """The editor. Without script it is a page to read, with the files to download."""
    visit = request.visit
    found = _writable(visit, id)
    body, at = from_json(found.body), ledger_of(visit).at(found.as_of)
    scheme = queries.scheme_for(found, at)
    read = _read(found, body, scheme, at, visit)
    context = {
        "report": found,
        "body": body,
        "html": editing.to_html(body, read.printed),
        "typed": read.typed,
        "typed_data": _places_of(read.typed),
        "as_of": found.as_of.isoformat() if found.as_of else "",
        "strings": _strings(),
    }
    return render(request, "reports/edit.html", context)


@dataclass(frozen=True)
class _Read:
    """A text, read: what its places say, and the numbers typed into it with what they may have been meant for."""

    printed: Printed
    typed: list[tuple[paper.Typed, list[Suggestion]]]


def _read(report: Report, body: Body, scheme: Scheme, ledger: Ledger, visit: Visit) -> _Read:
    may = may_of(visit)
    shown = print_body(body, scheme=scheme, ledger=ledger, language=report.language, may=may)
    typed = paper.typed_in(body)
    found: dict[Ask, Figure] = {}
    if typed:
        scope = Scope(unit=report.unit.code)
        found = ledger.evaluate([ask for ask in asks_for(scheme, scope, report.span) if may(ask)])
    return _Read(shown, suggestions(typed, found, scheme=scheme, language=report.language))


def _places_of(typed: list[tuple[paper.Typed, list[Suggestion]]]) -> list[dict[str, Any]]:
    return [{"run": one.run, "start": one.start, "end": one.end, "text": one.text} for one, _found in typed]


def _strings() -> dict[str, str]:
    """Return what the editor's script says."""
    return {
        "saving": _("Saving…"),
        "saved": _("Saved at {time}"),
        "unsaved": _("Not saved yet"),
        "refused": _("Not saved: {reason}"),
        "failing": _("Not saved: the server failed. It is tried again by itself."),
        "loggedOut": _("Not saved: you are logged out. Log in again in another tab."),
        "stopped": _("Stopped: somebody else saved this text"),
        "offline": _("Not saved: the server does not answer. It is tried again by itself."),
        "figure": _("Figure: {text}. Enter explains it, Backspace removes it."),
        "listing": _("List of rows from the ledger; it cannot be edited here."),
        "missing": _("That number is no longer where it was."),
    }


@require_POST
def save(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Keep what the editor sends; answer what every figure reads, and which numbers were typed.

    409 with the newest version if somebody else was quicker (the text is kept apart), 422 if the text cannot be kept.
    """
    visit = request.visit
    found = _writable(visit, id)
    ledger = ledger_of(visit)
    scheme = queries.scheme_for(found, ledger)
    try:
        body = _sent(request, found, scheme, ledger)
        saved = actions.save(
            found,
            body,
            on=_number(request.POST.get("version", "")),
            now=visit.now,
            by=visit.signature,
            auto=request.POST.get("auto") == "1",
        )
    except BadBody as error:
        return JsonResponse({"reason": error.message.render(_)}, status=422)
    except actions.Conflict as error:
        return JsonResponse(
            {
                "reason": str(error),
                "mine": reverse("reports:revision", args=[found.pk, error.kept.pk]),
                "theirs": reverse("reports:report", args=[found.pk]),
            },
            status=409,
        )
    return JsonResponse(_answer(request, saved, body, scheme, ledger.at(saved.as_of)))


def _sent(request: VisitRequest, report: Report, scheme: Scheme, ledger: Ledger) -> Body:
    body = editing.from_html(
        request.POST.get("html", ""),
        title=request.POST.get("title", ""),
        addressee=request.POST.get("addressee", ""),
        issuer=request.POST.get("issuer", ""),
    )
    if not body.title:
        raise BadBody(actions.NO_TITLE)
    actions.check_places(
        body, scheme=scheme, ledger=ledger, may=may_of(request.visit), before=from_json(report.body)
    )
    return body


def _number(text: str) -> int:
    if not text.isdecimal():
        raise BadRequest(_("The version is missing. Reload the page; the text in it was not saved."))
    return int(text)


def _answer(
    request: VisitRequest, saved: Report, body: Body, scheme: Scheme, ledger: Ledger
) -> dict[str, Any]:
    read = _read(saved, body, scheme, ledger, request.visit)
    return {
        "version": saved.version,
        "time": f"{timezone.localtime(saved.changed_at):%H:%M:%S}",
        "figures": [
            {**place_to_json(place), "text": chip.text} for place, chip in read.printed.chips.items()
        ],
        "listings": [
            {
                **{name.replace("_", "-"): str(value) for name, value in listing_to_json(place).items()},
                "text": listing.text,
                "lines": [row.text for row in listing.rows],
            }
            for place, listing in read.printed.listings.items()
        ],
        "as_of": read.printed.as_of,
        "typed": _places_of(read.typed),
        "aside": render_to_string(
            "reports/typed.html", {"typed": read.typed, "may_write": True}, request=request
        ),
    }


@require_safe
def figures(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """List the figures that can be inserted, with what they read, for the unit and period chosen."""
    visit = request.visit
    report = _writable(visit, id)
    tree, ledger = visit.access.tree, ledger_of(visit).at(report.as_of)
    scheme = queries.scheme_for(report, ledger)
    unit = tree.by_code.get(request.GET.get("unit", ""), report.unit)
    period = _span(request.GET.get("period", ""), report)
    wanted = _matching(scheme, request.GET.get("q", ""), report.language)
    offering = _Offering(scheme, ledger, may_of(visit), report.language)
    context = {
        "report": report,
        "lines": _lines(wanted, Scope(unit=unit.code), period, offering),
        "units": [one for one in tree.in_order if one.pk in tree.below(report.unit_id)],
        "unit": unit.code,
        "periods": [(str(span), wording.period(span, language=report.language)) for span in _spans(report)],
        "period": str(period),
        "q": request.GET.get("q", ""),
    }
    return render(request, "reports/figures.html", context)


def _span(text: str, report: Report) -> Period:
    if not text:
        return report.span
    try:
        return Period.parse(text)
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error


def _spans(report: Report) -> list[Period]:
    """Return the report's period, the one a year before, and the parts of it."""
    span = report.span
    parts = [
        kind
        for kind in (PeriodKind.HALF_YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)
        if kind.months < span.kind.months
    ]
    return [span, span.a_year_before, *(part for kind in parts for part in span.split(kind))]


def _matching(scheme: Scheme, text: str, language: str) -> dict[str, Indicator]:
    words = text.casefold().split()
    return {
        name: one
        for name, one in scheme.indicators.items()
        if all(word in f"{name} {one.name.said_in(language)} {one.name}".casefold() for word in words)
    }


def _lines(
    wanted: dict[str, Indicator], scope: Scope, period: Period, offer: "_Offering"
) -> list[dict[str, Any]]:
    before = period.a_year_before
    allowed = {name: one for name, one in wanted.items() if offer.may(Ask(name, scope, period))}
    found = offer.ledger.evaluate(Ask(name, scope, span) for name in allowed for span in (period, before))
    return [
        {
            "id": name,
            "name": one.name.said_in(offer.language),
            "figure": found[Ask(name, scope, period)],
            "forms": [
                offer.form(Place(name, form, scope, before if form is Form.LAST_YEAR else period), found)
                for form in FORMS
            ],
        }
        for name, one in allowed.items()
    ]


@dataclass(frozen=True)
class _Offering:
    """What figures are offered with: where they come from, who asks, how they are printed."""

    scheme: Scheme
    ledger: Ledger
    may: May
    language: str

    def form(self, place: Place, found: dict[Ask, Figure]) -> dict[str, Any]:
        text = printed(place, found, scheme=self.scheme, language=self.language).text
        return {"name": _form_names()[place.form], "text": text, "place": place_to_json(place)}


def _form_names() -> dict[Form, str]:
    return {
        Form.FULL: _("with its unit"),
        Form.NUMBER: _("the number alone"),
        Form.LAST_YEAR: _("a year before"),
        Form.CHANGE: _("the change in a year"),
    }


@require_POST
def refill(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Fill the outline anew. What was written stays as an earlier version."""
    visit = request.visit
    found = _writable(visit, id)
    try:
        actions.refill(found, ledger=ledger_of(visit), by=visit.signature, may=may_of(visit))
    except filling.CannotFill as error:
        messages.error(request, error.message.render(_))
    except actions.Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Filled anew. What was written before is among the earlier versions."))
    return redirect("reports:report", found.pk)


@require_POST
def restore(request: VisitRequest, id: uuid.UUID, pk: int) -> HttpResponse:  # noqa: A002 - as in the address
    """Make an earlier version the newest."""
    visit = request.visit
    found = _writable(visit, id)
    state = queries.revision_for(visit.access, id, pk)
    try:
        actions.restore(found, state, on=found.version, now=visit.now, by=visit.signature)
    except actions.Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("That version is the newest again."))
    return redirect("reports:report", found.pk)
