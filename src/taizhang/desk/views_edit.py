"""Writing: a new manuscript, the editor and what it saves, files, submitting."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taizhang.core.desk.content import Content, Share
from taizhang.core.desk.standing import Stage
from taizhang.core.scheme.desk import Desk
from taizhang.desk import access as rights
from taizhang.desk import (
    actions,
    checking,
    differing,
    drafts,
    findings,
    forms,
    plain_form,
    presenting,
    queries,
    rich_text,
    sending,
    showing,
    uploads,
)
from taizhang.desk.changing import refusals, said, tell
from taizhang.desk.comments import threads
from taizhang.desk.models import Draft, DraftCopy, Manuscript
from taizhang.desk.queries import Way
from taizhang.desk.refused import DeskRefused, DraftConflict
from taizhang.desk.sending import Unsendable
from taizhang.desk.views import desk_of, visitor_of
from taizhang.journal.actions import open_book
from taizhang.ledger import store
from taizhang.org.access import Access
from taizhang.org.downloads import sandboxed
from taizhang.org.middleware import VisitRequest
from taizhang.org.models import Person

MOST_UNANSWERED = 20
FEWEST_AUTHORS = 2  # rows offered for authors; one more than are named


def person_of(access: Access) -> Person:
    if access.person is None:
        raise PermissionDenied(_("Your roles do not allow this."))
    return access.person


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: VisitRequest) -> HttpResponse:
    """Begin a manuscript."""
    visit = request.visit
    visit.access.require("write")
    person = person_of(visit.access)
    desk = desk_of(visit)
    if desk is None:
        raise Http404(_("The scheme says nothing about texts."))
    form = forms.NewManuscript(
        request.POST if request.method == "POST" else None, desk=desk, access=visit.access
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        content = Content(
            title=sent["title"],
            body="",
            shares=(Share(person.pk, Decimal(1)),),
            channels=tuple(sent["channel"]),
        )
        try:
            with open_book(now=visit.now, actor=visit.signature) as book:
                made = actions.start(
                    unit=sent["unit"], type_=sent["type"], content=content, by=request.user, book=book
                )
        except DeskRefused as error:
            for reason in said(error):
                form.add_error(None, reason)
        else:
            return redirect("desk:edit", made.pk)
    return render(request, "desk/new.html", {"form": form}, status=422 if form.errors else 200)


def writable(request: VisitRequest, id_: uuid.UUID) -> tuple[Manuscript, Way]:
    """Return a manuscript whose draft the visitor may change. Raises Http404, PermissionDenied."""
    visitor = visitor_of(request.visit)
    found = rights.manuscript(visitor, id_)
    way = queries.way_shown(found)
    if not rights.may_write(visitor, way):
        raise PermissionDenied(_("Your roles do not allow this."))
    return found, way


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """The editor. Without script the text is written as lines, and kept when the form is sent."""
    found, way = writable(request, id)
    desk = desk_of(request.visit)
    if desk is None:
        raise Http404(_("The scheme says nothing about texts."))
    if way.is_done:
        messages.info(request, _("This text is done. Begin a correction or a withdrawal of it first."))
        return redirect("desk:manuscript", found.pk)
    if request.method != "POST":
        return _editor(request, found, way, desk, content=found.draft.text)
    try:
        content = _with_new_files(request, _sent(request, found, way, desk))
        drafts.save(
            found,
            content,
            on=_number(request.POST.get("version", "")),
            by=request.visit.signature,
            person=person_of(request.visit.access),
            now=request.visit.now,
        )
    except DraftConflict as error:
        messages.error(request, error.message.render(_))
        return redirect("desk:copy", found.pk, error.kept.pk)
    except (Unsendable, DeskRefused) as error:
        problems = [str(error)] if isinstance(error, Unsendable) else said(error)
        return _editor(
            request, found, way, desk, content=found.draft.text, problems=problems, sent=request.POST
        )
    messages.success(request, _("Saved."))
    return redirect("desk:edit", found.pk)


def _sent(request: VisitRequest, found: Manuscript, way: Way, desk: Desk) -> Content:
    """Read what the editor, or the form without script, sends. Raises Unsendable."""
    latest = found.draft.text
    form = request.POST.copy()
    if "plain" in form:
        form["html"] = plain_form.to_html(form.get("plain", ""), before=sending.for_editor(latest))
    before = [latest, *(version.text for version in way.versions)]
    return sending.content_of(form, desk=desk, before=before, account_id=request.user.pk, latest=latest)


def _with_new_files(request: VisitRequest, content: Content) -> Content:
    kept = [uploads.keep_file(file, account_id=request.user.pk)[0] for file in request.FILES.getlist("files")]
    known = {one.sha256 for one in content.attachments}
    return replace(
        content, attachments=(*content.attachments, *(one for one in kept if one.sha256 not in known))
    )


def _editor(
    request: VisitRequest,
    found: Manuscript,
    way: Way,
    desk: Desk,
    *,
    content: Content,
    problems: list[str] | None = None,
    sent: Any = None,
) -> HttpResponse:
    people = Person.objects.in_bulk([share.person for share in content.shares])
    authors = sending.authors_typed(content, people)
    if sent is not None:
        authors = [
            {"name": name, "part": part}
            for name, part in zip(sent.getlist("author"), sent.getlist("part"), strict=False)
        ]
    authors += [{"name": "", "part": ""}] * max(1, FEWEST_AUTHORS - len(authors))
    chosen = sent.getlist("channel") if sent is not None else content.channels
    context = {
        "manuscript": found,
        "way": way,
        "draft": found.draft,
        "content": content,
        "title": sent["title"] if sent is not None else content.title,
        "plain": sent["plain"] if sent is not None and "plain" in sent else plain_form.to_lines(content.body),
        "type_name": presenting.named(desk.types[found.type].name.texts)
        if found.type in desk.types
        else found.type,
        "text": showing.text_html(content, manuscript=found.pk),
        "told": {"html": sending.for_editor(content)},
        "authors": authors,
        "channels": [(id_, name, id_ in chosen) for id_, name in forms.channels(desk)],
        "byline": sent["byline"] if sent is not None else content.byline,
        "note": sent.get("note", "") if sent is not None else content.note,
        "embargo": sent["embargo"] if sent is not None else sending.moment_typed(content.embargo),
        "seen": way.version.digest if way.version else "",
        "stops": presenting.stops(
            way, now=request.visit.now, calendar=request.visit.scheme.scheme.working_days
        ),
        "returned": _returned(way),
        "voids": len(way.standing.approvals) if way.standing and way.stage is not Stage.WRITING else 0,
        "is_on_the_way": way.stage is Stage.ON_THE_WAY,
        "has_passed": way.stage is Stage.PASSED,
        "is_reopened": way.round is not None and way.round.number > 1,
        "comments": _open_comments(way),
        "problems": problems or [],
        "strings": editor_strings(),
        "no_picture": "0" * 64,
        "reason": request.GET.get("reason", ""),
    }
    return render(request, "desk/edit.html", context, status=422 if problems else 200)


def _returned(way: Way) -> Any:
    last = presenting.last_act(way)
    return last if last is not None and last.what == "return" else None


def _open_comments(way: Way) -> list[Any]:
    if way.version is None:
        return []
    return [one.comment for one in threads(way.manuscript, way.version) if one.is_open]


def editor_strings() -> dict[str, str]:
    """Return what the editor's script says."""
    return {
        "saving": _("Saving…"),
        "saved": _("Saved at {time}"),
        "unsaved": _("Not saved yet; kept on this computer"),
        "unkept": _("Not saved yet"),
        "refused": _("Not saved: see above. What you typed is kept on this computer."),
        "failed": _("Not sent: {reason}"),
        "failing": _(
            "Not saved: the server failed. It is tried again by itself; what you typed is kept here."
        ),
        "offline": _(
            "Not saved: the server does not answer. It is tried again by itself; what you typed is kept here."
        ),
        "loggedOut": _(
            "Not saved: you are logged out. Log in again in another tab; what you typed is kept here."
        ),
        "stopped": _("Stopped: somebody else saved this text"),
        "notSent": _("“{name}” was not sent: the server does not answer. Try again."),
        "moved": _("That place is no longer as it was. Check again."),
        "alt": _("What the picture shows (for those who cannot see it)"),
        "source": _("Whose picture it is: photographer, office"),
    }


