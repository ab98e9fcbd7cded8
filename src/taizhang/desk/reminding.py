"""Telling people what waits for them at the desk: by e-mail and in group chats, where an office has set them up.

The addresses are Apprise's (settings.REMIND_GROUP and REMIND_PERSON): mail, WeCom, DingTalk, Feishu, a plain webhook
and a hundred more. Nothing here is needed to work at the desk: the same stands on everybody's own page.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import apprise
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taizhang.desk import listing, placing, presenting, seating
from taizhang.desk.models import Hand, Place
from taizhang.org.models import Account, Dated, Membership, Person, RoleAssignment
from taizhang.org.queries import UnitTree

MOST_LISTED = 20


@dataclass(frozen=True)
class Reminder:
    """What waits for one person, the most urgent first."""

    person: Person
    email: str
    waiting: tuple[Place, ...]

    def late(self, now: dt.datetime) -> int:
        return sum(one.due is not None and one.due < now for one in self.waiting)


@dataclass(frozen=True)
class Sent:
    """Where reminders went, with secrets hidden, and whether they arrived."""

    to: str
    arrived: bool


def reminders(*, now: dt.datetime, day: dt.date, tree: UnitTree) -> list[Reminder]:
    """Return what waits for everybody who has an open account and whose turn it is, or whose text came back."""
    rows = list(
        placing.rows()
        .filter(state__in=[Place.State.ON_THE_WAY, Place.State.RETURNED])
        .order_by("due", "since")
    )
    accounts = {
        one.person_id: one
        for one in Account.objects.filter(is_active=True, person__isnull=False).select_related("person")
    }
    everybody = chairs_on(day, [one.person for one in accounts.values() if one.person is not None])
    waiting: dict[int, list[Place]] = defaultdict(list)
    for kept in rows:
        for person_id in _whose_turn(kept, everybody, tree):
            if person_id in accounts:
                waiting[person_id].append(kept)
    found = []
    for person_id, places in waiting.items():
        account = accounts[person_id]
        assert account.person is not None
        found.append(Reminder(account.person, account.email, tuple(places)))
    return sorted(found, key=lambda one: (-one.late(now), one.person.code))


def chairs_on(day: dt.date, people: Iterable[Person]) -> list[seating.Chairs]:
    """Return where each of these people could sit on ``day``. Two queries."""
    roles: dict[int, list[RoleAssignment]] = defaultdict(list)
    for role in RoleAssignment.objects.filter(Dated.holds_on(day)).order_by("pk"):
        roles[role.person_id].append(role)
    groups: dict[int, list[Membership]] = defaultdict(list)
    for group in Membership.objects.filter(Dated.holds_on(day)).order_by("pk"):
        groups[group.person_id].append(group)
    return [seating.Chairs(one, tuple(roles[one.pk]), tuple(groups[one.pk])) for one in people]


def _whose_turn(kept: Place, everybody: Sequence[seating.Chairs], tree: UnitTree) -> list[int]:
    if kept.state == Place.State.RETURNED:
        hands = Hand.objects.filter(version=kept.version_id, how=Hand.How.AUTHOR)
        return sorted({kept.manuscript.creator_id, *hands.values_list("person_id", flat=True)})
    return [person.pk for person in placing.people_for(kept, list(everybody), tree=tree)]


# The words


def text_for(reminder: Reminder, *, now: dt.datetime) -> str:
    """Return what one person is told."""
    n, late = len(reminder.waiting), reminder.late(now)
    head = ngettext("{who}: {n} manuscript waits for you.", "{who}: {n} manuscripts wait for you.", n).format(
        who=reminder.person.name, n=n
    )
    if late:
        head += " " + ngettext("{n} of them is overdue.", "{n} of them are overdue.", late).format(n=late)
    lines = [_line(one, now) for one in reminder.waiting[:MOST_LISTED]]
    return "\n".join([head, *lines, *_address()])


def text_for_all(found: Sequence[Reminder], *, now: dt.datetime) -> str:
    """Return what a group chat is told: who has how many texts waiting, and each that is overdue."""
    lines = []
    for one in found:
        late = [place for place in one.waiting if place.due is not None and place.due < now]
        lines.append(
            _("{who}: {n} waiting, {late} overdue").format(
                who=one.person.name, n=len(one.waiting), late=len(late)
            )
        )
        lines += [_line(place, now) for place in late[:MOST_LISTED]]
    return "\n".join([*lines, *_address()])


def _line(kept: Place, now: dt.datetime) -> str:
    where = presenting.state(kept.state, kept.station).words
    left = presenting.left(kept.due, now) if kept.station else None
    told = [f"- {listing.title_of(kept)}", where, left.words if left else ""]
    return " · ".join(part for part in told if part)


def _address() -> list[str]:
    origin = next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    return [origin.rstrip("/") + reverse("desk:index")] if origin else []


# Sending


def send(found: Sequence[Reminder], *, now: dt.datetime) -> list[Sent]:
    """Send what is set up to be sent. An address that does not answer stops none of the others."""
    title = _("Manuscripts")
    sent = []
    if settings.REMIND_GROUP and found:
        sent.append(_send(settings.REMIND_GROUP, title, text_for_all(found, now=now)))
    if settings.REMIND_PERSON:
        for one in found:
            if one.email:
                address = settings.REMIND_PERSON.replace("{email}", one.email)
                sent.append(_send(address, title, text_for(one, now=now)))
    return sent


def _send(addresses: str, title: str, body: str) -> Sent:
    sender = apprise.Apprise()
    known = sender.add(addresses.split())
    to = ", ".join(str(server.url(privacy=True)).split("?")[0] for server in sender)  # type: ignore[no-untyped-call]
    arrived = bool(known and sender.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT))
    return Sent(to or _("(an address that Apprise does not know)"), arrived)
