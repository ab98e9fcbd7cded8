"""Release inside the desk: what may go out, what goes out when, what went out; packages; adoptions."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taizhang.core.paging import page_of
from taizhang.core.scheme.desk import Channel
from taizhang.desk import access as rights
from taizhang.desk import queries as desk
from taizhang.desk.access import Visitor
from taizhang.desk.changing import refusals, tell
from taizhang.desk.models import Manuscript, Purpose
from taizhang.desk.queries import Way
from taizhang.desk.refused import DeskRefused
from taizhang.journal.actions import Book, open_book
from taizhang.org.downloads import download
from taizhang.org.middleware import VisitRequest
from taizhang.publication import actions, files, forms, package, published, queries
from taizhang.publication.models import Schedule
from taizhang.publication.site_views import body_of, language_of
from taizhang.publication.words import line

TABS = ("", "scheduled", "released")


def _language() -> str:
    return get_language() or "zh-hans"


def _channels(request: VisitRequest) -> Mapping[str, Channel]:
    return published.channels(request.visit.schemes)


def _names(request: VisitRequest) -> dict[str, str]:
    channels = _channels(request)
    return forms.names(channels, list(channels), _language())


# Lists


@require_safe
def index(request: VisitRequest) -> HttpResponse:
    """List what is ready, what is scheduled and what is out."""
    visitor = Visitor(request.visit.access)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    address = reverse("publication:index")
    names = {"": _("Ready"), "scheduled": _("Scheduled"), "released": _("Released")}
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [(names[id_], f"{address}?tab={id_}" if id_ else address, id_ == tab) for id_ in TABS],
        "refused": queries.refused(visitor)[:20],
        "names": _names(request),
        "may_release": request.visit.access.may("release"),
        "has_site": settings.PUBLIC_SITE,
        "now": request.visit.now,
    }
    context["page"] = page_of(_rows(tab, visitor), request.GET.get("page"))
    return render(request, "publication/index.html", context)


def _rows(tab: str, visitor: Visitor) -> Any:
    match tab:
        case "scheduled":
            return queries.schedules(visitor).filter(state=Schedule.State.WAITING)
        case "released":
            return queries.releases(visitor)
        case _:
            return queries.passed(visitor)


# One manuscript


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Show exactly what would become public and why it may not yet; release it, now or later."""
    visitor = Visitor(request.visit.access)
    manuscript = queries.manuscript(visitor, id)
    way = desk.way_shown(manuscript)
    if way.version is None:
        raise Http404(_("This text was never submitted, so there is nothing to release."))
    form = _form(request, way)
    if request.method != "POST":
        return _show(request, way, form)
    if not rights.may_release(visitor, way):
        raise PermissionDenied(_("Your roles do not let you release texts of this unit."))
    if not form.is_valid():
        return _show(request, way, form, status=400)
    try:
        said = _release(request, manuscript, form)
    except DeskRefused as error:
        return _show(request, way, form, errors=[reason.render(_) for reason in error.reasons], status=409)
    messages.success(request, said)
    return redirect("publication:release", manuscript.pk)


def _form(request: VisitRequest, way: Way) -> forms.Releasing:
    names = forms.names(_channels(request), queries.open_channels(way), _language())
    if request.method == "POST":
        return forms.Releasing(request.POST, channels=names)
    assert way.version is not None
    initial = {"seen": way.version.digest, "channels": list(names), "when": "now"}
    return forms.Releasing(channels=names, initial=initial)


def _release(request: VisitRequest, manuscript: Manuscript, form: forms.Releasing) -> str:
    visit, channels = request.visit, _channels(request)
    wanted = {
        channel: _site_address(request, manuscript)
        if channel in channels and channels[channel].how == "site"
        else form.address(channel)
        for channel in form.cleaned_data["channels"]
    }
    seen = form.cleaned_data["seen"]
    with open_book(now=visit.now, actor=visit.signature) as book:
        if form.is_later:
            actions.schedule(
                manuscript, channels=wanted, seen=seen, due_at=form.due, by=request.user, book=book
            )
            return _("Scheduled. It is released at that moment if nothing speaks against it then.")
        actions.release(manuscript, channels=wanted, seen=seen, by=request.user, book=book)
    return _("Released.")


