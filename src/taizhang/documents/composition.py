"""From what a document says to the lines that are printed, in order: the part that every writer shares.

Ordinals, the attachment note, the signature and the place of each line are settled here once, after GB/T 9704-2012;
a writer only dresses the lines. Places are counted in **half characters** of the body type from the left edge of the
type area, which is 56 of them (28 characters) wide.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from taizhang.documents import ordinals, phrases, titles
from taizhang.documents.model import (
    Alignment,
    Attachment,
    Block,
    BulletList,
    Document,
    FigureRun,
    Heading,
    Inline,
    Inlines,
    NumberedList,
    PageBreak,
    Paragraph,
    Picture,
    Row,
    Table,
    Text,
    TypedNumber,
    plain,
    text_of,
)
from taizhang.documents.ordinals import width

LINE_HALVES = 56
_PARAGRAPH_INDENT = 4
TITLE_CHARACTERS = 20

Role = Literal[
    "masthead",
    "number",
    "title",
    "addressee",
    "heading1",
    "heading2",
    "heading3",
    "heading4",
    "body",
    "item",
    "caption",
    "attachment_note",
    "issuer",
    "date",
    "note",
    "attachment_mark",
    "attachment_title",
    "footer",
]
_HEADINGS: tuple[Role, ...] = ("heading1", "heading2", "heading3", "heading4")

# LibreOffice moves a paragraph that is kept with the next one as a whole, so only short ones are.
_SHORT_TEXT = 4 * LINE_HALVES
_NARROWEST_COLUMN = 6
_WIDEST_COLUMN = 48


@dataclass(frozen=True, slots=True)
class Line:
    """One printed paragraph.

    ``label`` is the counted ordinal, ``run_in`` body text after a heading in the same paragraph, ``gap`` the number
    of blank lines above. ``first`` and ``left`` say where its first and its other lines begin, in half characters;
    None leaves that to the role. ``keeps_next`` forbids a page break between it and what follows.
    """

    role: Role
    inlines: Inlines
    label: str = ""
    run_in: Inlines = ()
    gap: int = 0
    first: int | None = None
    left: int | None = None
    new_page: bool = False
    keeps_next: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """One printed table. ``shares`` are parts of its width and sum to 1000; ``aligns`` has one for each column."""

    shares: tuple[int, ...]
    aligns: tuple[Alignment, ...]
    header: tuple[Row, ...]
    rows: tuple[Row, ...]
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Plate:
    """One printed picture with what stands below it."""

    picture: Picture
    new_page: bool = False


Item = Line | Grid | Plate


def compose(document: Document) -> tuple[Item, ...]:
    """Return everything that is printed in the type area, in order."""
    closing = tuple(_closing(document))
    text = _kept_with(closing, tuple(_text(document)))
    items = (*_opening(document), *text, *closing, *_bound_in(document))
    return items if document.marks_typed_numbers else tuple(map(_unmarked, items))


def paragraphs(item: Item) -> Iterator[Inlines]:
    """Yield what each paragraph, or row of a table, says; an ordinal comes as text in front."""
    if isinstance(item, Line):
        yield (*plain(item.label), *item.inlines, *item.run_in)
    elif isinstance(item, Plate):
        yield item.picture.caption
    else:
        for row in (*item.header, *item.rows):
            yield tuple(inline for cell in row for inline in (*cell, Text(" ")))


def figures(items: Iterable[Item]) -> Iterator[FigureRun]:
    """Yield each figure in order of printing."""
    for item in items:
        for inlines in paragraphs(item):
            yield from (inline for inline in inlines if isinstance(inline, FigureRun))


def has_typed_numbers(items: Iterable[Item]) -> bool:
    """Tell whether a number is marked as typed by hand."""
    return any(
        isinstance(inline, TypedNumber)
        for item in items
        for inlines in paragraphs(item)
        for inline in inlines
    )


def _kept_with(closing: tuple[Line, ...], text: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return ``text``, its end tied to the signature, which may not stand alone on a page (7.3.5.5)."""
    last = text[-1] if text else None
    if not (closing and isinstance(last, Line)) or width(text_of(last.inlines + last.run_in)) > _SHORT_TEXT:
        return text
    return (*text[:-1], replace(last, keeps_next=True))


