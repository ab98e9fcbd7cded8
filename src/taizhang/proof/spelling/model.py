"""The parts of a spelling model and its file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np

from taizhang.proof.spelling import container
from taizhang.proof.spelling.confusion import Confusions, Homophones
from taizhang.proof.spelling.language import Language
from taizhang.proof.spelling.ngrams import CountTable, Sieve
from taizhang.proof.spelling.trees import Forest

SHIPPED: Final = "spelling.model"
TERMS: Final = "terms.txt"

_FOREST: Final = ("features", "thresholds", "values")


@dataclass(frozen=True, slots=True)
class Model:
    """``judges[n]`` weighs replacements of ``n`` characters.

    A candidate of probability ``suspect`` is shown, of ``must`` is held to be an error; ``terms`` are never doubted.
    """

    language: Language
    vocabulary: CountTable
    confusions: Confusions
    homophones: Homophones
    judges: Mapping[int, Forest]
    suspect: float
    must: float
    terms: frozenset[str] = frozenset()

    def knowing(self, learned: "Learned") -> "Model":
        """This model with what an organisation's own texts taught."""
        return replace(
            self, language=self.language.joined(learned.language), terms=self.terms | learned.terms
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """Counts and terms of an organisation's own texts, see :mod:`taizhang.proof.spelling.learning`."""

    language: Language
    terms: frozenset[str]


@cache
def shipped() -> Model:
    """The model of this package, read at the first call. Raises :class:`container.UnreadableModelError`."""
    with as_file(files(__package__) / "data" / SHIPPED) as path:
        model = load(path)
    terms = (files(__package__) / "data" / TERMS).read_text(encoding="utf-8")
    return replace(model, terms=model.terms | parse_terms(terms))


def parse_terms(text: str) -> frozenset[str]:
    """Terms of a list: one or more a line, parted by spaces; what follows a # is a remark."""
    return frozenset(term for line in text.splitlines() for term in line.partition("#")[0].split())


def load(path: Path) -> Model:
    """The model in ``path``, mapped into memory."""
    contents = container.read(path)
    arrays, notes = contents.arrays, contents.notes
    try:
        return Model(
            language=_language(arrays, notes),
            vocabulary=CountTable(arrays["vocabulary"]),
            confusions=Confusions(
                *(arrays[f"confusions.{part}"] for part in ("starts", "others", "relations"))
            ),
            homophones=Homophones(
                *(arrays[f"homophones.{part}"] for part in ("syllables", "keys", "starts", "words"))
            ),
            judges={length: _forest(arrays, notes, length) for length in (1, 2)},
            suspect=float(notes["suspect"]),
            must=float(notes["must"]),
        )
    except KeyError as error:
        raise container.damaged(path, error) from error


def save(path: Path, model: Model, *, notes: Mapping[str, Any]) -> None:
    """Write ``model``, of one count table, with ``notes`` on how it was made. Terms are not written."""
    arrays = {**_counts(model.language), "vocabulary": model.vocabulary.cells}
    for name, part in (("confusions", model.confusions), ("homophones", model.homophones)):
        arrays |= {f"{name}.{field}": getattr(part, field) for field in part.__slots__}
    scouting = {}
    for length, judge in model.judges.items():
        arrays |= {f"judge {length}.{part}": getattr(judge, part) for part in _FOREST}
        scouting[str(length)] = [judge.scouts, judge.floor]
    own = {"total": model.language.total, "suspect": model.suspect, "must": model.must, "scouting": scouting}
    container.write(path, container.Contents(arrays, {**notes, **own}))


def save_learned(path: Path, learned: Learned) -> None:
    """Write what was learned, to be read by :func:`load_learned`."""
    notes = {"total": learned.language.total, "terms": sorted(learned.terms)}
    container.write(path, container.Contents(_counts(learned.language), notes))


def load_learned(path: Path) -> Learned:
    """What :func:`save_learned` wrote. Raises :class:`container.UnreadableModelError` and ``OSError``."""
    contents = container.read(path)
    try:
        return Learned(_language(contents.arrays, contents.notes), frozenset(contents.notes["terms"]))
    except KeyError as error:
        raise container.damaged(path, error) from error


def _counts(language: Language) -> dict[str, container.Array]:
    """Arrays of a language of one table."""
    (table,) = language.tables
    return {"sequences": table.cells, "singles": language.singles, "pairs": language.pairs.bits}


def _language(arrays: Mapping[str, container.Array], notes: Mapping[str, Any]) -> Language:
    singles = np.asarray(arrays["singles"], dtype=np.float32)
    return Language(
        singles, (CountTable(arrays["sequences"]),), Sieve(arrays["pairs"]), float(notes["total"])
    )


def _forest(arrays: Mapping[str, container.Array], notes: Mapping[str, Any], length: int) -> Forest:
    scouts, floor = notes["scouting"][str(length)]
    parts = {part: arrays[f"judge {length}.{part}"] for part in _FOREST}
    return Forest(**parts, scouts=int(scouts), floor=float(floor))
