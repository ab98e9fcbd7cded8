"""Where every manuscript is, kept in a row each: the queues and lists read these rows and fold nothing.

Written by the actions in the transaction of each act; ``again`` works a row out anew from what was done.
"""

import datetime as dt
from typing import Any

from django.db.models import Q

from taizhang.core.desk.standing import Stage
from taizhang.core.scheme.schema import WorkingDays
from taizhang.desk import queries, seating
from taizhang.desk.access import Visitor
from taizhang.desk.models import Act, Hand, Manuscript, Place, Purpose, Seat
from taizhang.desk.queries import Way
from taizhang.org.models import Person

_DOTS = {"passed": "p", "here": "h"}


def place(manuscript: Manuscript, *, calendar: WorkingDays) -> Place:
    """Keep where a manuscript is now. The caller's transaction has the act that moved it."""
    fresh = Manuscript.objects.select_related("unit", "draft").get(pk=manuscript.pk)
    kept, _made = Place.objects.update_or_create(
        manuscript=fresh, defaults=_told(queries.way_of(fresh), calendar)
    )
    return kept


def again(*, calendar: WorkingDays) -> int:
    """Work every row out anew; return how many there are."""
    found = list(Manuscript.objects.all())
    for manuscript in found:
        place(manuscript, calendar=calendar)
    return len(found)


def _told(way: Way, calendar: WorkingDays) -> dict[str, Any]:
    version, station = way.version, way.station
    return {
        "state": state_of(way),
        "round": way.round,
        "version": version,
        "station": station,
        "title": version.title if version else way.manuscript.draft.title,
        "authors": "、".join(_authors(way)),
        "since": _since(way),
        "due": way.due(calendar),
        "dots": _dots(way),
        "seats": [[seat.how, seat.name] for seat in station.seats.all()] if station else [],
        "barred": [person for person in sorted(_known(way)) if queries.bars(way, person)] if station else [],
    }


def state_of(way: Way) -> str:
    """Return where a manuscript is, as its row says it."""
    if way.is_done:
        return (
            Place.State.WITHDRAWN
            if way.round and way.round.purpose == Purpose.WITHDRAW
            else Place.State.RELEASED
        )
    if way.stage is Stage.PASSED:
        return Place.State.PASSED
    if way.stage is Stage.ON_THE_WAY:
        return Place.State.ON_THE_WAY
    last = _last(way)
    returned = last is not None and last.what == Act.What.RETURN
    return Place.State.RETURNED if returned else Place.State.WRITING


def _last(way: Way) -> Act | None:
    mine = [act for act in way.acts if way.round is not None and act.round_id == way.round.pk]
    return mine[-1] if mine else None


def _since(way: Way) -> dt.datetime:
    if way.is_done:
        return max([*(one.at for one in way.releases), *(one.at for one in way.withdrawals)])
    if way.standing is not None and way.standing.since is not None:
        return way.standing.since
    return way.round.at if way.round else way.manuscript.created_at


def _dots(way: Way) -> str:
    """Return a letter a station: p passed, h here, v an approval that is void, - none yet."""
    if way.standing is None:
        return ""
    voided = {one.act.stop for one in way.standing.voided}
    return "".join(
        "p"
        if station.order in way.standing.approvals
        else "h"
        if way.station is not None and way.station.pk == station.pk
        else "v"
        if station.order in voided
        else "-"
        for station in way.stations
    )


def _authors(way: Way) -> list[str]:
    if way.version is None:
        return [way.manuscript.creator.name]
    hands = Hand.objects.filter(version=way.version, how=Hand.How.AUTHOR).select_related("person")
    return [hand.person.name for hand in hands]


def _known(way: Way) -> set[int]:
    return {*way.hands, *(act.person_id for act in way.acts)}


# Whose turn it is


def is_turn_of(kept: Place, chairs: seating.Chairs, *, tree: Any) -> bool:
    """Tell whether somebody with these chairs may sit where the manuscript is. No query."""
    if chairs.person.pk in kept.barred:
        return False
    seats = [Seat(how=how, name=name) for how, name in kept.seats]
    return seating.sitting(seats, chairs, unit_id=kept.manuscript.unit_id, tree=tree) is not None


def waiting_for(visitor: Visitor) -> list[Place]:
    """Return where it is the visitor's turn, the most urgent first: at a station, sent back to them, to be released."""
    if visitor.chairs is None:
        return []
    mine = Q(manuscript__creator_id=visitor.person_id) | Q(manuscript__hands__person_id=visitor.person_id)
    units = visitor.access.unit_ids("release")
    to_release = Q(state=Place.State.PASSED)
    if units is not None:
        to_release &= Q(manuscript__unit_id__in=units)
    found = (
        rows()
        .filter(Q(state=Place.State.ON_THE_WAY) | (Q(state=Place.State.RETURNED) & mine) | to_release)
        .distinct()
    )
    tree = visitor.access.tree
    return sorted(
        (
            one
            for one in found
            if one.state != Place.State.ON_THE_WAY or is_turn_of(one, visitor.chairs, tree=tree)
        ),
        key=lambda one: (one.due is None, one.due or one.since, one.since),
    )


def rows() -> Any:
    """Return the kept rows with all that a list shows of them."""
    return Place.objects.select_related("manuscript__unit", "manuscript__draft", "station", "round")


def people_for(kept: Place, everybody: list[seating.Chairs], *, tree: Any) -> list[Person]:
    """Return who may act where the manuscript is: whoever may sit at its station."""
    return [chairs.person for chairs in everybody if is_turn_of(kept, chairs, tree=tree)]
