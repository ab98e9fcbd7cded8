"""What was said about a text: each comment with its answer, placed in the text as it stands now."""

from dataclasses import dataclass

from taizhang.desk.models import Comment, Manuscript, Resolution, Version
from taizhang.desk.rich_text import plain
from taizhang.desk.showing import Mark


@dataclass(frozen=True)
class Thread:
    """A comment and how it was settled. ``start``: where its passage is now; None where it is no more."""

    comment: Comment
    resolution: Resolution | None
    start: int | None

    @property
    def is_open(self) -> bool:
        return self.resolution is None


def threads(manuscript: Manuscript, version: Version) -> list[Thread]:
    """Return all comments on a manuscript, open ones first, then in order; placed in ``version``. One query."""
    rows = (
        Comment.objects.filter(version__manuscript=manuscript)
        .select_related("person", "version", "resolution__person")
        .order_by("id")
    )
    text = plain(version.body).text
    found = [
        Thread(one, getattr(one, "resolution", None), _now_at(one, text, same=one.version_id == version.pk))
        for one in rows
    ]
    return sorted(found, key=lambda thread: (not thread.is_open, str(thread.comment.pk)))


def _now_at(comment: Comment, text: str, *, same: bool) -> int | None:
    """Return where the passage stands: where it was, or at the place nearest to it that reads the same."""
    quote = comment.quote
    if not quote:
        return None
    if same and text[comment.start : comment.start + len(quote)] == quote:
        return comment.start
    places, at = [], text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return min(places, key=lambda place: abs(place - comment.start), default=None)


def marks_of(found: list[Thread]) -> list[Mark]:
    """Return where the open comments stand in the text."""
    return [
        Mark(
            thread.start,
            thread.start + len(thread.comment.quote),
            f"k-{thread.comment.pk}",
            "comment",
            thread.comment.text,
        )
        for thread in found
        if thread.is_open and thread.start is not None
    ]
