"""Making texts public: at once, at a moment, and taking that back. The desk decides whether; it is asked each time.

The caller opened the book and owns the transaction. All raise DeskRefused.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from taizhang.core.messages import Message, gettext_noop
from taizhang.desk import access, queries
from taizhang.desk import actions as desk
from taizhang.desk.access import Visitor
from taizhang.desk.models import Manuscript, Release
from taizhang.desk.queries import Way
from taizhang.desk.refused import DeskRefused, refuse, refuse_if
from taizhang.journal.actions import Book, open_book
from taizhang.journal.clock import day_of
from taizhang.ledger import actions as ledger
from taizhang.ledger.actions import AlreadyChanged
from taizhang.ledger.drafts import DraftRefused
from taizhang.ledger.models import Entry
from taizhang.org.access import access_of
from taizhang.org.models import Account
from taizhang.publication.models import Schedule, Whereabouts
from taizhang.rules.queries import history

LONGEST_ADDRESS = 300  # a link field of the ledger takes no more
FARTHEST = dt.timedelta(days=366)
SCHEDULER = "taizhang release"


def release(
    manuscript: Manuscript, *, channels: Mapping[str, str], seen: str, by: Account, book: Book
) -> list[Release]:
    """Release a text now on each channel (mapped to its address there, "" if it has none yet), all or none."""
    if not channels:
        raise refuse(gettext_noop("Choose at least one channel."))
    for address in channels.values():
        _check_address(address)
    found = [
        desk.release(manuscript, channel, seen=seen, address=address, by=by, book=book)
        for channel, address in channels.items()
    ]
    waiting = Schedule.objects.filter(
        manuscript=manuscript, channel__in=channels, state=Schedule.State.WAITING
    )
    waiting.update(state=Schedule.State.CANCELLED, settled_at=book.at, settled_by=book.actor)
    return found


def _check_address(address: str) -> None:
    if address and not address.startswith(("https://", "http://")):
        raise refuse(
            gettext_noop("“{address}” is no address. One starts with https:// or http://."), address=address
        )
    if len(address) > LONGEST_ADDRESS:
        raise refuse(gettext_noop("An address has at most {n} characters."), n=LONGEST_ADDRESS)


# At a moment


def schedule(
    manuscript: Manuscript,
    *,
    channels: Mapping[str, str],
    seen: str,
    due_at: dt.datetime,
    by: Account,
    book: Book,
) -> list[Schedule]:
    """Have a text released on each channel at a moment to come. It must be releasable then as things stand now."""
    if not channels:
        raise refuse(gettext_noop("Choose at least one channel."))
    if due_at <= book.at:
        raise refuse(gettext_noop("The moment has passed. Choose a later one, or release now."))
    if due_at > book.at + FARTHEST:
        raise refuse(gettext_noop("The moment is more than a year away. Choose an earlier one."))
    way = _way_for(manuscript, by=by, book=book)
    found = []
    for channel, address in channels.items():
        _check_schedule(way, channel, address, seen=seen, due_at=due_at)
        assert way.version is not None
        wanted = Schedule(
            manuscript=way.manuscript,
            version=way.version,
            channel=channel,
            digest=seen,
            address=address,
            due_at=due_at,
            account=by,
            at=book.at,
            by=book.actor,
        )
        wanted.save(force_insert=True)
        book.sign("publication.schedule", wanted)
        found.append(wanted)
    return found


def _check_schedule(way: Way, channel: str, address: str, *, seen: str, due_at: dt.datetime) -> None:
    _check_address(address)
    refuse_if(queries.refusals(way, seen=seen, channel=channel, now=due_at))
    if any(
        way.version is not None and one.version_id == way.version.pk and one.channel == channel
        for one in way.releases
    ):
        raise refuse(gettext_noop("It is released on this channel already."))
    if Schedule.objects.filter(
        manuscript=way.manuscript, channel=channel, state=Schedule.State.WAITING
    ).exists():
        raise refuse(gettext_noop("It is scheduled on this channel already. Cancel that first."))


def _way_for(manuscript: Manuscript, *, by: Account, book: Book) -> Way:
    """Return how a manuscript stands, read thoroughly, for somebody who may release it."""
    account = Account.objects.select_related("person").get(pk=by.pk)
    found = access_of(account, day=day_of(book.at), schemes=history())
    way = queries.way_of(
        Manuscript.objects.select_related("unit").get(pk=manuscript.pk), tree=found.tree if found else None
    )
    if found is None or not access.may_release(Visitor(found), way):
        raise refuse(desk.NOT_ALLOWED)
    return way


def cancel(wanted: Schedule, *, by: Account, book: Book) -> None:
    """Take back a schedule that still waits."""
    _way_for(wanted.manuscript, by=by, book=book)
    if not _settle(wanted, Schedule.State.CANCELLED, book=book):
        raise refuse(gettext_noop("It does not wait any more. Look at what became of it."))
    book.sign("publication.cancel", wanted)


def _settle(
    wanted: Schedule,
    state: Schedule.State,
    *,
    book: Book,
    released: Release | None = None,
    reasons: Sequence[Message] = (),
) -> bool:
    """Move a schedule that waits to its end; False if somebody was quicker."""
    return bool(
        Schedule.objects.filter(pk=wanted.pk, state=Schedule.State.WAITING).update(
            state=state,
            settled_at=book.at,
            settled_by=book.actor,
            release=released,
            reasons=[[reason.msgid, _plain(reason)] for reason in reasons],
        )
    )


def _plain(message: Message) -> dict[str, object]:
    return {name: value if isinstance(value, int) else str(value) for name, value in message.values.items()}


def release_due(wanted: Schedule, *, now: dt.datetime) -> Schedule.State | None:
    """Release what is due, in one transaction with its settling, or settle why not. None if somebody was quicker.

    Whoever scheduled it answers for it: their right is asked again, and so is everything about the text.
    """
    actor = f"{wanted.account.signature} · {SCHEDULER}"
    try:
        with open_book(now=now, actor=actor) as book:
            released = _release_if_it_waits(wanted, book)
            return None if released is None else Schedule.State.RELEASED
    except DeskRefused as refused:
        with open_book(now=now, actor=actor) as book:
            if not _settle(wanted, Schedule.State.REFUSED, book=book, reasons=refused.reasons):
                return None
            book.sign("publication.refuse", wanted)
        return Schedule.State.REFUSED


def _release_if_it_waits(wanted: Schedule, book: Book) -> Release | None:
    if not Schedule.objects.filter(pk=wanted.pk, state=Schedule.State.WAITING).exists():
        return None
    released = desk.release(
        wanted.manuscript,
        wanted.channel,
        seen=wanted.digest,
        address=wanted.address,
        by=wanted.account,
        book=book,
    )
    if not _settle(wanted, Schedule.State.RELEASED, book=book, released=released):
        transaction.set_rollback(True)  # somebody settled it since: their answer stands
        return None
    return released


# Withdrawal


def withdraw(manuscript: Manuscript, *, channels: Sequence[str], seen: str, by: Account, book: Book) -> None:
    """Take a text away from its readers on each channel, once its withdrawal passed its line; all or none."""
    if not channels:
        raise refuse(gettext_noop("Choose at least one channel."))
    for channel in channels:
        desk.withdraw(manuscript, channel, seen=seen, by=by, book=book)


# Addresses


def locate(release: Release, address: str, *, by: Account, book: Book) -> Whereabouts:
    """Say where a release can be read; the ledger's entry follows where it has a place for that."""
    address = address.strip()
    if not address:
        raise refuse(gettext_noop("Write the address where it can be read."))
    _check_address(address)
    _way_for(release.manuscript, by=by, book=book)
    account = Account.objects.select_related("person").get(pk=by.pk)
    assert account.person is not None
    found = Whereabouts(release=release, address=address, person=account.person, at=book.at, by=book.actor)
    found.save(force_insert=True)
    book.sign("publication.locate", found)
    _tell_ledger(release, address, book)
    return found


