"""What changed between two versions of a text, told in words: Chinese is segmented, numbers stay whole.

Paragraphs are set against each other first, then the words of those that correspond. Plain strings in, frozen values
out; whoever shows them dresses them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

import rjieba

Kind = Literal["same", "added", "removed", "changed"]

# A number with its separators, or a run of Latin letters, is one word: "4,500" never becomes "4", ",", "500".
_WHOLE = re.compile(r"[0-9０-９]+(?:[.,．][0-9０-９]+)*[%％‰]?|[A-Za-z]+(?:['’-][A-Za-z]+)*|\s+")
_ALIKE = 0.35  # paragraphs less alike than this are another paragraph, not a changed one
_MOST_PAIRS = 2500  # paragraphs set against each other one by one; beyond it they are paired in order
_ISLAND = 1  # so few characters unchanged between two changes are part of the change


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both have, or that only one has. ``kind``: same, added or removed."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: ``same``, ``changed``, ``added`` or ``removed``; where it stands in either text, from 0."""

    kind: Kind
    pieces: tuple[Piece, ...]
    old: int | None
    new: int | None


def words_of(text: str) -> list[str]:
    """Cut ``text`` into words; joined again they are the text."""
    words, at = [], 0
    for found in _WHOLE.finditer(text):
        words += _segmented(text[at : found.start()])
        words.append(found[0])
        at = found.end()
    return words + _segmented(text[at:])


def _segmented(text: str) -> list[str]:
    return rjieba.cut(text, False) if text else []  # without guessing at unknown words


@lru_cache(maxsize=256)
def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return the words of both in reading order, what was removed before what was added in its place."""
    before, after = words_of(old), words_of(new)
    found = _pieces(before, after, SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
    return tuple(_joined(_without_islands(_joined(found))))


def _pieces(
    before: Sequence[str], after: Sequence[str], codes: Iterable[tuple[str, int, int, int, int]]
) -> Iterator[Piece]:
    for code, old_from, old_to, new_from, new_to in codes:
        if code == "equal":
            yield Piece("same", "".join(before[old_from:old_to]))
            continue
        if old_from < old_to:
            yield Piece("removed", "".join(before[old_from:old_to]))
        if new_from < new_to:
            yield Piece("added", "".join(after[new_from:new_to]))


def _without_islands(found: Sequence[Piece]) -> Iterator[Piece]:
    last = len(found) - 1
    for index, piece in enumerate(found):
        if piece.kind == "same" and 0 < index < last and len(piece.text) <= _ISLAND and piece.text.isalpha():
            yield Piece("removed", piece.text)
            yield Piece("added", piece.text)
        else:
            yield piece


def _joined(found: Iterable[Piece]) -> list[Piece]:
    """Join what stands together: between two unchanged runs all that was removed, then all that was added."""
    joined: list[Piece] = []
    removed: list[str] = []
    added: list[str] = []

    def close() -> None:
        if any(removed):
            joined.append(Piece("removed", "".join(removed)))
        if any(added):
            joined.append(Piece("added", "".join(added)))
        removed.clear()
        added.clear()

    for piece in found:
        if piece.kind != "same":
            (removed if piece.kind == "removed" else added).append(piece.text)
            continue
        close()
        if joined and joined[-1].kind == "same":
            joined[-1] = Piece("same", joined[-1].text + piece.text)
        else:
            joined.append(piece)
    close()
    return joined


def lines(old: Sequence[str], new: Sequence[str]) -> tuple[Line, ...]:
    """Set the paragraphs of two texts against each other, in reading order."""
    return tuple(_lines(old, new))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for code, old_from, old_to, new_from, new_to in codes:
        if code == "equal":
            for step in range(old_to - old_from):
                text = old[old_from + step]
                yield Line("same", (Piece("same", text),), old_from + step, new_from + step)
            continue
        for before, after in _paired(old[old_from:old_to], new[new_from:new_to]):
            yield _line(
                old,
                new,
                None if before is None else old_from + before,
                None if after is None else new_from + after,
            )


def _line(old: Sequence[str], new: Sequence[str], before: int | None, after: int | None) -> Line:
    if before is None and after is not None:
        return Line("added", (Piece("added", new[after]),), None, after)
    if after is None and before is not None:
        return Line("removed", (Piece("removed", old[before]),), before, None)
    assert before is not None
    assert after is not None
    return Line("changed", pieces(old[before], new[after]), before, after)


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Pair the paragraphs that correspond, keeping the order of both; None where there is no other."""
    alike = _likeness(old, new)
    best = [[0.0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for row in range(len(old) - 1, -1, -1):
        for column in range(len(new) - 1, -1, -1):
            best[row][column] = max(
                alike[row][column] + best[row + 1][column + 1], best[row + 1][column], best[row][column + 1]
            )
    pairs: list[tuple[int | None, int | None]] = []
    row = column = 0
    while row < len(old) and column < len(new):
        both = alike[row][column]
        if both and best[row][column] == both + best[row + 1][column + 1]:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            pairs.append((row, None))
            row += 1
        else:
            pairs.append((None, column))
            column += 1
    return [
        *pairs,
        *((each, None) for each in range(row, len(old))),
        *((None, each) for each in range(column, len(new))),
    ]


def _likeness(old: Sequence[str], new: Sequence[str]) -> list[list[float]]:
    if len(old) * len(new) > _MOST_PAIRS:
        return [[float(row == column) for column in range(len(new))] for row in range(len(old))]
    before, after = [words_of(text) for text in old], [words_of(text) for text in new]
    return [[_ratio(one, other) for other in after] for one in before]


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= _ALIKE else 0.0
