"""The document model: what a report, a circular or an approval form says, free of any file format.

Headings, list items, tables and attachments carry no ordinals: ``composition`` counts them, so a document cannot be
numbered wrongly. Text may hold ``\\n`` for a line break; other control characters are refused, because no file
format can hold them.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image

from taizhang.core.messages import Message, gettext_noop

Alignment = Literal["left", "center", "right"]
Language = Literal["zh-hans", "en"]
Status = Literal["draft", "frozen"]

# What XML 1.0 cannot hold; line feed is the only control character with a meaning here.
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DIGEST = re.compile(r"[0-9a-f]{8,128}")


class InvalidDocument(ValueError):  # noqa: N818, it is a verdict on the content
    """The content cannot be a document; ``message`` says what is wrong."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str
    bold: bool = False

    def __post_init__(self) -> None:
        _require_printable(self.text)


@dataclass(frozen=True, slots=True)
class FigureRun:
    """A figure counted from the ledger: the words printed, what they count and the digest of the rows counted.

    ``digest`` is lower-case hexadecimal (8 to 128 digits); ``title`` is what a reader sees when pointing at it.
    """

    text: str
    indicator: str
    digest: str
    title: str = ""

    def __post_init__(self) -> None:
        for value in (self.text, self.indicator, self.title):
            _require_line(value)
        if not self.text.strip() or not self.indicator.strip():
            raise InvalidDocument(Message(gettext_noop("A figure needs its printed text and its indicator.")))
        if not _DIGEST.fullmatch(self.digest):
            raise InvalidDocument(
                Message(gettext_noop("“{digest}” is not a hexadecimal digest."), digest=self.digest)
            )


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number that somebody typed by hand where the ledger was not asked."""

    text: str

    def __post_init__(self) -> None:
        _require_line(self.text)


Inline = Text | FigureRun | TypedNumber
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4. ``run_in`` is body text that continues in the same paragraph.

    ``counted``: it is given its ordinal when it is printed; a text from elsewhere brings its own.
    """

    level: int
    inlines: Inlines
    run_in: Inlines = ()
    counted: bool = True

    def __post_init__(self) -> None:
        if self.level not in range(1, 5):
            raise InvalidDocument(
                Message(gettext_noop("Heading level {level} does not exist; use 1 to 4."), level=self.level)
            )


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of body text."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class BulletList:
    """Items of equal rank."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class NumberedList:
    """Items in order; their ordinals follow on from the level of the heading above them."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """How a table column is set. ``share`` is its part of the width; 0 lets the contents decide."""

    align: Alignment = "left"
    share: int = 0

    def __post_init__(self) -> None:
        if self.align not in get_args(Alignment) or self.share < 0:
            raise InvalidDocument(
                Message(
                    gettext_noop("A column is aligned left, center or right and has a share of 0 or more.")
                )
            )


Cell = Inlines
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row, of the header too, has one cell for each column."""

    columns: tuple[Column, ...]
    header: tuple[Row, ...]
    rows: tuple[Row, ...]
    caption: Inlines = ()

    def __post_init__(self) -> None:
        if not self.columns or not (self.header or self.rows):
            raise InvalidDocument(Message(gettext_noop("A table needs a column and a row.")))
        for number, row in enumerate((*self.header, *self.rows), start=1):
            if len(row) != len(self.columns):
                raise InvalidDocument(
                    Message(
                        gettext_noop(
                            "Row {row} of the table has {cells} cells, but there are {columns} columns."
                        ),
                        row=number,
                        cells=len(row),
                        columns=len(self.columns),
                    )
                )


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (PNG, JPEG or GIF) in the middle of the line, at its own size or as wide as the text.

    ``alt`` is what it shows, for those who do not see it; ``caption`` stands below it.
    """

    data: bytes
    alt: str
    caption: Inlines = ()
    content_type: str = field(default="", init=False)
    pixels: tuple[int, int] = field(default=(0, 0), init=False)

    def __post_init__(self) -> None:
        _require_line(self.alt)
        try:
            found = Image.from_file(io.BytesIO(self.data))
        except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError) as error:
            raise InvalidDocument(_NO_PICTURE) from error
        if found.content_type not in PICTURES or not (found.px_width and found.px_height):
            raise InvalidDocument(_NO_PICTURE)
        object.__setattr__(self, "content_type", found.content_type)
        object.__setattr__(self, "pixels", (found.px_width, found.px_height))


PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
"""The kinds of pictures that every writer takes, with the ending of their file names."""
_NO_PICTURE = Message(gettext_noop("A picture is no PNG, JPEG or GIF file, or it is damaged."))


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


Block = Heading | Paragraph | BulletList | NumberedList | Table | Picture | PageBreak


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment named in the note below the body; with ``blocks`` it is bound in on pages of its own."""

    title: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        _require_title(self.title)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    ``masthead`` is the issuer's mark in red, ``number`` the document number, ``issuer`` and ``issued_on`` the
    signature, ``sealed`` leaves the place for a seal, ``note`` is printed in brackets under the date, and
    ``footer_lines`` stand in small type after everything else (the chain head of a frozen report). ``meta`` is not
    printed; it travels in the manifest of a Word file.
    """

    title: str
    blocks: tuple[Block, ...]
    addressee: str | None = None
    issuer: str | None = None
    issued_on: dt.date | None = None
    number: str | None = None
    attachments: tuple[Attachment, ...] = ()
    note: str | None = None
    language: Language = "zh-hans"
    status: Status = "draft"
    footer_lines: tuple[str, ...] = ()
    mark_typed_numbers: bool = True
    masthead: str | None = None
    sealed: bool = False
    meta: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _require_title(self.title)
        for line in (self.addressee, self.issuer, self.number, self.note, self.masthead, *self.footer_lines):
            _require_line(line or "")
        if self.language not in get_args(Language) or self.status not in get_args(Status):
            raise InvalidDocument(
                Message(
                    gettext_noop("“{value}” is not a language or status of a document."),
                    value=f"{self.language} {self.status}",
                )
            )
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    @property
    def marks_typed_numbers(self) -> bool:
        """Whether typed numbers stand out: only ever in a draft."""
        return self.mark_typed_numbers and self.status == "draft"


def plain(text: str) -> Inlines:
    """Return ``text`` as people type it (any line ends, tabs) as inlines; no text gives none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return (Text(text),) if text else ()


def text_of(inlines: Inlines) -> str:
    """Return the words of ``inlines`` as they are printed."""
    return "".join(inline.text for inline in inlines)


def _require_printable(text: str) -> None:
    if found := _UNPRINTABLE.search(text):
        raise InvalidDocument(
            Message(
                gettext_noop(
                    "The text “{text}” holds the control character {code}, which cannot be printed."
                ),
                text=text[max(0, found.start() - 10) : found.start()],
                code=f"U+{ord(found[0]):04X}",
            )
        )


def _require_line(text: str) -> None:
    _require_printable(text)
    if "\n" in text:
        raise InvalidDocument(
            Message(gettext_noop("“{text}” must stand on one line."), text=text.partition("\n")[0])
        )


def _require_title(text: str) -> None:
    _require_printable(text)
    if not text.strip():
        raise InvalidDocument(Message(gettext_noop("A title is missing.")))
