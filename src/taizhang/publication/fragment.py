"""The body of a text in every form that is handed out: page, paste, plain words, document.

A body is HTML that the desk sanitised. Nothing here believes that: it is cleaned before it is read, and what is made
of it is cleaned again as the last step, by a parser that reads as browsers do.
"""

import re
from collections.abc import Callable, Iterator, Mapping

import nh3
from lxml import html
from lxml.html import HtmlElement

from taizhang.core.desk.content import Content, Picture
from taizhang.documents import model
from taizhang.publication.words import line, printable

_SCHEME = "picture:"
_REFERENCE = re.compile(r"picture:[0-9a-f]{64}")
_LINKS = frozenset({"http", "https", "mailto", "tel"})
_PLACES = frozenset({"right", "center", "noindent"})
_TAGS = frozenset(
    [
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "sub",
        "sup",
        "a",
        "table",
        "caption",
        "colgroup",
        "col",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "img",
    ]
)
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "ol": frozenset({"start"}),
    "p": frozenset({"class"}),
}
_NUMBERS = frozenset({"colspan", "rowspan", "start"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LARGEST_SPAN = 3  # digits


def cleaned(body: str) -> str:
    """Return ``body`` with the marks of a text and nothing else; a picture is ``picture:`` and its SHA-256."""
    return nh3.clean(
        printable(body),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_kept,
        url_schemes={*_LINKS, "picture"},
        url_relative="deny",
        link_rel=None,
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    if name in _NUMBERS:
        return value if value.isdecimal() and value.isascii() and len(value) <= _LARGEST_SPAN else None
    if name == "href":
        return None if value.strip().lower().startswith(_SCHEME) else value
    if (tag, name) == ("img", "src"):
        return value if _REFERENCE.fullmatch(value) else None
    if (tag, name) == ("p", "class"):
        return " ".join(word for word in value.split() if word in _PLACES) or None
    return value


def _tree(body: str) -> HtmlElement:
    return html.fragment_fromstring(cleaned(body), create_parent="div")


def _inner(tree: HtmlElement) -> str:
    said: str = html.tostring(tree, encoding="unicode", method="html")
    return said.removeprefix("<div>").removesuffix("</div>")


# Pictures


def _set_pictures(tree: HtmlElement, content: Content, show: Callable[[Picture, int], str]) -> None:
    """Make every picture a figure of its own, with its words and its source; what is not the text's own goes.

    ``show`` returns the address of a picture and is told which of the text it is, from 1.
    """
    known = {picture.sha256: picture for picture in content.pictures}
    numbers = {picture.sha256: number for number, picture in enumerate(content.pictures, start=1)}
    for image in list(tree.iter("img")):
        picture = known.get(image.get("src", "").removeprefix(_SCHEME))
        if picture is None:
            image.drop_tree()
            continue
        image.set("src", show(picture, numbers[picture.sha256]))
        image.set("alt", line(picture.alt))
        _set_source(_figure_of(image), picture)


def _figure_of(image: HtmlElement) -> HtmlElement:
    """Return the figure around a picture. A picture within a paragraph moves below it."""
    around = image.getparent()
    if around.tag == "figure":
        return around
    figure = html.Element("figure")
    paragraph = next((each for each in image.iterancestors() if each.tag in ("p", *_HEADINGS)), None)
    if paragraph is None:
        around.replace(image, figure)
        figure.tail, image.tail = image.tail, None
        figure.append(image)
        return figure
    image.drop_tree()  # keeps the words after it
    image.tail = None
    figure.append(image)
    after = paragraph
    while (following := after.getnext()) is not None and following.tag == "figure":
        after = following
    after.addnext(figure)
    figure.tail, after.tail = after.tail, None
    if after is paragraph and not paragraph.text_content().strip() and not len(paragraph):
        paragraph.drop_tree()
    return figure


def _set_source(figure: HtmlElement, picture: Picture) -> None:
    source = line(picture.source)
    if not source:
        return
    caption = figure.find("figcaption")
    if caption is None:
        caption = html.Element("figcaption")
        figure.append(caption)
    said = html.Element("span")
    said.set("class", "source")
    said.text = source
    caption.append(said)


# The page


def for_page(content: Content, *, address: Callable[[Picture], str], table_label: str) -> str:
    """Return the body as it stands on the public page: safe HTML below a heading of level 1.

    ``table_label`` names the frame in which a wide table can be moved.
    """
    shown: set[str] = set()

    def show(picture: Picture, _number: int) -> str:
        shown.add(address(picture))
        return address(picture)

    tree = _tree(content.body)
    _set_pictures(tree, content, show)
    _lower_headings(tree)
    for table in list(tree.iter("table")):
        _frame(table, table_label)
    attributes = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
    attributes |= {"div": {"class", "role", "tabindex", "aria-label"}, "span": {"class"}}
    return nh3.clean(
        _inner(tree),
        tags={*_TAGS, "div", "span"},
        attributes=attributes,
        attribute_filter=lambda tag, name, value: (
            (value if value in shown else None) if (tag, name) == ("img", "src") else _kept(tag, name, value)
        ),
        url_schemes=set(_LINKS),
        link_rel="noopener noreferrer",
    )


def _lower_headings(tree: HtmlElement) -> None:
    """Let the highest heading of the body be of level 2, and let no level be left out at the top."""
    used = sorted({each.tag for each in tree.iter(*_HEADINGS)})
    names = {tag: f"h{min(level, 6)}" for level, tag in enumerate(used, start=2)}
    for heading in tree.iter(*_HEADINGS):
        heading.tag = names[heading.tag]


def _frame(table: HtmlElement, label: str) -> None:
    frame = html.Element("div")
    for name, value in (("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", label)):
        frame.set(name, value)
    table.getparent().replace(table, frame)
    frame.tail, table.tail = table.tail, None
    frame.append(table)


# What is pasted elsewhere


_BASE = "font-size:16px;line-height:1.75;color:#333"
_STYLES: Mapping[str, str] = {
    "p": f"margin:0 0 1em;text-indent:2em;text-align:justify;{_BASE}",
    "h2": "margin:1.6em 0 .8em;font-size:18px;line-height:1.6;font-weight:bold;color:#222",
    "h3": "margin:1.4em 0 .7em;font-size:17px;line-height:1.6;font-weight:bold;color:#222",
    "h4": "margin:1.2em 0 .6em;font-size:16px;line-height:1.6;font-weight:bold;color:#222",
    "ul": "margin:0 0 1em;padding-left:2em",
    "ol": "margin:0 0 1em;padding-left:2em",
    "li": f"margin:0 0 .4em;{_BASE}",
    "blockquote": "margin:1em 0;padding:.2em 0 .2em 1em;border-left:3px solid #c9c5b9;color:#555",
    "a": "color:#1d4e83;text-decoration:underline",
    "table": "width:100%;margin:1em 0;border-collapse:collapse;font-size:15px;line-height:1.6",
    "caption": "padding:.4em 0;font-size:15px;color:#555;text-align:center",
    "th": "border:1px solid #c9c5b9;padding:6px 8px;background:#f5f4ef;font-weight:bold;text-align:left",
    "td": "border:1px solid #c9c5b9;padding:6px 8px;text-align:left",
    "figure": "margin:1.2em 0;text-align:center",
    "figcaption": "margin-top:.4em;font-size:14px;line-height:1.6;color:#777;text-align:center",
    "img": "max-width:100%;height:auto",
    "hr": "margin:1.5em 0;border:0;border-top:1px solid #ddd",
}
_PLACED: Mapping[str, str] = {
    "right": "margin:0 0 1em;text-align:right;",
    "center": "margin:0 0 1em;text-align:center;",
    "noindent": "margin:0 0 1em;text-align:justify;",
}
_PROPERTIES = frozenset(
    [
        "margin",
        "margin-top",
        "padding",
        "padding-left",
        "border",
        "border-left",
        "border-top",
        "border-collapse",
        "background",
        "color",
        "font-size",
        "font-weight",
        "line-height",
        "text-align",
        "text-decoration",
        "text-indent",
        "width",
        "max-width",
        "height",
    ]
)


def for_pasting(content: Content, *, show: Callable[[Picture, int], str]) -> str:
    """Return the body with its looks written into every element, for editors that drop style sheets.

    ``show`` returns the address of a picture; "" leaves a line in its place that says which picture stands there.
    """
    shown: set[str] = set()

    def shown_as(picture: Picture, number: int) -> str:
        address = show(picture, number)
        shown.add(address)
        return address

    tree = _tree(content.body)
    _set_pictures(tree, content, shown_as)
    for image in [image for image in tree.iter("img") if not image.get("src")]:
        _stand_in(image)
    _lower_headings(tree)
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag in _STYLES:
            element.set("style", _style(element))
    attributes = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
    for tag in _STYLES:
        attributes[tag] = {*attributes.get(tag, ()), "style"}
    attributes["p"].discard("class")
    return nh3.clean(
        _inner(tree),
        tags={*_TAGS, "span"},
        attributes=attributes,
        attribute_filter=lambda tag, name, value: (
            (value if value in shown else None) if (tag, name) == ("img", "src") else _kept(tag, name, value)
        ),
        filter_style_properties=set(_PROPERTIES),
        url_schemes=set(_LINKS),
        link_rel=None,
    )


def _style(element: HtmlElement) -> str:
    within = {each.tag for each in element.iterancestors()}
    for place in set((element.get("class") or "").split()) & set(_PLACED):
        return f"{_PLACED[place]}{_BASE}"
    if element.tag == "p" and within & {"li", "td", "th", "blockquote", "figcaption"}:
        return f"margin:0;{_BASE}"
    return _STYLES[element.tag]


def _stand_in(image: HtmlElement) -> None:
    words = html.Element("strong")
    words.text = f"〔{image.get('alt') or '–'}〕"
    image.getparent().replace(image, words)


# Plain words


def plain(content: Content) -> str:
    """Return the body as plain paragraphs; a picture is its words in brackets, the cells of a row have tabs between."""
    tree = _tree(content.body)
    _set_pictures(tree, content, lambda _picture, _number: "")
    return "\n".join(found for each in _lines(tree) if (found := each.strip()))


_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "caption",
        "figure",
        "figcaption",
    ]
)


def _lines(element: HtmlElement) -> Iterator[str]:
    """Yield the words of an element, a paragraph each."""
    if element.tag == "tr":
        yield "\t".join(" ".join(cell.text_content().split()) for cell in element.iter("td", "th"))
        return
    words = element.text or ""
    for child in element:
        if child.tag in _BLOCKS:
            yield words
            words = ""
            yield from _item(child) if child.tag == "li" else _lines(child)
        else:
            words += _inline(child)
        words += child.tail or ""
    yield words


def _item(item: HtmlElement) -> Iterator[str]:
    """Yield the words of an item, with its sign or number in front."""
    around = item.getparent()
    numbered = around is not None and around.tag == "ol"
    first = f"{_start(around) + around.index(item)}. " if numbered else "· "
    for number, words in enumerate(each for each in _lines(item) if each.strip()):
        yield words if number else first + words.strip()


def _start(numbered: HtmlElement) -> int:
    return int(numbered.get("start") or 1)


def _inline(element: HtmlElement) -> str:
    match element.tag:
        case "br":
            return "\n"
        case "img":
            return f"〔{element.get('alt') or '–'}〕"
        case "hr":
            return "\n"
        case "span":
            return f"（{element.text or ''}）"
        case _:
            inside = (element.text or "") + "".join(_inline(each) + (each.tail or "") for each in element)
            return _with_address(element, inside) if element.tag == "a" else inside


def _with_address(link: HtmlElement, words: str) -> str:
    address = link.get("href") or ""
    return words if not address or address in words else f"{words}（{address}）"


def gist(content: Content, *, longest: int = 120) -> str:
    """Return the first words of a body, for lists and feeds."""
    words = " ".join(plain(content).split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


# A document


def blocks(content: Content, *, bytes_of: Callable[[str], bytes | None]) -> tuple[model.Block, ...]:
    """Return the body as blocks of a document; a picture whose bytes no document can hold is its words in brackets."""
    tree = _tree(content.body)
    _set_pictures(tree, content, lambda picture, _number: picture.sha256)
    levels = {tag: level for level, tag in enumerate(sorted({e.tag for e in tree.iter(*_HEADINGS)}), start=1)}
    return tuple(_Blocks(levels, bytes_of).of(tree))


class _Blocks:
    """Reads a tree as blocks. ``levels`` has the level of each heading that is used."""

    def __init__(self, levels: Mapping[str, int], bytes_of: Callable[[str], bytes | None]) -> None:
        self._levels = levels
        self._bytes_of = bytes_of

    def of(self, element: HtmlElement) -> Iterator[model.Block]:
        loose = _Run(element.text)
        for child in element:
            if child.tag in _BLOCKS or child.tag == "hr":
                yield from loose.paragraph()
                loose = _Run()
                yield from self._block(child)
            else:
                loose.add(child)
            loose.say(child.tail)
        yield from loose.paragraph()

    def _block(self, element: HtmlElement) -> Iterator[model.Block]:
        match element.tag:
            case tag if tag in _HEADINGS:
                if inlines := _run(element).inlines:
                    yield model.Heading(min(self._levels[tag], 4), inlines, counted=False)
            case "ul" | "ol":
                yield from self._list(element)
            case "table":
                yield from _table(element)
            case "figure":
                yield from self._figure(element)
            case "hr":
                return
            case _:
                yield from self.of(element)

    def _list(self, element: HtmlElement) -> Iterator[model.Block]:
        runs = [run.inlines for item in element.iter("li") if (run := _run(item, but=("ul", "ol"))).inlines]
        if element.tag == "ol":  # as they were numbered, not as the document's own headings would have it
            for number, inlines in enumerate(runs, start=_start(element)):
                yield model.Paragraph((*model.plain(f"{number}. "), *inlines))
        elif runs:
            yield model.BulletList(tuple(runs))

    def _figure(self, figure: HtmlElement) -> Iterator[model.Block]:
        caption = figure.find("figcaption")
        below = _run(caption).inlines if caption is not None else ()
        for image in figure.iter("img"):
            data = self._bytes_of(image.get("src", ""))
            alt = image.get("alt", "")
            try:
                yield model.Picture(data or b"", alt, below)
            except model.InvalidDocument:
                yield model.Paragraph((*model.plain(f"〔{alt or '–'}〕"), *below))
            below = ()


class _Run:
    """Words in their looks, as they are gathered."""

    def __init__(self, text: str | None = None) -> None:
        self._parts: list[model.Text] = []
        self.say(text)

    def say(self, text: str | None, *, bold: bool = False) -> None:
        words = re.sub(r"[ \t\r\n]+", " ", text or "")
        if not words:
            return
        last = self._parts[-1] if self._parts else None
        if last is not None and last.bold == bold:
            self._parts[-1] = model.Text(last.text + words, bold)
        else:
            self._parts.append(model.Text(words, bold))

    def add(self, element: HtmlElement, *, bold: bool = False, but: tuple[str, ...] = ()) -> None:
        if element.tag in but:
            return
        if element.tag == "br":
            self._break()
            return
        inner = bold or element.tag in ("strong", "b", "th")
        if element.tag == "span":
            self.say(f"（{element.text or ''}）", bold=bold)
            return
        self.say(element.text, bold=inner)
        for child in element:
            self.add(child, bold=inner, but=but)
            self.say(child.tail, bold=inner)
        address = element.get("href") if element.tag == "a" else None
        if address and address not in element.text_content():
            self.say(f"（{address}）", bold=bold)

    def _break(self) -> None:
        self._parts.append(model.Text("\n"))

    @property
    def inlines(self) -> model.Inlines:
        """Return the words without blanks at their ends; nothing where there are none."""
        parts = list(self._parts)
        while parts and not parts[0].text.strip():
            parts.pop(0)
        while parts and not parts[-1].text.strip():
            parts.pop()
        if parts:
            parts[0] = model.Text(parts[0].text.lstrip(), parts[0].bold)
            parts[-1] = model.Text(parts[-1].text.rstrip(), parts[-1].bold)
        return tuple(parts)

    def paragraph(self) -> Iterator[model.Block]:
        if inlines := self.inlines:
            yield model.Paragraph(inlines)


def _run(element: HtmlElement, *, but: tuple[str, ...] = ()) -> _Run:
    run = _Run(element.text)
    for child in element:
        run.add(child, but=but)
        run.say(child.tail)
    return run


def _table(table: HtmlElement) -> Iterator[model.Block]:
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    width = max((sum(_span(cell) for cell in row) for row in rows), default=0)
    if not width:
        return
    heads = 0
    for row in rows:
        if not row or any(cell.tag == "td" for cell in row):
            break
        heads += 1
    made = [_cells(row, width) for row in rows]
    caption = table.find("caption")
    yield model.Table(
        columns=(model.Column(),) * width,
        header=tuple(made[:heads]),
        rows=tuple(made[heads:]),
        caption=_run(caption).inlines if caption is not None else (),
    )


def _span(cell: HtmlElement) -> int:
    return max(1, int(cell.get("colspan") or 1))


def _cells(row: list[HtmlElement], width: int) -> model.Row:
    """Return the cells of a row, empty ones where a cell is wide or the row is short."""
    cells: list[model.Cell] = []
    for cell in row:
        cells += [_run(cell).inlines, *([()] * (_span(cell) - 1))]
    return tuple((cells + [()] * width)[:width])
