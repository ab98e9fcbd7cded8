"""What the journal's walk does not see: rows that are signed and still break the rule, and files that are not theirs.

Whoever can run the program's own code with the triggers gone can sign anything. What they cannot do is make an
approval right that was not: everything is folded again here, from the rows alone, against the scheme as it was adopted.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Model

from taizhang.core.desk import standing as rule
from taizhang.core.desk.corrections import changed_characters
from taizhang.core.desk.standing import Wish
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.history import History
from taizhang.desk import actions, queries, settling
from taizhang.desk.known import Known
from taizhang.desk.models import (
    Act,
    Comment,
    FindingDecision,
    Manuscript,
    Purpose,
    Release,
    Resolution,
    Round,
    Version,
    Withdrawal,
)
from taizhang.desk.queries import Passage
from taizhang.journal.clock import day_of
from taizhang.journal.models import Line as JournalLine
from taizhang.journal.verify import Break, Progress
from taizhang.ledger import store
from taizhang.org.models import Account
from taizhang.rules.queries import history

BATCH = 200
SIGNED = (Version, Act, FindingDecision, Comment, Resolution, Release, Withdrawal)


def passages(progress: Progress) -> Iterator[Break]:
    """Every round went by the rule: its stations are its scheme's, its acts were rightly done, its texts are whole."""
    known = Known.read()
    schemes = _readable()
    if schemes is None and Round.objects.exists():
        yield Break(Message(UNREADABLE))
    manuscripts = Manuscript.objects.select_related("unit").order_by("pk").iterator(BATCH)
    while batch := list(islice(manuscripts, BATCH)):
        by_id = {manuscript.pk: manuscript for manuscript in batch}
        for passage in queries.passages_of(batch, entitled=known.entitled):
            manuscript = by_id[passage.round.manuscript_id]
            yield from _settled(manuscript, passage, schemes) if schemes else ()
            yield from _texts(manuscript, passage)
            yield from _acts(manuscript, passage)
            yield from _releases(manuscript, passage)
        progress(len(batch))


UNREADABLE = gettext_noop(
    "An adopted scheme cannot be read any more: the stations of the desk cannot be held against it."
)


def _readable() -> History | None:
    try:
        return history()
    except SchemeErrors:
        return None  # the journal's walk names the scheme that was altered


def _break(manuscript: Manuscript, obj: Any, text: str, **values: Any) -> Break:
    said = Message(text, number=manuscript.number, id=obj.pk, **values)
    return Break(said, object=str(obj.pk))


# Stations


def _settled(manuscript: Manuscript, passage: Passage, schemes: History) -> Iterator[Break]:
    """The line and its stations are those that the scheme named at the round's beginning."""
    why = settling.fault(
        manuscript, passage.round, stations=passage.stations, versions=passage.versions, schemes=schemes
    )
    if why is not None:
        yield _break(
            manuscript,
            passage.round,
            gettext_noop("Round {id} of text {number} is not what its scheme says: {why}"),
            why=why,
        )


# Texts


def _texts(manuscript: Manuscript, passage: Passage) -> Iterator[Break]:
    """Every version is what its digest says, and a correction is no more than one."""
    by_id = {version.pk: version for version in passage.versions}
    for version in passage.versions:
        if actions.digest_of(manuscript, version.text) != version.digest:
            yield _break(
                manuscript,
                version,
                gettext_noop("Version {id} of text {number} is not the text of its digest: it was altered."),
            )
        base = by_id.get(version.base_id) if version.base_id else None
        if version.is_correction and (base is None or not _is_correction(version, base, passage.round)):
            yield _break(
                manuscript,
                version,
                gettext_noop("Version {id} of text {number} changes more than a correction may."),
            )


def _is_correction(version: Version, base: Version, round_: Round) -> bool:
    changed = changed_characters(base.title, version.title) + changed_characters(base.body, version.body)
    return changed <= round_.corrects_at_most and version.content == base.content


# Acts and releases


