"""One figure, or one list of rows, as it is printed in a report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from taizhang.core.indicators import wording
from taizhang.core.outline.digest import digest_of
from taizhang.core.outline.model import FigureChip, Form, Listing, RowText
from taizhang.core.scheme.placeholders import parse
from taizhang.core.values import Figure

CHANGES = (Form.CHANGE, Form.SIGNED_CHANGE)


@dataclass(frozen=True)
class ReportRow:
    """One row behind a figure, with its words: ``title``, ``occurred_on``, ``unit`` … and the kind's own fields."""

    id: str
    words: Mapping[str, str]


def chip(
    figure: Figure, form: Form, *, language: str, unit: str | None = None, before: Figure | None = None
) -> FigureChip:
    """Return ``figure`` as printed. ``unit`` replaces its own; a change needs the figure ``before``."""
    if form in CHANGES and before is None:
        raise ValueError(form)
    text = _text(figure, form, language, unit, before)
    return FigureChip(figure, form, text, digest_of(figure, form=form, text=text, before=before), before)


def _text(figure: Figure, form: Form, language: str, unit: str | None, before: Figure | None) -> str:
    if before is not None and form is Form.CHANGE:
        return wording.change(figure, before, language=language, unit=unit)
    if before is not None and form is Form.SIGNED_CHANGE:
        return wording.signed_change(figure, before, language=language)
    if form is Form.NUMBER:
        return wording.bare(figure, language=language)
    return wording.said(figure, language=language, unit=unit)


def list_rows(
    listing: Listing, rows: Sequence[ReportRow], *, language: str, total: int | None = None
) -> Listing:
    """Return ``listing`` with these rows written. Those over its limit are counted, none is dropped silently.

    ``total`` says how many there are where ``rows`` are only the first.
    """
    texts = (*_row_texts(listing, rows), *_and_more(listing, total or len(rows), language))
    return replace(listing, rows=texts)


def _row_texts(listing: Listing, rows: Sequence[ReportRow]) -> Iterator[RowText]:
    pieces = parse(listing.item)
    for row in rows[: listing.at_most]:
        text = "".join(p if isinstance(p, str) else row.words.get(p.name, "") for p in pieces)
        yield RowText(listing.indicator, row.id, text)


def _and_more(listing: Listing, total: int, language: str) -> Iterator[RowText]:
    more = total - listing.at_most
    if more > 0:
        text = f"另有{more}项" if language.startswith("zh") else f"and {more} more"
        yield RowText(listing.indicator, "", text)
