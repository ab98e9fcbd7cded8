"""Write a document as a Word file in the layout of GB/T 9704-2012, its figures as content controls."""

import hashlib
import io
import itertools
import uuid
from collections.abc import Callable, Iterator

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.package import Package

from taizhang.documents import composition, docx_styles, manifest, ordinals, package, phrases
from taizhang.documents.composition import Grid, Item, Line, Plate
from taizhang.documents.docx_styles import indent
from taizhang.documents.manifest import Entry
from taizhang.documents.model import (
    PICTURES,
    Alignment,
    Document,
    FigureRun,
    Inlines,
    Language,
    Picture,
    Row,
    Text,
    TypedNumber,
    text_of,
)
from taizhang.documents.wordml import Element, linked, serialize, text, w

MANIFEST_NAMESPACE = "urn:taizhang:figures:1"
_DATASTORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_CORE_NAMESPACES = {
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_STORE_NAME = uuid.UUID("5f0b7a53-5d0f-5c0e-9d43-3a6b0f6d5a11")
_FIRST_CONTROL_ID = 100_001
_ALIAS_LIMIT = 64

_STYLES: dict[composition.Role, str] = {
    "masthead": "Masthead",
    "number": "DocumentNumber",
    "title": "Title",
    "addressee": "Salutation",
    "heading1": "Heading1",
    "heading2": "Heading2",
    "heading3": "Heading3",
    "heading4": "Heading4",
    "body": "BodyText",
    "item": "ListItem",
    "caption": "Caption",
    "attachment_note": "AttachmentNote",
    "issuer": "Signature",
    "date": "Date",
    "note": "Note",
    "attachment_mark": "AttachmentMark",
    "attachment_title": "AttachmentTitle",
    "footer": "Imprint",
}


def write_docx(document: Document) -> bytes:
    """Return ``document`` as a .docx; the same document gives the same bytes.

    Every figure is an inline content control that cannot be deleted by accident but can be edited, so that
    ``compare.compare_figures`` can tell later what was changed; the manifest is embedded as a custom XML part.
    """
    printed = manifest.manifest_of(document)
    items = composition.compose(document)
    opc = Package()
    main = _part(opc, "/word/document.xml", CONTENT_TYPE.WML_DOCUMENT_MAIN, b"")
    opc.relate_to(main, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
    opc.relate_to(_core_properties(opc, document), RELATIONSHIP_TYPE.CORE_PROPERTIES)
    for name, content_type, relation, root in (
        ("styles", CONTENT_TYPE.WML_STYLES, RELATIONSHIP_TYPE.STYLES, docx_styles.styles(document.language)),
        ("settings", CONTENT_TYPE.WML_SETTINGS, RELATIONSHIP_TYPE.SETTINGS, docx_styles.settings()),
        ("fontTable", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE, docx_styles.fonts()),
    ):
        main.relate_to(_part(opc, f"/word/{name}.xml", content_type, serialize(root)), relation)
    _attach_manifest(opc, main, printed)
    section = w("sectPr", *_margin_texts(opc, main, document, items), *_page(document.language))
    body = w("body", *_Writer(document.language, printed, _pictures(opc, main)).elements(items), section)
    main._blob = serialize(w("document", body))  # noqa: SLF001, a part's content is settled only after its relations
    stream = io.BytesIO()
    opc.save(stream)
    return package.repack(stream.getvalue(), replace={})


class _Writer:
    """Turns items into WordprocessingML, handing each figure its entry of the manifest in order."""

    def __init__(
        self, language: Language, printed: manifest.Manifest, relation: Callable[[Picture], str]
    ) -> None:
        self._language = language
        self._relation = relation
        self._plates = itertools.count(1)
        self._total = len(printed.entries)
        self._entries = iter(printed.entries)

    def elements(self, items: tuple[Item, ...]) -> Iterator[Element]:
        for item, following in itertools.zip_longest(items, items[1:]):
            if isinstance(item, Line):
                yield self._paragraph(item)
                continue
            if isinstance(item, Plate):
                yield from self._plate(item)
                continue
            if item.new_page:
                yield _spacer(w("pageBreakBefore"))
            yield self._table(item)
            if not isinstance(following, Line | Plate) and not (following and following.new_page):
                yield _spacer()  # Word joins tables that touch

    def _paragraph(self, line: Line) -> Element:
        style = _STYLES[line.role]
        lead = docx_styles.lead_style(style) if line.run_in else None
        return w(
            "p",
            _paragraph_properties(line, "BodyText" if line.run_in else style, self._language),
            *([self._run(line.label, style=lead)] if line.label else []),
            *(self._runs(line.inlines, style=lead) if line.role != "masthead" else [_masthead(line)]),
            *self._runs(line.run_in),
        )

    def _plate(self, plate: Plate) -> Iterator[Element]:
        picture = plate.picture
        drawing = _drawing(picture, self._relation(picture), number=next(self._plates))
        yield w(
            "p",
            w(
                "pPr",
                w("keepNext") if picture.caption else None,
                w("pageBreakBefore") if plate.new_page else None,
                w("spacing", line=240, lineRule="auto"),
                w("ind", firstLine=0, firstLineChars=0),
                w("jc", val="center"),
            ),
            w("r", w("drawing", drawing)),
        )
        if picture.caption:
            # the style is for captions above tables, which stay with what follows
            below = w("pPr", w("pStyle", val="Caption"), w("keepNext", val=0))
            yield w("p", below, *self._runs(picture.caption))

    def _table(self, grid: Grid) -> Element:
        widths = [share * docx_styles.TYPE_WIDTH // 1000 for share in grid.shares]
        centered: tuple[Alignment, ...] = tuple("center" for _ in widths)
        header = (self._row(row, widths, centered, is_header=True) for row in grid.header)
        rows = (self._row(row, widths, grid.aligns, is_header=False) for row in grid.rows)
        return w(
            "tbl",
            w(
                "tblPr",
                w("tblStyle", val="TableGrid"),
                w("tblW", w=sum(widths), type="dxa"),
                w("jc", val="center"),
                w("tblLayout", type="fixed"),
                w("tblLook", val="0020", firstRow=1),
            ),
            w("tblGrid", *(w("gridCol", w=width) for width in widths)),
            *header,
            *rows,
        )

    def _row(self, row: Row, widths: list[int], aligns: tuple[Alignment, ...], *, is_header: bool) -> Element:
        style = "TableHeader" if is_header else "TableText"
        cells = [
            w(
                "tc",
                w("tcPr", w("tcW", w=width, type="dxa"), w("vAlign", val="center")),
                w("p", w("pPr", w("pStyle", val=style), w("jc", val=align)), *self._runs(cell)),
            )
            for cell, width, align in zip(row, widths, aligns, strict=True)
        ]
        return w("tr", w("trPr", w("cantSplit"), w("tblHeader") if is_header else None), *cells)

    def _runs(self, inlines: Inlines, *, style: str | None = None) -> Iterator[Element]:
        for inline in inlines:
            match inline:
                case Text():
                    yield self._run(inline.text, style=style, bold=inline.bold)
                case TypedNumber():
                    yield self._run(inline.text, style="TypedNumber")
                case FigureRun():
                    yield self._control(next(self._entries), style)

    def _run(self, content: str, *, style: str | None = None, bold: bool = False) -> Element:
        run = w("r", self._run_properties(style, bold=bold))
        for number, line in enumerate(content.split("\n")):
            if number:
                run.children.append(w("br"))
            words, tab, rest = line.partition("\t")
            run.children.append(text(words))
            run.children.extend([w("tab"), text(rest)] if tab else [])
        return run

    def _run_properties(self, style: str | None, *, bold: bool = False) -> Element:
        # The hint keeps “ ” — … in the Chinese typeface; without it Word sets them as narrow Latin marks.
        return w(
            "rPr",
            w("rStyle", val=style) if style else None,
            w("rFonts", hint="eastAsia") if self._language != "en" else None,
            w("b") if bold else None,
        )

    def _control(self, entry: Entry, style: str | None) -> Element:
        return w(
            "sdt",
            w(
                "sdtPr",
                self._run_properties(style),
                w("alias", val=manifest.shortened(entry.title or entry.indicator, limit=_ALIAS_LIMIT)),
                w("tag", val=manifest.tag_for(entry, total=self._total)),
                w("id", val=_FIRST_CONTROL_ID + entry.sequence),
                # No <w:text/>: LibreOffice 7.4 prints a plain-text control again for every change of script in it.
                w("lock", val="sdtLocked"),
            ),
            w("sdtContent", self._run(entry.text, style=style)),
        )


_EMU_IN_TWIP = 635
_EMU_IN_PIXEL = 9525
_TALLEST = 11_000  # twips: less than a page of text
_DRAWING = {
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}


def _pictures(opc: Package, main: Part) -> Callable[[Picture], str]:
    """Return what gives the relation of a picture; the same bytes are kept once."""
    known: dict[str, str] = {}

    def relation(picture: Picture) -> str:
        digest = hashlib.sha256(picture.data).hexdigest()
        if digest not in known:
            name = f"/word/media/image{len(known) + 1}.{PICTURES[picture.content_type]}"
            known[digest] = main.relate_to(
                _part(opc, name, picture.content_type, picture.data), RELATIONSHIP_TYPE.IMAGE
            )
        return known[digest]

    return relation


def _drawing(picture: Picture, relation: str, *, number: int) -> Element:
    """Return the picture in the line, as large as it is or as fits."""
    wide, high = (pixels * _EMU_IN_PIXEL for pixels in picture.pixels)
    fits = min(1, docx_styles.TYPE_WIDTH * _EMU_IN_TWIP / wide, _TALLEST * _EMU_IN_TWIP / high)
    extent = {"cx": str(int(wide * fits)), "cy": str(int(high * fits))}
    named = {"id": str(number), "name": f"Picture {number}", "descr": picture.alt}
    spaces = {f"xmlns:{prefix}": name for prefix, name in _DRAWING.items()}
    shape = Element(
        "pic:spPr",
        {},
        [
            Element("a:xfrm", {}, [Element("a:off", {"x": "0", "y": "0"}), Element("a:ext", extent)]),
            Element("a:prstGeom", {"prst": "rect"}, [Element("a:avLst")]),
        ],
    )
    filled = Element(
        "pic:blipFill",
        {},
        [
            Element("a:blip", {"r:embed": relation}),
            Element("a:stretch", {}, [Element("a:fillRect")]),
        ],
    )
    properties = Element("pic:nvPicPr", {}, [Element("pic:cNvPr", named), Element("pic:cNvPicPr")])
    inner = Element("pic:pic", {}, [properties, filled, shape])
    graphic = Element("a:graphic", {}, [Element("a:graphicData", {"uri": _DRAWING["pic"]}, [inner])])
    edges = {"distT": "0", "distB": "0", "distL": "0", "distR": "0"}
    return Element(
        "wp:inline",
        {**spaces, **edges},
        [Element("wp:extent", extent), Element("wp:docPr", named), graphic],
    )


def _paragraph_properties(line: Line, style: str, language: Language) -> Element:
    is_placed = line.left is not None and not (language == "en" and line.role in {"issuer", "date"})
    return w(
        "pPr",
        w("pStyle", val=style),
        w("keepNext") if line.keeps_next else None,
        w("pageBreakBefore") if line.new_page else None,
        _masthead_rule() if line.role == "number" and line.gap else None,
        w("spacing", before=line.gap * docx_styles.LINE_PITCH) if line.gap else None,
        _indents(line.first or 0, line.left or 0) if is_placed else None,
    )


def _spacer(*properties: Element) -> Element:
    """Return a paragraph of one point, the least that can stand before or after a table."""
    return w("p", w("pPr", *properties, w("spacing", line=20, lineRule="exact")))


def _indents(first: int, left: int) -> Element:
    if first < left:
        return w("ind", left=indent(left), hanging=indent(left) - indent(first))
    return w("ind", left=indent(left), firstLine=indent(first) - indent(left))


def _masthead(line: Line) -> Element:
    """Return the issuer's mark, as large as fits on one line."""
    words = text_of(line.inlines)
    fitting = docx_styles.TYPE_WIDTH // 5 // max(ordinals.width(words), 1)
    size = min(docx_styles.MASTHEAD_SIZE, fitting)
    return w("r", w("rPr", w("sz", val=size), w("szCs", val=size)), text(words))


def _masthead_rule() -> Element:
    """Return the red rule 4 mm (11 points) below the document number, as wide as the type area (7.2.7)."""
    return w("pBdr", w("bottom", val="single", sz=12, space=11, color="FF0000"))


def _page(language: Language) -> Iterator[Element]:
    yield w("pgSz", w=docx_styles.PAGE_WIDTH, h=docx_styles.PAGE_HEIGHT)
    yield w(
        "pgMar",
        top=docx_styles.MARGIN_TOP,
        right=docx_styles.MARGIN_RIGHT,
        bottom=docx_styles.MARGIN_BOTTOM,
        left=docx_styles.MARGIN_LEFT,
        header=docx_styles.HEADER_DISTANCE,
        footer=docx_styles.FOOTER_DISTANCE,
        gutter=0,
    )
    if language != "en":
        yield w(
            "docGrid",
            type="linesAndChars",
            linePitch=docx_styles.LINE_PITCH,
            charSpace=docx_styles.CHARACTER_SPACE,
        )


def _margin_texts(opc: Package, main: Part, document: Document, items: tuple[Item, ...]) -> Iterator[Element]:
    """Yield references to the heads (of a draft) and feet (page numbers) of odd and even pages."""
    notice = phrases.draft_notice(document, has_typed_numbers=composition.has_typed_numbers(items))
    for kind, name in (("default", "odd"), ("even", "even")):
        if notice:
            head = w("hdr", w("p", w("pPr", w("pStyle", val="Header")), w("r", text(notice))))
            part = _part(opc, f"/word/header_{name}.xml", CONTENT_TYPE.WML_HEADER, serialize(head))
            yield linked("headerReference", main.relate_to(part, RELATIONSHIP_TYPE.HEADER), type=kind)
    for kind, name in (("default", "odd"), ("even", "even")):
        foot = w("ftr", _page_number(is_odd=name == "odd"))
        part = _part(opc, f"/word/footer_{name}.xml", CONTENT_TYPE.WML_FOOTER, serialize(foot))
        yield linked("footerReference", main.relate_to(part, RELATIONSHIP_TYPE.FOOTER), type=kind)


def _page_number(*, is_odd: bool) -> Element:
    """Return “— 1 —”, one character in from the right on odd and from the left on even pages (7.5)."""
    side = "right" if is_odd else "left"
    place = w("ind", **{f"{side}Chars": 100, side: 280})

    def run(*content: Element) -> Element:
        return w("r", w("rPr", w("rFonts", hint="eastAsia")), *content)

    return w(
        "p",
        w("pPr", w("pStyle", val="Footer"), place, w("jc", val=side)),
        run(text("— ")),
        run(w("fldChar", fldCharType="begin")),
        run(w("instrText", " PAGE ")),
        run(w("fldChar", fldCharType="separate")),
        run(text("1")),
        run(w("fldChar", fldCharType="end")),
        run(text(" —")),
    )


def _attach_manifest(opc: Package, main: Part, printed: manifest.Manifest) -> None:
    words = manifest.to_json(printed)
    root = Element("figures", {"xmlns": MANIFEST_NAMESPACE}, [words])
    item = _part(opc, "/customXml/item1.xml", CONTENT_TYPE.XML, serialize(root))
    store_id = str(uuid.uuid5(_STORE_NAME, words)).upper()
    schema = Element("ds:schemaRef", {"ds:uri": MANIFEST_NAMESPACE})
    store = Element(
        "ds:datastoreItem",
        {"xmlns:ds": _DATASTORE, "ds:itemID": f"{{{store_id}}}"},
        [Element("ds:schemaRefs", {}, [schema])],
    )
    properties = _part(
        opc, "/customXml/itemProps1.xml", CONTENT_TYPE.OFC_CUSTOM_XML_PROPERTIES, serialize(store)
    )
    item.relate_to(properties, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    main.relate_to(item, RELATIONSHIP_TYPE.CUSTOM_XML)


def _core_properties(opc: Package, document: Document) -> Part:
    properties = [
        Element("dc:title", {}, [document.title.replace("\n", "")]),
        Element("dc:creator", {}, [document.issuer or ""]),
        Element("dc:language", {}, ["en" if document.language == "en" else "zh-CN"]),
    ]
    if document.issued_on:
        moment = f"{document.issued_on.isoformat()}T00:00:00Z"
        kind = {"xsi:type": "dcterms:W3CDTF"}
        properties += [Element(f"dcterms:{name}", kind, [moment]) for name in ("created", "modified")]
    namespaces = {f"xmlns:{prefix}": name for prefix, name in _CORE_NAMESPACES.items()}
    root = Element("cp:coreProperties", namespaces, [*properties])
    return _part(opc, "/docProps/core.xml", CONTENT_TYPE.OPC_CORE_PROPERTIES, serialize(root))


def _part(opc: Package, name: str, content_type: str, blob: bytes) -> Part:
    return Part(PackURI(name), content_type, blob, opc)
