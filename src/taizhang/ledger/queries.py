"""What a visit may see of the ledger, and the reads behind its pages. Objects come only through what is here."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    prefetch_related_objects,
)
from django.http import Http404
from django.utils.translation import gettext as _

from taizhang.core.indicators.plan import Base, Condition, Counting, Grain, Query
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import CountsAs, Kind, Permission
from taizhang.core.values import Period, PeriodKind
from taizhang.journal.models import Line
from taizhang.ledger import cells
from taizhang.ledger.conditions import matching, seen_at
from taizhang.ledger.drafts import Draft
from taizhang.ledger.models import Entry, Evidence, KeptCell, KeptSpan, Participation
from taizhang.org.access import Access, Grant
from taizhang.org.models import Person, Unit

NEWEST = 20_000  # how many entries a search over all kinds looks through
USED_LATELY = 200  # how many of a visitor's own entries tell what they use most

# Rights


def visible(access: Access, permission: Permission = "read") -> Q:
    """Return the condition that ``permission`` is held on an entry, by unit and kind or because the row is one's own."""
    found = Q(pk__in=())
    for grant in access.grants:
        if permission in grant.role.may:
            condition = _granted(grant, access)
            if condition == Q():
                return condition
            found |= condition
    return found


def _granted(grant: Grant, access: Access) -> Q:
    condition = Q()
    if grant.role.kinds is not None:
        condition &= Q(kind__in=grant.role.kinds)
    if grant.own_only:
        return condition & _own(access)
    return condition if grant.unit_ids is None else condition & Q(unit_id__in=grant.unit_ids)


def _own(access: Access) -> Q:
    """Own rows name this person, or were first recorded by this account, whoever corrected them since."""
    mine = Entry.objects.filter(recorded_by=access.account.signature, supersedes__isnull=True).order_by()
    own = Q(fact__in=mine.values("pk"))
    return own | Q(person_id=access.account.person_id) if access.account.person_id else own


def is_own(access: Access, entry: Entry) -> bool:
    """Tell whether the entry is the visitor's own row: about this person, or first recorded by this account."""
    if entry.person_id is not None and entry.person_id == access.account.person_id:
        return True
    return Entry.objects.filter(pk=entry.fact, recorded_by=access.account.signature).exists()


def may(access: Access, permission: Permission, entry: Entry) -> bool:
    """Tell whether ``permission`` is held on this entry. The same as ``visible``, for one row in hand."""
    for grant in access.grants:
        if permission not in grant.role.may or (
            grant.role.kinds is not None and entry.kind not in grant.role.kinds
        ):
            continue
        if grant.own_only:
            if is_own(access, entry):
                return True
        elif grant.unit_ids is None or entry.unit_id in grant.unit_ids:
            return True
    return False


def kinds_for(access: Access, permission: Permission, schemes: History, day: dt.date) -> dict[str, Kind]:
    """Return the kinds of the scheme in force on which ``permission`` is held somewhere."""
    return {
        name: kind
        for name, kind in schemes.kinds_on(day).items()
        if access.may(permission, kind=name)
        and (permission != "record" or units_for(access, name, kind, day))
    }


def kind_or_404(access: Access, name: str, schemes: History) -> Kind:
    """Return the newest declaration of a kind that the visitor may read or record. Raises Http404."""
    kind = schemes.kinds_ever(name)
    if kind is None or not (access.may("read", kind=name) or access.may("record", kind=name)):
        raise Http404(_("There is no such kind of entry, or it is not yours to see."))
    return kind


def units_for(access: Access, name: str, kind: Kind, day: dt.date) -> list[Unit]:
    """Return the units, in tree order, on which the visitor may record entries of the kind on ``day``."""
    return [
        unit
        for unit in access.tree.on(day)
        if (kind.unit_kinds is None or unit.kind in kind.unit_kinds)
        and access.may("record", unit_id=unit.pk, kind=name)
    ]


# One entry


def entry_for(access: Access, id: uuid.UUID) -> Entry:  # noqa: A002 - the column's name
    """Return one version of a fact. Raises Http404 if it is not there or not to be seen."""
    found = Entry.objects.filter(visible(access), pk=id).select_related("unit", "person", "about").first()
    if found is None:
        raise Http404(_("There is no such entry, or it is not yours to see."))
    return found


def newest_for(access: Access, id: uuid.UUID) -> Entry:  # noqa: A002 - the column's name
    """Return the newest version of the fact that ``id`` is one of, with its people and files.

    Raises Http404 as ``entry_for``.
    """
    entry = entry_for(access, id)
    if entry.superseded_at is not None:
        newest = Entry.objects.filter(fact=entry.fact, superseded_at__isnull=True)
        entry = entry_for(access, newest.values_list("pk", flat=True).get())
    prefetch_related_objects([entry], *_PARTS)
    return entry


_PARTS = (Prefetch("participations", Participation.objects.select_related("person")), "evidence")


