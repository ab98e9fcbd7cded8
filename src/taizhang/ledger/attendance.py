"""The attendance sheet: who was due on the day, and what each of them did."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.schema import AttendanceRule, AttendanceState
from taizhang.ledger.drafts import DraftRefused
from taizhang.ledger.models import Entry
from taizhang.org.models import Dated, Membership, Person, Post
from taizhang.org.queries import UnitTree, roster

NAMED = 5  # people named in a message before “and others”


@dataclass(frozen=True)
class Seat:
    """One person due, and their state ("" while nobody has said)."""

    person: Person
    state: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everybody due on a day, in the order of the roster, and the states there are."""

    seats: tuple[Seat, ...]
    states: Mapping[str, AttendanceState]

    @property
    def marked(self) -> dict[int, str]:
        """Return the states said, by person."""
        return {seat.person.pk: seat.state for seat in self.seats if seat.state}

    @property
    def tally(self) -> dict[str, int]:
        """Return how many people are in each state, in the order of the states."""
        said = [seat.state for seat in self.seats]
        return {state: said.count(state) for state in self.states}

    @property
    def present_state(self) -> str:
        """Return the first state that counts as present: what “all present” means."""
        return next((name for name, state in self.states.items() if state.counts_as == "present"), "")

    def require_whole(self) -> None:
        """Raise DraftRefused for a sheet begun and not finished. An untouched one is attendance still to come."""
        missing = [seat.person.name for seat in self.seats if not seat.state]
        if missing and len(missing) < len(self.seats):
            raise DraftRefused(
                {
                    "participations": Message(
                        gettext_noop("{n} people have no state yet: {names}."),
                        n=len(missing),
                        names="、".join(missing[:NAMED]) + ("…" if len(missing) > NAMED else ""),
                    )
                }
            )


def sheet_for(
    rule: AttendanceRule,
    *,
    states: Mapping[str, AttendanceState],
    unit_id: int,
    day: dt.date,
    tree: UnitTree,
    marked: Mapping[int, str] | None = None,
    entry: Entry | None = None,
) -> Sheet:
    """Return the sheet of a day. People whom ``entry`` names already stay on it though the roster changed since."""
    people = {person.pk: person for person in due(rule, unit_id=unit_id, day=day, tree=tree)}
    recorded = {p.person_id: p for p in entry.participations.all()} if entry else {}
    people |= {pk: p.person for pk, p in recorded.items() if pk not in people}
    said = marked if marked is not None else {pk: p.state for pk, p in recorded.items()}
    return Sheet(tuple(Seat(person, said.get(pk, "")) for pk, person in people.items()), states)


def due(rule: AttendanceRule, *, unit_id: int, day: dt.date, tree: UnitTree) -> list[Person]:
    """Return who is due: the unit's people with all below it, or the members of the group. One query."""
    if rule.roster == "unit":
        return roster(unit_ids=tree.below(unit_id), day=day)
    members = Membership.objects.filter(Dated.holds_on(day), group=rule.group).select_related("person")
    by_unit: dict[int, list[Person]] = {}
    for member in members:
        by_unit.setdefault(member.unit_id, []).append(member.person)
    nearest = next((by_unit[unit] for unit in _upwards(unit_id, tree) if unit in by_unit), None)
    everybody = (
        nearest if nearest is not None else [person for people in by_unit.values() for person in people]
    )
    return list({person.pk: person for person in everybody}.values())


def _upwards(unit_id: int, tree: UnitTree) -> list[int]:
    """Return the unit and those above it: each may have a group of its own under the same name."""
    found: list[int] = []
    unit = tree.by_id.get(unit_id)
    while unit is not None:
        found.append(unit.pk)
        unit = tree.by_id.get(unit.parent_id) if unit.parent_id else None
    return found


def marked_in(data: QueryDict) -> dict[int, str]:
    """Return the states in a sent form, by person."""
    found = {}
    for name, value in data.items():
        match = re.fullmatch(r"state-(\d{1,18})", name)
        if match and value:
            found[int(match[1])] = str(value)
    return found


def posts_of(people: list[Person], *, day: dt.date) -> dict[int, Post]:
    """Return the first post of each person on the day, for the sign-in sheet. One query."""
    posts = (
        Post.objects.filter(Dated.holds_on(day), person__in=people)
        .select_related("unit")
        .order_by("-order", "-pk")
    )
    return {post.person_id: post for post in posts}
