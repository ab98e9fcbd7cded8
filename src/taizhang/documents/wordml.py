"""XML as the writers build it: WordprocessingML and the few other parts of a Word file, element by element.

A tree of plain objects, printed once: measured at half the time of moving lxml's elements from tree to tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = f' xmlns:w="{W}" xmlns:r="{R}"'


@dataclass(slots=True)
class Element:
    """An element by its prefixed name; a child is an element or text."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)


def w(name: str, /, *children: Element | str | None, **attributes: object) -> Element:
    """Return ``<w:name>`` with these attributes, all of the same namespace; what is None is left out."""
    values = {f"w:{key}": str(value) for key, value in attributes.items() if value is not None}
    return Element(f"w:{name}", values, [child for child in children if child is not None])


def text(content: str) -> Element:
    """Return ``<w:t>`` that keeps its blanks."""
    return Element("w:t", {"xml:space": "preserve"}, [content])


def linked(name: str, relation: str, /, **attributes: object) -> Element:
    """Return ``<w:name r:id="relation">``."""
    element = w(name, **attributes)
    element.attributes = {**element.attributes, "r:id": relation}
    return element


def serialize(element: Element) -> bytes:
    """Return ``element`` as an XML file; the namespaces of WordprocessingML are declared, others are attributes."""
    printed = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
    _print(element, printed, _NAMESPACES if element.name.startswith("w:") else "")
    return "".join(printed).encode()


def _print(element: Element, printed: list[str], declared: str = "") -> None:
    attributes = "".join([f" {name}={quoteattr(value)}" for name, value in element.attributes.items()])
    if not element.children:
        printed.append(f"<{element.name}{declared}{attributes}/>")
        return
    printed.append(f"<{element.name}{declared}{attributes}>")
    for child in element.children:
        if isinstance(child, str):
            printed.append(escape(child))
        else:
            _print(child, printed)
    printed.append(f"</{element.name}>")
