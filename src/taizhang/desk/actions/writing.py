"""Beginning a manuscript, submitting its draft, taking it back."""

from taizhang.core.desk.content import Content
from taizhang.core.desk.standing import What
from taizhang.core.messages import gettext_noop
from taizhang.desk import access, drafts
from taizhang.desk.actions.acting import (
    NOT_ALLOWED,
    Said,
    desk_of,
    hands_of,
    keep_place,
    put_act,
    refuse_stale,
    way_of,
)
from taizhang.desk.actions.rounds import begin, refuse_other_line
from taizhang.desk.actions.versions import put_version
from taizhang.desk.models import Act, Draft, Manuscript, Purpose, Version
from taizhang.desk.refused import refuse, refuse_if
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.org.models import Account, Unit


def start(*, unit: Unit, type_: str, content: Content, by: Account, book: Book) -> Manuscript:
    """Begin a manuscript of a type of text, with a first draft."""
    hands = hands_of(by, book)
    desk = desk_of(hands.schemes.find(day_of(book.at)))
    if type_ not in desk.types:
        raise refuse(gettext_noop("The scheme has no type of text “{type}”."), type=type_)
    if not access.may_start(hands.visitor, unit_id=unit.pk):
        raise refuse(NOT_ALLOWED)
    manuscript = Manuscript(
        number=_next_number(book),
        unit=unit,
        type=type_,
        creator=hands.person,
        created_at=book.at,
        created_by=book.actor,
    )
    manuscript.save(force_insert=True)
    tidied = drafts.tidy(content)
    Draft.objects.create(
        manuscript=manuscript,
        title=tidied.title[: drafts.MAX_TITLE],
        content=tidied.as_json(),
        editors=[hands.person.pk],
        saved_at=book.at,
        saved_by=book.actor,
    )
    book.sign("desk.start", manuscript)
    keep_place(manuscript, hands)
    return manuscript


def _next_number(book: Book) -> str:
    """Return the next number of the year; the book's lock keeps two from getting one."""
    year = day_of(book.at).year
    last = (
        Manuscript.objects.filter(number__startswith=f"{year}-")
        .order_by("-id")
        .values_list("number", flat=True)
    ).first()
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:04}"


def submit(
    manuscript: Manuscript, *, on: int, seen: str = "", reason: str = "", by: Account, book: Book
) -> Version:
    """Submit the draft of revision ``on`` as a new version, at the first station of its line.

    ``seen`` is the digest of the newest version that the writer knows of; nothing before the first submission. All
    approvals of earlier versions are void.
    """
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
    if not access.may_write(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    draft = Draft.objects.select_for_update().get(pk=manuscript.pk)
    if draft.revision != on:
        raise refuse(
            gettext_noop("{who} changed the draft meanwhile. Open it again before you submit."),
            who=draft.saved_by,
        )
    refuse_stale(way, seen)
    content = drafts.tidy(draft.text)
    refuse_if(drafts.problems(content))
    if way.is_done:
        raise refuse(gettext_noop("This text is done. Begin a correction or a withdrawal of it first."))
    round_ = way.round or begin(way, content, Purpose.PUBLISH, "", hands)
    refuse_other_line(way, round_, content, hands)
    version = put_version(way, round_, content, hands, reason=reason, editors=draft.editors)
    put_act(way, round_, version, What.SUBMIT, hands)
    Draft.objects.filter(pk=draft.pk).update(editors=[])
    return version


def recall(manuscript: Manuscript, *, seen: str, reason: str = "", by: Account, book: Book) -> Act:
    """Take the text back from its line, to change it. Only who wrote or edited it may."""
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
    if way.version is None or way.round is None or way.is_done:
        raise refuse(gettext_noop("The text is with its authors already."))
    refuse_stale(way, seen)
    return put_act(way, way.round, way.version, What.RECALL, hands, said=Said(reason))
