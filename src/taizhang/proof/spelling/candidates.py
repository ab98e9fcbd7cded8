"""What may have been meant at each place of a text: the few most likely of all confusions."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import confusion, language, ngrams
from taizhang.proof.spelling.alphabet import Tokens, is_han
from taizhang.proof.spelling.confusion import Confusions, Homophones, Sound
from taizhang.proof.spelling.language import Floats, Places, Reading, Swap

#: Natural logarithm of how rare an error of a sound is beside one of the same sound, by :class:`Sound`.
RARITY: Final = np.array([0, -0.7, -2, -3.2, -4], dtype=np.float32)
#: What full likeness of shape gives back to a character that sounds apart.
LIKENESS: Final = np.float32(3)
#: Characters kept after the bigrams, and after the whole context.
CHARACTERS: Final = (12, 5)
WORDS: Final = (8, 3)

#: No score comes near a tenth of this.
_APART: Final = 4096.0
_UNSEEN: Final = np.float32(0.02)
_LEAST_CHARACTER: Final = -1.0
_LEAST_WORD: Final = 0.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """Replacements of one length: row ``i`` puts ``replacements[i]`` (rows x length) at ``places[i]``.

    Rows are in the order of their places. ``likings`` is the gain less the rarity of such an error.
    """

    places: Places
    replacements: Tokens
    relations: npt.NDArray[np.uint8]
    swap: Swap
    likings: Floats

    @property
    def length(self) -> int:
        return int(self.replacements.shape[1])


def doubtful(reading: Reading) -> npt.NDArray[np.bool_]:
    """Chinese characters that no known sequence of four holds, nor known sequences of three on all sides."""
    size = len(reading.tokens)
    four, three = reading.counts[4] > 0, reading.counts[3] > 0
    within = four.copy()
    sides = three.copy()
    for off in (1, 2, 3):
        within[off:] |= four[: size - off]
    for off in (1, 2):
        sides[off:] &= three[: size - off]
    return is_han(reading.tokens) & ~within & ~sides


def characters(reading: Reading, confusions: Confusions, *, doubts: npt.NDArray[np.bool_]) -> Candidates:
    """Single characters for the places in ``doubts``."""
    doubted = np.flatnonzero(doubts)
    owner, meant, relations = confusions.of(reading.tokens[doubted])
    places, replacements = doubted[owner], meant[:, None]
    seen, left, right = _neighbours(reading, places, replacements)
    quick = _association(reading, replacements[seen], left, right) + _rarity(relations[seen, None])
    rows = seen[_best(places[seen], quick, CHARACTERS[0])]
    return _weighed(
        reading,
        places[rows],
        replacements[rows],
        relations[rows, None],
        most=CHARACTERS[1],
        least=_LEAST_CHARACTER,
    )


def words(
    reading: Reading, homophones: Homophones, confusions: Confusions, *, doubts: npt.NDArray[np.bool_]
) -> Candidates:
    """Words of two characters that sound alike and of which both differ, where either place is in ``doubts``."""
    tokens = reading.tokens
    either = doubts[:-1] | doubts[1:]
    doubted = np.flatnonzero(
        either & (homophones.syllables[tokens[:-1]] > 0) & (homophones.syllables[tokens[1:]] > 0)
    )
    owner, replacements = homophones.of(tokens[doubted], tokens[doubted + 1])
    places = doubted[owner]
    other = np.flatnonzero(
        (replacements[:, 0] != tokens[places]) & (replacements[:, 1] != tokens[places + 1])
    )
    places, replacements = places[other], replacements[other]
    seen, left, right = _neighbours(reading, places, replacements)
    quick = _association(reading, replacements[seen], left, right)
    quick += np.log(_inner(reading, places[seen], replacements[seen]) + np.float32(0.3))
    rows = seen[_best(places[seen], quick, WORDS[0])]
    places, replacements = places[rows], replacements[rows]
    relations = np.stack(
        [confusions.between(tokens[places + off], replacements[:, off]) for off in (0, 1)],
        axis=1,
    )
    return _weighed(reading, places, replacements, relations, most=WORDS[1], least=_LEAST_WORD)


def ranks(places: Places, scores: Floats) -> npt.NDArray[np.int64]:
    """Rank of each row among those of its place, 0 for the highest score; ``places`` ascend."""
    # One sort of one number: the score is far smaller than what parts two places.
    order = np.argsort(places * _APART - scores.astype(np.float64))
    first = np.flatnonzero(np.diff(places, prepend=-1))
    found = np.empty(len(places), dtype=np.int64)
    found[order] = np.arange(len(places)) - np.repeat(first, np.diff(first, append=len(places)))
    return found


def _best(places: Places, scores: Floats, most: int) -> Places:
    return np.flatnonzero(ranks(places, scores) < most)


def _rarity(relations: npt.NDArray[np.uint8]) -> Floats:
    """Summed over the characters of a row."""
    sounds = confusion.sound(relations)
    likeness = np.where(sounds >= Sound.ONE_LETTER, LIKENESS * confusion.shape(relations), np.float32(0))
    total: Floats = (RARITY[sounds] + likeness).sum(axis=1, dtype=np.float32)
    return total


def _neighbours(reading: Reading, places: Places, replacements: Tokens) -> tuple[Places, Floats, Floats]:
    """Rows known beside what stands left or right of them, and the counts of those two pairs."""
    own, last = reading.keys[2], places + replacements.shape[1] - 1
    gone = reading.tokens[places].astype(np.uint64), reading.tokens[last].astype(np.uint64)
    left = own[places - 1] + (replacements[:, 0] - gone[0]) * ngrams.MULTIPLIERS[2, 1]
    right = own[last] + (replacements[:, -1] - gone[1]) * ngrams.MULTIPLIERS[2, 0]
    language = reading.language
    asked = np.flatnonzero(language.pairs.may_hold(left) | language.pairs.may_hold(right))
    lefts, rights = language.counts(left[asked]), language.counts(right[asked])
    seen = np.flatnonzero((lefts > 0) | (rights > 0))
    return asked[seen], lefts[seen], rights[seen]


def _inner(reading: Reading, places: Places, replacements: Tokens) -> Floats:
    """Counts of the replacements of two characters themselves."""
    change = replacements - reading.tokens[places[:, None] + np.arange(2)].astype(np.uint64)
    return reading.language.counts(reading.keys[2][places] + (change * ngrams.MULTIPLIERS[2, :2]).sum(axis=1))


def _association(reading: Reading, replacements: Tokens, left: Floats, right: Floats) -> Floats:
    """How much more often the replacement stands between its neighbours than chance would have it (a logarithm)."""
    first = reading.language.singles[replacements[:, 0]]
    last = reading.language.singles[replacements[:, -1]]
    spread = first if replacements.shape[1] == 1 else (first + 1) * (last + 1)
    found: Floats = (
        np.log(left + _UNSEEN * np.sqrt(first)) + np.log(right + _UNSEEN * np.sqrt(last)) - np.log(spread + 1)
    )
    return found


def _weighed(
    reading: Reading,
    places: Places,
    replacements: Tokens,
    relations: npt.NDArray[np.uint8],
    *,
    most: int,
    least: float,
) -> Candidates:
    """The best by the whole context."""
    swap = language.swap(reading, places, replacements)
    likings = swap.gain + _rarity(relations)
    rows = np.flatnonzero((ranks(places, likings) < most) & (likings > least))
    return Candidates(places[rows], replacements[rows], relations[rows], swap.take(rows), likings[rows])
