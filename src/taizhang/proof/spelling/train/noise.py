"""Errors made on purpose in clean text, in the proportions that were counted in real ones."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import alphabet, confusion
from taizhang.proof.spelling.alphabet import FIRST_HAN, Tokens
from taizhang.proof.spelling.confusion import Homophones, Sound
from taizhang.proof.spelling.model import Model

#: Share of the errors of one character by :class:`Sound`; those that sound apart look alike.
SHARES: Final = (0.44, 0.27, 0.05, 0.06, 0.18)
#: Share of the errors that replace a word by a homophone, and of the others that spoil the next character too.
WORDS: Final = 0.25
NEXT: Final = 0.12
#: Errors a character.
RATE: Final = 0.03

_ALIKE: Final = 0.7
_RARELY_TYPED: Final = 2
_VERY_ALIKE: Final = 0.8

Choices = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Noise:
    """``written[meant][sound]`` is what is typed for a character, with cumulated weights."""

    written: dict[int, dict[int, Choices]]
    homophones: Homophones
    singles: npt.NDArray[np.float32]

    def spoil(self, clean: Tokens, random: np.random.Generator) -> Tokens:
        """``clean`` (padded) with errors at :data:`RATE`."""
        tokens, han = clean.copy(), alphabet.is_han(clean)
        places = np.flatnonzero(han)
        free = 0
        for place in places[random.random(len(places)) < RATE].tolist():
            if place >= free:
                free = place + 1 + self._spoil_at(tokens, han, place, random)
        return tokens

    def _spoil_at(
        self, tokens: Tokens, han: npt.NDArray[np.bool_], place: int, random: np.random.Generator
    ) -> int:
        """Characters spoiled."""
        if han[place + 1] and random.random() < WORDS:
            words = self._like(tokens[place : place + 2])
            if len(words):
                weights = self.singles[words].min(axis=1) + 1.0
                tokens[place : place + 2] = words[random.choice(len(words), p=weights / weights.sum())]
                return 2
        tokens[place] = self._character(int(tokens[place]), random)
        if han[place + 1] and random.random() < NEXT:
            tokens[place + 1] = self._character(int(tokens[place + 1]), random)
            return 2
        return 1

    def _like(self, word: Tokens) -> Tokens:
        """Homophones of ``word``, none if it is no word itself."""
        _, words = self.homophones.of(word[:1], word[1:])
        own = (words == word).all(axis=1)
        return words[~own] if own.any() else words[:0]

    def _character(self, meant: int, random: np.random.Generator) -> int:
        sound = int(random.choice(len(SHARES), p=SHARES))
        if sound not in self.written.get(meant, {}):
            return meant
        typed, weights = self.written[meant][sound]
        return int(typed[np.searchsorted(weights, random.random() * weights[-1])])


def make(model: Model) -> Noise:
    """Noise from the confusions of ``model``, more of what is typed often."""
    table, singles = model.confusions, model.language.singles
    sizes = np.diff(table.starts.astype(np.int64)).astype(np.int64)
    typed = np.repeat(np.arange(len(sizes)), sizes) + FIRST_HAN
    found: dict[int, dict[int, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    rows = zip(
        typed.tolist(),
        table.others.tolist(),
        confusion.sound(table.relations).tolist(),
        confusion.shape(table.relations).tolist(),
        singles[typed].tolist(),
        strict=True,
    )
    for written, meant, sound, shape, count in rows:
        if count < _RARELY_TYPED and shape < _VERY_ALIKE:
            continue
        if sound < Sound.APART:
            found[meant][sound].append((written, (count + 1) ** 0.4))
        if shape >= _ALIKE:
            found[meant][Sound.APART].append((written, (count + 1) ** 0.2 * (shape - 0.6)))
    ready = {
        meant: {
            sound: (np.array([c for c, _ in choices]), np.cumsum([weight for _, weight in choices]))
            for sound, choices in by_sound.items()
        }
        for meant, by_sound in found.items()
    }
    return Noise(ready, model.homophones, singles)