@require_POST
def save(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Keep what the editor sends.

    409 if somebody else was quicker: the text is kept apart, and the answer says where both are. 422 if a field cannot
    be read.
    """
    found, way = writable(request, id)
    desk = desk_of(request.visit)
    if desk is None or way.is_done:
        return JsonResponse(
            {"reason": _("This text is done. Begin a correction or a withdrawal of it first.")}, status=422
        )
    try:
        kept = drafts.save(
            found,
            _sent(request, found, way, desk),
            on=_number(request.POST.get("version", "")),
            by=request.visit.signature,
            person=person_of(request.visit.access),
            now=request.visit.now,
            token=request.POST.get("token", ""),
            unanswered=request.POST.getlist("unanswered")[-MOST_UNANSWERED:],
        )
    except Unsendable as error:
        return JsonResponse({"reason": str(error)}, status=422)
    except DraftConflict as error:
        return JsonResponse(_both(found, error), status=409)
    return JsonResponse({"version": kept.revision, "time": f"{timezone.localtime(kept.saved_at):%H:%M:%S}"})


def _both(found: Manuscript, error: DraftConflict) -> dict[str, Any]:
    return {
        "reason": error.message.render(_),
        "kept": True,
        "compare": reverse("desk:copy", args=[found.pk, error.kept.pk]),
        "theirs": reverse("desk:edit", args=[found.pk]),
    }


def _number(text: str) -> int:
    if not text.isdecimal():
        raise BadRequest(_("The version is missing. Reload the page; the text in it was not saved."))
    return int(text)


@require_POST
def check(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Say what the three gates find in the text as it is being written. Nothing is kept."""
    writable(request, id)
    content = Content(
        title=request.POST.get("title", ""),
        body=rich_text.clean(request.POST.get("html", "")[: drafts.MAX_BODY]),
    )
    found = findings.cards(checking.findings(content))
    told = [
        {
            "key": card.key,
            "start": card.start,
            "end": card.end,
            "quote": card.quote,
            "severity": card.severity,
            "message": card.message,
        }
        for card in found
    ]
    return JsonResponse(
        {"html": render_to_string("desk/found.html", {"cards": found}, request=request), "findings": told}
    )


# Files


@require_POST
def upload(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Take a picture for the text; it is part of it once the text is saved."""

    def keep(file: "UploadedFile[Any]") -> dict[str, str]:
        sha256, token = uploads.keep_picture(file, account_id=request.user.pk)
        return {"sha256": sha256, "token": token}

    return _kept(request, id, keep)


@require_POST
def attach(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Take a file to be published with the text; it is part of it once the text is saved."""

    def keep(file: "UploadedFile[Any]") -> dict[str, str]:
        kept, token = uploads.keep_file(file, account_id=request.user.pk)
        return {"name": kept.name, "token": token}

    return _kept(request, id, keep)


def _kept(
    request: VisitRequest,
    id: uuid.UUID,  # noqa: A002 - as in the address
    keep: Callable[["UploadedFile[Any]"], dict[str, str]],
) -> HttpResponse:
    writable(request, id)
    file = request.FILES.get("file")
    if file is None:
        raise BadRequest(_("Choose a file first."))
    try:
        return JsonResponse(keep(file))
    except DeskRefused as error:
        return JsonResponse({"reason": " ".join(said(error))}, status=422)


def _texts(found: Manuscript, way: Way) -> list[Content]:
    copies = [Content.from_json(one.content) for one in found.copies.all()[:20]]
    return [found.draft.text, *(version.text for version in way.versions), *copies]


@require_safe
def picture(request: VisitRequest, id: uuid.UUID, sha256: str) -> HttpResponse | FileResponse:  # noqa: A002
    """Show a picture of the text, or one that the visitor has just sent for it."""
    found = rights.manuscript(visitor_of(request.visit), id)
    sent = uploads.picture_of(request.GET.get("token", ""), account_id=request.user.pk)
    types = {sent[0]: sent[1]} if sent else {}
    if sha256 not in types:
        texts = _texts(found, queries.way_shown(found))
        types = {one.sha256: one.content_type for text in texts for one in text.pictures}
    type_ = types.get(sha256)
    if type_ not in uploads.PICTURE_TYPES or not store.path_of(sha256).exists():
        raise Http404
    response = FileResponse(store.path_of(sha256).open("rb"), content_type=type_)
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return sandboxed(response)


@require_safe
def attachment(request: VisitRequest, id: uuid.UUID, sha256: str) -> FileResponse:  # noqa: A002
    """Hand out an attachment of the text, unopened by any browser."""
    found = rights.manuscript(visitor_of(request.visit), id)
    texts = _texts(found, queries.way_shown(found))
    known = next((one for text in texts for one in text.attachments if one.sha256 == sha256), None)
    if known is None or not store.path_of(sha256).exists():
        raise Http404
    response = FileResponse(
        store.path_of(sha256).open("rb"),
        as_attachment=True,
        filename=known.name,
        content_type="application/octet-stream",
    )
    response["Cache-Control"] = "private, no-store"
    return sandboxed(response)


# Submitting, taking back, conflicts


@require_POST
def submit(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Submit the draft as it was saved."""
    found, _way = writable(request, id)
    checking.findings(drafts.tidy(found.draft.text))  # a third of a second that others need not wait for
    problems = refusals(
        request.visit,
        lambda book: actions.submit(
            found,
            on=_number(request.POST.get("version", "")),
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
            book=book,
        ),
    )
    if problems:
        tell(request, problems)
        return redirect("desk:edit", found.pk)
    messages.success(request, _("Submitted. It is at its first station now."))
    return redirect("desk:manuscript", found.pk)


@require_POST
def recall(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Take the text back from its line."""
    found, _way = writable(request, id)
    problems = refusals(
        request.visit,
        lambda book: actions.recall(
            found,
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
            book=book,
        ),
    )
    if problems:
        tell(request, problems)
        return redirect("desk:manuscript", found.pk)
    messages.success(request, _("Taken back. Its approvals are void; submit it anew when it is ready."))
    return redirect("desk:edit", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: VisitRequest, id: uuid.UUID, pk: int) -> HttpResponse:  # noqa: A002 - as in the address
    """A text that lost a race, beside the newest; POST makes it the newest."""
    found, _way = writable(request, id)
    kept = get_object_or_404(DraftCopy, manuscript=found, pk=pk)
    mine, newest = Content.from_json(kept.content), found.draft.text
    if request.method == "POST":
        return _take(request, found, mine, on=_number(request.POST.get("version", "")))
    context = {
        "manuscript": found,
        "draft": found.draft,
        "copy": kept,
        "mine": mine,
        "text": showing.text_html(mine, manuscript=found.pk),
        "difference": differing.between(newest, mine),
    }
    return render(request, "desk/copy.html", context)


def _take(request: VisitRequest, found: Manuscript, content: Content, *, on: int) -> HttpResponse:
    """Make a text the newest draft."""
    try:
        drafts.save(
            found,
            content,
            on=on,
            by=request.visit.signature,
            person=person_of(request.visit.access),
            now=request.visit.now,
        )
    except DraftConflict as error:
        messages.error(request, error.message.render(_))
        return redirect("desk:copy", found.pk, error.kept.pk)
    messages.success(request, _("That text is the newest now. Submit it when it is ready."))
    return redirect("desk:edit", found.pk)


@require_POST
def restore(request: VisitRequest, id: uuid.UUID, number: int) -> HttpResponse:  # noqa: A002
    """Write on from an earlier version. The draft that stands is kept as a copy."""
    found, way = writable(request, id)
    version = next((one for one in way.versions if one.number == number), None)
    if version is None:
        raise Http404
    draft = Draft.objects.get(pk=found.pk)
    if way.version is None or draft.text != way.version.text:
        drafts.keep_copy(draft)
    return _take(request, found, version.text, on=_number(request.POST.get("version", "")))
