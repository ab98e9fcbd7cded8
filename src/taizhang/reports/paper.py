"""From a text and what its places read to a document that can be printed: .docx, .pdf, .html."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taizhang.core.outline.model import FigureChip, Listing
from taizhang.core.outline.typed import TypedNumber, typed_numbers
from taizhang.core.scheme.schema import Scheme
from taizhang.documents import model as documents
from taizhang.documents.model import Document
from taizhang.reports.body import (
    AsOf,
    Block,
    Body,
    Bullets,
    Heading,
    Inlines,
    Numbered,
    Paragraph,
    Place,
    RowLines,
    Table,
    Words,
    runs_of,
)
from taizhang.reports.printing import Printed

HIDDEN = {"zh": "〔无权查看〕", "en": "[not yours to see]"}
PLACEHOLDER = "\ufffc"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NARROW = 5  # columns


def hidden(language: str) -> str:
    """Return what stands where a reader may not see a figure."""
    return HIDDEN["zh" if language.startswith("zh") else "en"]


def document(
    body: Body,
    printed: Printed,
    *,
    scheme: Scheme,
    frozen: bool = False,
    issued_on: dt.date | None = None,
    footer_lines: tuple[str, ...] = (),
    meta: Mapping[str, str] | None = None,
) -> Document:
    """Return ``body`` as a document in the official layout; every figure in it is tagged with its seal.

    Raises InvalidDocument for a text without a title.
    """
    writer = _Writer(printed, scheme)
    return Document(
        title=_printable(body.title).strip(),
        blocks=tuple(made for block in body.blocks for made in writer.blocks(block)),
        addressee=_line(body.addressee) or None,
        issuer=_line(body.issuer) or None,
        issued_on=issued_on,
        language="en" if printed.language == "en" else "zh-hans",
        status="frozen" if frozen else "draft",
        footer_lines=footer_lines,
        meta=meta or {},
    )


def title_of(chip: FigureChip, scheme: Scheme, language: str) -> str:
    """Return what a reader of the file sees when pointing at a figure: its name, scope and period."""
    declared = scheme.indicators.get(chip.indicator)
    name = declared.name.said_in(language) if declared else chip.indicator
    figure = chip.figure
    return " ".join(
        part for part in (name, figure.scope.unit, figure.scope.person, str(figure.period)) if part
    )


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\t", " "))


def _line(text: str) -> str:
    return " ".join(_printable(text).split("\n")).strip()


# Numbers typed by hand -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """A number that somebody typed: in which run (counted from 0), where in its words, and the words around it."""

    run: int
    start: int
    end: int
    text: str
    before: str
    after: str


def typed_in(body: Body) -> list[Typed]:
    """Return every number typed by hand, in order of reading. Captions are looked through too."""
    return list(_typed(body))


def _typed(body: Body) -> Iterator[Typed]:
    runs = (run for block in body.blocks for run in runs_of(block))
    for number, run in enumerate(runs):
        plain = plain_text(run)
        for found in typed_numbers(plain):
            before, after = plain[max(0, found.start - 12) : found.start], plain[found.end : found.end + 12]
            yield Typed(
                number,
                found.start,
                found.end,
                found.text,
                before.replace(PLACEHOLDER, "▢"),
                after.replace(PLACEHOLDER, "▢"),
            )


def plain_text(run: Inlines) -> str:
    """Return the words of a run, each place of the ledger as one sign."""
    return "".join(inline.text if isinstance(inline, Words) else PLACEHOLDER for inline in run)


# Blocks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Writer:
    printed: Printed
    scheme: Scheme

    def blocks(self, block: Block) -> Iterator[documents.Block]:
        match block:
            case Heading():
                yield documents.Heading(block.level, self.run(block.inlines))
            case Paragraph() if run := self.run(block.inlines):
                yield documents.Paragraph(run)
            case Bullets() if block.items:
                yield documents.BulletList(tuple(map(self.run, block.items)))
            case Numbered() if block.items:
                yield documents.NumberedList(tuple(map(self.run, block.items)))
            case RowLines():
                yield from self._row_lines(block)
            case Table() if block.rows or block.head:
                yield self._table(block)
            case _:
                pass  # a paragraph left empty is no blank line on paper

    def _row_lines(self, block: RowLines) -> Iterator[documents.Block]:
        listing = self.printed.listings.get(block.listing)
        if listing is None:
            yield documents.Paragraph((documents.Text(hidden(self.printed.language)),))
        elif listing.rows:
            yield documents.BulletList(
                tuple((documents.Text(_printable(row.text)),) for row in listing.rows if row.text)
            )
        elif listing.empty:
            yield documents.Paragraph((documents.Text(_printable(listing.empty)),))

    def _table(self, table: Table) -> documents.Table:
        width = len(table.head) or len(table.rows[0])
        first = documents.Column("left", share=2 if width <= _NARROW else 3)
        columns = (first, *(documents.Column("center", share=1) for _ in range(width - 1)))
        return documents.Table(
            columns=columns,
            header=(tuple(map(self.run, table.head)),) if table.head else (),
            rows=tuple(tuple(map(self.run, row)) for row in table.rows),
            caption=documents.plain(_printable(table.caption)),
        )

    def run(self, run: Inlines) -> documents.Inlines:
        typed = typed_numbers(plain_text(run))
        made: list[documents.Inline] = []
        at = 0
        for inline in run:
            if isinstance(inline, Words):
                made += _words(inline, at, typed)
                at += len(inline.text)
                continue
            at += 1
            made += self._counted(inline)
        return tuple(made)

    def _counted(self, inline: Place | Listing | AsOf) -> list[documents.Inline]:
        match inline:
            case Place():
                return self._place(inline)
            case Listing():
                return self._listing(inline)
            case AsOf():
                return [documents.Text(self.printed.as_of)]

    def _place(self, place: Place) -> list[documents.Inline]:
        chip = self.printed.chips.get(place)
        if chip is None:
            return [documents.Text(hidden(self.printed.language))]
        title = title_of(chip, self.scheme, self.printed.language)
        return [documents.FigureRun(chip.text, chip.indicator, chip.digest, title)]

    def _listing(self, inline: Listing) -> list[documents.Inline]:
        listing = self.printed.listings.get(inline)
        text = hidden(self.printed.language) if listing is None else _printable(listing.text)
        return [documents.Text(text)] if text else []


def _words(words: Words, at: int, typed: list[TypedNumber]) -> Iterator[documents.Inline]:
    """Cut words where a number was typed; a number may begin in the words before and go on in these."""
    text, end = words.text, at + len(words.text)
    cursor = at
    for number in typed:
        start, stop = max(number.start, at), min(number.end, end)
        if start >= stop:
            continue
        if start > cursor:
            yield documents.Text(_printable(text[cursor - at : start - at]), words.bold)
        yield documents.TypedNumber(_line(text[start - at : stop - at]))
        cursor = stop
    if cursor < end and (rest := _printable(text[cursor - at :])):
        yield documents.Text(rest, words.bold)
