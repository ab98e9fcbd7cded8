"""Writing and freezing reports. The caller checked the permission; for a freeze it opened the book too."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.outline.model import Listing
from taizhang.core.scheme.schema import Scheme
from taizhang.journal import chain
from taizhang.journal import queries as journal
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.ledger.wording import moment
from taizhang.org.models import Person
from taizhang.reports import filling, queries
from taizhang.reports.body import BadBody, Body, Place, from_json, listings, places, to_json
from taizhang.reports.filling import Order
from taizhang.reports.frozen import content_of
from taizhang.reports.models import FrozenReport, Report, Revision
from taizhang.reports.printing import Ledger, May, Printed, everything, print_body

INSTANT = dt.timedelta(microseconds=1)
AUTOSAVES_JOIN = dt.timedelta(minutes=1)
LONGEST_TITLE = 300
NO_TITLE = Message(gettext_noop("A report needs a title. Write one above the text."))


class Conflict(Exception):  # noqa: N818
    """Somebody else saved first. ``newest`` is how the report stands, ``kept`` where the refused text was put."""

    def __init__(self, newest: Report, kept: Revision) -> None:
        super().__init__(
            _("{who} saved this report at {when}. Your text is kept as a version of its own.").format(
                who=newest.changed_by, when=moment(newest.changed_at)
            )
        )
        self.newest = newest
        self.kept = kept


class FreezeRefused(Exception):  # noqa: N818
    """The report cannot be frozen as it stands; the text says why, in the user's language."""


def create(order: Order, *, ledger: Ledger, by: str, may: May = everything) -> Report:
    """Fill an outline and keep it as a draft; ``ledger.as_of`` None keeps it live. Raises as ``filling.fill``."""
    body = filling.fill(order, ledger=ledger, may=may)
    with transaction.atomic():
        report = Report.objects.create(
            outline=order.outline,
            unit=order.unit,
            period=str(order.period),
            starts=order.period.start,
            as_of=ledger.as_of,
            language=order.language,
            title=_title(body),
            body=to_json(body),
            created_at=ledger.now,
            created_by=by,
            changed_at=ledger.now,
            changed_by=by,
        )
        Revision.objects.create(
            report=report, version=1, on=1, body=report.body, saved_at=ledger.now, saved_by=by
        )
    return report


def save(report: Report, body: Body, *, on: int, now: dt.datetime, by: str, auto: bool = False) -> Report:
    """Keep ``body`` as the next version after ``on``. Raises Conflict, having kept the text, if it is not the newest.

    The caller has checked the places (``check_places``).
    """
    content = to_json(body)
    with transaction.atomic():
        changed = Report.objects.filter(pk=report.pk, version=on).update(
            version=on + 1, body=content, title=_title(body), changed_at=now, changed_by=by
        )
        if changed:
            _join_autosaves(report.pk, on, now, by)
        kept = Revision.objects.create(
            report_id=report.pk,
            version=on + 1 if changed else None,
            on=on,
            auto=auto,
            body=content,
            saved_at=now,
            saved_by=by,
        )
    newest = Report.objects.select_related("unit").get(pk=report.pk)
    if not changed:
        raise Conflict(newest, kept)
    return newest


def _join_autosaves(report: uuid.UUID, version: int, now: dt.datetime, by: str) -> None:
    """Let go of a state that was saved by itself a moment ago: this one has everything that it had or had removed."""
    Revision.objects.filter(
        report_id=report, version=version, auto=True, saved_by=by, saved_at__gt=now - AUTOSAVES_JOIN
    ).delete()


def refill(report: Report, *, ledger: Ledger, by: str, may: May = everything) -> Report:
    """Fill the outline anew as the next version; the text written so far stays as a version. Raises as ``fill``."""
    order = Order(report.outline, report.unit, report.span, report.language)
    body = filling.fill(order, ledger=ledger.at(report.as_of), may=may)
    return save(report, body, on=report.version, now=ledger.now, by=by)


def restore(report: Report, revision: Revision, *, on: int, now: dt.datetime, by: str) -> Report:
    """Make an earlier state the next version. Raises Conflict."""
    return save(report, from_json(revision.body), on=on, now=now, by=by)


def check_places(body: Body, *, scheme: Scheme, ledger: Ledger, may: May, before: Body | None = None) -> None:
    """Raise BadBody for a figure or list that does not exist or that the writer may not see.

    What stood in the text ``before`` may stay, whoever saves it.
    """
    known = set(_places(before)) if before else set()
    for place in _places(body):
        if place in known:
            continue
        if place.indicator not in scheme.indicators:
            raise BadBody(
                Message(
                    gettext_noop(
                        "There is no figure “{indicator}” in the scheme that this period is judged by. "
                        "Remove it, or insert a figure from the list."
                    ),
                    indicator=place.indicator,
                )
            )
        _check_scope(place.scope.unit, place.scope.person, ledger)
        ask = Ask(place.indicator, place.scope, place.period)
        if not may(ask):
            raise BadBody(
                Message(
                    gettext_noop(
                        "The figure “{indicator}” counts entries that your roles do not let you read. Remove it."
                    ),
                    indicator=place.indicator,
                )
            )


