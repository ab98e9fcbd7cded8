"""Reading what may be released, what waits to be, and what was."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from taizhang.core.scheme.desk import Channel
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Kind, Permission
from taizhang.desk import access as rights
from taizhang.desk.access import Visitor, visible
from taizhang.desk.models import Act, Hand, Manuscript, Release, Round, Version, Withdrawal
from taizhang.desk.queries import Way
from taizhang.ledger import queries as ledger
from taizhang.ledger import wording
from taizhang.ledger.models import Entry
from taizhang.org.access import Access
from taizhang.org.models import Account
from taizhang.publication import published
from taizhang.publication.models import Schedule, Whereabouts


def seen(visitor: Visitor) -> QuerySet[Manuscript]:
    """Return the manuscripts that the visitor may see."""
    return Manuscript.objects.filter(pk__in=Manuscript.objects.filter(visible(visitor)).values("pk"))


def passed(visitor: Visitor) -> QuerySet[Manuscript]:
    """Return what passed its last station and is neither released nor withdrawn, the longest waiting first."""
    newest = Act.objects.filter(manuscript=OuterRef("pk")).order_by("-number")
    version = Version.objects.filter(manuscript=OuterRef("pk")).order_by("-number")
    done = Q(Exists(Release.objects.filter(round=OuterRef("round_pk")))) | Q(
        Exists(Withdrawal.objects.filter(round=OuterRef("round_pk")))
    )
    return (
        seen(visitor)
        .annotate(
            last_what=Subquery(newest.values("what")[:1]),
            last_order=Subquery(newest.values("station__order")[:1]),
            last_at=Subquery(newest.values("at")[:1]),
            round_pk=Subquery(newest.values("round")[:1]),
            length=Subquery(newest.values("round__length")[:1]),
            purpose=Subquery(newest.values("round__purpose")[:1]),
            title=Subquery(version.values("title")[:1]),
        )
        .filter(last_what=Act.What.APPROVE, last_order=F("length"))
        .exclude(done)
        .select_related("unit")
        .order_by("last_at")
    )


def purpose_of(value: str) -> str:
    """Return what a round is for, in words."""
    return str(Round(purpose=value).get_purpose_display())


def schedules(visitor: Visitor) -> QuerySet[Schedule]:
    """Return the schedules of manuscripts that the visitor may see."""
    return Schedule.objects.filter(manuscript__in=seen(visitor)).select_related(
        "manuscript__unit", "version", "account"
    )


def schedule(visitor: Visitor, id_: uuid.UUID) -> Schedule:
    """Return a schedule of a manuscript that the visitor may see. Raises Http404."""
    found = schedules(visitor).filter(pk=id_).first()
    if found is None:
        raise Http404
    return found


def refused(visitor: Visitor) -> QuerySet[Schedule]:
    """Return what was to be released and was not, and has not been scheduled or released since."""
    return _unsettled(schedules(visitor))


def refused_of(account: Account) -> QuerySet[Schedule]:
    """Return, of those, what somebody scheduled or wrote: they are told on their first page."""
    mine = Hand.objects.filter(manuscript=OuterRef("manuscript"), person=account.person_id)
    rows = Schedule.objects.select_related("manuscript", "version")
    return _unsettled(rows.filter(Q(account=account) | Q(Exists(mine))))


def _unsettled(rows: QuerySet[Schedule]) -> QuerySet[Schedule]:
    later = Schedule.objects.filter(
        manuscript=OuterRef("manuscript"), channel=OuterRef("channel"), at__gt=OuterRef("settled_at")
    )
    released = Release.objects.filter(
        manuscript=OuterRef("manuscript"), channel=OuterRef("channel"), at__gt=OuterRef("settled_at")
    )
    return rows.filter(~Exists(later), ~Exists(released), state=Schedule.State.REFUSED).order_by(
        "-settled_at"
    )


def releases(visitor: Visitor) -> QuerySet[Release]:
    """Return the releases of manuscripts that the visitor may see, the newest first."""
    return (
        Release.objects.filter(manuscript__in=seen(visitor))
        .select_related("manuscript__unit", "version", "round", "withdrawal", "replaced_by")
        .order_by("-at", "-pk")
    )


def release(visitor: Visitor, id_: uuid.UUID) -> Release:
    """Return a release of a manuscript that the visitor may see. Raises Http404."""
    found = releases(visitor).filter(pk=id_).first()
    if found is None:
        raise Http404
    return found


# One manuscript


def manuscript(visitor: Visitor, id_: uuid.UUID) -> Manuscript:
    """Return a submitted manuscript that the visitor may see, as ``access.manuscript`` would, in one query for most.

    Whoever reads, writes or releases for its unit sees it; where else they could sit need not be asked then.
    """
    found = (
        Manuscript.objects.select_related("unit", "draft", "creator", "place__round")
        .filter(pk=id_, rounds__isnull=False)
        .first()
    )
    if found is not None and any(_covers(visitor.access, right, found.unit_id) for right in RIGHTS):
        return found
    return rights.manuscript(visitor, id_)


RIGHTS: tuple[Permission, ...] = ("release", "read", "write")


def _covers(access: Access, right: Permission, unit_id: int) -> bool:
    units = access.unit_ids(right)
    return units is None or unit_id in units


@dataclass(frozen=True)
class Shown:
    """A release as its row shows it."""

    release: Release
    channel: Channel | None
    address: str
    state: str  # "public", "replaced", "withdrawn"

    @property
    def is_package(self) -> bool:
        return self.channel is not None and self.channel.how == "package"

    @property
    def is_on_site(self) -> bool:
        return self.channel is not None and self.channel.how == "site"

    @property
    def can_be_located(self) -> bool:
        """Tell whether its address is somewhere else's to say, and not said yet."""
        return not self.address and not self.is_on_site and self.state == "public"


