"""Write a document as PDF/A in the layout of GB/T 9704-2012, by typst."""

import datetime as dt
import functools
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

import typst

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents import composition, phrases
from taizhang.documents.composition import Item, Line, Plate
from taizhang.documents.model import PICTURES, Document, Inline, Inlines, Picture, Row, Text, TypedNumber
from taizhang.documents.typefaces import CHINESE, LATIN, Face, Typeface

# An archive format, and the one under which typst refuses a character without a glyph instead of printing a box.
_STANDARD: Final = "a-2b"
_NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# typst brings this one along.
_LAST_RESORT = "Libertinus Serif"


class MissingTypeface(RuntimeError):  # noqa: N818, it is a verdict on the machine
    """The document cannot be printed with the typefaces at hand; ``message`` says what to install."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def write_pdf(document: Document, *, fonts: typst.Fonts | None = None) -> bytes:
    """Return ``document`` as PDF/A-2b; the same document and fonts give the same bytes.

    ``fonts`` are those installed on the machine unless given. Raise ``MissingTypeface`` where no typeface is there
    for Chinese or for a single character, rather than print boxes.
    """
    fonts = fonts or installed_fonts()
    families = {face: _available(typeface, fonts) for face, typeface in CHINESE.items()}
    if document.language != "en":
        _require_all(families)
    template = resources.files(__package__).joinpath("official.typ").read_bytes()
    try:
        with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
            main = Path(folder) / "main.typ"
            for name, data in {main.name: template, **_files(document)}.items():
                (Path(folder) / name).write_bytes(data)
            content: bytes = typst.compile(
                main,
                root=Path(folder),
                font_paths=fonts,
                sys_inputs={"document": json.dumps(_content(document, families, fonts), ensure_ascii=False)},
                format="pdf",
                pdf_standards=_STANDARD,
                timestamp=_timestamp(document),
            )
    except typst.TypstError as error:
        if found := _NO_GLYPH.search(error.message):
            raise MissingTypeface(_no_glyph(found[1])) from error
        raise
    return content


@functools.cache
def installed_fonts() -> typst.Fonts:
    """Return the fonts of this machine, looked up once (a quarter of a second)."""
    return typst.Fonts()


def substitutes(fonts: typst.Fonts | None = None) -> Mapping[str, str]:
    """Return, for each official typeface that is not installed, what a PDF is set in instead; "" for nothing."""
    fonts = fonts or installed_fonts()
    used = {typeface: next(iter(_available(typeface, fonts)), "") for typeface in CHINESE.values()}
    return {
        typeface.name: family
        for typeface, family in used.items()
        if family not in {typeface.name, typeface.alternative}
    }


def _available(typeface: Typeface, fonts: typst.Fonts) -> list[str]:
    installed = {family.casefold() for family in fonts.families()}
    return [family for family in typeface.families if family.casefold() in installed]


def _require_all(families: Mapping[Face, list[str]]) -> None:
    missing = [CHINESE[face].name for face, found in families.items() if not found]
    if missing:
        raise MissingTypeface(
            Message(
                gettext_noop(
                    "No typeface for {names} is installed, nor one to stand in for it. Install the official typefaces "
                    "or the package {package}, then restart."
                ),
                names="、".join(missing),
                package="fonts-noto-cjk",
            )
        )


def _no_glyph(quoted: str) -> Message:
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), quoted)
    return Message(
        gettext_noop(
            "No installed typeface has the character “{character}” ({code}). Install one that has it (packages "
            "{packages}), or write it otherwise."
        ),
        character=text,
        code=" ".join(f"U+{ord(character):04X}" for character in text),
        packages="fonts-noto-cjk, fonts-noto-cjk-extra, fonts-hanazono",
    )


def _files(document: Document) -> dict[str, bytes]:
    """Return the bytes of every picture under the name by which the template finds it."""
    items = composition.compose(document)
    pictures = [item.picture for item in items if isinstance(item, Plate)]
    return {_file_name(picture): picture.data for picture in pictures}


def _file_name(picture: Picture) -> str:
    return f"{hashlib.sha256(picture.data).hexdigest()}.{PICTURES[picture.content_type]}"


def _timestamp(document: Document) -> int:
    day = document.issued_on or dt.date(1970, 1, 1)
    return int(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC).timestamp())


def _content(document: Document, families: Mapping[Face, list[str]], fonts: typst.Fonts) -> dict[str, Any]:
    items = composition.compose(document)
    latin = _available(LATIN, fonts) or [_LAST_RESORT]
    return {
        "lang": "en" if document.language == "en" else "zh",
        "title": document.title.replace("\n", ""),
        "author": document.issuer or "",
        "notice": phrases.draft_notice(document, has_typed_numbers=composition.has_typed_numbers(items)),
        "faces": {face: found or latin for face, found in families.items()},
        "latin": latin,
        "items": [_item(item) for item in items],
    }


def _item(item: Item) -> dict[str, Any]:
    if isinstance(item, Line):
        return {
            "kind": "line",
            "role": item.role,
            "label": item.label,
            "inlines": _inlines(item.inlines),
            "run_in": _inlines(item.run_in),
            "gap": item.gap,
            "first": item.first,
            "left": item.left,
            "new_page": item.new_page,
            "keeps_next": item.keeps_next,
        }
    if isinstance(item, Plate):
        return {
            "kind": "plate",
            "file": _file_name(item.picture),
            "alt": item.picture.alt,
            "wide": item.picture.pixels[0],
            "caption": _inlines(item.picture.caption),
            "new_page": item.new_page,
        }
    return {
        "kind": "grid",
        "shares": item.shares,
        "aligns": item.aligns,
        "header": _cells(item.header),
        "rows": _cells(item.rows),
        "new_page": item.new_page,
    }


def _cells(rows: Iterable[Row]) -> list[list[dict[str, Any]]]:
    return [_inlines(cell) for row in rows for cell in row]


def _inlines(inlines: Inlines) -> list[dict[str, Any]]:
    return [_inline(inline) for inline in inlines]


def _inline(inline: Inline) -> dict[str, Any]:
    match inline:
        case TypedNumber():
            return {"kind": "typed", "text": inline.text}
        case Text(bold=True):
            return {"kind": "text", "text": inline.text, "bold": True}
        case _:
            return {"kind": "text", "text": inline.text}
