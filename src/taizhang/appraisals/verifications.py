"""Verifying entries one by one: what waits, who may look at it, what is decided. Asked for by ``verification`` of an
appraisal; what it does to sheets is in ``verifying``."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from taizhang.appraisals import queries
from taizhang.appraisals.feeding import Window, end_of
from taizhang.appraisals.models import Verification
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.scheme.appraisal import Appraisal
from taizhang.core.scheme.schema import Scheme
from taizhang.journal.actions import Book
from taizhang.ledger.conditions import seen_at
from taizhang.ledger.models import Entry
from taizhang.ledger.queries import visible
from taizhang.org.access import Access, Grant
from taizhang.org.models import Account

STATES = ("waiting", "refused", "accepted")


class Refused(Exception):  # noqa: N818
    """What was asked does not fit; the text says why and what to do, in the user's language."""


# Who may


def roles_in(access: Access, appraisal: Appraisal) -> list[Grant]:
    """Return the roles in which the visitor verifies entries for an appraisal."""
    rule = appraisal.verification
    return [grant for grant in access.grants if rule and grant.id in rule.by and not grant.own_only]


def may_look(access: Access, appraisal: Appraisal) -> bool:
    """Tell whether the visitor may see what waits to be verified: who verifies, and who sees sheets of others."""
    return bool(roles_in(access, appraisal)) or queries.may_see_some(access)


def role_for(access: Access, appraisal: Appraisal, entry: Entry) -> str:
    """Return the role in which the visitor may verify an entry; empty where there is none."""
    for grant in roles_in(access, appraisal):
        if grant.unit_ids is None or entry.unit_id in grant.unit_ids:
            return grant.id
    return ""


def require_any(access: Access, appraisal: Appraisal) -> None:
    """Raise PermissionDenied for somebody who verifies nothing of an appraisal."""
    if not roles_in(access, appraisal):
        raise PermissionDenied(_("Your roles do not allow this."))


# What waits


def rows_of(window: Window, kinds: Iterable[str]) -> "QuerySet[Any]":
    """Return the entries of these kinds that a period posts as they stand now, each with the decision that holds.

    Those of the period that arrived by its closing day, and late ones. ``arrived`` is when the fact was recorded;
    ``accepted`` (None: nobody decided), ``decided_at``, ``decided_by`` and ``why`` are of the decision.
    """
    first = Entry.objects.filter(pk=OuterRef("fact")).values("recorded_at")
    arrived = Case(When(supersedes=None, then=F("recorded_at")), default=Subquery(first))
    period = window.period
    own = Q(counts_for__range=(period.start, period.end), arrived__lte=end_of(window.closed))
    late = Q(
        counts_for__lt=period.start,
        recorded_at__gt=end_of(window.closed_before),
        arrived__gt=end_of(window.closed_before),
        arrived__lte=end_of(window.closed),
    )
    rows = Entry.objects.filter(seen_at(None), kind__in=sorted(kinds)).annotate(arrived=arrived)
    return _with_decision(rows.filter(own | late))


