"""Check a draft 校核: paste or drop a text, see what is wrong with it, take it away corrected.

Nothing that is sent is kept: an upload stays in memory, and every answer is worked out anew from the request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.history import NoSchemeInForce
from taizhang.core.values import BadPeriod, Period
from taizhang.documents import reading
from taizhang.documents.reading import Reading, Unreadable
from taizhang.ledger.asking import may_ask
from taizhang.org.downloads import download
from taizhang.org.middleware import Visit, VisitRequest
from taizhang.proof import Finding, InvalidLexicon, Lexicon, check, own
from taizhang.proof.draft import Draft
from taizhang.proof.spelling import Model, UnreadableModelError
from taizhang.web import check_copies, check_marks, ledger_claims
from taizhang.web.bounded_upload import Bounded
from taizhang.web.check_marks import Card
from taizhang.web.ledger_claims import Held

MOST_BYTES = 20 * 1024 * 1024
MOST_CHARACTERS = 1_000_000
MOST_SPELLED = 100_000  # the language model reads 20,000 characters a second and more on an office machine
_WORD = frozenset({"docx", "docm"})
_LONGEST_REASON = 500
_REASON = "reason-"

View = Callable[..., HttpResponse]


class Refused(ValueError):  # noqa: N818
    """What was sent cannot be checked; ``message`` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Sent:
    """What the browser sent. ``content`` is the file itself if it is a Word file, else empty."""

    reading: Reading
    name: str
    content: bytes
    reasons: Mapping[str, str]
    accepted: frozenset[str]
    spelling: bool
    hold: bool
    unit: str
    period: str


@dataclass(frozen=True, slots=True)
class Result:
    """A draft with everything found in it."""

    sent: Sent
    cards: tuple[Card, ...]
    agreeing: tuple[Held, ...]
    held: bool
    notes: tuple[str, ...]


def _for_visitors(view: View) -> View:
    """Let in whoever is logged in, and everybody where the site is open for checking; keep uploads off the disk."""
    protected = csrf_protect(view)

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated or settings.CHECK_OPEN):
            return redirect_to_login(request.get_full_path())
        bounded = Bounded(most=MOST_BYTES)
        request.upload_handlers = [bounded]
        request.bounded = bounded  # type: ignore[attr-defined]
        return protected(request, *args, **kwargs)

    # The token is checked inside: reading the form before would choose Django's own upload handlers.
    return login_not_required(csrf_exempt(inside))


@_for_visitors
def index(request: VisitRequest) -> HttpResponse:
    """Show the empty page; check what is posted to it."""
    if request.method != "POST":
        return render(request, "web/check.html", _page(request) | {"spelling": True})
    try:
        sent = _sent(request)
        if sent.accepted:
            sent = _with_accepted(sent)
        result = _checked(sent, request)
    except Refused as error:
        return _refusal(request, error)
    context = _page(request) | _shown(result)
    return render(request, "web/check_result.html" if _is_part(request) else "web/check.html", context)


@_for_visitors
@require_POST
def commented(request: VisitRequest) -> HttpResponse:
    """Give the Word file back with comments; a text of another kind becomes a plain Word file."""
    try:
        sent = _sent(request, original=True)
        result = _checked(sent, request)
        content = check_copies.commented(sent.content, result.cards)
    except Refused as error:
        return _refusal(request, error)
    except Unreadable as error:
        return _refusal(request, Refused(error.message))
    return download(content, stem=_stem(sent.reading, _("checked")), ending=sent.reading.format)


@_for_visitors
@require_POST
def copy(request: VisitRequest, ending: str) -> HttpResponse:
    """Give the text as it now stands on the page, without marks; a Word file is the user's own with those words."""
    if ending not in {"txt", "docx"}:
        raise Http404
    try:
        sent = _sent(request, typed=_is_of_file(request))
        if sent.accepted:
            sent = _with_accepted(sent)
        text = sent.reading.text
        own_file = _own_file(request) if ending == "docx" else None
        if ending == "txt":
            content = text.encode("utf-8", "replace")
        elif own_file is None:
            content = check_copies.plain_docx(text)
        else:
            content, ending = check_copies.corrected(own_file.content, text), own_file.reading.format
    except Refused as error:
        return _refusal(request, error)
    except (Unreadable, check_copies.NotInWord) as error:
        return _refusal(request, Refused(error.message))
    return download(content, stem=_stem(sent.reading, _("clean")), ending=ending)


