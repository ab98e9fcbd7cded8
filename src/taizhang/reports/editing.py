"""A text as the browser's editor sees it, and back.

Outwards every place of the ledger is one element that reads what the ledger says; inwards only the element's
attributes are read, never its words: whatever a browser sends inside a figure is thrown away. ``nh3`` lets through
only the elements and attributes named here.
"""

from collections.abc import Iterator, Mapping
from html import escape

import nh3
from lxml import html as lxml_html
from lxml.html import HtmlElement as Element

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.outline.model import FigureChip, Listing
from taizhang.reports.body import (
    LEVELS,
    AsOf,
    BadBody,
    Block,
    Body,
    Bullets,
    Heading,
    Inline,
    Inlines,
    Numbered,
    Paragraph,
    Place,
    RowLines,
    Table,
    Words,
    joined,
    listing_of,
    listing_to_json,
    place_of,
    place_to_json,
)
from taizhang.reports.paper import hidden
from taizhang.reports.printing import Printed

PLACES = {"data-figure", "data-form", "data-unit", "data-person", "data-period"}
LISTINGS = {"data-rows", "data-item", "data-separator", "data-at-most", "data-empty"} | PLACES
ATTRIBUTES = {"span": LISTINGS | {"data-word"}, "div": LISTINGS, "p": {"data-caption"}}
TAGS = {
    "p", "h2", "h3", "h4", "h5", "ul", "ol", "li", "strong", "b", "br",
    "table", "thead", "tbody", "tr", "th", "td", "span", "div",
}  # fmt: skip
LARGEST = 2 * 1024 * 1024


# Outwards ------------------------------------------------------------------------------------------------------


def to_html(body: Body, printed: Printed) -> str:
    """Return the blocks of ``body`` as HTML for the editor."""
    return "".join(part for block in body.blocks for part in _block(block, printed))


def _block(block: Block, printed: Printed) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h{block.level + 1}>{_run(block.inlines, printed)}</h{block.level + 1}>"
        case Paragraph():
            yield f"<p>{_run(block.inlines, printed)}</p>"
        case Bullets() | Numbered():
            tag = "ul" if isinstance(block, Bullets) else "ol"
            items = "".join(f"<li><p>{_run(item, printed)}</p></li>" for item in block.items)
            yield f"<{tag}>{items}</{tag}>"
        case RowLines():
            yield _listing(block.listing, printed, tag="div")
        case Table():
            yield f'<p data-caption="1">{escape(block.caption)}</p>'
            rows = [_row(block.head, "th", printed)] if block.head else []
            rows += [_row(row, "td", printed) for row in block.rows]
            yield f"<table><tbody>{''.join(rows)}</tbody></table>"


def _row(cells: tuple[Inlines, ...], tag: str, printed: Printed) -> str:
    return "<tr>" + "".join(f"<{tag}><p>{_run(cell, printed)}</p></{tag}>" for cell in cells) + "</tr>"


def _run(run: Inlines, printed: Printed) -> str:
    return "".join(_inline(inline, printed) for inline in run)


def _inline(inline: Inline, printed: Printed) -> str:
    match inline:
        case Words():
            words = escape(inline.text).replace("\n", "<br>")
            return f"<strong>{words}</strong>" if inline.bold else words
        case Place():
            return chip_html(inline, printed.chips.get(inline), printed.language)
        case Listing():
            return _listing(inline, printed, tag="span")
        case AsOf():
            return f'<span data-word="as_of">{escape(printed.as_of)}</span>'


def chip_html(place: Place, chip: FigureChip | None, language: str) -> str:
    """Return one figure as the editor holds it: what it is, and what it reads now."""
    text = hidden(language) if chip is None else chip.text
    return f"<span{_attributes(place_to_json(place))}>{escape(text)}</span>"


def _listing(listing: Listing, printed: Printed, *, tag: str) -> str:
    found = printed.listings.get(listing)
    attributes = _attributes(listing_to_json(listing))
    if found is None:
        return f"<{tag}{attributes}>{escape(hidden(printed.language))}</{tag}>"
    if tag == "div" and found.rows:
        inside = "".join(f"<p>{escape(row.text)}</p>" for row in found.rows)
    else:
        inside = escape(found.text)
    return f"<{tag}{attributes}>{inside}</{tag}>"


def _attributes(told: Mapping[str, object]) -> str:
    return "".join(f' data-{name.replace("_", "-")}="{escape(str(value))}"' for name, value in told.items())


# Inwards -------------------------------------------------------------------------------------------------------