def _with_decision(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    held = FilteredRelation("verifications", condition=Q(verifications__superseded_at=None))
    told: QuerySet[Any] = rows.alias(held=held).annotate(
        accepted=F("held__accepted"),
        decided_at=F("held__at"),
        decided_by=F("held__by"),
        why=F("held__reason"),
    )
    return told


def in_state(rows: "QuerySet[Any]", state: str) -> "QuerySet[Any]":
    """Narrow rows to those that wait, were accepted or were refused."""
    if state == "waiting":
        return rows.filter(held__pk=None)
    return rows.filter(held__accepted=state == "accepted")


def waiting_in(compiled: Compiled, window: Window, access: Access | None = None) -> "QuerySet[Any]":
    """Return the rows of a period that nobody has accepted: those that count for nothing, as it stands now."""
    rule = compiled.appraisal.verification
    rows = rows_of(window, rule.kinds if rule else ())
    seen = rows.filter(visible(access)) if access else rows
    waiting: QuerySet[Any] = seen.exclude(held__accepted=True)
    return waiting


def in_order(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Put rows in the order of the organisation, the oldest first in each unit."""
    return rows.select_related("unit", "person").order_by("unit__order", "unit__code", "occurred_on", "pk")


# What is known of rows


@dataclass(frozen=True)
class Row:
    """An entry to be verified: the item it is about, whose it is, and why the visitor may not decide, if so."""

    entry: Any
    item: Entry | None
    people: tuple[str, ...]
    links: tuple[str, ...] = ()
    role: str = ""
    not_by_you: str = ""

    @property
    def may_decide(self) -> bool:
        return bool(self.role) and not self.not_by_you


@dataclass
class Rows:
    """Some entries with all that is needed to show them and to decide about them. Two queries, one more for co-authors."""

    entries: Sequence[Any]
    scheme: Scheme
    appraisal: Appraisal
    access: Access
    _items: dict[uuid.UUID, Entry] = field(init=False)
    _recorded: frozenset[uuid.UUID] = field(init=False)
    _names: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        about = {entry.about_id for entry in self.entries if entry.about_id}
        found = Entry.objects.filter(seen_at(None), fact__in=about).select_related("person") if about else ()
        self._items = {item.fact: item for item in found}
        mine = Entry.objects.filter(
            fact__in=[entry.fact for entry in self.entries], recorded_by=self.access.account.signature
        )
        self._recorded = (
            frozenset(mine.order_by().values_list("fact", flat=True)) if self.entries else frozenset()
        )
        known = [each.person for each in (*self.entries, *self._items.values()) if each.person_id]
        self._names = {person.pk: person.name for person in known}
        others = {key for entry in self.entries for key in self._authors(entry)} - self._names.keys()
        self._names |= queries.names_of(others) if others else {}

    def __iter__(self) -> Iterator[Row]:
        for entry in self.entries:
            yield self.row(entry)

    def row(self, entry: Entry) -> Row:
        authors = self._authors(entry)
        return Row(
            entry=entry,
            item=self._items.get(entry.about_id) if entry.about_id else None,
            people=tuple(self._names[key] for key in authors if key in self._names),
            links=tuple(self._links(entry)),
            role=role_for(self.access, self.appraisal, entry),
            not_by_you=self._why_not(entry, authors),
        )

    def _links(self, entry: Entry) -> Iterator[str]:
        """Yield the pages that an entry and what it is about say they were published on."""
        for each in (entry, self._items.get(entry.about_id) if entry.about_id else None):
            kind = self.scheme.kinds.get(each.kind) if each else None
            for name, declared in kind.fields.items() if kind else ():
                if declared.type == "link" and each is not None and each.values.get(name):
                    yield str(each.values[name])

    def _authors(self, entry: Entry) -> list[int]:
        """Return everybody whose work an entry is: named by it or by what it is about, as authors or at all."""
        fields = self.appraisal.shares.fields if self.appraisal.shares else ("person",)
        found = []
        for each in (entry, self._items.get(entry.about_id) if entry.about_id else None):
            if each is not None:
                declared = self.scheme.kinds[each.kind].fields if each.kind in self.scheme.kinds else {}
                named = [name for name in fields if name in declared and declared[name].type == "person"]
                found += [each.person_id, *(each.values.get(name) for name in named)]
        return list(dict.fromkeys(key for key in found if isinstance(key, int)))

    def _why_not(self, entry: Entry, authors: Sequence[int]) -> str:
        person = self.access.person
        if entry.fact in self._recorded or entry.recorded_by == self.access.account.signature:
            return _("You recorded this entry. Somebody else must verify it.")
        if person is None:
            return _("Your account is nobody's, and a verification is somebody's.")
        if person.pk in authors:
            return _("You are an author of this entry. Somebody else must verify it.")
        return ""


# Deciding


def decide(row: Row, *, accepted: bool, reason: str, account: Account, book: Book) -> Verification:
    """Accept an entry, or refuse it with a reason. Raises Refused.

    For who recorded it or is an author, without a role for its unit, for a version that holds no more, and where it was
    decided so already. To decide otherwise than before needs a reason too.
    """
    if row.not_by_you:
        raise Refused(row.not_by_you)
    if not row.role or account.person is None:
        raise Refused(_("Your roles do not verify entries of this unit."))
    entry, written = row.entry, reason.strip()
    if not Entry.objects.filter(pk=entry.pk, superseded_at=None, voids=False).exists():
        raise Refused(holds_no_more())
    before = Verification.objects.filter(entry=entry, superseded_at=None).first()
    _need_reason(before, accepted=accepted, written=written)
    if before is not None and not _close(before, book):
        raise Refused(_("Somebody else decided at the same moment. Look again."))
    decided = Verification(
        entry=entry, accepted=accepted, reason=written, role=row.role, person=account.person, supersedes=before,
        at=book.at, by=book.actor,
    )  # fmt: skip
    decided.save(force_insert=True)
    book.sign("appraisals.verify", decided, accepted=accepted)
    return decided


def holds_no_more() -> str:
    """Return what is said of a version that was put right or withdrawn while somebody looked at it."""
    return _("The entry was put right or withdrawn meanwhile. Look at the version that holds now.")


def _need_reason(before: Verification | None, *, accepted: bool, written: str) -> None:
    if before is not None and before.accepted == accepted:
        raise Refused(_("It is accepted already.") if accepted else _("It is refused already."))
    if not written and not accepted:
        raise Refused(_("Say why it is refused; the one who recorded it reads it."))
    if not written and before is not None:
        raise Refused(_("Say why it is accepted after all; it was refused before."))


def _close(before: Verification, book: Book) -> bool:
    rows = Verification.objects.filter(pk=before.pk, superseded_at=None)
    return rows.update(superseded_at=book.at) == 1


# One's own


def own(
    account: Account, scheme: Scheme, *, since: dt.date, facts: Iterable[str], limit: int = 50
) -> dict[str, Any]:
    """Return by fact the entries of ``facts``, and what does not count of what somebody wrote or recorded since a day.

    What does not count waits to be verified, or was refused: those with ``accepted`` that is not true. One query.
    """
    wanted = [uuid.UUID(fact) for fact in facts if len(fact) == 32]  # noqa: PLR2004 - hexadecimal digits
    condition = Q(fact__in=wanted)
    if kinds := kinds_in(scheme):
        mine = Q(recorded_by=account.signature)
        if account.person is not None:
            items = Entry.objects.filter(seen_at(None), person=account.person).order_by()
            mine |= Q(person=account.person) | Q(person=None, about__in=items.values("fact"))
        waits = Q(held__accepted=None) | Q(held__accepted=False)
        condition |= mine & waits & Q(kind__in=sorted(kinds), counts_for__gte=since)
    rows = _with_decision(Entry.objects.filter(seen_at(None))).filter(condition)
    found = rows.select_related("unit", "person", "about").order_by("-occurred_on", "-pk")
    return {entry.fact.hex: entry for entry in found[: limit + len(wanted)]}


def kinds_in(scheme: Scheme) -> frozenset[str]:
    """Return the kinds of entries that some appraisal of a scheme has verified."""
    asked = (appraisal.verification for appraisal in scheme.appraisals.values())
    return frozenset(kind for each in asked if each for kind in each.kinds)
