"""How likely a character is where it stands, and how likely another would be: an interpolated 5-gram model.

    p1(w)     = (c(w) + 1/2) / (all + 1/2 * characters)
    pn(w | h) = (c(hw) + k_n * p(n-1)(w | h without its first)) / (c(h) + k_n)

Counts come from tables of several sources (what is shipped, what an organisation learned) and are added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import ngrams
from taizhang.proof.spelling.alphabet import Tokens

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

LONGEST: Final = ngrams.ORDERS[-1]
#: Weight of the shorter context by order; lowest perplexity on official text that was not counted.
SMOOTHING: Final = (0.0, 0.0, 200.0, 50.0, 20.0, 15.0)

_COUNT_OF_LEVEL: Final = ngrams.counts_of_levels()


@dataclass(frozen=True, slots=True)
class Language:
    """Counts of a text of ``total`` characters.

    ``singles`` are of characters, by token; ``tables`` of longer sequences; ``pairs`` knows which two characters
    may be found together in the tables.
    """

    singles: Floats
    tables: Sequence[ngrams.CountTable]
    pairs: ngrams.Sieve
    total: float

    def joined(self, other: "Language") -> "Language":
        """Both texts together."""
        return Language(
            self.singles + other.singles,
            (*self.tables, *other.tables),
            self.pairs.joined(other.pairs),
            self.total + other.total,
        )

    def counts(self, sequence_keys: ngrams.Keys) -> Floats:
        """Count of each sequence key in all tables together."""
        found = _COUNT_OF_LEVEL[self.tables[0].levels(sequence_keys)]
        for table in self.tables[1:]:
            found = found + _COUNT_OF_LEVEL[table.levels(sequence_keys)]
        return found

    def single(self, read: Tokens) -> Floats:
        """Probability of each token by itself."""
        return (self.singles[read] + np.float32(0.5)) / np.float32(self.total + 0.5 * 8192)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text under a language.

    ``keys[n][s]`` and ``counts[n][s]`` are of the sequence of ``n`` tokens from token ``s`` (0 to 1 are unused,
    ``counts[1]`` are single tokens); ``chances[n][i]`` is the probability of token ``i`` after the ``n - 1`` before it.
    All rows are as long as ``tokens``.
    """

    language: Language
    tokens: Tokens
    keys: tuple[ngrams.Keys, ...]
    counts: tuple[Floats, ...]
    chances: tuple[Floats, ...]


def read(language: Language, tokens: Tokens) -> Reading:
    """Count and weigh every sequence of ``tokens`` (with their margins, see :func:`alphabet.padded`)."""
    size = len(tokens)
    none = np.zeros(0, dtype=np.float32)
    all_keys: list[ngrams.Keys] = [np.zeros(0, dtype=np.uint64)] * 2
    counts = [none, language.singles[tokens]]
    chances = [none, language.single(tokens)]
    for order in ngrams.ORDERS:
        own = np.zeros(size, dtype=np.uint64)
        own[: size - order + 1] = ngrams.keys(tokens, order)
        found = language.counts(own)
        # A longer sequence cannot be there without its parts: this removes nearly all false finds of the table.
        found[:-1] = np.where((counts[-1][:-1] > 0) & (counts[-1][1:] > 0), found[:-1], 0)
        all_keys.append(own)
        counts.append(found)
        chance = chances[-1].copy()
        weight = np.float32(SMOOTHING[order])
        before = counts[order - 1][: size - order + 1]
        chance[order - 1 :] = (found[: size - order + 1] + weight * chance[order - 1 :]) / (before + weight)
        chances.append(chance)
    return Reading(language, tokens, tuple(all_keys), tuple(counts), tuple(chances))


@dataclass(frozen=True, slots=True)
class Swap:
    """What becomes of the sequences around a place when other tokens stand there.

    ``counts[n, off]`` is of the sequence of ``n`` tokens that starts ``off`` tokens after the place (so mostly
    before it: -1, -2 ...), for each that holds a swapped token; ``gain`` is the change of the natural logarithm of
    the text's probability.
    """

    counts: dict[tuple[int, int], Floats]
    gain: Floats

    def take(self, rows: Places) -> "Swap":
        return Swap({which: found[rows] for which, found in self.counts.items()}, self.gain[rows])


def around(reading: Reading, places: Places, *, length: int) -> dict[tuple[int, int], Floats]:
    """``Swap.counts`` of what stands there now."""
    return {
        (order, off): reading.counts[order][places + off]
        for order in range(1, LONGEST + 1)
        for off in range(1 - order, length)
    }


def swap(reading: Reading, places: Places, replacements: Tokens) -> Swap:
    """Weigh each row of ``replacements`` (rows x length) at its place, each by itself.

    Places are at least :data:`alphabet.MARGIN` from either end.
    """
    length = replacements.shape[1]
    now = reading.tokens[places[:, None] + np.arange(length)]
    change = replacements.astype(np.uint64) - now.astype(np.uint64)
    counts = {(1, off): reading.language.singles[replacements[:, off]] for off in range(length)}
    for order in ngrams.ORDERS:
        for off in range(1 - order, length):
            counts[order, off] = _swapped(reading, places, change, order=order, off=off, known=counts)
    gain = np.zeros(len(places), dtype=np.float32)
    for ahead in range(length + LONGEST - 1):
        at = places + ahead
        clear = ahead - length + 1
        chance = reading.language.single(replacements[:, ahead]) if clear <= 0 else reading.chances[clear][at]
        for order in range(max(clear + 1, 2), LONGEST + 1):
            off = ahead - order + 1
            before = counts.get((order - 1, off))
            if before is None:
                before = reading.counts[order - 1][places + off]
            weight = np.float32(SMOOTHING[order])
            chance = (counts[order, off] + weight * chance) / (before + weight)
        gain += np.log(chance) - np.log(reading.chances[LONGEST][at])
    return Swap(counts, gain)


def _swapped(
    reading: Reading,
    places: Places,
    change: ngrams.Keys,
    *,
    order: int,
    off: int,
    known: dict[tuple[int, int], Floats],
) -> Floats:
    """Counts of one order and offset; the table is asked only where both parts one shorter are there."""
    start = places + off
    left, right = known.get((order - 1, off)), known.get((order - 1, off + 1))
    left = reading.counts[order - 1][start] if left is None else left
    right = reading.counts[order - 1][start + 1] if right is None else right
    asked = np.flatnonzero((left > 0) & (right > 0))
    own = reading.keys[order][start[asked]]
    for token in range(max(off, 0), min(off + order, change.shape[1])):
        own += change[asked, token] * ngrams.MULTIPLIERS[order, token - off]
    found = np.zeros(len(places), dtype=np.float32)
    found[asked] = reading.language.counts(own)
    return found