@_for_visitors
@require_POST
def report(request: VisitRequest) -> HttpResponse:
    """Give what was found as a page of its own, what is ignored with its reason."""
    try:
        result = _checked(_sent(request), request)
    except Refused as error:
        return _refusal(request, error)
    content = check_copies.report(_shown(result) | {"now": request.visit.now, "everything": result.cards})
    return download(content, stem=_stem(result.sent.reading, _("report")), ending="html")


def _stem(reading: Reading, what: str) -> str:
    title = reading.title or _("draft")
    return f"{title}.{what}"


# What was sent


def _sent(request: VisitRequest, *, original: bool = False, typed: bool = False) -> Sent:
    """Read the form. ``original``: the file itself is wanted; ``typed``: the text of the page. Raises Refused."""
    form = request.POST
    read, content, name = _read(request, original=original, typed=typed or form.get("use") == "text")
    return Sent(
        reading=read,
        name=name,
        content=content,
        reasons={
            name.removeprefix(_REASON): reason.strip()[:_LONGEST_REASON]
            for name, reason in form.items()
            if name.startswith(_REASON) and isinstance(reason, str) and reason.strip()
        },
        accepted=frozenset(str(key) for key in form.getlist("accept")),
        spelling="spelling" in form,
        hold="hold" in form,
        unit=str(form.get("unit", "")),
        period=str(form.get("period", "")).strip(),
    )


def _read(request: VisitRequest, *, original: bool, typed: bool) -> tuple[Reading, bytes, str]:
    """Return what is to be checked, the bytes of a Word file, and the name it came with."""
    form = request.POST
    upload = request.FILES.get("file")
    if request.bounded.too_large:  # type: ignore[attr-defined]
        raise Refused(
            Message(
                gettext_noop("The file is larger than {most} MB. Split it, or leave out its pictures."),
                most=MOST_BYTES // 1024**2,
            )
        )
    if upload is not None and (original or not typed):
        upload.seek(0)
        content = upload.read()
        try:
            found = reading.read(content, name=upload.name or "draft.txt")
        except Unreadable as error:
            raise Refused(error.message) from error
        if not original or found.format in _WORD:
            return _bounded(found), content if found.format in _WORD else b"", upload.name or ""
    name = str(form.get("name", ""))
    if original and _is_word(name):
        raise Refused(
            Message(
                gettext_noop("Choose the file “{name}” once more: its original is not kept here."), name=name
            )
        )
    return (*_typed(str(form.get("text", "")), name, original=original), name)


def _is_of_file(request: VisitRequest) -> bool:
    """Tell whether the text of the page is of the file that comes with it, and not another draft's."""
    upload, form = request.FILES.get("file"), request.POST
    return upload is not None and form.get("name") == upload.name and bool(str(form.get("text", "")).strip())


def _own_file(request: VisitRequest) -> Sent | None:
    """Return the Word file that the draft came in; None where it came in none. Raises Refused if it is not sent."""
    upload = request.FILES.get("file")
    name = str((upload.name if upload is not None else "") or request.POST.get("name", ""))
    return _sent(request, original=True) if _is_word(name) else None


def _is_word(name: str) -> bool:
    return PurePath(name).suffix.lower().lstrip(".") in _WORD


def _typed(text: str, name: str, *, original: bool) -> tuple[Reading, bytes]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    found = _bounded(Reading(text, PurePath(name).stem, "txt", reading.paragraphs(text)))
    if not original:
        return found, b""
    content = check_copies.plain_docx(text)
    return replace(reading.read(content, name="draft.docx"), title=found.title), content


def _bounded(found: Reading) -> Reading:
    if not found.text.strip():
        raise Refused(
            Message(gettext_noop("There is no text to check. Paste some, or choose a file that has text."))
        )
    if len(found.text) > MOST_CHARACTERS:
        raise Refused(
            Message(
                gettext_noop(
                    "The text has {count} characters; at most {most} are checked here. Split it, or use the command: taizhang check."
                ),
                count=len(found.text),
                most=MOST_CHARACTERS,
            )
        )
    return found


# What was found


def _checked(sent: Sent, request: VisitRequest) -> Result:
    notes: list[str] = []
    findings = _findings(sent, notes)
    held = _held(sent, request.visit) if sent.hold and _may_hold(request) else None
    cards = check_marks.cards(findings, held or (), sent.reading, sent.reasons)
    agreeing = tuple(each for each in held or () if each.agrees)
    return Result(sent, tuple(cards), agreeing, held is not None, tuple(notes))


def _findings(sent: Sent, notes: list[str]) -> list[Finding]:
    spelling = sent.spelling and len(sent.reading.text) <= MOST_SPELLED
    if sent.spelling and not spelling:
        notes.append(
            _(
                "Longer than {most} characters: checked without the spelling model. For that, use the command: taizhang check."
            ).format(most=MOST_SPELLED)
        )
    return check(sent.reading, lexicon=_lexicon(notes), spelling=spelling and _model(notes))


