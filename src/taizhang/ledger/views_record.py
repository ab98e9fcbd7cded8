"""Writing the ledger: record, correct, withdraw. What is refused comes back with everything that was typed."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.schema import Kind
from taizhang.core.values import BadPeriod, Period, PeriodKind
from taizhang.journal.actions import open_book
from taizhang.ledger import actions, drafts, queries, uploads, versions, wording
from taizhang.ledger.actions import AlreadyChanged
from taizhang.ledger.attendance import Sheet, marked_in, sheet_for
from taizhang.ledger.drafts import Attachment, Draft, DraftRefused
from taizhang.ledger.forms import DATE_FORMATS, EntryForm, Setting, initial_of
from taizhang.ledger.models import Entry, new_id
from taizhang.ledger.uploads import UploadRefused
from taizhang.org.access import Access
from taizhang.org.middleware import Visit, VisitRequest

NOTHING_CHANGED = Message(gettext_noop("Nothing was changed, so there is nothing to record."))
NOT_DUE = gettext_noop("Not on the roster of {day}, and so left out: {n} people. Look the sheet over.")


class ProbableDuplicate(Exception):  # noqa: N818
    """Entries like this one are there already; recording it needs to be said once more."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(len(entries))
        self.entries = tuple(entries)

    @property
    def seal(self) -> str:
        """Return what a confirmation must repeat: it holds for these entries and no others."""
        return hashlib.sha256("".join(str(entry.pk) for entry in self.entries).encode()).hexdigest()[:20]


@dataclass
class Desk:
    """Everything a form page shows and a sent form brings: the form, the sheet, the files, what it may be about."""

    form: EntryForm
    id: uuid.UUID
    sheet: Sheet | None = None
    files: Mapping[str, Attachment] = field(default_factory=dict)
    candidates: Sequence[Entry] = ()
    duplicates: ProbableDuplicate | None = None
    newer: Sequence[versions.Change] = ()

    @property
    def setting(self) -> Setting:
        return self.form.setting

    def draft(self) -> Draft | None:
        return self.form.draft(
            participations=self.sheet.marked if self.sheet else {}, evidence=self.files.values(), id=self.id
        )


# Record


def new(request: VisitRequest, kind: str) -> HttpResponse:
    """Record a new fact of a kind."""
    visit = request.visit
    setting = setting_for(visit, kind, typed_day(request) or visit.today)
    if request.method != "POST":
        return _show_new(request, _fresh(request, setting))
    desk = _sent(request, setting)
    if "look" in request.POST:
        desk.form.keep()
        return _show_new(request, desk)
    entry = _submit(desk, request, lambda draft: _post(draft, desk, request))
    if entry is None:
        return _show_new(request, desk)
    return _recorded(request, entry, setting)


def setting_for(visit: Visit, kind: str, day: dt.date, entry: Entry | None = None) -> Setting:
    """Return what the form is for, under the scheme of ``day``. Raises Http404, PermissionDenied."""
    queries.kind_or_404(visit.access, kind, visit.schemes)
    version = visit.schemes.find(day) or visit.schemes.find(visit.today)
    if version is None or kind not in version.scheme.kinds:
        raise Http404(_("The scheme in force on {day} has no such kind of entry.").format(day=day))
    setting = Setting(kind, version.scheme.kinds[kind], version.scheme, visit.access, visit.today, entry)
    if entry is None and not setting.units:
        raise PermissionDenied(_("Your roles do not let you record entries of this kind."))
    return setting


def typed_day(request: HttpRequest) -> dt.date | None:
    """Return the day that the sent form or the address names: it decides which scheme the form follows."""
    text = request.POST.get("occurred_on") or request.GET.get("on") or ""
    try:
        day: dt.date | None = django_forms.DateField(input_formats=DATE_FORMATS, required=False).clean(text)
    except django_forms.ValidationError:
        return None
    return day


def _fresh(request: VisitRequest, setting: Setting) -> Desk:
    """Return an empty form, with what the address and the visitor's place let us guess."""
    about = _about_asked(request, setting)
    initial: dict[str, Any] = {
        "occurred_on": typed_day(request) or setting.today,
        "unit": _likely_unit(request.GET.get("unit", ""), about, setting),
        "title": request.GET.get("title", ""),
        "about": about.fact if about else None,
        "counts_for": _period_asked(request, setting),
    }
    if setting.rule.person is not None and _records_own_only(setting):
        initial["person"] = setting.access.person
    form = EntryForm(setting, initial=initial)
    return Desk(form, new_id(), sheet=_sheet(form), candidates=_candidates(form, "", about))


