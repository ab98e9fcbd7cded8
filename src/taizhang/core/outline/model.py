"""A filled report: blocks of words, in which every figure is a chip that knows what it is the figure of."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from taizhang.core.values import Figure, Period, Scope


class Form(StrEnum):
    """How a figure is printed."""

    FULL = "full"
    NUMBER = "number"
    LAST_YEAR = "last_year"
    CHANGE = "change"
    SIGNED_CHANGE = "signed_change"


@dataclass(frozen=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class FigureChip:
    """A figure where it is printed.

    ``figure`` is the one printed: last year's for LAST_YEAR, this year's for a change from ``before``.
    ``digest`` seals all that went into it (docs/algorithms/digests.md).
    """

    figure: Figure
    form: Form
    text: str
    digest: str
    before: Figure | None = None

    @property
    def indicator(self) -> str:
        return self.figure.indicator


@dataclass(frozen=True)
class RowText:
    """Words taken from one row behind a figure; ``row`` is the row's id, empty for “and 3 more”."""

    indicator: str
    row: str
    text: str


@dataclass(frozen=True)
class Listing:
    """What the rows behind a figure are to be written like; ``rows`` are those of the moment.

    ``item`` is one row (``{title}``, ``{occurred_on}`` … and the kind's own fields), ``empty`` what stands where there
    is none.
    """

    indicator: str
    scope: Scope
    period: Period
    item: str = "{title}"
    separator: str = "；"
    at_most: int = 100
    empty: str = ""
    rows: tuple[RowText, ...] = ()

    @property
    def text(self) -> str:
        return self.separator.join(row.text for row in self.rows) or self.empty


Inline = Text | FigureChip | RowText | Listing
Inlines = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    level: int
    inlines: Inlines


@dataclass(frozen=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True)
class Items:
    """Items of equal rank; those that are the rows behind a figure come with their ``listing``."""

    items: tuple[Inlines, ...]
    listing: Listing | None = None


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as the head. The first column is words, the others are figures."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Inlines, ...], ...]


Block = Heading | Paragraph | Items | Table


@dataclass(frozen=True)
class FilledReport:
    """An outline filled for one scope and period. Title, addressee and issuer hold no figures."""

    title: str
    addressee: str
    issuer: str
    blocks: tuple[Block, ...]


def lines_of(block: Block) -> tuple[Inlines, ...]:
    """Return every run of inlines of ``block``, in order of reading."""
    match block:
        case Heading() | Paragraph():
            return (block.inlines,)
        case Items():
            return block.items
        case Table():
            return tuple(cell for row in block.rows for cell in row)


def chips(report: FilledReport) -> Iterator[FigureChip]:
    """Yield every figure as printed, in order of reading."""
    for block in report.blocks:
        for inlines in lines_of(block):
            yield from (inline for inline in inlines if isinstance(inline, FigureChip))


def text_of(inlines: Inlines) -> str:
    """Return the words of ``inlines`` as printed."""
    return "".join(inline.text for inline in inlines)
