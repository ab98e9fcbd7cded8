"""Read a Word file from anywhere as the text that it would print, and the content controls in it.

Tracked changes are read as accepted, hidden text as absent. The file is not trusted: sizes are limited, entities are
not expanded, and whatever cannot be read ends in one error, ``UnreadableDocument``.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from lxml import etree

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.wordml import R, W

Element: TypeAlias = etree._Element  # noqa: SLF001, the class of every element has no public name
_STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_LARGEST_PART = 64 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# What a reader of the accepted text does not see.
_UNSEEN: Final = {
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "delInstrText",
    "rPr",
    "pPr",
    "sdtPr",
    "sdtEndPr",
    "tcPr",
}


class UnreadableDocument(ValueError):  # noqa: N818, it is a verdict on the file
    """The bytes are no Word file that can be read; ``message`` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(slots=True)
class Control:
    """A content control: its tag and alias as written, its text, and where it begins (all counted from 0)."""

    tag: str
    alias: str
    paragraph: int
    start: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The paragraphs that hold text (a table row counts as one) and the controls, both in order."""

    paragraphs: tuple[str, ...]
    controls: tuple[Control, ...]
    custom_parts: tuple[Element, ...] = field(default=())


def read(data: bytes) -> Content:
    """Return what the .docx ``data`` says; raise ``UnreadableDocument`` if it cannot be read."""
    if not data.startswith(b"PK"):
        raise UnreadableDocument(_why_no_zip(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_package(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, etree.XMLSyntaxError) as error:
        raise UnreadableDocument(
            Message(
                gettext_noop(
                    "The file is damaged and cannot be read. Open it in Word, save it again and retry."
                )
            )
        ) from error
    except RuntimeError as error:  # zipfile's word for a member that needs a password
        raise UnreadableDocument(_PROTECTED) from error


_PROTECTED: Final = Message(
    gettext_noop("The file is protected by a password. Save a copy without the password and retry.")
)
_NOT_WORD: Final = Message(
    gettext_noop("The file is not a Word document (.docx). Save it as .docx and retry.")
)


def _why_no_zip(data: bytes) -> Message:
    if not data:
        return Message(gettext_noop("The file is empty."))
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            return _PROTECTED
        return Message(gettext_noop("The file is in the old .doc format. Save it as .docx and retry."))
    return _NOT_WORD


def _read_package(archive: zipfile.ZipFile) -> Content:
    main = next(iter(_related(archive, "", "officeDocument")), "")
    root = _xml(archive, main) if main else None
    if root is None or root.tag not in {f"{{{W}}}document", f"{{{_STRICT_W}}}document"}:
        raise UnreadableDocument(_NOT_WORD)
    custom = [_xml(archive, name) for name in _related(archive, main, "customXml")]
    paragraphs, controls = _Reader().read(root)
    return Content(paragraphs, controls, tuple(part for part in custom if part is not None))


def _related(archive: zipfile.ZipFile, source: str, kind: str) -> Iterator[str]:
    """Yield the names of the parts that ``source`` points to by relations of this kind."""
    folder, name = posixpath.split(source)
    root = _xml(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in root.iter(_RELATIONSHIPS) if root is not None else ():
        if (
            relation.get("Type") in {f"{R}/{kind}", f"{_STRICT_R}/{kind}"}
            and relation.get("TargetMode") != "External"
        ):
            yield posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")


def _xml(archive: zipfile.ZipFile, name: str) -> Element | None:
    try:
        member = archive.getinfo(name)
    except KeyError:
        return None
    with archive.open(member) as stream:
        content = stream.read(_LARGEST_PART + 1)
    if len(content) > _LARGEST_PART:
        raise UnreadableDocument(Message(gettext_noop("The file is too large to be read.")))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(content, parser)


class _Reader:
    """Walks the body once, collecting paragraphs and controls."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._pieces: list[str] = []
        self._length = 0
        self._controls: list[Control] = []
        self._open: list[Control] = []
        self._rows = 0

    def read(self, root: Element) -> tuple[tuple[str, ...], tuple[Control, ...]]:
        self._children(root)
        self._end_paragraph()
        return tuple(self._done), tuple(self._controls)

    def _children(self, element: Element) -> None:
        for child in element:
            self._visit(child)

    def _visit(self, element: Element) -> None:
        if element.tag == _ALTERNATE:
            if len(element):
                self._children(element[0])
            return
        name = _name(element)
        if name in _UNSEEN or _is_deleted(element, name):
            return
        match name:
            case "t":
                self._add(element.text or "")
            case "sdt":
                self._control(element)
            case "p":
                self._paragraph(element)
            case "tr":
                self._row(element)
            case "tc":
                self._children(element)
                self._add("\t")
            case _ if name in _SIGNS:
                self._add(_SIGNS[name])
            case _:
                self._children(element)

    def _paragraph(self, element: Element) -> None:
        if self._rows:
            self._children(element)
            self._add("\n")
        else:
            self._end_paragraph()
            self._children(element)
            self._end_paragraph()

    def _row(self, element: Element) -> None:
        if not self._rows:
            self._end_paragraph()
        self._rows += 1
        self._children(element)
        self._rows -= 1
        if not self._rows:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        if text.strip():
            self._done.append(text)
        for control in self._open:
            if not control.text:
                control.paragraph, control.start = len(self._done), 0

    def _control(self, element: Element) -> None:
        properties = _child(element, "sdtPr")
        control = Control(
            _value(properties, "tag"), _value(properties, "alias"), len(self._done), self._length
        )
        self._controls.append(control)
        self._open.append(control)
        if _child(properties, "showingPlcHdr") is None:
            self._children(element)
        self._open.pop()

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        for control in self._open:
            control.text += text


def _name(element: Element) -> str:
    """Return the local name of a WordprocessingML element; other elements have none."""
    if not isinstance(element.tag, str):
        return ""
    namespace, _, name = element.tag[1:].partition("}")
    return name if namespace in {W, _STRICT_W} else ""


def _is_deleted(element: Element, name: str) -> bool:
    """Tell whether a run is hidden, or a row or cell marked as deleted."""
    mark = {"r": ("rPr", "vanish"), "tr": ("trPr", "del"), "tc": ("tcPr", "cellDel")}.get(name)
    found = _child(_child(element, mark[0]), mark[1]) if mark else None
    return found is not None and _attribute(found, "val") not in {"0", "false", "off"}


def _child(element: Element | None, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None) if element is not None else None


def _value(element: Element | None, name: str) -> str:
    child = _child(element, name)
    return _attribute(child, "val") if child is not None else ""


def _attribute(element: Element, name: str) -> str:
    return element.get(f"{{{W}}}{name}") or element.get(f"{{{_STRICT_W}}}{name}") or ""