def from_html(text: str, *, title: str, addressee: str = "", issuer: str = "") -> Body:
    """Read what an editor sends. Raises BadBody for a place that is none, or for a text beyond all size."""
    if len(text) > LARGEST:
        raise BadBody(
            Message(gettext_noop("The text is longer than two million characters. Divide the report."))
        )
    root = lxml_html.fragment_fromstring(_clean(text), create_parent="div")
    return Body(
        title=" ".join(title.split()),
        addressee=" ".join(addressee.split()),
        issuer=" ".join(issuer.split()),
        blocks=tuple(_with_captions(_blocks(root))),
    )


def _clean(text: str) -> str:
    return nh3.clean(text, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)


def _with_captions(blocks: Iterator[Block | str]) -> Iterator[Block]:
    """Give each table the caption that stands right before it; a caption without a table is a paragraph."""
    caption: str | None = None
    for block in blocks:
        if isinstance(block, Table) and caption is not None:
            yield Table(block.head, block.rows, caption)
            caption = None
            continue
        if caption:
            yield Paragraph((Words(caption),))
        caption = block if isinstance(block, str) else None
        if not isinstance(block, str):
            yield block
    if caption:
        yield Paragraph((Words(caption),))


def _blocks(root: Element) -> Iterator[Block | str]:
    """Yield the blocks below ``root``; a caption as its words."""
    loose: list[Inline] = [Words(root.text or "")]
    for child in root:
        if child.tag in ("span", "strong", "b", "br"):
            loose += [*_one(child, bold=False), Words(child.tail or "")]
            continue
        yield from _loose(loose)
        yield from _block_of(child)
        loose = [Words(child.tail or "")]
    yield from _loose(loose)


def _loose(inlines: list[Inline]) -> Iterator[Block]:
    """Words outside any block, as a paste may bring them, are a paragraph."""
    run = joined(inlines)
    if any(not isinstance(inline, Words) or inline.text.strip() for inline in run):
        yield Paragraph(run)


def _block_of(element: Element) -> Iterator[Block | str]:
    match element.tag:
        case "p" if element.get("data-caption"):
            yield "".join(element.itertext()).strip()
        case "p":
            yield Paragraph(_inlines(element))
        case "h2" | "h3" | "h4" | "h5":
            yield Heading(LEVELS[int(element.tag[1]) - 2], _inlines(element))
        case "ul" | "ol":
            items = tuple(run for item in element.iterfind("li") for run in _paragraphs(item))
            yield Bullets(items) if element.tag == "ul" else Numbered(items)
        case "table":
            yield from _table(element)
        case "div" if element.get("data-rows") is not None:
            yield RowLines(listing_of(_told(element)))
        case _:
            yield from _blocks(element)


def _paragraphs(element: Element) -> Iterator[Inlines]:
    """Yield each paragraph inside an item, also of lists within it."""
    inner = [child for child in element if child.tag in ("p", "ul", "ol", "div", "table")]
    if not inner:
        yield _inlines(element)
    for child in inner:
        if child.tag == "p":
            yield _inlines(child)
        else:
            for item in child.iter("li", "td", "th"):
                yield from _paragraphs(item)


def _table(element: Element) -> Iterator[Table]:
    rows = [[cell for cell in row if cell.tag in ("th", "td")] for row in element.iter("tr")]
    rows = [row for row in rows if row]
    if not rows:
        return
    has_head = all(cell.tag == "th" for cell in rows[0])
    width = max(map(len, rows))
    made = [tuple(_cell(cell) for cell in row) + ((),) * (width - len(row)) for row in rows]
    yield Table(head=made[0] if has_head else (), rows=tuple(made[has_head:]))


def _cell(cell: Element) -> Inlines:
    found: list[Inline] = []
    for number, run in enumerate(_paragraphs(cell)):
        found += [*([Words("\n")] if number else []), *run]
    return joined(found)


def _inlines(element: Element) -> Inlines:
    return joined(_below(element, bold=False))


def _below(element: Element, *, bold: bool) -> Iterator[Inline]:
    yield Words(element.text or "", bold)
    for child in element:
        yield from _one(child, bold=bold)
        yield Words(child.tail or "", bold)


def _one(element: Element, *, bold: bool) -> Iterator[Inline]:
    if element.get("data-figure") is not None:
        yield place_of(_told(element))
    elif element.get("data-rows") is not None:
        yield listing_of(_told(element))
    elif element.get("data-word") == "as_of":
        yield AsOf()
    elif element.tag == "br":
        yield Words("\n", bold)
    else:
        yield from _below(element, bold=bold or element.tag in ("strong", "b"))


def _told(element: Element) -> dict[str, str]:
    return {
        name.removeprefix("data-").replace("-", "_"): value
        for name, value in element.attrib.items()
        if name.startswith("data-")
    }
