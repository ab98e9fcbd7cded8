"""Typing errors in Chinese text: characters and words written for others of like sound or shape.

>>> from taizhang.proof import spelling
>>> spelling.find("公民的合法权益受法律保户。")[0].right
'护'

How it works is told in ``docs/algorithms/spelling.md``.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from taizhang.proof.spelling.alphabet import FIRST_HAN, LAST_HAN
from taizhang.proof.spelling.container import UnreadableModelError
from taizhang.proof.spelling.correction import Edit, edits
from taizhang.proof.spelling.model import Model, shipped

__all__ = ["Model", "Suspect", "UnreadableModelError", "find", "shipped"]

Tier = Literal["must", "suspect"]

#: A word that is doubted so often in one text is more likely a name that the model does not know.
_HABIT: Final = 3
_LONGEST_TERM: Final = 16
#: Different characters outside GB 2312, and their share of the text, from which it is not in simplified characters.
_TRADITIONAL_CHARACTERS: Final = 8
_TRADITIONAL_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Suspect:
    """Characters ``start`` to ``end`` of the text, ``wrong``, should probably be ``right``, of the same length.

    ``score`` is the model's probability; ``alternatives`` are less probable replacements, the best first. Tier
    ``must`` is for what is right nearly always in clean official text.
    """

    start: int
    end: int
    wrong: str
    right: str
    tier: Tier
    score: float
    alternatives: tuple[str, ...]


def find(text: str, *, accepted: Collection[str] = (), model: Model | None = None) -> list[Suspect]:
    """Suspects of ``text`` in its order, none overlapping another.

    Nothing inside an ``accepted`` term is doubted, nor inside the terms of the model, nor traditional characters in a
    text that is written in them. Without ``model`` the shipped
    one is used, which is read at the first call.
    """
    chosen = model or shipped()
    terms = chosen.terms.union(accepted)
    traditional = _traditional(text)
    found = [
        edit
        for edit in edits(chosen, text)
        if not _within_term(text, edit, terms) and traditional.isdisjoint(text[edit.start : edit.end])
    ]
    habits = Counter(_context(text, edit) for edit in found)
    return [
        Suspect(
            start=edit.start,
            end=edit.end,
            wrong=text[edit.start : edit.end],
            right=edit.right,
            tier="must"
            if edit.probability >= chosen.must and habits[_context(text, edit)] < _HABIT
            else "suspect",
            score=edit.probability,
            alternatives=edit.others,
        )
        for edit in found
    ]


def _traditional(text: str) -> frozenset[str]:
    """Characters outside GB 2312, if there are so many that the text must be written in traditional characters."""
    unusual = frozenset(
        char for char in set(text) if FIRST_HAN <= ord(char) <= LAST_HAN and not _simplified(char)
    )
    if len(unusual) < _TRADITIONAL_CHARACTERS:
        return frozenset()
    share = sum(char in unusual for char in text) / len(text)
    return unusual if share >= _TRADITIONAL_SHARE else frozenset()


def _simplified(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _context(text: str, edit: Edit) -> str:
    return text[max(edit.start - 1, 0) : edit.end + 1]


def _within_term(text: str, edit: Edit, terms: Collection[str]) -> bool:
    first, last = max(0, edit.end - _LONGEST_TERM), min(len(text), edit.start + _LONGEST_TERM)
    return any(
        text[start:end] in terms
        for start in range(first, edit.start + 1)
        for end in range(edit.end, min(last, start + _LONGEST_TERM) + 1)
    )
