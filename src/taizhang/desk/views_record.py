"""A manuscript whole: where it stands, its versions for ever, everything that was done; the approval form."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taizhang.core.desk.standing import Stage
from taizhang.desk import access as rights
from taizhang.desk import (
    actions,
    approval_form,
    differing,
    findings,
    forms,
    placing,
    presenting,
    queries,
    showing,
)
from taizhang.desk.changing import refusals, tell
from taizhang.desk.comments import threads
from taizhang.desk.models import Act, FindingDecision, Hand, Manuscript, Purpose, Release, Version
from taizhang.desk.presenting import Event
from taizhang.desk.queries import Way
from taizhang.desk.views import desk_of, paper_language, visitor_of
from taizhang.documents import docx, pdf
from taizhang.ledger.wording import moment
from taizhang.org.downloads import download
from taizhang.org.middleware import VisitRequest

_TONES = {
    Act.What.SUBMIT: "info",
    Act.What.APPROVE: "ok",
    Act.What.RETURN: "bad",
    Act.What.CORRECT: "warn",
    Act.What.RECALL: "warn",
}


@require_safe
def manuscript(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Where it stands, what it says, and everything that was done to it."""
    visit = request.visit
    visitor = visitor_of(visit)
    found = rights.manuscript(visitor, id)
    way = queries.way_shown(found)
    desk = desk_of(visit)
    may_write = rights.may_write(visitor, way)
    content = shown_content(way, may_write=may_write)
    version = way.version
    calendar = visit.scheme.scheme.working_days
    decided = _decided(way)
    cards = (
        findings.cards(queries.findings_of(version.pk), decided=decided, station=way.station)
        if version
        else []
    )
    context = {
        "manuscript": found,
        "way": way,
        "version": version,
        "content": content,
        "title": content.title or _("(no title yet)"),
        "text": showing.text_html(content, manuscript=found.pk),
        "state": presenting.state(placing.state_of(way), way.station),
        "type_name": presenting.named(desk.types[found.type].name.texts)
        if desk and found.type in desk.types
        else found.type,
        "channels": channel_names(desk, content.channels),
        "authors": authors(way, found),
        "stops": presenting.stops(way, now=visit.now, calendar=calendar),
        "left": presenting.left(way.due(calendar), visit.now) if way.station else None,
        "station_name": presenting.named(way.station.name) if way.station else "",
        "is_draft": way.stage is Stage.WRITING and not way.is_done,
        "has_unsent": version is not None
        and may_write
        and found.draft.text != version.text
        and not way.is_done,
        "has_passed": way.stage is Stage.PASSED and not way.is_done,
        "returned": _returned(way),
        "may_write": may_write and not way.is_done,
        "may_recall": may_write and way.stage is not Stage.WRITING and not way.is_done,
        "may_sit": rights.may_sit(visitor, way),
        "may_release": rights.may_release(visitor, way),
        "may_reopen": rights.may_reopen(visitor, way),
        "may_comment": rights.may_comment(visitor, way),
        "seen": version.digest if version else "",
        "cards": cards,
        "kept": [card for card in cards if card.is_kept],
        "threads": threads(found, version) if version else [],
        "events": list(history(way, desk)),
        "releases": releases(way, desk),
        "copies": found.copies.all()[:5] if may_write and getattr(found, "has_copies", False) else [],
        "reopening": forms.Reopening(),
    }
    return render(request, "desk/manuscript.html", context)


def _decided(way: Way) -> dict[str, FindingDecision]:
    if way.version is None:
        return {}
    return queries.final_decisions(way.version.pk) if way.is_done else queries.decided(way.version)


def shown_content(way: Way, *, may_write: bool) -> Any:
    """Return the text that a visitor sees: the draft for those who write it, else the newest version."""
    version = way.version or (way.versions[-1] if way.versions else None)
    if version is None or (may_write and way.stage is Stage.WRITING and not way.is_done):
        return way.manuscript.draft.text
    return version.text


def channel_names(desk: Any, ids: tuple[str, ...]) -> list[str]:
    known = desk.channels if desk else {}
    return [presenting.named(known[id_].name.texts) if id_ in known else id_ for id_ in ids]


def authors(way: Way, found: Manuscript) -> list[tuple[str, str]]:
    """Return the authors of the newest version with their shares in per cent."""
    if way.version is None:
        return [(found.creator.name, "")]
    return [
        (hand.person.name, f"{(hand.part or 0) * 100:.0f}%")
        for hand in way.version.hands.all()
        if hand.how == Hand.How.AUTHOR
    ]


def _returned(way: Way) -> Act | None:
    last = presenting.last_act(way)
    return last if last is not None and last.what == Act.What.RETURN else None


def releases(way: Way, desk: Any) -> list[tuple[str, Release]]:
    """Return what was released, with the names of the channels."""
    return [(channel_names(desk, (one.channel,))[0], one) for one in way.releases]


def history(way: Way, desk: Any) -> Iterator[Event]:
    """Yield what was done, the newest first: acts, releases, withdrawals, with opinions and digests."""
    told = [*_acts(way), *_releases(way, desk)]
    yield from (event for _at, event in sorted(told, key=lambda pair: pair[0], reverse=True))


