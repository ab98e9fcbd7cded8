"""The desk read aloud: types of texts, channels, and every line station by station."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme.basics import Choice, Governed
from taizhang.core.scheme.desk import Desk, Gates, Line, Posting, Seat, Station
from taizhang.core.scheme.phrases import (
    DOES,
    GATE,
    HOW,
    POSTS_EACH,
    REOPENS,
    SEAT_REACH,
    SEVERITY,
    Words,
    alternatives,
    clauses,
    listing,
    sentences,
)
from taizhang.core.scheme.speaking import Speaker, Told


def desk(speaker: Speaker) -> Iterator[Told]:
    """Say the desk of a scheme, if it has one."""
    scheme = speaker.scheme
    if scheme.desk is not None:
        for id_, title, said in _Desk(speaker, scheme.desk).articles():
            yield Told("desk", id_, title, said)


@dataclass(frozen=True)
class _Desk:
    speaker: Speaker
    desk: Desk

    def articles(self) -> Iterator[tuple[str, Words, tuple[Words, ...]]]:
        """Yield key path below ``desk``, title and sentences of every article."""
        for type_id, text_type in self.desk.types.items():
            said = [*self._posting(text_type.posts), *self.speaker.about(text_type)]
            yield f"types.{type_id}", self._title(_("Text: {name}"), text_type), tuple(said)
        for channel_id, channel in self.desk.channels.items():
            said = [Message(HOW[channel.how]), *self.speaker.about(channel)]
            yield f"channels.{channel_id}", self._title(_("Channel: {name}"), channel), tuple(said)
        for line_id, line in self.desk.lines.items():
            yield f"lines.{line_id}", self._title(_("Line: {name}"), line), tuple(self._line(line))
        if self.desk.corrections is not None:
            passed = self.desk.lines.get(self.desk.corrections)
            name = self.speaker.said(passed.name) if passed else self.desk.corrections
            said = [Message(_("Corrections and withdrawals after release pass “{line}”."), line=name)]
            yield "corrections", Message(_("Corrections and withdrawals")), tuple(said)

    def _title(self, msgid: str, part: Governed) -> Message:
        return Message(msgid, name=self.speaker.said(part.name))

    def _names(self, parts: Mapping[str, Governed], ids: Iterable[str]) -> Words:
        return listing(
            Message(_("“{name}”"), name=self.speaker.said(parts[id_].name) if id_ in parts else id_)
            for id_ in ids
        )

    # Types

    def _posting(self, posting: Posting | None) -> Iterator[Words]:
        if posting is None:
            yield Message(_("A release is not counted."))
            return
        kind = self.speaker.name_of(self.speaker.scheme.kinds, posting.kind)
        yield Message(_("A release is recorded as “{kind}”."), kind=kind)
        if posting.values:
            yield Message(_("With {values}."), values=self._values(posting, posting.values))
        for channel_id, values in posting.by_channel.items():
            yield Message(
                _("On {channel}: {values}."),
                channel=self._names(self.desk.channels, [channel_id]),
                values=self._values(posting, values),
            )
        if posting.address is not None:
            yield Message(
                _("Its address goes into “{field}”."),
                field=self.speaker.name_of(self.speaker.scheme.kinds[posting.kind].fields, posting.address),
            )
        yield Message(POSTS_EACH[posting.each])

    def _values(self, posting: Posting, values: Mapping[str, Choice]) -> Words:
        return listing(
            Message(
                _("{field}: {value}"),
                field=self.speaker.field_name(posting.kind, name),
                value=self.speaker.value(posting.kind, name, value),
            )
            for name, value in values.items()
        )

    # Lines

    def _line(self, line: Line) -> Iterator[Words]:
        yield self._taken_by(line)
        for number, station in enumerate(line.stations.values(), start=1):
            yield Message(
                _("({number}) {name}: {said}"),
                number=number,
                name=self.speaker.said(station.name),
                said=sentences(self._station(line, station)),
            )
        yield Message(
            _("A proof correction changes at most {n} characters; more is an edit and re-opens all."),
            n=line.corrects_at_most,
        )
        yield from self.speaker.about(line)

    def _taken_by(self, line: Line) -> Words:
        types = self._names(self.desk.types, line.types)
        channels = self._names(self.desk.channels, line.channels)
        if line.types and line.channels:
            return Message(_("For {types} on {channels}."), types=types, channels=channels)
        if line.types:
            return Message(_("For {types}, on all channels."), types=types)
        if line.channels:
            return Message(_("For all texts on {channels}."), channels=channels)
        return Message(_("For all texts that take no line before it."))

    def _station(self, line: Line, station: Station) -> Iterator[Words]:
        yield Message(DOES[station.does], level=station.level)
        yield Message(_("Sits here: {seats}."), seats=alternatives(map(self._seat, station.seats)))
        if station.apart_from:
            others = self._names(line.stations, station.apart_from)
            yield Message(_("Not who approved at {stations}."), stations=others)
        yield from self._gates(station.gates)
        if station.reads_aloud:
            yield Message(_("The text is read aloud in full."))
        if station.opinion == "required":
            yield Message(_("Approving needs an opinion in words."))
        if station.hours is not None:
            yield Message(_("Within {n} hours."), n=station.hours)
        if station.working_days is not None:
            yield Message(_("Within {n} working days."), n=station.working_days)
        if station.does == "proof":
            yield Message(REOPENS[station.reopens or "all"])
        yield from self.speaker.about(station)

    def _gates(self, gates: Gates | None) -> Iterator[Words]:
        if gates is None:
            return
        held = [
            Message(SEVERITY[severity], gate=Message(GATE[gate]))
            for gate in GATE
            if (severity := getattr(gates, gate)) is not None
        ]
        if held:
            yield Message(_("Fixed or kept with a reason before: {findings}."), findings=clauses(held))

    def _seat(self, seat: Seat) -> Words:
        if seat.role is not None:
            role = self.speaker.scheme.roles.get(seat.role)
            return Message(SEAT_REACH[seat.reach], role=self.speaker.said(role.name) if role else seat.role)
        if seat.group is not None:
            group = self.speaker.scheme.groups.get(seat.group)
            return Message(
                _("a member of “{group}”"), group=self.speaker.said(group) if group else seat.group
            )
        return Message(_("the person of staff number {person}"), person=seat.person)
