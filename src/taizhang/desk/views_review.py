"""At a station: the text, what the machine found, what changed, comments, and the decision."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taizhang.core.desk.content import Content
from taizhang.desk import access as rights
from taizhang.desk import (
    actions,
    checking,
    differing,
    drafts,
    findings,
    placing,
    plain_form,
    presenting,
    queries,
    rich_text,
    sending,
    showing,
)
from taizhang.desk.access import Visitor
from taizhang.desk.changing import refusals, tell
from taizhang.desk.comments import marks_of, threads
from taizhang.desk.models import Manuscript, Version
from taizhang.desk.queries import Way
from taizhang.desk.views import desk_of, visitor_of
from taizhang.desk.views_edit import editor_strings
from taizhang.journal.actions import Book
from taizhang.org.middleware import VisitRequest


def seated(request: VisitRequest, id_: uuid.UUID) -> tuple[Visitor, Manuscript, Way]:
    """Return a manuscript whose turn it is for the visitor. Raises Http404, PermissionDenied."""
    visitor = visitor_of(request.visit)
    found = rights.manuscript(visitor, id_)
    way = queries.way_shown(found)
    if not any(visitor.sitting(way, station) for station in way.stations):
        raise PermissionDenied(_("You sit at no station of this text."))
    return visitor, found, way


@require_safe
def review(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """The reviewer's screen. When it is not the visitor's turn, it says so and leads to the manuscript."""
    visitor, found, way = seated(request, id)
    if not rights.may_sit(visitor, way):
        messages.info(request, _why_not(visitor, way))
        return redirect("desk:manuscript", found.pk)
    return _screen(request, visitor, found, way)


def _why_not(visitor: Visitor, way: Way) -> str:
    if way.station is not None and visitor.sitting(way, way.station):
        return " ".join(reason.render(_) for reason in queries.bars(way, visitor.person_id))
    return _("The text is not at a station where you sit, or not any more.")


def _screen(
    request: VisitRequest,
    visitor: Visitor,
    found: Manuscript,
    way: Way,
    *,
    opinion: str = "",
    read_aloud: bool = False,
    reasons: list[str] | None = None,
    changed_from: Version | None = None,
) -> HttpResponse:
    version, station = way.version, way.station
    assert version is not None
    assert station is not None
    desk = desk_of(request.visit)
    cards = _cards(way)
    talk = threads(found, version)
    seen = changed_from or last_seen(way, visitor.person_id)
    difference = differing.between(seen.text, version.text) if seen else None
    calendar = request.visit.scheme.scheme.working_days
    context = {
        "manuscript": found,
        "way": way,
        "version": version,
        "station": station,
        "station_name": presenting.named(station.name),
        "stops": presenting.stops(way, now=request.visit.now, calendar=calendar),
        "left": presenting.left(way.due(calendar), request.visit.now),
        "type_name": _type_name(desk, found),
        "content": version.text,
        "text": showing.text_html(
            version.text, manuscript=found.pk, marks=[*findings.marks(cards), *marks_of(talk)]
        ),
        "cards": cards,
        "open_cards": sum(card.is_open for card in cards),
        "waited_for": findings.waited_for(cards),
        "threads": talk,
        "seen": seen,
        "difference": difference,
        "show_changes": request.GET.get("show") == "changes" or changed_from is not None,
        "opinion": opinion,
        "read_aloud": read_aloud,
        "reasons": reasons or [],
        "may_correct": station.does == "proof",
        "channels": _channels(desk, version.text),
    }
    return render(request, "desk/review.html", context, status=409 if reasons else 200)


def _cards(way: Way) -> list[findings.Card]:
    version = way.version
    assert version is not None
    decided, earlier = queries.decisions_on(version)
    return findings.cards(
        queries.findings_of(version.pk), decided=decided, earlier=earlier, station=way.station
    )


def _type_name(desk: Any, found: Manuscript) -> str:
    return (
        presenting.named(desk.types[found.type].name.texts)
        if desk and found.type in desk.types
        else found.type
    )


def _channels(desk: Any, content: Content) -> list[str]:
    known = desk.channels if desk else {}
    return [presenting.named(known[id_].name.texts) if id_ in known else id_ for id_ in content.channels]


def last_seen(way: Way, person_id: int) -> Version | None:
    """Return the version that somebody last acted on, if the newest is another."""
    acted = [act.version_id for act in way.acts if act.person_id == person_id]
    if not acted or way.version is None or acted[-1] == way.version.pk:
        return None
    return next((version for version in way.versions if version.pk == acted[-1]), None)


@require_POST
def decide(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Approve or send back exactly the text that was seen. What is refused keeps the opinion typed."""
    visitor, found, way = seated(request, id)
    visit, sent = request.visit, request.POST
    station = next((one for one in way.stations if str(one.pk) == sent.get("station", "")), None)
    opinion, aloud = sent.get("opinion", ""), sent.get("read_aloud") == "1"
    if station is None or sent.get("act") not in ("approve", "return"):
        messages.error(request, _("The text is not at this station, or not any more. Open it again."))
        return redirect("desk:manuscript", found.pk)
    seen = sent.get("seen", "")
    approved = sent["act"] == "approve"

    def act(book: Book) -> None:
        if approved:
            actions.approve(
                found, station, seen=seen, opinion=opinion, read_aloud=aloud, by=request.user, book=book
            )
        else:
            actions.send_back(found, station, seen=seen, opinion=opinion, by=request.user, book=book)

    problems = refusals(visit, act)
    if problems:
        return _refused(request, visitor, found, problems, seen=seen, opinion=opinion, read_aloud=aloud)
    messages.success(
        request,
        _("“{title}” approved.").format(title=way.version.title if way.version else "")
        if approved
        else _("“{title}” sent back to its authors.").format(title=way.version.title if way.version else ""),
    )
    return redirect(_onward(visitor))


