"""Which characters are written for one another: by sound, by shape, from a table made in training.

For each character of the basic block the table holds the characters it may have been written for, in the order of
their codes, each with one byte: the lower three bits are the :class:`Sound`, the upper five the likeness of shape in
steps of 1/31. Homophones are the same for words of two characters, of which both may be wrong at once.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling.alphabet import FIRST_HAN, LAST_HAN, Tokens

SIZE: Final = LAST_HAN - FIRST_HAN + 1
SHAPE_STEPS: Final = 31
#: Syllables are numbered from 1 and fewer than this, so that two make one 32-bit key.
SYLLABLES: Final = 1024

_SOUND_BITS: Final = 3
_LONGEST_SEARCH: Final = 12

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]


class Sound(IntEnum):
    """How near two characters sound, over all their readings."""

    SAME = 0
    SAME_BUT_TONE = 1
    #: What dialects and fuzzy keyboards confuse: z/zh, c/ch, s/sh, n/l, an/ang, en/eng, in/ing.
    BLURRED = 2
    #: One letter of the toneless pinyin differs.
    ONE_LETTER = 3
    APART = 4


def sound(relations: Bytes) -> Bytes:
    """:class:`Sound` of each relation."""
    return relations & np.uint8((1 << _SOUND_BITS) - 1)


def shape(relations: Bytes) -> npt.NDArray[np.float32]:
    """Likeness of shape of each relation, 0 to 1."""
    return (relations >> _SOUND_BITS).astype(np.float32) / np.float32(SHAPE_STEPS)


def relation(sounds: npt.NDArray[np.integer], shapes: npt.NDArray[np.floating]) -> Bytes:
    """The byte for a sound and a likeness of shape (0 to 1)."""
    steps = np.clip(np.rint(shapes * SHAPE_STEPS), 0, SHAPE_STEPS).astype(np.uint8)
    packed: Bytes = (steps << np.uint8(_SOUND_BITS)) | sounds.astype(np.uint8)
    return packed


def _spread(starts: npt.NDArray[np.integer], rows: Numbers) -> tuple[Numbers, Numbers]:
    """All entries of ``rows`` of a table by starts: the number of the row's place in ``rows``, the entry."""
    first = starts[rows].astype(np.int64)
    sizes = starts[rows + 1].astype(np.int64) - first
    owner = np.repeat(np.arange(len(rows)), sizes)
    return owner, first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


@dataclass(frozen=True, slots=True)
class Confusions:
    """``starts[c - FIRST_HAN]`` to the next is the part of ``others`` and ``relations`` that belongs to ``c``."""

    starts: npt.NDArray[np.uint32]
    others: Tokens
    relations: Bytes

    def of(self, written: Tokens) -> tuple[Numbers, Tokens, Bytes]:
        """All confusions of Chinese ``written``: which of them, the character meant, the relation."""
        owner, entries = _spread(self.starts, written.astype(np.int64) - FIRST_HAN)
        return owner, self.others[entries], self.relations[entries]

    def between(self, written: Tokens, meant: Tokens) -> Bytes:
        """Relation of each pair; the blurred sound without likeness for pairs that are not in the table."""
        row = written.astype(np.int64) - FIRST_HAN
        low, end = self.starts[row].astype(np.int64), self.starts[row + 1].astype(np.int64)
        high = end.copy()
        for _ in range(_LONGEST_SEARCH):
            middle = (low + high) // 2
            below = (low < high) & (self.others[np.minimum(middle, len(self.others) - 1)] < meant)
            low, high = np.where(below, middle + 1, low), np.where(below, high, np.maximum(middle, low))
        entry = np.minimum(low, len(self.others) - 1)
        found = (low < end) & (self.others[entry] == meant)
        return np.where(found, self.relations[entry], np.uint8(Sound.BLURRED)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Homophones:
    """Words of two characters by their blurred syllables.

    ``syllables`` is the number of the usual reading by token, 0 for what has none; ``keys`` are the ascending
    products of :data:`SYLLABLES`; ``starts`` and ``words`` (entries x 2 tokens) as in :class:`Confusions`.
    """

    syllables: npt.NDArray[np.uint16]
    keys: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.uint32]
    words: Tokens

    def of(self, first: Tokens, second: Tokens) -> tuple[Numbers, Tokens]:
        """All words that sound like ``first`` and ``second`` together: which of them, the word."""
        keys = self.syllables[first].astype(np.uint32) * np.uint32(SYLLABLES) + self.syllables[second]
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = np.flatnonzero(self.keys[rows] == keys)
        owner, entries = _spread(self.starts, rows[known])
        return known[owner], self.words[entries]
