"""Manuscripts as rows of a list: what is asked for, what is found, what a row shows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from taizhang.core.scheme.desk import Desk
from taizhang.core.values import BadPeriod, Period
from taizhang.desk import access as rights
from taizhang.desk import placing, presenting
from taizhang.desk.access import Visitor
from taizhang.desk.models import Hand, Manuscript, Place, Purpose
from taizhang.desk.presenting import Left, State
from taizhang.org.fields import find_person

OVERDUE = "overdue"
_DOTS = {"p": "passed", "h": "here", "v": "voided", "-": ""}
_SORTS = {
    "number": "manuscript__number",
    "-number": "-manuscript__number",
    "title": "title",
    "-title": "-title",
    "changed": "since",
    "-changed": "-since",
}


@dataclass(frozen=True)
class Row:
    """A manuscript in a list."""

    number: str
    title: str
    type: str
    purpose: str
    unit: str
    authors: tuple[str, ...]
    state: State
    dots: tuple[str, ...]
    since: dt.datetime
    left: Left | None
    url: str


def row_of(kept: Place, *, desk: Desk | None, now: dt.datetime, turn: bool) -> Row:
    """Return what a list shows of a manuscript; ``turn``: it leads to where the visitor acts on it."""
    manuscript = kept.manuscript
    late = presenting.left(kept.due, now) if kept.station else None
    dots = (
        tuple(_DOTS[dot] for dot in kept.dots)
        if kept.state in (Place.State.ON_THE_WAY, Place.State.PASSED)
        else ()
    )
    if late is not None and late.is_late:
        dots = tuple("here late" if dot == "here" else dot for dot in dots)
    return Row(
        number=manuscript.number,
        title=title_of(kept),
        type=type_name(desk, manuscript.type),
        purpose=kept.round.get_purpose_display()
        if kept.round and kept.round.purpose != Purpose.PUBLISH
        else "",
        unit=str(manuscript.unit),
        authors=tuple(kept.authors.split("、")),
        state=presenting.state(kept.state, kept.station),
        dots=dots,
        since=kept.since,
        left=late,
        url=_address(kept, turn=turn),
    )


def _address(kept: Place, *, turn: bool) -> str:
    if turn and kept.state == Place.State.ON_THE_WAY:
        return reverse("desk:review", args=[kept.manuscript_id])
    if turn and kept.state == Place.State.PASSED:
        return reverse("publication:release", args=[kept.manuscript_id])
    if turn and kept.state in (Place.State.RETURNED, Place.State.WRITING):
        return reverse("desk:edit", args=[kept.manuscript_id])
    return reverse("desk:manuscript", args=[kept.manuscript_id])


def title_of(kept: Place) -> str:
    draft = kept.manuscript.draft
    is_written = kept.state in (Place.State.WRITING, Place.State.RETURNED)
    return (draft.title if is_written else kept.title) or kept.title or _("(no title yet)")


def type_name(desk: Desk | None, type_: str) -> str:
    if desk is None or type_ not in desk.types:
        return type_
    return presenting.named(desk.types[type_].name.texts)


@dataclass(frozen=True)
class Selection:
    """What a list is asked for."""

    q: str = ""
    state: str = ""
    station: str = ""
    type: str = ""
    unit: str = ""
    period: str = ""
    person: str = ""
    sort: str = ""

    @property
    def is_narrowed(self) -> bool:
        return any((self.q, self.state, self.station, self.type, self.unit, self.period, self.person))


NAMES = ("q", "state", "station", "type", "unit", "period", "person", "sort")


def read(sent: QueryDict) -> Selection:
    """Read the filters of an address."""
    return Selection(**{name: sent.get(name, "").strip()[:100].replace("\x00", "") for name in NAMES})


def find(selection: Selection, visitor: Visitor, *, now: dt.datetime) -> QuerySet[Place]:
    """Return the kept rows of all that the visitor may see and the filters leave. Raises ValidationError, BadPeriod."""
    seen = Manuscript.objects.filter(rights.visible(visitor)).values("pk")
    found: QuerySet[Place] = placing.rows().filter(manuscript__in=seen)
    for condition in _conditions(selection, visitor, now):
        found = found.filter(condition)
    order = _SORTS.get(selection.sort, "-since")
    return found.order_by(order, "-pk")


def _conditions(selection: Selection, visitor: Visitor, now: dt.datetime) -> Iterable[Q]:
    if selection.q:
        words = selection.q
        yield (
            Q(manuscript__number__icontains=words)
            | Q(title__icontains=words)
            | Q(manuscript__draft__title__icontains=words)
            | Q(authors__icontains=words)
        )
    if selection.state == OVERDUE:
        yield Q(state=Place.State.ON_THE_WAY, due__lt=now)
    elif selection.state:
        yield Q(state=selection.state)
    if selection.station:
        yield Q(station__code=selection.station)
    if selection.type:
        yield Q(manuscript__type=selection.type)
    if selection.unit:
        unit = visitor.access.tree.by_code.get(selection.unit)
        yield Q(manuscript__unit_id__in=visitor.access.tree.below(unit.pk) if unit else [])
    if selection.period:
        span = Period.parse(selection.period)
        yield Q(
            manuscript__created_at__gte=_begin(span.start), manuscript__created_at__lt=_begin(span.end + _DAY)
        )
    if selection.person:
        person = find_person(selection.person)
        mine = Hand.objects.filter(person=person).values("manuscript_id")
        yield Q(manuscript__creator=person) | Q(manuscript__in=mine)


_DAY = dt.timedelta(days=1)


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def refusal(error: ValidationError | BadPeriod) -> str:
    """Return why a filter could not be read."""
    return error.messages[0] if isinstance(error, ValidationError) else error.message.render(_)


def under_way(visitor: Visitor) -> QuerySet[Place]:
    """Return the kept rows of the visitor's own manuscripts that are neither released nor withdrawn."""
    mine = Hand.objects.filter(person_id=visitor.person_id).values("manuscript_id")
    found: QuerySet[Place] = placing.rows().filter(
        Q(manuscript__creator_id=visitor.person_id) | Q(manuscript__in=mine)
    )
    return found.exclude(state__in=[Place.State.RELEASED, Place.State.WITHDRAWN]).order_by(
        F("due").asc(nulls_last=True), "-since"
    )


def states() -> list[tuple[str, str]]:
    """Return the states that a list can be narrowed to."""
    return [*((value, str(words)) for value, words in Place.State.choices), (OVERDUE, _("overdue"))]


def stations(desk: Desk | None) -> list[tuple[str, str]]:
    """Return the stations of all lines of the scheme, each id once."""
    named: dict[str, str] = {}
    for line in desk.lines.values() if desk else ():
        for id_, station in line.stations.items():
            named.setdefault(id_, presenting.named(station.name.texts))
    return list(named.items())
