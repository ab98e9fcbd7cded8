"""What in a scheme's desk refers to what, and which lines nobody could mean."""

from collections.abc import Iterable, Mapping

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.basics import Choice
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.desk import Desk, Line, Posting, Station, line_for
from taizhang.core.scheme.references.declared import Complaints, Draft, lookalikes, refer
from taizhang.core.scheme.references.fields import where_value
from taizhang.core.scheme.schema import Kind
from taizhang.core.scheme.source import KeyPath

_WHAT = {
    "types": gettext_noop("There is no type of text “{id}”."),
    "channels": gettext_noop("There is no channel “{id}”."),
    "lines": gettext_noop("There is no line “{id}”."),
    "stations": gettext_noop("There is no other station “{id}” on this line."),
}


def check(draft: Draft) -> Complaints:
    """Yield every fault in how the desk's parts go together and with the rest of the scheme."""
    desk = draft.scheme.desk
    if desk is None:
        return
    for type_id, text_type in desk.types.items():
        if text_type.posts is not None:
            yield from _posting(draft, desk, ("desk", "types", type_id, "posts"), text_type.posts)
    for line_id, line in desk.lines.items():
        yield from _line(draft, desk, ("desk", "lines", line_id), line)
    yield from _clauses(draft, desk)
    yield from _every_text_has_a_line(desk)
    yield from _no_line_is_idle(desk)
    if desk.corrections is not None:
        yield from _named(("desk", "corrections"), "lines", desk.corrections, desk.lines)
    for section in ("types", "channels", "lines"):
        yield from lookalikes(("desk", section), getattr(desk, section))


def _named(path: KeyPath, section: str, word: str, known: Iterable[str]) -> Complaints:
    words = list(known)
    if word not in words:
        all_of_them = Message(gettext_noop("Possible here: {keys}."), keys=", ".join(words) or "–")
        yield Complaint(path, Message(_WHAT[section], id=word), did_you_mean(word, words, all_of_them))


def _clauses(draft: Draft, desk: Desk) -> Complaints:
    for section in ("types", "channels", "lines"):
        for id_, part in getattr(desk, section).items():
            if part.clause:
                yield from refer(draft, ("desk", section, id_, "clause", "basis"), "basis", part.clause.basis)
    for line_id, line in desk.lines.items():
        for station_id, station in line.stations.items():
            if station.clause:
                path = ("desk", "lines", line_id, "stations", station_id, "clause", "basis")
                yield from refer(draft, path, "basis", station.clause.basis)


# Postings


def _posting(draft: Draft, desk: Desk, path: KeyPath, posting: Posting) -> Complaints:
    yield from refer(draft, (*path, "kind"), "kinds", posting.kind)
    for channel in posting.by_channel:
        for complaint in _named((*path, "by_channel", channel), "channels", channel, desk.channels):
            yield Complaint(complaint.path, complaint.cause, complaint.remedy, on_key=True)
    kind = draft.scheme.kinds.get(posting.kind)
    if kind is None:
        return
    yield from _cannot_be_posted(path, posting, kind)
    yield from _values((*path, "values"), posting.values, kind)
    for channel, values in posting.by_channel.items():
        yield from _values((*path, "by_channel", channel), values, kind)
    yield from _address(path, posting, kind)
    yield from _required(desk, path, posting, kind)


def _cannot_be_posted(path: KeyPath, posting: Posting, kind: Kind) -> Complaints:
    asks = {
        "quantity": kind.quantity is not None and kind.quantity.required,
        "about": kind.about is not None and kind.about.required,
        "attendance": kind.attendance is not None,
        "evidence": kind.evidence == "required",
    }
    for name in (name for name, asked in asks.items() if asked):
        yield Complaint(
            (*path, "kind"),
            Message(
                gettext_noop("An entry of “{kind}” needs “{name}”, which a release does not have."),
                kind=posting.kind,
                name=name,
            ),
            Message(gettext_noop("Name another kind, or make it optional there.")),
        )


def _values(path: KeyPath, values: Mapping[str, Choice], kind: Kind) -> Complaints:
    for name, given in values.items():
        if name not in kind.fields:
            yield Complaint(
                (*path, name),
                Message(gettext_noop("The kind has no field “{field}”."), field=name),
                did_you_mean(
                    name,
                    kind.fields,
                    Message(gettext_noop("Possible here: {keys}."), keys=", ".join(kind.fields) or "–"),
                ),
                on_key=True,
            )
        else:
            yield from where_value((*path, name), name, kind.fields[name], given)


