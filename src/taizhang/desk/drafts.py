"""Writing: the draft that is saved while somebody types, and what a text must have before it is submitted."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal

from django.db import transaction

from taizhang.core.desk.content import Content
from taizhang.core.messages import Message, gettext_noop
from taizhang.desk import rich_text
from taizhang.desk.models import Draft, DraftCopy, Manuscript
from taizhang.desk.refused import DraftConflict
from taizhang.org.models import Person

MAX_TITLE = 300
MAX_NOTE = 500
MAX_BODY = 2_000_000
WHOLE = Decimal(1)


def tidy(content: Content) -> Content:
    """Return the content in its one spelling: body sanitised, blanks at the ends gone, channels each once."""
    return replace(
        content,
        title=" ".join(content.title.replace("\x00", "").split()),
        body=rich_text.clean(content.body),
        byline=content.byline.strip(),
        channels=tuple(dict.fromkeys(content.channels)),
        note=content.note.strip(),
    )


def save(
    manuscript: Manuscript,
    content: Content,
    *,
    on: int,
    by: str,
    person: Person,
    now: dt.datetime,
    token: str = "",
    unanswered: Collection[str] = (),
) -> Draft:
    """Keep a draft as the next revision after ``on``. Raises DraftConflict, having kept the text, if it is not the newest.

    ``token`` names this save. ``unanswered`` are the tokens of saves from the same browser whose answers never came: if
    the newest is one of them, it is no other's text. The caller checked ``access.may_write``. Saved by itself every few seconds: no line in the journal.
    """
    tidied = tidy(content)
    told = tidied.as_json()
    with transaction.atomic():
        draft = Draft.objects.select_for_update().get(pk=manuscript.pk)
        if draft.revision == on or (draft.token and draft.token in unanswered):
            draft.revision, draft.token = draft.revision + 1, token[:64]
            draft.title, draft.content = tidied.title[:MAX_TITLE], told
            draft.editors = sorted({*draft.editors, person.pk})
            draft.saved_at, draft.saved_by = now, by
            draft.save()
            return draft
        kept = DraftCopy.objects.create(manuscript=manuscript, on=on, content=told, saved_at=now, saved_by=by)
    raise DraftConflict(draft, kept)


def keep_copy(draft: Draft) -> DraftCopy:
    """Keep a draft that is about to be replaced."""
    return DraftCopy.objects.create(
        manuscript_id=draft.pk,
        on=draft.revision,
        content=draft.content,
        saved_at=draft.saved_at,
        saved_by=draft.saved_by,
    )


def problems(content: Content) -> Iterator[Message]:
    """Yield what a text lacks before it can be submitted."""
    if not content.title:
        yield Message(gettext_noop("The text has no title. Write one."))
    if len(content.title) > MAX_TITLE:
        yield Message(gettext_noop("The title is longer than {n} characters. Shorten it."), n=MAX_TITLE)
    if not rich_text.plain(content.body).text.strip() and not rich_text.pictures(content.body):
        yield Message(gettext_noop("The text is empty. Write something."))
    if len(content.body) > MAX_BODY:
        yield Message(gettext_noop("The text is too long. Put parts of it into attachments."))
    if len(content.note) > MAX_NOTE:
        yield Message(
            gettext_noop("The note to readers is longer than {n} characters. Shorten it."), n=MAX_NOTE
        )
    yield from _shares(content)
    yield from _pictures(content)


def _shares(content: Content) -> Iterator[Message]:
    people = [share.person for share in content.shares]
    if not people:
        yield Message(gettext_noop("The text names no author. Name who wrote it."))
        return
    if len(set(people)) != len(people):
        yield Message(gettext_noop("An author is named twice. Add up the two shares."))
    if any(share.part <= 0 for share in content.shares) or sum(s.part for s in content.shares) != WHOLE:
        yield Message(gettext_noop("The authors' shares do not add up to 100 %. Correct them."))
    if Person.objects.filter(pk__in=people).count() != len(set(people)):
        yield Message(gettext_noop("There is no such person."))


def _pictures(content: Content) -> Iterator[Message]:
    told = {picture.sha256: picture for picture in content.pictures}
    for sha256 in rich_text.pictures(content.body):
        picture = told.get(sha256)
        if picture is None or not picture.alt.strip() or not picture.source.strip():
            yield Message(
                gettext_noop(
                    "A picture lacks its description or its source. Write what it shows and whose it is."
                )
            )
            return