def _site_address(request: VisitRequest, manuscript: Manuscript) -> str:
    path = reverse("site:article", args=[manuscript.number])
    return f"{settings.PUBLIC_ADDRESS}{path}" if settings.PUBLIC_ADDRESS else request.build_absolute_uri(path)


def _show(
    request: VisitRequest,
    way: Way,
    form: forms.Releasing,
    *,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    visit, visitor, channels = request.visit, Visitor(request.visit.access), _channels(request)
    assert way.version is not None
    assert way.round is not None
    content, manuscript = way.version.text, way.manuscript
    remaining = queries.open_channels(way)
    is_withdrawal = way.round.purpose == Purpose.WITHDRAW
    schedules = list(manuscript.schedules.select_related("account").order_by("due_at"))
    asked = bool(remaining or is_withdrawal)
    reasons = _reasons(way, remaining, at=visit.now) if asked else []
    in_time = max(visit.now, content.embargo or visit.now)
    context = {
        "manuscript": manuscript,
        "way": way,
        "version": way.version,
        "content": content,
        "title": line(content.title),
        "lang": language_of(content.title + content.body),
        "body": body_of(content, lambda sha256: reverse("publication:file", args=[manuscript.pk, sha256])),
        "files": files.files_of(content),
        "form": form,
        "errors": errors or [],
        "reasons": reasons,
        "blocked": asked and bool(_reasons(way, remaining, at=in_time)),
        "approvals": [(station, way.approval(station)) for station in way.stations],
        "choices": [
            (id_, name, channels.get(id_), form.address(id_) if form.is_bound else "")
            for id_, name in form.fields["channels"].choices  # type: ignore[attr-defined]
        ],
        "chosen": form["channels"].value() or [],
        "names": _names(request),
        "may_release": rights.may_release(visitor, way),
        "is_withdrawal": is_withdrawal,
        "standing": forms.names(channels, queries.standing_channels(way), _language()),
        "shown": queries.shown(way, channels),
        "waiting": [one for one in schedules if one.state == Schedule.State.WAITING],
        "refused": _refused(schedules, way),
        "adoptions": queries.adoptions(way, access=visit.access, schemes=visit.schemes),
        "now": visit.now,
    }
    return render(request, "publication/release.html", context, status=status)


def _reasons(way: Way, channels: list[str], *, at: dt.datetime) -> list[str]:
    """Return why the text may not go out (or be withdrawn) at a moment as things stand now, each reason once."""
    assert way.version is not None
    wanted = channels or list(way.version.text.channels)
    found = [
        reason
        for channel in wanted
        for reason in desk.refusals(way, seen=way.version.digest, channel=channel, now=at)
    ]
    return list(dict.fromkeys(reason.render(_) for reason in found))


def _refused(schedules: Sequence[Schedule], way: Way) -> list[Schedule]:
    """Return what was to be released and was not, unless it was scheduled anew or released since."""
    released = {one.channel: one.at for one in way.releases}
    latest = {one.channel: one for one in sorted(schedules, key=lambda each: each.at)}
    return [
        one
        for one in latest.values()
        if one.state == Schedule.State.REFUSED
        and one.settled_at is not None
        and not (one.channel in released and released[one.channel] > one.settled_at)
    ]


def _acted(
    request: VisitRequest, manuscript: Manuscript, act: Callable[[Book], object], said: str
) -> HttpResponse:
    """Do something in a book of its own and say what came of it."""
    problems = refusals(request.visit, act)
    tell(request, problems)
    if not problems:
        messages.success(request, said)
    return redirect("publication:release", manuscript.pk)


@require_safe
def public(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Lead to where readers find a text; to its release page where that is nowhere (any more), or not known."""
    manuscript = queries.manuscript(Visitor(request.visit.access), id)
    for one in queries.shown(desk.way_shown(manuscript), _channels(request)):
        if one.state == "public" and one.is_on_site:
            return redirect("site:article", manuscript.number)
        if one.state == "public" and one.address:
            return HttpResponseRedirect(one.address)
    messages.info(request, _("It stands nowhere now, or nobody has recorded where."))
    return redirect("publication:release", manuscript.pk)


@require_POST
def withdraw(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Take a text away from its readers, once its withdrawal passed."""
    visitor = Visitor(request.visit.access)
    manuscript = queries.manuscript(visitor, id)
    way = desk.way_shown(manuscript)
    if not rights.may_release(visitor, way):
        raise PermissionDenied(_("Your roles do not let you release texts of this unit."))
    names = forms.names(_channels(request), queries.standing_channels(way), _language())
    form = forms.Withdrawing(request.POST, channels=names)
    if not form.is_valid():
        messages.error(request, _("Choose at least one channel."))
        return redirect("publication:release", manuscript.pk)
    cleaned = form.cleaned_data
    return _acted(
        request,
        manuscript,
        lambda book: actions.withdraw(
            manuscript, channels=cleaned["channels"], seen=cleaned["seen"], by=request.user, book=book
        ),
        _("Withdrawn. Its note stands in its place."),
    )


def _require_release(request: VisitRequest, manuscript: Manuscript) -> None:
    if not request.visit.access.may("release", unit_id=manuscript.unit_id):
        raise PermissionDenied(_("Your roles do not let you release texts of this unit."))


@require_POST
def cancel(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Take a schedule back."""
    visitor = Visitor(request.visit.access)
    wanted = queries.schedule(visitor, id)
    _require_release(request, wanted.manuscript)
    return _acted(
        request,
        wanted.manuscript,
        lambda book: actions.cancel(wanted, by=request.user, book=book),
        _("Cancelled. It is not released by itself any more."),
    )


@require_POST
def locate(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Say where a release on a channel elsewhere can be read."""
    visitor = Visitor(request.visit.access)
    found = queries.release(visitor, id)
    _require_release(request, found.manuscript)
    return _acted(
        request,
        found.manuscript,
        lambda book: actions.locate(found, request.POST.get("address", ""), by=request.user, book=book),
        _("The address is recorded."),
    )


@require_safe
def file(request: VisitRequest, id: uuid.UUID, sha256: str) -> FileResponse:  # noqa: A002 - as in the address
    """Hand out a picture or an attachment of the newest version, for the preview."""
    manuscript = queries.manuscript(Visitor(request.visit.access), id)
    version = manuscript.versions.order_by("-number").first()
    if version is None:
        raise Http404
    return files.answer(files.find(version.text, sha256))


# Packages


@require_safe
def pasting(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Show a release ready to be pasted elsewhere, part by part."""
    found = queries.release(Visitor(request.visit.access), id)
    text = queries.text_of(found)
    context = {
        "release": found,
        "manuscript": found.manuscript,
        "made": package.pasted(text),
        "body": body_of(
            text.content, lambda sha256: reverse("publication:released_file", args=[found.pk, sha256])
        ),
        "lang": language_of(text.content.title + text.content.body),
        "files": files.files_of(text.content),
        "channel": _names(request).get(found.channel, found.channel),
    }
    return render(request, "publication/package.html", context)


@require_safe
def released_file(request: VisitRequest, id: uuid.UUID, sha256: str) -> FileResponse:  # noqa: A002
    """Hand out a picture or an attachment of a release."""
    found = queries.release(Visitor(request.visit.access), id)
    return files.answer(files.find(queries.text_of(found).content, sha256))


@require_safe
def archive(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Hand out the package of a release."""
    text = queries.text_of(queries.release(Visitor(request.visit.access), id))
    return download(package.archive(text), stem=package.stem(text), ending="zip")


@require_safe
def word(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Hand out a release as a Word file."""
    text = queries.text_of(queries.release(Visitor(request.visit.access), id))
    return download(package.word(text), stem=package.stem(text), ending="docx")