def _about_asked(request: VisitRequest, setting: Setting) -> Entry | None:
    if setting.rule.about is None or not request.GET.get("about"):
        return None
    try:
        asked = uuid.UUID(request.GET["about"])
    except ValueError as error:
        raise Http404(_("There is no such entry, or it is not yours to see.")) from error
    return queries.newest_for(setting.access, asked)


def _likely_unit(code: str, about: Entry | None, setting: Setting) -> int | None:
    allowed = [unit.pk for unit in setting.units]
    asked = setting.access.tree.by_code.get(code)
    wanted = [
        asked.pk if asked else None,
        about.unit_id if about else None,
        *setting.access.home_unit_ids,
        allowed[0] if len(allowed) == 1 else None,
    ]
    return next((unit for unit in wanted if unit in allowed), None)


def _period_asked(request: VisitRequest, setting: Setting) -> str:
    """Return the period that the address names, if entries of the kind can count for one like it but its day's."""
    every = setting.rule.counts_for
    try:
        asked = Period.parse(request.GET.get("counts_for", ""))
    except BadPeriod:
        return ""
    day = typed_day(request) or setting.today
    return str(asked) if every is not None and asked.kind == PeriodKind(every) and day not in asked else ""


def _records_own_only(setting: Setting) -> bool:
    units = setting.access.unit_ids("record", kind=setting.name)
    return units is not None and not units


def _sent(request: VisitRequest, setting: Setting, entry: Entry | None = None) -> Desk:
    """Return the form as it was sent, its files stored."""
    form = EntryForm(setting, request.POST)
    files, problem = _files(request, setting)
    about = form["about"].value() if "about" in form.fields else None
    desk = Desk(
        form,
        _uuid(request.POST.get("id", "")) or new_id(),
        sheet=_sheet(form, marked=marked_in(request.POST), entry=entry),
        files=files,
        candidates=_candidates(form, request.POST.get("about_q", ""), _uuid(about)),
    )
    if problem:
        form.add_error("evidence", problem)
    return desk


def _files(request: VisitRequest, setting: Setting) -> tuple[Mapping[str, Attachment], str]:
    if setting.rule.evidence == "none":
        return {}, ""
    account_id = setting.access.account.pk
    try:
        return uploads.from_request(request, account_id=account_id), ""
    except UploadRefused as refused:
        return uploads.held(request.POST.getlist("kept"), account_id=account_id), str(refused)


