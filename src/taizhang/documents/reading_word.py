"""Word files: their text as a reader sees it, Word comments at places of that text, and other words in their place.

Deleted and moved-away text of tracked changes is left out, inserted text is in. A table row becomes one line,
its cells divided by `` | ``; text boxes follow the paragraph they are anchored in; footnotes and endnotes come last.
"""

import io
import itertools
import posixpath
import re
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.unreadable import Unreadable

Element = Any

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_COMMENTS_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_MOST_MEMBERS, _MOST_UNPACKED = 5000, 256 * 1024 * 1024
_SKIPPED = frozenset(
    {
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "delInstrText",
        "rPr",
        "pPr",
        "rt",
        "tblPr",
        "trPr",
        "tcPr",
        "sectPr",
        "sdtPr",
    }
)
_MOST_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Comment:
    """A Word comment to be written: at the characters ``start`` to ``end`` of the text that was read."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Words to stand in the place of the characters ``start`` to ``end`` of the text that was read."""

    start: int
    end: int
    words: str


class Uncorrectable(ValueError):  # noqa: N818 - the sibling of Unreadable
    """A change goes beyond the words of one paragraph or cell; ``change`` is the one."""

    def __init__(self, change: Change) -> None:
        super().__init__(f"characters {change.start} to {change.end}")
        self.change = change


@dataclass(slots=True)
class _Segment:
    """Characters of the text from ``start`` on that stand in one ``w:t``."""

    start: int
    node: Element

    @property
    def end(self) -> int:
        return self.start + len(self.node.text or "")


