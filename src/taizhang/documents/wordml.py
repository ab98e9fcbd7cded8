"""WordprocessingML, element by element."""

from typing import TypeAlias

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NAMESPACES = {"w": W, "r": R}

Element: TypeAlias = etree._Element  # noqa: SLF001, the class of every element has no public name


def w(name: str, /, *children: Element | None, **attributes: object) -> Element:
    """Return ``<w:name>`` with these attributes, all of the same namespace; children that are None are left out."""
    values = {f"{{{W}}}{key}": str(value) for key, value in attributes.items() if value is not None}
    element = etree.Element(f"{{{W}}}{name}", values, nsmap=_NAMESPACES)
    element.extend(child for child in children if child is not None)
    return element


def text(content: str) -> Element:
    """Return ``<w:t>`` that keeps its blanks."""
    element = w("t")
    element.text = content
    element.set(_XML_SPACE, "preserve")
    return element


def linked(name: str, relation: str, /, **attributes: object) -> Element:
    """Return ``<w:name r:id="relation">``."""
    element = w(name, **attributes)
    element.set(f"{{{R}}}id", relation)
    return element


def serialize(element: Element) -> bytes:
    """Return ``element`` as an XML file."""
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True))
