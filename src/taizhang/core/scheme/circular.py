"""What a scheme may say of a circular (通报): its prose with places for figures, its tables, what is printed when.

Every figure is counted from the score sheets of one run; docs/guide/*/scheme.md has what each counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import source
from taizhang.core.scheme.basics import Comparison, Id, Part, TextsOrNone
from taizhang.core.scheme.placeholders import BadPlaceholder, cut

WORDS = ("unit", "period", "year", "as_of", "appraisal", "subjects")
"""Places for words: whose circular, on what, and what is scored (people or units)."""

FIGURES: Mapping[str, str] = {
    "scored": gettext_noop("Judged"),
    "met": gettext_noop("Fulfilled"),
    "missed": gettext_noop("Missed"),
    "exempt": gettext_noop("Exempt"),
    "not_due": gettext_noop("Nothing due"),
    "met_rate": gettext_noop("Share fulfilled"),
    "submit_asked": gettext_noop("Submissions asked"),
    "submitted": gettext_noop("Submitted"),
    "submit_missing": gettext_noop("Submissions missing"),
    "publish_asked": gettext_noop("Adoptions asked"),
    "published": gettext_noop("Adopted"),
    "publish_missing": gettext_noop("Adoptions missing"),
    "late": gettext_noop("Late proofs"),
    "unrated": gettext_noop("Entries without points"),
    "corrected": gettext_noop("Sheets put right"),
    "objections": gettext_noop("Objections"),
    "upheld": gettext_noop("Objections upheld"),
    "talks": gettext_noop("Talks due"),
    "talks_held": gettext_noop("Talks held"),
    "talks_open": gettext_noop("Talks still to be held"),
    "talks_closed": gettext_noop("Talks closed"),
    "talks_never_held": gettext_noop("Talks never held"),
}
"""The figures of a circular, with their heads in a table."""

NAMES = ("met", "missed", "exempt", "talks", "never_held")
"""The lists of names, always in the order of the organisation."""

TABLES = ("units", "missed", "talks", "never_held", "ranking")
"""The tables there are beside those of breakdowns."""

UNIT_COLUMNS = ("scored", "submitted", "published", "met", "missed", "exempt")
"""The columns of the table of units where an outline does not choose."""


class Breakdown(Part):
    """Entries that the sheets counted, by the value of one of their fields: adoptions by level."""

    kind: Id
    """The kind of entries."""
    by: Id
    """The field of choices whose values they are sorted by."""


class CircularTable(Part):
    """A table of a circular; people and units always stand in the order of the organisation, but for a ranking."""

    of: Id
    """units, missed, talks, never_held, ranking, or one of the breakdowns."""
    columns: TextsOrNone = ()
    """For units: the figures that stand across; six usual ones without it."""
    caption: str = ""
    """The line above the table."""


class CircularWhen(Comparison):
    """Print only if the figure compares as said."""

    of: str
    """The figure."""


class CircularBlock(Part):
    """One block of a circular; exactly one of heading, text, list, table.

    In ``heading``, ``text`` and ``list``: ``{figure}`` prints a figure, ``{breakdown:value}`` one of a breakdown,
    ``{names:missed}`` names; ``{unit}``, ``{period}``, ``{year}``, ``{as_of}``, ``{appraisal}`` and ``{subjects}`` are words.
    """

    heading: str | None = None
    """A heading."""
    level: Annotated[int, Field(ge=1, le=4)] = 1
    """The level of the heading: 一、 （一） 1. （1）"""
    text: str | None = None
    """A paragraph."""
    list: tuple[str, ...] | None = None
    """Paragraphs with numbers."""
    table: CircularTable | None = None
    """A table."""
    when: CircularWhen | None = None
    """Print the block only if this holds."""

    @model_validator(mode="after")
    def _one_block(self) -> Self:
        given = (self.heading, self.text, self.list, self.table)
        if sum(value is not None for value in given) != 1:
            raise PydanticCustomError("one_block", "Exactly one of heading, text, list, table")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the prose of the block."""
        return tuple(text for text in (self.heading, self.text, *(self.list or ())) if text is not None)


class Circular(Part):
    """The circular of an appraisal as it will be filled."""

    title: str
    """The title: words are filled in, {unit}, {period}, {appraisal} …"""
    addressee: str = ""
    """To whom it is sent."""
    issuer: str = "{unit}"
    """Who signs it."""
    breakdowns: Mapping[Id, Breakdown] = Field(default_factory=dict)
    """Figures by the value of a field."""
    body: Annotated[tuple[CircularBlock, ...], Field(min_length=1)]
    """Its blocks, one after the other."""


@dataclass(frozen=True)
class Place:
    """A place in the prose of a circular: for a word, a figure (``met``, ``levels:province``) or names."""

    kind: Literal["word", "figure", "names"]
    name: str


_INSIDE = re.compile(r"[^\W\d]\w*(?:\s*:\s*[^\s:{}]+)?")


def pieces(text: str) -> tuple[str | Place, ...]:
    """Cut a text into plain words and places. Raises BadPlaceholder."""
    return cut(text, _place)


def _place(inside: str, whole: str) -> Place:
    if not _INSIDE.fullmatch(inside):
        raise BadPlaceholder(
            Message(gettext_noop("“{placeholder}” is not a placeholder."), placeholder=whole),
            Message(
                gettext_noop(
                    "Possible: {{figure}}, {{breakdown:value}}, {{names:missed}}, {{unit}}, {{period}}, {{year}}, "
                    "{{as_of}}, {{appraisal}}, {{subjects}}."
                )
            ),
        )
    first, _colon, second = (part.strip() for part in inside.partition(":"))
    if first == "names" and second:
        return Place("names", second)
    if not second and first in WORDS:
        return Place("word", first)
    return Place("figure", f"{first}:{second}" if second else first)


FOLDER = Path(__file__).parent / "circulars"
"""The outlines for appraisals that have none, by language: scheme language like any other."""


@cache
def usual(language: str) -> Circular:
    """Return the outline of an appraisal that has none of its own, in Chinese or in English."""
    path = FOLDER / ("zh.yaml" if language.startswith("zh") else "en.yaml")
    tree = source.parse(path.read_text("utf-8"), path=path.name)
    return Circular.model_validate(source.data(tree.root), strict=True)


def language_of(outline: Circular) -> str:
    """Return the language that an outline is written in: Chinese as soon as it has Chinese characters."""
    prose = [outline.title, *(text for block in outline.body for text in block.texts)]
    return "zh-hans" if any("\u4e00" <= sign <= "\u9fff" for text in prose for sign in text) else "en"
