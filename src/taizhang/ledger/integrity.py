"""What the journal's walk cannot see from one entry alone: versions, closed columns, files of evidence."""

from collections.abc import Iterator

from django.db.models import F, Q

from taizhang.core.messages import Message, gettext_noop
from taizhang.journal.verify import Break, Progress
from taizhang.ledger import store
from taizhang.ledger.models import Entry, Evidence


def versions(_progress: Progress) -> Iterator[Break]:
    """``superseded_at`` is the moment of the next version, and there is one exactly when it is set."""
    wrong = Entry.objects.filter(
        Q(superseded_at__isnull=True, superseded_by__isnull=False)
        | Q(superseded_at__isnull=False, superseded_by__isnull=True)
        | Q(superseded_at__isnull=False) & ~Q(superseded_at=F("superseded_by__recorded_at"))
        | Q(supersedes__isnull=False) & ~Q(fact=F("supersedes__fact"))
    )
    for entry in wrong.iterator(2000):
        yield Break(
            Message(gettext_noop("Entry {id} was opened or closed behind the program's back."), id=entry.pk),
            object=str(entry.pk),
        )


def files(progress: Progress) -> Iterator[Break]:
    """Every file of evidence is there and has the bytes it had."""
    named = Evidence.objects.order_by("sha256").values_list("sha256", "name", "entry_id")
    last, found = "", None
    for sha256, name, entry_id in named.iterator(2000):
        if sha256 != last:
            last, found = sha256, store.digest_on_disk(sha256)
            progress(1)
        if found != sha256:
            yield Break(
                Message(
                    gettext_noop("The evidence “{name}” of entry {id} is missing or altered."),
                    name=name,
                    id=entry_id,
                ),
                object=str(entry_id),
            )


CHECKS = (versions, files)
