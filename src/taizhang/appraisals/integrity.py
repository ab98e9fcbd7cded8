"""What the journal's walk cannot see: that every sheet is as its batch signed it, with the arithmetic that it signed, and
every version closed by the next."""

from collections.abc import Iterator
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q

from taizhang.appraisals import keeping
from taizhang.appraisals.models import Batch, Shape, Sheet, Verification
from taizhang.core.messages import Message, gettext_noop
from taizhang.journal import chain
from taizhang.journal.verify import Break, Progress
from taizhang.ledger.models import Entry

BATCH = 500
ALTERED = gettext_noop("The score sheet {id} is not as it was signed: it was altered.")
MISSING = gettext_noop(
    "The score sheets of batch {id} are not those that it signed: some are gone, or were put in behind the program's back."
)
RESHAPED = gettext_noop(
    "The arithmetic {id}, which score sheets share, is not as they signed it: it was altered or is gone."
)
REVERSED = gettext_noop("The verification {id} was opened or closed behind the program's back.")
OWN = gettext_noop("The verification {id} is of an entry that its author had recorded himself.")
UNCLOSED = gettext_noop("The score sheet {id} was opened or closed behind the program's back.")


def sheets(progress: Progress) -> Iterator[Break]:
    """Every sheet has the digest that it says, and every batch the sheets that it signed."""
    signed = dict(Batch.objects.values_list("pk", "sheets"))
    rows = Sheet.objects.order_by("batch_id", "pk").iterator(BATCH)
    for batch, members in groupby(rows, key=lambda sheet: sheet.batch_id):
        digests = []
        for sheet in members:
            digests.append(sheet.digest)
            if chain.digest(sheet.payload()) != sheet.digest:
                yield _break(ALTERED, sheet.pk)
        if keeping.digest_over(digests) != signed.pop(batch, None):
            yield _break(MISSING, batch)
        progress(len(digests))
    for batch in signed:
        yield _break(MISSING, batch)


def shapes(_progress: Progress) -> Iterator[Break]:
    """Every shape and every part that a sheet signed is there, with the content that its digest names."""
    signed = set(Sheet.objects.order_by().values_list("shape_id", flat=True).distinct())
    for keys in Sheet.objects.order_by().values_list("keys", flat=True).iterator(BATCH):
        signed.update(part for part, _own in keeping.items_in(keys))
    for digest, content in Shape.objects.values_list("digest", "content").iterator(BATCH):
        signed.discard(digest)
        if keeping.digest_of(content) != digest:
            yield _break(RESHAPED, digest)
    for digest in sorted(signed):
        yield _break(RESHAPED, digest)


def versions(_progress: Progress) -> Iterator[Break]:
    """A sheet is closed exactly when another supersedes it, at the moment of that one's batch, for the same subject."""
    wrong = Sheet.objects.filter(
        Q(superseded_at__isnull=True, superseded_by__isnull=False)
        | Q(superseded_at__isnull=False, superseded_by__isnull=True)
        | Q(superseded_at__isnull=False) & ~Q(superseded_at=F("superseded_by__batch__at"))
        | Q(supersedes__isnull=False) & ~Q(run_id=F("supersedes__run_id"))
        | Q(supersedes__person__isnull=False) & ~Q(person_id=F("supersedes__person_id"))
    )
    for pk in wrong.values_list("pk", flat=True).iterator(BATCH):
        yield _break(UNCLOSED, pk)


def verifications(_progress: Progress) -> Iterator[Break]:
    """A decision is closed exactly when another supersedes it, about the same version; nobody verified what he recorded."""
    wrong = Verification.objects.filter(
        Q(superseded_at__isnull=True, superseded_by__isnull=False)
        | Q(superseded_at__isnull=False, superseded_by__isnull=True)
        | Q(superseded_at__isnull=False) & ~Q(superseded_at=F("superseded_by__at"))
        | Q(supersedes__isnull=False) & ~Q(entry_id=F("supersedes__entry_id"))
    )
    for pk in wrong.values_list("pk", flat=True).iterator(BATCH):
        yield _break(REVERSED, pk)
    mine = {"recorded_by": OuterRef("by"), "recorded_at__lte": OuterRef("at")}  # not what he put right later
    recorded = Entry.objects.filter(fact=OuterRef("entry__fact"), **mine)
    for pk in Verification.objects.filter(Exists(recorded)).values_list("pk", flat=True).iterator(BATCH):
        yield _break(OWN, pk)


def _break(text: str, id_: object) -> Break:
    return Break(Message(text, id=id_), object=str(id_))


CHECKS = (sheets, shapes, versions, verifications)
