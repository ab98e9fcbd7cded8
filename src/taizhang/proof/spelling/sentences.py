"""Sentences with their corrections, parted into those to learn from and those to be judged by."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taizhang.proof.spelling import Model, Suspect, find

#: Of every :data:`PARTS` parts of a file, by a checksum of the corrected sentence, the last are never learned from.
PARTS: Final = 5
LEARNED: Final = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """What stands and what should stand, of one length."""

    wrong: str
    right: str

    @property
    def held_out(self) -> bool:
        return zlib.crc32(self.right.encode()) % PARTS >= LEARNED


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of sentences, of characters and of flags.

    ``exact`` sentences with errors were corrected wholly, ``touched`` ones were changed at all, ``faulty`` ones hold
    errors.
    """

    exact: int
    touched: int
    faulty: int
    characters: int
    must: int
    suspect: int

    @property
    def precision(self) -> float:
        return self.exact / self.touched if self.touched else 0.0

    @property
    def recall(self) -> float:
        return self.exact / self.faulty if self.faulty else 0.0

    @property
    def f1(self) -> float:
        """Sentence correction F1."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def read(path: Path) -> list[Sentence]:
    """Sentences of a .jsonl file with the fields ``wrong`` and ``right``; those that changed length are left out."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Sentence(row["wrong"], row["right"]) for row in rows if len(row["wrong"]) == len(row["right"])]


def apply(text: str, suspects: Iterable[Suspect]) -> str:
    """``text`` with the suspects put right."""
    for suspect in sorted(suspects, key=lambda each: -each.start):
        text = text[: suspect.start] + suspect.right + text[suspect.end :]
    return text


def score(pairs: Iterable[tuple[Sentence, list[Suspect]]]) -> Score:
    """Score of the suspects found in each sentence by itself."""
    exact = touched = faulty = characters = must = suspect = 0
    for sentence, found in pairs:
        fixed = apply(sentence.wrong, found)
        faulty += sentence.wrong != sentence.right
        touched += fixed != sentence.wrong
        exact += fixed == sentence.right != sentence.wrong
        characters += len(sentence.wrong)
        must += sum(each.tier == "must" for each in found)
        suspect += sum(each.tier == "suspect" for each in found)
    return Score(exact, touched, faulty, characters, must, suspect)


def describe(model: Model, sentences: Iterable[Sentence]) -> str:
    """A line on how ``model`` does on ``sentences``, one by one."""
    found = score((each, find(each.wrong, model=model)) for each in sentences)
    rate = 10_000 / max(found.characters, 1)
    return (
        f"F1 {100 * found.f1:.1f}, precision {100 * found.precision:.1f}, recall {100 * found.recall:.1f}; "
        f"flags in 10,000 characters: must {found.must * rate:.2f}, suspect {found.suspect * rate:.2f}"
    )