def _lexicon(notes: list[str]) -> Lexicon | None:
    """Return the organisation's own lexicon, if there is one."""
    try:
        return own.lexicon(settings.HOME)
    except InvalidLexicon as error:
        notes.append(_("Checked without the organisation's lexicon: {fault}").format(fault=error.render(_)))
        return None


def _model(notes: list[str]) -> Model | bool:
    """Return the spelling model with what the organisation taught it; the shipped one where that is damaged."""
    try:
        return own.model(settings.HOME)
    except UnreadableModelError as error:
        notes.append(
            _("Checked without what the organisation taught the spelling model: {fault}").format(
                fault=error.message.render(_)
            )
        )
        return True


def _held(sent: Sent, visit: Visit) -> list[Held]:
    """Hold the claims against the ledger. Raises Refused."""
    tree = visit.access.tree
    unit = tree.by_code.get(sent.unit) if sent.unit else tree.root
    if unit is None:
        raise Refused(Message(gettext_noop("There is no unit “{code}”."), code=sent.unit))
    try:
        asked = ledger_claims.Asked(
            unit.code,
            Period.parse(sent.period or str(visit.today.year)),
            lambda ask: may_ask(visit.access, ask, visit.schemes),
        )
        return ledger_claims.hold(
            Draft(sent.reading.text), asked, schemes=visit.schemes, tree=tree, now=visit.now
        )
    except (BadPeriod, NoSchemeInForce) as error:
        raise Refused(error.message) from error


def _with_accepted(sent: Sent) -> Sent:
    """Return what was sent with the suggestions that were ticked taken into the text."""
    findings = _findings(sent, [])
    found = check_marks.cards(findings, (), sent.reading, {})
    text = check_marks.accepted(sent.reading.text, found, sent.accepted)
    changed = replace(sent.reading, text=text, paragraphs=reading.paragraphs(text))
    return replace(sent, reading=changed, accepted=frozenset())


# What is shown


def _may_hold(request: VisitRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    try:
        return bool(request.visit.schemes) and request.visit.access.may("read")
    except PermissionDenied:
        return False


def _is_part(request: VisitRequest) -> bool:
    """Tell whether the page's script asked, which takes the result alone."""
    return request.headers.get("X-Check-Part") == "1"


def _page(request: VisitRequest) -> dict[str, Any]:
    return {
        "frame": "base.html" if request.user.is_authenticated else "base_open.html",
        "may_hold": _may_hold(request),
        "most_bytes": MOST_BYTES,
        "most_megabytes": MOST_BYTES // 1024**2,
        "most_characters": MOST_CHARACTERS,
        "period": str(request.visit.today.year),
    }


def _shown(result: Result) -> dict[str, Any]:
    sent = result.sent
    shown = check_marks.shown(result.cards)
    gates, severities = check_marks.tallies(result.cards)
    return {
        "result": result,
        "text": sent.reading.text,
        "marked": check_marks.marked(sent.reading.text, shown),
        "cards": shown,
        "left_out": len(result.cards) - len(shown),
        "gates": [gate for gate in gates if gate.id != check_marks.LEDGER or result.held],
        "severities": severities,
        "found": sum(severity.count for severity in severities if severity.on),
        "ignored": [card for card in result.cards if card.reason],
        "name": sent.name,
        "is_word": _is_word(sent.name),
        "characters": len(sent.reading.text),
        "spelling": sent.spelling,
        "hold": sent.hold,
        "unit": sent.unit,
        **({"period": sent.period} if sent.period else {}),
    }


def _refusal(request: VisitRequest, error: Refused) -> HttpResponse:
    """Say why not, beside everything that was typed, ticked and ignored."""
    message = error.message.render(_)
    if _is_part(request):
        return render(request, "web/check_refused.html", {"refused": message}, status=422)
    form = request.POST
    context = _page(request) | {
        "text": form.get("text", ""),
        "name": form.get("name", ""),
        "spelling": "spelling" in form,
        "hold": "hold" in form,
        "unit": form.get("unit", ""),
        "period": form.get("period", ""),
    }
    context |= _shown_again(request) | {"refused": message, "ticked": form.getlist("accept")}
    return render(request, "web/check.html", context, status=422)


def _shown_again(request: VisitRequest) -> dict[str, Any]:
    """Return what was found in the text of the page, nothing where it was not checked."""
    if request.path == reverse("check:index"):
        return {}
    try:
        return _shown(_checked(_sent(request, typed=True), request))
    except Refused:
        return {}
