"""A track: the stations of a line as they were settled when a text was first submitted."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from taizhang.core.calendar import is_working_day
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.desk import Desk, Line, Station, line_for
from taizhang.core.scheme.schema import WorkingDays

RANKS: Mapping[str, int] = {"error": 1, "warning": 2, "hint": 3}
"""Severities by weight, the heaviest first; 0 stands for a gate that holds nothing up."""
GATES = ("text", "number", "logic")


@dataclass(frozen=True)
class Stop:
    """A station in its place. ``order`` counts from 1; ``gates`` has the lightest rank that must be decided, by gate.

    ``reopens_from`` is the order from which a correction made here voids approvals; 0 where none can be made.
    """

    order: int
    id: str
    does: str
    level: int | None = None
    gates: Mapping[str, int] = field(default_factory=dict)
    reads_aloud: bool = False
    needs_opinion: bool = False
    hours: int | None = None
    working_days: int | None = None
    reopens_from: int = 0
    apart_from: tuple[str, ...] = ()

    @property
    def is_review(self) -> bool:
        return self.does == "review"

    @property
    def is_proof(self) -> bool:
        return self.does == "proof"


@dataclass(frozen=True)
class Track:
    """The stations of one round, in order; there is at least one."""

    stops: tuple[Stop, ...]
    corrects_at_most: int = 50

    def at(self, order: int) -> Stop:
        return self.stops[order - 1]

    def holds_up(self, stop: Stop, gate: str, rank: int) -> bool:
        """Tell whether a finding must be decided before ``stop`` approves: for itself or for a station before it.

        So what a correction brought in anew is decided by the stations after it, and the last has seen to all.
        """
        return rank <= max(each.gates.get(gate, 0) for each in self.stops[: stop.order])


class NoLine(Exception):  # noqa: N818
    """No line of the scheme takes this text; ``message`` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def choose_line(desk: Desk, *, type_: str, channels: tuple[str, ...]) -> str:
    """Return the id of the line for a text of this type on all these channels. Raises NoLine.

    Channels that take different lines are refused: neither line would be enough for both.
    """
    if type_ not in desk.types:
        raise NoLine(Message(gettext_noop("The scheme has no type of text “{type}”."), type=type_))
    if not channels:
        raise NoLine(Message(gettext_noop("Choose at least one channel for the text.")))
    unknown = [channel for channel in channels if channel not in desk.channels]
    if unknown:
        raise NoLine(Message(gettext_noop("The scheme has no channel “{channel}”."), channel=unknown[0]))
    lines = {channel: line_for(desk, type_=type_, channel=channel) for channel in channels}
    if len(set(lines.values())) > 1:
        raise NoLine(
            Message(
                gettext_noop(
                    "These channels take different lines of review: {channels}. Write a text of its own for each."
                ),
                channels=", ".join(lines),
            )
        )
    found = lines[channels[0]]
    if found is None:
        raise NoLine(Message(gettext_noop("No line of the scheme is for this type and channel.")))
    return found


def track_of(line: Line) -> Track:
    """Return the track that a text takes now on ``line``."""
    stops: list[Stop] = []
    for order, (id_, station) in enumerate(line.stations.items(), start=1):
        stops.append(_stop(order, id_, station, stops))
    return Track(tuple(stops), line.corrects_at_most)


def _stop(order: int, id_: str, station: Station, before: list[Stop]) -> Stop:
    gates = {
        gate: RANKS[severity]
        for gate in GATES
        if station.gates is not None and (severity := getattr(station.gates, gate)) is not None
    }
    return Stop(
        order=order,
        id=id_,
        does=station.does,
        level=station.level,
        gates=gates,
        reads_aloud=station.reads_aloud,
        needs_opinion=station.opinion == "required",
        hours=station.hours,
        working_days=station.working_days,
        reopens_from=_reopens_from(order, station, before),
        apart_from=station.apart_from,
    )


def _reopens_from(order: int, station: Station, before: list[Stop]) -> int:
    if station.does != "proof":
        return 0
    match station.reopens or "all":
        case "station":
            return order
        case "last_review":
            return max((stop.order for stop in before if stop.is_review), default=1)
        case _:
            return 1


def due_at(stop: Stop, arrived: dt.datetime, *, calendar: WorkingDays) -> dt.datetime | None:
    """Return the moment by which a text that ``arrived`` (in the office's zone) should leave; None without a limit.

    Working days are counted from the day after arrival, to the end of the last.
    """
    if stop.hours is not None:
        return arrived + dt.timedelta(hours=stop.hours)
    if stop.working_days is None:
        return None
    day, left = arrived.date(), stop.working_days
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day, calendar)
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=arrived.tzinfo)
