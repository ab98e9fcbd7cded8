"""The stations of a round, settled when it begins: written from the scheme once, and held against it ever after."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from taizhang.core.desk.track import GATES, NoLine, Stop, choose_line, track_of
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.desk import Desk, Line
from taizhang.core.scheme.desk import Station as DeclaredStation
from taizhang.core.scheme.history import History
from taizhang.desk import queries
from taizhang.desk.models import Manuscript, Purpose, Round, Seat, Station, Version
from taizhang.journal.clock import day_of


def settle(round_: Round, line: Line) -> None:
    """Write the stations and seats of a round that begins now."""
    for stop in track_of(line).stops:
        _settle(round_, stop, line.stations[stop.id])


def _settle(round_: Round, stop: Stop, declared: DeclaredStation) -> None:
    station = Station.objects.create(
        round=round_,
        order=stop.order,
        code=stop.id,
        name=dict(declared.name.texts),
        does=stop.does,
        level=stop.level,
        gate_text=stop.gates.get("text", 0),
        gate_number=stop.gates.get("number", 0),
        gate_logic=stop.gates.get("logic", 0),
        reads_aloud=stop.reads_aloud,
        needs_opinion=stop.needs_opinion,
        hours=stop.hours,
        working_days=stop.working_days,
        reopens_from=stop.reopens_from,
        apart_from=list(stop.apart_from),
    )
    Seat.objects.bulk_create(Seat(station=station, how=how, name=name) for how, name in seats_of(declared))


def seats_of(declared: DeclaredStation) -> list[tuple[str, str]]:
    """Return the seats of a station: how somebody may sit there, and which role, group or person."""
    return [
        (Seat.How.ROLE if seat.reach == "unit" else Seat.How.ANYWHERE, seat.role)
        if seat.role is not None
        else (Seat.How.GROUP, seat.group)
        if seat.group is not None
        else (Seat.How.PERSON, seat.person or "")
        for seat in declared.seats
    ]


def fault(
    manuscript: Manuscript,
    round_: Round,
    *,
    stations: Iterable[Station],
    versions: Iterable[Version],
    schemes: History,
) -> Message | None:
    """Return how a round differs from what its scheme says; None when it is as it was settled."""
    loaded = queries.scheme_of(round_, schemes)
    if loaded is None or loaded.scheme.desk is None or loaded.effective > day_of(round_.at):
        return Message(gettext_noop("It names a scheme that was not in force."))
    desk = loaded.scheme.desk
    line = desk.lines.get(round_.line)
    if line is None or round_.line not in _right_lines(desk, manuscript, round_, versions):
        return Message(gettext_noop("It took a line that is not its own."))
    rows = list(stations)
    if _as_settled(round_, rows) != _as_declared(line) or round_.length != len(line.stations):
        return Message(gettext_noop("Its stations are others."))
    return None


def _right_lines(desk: Desk, manuscript: Manuscript, round_: Round, versions: Iterable[Version]) -> set[str]:
    """Return the one line that the round may have taken; none if its versions go different ways."""
    if round_.purpose != Purpose.PUBLISH and desk.corrections is not None:
        return {desk.corrections}
    chosen: set[str] = set()
    for version in versions:
        try:
            chosen.add(choose_line(desk, type_=manuscript.type, channels=version.text.channels))
        except NoLine:
            return set()
    if not chosen:
        return {round_.line}
    return chosen if len(chosen) == 1 else set()


def _as_settled(round_: Round, stations: list[Station]) -> list[Any]:
    seats = [sorted((seat.how, seat.name) for seat in station.seats.all()) for station in stations]
    return [queries.track_of(round_, stations), seats]


def _as_declared(line: Line) -> list[Any]:
    track = track_of(line)
    stops = tuple(replace(stop, gates=dict.fromkeys(GATES, 0) | dict(stop.gates)) for stop in track.stops)
    seats = [sorted(seats_of(station)) for station in line.stations.values()]
    return [replace(track, stops=stops), seats]
