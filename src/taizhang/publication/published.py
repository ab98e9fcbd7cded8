"""What is public now: the newest release of each text on the site's channels, each held against what was approved.

Nothing is shown that is not the very text of a release which the journal signed: the release's line, its digest and
the digest of the text's words are worked out again whenever a page is made.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

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


def columns(schemes: History) -> dict[str, Column]:
    """Return the columns of the site with how many texts they hold, those of the newest scheme first. One query."""
    labels: dict[str, Label] = {}
    for desk in desks(schemes):
        labels |= {id_: text_type.name for id_, text_type in desk.types.items() if id_ not in labels}
    counted = _standing(schemes).order_by().values_list("manuscript__type")
    totals: dict[str, int] = {}
    for type_ in counted.distinct().values_list("manuscript__type", "manuscript_id"):
        totals[type_[0]] = totals.get(type_[0], 0) + 1
    newest = next(iter(desks(schemes)), None)
    wanted = [id_ for id_ in labels if id_ in totals or (newest is not None and id_ in newest.types)]
    return {id_: Column(id_, labels[id_], totals.get(id_, 0)) for id_ in wanted}


# What stands


def _standing(schemes: History) -> QuerySet[Release]:
    """Return the releases on the site that nothing replaced and nobody withdrew."""
    return Release.objects.filter(
        channel__in=site_channels(schemes), replaced_by__isnull=True, withdrawal__isnull=True
    )


def texts(schemes: History) -> QuerySet[Any]:
    """Return the releases that stand, the newest text first, one for each text, with ``since`` and what a page needs."""
    site = site_channels(schemes)
    first = (
        Release.objects.filter(manuscript=OuterRef("manuscript"), channel__in=site)
        .order_by()
        .values("manuscript")
        .annotate(since=Min("at"))
        .values("since")
    )
    found = _standing(schemes)
    if len(site) > 1:
        newest = _standing(schemes).filter(manuscript=OuterRef("manuscript")).order_by("-at", "-pk")
        found = found.filter(pk=Subquery(newest.values("pk")[:1]))
    return (
        found.annotate(since=Subquery(first))
        .select_related("manuscript__unit", "version", "round")
        .order_by("-since", "-manuscript__number")
    )


def of_column(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    return rows.filter(manuscript__type=column)


def authentic(releases: Iterable[Release]) -> list[Text]:
    """Return the texts of those releases that are what was approved; what is not is named in the log. One query."""
    wanted = list(releases)
    signed = _signed("desk.release", [release.pk for release in wanted])
    found = []
    for release in wanted:
        if signed.get(str(release.pk)) == chain.digest(release.payload()) and _is_whole(
            release.version, release.manuscript, release.digest
        ):
            found.append(Text(release, getattr(release, "since", release.at)))
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
    history = list(
        Release.objects.filter(manuscript__number=number, channel__in=site_channels(schemes))
        .select_related("manuscript__unit", "version", "round", "withdrawal__version")
        .order_by("at", "pk")
    )
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


def neighbours(text: Text, schemes: History) -> tuple[Text | None, Text | None]:
    """Return the next newer and the next older text of the column. Three queries."""
    column = of_column(texts(schemes), text.manuscript.type)
    mine = (text.since, text.manuscript.number)
    newer = column.filter(Q(since__gt=mine[0]) | Q(since=mine[0], manuscript__number__gt=mine[1])).order_by(
        "since", "manuscript__number"
    )[:1]
    older = column.filter(Q(since__lt=mine[0]) | Q(since=mine[0], manuscript__number__lt=mine[1]))[:1]
    rows = [*newer, *older]
    found = {each.release.pk: each for each in authentic(rows)}
    ahead = next((found.get(row.pk) for row in rows if _after(row, mine)), None)
    behind = next((found.get(row.pk) for row in rows if not _after(row, mine)), None)
    return ahead, behind


def _after(row: Any, mine: tuple[dt.datetime, str]) -> bool:
    return bool((row.since, row.manuscript.number) > mine)


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
