"""The journal for auditors: its lines, one line with its neighbours, and proof that nothing was quietly changed."""

from collections.abc import Iterator
from typing import Any, Protocol

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from taizhang.core.paging import page_of
from taizhang.core.values import BadPeriod
from taizhang.journal import chain, clock, queries
from taizhang.journal.models import Line
from taizhang.journal.queries import Wanted
from taizhang.journal.verify import Break, walk

SHOWN_BREAKS = 200
STRETCH = 20_000  # lines and objects between two signs of life
MARK = "<!-- steps -->"


class Reader(Protocol):
    """What the journal asks of whoever reads it; ``org`` gives it, one layer up."""

    def require(self, permission: str) -> None:
        """Raise PermissionDenied unless some role allows it."""


class Visit(Protocol):
    access: Reader


class JournalRequest(HttpRequest):
    """A request with its visit (a type only: the middleware adds it)."""

    visit: Visit


@require_safe
def lines(request: JournalRequest) -> HttpResponse:
    """List lines, newest first, by actor, action, object and day."""
    request.visit.access.require("journal")
    wanted = _wanted(request)
    context = {
        "page": page_of(queries.lines(wanted), request.GET.get("page")),
        "wanted": wanted,
        "actors": queries.actors(),
        "actions": queries.actions(),
        "head": queries.head(),
    }
    return render(request, "journal/lines.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    day = request.GET.get("day", "")
    try:
        on = clock.day_of(moment) if (moment := clock.moment(day)) else None
    except BadPeriod as error:
        raise BadRequest(error.message.render(_)) from error
    return Wanted(
        actor=request.GET.get("actor", ""),
        action=request.GET.get("action", ""),
        object_type=request.GET.get("type", ""),
        object_id=request.GET.get("object", "").strip(),
        day=on,
    )


@require_safe
def line(request: JournalRequest, seq: int) -> HttpResponse:
    """Show one line, whether its hash is right, and the other lines about its object."""
    request.visit.access.require("journal")
    shown = Line.objects.filter(
        seq=seq
    ).first()  # alone first: a number too large for the database finds nothing
    if shown is None:
        raise Http404(_("There is no journal line {seq}.").format(seq=seq))
    found = {each.seq: each for each in Line.objects.filter(seq__in=(seq - 1, seq + 1))}
    before = found.get(seq - 1)
    context = {
        "line": shown,
        "before": before,
        "after": found.get(seq + 1),
        "fits": chain.hash_of(shown) == shown.hash,
        "continues": shown.previous == (before.hash if before else chain.GENESIS)
        if seq == 1 or before
        else False,
        "others": Line.objects.filter(object_type=shown.object_type, object_id=shown.object_id).order_by(
            "seq"
        )[:100],
    }
    return render(request, "journal/line.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: JournalRequest) -> HttpResponseBase:
    """Offer to walk the whole chain; on POST walk it and report while walking."""
    request.visit.access.require("journal")
    head = queries.head()
    if request.method != "POST":
        return render(request, "journal/verify.html", {"head": head})
    page = render_to_string("journal/verify.html", {"head": head, "mark": MARK, "is_running": True}, request)
    above, below = page.split(MARK)
    response = StreamingHttpResponse(_report(above, below, head))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _report(above: str, below: str, head: Line | None) -> Iterator[str]:
    """Yield the page in parts: its top, a line for each stretch walked, the result, its foot."""
    yield above
    looked = told = found = 0
    breaks: list[Break] = []
    for step in walk():
        if isinstance(step, Break):
            found += 1
            breaks += [step] if len(breaks) < SHOWN_BREAKS else []
            continue
        looked += step
        if looked - told >= STRETCH:
            told = looked
            yield _part("step", looked=looked, found=found)
    result = {"looked": looked, "found": found, "breaks": breaks, "head": head}
    yield _part("result", **result)
    yield below


def _part(name: str, **context: Any) -> str:
    return render_to_string(f"journal/verify_{name}.html", context)
