"""The styles, fonts and settings of a Word file in the official layout (GB/T 9704-2012), and of its English sister.

Lengths are twips (1/20 point). The type area is 156 mm x 225 mm, 22 lines of 28 characters: lines of 28.95 points, and
16-point type set 0.3 points tight, because 28 characters of 16 points are wider than 156 mm.

The section declares that grid, but the styles reach it with exact lines and character spacing and do not snap to it:
the places are the same, and LibreOffice (7.4) sets a grid narrower than the type with every character two cells wide.
"""

from dataclasses import dataclass
from typing import Literal

from taizhang.documents.model import Language
from taizhang.documents.typefaces import CHINESE, LATIN, Face, Typeface
from taizhang.documents.wordml import Element, w

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = 2098, 1984, 1588, 1474
TYPE_WIDTH = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
LINE_PITCH = 579
# Unit: 1/4096 point. 28 characters of 15.79 points are just under the width of the type area.
CHARACTER_SPACE = -860
# In twips. A line may begin with an indent of two untightened characters, and LibreOffice cuts the type area to whole
# cells of the grid, so the type is a little tighter than the grid; lines are justified to it.
TIGHTENING = -6
# Puts the dashes of the page number 7 mm below the type area.
FOOTER_DISTANCE = 1440
HEADER_DISTANCE = 1134
# In half points; a longer mark is set smaller. It stands 35 mm below the top of the type area (7.2.4).
MASTHEAD_SIZE = 96

_Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style. ``size`` is in half points; ``indent`` is the first line's, in characters; ``hanging`` in twips."""

    id: str
    name: str
    face: Face = "body"
    size: int = 32
    align: _Align = "both"
    indent: int = 0
    hanging: int = 0
    bold: bool = False
    outline: int | None = None
    keeps_next: bool = False
    line: int = LINE_PITCH
    line_rule: Literal["exact", "atLeast", "auto"] = "exact"
    before: int = 0
    after: int = 0
    color: str | None = None
    is_tight: bool = True
    ascii_face: Face | None = None


_CHINESE_STYLES = (
    Style("BodyText", "Body Text", indent=2),
    Style("Heading1", "heading 1", face="heading", indent=2, outline=0, keeps_next=True),
    Style("Heading2", "heading 2", face="kai", indent=2, outline=1, keeps_next=True),
    Style("Heading3", "heading 3", indent=2, outline=2, keeps_next=True),
    Style("Heading4", "heading 4", indent=2, outline=3, keeps_next=True),
    Style("Title", "Title", face="title", size=44, align="center", keeps_next=True),
    Style(
        "Masthead",
        "Masthead",
        face="title",
        size=MASTHEAD_SIZE,
        align="center",
        color="FF0000",
        line=1200,
        before=1984,
        is_tight=False,
    ),
    Style("DocumentNumber", "Document Number", align="center"),
    Style("Salutation", "Salutation"),
    Style("ListItem", "List Item", indent=2),
    Style("Caption", "caption", face="heading", size=28, align="center", keeps_next=True),
    Style("TableText", "Table Text", size=24, align="left", line=400, line_rule="atLeast", is_tight=False),
    Style(
        "TableHeader",
        "Table Header",
        face="heading",
        size=24,
        align="center",
        line=400,
        line_rule="atLeast",
        is_tight=False,
    ),
    Style("AttachmentNote", "Attachment Note", align="left"),
    Style("Signature", "Signature", align="left", keeps_next=True),
    Style("Date", "Date", align="left"),
    Style("Note", "Note", indent=2),
    Style("AttachmentMark", "Attachment Mark", face="heading", keeps_next=True),
    Style(
        "AttachmentTitle",
        "Attachment Title",
        face="title",
        size=44,
        align="center",
        keeps_next=True,
        outline=0,
    ),
    Style("Imprint", "Imprint", size=18, align="left", line=260, is_tight=False),
    Style("Header", "header", size=21, align="right", line=320, is_tight=False),
    Style("Footer", "footer", face="song", ascii_face="song", size=28, line=320, is_tight=False),
)

