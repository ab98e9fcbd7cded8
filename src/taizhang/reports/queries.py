"""What a visit may see of the reports, and the proof of frozen ones. Objects come only through what is here."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.outline.model import FigureChip
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Period, Scope
from taizhang.journal import chain
from taizhang.journal.models import Line
from taizhang.journal.verify import chain_breaks
from taizhang.ledger import rows
from taizhang.ledger.models import Entry
from taizhang.org.access import Access
from taizhang.reports.body import BadBody, Place
from taizhang.reports.frozen import thaw
from taizhang.reports.models import FrozenReport, Report, Revision
from taizhang.reports.printing import Ledger, Printed, listed, printed

# What may be seen


def visible(access: Access) -> Q:
    """Return the condition that a report, or a frozen one, is of a unit that the visitor may read or report on."""
    read, write = access.unit_ids("read"), access.unit_ids("report")
    if read is None or write is None:
        return Q()
    return Q(unit_id__in=read | write)


def reports(access: Access) -> QuerySet[Report]:
    """Return the reports that the visitor may see, newest period first."""
    return Report.objects.filter(visible(access)).select_related("unit")


def report_for(access: Access, id: uuid.UUID) -> Report:  # noqa: A002 - the column's name
    """Return a report. Raises Http404 if it is not there or not to be seen."""
    found = reports(access).filter(pk=id).first()
    if found is None:
        raise Http404(_("There is no such report, or it is not yours to see."))
    return found


def revision_for(access: Access, report: uuid.UUID, pk: int) -> Revision:
    """Return an earlier state of a report. Raises Http404."""
    found = Revision.objects.filter(report__in=reports(access), report_id=report, pk=pk).first()
    if found is None:
        raise Http404(_("There is no such version, or it is not yours to see."))
    return found


def frozen_for(access: Access, id: uuid.UUID) -> FrozenReport:  # noqa: A002 - the column's name
    """Return a frozen report with its successor. Raises Http404."""
    found = (
        FrozenReport.objects.filter(visible(access))
        .select_related("unit", "report", "superseded_by", "supersedes")
        .filter(pk=id)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such report, or it is not yours to see."))
    return found


def scheme_for(report: Report | FrozenReport, ledger: Ledger) -> Scheme:
    """Return the scheme that a report's period is judged by. Raises NoSchemeInForce."""
    return ledger.schemes.for_period(report.span).scheme


# Proof


class Found(StrEnum):
    """What can be wrong with a frozen report."""

    CONTENT = "content"
    HEAD = "head"
    CHAIN = "chain"
    DEFINITION = "definition"
    VALUE = "value"
    ROWS = "rows"
    ENTRY = "entry"
    LISTING = "listing"


@dataclass(frozen=True)
class Difference:
    """One thing that does not fit. ``ask`` is the figure that it shows at, if it is one's."""

    found: Found
    message: Message
    ask: Ask | None = None
    name: str = ""
    was: str = ""
    now: str = ""


def verify(frozen: FrozenReport, *, ledger: Ledger) -> list[Difference]:
    """Prove a frozen report: count everything again as of its moment and hold it against what it says.

    Its own signature, the journal up to its head, every definition, value and row digest, every list of rows, and
    every entry behind them against its own digest. An empty list is the proof.
    """
    whole = [*_signed(frozen), *_chain(frozen)]
    try:
        _body, then = thaw(frozen.content, language=frozen.language)
    except (BadBody, KeyError, TypeError, ValueError) as error:
        if not whole:
            raise  # what fits its own digest can be read, or this program is wrong
        return [*whole, Difference(Found.CONTENT, _UNREADABLE, now=str(error))]
    as_of = ledger.at(frozen.as_of)
    names = {one["figure"]["indicator"]: one["name"] for one in frozen.content["figures"]}
    return [
        *whole,
        *_figures(frozen, then, as_of, names),
        *_listings(then, as_of, names),
        *_entries(then, as_of, names),
    ]


_UNREADABLE = Message(gettext_noop("What the frozen report holds can no longer be read as a report."))


def _signed(frozen: FrozenReport) -> Iterator[Difference]:
    line = (
        Line.objects.filter(object_type=FrozenReport._meta.label_lower, object_id=str(frozen.pk))
        .order_by("-seq")
        .first()
    )
    content = chain.digest(frozen.content)
    if content != frozen.digest:
        yield Difference(
            Found.CONTENT,
            Message(
                gettext_noop("The text or a figure of the frozen report was altered after it was frozen.")
            ),
            was=frozen.digest,
            now=content,
        )
    if line is None or line.digest != chain.digest(frozen.payload()):
        yield Difference(
            Found.CONTENT, Message(gettext_noop("The frozen report is not what the journal signed."))
        )


def _chain(frozen: FrozenReport) -> Iterator[Difference]:
    head = Line.objects.filter(seq=frozen.head_seq).first()
    if head is None or head.hash != frozen.head_hash:
        yield Difference(
            Found.HEAD,
            Message(
                gettext_noop(
                    "Journal line {seq} is not the one that was its head when the report was frozen."
                ),
                seq=frozen.head_seq,
            ),
            was=frozen.head_hash,
            now=head.hash if head else "",
        )
    for broken in chain_breaks(until=frozen.head_seq):
        yield Difference(Found.CHAIN, broken.message)


