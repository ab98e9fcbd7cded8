"""The whole recipe: texts, dictionary and sentences in, a model file out."""

import datetime as dt
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from taizhang.proof import spelling
from taizhang.proof.spelling import alphabet
from taizhang.proof.spelling.model import Model, save
from taizhang.proof.spelling.sentences import Sentence, describe, read
from taizhang.proof.spelling.train import confusions, corpus, judges, noise

SUSPECT: Final = 0.45
#: Thresholds tried for the tier that must be right.
MUSTS: Final = (0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995)
#: Characters of made errors by file, in texts as long as this, however long the file is.
MADE: Final = 220_000
#: Parts of the sentences, each judged under a language that has counted the other parts.
FOLDS: Final = 4

_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a model is made from.

    ``texts`` are official texts to count; ``sentences`` to learn judging from, and to count besides; ``clean`` are
    texts without errors, used for nothing but the threshold of the tier that must be right; ``terms`` are never
    doubted.
    """

    texts: Sequence[Path]
    sentences: Sequence[Path]
    clean: Sequence[Path]
    terms: frozenset[str]
    font: Path


def train(ingredients: Ingredients, out: Path, *, report: Callable[[str], None]) -> Model:
    """Make the model and write it to ``out``. Some ten minutes on one core and two gigabytes of memory."""
    counts, untaught = _count(ingredients, report)
    files = {path: read(path) for path in ingredients.sentences}
    learned = {path: [each for each in found if not each.held_out] for path, found in files.items()}
    judged = judges.fit(list(_examples(counts, untaught, learned, report)))
    taught = replace(untaught, language=counts.language(_tokens(learned.values())), judges=judged)
    clean = [text for path in ingredients.clean for text in corpus.texts(path)]
    model = calibrated(replace(taught, terms=ingredients.terms), clean)
    save(
        out,
        model,
        notes={"made": dt.datetime.now(tz=dt.UTC).date().isoformat(), "texts": len(ingredients.texts)},
    )
    report(f"must-fix from a probability of {model.must}; {out.stat().st_size / 1e6:.1f} MB")
    for path, found in files.items():
        report(f"{path.name}, held out: {describe(model, [each for each in found if each.held_out])}")
    return model


def _count(ingredients: Ingredients, report: Callable[[str], None]) -> tuple[corpus.Counts, Model]:
    """The counts, and the model of the texts alone, without judges."""
    report("counting the texts")
    read_texts = [alphabet.tokens(text + "\n") for path in ingredients.texts for text in corpus.texts(path)]
    words = corpus.dictionary()
    counts = corpus.count([np.concatenate(read_texts)], corpus.weights(words, ingredients.terms))
    language = counts.language()
    report("looking for confusions")
    return counts, Model(
        language=language,
        vocabulary=corpus.vocabulary(words, ingredients.terms),
        confusions=confusions.make(frequencies=corpus.frequencies(language), font=ingredients.font),
        homophones=confusions.homophones(corpus.pairs(words, [np.concatenate(read_texts)])),
        judges={},
        suspect=SUSPECT,
        must=1.0,
    )


def _examples(
    counts: corpus.Counts,
    untaught: Model,
    learned: Mapping[Path, Sequence[Sentence]],
    report: Callable[[str], None],
) -> Iterator[dict[int, list[judges.Rows]]]:
    """Examples of every sentence, under a language that has counted the others but not this one.

    Else the judges would learn that what is right has been read before, which is not so in a new draft.
    """
    random = np.random.default_rng(_SEED)
    spoiling = noise.make(untaught)
    times = _times(learned)
    for part in range(FOLDS):
        report(f"judging: part {part + 1} of {FOLDS}")
        others = [[each for each in found if _fold(each) != part] for found in learned.values()]
        own = [
            ([each for each in found if _fold(each) == part], times[path]) for path, found in learned.items()
        ]
        model = replace(untaught, language=counts.language(_tokens(others)))
        yield judges.examples(model, judges.lessons(own, spoiling, random))


def _fold(sentence: Sentence) -> int:
    """By another checksum than what holds sentences out."""
    return zlib.crc32(sentence.right[::-1].encode()) % FOLDS


def _tokens(files: Iterable[Sequence[Sentence]]) -> list[alphabet.Tokens]:
    return [alphabet.tokens("".join(f"{each.right}\n" for each in found)) for found in files if found]


def _times(files: Mapping[Path, Sequence[Sentence]]) -> dict[Path, int]:
    """How many times each file is spoiled."""
    sizes = {path: sum(len(each.right) for each in found) for path, found in files.items()}
    return {path: max(1, round(MADE / max(size, 1))) for path, size in sizes.items()}


def calibrated(model: Model, clean: Sequence[str]) -> Model:
    """``model`` with the least threshold of :data:`MUSTS` that no flag in ``clean`` reaches, its doubt then halved."""
    scores = [flag.score for text in clean for flag in spelling.find(text, model=replace(model, must=0.0))]
    highest = max(scores, default=0.0)
    least = next((must for must in MUSTS if must > highest), MUSTS[-1])
    return replace(model, must=(1 + least) / 2)