def _acts(way: Way) -> Iterator[tuple[dt.datetime, Event]]:
    numbers = {version.pk: version.number for version in way.versions}
    voided = {one.act.number: one for one in way.standing.voided} if way.standing else {}
    names = {station.pk: presenting.named(station.name) for station in way.stations}
    for act in way.acts:
        where = names.get(act.station_id or 0, "") or (
            presenting.named(act.station.name) if act.station else ""
        )
        words = f"{where}{_(': ') if where else ''}{act.get_what_display()}"
        void = voided.get(act.number)
        notes = [act.opinion, _("read aloud in full") if act.read_aloud else ""]
        if void is not None:
            notes.append(_("approval void: {why}").format(why=void.why.render(_)))
        notes.append(
            _("version {n}, digest {digest}").format(
                n=numbers.get(act.version_id, "?"), digest=act.digest[:12]
            )
        )
        tone = "quiet" if void else _TONES[Act.What(act.what)]
        yield (
            act.at,
            Event(
                when=moment(act.at),
                text=words,
                who=act.person.name,
                note=" · ".join(note for note in notes if note),
                tone=tone,
                url=reverse("desk:version", args=[way.manuscript.pk, numbers[act.version_id]])
                if act.version_id in numbers
                else "",
            ),
        )


def _releases(way: Way, desk: Any) -> Iterator[tuple[dt.datetime, Event]]:
    for name, one in releases(way, desk):
        note = " · ".join(part for part in (one.address, one.digest[:12]) if part)
        words = _("Released on {channel}").format(channel=name)
        yield one.at, Event(when=moment(one.at), text=words, who=one.person.name, note=note, tone="ok")
    for gone in way.withdrawals:
        yield (
            gone.at,
            Event(when=moment(gone.at), text=_("Withdrawn"), who=gone.person.name, note="", tone="bad"),
        )


# Versions


def _version(way: Way, number: int) -> Version:
    found = next((one for one in way.versions if one.number == number), None)
    if found is None:
        raise Http404
    return found


@require_safe
def version(request: VisitRequest, id: uuid.UUID, number: int) -> HttpResponse:  # noqa: A002
    """One version as it was, with what was found in it and decided."""
    visitor = visitor_of(request.visit)
    found = rights.manuscript(visitor, id)
    way = queries.way_shown(found)
    shown = _version(way, number)
    context = {
        "manuscript": found,
        "way": way,
        "version": shown,
        "content": shown.text,
        "text": showing.text_html(shown.text, manuscript=found.pk),
        "cards": findings.cards(queries.findings_of(shown.pk), decided=queries.decided(shown)),
        "versions": way.versions,
        "before": number - 1 if number > 1 else None,
        "draft": found.draft,
        "may_restore": rights.may_write(visitor, way) and not way.is_done,
    }
    return render(request, "desk/version.html", context)


@require_safe
def compare(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Any two versions beside each other, word by word."""
    found = rights.manuscript(visitor_of(request.visit), id)
    way = queries.way_shown(found)
    if not way.versions:
        raise Http404
    newest = way.versions[-1].number
    new = _version(way, _number(request.GET.get("new"), newest))
    old = _version(way, _number(request.GET.get("old"), max(1, new.number - 1)))
    context = {
        "manuscript": found,
        "old": old,
        "new": new,
        "versions": way.versions,
        "difference": differing.between(old.text, new.text),
    }
    return render(request, "desk/compare.html", context)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 6 else otherwise  # noqa: PLR2004


@require_POST
def reopen(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """Begin a correction or a withdrawal of a released text."""
    visit = request.visit
    visitor = visitor_of(visit)
    found = rights.manuscript(visitor, id)
    if not rights.may_reopen(visitor, queries.way_shown(found)):
        raise PermissionDenied(_("Your roles do not allow this."))
    form = forms.Reopening(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what for, and why; the reason stays with the record."))
        return redirect("desk:manuscript", found.pk)
    problems = refusals(
        visit,
        lambda book: actions.reopen(
            found,
            purpose=Purpose(form.cleaned_data["purpose"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
            book=book,
        ),
    )
    if problems:
        tell(request, problems)
        return redirect("desk:manuscript", found.pk)
    messages.success(request, _("Begun. Write it, then submit it: it passes its stations like a text."))
    return redirect("desk:edit", found.pk)


# The approval form


@require_safe
def form(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - as in the address
    """The approval form 发布审批表 on a page that prints on A4."""
    found, sheet = _sheet(request, id)
    return render(request, "desk/form.html", {"manuscript": found, "sheet": sheet})


@require_safe
def form_file(request: VisitRequest, id: uuid.UUID, ending: str) -> HttpResponse:  # noqa: A002
    """The approval form as a file."""
    if ending not in ("docx", "pdf"):
        raise Http404
    found, sheet = _sheet(request, id)
    document = approval_form.document(sheet, language=paper_language())
    content = docx.write_docx(document) if ending == "docx" else pdf.write_pdf(document)
    return download(content, stem=f"{_('Approval form')}-{found.number}", ending=ending)


def _sheet(request: VisitRequest, id_: uuid.UUID) -> tuple[Manuscript, approval_form.Sheet]:
    visit = request.visit
    found = rights.manuscript(visitor_of(visit), id_)
    way = queries.way_shown(found)
    if way.round is None or way.version is None:
        raise Http404(_("There is a form once the text was submitted."))
    decisions = FindingDecision.objects.filter(version__round=way.round).select_related("person", "station")
    root = visit.access.tree.root
    return found, approval_form.sheet(
        way, desk=desk_of(visit), decisions=list(decisions), office=root.name if root else ""
    )