def _places(body: Body) -> Iterator[Place | Listing]:
    yield from places(body)
    yield from listings(body)


def _check_scope(unit: str, person: str, ledger: Ledger) -> None:
    if unit and unit not in ledger.tree.by_code:
        raise BadBody(Message(gettext_noop("There is no unit “{unit}”. Remove its figure."), unit=unit))
    if person and not Person.objects.filter(code=person).exists():
        raise BadBody(
            Message(
                gettext_noop("Nobody has the staff number “{person}”. Remove their figure."), person=person
            )
        )


def _title(body: Body) -> str:
    return body.title.strip()[:LONGEST_TITLE] or "—"


# Freezing ------------------------------------------------------------------------------------------------------


def seen_digest(printed: Printed) -> str:
    """Return a digest of what all places read: who freezes says by it what they saw."""
    hasher = hashlib.sha256()
    for chip in printed.chips.values():
        hasher.update(f"{chip.indicator} {chip.text}\n".encode())
    for listing in printed.listings.values():
        hasher.update(f"{listing.indicator} {listing.text}\n".encode())
    return hasher.hexdigest()


def freeze(
    report: Report, *, book: Book, ledger: Ledger, on: int, seen: str = "", may: May = everything
) -> FrozenReport:
    """Freeze a report: as of its own moment, or for a live one as of the last instant before this.

    So nothing recorded from now on, by however wrong a clock, can change what it counts. ``seen`` is the digest of
    what the freezer saw; if the ledger has moved on since, the freeze is refused. Raises FreezeRefused.
    """
    report = Report.objects.select_related("unit").get(pk=report.pk)
    if report.version != on:
        raise FreezeRefused(_("Somebody changed the report meanwhile. Read it again, then freeze it."))
    then = ledger.at(min(report.as_of or book.at, book.at - INSTANT))
    scheme, body = queries.scheme_for(report, ledger), from_json(report.body)
    printed = print_body(body, scheme=scheme, ledger=then, language=report.language, may=may)
    _refuse_unfit(body, printed, seen)
    head = journal.head()
    seq, hash_ = (head.seq, head.hash) if head else (0, chain.GENESIS)
    content = content_of(
        body,
        printed,
        scheme=scheme,
        unit_name=report.unit.name,
        issued=day_of(book.at),
        footer=(footer_line(report.language, seq, hash_),),
        rows_digest=lambda ask: queries.digest_of(ask, then),
    )
    return _keep(report, content, book, then.as_of or book.at, (seq, hash_))


def _keep(
    report: Report, content: dict[str, object], book: Book, as_of: dt.datetime, head: tuple[int, str]
) -> FrozenReport:
    frozen = FrozenReport(
        report=report,
        supersedes=report.frozen.filter(superseded_by__isnull=True).order_by("-frozen_at").first(),
        outline=report.outline,
        unit=report.unit,
        period=report.period,
        as_of=as_of,
        language=report.language,
        title=report.title,
        content=content,
        head_seq=head[0],
        head_hash=head[1],
        digest=chain.digest(content),
        frozen_at=book.at,
        frozen_by=book.actor,
    )
    frozen.save(force_insert=True)
    book.sign("reports.freeze", frozen, title=report.title, head=head[1])
    return frozen


def is_whole(body: Body, printed: Printed) -> bool:
    """Tell whether every place of ``body`` could be printed for its reader."""
    return all(place in printed.chips for place in places(body)) and all(
        one in printed.listings for one in listings(body)
    )


def _refuse_unfit(body: Body, printed: Printed, seen: str) -> None:
    if not is_whole(body, printed):
        raise FreezeRefused(
            _(
                "The report has figures that your roles do not let you see. Somebody who may see them must freeze it."
            )
        )
    if seen and seen != seen_digest(printed):
        raise FreezeRefused(
            _(
                "The ledger changed since you opened this page. Look at the figures again, then freeze the report."
            )
        )


FOOTERS = {
    "zh-hans": "台账定稿　账簿第{seq}行　链首{hash}",
    "en": "Frozen from the ledger at journal line {seq}, chain head {hash}",
}


def footer_line(language: str, seq: int, hash_: str) -> str:
    """Return the line printed under a frozen report: the head of the journal's chain when it was frozen."""
    return FOOTERS[language].format(seq=seq, hash=hash_)
