"""Counts of character sequences in a static table: 16 bits a sequence and a quarter, no keys kept.

The table is an XOR filter (Graf and Lemire, 2020) that stores a value beside the fingerprint: three cells,
XORed, give 11 bits that must match the key and 5 bits that hold the count on a logarithmic scale. A sequence
that was never counted is taken for a counted one once in 2,048 times, so whoever reads a long sequence should
have found its shorter parts first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Levels = npt.NDArray[np.uint8]
Tokens = npt.NDArray[np.uint16]

ORDERS: Final = (2, 3, 4, 5)
ABSENT: Final = 255
LEVELS: Final = 31

_FINGERPRINT_BITS: Final = 11
_CELLS_PER_KEY: Final = 1.23
_LARGER: Final = 8
_SIEVE_BITS: Final = 22
_MIX_A: Final = np.uint64(0xFF51AFD7ED558CCD)
_MIX_B: Final = np.uint64(0xC4CEB9FE1A85EC53)
_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)


def _multipliers() -> npt.NDArray[np.uint64]:
    """Odd 64-bit multipliers by order and place, from the splitmix64 sequence, so that tables outlive NumPy."""
    state, rows = 0x7A6873, []
    for _ in range((ORDERS[-1] + 1) * ORDERS[-1]):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        rows.append((z ^ (z >> 31)) | 1)
    return np.array(rows, dtype=np.uint64).reshape(ORDERS[-1] + 1, ORDERS[-1])


#: ``MULTIPLIERS[order, place]``: the key of a sequence is the sum of token times multiplier, so replacing one
#: token changes the key by one product and a sequence with a substitute need not be read again.
MULTIPLIERS: Final = _multipliers()


def keys(tokens: Tokens, order: int) -> Keys:
    """Key of each sequence of ``order`` tokens; entry ``i`` starts at token ``i``. Length ``len(tokens) - order + 1``."""
    size = len(tokens) - order + 1
    wide = tokens.astype(np.uint64)
    total = np.zeros(max(size, 0), dtype=np.uint64)
    for place in range(order):
        total += wide[place : place + len(total)] * MULTIPLIERS[order, place]
    return total


def level(counts: npt.NDArray[np.integer]) -> Levels:
    """Count on the table's scale, two steps an octave: 1 is 0, 2 is 2, 1,000 is 20, from 46,000 up it is 31."""
    found: Levels = np.minimum(np.rint(2 * np.log2(np.maximum(counts, 1))), LEVELS).astype(np.uint8)
    return found


def counts_of_levels() -> npt.NDArray[np.float32]:
    """Count by level, a table of 256 of which :data:`ABSENT` (and all that is unused) is 0."""
    table = np.zeros(256, dtype=np.float32)
    table[: LEVELS + 1] = np.exp2(np.arange(LEVELS + 1) / 2)
    return table