def _tell_ledger(release: Release, address: str, book: Book) -> None:
    """Put the address into the entry that a release was counted as, if its kind has a field for it that is empty."""
    schemes = history()
    entry = current_entry(release)
    scheme = ledger.rules_for(entry.occurred_on, schemes) if entry else None
    text_type = scheme.desk.types.get(release.manuscript.type) if scheme and scheme.desk else None
    field = text_type.posts.address if text_type and text_type.posts else None
    if entry is None or field is None or entry.values.get(field):
        return
    draft = ledger.draft_of(entry)
    try:
        ledger.correct(
            entry,
            replace(draft, values={**draft.values, field: address}),
            reason=f"{release.manuscript.number} {release.channel}",
            book=book,
            schemes=schemes,
        )
    except DraftRefused as refused:
        raise DeskRefused(refused.problems.values()) from refused
    except AlreadyChanged as error:
        raise refuse(
            gettext_noop("Somebody changed the ledger's entry at the same moment. Try again.")
        ) from error


def current_entry(release: Release) -> Entry | None:
    """Return the newest version of the entry that a release was counted as; None where there is none that holds."""
    if release.entry_id is None:
        return None
    fact = Entry.objects.filter(pk=release.entry_id).values("fact")
    return Entry.objects.filter(fact__in=fact, superseded_at__isnull=True, voids=False).first()
