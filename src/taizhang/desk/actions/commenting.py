"""Commenting on a text, and settling what was said."""

from taizhang.core.messages import gettext_noop
from taizhang.desk import access
from taizhang.desk.actions.acting import MAX_OPINION, NOT_ALLOWED, hands_of, refuse_stale, way_of
from taizhang.desk.models import Comment, Manuscript, Resolution
from taizhang.desk.refused import refuse
from taizhang.journal.actions import Book
from taizhang.org.models import Account

MAX_QUOTE = 1000


def comment(
    manuscript: Manuscript,
    *,
    seen: str,
    text: str,
    quote: str = "",
    start: int = 0,
    by: Account,
    book: Book,
) -> Comment:
    """Comment on a passage of the newest version, or (no quote) on all of it. ``start`` counts in its plain text."""
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
    if way.version is None:
        raise refuse(gettext_noop("The text was never submitted for review."))
    refuse_stale(way, seen)
    if not access.may_comment(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    if not text.strip():
        raise refuse(gettext_noop("The comment is empty. Write something."))
    said = Comment(
        version=way.version,
        start=max(0, start),
        quote=quote[:MAX_QUOTE],
        text=text.strip()[:MAX_OPINION],
        **hands.signed,
    )
    said.save(force_insert=True)
    book.sign("desk.comment", said)
    return said


def resolve(comment: Comment, *, answer: str = "", by: Account, book: Book) -> Resolution:
    """Settle a comment, once."""
    hands = hands_of(by, book)
    way = way_of(comment.version.manuscript, hands)
    if not access.may_comment(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    if Resolution.objects.filter(comment=comment).exists():
        raise refuse(gettext_noop("The comment is settled already."))
    settled = Resolution(comment=comment, answer=answer.strip()[:MAX_OPINION], **hands.signed)
    settled.save(force_insert=True)
    book.sign("desk.resolve", settled)
    return settled