def _opening(document: Document) -> Iterator[Line]:
    if document.masthead:
        yield Line("masthead", plain(document.masthead))
    if document.number:
        yield Line("number", plain(document.number), gap=2 if document.masthead else 0)
    title = document.title
    if document.language != "en":
        title = "\n".join(titles.lines(title, per_line=TITLE_CHARACTERS))
    yield Line("title", plain(title), gap=2 if document.number or document.masthead else 0)
    if document.addressee:
        colon = phrases.for_language(document.language).colon.strip()
        yield Line("addressee", plain(document.addressee.rstrip("：: ") + colon), gap=1)


def _text(document: Document) -> Iterator[Item]:
    items = _blocks(document.blocks, document)
    return items if document.addressee else _below_title(items)


def _below_title(items: Iterator[Item]) -> Iterator[Item]:
    first = next(items, None)
    if isinstance(first, Line):
        yield replace(first, gap=1)
    elif first:
        yield from (Line("body", ()), first)
    yield from items


def _blocks(blocks: tuple[Block, ...], document: Document) -> Iterator[Item]:
    is_chinese = document.language != "en"
    counter = ordinals.Counter(is_chinese=is_chinese)
    new_page = False
    for block in blocks:
        if isinstance(block, PageBreak):
            new_page = True
            continue
        for item in _items(block, counter, is_chinese=is_chinese):
            yield replace(item, new_page=True) if new_page else item
            new_page = False


def _items(
    block: Heading | Paragraph | BulletList | NumberedList | Table | Picture,
    counter: ordinals.Counter,
    *,
    is_chinese: bool,
) -> Iterator[Item]:
    match block:
        case Heading():
            label = counter.heading(block.level) if block.counted else ""
            space = plain(" ") if block.run_in and not is_chinese else ()
            yield Line(_HEADINGS[block.level - 1], block.inlines, label=label, run_in=space + block.run_in)
        case Paragraph():
            yield Line("body", block.inlines)
        case BulletList():
            yield from (Line("item", item, label="——" if is_chinese else "•\t") for item in block.items)
        case NumberedList():
            for number, item in enumerate(block.items, start=1):
                yield Line("item", item, label=counter.item(number))
        case Table():
            if block.caption:
                yield Line("caption", block.caption)
            aligns = tuple(column.align for column in block.columns)
            yield Grid(_shares(block), aligns, block.header, block.rows)
        case Picture():
            yield Plate(block)