def _address(path: KeyPath, posting: Posting, kind: Kind) -> Complaints:
    links = [name for name, field in kind.fields.items() if field.type == "link"]
    if posting.address is not None and posting.address not in links:
        yield Complaint(
            (*path, "address"),
            Message(gettext_noop("“{field}” is no field for a web address."), field=posting.address),
            Message(gettext_noop("Possible here: {keys}."), keys=", ".join(links) or "–"),
        )


def _required(desk: Desk, path: KeyPath, posting: Posting, kind: Kind) -> Complaints:
    needed = [name for name, field in kind.fields.items() if field.required]
    for name in needed:
        given = name in posting.values or all(
            name in posting.by_channel.get(channel, {}) for channel in desk.channels
        )
        if not given:
            yield Complaint(
                (*path, "kind"),
                Message(
                    gettext_noop("An entry of “{kind}” needs “{name}”, and no value is given."),
                    kind=posting.kind,
                    name=name,
                ),
                Message(gettext_noop("Write it under “values:”, or for every channel under “by_channel:”.")),
            )


# Lines


def _line(draft: Draft, desk: Desk, path: KeyPath, line: Line) -> Complaints:
    for index, word in enumerate(line.types):
        yield from _named((*path, "types", index), "types", word, desk.types)
    for index, word in enumerate(line.channels):
        yield from _named((*path, "channels", index), "channels", word, desk.channels)
    for station_id, station in line.stations.items():
        place = (*path, "stations", station_id)
        yield from _seats(draft, place, station)
        others = [each for each in line.stations if each != station_id]
        for index, word in enumerate(station.apart_from):
            yield from _named((*place, "apart_from", index), "stations", word, others)
    yield from _order(path, line)
    yield from _unread_corrections(path, line)


def _seats(draft: Draft, path: KeyPath, station: Station) -> Complaints:
    for index, seat in enumerate(station.seats):
        if seat.role is not None:
            yield from refer(draft, (*path, "seats", index, "role"), "roles", seat.role)
        if seat.group is not None:
            yield from refer(draft, (*path, "seats", index, "group"), "groups", seat.group)


def _order(path: KeyPath, line: Line) -> Complaints:
    level = 0
    for station_id, station in line.stations.items():
        if station.level is not None and station.level < level:
            yield Complaint(
                (*path, "stations", station_id, "level"),
                Message(
                    gettext_noop("A review of level {level} after one of level {before}."),
                    level=station.level,
                    before=level,
                ),
                Message(gettext_noop("Put the stations in the order of their levels.")),
            )
        level = max(level, station.level or 0)
    if not level:
        yield Complaint(
            (*path, "stations"),
            Message(gettext_noop("Nobody reviews on this line.")),
            Message(gettext_noop("Add a station with “does: review” and a level.")),
            on_key=True,
        )


def _unread_corrections(path: KeyPath, line: Line) -> Complaints:
    """Refuse a proof round after which nobody who reviews or signs would see what it corrected."""
    for station_id, station in reversed(list(line.stations.items())):
        if station.does != "proof":
            return
        if station.reopens == "station":
            yield Complaint(
                (*path, "stations", station_id),
                Message(
                    gettext_noop("Nobody who reviews or signs would see what “{station}” corrects."),
                    station=station_id,
                ),
                Message(
                    gettext_noop(
                        "Write “reopens: last_review” or “reopens: all”, or put a sign-off after it."
                    )
                ),
                on_key=True,
            )


def _every_text_has_a_line(desk: Desk) -> Complaints:
    for type_id in desk.types:
        for channel_id in desk.channels:
            if line_for(desk, type_=type_id, channel=channel_id) is None:
                yield Complaint(
                    ("desk", "lines"),
                    Message(
                        gettext_noop("No line is for texts of type “{type}” on “{channel}”."),
                        type=type_id,
                        channel=channel_id,
                    ),
                    Message(gettext_noop("Let the last line be for everything else: no types, no channels.")),
                    on_key=True,
                )
                return


def _no_line_is_idle(desk: Desk) -> Complaints:
    taken = {
        line_for(desk, type_=type_id, channel=channel_id)
        for type_id in desk.types
        for channel_id in desk.channels
    }
    for line_id in desk.lines:
        if line_id not in taken and line_id != desk.corrections:
            yield Complaint(
                ("desk", "lines", line_id),
                Message(gettext_noop("No text takes this line: those before it take them all.")),
                Message(gettext_noop("Move it up, or delete it.")),
                on_key=True,
            )
