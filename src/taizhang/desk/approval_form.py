"""The approval form 发布审批表: what passed which stations, by whom, with what opinion, and where it was released."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taizhang.core.scheme.desk import Channel, Desk
from taizhang.desk import presenting
from taizhang.desk.models import Act, FindingDecision, Hand, Release, Station, Version
from taizhang.desk.queries import Way
from taizhang.documents.model import Column, Document, Row, Table, Text
from taizhang.ledger.wording import moment

_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SHORT = 16


@dataclass(frozen=True)
class StationLine:
    """A station of the form: who approved there last, what they said, what was corrected and decided there."""

    name: str
    kind: str
    who: str
    opinion: str
    at: dt.datetime | None
    digest: str
    notes: tuple[str, ...]
    stands: bool


@dataclass(frozen=True)
class ReleaseLine:
    channel: str
    address: str
    at: dt.datetime
    who: str
    is_withdrawal: bool = False


@dataclass(frozen=True)
class Sheet:
    """Everything on the form."""

    office: str
    number: str
    title: str
    type: str
    unit: str
    authors: str
    channels: str
    purpose: str
    reason: str
    line: str
    version: int
    digest: str
    stations: tuple[StationLine, ...]
    releases: tuple[ReleaseLine, ...]
    embargo: dt.datetime | None
    attachments: str


def sheet(way: Way, *, desk: Desk | None, decisions: Sequence[FindingDecision], office: str) -> Sheet:
    """Return the form of the newest round of a manuscript that was submitted."""
    round_, version = way.round, way.version
    assert round_ is not None
    assert version is not None
    content = version.text
    known = desk.channels if desk else {}
    types = desk.types if desk else {}

    def channel(id_: str) -> str:
        return presenting.named(known[id_].name.texts) if id_ in known else id_

    type_ = way.manuscript.type
    return Sheet(
        office=office,
        number=way.manuscript.number,
        title=content.title,
        type=presenting.named(types[type_].name.texts) if type_ in types else type_,
        unit=way.manuscript.unit.name,
        authors=_authors(version, content.byline),
        channels=presenting.enumerated(map(channel, content.channels)),
        purpose=round_.get_purpose_display(),
        reason=round_.reason,
        line=presenting.named(round_.line_name),
        version=version.number,
        digest=version.digest,
        stations=tuple(_station(way, station, decisions) for station in way.stations),
        releases=tuple(_releases(way, channel, known)),
        embargo=content.embargo,
        attachments=presenting.enumerated(one.name for one in content.attachments),
    )


def _authors(version: Version, byline: str) -> str:
    named = presenting.enumerated(
        f"{hand.person.name}（{(hand.part or 0) * 100:.0f}%）"
        for hand in version.hands.all()
        if hand.how == Hand.How.AUTHOR
    )
    return f"{named}；{byline}" if byline else named


def _station(way: Way, station: Station, decisions: Sequence[FindingDecision]) -> StationLine:
    act = way.approval(station)
    corrections = [one for one in way.versions if one.station_id == station.pk]
    kept = {one.key: one for one in decisions if one.station_id == station.pk}
    return StationLine(
        name=presenting.named(station.name),
        kind=kind(station),
        who=act.person.name if act else "",
        opinion=act.opinion if act else "",
        at=act.at if act else None,
        digest=act.digest if act else "",
        notes=tuple(_notes(act, corrections, list(kept.values()))),
        stands=act is not None,
    )


def kind(station: Station) -> str:
    """Say what a station does: a review of its level, a proof, the sign-off."""
    if station.does == "review":
        return _("review, level {n}").format(n=station.level)
    return _("proof") if station.does == "proof" else _("sign-off")


def _notes(act: Act | None, corrections: list[Version], kept: list[FindingDecision]) -> list[str]:
    notes = []
    if act is not None and act.read_aloud:
        notes.append(_("Read aloud in full."))
    notes += [
        _("Corrected (version {n}): {reason}").format(n=one.number, reason=one.reason or "—")
        for one in corrections
    ]
    stays = sum(one.choice == FindingDecision.Choice.KEEP for one in kept)
    if stays:
        notes.append(
            ngettext("{n} finding kept with a reason.", "{n} findings kept with a reason.", stays).format(
                n=stays
            )
        )
    return notes


def _address(way: Way, release: Release, channels: Mapping[str, Channel]) -> str:
    """Return where readers find it: the address recorded, or that of the built-in site where there is one."""
    known = channels.get(release.channel)
    if release.address or known is None or known.how != "site":
        return release.address
    try:
        return settings.PUBLIC_ADDRESS + reverse("site:article", args=[way.manuscript.number])
    except NoReverseMatch:
        return ""


def _releases(way: Way, channel: Any, known: Mapping[str, Channel]) -> list[ReleaseLine]:
    assert way.round is not None
    released = {one.pk: one for one in way.releases}
    rows = [
        ReleaseLine(channel(one.channel), _address(way, one, known), one.at, one.person.name)
        for one in way.releases
        if one.round_id == way.round.pk
    ]
    rows += [
        ReleaseLine(
            channel(released[one.release_id].channel), "", one.at, one.person.name, is_withdrawal=True
        )
        for one in way.withdrawals
        if one.round_id == way.round.pk and one.release_id in released
    ]
    return rows


def document(told: Sheet, *, language: Any) -> Document:
    """Return the form as a document for the writers of .docx and .pdf."""
    facts = _table(
        [
            (_("Manuscript no."), f"{told.number}　{told.office}"),
            (_("Title"), told.title),
            (_("Type"), told.type),
            (_("Section"), told.unit),
            (_("Authors"), told.authors),
            (_("Channels"), told.channels),
            (_("Attachments"), told.attachments),
            (_("Not before"), moment(told.embargo) if told.embargo else ""),
            (_("Line"), f"{told.line}（{told.purpose}）"),
            (_("Version and digest"), f"{told.version}　{told.digest[:32]}\n{told.digest[32:]}"),
        ]
    )
    stations = Table(
        columns=(Column("center", 3), Column("center", 3), Column("left", 8), Column("center", 4)),
        header=(_row(_("Station"), _("Who"), _("Opinion and corrections"), _("Time and digest")),),
        rows=tuple(_station_row(one) for one in told.stations),
    )
    releases = Table(
        columns=(Column("center", 4), Column("left", 9), Column("center", 5)),
        header=(_row(_("Channel"), _("Address"), _("Released at")),),
        rows=tuple(
            _row(
                one.channel,
                _("withdrawn") if one.is_withdrawal else one.address or "—",
                f"{moment(one.at)}\n{one.who}",
            )
            for one in told.releases
        )
        or (_row("", _("not released yet"), ""),),
    )
    return Document(
        title=_("Approval form for release"),
        blocks=(
            facts,
            stations,
            releases,
        ),
        language=language,
        status="frozen",
    )


def _table(rows: list[tuple[str, str]]) -> Table:
    return Table(
        columns=(Column("center", 4), Column("left", 14)),
        header=(),
        rows=tuple(_row(name, value) for name, value in rows if value),
    )


def _station_row(one: StationLine) -> Row:
    said = "\n".join([one.opinion or (_("Approved.") if one.stands else "—"), *one.notes])
    signed = f"{moment(one.at)}\n{one.digest[:_SHORT]}" if one.at else "—"
    name = one.name if one.kind == one.name else f"{one.name}\n{one.kind}"
    return _row(name, one.who or "—", said, signed)


def _row(*cells: str) -> Row:
    return tuple((Text(_UNPRINTABLE.sub("", cell)),) for cell in cells)
