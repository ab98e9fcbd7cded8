"""Who may sit at a station on a day: by a role, as a member of a group, or by name."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from taizhang.desk.models import Act, Seat
from taizhang.org.models import Dated, Membership, Person, RoleAssignment
from taizhang.org.queries import UnitTree


@dataclass(frozen=True)
class Chairs:
    """Everything by which a person could sit anywhere on a day."""

    person: Person
    assignments: tuple[RoleAssignment, ...]
    memberships: tuple[Membership, ...]


@dataclass(frozen=True)
class Sitting:
    """What lets somebody sit: an assignment, a membership, or (neither) that the line names the person."""

    assignment: RoleAssignment | None = None
    membership: Membership | None = None


def chairs_of(person: Person, *, day: dt.date) -> Chairs:
    """Read what a person holds on ``day``. Two queries."""
    return Chairs(
        person,
        tuple(RoleAssignment.objects.filter(Dated.holds_on(day), person=person).order_by("pk")),
        memberships_of(person, day=day),
    )


def memberships_of(person: Person, *, day: dt.date) -> tuple[Membership, ...]:
    """Read which groups a person belongs to on ``day``."""
    return tuple(Membership.objects.filter(Dated.holds_on(day), person=person).order_by("pk"))


def sitting(seats: Iterable[Seat], chairs: Chairs, *, unit_id: int, tree: UnitTree) -> Sitting | None:
    """Return what lets the person sit at one of these seats for a text of the unit; None if nothing does."""
    for seat in seats:
        if seat.how == Seat.How.PERSON and seat.name == chairs.person.code:
            return Sitting()
        for assignment in chairs.assignments:
            if _holds(seat, assignment, unit_id, tree):
                return Sitting(assignment=assignment)
        for membership in chairs.memberships:
            if seat.how == Seat.How.GROUP and seat.name == membership.group:
                return Sitting(membership=membership)
    return None


def was_entitled(act: Act, seats: Iterable[Seat], *, unit_id: int, tree: UnitTree) -> bool:
    """Tell whether what an act says let its person sit there really did, on its day."""
    held = [row for row in (act.assignment, act.membership) if row is not None]
    if any(row.person_id != act.person_id or not _on(row, act.day) for row in held) or len(held) > 1:
        return False
    chairs = Chairs(
        act.person,
        (act.assignment,) if act.assignment else (),
        (act.membership,) if act.membership else (),
    )
    found = sitting(seats, chairs, unit_id=unit_id, tree=tree)
    return found is not None and (found.assignment, found.membership) == (act.assignment, act.membership)


def _on(row: Dated, day: dt.date) -> bool:
    return row.since <= day and (row.until is None or day <= row.until)


def _holds(seat: Seat, assignment: RoleAssignment, unit_id: int, tree: UnitTree) -> bool:
    if seat.name != assignment.role:
        return False
    if seat.how == Seat.How.ANYWHERE:
        return True
    return seat.how == Seat.How.ROLE and unit_id in tree.below(assignment.unit_id)
