"""Places for figures and words in the prose of an outline: ``{indicator}``, ``{indicator:number}``, ``{year}`` …"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from taizhang.core.messages import Message, gettext_noop

WORDS = ("unit", "period", "year", "as_of")
"""Placeholders that are words of the report itself; no indicator may be called so."""

FORMATS = ("number", "last_year", "change")
ROWS = "rows"
ITEM_WORDS = ("title", "occurred_on", "unit", "person", "quantity")
"""What ``item`` of a list of rows may print of every entry, beside its own fields."""

Format = Literal["", "number", "last_year", "change", "rows"]


class BadPlaceholder(ValueError):  # noqa: N818
    """A text has a brace that opens or closes nothing, or a form that does not exist."""

    def __init__(self, cause: Message, remedy: Message) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy


@dataclass(frozen=True)
class Placeholder:
    """One place: a word of the report (``name`` is in WORDS), or an indicator and how it is printed."""

    name: str
    format: Format = ""

    @property
    def is_word(self) -> bool:
        return self.name in WORDS

    def __str__(self) -> str:
        if self.format == "rows":
            return f"{{rows:{self.name}}}"
        return f"{{{self.name}:{self.format}}}" if self.format else f"{{{self.name}}}"


Piece = str | Placeholder
T = TypeVar("T")

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


def parse(text: str) -> tuple[Piece, ...]:
    """Cut a text into plain words and placeholders; ``{{`` and ``}}`` are braces. Raises BadPlaceholder."""
    return cut(text, _placeholder)


def cut(text: str, place: Callable[[str, str], T]) -> tuple[str | T, ...]:
    """Cut a text into plain words and what ``place`` makes of what stands in braces, without and with them.

    Raises BadPlaceholder.
    """
    pieces: list[str | T] = []
    for match in _PIECE.finditer(text):
        piece = _piece(match.group(), match.group(1), place)
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(pieces)


def in_text(text: str) -> tuple[Placeholder, ...]:
    """Return only the placeholders of a text. Raises BadPlaceholder."""
    return tuple(piece for piece in parse(text) if isinstance(piece, Placeholder))


def _piece(whole: str, inside: str | None, place: Callable[[str, str], T]) -> str | T:
    if inside is not None:
        return place(inside.strip(), whole)
    if whole in ("{", "}"):
        raise BadPlaceholder(
            Message(gettext_noop("A brace “{brace}” stands alone."), brace=whole),
            Message(gettext_noop("Write {{name}} for a figure, and {{{{ or }}}} for a brace itself.")),
        )
    return whole[0] if whole in ("{{", "}}") else whole


def _placeholder(inside: str, whole: str) -> Placeholder:
    first, colon, second = (part.strip() for part in inside.partition(":"))
    if first == ROWS and second:
        return Placeholder(second, "rows")
    if not first or (colon and second not in FORMATS) or (colon and first in WORDS):
        raise BadPlaceholder(
            Message(gettext_noop("“{placeholder}” is not a placeholder."), placeholder=whole),
            Message(
                gettext_noop(
                    "Possible: {{indicator}}, {{indicator:number}}, {{indicator:last_year}}, {{indicator:change}}, "
                    "{{rows:indicator}}, {{unit}}, {{period}}, {{year}}, {{as_of}}."
                )
            ),
        )
    return Placeholder(first, second)  # type: ignore[arg-type] # checked against FORMATS just above
