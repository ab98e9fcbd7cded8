"""Write a document as HTML: for reading in a browser and for printing on A4 in the official layout."""

import base64
import html
from collections.abc import Iterator
from importlib import resources

from taizhang.documents import composition, phrases
from taizhang.documents.composition import Grid, Item, Line, Plate
from taizhang.documents.model import Document, FigureRun, Inline, Inlines, Picture, Row, Text, TypedNumber
from taizhang.documents.typefaces import CHINESE, LATIN, Typeface

_TAGS: dict[composition.Role, str] = {
    "title": "h1",
    "heading1": "h2",
    "heading2": "h3",
    "heading3": "h4",
    "heading4": "h5",
    "attachment_title": "h2",
}
_LATIN_LETTERS = "Official Latin"
_CLASSES: dict[composition.Role, str] = {
    "masthead": "masthead",
    "number": "number",
    "title": "title",
    "addressee": "addressee",
    "attachment_note": "attachment-note",
    "issuer": "issuer",
    "date": "date",
    "note": "note",
    "attachment_mark": "mark",
    "attachment_title": "title",
}


def write_html(document: Document, *, fragment: bool) -> str:
    """Return ``document`` as HTML: an ``<article>`` alone, or a whole page with its style sheet.

    A figure is ``<data class="figure" data-indicator data-digest>``, a number typed by hand (in a draft)
    ``<mark class="typed-number">``. There are no inline styles and no scripts; a page that holds a fragment links
    ``stylesheet()``.
    """
    article = "\n".join(_article(document))
    if fragment:
        return article
    return (
        f'<!DOCTYPE html>\n<html lang="{_language(document)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escape(document.title.replace(chr(10), ''))}</title>\n<style>\n{stylesheet()}</style>\n"
        f"</head>\n<body>\n{article}\n</body>\n</html>\n"
    )


def stylesheet() -> str:
    """Return the style sheet of ``.official-document``."""
    faces = {**{f"face-{face}": typeface for face, typeface in CHINESE.items()}, "face-latin": LATIN}
    variables = "".join(f"  --{name}: {_families(typeface)};\n" for name, typeface in faces.items())
    places = "".join(
        f".official-document .at-{halves} {{ margin-left: {halves / 2:g}em; }}\n"
        f".official-document .hang-{halves} {{ text-indent: -{halves / 2:g}em; }}\n"
        for halves in range(composition.LINE_HALVES + 1)
    )
    # Latin letters and digits only: “ ” — … stay in the Chinese typeface, as in the Word file.
    sources = ", ".join(f'local("{name}")' for name in LATIN.families)
    letters = f'@font-face {{ font-family: "{_LATIN_LETTERS}"; src: {sources}; unicode-range: U+20-7E; }}\n'
    static = resources.files(__package__).joinpath("official.css").read_text("utf-8")
    return f"{letters}.official-document {{\n{variables}}}\n\n{static}\n{places}"


def _families(typeface: Typeface) -> str:
    generic = "sans-serif" if typeface is CHINESE["heading"] else "serif"
    names = typeface.families if typeface is CHINESE["song"] else (_LATIN_LETTERS, *typeface.families)
    return ", ".join(dict.fromkeys([*(f'"{name}"' for name in names), generic]))


def _article(document: Document) -> Iterator[str]:
    items = composition.compose(document)
    yield f'<article class="official-document" lang="{_language(document)}">'
    if notice := phrases.draft_notice(document, has_typed_numbers=composition.has_typed_numbers(items)):
        yield f'<p class="draft-notice">{_escape(notice)}</p>'
    yield from _Sections(document).elements(items)
    yield "</article>"