@dataclass(slots=True)
class _Text:
    """The text of a part as it grows, with the segments it came from."""

    pieces: list[str] = field(default_factory=list)
    segments: list[_Segment] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, node: Element | None = None) -> None:
        if node is not None:
            self.segments.append(_Segment(self.length, node))
        self.pieces.append(text)
        self.length += len(text)

    def end_line(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.add("\n")


def read_text(content: bytes) -> str:
    """Return the text of a .docx. Raises Unreadable."""
    with _open(content) as package:
        text, _ = _whole(package)
    return "".join(text.pieces)


def _whole(package: zipfile.ZipFile) -> tuple[_Text, dict[str, Element]]:
    """Return the text, and the parts that it stands in."""
    main = _main_part(package)
    roots = {main: _parse(package, main)}
    text = _Text()
    _blocks(roots[main], text, 0)
    for note in ("footnotes", "endnotes"):
        name = posixpath.join(posixpath.dirname(main), f"{note}.xml")
        if name in package.namelist():
            roots[name] = _parse(package, name)
            _notes(roots[name], text)
    return text, roots


def annotate(content: bytes, comments: Sequence[Comment], *, author: str) -> bytes:
    """Return the .docx with Word comments at places of its text; every part that need not change keeps its bytes.

    A comment inside a text box stands at the box, one on a footnote at the end of the document. Raises Unreadable.
    """
    with _open(content) as package:
        main = _main_part(package)
        root = _parse(package, main)
        text = _Text()
        _blocks(root, text, 0)
        changed = _with_comments(package, (main, root), text, comments, author=author)
        return _rewritten(package, changed)


def correct(content: bytes, changes: Sequence[Change]) -> bytes:
    """Return the .docx with other words at places of its text, in the type that stood there; all else stays.

    Changes do not overlap. Raises Unreadable, and Uncorrectable where one would join or part paragraphs or cells.
    """
    with _open(content) as package:
        text, roots = _whole(package)
        twins = [pair for root in roots.values() for pair in _twins(root)]
        touched = set[Element]()
        for change in sorted(changes, key=lambda each: each.start, reverse=True):
            touched.update(_write(text.segments, change))
        for node, twin in twins:
            if node in touched:
                _put(twin, node.text)
        changed = {node.getroottree().getroot() for node in touched}
        return _rewritten(package, {name: _bytes(root) for name, root in roots.items() if root in changed})


def _write(segments: Sequence[_Segment], change: Change) -> Iterator[Element]:
    """Put the words of a change where they belong and yield what was changed.

    What stands before the change keeps its place in its node, so the last change comes first. Raises Uncorrectable.
    """
    places = _places(segments, change)
    even = len(change.words) == change.end - change.start
    for number, (segment, start, end) in enumerate(places):
        if even:
            words = change.words[start - change.start : end - change.start]
        else:
            words = "" if number else change.words
        content = segment.node.text or ""
        _put(segment.node, content[: start - segment.start] + words + content[end - segment.start :])
        yield segment.node


def _places(segments: Sequence[_Segment], change: Change) -> list[tuple[_Segment, int, int]]:
    """Return the segments that hold the changed characters, each with its first and last; raises Uncorrectable."""
    at = bisect_left(segments, change.start, key=lambda each: each.start)
    found = [
        (each, max(each.start, change.start), min(each.end, change.end))
        for each in itertools.takewhile(
            lambda each: each.start <= change.end, itertools.islice(segments, max(at - 1, 0), None)
        )
        if each.end >= change.start
    ]
    if change.start < change.end:
        found = [place for place in found if place[1] < place[2]]
    whole = sum(end - start for _segment, start, end in found) == change.end - change.start
    if not found or not whole or "\n" in change.words:
        raise Uncorrectable(change)
    return found if change.start < change.end else found[:1]


def _put(node: Element, words: str) -> None:
    node.text = _printable(words)
    node.set(_XML_SPACE, "preserve")


def _twins(root: Element) -> Iterator[tuple[Element, Element]]:
    """Yield each text of a text box with its copy for older programs, where the two tell the same."""
    for both in root.iter(f"{{{_MC}}}AlternateContent"):
        new, old = (
            [node for node in part.iter() if _name(node) == "t"] if part is not None else []
            for part in (both.find(f"{{{_MC}}}Choice"), both.find(f"{{{_MC}}}Fallback"))
        )
        if [node.text for node in new] == [node.text for node in old]:
            yield from zip(new, old, strict=True)


def _rewritten(package: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    """Return the package with these parts changed or added; every other part keeps its bytes."""
    left = dict(changed)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for info in package.infolist():
            new = left.pop(info.filename, b"")
            target.writestr(info, new or _member(package, info.filename))
        for name, data in left.items():
            target.writestr(name, data)
    return stream.getvalue()


def _open(content: bytes) -> zipfile.ZipFile:
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
        members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Unreadable(_DAMAGED) from error
    if any(info.flag_bits & 1 for info in members):
        raise Unreadable(
            Message(gettext_noop("The Word file has a password. Save it without one and try again."))
        )
    if len(members) > _MOST_MEMBERS or sum(info.file_size for info in members) > _MOST_UNPACKED:
        raise Unreadable(
            Message(
                gettext_noop("The Word file unpacks to more than {most} MB."), most=_MOST_UNPACKED // 1024**2
            )
        )
    return package


_DAMAGED = Message(gettext_noop("The Word file is damaged. Open it in Word, save it anew and try again."))


def _member(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        return package.read(name)
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unreadable(_DAMAGED) from error


def _parse(package: zipfile.ZipFile, name: str) -> Element:
    data = _member(package, name)
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise Unreadable(
            Message(
                gettext_noop("The Word file declares entities, which no Word file does. It is not opened.")
            )
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_DAMAGED) from error
    return root


def _main_part(package: zipfile.ZipFile) -> str:
    if "_rels/.rels" not in package.namelist():
        raise Unreadable(_DAMAGED)
    for relation in _parse(package, "_rels/.rels"):
        if isinstance(relation.tag, str) and relation.get("Type", "").endswith("/officeDocument"):
            name: str = posixpath.normpath(relation.get("Target", "").lstrip("/"))
            if name in package.namelist():
                return name
    raise Unreadable(_DAMAGED)


def _name(node: Element) -> str:
    """The local name of a Word element; another namespace is told by a prefix."""
    tag = node.tag
    if not isinstance(tag, str):
        return "#"
    space, _, local = tag[1:].partition("}")
    if space in {_W, _STRICT}:
        return local
    return f"mc:{local}" if space == _MC else f"-:{local}"


def _blocks(node: Element, text: _Text, depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise Unreadable(Message(gettext_noop("The Word file is nested too deeply.")))
    for child in node:
        name = _name(child)
        if name == "p":
            _paragraph(child, text, depth)
        elif name == "tbl":
            _table(child, text, depth)
        elif name == "mc:AlternateContent":
            choice = next((c for c in child if _name(c) == "mc:Choice"), None)
            if choice is not None:
                _blocks(choice, text, depth + 1)
        elif name not in _SKIPPED and name != "#":
            _blocks(child, text, depth + 1)


def _paragraph(node: Element, text: _Text, depth: int) -> None:
    boxes: list[Element] = []
    _inline(node, text, boxes, depth)
    text.end_line()
    for box in boxes:
        _blocks(box, text, depth + 1)


def _inline(node: Element, text: _Text, boxes: list[Element], depth: int) -> None:  # noqa: C901 - one element a line
    if depth > _MOST_DEPTH:
        raise Unreadable(Message(gettext_noop("The Word file is nested too deeply.")))
    for child in node:
        name = _name(child)
        if name == "t":
            content = child.text or ""
            text.add(re.sub(r"[\n\r\t]", " ", content), child)
        elif name == "tab":
            if _name(node) == "r":
                text.add(" ")
        elif name in {"br", "cr"}:
            if child.get(f"{{{_W}}}type") in {None, "textWrapping"}:
                text.add("\n")
        elif name == "noBreakHyphen":
            text.add("-")
        elif name == "txbxContent":
            boxes.append(child)
        elif name == "mc:AlternateContent":
            choice = next((c for c in child if _name(c) == "mc:Choice"), None)
            if choice is not None:
                _inline(choice, text, boxes, depth + 1)
        elif name not in _SKIPPED and name not in {"#", "mc:Fallback"}:
            _inline(child, text, boxes, depth + 1)


def _table(node: Element, text: _Text, depth: int) -> None:
    for row in _rows(node):
        first = True
        for cell in _cells(row):
            if not first:
                text.add(" | ")
            first = False
            _cell(cell, text, depth + 1)
        text.end_line()


def _rows(node: Element) -> Iterator[Element]:
    for child in node:
        name = _name(child)
        if name == "tr":
            yield child
        elif name in {"sdt", "sdtContent", "ins", "customXml"}:
            yield from _rows(child)


def _cells(node: Element) -> Iterator[Element]:
    for child in node:
        name = _name(child)
        if name == "tc":
            yield child
        elif name in {"sdt", "sdtContent", "ins", "customXml"}:
            yield from _cells(child)


def _cell(node: Element, text: _Text, depth: int) -> None:
    """The paragraphs of a cell, divided by blanks, so that a row is one line; a table inside is its own lines."""
    inner = _Text()
    _blocks(node, inner, depth)
    offset = text.length
    joined = "".join(inner.pieces)
    kept = joined.rstrip("\n")
    text.pieces.append(kept.replace("\n", " "))
    text.length += len(kept)
    text.segments.extend(_Segment(offset + segment.start, segment.node) for segment in inner.segments)


def _notes(root: Element, text: _Text) -> None:
    for note in root:
        if _name(note) in {"footnote", "endnote"} and note.get(f"{{{_W}}}type") in {None, "normal"}:
            text.end_line()
            _blocks(note, text, 0)


def _with_comments(
    package: zipfile.ZipFile,
    part_of_text: tuple[str, Element],
    text: _Text,
    comments: Sequence[Comment],
    *,
    author: str,
) -> dict[str, bytes]:
    main, root = part_of_text
    folder = posixpath.dirname(main)
    part = posixpath.join(folder, "comments.xml")
    existing = part in package.namelist()
    space = root.nsmap.get("w") or _W
    book = _parse(package, part) if existing else etree.Element(f"{{{space}}}comments", nsmap={"w": space})
    number = 1 + max(
        (int(c.get(f"{{{space}}}id", "0")) for c in book if c.get(f"{{{space}}}id", "0").isdigit()),
        default=-1,
    )
    segments = _split(text.segments, {place for c in comments for place in (c.start, c.end)}, space)
    for comment in sorted(comments, key=lambda c: (c.start, -c.end)):
        first, last = _anchors(segments, comment)
        if first is None or last is None:
            continue
        _mark(first, last, number, space)
        book.append(_comment(number, comment.text, author, space))
        number += 1
    changed = {main: _bytes(root), part: _bytes(book)}
    if not existing:
        changed["[Content_Types].xml"] = _inserted(
            _member(package, "[Content_Types].xml"),
            b"</Types>",
            f'<Override PartName="/{part}" ContentType="{_COMMENTS_TYPE}"/>',
        )
        relations = posixpath.join(folder, "_rels", posixpath.basename(main) + ".rels")
        new = f'<Relationship Id="rIdTaizhangComments" Type="{_COMMENTS_RELATION}" Target="comments.xml"/>'
        before = _member(package, relations) if relations in package.namelist() else _NO_RELATIONS
        changed[relations] = _inserted(before, b"</Relationships>", new)
    return changed


_NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def _inserted(data: bytes, closing: bytes, element: str) -> bytes:
    at = data.rfind(closing)
    if at < 0:
        empty = re.sub(rb"/>\s*$", b">" + closing, data)
        at = empty.rfind(closing)
        if at < 0:
            raise Unreadable(_DAMAGED)
        data = empty
    return data[:at] + element.encode() + data[at:]


def _bytes(root: Element) -> bytes:
    data: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def _split(segments: list[_Segment], places: set[int], space: str) -> list[_Segment]:
    """Split the runs so that every place is an edge of a segment."""
    done: list[_Segment] = []
    ordered = sorted(places)
    for segment in segments:
        inside = [p for p in ordered if segment.start < p < segment.end]
        current = segment
        for place in inside:
            tail = _split_run(current.node, place - current.start, space)
            done.append(current)
            current = _Segment(place, tail)
        done.append(current)
    return done


def _split_run(node: Element, at: int, space: str) -> Element:
    """Cut the run of a ``w:t`` after ``at`` characters and return the ``w:t`` of the second half."""
    run = node.getparent()
    second = etree.Element(run.tag, attrib=dict(run.attrib), nsmap=run.nsmap)
    properties = run.find(f"{{{space}}}rPr")
    if properties is not None:
        second.append(deepcopy(properties))
    content = node.text or ""
    tail = etree.SubElement(second, node.tag)
    tail.text = content[at:]
    tail.set(_XML_SPACE, "preserve")
    for sibling in list(node.itersiblings()):
        second.append(sibling)
    node.text = content[:at]
    node.set(_XML_SPACE, "preserve")
    run.addnext(second)
    return tail


def _anchors(segments: list[_Segment], comment: Comment) -> tuple[Element | None, Element | None]:
    """Return the runs a comment begins before and ends after, both children of ordinary paragraphs."""
    inside = [s for s in segments if s.start < comment.end and s.end > comment.start]
    if not inside:
        later = [s for s in segments if s.start >= comment.start]
        inside = [later[0]] if later else segments[-1:]
    if not inside:
        return None, None
    return _outer_run(inside[0].node), _outer_run(inside[-1].node)


def _outer_run(node: Element) -> Element:
    run = node.getparent()
    ancestor = run
    while ancestor is not None:
        if _name(ancestor) == "txbxContent":
            while ancestor is not None and _name(ancestor) != "r":
                ancestor = ancestor.getparent()
            if ancestor is None:
                return run
            run = ancestor
        ancestor = ancestor.getparent()
    return run


def _mark(first: Element, last: Element, number: int, space: str) -> None:
    start = etree.Element(f"{{{space}}}commentRangeStart")
    start.set(f"{{{space}}}id", str(number))
    first.addprevious(start)
    end = etree.Element(f"{{{space}}}commentRangeEnd")
    end.set(f"{{{space}}}id", str(number))
    last.addnext(end)
    reference_run = etree.Element(f"{{{space}}}r")
    reference = etree.SubElement(reference_run, f"{{{space}}}commentReference")
    reference.set(f"{{{space}}}id", str(number))
    end.addnext(reference_run)


def _comment(number: int, text: str, author: str, space: str) -> Element:
    comment = etree.Element(f"{{{space}}}comment", nsmap={"w": space})
    comment.set(f"{{{space}}}id", str(number))
    comment.set(f"{{{space}}}author", author)
    comment.set(f"{{{space}}}initials", author[:2])
    for line in text.split("\n"):
        paragraph = etree.SubElement(comment, f"{{{space}}}p")
        run = etree.SubElement(paragraph, f"{{{space}}}r")
        node = etree.SubElement(run, f"{{{space}}}t")
        node.text = _printable(line)
        node.set(_XML_SPACE, "preserve")
    return comment


def _printable(text: str) -> str:
    return re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", " ", text)