def versions_for(access: Access, id: uuid.UUID) -> list[Entry]:  # noqa: A002 - the column's name
    """Return the versions of the fact that ``id`` is one of, as far as they may be seen, oldest first.

    People and files are read with them. Raises Http404 as ``entry_for``.
    """
    fact = Entry.objects.filter(pk=id).values("fact")
    versions = (
        Entry.objects.filter(visible(access), fact__in=fact)
        .select_related("unit", "person", "about")
        .prefetch_related(*_PARTS)
        .order_by("recorded_at", F("superseded_at").asc(nulls_last=True))
    )
    found = list(versions)
    if all(version.pk != id for version in found):
        raise Http404(_("There is no such entry, or it is not yours to see."))
    return found


def followers_for(access: Access, fact: uuid.UUID) -> list[Entry]:
    """Return the current entries about a fact that the visitor may see, oldest first."""
    return list(
        Entry.objects.filter(visible(access), seen_at(None), about_id=fact)
        .select_related("unit", "person")
        .order_by("occurred_on", "pk")
    )


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """Return the journal's lines about these versions, in order."""
    ids = [str(entry.pk) for entry in entries]
    return list(Line.objects.filter(object_type=Entry._meta.label_lower, object_id__in=ids).order_by("seq"))


def evidence_for(access: Access, pk: int) -> Evidence:
    """Return a file of evidence of an entry that the visitor may see. Raises Http404."""
    entries = Entry.objects.filter(visible(access)).values("pk")
    evidence = Evidence.objects.filter(pk=pk, entry__in=entries).first()
    if evidence is None:
        raise Http404(_("There is no such file, or it is not yours to see."))
    return evidence


# For forms


def duplicates_of(draft: Draft, kind: Kind, access: Access, *, but: uuid.UUID | None = None) -> list[Entry]:
    """Return the current entries that have what the kind calls a duplicate in common with the draft, newest first."""
    if not kind.duplicate:
        return []
    same = Q()
    for name in kind.duplicate:
        value = compared(draft, name)
        if value is None or value == "":
            return []
        same &= _has(name, value, kind)
    rows = Entry.objects.filter(visible(access), seen_at(None), same, kind=draft.kind)
    if but is not None:
        rows = rows.exclude(fact=but)
    return list(rows.select_related("unit", "person").order_by("-recorded_at")[:5])


def _has(name: str, value: Any, kind: Kind) -> Q:
    if name in _COLUMNS:
        return Q(**{_COLUMNS[name]: value})
    type_ = kind.fields[name].type
    values = value if type_ == "choices" else [Decimal(value) if type_ in ("integer", "number") else value]
    return matching(Condition(name, type_, (each,)) for each in values)


_COLUMNS = {
    "occurred_on": "occurred_on",
    "unit": "unit_id",
    "person": "person_id",
    "title": "title",
    "quantity": "quantity",
    "about": "about_id",
    "counts_for": "counts_for",
}


def compared(draft: Draft, name: str) -> Any:
    """Return the value by which a draft is held against others: a common part, or a field of the kind."""
    return getattr(draft, _COLUMNS[name]) if name in _COLUMNS else draft.values.get(name)


def people_called(text: str) -> list[Person]:
    """Return the people that ``text`` names: a staff number, a name, or a name with the number in brackets."""
    text = text.strip().replace("（", "(").replace("）", ")")
    if text.endswith(")") and "(" in text:
        text = text.rpartition("(")[2].removesuffix(")").strip()
    return list(Person.objects.filter(Q(code=text) | Q(name=text))[:10])


def people_matching(text: str, *, limit: int = 20) -> list[Person]:
    """Return people whose name or staff number has ``text`` in it, whole names and numbers first."""
    text = text.strip()
    if not text:
        return []
    exact = list(Person.objects.filter(Q(name=text) | Q(code=text))[:limit])
    more = Person.objects.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return (exact + list(more.exclude(pk__in=[p.pk for p in exact])[: limit - len(exact)]))[:limit]


def open_facts(
    access: Access,
    kind_name: str,
    kind: Kind,
    *,
    text: str = "",
    keep: uuid.UUID | None = None,
    limit: int = 20,
) -> list[Entry]:
    """Return the facts that an entry of the kind can be about, newest first; ``keep`` is always among them.

    Where only one such entry may be about a fact, those that have one are left out.
    """
    if kind.about is None:
        return []
    rows = Entry.objects.filter(visible(access), seen_at(None), kind__in=kind.about.kinds)
    if kind.about.once:
        rows = rows.filter(
            ~Exists(Entry.objects.filter(seen_at(None), kind=kind_name, about_id=OuterRef("fact")))
        )
    for word in text.split():
        rows = rows.filter(title__icontains=word)
    found = list(rows.select_related("unit", "person").order_by("-occurred_on", "-pk")[:limit])
    if keep is not None and all(entry.fact != keep for entry in found):
        found = [*_current(access, keep), *found]
    return found


