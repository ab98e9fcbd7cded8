"""Making a text public, correcting it once it is, and taking it away again."""

from taizhang.core.messages import gettext_noop
from taizhang.desk import access, posting, queries, settling
from taizhang.desk.actions.acting import MAX_REASON, NOT_ALLOWED, Hands, hands_of, keep_place, way_of
from taizhang.desk.actions.rounds import begin
from taizhang.desk.actions.versions import digest_of
from taizhang.desk.models import Draft, Manuscript, Purpose, Release, Round, Version, Withdrawal
from taizhang.desk.queries import Way
from taizhang.desk.refused import refuse, refuse_if
from taizhang.journal import sealing
from taizhang.journal.actions import Book
from taizhang.org.models import Account


def release(
    manuscript: Manuscript, channel: str, *, seen: str, address: str = "", by: Account, book: Book
) -> Release:
    """Make the text whose digest was ``seen`` public on a channel, and count it in the ledger.

    Recorded here; what puts it before readers shows nothing that has no such row. A later release on the same channel
    replaces the earlier one.
    """
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
    if not access.may_release(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    round_, version = _releasable(way, seen, channel, hands)
    if round_.purpose == Purpose.WITHDRAW:
        raise refuse(gettext_noop("This round is for a withdrawal, not for a release."))
    if any(one.version_id == version.pk and one.channel == channel for one in way.releases):
        raise refuse(gettext_noop("It is released on this channel already."))
    earlier = [one for one in way.releases if one.channel == channel]
    released = Release(
        manuscript=way.manuscript,
        round=round_,
        version=version,
        channel=channel,
        digest=version.digest,
        address=address.strip(),
        replaces=earlier[-1] if earlier else None,
        entry=posting.post(
            way.manuscript,
            version.text,
            channel=channel,
            address=address.strip(),
            book=book,
            schemes=hands.schemes,
        ),
        **hands.signed,
    )
    sealing.put(released)
    book.sign("desk.release", released)
    keep_place(way.manuscript, hands)
    return released


def _releasable(way: Way, seen: str, channel: str, hands: Hands) -> tuple[Round, Version]:
    refuse_if(queries.refusals(way, seen=seen, channel=channel, now=hands.book.at))
    assert way.round is not None
    assert way.version is not None
    mine = [version for version in way.versions if version.round_id == way.round.pk]
    why = settling.fault(
        way.manuscript, way.round, stations=way.stations, versions=mine, schemes=hands.schemes
    )
    refuse_if([why] if why else [])
    if digest_of(way.manuscript, way.version.text) != way.version.digest:
        raise refuse(gettext_noop("The text is not the one that was approved. Run “taizhang verify”."))
    hands.book.flush()  # the database looks for the lines that sign the approvals
    return way.round, way.version


def reopen(manuscript: Manuscript, *, purpose: Purpose, reason: str, by: Account, book: Book) -> Round:
    """Begin a new round of a released text: a correction or withdrawal (by the short line, where there is one), or
    publication on more channels (by its own line)."""
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
    if not access.may_reopen(hands.visitor, way):
        raise refuse(
            gettext_noop(
                "Only a text that is released is corrected or withdrawn, by who may write or release it."
            )
        )
    if not reason.strip():
        raise refuse(gettext_noop("Say why; the reason stays with the record."))
    if purpose != Purpose.PUBLISH and not _standing_releases(way):
        raise refuse(gettext_noop("Nothing of this text is public any more."))
    draft = Draft.objects.get(pk=manuscript.pk)
    round_ = begin(way, draft.text, Purpose(purpose), reason.strip()[:MAX_REASON], hands)
    keep_place(way.manuscript, hands)
    return round_


def _standing_releases(way: Way) -> list[Release]:
    gone = {one.release_id for one in way.withdrawals} | {one.replaces_id for one in way.releases}
    return [one for one in way.releases if one.pk not in gone]


def withdraw(manuscript: Manuscript, channel: str, *, seen: str, by: Account, book: Book) -> Withdrawal:
    """Take a release away from its readers, once the withdrawal passed its line; its note stands in its place."""
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
    if not access.may_release(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    round_, version = _releasable(way, seen, channel, hands)
    if round_.purpose != Purpose.WITHDRAW:
        raise refuse(gettext_noop("Begin a withdrawal first: it passes its stations like a text."))
    if not version.text.note:
        raise refuse(gettext_noop("Write the note that readers will find in its place."))
    released = next((one for one in _standing_releases(way) if one.channel == channel), None)
    if released is None:
        raise refuse(gettext_noop("Nothing of this text is public on this channel."))
    withdrawn = Withdrawal(
        release=released,
        manuscript=way.manuscript,
        round=round_,
        version=version,
        digest=version.digest,
        **hands.signed,
    )
    sealing.put(withdrawn)
    book.sign("desk.withdraw", withdrawn)
    keep_place(way.manuscript, hands)
    return withdrawn