@dataclass(frozen=True, slots=True)
class CountTable:
    """A built table. ``cells`` may be memory-mapped; its length is three times ``segment``."""

    cells: npt.NDArray[np.uint16]

    def levels(self, sequence_keys: Keys) -> Levels:
        """Level of each key, :data:`ABSENT` where it was not counted (but for one in 2,048)."""
        first, second, third, mark = _places(sequence_keys, len(self.cells) // 3)
        cells = self.cells
        word = cells[first]
        word ^= cells[second]
        word ^= cells[third]
        word ^= mark
        return np.where(word <= LEVELS, word, ABSENT).astype(np.uint8)


def build(sequence_keys: Keys, levels: Levels) -> CountTable:
    """Table of distinct keys with their levels. Raises ``ValueError`` for repeated keys.

    Of a few hundred keys some share all their cells once in a hundred times; then the table is made a little larger.
    """
    if len(np.unique(sequence_keys)) < len(sequence_keys):
        msg = "keys repeat, so the table cannot be built; count them first"
        raise ValueError(msg)
    segment = int(len(sequence_keys) * _CELLS_PER_KEY / 3) + 32
    rounds = None
    while rounds is None:
        first, second, third, mark = _places(sequence_keys, segment)
        slots = np.stack([first, second, third])
        rounds = _peel(slots, 3 * segment)
        size, segment = 3 * segment, segment + segment // _LARGER
    cells = np.zeros(size, dtype=np.uint16)
    values = mark ^ levels.astype(np.uint16)
    for chosen, own in reversed(rounds):
        others = slots[:, chosen]
        word = cells[others[0]] ^ cells[others[1]] ^ cells[others[2]]
        cells[own] = word ^ cells[own] ^ values[chosen]
    return CountTable(cells)


def _peel(
    slots: npt.NDArray[np.int64], size: int
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] | None:
    """Rounds of (keys, the cell that only this key of those left reaches); None where some share all they reach."""
    total = slots.shape[1]
    degree = np.bincount(slots.ravel(), minlength=size)
    # The sum of key numbers at a cell names the key once only one is left (exact in float64 below 2**53).
    who = sum(np.bincount(row, weights=np.arange(total, dtype=np.float64), minlength=size) for row in slots)
    who = np.asarray(who).astype(np.int64)
    rounds, left, single = [], total, np.flatnonzero(degree == 1)
    while len(single):
        chosen, index = np.unique(who[single], return_index=True)
        own = single[index]
        rounds.append((chosen, own))
        left -= len(chosen)
        touched = slots[:, chosen]
        for row in touched:
            np.subtract.at(degree, row, 1)
            np.subtract.at(who, row, chosen)
        near = np.unique(touched)
        single = near[degree[near] == 1]
    return None if left else rounds


def _places(
    sequence_keys: Keys, segment: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    """Three cells, one in each third of the table, and the fingerprint in the upper bits of a word."""
    size = np.uint64(segment)
    one = sequence_keys ^ (sequence_keys >> np.uint64(33))
    one *= _MIX_A
    one ^= one >> np.uint64(29)
    two = one * _MIX_B
    two ^= two >> _HALF
    first = ((one >> _HALF) * size) >> _HALF
    second = (((one & _LOW) * size) >> _HALF) + size
    third = (((two >> _HALF) * size) >> _HALF) + size + size
    mark = (two.astype(np.uint16) << np.uint16(16 - _FINGERPRINT_BITS)).astype(np.uint16)
    return first.view(np.int64), second.view(np.int64), third.view(np.int64), mark


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which keys may have been counted, one bit for many: quicker to ask than a table, wrong one time in ten."""

    bits: npt.NDArray[np.uint8]

    def may_hold(self, sequence_keys: Keys) -> npt.NDArray[np.bool_]:
        """False for keys that were surely not counted."""
        place = _sieve_place(sequence_keys)
        found: npt.NDArray[np.uint8] = self.bits[place >> 3] >> (place & 7).astype(np.uint8)
        return (found & 1).astype(bool)

    def joined(self, other: "Sieve") -> "Sieve":
        return Sieve(self.bits | other.bits)


def sieve(sequence_keys: Keys) -> Sieve:
    """Sieve of ``sequence_keys``; made for some 400,000."""
    marks = np.zeros(1 << _SIEVE_BITS, dtype=bool)
    marks[_sieve_place(sequence_keys)] = True
    return Sieve(np.packbits(marks, bitorder="little"))


def _sieve_place(sequence_keys: Keys) -> npt.NDArray[np.int64]:
    return ((sequence_keys * _MIX_A) >> np.uint64(64 - _SIEVE_BITS)).view(np.int64)


def count(pieces: Iterable[Tokens], order: int, *, at_least: int = 1) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Distinct keys of ``order`` over ``pieces`` of text with their counts, those below ``at_least`` dropped."""
    found = [keys(piece, order) for piece in pieces if len(piece) >= order]
    if not found:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    distinct, counts = np.unique(np.concatenate(found), return_counts=True)
    keep = counts >= at_least
    return distinct[keep], counts[keep]