def _acts(manuscript: Manuscript, passage: Passage) -> Iterator[Break]:
    """Nothing was done that the rule has something against."""
    rows = {act.number: act for act in passage.acts}
    for refused in passage.standing.refused:
        act = rows[refused.act.number]
        yield _break(
            manuscript,
            act,
            gettext_noop("Act {act} of text {number} breaks the rule: {why}"),
            act=act.number,
            why=refused.why[0],
        )


def _releases(manuscript: Manuscript, passage: Passage) -> Iterator[Break]:
    """Whatever was released or withdrawn had passed, as exactly the text that it is."""
    rows: list[Release | Withdrawal] = [*passage.round.releases.all(), *passage.round.withdrawals.all()]
    for row in rows:
        channel = row.channel if isinstance(row, Release) else row.release.channel
        version = next((each for each in passage.versions if each.pk == row.version_id), None)
        wish = Wish(digest=row.digest, channel=channel, now=row.at)
        right = {Purpose.WITHDRAW} if isinstance(row, Withdrawal) else {Purpose.PUBLISH, Purpose.CORRECT}
        content = version.text if version else None
        why = rule.refusals(
            passage.standing,
            wish,
            channels=content.channels if content else (),
            embargo=content.embargo if content else None,
        )
        if version is None or version.digest != row.digest or passage.round.purpose not in right:
            why.insert(0, Message(gettext_noop("It is not a text of this round.")))
        if why:
            yield _break(
                manuscript,
                row,
                gettext_noop("The release {id} of text {number} does not fit its approvals: {why}"),
                why=why[0],
            )
        if isinstance(row, Release) and not _is_counted_as_told(row, manuscript):
            yield _break(
                manuscript,
                row,
                gettext_noop("The release {id} of text {number} is counted as an entry of something else."),
            )


def _is_counted_as_told(row: Release, manuscript: Manuscript) -> bool:
    return row.entry is None or row.entry.source.get("desk") == str(manuscript.pk)


# Who and when


def signatures(progress: Progress) -> Iterator[Break]:
    """Every row is of the moment and the account that the journal signed it for, and the account is of its person."""
    accounts = {account.person_id: account.username for account in Account.objects.exclude(person=None)}
    for model in SIGNED:
        rows: Iterator[Any] = model._default_manager.order_by("pk").iterator(BATCH)
        while batch := list(islice(rows, BATCH)):
            lines = _lines_of(model, batch)
            for row in batch:
                line = lines.get(str(row.pk))
                if line is not None and not _is_signed_so(row, line, accounts):
                    yield Break(
                        Message(
                            gettext_noop(
                                "{object} bears another time or person than journal line {seq} that signed it."
                            ),
                            object=f"{model._meta.label_lower} {row.pk}",
                            seq=line.seq,
                        ),
                        line=line.seq,
                        object=str(row.pk),
                    )
            progress(len(batch))


def _lines_of(model: type[Model], rows: Iterable[Any]) -> dict[str, JournalLine]:
    lines = JournalLine.objects.filter(
        object_type=model._meta.label_lower, object_id__in=[str(row.pk) for row in rows]
    )
    return {line.object_id: line for line in lines.order_by("seq")}


def _is_signed_so(row: Any, line: JournalLine, accounts: dict[int | None, str]) -> bool:
    username = accounts.get(row.person_id)
    is_theirs = username is not None and (row.by == username or row.by.startswith(f"{username} "))
    is_its_day = not isinstance(row, Act) or row.day == day_of(row.at)
    return row.at == line.at and row.by == line.actor and is_theirs and is_its_day


# Files


def files(progress: Progress) -> Iterator[Break]:
    """Every attachment and picture of a version is there and has the bytes that were approved."""
    right: dict[str, bool] = {}
    for version in Version.objects.select_related("manuscript").order_by("pk").iterator(BATCH):
        content = version.text
        for sha256 in [*(a.sha256 for a in content.attachments), *(p.sha256 for p in content.pictures)]:
            if sha256 not in right:
                right[sha256] = store.digest_on_disk(sha256) == sha256
                progress(1)
            if not right[sha256]:
                yield _break(
                    version.manuscript,
                    version,
                    gettext_noop("A file of version {id} of text {number} is missing or altered."),
                )
                break


CHECKS = (passages, signatures, files)