def _refused(
    request: VisitRequest,
    visitor: Visitor,
    found: Manuscript,
    reasons: list[str],
    *,
    seen: str,
    opinion: str,
    read_aloud: bool,
) -> HttpResponse:
    """Show the screen again as things stand now, with what was typed and, if the text changed, what changed."""
    found = rights.manuscript(visitor, found.pk)
    way = queries.way_shown(found)
    if not rights.may_sit(visitor, way):
        for reason in reasons:
            messages.error(request, reason)
        if opinion:
            messages.info(request, _("Your opinion was not recorded: {opinion}").format(opinion=opinion))
        return redirect("desk:manuscript", found.pk)
    before = next((one for one in reversed(way.versions) if one.digest == seen), None)
    changed_from = before if before and way.version and before.pk != way.version.pk else None
    return _screen(
        request,
        visitor,
        found,
        way,
        opinion=opinion,
        read_aloud=read_aloud and changed_from is None,
        reasons=reasons,
        changed_from=changed_from,
    )


def _onward(visitor: Visitor) -> str:
    """Return where a reviewer goes on: the next text that waits for them, or the queue."""
    rows = placing.waiting_for(visitor)
    waiting = next((one for one in rows if one.state == one.State.ON_THE_WAY), None)
    return reverse("desk:review", args=[waiting.pk]) if waiting else reverse("desk:index")