_ENGLISH_BASE = {"size": 24, "align": "left", "line": 300, "line_rule": "auto", "after": 120}


def _english(style_id: str, name: str, **changes: object) -> Style:
    return Style(style_id, name, **{**_ENGLISH_BASE, **changes})  # type: ignore[arg-type]


_ENGLISH_STYLES = (
    _english("BodyText", "Body Text"),
    _english("Heading1", "heading 1", size=30, bold=True, outline=0, keeps_next=True, before=240),
    _english("Heading2", "heading 2", size=26, bold=True, outline=1, keeps_next=True, before=180),
    _english("Heading3", "heading 3", bold=True, outline=2, keeps_next=True, before=120),
    _english("Heading4", "heading 4", outline=3, keeps_next=True, before=120),
    _english("Title", "Title", size=40, bold=True, align="center", keeps_next=True),
    _english("Masthead", "Masthead", size=72, bold=True, align="center", color="FF0000"),
    _english("DocumentNumber", "Document Number", align="center"),
    _english("Salutation", "Salutation"),
    _english("ListItem", "List Item", hanging=360),
    _english("Caption", "caption", size=22, bold=True, align="center", keeps_next=True),
    _english("TableText", "Table Text", size=20, line=260, after=0),
    _english("TableHeader", "Table Header", size=20, bold=True, align="center", line=260, after=0),
    _english("AttachmentNote", "Attachment Note", after=0),
    _english("Signature", "Signature", align="right", keeps_next=True, after=0),
    _english("Date", "Date", align="right"),
    _english("Note", "Note"),
    _english("AttachmentMark", "Attachment Mark", bold=True, keeps_next=True),
    _english(
        "AttachmentTitle", "Attachment Title", size=40, bold=True, align="center", keeps_next=True, outline=0
    ),
    _english("Imprint", "Imprint", size=16, line=240, after=0),
    _english("Header", "header", size=18, align="right", line=240, after=0),
    _english("Footer", "footer", size=24, line=320, line_rule="exact", after=0),
)


def styles(language: Language) -> Element:
    """Return ``styles.xml``."""
    is_chinese = language != "en"
    defined = _CHINESE_STYLES if is_chinese else _ENGLISH_STYLES
    return w(
        "styles",
        _defaults(is_chinese=is_chinese),
        _normal(defined[0], is_chinese=is_chinese),
        w(
            "style",
            w("name", val="Default Paragraph Font"),
            type="character",
            default=1,
            styleId="DefaultParagraphFont",
        ),
        _table_grid(),
        *(_paragraph_style(style) for style in defined),
        *(_lead_style(style) for style in defined if style.id.startswith("Heading")),
        _typed_number_style(),
    )


def fonts() -> Element:
    """Return ``fontTable.xml``. Word takes one alternative for each font, of at most 31 characters (MS-OI29500)."""
    return w("fonts", *(_font(typeface, "86") for typeface in CHINESE.values()), _font(LATIN, "00"))


def settings() -> Element:
    """Return ``settings.xml``: odd and even footers, no squeezing of punctuation off the grid."""
    return w(
        "settings",
        w("zoom", percent=100),
        w("defaultTabStop", val=420),
        w("evenAndOddHeaders"),
        w("characterSpacingControl", val="doNotCompress"),
        w(
            "compat",
            w("balanceSingleByteDoubleByteWidth"),
            w("useFELayout"),
            w(
                "compatSetting",
                name="compatibilityMode",
                uri="http://schemas.microsoft.com/office/word",
                val=15,
            ),
        ),
    )


def _defaults(*, is_chinese: bool) -> Element:
    size = 32 if is_chinese else 24
    return w(
        "docDefaults",
        w(
            "rPrDefault",
            w(
                "rPr",
                _run_fonts(CHINESE["body"].name),
                w("sz", val=size),
                w("szCs", val=size),
                w("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"),
            ),
        ),
        w("pPrDefault"),
    )


