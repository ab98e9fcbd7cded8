"""A release becomes an entry of the ledger, so that publications are counted like everything else."""

from typing import Any

from taizhang.core.desk.content import Content
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.desk import Posting
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Scheme
from taizhang.desk.models import Manuscript, Release
from taizhang.desk.refused import DeskRefused, refuse
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.ledger import actions as ledger
from taizhang.ledger.drafts import Draft, DraftRefused
from taizhang.ledger.models import Entry
from taizhang.org.models import Person


def post(
    manuscript: Manuscript, content: Content, *, channel: str, address: str, book: Book, schemes: History
) -> Entry | None:
    """Return the entry that a release on ``channel`` is counted as, posted if it is not there yet.

    None where the type of text is not counted. Raises DeskRefused if the ledger refuses the entry.
    """
    scheme = ledger.rules_for(day_of(book.at), schemes)
    posting = _posting(scheme, manuscript.type)
    if posting is None:
        return None
    if (known := _posted(manuscript, channel, posting)) is not None:
        return known
    values: dict[str, Any] = {**posting.values, **posting.by_channel.get(channel, {})}
    if posting.address is not None and address:
        values[posting.address] = address
    person = content.shares[0].person if scheme.kinds[posting.kind].person is not None else None
    draft = Draft(
        kind=posting.kind,
        unit_id=manuscript.unit_id,
        occurred_on=day_of(book.at),
        title=content.title,
        person_id=person,
        values=values,
        source=_source(manuscript, content, channel),
    )
    try:
        return ledger.post(draft, book=book, schemes=schemes)
    except DraftRefused as refused:
        raise DeskRefused(
            Message(gettext_noop("The ledger does not take the release: {problem}"), problem=message)
            for message in refused.problems.values()
        ) from refused


def _posting(scheme: Scheme, type_: str) -> Posting | None:
    if scheme.desk is None or type_ not in scheme.desk.types:
        raise refuse(
            gettext_noop("The scheme in force has no type of text “{type}”. Adopt one that has."), type=type_
        )
    return scheme.desk.types[type_].posts


def _posted(manuscript: Manuscript, channel: str, posting: Posting) -> Entry | None:
    """Return the entry that an earlier release of the manuscript was counted as, if this one counts with it."""
    earlier = Release.objects.filter(manuscript=manuscript, entry__isnull=False)
    if posting.each == "channel":
        earlier = earlier.filter(channel=channel)
    first = earlier.select_related("entry").order_by("at").first()
    return first.entry if first else None


def _source(manuscript: Manuscript, content: Content, channel: str) -> dict[str, Any]:
    """Return where the entry comes from, and whose work it is: scores are shared out by it."""
    authors = [share.person for share in content.shares]
    codes = dict(Person.objects.filter(pk__in=authors).values_list("pk", "code"))
    return {
        "desk": str(manuscript.pk),
        "number": manuscript.number,
        "channel": channel,
        "shares": [[codes[share.person], f"{share.part.normalize():f}"] for share in content.shares],
    }