def shown(way: Way, channels: Mapping[str, Channel]) -> list[Shown]:
    """Return the releases of a manuscript, the newest first, each with where it can be read. One query at most."""
    unsaid = [one.pk for one in way.releases if not one.address]
    rows = (
        Whereabouts.objects.filter(release__in=unsaid).order_by("pk")
        if unsaid
        else Whereabouts.objects.none()
    )
    told = dict(rows.values_list("release_id", "address"))
    gone = {one.release_id for one in way.withdrawals}
    replaced = {one.replaces_id for one in way.releases}
    return [
        Shown(
            one,
            channels.get(one.channel),
            told.get(one.pk) or one.address,
            "withdrawn" if one.pk in gone else "replaced" if one.pk in replaced else "public",
        )
        for one in reversed(way.releases)
    ]


def open_channels(way: Way) -> list[str]:
    """Return the channels that the newest version is for and is not released on yet."""
    if way.version is None:
        return []
    done = {one.channel for one in way.releases if one.version_id == way.version.pk}
    return [channel for channel in way.version.text.channels if channel not in done]


def standing_channels(way: Way) -> list[str]:
    """Return the channels on which the text is public now."""
    gone = {one.release_id for one in way.withdrawals} | {one.replaces_id for one in way.releases}
    return [one.channel for one in way.releases if one.pk not in gone]


# Adoption


@dataclass(frozen=True)
class Adoptions:
    """The entry that a text was counted as, what others made of it, and what can be recorded about it."""

    entry: Entry
    rows: Sequence[tuple[Entry, str, str]]
    kinds: Sequence[tuple[str, Kind]]


def adoptions(way: Way, *, access: Access, schemes: History) -> Adoptions | None:
    """Return what outside media made of a text; None where it was not counted, or may not be read. A few queries."""
    counted = {one.entry_id for one in way.releases if one.entry_id is not None}
    if not counted:
        return None
    facts = Entry.objects.filter(pk__in=counted).values("fact")
    rows = list(
        Entry.objects.filter(Q(fact__in=facts) | Q(about__in=facts), superseded_at__isnull=True, voids=False)
        .select_related("unit", "person")
        .order_by("occurred_on", "pk")
    )
    entry = next(
        (row for row in rows if row.kind in _kinds_posted(way, schemes) and row.about_id is None), None
    )
    if entry is None or not ledger.may(access, "read", entry):
        return None
    followers = [row for row in rows if row.about_id == entry.fact and ledger.may(access, "read", row)]
    return Adoptions(
        entry,
        [_row(each, access, schemes) for each in followers],
        [
            (name, kind)
            for name, kind in ledger.kinds_for(access, "record", schemes, access.day).items()
            if kind.about is not None and entry.kind in kind.about.kinds
        ],
    )


def _kinds_posted(way: Way, schemes: History) -> set[str]:
    """Return the kinds that releases of this type of text were ever counted as."""
    types = [desk.types.get(way.manuscript.type) for desk in published.desks(schemes)]
    return {type_.posts.kind for type_ in types if type_ is not None and type_.posts is not None}


def _row(entry: Entry, access: Access, schemes: History) -> tuple[Entry, str, str]:
    """Return an adoption with the name of its kind and the values of its fields in words."""
    rule = schemes.kinds_ever(entry.kind)
    if rule is None:
        return entry, entry.kind, ""
    names = wording.Names(access.tree)
    said = [
        wording.field_value(entry.values[name], field, names)
        for name, field in rule.fields.items()
        if name in entry.values and field.type not in ("person", "long_text")
    ]
    return entry, wording.said(rule.name), " · ".join(said)


def text_of(release_: Release) -> published.Text:
    """Return the text of a release, held against what was approved. Raises Http404 where it was altered."""
    found = published.authentic([release_])
    if not found:
        raise Http404
    return found[0]
