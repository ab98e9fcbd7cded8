"""A body as lines that can be written without a script, and back.

A paragraph a line; ``# ``, ``## ``, ``### `` before headings, ``- `` and ``1. `` before items, ``**bold**``,
``[words](address)``, ``⏎`` for a break within a paragraph. What lines cannot say (tables, pictures) stands as ``〔2〕`` and is put back where that line stands.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import takewhile

from lxml import html as lxml_html
from lxml.html import HtmlElement as Element

_HEADINGS = {"h2": "# ", "h3": "## ", "h4": "### "}
_BLOCKS = {sign.strip(): tag for tag, sign in _HEADINGS.items()}
_INLINES = {"strong", "b", "a", "br"}
_KEPT = re.compile(r"\A〔(\d{1,3})(?:：.*)?〕\Z")
_HEADING = re.compile(r"\A(#{1,3})\s+(.*)\Z")
_BULLET = re.compile(r"\A[-*•·]\s+(.*)\Z")
_NUMBERED = re.compile(r"\A\d{1,3}[.、．]\s+(.*)\Z")
_RICH = re.compile(r"\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)")


def to_lines(body: str) -> str:
    """Return a clean body as lines."""
    return "\n".join(line for lines, _raw in _told(body) for line in lines)


def _told(body: str) -> list[tuple[list[str], str]]:
    """Return each block as its lines, and as the HTML it is."""
    return [
        (list(_lines_of(block, number)), lxml_html.tostring(block, encoding="unicode", with_tail=False))
        for number, block in enumerate(_blocks(body), start=1)
    ]


def _lines_of(block: Element, number: int) -> Iterator[str]:
    if not _is_plain(block):
        words = " ".join(block.text_content().split())[:20]
        yield f"〔{number}：{words}〕" if words else f"〔{number}〕"
    elif block.tag in ("ul", "ol"):
        for place, item in enumerate(block.iterchildren("li"), start=1):
            yield f"{'- ' if block.tag == 'ul' else f'{place}. '}{_words(item)}"
    else:
        yield f"{_HEADINGS.get(block.tag, '')}{_words(block)}"


def _blocks(body: str) -> list[Element]:
    if not body.strip():
        return []
    root = lxml_html.fragment_fromstring(body, create_parent="div")
    return [child for child in root if isinstance(child.tag, str)]


def _is_plain(block: Element) -> bool:
    if block.tag in ("ul", "ol"):
        return all(item.tag == "li" and _is_plain_item(item) for item in block)
    return block.tag in {"p", *_HEADINGS} and all(inner.tag in _INLINES for inner in block.iterdescendants())


def _is_plain_item(item: Element) -> bool:
    inner = list(item)
    if len(inner) == 1 and inner[0].tag == "p":
        return all(one.tag in _INLINES for one in inner[0].iterdescendants())
    return all(one.tag in _INLINES for one in item.iterdescendants())


def _words(element: Element) -> str:
    told = [element.text or ""]
    for child in element:
        match child.tag:
            case "strong" | "b":
                told.append(f"**{_words(child)}**")
            case "a" if child.get("href"):
                told.append(f"[{_words(child)}]({child.get('href')})")
            case "br":
                told.append("⏎")
            case _:
                told.append(_words(child))
        told.append(child.tail or "")
    return "".join(told).replace("\n", " ").strip()


def to_html(lines: str, *, before: str) -> str:
    """Return the lines as HTML, to be cleaned. A block of ``before`` whose lines nobody touched stays to the letter."""
    told = _told(before)
    left = [line for line in map(str.strip, lines.splitlines()) if line]
    made: list[str] = []
    while left:
        kept = next(
            (one for one in told if one[0] and left[: len(one[0])] == [*map(str.strip, one[0])]), None
        )
        if kept is not None:
            made.append(kept[1])
            left = left[len(kept[0]) :]
        else:
            html, used = _new(left, [raw for _lines, raw in told])
            made.append(html)
            left = left[used:]
    return "".join(made)


def _new(lines: list[str], kept: list[str]) -> tuple[str, int]:
    """Return the block that begins with the first line, and of how many lines it is."""
    kind, _words_of_item = _item(lines[0])
    if not kind:
        return _block(lines[0], kept), 1
    items = list(takewhile(lambda one: one[0] == kind, map(_item, lines)))
    return f"<{kind}>{''.join(f'<li><p>{_inline(words)}</p></li>' for _kind, words in items)}</{kind}>", len(
        items
    )


def _item(line: str) -> tuple[str, str]:
    for tag, pattern in (("ul", _BULLET), ("ol", _NUMBERED)):
        if found := pattern.match(line):
            return tag, found[1]
    return "", ""


def _block(line: str, kept: list[str]) -> str:
    named = _KEPT.match(line)
    if named and 1 <= int(named[1]) <= len(kept):
        return kept[int(named[1]) - 1]
    heading = _HEADING.match(line)
    if heading:
        tag = _BLOCKS[heading[1]]
        return f"<{tag}>{_inline(heading[2])}</{tag}>"
    return f"<p>{_inline(line)}</p>"


def _inline(words: str) -> str:
    made, at = [], 0
    for found in _RICH.finditer(words):
        made.append(escape(words[at : found.start()]))
        if found[1]:
            made.append(f"<strong>{escape(found[1])}</strong>")
        else:
            made.append(f'<a href="{escape(found[3])}">{escape(found[2])}</a>')
        at = found.end()
    return "".join([*made, escape(words[at:])]).replace("⏎", "<br>")
