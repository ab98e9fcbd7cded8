"""What is public now: the newest release of each text on the site's channels, each held against what was approved.

Nothing is shown that is not the very text of a release which the journal signed: the release's line, its digest and
the digest of the text's words are worked out again whenever a page is made.
"""

import datetime as dt
import logging
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F

from taizhang.core.desk.content import Content
from taizhang.core.scheme.basics import Label
from taizhang.core.scheme.desk import Channel, Desk
from taizhang.core.scheme.history import History
from taizhang.desk.actions import digest_of
from taizhang.desk.models import Manuscript, Purpose, Release, Version, Withdrawal
from taizhang.journal import chain
from taizhang.journal.models import Line

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Column:
    """A type of text as a column of the site. ``total``: how many texts stand there."""

    id: str
    label: Label
    total: int = 0


@dataclass(frozen=True)
class Note:
    """What readers are told about a change."""

    at: dt.datetime
    text: str


@dataclass(frozen=True)
class Text:
    """A text as the public may see it: its newest release, and since when it is public."""

    release: Release
    since: dt.datetime

    @property
    def manuscript(self) -> Manuscript:
        return self.release.manuscript

    @property
    def version(self) -> Version:
        return self.release.version

    @cached_property
    def content(self) -> Content:
        return self.version.text

    @property
    def is_corrected(self) -> bool:
        return self.release.round.purpose == Purpose.CORRECT


# What schemes say


def desks(schemes: History) -> list[Desk]:
    """Return what every scheme says about texts, the newest first."""
    found = (version.scheme.desk for version in reversed(schemes.versions))
    return [desk for desk in found if desk is not None]


def channels(schemes: History) -> Mapping[str, Channel]:
    """Return every channel there ever was, as the newest scheme that has it says."""
    found: dict[str, Channel] = {}
    for desk in desks(schemes):
        found = {**desk.channels, **found}
    return found


def site_channels(schemes: History) -> list[str]:
    return [id_ for id_, channel in channels(schemes).items() if channel.how == "site"]


# What stands


@dataclass(frozen=True)
class Place:
    """Where a text stands on the site: its newest release there, and since when it is public."""

    release: uuid.UUID
    manuscript: uuid.UUID
    number: str
    column: str
    since: dt.datetime
    at: dt.datetime


def shelf(schemes: History) -> list[Place]:
    """Return everything that stands on the site, the newest text first. One query.

    Every release is read, a few columns of it, and folded here: asking the database for the first release of each text
    took seconds where there are thousands.
    """
    rows = (
        Release.objects.filter(channel__in=site_channels(schemes))
        .order_by("at", "pk")
        .values_list(
            "pk",
            "manuscript_id",
            "manuscript__number",
            "manuscript__type",
            "at",
            "replaces_id",
            "withdrawal__at",
        )
    )
    since: dict[uuid.UUID, dt.datetime] = {}
    standing: dict[uuid.UUID, Place] = {}
    for pk, manuscript, number, column, at, replaces, withdrawn in rows:
        since.setdefault(manuscript, at)
        standing.pop(replaces, None)
        if withdrawn is None:
            standing[pk] = Place(pk, manuscript, number, column, since[manuscript], at)
    newest = {
        place.manuscript: place for place in standing.values()
    }  # one for each text, on several channels too
    return sorted(newest.values(), key=lambda place: (place.since, place.number), reverse=True)


def columns(schemes: History, places: Iterable[Place]) -> dict[str, Column]:
    """Return the columns of the site with how many texts they hold, those of the newest scheme first."""
    labels: dict[str, Label] = {}
    for desk in desks(schemes):
        labels |= {id_: text_type.name for id_, text_type in desk.types.items() if id_ not in labels}
    totals = Counter(place.column for place in places)
    newest = next(iter(desks(schemes)), None)
    wanted = [id_ for id_ in labels if id_ in totals or (newest is not None and id_ in newest.types)]
    return {id_: Column(id_, labels[id_], totals[id_]) for id_ in wanted}


def read(places: Sequence[Place]) -> list[Text]:
    """Return the texts that stand at these places, in this order; what is not what was approved is left out. Two queries."""
    since = {place.release: place.since for place in places}
    rows = Release.objects.filter(pk__in=since).select_related("manuscript__unit", "version", "round")
    found = {text.release.pk: text for text in authentic(rows)}
    return [Text(found[pk].release, moment) for pk, moment in since.items() if pk in found]


def authentic(releases: Iterable[Release]) -> list[Text]:
    """Return the texts of those releases that are what was approved; what is not is named in the log. One query."""
    wanted = list(releases)
    signed = _signed("desk.release", [release.pk for release in wanted])
    found = []
    for release in wanted:
        if signed.get(str(release.pk)) == chain.digest(release.payload()) and _is_whole(
            release.version, release.manuscript, release.digest
        ):
            found.append(Text(release, release.at))
        else:
            logger.error("not shown: release %s is not the text that was approved", release.pk)
    return found


