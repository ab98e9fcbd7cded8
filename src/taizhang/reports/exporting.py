"""Drafts and frozen reports as documents, ready for a writer of ``documents``."""

from collections.abc import Mapping

from taizhang.core.indicators.plan import Ask
from taizhang.core.scheme.schema import Scheme
from taizhang.documents.model import Document
from taizhang.reports import paper, queries
from taizhang.reports.body import Body, Place, from_json, listings, places
from taizhang.reports.frozen import issued_on, thaw
from taizhang.reports.models import FrozenReport, Report
from taizhang.reports.printing import Ledger, May, Printed, everything, print_body


def printed_draft(report: Report, *, ledger: Ledger, may: May = everything) -> tuple[Body, Printed, Scheme]:
    """Return the text of a draft, and what its places read at its moment."""
    body, scheme = from_json(report.body), queries.scheme_for(report, ledger)
    at = ledger.at(report.as_of)
    return body, print_body(body, scheme=scheme, ledger=at, language=report.language, may=may), scheme


def of_draft(report: Report, *, ledger: Ledger, may: May = everything) -> Document:
    """Return a draft as a document that says it is one and marks the numbers typed by hand."""
    body, printed, scheme = printed_draft(report, ledger=ledger, may=may)
    return as_draft(body, printed, scheme=scheme, meta={"report": str(report.pk)})


def as_draft(
    body: Body, printed: Printed, *, scheme: Scheme, meta: Mapping[str, str] | None = None
) -> Document:
    return paper.document(body, printed, scheme=scheme, meta=meta)


def printed_frozen(
    frozen: FrozenReport, *, ledger: Ledger, may: May = everything
) -> tuple[Body, Printed, Scheme]:
    """Return the text of a frozen report and what its places read then, as far as ``may`` lets them be seen."""
    body, then = thaw(frozen.content, language=frozen.language)
    shown = Printed(
        language=then.language,
        day=then.day,
        chips={place: then.chips[place] for place in _seen(body, may) if place in then.chips},
        listings={
            one: then.listings[one]
            for one in dict.fromkeys(listings(body))
            if one in then.listings and may(Ask(one.indicator, one.scope, one.period))
        },
    )
    return body, shown, queries.scheme_for(frozen, ledger)


def _seen(body: Body, may: May) -> list[Place]:
    return [place for place in dict.fromkeys(places(body)) if all(map(may, place.asks))]


def of_frozen(frozen: FrozenReport, *, ledger: Ledger, may: May = everything) -> Document:
    """Return a frozen report as a document; its foot says the head of the journal's chain."""
    body, printed, scheme = printed_frozen(frozen, ledger=ledger, may=may)
    return paper.document(
        body,
        printed,
        scheme=scheme,
        frozen=True,
        issued_on=issued_on(frozen.content),
        footer_lines=tuple(frozen.content["footer"]),
        meta={
            "report": str(frozen.report_id),
            "frozen": str(frozen.pk),
            "digest": frozen.digest,
            "head_seq": str(frozen.head_seq),
            "head_hash": frozen.head_hash,
        },
    )
