"""The body of a text: HTML of a few harmless elements, and the plain text that is checked, with a way back."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import nh3

PICTURE = re.compile(r"\Apicture:([0-9a-f]{64})\Z")
LINK = re.compile(r"\A(?:https?://|mailto:|tel:|/(?!/)|#)", re.IGNORECASE)
TAGS = {
    *("p", "h1", "h2", "h3", "h4", "br", "hr", "blockquote", "ul", "ol", "li", "figure", "figcaption", "img"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup", "a"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "p": {"class"},
}
CLASSES = {"right", "center", "noindent"}
LINES = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "li",
    "figure",
    "figcaption",
    "caption",
    "tr",
    "hr",
    "table",
}
CELLS = {"td", "th"}


def clean(html: str) -> str:
    """Return the body with nothing in it but what a text may have: no script, no style, no frame, no foreign picture.

    A picture is ``<img src="picture:SHA256" alt="…">``: bytes of the store, never an address.
    """
    return nh3.clean(
        html.replace("\x00", ""),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "tel", "picture"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    ).strip()


def _kept(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if PICTURE.match(value) else None
    if (tag, name) == ("a", "href"):
        return value if LINK.match(value.strip()) else None
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    if name in ("colspan", "rowspan", "start"):
        return value if value.isdecimal() and len(value) <= 3 else None  # noqa: PLR2004 - up to 999
    return value


def pictures(html: str) -> tuple[str, ...]:
    """Return the SHA-256 of every picture that the body shows, each once."""
    return tuple(dict.fromkeys(re.findall(r'src="picture:([0-9a-f]{64})"', html)))


@dataclass(frozen=True)
class Piece:
    """A run of plain text and where it stands in the HTML; ``raw`` characters there, where an entity is longer."""

    start: int
    length: int
    html_start: int
    raw: int


@dataclass(frozen=True)
class Plain:
    """What a reader reads, a paragraph or table row a line, cells with tabs between."""

    text: str
    pieces: tuple[Piece, ...]

    def in_html(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the stretches of the HTML that hold the characters from ``start`` to ``end``, one for each run."""
        first = max(0, bisect_right([piece.start for piece in self.pieces], start) - 1)
        found = []
        for piece in self.pieces[first:]:
            if piece.start >= end:
                break
            lower, upper = max(start, piece.start), min(end, piece.start + piece.length)
            if lower < upper:
                found.append(_raw(piece, lower, upper))
        return found


def _raw(piece: Piece, start: int, end: int) -> tuple[int, int]:
    if piece.raw != piece.length:
        return piece.html_start, piece.html_start + piece.raw
    return piece.html_start + start - piece.start, piece.html_start + end - piece.start


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0]
        for match in re.finditer("\n", html):
            self.lines.append(match.end())
        self.parts: list[str] = []
        self.length = 0
        self.pieces: list[Piece] = []

    def _at(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _add(self, text: str, raw: int) -> None:
        self.pieces.append(Piece(self.length, len(text), self._at(), raw))
        self.parts.append(text)
        self.length += len(text)

    def _break(self, mark: str) -> None:
        if self.length and not self.parts[-1].endswith(("\n", mark)):
            self.parts.append(mark)
            self.length += 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if tag in LINES:
            self._break("\n")
        elif tag in CELLS:
            self._break("\t")
        elif tag == "br":
            self.parts.append("\n")
            self.length += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in LINES:
            self._break("\n")

    def handle_data(self, data: str) -> None:
        if data.strip() or (self.parts and not self.parts[-1].endswith(("\n", "\t"))):
            self._add(data.replace("\n", " "), len(data))

    def handle_entityref(self, name: str) -> None:
        self._add(unescape(f"&{name};"), len(name) + 2)

    def handle_charref(self, name: str) -> None:
        self._add(unescape(f"&#{name};"), len(name) + 3)


def plain(html: str) -> Plain:
    """Return the plain text of a clean body."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return Plain("".join(reader.parts), tuple(reader.pieces))
