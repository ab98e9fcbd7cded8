"""The only writer of entries: post, correct, withdraw. The caller opened the book and owns the transaction."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.history import History, NoSchemeInForce
from taizhang.core.scheme.schema import Kind, Scheme
from taizhang.journal import chain
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.ledger import cells
from taizhang.ledger.drafts import Attachment, Draft, DraftRefused, check
from taizhang.ledger.models import Entry, Evidence, Participation, new_id
from taizhang.ledger.store import Stored
from taizhang.org.models import Person, Unit

MAX_REASON = 500


class AlreadyChanged(Exception):  # noqa: N818
    """Somebody else corrected or withdrew the entry first; look at the newest version and decide again."""


def post(draft: Draft, *, book: Book, schemes: History) -> Entry:
    """Record a new fact. Raises DraftRefused. A draft whose id is recorded already returns that entry."""
    if draft.id is not None and (known := Entry.objects.filter(pk=draft.id).first()) is not None:
        if known.kind != draft.kind or known.recorded_by != book.actor:
            raise DraftRefused({"": Message(gettext_noop("This form was used already. Start a new one."))})
        return known
    ready = checked(draft, book=book, schemes=schemes)
    id_ = draft.id or new_id()
    return _write(ready, book=book, id=id_, fact=id_)


def correct(entry: Entry, draft: Draft, *, reason: str, book: Book, schemes: History) -> Entry:
    """Record a newer version of a fact; the old one stays and is closed. Raises DraftRefused, AlreadyChanged.

    The draft says everything, its evidence too: start from ``draft_of`` to keep what is not to change.
    """
    _need_reason(reason)
    if draft.kind != entry.kind:
        raise DraftRefused(
            {"": Message(gettext_noop("A correction stays in its kind: withdraw and record anew."))}
        )
    ready = checked(draft, book=book, schemes=schemes, corrects=entry)
    return _replace(entry, ready, reason=reason, book=book, voids=False)


def withdraw(entry: Entry, *, reason: str, book: Book) -> Entry:
    """Record that a fact does not hold; it counts no more and can still be seen. Raises as ``correct``."""
    _need_reason(reason)
    if any(follower.is_current for follower in followers_of(entry.fact)):
        raise DraftRefused(
            {"": Message(gettext_noop("Other entries are about this one. Withdraw those first."))}
        )
    last = replace(draft_of(entry), evidence=())  # the files stay with the version they came with
    return _replace(entry, last, reason=reason, book=book, voids=True)


def draft_of(entry: Entry) -> Draft:
    """Return the entry as the draft that would record it."""
    return Draft(
        kind=entry.kind,
        unit_id=entry.unit_id,
        occurred_on=entry.occurred_on,
        title=entry.title,
        person_id=entry.person_id,
        counts_for=entry.counts_for,
        quantity=entry.quantity,
        quantity_unit=entry.quantity_unit,
        approximate=entry.approximate,
        values=entry.values,
        about_id=entry.about_id,
        participations={p.person_id: p.state for p in entry.participations.all()},
        evidence=tuple(
            Attachment(Stored(file.sha256, file.size), file.name, file.content_type)
            for file in entry.evidence.all()
        ),
        source=entry.source,
    )


def followers_of(fact: uuid.UUID) -> list[Entry]:
    """Return the current entries that are about this fact."""
    return list(Entry.objects.filter(about_id=fact, superseded_at__isnull=True, voids=False))


def checked(draft: Draft, *, book: Book, schemes: History, corrects: Entry | None = None) -> Draft:
    """Return the draft as it would be recorded, every value in its one spelling. Raises DraftRefused."""
    scheme = rules_for(draft.occurred_on, schemes)
    about = about_of(draft)
    found = check(draft, scheme=scheme, today=day_of(book.at), about=about)
    kind = scheme.kinds[draft.kind]
    _check_unit(found, kind)
    _check_named(found, kind)
    if about is not None and found.about_id != about.fact:
        found = replace(found, about_id=about.fact)
    _check_following(found, kind, about, book, corrects)
    return found


def rules_for(day: dt.date, schemes: History) -> Scheme:
    """Return the scheme that an act of ``day`` is held against. Raises DraftRefused when there was none."""
    try:
        return schemes.in_force(day).scheme
    except NoSchemeInForce as error:
        raise DraftRefused({"occurred_on": error.message}) from error


def _check_unit(draft: Draft, kind: Kind) -> None:
    unit = Unit.objects.filter(pk=draft.unit_id).first()
    if unit is None:
        raise DraftRefused({"unit": NO_UNIT})
    if unit.since > draft.occurred_on or (unit.until is not None and unit.until < draft.occurred_on):
        raise DraftRefused(
            {
                "unit": Message(
                    gettext_noop("{unit} did not exist on {day}."), unit=unit.name, day=draft.occurred_on
                )
            }
        )
    if kind.unit_kinds is not None and unit.kind not in kind.unit_kinds:
        raise DraftRefused(
            {"unit": Message(gettext_noop("Entries of this kind are not kept by {unit}."), unit=unit.name)}
        )


def _check_named(draft: Draft, kind: Kind) -> None:
    """Refuse ids of people and units that are not there, wherever the draft names them."""
    problems: dict[str, Message] = {}
    people, units = _named(draft, kind, "person"), _named(draft, kind, "unit")
    if draft.person_id is not None:
        people["person"] = {draft.person_id}
    if draft.participations:
        people["participations"] = set(draft.participations)
    for model, named, message in ((Person, people, NOBODY), (Unit, units, NO_UNIT)):
        wanted = set().union(*named.values())
        there = set(model.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
        problems |= {place: message for place, ids in named.items() if ids - there}
    if problems:
        raise DraftRefused(problems)


def _named(draft: Draft, kind: Kind, type_: str) -> dict[str, set[int]]:
    fields = {name for name, rule in kind.fields.items() if rule.type == type_}
    return {name: {draft.values[name]} for name in fields & set(draft.values)}


NOBODY = Message(gettext_noop("There is no such person."))
NO_UNIT = Message(gettext_noop("There is no such unit."))


def about_of(draft: Draft) -> Entry | None:
    """Return the newest version of what the draft is about; None if it is not there or withdrawn."""
    if draft.about_id is None:
        return None
    named = Entry.objects.filter(pk=draft.about_id).values_list("fact", flat=True).first()
    if named is None:
        return None
    return Entry.objects.filter(fact=named, superseded_at__isnull=True, voids=False).first()


def _check_following(
    draft: Draft, kind: Kind, about: Entry | None, book: Book, corrects: Entry | None
) -> None:
    if kind.about is None or about is None:
        return
    if draft.occurred_on < about.occurred_on:
        raise DraftRefused(
            {
                "occurred_on": Message(
                    gettext_noop("This is before {day}, the day of the entry it is about."),
                    day=about.occurred_on,
                )
            }
        )
    others = [e for e in followers_of(about.fact) if e.kind == draft.kind]
    if kind.about.once and any(corrects is None or e.fact != corrects.fact for e in others):
        raise DraftRefused(
            {"about": Message(gettext_noop("There is such an entry about it already; only one is allowed."))}
        )
    same_person = draft.person_id is not None and draft.person_id == about.person_id
    if kind.about.by_another and (about.recorded_by == book.actor or same_person):
        raise DraftRefused(
            {"": Message(gettext_noop("Whoever recorded or owns the earlier entry may not record this one."))}
        )


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise DraftRefused({"reason": Message(gettext_noop("Say why; the reason stays with the record."))})
    if len(reason.strip()) > MAX_REASON:
        raise DraftRefused({"reason": Message(gettext_noop("At most {n} characters."), n=MAX_REASON)})


def _replace(entry: Entry, draft: Draft, *, reason: str, book: Book, voids: bool) -> Entry:
    if entry.superseded_at is not None or entry.voids:
        raise AlreadyChanged
    closed = Entry.objects.filter(pk=entry.pk, superseded_at__isnull=True).update(superseded_at=book.at)
    if closed != 1:
        raise AlreadyChanged
    cells.forget(entry, book=book)
    return _write(
        draft,
        book=book,
        id=new_id(),
        fact=entry.fact,
        supersedes=entry,
        reason=reason.strip(),
        voids=voids,
    )


def _write(
    draft: Draft,
    *,
    book: Book,
    id: uuid.UUID,  # noqa: A002 - the column's name
    fact: uuid.UUID,
    supersedes: Entry | None = None,
    **more: Any,
) -> Entry:
    entry = Entry(
        id=id,
        fact=fact,
        kind=draft.kind,
        unit_id=draft.unit_id,
        person_id=draft.person_id,
        title=draft.title,
        occurred_on=draft.occurred_on,
        counts_for=draft.counts_for or draft.occurred_on,
        quantity=draft.quantity,
        quantity_unit=draft.quantity_unit,
        approximate=draft.approximate,
        values=dict(draft.values),
        about_id=draft.about_id,
        source=dict(draft.source),
        supersedes=supersedes,
        recorded_at=book.at,
        recorded_by=book.actor,
        **more,
    )
    people = [Participation(entry=entry, person_id=p, state=s) for p, s in draft.participations.items()]
    files = [
        Evidence(
            entry=entry, sha256=a.stored.sha256, name=a.name, content_type=a.content_type, size=a.stored.size
        )
        for a in draft.evidence
    ]
    entry._prefetched_objects_cache = {"participations": people, "evidence": files}  # type: ignore[attr-defined]  # noqa: SLF001
    entry.digest = chain.digest(entry.payload())
    entry.save(force_insert=True)
    Participation.objects.bulk_create(people)
    Evidence.objects.bulk_create(files)
    entry._prefetched_objects_cache.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    cells.forget(entry, book=book)
    action = "ledger.withdraw" if entry.voids else "ledger.correct" if supersedes else "ledger.post"
    detail = {"reason": entry.reason} if entry.reason else {}
    book.add(action, entry._meta.label_lower, str(entry.pk), entry.digest, detail)
    return entry
