"""What people and programs do to a Word file after it was written."""

import copy
import io
import zipfile
from collections.abc import Callable

from lxml import etree

from taizhang.documents import wordml
from taizhang.documents.wordml import W

NS = {"w": W}
TAG = f"{{{W}}}val"


def text(content: str) -> etree._Element:
    return etree.fromstring(wordml.serialize(wordml.text(content)))


def w(name: str, /, *children: etree._Element, **attributes: object) -> etree._Element:
    element = etree.fromstring(wordml.serialize(wordml.w(name, **attributes)))
    element.extend(children)
    return element


def edited(data: bytes, edit: Callable[[etree._Element], object]) -> bytes:
    """Return the file after ``edit`` has changed its document."""
    root = etree.fromstring(member(data, "word/document.xml"))
    edit(root)
    return replaced(data, {"word/document.xml": etree.tostring(root)})


def replaced(data: bytes, members: dict[str, bytes | None]) -> bytes:
    """Return the file with these members replaced, or left out where None."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = members.get(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
    return stream.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def control(root: etree._Element, words: str) -> etree._Element:
    return next(sdt for sdt in root.iter(f"{{{W}}}sdt") if "".join(sdt.itertext()) == words)


def retype(words: str, new: str) -> Callable[[etree._Element], None]:
    """Type ``new`` over a figure, inside its control."""

    def edit(root: etree._Element) -> None:
        control(root, words).find(".//w:t", NS).text = new

    return edit


def unwrap(words: str, new: str | None = None) -> Callable[[etree._Element], None]:
    """Remove the content control of a figure and keep its text, or type another."""

    def edit(root: etree._Element) -> None:
        sdt = control(root, words)
        run = sdt.find("w:sdtContent/w:r", NS)
        run.find("w:t", NS).text = new or words
        sdt.addprevious(run)
        sdt.getparent().remove(sdt)

    return edit


def delete(words: str) -> Callable[[etree._Element], None]:
    """Remove a figure with its control."""

    def edit(root: etree._Element) -> None:
        sdt = control(root, words)
        sdt.getparent().remove(sdt)

    return edit


def duplicate(words: str) -> Callable[[etree._Element], None]:
    """Copy the paragraph of a figure to the end of the document."""

    def edit(root: etree._Element) -> None:
        paragraph = next(control(root, words).iterancestors(f"{{{W}}}p"))
        root.find("w:body", NS).append(copy.deepcopy(paragraph))

    return edit


def track(words: str, new: str) -> Callable[[etree._Element], None]:
    """Change a figure with tracked changes on: the old run deleted, a new one inserted."""

    def edit(root: etree._Element) -> None:
        content = control(root, words).find("w:sdtContent", NS)
        old = content.find("w:r", NS)
        gone = w("del", w("r", w("delText")), id=1, author="甲")
        gone.find(".//w:delText", NS).text = words
        content.replace(old, gone)
        content.append(w("ins", w("r", text(new)), id=2, author="甲"))

    return edit


def empty(words: str) -> Callable[[etree._Element], None]:
    """Delete the text of a figure, so that Word shows its placeholder."""

    def edit(root: etree._Element) -> None:
        sdt = control(root, words)
        sdt.find("w:sdtPr", NS).append(w("showingPlcHdr"))
        sdt.find(".//w:t", NS).text = "单击或点击此处输入文字。"

    return edit


def lose_labels(root: etree._Element) -> None:
    """Save with a program that keeps content controls but not their properties."""
    for properties in root.iter(f"{{{W}}}sdtPr"):
        for child in list(properties):
            properties.remove(child)


def split_runs(root: etree._Element) -> None:
    """Split the text of every control into one run for each character."""
    for content in root.iter(f"{{{W}}}sdtContent"):
        words = "".join(content.itertext())
        for run in list(content):
            content.remove(run)
        content.extend(w("r", text(character)) for character in words)
