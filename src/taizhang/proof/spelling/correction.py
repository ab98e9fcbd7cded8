"""From candidates to edits: the best are made first, then what stands near them is read again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import alphabet, candidates, features, language
from taizhang.proof.spelling.alphabet import MARGIN, Tokens
from taizhang.proof.spelling.candidates import Candidates
from taizhang.proof.spelling.language import Floats, Reading
from taizhang.proof.spelling.model import Model

#: Characters read together: enough to keep NumPy busy, few enough to stay in the cache.
BLOCK: Final = 8_192
#: Readings of a block: each but the first looks only near the edits of the one before.
PASSES: Final = 3

_REACH: Final = 6
_ALTERNATIVE: Final = 0.02
_MOST_ALTERNATIVES: Final = 3
_SENTENCE_END: Final = re.compile(r"[\n。！？；]")

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``right`` at ``start`` of the text; ``others`` are less likely replacements of the same length."""

    start: int
    right: str
    probability: float
    others: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.right)


def edits(model: Model, text: str) -> Iterator[Edit]:
    """Edits of ``text`` in its order, none overlapping another; time and memory are linear in its length."""
    for first, last in blocks(text):
        for edit in _edits_of_block(model, text[first:last]):
            yield Edit(edit.start + first, edit.right, edit.probability, edit.others)


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """Parts of at most :data:`BLOCK` characters, cut behind the end of a sentence where there is one."""
    first = 0
    while first < len(text):
        last = min(first + BLOCK, len(text))
        if last < len(text):
            ends = [found.end() for found in _SENTENCE_END.finditer(text, first + BLOCK // 2, last)]
            last = ends[-1] if ends else last
        yield first, last
        first = last


def propose(
    model: Model, reading: Reading, *, within: Mask | None = None
) -> Iterator[tuple[Candidates, Floats]]:
    """Candidates of each length with their features."""
    doubts = candidates.doubtful(reading)
    if within is not None:
        doubts &= within
    yield from (
        (found, features.table(reading, model.vocabulary, found))
        for found in (
            candidates.characters(reading, model.confusions, doubts=doubts),
            candidates.words(reading, model.homophones, model.confusions, doubts=doubts),
        )
    )


def _edits_of_block(model: Model, text: str) -> list[Edit]:
    before = alphabet.padded(text)
    tokens, within, made = before, None, list[Edit]()
    for _ in range(PASSES):
        reading = language.read(model.language, tokens)
        proposed = [
            (found, model.judges[found.length].probabilities(rows))
            for found, rows in propose(model, reading, within=within)
            if len(rows)
        ]
        chosen = list(_choose(proposed, before=before, tokens=tokens, least=model.suspect))
        if not chosen:
            break
        tokens, within = tokens.copy(), np.zeros(len(tokens), dtype=bool)
        for edit in chosen:
            tokens[edit.start : edit.end] = [ord(char) for char in edit.right]
            within[max(edit.start - _REACH, 0) : edit.end + _REACH] = True
        made += chosen
    return sorted(
        (Edit(edit.start - MARGIN, edit.right, edit.probability, edit.others) for edit in made),
        key=lambda edit: edit.start,
    )


def _choose(
    proposed: list[tuple[Candidates, Floats]], *, before: Tokens, tokens: Tokens, least: float
) -> Iterator[Edit]:
    """The most probable first; what touches one already chosen waits for the next reading."""
    rows = [
        (-float(chances[row]), int(found.places[row]), number, int(row))
        for number, (found, chances) in enumerate(proposed)
        for row in np.flatnonzero(chances >= least)
    ]
    busy = before != tokens
    for chance, place, number, row in sorted(rows):
        found, chances = proposed[number]
        end = place + found.length
        if busy[place:end].any():
            continue
        busy[place - 1 : end + 1] = True
        yield Edit(place, _written(found.replacements[row]), -chance, _others(found, chances, row))


def _others(found: Candidates, chances: Floats, row: int) -> tuple[str, ...]:
    first, last = np.searchsorted(found.places, [found.places[row], found.places[row] + 1])
    rest = [other for other in range(first, last) if other != row and chances[other] >= _ALTERNATIVE]
    rest.sort(key=lambda other: -float(chances[other]))
    return tuple(_written(found.replacements[other]) for other in rest[:_MOST_ALTERNATIVES])


def _written(tokens: Tokens) -> str:
    return "".join(map(chr, tokens.tolist()))