def _current(access: Access, fact: uuid.UUID) -> QuerySet[Entry]:
    return Entry.objects.filter(visible(access), seen_at(None), fact=fact).select_related("unit", "person")


def used_lately(access: Access) -> list[str]:
    """Return the kinds that the visitor recorded lately, the latest first."""
    mine = Entry.objects.filter(recorded_by=access.account.signature).order_by("-recorded_at")
    return list(dict.fromkeys(mine.values_list("kind", flat=True)[:USED_LATELY]))


# For lists


@dataclass(frozen=True)
class KindCount:
    """How many entries of a kind count in a period, and when the newest of them was recorded."""

    count: int
    latest: dt.datetime | None


def counts_by_kind(access: Access, kinds: Sequence[str], period: Period) -> dict[str, KindCount]:
    """Return for each kind how many current entries the visitor may see in ``period`` (whole months)."""
    units = {name: access.unit_ids("read", kind=name) for name in kinds}
    whole = {name: unit_ids for name, unit_ids in units.items() if unit_ids is None or unit_ids}
    own = [name for name in kinds if name not in whole and access.own_rows("read", kind=name)]
    return _kept_counts(whole, access, period) | _own_counts(access, own, period)


def _kept_counts(
    kinds: Mapping[str, frozenset[int] | None], access: Access, period: Period
) -> dict[str, KindCount]:
    """Add up the kept months, in one statement for all kinds that are read on the same units."""
    queries = {name: _all_of(name, period) for name in kinds}
    bases = {cells.key_of(query.bases[0]): name for name, query in queries.items()}
    within = {"base__in": list(bases), "bucket__range": (period.start, period.end)}
    months = len(list(period.split(PeriodKind.MONTH)))
    if KeptSpan.objects.filter(**within).count() < months * len(bases):
        cells.read(list(queries.values()), tree=access.tree)
    found = {name: KindCount(0, None) for name in kinds}
    for unit_ids in set(kinds.values()):
        same = [base for base, name in bases.items() if kinds[name] == unit_ids]
        kept = KeptCell.objects.filter(span__base__in=same, span__bucket__range=within["bucket__range"])
        if unit_ids is not None:
            kept = kept.filter(unit_id__in=unit_ids)
        sums = kept.order_by().values_list("span__base").annotate(Sum("counted"), Max("latest"))
        found |= {bases[base]: KindCount(count, latest) for base, count, latest in sums}
    return found


def _all_of(kind: str, period: Period) -> Query:
    return Query(
        counting=Counting.ROWS,
        kind=kind,
        of="",
        of_type="",
        followers=(),
        grain=Grain.MONTH,
        by_unit=True,
        by_person=False,
        persons=frozenset(),
        first=period.start,
        last=period.end,
        bases=(Base(Counting.ROWS, kind),),
    )


def _own_counts(access: Access, kinds: Sequence[str], period: Period) -> dict[str, KindCount]:
    if not kinds:
        return {}
    rows = (
        Entry.objects.filter(
            _own(access), seen_at(None), kind__in=kinds, counts_for__range=(period.start, period.end)
        )
        .order_by()
        .values_list("kind")
        .annotate(Count("pk"), Max("recorded_at"))
    )
    return {kind: KindCount(count, latest) for kind, count, latest in rows}


def newest_matching(access: Access, text: str, *, limit: int = 30) -> list[Entry]:
    """Return entries of any kind with these words in the title, newest first, among the NEWEST recorded."""
    rows = Entry.objects.filter(visible(access), seen_at(None))
    for oldest in Entry.objects.order_by("-pk").values_list("pk", flat=True)[NEWEST : NEWEST + 1]:
        rows = rows.filter(pk__gt=oldest)  # ids are in the order of making
    for word in text.split():
        rows = rows.filter(title__icontains=word)
    return list(rows.select_related("unit", "person").order_by("-pk")[:limit])


def attendance_of(
    entries: Sequence[Entry], counts_as: Mapping[str, CountsAs]
) -> dict[uuid.UUID, dict[CountsAs, int]]:
    """Return for each entry how many people were present, excused and so on. One query."""
    found: dict[uuid.UUID, dict[CountsAs, int]] = {}
    rows = (
        Participation.objects.filter(entry__in=[entry.pk for entry in entries])
        .order_by()
        .values_list("entry_id", "state")
        .annotate(Count("pk"))
    )
    for entry_id, state, count in rows:
        tally = found.setdefault(entry_id, {})
        meaning = counts_as.get(state, "absent")
        tally[meaning] = tally.get(meaning, 0) + count
    return found


def files_of(entries: Sequence[Entry]) -> dict[uuid.UUID, int]:
    """Return how many files of evidence each entry has. One query."""
    rows = Evidence.objects.filter(entry__in=[entry.pk for entry in entries]).order_by()
    return dict(rows.values_list("entry_id").annotate(Count("pk")))
