"""Who may see and do what at the desk. One function an object; actions ask them again inside their transaction.

There is no way round: a superuser has no right here that the account's person does not hold by a role.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from taizhang.core.desk.standing import Stage
from taizhang.core.scheme.schema import Permission
from taizhang.desk import queries, seating
from taizhang.desk.models import Act, Comment, DraftCopy, Hand, Manuscript, Release, Station
from taizhang.desk.queries import Way
from taizhang.org.access import Access
from taizhang.org.models import Person


@dataclass(frozen=True)
class Visitor:
    """Somebody at the desk on a day: what their roles allow, and where they could sit."""

    access: Access

    @property
    def person(self) -> Person | None:
        return self.access.person

    @property
    def person_id(self) -> int:
        return self.access.account.person_id or 0

    @property
    def day(self) -> dt.date:
        return self.access.day

    @cached_property
    def chairs(self) -> seating.Chairs | None:
        """Where the person could sit on that day. One query, when first asked for."""
        if self.person is None:
            return None
        return seating.Chairs(
            self.person,
            tuple(sorted(self.access.assignments, key=lambda one: one.pk)),
            seating.memberships_of(self.person, day=self.day),
        )

    def sitting(self, way: Way, station: Station) -> seating.Sitting | None:
        """Return what lets the person sit at a station; None if nothing does."""
        if self.chairs is None:
            return None
        seats = station.seats.all()
        return seating.sitting(seats, self.chairs, unit_id=way.manuscript.unit_id, tree=self.access.tree)


def visible(visitor: Visitor) -> Q:
    """Return the condition on manuscripts that somebody may see; use ``distinct`` with it.

    Their own; those of units where they write; once submitted also those of units that they read, and those at whose
    stations they could sit or sat.
    """
    mine = Q(creator_id=visitor.person_id) | Q(Exists(_hands(visitor.person_id)))
    found = mine | Q(Exists(_acts(visitor.person_id))) | _units(visitor, "write")
    submitted = Q(rounds__isnull=False)
    found |= submitted & (_units(visitor, "read") | _units(visitor, "release"))
    if visitor.chairs is not None:
        found |= queries.seat_filter(visitor.chairs, visitor.access.tree)
    return found


def _hands(person_id: int) -> QuerySet[Hand]:
    return Hand.objects.filter(manuscript=OuterRef("pk"), person_id=person_id)


def _acts(person_id: int) -> QuerySet[Act]:
    return Act.objects.filter(manuscript=OuterRef("pk"), person_id=person_id)


def _units(visitor: Visitor, permission: Permission) -> Q:
    units = visitor.access.unit_ids(permission)
    return Q(pk__isnull=False) if units is None else Q(unit_id__in=units)


def manuscript(visitor: Visitor, id_: uuid.UUID) -> Manuscript:
    """Return a manuscript that the visitor may see. Raises Http404 for one that is not there or not for them."""
    rows = Manuscript.objects.select_related("unit", "draft", "creator", "place__round").annotate(
        has_copies=Exists(DraftCopy.objects.filter(manuscript=OuterRef("pk")))
    )
    if visitor.access.may("write"):  # who saves every few seconds need not be looked for at every station
        found = rows.filter(pk=id_).first()
        if found is not None and _is_plainly_theirs(visitor, found):
            return found
    found = rows.filter(visible(visitor), pk=id_).distinct().first()
    if found is None:
        raise Http404
    return found


def _is_plainly_theirs(visitor: Visitor, found: Manuscript) -> bool:
    """Tell the first part of ``visible``: it is theirs, or of a unit where they write."""
    units = visitor.access.unit_ids("write")
    return found.creator_id == visitor.person_id or units is None or found.unit_id in units


def release(visitor: Visitor, id_: uuid.UUID) -> Release:
    """Return a release of a manuscript that the visitor may see. Raises Http404."""
    found = Release.objects.select_related("manuscript", "version").filter(pk=id_).first()
    if found is None:
        raise Http404
    manuscript(visitor, found.manuscript_id)
    return found


def comment(visitor: Visitor, id_: uuid.UUID) -> Comment:
    """Return a comment on a manuscript that the visitor may see. Raises Http404."""
    found = Comment.objects.select_related("version__manuscript").filter(pk=id_).first()
    if found is None:
        raise Http404
    manuscript(visitor, found.version.manuscript_id)
    return found


def may_start(visitor: Visitor, *, unit_id: int) -> bool:
    """Tell whether the visitor may begin a manuscript of this unit."""
    return visitor.person is not None and visitor.access.may("write", unit_id=unit_id)


def may_write(visitor: Visitor, way: Way) -> bool:
    """Tell whether the visitor may change the draft, submit it and take it back: its hands, as long as they may write.

    Others who write for the unit may take it up too, and count as editors from then on.
    """
    own = visitor.person_id if visitor.person_id in way.hands else 0
    return visitor.person is not None and visitor.access.may(
        "write", unit_id=way.manuscript.unit_id, person_id=own
    )


def may_sit(visitor: Visitor, way: Way) -> bool:
    """Tell whether it is the visitor's turn: the text is at a station where they may sit, by role and by the rule."""
    station = way.station
    if station is None or visitor.sitting(way, station) is None:
        return False
    return not queries.bars(way, visitor.person_id)


def may_comment(visitor: Visitor, way: Way) -> bool:
    """Tell whether the visitor may comment: whoever writes it, and whoever sits at a station of its line."""
    return may_write(visitor, way) or any(visitor.sitting(way, station) for station in way.stations)


def may_release(visitor: Visitor, way: Way) -> bool:
    """Tell whether the visitor releases texts of this unit. Whether this text may be released is not asked here."""
    return visitor.person is not None and visitor.access.may("release", unit_id=way.manuscript.unit_id)


def may_reopen(visitor: Visitor, way: Way) -> bool:
    """Tell whether the visitor may begin a correction or a withdrawal of a released text."""
    return way.is_done and (may_write(visitor, way) or may_release(visitor, way))


def is_with_authors(way: Way) -> bool:
    return way.stage is Stage.WRITING