def _uuid(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def _sheet(
    form: EntryForm, *, marked: Mapping[int, str] | None = None, entry: Entry | None = None
) -> Sheet | None:
    setting = form.setting
    if setting.rule.attendance is None:
        return None
    unit_id = form.typed_unit
    if unit_id is None:
        return Sheet((), setting.scheme.attendance)
    return sheet_for(
        setting.rule.attendance,
        states=setting.scheme.attendance,
        unit_id=unit_id,
        day=form.typed_day,
        tree=setting.access.tree,
        marked=marked,
        entry=entry,
    )


def _candidates(form: EntryForm, text: str, chosen: Entry | uuid.UUID | None) -> list[Entry]:
    setting = form.setting
    keep = chosen.fact if isinstance(chosen, Entry) else chosen
    return queries.open_facts(setting.access, setting.name, setting.rule, text=text, keep=keep)


def _submit(desk: Desk, request: VisitRequest, record: Callable[[Draft], Entry]) -> Entry | None:
    """Record what was sent; None when it was refused: then the form says where and why, all at once."""
    form = desk.form
    is_valid = form.is_valid()
    draft = desk.draft()
    if draft is None:
        return None
    try:
        _check_sheet(desk, request)
        if is_valid:
            return record(draft)
        _check_rest(draft, desk, request.visit)
    except DraftRefused as refused:
        form.refuse(refused, known_already=not is_valid)
    except ProbableDuplicate as found:
        desk.duplicates = found
    return None


def _check_sheet(desk: Desk, request: VisitRequest) -> None:
    if desk.sheet is None:
        return
    seated = {seat.person.pk for seat in desk.sheet.seats}
    strangers = set(marked_in(request.POST)) - seated
    if strangers:
        message = Message(NOT_DUE, day=desk.form.typed_day, n=len(strangers))
        raise DraftRefused({"participations": message})
    desk.sheet.require_whole()


def _check_rest(draft: Draft, desk: Desk, visit: Visit) -> None:
    """Hold the readable part of a refused form against its kind, so that all problems are told at once."""
    about = actions.about_of(draft)
    drafts.check(draft, scheme=desk.setting.scheme, today=visit.today, about=about)


def _post(draft: Draft, desk: Desk, request: VisitRequest) -> Entry:
    visit = request.visit
    with open_book(now=visit.now, actor=visit.signature) as book:
        if Entry.objects.filter(pk=desk.id).exists():
            messages.info(request, _("This form had been recorded already. Nothing was recorded twice."))
            return actions.post(draft, book=book, schemes=visit.schemes)
        ready = actions.checked(draft, book=book, schemes=visit.schemes)
        visit.access.require("record", unit_id=ready.unit_id, kind=ready.kind, person_id=ready.person_id)
        _check_duplicates(ready, desk, request)
        return actions.post(ready, book=book, schemes=visit.schemes)


def _check_duplicates(
    ready: Draft, desk: Desk, request: VisitRequest, *, but: uuid.UUID | None = None
) -> None:
    found = queries.duplicates_of(ready, desk.setting.rule, request.visit.access, but=but)
    if found and request.POST.get("confirm") != (duplicate := ProbableDuplicate(found)).seal:
        raise duplicate


def _recorded(request: VisitRequest, entry: Entry, setting: Setting) -> HttpResponse:
    said = _("Recorded: {title}").format(title=entry)
    if request.htmx and "quick" in request.POST:
        return _show_new(request, _fresh(request, setting), just_recorded=entry)
    messages.success(request, said)
    if "again" in request.POST:
        kept = {"unit": entry.unit.code, "on": entry.occurred_on.isoformat()}
        return redirect(f"{reverse('ledger:new', args=[entry.kind])}?{urlencode(kept)}")
    return redirect("ledger:entry", entry.pk)


def _show_new(request: VisitRequest, desk: Desk, *, just_recorded: Entry | None = None) -> HttpResponse:
    is_quick = bool(request.htmx) and "quick" in (request.POST or request.GET)
    template = "ledger/quick_form.html" if is_quick else "ledger/new.html"
    context = {**_shown(desk), "is_quick": is_quick, "just_recorded": just_recorded}
    return render(request, template, context)


def _shown(desk: Desk) -> dict[str, Any]:
    setting = desk.setting
    return {
        "desk": desk,
        "form": desk.form,
        "kind": setting.name,
        "rule": setting.rule,
        "sheet": desk.sheet,
        "files": [(token, file, wording.size(file.stored.size)) for token, file in desk.files.items()],
        "about_kinds": setting.rule.about.kinds if setting.rule.about else (),
        "account_id": setting.access.account.pk,
    }


# Correct


def correct(request: VisitRequest, id: uuid.UUID) -> HttpResponse:  # noqa: A002 - the column's name
    """Record a newer version of a fact."""
    visit = request.visit
    entry = correctable(visit.access, id)
    if entry is None:
        messages.warning(request, _("This entry was withdrawn; what is withdrawn is not corrected."))
        return redirect("ledger:entry", id)
    setting = setting_for(visit, entry.kind, typed_day(request) or entry.occurred_on, entry)
    if request.method != "POST":
        return _show_correct(request, _prefilled(setting, entry), entry)
    desk = _sent(request, setting, entry)
    if "look" in request.POST:
        desk.form.keep()
        return _show_correct(request, desk, entry)
    base = _base(request, entry, visit.access)
    try:
        recorded = _submit(desk, request, lambda draft: _correct(draft, base, desk, request))
    except AlreadyChanged:
        return _show_changed(request, desk, base)
    if recorded is None:
        return _show_correct(request, desk, base)
    messages.success(request, _("Corrected: {title}").format(title=recorded))
    return redirect("ledger:entry", recorded.pk)


def correctable(access: Access, id_: uuid.UUID) -> Entry | None:
    """Return the newest version if it may be corrected; None when the fact is withdrawn. Raises PermissionDenied."""
    entry = queries.newest_for(access, id_)
    if not queries.may(access, "correct", entry):
        raise PermissionDenied(_("Your roles do not let you correct this entry."))
    return None if entry.voids else entry


def _prefilled(setting: Setting, entry: Entry) -> Desk:
    form = EntryForm(setting, initial=initial_of(entry, setting.rule))
    held = actions.draft_of(entry).evidence
    return Desk(
        form,
        new_id(),
        sheet=_sheet(form, entry=entry),
        files=uploads.tokens_for(held, account_id=setting.access.account.pk),
        candidates=_candidates(form, "", entry.about_id),
    )


def _base(request: VisitRequest, newest: Entry, access: Access) -> Entry:
    """Return the version that the form was filled from."""
    asked = _uuid(request.POST.get("version", ""))
    if asked is None or asked == newest.pk:
        return newest
    base = queries.entry_for(access, asked)
    return base if base.fact == newest.fact else newest


def _correct(draft: Draft, base: Entry, desk: Desk, request: VisitRequest) -> Entry:
    visit = request.visit
    draft = replace(draft, id=None, source=base.source)
    with open_book(now=visit.now, actor=visit.signature) as book:
        ready = actions.checked(draft, book=book, schemes=visit.schemes, corrects=base)
        visit.access.require("correct", unit_id=ready.unit_id, kind=ready.kind, person_id=ready.person_id)
        before = actions.draft_of(base)
        if ready == before:
            raise DraftRefused({"": NOTHING_CHANGED})
        if _key(ready, desk.setting.rule) != _key(before, desk.setting.rule):
            _check_duplicates(ready, desk, request, but=base.fact)
        reason = desk.form.cleaned_data["reason"]
        return actions.correct(base, ready, reason=reason, book=book, schemes=visit.schemes)


def _key(draft: Draft, rule: Kind) -> tuple[object, ...]:
    return tuple(queries.compared(draft, name) for name in rule.duplicate)


def _show_correct(request: VisitRequest, desk: Desk, entry: Entry) -> HttpResponse:
    return render(request, "ledger/correct.html", {**_shown(desk), "entry": entry})


def _show_changed(request: VisitRequest, desk: Desk, base: Entry) -> HttpResponse:
    """Show what somebody else changed meanwhile, and keep what was typed for another decision."""
    visit = request.visit
    newest = queries.newest_for(visit.access, base.pk)
    if newest.voids:
        messages.warning(
            request, _("Meanwhile the entry was withdrawn: {reason}").format(reason=newest.reason)
        )
        return redirect("ledger:entry", newest.pk)
    names = wording.names_for([base, newest], desk.setting.rule, visit.access.tree)
    said = [versions.parts(each, schemes=visit.schemes, names=names) for each in (base, newest)]
    desk.newer = [*versions.changes(said[0], said[1]), *versions.file_changes(base, newest)]
    return _show_correct(request, desk, newest)


@require_POST
def withdraw(request: VisitRequest, id: uuid.UUID) -> HttpResponseRedirect:  # noqa: A002 - the column's name
    """Record that a fact does not hold."""
    visit = request.visit
    entry = correctable(visit.access, id)
    if entry is None:
        messages.info(request, _("It was withdrawn already."))
        return redirect("ledger:entry", id)
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            actions.withdraw(entry, reason=request.POST.get("reason", ""), book=book)
    except DraftRefused as refused:
        for problem in refused.problems.values():
            messages.error(request, wording.told(problem))
    except AlreadyChanged:
        messages.error(request, _("Somebody changed it at the same moment. Look at it again."))
    else:
        messages.success(
            request, _("Withdrawn: {title}. It counts no more and can still be seen.").format(title=entry)
        )
    return redirect("ledger:entry", entry.fact)


# Parts of forms that change alone


@require_safe
def quick(request: VisitRequest) -> HttpResponse:
    """Offer the commonest kinds, those first that the visitor used last."""
    visit = request.visit
    visit.access.require("record")
    recordable = queries.kinds_for(visit.access, "record", visit.schemes, visit.today)
    lately = queries.used_lately(visit.access)
    kinds = [(name, kind) for name, kind in recordable.items() if kind.quick]
    kinds.sort(key=lambda each: lately.index(each[0]) if each[0] in lately else len(lately))
    context = {"kinds": kinds, "more": len(recordable) > len(kinds)}
    return render(request, "ledger/quick.html" if request.htmx else "ledger/quick_page.html", context)


@require_safe
def people(request: VisitRequest) -> HttpResponse:
    """Suggest people for what is being typed."""
    request.visit.access.require("record")
    text = request.GET.get(request.GET.get("field", "q"), "")
    return render(request, "ledger/people_options.html", {"people": queries.people_matching(text)})


@require_safe
def about(request: VisitRequest, kind: str) -> HttpResponse:
    """Find what an entry may be about, for the picker."""
    visit = request.visit
    setting = setting_for(visit, kind, visit.today)
    form = EntryForm(setting, initial={"about": _uuid(request.GET.get("about", ""))})
    chosen = _uuid(request.GET.get("about", ""))
    context = {
        "form": form,
        "desk": Desk(form, new_id(), candidates=_candidates(form, request.GET.get("about_q", ""), chosen)),
    }
    return render(request, "ledger/about_options.html", context)


def empty_form(setting: Setting, data: QueryDict) -> EntryForm:
    """Return a form that only says which unit and day were typed."""
    form = EntryForm(setting, data)
    form.keep()
    return form