def _shares(table: Table) -> tuple[int, ...]:
    """Return the parts of the width in thousandths: as declared, or as wide as the widest cell within reason."""
    weights = [
        column.share or _content_width(row[place] for row in (*table.header, *table.rows))
        for place, column in enumerate(table.columns)
    ]
    edges = [sum(weights[:place]) * 1000 // sum(weights) for place in range(len(weights) + 1)]
    return tuple(right - left for left, right in itertools.pairwise(edges))


def _content_width(cells: Iterable[Inlines]) -> int:
    widest = max((width(line) for cell in cells for line in text_of(cell).split("\n")), default=0)
    return min(max(widest + 2, _NARROWEST_COLUMN), _WIDEST_COLUMN)


def _closing(document: Document) -> Iterator[Line]:
    yield from _attachment_note(document.attachments, document)
    yield from _signature(document)
    if document.note:
        brackets = "({})" if document.language == "en" else "（{}）"
        yield Line("note", plain(brackets.format(document.note.strip("（）()"))))
    for place, line in enumerate(document.footer_lines):
        yield Line("footer", plain(line), gap=0 if place else 1)


def _attachment_note(attachments: tuple[Attachment, ...], document: Document) -> Iterator[Line]:
    """Name the attachments, the names in one column (GB/T 9704-2012, 7.3.4)."""
    words = phrases.for_language(document.language)
    word = (words.attachment if len(attachments) == 1 else words.attachments) + words.colon
    column = _PARAGRAPH_INDENT + width(word)
    for number, attachment in enumerate(attachments, start=1):
        is_first = number == 1
        ordinal = "" if len(attachments) == 1 else f"{number}."
        yield Line(
            "attachment_note",
            plain(attachment.title),
            label=(word if is_first else "")
            + ordinal
            + (" " if ordinal and document.language == "en" else ""),
            gap=1 if is_first else 0,
            first=_PARAGRAPH_INDENT if is_first else column,
            left=column + width(ordinal),
            keeps_next=True,
        )


def _signature(document: Document) -> Iterator[Line]:
    """Place issuer and date (GB/T 9704-2012, 7.3.5.1 with a seal, 7.3.5.2 without)."""
    issuer = document.issuer or ""
    date = phrases.date_of_issue(document.issued_on, document.language) if document.issued_on else ""
    issuer_from, date_from = _signature_places(width(issuer), width(date), sealed=document.sealed)
    gap = 2 if document.sealed else 1
    if issuer:
        yield Line("issuer", plain(issuer), gap=gap, first=issuer_from, left=issuer_from, keeps_next=True)
    if date:
        yield Line(
            "date",
            plain(date),
            gap=0 if issuer else gap,
            first=date_from,
            left=date_from,
            keeps_next=bool(document.note),
        )


def _signature_places(issuer: int, date: int, *, sealed: bool) -> tuple[int, int]:
    """Return where issuer and date of these widths begin.

    With a seal the date ends four characters from the right and the issuer is centred over it. Without one the
    issuer ends two characters from the right and the date begins two characters after it; a date longer than the
    issuer ends two characters from the right instead, and the issuer moves left.
    """
    if sealed:
        date_from = LINE_HALVES - 8 - date
        return max(0, min(date_from + (date - issuer) // 2, LINE_HALVES - issuer)), date_from
    if not issuer:
        return 0, LINE_HALVES - 4 - date
    if date > issuer:
        return LINE_HALVES - 4 - date - 4, LINE_HALVES - 4 - date
    issuer_from = max(0, LINE_HALVES - 4 - issuer)
    return issuer_from, min(issuer_from + 4, LINE_HALVES - date)


def _bound_in(document: Document) -> Iterator[Item]:
    """Yield the attachments that have a text, each from the top of a page (GB/T 9704-2012, 7.3.7)."""
    words = phrases.for_language(document.language)
    for number, attachment in enumerate(document.attachments, start=1):
        if not attachment.blocks:
            continue
        is_only = len(document.attachments) == 1
        space = " " if document.language == "en" else ""
        yield Line(
            "attachment_mark",
            plain(words.attachment + ("" if is_only else f"{space}{number}")),
            new_page=True,
        )
        title = "\n".join(titles.lines(attachment.title, per_line=TITLE_CHARACTERS))
        yield Line("attachment_title", plain(title), gap=1)
        yield from _below_title(_blocks(attachment.blocks, document))


def _unmarked(item: Item) -> Item:
    if isinstance(item, Line):
        return replace(item, inlines=_as_text(item.inlines), run_in=_as_text(item.run_in))
    if isinstance(item, Plate):
        return item
    return replace(
        item, header=tuple(map(_row_as_text, item.header)), rows=tuple(map(_row_as_text, item.rows))
    )


def _row_as_text(row: Row) -> Row:
    return tuple(map(_as_text, row))


def _as_text(inlines: Inlines) -> Inlines:
    return tuple(_inline_as_text(inline) for inline in inlines)


def _inline_as_text(inline: Inline) -> Inline:
    return Text(inline.text) if isinstance(inline, TypedNumber) else inline