class _Sections:
    """Writes items in order, opening and closing the lists, footers and attachments they form."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._open: list[str] = []

    def elements(self, items: tuple[Item, ...]) -> Iterator[str]:
        caption: Line | None = None
        for item in items:
            yield from self._enclose(item)
            if isinstance(item, Grid):
                yield from _table(item, caption)
                caption = None
            elif isinstance(item, Plate):
                yield _figure(item.picture, _class_attribute(iter(("new-page",) if item.new_page else ())))
            elif item.role == "caption":
                caption = item
            else:
                yield self._line(item)
        yield from self._close(())

    def _enclose(self, item: Item) -> Iterator[str]:
        role = item.role if isinstance(item, Line) else None
        if role == "attachment_mark":
            yield from self._close(())
            self._open.append("section")
            yield '<section class="attachment">'
            return
        inner = {"item": "ul", "footer": "footer"}.get(role or "")
        outer = ("section",) if "section" in self._open else ()
        wanted = (*outer, inner) if inner else outer
        if tuple(self._open) != wanted:
            yield from self._close(outer)
            if inner:
                self._open.append(inner)
                yield f"<{inner}>"

    def _close(self, keep: tuple[str, ...]) -> Iterator[str]:
        while len(self._open) > len(keep):
            yield f"</{self._open.pop()}>"

    def _line(self, line: Line) -> str:
        tag = "li" if line.role == "item" else "p" if line.run_in else _TAGS.get(line.role, "p")
        content = _escape(line.label.replace("\t", " ")) + _inlines(line.inlines)
        if line.role == "date" and self._document.issued_on:
            content = f'<time datetime="{self._document.issued_on.isoformat()}">{content}</time>'
        if line.run_in:
            level = int(line.role[-1])
            lead = f'<span class="lead-{level}" role="heading" aria-level="{level + 1}">{content}</span>'
            content = lead + _inlines(line.run_in)
        return f"<{tag}{_class_attribute(_classes(line))}>{content}</{tag}>"


def _classes(line: Line) -> Iterator[str]:
    if name := _CLASSES.get(line.role):
        yield name
    if line.gap:
        yield f"gap-{min(line.gap, 2)}"
    if line.new_page and line.role != "attachment_mark":
        yield "new-page"
    if line.left is not None and line.first is not None:
        yield from ("placed", f"at-{line.left}")
        if line.left > line.first:
            yield f"hang-{line.left - line.first}"


def _table(grid: Grid, caption: Line | None) -> Iterator[str]:
    yield f"<table{_class_attribute(iter(('new-page',) if grid.new_page else ()))}>"
    if caption:
        yield f"<caption>{_inlines(caption.inlines)}</caption>"
    yield "<colgroup>" + "".join(f'<col width="{share / 10:g}%">' for share in grid.shares) + "</colgroup>"
    if grid.header:
        yield "<thead>"
        yield from (_row(row, ('<th scope="col">',) * len(row), "</th>") for row in grid.header)
        yield "</thead>"
    yield "<tbody>"
    starts = tuple(f'<td class="{align}">' for align in grid.aligns)
    yield from (_row(row, starts, "</td>") for row in grid.rows)
    yield "</tbody>\n</table>"


def _figure(picture: Picture, classes: str) -> str:
    source = f"data:{picture.content_type};base64,{base64.b64encode(picture.data).decode()}"
    width, height = picture.pixels
    caption = f"<figcaption>{_inlines(picture.caption)}</figcaption>" if picture.caption else ""
    return (
        f'<figure{classes}><img src="{source}" alt="{_escape(picture.alt)}" width="{width}" height="{height}">'
        f"{caption}</figure>"
    )


def _row(row: Row, starts: tuple[str, ...], end: str) -> str:
    cells = "".join(start + _inlines(cell) + end for start, cell in zip(starts, row, strict=True))
    return f"<tr>{cells}</tr>"


def _inlines(inlines: Inlines) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    words = _escape(inline.text).replace("\n", "<br>")
    match inline:
        case Text():
            return f"<strong>{words}</strong>" if inline.bold else words
        case TypedNumber():
            return f'<mark class="typed-number">{words}</mark>'
        case FigureRun():
            title = f' title="{_escape(inline.title)}"' if inline.title else ""
            return (
                f'<data class="figure" value="{words}" data-indicator="{_escape(inline.indicator)}"'
                f' data-digest="{inline.digest}"{title}>{words}</data>'
            )


def _class_attribute(names: Iterator[str]) -> str:
    joined = " ".join(names)
    return f' class="{joined}"' if joined else ""


def _language(document: Document) -> str:
    return "en" if document.language == "en" else "zh-CN"


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