def _figures(
    frozen: FrozenReport, then: Printed, ledger: Ledger, names: Mapping[str, str]
) -> Iterator[Difference]:
    scheme = ledger.schemes.find(frozen.span.start)
    asked = dict.fromkeys(ask for place in then.chips for ask in place.asks)
    found = ledger.evaluate(asked)
    kept = _kept_digests(frozen)
    for place, chip in then.chips.items():
        name = names.get(place.indicator, place.indicator)
        now = printed(place, found, scheme=scheme.scheme, language=frozen.language) if scheme else None
        yield from _figure(place, chip, now, name)
    for ask in asked:
        if (digest := kept.get(ask)) is not None:
            yield from _rows(ask, digest, ledger, names.get(ask.indicator, ask.indicator))


def _kept_digests(frozen: FrozenReport) -> dict[Ask, str]:
    figures = [part for one in frozen.content["figures"] for part in (one["figure"], one["before"]) if part]
    return {_ask_of(figure): figure["rows"] for figure in figures}


def _figure(place: Place, then: FigureChip, now: FigureChip | None, name: str) -> Iterator[Difference]:
    if now is not None and (now.digest, now.text) == (then.digest, then.text):
        return
    if now is None or now.figure.citation.digest != then.figure.citation.digest:
        yield Difference(
            Found.DEFINITION,
            Message(
                gettext_noop("The rule that “{name}” was counted by is not the one in force then."), name=name
            ),
            place.ask,
            name,
            was=then.figure.citation.digest,
            now=now.figure.citation.digest if now else "",
        )
    elif now.text != then.text:
        yield Difference(
            Found.VALUE,
            Message(
                gettext_noop(
                    "“{name}” was frozen as “{was}”; counted again as of the same moment it is “{now}”."
                ),
                name=name,
                was=then.text,
                now=now.text,
            ),
            place.ask,
            name,
            then.text,
            now.text,
        )
    else:
        yield Difference(
            Found.VALUE,
            Message(gettext_noop("The seal of “{name}” does not fit, though it reads the same."), name=name),
            place.ask,
            name,
            then.digest,
            now.digest,
        )


def _rows(ask: Ask, digest: str, ledger: Ledger, name: str) -> Iterator[Difference]:
    now = digest_of(ask, ledger)
    if now != digest:
        yield Difference(
            Found.ROWS,
            Message(
                gettext_noop("The rows behind “{name}” are not the ones it was counted from."), name=name
            ),
            ask,
            name,
            digest,
            now,
        )


def digest_of(ask: Ask, ledger: Ledger) -> str:
    """Return the digest of a figure's rows as of the ledger's moment."""
    return rows.digest_of(ask, schemes=ledger.schemes, tree=ledger.tree, as_of=ledger.as_of or ledger.now)


def _listings(then: Printed, ledger: Ledger, names: Mapping[str, str]) -> Iterator[Difference]:
    for place, found in then.listings.items():
        now = listed(place, ledger=ledger, language=then.language)
        if [row.row for row in now.rows] != [row.row for row in found.rows] or now.text != found.text:
            name = names.get(place.indicator, place.indicator)
            yield Difference(
                Found.LISTING,
                Message(gettext_noop("The list of “{name}” is not what the ledger held then."), name=name),
                Ask(place.indicator, place.scope, place.period),
                name,
                found.text,
                now.text,
            )


def _entries(then: Printed, ledger: Ledger, names: Mapping[str, str]) -> Iterator[Difference]:
    """Hold every entry behind the figures against its own digest: one altered with its digest left alone shows here."""
    seen = set[uuid.UUID]()
    for ask in dict.fromkeys(ask for place in then.chips for ask in place.asks):
        for behind in rows.rows_below(ask, schemes=ledger.schemes, tree=ledger.tree, as_of=ledger.as_of):
            ids = behind.order_by().values("pk")
            for entry in Entry.rows_to_verify("pk").filter(pk__in=ids).iterator(2000):
                if entry.pk not in seen:
                    seen.add(entry.pk)
                    if chain.digest(entry.payload()) != entry.digest:
                        name = names.get(ask.indicator, ask.indicator)
                        yield _altered(entry, ask, name)


def _altered(entry: Entry, ask: Ask, name: str) -> Difference:
    return Difference(
        Found.ENTRY,
        Message(
            gettext_noop("“{entry}” ({id}), a row behind “{name}”, was altered behind the program's back."),
            entry=str(entry),
            id=str(entry.pk),
            name=name,
        ),
        ask,
        name,
    )


def _ask_of(figure: Mapping[str, Any]) -> Ask:
    return Ask(figure["indicator"], Scope(**figure["scope"]), Period.parse(figure["period"]))


# Then and now


@dataclass(frozen=True)
class Changed:
    """A figure that reads otherwise now than when the report was frozen."""

    place: Place
    name: str
    was: FigureChip
    now: FigureChip


def changed_since(frozen: FrozenReport, *, ledger: Ledger) -> list[Changed]:
    """Return the figures that would read otherwise if the report were frozen now."""
    _body, then = thaw(frozen.content, language=frozen.language)
    scheme = scheme_for(frozen, ledger)
    found = ledger.evaluate(ask for place in then.chips for ask in place.asks)
    names = {one["figure"]["indicator"]: one["name"] for one in frozen.content["figures"]}
    return [
        Changed(place, names.get(place.indicator, place.indicator), was, now)
        for place, was in then.chips.items()
        if (now := printed(place, found, scheme=scheme, language=frozen.language)).text != was.text
    ]