def _signed(type_: str, ids: Sequence[object]) -> dict[str, str]:
    """Return the digest that the journal's newest line has for each object."""
    rows = Line.objects.filter(object_type=type_, object_id__in=[str(id_) for id_ in ids]).order_by("seq")
    return dict(rows.values_list("object_id", "digest"))


def _is_whole(version: Version, manuscript: Manuscript, digest: str) -> bool:
    return digest == version.digest == digest_of(manuscript, version.text)


# One text


@dataclass(frozen=True)
class Found:
    """What stands at an address: the text, or (withdrawn) the note in its place; both None where it was altered."""

    manuscript: Manuscript
    since: dt.datetime
    text: Text | None = None
    withdrawn: Note | None = None
    notes: tuple[Note, ...] = ()


def find(number: str, schemes: History) -> Found | None:
    """Return what stands under a manuscript's number; None if it was never public on the site. Three queries."""
    site = set(site_channels(schemes))
    rows = (
        Release.objects.filter(manuscript__in=list(Manuscript.objects.filter(number=number)[:1]))
        .select_related("manuscript__unit", "version", "round", "withdrawal__version")
        .order_by("at", "pk")
    )
    history = [one for one in rows if one.channel in site]
    if not history:
        return None
    manuscript, since = history[0].manuscript, history[0].at
    standing = [one for one in history if not _is_gone(one, history)]
    if not standing:
        last = max((one.withdrawal for one in history if _withdrawal(one)), key=lambda each: each.at)
        return Found(manuscript, since, withdrawn=_note(last.version, last.digest, manuscript, last.at))
    texts_ = authentic(standing[-1:])
    if not texts_:
        return Found(manuscript, since)
    corrections = [one for one in history if one.round.purpose == Purpose.CORRECT]
    notes = [_note(one.version, one.digest, manuscript, one.at) for one in reversed(corrections)]
    return Found(manuscript, since, text=Text(texts_[0].release, since), notes=tuple(_each_once(notes)))


def _is_gone(release: Release, history: Sequence[Release]) -> bool:
    return _withdrawal(release) is not None or any(one.replaces_id == release.pk for one in history)


def _withdrawal(release: Release) -> Withdrawal | None:
    found: Withdrawal | None = getattr(release, "withdrawal", None)
    return found


def _note(version: Version, digest: str, manuscript: Manuscript, at: dt.datetime) -> Note:
    """Return a note to readers; without its words where they are not those that were approved."""
    return Note(at, version.text.note if _is_whole(version, manuscript, digest) else "")


def _each_once(notes: Iterable[Note]) -> list[Note]:
    """Return the notes, those of one correction on several channels once."""
    return list({(note.at, note.text): note for note in notes}.values())


def neighbours(text: Text, places: Sequence[Place]) -> tuple[Text | None, Text | None]:
    """Return the next newer and the next older text of the column, of those on the shelf. Two queries."""
    column = [place for place in places if place.column == text.manuscript.type]
    here = next((n for n, place in enumerate(column) if place.manuscript == text.manuscript.pk), None)
    if here is None:
        return None, None
    newer, older = column[max(0, here - 1) : here], column[here + 1 : here + 2]
    found = {each.release.pk: each for each in read([*newer, *older])}
    ahead, behind = (next((found.get(place.release) for place in side), None) for side in (newer, older))
    return ahead, behind


# Corrections and withdrawals


@dataclass(frozen=True)
class Notice:
    """A correction or withdrawal, as it stands in the list of them."""

    at: dt.datetime
    manuscript: Manuscript
    text: str
    is_withdrawal: bool
    title: str


MOST_NOTICES = 500


def notices(schemes: History) -> list[Notice]:
    """Return the newest corrections and withdrawals on the site, the newest first. Two queries."""
    site = site_channels(schemes)
    corrections = (
        Release.objects.filter(channel__in=site, round__purpose=Purpose.CORRECT)
        .select_related("manuscript__unit", "version")
        .annotate(gone=F("withdrawal__at"))
        .order_by("-at")[:MOST_NOTICES]
    )
    withdrawals = (
        Withdrawal.objects.filter(release__channel__in=site)
        .select_related("manuscript__unit", "version")
        .order_by("-at")[:MOST_NOTICES]
    )
    found = [_notice(one, is_withdrawal=False) for one in corrections]
    found += [_notice(one, is_withdrawal=True) for one in withdrawals]
    once = {(notice.at, notice.manuscript.pk): notice for notice in found}
    gone = {notice.manuscript.pk for notice in found if notice.is_withdrawal}
    shown = [_untitled(notice) if notice.manuscript.pk in gone else notice for notice in once.values()]
    return sorted(shown, key=lambda notice: notice.at, reverse=True)


def _notice(one: Release | Withdrawal, *, is_withdrawal: bool) -> Notice:
    whole = _is_whole(one.version, one.manuscript, one.digest)
    words = one.version.text.note if whole else ""
    title = one.version.title if whole and not is_withdrawal else ""
    return Notice(one.at, one.manuscript, words, is_withdrawal, title)


def _untitled(notice: Notice) -> Notice:
    """Return the notice without the title of a text that is not to be read any more."""
    return Notice(notice.at, notice.manuscript, notice.text, notice.is_withdrawal, "")
