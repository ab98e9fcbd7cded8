"""HTML and Markdown as the text a reader sees."""

import re
from collections.abc import Callable
from typing import Any

from lxml import etree, html

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.unreadable import Unreadable

_HIDDEN = frozenset(
    {
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
        "textarea",
        "button",
        "nav",
    }
)
_LINES = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "caption",
        "blockquote",
        "pre",
        "dl",
        "dt",
        "dd",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "hr",
        "address",
        "body",
        "center",
    ]
)
_CELLS = frozenset({"td", "th"})
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030"}


def from_html(content: bytes, decode: Callable[[bytes], str]) -> str:
    """Return the visible text: blocks as lines, cells divided by `` | ``. Raises Unreadable."""
    text = _decoded(content, decode)
    if not text.strip():
        return ""
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8"
    )
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(
            Message(gettext_noop("The web page cannot be read: it is damaged or nested too deeply."))
        ) from error
    return _tidy("".join(_pieces(root)))


def _decoded(content: bytes, decode: Callable[[bytes], str]) -> str:
    found = _CHARSET.search(content[:2048])
    encoding = _CHINESE.get(found[1].decode("ascii", "replace").lower()) if found else None
    if encoding is not None:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            return decode(content)
    return decode(content)


def _pieces(root: Any) -> list[str]:  # noqa: C901 - one event a branch
    out: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        name = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            if name in _HIDDEN:
                hidden += 1
            if hidden:
                continue
            if name in _LINES or name == "br":
                out.append("\n")
            elif name in _CELLS and node.getprevious() is not None:
                out.append(" | ")
            if node.text:
                out.append(_flat(node.text))
            continue
        if name in _HIDDEN:
            hidden -= 1
        if not hidden:
            if name in _LINES:
                out.append("\n")
            if node.tail:
                out.append(_flat(node.tail))
    return out


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _tidy(text: str) -> str:
    lines = (line.strip() for line in text.split("\n"))
    return "".join(f"{line}\n" for line in lines if line and line != "|")


def from_markdown(text: str) -> str:
    """Return Markdown without its marks; ordinals of lists stay, code is left out."""
    text = re.sub(r"^(?:```|~~~).*?^(?:```|~~~)[^\n]*$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"^\s{0,3}#{1,6}\s+|\s+#+\s*$", "", line)
        line = re.sub(r"^\s*(?:>\s?)+", "", line)
        line = re.sub(r"^\s*[-*+]\s+(?:\[[ xX]\]\s+)?", "", line)
        line = re.sub(r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1", line)
        line = re.sub(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
        line = re.sub(r"(?<![*\w])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![*\w])", r"\1", line)
        lines.append(line)
    return "\n".join(lines)