def _normal(body: Style, *, is_chinese: bool) -> Element:
    return w(
        "style",
        w("name", val="Normal"),
        w("qFormat"),
        w(
            "pPr",
            w("widowControl", val=0),
            w("autoSpaceDE", val=0),
            w("autoSpaceDN", val=0),
            w("snapToGrid", val=0),
            w("spacing", line=body.line, lineRule=body.line_rule, after=body.after),
            w("jc", val=body.align),
        ),
        w(
            "rPr",
            w("snapToGrid", val=0),
            w("spacing", val=TIGHTENING) if is_chinese else None,
            w("sz", val=body.size),
            w("szCs", val=body.size),
        ),
        type="paragraph",
        default=1,
        styleId="Normal",
    )


def _paragraph_style(style: Style) -> Element:
    return w(
        "style",
        w("name", val=style.name),
        w("basedOn", val="Normal"),
        w("next", val="BodyText") if style.outline is not None else None,
        w("qFormat"),
        w(
            "pPr",
            w("keepNext") if style.keeps_next else None,
            w("spacing", before=style.before, after=style.after, line=style.line, lineRule=style.line_rule),
            _style_indent(style),
            w("jc", val=style.align),
            None if style.outline is None else w("outlineLvl", val=style.outline),
        ),
        _run_properties(style),
        type="paragraph",
        styleId=style.id,
        customStyle=None if _is_built_in(style) else 1,
    )


def _style_indent(style: Style) -> Element | None:
    if style.hanging:
        return w("ind", left=style.hanging, hanging=style.hanging)
    return (
        w("ind", firstLineChars=style.indent * 100, firstLine=indent(style.indent * 2))
        if style.indent
        else None
    )


def _lead_style(heading: Style) -> Element:
    """Return the character style of a heading that body text follows in the same paragraph."""
    return w(
        "style",
        w("name", val=f"Lead {heading.id[-1]}"),
        _run_properties(heading),
        type="character",
        customStyle=1,
        styleId=lead_style(heading.id),
    )


def lead_style(heading_id: str) -> str:
    """Return the id of the character style for the lead of a paragraph, given the heading style it is like."""
    return f"Lead{heading_id[-1]}"


def indent(halves: int) -> int:
    """Return the length of so many half characters of body type."""
    return halves * TYPE_WIDTH // 56


def _run_properties(style: Style) -> Element:
    ascii_name = CHINESE[style.ascii_face].name if style.ascii_face else LATIN.name
    return w(
        "rPr",
        _run_fonts(CHINESE[style.face].name, ascii_name=ascii_name),
        w("b", val=int(style.bold)),
        w("color", val=style.color) if style.color else None,
        None if style.is_tight else w("spacing", val=0),
        w("sz", val=style.size),
        w("szCs", val=style.size),
    )


def _run_fonts(name: str, *, ascii_name: str = LATIN.name) -> Element:
    return w("rFonts", ascii=ascii_name, hAnsi=ascii_name, eastAsia=name, cs=ascii_name)


def _typed_number_style() -> Element:
    return w(
        "style",
        w("name", val="Typed Number"),
        w("rPr", w("u", val="dotted"), w("shd", val="clear", color="auto", fill="FFF2A8")),
        type="character",
        customStyle=1,
        styleId="TypedNumber",
    )


def _table_grid() -> Element:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return w(
        "style",
        w("name", val="Table Grid"),
        w(
            "tblPr",
            w("tblBorders", *(w(side, val="single", sz=4, space=0, color="auto") for side in sides)),
            w("tblCellMar", w("left", w=85, type="dxa"), w("right", w=85, type="dxa")),
        ),
        type="table",
        styleId="TableGrid",
    )


def _font(typeface: Typeface, charset: str) -> Element:
    return w(
        "font",
        w("altName", val=typeface.alternative),
        w("charset", val=charset),
        w("family", val="roman" if typeface is LATIN else "auto"),
        w("pitch", val=typeface.pitch),
        name=typeface.name,
    )


def _is_built_in(style: Style) -> bool:
    return style.name in {
        "Body Text", "Title", "Salutation", "caption", "Signature", "Date", "header", "footer",
    } or style.name.startswith("heading ")  # fmt: skip