@require_POST
def finding(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Decide on a finding."""
    _visitor, found, way = seated(request, id)
    visit, sent = request.visit, request.POST
    key = sent.get("key", "")
    problems = refusals(
        visit,
        lambda book: actions.decide(
            found,
            key,
            seen=sent.get("seen", ""),
            choice=sent.get("choice", ""),
            reason=sent.get("reason", ""),
            by=request.user,
            book=book,
        ),
    )
    if not request.htmx:
        tell(request, problems)
        return redirect(f"{reverse('desk:review', args=[found.pk])}#f-{key}")
    cards = _cards(way)
    card = next((one for one in cards if one.key == key), None)
    context = {
        "manuscript": found,
        "version": way.version,
        "card": card,
        "problems": problems,
        "typed": sent.get("reason", "") if problems else "",
        "waited_for": findings.waited_for(cards),
        "station": way.station,
        "is_part": True,
    }
    return render(request, "desk/finding.html", context)


@require_POST
def comment(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Comment on a passage, or on all of the text."""
    visitor = visitor_of(request.visit)
    found = rights.manuscript(visitor, id)
    visit, sent = request.visit, request.POST
    start = sent.get("start", "")
    problems = refusals(
        visit,
        lambda book: actions.comment(
            found,
            seen=sent.get("seen", ""),
            text=sent.get("text", ""),
            quote=sent.get("quote", ""),
            start=int(start) if start.isdecimal() else 0,
            by=request.user,
            book=book,
        ),
    )
    return _talk(request, visitor, found, problems, typed=sent.get("text", ""))


@require_POST
def resolve(request: VisitRequest, id: uuid.UUID, pk: uuid.UUID) -> HttpResponse:  # noqa: A002
    """Settle a comment, with an answer or without."""
    visitor = visitor_of(request.visit)
    found = rights.manuscript(visitor, id)
    one = rights.comment(visitor, pk)
    problems = refusals(
        request.visit,
        lambda book: actions.resolve(one, answer=request.POST.get("answer", ""), by=request.user, book=book),
    )
    return _talk(request, visitor, found, problems, typed="")


def _talk(
    request: VisitRequest, visitor: Visitor, found: Manuscript, problems: list[str], *, typed: str
) -> HttpResponse:
    way = queries.way_shown(found)
    if not request.htmx:
        for problem in problems:
            messages.error(request, problem)
        page = "desk:review" if rights.may_sit(visitor, way) else "desk:manuscript"
        return redirect(f"{reverse(page, args=[found.pk])}#comments")
    context = {
        "manuscript": found,
        "version": way.version,
        "threads": threads(found, way.version) if way.version else [],
        "problems": problems,
        "typed": typed if problems else "",
        "may_comment": rights.may_comment(visitor, way),
    }
    return render(request, "desk/comments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Correct the text in proof, within what the line allows."""
    visitor, found, way = seated(request, id)
    version, station = way.version, way.station
    if not rights.may_sit(visitor, way) or version is None or station is None or station.does != "proof":
        messages.info(
            request, _("Only at a proof station, and when it is your turn, the text is corrected here.")
        )
        return redirect("desk:manuscript", found.pk)
    sent = request.POST
    typed = {"title": version.title, "plain": plain_form.to_lines(version.body), "reason": ""}
    reasons: list[str] = []
    if request.method == "POST":
        typed = {name: sent.get(name, "") for name in typed}
        reasons = _corrected(request, found, way)
        if not reasons:
            messages.success(request, _("Corrected. The text is a new version; approve it when it is right."))
            return redirect("desk:review", found.pk)
    context = {
        "manuscript": found,
        "version": version,
        "station": station,
        "station_name": presenting.named(station.name),
        "most": way.round.corrects_at_most if way.round else 0,
        "reopens": _reopened(way),
        "typed": typed,
        "reasons": reasons,
        "told": {"html": sent["html"] if sent.get("html") else sending.for_editor(version.text)},
        "strings": editor_strings(),
    }
    return render(request, "desk/correct.html", context, status=409 if reasons else 200)


def _corrected(request: VisitRequest, found: Manuscript, way: Way) -> list[str]:
    """Keep a correction; return why it is refused."""
    version, station = way.version, way.station
    assert version is not None
    assert station is not None
    sent, visit = request.POST, request.visit
    html = (
        sent["html"] if sent.get("html") else plain_form.to_html(sent.get("plain", ""), before=version.body)
    )
    body = rich_text.clean(html)
    content = replace(version.text, title=" ".join(sent.get("title", "").split()), body=body)
    checking.findings(drafts.tidy(content))  # before the journal is locked
    return refusals(
        visit,
        lambda book: actions.correct(
            found,
            station,
            content,
            seen=sent.get("seen", ""),
            reason=sent.get("reason", ""),
            by=request.user,
            book=book,
        ),
    )


def _reopened(way: Way) -> str:
    """Say which approvals a correction made here voids."""
    station = way.station
    if station is None or way.standing is None:
        return ""
    gone = [order for order in way.standing.approvals if order >= station.reopens_from]
    if not gone:
        return _("It voids no approval.")
    names = presenting.enumerated(presenting.named(way.stations[order - 1].name) for order in sorted(gone))
    return ngettext(
        "It voids the approval of: {names}.", "It voids the approvals of: {names}.", len(gone)
    ).format(names=names)
